"""The methods about who and where: auth, users, conversations, user groups, files."""

import json
from typing import Any

from tests.slackish.errors import Refused
from tests.slackish.workspace import File, Json, Message, Team, Workspace, as_payload


def auth_test(space: Workspace, team: Team, said: Json) -> Json:
    return {
        "url": f"https://{team.id.lower()}.slack.com/",
        "team": team.name,
        "user": "apnavigator",
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def auth_revoke(space: Workspace, team: Team, said: Json) -> Json:
    team.revoked = not said.get("test")
    return {"revoked": team.revoked}


def users_info(space: Workspace, team: Team, said: Json) -> Json:
    user = space.users.get((team.id, said["user"]))
    if user is None:
        raise Refused("user_not_found")
    return {"user": user}


def conversations_info(space: Workspace, team: Team, said: Json) -> Json:
    room = space.channel(team, said["channel"])
    return {
        "channel": {
            "id": room.id,
            "name": room.name,
            "is_channel": room.kind == "channel",
            "is_group": room.kind == "group",
            "is_im": room.kind == "im",
            "is_private": room.kind != "channel",
            "is_archived": room.archived,
            "is_member": team.bot_user in room.members,
            "is_ext_shared": False,
            **({"user": room.user} if room.user else {}),
        }
    }


def conversations_open(space: Workspace, team: Team, said: Json) -> Json:
    if said.get("channel"):
        room = space.channel(team, said["channel"])
    elif said.get("users"):
        room = space.dm(team.id, said["users"])
    else:
        raise Refused("invalid_arguments", "channel or users")
    return {"channel": {"id": room.id, "user": room.user}}


def conversations_replies(space: Workspace, team: Team, said: Json) -> Json:
    room = space.channel(team, said["channel"])
    if room.kind != "im" and team.bot_user not in room.members:
        raise Refused("not_in_channel")
    seen = [m for m in space.in_channel(team.id, room.id) if said["ts"] in {m.ts, m.thread_ts} and not m.only_for]
    if not seen:
        raise Refused("thread_not_found")
    return {"messages": [as_payload(m) for m in seen][: int(said.get("limit") or 1000)], "has_more": False}


def usergroups_list(space: Workspace, team: Team, said: Json) -> Json:
    return {"usergroups": [{"id": group, "name": group.lower(), "handle": group.lower()} for group in space.usergroups]}


def usergroups_users_list(space: Workspace, team: Team, said: Json) -> Json:
    if said["usergroup"] not in space.usergroups:
        raise Refused("no_such_subteam")
    return {"users": space.usergroups[said["usergroup"]]}


# Files --------------------------------------------------------------------------------------------------------------


def get_upload_url(space: Workspace, team: Team, said: Json) -> Json:
    if int(said["length"]) <= 0:
        raise Refused("invalid_arguments", "length")
    made = File(id=space.new_id("F"), name=said["filename"], length=int(said["length"]))
    space.files[made.id] = made
    return {"file_id": made.id, "upload_url": made.id}  # the server makes it a whole address


def complete_upload(space: Workspace, team: Team, said: Json) -> Json:
    named: Any = json.loads(said["files"]) if isinstance(said["files"], str) else said["files"]
    files = []
    for each in named:
        file = space.files.get(each.get("id", ""))
        if file is None or file.content is None:
            raise Refused("file_not_found")
        file.title = each.get("title") or file.name
        files.append(file)
    if said.get("channel_id"):
        room = space.room_to_write(team, said["channel_id"])
        for file in files:
            file.channel, file.thread_ts = room.id, said.get("thread_ts")
        message = Message(
            team=team.id,
            channel=room.id,
            ts=space.new_ts(),
            user=team.bot_user,
            by_app=True,
            text=said.get("initial_comment") or "",
            thread_ts=said.get("thread_ts"),
            files=[file.id for file in files],
        )
        space.post(message)
    return {"files": [{"id": file.id, "title": file.title, "name": file.name} for file in files]}
