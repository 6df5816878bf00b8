"""What the columns of a council's table mean: proposed from their headings, kept as YAML that an officer can edit."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.offer import Claimant
from assistant.offer_errors import SourceRefused
from corpus.offer_columns import OfferColumns
from ingest.offer_fields import READERS
from ingest.offer_tables import Table, TableFile, TableRow, texts
from ingest.offer_workbooks import is_workbook, sheet_names

DROP = "drop"  # names of people: never kept
IGNORE = "ignore"
_SEARCHED_FOR_HEADINGS = 30
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """What each heading means (a field, `drop` or `ignore`), and what is true of every row."""

    columns: Mapping[str, str]
    name: str | None = None
    says: Claimant = Claimant.COUNCIL
    sheet: str | None = None
    url: str | None = None
    licence: str | None = None
    valid_to: date | None = None

    @property
    def has_names(self) -> bool:
        """Whether a column says who the provider is: without one nothing can be imported."""
        return bool({"name", "provider"} & set(self.columns.values()))

    def heading_row(self, row: TableRow) -> bool:
        """Whether this row holds the headings that the mapping knows."""
        wanted = {_same(heading) for heading, meaning in self.columns.items() if meaning not in {DROP, IGNORE}}
        found = {_same(cell) for cell in texts(row.cells)} & wanted
        return bool(wanted) and len(found) * 2 >= len(wanted)

    def places(self, row: TableRow) -> Sequence[tuple[int, str, str]]:
        """For the row of headings: the place, heading and field of each column that is read."""
        meanings = {_same(heading): meaning for heading, meaning in self.columns.items()}
        placed = ((place, heading, meanings.get(_same(heading))) for place, heading in named_columns(row))
        return [
            (place, heading, field) for place, heading, field in placed if field not in {None, DROP, IGNORE} and field
        ]

    def missing(self, row: TableRow) -> list[str]:
        """The headings that the mapping reads and the row does not have."""
        there = {_same(heading) for _, heading in named_columns(row)}
        return [
            each for each, meaning in self.columns.items() if meaning not in {DROP, IGNORE} and _same(each) not in there
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedMapping:
    """A mapping made from the headings, with a few values of each column to look at, and what to check."""

    mapping: ColumnMapping
    values: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


def propose_mapping(table: Table, *, columns: OfferColumns) -> ProposedMapping:
    """What the columns of the table seem to mean. Raises `SourceRefused` when no row could be headings."""
    headings = find_headings(table.rows(), columns=columns, file=table.path.name)
    rows = (row for row in table.rows() if row.number > headings.number)
    named = named_columns(headings)
    mapping = {heading: columns.field_of(heading) or IGNORE for _, heading in named}
    if "name" not in mapping.values() and "provider" in mapping.values():
        mapping = {heading: "name" if means == "provider" else means for heading, means in mapping.items()}
    shown: dict[str, list[str]] = {heading: [] for _, heading in named}
    for _, row in zip(range(200), rows, strict=False):
        for place, heading in named:
            value = texts(row.cells)[place] if place < len(row.cells) else ""
            if value and mapping[heading] != DROP and len(shown[heading]) < _SHOWN and value not in shown[heading]:
                shown[heading].append(value[:60])
    return ProposedMapping(
        mapping=ColumnMapping(columns=mapping, sheet=table.sheet),
        values={heading: tuple(values) for heading, values in shown.items()},
        notes=(*table.notes, *_doubts(mapping)),
    )


def _doubts(mapping: Mapping[str, str]) -> Iterator[str]:
    if "name" not in mapping.values():
        yield "No column is the name of the provider. Give one the field “name”, or nothing can be imported."
    for meaning in sorted({meaning for meaning in mapping.values() if meaning not in {DROP, IGNORE, "text"}}):
        same = [heading for heading, each in mapping.items() if each == meaning]
        if len(same) > 1:
            yield f"{' and '.join(f'“{heading}”' for heading in same)} are all read as {meaning}. Check that."
    ignored = [heading for heading, meaning in mapping.items() if meaning == IGNORE]
    if ignored:
        yield f"Not read: {', '.join(ignored)}. To read one, change “{IGNORE}” to a field (“text” is the description)."
    dropped = [heading for heading, meaning in mapping.items() if meaning == DROP]
    if dropped:
        yield f"Never kept, because it holds names of people: {', '.join(dropped)}."


def find_headings(rows: Iterator[TableRow], *, columns: OfferColumns, file: str) -> TableRow:
    """The first row in which at least two cells are headings we know, one of them a name; else the fullest row.

    Raises `SourceRefused` when no row has two cells.
    """
    fullest: TableRow | None = None
    for _, row in zip(range(_SEARCHED_FOR_HEADINGS), rows, strict=False):
        cells = [cell for cell in texts(row.cells) if cell]
        fields = {columns.field_of(cell) for cell in cells if len(cell) < 80} - {None, DROP}
        if len(fields) >= 2 and {"name", "provider"} & fields and len(fields) * 2 >= len(set(cells)):
            return row
        if len(cells) > (len([cell for cell in texts(fullest.cells) if cell]) if fullest else 1):
            fullest = row
    if fullest is None:
        raise SourceRefused(file, why="no row has headings, such as Provider name and Postcode")
    return fullest


def table_to_read(path: Path, *, sheet: str | None, columns: OfferColumns) -> TableFile:
    """The table of a file: of a workbook with several sheets the first whose headings name a provider."""
    if sheet is None and is_workbook(path) and len(names := sheet_names(path)) > 1:
        for name in names:
            table = TableFile(path=path, sheet=name)
            try:
                found = propose_mapping(table, columns=columns)
            except SourceRefused:
                continue
            if found.mapping.has_names:
                others = ", ".join(other for other in names[:6] if other != name)
                return TableFile(path=path, sheet=name, notes=[f"Only the sheet “{name}” was read, not: {others}."])
    return TableFile(path=path, sheet=sheet)


def named_columns(row: TableRow) -> list[tuple[int, str]]:
    """Each heading with its place; of two that are the same the second is called “Name (2)”."""
    seen: dict[str, int] = {}
    named: list[tuple[int, str]] = []
    for place, heading in enumerate(texts(row.cells)):
        if heading:
            seen[heading] = seen.get(heading, 0) + 1
            named.append((place, heading if seen[heading] == 1 else f"{heading} ({seen[heading]})"))
    return named


def _same(heading: str) -> str:
    return " ".join(heading.lower().split())


# Kept as YAML -------------------------------------------------------------------------------------------------------

_HEAD = """# What the columns of this table mean, as read by: apnav offers map. Change a field on the right and
# import again. `drop`: never kept (names of people). `ignore`: not read. `text`: added to the description.
# Fields: {fields}
"""


def mapping_as_yaml(mapping: ColumnMapping, *, values: Mapping[str, Sequence[str]] | None = None) -> str:
    """The text of the file, with what stands in each column as a comment."""
    about: dict[str, Any] = {"says": mapping.says.value}
    for key in ("name", "sheet", "url", "licence", "valid_to"):
        about[key] = getattr(mapping, key)
    written = io.StringIO()
    names = ", ".join(sorted(READERS))
    written.write(_HEAD.format(fields=names))
    yaml.safe_dump(
        {key: value for key, value in about.items() if value is not None}, written, allow_unicode=True, sort_keys=False
    )
    written.write("columns:\n")
    for heading, meaning in mapping.columns.items():
        seen = "; ".join((values or {}).get(heading, ()))
        line = yaml.safe_dump({heading: meaning}, allow_unicode=True, width=10_000).strip()
        written.write(f"  {line}{f'  # {_commented(seen)}' if seen else ''}\n")
    return written.getvalue()


def _commented(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text)


def read_mapping(path: Path) -> ColumnMapping:
    """A saved mapping. Raises `SourceRefused` naming what is wrong with it."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceRefused(path.name, why=f"it is not YAML ({' '.join(str(error).split())[:120]})") from error
    columns = found.get("columns") if isinstance(found, dict) else None
    if not isinstance(columns, dict) or not columns:
        raise SourceRefused(path.name, why="it has no “columns:”. Make one with: apnav offers map FILE")
    for heading, meaning in columns.items():
        if meaning not in {*READERS, DROP, IGNORE}:
            raise SourceRefused(path.name, why=f"column “{heading}” is given the field “{meaning}”, which there is not")
    if "name" not in columns.values() and "provider" not in columns.values():
        raise SourceRefused(path.name, why="no column has the field “name”")
    valid_to = found.get("valid_to")
    if valid_to is not None and not isinstance(valid_to, date):
        raise SourceRefused(path.name, why=f"valid_to “{valid_to}” is no date. Write YYYY-MM-DD")
    try:
        says = Claimant(found.get("says", "council"))
    except ValueError as error:
        raise SourceRefused(path.name, why="says must be provider, council or government") from error
    words = {key: str(found[key]) if found.get(key) else None for key in ("name", "sheet", "url", "licence")}
    return ColumnMapping(
        columns={str(heading): str(meaning) for heading, meaning in columns.items()},
        says=says,
        valid_to=valid_to,
        **words,
    )
