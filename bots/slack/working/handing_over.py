"""A question passed on to advisers, and what becomes of it told to whoever asked."""

import logging

from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.inbox import Job, JobKind
from bots.slack.showing import blocks, messages
from bots.slack.working.answering import advice_channel
from bots.slack.working.errands import Errand
from bots.slack.working.routes import DirectMessage, InThread
from bots.slack.working.slack_errors import SlackAway, SlackRefused, saying_why

_log = logging.getLogger(__name__)
_ASKER_IS_TOLD = {HandoverState.CLAIMED.value: messages.HUMAN_CLAIMED, HandoverState.DONE.value: messages.HUMAN_DONE}


def pass_on(errand: Errand) -> None:
    """Bring question and answer, masked, to the advice channel: one message to take, the rest in its thread."""
    job = errand.origin()
    channel = advice_channel(errand.door, job) if job else None
    if job is None or channel is None:
        errand.tell(messages.HUMAN_FAILED if job else messages.ANSWER_GONE)
        return
    handover = _handover(errand, job, channel=channel)
    if not errand.parts_done:
        errand.door.handovers.open(handover)
    try:
        ts = errand.once(
            blocks.handover_message(handover),
            to=InThread(client=errand.client, channel=channel, thread_ts=None),
            part=1,
        )
    except SlackRefused as error:
        if not isinstance(error, SlackAway) or error.surely_not_done:
            errand.door.handovers.withdraw(handover.id)
        raise
    errand.door.handovers.posted(handover.id, ts=str(ts))
    try:
        thread = InThread(client=errand.client, channel=channel, thread_ts=ts)
        for part, message in enumerate(blocks.handover_rest(handover), start=2):
            errand.once(message, to=thread, part=part)
    except SlackRefused as error:
        if isinstance(error, SlackAway) and error.surely_not_done and not errand.last:
            raise
        _log.warning("Advisers see the beginning of an answer only: %s", error)
    errand.tell(messages.HUMAN_ASKED)


def tell_news(errand: Errand) -> None:
    """Tell whoever asked that somebody took their question, or is done with it; and show it in the advice channel."""
    handover = errand.door.handovers.find(errand.job.lane)
    if handover is None:
        errand.tell(messages.HUMAN_GONE)
        return
    for state in errand.job.also:
        if not errand.parts_done:
            _tell_asker(errand, handover, _ASKER_IS_TOLD[state])
    shown = blocks.handover_message(handover)
    try:
        with saying_why():
            errand.client.chat_update(
                channel=handover.advice_channel, ts=str(handover.message_ts), text=shown.text, blocks=shown.blocks
            )
    except SlackRefused as error:
        if isinstance(error, SlackAway) and not errand.last:  # the same change once more does no harm
            raise SlackAway(error.code, surely_not_done=True) from error
        _log.warning("A request for a human does not show how it stands: %s", error)
        errand.tell(messages.HUMAN_NOT_SHOWN)


def _tell_asker(errand: Errand, handover: Handover, text: str) -> None:
    """After a crash they are told once more, rather than not at all."""
    try:
        DirectMessage(client=errand.client, user=handover.asked_by).post(blocks.notice(text))
    except SlackRefused as error:
        if isinstance(error, SlackAway) and error.surely_not_done and not errand.last:
            raise
        _log.warning("Whoever asked for a human was not told: %s", error)
    errand.door.inbox.sent(errand.job.id, errand.worker, part=1)
    errand.parts_done = 1


def _handover(errand: Errand, job: Job, *, channel: str) -> Handover:
    return Handover(
        id=errand.job.lane,
        job_id=job.id,
        team=job.team,
        asked_by=errand.job.user,
        advice_channel=channel,
        # What was checked was written by somebody else, who did not ask for it to be passed on.
        question=messages.HUMAN_CHECKED_MESSAGE if job.kind is JobKind.SHORTCUT else job.text,
        answer=job.answer or "",
        at=errand.door.now(),
    )
