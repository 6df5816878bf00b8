"""Several workspaces install the app by OAuth; each is answered with its own token, and leaves nothing behind."""

import http.client
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.journeys.slack_app import SlackApp, echoing
from tests.slackish.server import SlackishServer, eventually
from tests.slackish.workspace import Message

TEAMS = {"T0NORTH": ("xoxb-north", "UNORA"), "T0SOUTH": ("xoxb-south", "USAUL")}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a browser gets."""

    status: int
    headers: Mapping[str, str]
    text: str


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        for team, (token, user) in TEAMS.items():
            running.add_team(team, token=token)
            running.add_user(user, team=team)
        yield running


@pytest.fixture(scope="module")
def app(slack: SlackishServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackApp]:
    oauth = {
        "APNAV_SLACK_BOT_TOKEN": "",
        "APNAV_SLACK_CLIENT_ID": slack.client_id,
        "APNAV_SLACK_CLIENT_SECRET": slack.client_secret,
    }
    with echoing(slack, tmp_path_factory.mktemp("workspaces"), way="http", **oauth) as running:
        yield running


def browse(app: SlackApp, path: str, *, cookie: str = "") -> Page:
    """A page of the app, for a browser with a cookie; redirections are not followed."""
    place = urlsplit(app.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        got = connection.getresponse()
        return Page(status=got.status, headers=dict(got.headers), text=got.read().decode())
    finally:
        connection.close()


def begin(app: SlackApp) -> tuple[str, str]:
    """Begin an installation: the state that Slack will send back, and the browser's cookie."""
    page = browse(app, "/slack/install")
    where = urlsplit(page.headers["location"])
    assert (page.status, where.hostname, where.path) == (302, "slack.com", "/oauth/v2/authorize")
    return parse_qs(where.query)["state"][0], page.headers["set-cookie"].partition(";")[0]


def install(slack: SlackishServer, app: SlackApp, team: str) -> Page:
    state, cookie = begin(app)
    return browse(app, f"/slack/oauth_redirect?code={slack.issue_code(team)}&state={state}", cookie=cookie)


def answers(slack: SlackishServer, team: str, user: str) -> list[Message]:
    here = slack.space.in_channel(team, f"D{user}")
    return [message for message in here if message.by_app and message.finished]


def test_each_workspace_is_answered_with_its_own_token_until_it_removes_the_app(
    slack: SlackishServer, app: SlackApp
) -> None:
    people = {team: slack.person(user, slack.http(app.url), team=team) for team, (_, user) in TEAMS.items()}
    people["T0NORTH"].says("Too early")
    for team in TEAMS:
        page = install(slack, app, team)
        assert page.status == 200
        assert "installed" in page.text
        people[team].says(f"A question from {team}")

    for team, (token, user) in TEAMS.items():
        [answer] = eventually(lambda team=team, user=user: answers(slack, team, user))
        assert f"A question from {team}" in answer.shown
        used = {call.token for call in slack.called("chat.startStream") if f"D{user}" == call.arguments["channel"]}
        assert used == {token}
    assert app.keeps("A question from T0NORTH")

    slack.send(slack.http(app.url), people["T0NORTH"].event({"type": "app_uninstalled"}))
    assert eventually(lambda: not app.keeps("xoxb-north"))
    assert eventually(lambda: not app.keeps("A question from T0NORTH"))
    assert app.keeps("xoxb-south")
    people["T0NORTH"].says("Is anybody there?")
    people["T0SOUTH"].says("And here?")
    assert eventually(lambda: len(answers(slack, "T0SOUTH", "USAUL")) == 2)
    assert len(answers(slack, "T0NORTH", "UNORA")) == 1
    assert app.process.poll() is None


@pytest.mark.parametrize("wrong", ["state", "cookie", "code", "twice", "refused"])
def test_installation_that_is_not_ones_own_is_refused_in_words(
    slack: SlackishServer, app: SlackApp, wrong: str
) -> None:
    state, cookie = begin(app)
    code = "made-up" if wrong == "code" else slack.issue_code("T0SOUTH")
    address = f"/slack/oauth_redirect?code={code}&state={'x' * 36 if wrong == 'state' else state}"
    if wrong == "refused":
        address = f"/slack/oauth_redirect?error=access_denied&state={state}"
    if wrong == "twice":
        assert browse(app, address, cookie=cookie).status == 200

    page = browse(app, address, cookie="" if wrong == "cookie" else cookie)

    assert page.status >= 400 or wrong == "refused"
    assert "not installed" in page.text
    assert code not in app.log()
    assert state not in app.log()
