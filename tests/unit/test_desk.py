"""The desk answers about one limit, a whole case or many suspensions, on whichever school's days it is told."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest

from assistant.deadlines import Happened
from assistant.desk import CaseFacts, DeadlineDesk, SchoolDays
from assistant.diary import DiaryEntry
from assistant.errors import (
    BadDate,
    CalendarTooShort,
    DateMissing,
    DeadlineError,
    EndBeforeStart,
    NotASchoolDay,
    QuestionError,
    SuspensionTooLong,
    UnknownCalendar,
    UnknownChain,
    UnknownCondition,
    UnknownEvent,
    UnknownRule,
)
from assistant.school_days import SchoolDaysTold
from assistant.suspensions import Suspension
from tests.time_limits import LIMITS, FakeCalendars, a_calendar

TODAY = date(2026, 11, 22)
LETTER = "governors-decision-notice-given-to-parent"
EXCLUDED = "first-day-of-permanent-exclusion"
TUESDAY = date(2026, 11, 10)


class Drawer:
    """Keeps the diary entries that would have been written."""

    def __init__(self) -> None:
        self.kept: list[DiaryEntry] = []
        self.remind: tuple[int, ...] = ()

    def __call__(
        self, entries: Sequence[DiaryEntry], *, stamp: datetime, today: date, title: str, remind: Sequence[int]
    ) -> bytes:
        self.kept, self.remind = list(entries), tuple(remind)
        return f"{title} {stamp:%Y} {today}".encode()


class PlainReader:
    """Reads what is written as YYYY-MM-DD, or with the month's name in full."""

    def read(self, phrase: str, *, today: date) -> date | None:  # noqa: ARG002 - a reader is told what day it is
        for form in ("%Y-%m-%d", "%d %B %Y"):
            with suppress(ValueError):
                return datetime.strptime(phrase, form).replace(tzinfo=UTC).date()
        return None


def days_off(*, inset: frozenset[date] = frozenset(), closures: frozenset[date] = frozenset()) -> SchoolDays:
    return SchoolDays(told=SchoolDaysTold(inset=inset, closures=closures))


def a_desk(*, drawer: Drawer | None = None) -> DeadlineDesk:
    closed_on_a_friday = a_calendar(
        id="leeds-2026-27", name="Leeds", typical=False, closures=frozenset({date(2026, 12, 4)})
    )
    calendars = FakeCalendars([a_calendar(), closed_on_a_friday])
    return DeadlineDesk(LIMITS, calendars=calendars, reader=PlainReader(), diary_file=drawer or Drawer())


# One date -----------------------------------------------------------------------------------------------------------


def test_parent_learns_the_last_day_to_ask_for_a_review() -> None:
    found = a_desk().deadline("irp-apply", {LETTER: Happened(day=date(2026, 12, 1))})
    assert f"{found.day:%a %d %b %Y}" == "Wed 06 Jan 2027"


@pytest.mark.parametrize(
    ("school_days", "day"),
    [
        pytest.param(SchoolDays(calendar="leeds-2026-27"), "Thu 07 Jan 2027", id="the-council's-calendar"),
        pytest.param(days_off(closures=frozenset({date(2026, 12, 4)})), "Thu 07 Jan 2027", id="a-closure"),
        pytest.param(
            days_off(inset=frozenset({date(2026, 12, 4), date(2027, 1, 5)})), "Fri 08 Jan 2027", id="inset-days"
        ),
        pytest.param(days_off(closures=frozenset({date(2026, 12, 25)})), "Wed 06 Jan 2027", id="no-school-anyway"),
    ],
)
def test_date_moves_with_the_school_s_own_days(school_days: SchoolDays, day: str) -> None:
    found = a_desk().deadline("irp-apply", {LETTER: Happened(day=date(2026, 12, 1))}, school_days=school_days)
    assert f"{found.day:%a %d %b %Y}" == day


def test_days_off_that_were_given_are_named_with_the_calendar() -> None:
    given = days_off(inset=frozenset({date(2026, 12, 4)}))
    found = a_desk().deadline("irp-apply", {LETTER: Happened(day=date(2026, 12, 1))}, school_days=given)
    assert found.calendar is not None
    assert found.calendar.told == ("INSET on 4 December 2026",)


def test_limit_that_needs_no_school_days_is_answered_whatever_the_calendar_covers() -> None:
    found = a_desk().deadline("irp-application-posted", {"review-application-posted": Happened(day=date(2026, 6, 10))})
    assert f"{found.day:%a %d %b %Y}" == "Fri 12 Jun 2026"


