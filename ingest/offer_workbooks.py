"""Rows of an XLSX workbook, read-only and within limits: a file made to fill the memory is refused before it can."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from assistant.offer_errors import SourceRefused

# A directory of a thousand providers takes about 0.3 MB, unpacked 3 MB.
MOST_UNPACKED = 200 << 20
MOST_SHARED_TEXT = 40 << 20  # of sharedStrings.xml, which is held in memory whole
MOST_TIMES_SMALLER = 200
MOST_PARTS = 2_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_MERGED = 20_000  # rows of merged cells
_SUSPICIOUS = 5 << 20  # below this, how small it was packed does not matter

_FAULTS = (
    zipfile.BadZipFile, InvalidFileException, DefusedXmlException, ParseError, KeyError, ValueError, TypeError,
    IndexError, AttributeError, EOFError, OSError, NotImplementedError,
)  # fmt: skip

Cells = tuple[object, ...]
Broken = tuple[tuple[int, str], ...]


def is_workbook(path: Path) -> bool:
    """Whether it is a zip file, as every workbook of this century is."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def sheet_names(path: Path) -> Sequence[str]:
    """The sheets that can be seen, in their order. Raises `SourceRefused`."""
    check_size(path)
    try:
        book = _open(path, data_only=True)
        names = [sheet.title for sheet in book.worksheets if getattr(sheet, "sheet_state", "visible") == "visible"]
        book.close()
    except _FAULTS as error:
        raise SourceRefused(path.name, why=f"it is no workbook that can be read ({_short(error)})") from error
    if not names:
        raise SourceRefused(path.name, why="it has no sheet that can be seen")
    return names


def workbook_rows(path: Path, *, sheet: str, notes: list[str]) -> Iterator[tuple[int, Cells, Broken]]:
    """Each row's number, its cells as they were last computed, and the cells that hold a formula with no result.

    What was merged over several cells stands in each of them. Macros and links are never followed.
    """
    parts = check_size(path)
    if any(name.lower().endswith("vbaproject.bin") for name in parts):
        _note(notes, "The workbook holds macros. They were not run.")
    try:
        yield from _rows(path, sheet, notes)
    except _FAULTS as error:
        raise SourceRefused(path.name, why=f"sheet {sheet} cannot be read ({_short(error)})") from error


def check_size(path: Path) -> Sequence[str]:
    """The names of the parts of the workbook. Raises `SourceRefused` for one that unpacks to more than is sensible."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise SourceRefused(path.name, why=f"it is a damaged workbook ({_short(error)})") from error
    unpacked = sum(part.file_size for part in parts)
    tight = any(
        part.file_size > _SUSPICIOUS and part.file_size > MOST_TIMES_SMALLER * max(part.compress_size, 1)
        for part in parts
    )
    shared = max((part.file_size for part in parts if part.filename.endswith("sharedStrings.xml")), default=0)
    if unpacked > MOST_UNPACKED or tight or shared > MOST_SHARED_TEXT or len(parts) > MOST_PARTS:
        why = f"it would unpack to {unpacked / (1 << 20):,.0f} MB, as a file does that is made to fill the memory"
        raise SourceRefused(path.name, why=f"{why}. Save only the table, as CSV")
    names = [part.filename for part in parts]
    if not any(name.startswith("xl/") for name in names):
        raise SourceRefused(path.name, why="it is a zip file, but no Excel workbook")
    return names


def _open(path: Path, *, data_only: bool) -> Any:
    return openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)


def _rows(path: Path, sheet: str, notes: list[str]) -> Iterator[tuple[int, Cells, Broken]]:
    computed, written = _open(path, data_only=True), _open(path, data_only=False)
    try:
        merged = _merged(path, computed[sheet])
        if merged:
            _note(notes, "Merged cells were read as if each of them held the words.")
        above: dict[tuple[int, int], object] = {}
        limits = {"max_col": MOST_COLUMNS, "max_row": MOST_ROWS + 1}
        for book in (computed, written):
            book[sheet].reset_dimensions()  # a file may lie about its own size
        both = zip_longest(computed[sheet].iter_rows(**limits), written[sheet].iter_rows(**limits))
        for number, (cells, formulas) in enumerate(both, start=1):
            if number > MOST_ROWS:
                _note(notes, f"Only the first {MOST_ROWS:,} rows were read. Save larger tables as CSV.")
                return
            values = [_value(cell.value) for cell in cells or ()]
            yield number, tuple(_spread(values, number, merged, above)), tuple(_empty_formulas(values, formulas or ()))
    finally:
        computed.close()
        written.close()


def _empty_formulas(values: Sequence[object], formulas: Sequence[Any]) -> Iterator[tuple[int, str]]:
    for place, cell in enumerate(formulas):
        value = values[place] if place < len(values) else None
        if getattr(cell, "data_type", "") == "f" and value is None:
            yield place, "it is a formula whose result was never saved. Open the file in Excel, save it, and try again."
        elif isinstance(value, str) and re.fullmatch(r"#(?:REF|N/A|VALUE|DIV/0|NAME|NUM|NULL)[!?]?", value):
            yield place, f"it holds the error {value}."


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | bool | date | None) else str(value)


def _spread(
    values: list[object],
    row: int,
    merged: Mapping[int, Sequence[tuple[int, int, int]]],
    above: dict[tuple[int, int], object],
) -> list[object]:
    """Fill in what merged cells hold; `above` remembers the words of the first cell of each."""
    for first_row, first, last in merged.get(row, ()):
        if first_row == row:
            above[first_row, first] = values[first] if first < len(values) else None
        values.extend([None] * (last + 1 - len(values)))
        for place in range(first, last + 1):
            values[place] = above.get((first_row, first))
    return values


def _merged(path: Path, sheet: Any) -> Mapping[int, Sequence[tuple[int, int, int]]]:
    """By row: the first row, first and last column (from nought) of each merged range that lies on it."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    with zipfile.ZipFile(path) as packed, packed.open(sheet._worksheet_path) as part:  # told nowhere else
        covered = 0
        table: Any = None
        for event, element in iterparse(part, events=("start", "end")):
            if event == "start":
                table = element if element.tag.endswith("}sheetData") else table
            elif element.tag.endswith("}row") and table is not None:
                table.clear()  # nothing of the rows is of use here, and there may be many
            elif element.tag.endswith("}mergeCell"):
                left, top, right, bottom = (edge or 1 for edge in range_boundaries(element.get("ref", "")))
                rows = range(top, min(bottom, MOST_ROWS) + 1)
                covered += len(rows)
                if covered > MOST_MERGED:
                    raise ValueError("too many of its cells are merged. Unmerge them, or save it as CSV")
                for row in rows:
                    found.setdefault(row, []).append((top, left - 1, min(right, MOST_COLUMNS) - 1))
    return found


def _note(notes: list[str], what: str) -> None:
    if what not in notes:
        notes.append(what)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
