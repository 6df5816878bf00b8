"""What programs meet at the calculator's API: dates with their working, and errors that say what to mend."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import vobject
from fastapi.testclient import TestClient

from assistant.adapters.dates import DayFirstReader
from assistant.adapters.ical import write_ical
from assistant.desk import DeadlineDesk
from assistant.service import Assistant
from bots.web.app import create_app
from bots.web.time_schemas import (
    CalendarsResponse,
    ReckoningResponse,
    RulesResponse,
    TimelineResponse,
    TotalsResponse,
)
from tests.fakes import FakeKnowledgeBase
from tests.time_limits import LIMITS, FakeCalendars, a_calendar

TODAY = date(2026, 11, 22)
EXCLUDED = "first-day-of-permanent-exclusion"
LETTER = "governors-decision-notice-given-to-parent"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    calendars = FakeCalendars([a_calendar(), a_calendar(id="leeds-2026-27", closures=frozenset({date(2026, 12, 4)}))])
    desk = DeadlineDesk(LIMITS, calendars=calendars, reader=DayFirstReader(), diary_file=write_ical)
    app = create_app(assistant=Assistant(FakeKnowledgeBase(None)), desk=desk, today=lambda: TODAY)
    with TestClient(app) as running:
        yield running


def told(client: TestClient, path: str, **body: Any) -> Any:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


# What can be asked --------------------------------------------------------------------------------------------------


def test_program_learns_every_limit_and_which_days_it_needs(client: TestClient) -> None:
    listed = RulesResponse.model_validate(client.get("/api/deadlines").json())
    assert [rule.id for rule in listed.rules] == [rule.id for rule in LIMITS.rules]
    assert [event.id for event in listed.rules[0].events] == [EXCLUDED]
    assert [chain.id for chain in listed.timelines] == ["permanent-exclusion"]


def test_program_learns_every_calendar_and_the_days_it_covers(client: TestClient) -> None:
    listed = CalendarsResponse.model_validate(client.get("/api/calendars").json())
    assert [(each.id, each.typical, each.first) for each in listed.calendars] == [
        ("typical-2026-27", True, date(2026, 9, 2)),
        ("leeds-2026-27", True, date(2026, 9, 2)),
    ]


# Dates --------------------------------------------------------------------------------------------------------------


def test_date_comes_with_its_working_source_and_calendar(client: TestClient) -> None:
    said = told(client, "/api/deadlines", rule="irp-apply", on="2026-12-01")
    shape = ReckoningResponse.model_validate(said)
    assert (said["date"], said["weekday"]) == ("2027-01-06", "Wednesday")
    assert len(shape.counted) == 15
    assert "INSET on 4 January" in said["working"]
    assert said["sources"][0]["url"] == "https://www.legislation.gov.uk/uksi/2012/1033"
    assert said["calendar"]["id"] == "typical-2026-27"
    assert "Other term dates" in said["would_change"]


@pytest.mark.parametrize(
    ("body", "day"),
    [
        pytest.param({"on": "2026-12-01", "calendar": "leeds-2026-27"}, "2027-01-07", id="another-calendar"),
        pytest.param({"on": "2026-12-01", "inset": ["2026-12-02"]}, "2027-01-07", id="an-inset-day"),
        pytest.param({"on": "2026-12-01", "closures": ["2026-12-02", "2026-12-03"]}, "2027-01-08", id="two-closures"),
        pytest.param({"on": "2026-12-01", "posted": True}, "2027-01-08", id="posted"),
        pytest.param({"happened": {LETTER: {"day": "2026-12-01"}}}, "2027-01-06", id="by-the-event's-id"),
        pytest.param({"happened": {"governors-d": {"day": "2026-12-01"}}}, "2027-01-06", id="by-its-beginning"),
    ],
)
def test_date_turns_on_the_days_that_are_sent(client: TestClient, body: dict[str, Any], day: str) -> None:
    assert told(client, "/api/deadlines", rule="irp-apply", **body)["date"] == day


def test_timeline_says_who_must_act_and_what_is_open_today(client: TestClient) -> None:
    said = told(client, "/api/timeline", chain="permanent-exclusion", on="2026-11-10", settings=["academy"])
    TimelineResponse.model_validate(said)
    assert [(s["who_must"], s["date"], s["state"], s["open"]) for s in said["steps"]] == [
        ("head teacher", None, "at_once", True),
        ("home local authority", "2026-11-17", "passed", False),
        ("governing board", "2026-12-01", "open", True),
        ("parent", "2027-01-06", "open", False),  # it opens with the governors' letter
    ]
    assert said["today"] == "2026-11-22"


def test_timeline_can_be_seen_as_on_another_day(client: TestClient) -> None:
    body = {"chain": "permanent-exclusion", "on": "2026-11-10", "today": "2026-12-01"}
    assert [step["state"] for step in told(client, "/api/timeline", **body)["steps"]][2] == "today"


def test_totals_say_what_is_crossed_and_what_is_left_of_the_year(client: TestClient) -> None:
    suspensions = [{"first": "2026-09-14", "days": 2}, {"first": "2026-10-05", "days": 3.5}]
    said = told(client, "/api/suspensions", suspensions=suspensions)
    TotalsResponse.model_validate(said)
    assert [(each["name"], each["days"], each["left"]) for each in said["years"]] == [("2026-27", 5.5, 39.5)]
    assert [(each["threshold"], each["date"]) for each in said["crossed"]] == [("over-5", "2026-10-08")]


# Files for calendars ------------------------------------------------------------------------------------------------


def test_parent_can_put_the_date_into_a_calendar(client: TestClient) -> None:
    response = client.post("/api/deadlines.ics", json={"rule": "irp-apply", "on": "2026-12-01", "remind": [3]})
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="irp-apply.ics"'
    event = vobject.readOne(response.text).vevent
    assert event.dtstart.value == date(2027, 1, 6)
    assert len(event.contents["valarm"]) == 1


def test_parent_can_put_a_whole_case_into_a_calendar_and_again_without_doubles(client: TestClient) -> None:
    body = {"chain": "permanent-exclusion", "on": "2026-11-10"}
    first, again = (vobject.readOne(client.post("/api/timeline.ics", json=body).text).vevent_list for _ in range(2))
    assert [event.dtstart.value.isoformat() for event in first] == ["2026-11-17", "2026-12-01", "2027-01-06"]
    assert [event.uid.value for event in first] == [event.uid.value for event in again]


# Errors -------------------------------------------------------------------------------------------------------------

DEADLINES, TIMELINE, SUSPENSIONS = "/api/deadlines", "/api/timeline", "/api/suspensions"
PEX = {"chain": "permanent-exclusion"}

REFUSED = [
    pytest.param(DEADLINES, {"rule": "irp-apply", "on": "2026-02-30"}, "invalid_request", "2026-02-30", id="30-feb"),
    pytest.param(DEADLINES, {"rule": "irp-apply", "on": "1/12/2026"}, "invalid_request", "YYYY-MM-DD", id="not-iso"),
    pytest.param(DEADLINES, {"rule": "irp-apply", "when": "x"}, "invalid_request", "no such field", id="no-field"),
    pytest.param(DEADLINES, {}, "invalid_request", "rule: This is required", id="empty"),
    pytest.param(DEADLINES, {"rule": "irp"}, "unknown_rule", "irp-apply", id="no-rule"),
    pytest.param(
        DEADLINES, {"rule": "irp-apply"}, "date_missing", "On which day was the governors' letter", id="no-day"
    ),
    pytest.param(
        DEADLINES, {"rule": "irp-apply", "happened": {"x-y": {"day": "2026-12-01"}}}, "unknown_event", "x-y", id="event"
    ),
    pytest.param(
        DEADLINES,
        {"rule": "irp-apply", "on": "2026-12-01", "calendar": "mars"},
        "unknown_calendar",
        "leeds",
        id="calendar",
    ),
    pytest.param(
        DEADLINES, {"rule": "irp-apply", "on": "2027-07-20"}, "calendar_too_short", "term dates around", id="too-late"
    ),
    pytest.param(
        DEADLINES, {"rule": "pex-day-six", "on": "2026-11-14"}, "not_a_school_day", "a weekend", id="on-a-saturday"
    ),
    pytest.param(TIMELINE, {"chain": "pex"}, "unknown_timeline", "permanent-exclusion", id="no-chain"),
    pytest.param(TIMELINE, {**PEX}, "date_missing", "On which day", id="no-day-of-exclusion"),
    pytest.param(TIMELINE, {**PEX, "on": "2026-12-25"}, "not_a_school_day", "Christmas Day", id="on-christmas-day"),
    pytest.param(
        TIMELINE,
        {**PEX, "on": "2026-11-10", "happened": {LETTER: {"day": "2026-11-01"}}},
        "end_before_start",
        "is before",
        id="letter-before-exclusion",
    ),
    pytest.param(
        TIMELINE, {**PEX, "on": "2026-11-10", "needs": ["ehcp"]}, "unknown_condition", "ehc-plan", id="misspelt-need"
    ),
    pytest.param(
        SUSPENSIONS,
        {"suspensions": [{"first": "2026-09-14", "days": 46}]},
        "suspension_too_long",
        "more than a pupil may be suspended",
        id="46-days",
    ),
    pytest.param(
        SUSPENSIONS,
        {"suspensions": [{"first": "2026-09-14", "days": 2, "last": "2026-09-01"}]},
        "end_before_start",
        "is before the start",
        id="end-before-start",
    ),
    pytest.param(
        SUSPENSIONS,
        {"suspensions": [{"first": "2026-10-26", "days": 1}]},
        "not_a_school_day",
        "a school holiday",
        id="in-half-term",
    ),
    pytest.param(SUSPENSIONS, {"suspensions": []}, "invalid_request", "suspensions", id="no-suspension"),
    pytest.param(
        SUSPENSIONS, {"suspensions": [{"first": "2026-09-14", "days": 0}]}, "invalid_request", "greater than 0", id="0"
    ),
    pytest.param("/api/deadlines.ics", {"rule": "irp-apply"}, "date_missing", "One date is needed", id="file-no-day"),
    pytest.param("/api/timeline.ics", {**PEX, "on": "2026-11-15"}, "not_a_school_day", "Sunday", id="file-on-a-sunday"),
]


@pytest.mark.parametrize(("path", "body", "code", "words"), REFUSED)
def test_program_is_told_what_to_mend_and_nothing_is_half_computed(
    client: TestClient, path: str, body: dict[str, Any], code: str, words: str
) -> None:
    response = client.post(path, json=body)
    assert response.status_code == 422
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert error["code"] == code
    assert words in error["message"]


def test_body_that_is_no_json_is_a_400(client: TestClient) -> None:
    assert client.post(DEADLINES, content="rule=irp").status_code in {400, 422}


def test_documentation_names_every_route_of_the_calculator(client: TestClient) -> None:
    page = client.get("/docs").text
    for route in (
        "GET /api/deadlines",
        "POST /api/deadlines",
        "POST /api/timeline",
        "POST /api/suspensions",
        "GET /api/calendars",
        "POST /api/deadlines.ics",
        "POST /api/timeline.ics",
    ):
        assert f"<code>{route}</code>" in page
    assert "object of HappenedShape by name" in page


def test_openapi_says_that_files_are_calendars(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]["/api/deadlines.ics"]["post"]["responses"]["200"]
    assert set(described["content"]) == {"text/calendar"}
