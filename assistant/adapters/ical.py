"""Diary entries as iCalendar (RFC 5545), which every phone and calendar program opens."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event
from icalendar.enums import TRANSP

from assistant.diary import DiaryEntry

REMIND = (7, 1)  # days before
_PROGRAM = "-//AP Navigator//Time limits//EN"
_MORNING = timedelta(hours=9)  # a reminder at midnight wakes people
_ONE_DAY = timedelta(days=1)


def write_ical(
    entries: Sequence[DiaryEntry],
    *,
    stamp: datetime,
    today: date,
    title: str = "Time limits",
    remind: Sequence[int] = REMIND,
) -> bytes:
    """The entries as one iCalendar file of whole-day events that leave the day free.

    `stamp` is when the file is made; `remind` is how many days before each to remind, at nine in the morning. A
    reminder whose day is past is left out. The same arguments give the same bytes.
    """
    uids = sha256("|".join((title, *(entry.uid for entry in entries))).encode()).hexdigest()
    calendar = Calendar.new(uid=uids[:32], prodid=_PROGRAM, method="PUBLISH", name=title)
    for entry in entries:
        calendar.add_component(_event(entry, stamp=stamp, today=today, remind=remind))
    made: bytes = calendar.to_ical()
    return made


def _event(entry: DiaryEntry, *, stamp: datetime, today: date, remind: Sequence[int]) -> Event:
    event = Event.new(
        uid=entry.uid,
        stamp=stamp.astimezone(UTC),
        start=entry.day,
        end=entry.day + _ONE_DAY,
        summary=entry.title,
        description=entry.notes,
        categories=[entry.category],
        transparency=TRANSP.TRANSPARENT,
        url=entry.url,
    )
    for alarm in _alarms(entry, today=today, remind=remind):
        event.add_component(alarm)
    return event


def _alarms(entry: DiaryEntry, *, today: date, remind: Sequence[int]) -> Iterator[Alarm]:
    counted_from = entry.remind_from or entry.day
    for days in sorted(set(remind), reverse=True):
        morning = counted_from - timedelta(days=days)
        if morning < today or entry.day < today or entry.done:
            continue
        alarm = Alarm.new(description=f"{entry.title}: {entry.day:%A} {entry.day.day} {entry.day:%B %Y}")
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", morning - entry.day + _MORNING)
        yield alarm
