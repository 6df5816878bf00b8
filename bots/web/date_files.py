"""A date of an answer as a file for somebody's own calendar, by a plain link."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.deadlines import Happened, Reckoning
from assistant.desk import DeadlineDesk, SchoolDays
from assistant.errors import DeadlineError
from assistant.model import Deadline
from bots.web.schemas import CalendarDay, Words


class DateFileQuery(BaseModel):
    """One date: the rule, the day of the event it is counted from, and the school calendar (default: the usual)."""

    model_config = ConfigDict(frozen=True)

    rule: Words = Field(max_length=100)
    on: CalendarDay
    calendar: Words = Field(default="", max_length=100)


def date_file_routes(*, desk: DeadlineDesk, today: Callable[[], date]) -> APIRouter:
    """`/deadline.ics`: one whole-day entry with its working and reminders."""
    router = APIRouter(include_in_schema=False)

    @router.get("/deadline.ics")
    def deadline_file(asked: Annotated[DateFileQuery, Query()]) -> Response:
        found = _reckoned(desk, asked.rule, asked.on, calendar=asked.calendar)
        made = desk.diary(found, stamp=datetime.now(UTC), today=today())
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{found.rule.id}.ics"'}
        return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)

    return router


def file_address(deadline: Deadline, *, desk: DeadlineDesk, calendar: str) -> str | None:
    """Where the file of this date is; None when a plain link would give another date than the answer does."""
    if deadline.starts is None or not deadline.rule:
        return None
    try:
        found = _reckoned(desk, deadline.rule, deadline.starts, calendar=calendar)
    except DeadlineError:
        return None
    if found.day != deadline.date:
        return None  # the answer knew more, such as a letter sent by post or the school's own days off
    asked = {"rule": deadline.rule, "on": deadline.starts.isoformat()}
    return "/deadline.ics?" + urlencode(asked | ({"calendar": calendar} if calendar else {}))


def _reckoned(desk: DeadlineDesk, rule: str, on: date, *, calendar: str) -> Reckoning:
    first = desk.events_of(rule)[0].id
    return desk.deadline(rule, {first: Happened(day=on)}, school_days=SchoolDays(calendar=calendar or None))
