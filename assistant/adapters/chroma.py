"""One finished build of the index, read from Chroma: the catalogue it was made from and how alike a query is to it."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from chromadb.api.models.Collection import Collection
from chromadb.api.types import QueryResult
from chromadb.errors import ChromaError
from httpx import HTTPError
from pydantic import TypeAdapter, ValidationError

from assistant.adapters.alarm import Alarm, Learned
from assistant.adapters.embeddings import EmbeddingSpec, OnnxEmbeddings, Vector
from assistant.adapters.lexical import LexicalIndex, guide_texts, passage_texts
from assistant.adapters.places import STORE_FAILURES, IndexMissingOnServer, OpenBuild, Place, collection_name
from assistant.errors import IndexDamaged, IndexMissing, IndexOutdated, IndexUnavailable
from assistant.model import Catalogue
from assistant.ports import Likeness, Query

INDEX_FORMAT = 7
CATALOGUE_RECORD = "catalogue"
ALARM_RECORD = "alarm"
_NEAREST = 120  # vectors asked of Chroma for each query: about 50 passages, guides and misconceptions among them
_ASIDE = 4  # threads, whatever the number of askers: each is busy for less than a millisecond

_RECORD_SIZE = 60_000  # characters

_CATALOGUE = TypeAdapter(Catalogue)
_LEARNED = TypeAdapter(Learned)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildManifest:
    """What a build was made from; kept as the metadata of its records collection."""

    index_format: int
    corpus_version: str
    embedding: str
    model: str
    vectors: int


class ChromaKnowledge:
    """A build in Chroma with its lexical index beside it. Implements `assistant.ports.Knowledge`."""

    def __init__(self, build: OpenBuild, *, embeddings: OnnxEmbeddings, shown_as: str) -> None:
        self.build_id = build.build_id
        self._shown_as = shown_as
        self._embeddings = embeddings
        self._vectors, records = open_collections(build, shown_as=shown_as)
        self.catalogue = _read_record(records, CATALOGUE_RECORD, _CATALOGUE, shown_as=shown_as)
        self._alarm = Alarm(_read_record(records, ALARM_RECORD, _LEARNED, shown_as=shown_as))
        self._lexical = _open_lexical(build.folder / "lexical", passage_texts(self.catalogue.passages))
        self._guides_lexical = _open_lexical(build.folder / "lexical-guides", guide_texts(self.catalogue.guides))
        self._aside = ThreadPoolExecutor(_ASIDE, thread_name_prefix="lexical")

    def likeness(self, queries: Sequence[Query]) -> Sequence[Likeness]:
        by_words = self._aside.submit(self._scores, [query.words for query in queries])  # while the model is at work
        vectors = self._embeddings.query_vectors([query.meaning for query in queries])
        found = self._nearest(vectors)
        distances = found["distances"] or []
        return [
            replace(_gather(ids, near, *scores), suspicion=self._alarm.suspicion(query.meaning, vector))
            for query, vector, ids, near, scores in zip(
                queries, vectors, found["ids"], distances, by_words.result(), strict=True
            )
        ]

    def _scores(self, texts: Sequence[str]) -> Sequence[tuple[Mapping[str, float], Mapping[str, float]]]:
        """How alike each text is in words to the passages and to the guides."""
        return [(self._lexical.scores(text), self._guides_lexical.scores(text)) for text in texts]

    def _nearest(self, vectors: Sequence[Vector]) -> QueryResult:
        try:
            found = self._vectors.query(
                query_embeddings=np.asarray(vectors, dtype=np.float32), n_results=_NEAREST, include=["distances"]
            )
        except HTTPError as error:
            raise IndexMissingOnServer(self._shown_as, why=str(error)) from error
        except STORE_FAILURES as error:
            raise IndexDamaged(self._shown_as, why=f"searching build {self.build_id} failed: {error}") from error
        if not all(found["ids"]):  # something is always nearest
            raise IndexDamaged(self._shown_as, why=f"build {self.build_id} has lost its vectors")
        return found

    def nearest_statements(self, text: str, n: int) -> Sequence[str]:
        """The ids of the `n` passages whose statements are nearest to `text` by vector alone: the plain baseline."""
        vector = self._embeddings.query_vector(text)
        found = self._vectors.query(
            query_embeddings=np.asarray([vector], dtype=np.float32),
            n_results=n,
            where={"kind": "statement"},
            include=[],
        )
        return [vector_id.split(":", 2)[1] for vector_id in found["ids"][0]]


class ChromaKnowledgeBase:
    """Finds the live build and reopens when it changes. Implements `assistant.ports.KnowledgeBase`."""

    def __init__(self, place: Place, *, models: Path, spec: EmbeddingSpec, threads: int = 1) -> None:
        self._place = place
        self._models = models
        self._spec = spec
        self._threads = threads
        self._embeddings: OnnxEmbeddings | None = None
        self._open: ChromaKnowledge | None = None
        self._lock = Lock()

    def current(self) -> ChromaKnowledge:
        build_id = self._place.current()
        if build_id is None:
            raise IndexMissing(self._place.shown_as)
        opened = self._open
        if opened is not None and opened.build_id == build_id:
            return opened
        with self._lock:
            if self._open is None or self._open.build_id != build_id:
                self._open = self._reopen(build_id)
            return self._open

    def _reopen(self, build_id: str) -> ChromaKnowledge:
        try:
            build = self._place.open(build_id)
            check_fits(read_manifest(build, shown_as=self._place.shown_as), self._spec)
            if self._embeddings is None:
                folder = self._models / self._spec.fingerprint
                if not folder.exists():
                    raise IndexOutdated(why="the embedding model has not been exported on this machine")
                self._embeddings = OnnxEmbeddings(folder, threads=self._threads)
            return ChromaKnowledge(build, embeddings=self._embeddings, shown_as=self._place.shown_as)
        except (IndexUnavailable, *STORE_FAILURES) as error:
            # A newer build may have replaced this one, and tidied it away, between the look and the opening.
            newer = self._place.current()
            if newer is not None and newer != build_id:
                return self._reopen(newer)
            if isinstance(error, IndexUnavailable):
                raise
            raise IndexDamaged(self._place.shown_as, why=str(error)) from error


def read_manifest(build: OpenBuild, *, shown_as: str) -> BuildManifest:
    """What the build says of itself. Raises `IndexDamaged` when it cannot be read or never finished."""
    try:
        _, records = open_collections(build, shown_as=shown_as)
        said = json.loads(str((records.metadata or {}).get("manifest", "")))
        return BuildManifest(**said)
    except (ValueError, TypeError) as error:
        raise IndexDamaged(shown_as, why="the build was never finished or is of an unknown make") from error


def check_fits(manifest: BuildManifest, spec: EmbeddingSpec) -> None:
    """Raise `IndexOutdated` unless this program, with this embedding model, can search the build."""
    if manifest.index_format != INDEX_FORMAT:
        raise IndexOutdated(why=f"it has format {manifest.index_format} and this version reads format {INDEX_FORMAT}")
    if manifest.embedding != spec.fingerprint:
        raise IndexOutdated(
            why=f"it was made with the embedding model {manifest.model}, and the settings now ask for "
            f"{spec.model} ({spec.precision})"
        )


def open_collections(build: OpenBuild, *, shown_as: str) -> tuple[Collection, Collection]:
    """The vectors and the records of a build. Raises `IndexDamaged`."""
    try:
        vectors = build.client.get_collection(collection_name(build.build_id, "vectors"), embedding_function=None)
        records = build.client.get_collection(collection_name(build.build_id, "records"), embedding_function=None)
    except (ChromaError, ValueError, OSError) as error:
        raise IndexDamaged(shown_as, why=f"build {build.build_id} is incomplete") from error
    return vectors, records


def _read_record(records: Collection, name: str, kind: TypeAdapter[T], *, shown_as: str) -> T:
    try:
        found = records.get(include=["documents"])
        pieces = dict(zip(found["ids"], found["documents"] or [], strict=True))
        return kind.validate_json("".join(pieces[piece] for piece in sorted(pieces) if piece.startswith(name)))
    except (ChromaError, ValidationError, ValueError, OSError) as error:
        raise IndexDamaged(shown_as, why="its records cannot be read") from error


def _open_lexical(folder: Path, texts: Mapping[str, str]) -> LexicalIndex:
    """The saved lexical index, or one built now (a server's build has none on this machine yet)."""
    try:
        return LexicalIndex.open(folder, list(texts))
    except (OSError, ValueError):
        return LexicalIndex.build(texts)


def _gather(
    ids: Sequence[str],
    distances: Sequence[float],
    lexical: Mapping[str, float],
    guides_lexical: Mapping[str, float],
) -> Likeness:
    best: dict[str, dict[str, float]] = {"p": {}, "g": {}, "m": {}, "s": {}}
    for vector_id, distance in zip(ids, distances, strict=True):
        kind, name, key = vector_id.split(":", 2)
        likeness = 1.0 - distance
        scores = best[kind]
        if likeness > scores.get(name, -1.0):
            scores[name] = likeness
        if kind == "p" and key == "statement":
            best["s"][name] = likeness
    return Likeness(
        dense=best["p"],
        lexical=lexical,
        statements=best["s"],
        guides=best["g"],
        guides_lexical=guides_lexical,
        misconceptions=best["m"],
    )


def records_of(catalogue: Catalogue, learned: Learned) -> Mapping[str, str]:
    """What a build keeps beside its vectors, cut into numbered records that any Chroma server will take."""
    whole = {
        CATALOGUE_RECORD: _CATALOGUE.dump_json(catalogue).decode(),
        ALARM_RECORD: _LEARNED.dump_json(learned).decode(),
    }
    return {
        f"{name}-{at // _RECORD_SIZE:05d}": text[at : at + _RECORD_SIZE]
        for name, text in whole.items()
        for at in range(0, len(text), _RECORD_SIZE)
    }


def manifest_metadata(manifest: BuildManifest) -> dict[str, Any]:
    return {"manifest": json.dumps(asdict(manifest))}
