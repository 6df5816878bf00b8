"""What an answer says, line by line and in the order it is read, in any hand: for streams, blocks and plain words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.citations import reference
from assistant.explained import MEANS_IN_WORDS
from assistant.model import Answer, Audience, Citation, Deadline, Force, Help, Role, Statement, Status
from assistant.sources import Verification
from assistant.time_rules import DateMeans
from assistant.working import in_words
from bots.slack.showing import messages
from bots.slack.showing.markup import Hand
from bots.slack.showing.offer_lines import is_offer_search, offer_lines

_MARKER = re.compile(r"\[(\d{1,3})\]")
_FIRST = (Role.CORRECTION, Role.DIRECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines under a heading (None: they need none), in the hand they were asked for."""

    heading: str | None
    lines: tuple[str, ...]


def first_lines(answer: Answer, hand: Hand) -> list[str]:
    """What is read first: whom to call, what was looked for, the dates asked for, or what answers directly."""
    if is_offer_search(answer):
        return [hand.words(answer.text)]
    if answer.status is Status.URGENT:
        contacts = [hand.bullet + contact_line(each, hand) for each in answer.help]
        return contacts + [hand.bullet + statement_line(answer, each, hand) for each in _emergency(answer)]
    opening = _opening(answer)
    said = [hand.words(opening)] if opening else []
    dates = [date_line(each, hand) for each in answer.deadlines]
    leading = _leading(answer)
    marked = hand.bullet if len(leading) > 1 else ""
    return said + dates + [marked + _led(answer, each, hand) for each in leading]


def sections(answer: Answer, hand: Hand) -> list[Lines]:
    """The statements that `first_lines` leaves, in their order, those that do the same thing together.

    In a list of local offers these come first.
    """
    if is_offer_search(answer):
        return list(_list_and_checks(answer, hand))
    shown = _emergency(answer) if answer.status is Status.URGENT else _leading(answer)
    rest = answer.statements[len(shown) :] if answer.status is Status.URGENT else _without(answer.statements, shown)
    found = [
        Lines(
            heading=messages.HEADINGS[answer.audience][role],
            lines=tuple(hand.bullet + statement_line(answer, each, hand) for each in group),
        )
        for role, group in groupby(rest, key=lambda statement: statement.role)
    ]
    if answer.status is Status.URGENT and (rest or answer.deadlines):
        dates = tuple(date_line(each, hand) for each in answer.deadlines)
        return [Lines(heading=messages.IF_NO_DANGER, lines=dates), *found]
    return found


def _list_and_checks(answer: Answer, hand: Hand) -> Iterator[Lines]:
    """A list of local offers and what goes with it."""
    if answer.offers:
        yield Lines(heading=messages.OFFERS, lines=tuple(offer_lines(answer.offers, hand)))
    for role, heading in ((Role.ROUTE, messages.OFFER_REFERRAL), (Role.DUTY, messages.OFFER_CHECKS)):
        said = [statement_line(answer, each, hand) for each in answer.statements if each.role is role]
        if said:
            yield Lines(heading=heading, lines=tuple(hand.bullet + each for each in said))


def statement_line(answer: Answer, statement: Statement, hand: Hand) -> str:
    """How strongly, who owes it, what is said, and the numbers of its sources."""
    said = [hand.words(statement.text), markers(statement.citations)]
    cited = [citation for citation in answer.citations if citation.n in statement.citations]
    if answer.audience is Audience.ADVISER and answer.status is not Status.URGENT:
        said.append(f"({'; '.join(hand.words(_place(each)) for each in cited)})" if cited else "")
    if any(each.verified is Verification.MEMORY for each in cited):
        said.append(hand.words(messages.UNCHECKED))
    return _bound(statement, hand) + " ".join(each for each in said if each)


