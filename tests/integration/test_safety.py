"""What attackers, crowds and slow connections meet at the web doorway, and what a parent still can do meanwhile."""

import asyncio
import io
import json
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.model import Answer, Help, NearMiss
from bots.logs import start_logging
from bots.secret_key import kept_key
from bots.web.app import create_app
from bots.web.clients import networks
from bots.web.csrf import FormTokens
from bots.web.queue import Patience
from bots.web.rates import Rates
from bots.web.safety import Safety
from bots.web.schemas import ErrorResponse
from tests.fakes import FakeConversations
from tests.integration.test_web import ANSWERS, CITED, PASSAGE, TODAY, FakeAssistant, Reader

KEY = b"k" * 32
WORDS = "My son was suspended <b>today</b>"


class Assistant(FakeAssistant):
    """Answers at once, or after `delay` seconds."""

    delay: float = 0
    says: Answer | None = None

    def ask(self, question: str, **more: Any) -> Answer:
        time.sleep(self.delay)
        known = {name: value for name, value in more.items() if name in _KNOWN}
        answer = super().ask(question, **known)
        return self.says or answer


_KNOWN = set(FakeAssistant.ask.__annotations__)


@pytest.fixture
def assistant() -> Assistant:
    return Assistant()


def site(assistant: Assistant, *, client: str = "203.0.113.7", https: bool = False, **safety: Any) -> TestClient:
    store = FakeConversations()
    app = create_app(assistant=assistant, today=lambda: TODAY, store=store, safety=Safety(key=KEY, **safety))
    return TestClient(app, client=(client, 4711), base_url=f"http{'s' if https else ''}://testserver")


@pytest.fixture
def web(assistant: Assistant) -> Iterator[TestClient]:
    with site(assistant) as client:
        yield client


def hidden(page: Reader) -> dict[str, str]:
    """The hidden fields of a page with one form."""
    return {a["name"]: a["value"] for tag, a in page.elements if tag == "input" and a.get("type") == "hidden"}


# Forms of other sites -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/share", "/feedback", "/conversations/delete", "/nowhere"])
@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_other_sites_cannot_make_a_browser_send_our_forms(
    web: TestClient, assistant: Assistant, path: str, said: dict[str, str]
) -> None:
    response = web.post(path, data={"question": WORDS, "form_token": FormTokens(KEY).issue()}, headers=said)

    assert response.status_code == 403
    assert not assistant.asked


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_api_refuses_what_another_site_could_send_without_asking_us(
    web: TestClient, assistant: Assistant, kind: str
) -> None:
    sent = b'{"question": "Why?", "x": "="}'
    for headers in ({"Content-Type": kind}, {"Content-Type": kind, "Sec-Fetch-Site": "cross-site"}):
        response = web.post("/api/ask", content=sent, headers=headers)

        assert 400 <= response.status_code < 500
        assert ErrorResponse.model_validate_json(response.text).error.message
    assert not assistant.asked


def test_programs_that_say_where_they_run_may_use_the_api(web: TestClient) -> None:
    response = web.post("/api/ask", json={"question": "Why?"}, headers={"Origin": "https://advice.example"})

    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("path", ["/share", "/feedback", "/conversations/delete"])
@pytest.mark.parametrize(
    "token", [None, "", "made-up", pytest.param(FormTokens(b"x" * 32).issue(), id="of another key")]
)
def test_nothing_is_changed_without_a_token_of_ours_and_the_words_are_kept(
    web: TestClient, assistant: Assistant, path: str, token: str | None
) -> None:
    fields = {"question": WORDS, "helpful": "yes"} | ({} if token is None else {"form_token": token})
    response = web.post(path, data=fields, headers={"Accept": "text/html"})

    assert response.status_code == 403
    page = Reader(response.text)
    assert page.boxes["kept-1"] == WORDS
    assert hidden(page)["helpful"] == "yes"
    assert FormTokens(KEY).is_good(hidden(page)["form_token"])
    assert not assistant.asked


def test_parent_without_cookies_asks_from_a_page_that_stood_open_too_long(web: TestClient) -> None:
    stale = FormTokens(b"an older key that is gone by now!").issue()
    refused = Reader(web.post("/", data={"question": WORDS, "audience": "parent", "form_token": stale}).text)

    again = web.post("/", data={"question": refused.boxes["kept-1"], **hidden(refused)})

    assert again.status_code == 200
    assert "set-cookie" not in again.headers


