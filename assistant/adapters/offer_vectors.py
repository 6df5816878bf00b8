"""The vectors of offers' texts in Chroma, in segments that are written once and never change.

Chroma inside the program keeps its vectors in memory: what another process adds to a collection is not seen. So an
import writes a segment of its own, which nobody reads until the offers that need it are committed; small segments
are then one. A segment is a folder with an embedded Chroma in it, or a collection of a Chroma server.
"""

import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration, CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection as ChromaCollection
from chromadb.errors import NotFoundError

from assistant.adapters.embeddings import Vector
from assistant.adapters.places import embedded_chroma

_PREFIX = "apnav-offers-"
_NAME = "offers"
_BATCH = 1000
_HNSW = CreateCollectionConfiguration(hnsw=CreateHNSWConfiguration(space="cosine", ef_search=120, ef_construction=100))


class SegmentPlace(Protocol):
    """Where segments are kept."""

    def open(self, segment: str, *, make: bool) -> ChromaCollection:
        """The segment's collection. Raises what Chroma raises when it is not there and not to be made."""
        ...

    def close(self, segment: str) -> None:
        """Give back what an open segment holds."""
        ...

    def all(self) -> Iterable[str]: ...

    def drop(self, segment: str) -> None: ...


class FolderSegments:
    """Each segment in a folder of its own, in an embedded Chroma."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._clients: dict[str, ClientAPI] = {}

    def open(self, segment: str, *, make: bool) -> ChromaCollection:
        folder = self._root / segment
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        elif not folder.is_dir():
            raise NotFoundError(f"the vectors {segment} are not there")
        client = self._clients[segment] = embedded_chroma(folder)
        return _collection(client, _NAME, make=make)

    def close(self, segment: str) -> None:
        client = self._clients.pop(segment, None)
        if isinstance(client, Client):
            client.close()

    def all(self) -> Iterable[str]:
        return [folder.name for folder in self._root.iterdir()] if self._root.is_dir() else []

    def drop(self, segment: str) -> None:
        self.close(segment)
        shutil.rmtree(self._root / segment, ignore_errors=True)


class ServerSegments:
    """Each segment in a collection of a Chroma server."""

    def __init__(self, connect: Callable[[], ClientAPI]) -> None:
        self._connect = connect

    def open(self, segment: str, *, make: bool) -> ChromaCollection:
        return _collection(self._connect(), _PREFIX + segment, make=make)

    def close(self, segment: str) -> None:
        """Nothing is held: all segments share one connection."""

    def all(self) -> Iterable[str]:
        names = (collection.name for collection in self._connect().list_collections())
        return [name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)]

    def drop(self, segment: str) -> None:
        try:
            self._connect().delete_collection(_PREFIX + segment)
        except NotFoundError:
            return


class OfferVectors:
    """The open segments of one process."""

    def __init__(self, place: SegmentPlace) -> None:
        self._place = place
        self._open: dict[str, ChromaCollection] = {}
        self._lock = Lock()

    def write(self, vectors: Iterable[tuple[Sequence[int], Sequence[Vector]]], *, owner: str) -> tuple[str, int]:
        """Write a new segment of `owner`, batch by batch; its name and how many vectors it has."""
        segment = f"{owner}-{secrets.token_hex(6)}"
        collection = self._place.open(segment, make=True)
        written = 0
        try:
            for ids, batch in vectors:
                if not ids:
                    continue
                collection.add(ids=[str(each) for each in ids], embeddings=np.asarray(batch, dtype=np.float32))
                written += len(ids)
        finally:
            self._place.close(segment)
        return segment, written

    def read(self, segment: str, ids: Sequence[int]) -> Iterator[tuple[Sequence[int], Sequence[Vector]]]:
        """The vectors of these ids, batch by batch; ids that have none are left out."""
        collection = self._collection(segment)
        for at in range(0, len(ids), _BATCH):
            found = collection.get(ids=[str(each) for each in ids[at : at + _BATCH]], include=["embeddings"])
            embeddings = found["embeddings"] if found["embeddings"] is not None else []
            yield [int(each) for each in found["ids"]], [np.asarray(each, dtype=np.float32) for each in embeddings]

    def nearest(self, segment: str, vector: Vector, *, n: int) -> Mapping[int, float]:
        """The cosine of about `n` texts that are nearest to `vector`, by id."""
        return self._query(segment, vector, n=n, ids=None)

    def among(self, segment: str, vector: Vector, *, ids: Sequence[int]) -> Mapping[int, float]:
        """The cosine of each of these texts, by id."""
        return self._query(segment, vector, n=len(ids), ids=[str(each) for each in ids]) if ids else {}

    def close_others(self, segments: Collection[str]) -> None:
        """Give back what every other open segment holds."""
        with self._lock:
            for segment in self._open.keys() - set(segments):
                del self._open[segment]
                self._place.close(segment)

    def drop_others(self, segments: Collection[str], *, owner: str) -> None:
        """Remove every other segment of `owner` that there is, whoever reads it."""
        for segment in self._place.all():
            if segment.startswith(f"{owner}-") and segment not in segments:
                self._place.drop(segment)

    def _query(self, segment: str, vector: Vector, *, n: int, ids: list[str] | None) -> Mapping[int, float]:
        found = self._collection(segment).query(
            query_embeddings=np.asarray([vector], dtype=np.float32), n_results=n, ids=ids, include=["distances"]
        )
        distances = found["distances"][0] if found["distances"] else []
        return {int(each): 1.0 - distance for each, distance in zip(found["ids"][0], distances, strict=True)}

    def _collection(self, segment: str) -> ChromaCollection:
        with self._lock:
            if segment not in self._open:
                self._open[segment] = self._place.open(segment, make=False)
            return self._open[segment]


def _collection(client: ClientAPI, name: str, *, make: bool) -> ChromaCollection:
    if make:
        return client.create_collection(name, embedding_function=None, configuration=_HNSW)
    return client.get_collection(name, embedding_function=None)
