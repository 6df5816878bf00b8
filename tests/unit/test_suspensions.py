"""Repeated suspensions add up: parents and schools learn the totals, what they set off, and when day six is."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.deadlines import Calculator
from assistant.errors import (
    CalendarTooShort,
    DaysDoNotFit,
    DeadlineError,
    EndBeforeStart,
    NotASchoolDay,
    NotHalfDays,
    OverlappingSuspensions,
    SuspensionTooLong,
)
from assistant.school_days import Term
from assistant.suspensions import Suspension, SuspensionTotals, easter_monday, legal_term, school_year, totals
from assistant.time_rules import CountFrom, DateMeans, TimeLimits
from tests.fakes import BANK_HOLIDAYS
from tests.time_limits import EVENTS, LIMITS, a_calendar, a_rule

SUSPENDED = "first-day-of-first-suspension-in-unbroken-run"
DAY_SIX = a_rule(
    id="susp-day-six", event=SUSPENDED, count_from=CountFrom.SAME_DAY, length=6, means=DateMeans.FIRST_DAY_OF_DUTY
)
EVENT = EVENTS[0].__class__(id=SUSPENDED, label="the suspension began", ask="On what day did the suspension begin?")
CALENDAR = a_calendar()  # INSET on Monday 4 January 2027
UNNAMED = a_calendar(terms=tuple(Term(first=term.first, last=term.last) for term in CALENDAR.terms))


def suspended(first: date, days: float, last: date | None = None) -> Suspension:
    return Suspension(first=first, days=days, last=last)


def added(*suspensions: Suspension, **changes: Any) -> SuspensionTotals:
    calendar = changes.pop("calendar", CALENDAR)
    calculator = Calculator(
        TimeLimits(rules=(DAY_SIX,), events=(EVENT,)), calendar=calendar, bank_holidays=BANK_HOLIDAYS
    )
    return totals(suspensions, calendar=calendar, thresholds=LIMITS.thresholds, calculator=calculator, **changes)


def days(of: Sequence[Any]) -> list[tuple[str, float]]:
    return [(each.period.name, each.days) for each in of]


class TestTotals:
    def test_school_sees_the_days_of_each_term_and_of_the_year(self) -> None:
        found = added(
            suspended(date(2026, 9, 14), 3),  # Monday
            suspended(date(2026, 11, 4), 2.5),  # Wednesday
            suspended(date(2027, 2, 24), 4),  # Wednesday
        )
        assert days(found.terms) == [("autumn term 2026", 5.5), ("spring term 2027", 4)]
        assert days(found.years) == [("2026-27", 9.5)]
        assert found.years[0].left == 35.5

    def test_a_suspension_over_the_holidays_counts_in_both_terms(self) -> None:
        found = added(suspended(date(2026, 12, 17), 4))  # Thursday: two days, then Tuesday 5 January and the 6th
        assert days(found.terms) == [("autumn term 2026", 2), ("spring term 2027", 2)]
        assert found.runs[0].last == date(2027, 1, 6)

    def test_a_lunchtime_counts_as_half_a_day(self) -> None:
        week = suspended(date(2026, 11, 9), 2.5, last=date(2026, 11, 13))  # Monday to Friday
        assert days(added(week).terms) == [("autumn term 2026", 2.5)]

    def test_days_at_an_earlier_school_count_towards_the_year_only(self) -> None:
        found = added(suspended(date(2026, 11, 4), 2), earlier_days=10)
        assert days(found.terms) == [("autumn term 2026", 2)]
        assert (found.years[0].days, found.years[0].left) == (12, 33)

    def test_a_new_school_year_begins_anew(self) -> None:
        next_year = Term(first=date(2027, 9, 1), last=date(2027, 10, 22), name="autumn")
        calendar = a_calendar(terms=(*CALENDAR.terms, next_year))
        found = added(
            suspended(date(2027, 7, 19), 3),  # Monday
            suspended(date(2027, 9, 1), 3),  # Wednesday, the next school day
            calendar=calendar,
            earlier_days=1,
        )
        assert days(found.years) == [("2026-27", 4), ("2027-28", 3)]
        assert [run.school_days for run in found.runs] == [6]

    def test_no_suspension_adds_up_to_nothing(self) -> None:
        assert added() == SuspensionTotals()

    def test_without_a_limit_none_is_left_to_say(self) -> None:
        found = totals([suspended(date(2026, 11, 4), 2)], calendar=CALENDAR, thresholds=())
        assert found.years[0].left is None
        assert found.runs[0].day_six is None


class TestThresholds:
    def test_governors_learn_which_suspension_went_over_and_on_which_day(self) -> None:
        third = suspended(date(2026, 11, 23), 10)  # Monday
        found = added(suspended(date(2026, 9, 14), 5), suspended(date(2026, 10, 12), 1), third)
        assert [(cross.threshold.id, cross.suspension.first, cross.day) for cross in found.crossed] == [
            ("over-5", date(2026, 10, 12), date(2026, 10, 12)),  # Monday
            ("over-15", date(2026, 11, 23), date(2026, 12, 4)),  # Friday, day ten of the third
        ]
        assert found.crossed[1].suspension == third

    def test_five_days_are_not_more_than_five_but_half_a_day_more_is(self) -> None:
        assert not added(suspended(date(2026, 11, 9), 5)).crossed
        assert [cross.total for cross in added(suspended(date(2026, 11, 9), 5.5)).crossed] == [5.5]

    def test_days_of_different_terms_are_not_added_for_the_governors(self) -> None:
        assert not added(suspended(date(2026, 12, 1), 5), suspended(date(2027, 1, 11), 5)).crossed

    def test_half_terms_are_not_terms_of_their_own(self) -> None:
        found = added(suspended(date(2026, 10, 12), 4), suspended(date(2026, 11, 9), 4), calendar=UNNAMED)
        assert days(found.terms) == [("autumn term 2026", 8)]
        assert [cross.day for cross in found.crossed] == [date(2026, 11, 10)]  # Tuesday


class TestRuns:
    @pytest.mark.parametrize(
        ("first", "number", "next_first", "joined"),
        [
            pytest.param(date(2026, 11, 12), 2, date(2026, 11, 16), True, id="over a weekend"),
            pytest.param(date(2026, 10, 22), 2, date(2026, 11, 2), True, id="over half term"),
            pytest.param(date(2026, 12, 17), 2, date(2027, 1, 5), True, id="over Christmas and INSET"),
            pytest.param(date(2026, 11, 12), 2, date(2026, 11, 17), False, id="a Monday in school between"),
        ],
    )
    def test_suspensions_join_when_no_school_day_lies_between(
        self, first: date, number: int, next_first: date, joined: bool
    ) -> None:
        runs = added(suspended(first, number), suspended(next_first, 4)).runs
        assert len(runs) == (1 if joined else 2)
        assert (runs[0].day_six is not None) is joined

    def test_parent_learns_the_day_on_which_education_must_start(self) -> None:
        (run,) = added(suspended(date(2026, 12, 15), 4), suspended(date(2027, 1, 5), 2)).runs  # both Tuesdays
        assert (run.first, run.last, run.days, run.school_days) == (date(2026, 12, 15), date(2027, 1, 6), 6, 6)
        assert run.day_six is not None
        assert run.day_six.day == date(2027, 1, 6)  # Wednesday
        assert len(run.suspensions) == 2

    @pytest.mark.parametrize(
        ("number", "owed"),
        [
            pytest.param(5.0, False, id="five days"),
            pytest.param(5.5, True, id="five and a half are more than five"),
            pytest.param(6.0, True, id="six days"),
        ],
    )
    def test_education_is_owed_for_more_than_five_days_in_a_row(self, number: float, owed: bool) -> None:
        (run,) = added(suspended(date(2026, 11, 9), number)).runs
        assert (run.day_six is not None) is owed

    def test_lunchtimes_make_no_long_suspension(self) -> None:
        lunchtimes = suspended(date(2026, 11, 9), 4, last=date(2026, 11, 18))
        singly = [suspended(day, 0.5) for day in CALENDAR.school_days[:8]]
        assert added(lunchtimes).runs == ()
        assert [run.day_six for run in added(*singly).runs] == [None]

    def test_a_run_from_before_the_rule_says_so_instead_of_guessing(self) -> None:
        later = a_rule(**{**_fields(DAY_SIX), "in_force_from": date(2027, 1, 1)})
        calculator = Calculator(
            TimeLimits(rules=(later,), events=(EVENT,)), calendar=CALENDAR, bank_holidays=BANK_HOLIDAYS
        )
        found = totals([suspended(date(2026, 11, 9), 6)], calendar=CALENDAR, thresholds=(), calculator=calculator)
        assert found.runs[0].day_six is None
        assert found.runs[0].problem is not None


def _fields(rule: Any) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in rule.__dataclass_fields__}


class TestRefusals:
    @pytest.mark.parametrize(
        ("suspensions", "error", "words"),
        [
            pytest.param([suspended(date(2026, 11, 14), 2)], NotASchoolDay, "a weekend", id="Saturday"),
            pytest.param([suspended(date(2027, 1, 4), 2)], NotASchoolDay, "an INSET day", id="INSET"),
            pytest.param(
                [suspended(date(2026, 11, 12), 2, date(2026, 11, 11))], EndBeforeStart, "11 November", id="backwards"
            ),
            pytest.param([suspended(date(2026, 11, 12), 0)], NotHalfDays, "0 is not", id="no days"),
            pytest.param([suspended(date(2026, 11, 12), -2)], NotHalfDays, "-2 is not", id="fewer than none"),
            pytest.param([suspended(date(2026, 11, 12), 1.25)], NotHalfDays, "1.25 is not", id="a quarter"),
            pytest.param([suspended(date(2026, 11, 12), float("nan"))], NotHalfDays, "nan is not", id="no number"),
            pytest.param(
                [suspended(date(2026, 11, 9), 3, date(2026, 11, 13))], DaysDoNotFit, "are 5 school days", id="gaps"
            ),
            pytest.param(
                [suspended(date(2026, 11, 9), 2, date(2026, 11, 9))], DaysDoNotFit, "is 1 school day", id="too many"
            ),
            pytest.param(
                [suspended(date(2026, 11, 11), 2), suspended(date(2026, 11, 9), 3)],
                OverlappingSuspensions,
                "Wednesday 11 November 2026",
                id="a day twice",
            ),
            pytest.param([suspended(date(2026, 11, 9), 46)], SuspensionTooLong, "which is 45", id="one of 46 days"),
            pytest.param([suspended(date(2027, 7, 19), 5)], CalendarTooShort, "apnav calendar add", id="past the end"),
        ],
    )
    def test_what_cannot_be_is_named_and_nothing_is_added_up(
        self, suspensions: Sequence[Suspension], error: type[DeadlineError], words: str
    ) -> None:
        with pytest.raises(error, match=words):
            added(*suspensions)

    def test_more_than_the_yearly_limit_in_all_is_refused(self) -> None:
        most = [suspended(date(2026, 9, 14), 20), suspended(date(2027, 1, 11), 20)]
        assert added(*most, earlier_days=5).years[0].left == 0
        with pytest.raises(SuspensionTooLong, match=r"45\.5 school days"):
            added(*most, earlier_days=5.5)

    def test_earlier_days_are_whole_or_half_days_too(self) -> None:
        with pytest.raises(NotHalfDays):
            added(earlier_days=-1)


class TestTermsAndYears:
    @pytest.mark.parametrize(
        ("year", "day"),
        [  # from the published tables
            (2025, date(2025, 4, 21)),
            (2026, date(2026, 4, 6)),
            (2027, date(2027, 3, 29)),
            (2028, date(2028, 4, 17)),
            (2038, date(2038, 4, 26)),
        ],
    )
    def test_easter_monday_is_found(self, year: int, day: date) -> None:
        assert easter_monday(year) == day
        assert day.weekday() == 0

    @pytest.mark.parametrize(
        ("day", "name"),
        [
            pytest.param(date(2026, 9, 2), "autumn term 2026", id="first day of the year"),
            pytest.param(date(2027, 1, 5), "spring term 2027", id="after Christmas"),
            pytest.param(date(2027, 3, 25), "spring term 2027", id="the Thursday before Easter"),
            pytest.param(date(2027, 4, 12), "summer term 2027", id="after Easter"),
            pytest.param(date(2027, 7, 21), "summer term 2027", id="last day of the year"),
        ],
    )
    def test_both_ways_to_tell_the_term_agree_on_a_usual_calendar(self, day: date, name: str) -> None:
        assert legal_term(day, calendar=CALENDAR).name == name
        assert legal_term(day, calendar=UNNAMED).name == name

    def test_a_term_that_runs_past_easter_keeps_the_name_its_school_gives_it(self) -> None:
        late = a_calendar(terms=(Term(first=date(2027, 2, 22), last=date(2027, 4, 2), name="spring"),))
        unnamed = a_calendar(terms=(Term(first=date(2027, 2, 22), last=date(2027, 4, 2)),))
        day = date(2027, 3, 30)  # the Tuesday after Easter
        assert legal_term(day, calendar=late).name == "spring term 2027"
        assert legal_term(day, calendar=unnamed).name == "summer term 2027"

    def test_the_days_on_which_terms_meet_belong_to_the_later_one(self) -> None:
        names = [
            legal_term(day, calendar=UNNAMED).name for day in (date(2026, 12, 31), date(2027, 3, 29), date(2027, 7, 31))
        ]
        assert names == ["spring term 2027", "summer term 2027", "autumn term 2027"]

    def test_the_school_year_runs_from_august_to_july(self) -> None:
        assert school_year(date(2027, 7, 31)).name == "2026-27"
        assert school_year(date(2027, 8, 1)).name == "2027-28"
        assert school_year(date(2099, 9, 1)).name == "2099-00"


# What holds for any suspensions ---------------------------------------------------------------------------------------


@st.composite
def several(draw: st.DrawFn) -> list[Suspension]:
    """Up to six suspensions one after another, some back to back, none overlapping, 45 days at the most."""
    found: list[Suspension] = []
    place = draw(st.integers(min_value=0, max_value=20))
    for _ in range(draw(st.integers(min_value=1, max_value=6))):
        halves = draw(st.integers(min_value=1, max_value=14))
        found.append(suspended(CALENDAR.school_days[place], halves / 2))
        place += (halves + 1) // 2 + draw(st.integers(min_value=0, max_value=3))
    return found


@given(suspensions=several(), data=st.data())
def test_nothing_depends_on_the_order_in_which_letters_are_entered(
    suspensions: list[Suspension], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(suspensions))
    assert added(*shuffled) == added(*suspensions)


@given(suspensions=several())
def test_terms_and_years_add_up_to_the_same_days(suspensions: list[Suspension]) -> None:
    found = added(*suspensions)
    total = sum(each.days for each in suspensions)
    assert sum(each.days for each in found.terms) == sum(each.days for each in found.years) == total
    assert sum(run.days for run in found.runs) == total


@given(suspensions=several())
def test_day_six_falls_inside_its_run(suspensions: list[Suspension]) -> None:
    for run in added(*suspensions).runs:
        if run.day_six is not None:
            assert run.first < run.day_six.day <= run.last