def test_plain_question_needs_no_token_and_no_cookie(web: TestClient) -> None:
    assert web.post("/", data={"question": WORDS}).status_code == 200
    assert not web.cookies


def test_reading_sets_no_cookie(web: TestClient) -> None:
    for path in ("/", "/passages/exc-001", "/docs", "/static/style.css"):
        assert "set-cookie" not in web.get(path).headers


def test_key_of_forms_is_kept_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = kept_key(folder)

    assert kept_key(folder) == first
    assert len(first) == 32
    assert (folder / "secret.key").stat().st_mode & 0o077 == 0
    assert [file.name for file in folder.iterdir()] == ["secret.key"]


def test_service_whose_data_cannot_be_written_still_starts(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    assert len(kept_key(file / "data")) == 32


# Too many questions -------------------------------------------------------------------------------------------------


def test_parent_who_asks_too_often_keeps_the_words_and_learns_when_to_go_on(assistant: Assistant) -> None:
    with site(assistant, rates=Rates(per_minute=2, per_hour=10)) as web:
        asked = {"question": WORDS, "audience": "school", "as_at": ""}
        assert [web.post("/", data=asked).status_code for _ in range(2)] == [200, 200]
        response = web.post("/", data=asked)

    page = Reader(response.text)
    assert response.status_code == 429
    assert 0 < int(response.headers["retry-after"]) <= 60
    assert page.boxes["kept-1"] == WORDS
    assert hidden(page)["audience"] == "school"
    assert "999" in page.text
    assert len(assistant.asked) == 2


@pytest.mark.parametrize("path", ["/api/ask", "/api/ask/stream"])
def test_program_that_asks_too_often_is_told_in_the_usual_shape(assistant: Assistant, path: str) -> None:
    with site(assistant, rates=Rates(per_minute=1)) as web:
        assert web.post(path, json={"question": "Why?"}).status_code == 200
        response = web.post(path, json={"question": "Why?"})

    assert response.status_code == 429
    assert ErrorResponse.model_validate_json(response.text).error.code == "asked_too_often"
    assert "retry-after" in response.headers


def test_looking_around_is_never_limited(assistant: Assistant) -> None:
    with site(assistant, rates=Rates(per_minute=1)) as web:
        for path in ("/", "/healthz", "/readyz", "/static/style.css", "/passages/exc-001", "/docs"):
            assert {web.get(path).status_code for _ in range(5)} == {200}


def test_made_up_forwarded_addresses_do_not_get_round_the_limit(assistant: Assistant) -> None:
    with site(assistant, rates=Rates(per_minute=1)) as web:
        found = [
            web.post("/api/ask", json={"question": "?"}, headers={"X-Forwarded-For": f"1.1.1.{n}"}).status_code
            for n in range(3)
        ]
    assert found == [200, 429, 429]


def test_families_behind_our_own_proxy_are_counted_apart(assistant: Assistant) -> None:
    with site(assistant, client="10.0.0.1", rates=Rates(per_minute=1), proxies=networks("10.0.0.0/8")) as web:
        found = [
            web.post("/api/ask", json={"question": "?"}, headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in (1, 2, 2)
        ]
    assert found == [200, 200, 429]


# Too long, too large, too slow --------------------------------------------------------------------------------------


def test_answer_that_does_not_come_says_what_to_do_and_keeps_the_words(assistant: Assistant) -> None:
    assistant.delay = 0.6
    with site(assistant, patience=Patience(seconds=0.1)) as web:
        started = time.monotonic()
        response = web.post("/", data={"question": WORDS})
        took = time.monotonic() - started
        program = web.post("/api/ask", json={"question": "Why?"})

    assert response.status_code == 503
    assert took < 0.5
    assert "retry-after" in response.headers
    assert Reader(response.text).boxes["kept-1"] == WORDS
    assert program.json()["error"]["code"] == "answer_took_too_long"


def test_address_and_headers_of_no_honest_browser_are_refused(web: TestClient) -> None:
    assert web.get("/?x=" + "a" * 9000, headers={"Accept": "text/html"}).status_code == 414
    assert web.get("/healthz", headers={"X-Junk": "a" * 20_000}).json()["error"]["code"] == "headers_too_large"


def test_body_that_trickles_in_is_not_waited_for(assistant: Assistant) -> None:
    app = create_app(assistant=assistant, today=lambda: TODAY, safety=Safety(key=KEY, body_seconds=0.05))
    sent: list[Any] = []

    async def trickle() -> Any:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"q", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "root_path": ""}
    scope |= {"headers": [(b"host", b"x")], "scheme": "http", "client": ("203.0.113.7", 1), "http_version": "1.1"}
    asyncio.run(app(scope, trickle, send))

    assert sent[0]["status"] == 408


# Headers ------------------------------------------------------------------------------------------------------------


def test_browser_is_told_to_be_strict(web: TestClient) -> None:
    headers = web.get("/").headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"unsafe|https?:|\*|data:", policy)
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_https_stays_https(assistant: Assistant) -> None:
    with site(assistant, https=True) as web:
        assert "max-age" in web.get("/").headers["strict-transport-security"]


