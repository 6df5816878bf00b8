"""The methods of agents (statuses, sessions, prompts) and of views."""

import json
from typing import Any

from tests.slackish.errors import Refused
from tests.slackish.limits import faults_of
from tests.slackish.workspace import Json, Team, View, Workspace

TITLE, SESSION_TITLE, PROMPTS = 24, 200, 4
_SESSION = {"active", "processing", "suspended", "closed"}
_VIEW_KEYS = {
    "modal": set(
        "type title blocks close submit private_metadata callback_id clear_on_close notify_on_close external_id "
        "submit_disabled".split()
    ),
    "home": {"type", "blocks", "private_metadata", "callback_id", "external_id"},
}


def set_status(space: Workspace, team: Team, said: Json) -> Json:
    room = space.channel(team, said["channel_id"])
    if len(said.get("loading_messages") or ()) > 10:
        raise Refused("invalid_arguments", "loading_messages")
    if said["status"]:
        space.statuses[room.id, said["thread_ts"]] = said["status"]
    else:
        space.statuses.pop((room.id, said["thread_ts"]), None)
    space.status_history.append((room.id, said["thread_ts"], said["status"]))
    return {}


def set_prompts(space: Workspace, team: Team, said: Json) -> Json:
    room = space.channel(team, said["channel_id"])
    prompts = said["prompts"]
    shapes = all(isinstance(p, dict) and set(p) == {"title", "message"} and all(p.values()) for p in prompts)
    if not 1 <= len(prompts) <= PROMPTS or not shapes:
        raise Refused("invalid_arguments", "prompts")
    if not said.get("thread_ts"):  # with one, an agent app's prompts are taken and never shown
        space.prompts[room.id] = {"title": said.get("title"), "prompts": prompts}
    return {}


def set_session_status(space: Workspace, team: Team, said: Json) -> Json:
    room = space.room_to_write(team, said["channel_id"])
    if said["status"] not in _SESSION:
        raise Refused("invalid_arguments", "status")
    if not said.get("thread_ts"):
        raise Refused("invalid_arguments", "missing required field: thread_ts")
    if len(said.get("title") or "") > SESSION_TITLE:
        raise Refused("invalid_arguments", "title")
    made = {"title": said.get("title"), "initiator": said.get("initiator_user_id")}
    session = space.set_session(room.id, said["thread_ts"], said["status"], **made)
    return {"status": session.status, "agent_status": session.status, "title": session.title or ""}


def rename_session(space: Workspace, team: Team, said: Json) -> Json:
    room = space.room_to_write(team, said["channel_id"])
    session = space.sessions.get((room.id, said.get("thread_ts")))
    if session is None:
        raise Refused("session_not_found")
    if len(said["title"]) > SESSION_TITLE:
        raise Refused("invalid_arguments", "title")
    session.title = said["title"]
    return {"title": session.title}


# Views --------------------------------------------------------------------------------------------------------------


def open_view(space: Workspace, team: Team, said: Json) -> Json:
    _, user = space.use_trigger(said.get("trigger_id") or "")
    return _shown(space, _new(space, team, user, _checked(said["view"], "modal")))


def push_view(space: Workspace, team: Team, said: Json) -> Json:
    _, user = space.use_trigger(said.get("trigger_id") or "")
    below = [view for view in space.views if view.open and view.user == user]
    if not below:
        raise Refused("not_found")
    if len(below) == 3:
        raise Refused("push_limit_reached")
    return _shown(space, _new(space, team, user, _checked(said["view"], "modal"), root=below[0].root))


def update_view(space: Workspace, team: Team, said: Json) -> Json:
    named = [view for view in space.views if view.open and view.id == said.get("view_id")]
    known = [v for v in space.views if v.open and v.view.get("external_id") == (said.get("external_id") or object())]
    if not named and not known:
        raise Refused("not_found")
    view = (named or known)[0]
    if said.get("hash") not in {None, view.hash}:
        raise Refused("hash_conflict")
    view.view, view.hash = _checked(said["view"], "modal"), space.new_id("hash")
    space.name_blocks(view.view["blocks"])
    return _shown(space, view)


def publish_view(space: Workspace, team: Team, said: Json) -> Json:
    user = said["user_id"]
    if (team.id, user) not in space.users:
        raise Refused("user_not_found")
    before = space.homes.get((team.id, user))
    if before is not None and said.get("hash") not in {None, before.hash}:
        raise Refused("hash_conflict")
    view = _new(space, team, user, _checked(said["view"], "home"))
    space.homes[team.id, user] = view
    return _shown(space, view)


def show_instead(space: Workspace, team: Team, view: View, new: Any) -> None:
    """What an acknowledgement with a response_action puts in the place of a modal. Raises `Refused`."""
    view.view, view.hash = _checked(new, "modal"), space.new_id("hash")
    space.name_blocks(view.view["blocks"])


def _new(space: Workspace, team: Team, user: str, view: Json, *, root: str | None = None) -> View:
    view_id = space.new_id("V")
    space.name_blocks(view["blocks"])
    made = View(id=view_id, team=team.id, user=user, view=view, hash=space.new_id("hash"), root=root or view_id)
    space.views.append(made)
    return made


def _checked(view: Any, kind: str) -> Json:
    view = json.loads(view) if isinstance(view, str) else view
    if not isinstance(view, dict) or view.get("type") != kind:
        raise Refused("invalid_arguments", f"the view is not a {kind}")
    why = [f"additional property: {key}" for key in sorted(set(view) - _VIEW_KEYS[kind])]
    short = [key for key in ("title", "submit", "close") if key in view]
    why += [f"{key}: 1 to {TITLE} characters" for key in short if not 1 <= len(view[key].get("text", "")) <= TITLE]
    if kind == "modal" and "title" not in view:
        why.append("missing required field: title")
    why += _more_faults(view)
    if why:
        raise Refused("invalid_arguments", *why)
    return view


def _more_faults(view: Json) -> list[str]:
    why = faults_of(view.get("blocks"), surface=view["type"])
    if len(view.get("private_metadata") or "") > 3000 or len(view.get("callback_id") or "") > 255:
        why.append("private_metadata or callback_id is too long")
    has_input = any(block.get("type") == "input" for block in view.get("blocks") or ())
    if has_input and view["type"] == "modal" and "submit" not in view:
        why.append("a modal with input blocks needs submit")
    return why


def _shown(space: Workspace, view: View) -> Json:
    return {"view": as_view(view)}


def as_view(view: View) -> Json:
    """A view as answers and payloads carry it."""
    said = {"private_metadata": "", "callback_id": "", "state": {"values": {}}, **view.view}
    return {
        **said,
        "id": view.id,
        "team_id": view.team,
        "app_id": "A0APNAV",
        "bot_id": "B0APNAV",
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": None,
        "external_id": view.view.get("external_id", ""),
    }
