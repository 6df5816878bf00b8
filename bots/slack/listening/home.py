"""App Home, where people see and choose what is theirs, and the settings of channels, for those who look after them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from assistant.conversations import StoreUnavailable
from assistant.model import Audience
from bots.slack.door import Door
from bots.slack.keeping.inbox import JobKind
from bots.slack.keeping.installations import Installations
from bots.slack.keeping.people import CHILDREN, LONGEST_COUNCIL, SCHOOLS, ChannelSettings, Person, Preferences
from bots.slack.listening.ask import COMMAND, team_of
from bots.slack.listening.pressing import Press, on_press_kept
from bots.slack.showing import actions, blocks, messages
from bots.slack.showing.actions import Field
from bots.slack.showing.elements import plain_text, section
from bots.slack.showing.modals import IN_PUBLIC, TO_ASKER
from bots.slack.working.home_page import publish_home
from bots.slack.working.slack_errors import NoPlace, SlackRefused, at_once, saying_why

_log = logging.getLogger(__name__)
_CHANNELS = ("C", "G")  # what the ids of channels begin with; direct messages have D
_LOOKS_AFTER_IT = ("is_admin", "is_owner", "is_primary_owner")
_SAID = "ap_said"
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What App Home needs beside the door: who installed the app, if that is kept."""

    door: Door
    installations: Installations | None = None


def register_home(app: App, house: House) -> None:
    """Its listeners. What is chosen is kept before Slack hears that it arrived; what is said and shown comes after.

    To be registered before others that hear the same command: it takes only `/ap settings`.
    """

    def show(client: WebClient, context: BoltContext) -> None:
        publish_home(house.door, client, person_of(context))

    def save(ack: Ack, context: BoltContext, body: Said) -> None:
        context[_SAID] = save_choices(house.door, person_of(context), body)
        ack()

    def saved(client: WebClient, context: BoltContext, body: Said) -> None:
        person = person_of(context)
        _tell_over(client, person.user, context[_SAID], trigger=str(body.get("trigger_id") or ""))
        publish_home(house.door, client, person)

    def settings(client: WebClient, context: BoltContext, body: Said, respond: Respond) -> None:
        refused = open_channel_settings(house, client, context, body)
        if refused is not None:
            respond(refused, response_type="ephemeral")

    def set_channel(ack: Ack, client: WebClient, context: BoltContext, body: Said) -> None:
        context[_SAID] = save_channel_settings(house, at_once(client), context, body["view"])
        ack()

    def channel_set(client: WebClient, context: BoltContext, body: Said) -> None:
        channel = str(body["view"]["private_metadata"])
        _tell(client, person_of(context).user, context[_SAID], channel=channel)

    app.event("app_home_opened", matchers=[_is_home])(ack=_heard, lazy=[show])
    app.action(actions.HOME_SAVE)(ack=save, lazy=[saved])
    on_press_kept(app, house.door, actions.DELETE_MY_DATA, delete_data)
    app.command(COMMAND, matchers=[_is_settings])(ack=_heard, lazy=[settings])
    app.view(actions.VIEW_CHANNEL_SETTINGS)(ack=set_channel, lazy=[channel_set])


def _heard(ack: Ack) -> None:
    ack()


def _is_home(event: Said) -> bool:
    return event.get("tab") == "home"


def _is_settings(command: Said) -> bool:
    return str(command.get("text") or "").strip().lower() == "settings"


def person_of(context: BoltContext) -> Person:
    """Who did this, as their questions are kept."""
    return Person(team=team_of(context), user=context.user_id or "")


# App Home -------------------------------------------------------------------------------------------------------------


def save_choices(door: Door, person: Person, body: Said) -> str:
    """Keep what somebody chose on their page; what they are told."""
    values = body["view"]["state"]["values"]
    school = _chosen(values, actions.FIELD_HOME_SCHOOL)
    children = _all_chosen(values, actions.FIELD_HOME_CHILDREN)
    preferences = Preferences(
        audience=_audience(_chosen(values, actions.FIELD_HOME_AUDIENCE)),
        council=(_value(values, actions.FIELD_HOME_COUNCIL).get("value") or "").strip()[:LONGEST_COUNCIL],
        setting=frozenset(({school} & SCHOOLS.keys()) | (set(children) & CHILDREN.keys())),
    )
    try:
        door.people.prefer(person, preferences, now=door.now())
    except StoreUnavailable as error:
        _log.warning("Not kept: %s", error)
        return messages.NOT_SAVED
    return messages.SAVED


def delete_data(door: Door, press: Press) -> str | None:
    """Have everything deleted that is kept of somebody; they are told when it is."""
    try:
        press.leaves(door, JobKind.FORGET, errand_id=f"{press.team}:{press.user}:forget:{press.trigger}")
    except StoreUnavailable as error:
        _log.warning("Not deleted: %s", error)
        return messages.DATA_NOT_DELETED
    return None


# The settings of a channel --------------------------------------------------------------------------------------------


