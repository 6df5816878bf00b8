"""Answers that come piece by piece, over real HTTP: order, wholeness, errors, people who leave, and many at once."""

import asyncio
import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from assistant.adapters.dates import DayFirstReader
from assistant.adapters.patterns import PatternSet
from assistant.asked_dates import Clockwork
from assistant.service import Assistant
from bots.web.app import create_app
from tests.integration.conftest import free_port
from tests.integration.test_deadline_questions import golden_calendars
from tests.integration.test_web import TODAY, FakeAssistant
from tests.integration.workbench import Bench

Event = tuple[str, dict[str, Any]]

QUESTIONS = (
    "My son was sent home this morning with no letter. Can the school do that?",
    "My daughter has an EHC plan and was suspended for 6 days from an academy. Who must teach her?",
    "He was permanently excluded on 10 November 2026. When must the governors meet?",
)
USERS = 50
READING = 6.0  # seconds that a user reads an answer before the next question


def events_in(text: str) -> list[Event]:
    """The events of a stream that was read to its end."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", maxsplit=1) for line in block.splitlines() if line and not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The app served over real HTTP; gives its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        assert server.started
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="module")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def small(fake: FakeAssistant) -> Iterator[str]:
    with running(create_app(assistant=fake, today=lambda: TODAY)) as address:
        yield address


@pytest.fixture(scope="module")
def real(whole: Bench) -> Iterator[str]:
    clockwork = Clockwork(calendars=golden_calendars(), reader=DayFirstReader())
    assistant = Assistant(whole.reader(), scanner=PatternSet, clockwork=clockwork)
    with running(create_app(assistant=assistant, today=lambda: date(2026, 11, 21))) as address:
        for question in QUESTIONS:
            httpx.post(f"{address}/api/ask", json={"question": question}, timeout=30).raise_for_status()
        yield address


def stream(address: str, question: str, **more: Any) -> list[Event]:
    response = httpx.post(f"{address}/api/ask/stream", json={"question": question, **more}, timeout=30)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    return events_in(response.text)


def statements_of(events: list[Event]) -> list[dict[str, Any]]:
    return [told["statement"] for name, told in events if name == "statement"]


# One reader ---------------------------------------------------------------------------------------------------------


def test_reader_gets_the_dates_then_each_statement_with_its_sources_then_the_whole(small: str) -> None:
    events = stream(small, "Is that allowed?")

    names = [name for name, _ in events]
    assert names == ["status", "deadline", *["statement"] * 3, "notices", "help", "done"]
    for _, told in events[2:5]:
        assert [citation["n"] for citation in told["citations"]] == told["statement"]["citations"]
        assert told["citations"][0]["quote"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_statement_of_the_json_answer_arrives(real: str, question: str) -> None:
    told = httpx.post(f"{real}/api/ask", json={"question": question}, timeout=30).json()
    events = stream(real, question)

    whole = events[-1][1]["answer"]
    assert whole | {"took_ms": 0} == told | {"took_ms": 0}
    in_order = sorted(map(json.dumps, told["statements"]))
    assert sorted(map(json.dumps, statements_of(events))) == in_order
    assert [told["deadline"] for name, told in events if name == "deadline"] == whole["deadlines"]


def test_child_in_danger_gets_contacts_in_the_first_piece(small: str) -> None:
    events = stream(small, "danger", html=True)

    assert [name for name, _ in events][:3] == ["status", "help", "statement"]
    assert "tel:999" in events[0][1]["html"]
    assert [name for name, _ in events].count("help") == 1


def test_pieces_put_together_are_the_page_that_the_server_makes(small: str) -> None:
    for question in ("Is that allowed?", "premise", "gap", "danger", "help", "wales"):
        page = httpx.post(small, data={"question": question, "audience": "parent"}, timeout=30).text
        article = page[page.index('<article id="answer"') : page.index("</article>")]
        pieces = "".join(told.get("html", "") for _, told in stream(small, question, html=True))

        assert Words(pieces).said == Words(article).said
        assert Words(pieces).ids == Words(article).ids


def test_words_of_the_reader_come_back_as_text_not_as_markup(small: str) -> None:
    events = stream(small, "<img src=x onerror=alert(1)>", html=True)

    sent = "".join(told.get("html", "") + told.get("form", "") for _, told in events)
    assert "<img" not in sent
    assert "&lt;img" in sent


def test_program_that_wants_no_page_gets_none(small: str) -> None:
    assert not [told for _, told in stream(small, "Is that allowed?") if "html" in told or "form" in told]


@pytest.mark.parametrize(
    ("question", "code"),
    [("", "empty_question"), ("bonjour", "not_english"), ("no index", "index_missing"), ("crash", "internal_error")],
)
def test_errors_are_told_as_an_event_with_words_and_nothing_of_the_inside(small: str, question: str, code: str) -> None:
    [(name, told)] = stream(small, question)

    assert name == "error"
    assert told["code"] == code
    assert told["message"]
    assert "private" not in told["message"]
    assert "Jamie" not in told["message"]


def test_request_that_cannot_be_read_gets_the_usual_error(small: str) -> None:
    response = httpx.post(f"{small}/api/ask/stream", json={"question": "Why?", "as_at": "2026-02-31"})

    assert response.status_code == 422
    assert response.json()["error"]["fields"]["as_at"]


def test_corrections_of_the_reader_reach_the_assistant(small: str, fake: FakeAssistant) -> None:
    stream(small, "Is that allowed?", also=["academy"], without=["ehc-plan"])

    corrections: Any = fake.asked[-1]["corrections"]
    assert (corrections.also, corrections.without) == (frozenset({"academy"}), frozenset({"ehc-plan"}))


def test_people_who_leave_early_leave_the_service_as_it_was(real: str) -> None:
    for _ in range(12):
        with httpx.stream("POST", f"{real}/api/ask/stream", json={"question": QUESTIONS[0]}, timeout=30) as response:
            next(response.iter_raw())

    assert stream(real, QUESTIONS[0])[-1][0] == "done"


# Many at once -------------------------------------------------------------------------------------------------------


async def _user(client: httpx.AsyncClient, address: str, *, after: float, reading: float) -> list[tuple[float, int]]:
    """Asks three questions as one conversation; gives for each its seconds and the number of statements that came."""
    await asyncio.sleep(after)
    took = []
    for question in QUESTIONS:
        started = time.perf_counter()
        response = await client.post(f"{address}/api/ask/stream", json={"question": question, "html": True})
        seconds = time.perf_counter() - started
        assert response.status_code == 200, response.text
        events = events_in(response.text)
        name, told = events[-1]
        assert name == "done", told
        assert sorted(map(json.dumps, statements_of(events))) == sorted(map(json.dumps, told["answer"]["statements"]))
        assert told["answer"]["statements"]
        took.append((seconds, len(told["answer"]["statements"])))
        await asyncio.sleep(reading)
    return took


async def _users(address: str, *, spread: float, reading: float) -> list[float]:
    limits = httpx.Limits(max_connections=USERS, max_keepalive_connections=USERS)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        each = [_user(client, address, after=spread * place / USERS, reading=reading) for place in range(USERS)]
        return [seconds for took in await asyncio.gather(*each) for seconds, _ in took]


def _lone_median(address: str) -> float:
    took = []
    for question in QUESTIONS * 4:
        started = time.perf_counter()
        stream(address, question, html=True)
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


@pytest.mark.alone
def test_fifty_people_at_the_same_moment_all_get_whole_answers(real: str) -> None:
    took = asyncio.run(_users(real, spread=0, reading=0))

    assert len(took) == USERS * len(QUESTIONS)


@pytest.mark.alone
def test_fifty_people_who_read_what_they_get_wait_little_longer_than_one(real: str) -> None:
    lone = _lone_median(real)
    took = asyncio.run(_users(real, spread=READING, reading=READING))

    assert len(took) == USERS * len(QUESTIONS)
    assert _p95(took) <= 10 * lone, f"lone median {lone:.3f} s, p95 of fifty {_p95(took):.3f} s"


class Words(HTMLParser):
    """A piece of a page: what it says, and its ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value and value != "answer"]

    def handle_data(self, data: str) -> None:
        self.said += data.split()
