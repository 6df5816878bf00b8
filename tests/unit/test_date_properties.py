"""What holds of every date on any calendar: each direct count is compared with walking there a day at a time."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.deadlines import Reckoning, add_months, reckon
from assistant.errors import BankHolidaysTooShort, CalendarTooShort
from assistant.school_days import BankHolidays, SchoolCalendar, Term
from assistant.time_rules import (
    Actor,
    Break,
    CountedDays,
    CountFrom,
    DateMeans,
    Direction,
    OtherCount,
    Roll,
    TimeRule,
    Unit,
)
from tests.time_limits import a_rule

A_DAY = timedelta(days=1)
FIRST = date(2026, 7, 1)
LAST = date(2030, 12, 31)
TRIBUNAL_BREAKS = (
    Break(first=(8, 1), last=(8, 31)),
    Break(first=(12, 25), last=(12, 31)),
    Break(first=(1, 1), last=(1, 1)),
)
WORKING = (CountedDays.ENGLAND_WORKING_DAYS, CountedDays.TRIBUNAL_WORKING_DAYS)


# Calendars, days and rules that nobody would think of ---------------------------------------------------------------


def days_between(first: date, last: date) -> st.SearchStrategy[date]:
    return st.dates(min_value=first, max_value=last)


BANK_HOLIDAYS = st.builds(
    lambda days: BankHolidays(names=dict.fromkeys(days, "Bank holiday"), first=FIRST, last=LAST),
    st.sets(days_between(FIRST, LAST), max_size=30),
)


@st.composite
def calendars(draw: st.DrawFn) -> SchoolCalendar:
    """A school with one to six terms, now and then with known holidays before and after, and days off within."""
    day = draw(days_between(date(2026, 8, 1), date(2027, 3, 31)))
    terms = []
    for _ in range(draw(st.integers(1, 6))):
        last = day + timedelta(days=draw(st.integers(0, 80)))
        terms.append(Term(first=day, last=last))
        day = last + timedelta(days=draw(st.integers(1, 45)))
    days_off = st.frozensets(days_between(terms[0].first, terms[-1].last), max_size=12)
    return SchoolCalendar(
        id="made-up",
        name="Made up",
        terms=tuple(terms),
        bank_holidays=draw(BANK_HOLIDAYS),
        inset=draw(days_off),
        closures=draw(days_off),
        covers_from=draw(st.sampled_from([None, terms[0].first - 20 * A_DAY])),
        covers_to=draw(st.sampled_from([None, terms[-1].last + 20 * A_DAY])),
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A calendar, and a day it knows."""

    calendar: SchoolCalendar
    starts: date

    def reckon(self, rule: TimeRule, *, calendar: SchoolCalendar | None = None, afternoon: bool = False) -> Reckoning:
        chosen = calendar or self.calendar
        return reckon(rule, self.starts, calendar=chosen, bank_holidays=chosen.bank_holidays, afternoon=afternoon)

    def day(self, rule: TimeRule, *, calendar: SchoolCalendar | None = None) -> date | None:
        """The date, or None beyond the calendar."""
        try:
            return self.reckon(rule, calendar=calendar).day
        except CalendarTooShort:
            return None


@st.composite
def cases(draw: st.DrawFn) -> Case:
    calendar = draw(calendars())
    return Case(calendar=calendar, starts=draw(days_between(calendar.first, calendar.last)))


LENGTHS = st.integers(1, 60)
COUNT_FROM = st.sampled_from(CountFrom)
DIRECTIONS = st.sampled_from(Direction)
SCHOOL_RULES = st.builds(
    lambda length, count_from: a_rule(length=length, count_from=count_from), LENGTHS, COUNT_FROM
) | st.builds(lambda length: a_rule(length=length, direction=Direction.BEFORE), LENGTHS)


def working_rule(length: int, days: CountedDays, **changes: object) -> TimeRule:
    breaks = TRIBUNAL_BREAKS if days is CountedDays.TRIBUNAL_WORKING_DAYS else ()
    return a_rule(length=length, unit=Unit.WORKING_DAYS, days=days, breaks=breaks, **changes)


def calendar_rule(length: int, unit: Unit, **changes: object) -> TimeRule:
    return a_rule(**{"length": length, "unit": unit, "days": CountedDays.ALL_DAYS, "actor": Actor.COUNCIL, **changes})


