"""Rows of the tables that councils and government publish, one by one: CSV of any size, and XLSX within limits."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TextIO

from assistant.offer_errors import SourceRefused
from ingest.offer_workbooks import is_workbook, sheet_names, workbook_rows

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 20
_LOOKED_AT = 20  # lines, to tell what stands between the cells
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NO_TABLE = (
    (b"%PDF", "it is a PDF"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel or Word file. Save it as .xlsx or CSV"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row. `where` names it for a person: the file and the line, or the sheet and the row."""

    where: str
    number: int
    cells: tuple[object, ...]
    broken: tuple[tuple[int, str], ...] = ()  # cells that hold nothing to read, by place, and why


class Table(Protocol):
    """Rows with a heading above them: of a file, a sheet or a web page. `notes` tell what a report should say of it."""

    path: Path
    sheet: str | None
    notes: list[str]

    def rows(self) -> Iterator[TableRow]: ...


@dataclass(slots=True, kw_only=True)
class TableFile:
    """A CSV file, or one sheet of a workbook (the first, when none is named)."""

    path: Path
    sheet: str | None = None
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[TableRow]:
        """Every row that is not empty. Raises `SourceRefused` where the file cannot be read on."""
        if is_workbook(self.path):
            rows: Iterator[TableRow] = self._workbook_rows()
        else:
            rows = self._csv_rows()
        return (row for row in rows if any(cell is not None and str(cell).strip() for cell in row.cells) or row.broken)

    def _workbook_rows(self) -> Iterator[TableRow]:
        sheet = self.sheet or sheet_names(self.path)[0]
        for number, cells, broken in workbook_rows(self.path, sheet=sheet, notes=self.notes):
            where = f"{self.path.name}, sheet {sheet}, row {number}"
            yield TableRow(where=where, number=number, cells=cells, broken=broken)

    def _csv_rows(self) -> Iterator[TableRow]:
        encoding = encoding_of(self.path)
        if encoding == "cp1252" and "Read as Windows-1252." not in self.notes:
            self.notes.append("Read as Windows-1252.")
        with self.path.open(encoding=encoding, errors="replace", newline="") as file:
            between = _between(file)
            file.seek(0)
            reader = csv.reader(_lines(file, self.path), delimiter=between)
            while True:
                number = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    why = f"the quotes that open on line {number} never close, or a cell is too long ({error})"
                    raise SourceRefused(self.path.name, why=why) from error
                yield TableRow(where=f"{self.path.name}, line {number}", number=number, cells=tuple(cells))


def encoding_of(path: Path) -> str:
    """The encoding of a text file, from its mark or from all its bytes. Raises `SourceRefused` for what is no text."""
    with path.open("rb") as file:
        start = file.read(512)
        if not start:
            raise SourceRefused(path.name, why="the file is empty")
        for beginning, why in _NO_TABLE:
            if start.startswith(beginning):
                raise SourceRefused(path.name, why=why)
        if start.lstrip().lower().startswith((b"<!doctype html", b"<html")):
            raise SourceRefused(path.name, why="it is a web page. Import it with: --as page")
        for mark, name in _MARKS:
            if start.startswith(mark):
                return name
        if b"\0" in start:
            return _wide(start, path)
        file.seek(0)
        return "utf-8" if _is_utf8(file) else "cp1252"


def _wide(start: bytes, path: Path) -> str:
    """UTF-16 that does not say so has a nought in every other byte."""
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[offset::2].count(0) > len(start) * 0.4:
            return name
    raise SourceRefused(path.name, why="it is no text and no workbook")


def _is_utf8(file: object) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    read = getattr(file, "read")  # noqa: B009 - a binary file of any kind
    try:
        while chunk := read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(file: TextIO, path: Path) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise SourceRefused(path.name, why="a line has more than a million characters, so it is no table")
        yield line


def _between(file: TextIO) -> str:
    lines = [line for line in (file.readline(_LONGEST_LINE) for _ in range(_LOOKED_AT)) if line]
    return max(",;\t|", key=lambda mark: max((line.count(mark) for line in lines), default=0))


def texts(cells: Sequence[object]) -> list[str]:
    """The cells as words; an empty one is ""."""
    return [" ".join(str(cell).split()) if cell is not None else "" for cell in cells]
