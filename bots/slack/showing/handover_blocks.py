"""A request for a human as the advice channel sees it: waiting, taken, done."""

from collections.abc import Iterator

from assistant.model import Answer
from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.showing import actions, limits, messages
from bots.slack.showing.answer_blocks import direct_answer
from bots.slack.showing.elements import button, context, header, markdown_block, marked_up, quoted, row
from bots.slack.showing.limits import Block, Message
from bots.slack.showing.markup import MARKDOWN, SPOKEN, cut, mrkdwn, one_line, person, shortened
from bots.slack.showing.source_blocks import source_parts

_QUESTION = 2_500  # characters of the question that are shown
_ANSWER = 3_000
_TOLD = 300  # of the question in a notification


def handover_message(handover: Handover) -> Message:
    """The one message of a handover, for posting it and for each later update. Question and answer are masked."""
    state = _state(handover)
    answer = answer_of(handover.answer)
    before = [
        header(messages.HANDOVER_TITLE),
        context(marked_up(state)),
        markdown_block(MARKDOWN.strong(messages.HANDOVER_QUESTION)),
        quoted(handover.question, most=_QUESTION),
        markdown_block(f"{MARKDOWN.strong(messages.HANDOVER_ANSWER)}\n\n{_said(answer)}"),
    ]
    after = [context(marked_up(mrkdwn(messages.HANDOVER_MASKED))), *_buttons(handover)]
    room = limits.MESSAGE_WEIGHT - limits.weight([*before, *after])
    told = SPOKEN.words(shortened(one_line(handover.question), _TOLD))
    return Message(
        text=f"{SPOKEN.words(messages.HANDOVER_TITLE)}. {state}: {told}",
        blocks=[*before, *_drawers(answer, room=room), *after],
    )


def _state(handover: Handover) -> str:
    """Who asked, and where it stands; the only live mentions, by ids that Slack gave."""
    asker = person(handover.asked_by)
    taker = person(handover.taken_by)
    asked = f"{mrkdwn(messages.HANDOVER_ASKED_BY)} {asker}. " if asker else ""
    by = f" {mrkdwn(messages.HANDOVER_BY)} {taker}" if taker and handover.state is not HandoverState.OPEN else ""
    return f"{asked}{mrkdwn(messages.HANDOVER_STATES[handover.state.value])}{by}"


def _said(answer: Answer | None) -> str:
    """The direct answer, as Markdown; its whole was given to the person who asked."""
    said = cut(direct_answer(answer), _ANSWER) if answer else []
    return said[0] if said else MARKDOWN.words(messages.HANDOVER_NO_ANSWER)


def _drawers(answer: Answer | None, *, room: int) -> Iterator[Block]:
    """The answer's sources, as far as they have room in the message."""
    for part in source_parts(answer.citations) if answer else ():
        room -= limits.weight(part.blocks)
        if room < 0:
            return
        yield from part.blocks


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
