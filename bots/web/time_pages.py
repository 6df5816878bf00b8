"""/time-limits: a date, a whole case and the total of suspensions, asked for with plain forms and answered below them.

The forms send everything in the address, so that a link, the back button and a reload work; it holds dates and choices,
never names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import QueryParams

from assistant.deadlines import Happened, Reckoning
from assistant.desk import DeadlineDesk
from assistant.errors import DateMissing, DeadlineError
from assistant.explained import NOT_ADVICE, particulars
from assistant.suspensions import SuspensionTotals
from assistant.time_rules import TimeRule
from assistant.timeline import Timeline, TimelineStep
from bots.rendering import TERMS_NOTE, is_open
from bots.time_words import SAID_OF_THE_WHOLE, by_actor, opening_of, state_in_words
from bots.web.pages import Pages
from bots.web.time_forms import (
    EXAM,
    MOST_ROWS,
    ROWS,
    SCHOOLS,
    CaseFields,
    DayField,
    Fields,
    case_of,
    chain_of,
    day_field,
    days_of_rule,
    fields_of_case,
    happened,
    rule_of,
    school_days,
    suspensions,
)

_SCHOOL_DAYS = ("calendar", "inset", "closed")
_REFUSED = 422
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step as it is read: when, what, where it stands today, and everything behind the date."""

    when: str
    state: str
    is_open: bool
    step: TimelineStep
    told: tuple[tuple[str, str], ...]


