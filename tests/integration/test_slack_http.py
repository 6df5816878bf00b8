"""Slack reaches the app through the web server: past its guards, by signature only, and never kept waiting."""

import http.client
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import uvicorn
from pydantic import SecretStr
from slack_sdk import WebClient

from assistant.adapters.database import DatabaseStore
from bots import wiring, wiring_slack
from bots.errors import BadSetting
from bots.logs import start_logging
from bots.settings import Settings
from bots.slack.keeping.installations import Installations
from bots.slack.manifest import bot_scopes
from bots.web.app import create_app
from bots.web.queue import Patience
from bots.web.rates import Rates
from bots.web.safety import LARGER_BODIES, Safety
from tests.fakes import FakeKnowledge, a_catalogue
from tests.integration.slack_bench import TODAY, SlowAssistant
from tests.slackish.server import TEAM, SlackishServer, eventually
from tests.slackish.signing import signed_headers

EVENTS = "/slack/events"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Site:
    """The web server with Slack's doorway, listening."""

    slack: SlackishServer
    port: int
    assistant: SlowAssistant
    store: DatabaseStore
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{EVENTS}"

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): said for name, said in headers.items()})
            response = connection.getresponse()
            got = {name.lower(): said for name, said in response.getheaders()}
            return Reply(status=response.status, headers=got, body=response.read().decode())
        finally:
            connection.close()

    def post(self, body: bytes, *, kind: str = "application/json", **changes: str) -> Reply:
        """A post as Slack signs it, with some headers changed."""
        signed = signed_headers(body, secret=self.slack.signing_secret)
        return self.request("POST", EVENTS, body, **{"Content-Type": kind, **signed, **changes})


def settings_for(slack: SlackishServer, data: Path, **changes: object) -> Settings:
    given: dict[str, object] = {
        "data_dir": data,
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.url,
        **changes,
    }
    return Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def a_site(slack: SlackishServer, data: Path, *, safety: Safety | None = None, **changes: object) -> Iterator[Site]:
    settings = settings_for(slack, data, **changes)
    assistant = SlowAssistant(FakeKnowledge(a_catalogue()))
    desk, store = wiring.build_desk(settings), wiring.build_store(settings)
    web = create_app(assistant=assistant, today=lambda: TODAY, desk=desk, store=store, safety=safety)
    door = wiring_slack.build_slack(settings, assistant=assistant, desk=desk, store=store, over_http=True)
    wiring_slack.mount(web, door, settings=settings)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(web, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        assert eventually(lambda: server.started)
        try:
            yield Site(slack=slack, port=port, assistant=assistant, store=store)
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            door.app.listener_runner.listener_executor.shutdown(wait=True)
            store.close()


@pytest.fixture
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as server:
        yield server
        assert not server.refused


@pytest.fixture
def site(slack: SlackishServer, tmp_path: Path) -> Iterator[Site]:
    with a_site(slack, tmp_path) as opened:
        yield opened


# Past the guards ------------------------------------------------------------------------------------------------------


def test_a_question_posted_by_slack_is_answered(site: Site) -> None:
    said = site.slack.person("UADA", site.slack.http(site.url)).says("When must the governors meet?")
    assert said.delivery.acknowledged
    assert eventually(lambda: site.slack.answers(said.channel, thread=said.thread))


def test_a_command_is_a_form_and_needs_no_token_of_our_pages(site: Site) -> None:
    delivery = site.slack.person("UADA", site.slack.http(site.url)).commands("/ap", "Who can suspend a pupil?")
    assert delivery.acknowledged
    assert eventually(lambda: site.slack.ephemerals("UADA"))


def test_slack_s_question_about_the_address_is_answered(site: Site) -> None:
    reply = site.post(json.dumps({"type": "url_verification", "challenge": "abc123"}).encode())
    assert reply.status == 200
    assert "abc123" in reply.body


def test_what_slack_asks_is_not_counted_as_one_client_s_questions(slack: SlackishServer, tmp_path: Path) -> None:
    with a_site(slack, tmp_path, safety=Safety(rates=Rates(per_minute=1, per_hour=1))) as site:
        ada = slack.person("UADA", slack.http(site.url))
        assert all(ada.says(f"When must the governors meet, {number}?").delivery.acknowledged for number in range(5))


def test_a_large_post_of_slack_is_read(site: Site) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "padding": "x" * 500_000}).encode()
    assert site.post(body).status == 200


