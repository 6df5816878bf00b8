"""Dates of a case as entries for somebody's own diary, whatever program keeps it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Protocol

from assistant.deadlines import Reckoning
from assistant.explained import NOT_ADVICE, particulars
from assistant.timeline import Timeline

_HOST = "ap-navigator"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryEntry:
    """One whole day to remember.

    `uid` is the same for the same date of the same rule and calendar, so that a second import replaces the first.
    `remind_from`: the day that reminders count back from, when that is an earlier one. `done`: there is nothing left
    to remind of.
    """

    uid: str
    day: date
    title: str
    notes: str
    category: str
    url: str | None = None
    remind_from: date | None = None
    done: bool = False


class DiaryFile(Protocol):
    """Writes entries as a file that calendar programs open."""

    def __call__(
        self, entries: Sequence[DiaryEntry], *, stamp: datetime, today: date, title: str, remind: Sequence[int]
    ) -> bytes:
        """The file. `stamp` is when it is made, in UTC; `remind` says how many days before to remind."""
        ...


def entry_of(found: Reckoning) -> DiaryEntry:
    """The diary entry of one computed date."""
    calendar = found.calendar.id if found.calendar else "every-day"
    return DiaryEntry(
        uid=_uid(found.rule.id, found.starts.isoformat(), calendar, found.day.isoformat()),
        day=found.day,
        title=found.rule.label,
        notes="\n".join([*(f"{heading}: {words}" for heading, words in particulars(found)), NOT_ADVICE]),
        category=found.rule.actor.value,
        url=_link(found),
        remind_from=found.aim_for if found.aim_for and found.aim_for < found.day else None,
    )


def entries_of(timeline: Timeline) -> Iterator[DiaryEntry]:
    """The diary entries of a timeline's steps that have a date, in its order; what was done needs no reminder."""
    for step in timeline.steps:
        if step.reckoning is not None:
            done = step.told is not None and step.told <= timeline.today
            yield replace(entry_of(step.reckoning), title=step.label, category=step.actor.value, done=done)


def _link(found: Reckoning) -> str | None:
    links = (authority.url or authority.source.url for authority in found.rule.authority)
    return next((link for link in links if link), None)


def _uid(*parts: str) -> str:
    return f"{sha256('|'.join(parts).encode()).hexdigest()[:32]}@{_HOST}"
