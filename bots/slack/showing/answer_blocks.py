"""An answer as messages of Slack: first what was asked for, then duties, dates, notices, helpers, sources, buttons."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.explained import MEANS_IN_WORDS
from assistant.model import Answer, Audience, Deadline, Status
from assistant.time_rules import DateMeans
from assistant.working import in_words
from bots.slack.showing import actions, limits, messages
from bots.slack.showing.answer_lines import (
    cited,
    contact_line,
    first_lines,
    law_of,
    markers,
    sections,
)
from bots.slack.showing.choices import choices_for
from bots.slack.showing.elements import Element, button, confirmation, context, markdown_block, marked_up, row
from bots.slack.showing.limits import Block, Message, Part, split
from bots.slack.showing.markup import MARKDOWN, SPOKEN, Hand, cut, mrkdwn, one_line, person, plain, shortened
from bots.slack.showing.offer_lines import is_offer_search, offer_lines
from bots.slack.showing.source_blocks import source_parts

_PIECE = 3_000  # characters of a Markdown block, and of what is streamed at once
_CELL = 1_500
_TABLE_TEXT = 6_000  # so that a table shares a message with other blocks
_AGAIN = {Status.ANSWERED, Status.NOT_FOUND}  # asking for another reader or day can change these
_SHAREABLE = {Status.ANSWERED, Status.NOT_FOUND, Status.OUT_OF_SCOPE}


def answer_messages(
    answer: Answer,
    *,
    audience: Audience,
    job_id: str,
    public: bool,
    human: bool = True,
    reply: str = messages.REPLY_HERE,
) -> list[Message]:
    """The whole answer as one or more messages to post in order; every citation and every source is in them.

    `public`: others in the channel see it. `human`: there is an advice channel, or one can be named. `reply`: how a
    question back is answered there.
    """
    closing = _closing(answer, audience=audience, job_id=job_id, public=public, human=human, reply=reply)
    parts = [*_body(answer), *closing]
    return messages_of(parts)


def direct_answer(answer: Answer) -> str:
    """What a stream begins with, as Markdown; it ends with an empty line."""
    return "".join(map(_ended, first_lines(answer, MARKDOWN))).rstrip() + "\n\n"


def statement_markdown(answer: Answer) -> list[str]:
    """What follows `direct_answer` in a stream, in pieces that break no citation; each ends with a line break."""
    pieces: list[str] = []
    for lines in sections(answer, MARKDOWN):
        heading = f"\n{MARKDOWN.strong(lines.heading)}\n\n" if lines.heading else ""
        for place, line in enumerate(lines.lines or ("",)):
            cuts = cut(line, _PIECE - len(heading)) or [""]
            pieces += [(heading if not place and not n else "") + _ended(each) for n, each in enumerate(cuts)]
    return pieces


def streamed(answer: Answer) -> str:
    """Everything that is streamed of an answer."""
    return direct_answer(answer) + "".join(statement_markdown(answer))


def closing_messages(
    answer: Answer,
    *,
    audience: Audience,
    job_id: str,
    public: bool,
    human: bool = True,
    reply: str = messages.REPLY_HERE,
) -> list[Message]:
    """What belongs under a stream. The blocks of the first go to its end, any others are messages of their own."""
    parts = _closing(answer, audience=audience, job_id=job_id, public=public, human=human, reply=reply)
    used = limits.weight([markdown_block(streamed(answer))])
    return messages_of(list(parts), used=used, spoken=_spoken(answer))


def share_messages(answer: Answer, *, job_id: str, shared_by: str | None) -> list[Message]:
    """A private answer as the channel sees it when its asker, a user's id, shares it; the question is not in it.

    Nor is a button that would use the question: others can only say whether the answer helped.
    """
    who = person(shared_by)
    said = f"{who} {mrkdwn(messages.SHARED_IN_CHANNEL)}."
    by = [Part(blocks=(context(marked_up(said)),), spoken=said)] if who else []
    return messages_of(
        [*_body(answer), *by, *_middle(answer, None), *source_parts(answer.citations), _last(answer, job_id)]
    )


def answer_parts(answer: Answer) -> list[Part]:
    """The whole answer with its sources, without a button."""
    return [*_body(answer), *_middle(answer, None), *source_parts(answer.citations)]


def _spoken(answer: Answer) -> str:
    """The direct answer in plain words, for notifications and screen readers."""
    return shortened("\n".join(first_lines(answer, SPOKEN)), limits.MESSAGE_TEXT)


def notice(text: str) -> Message:
    """A sentence or two of ours, as a message."""
    return Message(text=SPOKEN.words(text), blocks=[markdown_block(MARKDOWN.words(text))])


# The parts of an answer, in their order -----------------------------------------------------------------------------


def _body(answer: Answer) -> Iterator[Part]:
    yield from _list(None, first_lines(answer, MARKDOWN), first_lines(answer, SPOKEN))
    for shown, said in zip(sections(answer, MARKDOWN), sections(answer, SPOKEN), strict=True):
        yield from _list(shown.heading, shown.lines, said.lines)


def _closing(
    answer: Answer, *, audience: Audience, job_id: str, public: bool, human: bool, reply: str
) -> Iterator[Part]:
    yield from _middle(answer, job_id)
    yield from _question_back(answer, job_id, reply)
    yield from source_parts(answer.citations)
    yield _last(answer, job_id, _offered(answer, audience=audience, job_id=job_id, public=public, human=human))


def _middle(answer: Answer, job_id: str | None) -> Iterator[Part]:
    yield from _dates(answer.deadlines, job_id)
    yield from _items(_steps_heading(answer), _untold(answer), answer)
    if not is_offer_search(answer):
        yield from _list(messages.OFFERS, *(offer_lines(answer.offers, hand) for hand in (MARKDOWN, SPOKEN)))
    yield from _items(messages.NOTICES, answer.notices, answer)
    yield from _items(messages.NEAR_MISSES, (f"{n.statement} ({n.title})" for n in answer.near_misses), answer)
    if answer.status is not Status.URGENT:
        contacts = [[hand.bullet + contact_line(each, hand) for each in answer.help] for hand in (MARKDOWN, SPOKEN)]
        yield from _list(messages.WHO_CAN_HELP, contacts[0], contacts[1])


def _list(heading: str | None, lines: Sequence[str], spoken: Sequence[str]) -> Iterator[Part]:
    """Lines under their heading, in blocks that hold whole lines; only a line too long for a block is cut."""
    if not lines:
        return
    first = f"{MARKDOWN.strong(heading)}\n\n" if heading else ""
    held, texts = first, []
    for line in lines:
        for piece in cut(line, _PIECE - len(first)):
            if len(held) + len(piece) + 1 > _PIECE:
                texts.append(held)
                held = ""
            held += _ended(piece)
    texts.append(held)
    said = " ".join([*([f"{SPOKEN.words(heading)}:"] if heading else []), *spoken])
    for place, text in enumerate(texts):
        yield Part(blocks=(markdown_block(text.rstrip()),), spoken="" if place else said)


def _ended(line: str) -> str:
    """An item of a list ends with its line, anything else with an empty line: Markdown would run it into the next."""
    return f"{line}\n" if line.startswith(MARKDOWN.bullet) else f"{line}\n\n"


def _items(heading: str, items: Iterable[str], answer: Answer) -> Iterator[Part]:
    def written(hand: Hand) -> list[str]:
        return [hand.bullet + cited(item, answer, hand) for item in kept]

    kept = tuple(items)
    yield from _list(heading, written(MARKDOWN), written(SPOKEN))


def _steps_heading(answer: Answer) -> str:
    if not is_offer_search(answer):
        return messages.NEXT_STEPS
    return messages.OFFER_QUESTIONS if answer.offers else messages.OFFER_NEXT_STEPS


def _untold(answer: Answer) -> tuple[str, ...]:
    told = {statement.text for statement in answer.statements}
    return tuple(step for step in answer.next_steps if step not in told)


def _dates(deadlines: Sequence[Deadline], job_id: str | None) -> Iterator[Part]:
    """A table of the dates with their working, more tables where one does not hold them; a job's calendar button."""
    held: list[list[Element]] = []
    tables: list[list[list[Element]]] = []
    for row_ in map(_date_row, deadlines):
        size = sum(len(cell["text"]) for each in (*held, row_) for cell in each)
        if held and (size > _TABLE_TEXT or len(held) >= limits.TABLE_ROWS - 1):
            tables.append(held)
            held = []
        held.append(row_)
    if held:
        tables.append(held)
    for rows in tables:
        table: Block = {
            "type": "table",
            "rows": [[_cell(name) for name in messages.DATE_COLUMNS], *rows],
            "column_settings": [{"is_wrapped": True} for _ in messages.DATE_COLUMNS],
        }
        told = " ".join(SPOKEN.words(f"{cells[0]['text']}: {cells[1]['text']} {cells[3]['text']}") for cells in rows)
        blocks = (markdown_block(MARKDOWN.strong(messages.DATES)), table, *([_to_calendar(job_id)] if job_id else []))
        yield Part(blocks=blocks, spoken=f"{SPOKEN.words(messages.DATES)}: {told}")


