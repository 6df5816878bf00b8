"""A school calendar from a file of term dates: an iCalendar file, or a table as councils publish it.

Nothing is half-read: a file with one bad row gives no calendar, and each bad row is named with its line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from assistant.errors import CalendarError
from assistant.school_days import ONE_DAY, BankHolidays, SchoolCalendar, Term
from corpus.calendars import LONGEST_HOLIDAY, what_is_wrong
from ingest.term_events import rows_of_events
from ingest.term_tables import Found, rows_of_table
from ingest.term_words import Kind, Row, Span, each_weekday, season_of

_LARGEST = 1_000_000  # bytes; term dates of ten years are a fiftieth of it
_WITHOUT_HALF_TERM = timedelta(weeks=10)
_A_BREAK = 5  # weekdays: a longer closure is a holiday under another name
_SUMMER = range(6, 10)  # the months around the summer holidays
_NOT_TEXT = {b"PK\x03\x04": "an Excel or Word file", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old Excel or Word file"}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a person says of a calendar beside its term dates."""

    id: str
    name: str
    council: str | None = None
    source: str | None = None
    url: str | None = None
    inset: tuple[date, ...] = ()
    closures: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A calendar that was understood from a file, and what a person should know of how it was understood."""

    calendar: SchoolCalendar
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Days in which pupils attend, and the line that says so."""

    first: date
    last: date
    line: int
    name: Literal["autumn", "spring", "summer"] | None = None

    def meets(self, other: "Row | _Stretch") -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(slots=True, kw_only=True)
class _Building:
    """A calendar in the making."""

    rows: Sequence[Row]
    bank_holidays: BankHolidays
    stretches: list[_Stretch] = field(default_factory=list)
    inset: dict[date, int] = field(default_factory=dict)
    closures: dict[date, int] = field(default_factory=dict)
    covers_from: date | None = None
    covers_to: date | None = None
    problems: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, *kinds: Kind) -> list[Row]:
        return sorted((row for row in self.rows if row.kind in kinds), key=lambda row: (row.first, row.line))


def propose_calendar(content: bytes, *, file: str, about: About, bank_holidays: BankHolidays) -> Proposal:
    """The calendar that the term dates in `content` give, with the INSET days and closures of `about` added.

    `file` is what the file is called in messages. Raises `CalendarError` naming the line of each bad row.
    """
    found = _rows_in(content, file)
    building = _Building(rows=_once_each(found), bank_holidays=bank_holidays, notes=found.notes)
    for step in (_pair_breaks, _find_terms, _take_out_breaks, _take_out_closures, _add_inset, _check_bank_holidays):
        _refuse(found.problems + building.problems, file)
        step(building)
    _refuse(building.problems, file)
    for day in about.inset:
        _add_one_inset(building, day, 0)
    building.closures |= dict.fromkeys(about.closures, 0)
    calendar = SchoolCalendar(
        id=about.id,
        name=about.name,
        terms=tuple(Term(first=each.first, last=each.last, name=each.name) for each in building.stretches),
        bank_holidays=bank_holidays,
        inset=frozenset(building.inset),
        closures=frozenset(building.closures),
        source=about.source,
        url=about.url,
        council=about.council,
        covers_from=building.covers_from,
        covers_to=building.covers_to,
    )
    _refuse(list(_problems_of(calendar, building)), file)
    return Proposal(calendar=calendar, notes=(*building.notes, *_doubts(calendar)))


def _refuse(problems: Sequence[tuple[int, str]], file: str) -> None:
    if problems:
        told = dict.fromkeys(sorted(problems))
        raise CalendarError(tuple(f"{file}:{line}: {what}" if line else f"{file}: {what}" for line, what in told))


# Reading ------------------------------------------------------------------------------------------------------------


def _rows_in(content: bytes, file: str) -> Found:
    text = _text_of(content, file)
    is_ical = text.lstrip().upper().startswith("BEGIN:VCALENDAR") or file.lower().endswith((".ics", ".ical"))
    found = rows_of_events(text) if is_ical else rows_of_table(text)
    if not found.rows and not found.problems:
        found.problems.append((1, "there are no term dates in it. Check that it is the right file."))
    return found