def test_answers_are_not_left_on_a_shared_machine(web: TestClient) -> None:
    # A page may be shown again by the back button of the same browser: the form need not be sent a second time.
    assert web.post("/", data={"question": WORDS}).headers["cache-control"] == "private, no-cache"
    for path in ("/api/ask", "/api/ask/stream"):
        assert "no-store" in web.post(path, json={"question": "Why?"}).headers["cache-control"]


def test_styles_are_loaded_once(web: TestClient) -> None:
    first = web.get("/static/style.css")

    again = web.get("/static/style.css", headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304


def test_pages_are_small_on_the_wire_and_streams_are_not_held_back(web: TestClient) -> None:
    zipped = {"Accept-Encoding": "gzip"}
    assert web.post("/", data={"question": WORDS}, headers=zipped).headers["content-encoding"] == "gzip"
    stream = web.post("/api/ask/stream", json={"question": "Why?"}, headers=zipped)
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in stream.headers


# The log ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that the service logs at the level that says most, as JSON lines."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    start_logging("json", level="debug")
    yield written
    root.handlers[:], _ = before
    root.setLevel(before[1])
    for name in ("bots", "assistant", "uvicorn"):
        logging.getLogger(name).setLevel(logging.NOTSET)


PRIVATE = "Zebedee-Quux"


def test_question_never_reaches_the_log_whichever_doorway_it_came_by(
    assistant: Assistant, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(assistant, rates=Rates(per_minute=16), patience=Patience(seconds=5)) as web:
        for question in (f"{PRIVATE} was suspended", "crash", "bonjour", "no index"):
            for _ in range(2):
                web.post("/", data={"question": question, "history": PRIVATE})
            web.post("/api/ask", json={"question": question, "conversation_id": PRIVATE})
            web.post("/api/ask/stream", json={"question": question, "html": True})
        web.post("/api/ask", json={"question": PRIVATE})  # one too many
        web.post("/share", data={"question": PRIVATE})
        web.post("/api/ask", content=PRIVATE.encode())
        web.post("/", content=b"a" * 100_000 + PRIVATE.encode())
        web.get(f"/?question={PRIVATE}", headers={"Referer": f"http://x/{PRIVATE}", "User-Agent": PRIVATE})
        web.get(f"/passages/{PRIVATE}")
        web.get(f"/shared/{PRIVATE}")
        web.get(f"/{PRIVATE}", headers={"X-Request-ID": PRIVATE})
        web.request(PRIVATE, "/")

    said = log.getvalue()
    lines = [json.loads(line) for line in said.splitlines()]
    assert PRIVATE not in said
    assert "Jamie" not in said
    assert "203.0.113.7" not in said
    requests = [line for line in lines if line["event"] == "request"]
    assert {"/", "/api/ask", "/passages/{passage_id}", "none"} <= {line["route"] for line in requests}
    assert {200, 404, 413, 422, 429, 500, 503} <= {line["status"] for line in requests}
    assert all(line["request_id"] and line["ms"] >= 0 and line["client"] == "203.0.113.0/24" for line in requests)


def test_operator_finds_the_error_and_its_request_by_one_id(assistant: Assistant, log: io.StringIO) -> None:
    with site(assistant) as web:
        request_id = web.post("/api/ask", json={"question": "crash"}).headers["x-request-id"]

    of_it = [json.loads(line) for line in log.getvalue().splitlines() if request_id in line]
    assert any("Unexpected RuntimeError" in line["event"] for line in of_it)
    assert any(line["event"] == "request" for line in of_it)


# Markup in what people and passages say -----------------------------------------------------------------------------

TRICKS = [
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '" onmouseover="alert(1)" x="',
    "'><img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "{{ 7*7 }} {% raw %}",
    "</title><svg/onload=alert(1)>",
    "&lt;script&gt;",
]


def poisoned(trick: str) -> Answer:
    """An answer in which everything that a passage can bring along is the trick."""
    statements = tuple(replace(each, text=trick, duty_on=trick) for each in CITED.statements)
    citations = tuple(
        replace(each, title=trick, provision=trick, edition=trick, quote=trick, note=trick, also=(trick,), url=trick)
        for each in CITED.citations
    )
    return replace(
        CITED,
        text=f"{trick} [1]",
        statements=statements,
        citations=citations,
        notices=(trick,),
        next_steps=(trick,),
        question_back=trick,
        help=(Help(name=trick, what=trick, url=trick, phone=trick),),
        near_misses=(NearMiss(passage_id="exc-080", statement=trick, title=trick),),
    )


def assert_is_only_text(html: str, trick: str) -> None:
    page = Reader(html)
    assert trick in "".join(page.words)
    scripts = [attrs for tag, attrs in page.elements if tag == "script"]
    assert all(attrs.get("src", "").startswith("/static/") for attrs in scripts)
    assert not {tag for tag, _ in page.elements} & {"img", "iframe", "object", "b"}
    assert not {name for _, attrs in page.elements for name in attrs if name.startswith("on")}
    assert not [link for link in page.links if link.startswith(("javascript:", "data:", "https://evil"))]
    assert not [words for words in page.words if re.search(r"\b49\b", words)], "7*7 was worked out"


@pytest.mark.parametrize("trick", TRICKS)
def test_markup_in_a_question_shows_as_text(web: TestClient, trick: str) -> None:
    assert_is_only_text(web.post("/", data={"question": trick}).text, trick)
    mistaken = web.post("/", data={"question": trick, "as_at": trick, "audience": trick, "history": trick})
    assert mistaken.status_code == 422
    assert_is_only_text(mistaken.text, trick)
    stale = web.post("/", data={"question": trick, "audience": trick, trick: trick, "form_token": trick})
    assert stale.status_code == 403
    assert_is_only_text(stale.text, trick)


@pytest.mark.parametrize("trick", TRICKS)
def test_markup_in_a_passage_shows_as_text(web: TestClient, assistant: Assistant, trick: str) -> None:
    assistant.says = poisoned(trick)
    assert_is_only_text(web.post("/", data={"question": "Why?"}).text, trick)
    stream = web.post("/api/ask/stream", json={"question": "Why?", "html": True}).text
    pieces = [json.loads(line[6:]).get("html", "") for line in stream.splitlines() if line.startswith("data: ")]
    assert any(pieces)
    assert_is_only_text("".join(pieces), trick)


@pytest.mark.parametrize("trick", TRICKS)
def test_markup_on_the_page_of_a_passage_shows_as_text(
    web: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, trick: str
) -> None:
    bad = replace(PASSAGE, statement=trick, duty_on=trick, topic=trick, caveat=trick)
    monkeypatch.setattr(assistant, "passage", lambda _: bad)

    assert_is_only_text(web.get("/passages/exc-001").text, trick)


def test_letters_that_turn_text_round_cannot_dress_up_our_words(web: TestClient, assistant: Assistant) -> None:
    turned = "call \u202e999\u202c \u2066now\u2069 \u200fhere"
    assistant.says = poisoned(turned)

    html = web.post("/", data={"question": turned}).text
    stream = web.post("/api/ask/stream", json={"question": "Why?", "html": True}).text
    pieces = [json.loads(line[6:]).get("html", "") for line in stream.splitlines() if line.startswith("data: ")]

    for shown in (html, *pieces):
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown)
    assert "call 999 now" in html


def test_every_answer_of_the_fake_is_still_shown(web: TestClient) -> None:
    for question in ANSWERS:
        assert web.post("/", data={"question": question}).status_code == 200
