"""What Slack is told about the app: read from manifest.yaml, filled in for how it is run, and checked.

The limits are those of Slack's published schema (slackapi/manifest-schema, version 2, as of July 2026) and of its
manifest reference; what neither says, such as which settings belong together, is checked by `_contradictions`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bots.errors import BadManifest

_FILE = Path(__file__).with_name("manifest.yaml")
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


def manifest(*, url: str | None = None, several_workspaces: bool = False) -> dict[str, Any]:
    """The manifest for Socket Mode, or for an app that Slack reaches at `url` (https://host, no path).

    `several_workspaces`: others install it by OAuth, with tokens that are renewed by themselves; it needs `url`.
    Raises `BadManifest`.
    """
    filled: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    if url is not None:
        _reach_at(filled, _root(url))
    if several_workspaces:
        if url is None:
            raise BadManifest(["Several workspaces can only install an app that has an address: give --url as well."])
        filled["settings"]["token_rotation_enabled"] = True
    problems = check(filled)
    if problems:
        raise BadManifest(problems)
    return filled


def bot_scopes() -> Sequence[str]:
    """The scopes that whoever installs the app grants it."""
    return tuple(manifest()["oauth_config"]["scopes"]["bot"])


def check(filled: dict[str, Any]) -> Sequence[str]:
    """What is wrong with a manifest, a sentence each; nothing when Slack can be expected to take it."""
    try:
        told = _Manifest.model_validate(filled, strict=True)
    except ValidationError as error:
        return tuple(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}." for each in error.errors())
    return tuple(_contradictions(told))


def _root(url: str) -> str:
    parts = urlsplit(url.strip())
    bare = not (parts.query or parts.fragment or parts.username)
    if parts.scheme != "https" or not parts.hostname or not bare:
        raise BadManifest([f"Slack cannot reach “{url}”: give an address such as https://ap.example.org."])
    return url.strip().rstrip("/")


def _reach_at(filled: dict[str, Any], root: str) -> None:
    settings = filled["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = root + EVENTS_PATH
    settings["interactivity"]["request_url"] = root + EVENTS_PATH
    for command in filled["features"]["slash_commands"]:
        command["url"] = root + EVENTS_PATH
    filled["oauth_config"]["redirect_urls"] = [root + REDIRECT_PATH]


# What Slack takes ---------------------------------------------------------------------------------------------------


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


_Address = Annotated[str, StringConstraints(pattern=r"^https://", max_length=3000)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=50)]


class _Metadata(_Shape):
    major_version: Literal[1, 2]
    minor_version: int = 1


class _Display(_Shape):
    name: str = Field(min_length=1, max_length=35)
    description: str = Field(min_length=1, max_length=140)
    background_color: str = Field(pattern=r"^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$")
    long_description: str = Field(min_length=175, max_length=4000)


class _AppHome(_Shape):
    home_tab_enabled: bool
    messages_tab_enabled: bool
    messages_tab_read_only_enabled: bool


class _BotUser(_Shape):
    display_name: str = Field(min_length=1, max_length=80)
    always_online: bool


class _Prompt(_Shape):
    title: str = Field(min_length=1)
    message: str = Field(min_length=1)


class _AgentView(_Shape):
    agent_description: str = Field(min_length=1, max_length=300)
    suggested_prompts: list[_Prompt] = Field(max_length=4)


class _Command(_Shape):
    command: str = Field(pattern=r"^/\S+$", min_length=2, max_length=32)
    description: str = Field(min_length=1, max_length=2000)
    usage_hint: str = Field(min_length=1, max_length=1000)
    should_escape: bool
    url: _Address | None = None


class _Shortcut(_Shape):
    name: str = Field(min_length=1, max_length=24)
    type: Literal["message", "global"]
    callback_id: str = Field(min_length=1, max_length=255)
    description: str = Field(min_length=1, max_length=150)


class _Features(_Shape):
    """`assistant_view`, the older way, is not among them."""

    app_home: _AppHome
    bot_user: _BotUser
    agent_view: _AgentView
    slash_commands: list[_Command] = Field(min_length=1, max_length=50)
    shortcuts: list[_Shortcut] = Field(min_length=1, max_length=10)


class _Scopes(_Shape):
    bot: list[_Name] = Field(min_length=1, max_length=255)


class _OAuth(_Shape):
    scopes: _Scopes
    redirect_urls: list[_Address] = Field(default=[], max_length=1000)


class _Events(_Shape):
    bot_events: list[_Name] = Field(min_length=1, max_length=100)
    request_url: _Address | None = None


class _Interactivity(_Shape):
    is_enabled: bool
    request_url: _Address | None = None


class _Settings(_Shape):
    event_subscriptions: _Events
    interactivity: _Interactivity
    org_deploy_enabled: bool
    socket_mode_enabled: bool
    token_rotation_enabled: bool


class _Manifest(_Shape):
    metadata: _Metadata = Field(alias="_metadata")
    display_information: _Display
    features: _Features
    oauth_config: _OAuth
    settings: _Settings


_NEEDED_BY_EVENT = {"app_mention": "app_mentions:read", "message.im": "im:history"}
"""Events that Slack sends only with a scope; the others need none."""

_DISCLAIMERS = ("not legal advice", "automated")


def _contradictions(told: _Manifest) -> Iterator[str]:
    yield from _of_reach(told)
    yield from _of_scopes(told.oauth_config.scopes.bot, told.settings.event_subscriptions.bot_events)
    home = told.features.app_home
    if not home.messages_tab_enabled or home.messages_tab_read_only_enabled or not home.home_tab_enabled:
        yield "features.app_home: both tabs are needed, and people must be able to write."
    for where, words in (
        ("agent_description", told.features.agent_view.agent_description),
        ("long_description", told.display_information.long_description),
    ):
        if not all(phrase in words.lower() for phrase in _DISCLAIMERS):
            yield f"{where}: it must say that this is automated and not legal advice."


def _of_reach(told: _Manifest) -> Iterator[str]:
    settings = told.settings
    commands = (command.url for command in told.features.slash_commands)
    addresses = [settings.event_subscriptions.request_url, settings.interactivity.request_url, *commands]
    if settings.socket_mode_enabled and any(addresses):
        yield "settings: in Socket Mode Slack calls no address, so there must be none."
    if not settings.socket_mode_enabled and not all(addresses):
        yield "settings: without Socket Mode, events, interactivity and commands each need an address."
    if settings.token_rotation_enabled and not told.oauth_config.redirect_urls:
        yield "settings.token_rotation_enabled: renewed tokens need an installation by OAuth, with a redirect address."
    if not settings.interactivity.is_enabled:
        yield "settings.interactivity: buttons and menus need it."


def _of_scopes(scopes: Sequence[str], events: Sequence[str]) -> Iterator[str]:
    for named, listed in (("scopes", scopes), ("events", events)):
        if list(listed) != sorted(set(listed)):
            yield f"The {named} must be in order, each once."
    for event, scope in _NEEDED_BY_EVENT.items():
        if event in events and scope not in scopes:
            yield f"The event {event} needs the scope {scope}."
    if "assistant:write" not in scopes:
        yield "features.agent_view needs the scope assistant:write."