def _text_of(content: bytes, file: str) -> str:
    """UTF-8, with or without a mark at its start, UTF-16 with one, or else Windows' western letters."""
    if len(content) > _LARGEST:
        _refuse([(0, "is larger than 1 MB, which is no file of term dates. Check that it is the right file.")], file)
    for start, what in _NOT_TEXT.items():
        if content.startswith(start):
            _refuse([(0, f"is {what}. Save the table as CSV, or export the calendar as .ics, and add that.")], file)
    encodings = ["utf-16"] if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "windows-1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            if not text.strip():
                _refuse([(0, "is empty. Check that it is the right file.")], file)
            return text
    raise CalendarError((f"{file}: is not a text file. Save the table as CSV in UTF-8, or export it as .ics.",))


def _once_each(found: Found) -> list[Row]:
    """The rows without those that say the same again."""
    seen: dict[tuple[Kind, date, date], Row] = {}
    for row in found.rows:
        key = (row.kind, row.first, row.last)
        if key in seen:
            found.notes.append(f"Line {row.line} says the same as line {seen[key].line}, so it was left out.")
        seen.setdefault(key, row)
    return list(seen.values())


# Holidays and terms -------------------------------------------------------------------------------------------------


def _pair_breaks(building: _Building) -> None:
    """Holidays of which the file gives first and last day apart."""
    starts: Row | None = None
    paired: list[Row] = []
    for row in building.of(Kind.BREAK_STARTS, Kind.BREAK_ENDS):
        if row.kind is Kind.BREAK_STARTS and starts is None:
            starts = row
        elif row.kind is Kind.BREAK_ENDS and starts is not None:
            paired.append(replace(starts, kind=Kind.BREAK, last=row.last))
            building.notes.append(
                f"“{starts.label}” (line {starts.line}): {_said(starts.first)} was taken as the first day without "
                f"school and {_said(row.last)} as the last one."
            )
            starts = None
        else:
            building.problems.append(
                (row.line, f"“{row.label}” has no partner. Give the holiday's first and last day.")
            )
    if starts is not None:
        what = f"“{starts.label}” has no partner. Give the holiday's first and last day."
        building.problems.append((starts.line, what))
    building.rows = [*building.rows, *paired]


def _find_terms(building: _Building) -> None:
    """Terms as spans, from their first and last days, or else as the time between holidays."""
    building.stretches = [
        _Stretch(first=row.first, last=row.last, line=row.line, name=season_of(row.label))
        for row in building.of(Kind.TERM)
    ]
    building.stretches += _between_edges(building)
    if not building.stretches and not building.problems:
        building.stretches = _between_breaks(building)
    building.stretches = [_trimmed(each) for each in building.stretches]
    building.stretches.sort(key=lambda each: (each.first, each.line))
    for earlier, later in pairwise(building.stretches):
        if later.first <= earlier.last:
            what = (
                f"the term from {_said(later.first)} to {_said(later.last)} overlaps the one of line {earlier.line}, "
                f"which is from {_said(earlier.first)} to {_said(earlier.last)}. Check the dates of both."
            )
            building.problems.append((later.line, what))


def _between_edges(building: _Building) -> list[_Stretch]:
    stretches: list[_Stretch] = []
    breaks = building.of(Kind.BREAK)
    starts: Row | None = None
    for row in building.of(Kind.TERM_STARTS, Kind.TERM_ENDS):
        if row.first.weekday() >= 5:
            what = f"“{row.label}” is on {_said(row.first)}, at a weekend. Check the date."
            building.problems.append((row.line, what))
        if row.kind is Kind.TERM_STARTS:
            if starts is None:
                starts = row
            elif not any(starts.first < each.first and each.last < row.first for each in breaks):
                building.problems.append((row.line, _no_end(starts)))
            continue
        if starts is None:
            starts = _restart(breaks, stretches, row)
        if starts is None:
            what = f"“{row.label}” has no start before it. Add a row with the first day of that term."
            building.problems.append((row.line, what))
            continue
        name = season_of(starts.label) or season_of(row.label)
        stretches.append(_Stretch(first=starts.first, last=row.last, line=starts.line, name=name))
        starts = None
    if starts is not None:
        _leave_open(building, starts, stretches)
    return stretches