REFUSED = [
    pytest.param("irp", {}, SchoolDays(), UnknownRule, "Did you mean irp-apply", id="no-such-limit"),
    pytest.param("irp-apply", {}, SchoolDays(), DateMissing, "On which day was the governors' letter", id="no-day"),
    pytest.param("irp-apply", {"the-moon": TUESDAY}, SchoolDays(), UnknownEvent, "no event “the-moon”", id="no-event"),
    pytest.param(
        "irp-apply", {LETTER: TUESDAY}, SchoolDays(calendar="mars"), UnknownCalendar, "leeds-2026-27", id="no-calendar"
    ),
    pytest.param(
        "pex-day-six", {EXCLUDED: date(2026, 11, 14)}, SchoolDays(), NotASchoolDay, "Saturday", id="begins-on-saturday"
    ),
    pytest.param(
        "pex-day-six", {EXCLUDED: date(2027, 1, 4)}, SchoolDays(), NotASchoolDay, "an INSET day", id="begins-on-inset"
    ),
    pytest.param(
        "pex-day-six", {EXCLUDED: date(2025, 11, 11)}, SchoolDays(), CalendarTooShort, "covers", id="before-calendar"
    ),
    pytest.param(
        "irp-apply", {LETTER: date(2027, 7, 19)}, SchoolDays(), CalendarTooShort, "term dates around", id="runs-out"
    ),
    pytest.param(
        "irp-apply",
        {LETTER: TUESDAY},
        days_off(closures=frozenset({date(2025, 12, 4)})),
        CalendarTooShort,
        "4 December 2025",
        id="closure-of-another-year",
    ),
]


@pytest.mark.parametrize(("rule", "days", "school_days", "error", "words"), REFUSED)
def test_date_that_cannot_be_computed_is_refused_with_what_is_needed(
    rule: str, days: dict[str, date], school_days: SchoolDays, error: type[DeadlineError], words: str
) -> None:
    happened = {event: Happened(day=day) for event, day in days.items()}
    with pytest.raises(error, match=words):
        a_desk().deadline(rule, happened, school_days=school_days)


# What can be asked --------------------------------------------------------------------------------------------------


def test_every_limit_names_the_events_whose_days_it_needs() -> None:
    desk = a_desk()
    assert [event.id for event in desk.events_of("gdc-15")] == ["governing-board-notified"]


def test_beginning_of_an_event_s_name_is_enough_when_only_one_begins_so() -> None:
    assert a_desk().event("governors-decision").id == LETTER
    with pytest.raises(UnknownEvent, match=r"governing-board-notified, governors-decision"):
        a_desk().event("gover")


# A whole case -------------------------------------------------------------------------------------------------------


def test_adviser_gets_every_step_of_a_permanent_exclusion() -> None:
    found = a_desk().timeline("permanent-exclusion", {EXCLUDED: Happened(day=TUESDAY)}, today=TODAY)
    assert [(step.label, step.day and f"{step.day:%a %d %b}") for step in found.steps] == [
        ("Parents told in writing", None),
        ("Full-time education must start", "Tue 17 Nov"),
        ("Governors must meet", "Tue 01 Dec"),
        ("Last day to ask for a review", "Wed 06 Jan"),
    ]


@pytest.mark.parametrize(
    ("chain", "days", "case", "error", "words"),
    [
        pytest.param("exclusion", {}, CaseFacts(), UnknownChain, "permanent-exclusion", id="no-such-timeline"),
        pytest.param("permanent-exclusion", {}, CaseFacts(), DateMissing, "On which day", id="no-day"),
        pytest.param(
            "permanent-exclusion", {EXCLUDED: date(2026, 11, 15)}, CaseFacts(), NotASchoolDay, "Sunday", id="a-sunday"
        ),
        pytest.param(
            "permanent-exclusion",
            {EXCLUDED: TUESDAY, LETTER: date(2026, 11, 9)},
            CaseFacts(),
            EndBeforeStart,
            "9 November 2026, is before",
            id="letter-before-exclusion",
        ),
        pytest.param(
            "permanent-exclusion",
            {EXCLUDED: TUESDAY},
            CaseFacts(settings=frozenset({"acadamy"})),
            UnknownCondition,
            "“acadamy” is not a setting",
            id="misspelt-setting",
        ),
        pytest.param(
            "permanent-exclusion",
            {EXCLUDED: TUESDAY},
            CaseFacts(needs=frozenset({"ehcp"})),
            UnknownCondition,
            "ehc-plan",
            id="misspelt-need",
        ),
    ],
)
def test_case_that_cannot_be_followed_is_refused_with_what_is_wrong(
    chain: str, days: dict[str, date], case: CaseFacts, error: type[DeadlineError], words: str
) -> None:
    with pytest.raises(error, match=words):
        a_desk().timeline(chain, {e: Happened(day=day) for e, day in days.items()}, today=TODAY, case=case)


