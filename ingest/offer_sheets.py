"""Offers from a council's own table, CSV or XLSX, read by a mapping of its columns."""

from collections.abc import Iterator, Sequence

from assistant.offer import Refusal
from assistant.offer_errors import SourceRefused
from ingest.offer_draft import About, Draft, Imported, Reading
from ingest.offer_mapping import ColumnMapping, propose_mapping
from ingest.offer_tables import Table, TableRow


def offers_in_sheet(
    table: Table, *, mapping: ColumnMapping | None, about: About, reading: Reading
) -> Iterator[Imported]:
    """One offer of each row, and what was refused of it. Without a mapping the headings speak for themselves.

    Raises `SourceRefused` when the table has no headings, or cannot be read on.
    """
    mapping = mapping or propose_mapping(table, columns=reading.columns).mapping
    if not mapping.has_names:
        why = "no row has headings that we know, with the name of the provider. Make a mapping with: apnav offers map"
        raise SourceRefused(table.path.name, why=why)
    rows = table.rows()
    headings = next((row for _, row in zip(range(30), rows, strict=False) if mapping.heading_row(row)), None)
    if headings is None:
        wanted = ", ".join(list(mapping.columns)[:4])
        raise SourceRefused(table.path.name, why=f"no row has the headings of the mapping ({wanted}, …)")
    if missing := mapping.missing(headings):
        why = f"the mapping reads columns that are not there: {', '.join(missing)}."
        yield Refusal(where=headings.where, field="headings", why=why)
    places = mapping.places(headings)
    for row in rows:
        if row.cells != headings.cells:  # they are repeated on each page of a printed table
            yield from _offer_of(row, places, about=about, reading=reading)


def _offer_of(
    row: TableRow, places: Sequence[tuple[int, str, str]], *, about: About, reading: Reading
) -> Iterator[Imported]:
    draft = Draft(about, where=row.where, reading=reading)
    broken = dict(row.broken)
    for place, heading, field in places:
        if place in broken:
            draft.refuse(field, broken[place])
        elif place < len(row.cells):
            draft.put(field, row.cells[place], heading=heading)
    if draft.said or broken:
        yield from draft.results()
