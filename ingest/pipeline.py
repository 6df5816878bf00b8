"""From the catalogue to a live index: built aside, embedded only where new, swapped in whole or not at all."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from chromadb.errors import ChromaError
from filelock import FileLock, Timeout
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from assistant.adapters.alarm import OURS, Example, Learned, learn
from assistant.adapters.chroma import (
    INDEX_FORMAT,
    BuildManifest,
    manifest_metadata,
    read_manifest,
    records_of,
)
from assistant.adapters.embeddings import EmbeddingSpec, OnnxEmbeddings
from assistant.adapters.export import ensure_model
from assistant.adapters.lexical import LexicalIndex, guide_texts, passage_texts
from assistant.adapters.places import STORE_FAILURES, OpenBuild, Place, collection_name
from assistant.errors import IndexUnavailable, IngestBusy, NavigatorError, StorageFailed
from assistant.model import Catalogue
from assistant.wording import Glossary

_BATCH = 128
_QUESTIONS_LEARNED = 2  # of each passage: enough to know what is ours without drowning the examples
_HNSW = CreateCollectionConfiguration(hnsw=CreateHNSWConfiguration(space="cosine", ef_search=120, ef_construction=200))

Progress = Callable[[str, int, int], None]
"""Told the step in words, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchKey:
    """One text by which an entry is found, and the id its vector gets."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did. `embedded` counts the texts that were new; the rest kept their vectors."""

    build_id: str
    passages: int
    vectors: int
    embedded: int
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where an ingest works: the place builds go, the folder of exported models, and the file that locks both."""

    place: Place
    models: Path
    lock: Path


def ingest(
    catalogue: Catalogue,
    *,
    workshop: Workshop,
    spec: EmbeddingSpec,
    now: datetime,
    progress: Progress,
    rebuild: bool = False,
) -> IngestReport:
    """Make the live index say what `catalogue` says.

    Killed at any moment, the old index still answers and the next run recovers. With nothing changed, nothing is
    embedded and nothing swapped; `rebuild` builds anew all the same (keeping no vector of the old build).
    Raises `IngestBusy` when another run holds the lock, `StorageFailed` when the disk or server refuses.
    """
    where = workshop.place.shown_as
    try:
        workshop.lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(workshop.lock, timeout=0):
            return _ingest_alone(catalogue, workshop, spec, now=now, progress=progress, rebuild=rebuild)
    except Timeout as error:
        raise IngestBusy(where) from error
    except NavigatorError:
        raise
    except (*STORE_FAILURES, ValueError) as error:
        raise StorageFailed(where, why=str(error)) from error


def search_keys(catalogue: Catalogue) -> Iterator[SearchKey]:
    """Every text that gets a vector: a passage has several, and guides and misconceptions have their examples."""
    for passage in catalogue.passages:
        yield SearchKey(id=f"p:{passage.id}:statement", text=passage.statement)
        for n, question in enumerate(dict.fromkeys((*passage.questions, *passage.also_asked))):
            yield SearchKey(id=f"p:{passage.id}:question-{n}", text=question)
        if passage.keywords:
            yield SearchKey(id=f"p:{passage.id}:keywords", text=", ".join(passage.keywords))
    for guide in catalogue.guides:
        for n, example in enumerate((guide.title, *guide.matches)):
            yield SearchKey(id=f"g:{guide.id}:{n}", text=example)
    for misconception in catalogue.misconceptions:
        for n, cue in enumerate((misconception.wrong, *misconception.cues)):
            yield SearchKey(id=f"m:{misconception.id}:{n}", text=cue)


def triage_texts(catalogue: Catalogue) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """What triage's second check learns from, by kind and rule: the examples, read as questions are, and questions
    of the corpus, which must all go on to the search (but for those of passages that triage itself shows)."""
    glossary = Glossary(catalogue.glossary)
    kinds = {rule.id: rule.status.value for rule in catalogue.triage}
    nations = {rule.id for rule in catalogue.triage if rule.nation}
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in catalogue.triage_examples:
        if example.rule in nations:
            continue  # a nation is told by its names, which patterns know and vectors confuse
        kind = kinds[example.rule] if example.rule else OURS
        texts[kind][example.rule or OURS].append(glossary.spell_out(example.text))
    sensitive = {fact for rule in catalogue.triage for fact in rule.facts}
    for passage in catalogue.passages:
        if passage.id not in sensitive:
            texts[OURS][OURS] += passage.also_asked[:_QUESTIONS_LEARNED]
    return texts


def _ingest_alone(
    catalogue: Catalogue, workshop: Workshop, spec: EmbeddingSpec, *, now: datetime, progress: Progress, rebuild: bool
) -> IngestReport:
    place = workshop.place
    place.tidy()
    progress("Preparing the embedding model", 0, 1)
    model = ensure_model(workshop.models, spec)
    keys = tuple(search_keys(catalogue))
    live = None if rebuild else _live_manifest(place)
    if live is not None and _says_the_same(live[1], catalogue, spec):
        return IngestReport(
            build_id=live[0].build_id, passages=len(catalogue.passages), vectors=len(keys), embedded=0, changed=False
        )
    kept = _kept_vectors(live[0]) if live is not None and live[1].embedding == spec.fingerprint else {}
    embeddings = KeptEmbeddings(OnnxEmbeddings(model), fingerprint=spec.fingerprint, kept=kept)
    build = place.open(f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}")
    _write_vectors(build, keys, embeddings, progress=progress)
    manifest = BuildManifest(
        index_format=INDEX_FORMAT,
        corpus_version=catalogue.version,
        embedding=spec.fingerprint,
        model=f"{spec.model} ({spec.precision})",
        vectors=len(keys),
    )
    _finish(build, catalogue, _learn(build, catalogue, embeddings, progress=progress), manifest)
    place.publish(build.build_id)
    place.tidy()
    return IngestReport(
        build_id=build.build_id,
        passages=len(catalogue.passages),
        vectors=len(keys),
        embedded=embeddings.embedded,
        changed=True,
    )


def _live_manifest(place: Place) -> tuple[OpenBuild, BuildManifest] | None:
    """The live build, or None when there is none that can be read (it will simply be replaced)."""
    try:
        build_id = place.current()
        if build_id is None:
            return None
        build = place.open(build_id)
        return build, read_manifest(build, shown_as=place.shown_as)
    except (IndexUnavailable, *STORE_FAILURES):
        return None


def _says_the_same(live: BuildManifest, catalogue: Catalogue, spec: EmbeddingSpec) -> bool:
    return (
        live.index_format == INDEX_FORMAT
        and live.corpus_version == catalogue.version
        and live.embedding == spec.fingerprint
    )


def _kept_vectors(build: OpenBuild) -> dict[str, list[float]]:
    """The vectors of the live build by content hash, to be used again."""
    kept: dict[str, list[float]] = {}
    for part in ("vectors", "examples"):
        try:
            collection = build.client.get_collection(collection_name(build.build_id, part), embedding_function=None)
            found = collection.get(include=["embeddings", "metadatas"])
        except (ChromaError, ValueError):
            continue  # what cannot be read is embedded again
        embeddings = found["embeddings"] if found["embeddings"] is not None else []
        for metadata, vector in zip(found["metadatas"] or [], embeddings, strict=True):
            if metadata and "hash" in metadata:
                kept[str(metadata["hash"])] = np.asarray(vector, dtype=np.float32).tolist()
    return kept


class KeptEmbeddings(Embeddings):
    """Embeds only what was not embedded before; `embedded` counts how many texts that was."""

    def __init__(self, inner: Embeddings, *, fingerprint: str, kept: dict[str, list[float]]) -> None:
        self._inner = inner
        self._fingerprint = fingerprint
        self._kept = kept
        self.embedded = 0

    def hash_of(self, text: str) -> str:
        return hashlib.sha256(f"{self._fingerprint}\n{text}".encode()).hexdigest()[:24]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        new = [text for text in dict.fromkeys(texts) if self.hash_of(text) not in self._kept]
        for text, vector in zip(new, self._inner.embed_documents(new), strict=True):
            self._kept[self.hash_of(text)] = vector
        self.embedded += len(new)
        return [self._kept[self.hash_of(text)] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._inner.embed_query(text)


def _write_vectors(
    build: OpenBuild, keys: Sequence[SearchKey], embeddings: KeptEmbeddings, *, progress: Progress
) -> None:
    entries = [(key.id, key.text, {"kind": key.id.rpartition(":")[2]}) for key in keys]
    _add_in_batches(_store(build, "vectors", embeddings), entries, embeddings, "Building the index", progress=progress)


def _learn(build: OpenBuild, catalogue: Catalogue, embeddings: KeptEmbeddings, *, progress: Progress) -> Learned:
    """Train triage's second check; the vectors of its examples are kept so that the next build need not make them."""
    texts = triage_texts(catalogue)
    every = dict.fromkeys(text for rules in texts.values() for said in rules.values() for text in said)
    entries = [(f"t:{n}", text, dict[str, str]()) for n, text in enumerate(every)]
    _add_in_batches(_store(build, "examples", embeddings), entries, embeddings, "Learning triage", progress=progress)
    return learn(
        {
            kind: {
                rule: [
                    Example(text=text, vector=vector)
                    for text, vector in zip(said, embeddings.embed_documents(list(said)), strict=True)
                ]
                for rule, said in rules.items()
            }
            for kind, rules in texts.items()
        }
    )