def test_adviser_tells_a_case_in_plain_words() -> None:
    told = a_desk().read_case(
        "She was permanently excluded on 10 November 2026 (academy). She has an EHC plan. INSET on 27 November 2026.",
        today=TODAY,
    )
    assert told.chain == "permanent-exclusion"
    assert {event: when.day for event, when in told.happened.items()} == {EXCLUDED: TUESDAY}
    assert (told.case.settings, told.case.needs) == ({"academy"}, {"ehc-plan"})
    assert told.school_days.inset == {date(2026, 11, 27)}
    assert "Read from your words: the permanent exclusion began on Tuesday 10 November 2026." in told.notes


@pytest.mark.parametrize(
    ("words", "event"),
    [
        pytest.param("notice posted on 12 November 2026", "exclusion-notice-given", id="the-head's"),
        pytest.param("the governors wrote: notice posted on 12 November 2026", LETTER, id="the-governors'"),
    ],
)
def test_bare_notice_of_an_exclusion_is_the_head_s_not_the_governors(words: str, event: str) -> None:
    told = a_desk().read_case(f"permanently excluded on 10 November 2026, {words}", today=TODAY)
    assert set(told.happened) == {EXCLUDED, event}
    assert told.happened[event] == Happened(day=date(2026, 11, 12), posted=True)


def test_only_date_of_a_case_is_taken_as_the_day_it_began() -> None:
    told = a_desk().read_case("PEX, academy. 10 November 2026 was the day.", today=TODAY)
    assert told.happened[EXCLUDED].day == TUESDAY


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        pytest.param("permanently excluded on 31/11/2026", BadDate, "31/11/2026", id="no-such-day"),
        pytest.param("what is the weather like", UnknownChain, "permanent-exclusion", id="not-a-case"),
    ],
)
def test_words_that_tell_no_case_are_refused(text: str, error: type[QuestionError], words: str) -> None:
    with pytest.raises(error, match=words):
        a_desk().read_case(text, today=TODAY)


# Suspensions --------------------------------------------------------------------------------------------------------


def test_school_learns_when_suspensions_of_a_term_pass_five_days() -> None:
    found = a_desk().totals(
        [Suspension(first=date(2026, 9, 14), days=2), Suspension(first=date(2026, 10, 5), days=3.5)]
    )
    assert [(each.threshold.id, f"{each.day:%a %d %b}", each.total) for each in found.crossed] == [
        ("over-5", "Thu 08 Oct", 5.5)
    ]


@pytest.mark.parametrize(
    ("suspension", "error", "words"),
    [
        pytest.param(Suspension(first=date(2026, 9, 14), days=46), SuspensionTooLong, "which is 45", id="46-days"),
        pytest.param(Suspension(first=date(2026, 9, 12), days=2), NotASchoolDay, "Saturday", id="on-a-saturday"),
        pytest.param(
            Suspension(first=date(2026, 9, 14), days=2, last=date(2026, 9, 11)),
            EndBeforeStart,
            "before",
            id="backwards",
        ),
    ],
)
def test_impossible_suspension_is_refused(suspension: Suspension, error: type[DeadlineError], words: str) -> None:
    with pytest.raises(error, match=words):
        a_desk().totals([suspension])


# Files for a diary --------------------------------------------------------------------------------------------------


def test_diary_gets_the_steps_that_have_a_date_and_no_reminder_of_what_is_done() -> None:
    drawer = Drawer()
    desk = a_desk(drawer=drawer)
    happened = {EXCLUDED: Happened(day=TUESDAY), LETTER: Happened(day=date(2026, 11, 20))}
    found = desk.timeline("permanent-exclusion", happened, today=TODAY)
    desk.diary(found, stamp=datetime(2026, 11, 22, tzinfo=UTC), today=TODAY, remind=(3,))
    assert [(entry.title, entry.done) for entry in drawer.kept] == [
        ("Full-time education must start", False),
        ("Governors must meet", True),
        ("Last day to ask for a review", False),
    ]
    assert drawer.remind == (3,)
