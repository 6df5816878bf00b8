"""What Slack knows: teams, channels, messages, views, files. State behind one lock; times are monotonic seconds."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from tests.slackish.errors import Refused
from tests.slackish.limits import texts_of

Json = dict[str, Any]

TRIGGER_LIVES = 3.0  # seconds
RESPONSE_URL_LIVES = 30 * 60.0  # seconds
RESPONSE_URL_USES = 5


@dataclass(kw_only=True)
class Team:
    """A workspace in which the app is installed."""

    id: str
    name: str
    bot_token: str
    bot_user: str
    bot_id: str
    scopes: frozenset[str] | None = None  # None: all there are
    revoked: bool = False


@dataclass(kw_only=True)
class Channel:
    """A channel, or the direct messages of one person with the app (kind "im")."""

    id: str
    team: str
    kind: str = "channel"  # or "group" (private), "im"
    name: str = ""
    user: str | None = None
    members: set[str] = field(default_factory=set)
    archived: bool = False


@dataclass(kw_only=True)
class Message:
    """One message. `only_for` is the one person who sees an ephemeral; `pieces` are the parts of a stream."""

    team: str
    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    only_for: str | None = None
    by_app: bool = False
    pieces: list[str] = field(default_factory=list)
    chunks: list[Json] = field(default_factory=list)
    stream: str | None = None  # "going", "stopped" by the app, or "ended" by Slack
    files: list[str] = field(default_factory=list)
    metadata: Json | None = None
    edits: int = 0
    deleted: bool = False
    at: float = field(default_factory=time.monotonic)
    done_at: float = field(default_factory=time.monotonic)

    @property
    def shown(self) -> str:
        """What a person reads: the streamed pieces joined, then the texts of the blocks, else the plain text."""
        inside = [c["blocks"] for c in self.chunks if c.get("type") == "blocks"]
        streamed = "".join(self.pieces)
        parts = ([streamed] if streamed else []) + list(texts_of([*inside, self.blocks]))
        return "\n".join(parts) if parts else self.text

    @property
    def finished(self) -> bool:
        return self.stream != "going"


@dataclass(kw_only=True)
class View:
    """A modal or a home tab as a person has it before them."""

    id: str
    team: str
    user: str
    view: Json
    hash: str
    root: str
    open: bool = True
    errors: Json = field(default_factory=dict)


@dataclass(kw_only=True)
class Session:
    """What an agent's session in a thread shows: its status, its title, and who began it."""

    status: str
    title: str | None = None
    initiator: str | None = None
    history: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class File:
    """An uploaded file; `channel` is set once the upload was completed."""

    id: str
    name: str
    length: int
    content: bytes | None = None
    title: str | None = None
    channel: str | None = None
    thread_ts: str | None = None


@dataclass(kw_only=True)
class ResponseUrl:
    """Where an app may answer a command or an action without a token."""

    team: str
    channel: str
    user: str
    message_ts: str | None
    issued: float = field(default_factory=time.monotonic)
    uses: int = 0