def _to_calendar(job_id: str) -> Block:
    label = "Add these dates to your calendar"
    return row([button(messages.ADD_TO_CALENDAR, actions.CALENDAR_FILE, job_id, label=label)])


def _date_row(deadline: Deadline) -> list[Element]:
    day = f"{in_words(deadline.date)} ({MEANS_IN_WORDS[DateMeans(deadline.meaning)]})"
    wiser = f"Aim for {in_words(deadline.aim_for)}. {deadline.aim_because or ''}".strip() if deadline.aim_for else ""
    counted = [
        deadline.working,
        *(f"Another reading: {other}" for other in deadline.others),
        f"Calendar: {deadline.calendar}." if deadline.calendar else "",
        deadline.caveat or "",
    ]
    return [
        _cell(deadline.label),
        _cell(f"{day}. {wiser}".strip()),
        _cell(f"{deadline.who_must} ({deadline.what})" if deadline.who_must and deadline.what else deadline.who_must),
        _cell(" ".join(each for each in counted if each)),
        _cell(markers(deadline.citations)),
    ]


def _cell(text: str) -> Element:
    return {"type": "raw_text", "text": shortened(plain(one_line(text)), _CELL) or messages.NOT_STATED}


def _question_back(answer: Answer, job_id: str, reply: str) -> Iterator[Part]:
    back = answer.question_back
    if not back:
        return
    choices = choices_for(back)
    buttons = [button(each.label, actions.choice(each.key), job_id) for each in choices]
    hint = f"{messages.PICK_ONE} {reply}" if choices else reply
    asked = (
        ""
        if back in answer.text
        else f"{MARKDOWN.strong(messages.QUESTION_BACK)}\n\n{cited(back, answer, MARKDOWN)}\n\n"
    )
    said = "" if back in answer.text else f"{messages.QUESTION_BACK}: {cited(back, answer, SPOKEN)}"
    blocks = (markdown_block(asked + MARKDOWN.words(hint)), *([row(buttons)] if buttons else []))
    yield Part(blocks=blocks, spoken=said)


