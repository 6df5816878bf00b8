"""Turning text into vectors with ONNX Runtime, behind LangChain's `Embeddings` interface.

The model is exported once, when the index is built (`export.py`); answering imports neither torch nor
sentence-transformers. Texts are embedded one at a time: int8 quantisation scales by batch, and a vector must depend
on its own text alone so that it can be kept and reused by content hash.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from assistant.errors import EmbeddingModelError

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

Vector = npt.NDArray[np.float32]

PACKAGED_MODEL = "all-MiniLM-L6-v2"
MANIFEST = "manifest.json"
NO_TELEMETRY = ("ORT_DISABLE_TELEMETRY", "1")
"""Must be in the environment before ONNX Runtime is imported, else it looks up its makers' server and reports there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSpec:
    """Which model makes the vectors, and how. Any change here makes other vectors, so it forces a rebuild.

    `precision` is "int8" or "fp32". A prefix of None means: whatever the model itself asks for.
    """

    model: str = PACKAGED_MODEL
    precision: str = "int8"
    query_prefix: str | None = None
    passage_prefix: str | None = None

    @property
    def fingerprint(self) -> str:
        """Equal specs, equal fingerprint; names the folder of the exported model and travels with the index."""
        said = json.dumps([self.model, self.precision, self.query_prefix, self.passage_prefix])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelManifest:
    """What an exported model needs to be used: written beside it by the export."""

    model: str
    pooling: str
    max_tokens: int
    dimensions: int
    query_prefix: str
    passage_prefix: str
    weights: str


class OnnxEmbeddings(Embeddings):
    """LangChain embeddings over an exported model. Vectors are float32, of length 1.

    Promise: the fp32 export gives the vectors of sentence-transformers itself (cosine at least 0.999; tested).
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Open the model in `folder`; `threads` 0 leaves the number to ONNX Runtime. Raises `EmbeddingModelError`."""
        try:
            self.manifest = ModelManifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
            self._tokenizer = _open_tokenizer(folder, self.manifest.max_tokens)
            self._session = _open_session(folder / self.manifest.weights, threads=threads)
        except EmbeddingModelError:
            raise
        except Exception as error:
            why = f"its export in {folder} cannot be read; delete that folder and run: apnav ingest"
            raise EmbeddingModelError(folder.name, why=why) from error

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        # Each by itself (see above), and one on each processor.
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as processors:
            vectors = processors.map(self._embed, (self.manifest.passage_prefix + text for text in texts))
            return [vector.tolist() for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.query_vector(text).tolist()
        return vector

    def query_vector(self, text: str) -> Vector:
        """The vector of one question, shape (dimensions,)."""
        return self._embed(self.manifest.query_prefix + text)

    def query_vectors(self, texts: Sequence[str]) -> list[Vector]:
        return [self.query_vector(text) for text in texts]

    def _embed(self, text: str) -> Vector:
        encoded = self._tokenizer.encode(text)
        ids = np.asarray([encoded.ids], dtype=np.int64)
        mask = np.asarray([encoded.attention_mask], dtype=np.int64)
        (tokens,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        if self.manifest.pooling == "cls":
            pooled = tokens[0, 0]
        else:
            weights = mask[0][:, None].astype(np.float32)
            pooled = (tokens[0] * weights).sum(axis=0) / np.maximum(weights.sum(), 1e-9)
        vector: Vector = (pooled / max(float(np.linalg.norm(pooled)), 1e-12)).astype(np.float32)
        return vector


def _open_tokenizer(folder: Path, max_tokens: int) -> "Tokenizer":
    from tokenizers import Tokenizer  # noqa: PLC0415 - a third of the start-up of commands that never embed

    tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=max_tokens)
    return tokenizer


def _open_session(weights: Path, *, threads: int) -> "onnxruntime.InferenceSession":
    os.environ.setdefault(*NO_TELEMETRY)
    import onnxruntime  # noqa: PLC0415 - as above

    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads must not burn a core
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