UNITS = st.sampled_from([Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS])
ANY_RULES = SCHOOL_RULES | st.one_of(
    st.builds(working_rule, LENGTHS, st.sampled_from(WORKING), count_from=COUNT_FROM),
    st.builds(calendar_rule, st.integers(1, 18), UNITS, count_from=COUNT_FROM, direction=DIRECTIONS),
)


# The same counts, walked --------------------------------------------------------------------------------------------


def attends(calendar: SchoolCalendar, day: date) -> bool:
    """Whether pupils are in school, by the words of the calendar alone."""
    off = {*calendar.inset, *calendar.closures, *calendar.bank_holidays.names}
    return (
        day.strftime("%a") not in {"Sat", "Sun"}
        and day not in off
        and any(term.first <= day <= term.last for term in calendar.terms)
    )


def works(holidays: BankHolidays, day: date) -> bool:
    return day.strftime("%a") not in {"Sat", "Sun"} and day not in holidays.names


def tribunal_works(holidays: BankHolidays, day: date) -> bool:
    new_year = (day.month, day.day) == (1, 1)
    return works(holidays, day) and day.month != 8 and not new_year and not (day.month == 12 and day.day >= 25)


def walk(day: date, number: int, counts: Callable[[date], bool], *, step: timedelta = A_DAY) -> Sequence[date]:
    """The first `number` days that count, from `day` on."""
    counted: list[date] = []
    while len(counted) < number and FIRST <= day <= LAST:
        if counts(day):
            counted.append(day)
        day += step
    return counted


def walk_school_days(rule: TimeRule, case: Case) -> Sequence[date] | None:
    """The days a rule counts, in order of time; None if the calendar does not know so many."""
    if rule.direction is Direction.BEFORE:
        back = walk(case.starts - A_DAY, rule.length or 0, lambda day: attends(case.calendar, day), step=-A_DAY)
        counted = back[::-1]
    else:
        begins = case.starts if rule.count_from is CountFrom.SAME_DAY else case.starts + A_DAY
        counted = walk(begins, rule.length or 0, lambda day: attends(case.calendar, day))
    return counted if len(counted) == rule.length else None


@given(cases(), SCHOOL_RULES)
def test_walking_a_day_at_a_time_gives_the_same_school_days(case: Case, rule: TimeRule) -> None:
    walked = walk_school_days(rule, case)
    if walked is None:
        with pytest.raises(CalendarTooShort):
            case.reckon(rule)
        return
    found = case.reckon(rule)
    assert list(found.counted) == walked
    assert found.day == walked[0 if rule.direction is Direction.BEFORE else -1]


@given(cases(), LENGTHS, COUNT_FROM, DIRECTIONS, st.sampled_from(WORKING))
def test_walking_a_day_at_a_time_gives_the_same_working_days(
    case: Case, length: int, count_from: CountFrom, direction: Direction, days: CountedDays
) -> None:
    rule = working_rule(length, days, count_from=count_from, direction=direction)
    step = -A_DAY if direction is Direction.BEFORE else A_DAY
    counts = works if days is CountedDays.ENGLAND_WORKING_DAYS else tribunal_works
    begins = case.starts if count_from is CountFrom.SAME_DAY else case.starts + step
    walked = walk(begins, length, lambda day: counts(case.calendar.bank_holidays, day), step=step)
    if len(walked) < length:
        with pytest.raises(BankHolidaysTooShort):
            case.reckon(rule)
        return
    found = case.reckon(rule)
    assert found.day == walked[-1]
    assert list(found.counted) == sorted(walked)


@given(cases(), st.integers(1, 400), st.sampled_from([Unit.CALENDAR_DAYS, Unit.WEEKS]), COUNT_FROM)
def test_walking_a_day_at_a_time_gives_the_same_calendar_days(
    case: Case, length: int, unit: Unit, count_from: CountFrom
) -> None:
    days = length * 7 if unit is Unit.WEEKS else length
    begins = case.starts if count_from is CountFrom.SAME_DAY else case.starts + A_DAY
    assert case.reckon(calendar_rule(length, unit, count_from=count_from)).day == begins + (days - 1) * A_DAY


# School days --------------------------------------------------------------------------------------------------------


@given(cases(), SCHOOL_RULES)
def test_a_limit_in_school_days_never_ends_on_a_day_without_school(case: Case, rule: TimeRule) -> None:
    day = case.day(rule)
    assume(day)
    assert day
    assert attends(case.calendar, day)
    assert case.calendar.why_not(day) is None


