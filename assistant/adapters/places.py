"""Where finished builds of the index live, and which of them is live: a folder, or a Chroma server.

A build is three Chroma collections, `apnav-<build>-vectors`, `-examples` and `-records`. A new build is written aside
under a name nobody reads; making it live is one atomic step (a file renamed, or one collection's metadata changed).
"""

import atexit
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import chromadb
from chromadb.api import ClientAPI
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError
from httpx import HTTPError

from assistant.errors import IndexDamaged, IndexMissing

POINTER_COLLECTION = "apnav-current"
STORE_FAILURES = (ChromaError, HTTPError, OSError)
"""What Chroma, embedded or a server, raises when it cannot read or write."""

_KEPT = 2  # the live build and the one before it, which a slow reader may still be using
_CANNOT_WRITE = ("readonly database", "disk is full", "unable to open database file")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBuild:
    """A build ready to be read or written: a Chroma client, the build's name, and a local folder beside it."""

    build_id: str
    client: ClientAPI
    folder: Path


class Place(Protocol):
    """Where builds are kept."""

    @property
    def shown_as(self) -> str: ...

    def current(self) -> str | None:
        """The id of the live build, or None. Called for each question, so it must be cheap."""
        ...

    def open(self, build_id: str) -> OpenBuild: ...

    def publish(self, build_id: str) -> None:
        """Make a finished build the live one, in one step."""
        ...

    def tidy(self) -> None:
        """Remove what killed or replaced builds left behind."""
        ...


class FolderPlace:
    """Builds in a folder of this machine, each in an embedded Chroma of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pointer = root / "current.json"
        self._seen: tuple[tuple[int, int], str] | None = None

    @property
    def shown_as(self) -> str:
        return str(self.root)

    def current(self) -> str | None:
        try:
            stamp = self._pointer.stat()
            key = (stamp.st_mtime_ns, stamp.st_ino)
            if self._seen is None or self._seen[0] != key:
                self._seen = (key, str(json.loads(self._pointer.read_text(encoding="utf-8"))["build"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(self.shown_as, why="the file current.json is not as we wrote it") from error
        return self._seen[1]

    def open(self, build_id: str) -> OpenBuild:
        folder = self.root / "builds" / build_id
        folder.mkdir(parents=True, exist_ok=True)
        try:
            client = embedded_chroma(folder / "chroma")
        except ChromaError as error:
            unwritable = any(sign in str(error) for sign in _CANNOT_WRITE)
            if not unwritable or not _is_finished(folder):
                raise
            client = embedded_chroma(_copy_of(folder / "chroma"))
        return OpenBuild(build_id=build_id, client=client, folder=folder)

    def publish(self, build_id: str) -> None:
        aside = self._pointer.with_name(f".current-{os.getpid()}.json")
        before = self._live_or_none()
        with aside.open("w", encoding="utf-8") as file:
            json.dump({"build": build_id, "before": before if before != build_id else None}, file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._pointer)

    def tidy(self) -> None:
        builds = self.root / "builds"
        if not builds.is_dir():
            return
        finished = sorted(folder.name for folder in builds.iterdir() if _is_finished(folder))
        live = self._live_or_none()
        spared = {live, self._before()} if live else set(finished[-_KEPT:])
        for folder in builds.iterdir():
            if folder.name not in spared:
                shutil.rmtree(folder, ignore_errors=True)
        for leftover in self.root.glob(".current-*.json"):
            leftover.unlink(missing_ok=True)

    def _live_or_none(self) -> str | None:
        """The live build; None also when the pointer is damaged, which the next `publish` mends."""
        try:
            return self.current()
        except IndexDamaged:
            return None

    def _before(self) -> str | None:
        before = json.loads(self._pointer.read_text(encoding="utf-8")).get("before")
        return str(before) if before else None


class ServerPlace:
    """Builds in a Chroma server, shared by every process that answers; `cache` holds what is only this machine's."""

    _CHECK_EVERY_SECONDS = 1.0

    def __init__(self, url: str, *, cache: Path, token: str | None = None) -> None:
        self._url = url
        self._token = token
        self._cache = cache
        self._client: ClientAPI | None = None
        self._seen: tuple[float, str | None] | None = None

    @property
    def shown_as(self) -> str:
        parts = urlsplit(self._url)
        return f"the Chroma server {parts.scheme}://{parts.hostname}:{parts.port or ''}"

    def current(self) -> str | None:
        now = time.monotonic()
        if self._seen is None or now - self._seen[0] > self._CHECK_EVERY_SECONDS:
            self._seen = (now, self._read_pointer())
        return self._seen[1]

    def open(self, build_id: str) -> OpenBuild:
        folder = self._cache / build_id
        folder.mkdir(parents=True, exist_ok=True)
        return OpenBuild(build_id=build_id, client=self.connect(), folder=folder)

    def publish(self, build_id: str) -> None:
        with self._talking():
            client = self.connect()
            # Fails when another machine's run was quicker and tidied this build away.
            client.get_collection(collection_name(build_id, "records"), embedding_function=None)
            pointer = client.get_or_create_collection(POINTER_COLLECTION, embedding_function=None)
            before = dict(pointer.metadata or {})
            pointer.modify(metadata={"build": build_id, "before": str(before.get("build", ""))})
        self._seen = None

    def tidy(self) -> None:
        with self._talking():
            client = self.connect()
            try:
                metadata = client.get_collection(POINTER_COLLECTION, embedding_function=None).metadata or {}
            except NotFoundError:
                metadata = {}
            kept = {str(metadata.get("build", "")), str(metadata.get("before", ""))}
            for collection in client.list_collections():
                build_id = build_of(collection.name)
                if build_id is not None and build_id not in kept and build_id < str(metadata.get("build", "")):
                    # Builds newer than the live one may be under way on another machine: those are left alone.
                    client.delete_collection(collection.name)
        for folder in self._cache.iterdir() if self._cache.is_dir() else ():
            if folder.is_dir() and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _read_pointer(self) -> str | None:
        with self._talking():
            try:
                pointer = self.connect().get_collection(POINTER_COLLECTION, embedding_function=None)
            except NotFoundError:
                return None
            build_id = (pointer.metadata or {}).get("build")
            return str(build_id) if build_id else None

    def connect(self) -> ClientAPI:
        """The server, reached once and kept. Raises `IndexMissingOnServer`."""
        if self._client is None:
            parts = urlsplit(self._url)
            headers = {"Authorization": f"Bearer {self._token}", "X-Chroma-Token": self._token} if self._token else {}
            with self._talking():
                self._client = chromadb.HttpClient(
                    host=parts.hostname or "localhost",
                    port=parts.port or (443 if parts.scheme == "https" else 8000),
                    ssl=parts.scheme == "https",
                    headers=headers,
                    settings=ChromaSettings(anonymized_telemetry=False),
                )
        return self._client

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """A server that does not answer is an unavailable index, not a crash."""
        try:
            yield
        except NotFoundError:
            raise
        except (*STORE_FAILURES, ValueError) as error:
            raise IndexMissingOnServer(self.shown_as, why=str(error)) from error


