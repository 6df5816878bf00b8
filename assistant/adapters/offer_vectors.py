"""The vectors of offers' texts in Chroma, in segments that are written once and never change.

Chroma inside the program keeps its vectors in memory: what another process adds to a collection is not seen. So an
import writes a segment of its own, which nobody reads until the offers that need it are committed; small segments
are then one. A segment is a folder with an embedded Chroma in it, or a collection of a Chroma server.
"""

import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
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

    def write(self, vectors: Iterable[tuple[Sequence[int], Sequence[Vector]]], *, owner: str) -> str:
        """Write a new segment of `owner`, batch by batch; its name."""
        segment = f"{owner}-{secrets.token_hex(6)}"
        collection = self._place.open(segment, make=True)
        try:
            for ids, batch in vectors:
                collection.add(ids=[str(each) for each in ids], embeddings=np.asarray(batch, dtype=np.float32))
        finally:
            self._place.close(segment)
        return segment

    def nearest(self, segment: str, vector: Vector, *, n: int) -> Sequence[int]:
        """The ids of the `n` texts that are about the nearest to `vector`."""
        found = self._collection(segment).query(
            query_embeddings=np.asarray([vector], dtype=np.float32), n_results=n, include=[]
        )
        return [int(each) for each in found["ids"][0]]

    def there(self) -> set[str]:
        """Every segment that there is."""
        return set(self._place.all())

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

    def _collection(self, segment: str) -> ChromaCollection:
        with self._lock:
            if segment not in self._open:
                self._open[segment] = self._place.open(segment, make=False)
            return self._open[segment]


def _collection(client: ClientAPI, name: str, *, make: bool) -> ChromaCollection:
    if make:
        return client.create_collection(name, embedding_function=None, configuration=_HNSW)
    return client.get_collection(name, embedding_function=None)