@given(cases(), SCHOOL_RULES, st.data())
def test_a_snow_day_or_an_inset_day_more_never_costs_a_family_time(
    case: Case, rule: TimeRule, data: st.DataObject
) -> None:
    before = case.day(rule)
    assume(before)
    assert before
    off = data.draw(days_between(min(case.starts, before), max(case.starts, before)))
    shut = data.draw(st.sampled_from(["inset", "closures"]))
    changed = replace(case.calendar, **{shut: getattr(case.calendar, shut) | {off}})
    after = case.day(rule, calendar=changed)
    if after is None:
        return  # it has moved beyond what is known, and is not guessed
    assert after <= before if rule.direction is Direction.BEFORE else after >= before


@given(cases(), SCHOOL_RULES)
def test_counted_days_are_as_many_as_the_rule_says_and_the_date_is_at_their_end(case: Case, rule: TimeRule) -> None:
    assume(case.day(rule) is not None)
    found = case.reckon(rule)
    assert len(found.counted) == rule.length
    assert list(found.counted) == sorted(set(found.counted))
    assert found.plain == found.day
    if rule.direction is Direction.BEFORE:
        assert found.counted[0] == found.day
        assert found.counted[-1] < case.starts
    else:
        assert found.counted[-1] == found.day
        assert found.counted[0] >= case.starts + (rule.count_from is CountFrom.DAY_AFTER) * A_DAY


@given(cases(), st.integers(1, 20))
def test_an_exclusion_in_the_afternoon_counts_from_the_next_school_day(case: Case, length: int) -> None:
    rule = a_rule(length=length, count_from=CountFrom.SAME_DAY, afternoon_next_day=True)
    after = replace(rule, count_from=CountFrom.DAY_AFTER)
    assume(case.day(after) is not None)
    assert case.reckon(rule, afternoon=True).counted == case.reckon(after).counted
    assert case.reckon(replace(rule, afternoon_next_day=False), afternoon=True).day == case.day(rule)


@given(cases(), st.integers(1, 20))
def test_the_other_way_to_count_day_six_is_one_school_day_later_from_a_school_day(case: Case, length: int) -> None:
    other = OtherCount(count_from=CountFrom.DAY_AFTER, because="the day after is day one")
    rule = a_rule(length=length, count_from=CountFrom.SAME_DAY, otherwise=(other,))
    assume(case.calendar.is_school_day(case.starts))
    assume(case.day(replace(rule, length=length + 1, otherwise=())) is not None)
    found = case.reckon(rule)
    assert [each.day for each in found.others] == [case.calendar.next_school_day(found.day)]


@given(calendars(), st.integers(1, 400))
def test_a_calendar_asked_for_more_than_it_knows_says_so(calendar: SchoolCalendar, more: int) -> None:
    known = len(calendar.school_days)
    onwards = Case(calendar=calendar, starts=calendar.first)
    back = Case(calendar=calendar, starts=calendar.last)
    with pytest.raises(CalendarTooShort):
        onwards.reckon(a_rule(length=known + more, count_from=CountFrom.SAME_DAY))
    with pytest.raises(CalendarTooShort):
        back.reckon(a_rule(length=known + more, direction=Direction.BEFORE))
    for day in (calendar.first - more * A_DAY, calendar.last + more * A_DAY):
        with pytest.raises(CalendarTooShort):
            calendar.is_school_day(day)
        with pytest.raises(CalendarTooShort):
            Case(calendar=calendar, starts=day).reckon(a_rule(length=1, count_from=CountFrom.SAME_DAY))


# Months, rolls and post ---------------------------------------------------------------------------------------------


@given(days_between(date(1990, 1, 1), date(2060, 12, 31)), st.integers(-60, 60))
def test_so_many_months_on_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == day.day or (found.day < day.day and (found + A_DAY).day == 1)


@given(cases(), st.integers(1, 24))
def test_months_beginning_with_a_day_end_one_day_sooner(case: Case, months: int) -> None:
    after = case.reckon(calendar_rule(months, Unit.MONTHS)).day
    beginning = case.reckon(calendar_rule(months, Unit.MONTHS, count_from=CountFrom.SAME_DAY)).day
    assert after - beginning == A_DAY
    assert case.starts < after <= case.starts + months * 31 * A_DAY


