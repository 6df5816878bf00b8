"""A request for a human as the advice channel sees it: waiting, taken, done."""

from assistant.model import Answer
from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.showing import actions, limits, messages
from bots.slack.showing.answer_blocks import answer_parts
from bots.slack.showing.elements import button, context, header, markdown_block, marked_up, quoted, row
from bots.slack.showing.limits import Block, Message
from bots.slack.showing.markup import MARKDOWN, SPOKEN, mrkdwn, one_line, person, shortened

_QUESTION = 2_500  # characters of the question that are shown
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
        markdown_block(MARKDOWN.strong(messages.HANDOVER_ANSWER)),
    ]
    after = [context(marked_up(mrkdwn(messages.HANDOVER_MASKED))), *_buttons(handover)]
    told = SPOKEN.words(shortened(one_line(handover.question), _TOLD))
    text = f"{SPOKEN.words(messages.HANDOVER_TITLE)}. {state}: {told}"
    return Message(text=text, blocks=[*before, *_answered(answer, before=before, after=after), *after])


def _state(handover: Handover) -> str:
    """Who asked, and where it stands; the only live mentions, by ids that Slack gave."""
    asker = person(handover.asked_by)
    taker = person(handover.taken_by)
    asked = f"{mrkdwn(messages.HANDOVER_ASKED_BY)} {asker}. " if asker else ""
    by = f" {mrkdwn(messages.HANDOVER_BY)} {taker}" if taker and handover.state is not HandoverState.OPEN else ""
    return f"{asked}{mrkdwn(messages.HANDOVER_STATES[handover.state.value])}{by}"


def _answered(answer: Answer | None, *, before: list[Block], after: list[Block]) -> list[Block]:
    """The answer with its sources, without what has no room in the message beside the other blocks."""
    if answer is None:
        return [markdown_block(MARKDOWN.words(messages.HANDOVER_NO_ANSWER))]
    shown: list[Block] = []
    left_out = [context(marked_up(mrkdwn(messages.HANDOVER_LEFT_OUT)))]
    is_whole = True
    for part in answer_parts(answer):
        if limits.faults(Message(text="-", blocks=[*before, *shown, *part.blocks, *left_out, *after])):
            is_whole = False
        else:
            shown += part.blocks
    return shown if is_whole else [*shown, *left_out]


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
