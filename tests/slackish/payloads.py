"""What Slack sends to an app, as plain data: events, commands, actions, shortcuts, submitted views."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.slackish.limits import elements_of
from tests.slackish.surfaces import as_view
from tests.slackish.workspace import Channel, Json, Message, Team, View, Workspace, as_payload

EVENTS, COMMANDS, INTERACTIVE = "events_api", "slash_commands", "interactive"
APP = "A0APNAV"


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One thing Slack sends; `kind` is the name that Socket Mode gives it."""

    kind: str
    payload: Json


def an_event(space: Workspace, team: Team, event: Json, *, event_id: str | None = None) -> Outgoing:
    payload = {
        "token": "verification",
        "team_id": team.id,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or space.new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": team.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
    return Outgoing(kind=EVENTS, payload=payload)


def a_message_event(space: Workspace, room: Channel, message: Message, *, kind: str = "message") -> Json:
    """A message as an event; `kind` may also be app_mention."""
    types = {"im": "im", "channel": "channel", "group": "group"}
    event: Json = {
        "type": kind,
        "channel": room.id,
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "team": message.team,
        "client_msg_id": space.new_id("client-"),
    }
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    if kind == "message":
        event["channel_type"] = types[room.kind]
    if message.files:
        event |= {"files": [{"id": f, "name": f"{f}.pdf", "mimetype": "application/pdf"} for f in message.files]}
        if kind == "message":
            event["subtype"] = "file_share"
    return event


def a_command(base: str, space: Workspace, room: Channel, user: str, name: str, text: str) -> Outgoing:
    url = space.issue_response_url(base, team=room.team, channel=room.id, user=user, message_ts=None)
    payload = {
        "token": "verification",
        "team_id": room.team,
        "team_domain": room.team.lower(),
        "channel_id": room.id,
        "channel_name": "directmessage" if room.kind == "im" else room.name,
        "user_id": user,
        "user_name": user.lower(),
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": space.issue_trigger(room.team, user),
    }
    return Outgoing(kind=COMMANDS, payload=payload)


def a_message_shortcut(base: str, space: Workspace, user: str, callback_id: str, message: Message) -> Outgoing:
    url = space.issue_response_url(base, team=message.team, channel=message.channel, user=user, message_ts=message.ts)
    said = {
        "type": "message_action",
        "callback_id": callback_id,
        "message_ts": message.ts,
        "message": as_payload(message),
        "channel": {"id": message.channel, "name": message.channel.lower()},
        "response_url": url,
    }
    return _interactive(space, message.team, user, said)


def a_global_shortcut(space: Workspace, team: str, user: str, callback_id: str) -> Outgoing:
    return _interactive(space, team, user, {"type": "shortcut", "callback_id": callback_id})


def a_press(
    base: str, space: Workspace, user: str, on: Message | View, action: Json, values: Mapping[str, Any] | None = None
) -> Outgoing:
    said: Json = {"type": "block_actions", "actions": [action]}
    if isinstance(on, View):
        shown = as_view(on) | {"state": {"values": state_of(on, values or {})}}
        said |= {"view": shown, "container": {"type": "view", "view_id": on.id}}
    else:
        ephemeral = on.only_for is not None
        said |= {
            "channel": {"id": on.channel, "name": on.channel.lower()},
            "message": as_payload(on),
            "container": {
                "type": "message",
                "message_ts": on.ts,
                "channel_id": on.channel,
                "is_ephemeral": ephemeral,
                **({"thread_ts": on.thread_ts} if on.thread_ts else {}),
            },
            "state": {"values": {}},
            "response_url": space.issue_response_url(
                base, team=on.team, channel=on.channel, user=user, message_ts=on.ts
            ),
        }
    return _interactive(space, on.team, user, said)


def a_submission(space: Workspace, user: str, view: View, values: Mapping[str, Any]) -> Outgoing:
    """A modal sent off; `values` by action_id, those not given as they stand in the view."""
    shown = as_view(view) | {"state": {"values": state_of(view, values)}}
    return _interactive(space, view.team, user, {"type": "view_submission", "view": shown, "response_urls": []})


def _interactive(space: Workspace, team: str, user: str, said: Json) -> Outgoing:
    common = {
        "token": "verification",
        "team": {"id": team, "domain": team.lower()},
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": team},
        "api_app_id": APP,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": space.issue_trigger(team, user),
        "action_ts": f"{time.time():.6f}",
    }
    return Outgoing(kind=INTERACTIVE, payload={**common, **said})


# What people press and fill in --------------------------------------------------------------------------------------


def find_element(blocks: Any, action_id: str, *, value: str | None = None) -> tuple[str, Mapping[str, Any]]:
    """The element with this action_id (and value), and its block's id. Raises `LookupError`."""
    found = list(elements_of(blocks))
    for block_id, element in found:
        if element["action_id"] == action_id and value in {None, element.get("value")}:
            return block_id, element
    raise LookupError(f"nothing to press named {action_id}; there are {[e['action_id'] for _, e in found]}")


def pressed(block_id: str, element: Mapping[str, Any], choice: Any) -> Json:
    """The action that pressing or choosing makes. For feedback buttons `choice` is "positive" or "negative"."""
    action = {"action_id": element["action_id"], "block_id": block_id, "type": element["type"]}
    action["action_ts"] = f"{time.time():.6f}"
    if element["type"] == "feedback_buttons":
        button = element[f"{choice or 'positive'}_button"]
        return action | {"value": button["value"], "text": button["text"]}
    if element["type"] in {"button", "icon_button"}:
        return action | {key: element[key] for key in ("value", "text") if key in element}
    return action | filled_in(element, choice)


def filled_in(element: Mapping[str, Any], choice: Any) -> Json:
    """What an input holds once `choice` was typed or picked; None: what stands there already."""
    kind = element["type"]
    if kind in {"plain_text_input", "email_text_input", "url_text_input", "number_input"}:
        return {"value": choice if choice is not None else element.get("initial_value")}
    options = [o for group in element.get("option_groups") or [element] for o in group.get("options") or ()]
    if kind in {"static_select", "radio_buttons", "overflow"}:
        chosen = element.get("initial_option") if choice is None else _option(options, choice)
        return {"selected_option": chosen}
    if kind in {"checkboxes", "multi_static_select"}:
        chosen = element.get("initial_options") or []
        return {"selected_options": chosen if choice is None else [_option(options, each) for each in choice]}
    return _picked(element, kind, choice)


def _picked(element: Mapping[str, Any], kind: str, choice: Any) -> Json:
    names = {
        "datepicker": ("selected_date", "initial_date"),
        "timepicker": ("selected_time", "initial_time"),
        "users_select": ("selected_user", "initial_user"),
        "conversations_select": ("selected_conversation", "initial_conversation"),
        "channels_select": ("selected_channel", "initial_channel"),
        "multi_users_select": ("selected_users", "initial_users"),
        "multi_conversations_select": ("selected_conversations", "initial_conversations"),
        "multi_channels_select": ("selected_channels", "initial_channels"),
    }
    holds, begins = names[kind]
    empty: Any = [] if kind.startswith("multi_") else None
    return {holds: choice if choice is not None else element.get(begins, empty)}


def _option(options: list[Json], value: str) -> Json:
    for option in options:
        if option["value"] == value:
            return option
    raise LookupError(f"no option {value}; there are {[o['value'] for o in options]}")


def state_of(view: View, values: Mapping[str, Any]) -> Json:
    """The state of a view's inputs, by block and action. Raises `LookupError` for a value that has no input."""
    state: Json = {}
    left = dict(values)
    for block_id, element in elements_of(view.view["blocks"]):
        if element["type"] in {"button", "icon_button", "feedback_buttons"}:
            continue
        holds = filled_in(element, left.pop(element["action_id"], None))
        state.setdefault(block_id, {})[element["action_id"]] = {"type": element["type"], **holds}
    if left:
        raise LookupError(f"no input named {sorted(left)}")
    return state
