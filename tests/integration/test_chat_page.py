"""The chat at / as a parent meets it: ways to begin, what was understood, buttons to answer with, dates to keep."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import icalendar
import pytest
from fastapi.testclient import TestClient

from assistant.adapters.bank_holidays import england_bank_holidays
from assistant.adapters.dates import DayFirstReader
from assistant.adapters.ical import write_ical
from assistant.compose import ACADEMY_OR_MAINTAINED, WHAT_HAPPENED
from assistant.desk import KNOWN_WORDS, DeadlineDesk
from assistant.model import Answer, DatedEvent, Deadline, Situation
from assistant.school_days import SchoolDaysTold
from bots.web.app import create_app
from bots.web.starters import ADDABLE, SITUATION, STARTERS
from corpus.calendars import HERE, CalendarFolders
from corpus.time_limits import read_time_limits
from tests.integration.test_web import ANSWERS, CITED, CLARIFY, TODAY, FakeAssistant, Reader, ask_page

BUDGET = 60 * 1024  # bytes of a first load

MEETING = Deadline(
    label="The governors must meet",
    date=date(2026, 12, 2),
    starts=date(2026, 11, 10),
    rule="gdc-15",
    working="15 school days.",
    citations=(2,),
    events=(DatedEvent(event="governing-board-notified", day=date(2026, 11, 10)),),
)
REVIEW = Deadline(
    label="Apply for a review panel",
    date=date(2026, 12, 8),
    starts=date(2026, 11, 16),
    rule="irp-apply",
    working="15 school days.",
    citations=(2,),
    events=(DatedEvent(event="governors-decision-notice-given-to-parent", day=date(2026, 11, 12), posted=True),),
    own_days=SchoolDaysTold(inset=frozenset({date(2026, 12, 1)}), no_inset_in=frozenset({11})),
)
DATED = replace(
    CITED,
    deadlines=(MEETING, replace(MEETING, label="Of another day", date=date(2026, 12, 4)), REVIEW),
    situation=Situation(settings=frozenset({"academy"}), needs=frozenset({"ehc-plan"}), year_group=9),
    question_back=None,
)
KIND_OF_SCHOOL = replace(CITED, question_back=ACADEMY_OR_MAINTAINED)
VAGUE = replace(CLARIFY, text=WHAT_HAPPENED, question_back=WHAT_HAPPENED)


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    more: dict[str, Answer] = {"dates": DATED, "kind": KIND_OF_SCHOOL, "vague": VAGUE}
    for question, answer in more.items():
        monkeypatch.setitem(ANSWERS, question, answer)


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def web(assistant: FakeAssistant) -> Iterator[TestClient]:
    calendars = CalendarFolders((HERE,), bank_holidays=england_bank_holidays, default="typical-2026-27")
    desk = DeadlineDesk(read_time_limits(), calendars=calendars, reader=DayFirstReader(), diary_file=write_ical)
    app: Any = create_app(assistant=assistant, today=lambda: TODAY, desk=desk)  # type: ignore[arg-type]
    with TestClient(app) as client:
        yield client


# Ways to begin ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.key)
def test_parent_picks_what_happened_and_gets_a_first_question_to_complete(web: TestClient, starter: Any) -> None:
    link = next(link for link in Reader(web.get("/").text).links if f"start={starter.key}" in link)

    page = Reader(web.get(link).text)

    assert page.boxes["question"] == starter.question


def test_unknown_start_is_an_empty_form(web: TestClient) -> None:
    assert Reader(web.get("/?start=<b>").text).boxes["question"] == ""


def test_parent_asks_an_example_with_one_press(web: TestClient, assistant: FakeAssistant) -> None:
    name, question = Reader(web.get("/").text).buttons["examples"][0]

    assert name == "question"
    assert ask_page(web, question).status == 200
    assert assistant.asked[-1]["question"] == question


def test_parent_leaves_quickly_from_every_page(web: TestClient) -> None:
    for path in ("/", "/passages/exc-001", "/docs"):
        assert "https://www.bbc.co.uk/weather" in Reader(web.get(path).text).links


# What was understood ------------------------------------------------------------------------------------------------


def test_every_word_about_a_child_has_a_plain_name() -> None:
    known = frozenset().union(*KNOWN_WORDS.values()) - {"counting"}

    assert known <= set(SITUATION)
    assert {word for group in ADDABLE.values() for word in group} <= known


def test_parent_sees_what_was_understood_and_takes_one_thing_away(web: TestClient, assistant: FakeAssistant) -> None:
    page = ask_page(web, "dates")
    assert "What we understood about the child" in page.text
    assert "Year 9" in page.text
    assert page.buttons["situation-form"] == [("remove", "academy"), ("remove", "ehc-plan")]

    page = ask_page(web, page.hidden("situation-form", "question"), remove="academy")

    corrections: Any = assistant.asked[-1]["corrections"]
    assert corrections.without == {"academy"}
    assert ("not", "academy") in page.forms["follow-up-form"]
    assert ("not", "academy") in page.forms["ask-form"]


def test_parent_who_changes_their_mind_is_believed_the_last_time(web: TestClient, assistant: FakeAssistant) -> None:
    web.post("/", data={"question": "dates", "assume": ["pru"], "not": ["academy", "exam"], "add": "academy"})

    corrections: Any = assistant.asked[-1]["corrections"]
    assert corrections.also == {"pru", "academy"}
    assert corrections.without == {"exam"}


def test_correction_survives_an_error(web: TestClient) -> None:
    page = ask_page(web, "bonjour", add="academy")

    assert page.status == 422
    assert ("assume", "academy") in page.forms["ask-form"]


# Questions back -----------------------------------------------------------------------------------------------------


def test_parent_answers_the_kind_of_school_with_a_button_and_the_question_is_asked_again(
    web: TestClient, assistant: FakeAssistant
) -> None:
    page = ask_page(web, "kind")
    assert page.buttons["back-form"] == [("add", "academy"), ("add", "maintained")]

    ask_page(web, page.hidden("back-form", "question"), add="maintained")

    corrections: Any = assistant.asked[-1]["corrections"]
    assert assistant.asked[-1]["question"] == "kind"
    assert corrections.also == {"maintained"}


def test_parent_who_said_too_little_picks_what_happened(web: TestClient) -> None:
    page = ask_page(web, "vague")

    assert [value for _, value in page.buttons["back-form"]] == [starter.reply for starter in STARTERS]
    assert page.hidden("back-form", "history")


# Dates to keep ------------------------------------------------------------------------------------------------------


def test_parent_puts_a_date_into_their_calendar_with_a_plain_link(web: TestClient) -> None:
    page = ask_page(web, "dates")
    links = [link for link in page.links if link.startswith("/deadline.ics")]
    assert len(links) == len(DATED.deadlines) - 1, "a link that gave another date would be wrong"

    for link, deadline in zip(links, (MEETING, REVIEW), strict=True):
        response = web.get(link)
        assert response.headers["content-type"].startswith("text/calendar")
        [event] = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
        assert event["DTSTART"].dt == deadline.date


@pytest.mark.parametrize(
    "asked",
    [
        "rule=none&happened=governing-board-notified:2026-11-10",
        "rule=gdc-15&happened=governing-board-notified:2026-02-31",
        "rule=gdc-15&happened=governing-board-notified",
        "rule=gdc-15&happened=nothing-known:2026-11-10",
        "rule=gdc-15",
        "rule=gdc-15&happened=governing-board-notified:2026-11-10&calendar=x",
        "rule=gdc-15&happened=governing-board-notified:2026-11-10&inset=soon",
        "rule=gdc-15&happened=governing-board-notified:2026-11-10&inset=1999-01-01",
        "rule=gdc-15&happened=governing-board-notified:2026-11-10&no_inset_in=13",
    ],
)
def test_file_of_a_date_that_cannot_be_computed_is_explained(web: TestClient, asked: str) -> None:
    response = web.get(f"/deadline.ics?{asked}", headers={"accept": "text/html"})

    assert response.status_code == 422
    assert "There is a problem" in response.text


def test_chosen_calendar_is_counted_on_and_stays_chosen(web: TestClient, assistant: FakeAssistant) -> None:
    page = ask_page(web, "dates", calendar="two-week-october-2026-27")

    assert assistant.asked[-1]["calendar"] == "two-week-october-2026-27"
    assert page.hidden("follow-up-form", "calendar") == "two-week-october-2026-27"


# Weight -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [None, "dates"])
def test_first_load_with_style_script_and_icon_stays_light(web: TestClient, question: str | None) -> None:
    html = web.get("/").text if question is None else web.post("/", data={"question": question}).text
    parts = {
        attrs.get("src") or attrs["href"] for tag, attrs in Reader(html).elements if tag in {"link", "script", "img"}
    }
    assert len(parts) >= 3

    sizes = {part: len(gzip.compress(web.get(part).content)) for part in parts}

    assert sum(sizes.values()) + len(gzip.compress(html.encode())) < BUDGET, sizes