@given(cases(), ANY_RULES, st.integers(1, 12))
def test_a_longer_limit_never_ends_earlier(case: Case, rule: TimeRule, more: int) -> None:
    longer = replace(rule, length=(rule.length or 0) + more)
    try:
        near, far = case.reckon(rule).day, case.reckon(longer).day
    except (CalendarTooShort, BankHolidaysTooShort):
        return
    assert far <= near if rule.direction is Direction.BEFORE else far >= near


@given(cases(), st.integers(1, 60), UNITS, st.booleans())
def test_a_rolled_date_is_the_first_day_on_which_something_can_be_done(
    case: Case, length: int, unit: Unit, tribunal: bool
) -> None:
    roll, breaks = (Roll.TRIBUNAL_SHUTDOWN, TRIBUNAL_BREAKS) if tribunal else (Roll.NEXT_WORKING_DAY, ())
    counts = tribunal_works if tribunal else works
    length = min(length, 12) if unit is Unit.MONTHS else length
    found = case.reckon(calendar_rule(length, unit, roll=roll, breaks=breaks))
    assert found.day >= found.plain
    assert counts(case.calendar.bank_holidays, found.day)
    between = [found.plain + n * A_DAY for n in range((found.day - found.plain).days)]
    assert not any(counts(case.calendar.bank_holidays, day) for day in between)


@given(cases(), st.integers(1, 12), UNITS, st.sampled_from(Roll))
def test_a_familys_wiser_day_is_a_working_day_by_the_plain_count(
    case: Case, length: int, unit: Unit, roll: Roll
) -> None:
    breaks = TRIBUNAL_BREAKS if roll is Roll.TRIBUNAL_SHUTDOWN else ()
    rule = calendar_rule(length, unit, roll=roll, breaks=breaks, actor=Actor.FAMILY, means=DateMeans.LAST_DAY)
    found = case.reckon(rule)
    act_by = found.aim_for or found.day
    assert works(case.calendar.bank_holidays, act_by)
    assert act_by <= found.plain
    assert not any(
        works(case.calendar.bank_holidays, act_by + n * A_DAY) for n in range(1, (found.plain - act_by).days + 1)
    )
    assert (found.aim_because is None) == (found.aim_for is None)


@given(cases())
def test_a_letter_posted_first_class_counts_as_given_on_the_second_working_day(case: Case) -> None:
    deemed = case.reckon(working_rule(2, CountedDays.ENGLAND_WORKING_DAYS, means=DateMeans.DEEMED)).day
    holidays = case.calendar.bank_holidays
    since = [case.starts + n * A_DAY for n in range(1, (deemed - case.starts).days + 1)]
    assert [day for day in since if works(holidays, day)][-1] == deemed
    assert sum(works(holidays, day) for day in since) == 2
    assert deemed == holidays.working_day_after(case.starts, number=2)


@given(cases(), st.integers(1, 40))
def test_beyond_the_bank_holidays_known_there_is_no_date(case: Case, more: int) -> None:
    far = replace(case.calendar.bank_holidays, first=case.starts - A_DAY, last=case.starts)
    beyond = working_rule(more, CountedDays.ENGLAND_WORKING_DAYS)
    rolled = calendar_rule(more, Unit.CALENDAR_DAYS, roll=Roll.NEXT_WORKING_DAY)
    back = working_rule(more + 2, CountedDays.ENGLAND_WORKING_DAYS, direction=Direction.BEFORE)
    for rule in (beyond, rolled, back):
        with pytest.raises(BankHolidaysTooShort):
            reckon(rule, case.starts, calendar=case.calendar, bank_holidays=far)
    with pytest.raises(BankHolidaysTooShort):
        _ = replace(case.calendar, bank_holidays=replace(far, last=case.calendar.first - A_DAY)).school_days


# Asked twice --------------------------------------------------------------------------------------------------------


@given(cases(), ANY_RULES, st.booleans())
def test_asking_twice_gives_the_same_and_changes_nothing(case: Case, rule: TimeRule, afternoon: bool) -> None:
    rule = replace(rule, afternoon_next_day=afternoon)
    kept = deepcopy((rule, case))
    first = outcome(case, rule, afternoon=afternoon)
    assert outcome(case, rule, afternoon=afternoon) == first
    assert outcome(deepcopy(case), rule, afternoon=afternoon) == first
    assert (rule, case) == kept


def outcome(case: Case, rule: TimeRule, *, afternoon: bool) -> Reckoning | str:
    """The date with all its words, or why there is none."""
    try:
        return case.reckon(rule, afternoon=afternoon)
    except (CalendarTooShort, BankHolidaysTooShort) as refused:
        return str(refused)