def _add_in_batches(
    store: Chroma,
    entries: Sequence[tuple[str, str, dict[str, str]]],
    embeddings: KeptEmbeddings,
    step: str,
    *,
    progress: Progress,
) -> None:
    """Add (id, text, metadata) to a collection, each with the hash by which its vector is found again."""
    for at in range(0, len(entries), _BATCH):
        batch = entries[at : at + _BATCH]
        store.add_texts(
            [text for _, text, _ in batch],
            metadatas=[{**metadata, "hash": embeddings.hash_of(text)} for _, text, metadata in batch],
            ids=[name for name, _, _ in batch],
        )
        progress(step, min(at + _BATCH, len(entries)), len(entries))


def _store(build: OpenBuild, part: str, embeddings: KeptEmbeddings) -> Chroma:
    return Chroma(
        client=build.client,
        collection_name=collection_name(build.build_id, part),
        embedding_function=embeddings,
        collection_configuration=_HNSW,
    )


def _finish(build: OpenBuild, catalogue: Catalogue, learned: Learned, manifest: BuildManifest) -> None:
    """Write the lexical index and the records; the manifest goes last, so a build without it never finished."""
    LexicalIndex.build(passage_texts(catalogue.passages)).save(build.folder / "lexical")
    LexicalIndex.build(guide_texts(catalogue.guides)).save(build.folder / "lexical-guides")
    records = build.client.create_collection(collection_name(build.build_id, "records"), embedding_function=None)
    pieces = records_of(catalogue, learned)
    records.add(
        ids=list(pieces), documents=list(pieces.values()), embeddings=np.ones((len(pieces), 2), dtype=np.float32)
    )
    records.modify(metadata=manifest_metadata(manifest))
    (build.folder / "finished").touch()
