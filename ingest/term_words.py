"""The words of published term dates: what a row is about, and the days it names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

_MONTHS = (
    "january february march april may june july august september october november december"  # as people write them
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_A_HALF_TERM_BREAK = timedelta(weeks=3)  # no break in mid-term is longer; no half of a term is shorter


class Kind(StrEnum):
    """What a row of a term-dates file is about. `OTHER`: nothing that changes which days are school days."""

    TERM = "a term"
    TERM_STARTS = "the start of a term"
    TERM_ENDS = "the end of a term"
    BREAK = "a holiday"
    BREAK_STARTS = "the start of a holiday"
    BREAK_ENDS = "the end of a holiday"
    INSET = "an INSET day"
    CLOSED = "a closure"
    BANK_HOLIDAY = "a bank holiday"
    UNCLEAR = "unclear"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that a file says, from `first` to `last` (both included), and the line on which it says so."""

    line: int
    label: str
    kind: Kind
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


# What a row is about ------------------------------------------------------------------------------------------------

_PUPILS = r"(?:terms?|schools?|pupils?|students?|children|academy|lessons|autumn|spring|summer|michaelmas|lent|trinity)"
_HOLIDAY = r"(?:half term|holidays?|hols|vacation|breaks?|recess)"
_START = r"(?:starts?|begins?|commences?|opens?|re ?opens?|resumes?|returns?)"
_END = r"(?:ends?|finish(?:es)?|closes?|concludes?|breaks? up)"

_OTHER = re.compile(
    r"\b(?:club|trip|visit|concert|plays?|fair|fayre|assembly|evenings?|meetings?|photos?|photographs|exams?|mocks?"
    r"|clinic|sale|(?<!in )service|disco|parking|reports?|assessments?|camp|sports|governors?|interviews?|deadline"
    r"|years? (?:\d+|r)|reception|nursery|sixth form|open day|open morning|parents)\b"
)
_INSET = re.compile(
    r"\b(?:insets?|in service|staff (?:training|development|day)|teacher training|training days?|non pupil"
    r"|non contact|pupil free|professional development|development day|cpd|pd days?|baker days?)\b"
)
_AROUND_INSET = re.compile(r"\b(?:after|following|except|excluding|excl|plus|not including)\b.*\b(?:inset|training)")
_HALF_UNCLEAR = re.compile(r"\b(?:last day|end|first day|start|beginning) of (?:the )?(?:\w+ ){0,2}half term$")
_BREAK_STARTS = re.compile(
    rf"\b{_HOLIDAY} {_START}\b|\b(?:start|beginning|first day) of (?:the )?(?:\w+ ){{0,2}}{_HOLIDAY}\b"
)
_BREAK_ENDS = re.compile(rf"\b{_HOLIDAY} {_END}\b|\b(?:end|last day) of (?:the )?(?:\w+ ){{0,2}}{_HOLIDAY}\b")
_TERM_STARTS = re.compile(
    rf"\b{_PUPILS} (?:\w+ ){{0,3}}{_START}\b|^{_START}\b|^first day\b|\bschools? open$|\bback to school\b"
    r"|\b(?:start|beginning|commencement) of (?:the )?(?:\w+ ){0,3}(?:term|school|year)\b"
    r"|\bfirst day (?:of|for|back)\b|\breturn to school\b|^start$"
)
_TERM_ENDS = re.compile(
    rf"\b{_PUPILS} (?:\w+ ){{0,3}}{_END}\b|^{_END}\b|^last day\b|\blast day (?:of|for|before)\b|^break up\b"
    r"|\bend of (?:the )?(?:\w+ ){0,3}(?:term|school|year)\b"
)
_BANK_HOLIDAY = re.compile(
    r"\b(?:bank holidays?|public holidays?|good friday|easter monday|may day|new years? day|boxing day|christmas day)\b"
)
_HALF = re.compile(r"\bhalf term\b")
_BREAK = re.compile(
    rf"\b{_HOLIDAY}\b|^(?:christmas|xmas|easter|whitsun|october|february|may)(?: week)?(?: \d{{4}}(?: \d+)?)?$"
)
_CLOSED = re.compile(r"\b(?:closed|closures?|shut|occasional days?|polling|election day|no school)\b")
_TERM = re.compile(r"\bterms?\b|^(?:autumn|spring|summer|michaelmas|lent|trinity)\b|\b(?:first|second|1st|2nd) half\b")
_SEASON = re.compile(
    r"\b(autumn|michaelmas|spring|lent|summer|trinity)\b(?! (?:holidays?|hols|break|vacation|bank|half term holiday))"
)
_SEASONS: dict[str, Literal["autumn", "spring", "summer"]] = {
    "autumn": "autumn",
    "michaelmas": "autumn",
    "spring": "spring",
    "lent": "spring",
    "summer": "summer",
    "trinity": "summer",
}