class IndexMissingOnServer(IndexMissing):
    """The Chroma server cannot be reached or refuses us."""

    code = "index_unreachable"

    def __init__(self, where: str, *, why: str) -> None:
        super().__init__(where)
        self.args = (
            f"{where} does not answer ({why}). Check APNAV_CHROMA_URL and APNAV_CHROMA_TOKEN, and that it runs.",
        )


def _is_finished(build: Path) -> bool:
    return (build / "finished").exists()


def embedded_chroma(folder: Path) -> ClientAPI:
    """Chroma inside the program, with its files in `folder`."""
    try:
        return chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    except ChromaError:
        # Chroma keeps even a client that failed to start, and would hand it out, broken, the next time.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


def _copy_of(chroma: Path) -> Path:
    """Chroma writes to its folder even to read it: on a read-only or full disk, it reads a copy made elsewhere."""
    elsewhere = Path(tempfile.mkdtemp(prefix="apnav-index-"))
    atexit.register(shutil.rmtree, elsewhere, ignore_errors=True)
    return shutil.copytree(chroma, elsewhere / "chroma")


def collection_name(build_id: str, part: str) -> str:
    return f"apnav-{build_id}-{part}"


def build_of(collection: str) -> str | None:
    """The build a collection belongs to, or None if it is not one of ours."""
    if not collection.startswith("apnav-") or not collection.endswith(("-vectors", "-examples", "-records")):
        return None
    return collection.removeprefix("apnav-").rsplit("-", 1)[0]
