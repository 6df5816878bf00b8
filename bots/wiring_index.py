"""The composition root's part for the index: where it is kept, and the embedding model of its vectors.

What is heavy is imported inside the function that needs it, as in bots/wiring.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.adapters.embeddings import EmbeddingSpec
    from assistant.adapters.places import Place
    from bots.settings import Settings


def embedding_spec(settings: Settings) -> EmbeddingSpec:
    from assistant.adapters.embeddings import EmbeddingSpec  # noqa: PLC0415 - see bots/wiring.py

    return EmbeddingSpec(
        model=settings.embedding_model,
        precision=settings.embedding_precision,
        query_prefix=settings.query_prefix,
        passage_prefix=settings.passage_prefix,
    )


def place(settings: Settings) -> Place:
    """Where the index is kept: a folder of this machine, or the Chroma server that the settings name."""
    from assistant.adapters.places import FolderPlace, ServerPlace  # noqa: PLC0415 - see bots/wiring.py

    if settings.chroma_url is None:
        return FolderPlace(settings.data_dir / "index")
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return ServerPlace(settings.chroma_url, cache=settings.data_dir / "server-cache", token=token)


def models(settings: Settings) -> Path:
    return settings.data_dir / "models"
