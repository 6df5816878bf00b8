"""A date of an answer as a file for somebody's own calendar, by a plain link."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Self
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from assistant.deadlines import Happened
from assistant.desk import DeadlineDesk, SchoolDays
from assistant.model import DatedEvent, Deadline
from assistant.school_days import SchoolDaysTold
from bots.web.schemas import CalendarDay, Words

_MOST_EVENTS = 10
_MOST_DAYS = 60
_POSTED, _AFTERNOON = "posted", "afternoon"

Days = Annotated[tuple[CalendarDay, ...], Field(max_length=_MOST_DAYS)]
# "2026-11-10", "2026-11-10:posted", after the id of the event and a colon
Happening = Annotated[
    str, StringConstraints(pattern=rf"^[a-z0-9-]{{1,100}}:\d{{4}}-\d\d-\d\d(:{_POSTED})?(:{_AFTERNOON})?$")
]


class DateFileQuery(BaseModel):
    """One date: the rule, the events it is counted from, whose school days count, and what was told of them."""

    model_config = ConfigDict(frozen=True)

    rule: Words = Field(max_length=100)
    happened: Annotated[tuple[Happening, ...], Field(min_length=1, max_length=_MOST_EVENTS)]
    calendar: Words = Field(default="", max_length=100)
    ends: Days = ()
    back: Days = ()
    inset: Days = ()
    closed: Days = ()
    no_inset_in: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(max_length=12)] = ()

    @field_validator("happened")
    @classmethod
    def _on_days_that_are(cls, happened: tuple[str, ...]) -> tuple[str, ...]:
        for written in happened:
            date.fromisoformat(written.split(":")[1])
        return happened

    @classmethod
    def of(cls, deadline: Deadline, *, calendar: str) -> Self:
        """What asks for this date of an answer that was counted on `calendar` ("" is the usual one).

        Raises `ValidationError` for more days than a link should hold.
        """
        own = deadline.own_days or SchoolDaysTold()
        return cls(
            rule=deadline.rule,
            happened=tuple(map(_written, deadline.events)),
            calendar=calendar,
            ends=own.ends,
            back=own.back,
            inset=tuple(sorted(own.inset)),
            closed=tuple(sorted(own.closures)),
            no_inset_in=tuple(sorted(own.no_inset_in)),
        )

    def events(self) -> Iterator[tuple[str, Happened]]:
        """The events, by their ids."""
        for written in self.happened:
            event, day, *more = written.split(":")
            yield event, Happened(day=date.fromisoformat(day), posted=_POSTED in more, afternoon=_AFTERNOON in more)

    def school_days(self) -> SchoolDays:
        """Whose school days to count."""
        told = SchoolDaysTold(
            ends=self.ends,
            back=self.back,
            inset=frozenset(self.inset),
            closures=frozenset(self.closed),
            no_inset_in=frozenset(self.no_inset_in),
        )
        return SchoolDays(calendar=self.calendar or None, told=told)


def date_file_routes(*, desk: DeadlineDesk, today: Callable[[], date]) -> APIRouter:
    """`/deadline.ics`: one whole-day entry with its working and reminders."""
    router = APIRouter(include_in_schema=False)

    @router.get("/deadline.ics")
    def deadline_file(asked: Annotated[DateFileQuery, Query()]) -> Response:
        found = desk.deadline(asked.rule, dict(asked.events()), school_days=asked.school_days())
        made = desk.diary(found, stamp=datetime.now(UTC), today=today())
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{found.rule.id}.ics"'}
        return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)

    return router


def file_address(deadline: Deadline, *, desk: DeadlineDesk, calendar: str) -> str | None:
    """Where the file of this date is; None where it would be of another date than the answer gives."""
    if desk.again(deadline, calendar=calendar or None) is None:
        return None
    try:
        asked = DateFileQuery.of(deadline, calendar=calendar)
    except ValidationError:
        return None
    return "/deadline.ics?" + urlencode(asked.model_dump(mode="json", exclude_defaults=True), doseq=True)


def _written(each: DatedEvent) -> str:
    said = [
        each.event,
        each.day.isoformat(),
        *([_POSTED] if each.posted else []),
        *([_AFTERNOON] if each.afternoon else []),
    ]
    return ":".join(said)
