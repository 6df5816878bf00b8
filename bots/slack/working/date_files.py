"""The dates of an answer as files for somebody's own calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.deadlines import Happened, Reckoning
from assistant.desk import DeadlineDesk, SchoolDays
from assistant.errors import DeadlineError
from assistant.model import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """One date as a file that calendar programs open."""

    name: str
    title: str
    content: bytes


def calendar_files(
    deadlines: Sequence[Deadline], *, desk: DeadlineDesk, calendar: str | None, stamp: datetime, today: date
) -> list[CalendarFile]:
    """A file for each date that comes out the same when it is computed from its rule and day alone.

    An answer may have known more, such as a letter sent by post: a file of another date would mislead.
    """
    found = (_reckoned_alike(desk, deadline, calendar=calendar) for deadline in deadlines)
    return [
        CalendarFile(
            name=f"{reckoning.rule.id}.ics",
            title=reckoning.rule.label,
            content=desk.diary(reckoning, stamp=stamp, today=today),
        )
        for reckoning in found
        if reckoning is not None
    ]


def _reckoned_alike(desk: DeadlineDesk, deadline: Deadline, *, calendar: str | None) -> Reckoning | None:
    return next((found for found in _readings(desk, deadline, calendar=calendar) if found.day == deadline.date), None)


def _readings(desk: DeadlineDesk, deadline: Deadline, *, calendar: str | None) -> Iterator[Reckoning]:
    if deadline.starts is None or not deadline.rule:
        return
    for counted_on in dict.fromkeys((calendar, None)):
        try:
            first = desk.events_of(deadline.rule)[0].id
            happened = {first: Happened(day=deadline.starts)}
            yield desk.deadline(deadline.rule, happened, school_days=SchoolDays(calendar=counted_on))
        except DeadlineError:
            continue