def date_line(deadline: Deadline, hand: Hand) -> str:
    """A date as the answer to "by when": what, the day, what the day is, who must act."""
    said = [
        hand.strong(f"{deadline.label}: {in_words(deadline.date)}."),
        hand.words(f"This is {MEANS_IN_WORDS[DateMeans(deadline.meaning)]}."),
        hand.words(f"Who must act: {deadline.who_must}.") if deadline.who_must else "",
        hand.words(f"Aim for {in_words(deadline.aim_for)}.") if deadline.aim_for else "",
        markers(deadline.citations),
    ]
    return " ".join(each for each in said if each)


def contact_line(contact: Help, hand: Hand) -> str:
    """Who can help, their number, and what for."""
    name = f"{hand.strong_mark}{hand.link(contact.url, contact.name)}{hand.strong_mark}"
    number = f": {hand.strong(contact.phone)}" if contact.phone else ""
    doubt = "" if contact.phone_checked or not contact.phone else f" {hand.words(messages.PHONE_UNCHECKED)}"
    return f"{name}{number}. {hand.words(contact.what)}{doubt}"


def cited(text: str, answer: Answer, hand: Hand) -> str:
    """Words of ours that may name a source as [n]: the numbers of this answer stay as they are."""
    known = {str(citation.n) for citation in answer.citations}
    pieces = _MARKER.split(text)  # words, number, words, number, ... words
    return "".join(
        f"[{piece}]" if place % 2 and piece in known else _spaced(f"[{piece}]" if place % 2 else piece, hand)
        for place, piece in enumerate(pieces)
    )


def markers(citations: Sequence[int]) -> str:
    return "".join(f"[{n}]" for n in citations)


def law_of(answer: Answer) -> str:
    """Which day's law was answered on, and for whom it is worded."""
    day = f"{answer.as_at.day} {answer.as_at:%B %Y}"
    return f"The law in England as at {day}, worded for {messages.READERS[answer.audience]}."


def _spaced(text: str, hand: Hand) -> str:
    """`text` escaped, with the spaces at its ends that an escape takes away."""
    before, after = " " * text[:1].isspace(), " " * (len(text) > 1 and text[-1:].isspace())
    return f"{before}{hand.words(text)}{after}"


def _led(answer: Answer, statement: Statement, hand: Hand) -> str:
    line = statement_line(answer, statement, hand)
    if statement.role is not Role.CORRECTION:
        return line
    return f"{hand.strong(messages.HEADINGS[answer.audience][Role.CORRECTION] + ':')} {line}"


def _bound(statement: Statement, hand: Hand) -> str:
    word = messages.FORCE[statement.force]
    who = statement.duty_on if statement.duty_on not in {None, "", "none"} else None
    if statement.force is Force.INFO or not word:
        return ""
    return f"{hand.strong(word)} ({hand.words(who)}): " if who else f"{hand.strong(word)}: "


def _place(citation: Citation) -> str:
    return reference(citation.title, citation.provision, citation.edition if citation.provision else None)


def _leading(answer: Answer) -> tuple[Statement, ...]:
    direct = tuple(statement for statement in answer.statements if statement.role in _FIRST)
    return direct or (answer.statements[:1] if not answer.deadlines else ())


def _without(statements: Sequence[Statement], shown: Sequence[Statement]) -> tuple[Statement, ...]:
    return tuple(each for each in statements if not any(each is one for one in shown))


def _emergency(answer: Answer) -> tuple[Statement, ...]:
    """The statements of an urgent answer that belong to the emergency: they come first, all of them as help."""
    return tuple(_while_help(answer.statements))


def _while_help(statements: Sequence[Statement]) -> Iterator[Statement]:
    for statement in statements:
        if statement.role is not Role.HELP:
            return
        yield statement


def _opening(answer: Answer) -> str | None:
    """The sentence of ours that an answer without statements begins with; an answer with them begins with those."""
    if answer.status is Status.ANSWERED:
        return None
    first = answer.text.split("\n\n", maxsplit=1)[0]
    return None if _MARKER.search(first) or "**" in first else first
