"""Who is who, whose form it is, and who has asked enough: the guards of the web service, without a server."""

import asyncio
from typing import Any

import pytest
from itsdangerous import TimestampSigner
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.clients import ProxyHeader, TrustedProxies, client_group, client_roughly, networks
from bots.web.csrf import LIFETIME, FormTokens, is_from_elsewhere
from bots.web.errors import Problem
from bots.web.queue import AnswerQueue, Patience
from bots.web.rates import AskingRates, Rates, RateStoreUnusable

KEY = b"k" * 32


def from_(client: str | None, *headers: tuple[str, str]) -> dict[str, Any]:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    peer = (client, 4711) if client else None
    return {"type": "http", "method": "POST", "path": "/", "scheme": "http", "client": peer, "headers": raw}


def behind(scope: dict[str, Any], *, trusted: str | None, header: ProxyHeader = "x-forwarded-for") -> dict[str, Any]:
    """The scope as the application behind the proxies' guard sees it."""
    seen: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing(*_: object) -> Any:
        return {}

    asyncio.run(TrustedProxies(app, networks=networks(trusted), header=header)(scope, nothing, nothing))
    return dict(seen[0])


# Who asks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_household_is_counted_as_one_whatever_address_its_devices_take(address: str | None, group: str) -> None:
    assert client_group(from_(address)) == group


def test_log_never_knows_the_whole_address() -> None:
    assert client_roughly(from_("203.0.113.7")) == "203.0.113.0/24"
    assert client_roughly(from_("2001:db8:1:2::9")) == "2001:db8:1::/48"


FORWARDED = [
    ("10.0.0.1", "x-forwarded-for", "198.51.100.9", "198.51.100.9"),
    ("10.0.0.1", "x-forwarded-for", "198.51.100.9:1234", "198.51.100.9"),
    ("10.0.0.1", "x-forwarded-for", "1.1.1.1, 198.51.100.9, 10.0.0.2", "198.51.100.9"),  # the first was made up
    ("10.0.0.1", "x-forwarded-for", "nonsense, 10.0.0.2", "10.0.0.2"),
    ("10.0.0.1", "x-forwarded-for", "", "10.0.0.1"),
    ("10.0.0.1", "forwarded", 'for="[2001:db8::7]:99";proto=https', "2001:db8::7"),
    ("10.0.0.1", "forwarded", "for=1.1.1.1, for=198.51.100.9;by=10.0.0.1", "198.51.100.9"),
    ("10.0.0.1", "forwarded", "for=_hidden", "10.0.0.1"),
    ("198.51.100.66", "x-forwarded-for", "1.1.1.1", "198.51.100.66"),  # no proxy of ours
]


@pytest.mark.parametrize(("peer", "header", "said", "client"), FORWARDED)
def test_only_a_trusted_proxy_is_believed_about_who_asks(
    peer: str, header: ProxyHeader, said: str, client: str
) -> None:
    seen = behind(from_(peer, (header, said)), trusted="10.0.0.0/8", header=header)

    assert seen["client"][0] == client


def test_attacker_cannot_choose_an_address_when_no_proxy_is_trusted() -> None:
    scope = from_("127.0.0.1", ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-Proto", "https"))

    seen = behind(scope, trusted=None)

    assert (seen["client"][0], seen["scheme"]) == ("127.0.0.1", "http")


def test_attacker_cannot_use_the_header_that_the_proxy_does_not_write() -> None:
    scope = from_("10.0.0.1", ("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", "198.51.100.9"))

    assert behind(scope, trusted="10.0.0.1")["client"][0] == "198.51.100.9"


def test_trusted_proxy_says_that_the_reader_came_over_https() -> None:
    assert behind(from_("10.0.0.1", ("X-Forwarded-Proto", "https")), trusted="10.0.0.1")["scheme"] == "https"
    assert behind(from_("10.0.0.1", ("X-Forwarded-Proto", "gopher")), trusted="10.0.0.1")["scheme"] == "http"


# Whose form it is ---------------------------------------------------------------------------------------------------

SENDERS: list[tuple[dict[str, str], bool]] = [
    ({"sec-fetch-site": "same-origin"}, False),
    ({"sec-fetch-site": "none"}, False),
    ({"sec-fetch-site": "cross-site"}, True),
    ({"sec-fetch-site": "same-site"}, True),
    ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
    ({"sec-fetch-site": "cross-site", "origin": "https://ap.example"}, True),
    ({"origin": "https://ap.example"}, False),
    ({"origin": "http://ap.example"}, False),  # a proxy may have taken the s away
    ({"origin": "https://ap.example.evil.example"}, True),
    ({"origin": "https://evil.example"}, True),
    ({"origin": "null"}, True),
    ({"origin": "null", "referer": "https://ap.example/x"}, False),
    ({"referer": "https://ap.example/"}, False),
    ({"referer": "https://evil.example/?https://ap.example/"}, True),
    ({"referer": "http://[broken"}, True),
    ({}, False),  # curl, and programs of advice lines
]


@pytest.mark.parametrize(("said", "foreign"), SENDERS)
def test_post_from_another_site_is_told_from_one_of_our_own(said: dict[str, str], foreign: bool) -> None:
    assert is_from_elsewhere(Headers({"host": "ap.example", **said})) is foreign


def test_form_of_a_page_left_open_overnight_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = FormTokens(KEY)
    token = tokens.issue()

    now = TimestampSigner(KEY).get_timestamp()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: now + 16 * 60 * 60)
    assert tokens.is_good(token)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: now + LIFETIME + 60)
    assert not tokens.is_good(token)