def _offered(answer: Answer, *, audience: Audience, job_id: str, public: bool, human: bool) -> list[Element]:
    """What can be done with the answer."""
    offered: list[Element] = []
    if answer.status in _AGAIN and not is_offer_search(answer):  # offers are today's, whoever looks for them
        others = [each for each in Audience if each is not audience]
        offered += [button(messages.ASK_AS[each], actions.ask_as(each), job_id) for each in others]
        offered.append(button(messages.AS_AT, actions.AS_AT, job_id, label="Ask as at another day"))
    if human:
        offered.append(button(messages.NEED_A_HUMAN, actions.HUMAN, job_id, confirm=_really_ask()))
    if not public and answer.status in _SHAREABLE:
        offered.append(button(messages.SHARE, actions.SHARE, job_id, confirm=_really_share(answer)))
    return offered


def _last(answer: Answer, job_id: str, offered: Sequence[Element] = ()) -> Part:
    """What can be done with the answer, what it is and is not, and whether it helped."""
    said = f"{law_of(answer)} {messages.DISCLAIMER}" if answer.status in _AGAIN else messages.DISCLAIMER
    blocks = (*([row(offered)] if offered else []), context(marked_up(mrkdwn(said))), _feedback(job_id))
    return Part(blocks=blocks, spoken=SPOKEN.words(said))


def _really_share(answer: Answer) -> Element:
    warning = messages.SHARE_OFFERS_WARNING if is_offer_search(answer) else messages.SHARE_WARNING
    return confirmation(messages.SHARE_TITLE, warning, yes=messages.SHARE_YES, no=messages.NOT_NOW)


def _really_ask() -> Element:
    title, text = messages.HUMAN_ASK_TITLE, messages.HUMAN_ASK_WARNING
    return confirmation(title, text, yes=messages.HUMAN_ASK_YES, no=messages.NOT_NOW)


def _feedback(job_id: str) -> Block:
    def thumb(text: str, label: str, *, helpful: bool) -> Element:
        words = {"type": "plain_text", "text": text, "emoji": False}
        value = actions.feedback_value(job_id, helpful=helpful)
        return {"text": words, "accessibility_label": label, "value": value}

    element: Element = {
        "type": "feedback_buttons",
        "action_id": actions.FEEDBACK,
        "positive_button": thumb(messages.HELPFUL, messages.HELPFUL_LABEL, helpful=True),
        "negative_button": thumb(messages.NOT_HELPFUL, messages.NOT_HELPFUL_LABEL, helpful=False),
    }
    return {"type": "context_actions", "elements": [element]}


def messages_of(parts: Sequence[Part], *, used: int = 0, spoken: str = "") -> list[Message]:
    """The parts as messages; `spoken` is the text of a first one whose words were streamed."""
    made: list[Message] = []
    for place, group in enumerate(split(parts, used=used)):
        said = " ".join(part.spoken for part in group if part.spoken)
        text = spoken if spoken and not place else said or SPOKEN.words(messages.CONTINUED)
        blocks = [block for part in group for block in part.blocks]
        made.append(Message(text=shortened(text, limits.MESSAGE_TEXT), blocks=blocks))
    return made
