"""Term dates as councils publish them in tables: CSV with commas, semicolons or tabs, under many headings."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ingest.term_words import Kind, Row, Span, kinds_of, spans_in

_SEARCHED_FOR_HEADINGS = 15  # a title and a few remarks may stand above the table


class Column(StrEnum):
    """What a column holds; all others are passed over."""

    LABEL = "label"
    FIRST = "first"
    LAST = "last"
    DATES = "dates"
    BREAK_FIRST = "break first"
    BREAK_LAST = "break last"
    BREAK = "break"


_FIRST = r"start|begin|from\b|first|open|commence"
_LAST = r"\bend|finish|\bto\b|last|clos|until"
_HEADINGS: Sequence[tuple[Column | None, re.Pattern[str]]] = tuple(
    (column, re.compile(pattern))
    for column, pattern in (
        (None, r"time\b|^day$|weekday|number|days\b|year|note|comment|location|reminder|all day|private|show as"),
        (Column.BREAK_FIRST, rf"half.?term.*(?:{_FIRST})|(?:{_FIRST}).*half.?term|break (?:{_FIRST})"),
        (Column.BREAK_LAST, rf"half.?term.*(?:{_LAST})|(?:{_LAST}).*half.?term|break (?:{_LAST})"),
        (Column.FIRST, _FIRST),
        (Column.LAST, _LAST),
        (Column.DATES, r"\bdates?\b|^when$"),
        (Column.BREAK, r"^half.?terms?(?: (?:holidays?|break|dates))?$"),
        (
            Column.LABEL,
            r"term|event|type|title|subject|name|summary|period|holiday|what|detail|description|session|half",
        ),
    )
)
_USUALLY = {"term": Kind.TERM, "terms": Kind.TERM, "holiday": Kind.BREAK, "holidays": Kind.BREAK}
_A_HEADING_INSIDE = re.compile(
    r"(?:(?:autumn|spring|summer) term|(?:school |academic )?year|term dates)?[\s\d/–-]*", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file says, as far as it is plain, and each row that is not, by line."""

    rows: list[Row] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Headings:
    columns: Mapping[int, Column]
    usual: Kind

    def cells(self, record: Sequence[str], column: Column) -> Sequence[str]:
        places = (place for place, kind in self.columns.items() if kind is column and place < len(record))
        return [record[place].strip() for place in places if record[place].strip()]


def rows_of_table(text: str) -> Found:
    """Every row of a table of term dates."""
    found = Found()
    headings: _Headings | None = None
    passed_over = 0
    for line, record in _records(text, found):
        if headings is None:
            headings = _headings_of(record)
            passed_over += 1
            if headings is None and passed_over > _SEARCHED_FOR_HEADINGS:
                break
            continue
        if any(cell.strip() for cell in record):
            _take(record, line, headings, found)
    if headings is None and not found.problems:
        what = "there are no headings such as Term, Start and End, or Event and Date. Put them above the dates."
        found.problems.append((1, what))
    return found


