"""School calendars: one YAML file each, in the project's own folder and in the one where people add their own.

Only a whole and sensible calendar is used: what is wrong is named with file, line, id and remedy.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import yaml
from pydantic import Field, StringConstraints

from assistant.errors import CorpusError, UnknownCalendar
from assistant.school_days import BankHolidays, SchoolCalendar, Term
from corpus.entries import Day, Entry, EntryId, Words
from corpus.located import KeyPath, Problem
from corpus.reading import Reader

HERE = Path(__file__).parent / "calendars"

LONGEST_TERM = timedelta(weeks=16)
LONGEST_HOLIDAY = timedelta(weeks=10)
_ANOTHER_SCHOOL_YEAR = 8  # August: a term that begins in it belongs to the year that follows
_SATURDAY = 5

TermName = Literal["autumn", "spring", "summer"]
SchoolYear = Annotated[str, StringConstraints(pattern=r"^20\d\d-\d\d$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]

_Stamp: TypeAlias = tuple[tuple[str, int, int, int], ...]


class TermEntry(Entry):
    first: Day
    last: Day
    name: TermName | None = None


class CalendarEntry(Entry):
    """`replaces` says that this calendar stands in for the one of the same id in an earlier folder."""

    id: EntryId
    name: Words
    terms: Annotated[tuple[TermEntry, ...], Field(min_length=1)]
    school_years: tuple[SchoolYear, ...] = ()
    source: Words | None = None
    url: WebAddress | None = None
    council: Words | None = None
    typical: bool = False
    inset: tuple[Day, ...] = ()
    closures: tuple[Day, ...] = ()
    covers_from: Day | None = None
    covers_to: Day | None = None
    replaces: bool = False

    def calendar(self, bank_holidays: BankHolidays) -> SchoolCalendar:
        return SchoolCalendar(
            id=self.id,
            name=self.name,
            terms=tuple(Term(first=each.first, last=each.last, name=each.name) for each in self.terms),
            bank_holidays=bank_holidays,
            inset=frozenset(self.inset),
            closures=frozenset(self.closures),
            source=self.source,
            url=self.url,
            council=self.council,
            typical=self.typical,
            covers_from=self.covers_from,
            covers_to=self.covers_to,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """What some folders hold: the calendars that can be used by id, and what is wrong with each other file by its
    id."""

    by_id: Mapping[str, SchoolCalendar] = field(default_factory=dict)
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)


def read_calendars(folders: Sequence[Path], *, bank_holidays: BankHolidays) -> Mapping[str, SchoolCalendar]:
    """Every calendar of `folders` by its id, in order of id. Raises `CorpusError` listing every bad file.

    A folder that is not there holds nothing. A file of a later folder may not have the id of an earlier one, unless
    it says `replaces: true`.
    """
    found = look_at_calendars(folders, bank_holidays=bank_holidays)
    if found.problems:
        raise CorpusError(tuple(str(problem) for problem in chain.from_iterable(found.problems.values())))
    return found.by_id


def look_at_calendars(folders: Sequence[Path], *, bank_holidays: BankHolidays) -> Calendars:
    """Like `read_calendars`, with what is wrong beside what is right."""
    by_id: dict[str, SchoolCalendar] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    for folder in folders:
        earlier = dict(by_id)
        for path in sorted(folder.glob("*.yaml")):
            calendar, wrong = _read_one(path, earlier, bank_holidays)
            if wrong:
                problems[path.stem] = (*problems.get(path.stem, ()), *wrong)
            if calendar is not None:
                by_id[calendar.id] = calendar
    return Calendars(by_id=dict(sorted(by_id.items())), problems=problems)


def _read_one(
    path: Path, earlier: Mapping[str, SchoolCalendar], bank_holidays: BankHolidays
) -> tuple[SchoolCalendar | None, Sequence[Problem]]:
    reader = Reader(path.parent)
    try:
        read = reader.one(path.name, CalendarEntry)
    except OSError as error:
        why = f"cannot be read ({error.strerror}). Check who may read it."
        return None, [Problem(f"{path.parent.name}/{path.name}", 1, "file", why)]
    for entry in read:
        calendar = entry.calendar(bank_holidays)
        for at, what in (*_about_the_file(entry, path, earlier), *what_is_wrong(calendar, entry)):
            reader.problems.append(read.problem(0, what, name=entry.id, at=at))
        if not reader.problems:
            return calendar, ()
    return None, reader.problems


def _about_the_file(
    entry: CalendarEntry, path: Path, earlier: Mapping[str, SchoolCalendar]
) -> Iterator[tuple[KeyPath, str]]:
    if entry.id != path.stem:
        yield ("id",), f"is not the name of its file. Name the file {entry.id}.yaml, or write id: {path.stem}."
    if entry.id in earlier and not entry.replaces:
        what = "has the same id as a calendar that comes with the program. Choose another id, or write replaces: true."
        yield ("id",), what
    for position, term in enumerate(entry.terms):
        year = school_year_of(term.first)
        if entry.school_years and year not in entry.school_years:
            at: KeyPath = ("terms", position, "first")
            yield at, f"is in the school year {year}, which `school_years` does not list. Correct one of them."


def school_year_of(day: date) -> str:
    """The school year, 1 August to 31 July, that a day is in: "2026-27"."""
    first = day.year if day.month >= _ANOTHER_SCHOOL_YEAR else day.year - 1
    return f"{first}-{(first + 1) % 100:02}"


# What makes a calendar impossible -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """The order in which a file lists its days, by which a problem finds its line."""

    inset: Sequence[date]
    closures: Sequence[date]


def what_is_wrong(calendar: SchoolCalendar, entry: CalendarEntry | None = None) -> Iterator[tuple[KeyPath, str]]:
    """Each thing that no real calendar has: where it is in the calendar, and a sentence with the remedy.

    Days stand in the order of `entry`, or else of time.
    """
    order = _Order(
        inset=entry.inset if entry else sorted(calendar.inset),
        closures=entry.closures if entry else sorted(calendar.closures),
    )
    backwards = list(_backwards(calendar))
    yield from backwards
    if backwards:  # what else seems wrong may come of it
        return
    yield from _too_long(calendar)
    yield from _between_terms(calendar)
    yield from _beyond_bank_holidays(calendar)
    yield from _days_off(calendar, "inset", order.inset, "an INSET day")
    yield from _days_off(calendar, "closures", order.closures, "a closure")
    for position, day in enumerate(order.closures):
        if day in calendar.inset:
            yield ("closures", position), f"{_said(day)} is among the INSET days too. Keep it in one list."
    yield from _coverage(calendar)


def _backwards(calendar: SchoolCalendar) -> Iterator[tuple[KeyPath, str]]:
    for position, term in enumerate(calendar.terms):
        if term.last < term.first:
            what = f"the term ends on {_said(term.last)}, before it starts on {_said(term.first)}. Check both dates."
            yield ("terms", position, "last"), what


def _too_long(calendar: SchoolCalendar) -> Iterator[tuple[KeyPath, str]]:
    for position, term in enumerate(calendar.terms):
        if term.last - term.first > LONGEST_TERM:
            what = (
                f"the term from {_said(term.first)} to {_said(term.last)} is longer than 16 weeks. Write it in two "
                "parts, with the half term between them, or check its dates."
            )
            yield ("terms", position, "last"), what


def _between_terms(calendar: SchoolCalendar) -> Iterator[tuple[KeyPath, str]]:
    for position, (earlier, later) in enumerate(pairwise(calendar.terms), start=1):
        at: KeyPath = ("terms", position, "first")
        if later.first <= earlier.last and later.last >= earlier.first:
            what = (
                f"the term from {_said(later.first)} overlaps the one before, which ends on {_said(earlier.last)}. "
                "Check both dates."
            )
            yield at, what
        elif later.first < earlier.first:
            yield at, f"the term from {_said(later.first)} is listed after a later one. List terms in order of time."
        elif later.first - earlier.last > LONGEST_HOLIDAY:
            what = (
                f"there are more than 10 weeks between {_said(earlier.last)} and {_said(later.first)}. Add the term "
                "that is missing, or check both dates."
            )
            yield at, what


def _beyond_bank_holidays(calendar: SchoolCalendar) -> Iterator[tuple[KeyPath, str]]:
    known = calendar.bank_holidays
    for position, term in enumerate(calendar.terms):
        for name, day in (("first", term.first), ("last", term.last)):
            if not known.first <= day <= known.last:
                what = (
                    f"{_said(day)} is in a year whose bank holidays are not known here (they are from "
                    f"{known.first:%Y} to {known.last:%Y}). Check the year, or leave this term out."
                )
                yield ("terms", position, name), what


def _days_off(calendar: SchoolCalendar, name: str, days: Sequence[date], what: str) -> Iterator[tuple[KeyPath, str]]:
    for position, day in enumerate(days):
        if day in days[:position]:
            wrong = "is listed twice. Keep one."
        elif not any(term.first <= day <= term.last for term in calendar.terms):
            wrong = f"cannot be {what}: it is outside every term. Check the date, or leave it out."
        elif day.weekday() >= _SATURDAY:
            wrong = f"cannot be {what}: it is at a weekend. Check the date, or leave it out."
        elif day in calendar.bank_holidays.names:
            wrong = f"need not be {what}: it is a bank holiday, {calendar.bank_holidays.names[day]}. Leave it out."
        else:
            continue
        yield (name, position), f"{_said(day)} {wrong}"


def _coverage(calendar: SchoolCalendar) -> Iterator[tuple[KeyPath, str]]:
    first, last = calendar.terms[0].first, calendar.terms[-1].last
    if calendar.covers_from and not first - LONGEST_HOLIDAY <= calendar.covers_from <= first:
        yield ("covers_from",), f"must be a day of the holiday before the first term, which starts on {_said(first)}."
    if calendar.covers_to and not last <= calendar.covers_to <= last + LONGEST_HOLIDAY:
        yield ("covers_to",), f"must be a day of the holiday after the last term, which ends on {_said(last)}."


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"


# Writing ------------------------------------------------------------------------------------------------------------


def calendar_as_yaml(calendar: SchoolCalendar, *, replaces: bool = False) -> str:
    """The file of one calendar, which reads back as the same calendar."""
    fields: dict[str, Any] = {
        "id": calendar.id,
        "name": calendar.name,
        "council": calendar.council,
        "source": calendar.source,
        "url": calendar.url,
        "typical": calendar.typical,
        "replaces": replaces,
        "school_years": sorted({school_year_of(term.first) for term in calendar.terms}),
        "covers_from": calendar.covers_from,
        "covers_to": calendar.covers_to,
        "terms": [_written(term) for term in calendar.terms],
        "inset": sorted(calendar.inset),
        "closures": sorted(calendar.closures),
    }
    worth_writing = {name: value for name, value in fields.items() if value}
    return yaml.dump(worth_writing, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes every day out, where the plain one refers back to a day that was written before."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - declared so by PyYAML
        return True


def _written(term: Term) -> Mapping[str, Any]:
    return {"first": term.first, "last": term.last} | ({"name": term.name} if term.name else {})


def write_calendar(calendar: SchoolCalendar, *, folder: Path, replaces: bool = False) -> Path:
    """Keep a calendar in `folder`, whole or not at all, in place of any of the same id; the file it is in."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{calendar.id}.yaml"
    handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".unfinished")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(calendar_as_yaml(calendar, replaces=replaces))
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o644)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def remove_calendar(calendar_id: str, *, folder: Path) -> bool:
    """Remove a calendar from `folder`; whether there was one."""
    try:
        (folder / f"{calendar_id}.yaml").unlink()
    except FileNotFoundError:
        return False
    return True


