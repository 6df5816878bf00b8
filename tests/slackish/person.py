"""A person in Slack: types, mentions, presses, fills in, stops; and what they see of the app at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.slackish import payloads
from tests.slackish.doors import Delivery, Door
from tests.slackish.errors import Refused
from tests.slackish.payloads import Outgoing
from tests.slackish.surfaces import push_view, show_instead
from tests.slackish.workspace import Channel, Message, Team, View, Workspace, as_event_text


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message a person sent, and what came of telling the app."""

    message: Message
    delivery: Delivery
    outgoing: Outgoing

    @property
    def ts(self) -> str:
        return self.message.ts

    @property
    def channel(self) -> str:
        return self.message.channel

    @property
    def thread(self) -> str:
        """The thread in which an answer belongs."""
        return self.message.thread_ts or self.message.ts


class Person:
    """One person. Every method tells the app through the person's door and gives the delivery."""

    def __init__(
        self,
        space: Workspace,
        origin: str,
        user: str,
        door: Door,
        *,
        team: Team,
        note: Callable[[Outgoing, Delivery], None],
    ) -> None:
        self.user = user
        self._space = space
        self._origin = origin
        self._door = door
        self._team = team
        self._note = note

    # Talking ------------------------------------------------------------------------------------------------------

    def writes(
        self, channel: str, text: str, *, thread: str | None = None, files: int = 0, as_typed: bool = True
    ) -> Message:
        """A message that the app is not told of; `as_typed` false takes Slack's own markup (<@U…>) as it stands."""
        message = Message(team=self._team.id, channel=channel, ts=self._space.new_ts(), user=self.user)
        message.text = as_event_text(text) if as_typed else text
        message.thread_ts = thread
        message.files = [self._space.new_id("F") for _ in range(files)]
        with self._space.lock:
            return self._space.post(message)

    def says(
        self, text: str, *, thread: str | None = None, channel: str | None = None, files: int = 0, as_typed: bool = True
    ) -> Said:
        """A direct message to the app (or, with `channel`, a message in a channel that it may listen to)."""
        room = self._room(channel) if channel else self._space.dm(self._team.id, self.user)
        message = self.writes(room.id, text, thread=thread, files=files, as_typed=as_typed)
        return self._tell(room, message)

    def mentions(
        self, channel: str, text: str, *, thread: str | None = None, files: int = 0, as_typed: bool = True
    ) -> Said:
        """A message in a channel that names the app."""
        typed = as_event_text(text) if as_typed else text
        named = f"<@{self._team.bot_user}> {typed}".rstrip()
        message = self.writes(channel, named, thread=thread, files=files, as_typed=False)
        return self._tell(self._room(channel), message, kind="app_mention")

    def again(self, said: Said, *, retry: tuple[int, str] | None = (1, "http_timeout")) -> Delivery:
        """Slack sends the very same thing once more."""
        return self._send(said.outgoing, retry=retry)

    def also_told(self, said: Said) -> Delivery:
        """The same message as another event (a mention also comes as a message of its channel)."""
        event = payloads.a_message_event(self._space, self._room(said.channel), said.message)
        return self._send(payloads.an_event(self._space, self._team, event))

    def deletes(self, said: Said) -> Delivery:
        """The person takes the message back."""
        said.message.deleted = True
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "channel": said.channel,
            "hidden": True,
            "deleted_ts": said.ts,
            "ts": self._space.new_ts(),
            "channel_type": "im" if said.channel.startswith("D") else "channel",
            "previous_message": {"type": "message", "user": self.user, "text": said.message.text, "ts": said.ts},
        }
        return self._send(payloads.an_event(self._space, self._team, event))

    # Commands, shortcuts ------------------------------------------------------------------------------------------

    def commands(self, name: str, text: str, *, channel: str | None = None) -> Delivery:
        """A slash command. What the acknowledgement says is shown to the person alone."""
        room = self._room(channel) if channel else self._space.dm(self._team.id, self.user)
        delivery = self._send(payloads.a_command(self._origin, self._space, room, self.user, name, text))
        self._show(room, delivery)
        return delivery

    def checks(self, callback_id: str, message: Message) -> Delivery:
        """A message shortcut on somebody's message."""
        return self._send(payloads.a_message_shortcut(self._origin, self._space, self.user, callback_id, message))

    def uses(self, callback_id: str) -> Delivery:
        """A global shortcut."""
        return self._send(payloads.a_global_shortcut(self._space, self._team.id, self.user, callback_id))

    # Pressing and filling in --------------------------------------------------------------------------------------

    def presses(self, on: Message | View, action_id: str, choice: Any = None, *, value: str | None = None) -> Delivery:
        """A button, or a choice in a menu. Raises `LookupError` when it is not there."""
        blocks = on.view["blocks"] if isinstance(on, View) else [c.get("blocks") for c in on.chunks] + on.blocks
        block_id, element = payloads.find_element(blocks, action_id, value=value)
        action = payloads.pressed(block_id, element, choice)
        return self._send(payloads.a_press(self._origin, self._space, self.user, on, action))

    def chooses(self, view: View, action_id: str, **values: Any) -> Delivery:
        """A button of a view (a home tab saves so), with these values filled in by action_id."""
        block_id, element = payloads.find_element(view.view["blocks"], action_id)
        action = payloads.pressed(block_id, element, None)
        return self._send(payloads.a_press(self._origin, self._space, self.user, view, action, values))

    def forges(self, on: Message | View, action: Mapping[str, Any]) -> Delivery:
        """An action that no block of the message has."""
        said = {"block_id": "b", "type": "button", "action_ts": "1.1", **action}
        return self._send(payloads.a_press(self._origin, self._space, self.user, on, said))

    def submits(self, view: View, values: Mapping[str, Any] | None = None) -> Delivery:
        """Send a modal off, with these values by action_id; it closes unless the app says otherwise."""
        delivery = self._send(payloads.a_submission(self._space, self.user, view, values or {}))
        said = delivery.body if isinstance(delivery.body, dict) else {}
        view.errors = said.get("errors", {}) if said.get("response_action") == "errors" else {}
        if not delivery.acknowledged or view.errors:
            return delivery
        if said.get("response_action") == "update":
            show_instead(self._space, self._team, view, said["view"])
        elif said.get("response_action") == "push":
            trigger = self._space.issue_trigger(self._team.id, self.user)
            push_view(self._space, self._team, {"trigger_id": trigger, "view": said["view"]})
        else:
            view.open = False
        return delivery

    # Looking around -----------------------------------------------------------------------------------------------

    def opens(self, tab: str = "home") -> Delivery:
        """The app's Home, or with "messages" its direct messages."""
        home = self._space.homes.get((self._team.id, self.user))
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": self.user,
            "channel": self._space.dm(self._team.id, self.user).id,
            "tab": tab,
            "event_ts": self._space.new_ts(),
        }
        if home is not None and tab == "home":
            event["view"] = {**home.view, "id": home.id, "hash": home.hash}
        return self._send(payloads.an_event(self._space, self._team, event))

    def stops(self, channel: str, thread: str) -> Delivery:
        """The stop button, which people have only while a session is processing. Raises `LookupError` otherwise."""
        with self._space.lock:
            session = self._space.sessions.get((channel, thread))
            if session is None or session.status != "processing":
                raise LookupError(f"no stop button: the session is {session and session.status}")
            here = [m for m in self._space.in_channel(self._team.id, channel) if thread in {m.thread_ts, m.ts}]
            going = [m for m in here if m.stream == "going"]
            for message in going:
                message.stream = "ended"
        event = {
            "type": "agent_session_stopped",
            "channel": channel,
            "thread_ts": thread,
            "user": self.user,
            "streaming_message_ts": [message.ts for message in going],
            "event_ts": self._space.new_ts(),
        }
        return self._send(payloads.an_event(self._space, self._team, event))

    def event(self, event: dict[str, Any]) -> Outgoing:
        """Any other event of the person's workspace, to be sent."""
        return payloads.an_event(self._space, self._team, event)

    # Inside -------------------------------------------------------------------------------------------------------

    def _room(self, channel: str) -> Channel:
        return self._space.channels[self._team.id, channel]

    def _tell(self, room: Channel, message: Message, *, kind: str = "message") -> Said:
        event = payloads.a_message_event(self._space, room, message, kind=kind)
        outgoing = payloads.an_event(self._space, self._team, event)
        return Said(message=message, delivery=self._send(outgoing), outgoing=outgoing)

    def _send(self, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Delivery:
        delivery = self._door.send(outgoing, retry=retry)
        self._note(outgoing, delivery)
        return delivery

    def _show(self, room: Channel, delivery: Delivery) -> None:
        said = {"text": delivery.body} if isinstance(delivery.body, str) else delivery.body
        if not delivery.acknowledged or not said:
            return
        if not isinstance(said, dict):
            raise Refused("invalid_response", str(said))
        message = Message(team=room.team, channel=room.id, ts=self._space.new_ts(), user=self._team.bot_user)
        message.by_app, message.text, message.blocks = True, said.get("text") or "", said.get("blocks") or []
        message.only_for = None if said.get("response_type") == "in_channel" else self.user
        with self._space.lock:
            self._space.post(message)
