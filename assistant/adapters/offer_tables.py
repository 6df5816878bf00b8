"""The file that local offers are kept in: SQLite, in the data folder, read by many and written by one at a time.

`entries` holds what each source said, `offers` what follows from all of them: one row for each offer, merged, with
what it is searched by. `vectors` has every vector a second time: Chroma finds the nearest of many quickly, but looks
through all of them to compare a few. A reader sees the state before an import or after it, never between.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

import numpy as np
from pydantic import TypeAdapter

from assistant.adapters.embeddings import Vector
from assistant.offer import Offer
from assistant.offer_errors import OffersUnavailable

FORMAT = 2
FILE = "offers.sqlite3"

_OFFER = TypeAdapter(Offer)
_BUSY_SECONDS = 30.0
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    source TEXT PRIMARY KEY, name TEXT NOT NULL, says TEXT NOT NULL, sample INTEGER NOT NULL, url TEXT, licence TEXT,
    imported_at TEXT NOT NULL, entries INTEGER NOT NULL
);
CREATE TABLE entries (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, record TEXT NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL,
    urn TEXT, name_key TEXT, belongs TEXT NOT NULL, run INTEGER NOT NULL, UNIQUE (source, record)
);
CREATE INDEX entries_belongs ON entries (belongs);
CREATE INDEX entries_name ON entries (name_key, urn) WHERE name_key IS NOT NULL;
CREATE TABLE offers (
    id INTEGER PRIMARY KEY, belongs TEXT NOT NULL, offer_id TEXT NOT NULL UNIQUE, body BLOB NOT NULL,
    text_id INTEGER NOT NULL, kind TEXT, registered INTEGER NOT NULL, age_from REAL, age_to REAL,
    key_stages INTEGER NOT NULL, needs TEXT NOT NULL, attendance INTEGER NOT NULL, days INTEGER NOT NULL,
    referrers INTEGER NOT NULL, pence INTEGER, price_per TEXT, easting INTEGER, northing INTEGER, council TEXT,
    areas TEXT NOT NULL, fresh INTEGER NOT NULL, valid_to INTEGER, completeness INTEGER NOT NULL
);
CREATE INDEX offers_belongs ON offers (belongs);
CREATE INDEX offers_text ON offers (text_id);
CREATE TABLE vectors (text_id INTEGER PRIMARY KEY, segment TEXT NOT NULL, vector BLOB NOT NULL);
CREATE INDEX vectors_segment ON vectors (segment);
CREATE VIRTUAL TABLE words USING fts5 (stems, text UNINDEXED, tokenize = 'unicode61');
"""


def connect(folder: Path, *, to_write: bool) -> sqlite3.Connection:
    """The file in `folder`, made if it is `to_write` and not there. Raises `OffersUnavailable` and `sqlite3.Error`."""
    file = folder / FILE
    if to_write:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        _make_tables(connection)
    else:
        uri = f"{file.resolve().as_uri()}?mode=ro"
        connection = sqlite3.connect(
            uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found != FORMAT:
        connection.close()
        raise OffersUnavailable(
            str(file), why=f"they were kept by another version of this program: move that file away; format {found}"
        )
    return connection


class Readers:
    """Open connections that wait to read again: opening one takes longer than most searches."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: list[tuple[int, sqlite3.Connection]] = []
        self._lock = Lock()
        self._finalizer = finalize(self, _close_all, self._idle)

    @contextmanager
    def one(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own, of which all that is read is of one state of the file."""
        file = (self._folder / FILE).stat().st_ino  # another file of that name is another shelf
        with self._lock:
            while self._idle and self._idle[-1][0] != file:
                self._idle.pop()[1].close()
            connection = self._idle.pop()[1] if self._idle else None
        if connection is None:
            connection = connect(self._folder, to_write=False)
        try:
            with one_view(connection):
                yield connection
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append((file, connection))


def _close_all(idle: list[tuple[int, sqlite3.Connection]]) -> None:
    for _, connection in idle:
        connection.close()


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        made = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not made:
            for statement in filter(str.strip, _TABLES.split(";\n")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
    finally:
        connection.execute("COMMIT")


@contextmanager
def one_change(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is done inside is kept together, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def one_view(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is of one state of the file; after an error the connection is of no more use."""
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")


def meta(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def blob_of(vector: Vector) -> bytes:
    """A vector as it is kept: half of the digits, which changes no cosine by more than a thousandth."""
    return np.asarray(vector, dtype=np.float16).tobytes()


def vector_of(blob: bytes) -> Vector:
    return np.frombuffer(blob, dtype=np.float16).astype(np.float32)


def body_of(offer: Offer) -> bytes:
    return _OFFER.dump_json(offer)


def offer_of(body: Any) -> Offer:
    return _OFFER.validate_json(body)
