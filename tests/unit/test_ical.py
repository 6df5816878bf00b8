"""Dates go into the calendar on a parent's phone: a whole-day entry each, with reminders and an id that stays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from assistant.adapters.ical import write_ical
from assistant.diary import DiaryEntry, entry_of
from assistant.school_days import SchoolCalendar
from tests.time_limits import REVIEW, a_calendar, a_reckoning, a_rule

MADE = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)

A_REVIEW = DiaryEntry(
    uid="review@ap-navigator",
    day=date(2027, 1, 6),  # Wednesday
    title="Last day to ask for a review",
    notes="What: write to the clerk; keep a copy, and the postmark.\nInformation, not legal advice.",
    category="family",
    url="https://www.legislation.gov.uk/uksi/2012/1033",
)


def events_of(made: bytes) -> list[Event]:
    return [each for each in Calendar.from_ical(made.decode()).walk("VEVENT") if isinstance(each, Event)]


def rings_of(event: Event) -> list[str]:
    """When the reminders of an event ring."""
    midnight = datetime.combine(event.start, time(), tzinfo=UTC)
    return [f"{midnight + alarm['TRIGGER'].dt:%a %d %b %Y %H:%M}" for alarm in event.walk("VALARM")]


def test_parent_gets_one_whole_day_that_leaves_the_day_free() -> None:
    (event,) = events_of(write_ical([A_REVIEW], stamp=MADE, today=TODAY))
    assert event.start == date(2027, 1, 6)
    assert event.end == date(2027, 1, 7)  # iCalendar's end is the day after
    assert event.summary == "Last day to ask for a review"
    assert event.description == A_REVIEW.notes
    assert event.categories == ["family"]
    assert event.transparency == "TRANSPARENT"
    assert event.stamp == MADE


def test_file_says_which_program_made_it_and_that_nobody_need_reply() -> None:
    made = write_ical([A_REVIEW], stamp=MADE, today=TODAY).decode()
    for line in (
        "VERSION:2.0",
        "PRODID:-//AP Navigator//Time limits//EN",
        "METHOD:PUBLISH",
        "DTSTAMP:20261121T123000Z",
    ):
        assert f"\r\n{line}\r\n" in made


def test_parent_is_reminded_in_the_morning_a_week_and_a_day_before() -> None:
    (event,) = events_of(write_ical([A_REVIEW], stamp=MADE, today=TODAY))
    assert rings_of(event) == ["Wed 30 Dec 2026 09:00", "Tue 05 Jan 2027 09:00"]


def test_reminders_are_as_many_days_before_as_was_asked() -> None:
    (event,) = events_of(write_ical([A_REVIEW], stamp=MADE, today=TODAY, remind=(3,)))
    assert rings_of(event) == ["Sun 03 Jan 2027 09:00"]


@pytest.mark.parametrize(
    ("today", "reminders"),
    [
        pytest.param(date(2026, 12, 30), 2, id="on-the-morning-of-the-first"),
        pytest.param(date(2026, 12, 31), 1, id="the-first-is-past"),
        pytest.param(date(2027, 1, 6), 0, id="on-the-day"),
        pytest.param(date(2027, 2, 1), 0, id="after-it"),
    ],
)
def test_nobody_is_reminded_of_what_is_past(today: date, reminders: int) -> None:
    (event,) = events_of(write_ical([A_REVIEW], stamp=MADE, today=today))
    assert len(event.subcomponents) == reminders


def test_reminders_count_back_from_the_wiser_day() -> None:
    wiser = DiaryEntry(
        uid="x@ap-navigator", day=date(2027, 9, 1), title="x", notes="", category="family", remind_from=date(2027, 8, 6)
    )
    (event,) = events_of(write_ical([wiser], stamp=MADE, today=TODAY, remind=(1,)))
    assert rings_of(event) == ["Thu 05 Aug 2027 09:00"]


# What an entry says --------------------------------------------------------------------------------------------------


def test_entry_tells_what_who_how_where_and_that_it_is_no_advice() -> None:
    notes = entry_of(a_reckoning()).notes
    for words in (
        "What: Last day to ask for a review: ",
        "Who must act: parent",
        "Working: 15 school days from",
        "What it is not: Not 15 calendar days",
        "https://www.legislation.gov.uk/uksi/2012/1033",
        "Careful: Ask in writing.",
        "Information, not legal advice.",
    ):
        assert words in notes


def test_same_date_keeps_its_id_so_that_a_second_import_replaces_the_first() -> None:
    assert entry_of(a_reckoning()).uid == entry_of(a_reckoning()).uid
    assert entry_of(a_reckoning()).uid.endswith("@ap-navigator")


@pytest.mark.parametrize(
    ("rule_id", "starts", "calendar"),
    [
        ("another-rule", date(2026, 12, 1), a_calendar()),
        ("irp-apply", date(2026, 12, 2), a_calendar()),
        ("irp-apply", date(2026, 12, 1), a_calendar(id="leeds-2026-27")),
        ("irp-apply", date(2026, 12, 1), a_calendar(closures=frozenset({date(2026, 12, 3)}))),
    ],
)
def test_another_rule_start_calendar_or_day_has_another_id(
    rule_id: str, starts: date, calendar: SchoolCalendar
) -> None:
    plain = entry_of(a_reckoning(REVIEW, date(2026, 12, 1)))
    assert entry_of(a_reckoning(a_rule(id=rule_id), starts, calendar=calendar)).uid != plain.uid


# Other people's programs read it -------------------------------------------------------------------------------------

SAID = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200).map(str.strip)
ENTRIES = st.lists(
    st.builds(
        DiaryEntry,
        uid=st.uuids().map(lambda each: f"{each.hex}@ap-navigator"),
        day=st.dates(date(2020, 1, 1), date(2031, 12, 31)),
        title=SAID.filter(bool),
        notes=st.lists(SAID, min_size=1, max_size=5).map("\n".join),
        category=st.sampled_from(["family", "school", "council"]),
    ),
    max_size=5,
    unique_by=lambda each: each.uid,
)


@given(ENTRIES, st.dates(date(2020, 1, 1), date(2031, 12, 31)))
def test_second_library_reads_back_what_was_written(entries: list[DiaryEntry], today: date) -> None:
    made = write_ical(entries, stamp=MADE, today=today)
    assert made == write_ical(entries, stamp=MADE, today=today)
    read = vobject.readOne(made.decode())
    events = read.contents.get("vevent", [])
    assert [(e.uid.value, e.dtstart.value, e.summary.value, e.description.value) for e in events] == [
        (e.uid, e.day, e.title, e.notes) for e in entries
    ]
    for event, entry in zip(events, entries, strict=True):
        assert event.dtend.value == entry.day + timedelta(days=1)
        assert event.categories.value == [entry.category]
        rings = [entry.day + alarm.trigger.value for alarm in event.contents.get("valarm", [])]
        assert all(ring >= today for ring in rings)