def kinds_of(label: str, span: Span, *, usual: Kind = Kind.OTHER) -> Sequence[Kind]:
    """What a label says about its days, as one kind or two ("Term starts (INSET day)"); `usual` when it says nothing
    plain."""
    said = _plain(label)
    if _OTHER.search(said):
        return (Kind.OTHER,)
    edge = _edge_of(said)
    if _INSET.search(said) and not _AROUND_INSET.search(said):
        if edge in {Kind.TERM_STARTS, Kind.TERM_ENDS} and span.first == span.last:
            return (Kind.UNCLEAR,) if re.search(r"\d", said) else (edge, Kind.INSET)
        return (Kind.INSET,)
    if edge is not None:
        return (_as_edge(edge, span, said),)
    return (_stretch_of(said, span, usual),)


def season_of(label: str) -> Literal["autumn", "spring", "summer"] | None:
    """The legal term that a label names."""
    found = _SEASON.search(_plain(label))
    return _SEASONS[found[1]] if found else None


def _plain(label: str) -> str:
    bare = re.sub(r"['’]", "", label.lower())
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def _edge_of(said: str) -> Kind | None:
    if "early" in said.split() and not re.search(r"\bterm\b|holiday|half", said):
        return None  # a short day is a school day
    for kind, pattern in (
        (Kind.UNCLEAR, _HALF_UNCLEAR),
        (Kind.BREAK_STARTS, _BREAK_STARTS),
        (Kind.BREAK_ENDS, _BREAK_ENDS),
        (Kind.TERM_STARTS, _TERM_STARTS),
        (Kind.TERM_ENDS, _TERM_ENDS),
    ):
        if pattern.search(said):
            return kind
    return None


def _as_edge(edge: Kind, span: Span, said: str) -> Kind:
    """An edge is one day; longer ones are the thing itself ("Schools open 2 September to 23 October")."""
    if span.first == span.last or edge is Kind.UNCLEAR:
        return edge
    if span.last - span.first > _A_HALF_TERM_BREAK and edge in {Kind.TERM_STARTS, Kind.TERM_ENDS}:
        return Kind.TERM if edge is Kind.TERM_STARTS else Kind.UNCLEAR
    return Kind.BREAK if re.search(_HOLIDAY, said) else Kind.UNCLEAR


def _stretch_of(said: str, span: Span, usual: Kind) -> Kind:
    length = span.last - span.first
    if _BANK_HOLIDAY.search(said) and not _HALF.search(said) and length < timedelta(days=5):
        return Kind.BANK_HOLIDAY
    if _HALF.search(said) and length > _A_HALF_TERM_BREAK:
        return Kind.TERM
    if _BREAK.search(said):
        return Kind.BREAK
    if _CLOSED.search(said):
        return Kind.CLOSED
    return Kind.TERM if usual is Kind.OTHER and _TERM.search(said) else usual


# The days it names --------------------------------------------------------------------------------------------------

_BETWEEN_ITEMS = re.compile(r"\s*(?:;|\n|&|\band\b)\s*", re.IGNORECASE)
_BETWEEN_ENDS = re.compile(r"\s+(?:to|until|till|through|-)\s+|\s*[–—]\s*", re.IGNORECASE)
_DAYS_OF_A_MONTH = re.compile(r"(?P<weekday>\w+ )?(\d{1,2})\s?-\s?(\d{1,2}) (?P<rest>[A-Za-z].*)")
_ISO = re.compile(r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)")
_NUMBERS = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d\d)")
_IN_WORDS = re.compile(r"(?P<day>\d{1,2})(?: (?P<month>[a-z]+))?(?: (?P<year>\d{4}|\d\d))?")
_MONTH_FIRST = re.compile(r"(?P<month>[a-z]+) (?P<day>\d{1,2})(?: (?P<year>\d{4}|\d\d))?")


