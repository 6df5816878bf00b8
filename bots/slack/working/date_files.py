"""The dates of an answer as files for somebody's own calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.deadlines import Reckoning
from assistant.desk import DeadlineDesk
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
    """A file for each date that comes out the same when it is computed again: a file of another would mislead."""
    found = (_again(deadline, desk=desk, calendar=calendar) for deadline in deadlines)
    return [
        CalendarFile(
            name=f"{reckoning.rule.id}.ics",
            title=reckoning.rule.label,
            content=desk.diary(reckoning, stamp=stamp, today=today),
        )
        for reckoning in found
        if reckoning is not None
    ]


def _again(deadline: Deadline, *, desk: DeadlineDesk, calendar: str | None) -> Reckoning | None:
    # The person may have chosen another calendar since.
    return next(
        (found for each in dict.fromkeys((calendar, None)) if (found := desk.again(deadline, calendar=each))), None
    )