class Workspace:
    """Everything Slack keeps. Take `lock` around more than one step."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.teams: dict[str, Team] = {}
        self.channels: dict[tuple[str, str], Channel] = {}
        self.users: dict[tuple[str, str], Json] = {}
        self.usergroups: dict[str, list[str]] = {}
        self.messages: list[Message] = []
        self.views: list[View] = []
        self.homes: dict[tuple[str, str], View] = {}
        self.sessions: dict[tuple[str, str | None], Session] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.status_history: list[tuple[str, str, str]] = []
        self.prompts: dict[str, Json] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, tuple[float, str, str]] = {}
        self.used_triggers: set[str] = set()
        self.response_urls: dict[str, ResponseUrl] = {}
        self.codes: dict[str, str] = {}
        self._count = itertools.count(1)

    def new_ts(self) -> str:
        """The ts of a new message; later ones are greater."""
        return f"{int(time.time())}.{next(self._count):06d}"

    def new_id(self, prefix: str) -> str:
        return f"{prefix}0{next(self._count):07d}"

    # Finding ------------------------------------------------------------------------------------------------------

    def team_of(self, token: str) -> Team | None:
        return next((team for team in self.teams.values() if team.bot_token == token), None)

    def channel(self, team: Team, channel_id: str) -> Channel:
        """A channel the app can see. Raises `Refused`: it does not exist, or is private and the app is not in it."""
        if channel_id.startswith("U"):  # a person's id opens the direct messages with them
            channel_id = self.dm(team.id, channel_id).id
        found = self.channels.get((team.id, channel_id))
        if found is None or (found.kind == "group" and team.bot_user not in found.members):
            raise Refused("channel_not_found")
        return found

    def room_to_write(self, team: Team, channel_id: str) -> Channel:
        """A channel the app may write in. Raises `Refused`."""
        found = self.channel(team, channel_id)
        if found.archived:
            raise Refused("is_archived")
        if found.kind != "im" and team.bot_user not in found.members:
            raise Refused("not_in_channel")
        return found

    def dm(self, team: str, user: str) -> Channel:
        """The direct messages of a person with the app, made when first asked for. Raises `Refused`."""
        if (team, user) not in self.users:
            raise Refused("user_not_found")
        return self.channels.setdefault((team, f"D{user}"), Channel(id=f"D{user}", team=team, kind="im", user=user))

    def message(self, team: str, channel: str, ts: str) -> Message | None:
        """A message that is still there; None when there is none."""
        return next((m for m in self.in_channel(team, channel) if m.ts == ts and m.only_for is None), None)

    def in_channel(self, team: str, channel: str) -> Iterator[Message]:
        with self.lock:
            held = list(self.messages)
        return (m for m in held if m.channel == channel and m.team == team and not m.deleted)

    # Changing -----------------------------------------------------------------------------------------------------

    def post(self, message: Message) -> Message:
        """Put a message where people see it; blocks without an id get one, as Slack gives them."""
        self.name_blocks(message.blocks)
        self.messages.append(message)
        if message.by_app and message.only_for is None:
            self.statuses.pop((message.channel, message.thread_ts or message.ts), None)
        return message

    def name_blocks(self, blocks: Sequence[Json]) -> None:
        for block in blocks:
            block.setdefault("block_id", self.new_id("blk"))
            self.name_blocks(block.get("child_blocks") or ())

    def issue_trigger(self, team: str, user: str) -> str:
        trigger = self.new_id("trigger.")
        self.triggers[trigger] = (time.monotonic(), team, user)
        return trigger

    def use_trigger(self, trigger: str) -> tuple[str, str]:
        """Whose trigger it is: the team and the person. Raises `Refused`: unknown, used before, or too old."""
        if trigger not in self.triggers:
            raise Refused("invalid_trigger_id")
        if trigger in self.used_triggers:
            raise Refused("exchanged_trigger_id")
        issued, team, user = self.triggers[trigger]
        if time.monotonic() - issued > TRIGGER_LIVES:
            raise Refused("expired_trigger_id")
        self.used_triggers.add(trigger)
        return team, user

    def set_session(self, channel: str, thread_ts: str | None, status: str, **made: str | None) -> Session:
        """Set the status of a session; `made` (title, initiator) counts only when this makes the session."""
        session = self.sessions.get((channel, thread_ts))
        if session is None:
            session = Session(status=status, title=made.get("title"), initiator=made.get("initiator"))
            self.sessions[channel, thread_ts] = session
        session.status = status
        session.history.append(status)
        return session

    def issue_response_url(self, base: str, **who: Any) -> str:
        name = self.new_id("R")
        self.response_urls[name] = ResponseUrl(**who)
        return f"{base}/response/{name}"


def as_event_text(typed: str) -> str:
    """What Slack makes of typed text before it sends it to apps."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_payload(message: Message) -> Mapping[str, Any]:
    """A message as Web API answers and interaction payloads carry it."""
    said: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.blocks:
        said["blocks"] = message.blocks
    if message.thread_ts:
        said["thread_ts"] = message.thread_ts
    if message.by_app:
        said |= {"bot_id": "B0APNAV", "app_id": "A0APNAV"}
    if message.metadata:
        said["metadata"] = message.metadata
    return said
