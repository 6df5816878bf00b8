"""The stand-in for Slack reaches a small Bolt app as Slack does: over signed HTTP and over Socket Mode."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.slackish.doors import Door, SocketDoor
from tests.slackish.samples import a_modal, button, section
from tests.slackish.server import SlackishServer, eventually

QUIET = logging.getLogger("a quiet app")
QUIET.setLevel(logging.CRITICAL)


@pytest.fixture
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        yield running


# A small Bolt app ---------------------------------------------------------------------------------------------------


def a_small_app(slack: SlackishServer) -> App:
    """Repeats what it is told, has a command, a shortcut, a button and a modal."""
    app = App(
        token=slack.bot_token,
        signing_secret=slack.signing_secret,
        client=WebClient(token=slack.bot_token, base_url=slack.url, logger=QUIET),
        logger=QUIET,
        process_before_response=True,
    )

    @app.event("message")
    def repeat(event: dict[str, Any], say: Any) -> None:
        blocks = [section(event["text"]), {"type": "actions", "elements": [button(value="7")]}]
        say(text=event["text"], blocks=blocks, thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Any) -> None:
        say(text="yes?", thread_ts=event["ts"])

    @app.command("/ap")
    def command(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        ack("Working on it")
        respond(text=f"Answer to {body['text']}", response_type="ephemeral")

    @app.shortcut("check")
    def check(ack: Any, respond: Any, shortcut: dict[str, Any]) -> None:
        ack()
        respond(text=f"Checked {shortcut['message']['text']}")

    what = {"type": "plain_text_input", "action_id": "what"}
    asks = {"type": "input", "block_id": "w", "label": {"type": "plain_text", "text": "What"}, "element": what}

    @app.action("press")
    def press(ack: Any, client: WebClient, body: dict[str, Any]) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=a_modal(asks))

    @app.view("why")
    def why(ack: Any, client: WebClient, view: dict[str, Any], body: dict[str, Any]) -> None:
        said = view["state"]["values"]["w"]["what"]["value"]
        if not said:
            ack(response_action="errors", errors={"w": "Please say what."})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"Thank you for {said}")

    return app


@contextmanager
def served(app: App) -> Iterator[str]:
    """The app behind an HTTP address of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): [value] for name, value in self.headers.items()}
            said = app.dispatch(BoltRequest(body=body, headers=headers))
            self.send_response(said.status)
            for name, values in said.headers.items():
                self.send_header(name, values[0])
            self.end_headers()
            self.wfile.write((said.body or "").encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/slack/events"
        server.shutdown()
        thread.join()


@contextmanager
def connected(app: App, slack: SlackishServer) -> Iterator[SocketModeHandler]:
    """The app in Socket Mode."""
    handler = SocketModeHandler(app, app_token=slack.app_token, logger=QUIET, ping_interval=0.5)
    handler.connect()
    assert eventually(lambda: slack.socket.connections == 1)
    yield handler
    handler.client.auto_reconnect_enabled = False
    slack.socket.drop()  # or closing would wait until the connection has been silent for three seconds
    handler.close()


@pytest.fixture(params=["http", "socket"])
def door(request: pytest.FixtureRequest, slack: SlackishServer) -> Iterator[Door]:
    app = a_small_app(slack)
    if request.param == "http":
        with served(app) as url:
            yield slack.http(url)
    else:
        with connected(app, slack):
            yield slack.by_socket


def test_person_talks_with_an_app_over_either_way(slack: SlackishServer, door: Door) -> None:
    ada = slack.person("UADA", door)

    said = ada.says("Is 3 < 4 & 5?")
    ada.mentions("CTEAM", "hello")
    ada.commands("/ap", "a question", channel="CTEAM")
    ada.checks("check", slack.messages("CTEAM")[0])

    [answer] = slack.answers(said.channel, thread=said.ts)
    assert answer.text == "Is 3 &lt; 4 &amp; 5?"
    assert [m.text for m in slack.answers("CTEAM")] == ["yes?"]
    seen = {m.text for m in slack.ephemerals("UADA")}
    assert {"Working on it", "Answer to a question", "Checked <@U0APNAV> hello"} <= seen
    assert all(delivery.in_time for _, delivery in slack.deliveries)
    assert slack.refused == []


def test_person_presses_a_button_and_fills_in_a_modal(slack: SlackishServer, door: Door) -> None:
    ada = slack.person("UADA", door)
    said = ada.says("Hello")
    ada.presses(slack.answers(said.channel)[0], "press")
    modal = slack.modal("UADA")
    assert modal is not None

    ada.submits(modal)
    assert modal.errors == {"w": "Please say what."}
    ada.submits(modal, {"what": "the letter"})

    assert slack.modal("UADA") is None
    assert slack.answers(said.channel)[-1].text == "Thank you for the letter"
    with pytest.raises(LookupError, match="nothing to press"):
        ada.presses(slack.answers(said.channel)[0], "no-such-button")


def test_wrong_and_late_signatures_are_not_slacks(slack: SlackishServer) -> None:
    with served(a_small_app(slack)) as url:
        wrong = slack.person("UADA", slack.http(url, secret="guessed")).says("Hello")
        late = slack.person("UADA", slack.http(url, age=400)).says("Hello")
        right = slack.person("UADA", slack.http(url, age=200)).says("Hello")

    assert [said.delivery.status for said in (wrong, late, right)] == [401, 401, 200]
    assert len(slack.answers(right.channel)) == 1


def test_retry_carries_its_number_and_reason(slack: SlackishServer) -> None:
    app = a_small_app(slack)
    seen: list[Any] = []

    @app.middleware
    def note(request: BoltRequest, next: Callable[[], Any]) -> None:  # noqa: A002 - Bolt looks for this name
        seen.append((request.headers.get("x-slack-retry-num"), request.headers.get("x-slack-retry-reason")))
        next()

    with connected(app, slack), served(app) as url:
        for door in (slack.by_socket, slack.http(url)):
            ada = slack.person("UADA", door)
            ada.again(ada.says("Hello"), retry=(2, "timeout"))

    assert seen == [(None, None), (["2"], ["timeout"])] * 2


# Socket Mode --------------------------------------------------------------------------------------------------------


def test_envelope_that_is_never_acknowledged_is_told_so(slack: SlackishServer) -> None:
    app = a_small_app(slack)
    held = Event()

    @app.command("/slow")
    def slow(ack: Any) -> None:
        held.wait(10)
        ack()

    with connected(app, slack):
        ada = slack.person("UADA", SocketDoor(socket=slack.socket, patience=0.3))
        delivery = ada.commands("/slow", "")
        held.set()

    assert not delivery.acknowledged
    assert not ada.says("nobody listens any more").delivery.acknowledged


def test_app_comes_back_when_slack_refreshes_or_drops_its_connection(slack: SlackishServer) -> None:
    with connected(a_small_app(slack), slack):
        for cut in (slack.socket.disconnect, slack.socket.drop):
            opened = slack.socket.opened
            cut()
            assert eventually(lambda opened=opened: slack.socket.opened > opened and slack.socket.connections == 1)
            assert slack.person("UADA", slack.by_socket).says("Hello again").delivery.acknowledged


def test_eleventh_connection_is_sent_away(slack: SlackishServer) -> None:
    with ExitStack() as held:
        first, *_ = [held.enter_context(connect(slack.socket.new_url())) for _ in range(10)]
        assert eventually(lambda: slack.socket.connections == 10)
        one_more = held.enter_context(connect(slack.socket.new_url()))

        assert "too_many_websockets" in str(one_more.recv(timeout=5))
        assert '"hello"' in str(first.recv(timeout=5))


def test_address_of_a_connection_works_once(slack: SlackishServer) -> None:
    url = slack.socket.new_url()
    with connect(url) as first:
        first.recv(timeout=5)
    with pytest.raises(InvalidStatus), connect(url):
        pass