def test_a_post_that_slack_would_not_send_is_too_large(site: Site) -> None:
    assert site.post(b"x" * (LARGER_BODIES[EVENTS] + 1)).status == 413


def test_other_addresses_keep_their_own_limit(site: Site) -> None:
    body = json.dumps({"question": "x" * 100_000}).encode()
    assert site.request("POST", "/api/ask", body, Content_Type="application/json").status == 413


def test_forms_of_our_pages_still_need_their_token(site: Site) -> None:
    form = urlencode({"conversation_id": "abc"}).encode()
    kind = "application/x-www-form-urlencoded"
    assert site.request("POST", "/conversations/delete", form, Content_Type=kind).status == 403


# By signature only ----------------------------------------------------------------------------------------------------

A_COMMAND = urlencode(
    {"command": "/ap", "text": "Who?", "team_id": TEAM, "user_id": "UADA", "trigger_id": "1"}
).encode()
A_FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "changes",
    [
        {"X-Slack-Signature": "v0=0000"},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": str(int(time.time()) - 600)},
        {"X-Slack-Request-Timestamp": ""},
    ],
)
def test_a_post_that_slack_did_not_sign_just_now_is_refused(site: Site, changes: dict[str, str]) -> None:
    encoded = {name: said.encode("latin-1") for name, said in changes.items()}
    reply = site.post(A_COMMAND, kind=A_FORM, **encoded)  # type: ignore[arg-type]
    assert reply.status == 401
    assert not site.assistant.asked


def test_a_post_without_any_signature_is_refused(site: Site) -> None:
    assert site.request("POST", EVENTS, A_COMMAND, Content_Type=A_FORM).status == 401


def test_a_signed_post_that_was_changed_is_refused(site: Site) -> None:
    signed = signed_headers(A_COMMAND, secret=site.slack.signing_secret)
    reply = site.request("POST", EVENTS, A_COMMAND + b"&x=1", **{"Content-Type": A_FORM, **signed})
    assert reply.status == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 100_000, b"{", b"", b'"text"', b"[1]"])
def test_a_body_that_nobody_can_read_ends_in_a_plain_refusal(site: Site, body: bytes) -> None:
    assert 400 <= site.post(body).status < 600
    assert site.request("GET", "/healthz").status == 200


def test_reading_the_address_gives_nothing(site: Site) -> None:
    assert site.request("GET", EVENTS).status in {404, 405}