def time_pages(*, desk: DeadlineDesk, today: Callable[[], date], pages: Pages) -> APIRouter:
    """`/time-limits` and, under it, one page for each of the three forms and two files for calendars."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/time-limits", methods=["GET", "HEAD"])
    def start(request: Request) -> HTMLResponse:
        context = {"groups": list(by_actor(desk.rules())), "chains": desk.chains(), "fields": Fields(QueryParams())}
        return pages.render(request, "time_limits.html", context)

    @router.api_route("/time-limits/date", methods=["GET", "HEAD"])
    def one_date(request: Request) -> HTMLResponse:
        return _date_page(request, _DateAsked(desk, request), pages=pages)

    @router.api_route("/time-limits/date.ics", methods=["GET", "HEAD"])
    def date_file(request: Request) -> Response:
        asked = _DateAsked(desk, request)
        if asked.found is None:
            return _date_page(request, asked, pages=pages)
        made = desk.diary(asked.found, stamp=datetime.now(UTC), today=today())
        return _file(made, asked.found.rule.id)

    @router.api_route("/time-limits/case", methods=["GET", "HEAD"])
    def case(request: Request) -> HTMLResponse:
        return _case_page(request, _CaseAsked(desk, request, today=today()), pages=pages)

    @router.api_route("/time-limits/case.ics", methods=["GET", "HEAD"])
    def case_file(request: Request) -> Response:
        asked = _CaseAsked(desk, request, today=today())
        if asked.found is None:
            return _case_page(request, asked, pages=pages)
        made = desk.diary(asked.found, stamp=datetime.now(UTC), today=today())
        return _file(made, asked.found.chain.id)

    @router.api_route("/time-limits/suspensions", methods=["GET", "HEAD"])
    def totals(request: Request) -> HTMLResponse:
        return _totals_page(request, desk, pages=pages)

    return router


# What is asked ------------------------------------------------------------------------------------------------------


class _DateAsked:
    """The form of one time limit, and its date when all that is needed is there."""

    def __init__(self, desk: DeadlineDesk, request: Request) -> None:
        self.desk = desk
        self.fields = Fields(request.query_params)
        self.rule: TimeRule | None = rule_of(self.fields, desk)
        self.days: Sequence[DayField] = days_of_rule(self.rule, desk) if self.rule else ()
        self.found: Reckoning | None = None
        if self.rule is None:
            return
        given = happened(self.fields, self.days, afternoon_of=self.days[0].event.id)
        on = school_days(self.fields, desk)
        if self.fields.ticked("asked") and not self.fields.mistakes:
            rule = self.rule.id
            self.found = _tried(self.fields, self.days, lambda: desk.deadline(rule, given, school_days=on))


class _CaseAsked:
    """The form of a timeline, and its steps when the first day is there."""

    def __init__(self, desk: DeadlineDesk, request: Request, *, today: date) -> None:
        self.desk = desk
        self.fields = Fields(request.query_params)
        chain = chain_of(self.fields, desk)
        self.form: CaseFields | None = fields_of_case(chain, desk) if chain else None
        self.found: Timeline | None = None
        if self.form is None:
            return
        every = [self.form.first, *self.form.later]
        given = happened(self.fields, every, afternoon_of=self.form.first.event.id) | self._exam()
        case, on = case_of(self.fields, self.form), school_days(self.fields, desk)
        if self.fields.ticked("asked") and not self.fields.mistakes:
            name = self.form.chain.id
            self.found = _tried(
                self.fields, every, lambda: desk.timeline(name, given, today=today, case=case, school_days=on)
            )

    def _exam(self) -> dict[str, Happened]:
        day = self.fields.day(EXAM) if self.form and self.form.asks_exam else None
        return {EXAM: Happened(day=day)} if day else {}


def _tried(fields: Fields, asked: Sequence[DayField], compute: Callable[[], _T]) -> _T | None:
    """What `compute` gives, or None; a date that cannot be computed is a mistake of the field it comes from."""
    try:
        return compute()
    except DateMissing as error:
        missing = next((each.name for each in asked if each.event.id == error.event), asked[0].name)
        fields.mistakes[missing] = str(error)
    except DeadlineError as error:
        fields.mistakes[asked[0].name] = _for_the_web(error)
    return None


def _for_the_web(error: DeadlineError) -> str:
    """The sentence without what only works at a command line."""
    return str(error).replace(", then add them with: apnav calendar add", ", and tell whoever runs this service")


# Pages --------------------------------------------------------------------------------------------------------------


def _date_page(request: Request, asked: _DateAsked, *, pages: Pages) -> HTMLResponse:
    context = {
        "rule": asked.rule,
        "days": asked.days,
        "found": asked.found,
        "told": [pair for pair in particulars(asked.found) if pair[0] != "Source"] if asked.found else [],
        "groups": list(by_actor(asked.desk.rules())),
        "file": f"/time-limits/date.ics?{request.url.query}",
    }
    return _form_page(request, "time_date.html", asked.fields, asked.desk, context, pages=pages)


def _case_page(request: Request, asked: _CaseAsked, *, pages: Pages) -> HTMLResponse:
    found = asked.found
    context = {
        "form": asked.form,
        "found": found,
        "steps": [_step(step, today=found.today) for step in found.steps] if found else [],
        "notices": _notices(asked.fields, found) if found else [],
        "chains": asked.desk.chains(),
        "schools": SCHOOLS,
        "later_open": asked.form is not None and any(asked.fields.text(each.name) for each in asked.form.later),
        "exam": day_field(asked.desk.event(EXAM)),
        "file": f"/time-limits/case.ics?{request.url.query}",
    }
    return _form_page(request, "time_case.html", asked.fields, asked.desk, context, pages=pages)


def _totals_page(request: Request, desk: DeadlineDesk, *, pages: Pages) -> HTMLResponse:
    fields = Fields(request.query_params)
    given = suspensions(fields)
    earlier = fields.number("earlier", fields.text("earlier")) or 0
    on = school_days(fields, desk)
    found: SuspensionTotals | None = None
    if fields.ticked("asked") and not fields.mistakes:
        if given:
            try:
                found = desk.totals(given, earlier_days=earlier, school_days=on)
            except DeadlineError as error:
                fields.mistakes["first-1"] = _for_the_web(error)
        else:
            fields.mistakes["first-1"] = "Give the first day of at least one suspension."
    filled = list(zip(fields.texts("first"), fields.texts("days"), strict=False))[:MOST_ROWS]
    context = {
        "rows": filled + [("", "")] * max(ROWS - len(filled), 2 if fields.ticked("more") else 0),
        "found": found,
        "counted_on": desk.calendar(on) if found else None,
    }
    return _form_page(request, "time_totals.html", fields, desk, context, pages=pages)


def _form_page(
    request: Request, template: str, fields: Fields, desk: DeadlineDesk, context: Mapping[str, Any], *, pages: Pages
) -> HTMLResponse:
    shared = {
        "fields": fields,
        "calendars": desk.calendars(),
        "default_calendar": desk.calendar(),
        "not_advice": NOT_ADVICE,
        "terms_note": TERMS_NOTE,
        "own_days_open": any(fields.text(name) for name in _SCHOOL_DAYS),
    }
    return pages.render(request, template, {**shared, **context}, status=_REFUSED if fields.mistakes else 200)


def _step(step: TimelineStep, *, today: date) -> StepView:
    found = step.reckoning
    told = [("What", step.what)]
    if found is not None:
        told += [pair for pair in particulars(found) if pair[0] not in {*SAID_OF_THE_WHOLE, "Source", "Who must act"}]
    told += [("Taken as known", words) for words in step.assumed if not found or words not in found.assumed]
    told += [("Date needed", step.problem)] if step.problem else []
    return StepView(
        when=opening_of(step),
        state=state_in_words(step, today=today),
        is_open=is_open(step, today=today),
        step=step,
        told=tuple(told),
    )


def _notices(fields: Fields, found: Timeline) -> list[str]:
    """What to know about all the dates; that a typical calendar was counted on is said in plainer words above them."""
    said = [words for words in found.notices if not (found.calendar.typical and found.calendar.name in words)]
    return list(dict.fromkeys([*fields.notes, *said]))


def _file(made: bytes, name: str) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}.ics"'}
    return Response(made, media_type="text/calendar; charset=utf-8", headers=headers)
