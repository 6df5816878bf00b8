"""What a message tells of when things happened, and of the school's own days."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import pytest

from assistant.school_days import SchoolDaysTold, Term
from assistant.time_rules import TimeLimits
from assistant.told import NOTHING_TOLD, Told, tell
from assistant.told_school_days import as_told
from corpus.time_limits import read_time_limits
from tests.fakes import TODAY, FakeDateReader, a_calendar

EXCLUDED = "first-day-of-permanent-exclusion"
SUSPENDED = "first-day-of-first-suspension-in-unbroken-run"
BOARD_TOLD = "governing-board-notified"
GOVERNORS_MET = "governors-meet"
LETTER = "governors-decision-notice-given-to-parent"
POSTING = "decision-letter-posted"


@cache
def limits() -> TimeLimits:
    """The limits and events as they are shipped: how people tell of an event is data."""
    return read_time_limits()


def told_by(text: str) -> Told:
    """What `text` tells today."""
    return tell(text, today=TODAY, reader=FakeDateReader(), limits=limits())


def days(told: Told, *events: str) -> Sequence[date | None]:
    return [told.happened[event].day if event in told.happened else None for event in events]


def of_school(text: str) -> SchoolDaysTold:
    return told_by(text).school_days


class TestEvents:
    def test_each_of_several_dates_goes_to_the_event_it_stands_by(self) -> None:
        told = told_by(
            "He was permanently excluded on 10 November 2026. The governors were told on 12 November 2026 and the "
            "governors' meeting was on 3 December 2026. Their decision letter was handed to me on 4 December 2026."
        )
        assert days(told, EXCLUDED, BOARD_TOLD, GOVERNORS_MET, LETTER) == [
            date(2026, 11, 10),
            date(2026, 11, 12),
            date(2026, 12, 3),
            date(2026, 12, 4),
        ]
        assert told.loose == ()

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param("and the governors were told the same day", id="the same day"),
            pytest.param("(governors told on the same date)", id="in brackets"),
            pytest.param("and the head told the governors that same day", id="that same day"),
        ],
    )
    def test_the_same_day_is_the_day_of_the_date_before_it(self, words: str) -> None:
        told = told_by(f"Permanently excluded on 10 November 2026 {words}.")
        assert days(told, EXCLUDED, BOARD_TOLD) == [date(2026, 11, 10), date(2026, 11, 10)]

    def test_the_same_day_without_a_date_before_it_tells_nothing(self) -> None:
        assert BOARD_TOLD not in told_by("The governors were told the same day. Excluded 10 November 2026.").happened

    def test_relative_days_are_counted_from_today(self) -> None:
        assert days(told_by("She was suspended 3 days ago."), SUSPENDED) == [date(2026, 11, 18)]

    def test_the_nearest_words_win(self) -> None:
        told = told_by("Suspended from 2 November 2026, then permanently excluded from 9 November 2026.")
        assert days(told, SUSPENDED, EXCLUDED) == [date(2026, 11, 2), date(2026, 11, 9)]

    def test_fuller_words_win_over_those_that_only_stand_nearer(self) -> None:
        told = told_by("The governors were told of the permanent exclusion on 12 November 2026.")
        assert days(told, BOARD_TOLD, EXCLUDED) == [date(2026, 11, 12), None]

    def test_an_exclusion_in_the_afternoon_is_told_as_one(self) -> None:
        told = told_by("She was permanently excluded at 2pm on 10 November 2026")
        assert told.happened[EXCLUDED].afternoon
        assert not told_by("She was permanently excluded at 9am on 10 November 2026").happened[EXCLUDED].afternoon

    def test_a_date_that_no_words_claim_stays_loose(self) -> None:
        told = told_by("We move house on 14 December 2026. She was suspended on 16 November 2026.")
        assert [each.day for each in told.loose] == [date(2026, 12, 14)]
        assert date(2026, 12, 14) not in {each.day for each in told.happened.values()}

    def test_a_message_without_a_date_tells_nothing(self) -> None:
        assert told_by("My son was permanently excluded and the governors were told.") is NOTHING_TOLD


class TestPost:
    @pytest.mark.parametrize(
        "text",
        [
            "The governors' decision letter was posted on 10 December 2026.",
            "Governors' letter sent 1st class on 10 December 2026",
            "the governors decision went in the post 10 December 2026",
        ],
    )
    def test_a_posted_letter_is_told_as_posted(self, text: str) -> None:
        assert told_by(text).happened[LETTER].posted

    @pytest.mark.parametrize("how", ["handed to me", "emailed to me", "hand delivered", "handed over, not posted,"])
    def test_a_letter_given_in_another_way_is_not(self, how: str) -> None:
        told = told_by(f"The governors' decision letter was {how} on 10 December 2026.")
        assert days(told, LETTER) == [date(2026, 12, 10)]
        assert not told.happened[LETTER].posted

    def test_notice_of_a_decision_whose_letter_went_later_was_given_by_the_posting(self) -> None:
        told = told_by(
            "The governors upheld the exclusion on 3 December 2026. The decision letter was posted on 7 December 2026."
        )
        assert days(told, LETTER, POSTING) == [date(2026, 12, 7), date(2026, 12, 7)]
        assert told.happened[LETTER].posted

    def test_a_letter_not_posted_until_a_day_was_posted_on_it(self) -> None:
        told = told_by("The governors' decision letter was not posted until 10 December 2026.")
        assert (told.happened[LETTER].day, told.happened[LETTER].posted) == (date(2026, 12, 10), True)

    def test_only_the_sentence_of_a_date_tells_whether_its_letter_was_posted(self) -> None:
        told = told_by(
            "The governors' decision letter was handed to me on 1 December 2026. I posted my form on 7 December 2026."
        )
        assert not told.happened[LETTER].posted

    def test_a_loose_date_keeps_that_it_was_posted(self) -> None:
        (loose,) = told_by("It was posted on 1 December 2026.").loose
        assert (loose.day, loose.posted) == (date(2026, 12, 1), True)


class TestTheSchoolsDays:
    @pytest.mark.parametrize(
        ("text", "ends", "back"),
        [
            pytest.param(
                "Term ends 18 December 2026 and pupils are back on 5 January 2027",
                date(2026, 12, 18),
                date(2027, 1, 5),
                id="term ends, pupils back",
            ),
            pytest.param(
                "We break up on 16 December 2026, back 6 January 2027",
                date(2026, 12, 16),
                date(2027, 1, 6),
                id="break up, back",
            ),
            pytest.param(
                "Last day of term is 17 December 2026, first day back is 6 January 2027",
                date(2026, 12, 17),
                date(2027, 1, 6),
                id="last day, first day",
            ),
            pytest.param(
                "Easter break from 27 March 2027, back 13 April 2027",
                date(2027, 3, 26),
                date(2027, 4, 13),
                id="a break that starts the day after",
            ),
        ],
    )
    def test_when_a_term_ends_and_pupils_are_back(self, text: str, ends: date, back: date) -> None:
        assert of_school(text) == SchoolDaysTold(ends=(ends,), back=(back,))

    def test_dates_of_the_school_are_no_events_and_are_not_loose(self) -> None:
        told = told_by("Suspended 16 November 2026. Term ends 18 December 2026. INSET on 4 December 2026.")
        assert {when.day for when in told.happened.values()} == {date(2026, 11, 16)}
        assert told.loose == ()

    @pytest.mark.parametrize(
        "text",
        [
            "INSET on 4 December 2026",
            "there is a training day 4 December 2026",
            "4 December 2026 is an INSET day",
            "4 December 2026 (inset)",
        ],
    )
    def test_a_training_day(self, text: str) -> None:
        assert of_school(text) == SchoolDaysTold(inset=frozenset({date(2026, 12, 4)}))

    @pytest.mark.parametrize(
        ("said", "months"),
        [
            pytest.param("We have no INSET in November.", {11}, id="one month"),
            pytest.param("no inset days in November or January", {11, 1}, id="two months"),
            pytest.param("School isn't having any INSET day in November,", {11}, id="is not having"),
            pytest.param("There is no INSET.", set(range(1, 13)), id="no month named"),
        ],
    )
    def test_months_said_to_have_no_training_day(self, said: str, months: set[int]) -> None:
        assert of_school(f"Suspended on 16 November 2026. {said}").no_inset_in == months

    @pytest.mark.parametrize(
        ("text", "closed"),
        [
            pytest.param("School was shut on 18 November 2026", {18}, id="one day"),
            pytest.param("School was shut 18 November 2026 to 20 November 2026", {18, 19, 20}, id="from X to Y"),
            pytest.param("School was closed 18 November 2026 until 20 November 2026", {18, 19, 20}, id="until"),
            pytest.param("School was shut 18 November 2026 and 20 November 2026", {18, 20}, id="X and Y"),
            pytest.param("18 November 2026 was a snow day", {18}, id="said after the date"),
        ],
    )
    def test_days_on_which_the_school_is_shut(self, text: str, closed: set[int]) -> None:
        assert of_school(text) == SchoolDaysTold(closures=frozenset(date(2026, 11, day) for day in closed))

    def test_a_message_that_says_nothing_of_the_school_days_tells_none(self) -> None:
        assert not of_school("He was permanently excluded on 10 November 2026.")


CHRISTMAS = (
    Term(first=date(2026, 11, 2), last=date(2026, 12, 18)),
    Term(first=date(2027, 1, 4), last=date(2027, 2, 12)),
)


class TestACalendarAsTold:
    def test_nothing_told_is_the_calendar_itself(self) -> None:
        calendar = a_calendar()
        assert as_told(calendar, SchoolDaysTold()) is calendar

    @pytest.mark.parametrize(
        ("told", "off"),
        [
            pytest.param(
                SchoolDaysTold(ends=(date(2026, 12, 16),), back=(date(2027, 1, 7),)),
                {date(2026, 12, 17): False, date(2026, 12, 18): False, date(2027, 1, 6): False, date(2027, 1, 7): True},
                id="longer at both ends",
            ),
            pytest.param(
                SchoolDaysTold(ends=(date(2026, 12, 22),), back=(date(2026, 12, 30),)),
                {
                    date(2026, 12, 21): True,
                    date(2026, 12, 22): True,
                    date(2026, 12, 23): False,
                    date(2026, 12, 30): True,
                },
                id="cut short at both ends",
            ),
            pytest.param(
                SchoolDaysTold(ends=(date(2026, 12, 16),)),
                {date(2026, 12, 17): False, date(2027, 1, 4): True},
                id="only its start told",
            ),
            pytest.param(
                SchoolDaysTold(back=(date(2027, 1, 6),)),
                {date(2026, 12, 18): True, date(2027, 1, 5): False, date(2027, 1, 6): True},
                id="only its end told",
            ),
            pytest.param(
                SchoolDaysTold(ends=(date(2026, 11, 13),), back=(date(2026, 11, 23),)),
                {
                    date(2026, 11, 13): True,
                    date(2026, 11, 16): False,
                    date(2026, 11, 20): False,
                    date(2026, 11, 23): True,
                    date(2026, 12, 18): True,
                    date(2026, 12, 21): False,
                },
                id="in the middle of a term",
            ),
        ],
    )
    def test_a_break_is_where_the_message_says(self, told: SchoolDaysTold, off: Mapping[date, bool]) -> None:
        calendar = as_told(a_calendar(), told)
        assert {day: calendar.is_school_day(day) for day in off} == off

    def test_the_other_breaks_stay_as_they_were(self) -> None:
        plain = a_calendar()
        calendar = as_told(plain, SchoolDaysTold(ends=(date(2026, 12, 16),), back=(date(2027, 1, 7),)))
        changed = {day for day in plain.school_days if day not in calendar.school_days}
        assert changed == {date(2026, 12, 17), date(2026, 12, 18), *(date(2027, 1, day) for day in (4, 5, 6))}
        assert set(calendar.school_days) < set(plain.school_days)

    def test_a_break_outside_the_calendar_is_left_out(self) -> None:
        plain = a_calendar()
        for told in (
            SchoolDaysTold(ends=(date(2025, 12, 17),), back=(date(2026, 1, 6),)),
            SchoolDaysTold(ends=(date(2028, 12, 17),), back=(date(2029, 1, 6),)),
        ):
            calendar = as_told(plain, told)
            assert calendar.school_days == plain.school_days
            assert (calendar.first, calendar.last) == (plain.first, plain.last)
            assert calendar.told == ()

    def test_a_training_day_and_a_closure_are_no_school_days(self) -> None:
        inset, snow = date(2026, 12, 4), date(2026, 12, 7)
        calendar = as_told(a_calendar(), SchoolDaysTold(inset=frozenset({inset}), closures=frozenset({snow})))
        assert calendar.why_not(inset) == "an INSET day"
        assert calendar.why_not(snow) == "a day the school is closed"
        assert calendar.why_not(date(2026, 11, 27)) == "an INSET day"

    def test_a_month_without_training_days_loses_those_the_calendar_had(self) -> None:
        plain = a_calendar(inset=frozenset({date(2026, 11, 27), date(2027, 1, 4)}))
        calendar = as_told(plain, SchoolDaysTold(no_inset_in=frozenset({11})))
        assert calendar.is_school_day(date(2026, 11, 27))
        assert not calendar.is_school_day(date(2027, 1, 4))

    def test_the_calendar_says_what_was_changed_in_it(self) -> None:
        told = of_school(
            "Term ends 16 December 2026, pupils are back on 7 January 2027, INSET on 4 December 2026, and the school "
            "was shut on 18 November 2026."
        )
        assert as_told(a_calendar(), told).told == (
            "no school from 17 December to 6 January 2027",
            "INSET on 4 December 2026",
            "school closed on 18 November 2026",
        )


class TestDoubts:
    def test_a_weekday_that_does_not_fit_is_said(self) -> None:
        (doubt,) = told_by("Suspended on Tuesday 11 November 2026.").doubts
        assert doubt.startswith("Tuesday 11 November 2026 is a Wednesday")
        assert doubt.endswith(".")

    def test_a_date_that_others_would_read_differently_is_said(self) -> None:
        assert told_by("The governors' letter came on 3/11/2026").doubts == ("3/11/2026 is read as 3 November 2026.",)

    def test_a_date_in_plain_words_is_beyond_doubt(self) -> None:
        assert told_by("Suspended on 11 November 2026.").doubts == ()

    def test_the_same_doubt_is_said_once(self) -> None:
        told = told_by("Permanently excluded 3/11/2026, governors told 3/11/2026.")
        assert told.doubts == ("3/11/2026 is read as 3 November 2026.",)

    def test_a_date_that_tells_nothing_of_the_case_raises_no_doubt(self) -> None:
        assert told_by("The governors decided on 3 December 2026. My birthday was on 3/4/2026.").doubts == ()

    def test_the_only_date_of_a_message_may_be_the_one_that_matters(self) -> None:
        told = told_by("We got it on 3/11/2026.")
        assert told.happened == {}
        assert told.doubts == ("3/11/2026 is read as 3 November 2026.",)

    def test_a_doubtful_day_of_the_school_is_said(self) -> None:
        assert told_by("Suspended 11 November 2026. Term ends 3/12/2026").doubts == (
            "3/12/2026 is read as 3 December 2026.",
        )
