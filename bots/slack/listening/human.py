"""“Need a human”: a question passed on, masked, to the advice channel, where one adviser claims and settles it."""

import logging

from slack_bolt import App
from slack_sdk import WebClient

from bots.slack.door import Door
from bots.slack.keeping.handover import Handover
from bots.slack.keeping.inbox import JobKind
from bots.slack.listening.pressing import Press, on_press
from bots.slack.showing import actions, blocks, messages
from bots.slack.showing.limits import Message
from bots.slack.showing.markup import person
from bots.slack.working.answering import advice_channel
from bots.slack.working.routes import DirectMessage, InThread
from bots.slack.working.slack_errors import SlackRefused, saying_why

_log = logging.getLogger(__name__)


def register_humans(app: App, door: Door) -> None:
    """Its listeners."""
    on_press(app, door, actions.HUMAN, ask_human)
    on_press(app, door, actions.HUMAN_CLAIM, claim)
    on_press(app, door, actions.HUMAN_DONE, settle)


def ask_human(door: Door, press: Press) -> None:
    """Pass the question on, once for each person who asks for it."""
    job = press.job(door)
    if job is None:
        press.tell(messages.ANSWER_GONE)
        return
    channel = advice_channel(door, job)
    if channel is None:
        press.tell(messages.HUMAN_NOWHERE_DIRECT if job.channel.startswith("D") else messages.HUMAN_NOWHERE)
        return
    handover = Handover(
        id=f"{job.id}:human:{press.user}",
        job_id=job.id,
        team=job.team,
        asked_by=press.user,
        advice_channel=channel,
        # What was checked was written by somebody else, who did not ask for it to be passed on.
        question=messages.HUMAN_CHECKED_MESSAGE if job.kind is JobKind.SHORTCUT else job.text,
        answer=job.answer or "",
        at=door.now(),
    )
    if not door.handovers.open(handover):
        press.tell(messages.HUMAN_ASKED_BEFORE)
        return
    try:
        ts = InThread(client=press.client, channel=channel, thread_ts=None).post(blocks.handover_message(handover))
    except SlackRefused as error:
        _log.warning("Not passed on: %s", error)
        door.handovers.withdraw(handover.id)
        press.tell(messages.HUMAN_FAILED)
        return
    door.handovers.posted(handover.id, ts=str(ts))
    press.tell(messages.HUMAN_ASKED)


def claim(door: Door, press: Press) -> None:
    """One adviser takes it; whoever comes second is told who did."""
    won, handover = door.handovers.claim(press.value, by=press.user)
    _after(press, won=won, handover=handover, asker_is_told=messages.HUMAN_CLAIMED)


def settle(door: Door, press: Press) -> None:
    """Whoever took it is done with it."""
    won, handover = door.handovers.settle(press.value, by=press.user)
    _after(press, won=won, handover=handover, asker_is_told=messages.HUMAN_DONE)


def _after(press: Press, *, won: bool, handover: Handover | None, asker_is_told: str) -> None:
    if handover is None or handover.team != press.team:
        press.tell(messages.HUMAN_GONE)
        return
    if not won and handover.taken_by != press.user:
        press.show(_taken_by(handover))
        return
    if won:
        _tell_asker(press.client, handover, asker_is_told)
    try:
        _show_state(press, handover)
    except SlackRefused as error:
        _log.warning("A request for a human does not show how it stands: %s", error)
        press.tell(messages.HUMAN_NOT_SHOWN)


def _show_state(press: Press, handover: Handover) -> None:
    """Raises `SlackRefused`."""
    shown = blocks.handover_message(handover)
    with saying_why():
        press.client.chat_update(
            channel=handover.advice_channel,
            ts=str(handover.message_ts or press.message_ts),
            text=shown.text,
            blocks=shown.blocks,
        )


def _tell_asker(client: WebClient, handover: Handover, text: str) -> None:
    try:
        DirectMessage(client=client, user=handover.asked_by).post(blocks.notice(text))
    except SlackRefused as error:
        _log.warning("Whoever asked for a human was not told: %s", error)


def _taken_by(handover: Handover) -> Message:
    who = person(handover.taken_by)
    plain = blocks.notice(messages.HUMAN_TAKEN)
    if who is None:
        return plain
    words = f"{plain.text} ({who})"
    return Message(text=words, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": words}}])
