"""Repeated suspensions added up: days per legal term and per school year, thresholds crossed, runs that join.

The thresholds and the yearly limit are told in corpus/deadlines.yaml. Suspensions are counted in half days, because a
lunchtime counts as half a school day (fact exc-030).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from math import ceil

from assistant.deadlines import Calculator, Happened, Reckoning
from assistant.errors import (
    DaysDoNotFit,
    EndBeforeStart,
    NotASchoolDay,
    NotHalfDays,
    OverlappingSuspensions,
    RuleNotInForce,
    SuspensionTooLong,
)
from assistant.school_days import ONE_DAY, SchoolCalendar, Term
from assistant.time_rules import Threshold

DAY_SIX = "susp-day-six"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """One suspension of `days` school days, in halves, beginning on `first`.

    Without `last` the days are in a row. With it, they fill the school days from `first` to `last`, or take half of
    each (lunchtimes). A half day left over is taken to be the last.
    """

    first: date
    days: float
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A legal term or a school year, both days included: "autumn term 2026", "2026-27"."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTotal:
    """The suspended days in a period; `left` is how many more the yearly limit allows, where there is a limit."""

    period: Period
    days: float
    left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A threshold that a total went over: in which period, by which suspension and on which of its days."""

    threshold: Threshold
    period: Period
    suspension: Suspension
    day: date
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Suspensions with no school day between them. `school_days` are consecutive, `days` what they add up to.

    `day_six` is the first day on which full-time education is owed, in a run that is long enough; `problem` says why
    it cannot be computed.
    """

    suspensions: tuple[Suspension, ...]
    first: date
    last: date
    days: float
    school_days: int
    day_six: Reckoning | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionTotals:
    """What the suspensions of a pupil add up to. Everything is in order of time."""

    terms: tuple[PeriodTotal, ...] = ()
    years: tuple[PeriodTotal, ...] = ()
    crossed: tuple[Crossing, ...] = ()
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Portion:
    """One school day of a suspension, and how much of it counts: a whole day or a half."""

    suspension: Suspension
    day: date
    amount: float


def totals(
    suspensions: Sequence[Suspension],
    *,
    calendar: SchoolCalendar,
    thresholds: Sequence[Threshold],
    calculator: Calculator | None = None,
    earlier_days: float = 0,
) -> SuspensionTotals:
    """What `suspensions` add up to, in whatever order they are given.

    `earlier_days` are others in the school year of the first one, such as those at a previous school; they count
    towards the year only. `calculator` gives day six of long runs. Raises `NotASchoolDay`, `EndBeforeStart`,
    `NotHalfDays`, `DaysDoNotFit`, `OverlappingSuspensions`, `SuspensionTooLong` or `CalendarTooShort`.
    """
    if earlier_days < 0 or not _in_halves(earlier_days):
        raise NotHalfDays(earlier_days)
    limit = min((each.over for each in thresholds if each.limit and each.per == "year"), default=None)
    ordered = sorted(suspensions, key=lambda each: each.first)
    taken = [_portions(each, calendar=calendar, limit=limit) for each in ordered]
    _refuse_overlaps(taken)
    portions = [portion for each in taken for portion in each]
    terms = [(period, list(each)) for period, each in groupby(portions, lambda p: legal_term(p.day, calendar=calendar))]
    years = [(period, list(each)) for period, each in groupby(portions, lambda p: school_year(p.day))]
    before = [earlier_days if order == 0 else 0 for order in range(len(years))]
    year_totals = [_total(period, each, start, limit) for (period, each), start in zip(years, before, strict=True)]
    crossed = [
        *(cross for period, each in terms for cross in _crossed(period, each, 0, "term", thresholds)),
        *(
            cross
            for (period, each), start in zip(years, before, strict=True)
            for cross in _crossed(period, each, start, "year", thresholds)
        ),
    ]
    return SuspensionTotals(
        terms=tuple(_total(period, each, 0) for period, each in terms),
        years=tuple(year_totals),
        crossed=tuple(sorted(crossed, key=lambda each: each.day)),
        runs=tuple(_runs(taken, calendar, calculator)),
    )


# What is refused, and the days of each suspension -------------------------------------------------------------------


def _portions(suspension: Suspension, *, calendar: SchoolCalendar, limit: float | None) -> Sequence[_Portion]:
    """The school days a suspension takes, in order, never none."""
    first, days, last = suspension.first, suspension.days, suspension.last
    if days <= 0 or not _in_halves(days):
        raise NotHalfDays(days)
    if limit is not None and days > limit:
        raise SuspensionTooLong(days, limit=limit)
    if last is not None and last < first:
        raise EndBeforeStart(first, last)
    why = calendar.why_not(first)
    if why is not None:
        raise NotASchoolDay(first, why=why, calendar=calendar.name)
    number = ceil(days)
    amounts = [1.0] * int(days) + [0.5] * (number - int(days))
    if last is not None:
        held = calendar.count(first, last)
        if held == days * 2:
            number, amounts = held, [0.5] * held
        elif held != number:
            raise DaysDoNotFit(days, held=held, first=first, last=last)
    taken = calendar.school_days_from(first, number=number)
    return [_Portion(suspension=suspension, day=day, amount=amount) for day, amount in zip(taken, amounts, strict=True)]


def _in_halves(days: float) -> bool:
    return float(days * 2).is_integer()


def _refuse_overlaps(taken: Sequence[Sequence[_Portion]]) -> None:
    """`taken` is in order of first days, so only neighbours can be the first to share a day."""
    for one, other in pairwise(taken):
        if other[0].day <= one[-1].day:
            raise OverlappingSuspensions(other[0].day, starts=(one[0].day, other[0].day))


# Totals and thresholds ----------------------------------------------------------------------------------------------


def _total(period: Period, portions: Sequence[_Portion], start: float, limit: float | None = None) -> PeriodTotal:
    days = start + sum(portion.amount for portion in portions)
    if limit is not None and days > limit:
        raise SuspensionTooLong(days, limit=limit)
    return PeriodTotal(period=period, days=days, left=None if limit is None else limit - days)


def _crossed(
    period: Period, portions: Sequence[_Portion], start: float, per: str, thresholds: Sequence[Threshold]
) -> Iterator[Crossing]:
    for threshold in thresholds:
        if threshold.per != per or threshold.limit or start > threshold.over:
            continue
        total = start
        for portion in portions:
            total += portion.amount
            if total > threshold.over:
                yield Crossing(
                    threshold=threshold, period=period, suspension=portion.suspension, day=portion.day, total=total
                )
                break


# Runs ---------------------------------------------------------------------------------------------------------------


def _runs(
    taken: Sequence[Sequence[_Portion]], calendar: SchoolCalendar, calculator: Calculator | None
) -> Iterator[Run]:
    """Suspensions back to back, over weekends, holidays and INSET days. Lunchtimes on several days join no run: the
    pupil is at school on those days."""
    joined: list[list[_Portion]] = []
    for portions in taken:
        if len(portions) > 1 and portions[0].amount < 1:
            continue
        if joined and _next_to(joined[-1][-1].day, portions[0].day, calendar):
            joined[-1] += portions
        else:
            joined.append([*portions])
    return (_run(portions, calculator) for portions in joined)


def _next_to(one: date, other: date, calendar: SchoolCalendar) -> bool:
    return bisect_left(calendar.school_days, other) - bisect_left(calendar.school_days, one) == 1


def _run(portions: Sequence[_Portion], calculator: Calculator | None) -> Run:
    days = sum(portion.amount for portion in portions)
    day_six, problem = _day_six(portions[0].day, days, len(portions), calculator)
    return Run(
        suspensions=tuple(dict.fromkeys(portion.suspension for portion in portions)),
        first=portions[0].day,
        last=portions[-1].day,
        days=days,
        school_days=len(portions),
        day_six=day_six,
        problem=problem,
    )


def _day_six(
    first: date, days: float, school_days: int, calculator: Calculator | None
) -> tuple[Reckoning | None, str | None]:
    """Day six of a run of more than five days, or why it is not known; the rule itself says which day it is."""
    if calculator is None:
        return None, None
    rule = calculator.rule(DAY_SIX)
    length = rule.length or 0
    if school_days < length or days <= length - 1:
        return None, None
    try:
        return calculator.date_for(DAY_SIX, {rule.event: Happened(day=first)}), None
    except RuleNotInForce as error:
        return None, str(error)


# Legal terms and school years ---------------------------------------------------------------------------------------


def legal_term(day: date, *, calendar: SchoolCalendar) -> Period:
    """The term that counts for exclusion totals: the one the calendar names, else the one of `reference_term`."""
    named = _named_terms(day, calendar)
    if not named:
        return reference_term(day)
    return Period(name=f"{named[0].name} term {named[0].first:%Y}", first=named[0].first, last=named[-1].last)


def _named_terms(day: date, calendar: SchoolCalendar) -> Sequence[Term]:
    """The terms around `day` with one name, which half terms divide; none where the calendar names none."""
    for name, group in groupby(calendar.terms, key=lambda term: term.name):
        terms = list(group)
        if name and terms[0].first <= day <= terms[-1].last:
            return terms
    return ()


def reference_term(day: date) -> Period:
    """The term of a school year that is printed in more than three: 31 December to Easter Monday, Easter Monday to
    31 July, or 31 July to 31 December (fact exc-014). A day on which two of them meet is taken as the later one's."""
    year = day.year
    edges = (
        ("autumn", date(year - 1, 7, 31)),
        ("spring", date(year - 1, 12, 31)),
        ("summer", easter_monday(year)),
        ("autumn", date(year, 7, 31)),
        ("spring", date(year, 12, 31)),
        ("summer", easter_monday(year + 1)),
    )
    name, first, end = next((n, a, b) for (n, a), (_, b) in pairwise(edges) if a <= day < b)
    return Period(name=f"{name} term {end.year}", first=first, last=end - ONE_DAY)


def school_year(day: date) -> Period:
    """The school year of `day`, from 1 August to 31 July.

    An assumption: no fact of the corpus gives its dates. The Education Act 1996 (s.579) has it begin with the first
    term that begins after July, which comes to the same for every school day.
    """
    year = day.year if day >= date(day.year, 8, 1) else day.year - 1
    return Period(name=f"{year}-{(year + 1) % 100:02}", first=date(year, 8, 1), last=date(year + 1, 7, 31))


def easter_monday(year: int) -> date:
    """Easter Monday of the Gregorian calendar, by the method printed anonymously in Nature in 1876."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, skew = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - shift + 15) % 30
    weekday = (32 + 2 * skew + 2 * (rest // 4) - moon - rest % 4) % 7
    correction = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1) + timedelta(days=1)
