"""The JSON API of time limits: what can be counted, one date, a whole case, totals, and files for calendars."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic_core import to_json

from assistant.deadlines import Happened, Reckoning
from assistant.desk import DeadlineDesk
from assistant.timeline import Timeline
from bots.rendering import (
    calendar_as_json,
    chain_as_json,
    event_as_json,
    reckoning_as_json,
    rule_as_json,
    timeline_as_json,
    totals_as_json,
)
from bots.web.schemas import ErrorResponse
from bots.web.time_schemas import (
    CalendarsResponse,
    CaseShape,
    DeadlineFileRequest,
    DeadlineRequest,
    ReckoningResponse,
    RulesResponse,
    SuspensionsRequest,
    TimelineFileRequest,
    TimelineRequest,
    TimelineResponse,
    TotalsResponse,
)

_REFUSED: Mapping[int | str, dict[str, Any]] = {
    400: {"model": ErrorResponse, "description": "The body is not JSON."},
    413: {"model": ErrorResponse, "description": "The body is too large."},
    422: {
        "model": ErrorResponse,
        "description": "A field cannot be read, or no date can be computed; `message` says what is needed.",
    },
}


def time_limit_routes(*, desk: DeadlineDesk, today: Callable[[], date]) -> APIRouter:
    """The routes of the calculator under /api."""
    router = APIRouter(tags=["time limits"])
    _add_lists(router, desk)
    _add_dates(router, desk, today)
    _add_files(router, desk, today)
    return router


def _add_lists(router: APIRouter, desk: DeadlineDesk) -> None:
    @router.get(
        "/api/deadlines",
        summary="Every time limit, timeline and event",
        response_model=None,
        responses={200: {"model": RulesResponse, "description": "What dates can be asked for."}},
    )
    def rules() -> Response:
        """Each limit names the events whose days it is counted from, and the question to ask for each."""
        return _json(
            {
                "rules": [rule_as_json(rule, events=desk.events_of(rule.id)) for rule in desk.rules()],
                "timelines": [chain_as_json(chain) for chain in desk.chains()],
                "events": [event_as_json(event) for event in desk.events()],
            }
        )

    @router.get(
        "/api/calendars",
        summary="Every school calendar that days can be counted on",
        response_model=None,
        responses={200: {"model": CalendarsResponse, "description": "The calendars, in order of id."}},
    )
    def calendars() -> Response:
        """A calendar knows its own range of days and nothing beyond it."""
        return _json({"calendars": [calendar_as_json(calendar) for calendar in desk.calendars()]})


def _add_dates(router: APIRouter, desk: DeadlineDesk, today: Callable[[], date]) -> None:
    @router.post(
        "/api/deadlines",
        summary="The date of one time limit",
        response_model=None,
        responses={200: {"model": ReckoningResponse, "description": "The date with its working."}, **_REFUSED},
    )
    def deadline(asked: DeadlineRequest) -> Response:
        """Computed on a school calendar from the days that are told, with the rule, its source and what it is not."""
        return _json(reckoning_as_json(_reckoned(desk, asked)))

    @router.post(
        "/api/timeline",
        summary="Every step of a case, who must act and what is open today",
        response_model=None,
        responses={200: {"model": TimelineResponse, "description": "The steps, in order."}, **_REFUSED},
    )
    def timeline(asked: TimelineRequest) -> Response:
        """From one event to the last remedy; a step whose day is not known says which date is needed."""
        return _json(timeline_as_json(_followed(desk, asked, today=today())))

    @router.post(
        "/api/suspensions",
        summary="What repeated suspensions add up to",
        response_model=None,
        responses={200: {"model": TotalsResponse, "description": "Totals and what they set off."}, **_REFUSED},
    )
    def suspensions(asked: SuspensionsRequest) -> Response:
        """By legal term and school year, with the thresholds crossed and the days left before the yearly limit."""
        given = [each.as_suspension() for each in asked.suspensions]
        school_days = asked.as_school_days()
        totals = desk.totals(given, earlier_days=asked.earlier_days, school_days=school_days)
        return _json(totals_as_json(totals, calendar=desk.calendar(school_days)))


def _add_files(router: APIRouter, desk: DeadlineDesk, today: Callable[[], date]) -> None:
    a_file: dict[int | str, dict[str, Any]] = {
        200: {"content": {"text/calendar": {}}, "description": "An iCalendar file, to save and open."}
    }

    @router.post(
        "/api/deadlines.ics",
        summary="One date for somebody's own calendar",
        response_class=Response,
        responses={**a_file, **_REFUSED},
    )
    def deadline_file(asked: DeadlineFileRequest) -> Response:
        """One whole-day entry with its working and reminders. Sending it again replaces the entry."""
        made = desk.diary(_reckoned(desk, asked), stamp=_now(), today=today(), remind=asked.remind)
        return _file(made, f"{asked.rule}.ics")

    @router.post(
        "/api/timeline.ics",
        summary="The dates of a case for somebody's own calendar",
        response_class=Response,
        responses={**a_file, **_REFUSED},
    )
    def timeline_file(asked: TimelineFileRequest) -> Response:
        """One whole-day entry for each step that has a date."""
        found = _followed(desk, asked, today=today())
        return _file(desk.diary(found, stamp=_now(), today=found.today, remind=asked.remind), f"{asked.chain}.ics")


def _reckoned(desk: DeadlineDesk, asked: DeadlineRequest) -> Reckoning:
    first = desk.events_of(asked.rule)[0].id
    happened = _happened(desk, asked, first, posted=asked.posted, afternoon=asked.afternoon)
    return desk.deadline(asked.rule, happened, school_days=asked.as_school_days())


def _followed(desk: DeadlineDesk, asked: TimelineRequest, *, today: date) -> Timeline:
    return desk.timeline(
        asked.chain,
        _happened(desk, asked, desk.chain(asked.chain).starts),
        today=asked.today or today,
        case=asked.as_case(),
        school_days=asked.as_school_days(),
    )


def _happened(
    desk: DeadlineDesk, asked: CaseShape, first: str, *, posted: bool = False, afternoon: bool = False
) -> dict[str, Happened]:
    happened = {desk.event(name).id: each.as_happened() for name, each in asked.happened.items()}
    if asked.on is not None:
        happened[first] = Happened(day=asked.on, posted=posted, afternoon=afternoon)
    return happened


def _now() -> datetime:
    return datetime.now(UTC)


def _json(value: dict[str, Any]) -> Response:
    return Response(to_json(value), media_type="application/json", headers={"Cache-Control": "no-store"})


def _file(made: bytes, name: str) -> Response:
    """`name` is that of a rule or timeline that was found, so it is plain letters and dashes."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)
