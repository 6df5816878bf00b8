"""What was fetched of a feed, on disk: pages as they came, and the records in them."""

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS run (id TEXT PRIMARY KEY, started TEXT NOT NULL, finished INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS page (
  address TEXT PRIMARY KEY, run TEXT NOT NULL, etag TEXT, modified TEXT, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS record (
  name TEXT PRIMARY KEY, place INTEGER, said TEXT NOT NULL, found TEXT NOT NULL, sweep INTEGER NOT NULL);
"""


class FeedStore:
    """The pages and records of one feed. Each page is kept in a transaction of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: sqlite3.Connection | None = None
        self._run = ""
        self._place = 0

    @contextmanager
    def open(self, *, now: datetime, goes_on_for: timedelta) -> Iterator[None]:
        """Go on with the run that was stopped, when it began not long ago; else begin one."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as kept:
            self._kept = kept
            kept.executescript(_TABLES)
            kept.execute("DELETE FROM record")
            unfinished = kept.execute("SELECT id, started FROM run WHERE finished = 0").fetchone()
            if unfinished and timedelta() <= now - datetime.fromisoformat(unfinished[1]) < goes_on_for:
                self._run = unfinished[0]
            else:
                kept.execute("DELETE FROM run")
                self._run = secrets.token_hex(8)
                kept.execute("INSERT INTO run (id, started) VALUES (?, ?)", (self._run, now.isoformat()))
            kept.commit()
            try:
                yield
            finally:
                kept.commit()
                self._kept = None

    def finish(self) -> None:
        """The run is done: the next one asks again. Pages that this one did not see are forgotten."""
        self._now.execute("UPDATE run SET finished = 1")
        self._now.execute("DELETE FROM page WHERE run <> ?", (self._run,))
        self._now.commit()

    # Pages ----------------------------------------------------------------------------------------------------------

    def page_of_this_run(self, address: str) -> bytes | None:
        found = self._now.execute(
            "SELECT body FROM page WHERE address = ? AND run = ?", (address, self._run)
        ).fetchone()
        return found[0] if found else None

    def known_page(self, address: str) -> tuple[str | None, str | None, bytes] | None:
        """ETag, Last-Modified and body as they came last."""
        found = self._now.execute("SELECT etag, modified, body FROM page WHERE address = ?", (address,)).fetchone()
        return (found[0], found[1], found[2]) if found else None

    def keep_page(self, address: str, body: bytes, *, etag: str | None, modified: str | None) -> None:
        said = (address, self._run, etag, modified, body)
        self._now.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?)", said)
        self._now.commit()

    def forget_page(self, address: str) -> None:
        self._now.execute("DELETE FROM page WHERE address = ?", (address,))

    def forget_run(self) -> None:
        """Ask for every page again (by its ETag, where it had one)."""
        self._now.execute("UPDATE page SET run = ''")

    # Records --------------------------------------------------------------------------------------------------------

    def keep(self, name: str, record: Any, *, where: str, sweep: int) -> bool:
        """Keep a record in place of an earlier one of that name; False when this sweep had another that differs."""
        said = json.dumps(record, sort_keys=True)
        before = self._now.execute("SELECT said, sweep FROM record WHERE name = ?", (name,)).fetchone()
        self._place += 1
        self._now.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET said = excluded.said, found = excluded.found, sweep = excluded.sweep",
            (name, self._place, said, where, sweep),
        )
        return before is None or before[1] != sweep or before[0] == said

    def deepen(self, name: str, record: Any) -> None:
        self._now.execute("UPDATE record SET said = ? WHERE name = ?", (json.dumps(record), name))

    def count(self) -> int:
        return int(self._now.execute("SELECT COUNT(*) FROM record").fetchone()[0])

    def shallow(self, without: Sequence[str]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Name, place and record of those that have an id, and none of these fields."""
        names = [name for (name,) in self._now.execute("SELECT name FROM record ORDER BY place").fetchall()]
        for name in names:
            said, found = self._now.execute("SELECT said, found FROM record WHERE name = ?", (name,)).fetchone()
            record = json.loads(said)
            if isinstance(record, dict) and str(record.get("id")) == name and not set(without) & set(record):
                yield name, found, record

    @contextmanager
    def reading(self) -> Iterator[Iterator[tuple[str, Any]]]:
        """Where each record was found, and the record, in the order of the feed."""
        with closing(self._connect()) as kept:
            rows = kept.execute("SELECT found, said FROM record ORDER BY place")
            yield ((found, json.loads(said)) for found, said in rows)

    def _connect(self) -> sqlite3.Connection:
        kept = sqlite3.connect(self._file, timeout=30)
        kept.execute("PRAGMA journal_mode=WAL")
        kept.execute("PRAGMA synchronous=NORMAL")
        return kept

    @property
    def _now(self) -> sqlite3.Connection:
        if self._kept is None:
            raise RuntimeError("the store of a feed is used outside `open`")
        return self._kept
