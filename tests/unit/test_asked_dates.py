"""Which date a message asks for, what it is computed from, and what is said when it cannot be."""

from collections.abc import Sequence
from datetime import date
from functools import cache

import pytest

from assistant.asked_dates import NO_DATES, AskedDates, Clockwork
from assistant.errors import UnknownCalendar
from assistant.model import Question, Turn
from assistant.retrieve import Retrieval
from assistant.school_days import SchoolCalendar
from assistant.situation import read_situation
from assistant.time_rules import TimeLimits
from corpus.time_limits import read_time_limits
from tests.fakes import TODAY, FakeCalendars, FakeDateReader, a_calendar

NOTHING_FOUND = Retrieval(ranked=(), support=1.0)
LETTER = "The governors' decision letter was handed to me on 1 December 2026."  # Tuesday
LAST_DAY = "What is the last day to ask for an independent review panel?"
THE_LETTERS_DAY = "On what day were you given the governors' decision letter"


@cache
def limits() -> TimeLimits:
    """The limits as they are shipped: by which words people ask for them is data."""
    return read_time_limits()


class NoCalendars(FakeCalendars):
    """Fails when a calendar is looked for: nothing is to be computed."""

    def find(self, calendar_id: str | None) -> SchoolCalendar:
        pytest.fail(f"looked for the calendar {calendar_id}")


def dates(
    message: str,
    *earlier: str,
    today: date = TODAY,
    calendar: str | None = None,
    calendars: FakeCalendars | None = None,
) -> AskedDates:
    """The dates of an answer to `message` after the user's `earlier` ones, whatever passages the search finds."""
    history = tuple(
        turn
        for said in earlier
        for turn in (Turn(role="user", content=said), Turn(role="assistant", content="On what day was that?"))
    )
    clockwork = Clockwork(calendars=calendars or FakeCalendars(), reader=FakeDateReader())
    return clockwork.dates(
        Question(text=message, today=today, history=history, calendar=calendar),
        read_situation(message, history=history, today=today),
        NOTHING_FOUND,
        limits=limits(),
    )


def named(found: AskedDates) -> Sequence[tuple[str, date]]:
    """The limits with their dates, in the order in which they are given."""
    return [(each.rule.id, each.day) for each in found.reckonings]


REVIEW = ("irp-apply", date(2027, 1, 5))  # 15 school days after 1 December


class TestTheLimitAskedAbout:
    def test_the_limit_asked_about_is_dated_and_its_fact_leads(self) -> None:
        found = dates(f"{LETTER} {LAST_DAY}")
        assert named(found) == [REVIEW]
        assert found.facts == ("exc-100",)
        assert found.ask is None

    def test_only_the_limit_asked_about_is_dated_though_others_could_be(self) -> None:
        story = "He was permanently excluded on 10 November 2026, the governors were told on 12 November 2026."
        assert named(dates(f"{story} When must the governors meet by?")) == [("gdc-15", date(2026, 12, 4))]
        assert named(dates(f"{story} Until when must I keep him indoors in school hours?")) == [
            ("excl-public-place", date(2026, 11, 16))
        ]

    @pytest.mark.parametrize("panel_first", [True, False])
    def test_two_limits_asked_in_one_message_come_in_their_order(self, panel_first: bool) -> None:
        story = "He was permanently excluded on 15 October 2026, letter from the governors emailed on 13 November 2026."
        asked = ["the last day to apply for an independent review panel", "the last day for a disability claim"]
        given = [("irp-apply", date(2026, 12, 7)), ("disability-claim", date(2027, 4, 14))]
        if not panel_first:
            asked, given = asked[::-1], given[::-1]
        found = dates(f"{story} What is {asked[0]} and what is {asked[1]}?")
        assert named(found) == given
        assert len(found.facts) == 2

    def test_a_limit_whose_own_event_has_a_day_beats_one_without(self) -> None:
        asked = "Last day for a review panel? And when must the governors meet?"
        assert named(dates(f"{asked} The governors were told on 10 November 2026.")) == [("gdc-15", date(2026, 12, 2))]
        assert named(dates(f"{asked} {LETTER}"))[0] == REVIEW

    def test_no_more_than_three_dates_are_given(self) -> None:
        found = dates(
            "Permanently excluded on 10 November 2026. When must the governors meet? When does keeping him indoors "
            "end? When must the council give full-time education? When is the last day for a disability "
            "discrimination claim? What is the longstop for judicial review?"
        )
        assert len(found.reckonings) == 3
        assert len({each.rule.id for each in found.reckonings}) == 3

    @pytest.mark.parametrize(
        "message",
        [
            pytest.param(
                "He was permanently excluded on 10 November 2026. Must they give reasons?", id="a dated story"
            ),
            pytest.param(f"{LETTER} Can the panel make the school take him back?", id="about the panel"),
            pytest.param("Can a teacher suspend a pupil?", id="without a date"),
        ],
    )
    def test_nothing_is_computed_when_no_date_is_asked_for(self, message: str) -> None:
        assert dates(message, calendars=NoCalendars()) is NO_DATES

    def test_a_corpus_without_time_limits_gives_no_dates(self) -> None:
        clockwork = Clockwork(calendars=NoCalendars(), reader=FakeDateReader())
        question = Question(text=f"{LETTER} {LAST_DAY}", today=TODAY)
        situation = read_situation(question.text, history=(), today=TODAY)
        assert clockwork.dates(question, situation, NOTHING_FOUND, limits=TimeLimits()) is NO_DATES


