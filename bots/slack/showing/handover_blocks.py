"""A request for a human as the advice channel sees it: waiting, taken, done; with the whole answer."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.model import Answer
from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.showing import actions, limits, messages
from bots.slack.showing.answer_blocks import answer_parts, messages_of
from bots.slack.showing.elements import button, context, header, markdown_block, marked_up, quoted, row
from bots.slack.showing.limits import Block, Message, Part
from bots.slack.showing.markup import MARKDOWN, SPOKEN, mrkdwn, one_line, person, shortened

_QUESTION = 2_500  # characters of the question that are shown
_TOLD = 300  # of the question in a notification
_SOMEBODY = "W" + "0" * 20  # no id of Slack's is longer
_GOES_ON = [context(marked_up(mrkdwn(messages.HANDOVER_GOES_ON)))]


def handover_message(handover: Handover) -> Message:
    """The one message of a handover, for posting it and for each later update. Question and answer are masked."""
    answer = answer_of(handover.answer)
    told = SPOKEN.words(shortened(one_line(handover.question), _TOLD))
    text = f"{SPOKEN.words(messages.HANDOVER_TITLE)}. {_state(handover)}: {told}"
    answered = [markdown_block(MARKDOWN.words(messages.HANDOVER_NO_ANSWER))]
    if answer is not None:
        fitting, others = _parted(handover, answer)
        answered = [*(block for part in fitting for block in part.blocks), *(_GOES_ON if others else [])]
    return Message(text=text, blocks=[*_before(handover), *answered, *_after(handover)])


def handover_rest(handover: Handover) -> list[Message]:
    """What of the answer has no room in `handover_message`, for the thread under it; often nothing."""
    answer = answer_of(handover.answer)
    others = _parted(handover, answer)[1] if answer is not None else ()
    return messages_of(others) if others else []


def _before(handover: Handover) -> list[Block]:
    return [
        header(messages.HANDOVER_TITLE),
        context(marked_up(_state(handover))),
        markdown_block(MARKDOWN.strong(messages.HANDOVER_QUESTION)),
        quoted(handover.question, most=_QUESTION),
        markdown_block(MARKDOWN.strong(messages.HANDOVER_ANSWER)),
    ]


def _after(handover: Handover) -> list[Block]:
    return [context(marked_up(mrkdwn(messages.HANDOVER_MASKED))), *_buttons(handover)]


def _state(handover: Handover) -> str:
    """Who asked, and where it stands; the only live mentions, by ids that Slack gave."""
    asker = person(handover.asked_by)
    taker = person(handover.taken_by)
    asked = f"{mrkdwn(messages.HANDOVER_ASKED_BY)} {asker}. " if asker else ""
    by = f" {mrkdwn(messages.HANDOVER_BY)} {taker}" if taker and handover.state is not HandoverState.OPEN else ""
    return f"{asked}{mrkdwn(messages.HANDOVER_STATES[handover.state.value])}{by}"


def _parted(handover: Handover, answer: Answer) -> tuple[Sequence[Part], Sequence[Part]]:
    """The parts of the answer that fit into the message, and the others, which begin at the first that does not.

    The same for each state of the handover, so that a later update leaves nothing out that is not in the thread.
    """
    longest = [replace(handover, state=each, taken_by=_SOMEBODY) for each in HandoverState]
    parts = answer_parts(answer)
    shown: list[Block] = []
    for place, part in enumerate(parts):
        shown += part.blocks
        whole = place == len(parts) - 1
        if any(
            limits.faults(Message(text="-", blocks=[*_before(h), *shown, *([] if whole else _GOES_ON), *_after(h)]))
            for h in longest
        ):
            return parts[:place], parts[place:]
    return parts, ()


def _buttons(handover: Handover) -> list[Block]:
    claim = button(messages.CLAIM, actions.HUMAN_CLAIM, handover.id, style="primary")
    done = button(messages.DONE, actions.HUMAN_DONE, handover.id)
    match handover.state:
        case HandoverState.OPEN:
            return [row([claim, done])]
        case HandoverState.CLAIMED:
            return [row([done])]
        case HandoverState.DONE:
            return []