# Looking up ---------------------------------------------------------------------------------------------------------


class CalendarFolders:
    """The calendars of some folders as they are now: a file that comes, goes or changes is seen at the next call.

    Safe between threads. `bank_holidays` is called when calendars are first wanted.
    """

    def __init__(self, folders: Iterable[Path], *, bank_holidays: Callable[[], BankHolidays], default: str) -> None:
        self.folders = tuple(folders)
        self.default = default
        self._bank_holidays = bank_holidays
        self._lock = threading.Lock()
        self._read: tuple[_Stamp, Calendars] | None = None

    def find(self, calendar_id: str | None = None) -> SchoolCalendar:
        """The calendar with this id; None is the default one. Raises `UnknownCalendar`, and `CorpusError` when the
        file of that very id is bad."""
        wanted = calendar_id or self.default
        now = self.now()
        if wanted in now.problems:
            raise CorpusError(tuple(map(str, now.problems[wanted])))
        if wanted not in now.by_id:
            raise self.unknown(wanted)
        return now.by_id[wanted]

    def unknown(self, calendar_id: str) -> UnknownCalendar:
        """The error that says which calendars there are instead."""
        return UnknownCalendar(calendar_id, known=tuple(self.now().by_id))

    def all(self) -> Sequence[SchoolCalendar]:
        """Every calendar that can be used, in order of id."""
        return tuple(self.now().by_id.values())

    def now(self) -> Calendars:
        """The calendars and the bad files beside them."""
        with self._lock:
            stamp = _stamp(self.folders)
            if self._read is None or self._read[0] != stamp:
                found = look_at_calendars(self.folders, bank_holidays=self._bank_holidays())
                self._read = stamp, found
            return self._read[1]


def _stamp(folders: Iterable[Path]) -> _Stamp:
    """What changes whenever a file does."""
    return tuple(chain.from_iterable(map(_stamps_in, folders)))


def _stamps_in(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    for path in sorted(folder.glob("*.yaml")):
        try:
            about = path.stat()
        except FileNotFoundError:  # gone since it was listed
            continue
        yield str(path), about.st_mtime_ns, about.st_size, about.st_ino
