"""What Slack is told of the app is what the app does: no scope or event too many, none too few, within its limits."""

import ast
import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bots.cli.main import run
from bots.errors import BadManifest
from bots.slack.app import create_slack_app
from bots.slack.listening.home import House, register_home
from bots.slack.listening.leaving import register_leaving
from bots.slack.manifest import bot_scopes, check, manifest
from tests.slackish.methods import METHODS

CODE = Path(__file__).parents[2] / "bots" / "slack"
URL = "https://ap.example.org"
IN_ONE_CALL = {  # methods of the SDK that call several of the Web API
    "chat_stream": ("chat.startStream", "chat.appendStream", "chat.stopStream"),
    "files_upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal"),
}
EVENT_SCOPES = {"app_mention": "app_mentions:read", "message.im": "im:history"}
NEEDS_NO_SCOPE = {"agent_session_stopped", "app_home_opened", "app_uninstalled", "tokens_revoked"}


# What the code really uses --------------------------------------------------------------------------------------------


def calls(source: str) -> Iterator[str]:
    """The Web API methods that a piece of code calls by a client of the SDK, or hands on to be called."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute):
            continue
        if node.attr in IN_ONE_CALL:
            yield from IN_ONE_CALL[node.attr]
        elif "_" in node.attr and callable(getattr(WebClient, node.attr, None)) and not hasattr(App, node.attr):
            yield next((method for method in METHODS if method.replace(".", "_") == node.attr), node.attr)


METHODS_USED = sorted({method for file in CODE.rglob("*.py") for method in calls(file.read_text(encoding="utf-8"))})


class Heard:
    """What the app registers listeners for."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = {"event": set(), "command": set(), "message_shortcut": set()}

    def noting(self, kind: str, register: Callable[..., Any]) -> Callable[..., Any]:
        def registered(app: App, constraint: Any, *more: Any, **others: Any) -> Any:
            if isinstance(constraint, str):
                self.found[kind].add(constraint)
            return register(app, constraint, *more, **others)

        return registered


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The events, commands and shortcuts that the real app listens to."""
    noted = Heard()
    for kind in noted.found:
        monkeypatch.setattr(App, kind, noted.noting(kind, getattr(App, kind)))
    door: Any = SimpleNamespace()
    create_slack_app(
        door,
        signing_secret="secret",
        client=WebClient(),
        authorize=lambda **_: AuthorizeResult(enterprise_id=None, team_id=None),
        more=(
            lambda app: register_home(app, House(door=door)),
            lambda app: register_leaving(app, door),
        ),
    )
    return noted.found


def as_subscribed(event: str) -> str:
    """The name under which an event is subscribed to; of messages, only those of direct messages."""
    return "message.im" if event == "message" else event


# Declared and used ----------------------------------------------------------------------------------------------------


def test_every_event_that_is_listened_to_is_declared_and_no_other(heard: dict[str, set[str]]) -> None:
    declared = manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert {as_subscribed(event) for event in heard["event"]} == set(declared)


def test_the_command_and_the_shortcut_are_those_that_are_listened_to(heard: dict[str, set[str]]) -> None:
    features = manifest()["features"]
    assert {command["command"] for command in features["slash_commands"]} == heard["command"]
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} == heard["message_shortcut"]
    assert {shortcut["type"] for shortcut in features["shortcuts"]} == {"message"}


def test_the_code_calls_only_methods_whose_scope_is_known() -> None:
    assert METHODS_USED
    assert set(METHODS_USED) <= METHODS.keys()


def test_every_scope_is_needed_and_every_one_that_is_needed_is_there(heard: dict[str, set[str]]) -> None:
    declared = set(bot_scopes())
    needed = {"commands"} if heard["command"] | heard["message_shortcut"] else set()
    for event in map(as_subscribed, heard["event"]):
        assert event in EVENT_SCOPES or event in NEEDS_NO_SCOPE, f"which scope does {event} need?"
        needed |= {EVENT_SCOPES[event]} if event in EVENT_SCOPES else set()
    for method in METHODS_USED:
        scopes = METHODS[method].scopes
        assert len(scopes) <= 1, f"{method} works with one of several scopes: say here which of them is meant"
        needed |= scopes
    assert declared == needed


def test_a_method_that_is_called_is_found() -> None:
    code = "client.users_info(user=1); press.client.files_upload_v2(); partial(self.client.chat_update, ts=1)"
    assert set(calls(code)) == {
        "users.info",
        "chat.update",
        "files.getUploadURLExternal",
        "files.completeUploadExternal",
    }


def test_a_method_that_nobody_knows_is_not_passed_over() -> None:
    assert set(calls("client.admin_users_list()")) == {"admin_users_list"}


# As Slack takes it ----------------------------------------------------------------------------------------------------

WAYS: dict[str, dict[str, Any]] = {
    "socket mode": {},
    "an address": {"url": URL},
    "several workspaces": {"url": URL, "several_workspaces": True},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_it_is_as_slack_takes_it(way: dict[str, Any]) -> None:
    assert check(manifest(**way)) == ()


def test_in_socket_mode_there_is_no_address() -> None:
    told = manifest()
    assert told["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(told).replace("https://api.slack.com", "")


def test_with_an_address_everything_comes_to_it() -> None:
    told = manifest(url=f"{URL}/")
    assert told["settings"]["socket_mode_enabled"] is False
    found = set(re.findall(r'"(https:[^"]*)"', json.dumps(told)))
    assert found == {f"{URL}/slack/events", f"{URL}/slack/oauth_redirect"}
    assert told["features"]["slash_commands"][0]["url"] == f"{URL}/slack/events"


def test_tokens_are_renewed_only_where_they_are_kept_by_installations() -> None:
    assert manifest()["settings"]["token_rotation_enabled"] is False
    assert manifest(url=URL)["settings"]["token_rotation_enabled"] is False
    assert manifest(url=URL, several_workspaces=True)["settings"]["token_rotation_enabled"] is True


@pytest.mark.parametrize(
    "url", ["http://ap.example.org", "ap.example.org", "https://", "https://ap.example.org/?x=1", "https://me@ap.org"]
)
def test_an_address_that_slack_cannot_use_is_refused(url: str) -> None:
    with pytest.raises(BadManifest, match=re.escape("https://ap.example.org")):
        manifest(url=url)


def test_several_workspaces_need_an_address() -> None:
    with pytest.raises(BadManifest, match="--url"):
        manifest(several_workspaces=True)


def test_it_is_an_agent_app_and_says_what_it_is_not() -> None:
    features = manifest()["features"]
    assert "assistant_view" not in features
    assert 1 <= len(features["agent_view"]["suggested_prompts"]) <= 4
    for words in (
        features["agent_view"]["agent_description"],
        manifest()["display_information"]["long_description"],
    ):
        assert "not legal advice" in words
        assert "automated" in words


def _without(*path: str) -> Callable[[Any], None]:
    def change(told: Any) -> None:
        for part in path[:-1]:
            told = told[part]
        del told[path[-1]]

    return change


def _with(*path: str, value: Any) -> Callable[[Any], None]:
    def change(told: Any) -> None:
        for part in path[:-1]:
            told = told[part]
        told[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_with("display_information", "name", value="x" * 36), "display_information.name"),
        (_with("display_information", "description", value="x" * 141), "display_information.description"),
        (_with("display_information", "long_description", value="x" * 174), "long_description"),
        (_with("features", "agent_view", "agent_description", value="x" * 301), "agent_description"),
        (_with("features", "agent_view", "agent_description", value="Always right."), "not legal advice"),
        (_with("features", "agent_view", "suggested_prompts", value=[{"title": "a", "message": "b"}] * 5), "prompts"),
        (_with("features", "assistant_view", value={"assistant_description": "x"}), "assistant_view"),
        (_with("features", "app_home", "messages_tab_enabled", value=False), "app_home"),
        (_without("features", "agent_view"), "agent_view"),
        (_with("oauth_config", "scopes", "bot", value=["chat:write"]), "assistant:write"),
        (_with("oauth_config", "scopes", "bot", value=["commands", "chat:write"]), "in order"),
        (_with("settings", "event_subscriptions", "bot_events", value=["app_mention", "app_mention"]), "in order"),
        (_with("settings", "socket_mode_enabled", value=False), "address"),
        (_with("settings", "token_rotation_enabled", value=True), "token_rotation_enabled"),
        (_with("settings", "interactivity", "is_enabled", value=False), "interactivity"),
        (_with("settings", "socket_mode", value=True), "socket_mode"),
        (_with("settings", "event_subscriptions", "request_url", value="http://ap.example.org"), "request_url"),
        (_with("settings", "event_subscriptions", "request_url", value=URL), "Socket Mode"),
    ],
)
def test_what_slack_would_refuse_is_found(change: Callable[[Any], None], says: str) -> None:
    told = copy.deepcopy(manifest())
    change(told)
    assert any(says in problem for problem in check(told))


# Printed --------------------------------------------------------------------------------------------------------------


def test_it_is_printed_ready_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["slack", "manifest"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == manifest()
    assert run(["slack", "manifest", "--socket"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == manifest()
    assert run(["slack", "manifest", "--url", URL, "--several-workspaces", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == manifest(url=URL, several_workspaces=True)


@pytest.mark.parametrize(
    "words", [["--url", "http://ap.example.org"], ["--url", URL, "--socket"], ["--several-workspaces"]]
)
def test_what_does_not_go_together_is_refused_in_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["slack", "manifest", *words]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("apnav: ")
    assert not said.out