class TestADateThatIsMissing:
    @pytest.mark.parametrize(
        ("message", "fact", "asks"),
        [
            pytest.param(LAST_DAY, "exc-100", THE_LETTERS_DAY, id="review panel"),
            pytest.param(
                "how long do the governors have to meet after a perm exclusion?",
                "exc-080",
                "On what day was the governing board told",
                id="governors",
            ),
            pytest.param(
                "how long til the council must say yes or no to an ehc assessment?",
                "send-008",
                "On what day did the council",
                id="assessment",
            ),
        ],
    )
    def test_the_rule_leads_and_the_one_date_needed_is_asked_for(self, message: str, fact: str, asks: str) -> None:
        found = dates(message)
        assert found.reckonings == ()
        assert found.facts == (fact,)
        assert (found.ask or "").startswith(asks)
        assert (found.ask or "").count("On what day") == 1

    @pytest.mark.parametrize("reply", ["1 December 2026, handed to me", "1 December 2026", "it was on 1 December 2026"])
    def test_a_reply_that_only_gives_the_date_is_understood(self, reply: str) -> None:
        found = dates(reply, LAST_DAY)
        assert named(found) == [REVIEW]
        assert found.facts == ("exc-100",)

    @pytest.mark.parametrize(
        "reply", ["it was posted on 1 December 2026", "1 December 2026 by post", "posted first class 1 December 2026"]
    )
    def test_a_reply_that_the_letter_was_posted_is_counted_from_the_second_working_day(self, reply: str) -> None:
        found = dates(reply, LAST_DAY)
        assert named(found) == [("irp-apply", date(2027, 1, 7))]
        assert found.doubts == (
            "Tuesday 1 December 2026 is taken as the day the governors' decision letter was posted.",
        )
        assert found.reckonings[0].working.startswith("Posted first class on Tuesday 1 December 2026")

    @pytest.mark.parametrize("follow_up", ["must they give reasons", "and who pays for the panel?", "thank you"])
    def test_a_follow_up_that_gives_no_date_is_not_a_reply(self, follow_up: str) -> None:
        assert dates(follow_up, LAST_DAY) == NO_DATES

    def test_a_reply_to_a_question_about_the_governors_is_their_day(self) -> None:
        asked = "how long do the governors have to meet after a perm exclusion?"
        assert named(dates("they were told on 10 November 2026", asked)) == [("gdc-15", date(2026, 12, 2))]

    def test_a_new_question_about_dates_is_read_without_the_one_before(self) -> None:
        found = dates("He was permanently excluded on 10 November 2026. When must the governors meet?", LAST_DAY)
        assert [rule for rule, _ in named(found)] == ["gdc-15"]

    def test_the_only_date_of_a_message_is_taken_and_said_to_be(self) -> None:
        found = dates("What is the deadline for the independent review panel? We got it on 1 December 2026.")
        assert named(found) == [REVIEW]
        assert (
            "Tuesday 1 December 2026 is taken as the day the governors' decision letter was given to the parent."
            in (found.doubts)
        )

    def test_one_of_several_dates_is_not_guessed_at(self) -> None:
        found = dates(f"{LAST_DAY} We moved house on 1 December 2026 and her birthday is 9 December 2026.")
        assert found.reckonings == ()
        assert (found.ask or "").startswith(THE_LETTERS_DAY)

    def test_a_date_that_usually_falls_on_the_day_told_is_taken_and_said_to_be(self) -> None:
        found = dates("Permanently excluded on 10 November 2026. When must the governors meet by?")
        assert named(found) == [("gdc-15", date(2026, 12, 2))]
        assert any("told on the day of the exclusion" in doubt for doubt in found.doubts)


