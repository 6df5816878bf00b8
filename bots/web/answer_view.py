"""An answer arranged for the page: in the order it is read, with each quotation beside the words it carries."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.compose import ACADEMY_OR_MAINTAINED, WHAT_HAPPENED
from assistant.model import Answer, Citation, Deadline, Role, Situation, Statement, Status
from assistant.sources import Verification
from bots.web.starters import SITUATION, STARTERS

_MARKER = re.compile(r"\[(\d{1,3})\]")

_HEADINGS: Mapping[Role, str] = {
    Role.CORRECTION: "First, a correction",
    Role.DIRECT: "The answer",
    Role.DUTY: "What must happen, and who must do it",
    Role.TIME_LIMIT: "Time limits",
    Role.ROUTE: "What can be done",
    Role.CHANGE: "What changed",
    Role.HELP: "Help and advice",
}
_TITLES: Mapping[Status, str] = {
    Status.ANSWERED: "Your answer",
    Status.CLARIFY: "One question back",
    Status.NOT_FOUND: "We could not find this",
    Status.OUT_OF_SCOPE: "This is outside what we cover",
    Status.URGENT: "Get help now",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement, its place in the answer from 1, and what it quotes."""

    place: int
    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The statements that do one thing in an answer, under their heading; an answer that comes first needs none."""

    heading: str | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCard:
    """A time limit of the answer, what it quotes, and the address of a file for somebody's own calendar."""

    place: int
    deadline: Deadline
    citations: tuple[Citation, ...]
    file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One thing taken from the message; `word` is None where there is nothing to take away."""

    word: str | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A ready reply to a question back: a word about the child to add, or a sentence to send."""

    label: str
    add: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """An answer arranged for the page. `opening` is a plain sentence that comes before any statement."""

    answer: Answer
    title: str
    opening: str | None
    sections: tuple[Section, ...]
    dates: tuple[DateCard, ...]
    next_steps: tuple[str, ...]
    chips: tuple[Chip, ...]
    choices: tuple[Choice, ...]
    unchecked: frozenset[int]

    def pieces(self, text: str) -> Sequence[tuple[str, int | None]]:
        """`text` cut at its [n] markers: plain words, and the numbers that lead to a source of this answer."""
        known = {citation.n for citation in self.answer.citations}
        cut = _MARKER.split(text)  # words, number, words, number, ... words
        return [
            (part, None) if place % 2 == 0 else (f"[{part}]", int(part) if int(part) in known else None)
            for place, part in enumerate(cut)
            if part
        ]


def view(answer: Answer, *, file_of: Callable[[Deadline], str | None] = lambda _: None) -> AnswerView:
    """The answer in the order it is read; statements that do the same thing stand together.

    `file_of` gives the address of a calendar file for a date, if there is one.
    """
    return AnswerView(
        answer=answer,
        title=_TITLES[answer.status],
        opening=_opening(answer.text),
        sections=_sections(answer),
        dates=tuple(
            DateCard(place=place, deadline=each, citations=_quoted(answer, each.citations), file=file_of(each))
            for place, each in enumerate(answer.deadlines, start=1)
        ),
        next_steps=_untold(answer),
        chips=_chips(answer.situation),
        choices=_choices(answer.question_back),
        unchecked=frozenset(c.n for c in answer.citations if c.verified is Verification.MEMORY),
    )


def _sections(answer: Answer) -> tuple[Section, ...]:
    by_role: dict[Role, list[Said]] = {}
    for place, statement in enumerate(answer.statements, start=1):
        said = Said(place=place, statement=statement, citations=_quoted(answer, statement.citations))
        by_role.setdefault(statement.role, []).append(said)
    return tuple(
        Section(heading=_HEADINGS[role] if order or role is not Role.DIRECT else None, said=tuple(each))
        for order, (role, each) in enumerate(by_role.items())
    )


def _quoted(answer: Answer, numbers: Sequence[int]) -> tuple[Citation, ...]:
    return tuple(citation for citation in answer.citations if citation.n in numbers)


def _untold(answer: Answer) -> tuple[str, ...]:
    told = {statement.text for statement in answer.statements}
    return tuple(step for step in answer.next_steps if step not in told)


def _chips(situation: Situation) -> tuple[Chip, ...]:
    said = situation.settings | situation.stages | situation.needs
    chips = [Chip(word=word, label=label) for word, label in SITUATION.items() if word in said]
    if situation.year_group is not None and "year-11" not in said:
        chips.append(Chip(word=None, label=f"Year {situation.year_group}"))
    if situation.age is not None:
        chips.append(Chip(word=None, label=f"aged {situation.age}"))
    if situation.days is not None:
        chips.append(Chip(word=None, label=f"{situation.days} day{'' if situation.days == 1 else 's'}"))
    return tuple(chips)


def _choices(question_back: str | None) -> tuple[Choice, ...]:
    if question_back == ACADEMY_OR_MAINTAINED:
        return (
            Choice(label="It is an academy", add="academy"),
            Choice(label="The council maintains it", add="maintained"),
        )
    if question_back == WHAT_HAPPENED:
        return tuple(Choice(label=starter.label, reply=starter.reply) for starter in STARTERS)
    return ()


def _opening(text: str) -> str | None:
    """The first paragraph when it is a sentence of ours: statements carry markers and headings are bold."""
    first = text.split("\n\n", maxsplit=1)[0]
    return None if _MARKER.search(first) or "**" in first else first
