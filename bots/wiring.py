"""The composition root: the one place that knows which adapter plays which role.

What is heavy (Chroma, LangChain, the web framework) is imported inside the function that needs it, so that
`apnav --help` and `apnav corpus check` stay quick.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.adapters.chroma import ChromaKnowledgeBase
    from assistant.adapters.embeddings import EmbeddingSpec
    from assistant.adapters.places import Place
    from assistant.model import Catalogue
    from assistant.service import Assistant
    from bots.settings import Settings
    from ingest.pipeline import IngestReport, Workshop

_BASELINE_PASSAGES = 8


class Baseline(Protocol):
    """The plain search that the assistant is measured against."""

    def ask(self, text: str) -> list[str]:
        """The ids of the passages whose statements are nearest to `text`, nearest first."""
        ...


def load_settings() -> Settings:
    """The settings of this process. Raises `BadSetting`."""
    from bots.settings import read_settings  # noqa: PLC0415 - see the top of this file

    return read_settings()


def today() -> date:
    """The day it is in England; where the machine knows no time zones, the day it is on the machine."""
    try:
        zone = ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        zone = None
    return datetime.now(UTC).astimezone(zone).date()


def catalogue(folder: Path | None = None) -> Catalogue:
    """The corpus, checked: the project's own, or the one in `folder`. Raises `CorpusError`."""
    from corpus.catalogue import HERE, read_catalogue  # noqa: PLC0415 - see the top of this file

    return read_catalogue(folder or HERE)


def embedding_spec(settings: Settings) -> EmbeddingSpec:
    from assistant.adapters.embeddings import EmbeddingSpec  # noqa: PLC0415 - see the top of this file

    return EmbeddingSpec(
        model=settings.embedding_model,
        precision=settings.embedding_precision,
        query_prefix=settings.query_prefix,
        passage_prefix=settings.passage_prefix,
    )


def place(settings: Settings) -> Place:
    """Where the index is kept: a folder of this machine, or the Chroma server that the settings name."""
    from assistant.adapters.places import FolderPlace, ServerPlace  # noqa: PLC0415 - see the top of this file

    if settings.chroma_url is None:
        return FolderPlace(settings.data_dir / "index")
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return ServerPlace(settings.chroma_url, cache=settings.data_dir / "server-cache", token=token)


def build_knowledge_base(settings: Settings) -> ChromaKnowledgeBase:
    from assistant.adapters.chroma import ChromaKnowledgeBase  # noqa: PLC0415 - see the top of this file

    return ChromaKnowledgeBase(
        place(settings),
        models=_models(settings),
        spec=embedding_spec(settings),
        threads=settings.embedding_threads,
    )


def build_assistant(settings: Settings) -> Assistant:
    from assistant.adapters.patterns import PatternSet  # noqa: PLC0415 - see the top of this file
    from assistant.service import Assistant  # noqa: PLC0415 - see the top of this file

    return Assistant(build_knowledge_base(settings), scanner=PatternSet)


def build_workshop(settings: Settings) -> Workshop:
    from ingest.pipeline import Workshop  # noqa: PLC0415 - see the top of this file

    return Workshop(place=place(settings), models=_models(settings), lock=settings.data_dir / "ingest.lock")


def ingest_corpus(
    settings: Settings, *, now: datetime, progress: Callable[[str, int, int], None], rebuild: bool
) -> IngestReport:
    """Make the live index say what the corpus says. Raises `CorpusError`, `IngestError`, `EmbeddingModelError`."""
    from ingest.pipeline import ingest  # noqa: PLC0415 - see the top of this file

    return ingest(
        catalogue(),
        workshop=build_workshop(settings),
        spec=embedding_spec(settings),
        now=now,
        progress=progress,
        rebuild=rebuild,
    )


def build_baseline(settings: Settings) -> Baseline:
    return _NearestStatements(build_knowledge_base(settings))


def build_web(assistant: Assistant) -> FastAPI:
    from bots.web.app import create_app  # noqa: PLC0415 - see the top of this file

    return create_app(assistant=assistant, today=today)


class _NearestStatements:
    """The baseline: the statements nearest by vector alone."""

    def __init__(self, knowledge_base: ChromaKnowledgeBase) -> None:
        self._knowledge_base = knowledge_base

    def ask(self, text: str) -> list[str]:
        return list(self._knowledge_base.current().nearest_statements(text, _BASELINE_PASSAGES))


def _models(settings: Settings) -> Path:
    return settings.data_dir / "models"