class TestWhatHappensNext:
    def test_the_next_dates_after_a_dated_exclusion_are_given_soonest_first(self) -> None:
        found = dates("He was permanently excluded on 10 November 2026. What happens next?")
        given = [day for _, day in named(found)]
        assert ("gdc-15", date(2026, 12, 2)) in named(found)
        assert given == sorted(given)
        assert all(day >= TODAY for day in given)
        assert len(found.facts) == len(set(found.facts)) > 0

    def test_dates_that_have_passed_are_not_next(self) -> None:
        story = "He was permanently excluded on 10 November 2026. What happens next?"
        day_six = ("pex-day-six", date(2026, 11, 17))
        assert day_six in named(dates(story, today=date(2026, 11, 11)))
        assert day_six not in named(dates(story))

    def test_a_story_without_a_date_has_no_next_dates(self) -> None:
        assert dates("He was permanently excluded. What happens next?", calendars=NoCalendars()) is NO_DATES

    def test_what_cannot_be_computed_is_left_out_quietly(self) -> None:
        found = dates("He was permanently excluded on 14 July 2027. What happens next?", today=date(2027, 7, 15))
        assert "gdc-15" not in {rule for rule, _ in named(found)}
        assert not any("covers" in doubt for doubt in found.doubts)


class TestWhatIsSaidWithADate:
    def test_a_calendar_that_is_no_schools_own_is_said_to_be_so(self) -> None:
        typical = FakeCalendars(a_calendar("usual-year", typical=True))
        (doubt,) = dates(f"{LETTER} {LAST_DAY}", calendars=typical).doubts
        assert doubt.startswith("School days are counted on “Usual year”, not on your school's own calendar.")
        assert dates(f"{LETTER} {LAST_DAY}").doubts == ()

    def test_school_days_that_the_message_tells_are_counted_and_said(self) -> None:
        found = dates(f"{LETTER} INSET on 4 December 2026. {LAST_DAY}")
        assert named(found) == [("irp-apply", date(2027, 1, 6))]
        assert found.doubts == ("Counted with what you said of the school's days: INSET on 4 December 2026.",)

    def test_the_school_days_of_the_calendar_that_was_chosen_are_counted(self) -> None:
        calendars = FakeCalendars(a_calendar(), a_calendar("with-inset", inset=frozenset({date(2026, 12, 4)})))
        found = dates(f"{LETTER} {LAST_DAY}", calendar="with-inset", calendars=calendars)
        assert named(found) == [("irp-apply", date(2027, 1, 6))]

    def test_a_weekday_that_does_not_fit_is_said_with_the_date(self) -> None:
        found = dates(f"The governors' letter was handed to me on Monday 1 December 2026. {LAST_DAY}")
        assert any("1 December 2026 is a Tuesday" in doubt for doubt in found.doubts)

    def test_a_doubtful_date_is_not_mentioned_when_no_date_is_asked_for(self) -> None:
        assert dates("He was suspended on Monday 1 December 2026. Must they give reasons?").doubts == ()


class TestWhatCannotBeComputed:
    def test_a_calendar_that_ends_too_soon_is_said_to_and_no_date_is_given(self) -> None:
        found = dates(f"The governors' decision letter was handed to me on 12 July 2027. {LAST_DAY}")
        assert found.reckonings == ()
        assert found.facts == ("exc-100",)
        assert len(found.doubts) == 1
        assert "covers 2 September 2026 to 21 July 2027" in found.doubts[0]
        assert "Ask the school or council" in found.doubts[0]

    @pytest.mark.parametrize("day", ["1 June 2020", "12 October 2021", "24 March 2022"])
    def test_a_case_of_the_coronavirus_years_is_told_that_its_rule_is_not_known(self, day: str) -> None:
        found = dates(f"The governors' decision letter was handed to me on {day}. {LAST_DAY}")
        assert found.reckonings == ()
        (said,) = (doubt for doubt in found.doubts if f"was not the rule on {day}" in doubt)
        assert "Special coronavirus rules" in said
        assert "get advice" in said

    def test_one_date_that_cannot_be_computed_does_not_hide_the_other(self) -> None:
        found = dates(
            "He was permanently excluded on 15 April 2027, letter from the governors handed to me on 12 July 2027. "
            "What is the last day to apply for an independent review panel and what is the last day for a disability "
            "claim?"
        )
        assert named(found) == [("disability-claim", date(2027, 10, 14))]
        assert any("covers 2 September 2026 to 21 July 2027" in doubt for doubt in found.doubts)

    def test_a_calendar_that_is_not_there_is_refused_by_name(self) -> None:
        with pytest.raises(UnknownCalendar, match=r"no calendar “mars”.*our-school"):
            dates(f"{LETTER} {LAST_DAY}", calendar="mars")
