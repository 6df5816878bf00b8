"""Where imported offers are kept: one source at a time, in one change that is there whole or not at all."""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from langchain_core.embeddings import Embeddings

from assistant.adapters.embeddings import Vector
from assistant.adapters.lexical import query_stems
from assistant.adapters.offer_rows import facts_row, names_of_columns
from assistant.adapters.offer_tables import (
    FILE,
    blob_of,
    body_of,
    connect,
    meta,
    offer_of,
    one_change,
    set_meta,
    vector_of,
)
from assistant.adapters.offer_vectors import OfferVectors
from assistant.adapters.places import STORE_FAILURES
from assistant.offer import Claimant, Offer, Refusal
from assistant.offer_errors import OffersUnavailable, PlaceError
from assistant.offer_facts import ENGLAND, facts_of
from assistant.offer_merge import merged, name_key
from assistant.offer_needs import Needs
from assistant.offers import offer_text
from assistant.ports import PostcodeBook, Shelved, SourceOnShelf
from assistant.school_ages import SchoolAges

_EMBEDDED_AT_ONCE = 256
_TOLD = 1000  # refusals that are kept for the report
_SMALL = 2000  # a segment of fewer vectors becomes part of the next one
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_EVERYWHERE = {"england", "uk", "united kingdom", "national", "nationwide", "whole country"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfTools:
    """What keeping offers needs. `embedder` is called for the first text; `model` names the make of the vectors."""

    vectors: OfferVectors
    embedder: Callable[[], Embeddings]
    model: str
    needs: Callable[[], Needs]
    ages: Callable[[], SchoolAges]
    postcodes: PostcodeBook


class SqliteOfferShelf:
    """Offers in a folder. Implements `assistant.ports.OfferShelf`."""

    def __init__(self, folder: Path, *, tools: ShelfTools) -> None:
        self._folder = folder
        self._tools = tools

    def replace(self, source: str, offers: Iterable[Offer], *, whole: bool, now: datetime) -> Shelved:
        with self._changing() as connection:
            intake = _Intake(connection, source, run=_next_run(connection), places=_Places(self._tools.postcodes))
            for offer in offers:
                intake.take(offer)
            gone = intake.drop_unseen() if whole else 0
            intake.sign_in(now=now)
            merged_in = self._settle(connection)
            return Shelved(
                added=intake.added,
                changed=intake.changed,
                unchanged=intake.unchanged,
                gone=gone,
                merged=merged_in(source),
                refused=tuple(intake.refused),
            )

    def remove(self, source: str) -> int:
        with self._changing() as connection:
            _touch(connection, "source = ?", (source,))
            removed = connection.execute("DELETE FROM entries WHERE source = ?", (source,)).rowcount
            connection.execute("DELETE FROM sources WHERE source = ?", (source,))
            self._settle(connection)
            return removed

    def sources(self) -> Sequence[SourceOnShelf]:
        if not (self._folder / FILE).exists():
            return ()
        try:
            connection = connect(self._folder, to_write=False)
            try:
                rows = connection.execute(
                    "SELECT source, name, says, entries, imported_at, sample, url, licence FROM sources "
                    "ORDER BY name, source"
                ).fetchall()
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise OffersUnavailable(str(self._folder), why=str(error)) from error
        return [
            SourceOnShelf(
                source=source,
                name=name,
                says=Claimant(says),
                entries=entries,
                imported_at=datetime.fromisoformat(imported_at),
                sample=bool(sample),
                url=url,
                licence=licence,
            )
            for source, name, says, entries, imported_at, sample, url, licence in rows
        ]

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One change of the shelf; nobody else changes it meanwhile."""
        where = str(self._folder)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "import.lock", timeout=0):
                connection = connect(self._folder, to_write=True)
                try:
                    self._tidy(connection)
                    with one_change(connection):
                        _make_notes(connection)
                        yield connection
                finally:
                    connection.close()
        except Timeout as error:
            raise OffersUnavailable(where, why="another import is at work; try again when it is done") from error
        except (sqlite3.Error, *STORE_FAILURES) as error:
            raise OffersUnavailable(where, why=str(error)) from error

    def _tidy(self, connection: sqlite3.Connection) -> None:
        """Remove the vectors of killed imports, and those that the last import replaced."""
        owner = meta(connection, "owner")
        if owner is None:
            set_meta(connection, "owner", secrets.token_hex(4))
            return
        live = {row[0] for row in connection.execute("SELECT DISTINCT segment FROM vectors")}
        self._tools.vectors.drop_others(live, owner=owner)

    def _settle(self, connection: sqlite3.Connection) -> Callable[[str], int]:
        """Make the offers follow from the entries that were touched; how many of a source's are merged."""
        needs = self._tools.needs()
        _tell_apart(connection)
        _write_offers(connection, needs=needs, ages=self._tools.ages(), places=_Places(self._tools.postcodes))
        self._embed(connection)
        set_meta(connection, "version", secrets.token_hex(8))

        def merged_of(source: str) -> int:
            question = (
                "SELECT count(*) FROM entries e WHERE e.source = ? AND EXISTS "
                "(SELECT 1 FROM entries o WHERE o.belongs = e.belongs AND o.source <> e.source)"
            )
            return int(connection.execute(question, (source,)).fetchone()[0])

        return merged_of

    def _embed(self, connection: sqlite3.Connection) -> None:
        """See that each text has its vector. New ones go to a new segment, which takes in small ones and lost ones."""
        tools = self._tools
        if meta(connection, "model") != tools.model:
            connection.execute("DELETE FROM vectors")
            set_meta(connection, "model", tools.model)
        connection.execute("DELETE FROM vectors WHERE text_id NOT IN (SELECT text_id FROM offers)")
        missing = "SELECT count(DISTINCT text_id) FROM offers WHERE text_id NOT IN (SELECT text_id FROM vectors)"
        new = connection.execute(missing).fetchone()[0]
        lost = {row[0] for row in connection.execute("SELECT DISTINCT segment FROM vectors")} - tools.vectors.there()
        if not new and not lost:
            return
        few = "SELECT segment FROM vectors GROUP BY segment HAVING count(*) < ?"
        taken_in = lost | {row[0] for row in connection.execute(few, (max(_SMALL, new),))}

        def noted() -> Iterator[tuple[Sequence[int], Sequence[Vector]]]:
            for old in taken_in:
                yield from _kept(connection, old)
            for ids, vectors in _embedded(connection, tools.embedder()):
                rows = [(text_id, blob_of(vector)) for text_id, vector in zip(ids, vectors, strict=True)]
                connection.executemany("INSERT INTO placed VALUES (?, ?)", rows)
                yield ids, vectors

        segment = tools.vectors.write(noted(), owner=str(meta(connection, "owner")))
        moved = "UPDATE vectors SET segment = ? WHERE segment = ?"
        connection.executemany(moved, [(segment, old) for old in taken_in])
        connection.execute("INSERT INTO vectors SELECT text_id, ?, vector FROM placed", (segment,))


class _Intake:
    """Takes the entries of one import, one by one, and counts what became of them."""

    def __init__(self, connection: sqlite3.Connection, source: str, *, run: int, places: "_Places") -> None:
        self._connection = connection
        self._source = source
        self._run = run
        self._places = places
        self._last: Offer | None = None
        self.added = self.changed = self.unchanged = 0
        self.refused: list[Refusal] = []

    def take(self, offer: Offer) -> None:
        placed = self._places.fill(offer)
        record = placed.provenances[0].record
        digest = _digest(placed)
        before = self._connection.execute(
            "SELECT digest, run, id FROM entries WHERE source = ? AND record = ?", (self._source, record)
        ).fetchone()
        self._count(record, digest, before)
        key = name_key(placed)
        values = (digest, body_of(placed), placed.urn, key, _own_key(placed, key, self._source), self._run)
        if before:
            _touch(self._connection, "id = ?", (before[2],))  # what it belongs to now, and may not any more
            change = "UPDATE entries SET digest=?, body=?, urn=?, name_key=?, belongs=?, run=? WHERE id=?"
            self._connection.execute(change, (*values, before[2]))
        else:
            columns = "digest, body, urn, name_key, belongs, run, source, record"
            add = f"INSERT INTO entries ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            self._connection.execute(add, (*values, self._source, record))
        self._last = placed

    def _count(self, record: str, digest: bytes, before: tuple[bytes, int, int] | None) -> None:
        if before is None:
            self.added += 1
        elif before[1] == self._run:
            if len(self.refused) < _TOLD:
                why = "there are two entries of this id; the later one was kept"
                self.refused.append(Refusal(where=f"{self._source}, record {record}", why=why))
        elif before[0] == digest:
            self.unchanged += 1
        else:
            self.changed += 1

    def drop_unseen(self) -> int:
        """Forget what the source had and has no more; how many entries that is."""
        unseen = (self._source, self._run)
        _touch(self._connection, "source = ? AND run <> ?", unseen)
        return self._connection.execute("DELETE FROM entries WHERE source = ? AND run <> ?", unseen).rowcount

    def sign_in(self, *, now: datetime) -> None:
        """Note the source itself as it is now (one with no entries is not noted), and what was taken."""
        _touch(self._connection, "source = ? AND run = ?", (self._source, self._run))
        count = self._connection.execute("SELECT count(*) FROM entries WHERE source = ?", (self._source,)).fetchone()[0]
        if not count:
            self._connection.execute("DELETE FROM sources WHERE source = ?", (self._source,))
            return
        if self._last is None:
            change = "UPDATE sources SET imported_at = ?, entries = ? WHERE source = ?"
            self._connection.execute(change, (now.isoformat(), count, self._source))
            return
        said = self._last.provenances[0]
        row = (self._source, said.source_name, said.says.value, said.sample, said.url, said.licence, now.isoformat())
        self._connection.execute("INSERT OR REPLACE INTO sources VALUES (?,?,?,?,?,?,?,?)", (*row, count))


class _Places:
    """Finds where an offer is, and which councils it says it serves."""

    def __init__(self, postcodes: PostcodeBook) -> None:
        self._postcodes = postcodes
        self._named: dict[str, str | None] = {}

    def fill(self, offer: Offer) -> Offer:
        """The offer with what its postcode tells; what the entry itself says of its position stays."""
        place = offer.place
        if not place.postcode or (place.grid and place.council):
            return offer
        try:
            spot = self._postcodes.find(place.postcode)
        except PlaceError:
            return offer
        return replace(offer, place=replace(place, grid=place.grid or spot.grid, council=place.council or spot.council))

    def areas(self, offer: Offer) -> set[str]:
        return {code for name in offer.area_served if (code := self._council(name)) is not None}

    def _council(self, name: str) -> str | None:
        if name not in self._named:
            try:
                everywhere = name.strip().casefold() in _EVERYWHERE
                self._named[name] = ENGLAND if everywhere else self._postcodes.find(name).council
            except PlaceError:
                self._named[name] = None
        return self._named[name]


def _next_run(connection: sqlite3.Connection) -> int:
    run = int(meta(connection, "run") or 0) + 1
    set_meta(connection, "run", str(run))
    return run


def _make_notes(connection: sqlite3.Connection) -> None:
    """What one change has to remember; it is gone with the connection."""
    connection.execute("CREATE TEMP TABLE dirty (belongs TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("CREATE TEMP TABLE named (name_key TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("CREATE TEMP TABLE placed (text_id INTEGER PRIMARY KEY, vector BLOB NOT NULL)")


def _touch(connection: sqlite3.Connection, which: str, values: tuple[object, ...]) -> None:
    """Remember that the offers of these entries must be made again. `which` is a condition of ours."""
    connection.execute(f"INSERT OR IGNORE INTO dirty SELECT belongs FROM entries WHERE {which}", values)  # noqa: S608
    connection.execute(
        f"INSERT OR IGNORE INTO named SELECT name_key FROM entries WHERE name_key IS NOT NULL AND {which}",  # noqa: S608
        values,
    )


def _tell_apart(connection: sqlite3.Connection) -> None:
    """Entries without a URN belong to the school of the same name and postcode, when there is exactly one."""
    connection.execute(
        "INSERT OR IGNORE INTO dirty SELECT belongs FROM entries WHERE name_key IN (SELECT name_key FROM named)"
    )
    connection.execute(
        "UPDATE entries SET belongs = coalesce((SELECT 'urn:' || min(o.urn) FROM entries o WHERE o.name_key = "
        "entries.name_key AND o.urn IS NOT NULL HAVING count(DISTINCT o.urn) = 1), 'name:' || name_key) "
        "WHERE urn IS NULL AND name_key IN (SELECT name_key FROM named)"
    )
    connection.execute(
        "INSERT OR IGNORE INTO dirty SELECT belongs FROM entries WHERE name_key IN (SELECT name_key FROM named)"
    )


def _own_key(offer: Offer, key: str | None, source: str) -> str:
    if offer.urn:
        return f"urn:{offer.urn}"
    return f"name:{key}" if key else f"entry:{source}:{offer.provenances[0].record}"


def _write_offers(connection: sqlite3.Connection, *, needs: Needs, ages: SchoolAges, places: _Places) -> None:
    connection.execute(
        "DELETE FROM words WHERE rowid IN (SELECT id FROM offers WHERE belongs IN (SELECT belongs FROM dirty))"
    )
    connection.execute("DELETE FROM offers WHERE belongs IN (SELECT belongs FROM dirty)")
    rows = connection.execute(
        "SELECT e.belongs, e.source, e.body FROM dirty d JOIN entries e ON e.belongs = d.belongs "
        "ORDER BY d.belongs, e.source, e.record"
    )
    columns = names_of_columns()
    add = f"INSERT INTO offers ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    for belongs, entries in groupby(rows, key=lambda row: row[0]):
        for slot, group in enumerate(_slots([(source, body) for _, source, body in entries])):
            offer = merged([offer_of(body) for body in group], offer_id=_offer_id(belongs, slot))
            text = offer_text(offer)
            facts = facts_of(offer, needs=needs, ages=ages, areas=places.areas(offer))
            head = (belongs, offer.id, body_of(offer), _text_id(text))
            at = connection.execute(add, (*head, *facts_row(facts))).lastrowid
            words = "INSERT INTO words (rowid, stems, text) VALUES (?, ?, ?)"
            connection.execute(words, (at, " ".join(query_stems(text)), text))


def _slots(entries: Sequence[tuple[str, bytes]]) -> list[list[bytes]]:
    """One source's entries of one school stay apart: the first of each source are one offer, then the second."""
    slots: list[list[bytes]] = []
    for _, of_source in groupby(entries, key=lambda entry: entry[0]):
        for slot, (_, body) in enumerate(of_source):
            if slot == len(slots):
                slots.append([])
            slots[slot].append(body)
    return slots


def _offer_id(belongs: str, slot: int) -> str:
    """Lasting: it does not change while the entry keeps its URN, or its name and postcode."""
    kind, _, rest = belongs.partition(":")
    name = f"urn-{rest}" if kind == "urn" and rest.isalnum() else hashlib.sha256(belongs.encode()).hexdigest()[:12]
    return f"{name}-{slot + 1}" if slot else name


def _text_id(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def _digest(offer: Offer) -> bytes:
    """Equal for entries that say the same, whenever they were read."""
    timeless = tuple(replace(each, retrieved_at=_LONG_AGO) for each in offer.provenances)
    return hashlib.sha256(body_of(replace(offer, provenances=timeless))).digest()[:16]


def _kept(connection: sqlite3.Connection, segment: str) -> Iterator[tuple[Sequence[int], Sequence[Vector]]]:
    """The vectors of a segment, batch by batch."""
    rows = connection.execute("SELECT text_id, vector FROM vectors WHERE segment = ?", (segment,))
    while batch := rows.fetchmany(_EMBEDDED_AT_ONCE):
        yield [text_id for text_id, _ in batch], [vector_of(blob) for _, blob in batch]


def _embedded(connection: sqlite3.Connection, embedder: Embeddings) -> Iterator[tuple[Sequence[int], Sequence[Vector]]]:
    """The vectors of texts that have none, batch by batch."""
    rows = connection.execute(
        "SELECT text_id, (SELECT text FROM words WHERE rowid = at) FROM (SELECT text_id, min(id) AS at FROM offers "
        "WHERE text_id NOT IN (SELECT text_id FROM vectors) GROUP BY text_id)"
    )
    while batch := rows.fetchmany(_EMBEDDED_AT_ONCE):
        vectors = embedder.embed_documents([text for _, text in batch])
        yield [text_id for text_id, _ in batch], [np.asarray(vector, dtype=np.float32) for vector in vectors]