def test_nothing_secret_or_personal_is_logged(
    slack: SlackishServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    start_logging("json", level="debug")
    try:
        with a_site(slack, tmp_path) as site:
            ada = slack.person("UADA", slack.http(site.url))
            said = ada.says("When must the governors meet about Willoughby?")
            assert eventually(lambda: slack.answers(said.channel, thread=said.thread))
            slack.person("UADA", slack.http(site.url, secret="another")).says("About Willoughby again?")
            slack.fail("views.publish", "invalid_auth")
            ada.opens("home")
            assert eventually(lambda: slack.called("views.publish"))
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
    logged = capfd.readouterr().err
    assert "request" in logged
    for secret in ("Willoughby", slack.bot_token, slack.signing_secret, "xoxb", "xapp"):
        assert secret not in logged


# Never kept waiting ---------------------------------------------------------------------------------------------------


def test_slack_is_acknowledged_while_answers_take_long(site: Site) -> None:
    site.assistant.seconds = 4
    people = [site.slack.person(user, site.slack.http(site.url)) for user in ("UADA", "UBEN", "UCLEO")]
    with ThreadPoolExecutor(24) as threads:
        said = list(threads.map(lambda number: people[number % 3].says(f"Who can suspend, {number}?"), range(24)))
    assert all(each.delivery.in_time for each in said)
    site.assistant.hurry()


def test_slack_is_acknowledged_while_the_pages_are_full(slack: SlackishServer, tmp_path: Path) -> None:
    crowd = Safety(patience=Patience(seconds=20, at_once=40, waiting=100))
    with a_site(slack, tmp_path, safety=crowd) as site:
        site.assistant.seconds = 5
        asked = json.dumps({"question": "Who can suspend a pupil?"}).encode()
        with ThreadPoolExecutor(40) as threads:
            readers = [
                threads.submit(site.request, "POST", "/api/ask", asked, Content_Type="application/json")
                for _ in range(40)
            ]
            assert eventually(lambda: len(site.assistant.asked) >= 40)
            said = slack.person("UADA", slack.http(site.url)).says("When must the governors meet?")
            assert said.delivery.in_time
            site.assistant.hurry()
            assert all(reader.result().status == 200 for reader in readers)


def test_slack_sends_again_what_could_not_be_authorised(slack: SlackishServer, tmp_path: Path) -> None:
    slack.fail("auth.test", "internal_error")
    with a_site(slack, tmp_path) as site:
        ada = slack.person("UADA", slack.http(site.url))
        said = ada.says("When must the governors meet?")
        assert said.delivery.status == 500
        slack.no_more_trouble()
        assert ada.again(said).acknowledged
        assert eventually(lambda: slack.answers(said.channel, thread=said.thread))


def test_who_the_app_is_is_known_before_slack_waits_for_it(slack: SlackishServer, tmp_path: Path) -> None:
    slack.slow("auth.test", 1.2)
    with a_site(slack, tmp_path) as site:
        time.sleep(1.8)
        assert slack.person("UADA", slack.http(site.url)).says("When must the governors meet?").delivery.took < 1


def test_token_that_slack_does_not_take_is_said_plainly_at_the_start_and_for_each_event(
    slack: SlackishServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("auth.test", "not_allowed_token_type")
    with a_site(slack, tmp_path) as site:
        assert eventually(lambda: "not_allowed_token_type; install the app again" in caplog.text)
        caplog.clear()
        slack.person("UADA", slack.http(site.url)).says("When must the governors meet?")
        assert "not_allowed_token_type; install the app again" in caplog.text
    assert "Traceback" not in caplog.text
    assert "Unexpected" not in caplog.text


# Installing it --------------------------------------------------------------------------------------------------------


@pytest.fixture
def several(slack: SlackishServer, tmp_path: Path) -> Iterator[Site]:
    """The app that workspaces install by OAuth; one more workspace, T0OTHER, wants it."""
    slack.add_team("T0OTHER", token="xoxb-other-bot")
    slack.add_user("UDOT", team="T0OTHER")
    with a_site(
        slack,
        tmp_path,
        slack_bot_token=None,
        slack_client_id=slack.client_id,
        slack_client_secret=slack.client_secret,
    ) as opened:
        yield opened


def begin(site: Site) -> tuple[str, str]:
    """Where somebody is sent who wants to install it: the address, and the cookie of their browser."""
    reply = site.request("GET", "/slack/install")
    assert reply.status == 302
    return reply.headers["location"], reply.headers["set-cookie"].partition(";")[0]


def finish(site: Site, *, code: str, state: str, cookie: str = "") -> Reply:
    address = "/slack/oauth_redirect?" + urlencode({"code": code, "state": state})
    return site.request("GET", address, **({"Cookie": cookie} if cookie else {}))


def install(site: Site, team: str) -> Reply:
    address, cookie = begin(site)
    state = parse_qs(urlsplit(address).query)["state"][0]
    return finish(site, code=site.slack.issue_code(team), state=state, cookie=cookie)


def installed(site: Site, team: str) -> bool:
    installations = Installations(
        site.store.engine(),
        client_id=site.slack.client_id,
        client_secret="",
        client=WebClient(base_url=site.slack.url),
        erase_traces=lambda: None,
    )
    return installations.live(enterprise=None, team=team) is not None


def test_whoever_installs_it_grants_the_scopes_of_the_manifest_and_no_more(several: Site) -> None:
    asked = parse_qs(urlsplit(begin(several)[0]).query)
    assert asked["scope"][0].split(",") == list(bot_scopes())
    assert asked["client_id"] == [several.slack.client_id]
    assert not asked.get("user_scope")


def test_a_workspace_that_installed_it_is_answered(several: Site) -> None:
    before = several.slack.person("UADA", several.slack.http(several.url)).says("When must the governors meet?")
    assert not several.slack.answers(before.channel, thread=before.thread)
    reply = install(several, TEAM)
    assert reply.status == 200
    assert "is installed" in reply.body
    said = several.slack.person("UADA", several.slack.http(several.url)).says("When must the governors meet now?")
    assert eventually(lambda: several.slack.answers(said.channel, thread=said.thread))


def test_two_workspaces_are_each_answered_with_their_own_token(several: Site) -> None:
    install(several, TEAM)
    install(several, "T0OTHER")
    several.slack.person("UDOT", several.slack.http(several.url), team="T0OTHER").says("When must the governors meet?")
    several.slack.person("UADA", several.slack.http(several.url)).says("When must the governors meet?")
    assert eventually(lambda: len(several.slack.called("chat.stopStream")) >= 2)
    tokens = {call.token for call in several.slack.called("chat.stopStream")}
    assert tokens == {several.slack.bot_token, "xoxb-other-bot"}


@pytest.mark.parametrize("what", ["other browser", "no cookie", "made up", "twice"])
def test_an_installation_that_somebody_else_began_is_refused(several: Site, what: str) -> None:
    address, cookie = begin(several)
    state = parse_qs(urlsplit(address).query)["state"][0]
    code = several.slack.issue_code(TEAM)
    tries: dict[str, Callable[[], Reply]] = {
        "other browser": lambda: finish(several, code=code, state=state, cookie=begin(several)[1]),
        "no cookie": lambda: finish(several, code=code, state=state),
        "made up": lambda: finish(several, code=code, state="mine", cookie="slack-app-oauth-state=mine"),
        "twice": lambda: _twice(several, state, cookie),
    }
    reply = tries[what]()
    assert reply.status in {400, 401}
    assert "was not installed" in reply.body
    assert installed(several, TEAM) == (what == "twice")


def _twice(site: Site, state: str, cookie: str) -> Reply:
    finish(site, code=site.slack.issue_code(TEAM), state=state, cookie=cookie)
    return finish(site, code=site.slack.issue_code("T0OTHER"), state=state, cookie=cookie)


def test_somebody_who_changes_their_mind_reads_so(several: Site) -> None:
    reply = several.request("GET", "/slack/oauth_redirect?error=access_denied")
    assert "nothing was changed" in reply.body
    markup = several.request("GET", "/slack/oauth_redirect?error=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in markup.body


def test_with_one_workspace_there_is_nothing_to_install(site: Site) -> None:
    assert site.request("GET", "/slack/install").status == 404


# What must be set -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"slack_bot_token": None}, "APNAV_SLACK_BOT_TOKEN"),
        ({"slack_client_id": "1.2"}, "APNAV_SLACK_CLIENT_SECRET"),
        ({"slack_client_secret": SecretStr("shh")}, "APNAV_SLACK_CLIENT_ID"),
    ],
)
def test_a_missing_setting_is_named(
    slack: SlackishServer, tmp_path: Path, changes: dict[str, object], names: str
) -> None:
    with pytest.raises(BadSetting, match=names), a_site(slack, tmp_path, **changes):
        pass


def test_the_purge_of_the_web_server_takes_what_slack_s_people_asked(slack: SlackishServer, tmp_path: Path) -> None:
    with a_site(slack, tmp_path) as site:
        said = slack.person("UADA", slack.http(site.url)).says("When must the governors meet?")
        assert eventually(lambda: slack.answers(said.channel, thread=said.thread))
        later = wiring.now().replace(year=wiring.now().year + 1)

        def nothing_is_left() -> bool:
            site.store.delete_expired(later)  # what was asked is kept a moment after it was answered
            with site.store.engine().connect() as connection:
                tables = ("slack_jobs", "slack_recent_questions", "conversations")
                counts = [connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in tables]  # noqa: S608
            return counts == [0, 0, 0]

        assert eventually(nothing_is_left)