def _no_end(starts: Row) -> str:
    return (
        f"another term starts before the one of line {starts.line} has ended (“{starts.label}”, "
        f"{_said(starts.first)}). Add a row with its last day."
    )


def _restart(breaks: Sequence[Row], stretches: Sequence[_Stretch], ends: Row) -> Row | None:
    """The first day after a holiday, where only the end of the time after it is told."""
    after = stretches[-1].last if stretches else date.max
    for each in breaks:
        if after < each.first and each.last < ends.last:
            return replace(each, first=each.last + ONE_DAY, last=each.last + ONE_DAY)
    return None


def _leave_open(building: _Building, starts: Row, stretches: Sequence[_Stretch]) -> None:
    """A list often ends with the first day of the next school year, which shows how long the summer holiday is."""
    last = max((each.last for each in stretches), default=None)
    if last and last.month in _SUMMER and starts.first.month in _SUMMER and starts.first - last <= LONGEST_HOLIDAY:
        building.covers_to = starts.first - ONE_DAY
        building.notes.append(
            f"“{starts.label}” (line {starts.line}) starts the next school year, whose end the file does not give: the "
            f"calendar ends the day before, {_said(building.covers_to)}."
        )
        return
    what = f"“{starts.label}”, {_said(starts.first)}, has no end. Add a row with the last day of that term."
    building.problems.append((starts.line, what))


def _between_breaks(building: _Building) -> list[_Stretch]:
    breaks = building.of(Kind.BREAK)
    if len(breaks) < 2:
        what = "there are no terms in it. Add rows with the first and the last day of each term."
        building.problems.append((breaks[0].line if breaks else 1, what))
        return []
    building.notes.append("The file gives holidays only, so terms are the time between them.")
    return [
        _Stretch(first=earlier.last + ONE_DAY, last=later.first - ONE_DAY, line=later.line)
        for earlier, later in pairwise(breaks)
        if any(each_weekday(Span(first=earlier.last + ONE_DAY, last=later.first - ONE_DAY)))
    ]


def _trimmed(stretch: _Stretch) -> _Stretch:
    """Without weekends at its ends."""
    days = list(each_weekday(Span(first=stretch.first, last=stretch.last)))
    return replace(stretch, first=days[0], last=days[-1]) if days else stretch


def _take_out_breaks(building: _Building) -> None:
    long_closures = [row for row in building.of(Kind.CLOSED) if len(_weekdays(row)) >= _A_BREAK]
    for each in (*building.of(Kind.BREAK), *long_closures):
        days = _weekdays(each)
        if not days:
            continue
        trimmed = replace(each, first=days[0], last=days[-1])
        touched = [stretch for stretch in building.stretches if stretch.meets(trimmed)]
        for stretch in touched:
            if not (stretch.first < trimmed.first and trimmed.last < stretch.last):
                building.problems.append((each.line, _overlap(trimmed, stretch)))
                continue
            building.stretches.remove(stretch)
            building.stretches += [
                _trimmed(replace(stretch, last=trimmed.first - ONE_DAY)),
                _trimmed(replace(stretch, first=trimmed.last + ONE_DAY)),
            ]
    building.stretches = [
        replace(each, name=each.name or _name_by_law(each.first, building.bank_holidays))
        for each in sorted(building.stretches, key=lambda each: each.first)
    ]
    _stretch_coverage(building)


def _overlap(holiday: Row, stretch: _Stretch) -> str:
    return (
        f"“{holiday.label}” is from {_said(holiday.first)} to {_said(holiday.last)}, but the term of line "
        f"{stretch.line} is from {_said(stretch.first)} to {_said(stretch.last)}. "
        "A holiday is the days without school: check both."
    )


def _name_by_law(first: date, bank_holidays: BankHolidays) -> Literal["autumn", "spring", "summer"] | None:
    """Regulations end the terms of other than three-term years on 31 December, Easter Monday and 31 July."""
    if first.month >= 8:
        return "autumn"
    easter = [day for day, name in bank_holidays.names.items() if day.year == first.year and name == "Easter Monday"]
    if not easter:
        return None
    return "spring" if first <= easter[0] else "summer"


