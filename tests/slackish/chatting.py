"""The chat.* methods."""

import json
import time
from collections.abc import Sequence
from typing import Any

from tests.slackish.errors import Refused
from tests.slackish.limits import faults_of, too_long
from tests.slackish.workspace import Json, Message, Team, Workspace, as_payload

TEXT, UPDATED_TEXT, MARKDOWN = 40_000, 4_000, 12_000  # characters
_CHUNKS = {
    "markdown_text": {"text"},
    "task_update": {"id", "title", "status"},
    "plan_update": {"title"},
    "blocks": {"blocks"},
}
_SESSION = {"active", "processing", "suspended", "closed"}


def post_message(space: Workspace, team: Team, said: Json) -> Json:
    room = space.room_to_write(team, said["channel"])
    text, blocks = _content(said, longest=TEXT)
    thread = _thread(space, team, room.id, said.get("thread_ts"))
    message = space.post(_by_app(space, team, room.id, text=text, blocks=blocks, thread_ts=thread))
    message.metadata = said.get("metadata")
    return {"channel": room.id, "ts": message.ts, "message": as_payload(message)}


def post_ephemeral(space: Workspace, team: Team, said: Json) -> Json:
    room = space.room_to_write(team, said["channel"])
    if (team.id, said["user"]) not in space.users:
        raise Refused("user_not_found")
    if said["user"] not in room.members and room.user != said["user"]:
        raise Refused("user_not_in_channel")
    text, blocks = _content(said, longest=TEXT)
    message = _by_app(space, team, room.id, text=text, blocks=blocks, thread_ts=said.get("thread_ts"))
    message.only_for = said["user"]
    space.post(message)
    return {"message_ts": message.ts}


def update(space: Workspace, team: Team, said: Json) -> Json:
    message = _own(space, team, said, otherwise="cant_update_message")
    if message.stream == "going":
        raise Refused("streaming_state_conflict")
    text, blocks = _content(said, longest=UPDATED_TEXT)
    if "blocks" in said or "markdown_text" in said:
        space.name_blocks(blocks)
        message.blocks = blocks
    message.text, message.pieces, message.chunks = text, [], []
    message.edits += 1
    message.done_at = time.monotonic()
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": as_payload(message)}


def delete(space: Workspace, team: Team, said: Json) -> Json:
    message = _own(space, team, said, otherwise="cant_delete_message")
    message.deleted = True
    return {"channel": message.channel, "ts": message.ts}


def permalink(space: Workspace, team: Team, said: Json) -> Json:
    room = space.channel(team, said["channel"])
    if space.message(team.id, room.id, said["message_ts"]) is None:
        raise Refused("message_not_found")
    place = said["message_ts"].replace(".", "")
    return {"channel": room.id, "permalink": f"https://{team.id.lower()}.slack.com/archives/{room.id}/p{place}"}


# Streams ------------------------------------------------------------------------------------------------------------


def start_stream(space: Workspace, team: Team, said: Json) -> Json:
    room = space.room_to_write(team, said["channel"])
    if room.kind != "im":
        for needed in ("recipient_team_id", "recipient_user_id"):
            if not said.get(needed):
                raise Refused(f"missing_{needed}")
        if (said["recipient_team_id"], said["recipient_user_id"]) not in space.users:
            raise Refused("user_not_found")
    if said.get("task_display_mode", "timeline") not in {"timeline", "plan", "dense"}:
        raise Refused("invalid_arguments", "task_display_mode")
    message = _by_app(space, team, room.id, thread_ts=_thread(space, team, room.id, said["thread_ts"]))
    message.stream = "going"
    _append(space, message, said)
    space.post(message)
    space.set_session(room.id, message.thread_ts, "processing")
    return {"channel": room.id, "ts": message.ts}


def append_stream(space: Workspace, team: Team, said: Json) -> Json:
    message = _stream(space, team, said)
    if not said.get("markdown_text") and not said.get("chunks"):
        raise Refused("no_text")
    _append(space, message, said)
    return {"channel": message.channel, "ts": message.ts}


