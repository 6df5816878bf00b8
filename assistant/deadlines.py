"""The arithmetic of time limits. The day, the calendar and the rule are arguments; the rules come from the corpus.

How each unit is counted is told at the top of corpus/deadlines.yaml. Nothing here knows a rule of law.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from assistant.errors import CalendarTooShort, DateMissing, NotASchoolDay, RuleNotInForce, UnknownRule
from assistant.school_days import ONE_DAY, BankHolidays, SchoolCalendar, Term
from assistant.time_rules import (
    Actor,
    Break,
    CaseEvent,
    CountedDays,
    CountFrom,
    DateMeans,
    Direction,
    Roll,
    TimeLimits,
    TimeRule,
    Unit,
)
from assistant.working import in_words, not_this, working_of

__all__ = [
    "BankHolidays",
    "Calculator",
    "Happened",
    "OtherDate",
    "Reckoning",
    "SchoolCalendar",
    "Term",
    "add_months",
    "reckon",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """When an event of a case happened. `posted`: `day` is the day a letter was sent by first-class post.
    `afternoon`: it was after the afternoon session began. `assumed`: why the day is taken to be so, if nobody said."""

    day: date
    posted: bool = False
    afternoon: bool = False
    assumed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDate:
    """A date that another reading gives, and when that reading would be right."""

    day: date
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """A computed date with everything needed to check it by hand.

    `counted` holds each day counted where days are stepped through (in order of time), else nothing. `plain` is the
    date before it was moved off a day on which nothing can be done. `aim_for` is the wiser day, with its reason.
    `happened` is what was told of the case that this date can depend on.
    """

    rule: TimeRule
    starts: date
    day: date
    plain: date
    counted: Sequence[date]
    working: str
    not_this: str | None
    aim_for: date | None = None
    aim_because: str | None = None
    others: tuple[OtherDate, ...] = ()
    calendar: SchoolCalendar | None = None
    assumed: tuple[str, ...] = ()
    happened: tuple[tuple[str, Happened], ...] = ()


def reckon(
    rule: TimeRule,
    starts: date,
    *,
    calendar: SchoolCalendar,
    bank_holidays: BankHolidays,
    afternoon: bool = False,
) -> Reckoning:
    """The date `rule` gives for an event of `starts`.

    `afternoon` tells that the event came after the afternoon session began. Raises `RuleNotInForce`,
    `CalendarTooShort` or `BankHolidaysTooShort`; `ValueError` for a rule that is the later of others.
    """
    _refuse_other_law(rule, starts)
    if rule.later_of:
        raise ValueError(f"{rule.id} is the later of other rules: use Calculator")
    moved = afternoon and rule.afternoon_next_day
    begins = starts + ONE_DAY if moved else starts
    counted, plain = _count(rule, begins, calendar, bank_holidays)
    day = _roll(rule, plain, bank_holidays)
    aim_for, aim_because = _wiser_day(rule, plain, day, bank_holidays)
    in_school_days = rule.days is CountedDays.SCHOOL_DAYS
    others, unknown = _other_dates(rule, begins, day, calendar, bank_holidays)
    return Reckoning(
        rule=rule,
        starts=starts,
        day=day,
        plain=plain,
        counted=counted,
        working=working_of(rule, starts, counted, plain, day, calendar=calendar, bank_holidays=bank_holidays)
        + (" It began in the afternoon session, so that day is not counted." if moved else ""),
        not_this=not_this(rule, starts, day),
        aim_for=aim_for,
        aim_because=aim_because,
        others=others,
        calendar=calendar if in_school_days else None,
        assumed=unknown,
    )


def _refuse_other_law(rule: TimeRule, starts: date) -> None:
    """The law that counts is the law on the day of the event."""
    gap = next((each for each in rule.gaps if each.first <= starts <= each.last), None)
    if gap is not None or not rule.in_force_on(starts):
        raise RuleNotInForce(rule.label, starts, because=gap.because if gap else None)


# Counting -----------------------------------------------------------------------------------------------------------


def _count(
    rule: TimeRule, starts: date, calendar: SchoolCalendar, bank_holidays: BankHolidays
) -> tuple[Sequence[date], date]:
    """The days stepped through, if any, and the date they lead to."""
    if rule.before_day is not None:
        return (), date(starts.year, *rule.before_day) - ONE_DAY
    length = rule.length or 0
    same_day = rule.count_from is CountFrom.SAME_DAY
    sign = -1 if rule.direction is Direction.BEFORE else 1
    if rule.unit in {Unit.CALENDAR_DAYS, Unit.WEEKS}:
        days = length * (7 if rule.unit is Unit.WEEKS else 1) - same_day
        return (), starts + sign * timedelta(days=days)
    if rule.unit is Unit.MONTHS:
        return (), add_months(starts, sign * length) - same_day * sign * ONE_DAY
    if rule.days is CountedDays.SCHOOL_DAYS:
        if rule.direction is Direction.BEFORE:
            counted = calendar.school_days_before(starts, number=length)
            return counted, counted[0]
        counted = calendar.school_days_from(starts if same_day else starts + ONE_DAY, number=length)
        return counted, counted[-1]
    counts = _working_days(rule, bank_holidays)
    stepped = tuple(islice(filter(counts, _onwards(starts, sign, same_day=same_day)), length))
    return sorted(stepped), stepped[-1]


def _onwards(day: date, sign: int, *, same_day: bool) -> Iterator[date]:
    if not same_day:
        day += sign * ONE_DAY
    while True:
        yield day
        day += sign * ONE_DAY


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the last day of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _working_days(rule: TimeRule, bank_holidays: BankHolidays) -> Callable[[date], bool]:
    return lambda day: bank_holidays.is_working_day(day) and not in_a_break(day, rule.breaks)


def in_a_break(day: date, breaks: Sequence[Break]) -> bool:
    """Whether `day` is in one of the yearly breaks of a rule."""
    return any(each.first <= (day.month, day.day) <= each.last for each in breaks)


def _roll(rule: TimeRule, day: date, bank_holidays: BankHolidays) -> date:
    if rule.roll is Roll.NONE:
        return day
    return next(filter(_working_days(rule, bank_holidays), _onwards(day, 1, same_day=True)))


# Wiser days and other readings --------------------------------------------------------------------------------------


def _wiser_day(rule: TimeRule, plain: date, day: date, bank_holidays: BankHolidays) -> tuple[date | None, str | None]:
    if rule.actor is not Actor.FAMILY or rule.means is not DateMeans.LAST_DAY:
        return None, None
    if day != plain:
        moved_off = "the tribunal's break" if in_a_break(plain, rule.breaks) else "a non-working day"
        return _working_day_by(plain, bank_holidays), (
            f"The plain count ends on {in_words(plain)}; the later date is safe only because the plain one falls in "
            f"{moved_off}. Do not wait for it."
        )
    if rule.days is CountedDays.ALL_DAYS and not bank_holidays.is_working_day(day):
        return _working_day_by(day, bank_holidays), (
            f"{in_words(day)} is not a working day and nothing moves the limit to a later one, so act on the working "
            "day before."
        )
    return None, None


def _working_day_by(day: date, bank_holidays: BankHolidays) -> date:
    while not bank_holidays.is_working_day(day):
        day -= ONE_DAY
    return day


def _other_dates(
    rule: TimeRule, starts: date, day: date, calendar: SchoolCalendar, bank_holidays: BankHolidays
) -> tuple[tuple[OtherDate, ...], tuple[str, ...]]:
    """The dates of other readings, and a sentence for each that would need days the calendar does not know."""
    found: list[OtherDate] = []
    unknown: list[str] = []
    for other in rule.otherwise:
        reread = replace(rule, length=other.length or rule.length, count_from=other.count_from or rule.count_from)
        try:
            _, plain = _count(reread, starts, calendar, bank_holidays)
        except CalendarTooShort:
            unknown.append(f"The date would be another one {other.because}; the calendar ends before it.")
            continue
        if plain != day:
            found.append(OtherDate(day=_roll(rule, plain, bank_holidays), because=other.because))
    return tuple(found), tuple(unknown)


# Rules together -----------------------------------------------------------------------------------------------------


class Calculator:
    """The rules of the corpus on one calendar: dates from the events of a case. It keeps nothing between calls."""

    def __init__(self, limits: TimeLimits, *, calendar: SchoolCalendar, bank_holidays: BankHolidays) -> None:
        self.rules: Mapping[str, TimeRule] = {rule.id: rule for rule in limits.rules}
        self.events: Mapping[str, CaseEvent] = {event.id: event for event in limits.events}
        self.calendar = calendar
        self.bank_holidays = bank_holidays

    def rule(self, rule_id: str) -> TimeRule:
        """The rule with this id. Raises `UnknownRule`, naming those that look like it."""
        found = self.rules.get(rule_id)
        if found is None:
            near = [name for name in self.rules if rule_id and (rule_id in name or name in rule_id)]
            raise UnknownRule(rule_id, near=tuple(near[:3]))
        return found

    def date_for(self, rule_id: str, happened: Mapping[str, Happened]) -> Reckoning:
        """The date that a rule gives in a case of which `happened` tells the events.

        A posted letter counts as given when its rule says; an event without a date is taken to fall on the day it
        usually does, and the reckoning says so. Raises `UnknownRule`, `DateMissing` and what `reckon` raises.
        """
        rule = self.rule(rule_id)
        found = self._latest(rule, happened) if rule.later_of else self._counted(rule, happened)
        return replace(found, happened=tuple(self._that_count(rule, happened)))

    def _counted(self, rule: TimeRule, happened: Mapping[str, Happened]) -> Reckoning:
        event = self.events[rule.event]
        when = self.when(event.id, happened)
        given, posting = self._given(event, when)
        found = reckon(rule, given, calendar=self.calendar, bank_holidays=self.bank_holidays, afternoon=when.afternoon)
        found = self._not_after(rule, found, happened)
        assumed = (*found.assumed, *((when.assumed,) if when.assumed else ()))
        if posting is None:
            return replace(found, assumed=assumed)
        safe = reckon(rule, when.day, calendar=self.calendar, bank_holidays=self.bank_holidays)
        aim_for, because = found.aim_for, found.aim_because
        if rule.actor is Actor.FAMILY and safe.day < (aim_for or found.day):
            aim_for = safe.day
            because = f"Counted from the day of posting, {in_words(when.day)}, so that nobody can call it late."
        working = f"{posting} {found.working}"
        return replace(found, assumed=(*assumed, posting), working=working, aim_for=aim_for, aim_because=because)

    def can_date(self, rule_id: str, happened: Mapping[str, Happened]) -> bool:
        """Whether `happened` tells what a rule is counted from. Raises `UnknownRule`."""
        rule = self.rule(rule_id)
        if rule.later_of:
            return any(self.can_date(name, happened) for name in rule.later_of)
        try:
            self.when(rule.event, happened)
        except DateMissing:
            return False
        return True

    def when(self, event_id: str, happened: Mapping[str, Happened]) -> Happened:
        """When an event was, or is taken to have been: see `date_for`. Raises `DateMissing`."""
        event = self.events[event_id]
        if event.id in happened:
            return happened[event.id]
        posting = happened.get(self.rules[event.if_posted].event) if event.if_posted else None
        if posting is not None:
            return replace(posting, posted=True)
        for usual in event.usually:
            if usual in happened:
                because = event.usually_because or f"Taken as {self.events[usual].label}."
                earlier = happened[usual].assumed
                assumed = f"{because} {earlier}" if earlier else because
                return replace(happened[usual], assumed=assumed, posted=False)
        raise DateMissing(event.id, ask=event.ask)

    def exclusion_day(self, day: date) -> date:
        """`day`, if a suspension or exclusion can start on it. Raises `NotASchoolDay`, `CalendarTooShort`."""
        why = self.calendar.why_not(day)
        if why is not None:
            raise NotASchoolDay(day, why=why, calendar=self.calendar.name)
        return day

    def _that_count(self, rule: TimeRule, happened: Mapping[str, Happened]) -> Iterator[tuple[str, Happened]]:
        """What is told of the events that a date of this rule can depend on."""
        wanted: set[str | None] = {rule.sooner_of}
        for each in [rule, *(self.rules[name] for name in rule.later_of)]:
            event = self.events[each.event]
            wanted |= {event.id, *event.usually, each.sooner_of}
            wanted |= {self.rules[event.if_posted].event} if event.if_posted else set()
        return ((event, when) for event, when in happened.items() if event in wanted)

    def _latest(self, rule: TimeRule, happened: Mapping[str, Happened]) -> Reckoning:
        """The later plain date of several rules, then rolled; a rule whose event has no date is left out, unless
        all are."""
        known: list[Reckoning] = []
        missing: DateMissing | None = None
        for name in rule.later_of:
            try:
                known.append(self.date_for(name, happened))
            except DateMissing as error:
                missing = missing or error
        if missing is not None and not known:
            raise missing
        latest = max(known, key=lambda each: each.plain)
        compared = "; ".join(f"{each.rule.label}: {in_words(each.plain)}" for each in known)
        left_out = "" if len(known) == len(rule.later_of) else " Another date may make it later: see the caveat."
        return replace(latest, rule=rule, working=f"The later of: {compared}. {latest.working}{left_out}")

    def _given(self, event: CaseEvent, when: Happened) -> tuple[date, str | None]:
        """The day on which a letter counts as given, and the sentence that says why."""
        if not when.posted or event.if_posted is None:
            return when.day, None
        deemed = reckon(self.rules[event.if_posted], when.day, calendar=self.calendar, bank_holidays=self.bank_holidays)
        return deemed.day, (
            f"Posted first class on {in_words(when.day)}, so it counts as given on {in_words(deemed.day)} "
            f"({_ordinal(len(deemed.counted))} working day after posting)."
        )

    def _not_after(self, rule: TimeRule, found: Reckoning, happened: Mapping[str, Happened]) -> Reckoning:
        """A step that should be taken before another event, where that comes first."""
        sooner = happened.get(rule.sooner_of) if rule.sooner_of else None
        if sooner is None or not found.starts < sooner.day <= found.day:
            return found
        # A board told in the holidays may have no school day left before an exam on the first day back.
        before = max(self.calendar.school_days_before(sooner.day, number=1)[0], found.starts)
        return replace(found, aim_for=before, aim_because=rule.sooner_because)


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