def open_channel_settings(house: House, client: WebClient, context: BoltContext, command: Said) -> str | None:
    """Show the settings of the channel in which the command was given; to others, why not: a sentence for them."""
    channel, user = str(command["channel_id"]), str(command["user_id"])
    try:
        refused = _why_not(house, client, context, channel=channel, user=user)
        if refused is None:
            modal = blocks.channel_settings_modal(
                house.door.people.channel(person_of(context).team, channel),
                channel=channel,
                defaults=house.door.defaults,
                groups=_groups(client),
            )
            with saying_why():
                client.views_open(trigger_id=str(command["trigger_id"]), view=modal)
    except StoreUnavailable as error:
        _log.warning("Not read: %s", error)
        return messages.SETTINGS_NOT_SHOWN
    except SlackRefused as error:
        _log.warning("Settings not shown: %s", error)
        return messages.SETTINGS_NOT_SHOWN
    return refused


def save_channel_settings(house: House, client: WebClient, context: BoltContext, view: Said) -> str:
    """Keep what was chosen for a channel, if whoever chose it may; what they are told."""
    channel, person = str(view["private_metadata"]), person_of(context)
    values = view["state"]["values"]
    public = _chosen(values, actions.FIELD_CHANNEL_PUBLIC)
    settings = ChannelSettings(
        audience=_audience(_chosen(values, actions.FIELD_CHANNEL_AUDIENCE)),
        answer_in_public=_YES_NO.get(public),
        allowed_user_groups=tuple(_all_chosen(values, actions.FIELD_CHANNEL_GROUPS)),
        advice_channel=_value(values, actions.FIELD_CHANNEL_ADVICE).get("selected_conversation"),
    )
    try:
        said = _why_not(house, client, context, channel=channel, user=person.user)
        if said is not None:
            return said
        house.door.people.set_channel(person.team, channel, settings, now=house.door.now())
    except (StoreUnavailable, SlackRefused) as error:
        _log.warning("Not kept: %s", error)
        return messages.NOT_SAVED
    return messages.CHANNEL_SAVED


_YES_NO = {IN_PUBLIC: True, TO_ASKER: False}


def _why_not(house: House, client: WebClient, context: BoltContext, *, channel: str, user: str) -> str | None:
    """Why this person may not change the settings there; None when they may. Raises `SlackRefused`."""
    if not channel.startswith(_CHANNELS):
        return messages.SETTINGS_ONLY_IN_CHANNELS
    installed = house.installations
    if installed and installed.is_installer(enterprise=context.enterprise_id, team=context.team_id, user=user):
        return None
    with saying_why():
        told = client.users_info(user=user)["user"]
    return None if any(told.get(right) for right in _LOOKS_AFTER_IT) else messages.SETTINGS_NOT_FOR_YOU


def _groups(client: WebClient) -> Mapping[str, str]:
    """Id and name of every user group; none where Slack does not tell, and then those chosen before stay."""
    with _logged("The user groups are not known"), saying_why():
        return {group["id"]: group["name"] for group in client.usergroups_list()["usergroups"]}
    return {}


# What was filled in, and what is said back ----------------------------------------------------------------------------


def _value(values: Said, field: Field) -> Said:
    found: Said = values.get(field.block, {}).get(field.element) or {}
    return found


def _chosen(values: Said, field: Field) -> str:
    """The value of the option that was chosen in a menu; empty when none was, or "as usual"."""
    value = str((_value(values, field).get("selected_option") or {}).get("value") or "")
    return "" if value == actions.NOT_SET else value


def _all_chosen(values: Said, field: Field) -> Sequence[str]:
    return [str(option["value"]) for option in _value(values, field).get("selected_options") or ()]


def _audience(word: str) -> Audience | None:
    return Audience(word) if word in {each.value for each in Audience} else None


def _tell(client: WebClient, user: str, text: str, *, channel: str | None = None) -> None:
    """Say it to this person alone: in a channel, or else in a direct message."""
    note = blocks.notice(text)
    with _logged("Not said"), saying_why():
        if channel is not None:
            with suppress(NoPlace), saying_why():
                client.chat_postEphemeral(channel=channel, user=user, text=note.text, blocks=note.blocks)
                return
        client.chat_postMessage(channel=user, text=note.text, blocks=note.blocks, unfurl_links=False)


def _tell_over(client: WebClient, user: str, text: str, *, trigger: str) -> None:
    """Say it over the page that is open, for as long as Slack lets us; later in a direct message."""
    view = {
        "type": "modal",
        "title": plain_text(messages.APP),
        "close": plain_text(messages.CLOSE),
        "blocks": [section(plain_text(text))],
    }
    try:
        with saying_why():
            client.views_open(trigger_id=trigger, view=view)
    except SlackRefused:
        _tell(client, user, text)


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """Goes on, with a line in the log, where Slack refuses."""
    try:
        yield
    except SlackRefused as error:
        _log.warning("%s: %s", what, error)
