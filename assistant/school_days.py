"""Which days count: school days of one school's calendar, and England's working days.

A calendar knows a range of days and nothing beyond it: asked about a day outside, it raises rather than guesses.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from assistant.errors import BankHolidaysTooShort, CalendarTooShort

ONE_DAY = timedelta(days=1)
_WEEKEND = 5  # date.weekday() of Saturday


@dataclass(frozen=True, kw_only=True)
class BankHolidays:
    """England's bank holidays by day, complete from `first` to `last` (both included)."""

    names: Mapping[date, str]
    first: date
    last: date

    def working_day_after(self, day: date, *, number: int = 1) -> date:
        """Working day `number` (from 1) after `day`. Raises `BankHolidaysTooShort`."""
        for _ in range(number):
            day += ONE_DAY
            while not self.is_working_day(day):
                day += ONE_DAY
        return day

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is neither at a weekend nor a bank holiday. Raises `BankHolidaysTooShort`."""
        if not self.first <= day <= self.last:
            raise BankHolidaysTooShort(needed=day, first=self.first, last=self.last)
        return day.weekday() < _WEEKEND and day not in self.names


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Days from `first` to `last` in which pupils attend; `name` is the legal term (autumn, spring, summer) if told.

    Councils print half terms as breaks, so a legal term is usually two of these.
    """

    first: date
    last: date
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDaysTold:
    """What somebody says of the school's own days: when a term ends and pupils are back, and single days off.

    `no_inset_in` are the months (1 to 12) that are said to have no INSET day.
    """

    ends: tuple[date, ...] = ()
    back: tuple[date, ...] = ()
    inset: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()
    no_inset_in: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.ends or self.back or self.inset or self.closures or self.no_inset_in)


@dataclass(frozen=True, kw_only=True)
class SchoolCalendar:
    """When one school, or the schools of one council, are in session.

    `inset` are staff-training days inside terms, `closures` other days on which this school is shut. Term days that
    are weekends or bank holidays never count. The calendar covers its first term's first day to its last term's
    last day, or wider where `covers_from` or `covers_to` say that the days beyond are known holidays. `typical`:
    made up to be usual, no school's own. `own` is what somebody told of the school's days, `told` what that changed.
    """

    id: str
    name: str
    terms: tuple[Term, ...]
    bank_holidays: BankHolidays
    inset: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()
    source: str | None = None
    url: str | None = None
    council: str | None = None
    typical: bool = False
    covers_from: date | None = None
    covers_to: date | None = None
    told: tuple[str, ...] = ()
    own: SchoolDaysTold | None = None

    @property
    def first(self) -> date:
        """The first day the calendar knows."""
        return min(self.terms[0].first, self.covers_from or self.terms[0].first)

    @property
    def last(self) -> date:
        """The last day the calendar knows."""
        return max(self.terms[-1].last, self.covers_to or self.terms[-1].last)

    @cached_property
    def school_days(self) -> Sequence[date]:
        """Every school day the calendar knows, in order. Raises `BankHolidaysTooShort` past the holidays known."""
        return tuple(day for term in self.terms for day in _days(term.first, term.last) if self._in_session(day))

    def is_school_day(self, day: date) -> bool:
        """Whether pupils attend on `day`. Raises `CalendarTooShort` outside the calendar."""
        self._check(day)
        place = bisect_left(self.school_days, day)
        return place < len(self.school_days) and self.school_days[place] == day

    def school_days_from(self, day: date, *, number: int) -> Sequence[date]:
        """The first `number` school days on or after `day`. Raises `CalendarTooShort` when it does not know so many."""
        self._check(day)
        place = bisect_left(self.school_days, day)
        counted = self.school_days[place : place + number]
        if len(counted) < number:
            raise self._too_short(self.last + ONE_DAY)
        return counted

    def school_days_before(self, day: date, *, number: int) -> Sequence[date]:
        """The last `number` school days before `day`, in order. Raises `CalendarTooShort`."""
        self._check(day)
        place = bisect_left(self.school_days, day)
        if place < number:
            raise self._too_short(self.first - ONE_DAY)
        return self.school_days[place - number : place]

    def count(self, first: date, last: date) -> int:
        """How many school days there are from `first` to `last`, both included. Raises `CalendarTooShort`."""
        self._check(first)
        self._check(last)
        return bisect_right(self.school_days, last) - bisect_left(self.school_days, first)

    def next_school_day(self, day: date) -> date:
        """The first school day after `day`. Raises `CalendarTooShort`."""
        return self.school_days_from(day + ONE_DAY, number=1)[0]

    def why_not(self, day: date) -> str | None:
        """Why `day` is no school day, in words; None when it is one. Raises `CalendarTooShort`."""
        if self.is_school_day(day):
            return None
        if day.weekday() >= _WEEKEND:
            return "a weekend"
        if day in self.bank_holidays.names:
            return f"a bank holiday, {self.bank_holidays.names[day]}"
        if day in self.inset:
            return "an INSET day"
        if day in self.closures:
            return "a day the school is closed"
        return "a school holiday"

    def _in_session(self, day: date) -> bool:
        return self.bank_holidays.is_working_day(day) and day not in self.inset and day not in self.closures

    def _check(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise self._too_short(day)

    def _too_short(self, needed: date) -> CalendarTooShort:
        return CalendarTooShort(self.name, needed=needed, first=self.first, last=self.last)


def _days(first: date, last: date) -> Iterator[date]:
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)
