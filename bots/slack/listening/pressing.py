"""A button pressed or a form sent: who did it, where and with what value; and how they are told what came of it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bots.slack.door import Door
from bots.slack.keeping.inbox import Job, JobKind
from bots.slack.listening.ask import team_of
from bots.slack.showing import blocks, messages
from bots.slack.showing.limits import Message
from bots.slack.working.problems import explain
from bots.slack.working.routes import to_whoever_pressed
from bots.slack.working.slack_errors import SlackRefused

_log = logging.getLogger(__name__)
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What somebody did. `value` is what the button carries, or a form's metadata; `state` what was filled in."""

    team: str
    enterprise: str | None
    user: str
    action: str
    value: str
    trigger: str
    client: WebClient
    channel: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    response_url: str | None = None
    state: Mapping[str, Any] | None = None

    def tell(self, text: str) -> None:
        """Say it to whoever pressed, to nobody else. It never fails."""
        self.show(blocks.notice(text))

    def show(self, message: Message) -> None:
        """The same with a whole message."""
        to = to_whoever_pressed(
            self.client,
            user=self.user,
            channel=self.channel,
            thread_ts=self.thread_ts,
            response_url=self.response_url,
        )
        try:
            to.post(message)
        except SlackRefused as error:
            _log.warning("Somebody was not told what came of a button: %s", error)

    def job(self, door: Door) -> Job | None:
        """The job that the button belongs to, while it is kept; a private one only for its asker.

        Raises `StoreUnavailable`.
        """
        found = door.inbox.find(self.value)
        if found is None or found.team != self.team or not (found.public or found.user == self.user):
            return None
        return found if found.text or found.has_files else None

    def leaves(
        self,
        door: Door,
        kind: JobKind,
        *,
        errand_id: str,
        lane: str | None = None,
        about: str | None = None,
        news: Sequence[str] = (),
    ) -> bool:
        """Keep an errand to be done; False when one with this id is known. Raises `StoreUnavailable`.

        `about` is the job whose answer it needs; those of one `lane` (alone, if not given) are done one by one.
        """
        now = door.now()
        errand = Job(
            id=errand_id,
            lane=lane or errand_id,
            kind=kind,
            team=self.team,
            enterprise=self.enterprise,
            user=self.user,
            channel=self.channel or self.user,
            thread_ts=self.thread_ts,
            text="",
            response_url=self.response_url,
            again_of=about,
            also=tuple(news),
            received=now,
            asked_ts=f"{now.timestamp():.6f}",
        )
        is_new = door.inbox.put(errand)
        if is_new:
            door.wake()
        return is_new


Does = Callable[[Door, Press], None]
Keeps = Callable[[Door, Press], Message | str | None]
_TOLD = "ap_told"


def on_press(app: App, door: Door, action: Any, does: Does) -> None:
    """Does what a button is for, after Slack has heard that it was pressed."""
    app.action(action)(ack=_heard, lazy=[_doing(door, does)])


def on_press_kept(app: App, door: Door, action: Any, keeps: Keeps, *, then: Sequence[Does] = ()) -> None:
    """Keeps what a button asks for before Slack hears that it was pressed, so that it outlives this process.

    Whoever pressed is told afterwards what `keeps` gives, if anything; `then` is what may be lost with the process.
    """
    app.action(action)(ack=_keeping(door, keeps), lazy=[_telling, *(_doing(door, each) for each in then)])


def on_sent_kept(app: App, door: Door, view: str, keeps: Keeps, *, then: Sequence[Does] = ()) -> None:
    """The same for what a form asks for."""
    app.view(view)(ack=_keeping(door, keeps), lazy=[_telling, *(_doing(door, each) for each in then)])


def press_of(body: Said, context: BoltContext, client: WebClient) -> Press:
    """What Slack tells of it."""
    action = (body.get("actions") or [{}])[0]
    view = body.get("view") or {}
    container = body.get("container") or {}
    urls = body.get("response_urls") or [{}]
    is_form = body.get("type") == "view_submission"
    return Press(
        team=team_of(context),
        enterprise=context.enterprise_id,
        user=str((body.get("user") or {}).get("id") or context.user_id or ""),
        action=str(action.get("action_id") or view.get("callback_id") or ""),
        value=str(view.get("private_metadata") or "") if is_form else str(action.get("value") or ""),
        trigger=str(body.get("trigger_id") or view.get("id") or ""),
        client=client,
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id"),
        message_ts=container.get("message_ts"),
        thread_ts=container.get("thread_ts"),
        response_url=body.get("response_url") or urls[0].get("response_url"),
        state=(view.get("state") or {}).get("values"),
    )


def _heard(ack: Ack) -> None:
    ack()


def _keeping(door: Door, keeps: Keeps) -> Callable[..., None]:
    def keep(ack: Ack, body: Said, context: BoltContext, client: WebClient) -> None:
        try:
            context[_TOLD] = keeps(door, press_of(body, context, client))
        except Exception as error:  # whatever it was, whoever pressed is told
            context[_TOLD] = explain(error, failed=messages.PRESS_FAILED)
        ack()

    return keep


def _telling(body: Said, context: BoltContext, client: WebClient) -> None:
    told: Message | str | None = context.get(_TOLD)
    if told:
        press_of(body, context, client).show(blocks.notice(told) if isinstance(told, str) else told)


def _doing(door: Door, does: Does) -> Callable[..., None]:
    def do(body: Said, context: BoltContext, client: WebClient) -> None:
        press = press_of(body, context, client)
        try:
            does(door, press)
        except Exception as error:  # whatever it was, whoever pressed is told
            press.tell(explain(error, failed=messages.PRESS_FAILED))

    do.__name__ = f"do_{does.__name__}"
    return do