def _records(text: str, found: Found) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    lines = text.splitlines()[: _SEARCHED_FOR_HEADINGS + 1]
    delimiter = max(",;\t", key=lambda mark: max((line.count(mark) for line in lines), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            found.problems.append((line, f"cannot be read as CSV ({error}). Check the quotes on this line."))
            return
        yield line, record


def _headings_of(record: Sequence[str]) -> _Headings | None:
    columns: dict[int, Column] = {}
    for place, cell in enumerate(record):
        said = " ".join(cell.lower().replace("_", " ").replace("-", " ").split())
        column = next((column for column, pattern in _HEADINGS if pattern.search(said)), None)
        if column is not None and len(said) < 40 and not re.search(r"\d", said):
            columns[place] = column
    held = set(columns.values())
    if not {Column.LABEL, Column.FIRST} <= held and not {Column.LABEL, Column.DATES} <= held:
        return None
    labels = [record[place].strip().lower() for place, column in columns.items() if column is Column.LABEL]
    return _Headings(columns=columns, usual=_USUALLY.get(labels[0], Kind.OTHER) if len(labels) == 1 else Kind.OTHER)


def _take(record: Sequence[str], line: int, headings: _Headings, found: Found) -> None:
    """Add what one record says to `found`, or what is wrong with it."""
    label = ", ".join(headings.cells(record, Column.LABEL))
    try:
        spans = _spans_of(record, headings)
        inside = _break_of(record, headings)
        _refuse_gaps(label, spans, inside)
        rows = [row for span in spans for row in _rows_from(label, span, line, headings.usual)]
    except ValueError as error:
        found.problems.append((line, f"{error}."))
        return
    found.rows.extend(rows)
    if inside:
        found.rows.append(
            Row(line=line, label=f"{label} half term", kind=Kind.BREAK, first=inside.first, last=inside.last)
        )


def _refuse_gaps(label: str, spans: Sequence[Span], inside: Span | None) -> None:
    if not spans and (inside or not _A_HEADING_INSIDE.fullmatch(label)):
        raise ValueError(f"“{label}” has no date. Write its dates in this row, or remove the row")
    if spans and not label:
        raise ValueError("the dates have no name. Write what they are: a term, a half term, an INSET day")


def _spans_of(record: Sequence[str], headings: _Headings) -> Sequence[Span]:
    firsts = headings.cells(record, Column.FIRST)
    lasts = headings.cells(record, Column.LAST)
    dates = headings.cells(record, Column.DATES)
    if firsts and lasts:
        return [_from_to(firsts[0], lasts[0])]
    if lasts:
        raise ValueError(f"“{lasts[0]}” is the end of something that has no start. Write the first date too")
    return [span for cell in (firsts or dates) for span in spans_in(cell)]


def _break_of(record: Sequence[str], headings: _Headings) -> Span | None:
    firsts = headings.cells(record, Column.BREAK_FIRST)
    lasts = headings.cells(record, Column.BREAK_LAST)
    if firsts or lasts:
        if not firsts or not lasts:
            raise ValueError("the half term has only one of its two dates. Write both")
        return _from_to(firsts[0], lasts[0])
    both = headings.cells(record, Column.BREAK)
    return spans_in(both[0])[0] if both else None


def _from_to(first: str, last: str) -> Span:
    """A first date may leave its year to the last one."""
    ends = spans_in(last)[-1]
    try:
        starts = spans_in(first)[0]
    except ValueError:
        starts = spans_in(f"{first} to {last}")[0]
    span = Span(first=starts.first, last=ends.last)
    return _forwards(span)


def _forwards(span: Span) -> Span:
    if span.last < span.first:
        raise ValueError(
            f"it ends on {span.last.day} {span.last:%B %Y}, before it starts on {span.first.day} {span.first:%B %Y}. "
            "Check both dates"
        )
    return span


def _rows_from(label: str, span: Span, line: int, usual: Kind) -> Iterator[Row]:
    span = _forwards(span)
    for kind in kinds_of(label, span, usual=usual):
        if kind is Kind.OTHER:
            raise ValueError(
                f"“{label}” is not understood. Call it a term, a half term, a holiday, an INSET day or a closure, or "
                "remove the row"
            )
        if kind is Kind.UNCLEAR:
            raise ValueError(f"“{label}” can be read in two ways. {HOW_TO_SAY}")
        if kind is Kind.TERM and span.first == span.last:
            raise ValueError(f"“{label}” has one date only. Write both, or say whether the term starts or ends then")
        yield Row(line=line, label=label, kind=kind, first=span.first, last=span.last)


HOW_TO_SAY = (
    "Write the first and last day of school (“Term starts”, “Term ends”), the days of the holiday (“Half term”, from "
    "and to), and INSET days in rows of their own"
)
