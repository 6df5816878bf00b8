"""The working of a computed date, in words that a person with a calendar can follow."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from assistant.school_days import ONE_DAY, BankHolidays, SchoolCalendar
from assistant.time_rules import CountedDays, CountFrom, Direction, TimeRule, Unit

_UNITS = {
    Unit.SCHOOL_DAYS: "school day",
    Unit.WORKING_DAYS: "working day",
    Unit.CALENDAR_DAYS: "calendar day",
    Unit.WEEKS: "week",
    Unit.MONTHS: "month",
}


def in_words(day: date) -> str:
    """A day with its weekday: "Wednesday 6 January 2027"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def length_in_words(rule: TimeRule) -> str:
    """How long a rule gives: "15 school days", "1 month"."""
    return f"{rule.length} {_UNITS[rule.unit]}{'' if rule.length == 1 else 's'}"


def working_of(
    rule: TimeRule,
    starts: date,
    counted: Sequence[date],
    plain: date,
    day: date,
    *,
    calendar: SchoolCalendar,
    bank_holidays: BankHolidays,
) -> str:
    """How `day` was reached from `starts`: what was counted, which day was the first, and what was left out."""
    if rule.before_day is not None:
        return f"The last day before {date(starts.year, *rule.before_day).day} {plain + ONE_DAY:%B %Y}."
    said = [_counting(rule, starts, counted, plain)]
    if counted:
        left_out = list(_left_out(rule, starts, counted, calendar, bank_holidays))
        said += [f"Left out: {_listed(left_out)}."] if left_out else []
    else:
        said.append("Every day counts: weekends, bank holidays and school holidays too.")
    if day != plain:
        said.append(f"That is no working day for this limit, so it moves to {in_words(day)}.")
    return " ".join(said)


def not_this(rule: TimeRule, starts: date, day: date) -> str | None:
    """What the date is not: the same number of calendar days, which people often count instead."""
    if rule.unit not in {Unit.SCHOOL_DAYS, Unit.WORKING_DAYS} or not rule.length or rule.length == 1:
        return None
    sign = -1 if rule.direction is Direction.BEFORE else 1
    days = rule.length - (rule.count_from is CountFrom.SAME_DAY)
    if starts + sign * timedelta(days=days) == day:
        return None
    return f"Not {rule.length} calendar days: {_UNITS[rule.unit]}s are counted."


def _counting(rule: TimeRule, starts: date, counted: Sequence[date], plain: date) -> str:
    length = length_in_words(rule)
    if rule.direction is Direction.BEFORE:
        return f"{length} counted back from {in_words(starts)}, which is not counted itself, to {in_words(plain)}."
    if not counted:
        how = "beginning with" if rule.count_from is CountFrom.SAME_DAY else "after"
        return f"{length} {how} {in_words(starts)} ends on {in_words(plain)}."
    first = counted[0]
    if rule.count_from is CountFrom.DAY_AFTER:
        opening = f"the day itself, {in_words(starts)}, is not counted"
    elif first == starts:
        opening = "that day is day one"
    else:
        opening = f"{in_words(starts)} is not counted, so the next {_UNITS[rule.unit]} is day one"
    if len(counted) == 1:
        return f"Day 1 is {in_words(first)} ({opening})."
    return f"{length} from {in_words(first)} to {in_words(plain)} ({opening})."


def _left_out(
    rule: TimeRule, starts: date, counted: Sequence[date], calendar: SchoolCalendar, bank_holidays: BankHolidays
) -> Iterator[str]:
    """The days between start and end that were not counted, holidays and INSET days by date."""
    first, last = min(starts, counted[0]), max(starts, counted[-1])
    chosen = set(counted)
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    kinds = [(d, _kind(rule, d, calendar, bank_holidays)) for d in between if d not in chosen and d != starts]
    if any(kind == "weekend" for _, kind in kinds):
        yield "weekends"
    for _, run in groupby(enumerate(kinds), key=lambda item: item[1][0].toordinal() - item[0]):
        for kind, days in groupby(_absorbed([each for _, each in run]), key=lambda each: each[1]):
            span = [d for d, _ in days]
            if kind != "weekend":
                yield f"{kind} {'on ' if len(span) == 1 else ''}{_span(span[0], span[-1])}"


_SOFT = frozenset({"weekend", "bank holiday"})
_LONG = ("school holiday", "the tribunal's break")


def _absorbed(run: Sequence[tuple[date, str]]) -> Sequence[tuple[date, str]]:
    """Weekends and bank holidays inside a run of holidays belong to it."""
    long = next((kind for kind in _LONG if any(each == kind for _, each in run)), None)
    return run if long is None else [(d, long if kind in _SOFT else kind) for d, kind in run]


def _kind(rule: TimeRule, day: date, calendar: SchoolCalendar, bank_holidays: BankHolidays) -> str:
    if rule.days is not CountedDays.SCHOOL_DAYS:
        if day.weekday() >= 5:
            return "weekend"
        return "bank holiday" if day in bank_holidays.names else "the tribunal's break"
    why = calendar.why_not(day) or ""
    for words, kind in (
        ("weekend", "weekend"),
        ("bank holiday", "bank holiday"),
        ("INSET", "INSET"),
        ("closed", "school closed"),
    ):
        if words in why:
            return kind
    return "school holiday"


def _span(first: date, last: date) -> str:
    def short(day: date) -> str:
        return f"{day.day} {day:%B}"

    return short(first) if first == last else f"{short(first)} to {short(last)}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