def _stretch_coverage(building: _Building) -> None:
    """Holidays before the first term and after the last one, which the file knows to be without school."""
    if not building.stretches:
        return
    first, last = building.stretches[0].first, building.stretches[-1].last
    for each in building.of(Kind.BREAK):
        if each.last < first and not _weekdays_between(each.last, first, building.bank_holidays):
            building.covers_from = max(each.first, first - LONGEST_HOLIDAY)
        if last < each.first and not _weekdays_between(last, each.first, building.bank_holidays):
            building.covers_to = min(each.last, last + LONGEST_HOLIDAY)


# Single days --------------------------------------------------------------------------------------------------------


def _take_out_closures(building: _Building) -> None:
    for row in building.of(Kind.CLOSED):
        days = _weekdays(row)
        if len(days) >= _A_BREAK:
            continue
        inside = [day for day in days if _is_in_term(day, building) and day not in building.bank_holidays.names]
        building.closures |= dict.fromkeys(inside, row.line)
        if not inside:
            building.notes.append(
                f"“{row.label}” (line {row.line}, {_said(row.first)}) was left out: it is no school day anyway."
            )


def _add_inset(building: _Building) -> None:
    for row in building.of(Kind.INSET):
        for day in _weekdays(row) or [row.first]:
            _add_one_inset(building, day, row.line)
            building.closures.pop(day, None)


def _add_one_inset(building: _Building, day: date, line: int) -> None:
    """An INSET day at the edge of a term belongs to it: pupils start the day after, staff on the day."""
    building.inset[day] = line
    if _is_in_term(day, building) or day.weekday() >= 5 or day in building.bank_holidays.names:
        return
    for position, stretch in enumerate(building.stretches):
        before = day < stretch.first and not _weekdays_between(day, stretch.first, building.bank_holidays)
        after = stretch.last < day and not _weekdays_between(stretch.last, day, building.bank_holidays)
        if before or after:
            building.stretches[position] = replace(stretch, first=min(day, stretch.first), last=max(day, stretch.last))
            building.notes.append(
                f"{_said(day)}, an INSET day {'before' if before else 'after'} the {'first' if before else 'last'} day "
                "of pupils, was put into the term; it is not counted."
            )
            return


def _check_bank_holidays(building: _Building) -> None:
    known = building.bank_holidays
    for row in building.of(Kind.BANK_HOLIDAY):
        days = [row.first + timedelta(days=step) for step in range((row.last - row.first).days + 1)]
        is_known = known.first <= row.first and row.last <= known.last
        if is_known and _is_in_term(row.first, building) and not any(day in known.names for day in days):
            what = (
                f"“{row.label}” is on {_said(row.first)}, which is not a bank holiday in England. Check the date, or "
                "call it a closure."
            )
            building.problems.append((row.line, what))


def _is_in_term(day: date, building: _Building) -> bool:
    return any(each.first <= day <= each.last for each in building.stretches)


def _weekdays(row: Row) -> list[date]:
    return list(each_weekday(Span(first=row.first, last=row.last)))


def _weekdays_between(one: date, other: date, bank_holidays: BankHolidays) -> bool:
    """Whether a working day lies between two days."""
    between = each_weekday(Span(first=one + ONE_DAY, last=other - ONE_DAY))
    return any(day not in bank_holidays.names for day in between)


# The whole ----------------------------------------------------------------------------------------------------------


def _problems_of(calendar: SchoolCalendar, building: _Building) -> Iterator[tuple[int, str]]:
    days = {
        "inset": (sorted(building.inset), building.inset),
        "closures": (sorted(building.closures), building.closures),
    }
    for at, what in what_is_wrong(calendar):
        where, position = str(at[0]), at[1] if len(at) > 1 else 0
        if where == "terms" and isinstance(position, int):
            yield building.stretches[position].line, what
        elif where in days and isinstance(position, int):
            ordered, lines = days[where]
            yield lines[ordered[position]], what
        else:
            yield 0, what


def _doubts(calendar: SchoolCalendar) -> Iterator[str]:
    """What a person should look at again although nothing is surely wrong."""
    for term in calendar.terms:
        if term.last - term.first > _WITHOUT_HALF_TERM:
            yield (
                f"There is no half term between {_said(term.first)} and {_said(term.last)}. If there is one, add it to "
                "the file and add the file again with --replace."
            )


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"