def test_token_that_somebody_made_up_or_changed_is_refused() -> None:
    tokens = FormTokens(KEY)
    token = tokens.issue()

    assert tokens.is_good(token)
    assert FormTokens(KEY).is_good(token), "another process of the service has the same key"
    assert not FormTokens(b"x" * 32).is_good(token)
    for bad in ("", "form", token[:-1], token + "x", "é", "\ud800", "form.." + "a" * 5000):
        assert not tokens.is_good(bad)


# How often ----------------------------------------------------------------------------------------------------------


def test_client_that_asks_too_often_waits_and_nobody_else_does() -> None:
    rates = AskingRates(Rates(per_minute=3, per_hour=100), key=KEY)

    assert [rates.wait("a") for _ in range(3)] == [0, 0, 0]
    assert 0 < rates.wait("a") <= 60
    assert rates.wait("b") == 0


def test_patient_machine_is_stopped_by_the_hour() -> None:
    rates = AskingRates(Rates(per_minute=0, per_hour=5), key=KEY)

    assert [rates.wait("a") for _ in range(5)] == [0] * 5
    assert 60 < rates.wait("a") <= 3600


def test_no_limit_means_no_limit() -> None:
    rates = AskingRates(Rates(per_minute=0, per_hour=0), key=KEY)

    assert not rates.has_limits
    assert {rates.wait("a") for _ in range(50)} == {0}


def test_operator_is_told_what_a_rate_store_may_be() -> None:
    with pytest.raises(RateStoreUnusable, match="memory://"):
        AskingRates(Rates(store="mongodb://x"), key=KEY)


# How long -----------------------------------------------------------------------------------------------------------


class Asked:
    """One request that asks, and what came back."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        return {"type": "http.request", "body": b"question=Why", "more_body": False}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(next(each["status"] for each in self.sent if each["type"] == "http.response.start"))


async def refuse(scope: Scope, body: bytes, send: Send, problem: Problem) -> None:
    assert body == b"question=Why"
    await send({"type": "http.response.start", "status": problem.status, "headers": []})
    await send({"type": "http.response.body", "body": problem.code.encode()})


def queue(app: ASGIApp, *, seconds: float, at_once: int, waiting: int) -> AnswerQueue:
    patience = Patience(seconds=seconds, at_once=at_once, waiting=waiting)
    return AnswerQueue(app, patience=patience, is_asking=lambda _: True, refuse=refuse)


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(0.05)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"answer"})


async def asks(guard: AnswerQueue) -> Asked:
    asked = Asked()
    await guard(from_("203.0.113.7"), asked.receive, asked.send)
    return asked


def test_parents_who_ask_at_once_wait_their_turn_and_are_all_answered() -> None:
    async def many() -> list[Asked]:
        guard = queue(answers, seconds=5, at_once=2, waiting=10)
        return await asyncio.gather(*(asks(guard) for _ in range(10)))

    assert {asked.status for asked in asyncio.run(many())} == {200}


def test_one_too_many_is_asked_to_come_back_instead_of_waiting_for_ever() -> None:
    async def many() -> list[Asked]:
        guard = queue(answers, seconds=5, at_once=1, waiting=2)
        return await asyncio.gather(*(asks(guard) for _ in range(5)))

    found = sorted(asked.status for asked in asyncio.run(many()))
    assert found == [200, 200, 200, 503, 503]


def test_answer_that_takes_too_long_is_not_waited_for_but_keeps_its_place() -> None:
    async def story() -> None:
        goes_on = asyncio.Event()

        async def stuck(scope: Scope, receive: Receive, send: Send) -> None:
            await goes_on.wait()
            await answers(scope, receive, send)

        guard = queue(stuck, seconds=0.1, at_once=1, waiting=5)
        first = await asks(guard)
        assert first.status == 503
        assert first.sent[-1]["body"] == b"answer_took_too_long"
        second = await asks(guard)
        assert second.sent[-1]["body"] == b"too_busy"
        goes_on.set()
        await asyncio.sleep(0.1)
        assert len(first.sent) == 2, "what comes too late is not sent"
        assert (await asks(guard)).status == 200

    asyncio.run(story())


def test_late_stream_ends_with_words_and_not_with_a_spinner() -> None:
    async def opens(scope: Scope, receive: Receive, send: Send) -> None:
        kind = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": b": answering\n\n", "more_body": True})
        await asyncio.sleep(0.5)

    async def story() -> Asked:
        return await asks(queue(opens, seconds=0.1, at_once=1, waiting=5))

    last = asyncio.run(story()).sent[-1]
    assert last["body"].startswith(b"event: error\ndata: {")
    assert not last.get("more_body", False)
