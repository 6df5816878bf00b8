"""“Need a human”: a question passed on, masked, to the advice channel, where one adviser claims and settles it."""

from collections.abc import Callable

from slack_bolt import App

from bots.slack.door import Door
from bots.slack.keeping.handover import Handover
from bots.slack.keeping.inbox import JobKind
from bots.slack.listening.pressing import Press, on_press_kept
from bots.slack.showing import actions, blocks, messages
from bots.slack.showing.limits import Message
from bots.slack.showing.markup import person
from bots.slack.working.answering import advice_channel

Step = Callable[..., tuple[bool, Handover | None]]


def register_humans(app: App, door: Door) -> None:
    """Its listeners."""
    on_press_kept(app, door, actions.HUMAN, ask_human)
    on_press_kept(app, door, actions.HUMAN_CLAIM, claim)
    on_press_kept(app, door, actions.HUMAN_DONE, settle)


def ask_human(door: Door, press: Press) -> str | None:
    """Pass the question on, once for each person who asks for it."""
    job = press.job(door)
    if job is None:
        return messages.ANSWER_GONE
    if advice_channel(door, job) is None:
        return messages.HUMAN_NOWHERE_DIRECT if job.channel.startswith("D") else messages.HUMAN_NOWHERE
    is_new = press.leaves(door, JobKind.HUMAN, errand_id=f"{job.id}:human:{press.user}", about=job.id)
    return None if is_new else messages.HUMAN_ASKED_BEFORE


def claim(door: Door, press: Press) -> Message | str | None:
    """One adviser takes it; whoever comes second is told who did."""
    return _step(door, press, door.handovers.claim)


def settle(door: Door, press: Press) -> Message | str | None:
    """Whoever took it is done with it."""
    return _step(door, press, door.handovers.settle)


def _step(door: Door, press: Press, step: Step) -> Message | str | None:
    """Take it, and leave it to others to tell whoever asked."""
    found = door.handovers.find(press.value)
    if found is None or found.team != press.team:
        return messages.HUMAN_GONE
    won, handover = step(found.id, by=press.user)
    if handover is None:
        return messages.HUMAN_GONE
    if not won and handover.taken_by != press.user:
        return _taken_by(handover)
    if handover.message_ts is None and press.message_ts:  # the process that posted it died before it noted so
        door.handovers.posted(handover.id, ts=press.message_ts)
    state = handover.state.value
    about, kind = handover.job_id, JobKind.HUMAN_NEWS
    is_new = press.leaves(door, kind, errand_id=f"{handover.id}:{state}", lane=handover.id, about=about, news=(state,))
    if not is_new:  # pressed once more: perhaps the message could not be changed the first time
        press.leaves(door, kind, errand_id=f"{handover.id}:{press.trigger}", lane=handover.id, about=about)
    return None


def _taken_by(handover: Handover) -> Message:
    who = person(handover.taken_by)
    plain = blocks.notice(messages.HUMAN_TAKEN)
    if who is None:
        return plain
    words = f"{plain.text} ({who})"
    return Message(text=words, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": words}}])