def stop_stream(space: Workspace, team: Team, said: Json) -> Json:
    message = _stream(space, team, said)
    blocks = _blocks(said)
    if said.get("session_status") not in {None, *_SESSION}:
        raise Refused("invalid_arguments", "session_status")
    _append(space, message, said)
    if not message.pieces and not message.chunks and not blocks:
        raise Refused("no_text")
    space.name_blocks(blocks)
    message.blocks, message.stream, message.done_at = blocks, "stopped", time.monotonic()
    message.text = "".join(message.pieces)
    message.metadata = said.get("metadata")
    space.set_session(message.channel, message.thread_ts, said.get("session_status") or "active")
    space.statuses.pop((message.channel, message.thread_ts or ""), None)
    return {"channel": message.channel, "ts": message.ts, "message": as_payload(message)}


def _stream(space: Workspace, team: Team, said: Json) -> Message:
    message = _own(space, team, said, otherwise="message_not_owned_by_app")
    if message.stream != "going":
        raise Refused("message_not_in_streaming_state")
    return message


def _append(space: Workspace, message: Message, said: Json) -> None:
    chunks = _listed(said.get("chunks"), "invalid_chunks")
    if said.get("markdown_text") and chunks:
        raise Refused("invalid_arguments", "markdown_text and chunks exclude each other")
    texts = [said["markdown_text"]] if said.get("markdown_text") else []
    others = []
    for chunk in chunks:
        needed = _CHUNKS.get(chunk.get("type", ""))
        if needed is None or not needed <= set(chunk):
            raise Refused("invalid_chunks", f"a chunk of type {chunk.get('type')} needs {sorted(needed or ())}")
        if chunk["type"] == "blocks":
            _refuse_bad(chunk["blocks"])
            space.name_blocks(chunk["blocks"])
        if chunk["type"] == "markdown_text":
            texts.append(chunk["text"])
        else:
            others.append(chunk)
    if sum(map(len, [*message.pieces, *texts])) > MARKDOWN:
        raise Refused("msg_too_long")
    message.pieces += texts
    message.chunks += others


# What messages share ------------------------------------------------------------------------------------------------


def _by_app(space: Workspace, team: Team, channel: str, **changes: Any) -> Message:
    return Message(team=team.id, channel=channel, ts=space.new_ts(), user=team.bot_user, by_app=True, **changes)


def _own(space: Workspace, team: Team, said: Json, *, otherwise: str) -> Message:
    room = space.channel(team, said["channel"])
    message = space.message(team.id, room.id, said["ts"])
    if message is None:
        raise Refused("message_not_found")
    if message.user != team.bot_user:
        raise Refused(otherwise)
    return message


def _thread(space: Workspace, team: Team, channel: str, thread_ts: str | None) -> str | None:
    if thread_ts is None:
        return None
    first = space.message(team.id, channel, thread_ts)
    if first is None:
        raise Refused("cannot_reply_to_message")
    return first.thread_ts or thread_ts


def _content(said: Json, *, longest: int) -> tuple[str, list[Json]]:
    blocks = _blocks(said)
    text = said.get("text") or ""
    if said.get("markdown_text"):
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if len(said["markdown_text"]) > MARKDOWN:
            raise Refused("msg_too_long")
        blocks = [{"type": "markdown", "text": said["markdown_text"]}]
    if len(text) > longest:
        raise Refused("msg_too_long")
    if not text and not blocks and not said.get("attachments"):
        raise Refused("no_text")
    return text, blocks


def _blocks(said: Json) -> list[Json]:
    blocks = _listed(said.get("blocks"), "invalid_blocks_format")
    _refuse_bad(blocks)
    return blocks


def _refuse_bad(blocks: Sequence[Json]) -> None:
    faults = faults_of(blocks)
    if faults:
        raise Refused("invalid_blocks", *faults, errors=faults)
    if too_long(blocks):
        raise Refused("msg_blocks_too_long")


def _listed(given: Any, error: str) -> list[Json]:
    if given is None:
        return []
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise Refused(error) from None
    if not isinstance(given, list):
        raise Refused(error)
    return given
