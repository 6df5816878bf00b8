"""Open Referral from files: a page or list of services as JSON of any size, or a folder of its CSV tables."""

import json
import re
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import ijson

from assistant.offer import Refusal
from assistant.offer_errors import SourceRefused
from ingest.offer_draft import Imported
from ingest.offer_tables import TableFile, texts
from ingest.open_referral import Dialect, offers_of

_LISTS = ("contents", "content", "items", "results")
_MOST_WHOLE = 64 << 20  # bytes of one record that is read at once
_DEEPEST = 60
_FAULTS = (ijson.JSONError, ValueError, OverflowError)  # ValueError: a number of thousands of digits
_NO_FEED = (
    ({"openapi"}, "it describes an interface (OpenAPI), and holds no services"),
    ({"$schema"}, "it is a schema, and holds no services"),
    ({"properties"}, "it is a schema or a profile of one, and holds no services"),
    ({"fields"}, "it is the schema of a table, and holds no services"),
    ({"resources"}, "it describes tables (a data package), and holds no services"),
    ({"openapi_url"}, "it only says which version a feed has. Import the feed's address instead"),
    ({"isUp"}, "it is the result of a validator, and holds no services"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a JSON file is built: where its records are, and how many services it says there are in all."""

    prefix: str | None  # of ijson; None when the whole file is one record
    claimed: int | None = None
    whole: bool = True  # False for one page of several


def envelope_of(path: Path) -> Envelope:
    """Reads the file once. Raises `SourceRefused` for what is no JSON, is cut off, or is no feed."""
    with _opened(path) as file:
        return _envelope(file, path)


def offers_in_file(path: Path, *, envelope: Envelope, dialect: Dialect) -> Iterator[Imported]:
    """What each record of the file offers, one at a time. Raises `SourceRefused`."""
    with _opened(path) as file:
        if envelope.prefix is None:
            yield from offers_of(_whole(file, path), where=path.name, dialect=dialect)
            return
        try:
            for number, item in enumerate(ijson.items(file, envelope.prefix, use_float=True), start=1):
                yield from offers_of(item, where=f"{path.name}, record {number}", dialect=dialect)
        except _FAULTS as error:
            raise _broken(path, error) from error


def _opened(path: Path) -> IO[bytes]:
    file = path.open("rb")
    start = file.read(64)
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        file.close()
        raise SourceRefused(path.name, why="it is a web page or XML, and no JSON")
    file.seek(3 if start.startswith(b"\xef\xbb\xbf") else 0)
    return file


class _Outline:
    """What stands at the top of a JSON document, told by its events one after another."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.numbers: dict[str, float] = {}
        self.prefix: str | None = None  # of the list of records, as ijson writes it
        self.records = 0
        self._depth = 0
        self._key = ""

    def hear(self, event: str, value: object) -> None:
        if event in {"start_array", "start_map"}:
            self._start(event)
        elif event in {"end_array", "end_map"}:
            self._depth -= 1
        elif event == "map_key" and self._depth == 1:
            self._key = str(value)
            self.keys.add(self._key)
        elif event == "number" and self._depth == 1 and isinstance(value, int | float):
            self.numbers[self._key] = value

    def _start(self, event: str) -> None:
        if event == "start_array" and self._depth == 0:
            self.prefix = "item"
        elif event == "start_array" and self._depth == 1 and self.prefix is None and self._key in _LISTS:
            self.prefix = f"{self._key}.item"
        elif event == "start_map" and self._depth == (1 if self.prefix == "item" else 2):
            self.records += self.prefix is not None and (self.prefix == "item" or self._key in _LISTS)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _TooDeep


class _TooDeep(Exception):
    """No record of a service is built so; a file made so is meant to break the program that reads it."""


def _envelope(file: IO[bytes], path: Path) -> Envelope:
    outline = _Outline()
    try:
        for event, value in ijson.basic_parse(file, use_float=True):
            outline.hear(event, value)
    except _FAULTS as error:
        raise _broken(path, error) from error
    except _TooDeep as error:
        raise SourceRefused(path.name, why="its JSON is nested too deep to be a feed") from error
    if outline.prefix is None:
        _refuse_no_feed(outline.keys, path)
    claimed = outline.numbers.get("total_items", outline.numbers.get("totalElements"))
    claimed = claimed if isinstance(claimed, int) and claimed >= 0 else None
    whole = outline.prefix is None or claimed is None or outline.records >= claimed
    return Envelope(prefix=outline.prefix, claimed=claimed, whole=whole)


def _refuse_no_feed(keys: set[str], path: Path) -> None:
    for telling, why in _NO_FEED:
        if telling <= keys and "status" not in keys:
            raise SourceRefused(path.name, why=why)
    if not keys & {"id", "name", "service", "services"}:
        shown = ", ".join(sorted(keys)[:5]) or "nothing"
        raise SourceRefused(path.name, why=f"it holds no services (at its top there is: {shown})")


def _whole(file: IO[bytes], path: Path) -> object:
    text = file.read(_MOST_WHOLE + 1)
    if len(text) > _MOST_WHOLE:
        raise SourceRefused(path.name, why="it is one record of more than 64 MB")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(path, error) from error


def _broken(path: Path, error: Exception) -> SourceRefused:
    said = " ".join(str(error).split())
    if "premature" in said or "ncomplete" in said or "parse error: unterminated" in said:
        return SourceRefused(path.name, why="the JSON stops in the middle. Fetch the file again")
    return SourceRefused(path.name, why=f"it is no JSON that can be read ({said[:100]})")


# A folder of tables -------------------------------------------------------------------------------------------------

# Each table, the field of a service it fills, and the column that says which record it belongs to.
_TABLES: Mapping[str, tuple[str, str]] = {
    "services": ("", ""),
    "organizations": ("organization", "id"),
    "service_at_locations": ("service_at_locations", "service_id"),
    "locations": ("location", "id"),
    "addresses": ("addresses", "location_id"),
    "physical_addresses": ("physical_addresses", "location_id"),
    "phones": ("phones", "service_id"),
    "schedules": ("schedules", "service_id"),
    "regular_schedules": ("regular_schedules", "service_id"),
    "cost_options": ("cost_options", "service_id"),
    "service_areas": ("service_areas", "service_id"),
    "eligibilitys": ("eligibilitys", "service_id"),
    "service_capacities": ("capacities", "service_id"),
    "attributes": ("attributes", "link_id"),
    "service_taxonomys": ("service_taxonomys", "service_id"),
    "taxonomy_terms": ("taxonomy_term", "id"),
    "taxonomys": ("taxonomy", "id"),
}
_MANY = {
    "addresses": ("address",),
    "service_capacities": ("service_capacity",),
    "taxonomys": ("taxonomies", "taxonomy"),
}


def tables_in(folder: Path) -> Mapping[str, Path]:
    """The tables of the standard in a folder, by name; a file may have something before the name of its table.

    Raises `SourceRefused` when there is no table of services.
    """
    found: dict[str, Path] = {}
    names = sorted(folder.glob("*.csv"))
    for table in _TABLES:
        said = (table, table.removesuffix("s"), *_MANY.get(table, ()))
        pattern = re.compile(rf"(?:.*[-. ])?(?:{'|'.join(said)})\.csv", re.IGNORECASE)
        match = next((path for path in names if pattern.fullmatch(path.name)), None)
        if match:
            found[table] = match
    if "services" not in found:
        raise SourceRefused(folder.name, why="the folder has no table of services (services.csv)")
    return found


def table_of(path: Path) -> Mapping[str, Path]:
    """The table of services that one file is. Raises `SourceRefused` when it is another of the standard's tables."""
    columns = set(texts(first.cells)) if (first := next(TableFile(path=path).rows(), None)) else set()
    if "name" not in columns or columns & {"service_id", "location_id", "link_id", "taxonomy", "legal_status"}:
        raise SourceRefused(path.name, why="it is one table of several, and not that of services. Import their folder")
    return {"services": path}


def offers_in_tables(tables: Mapping[str, Path], *, dialect: Dialect) -> Iterator[Imported]:
    """What each service of the tables offers. Other tables are kept beside on disk while it runs, not in memory."""
    with tempfile.TemporaryDirectory() as beside, closing(sqlite3.connect(Path(beside) / "tables.sqlite3")) as kept:
        kept.execute("PRAGMA journal_mode=OFF")
        kept.execute("CREATE TABLE record (kind TEXT, belongs TEXT, said TEXT)")
        for table, path in tables.items():
            if table != "services":
                yield from _keep(kept, table, path)
        kept.execute("CREATE INDEX by_owner ON record (kind, belongs)")
        for where, service in _records(tables["services"]):
            if isinstance(service, Refusal):
                yield service
            else:
                yield from offers_of(_nested(kept, service), where=where, dialect=dialect)


def _keep(kept: sqlite3.Connection, table: str, path: Path) -> Iterator[Refusal]:
    owner = _TABLES[table][1]
    for _, record in _records(path):
        if isinstance(record, Refusal):
            yield record
        else:
            kept.execute("INSERT INTO record VALUES (?, ?, ?)", (table, record.get(owner, ""), json.dumps(record)))


def _records(path: Path) -> Iterator[tuple[str, dict[str, str] | Refusal]]:
    rows = TableFile(path=path).rows()
    headings = next(rows, None)
    columns = texts(headings.cells) if headings else []
    for row in rows:
        if len(row.cells) != len(columns):
            why = f"it has {len(row.cells)} cells under {len(columns)} headings."
            yield row.where, Refusal(where=row.where, why=why)
        else:
            cells = (str(cell) for cell in row.cells)
            yield row.where, {name: cell for name, cell in zip(columns, cells, strict=True) if cell}


def _nested(kept: sqlite3.Connection, service: dict[str, str]) -> dict[str, Any]:
    """The service with what the other tables say of it, in the shape of a feed."""
    whole: dict[str, Any] = dict(service)
    identity = service.get("id", "")
    for table, (field, owner) in _TABLES.items():
        if owner in {"service_id", "link_id"} and (found := _of(kept, table, identity)):
            whole[field] = found
    if organization := _of(kept, "organizations", service.get("organization_id", "")):
        whole["organization"] = organization[0]
    for link in whole.get("service_at_locations", ()):
        place = _of(kept, "locations", link.get("location_id", ""))
        link["location"] = place[0] if place else {}
        for table in ("addresses", "physical_addresses"):
            link["location"][table] = _of(kept, table, link.get("location_id", ""))
    for links, table in (("attributes", "taxonomy_terms"), ("service_taxonomys", "taxonomys")):
        for link in whole.get(links, ()):
            terms = _of(kept, table, link.get("taxonomy_term_id") or link.get("taxonomy_id", ""))
            link[_TABLES[table][0]] = terms[0] if terms else {}
    return whole


def _of(kept: sqlite3.Connection, table: str, owner: str) -> list[dict[str, Any]]:
    if not owner:
        return []
    rows: Sequence[tuple[str]] = kept.execute(
        "SELECT said FROM record WHERE kind = ? AND belongs = ?", (table, owner)
    ).fetchall()
    return [json.loads(said) for (said,) in rows]