def spans_in(text: str) -> Sequence[Span]:
    """The days that a cell names: "2 September 2026", "26 to 30 October 2026", "1 and 2 September 2026".

    A month or year that is left out is that of the date which follows. Raises `ValueError` with what to do.
    """
    spans: list[Span] = []
    for item in reversed([item for item in _BETWEEN_ITEMS.split(_tidy(text)) if item]):
        like = spans[-1].first if spans else None
        together = _DAYS_OF_A_MONTH.fullmatch(item)
        ends = [f"{together[2]} {together['rest']}", f"{together[3]} {together['rest']}"] if together else None
        days: list[date] = []
        for end in reversed(ends or _BETWEEN_ENDS.split(item)):
            days.append(day_in(end, like=days[-1] if days else like))
        if len(days) > 2:
            raise ValueError(f"“{text}” names more days than a first and a last one. Write two dates")
        spans.append(Span(first=days[-1], last=days[0]))
    return spans[::-1]


def day_in(text: str, *, like: date | None = None) -> date:
    """The day that `text` names, day before month; what it leaves out of month and year is that of `like`.

    Raises `ValueError` with what to do.
    """
    said = _tidy(text).lower()
    weekday, bare = _without_weekday(said)
    parts = _parts_of(bare)
    if parts is None:
        raise ValueError(f"“{text.strip()}” is not a date. Write it like 2 September 2026 or 02/09/2026")
    day, month, year = parts
    if month is None or year is None:
        if like is None:
            raise ValueError(f"“{text.strip()}” has no year. Write it like 2 September 2026")
        month = month or like.month
        year = year or (like.year if (month, day) <= (like.month, like.day) else like.year - 1)
    if month > 12 and day <= 12:
        raise ValueError(f"“{text.strip()}” has the month before the day. Write the day first, like 02/09/2026")
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise ValueError(f"“{text.strip()}” is not a day of the calendar. Check the day and the month") from error
    if not is_of_this_century(found):
        raise ValueError(f"“{text.strip()}” is in the year {found.year}. Check the year")
    if weekday is not None and found.weekday() != weekday:
        raise ValueError(
            f"“{text.strip()}” cannot be right: {found.day} {found:%B %Y} is a {found:%A}. Correct the day or the date"
        )
    return found


def _tidy(text: str) -> str:
    said = re.sub(r"\(.*?\)|\[.*?\]", " ", text)
    said = re.sub(r"(?:[T ]|\bat )\d{1,2}[:.]\d\d(?::\d\d)?\s?(?:[ap]m)?Z?$", "", said.strip())
    said = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,|\bof\b|^from\b", " ", said, flags=re.IGNORECASE)
    return re.sub(r"[^\S\n]+", " ", said).strip()


def _without_weekday(said: str) -> tuple[int | None, str]:
    first, _, rest = said.partition(" ")
    first = first.rstrip(".")
    for number, name in enumerate(_WEEKDAYS):
        if len(first) >= 3 and name.startswith("wed" if first == "weds" else first):
            return number, rest
    return None, said


def _parts_of(said: str) -> tuple[int, int | None, int | None] | None:
    """Day, month and year, as far as they are said."""
    for pattern in (_ISO, _NUMBERS, _IN_WORDS, _MONTH_FIRST):
        found = pattern.fullmatch(said.replace(".", " ").replace("  ", " ") if pattern is _IN_WORDS else said)
        if found is None:
            continue
        month = found["month"]
        if month is not None and not month.isdigit():
            number = _month(month)
            if number is None:
                return None
        else:
            number = int(month) if month else None
        year = found["year"]
        return int(found["day"]), number, _century(year) if year else None
    return None


def _month(word: str) -> int | None:
    matching = [number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word) and len(word) >= 3]
    return matching[0] if matching else (9 if word == "sept" else None)


def _century(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def is_of_this_century(day: date) -> bool:
    return 2000 <= day.year < 2100


def each_weekday(span: Span) -> Iterator[date]:
    """The days of `span` from Monday to Friday."""
    for step in range((span.last - span.first).days + 1):
        day = span.first + timedelta(days=step)
        if day.weekday() < 5:
            yield day
