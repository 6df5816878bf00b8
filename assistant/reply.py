"""A reply to a family, drafted from an answer: the answer's own sentences, each with its source numbers.

What joins them is wording of ours, which comes as data and says nothing of the law.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.explained import MEANS_IN_WORDS
from assistant.model import Answer, Citation, Deadline, Help, Role, Status
from assistant.sources import Verification
from assistant.time_rules import DateMeans
from assistant.working import in_words

LANGUAGE = "en-GB"

MARKER = re.compile(r"\[(\d{1,3})\]")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*(?:\s*\[\d{1,3}\])*(?=\s+[A-Z£\"'“‘(]|\s*$)")
_ORDER = (Role.CORRECTION, Role.DIRECT, Role.DUTY, Role.ROUTE, Role.TIME_LIMIT, Role.CHANGE, Role.HELP)
_DATES_BEFORE = (Role.ROUTE, Role.TIME_LIMIT, Role.CHANGE, Role.HELP)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWording:
    """The sentences of a reply that are ours, in one version; `holders` are bodies, each under all its names."""

    version: str
    subject: str
    date: str
    greeting: str
    openings: Mapping[Status, str]
    headings: Mapping[Role, str]
    dates_heading: str
    calendar_note: str
    contacts_heading: str
    sources_heading: str
    limits: str
    closing: str
    signature: str
    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    holders: tuple[tuple[str, ...], ...]


class Kind(StrEnum):
    """What a piece of a draft is."""

    HEADING = "heading"
    OURS = "ours"
    CITED = "cited"
    CONTACT = "contact"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A sentence of a draft (a heading, contact or source is one piece). Only `CITED` pieces say what the law is."""

    text: str
    kind: Kind
    citations: tuple[int, ...] = ()

    @property
    def written(self) -> str:
        """The piece as it stands in the text, with its source numbers."""
        return " ".join((self.text, *(f"[{n}]" for n in self.citations)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Pieces that stand together in one line of the text."""

    pieces: tuple[Piece, ...]
    bullet: bool = False

    @property
    def text(self) -> str:
        return ("- " if self.bullet else "") + " ".join(piece.written for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply before anybody edited it. `before_sending` is for the adviser and is no part of the text."""

    question: str
    status: Status
    subject: str
    today: date
    as_at: date
    lines: tuple[Line, ...]
    citations: tuple[Citation, ...]
    before_sending: tuple[str, ...]
    wording: ReplyWording
    corpus_version: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for line in self.lines for piece in line.pieces)

    @property
    def text(self) -> str:
        """The whole letter: paragraphs with an empty line between them, list items and sources one a line."""
        written = ""
        for before, line in zip((None, *self.lines), self.lines, strict=False):
            gap = "" if before is None else "\n" if _belongs_to(before, line) else "\n\n"
            written += gap + line.text
        return written


def draft_reply(answer: Answer, *, question: str, today: date, wording: ReplyWording) -> Draft:
    """An editable reply made of `answer`; every sentence of the law keeps the numbers of its sources."""
    lines = [_ours(wording.date.format(today=in_words(today))), _ours(wording.greeting)]
    lines.append(_ours(wording.openings[answer.status].format(as_at=_day(answer.as_at))))
    contacts = list(_contacts(answer.help, wording))
    if answer.status is Status.URGENT:
        lines += contacts
    if answer.question_back and answer.status is Status.CLARIFY:
        lines.append(_ours(answer.question_back))
    lines += _body(answer, wording)
    if answer.status is not Status.URGENT:
        lines += contacts
    lines += [_ours(wording.limits), _ours(wording.closing), _ours(wording.signature)]
    lines += _sources(answer.citations, wording)
    return Draft(
        question=question,
        status=answer.status,
        subject=wording.subject,
        today=today,
        as_at=answer.as_at,
        lines=tuple(lines),
        citations=answer.citations,
        before_sending=tuple(_before_sending(answer, today=today)),
        wording=wording,
        corpus_version=answer.corpus_version,
    )


def sentences_of(line: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of a line starts and ends; source numbers after a full stop belong to the one before."""
    start = 0
    for found in _SENTENCE_END.finditer(line):
        yield start, found.end()
        start = found.end() + len(line[found.end() :]) - len(line[found.end() :].lstrip())
    if line[start:].strip():
        yield start, len(line.rstrip())


def plain(text: str) -> str:
    """`text` without source numbers, in single spaces and straight quotes: for telling whether two are the same."""
    straight = text.translate(_CURLY)
    return " ".join(MARKER.sub(" ", straight).split()).replace(" .", ".").replace(" ,", ",")


_CURLY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


# The parts of a letter ----------------------------------------------------------------------------------------------


def _body(answer: Answer, wording: ReplyWording) -> Iterator[Line]:
    """The statements by what they do, and the computed dates before what can still be done."""
    dates = list(_dates(answer.deadlines, wording))
    for role in _ORDER:
        if role in _DATES_BEFORE:
            yield from dates
            dates = []
        of_role = [statement for statement in answer.statements if statement.role is role]
        if of_role:
            yield _heading(wording.headings[role])
            yield from (_cited(statement.text, statement.citations) for statement in of_role)


def _dates(deadlines: Sequence[Deadline], wording: ReplyWording) -> Iterator[Line]:
    cited = [deadline for deadline in deadlines if deadline.citations]
    if not cited:
        return
    yield _heading(wording.dates_heading)
    for deadline in cited:
        means = MEANS_IN_WORDS[DateMeans(deadline.meaning)]
        said = [f"{deadline.label}: {in_words(deadline.date)}, {means}."]
        said += [f"Who must act: {deadline.who_must}."] if deadline.who_must else []
        said += [f"Aim for {in_words(deadline.aim_for)}. {deadline.aim_because or ''}"] if deadline.aim_for else []
        yield _cited(" ".join(said), deadline.citations)
    calendars = dict.fromkeys(deadline.calendar for deadline in cited if deadline.calendar)
    yield from (_ours(wording.calendar_note.format(calendar=name)) for name in calendars)


def _contacts(contacts: Sequence[Help], wording: ReplyWording) -> Iterator[Line]:
    if contacts:
        yield _heading(wording.contacts_heading)
    for contact in contacts:
        said = [f"{contact.name}: {contact.what}"]
        said += [f"Telephone {contact.phone}."] if contact.phone else []
        said += [contact.url] if contact.url else []
        yield Line(pieces=(Piece(text=" ".join(said), kind=Kind.CONTACT),), bullet=True)


def _sources(citations: Sequence[Citation], wording: ReplyWording) -> Iterator[Line]:
    if citations:
        yield _heading(wording.sources_heading)
    for citation in citations:
        yield Line(pieces=(Piece(text=f"[{citation.n}] {place_of(citation)}", kind=Kind.SOURCE),))


def place_of(citation: Citation, *, linked: bool = True) -> str:
    """Where a citation comes from in one line, with its address unless the doorway makes that a link."""
    said = citation.title + (f", {citation.provision}" if citation.provision else "")
    said += f" ({citation.edition})" if citation.edition else ""
    said += ", a proposal and not the law" if citation.tier.value == "proposal" else ""
    said += ", not yet checked against its source" if citation.verified is Verification.MEMORY else ""
    return f"{said}: {citation.url}" if linked and citation.url else f"{said}."


def _before_sending(answer: Answer, *, today: date) -> Iterator[str]:
    """What the adviser has to know and the family need not read."""
    if answer.question_back:
        yield f"Still to be asked: {answer.question_back}"
    yield from answer.notices
    for deadline in answer.deadlines:
        where = "" if deadline.citations else " It has no source in this answer, so it was left out of the reply."
        yield f"{deadline.label}: {in_words(deadline.date)}. {deadline.working}{where}"
        yield from (f"{deadline.label}, another reading: {other}" for other in deadline.others)
        if deadline.date < today:
            yield f"{deadline.label}: that day has passed."
        if deadline.caveat:
            yield f"{deadline.label}: {deadline.caveat}"
    for citation in answer.citations:
        if citation.verified is Verification.MEMORY:
            yield f"[{citation.n}] has not been checked against its source yet: read the source before you rely on it."
    for contact in answer.help:
        if not contact.phone_checked:
            yield f"{contact.name}: we have not checked the number {contact.phone}. Look it up before you send it."


# Lines --------------------------------------------------------------------------------------------------------------


def _heading(text: str) -> Line:
    return Line(pieces=(Piece(text=text, kind=Kind.HEADING),))


def _ours(text: str) -> Line:
    return Line(pieces=tuple(_pieces(text, kind=Kind.OURS)))


def _cited(text: str, citations: Iterable[int]) -> Line:
    return Line(pieces=tuple(_pieces(text, kind=Kind.CITED, citations=tuple(citations))), bullet=True)


def _pieces(text: str, *, kind: Kind, citations: tuple[int, ...] = ()) -> Iterator[Piece]:
    line = " ".join(text.split())
    for start, end in sentences_of(line):
        yield Piece(text=line[start:end], kind=kind, citations=citations)


def _belongs_to(before: Line, line: Line) -> bool:
    """Whether a line stands directly below the one before it: items of a list, a heading and what it heads."""
    heads = before.pieces[0].kind is Kind.HEADING
    return heads or (before.bullet and line.bullet) or before.pieces[0].kind is line.pieces[0].kind is Kind.SOURCE


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
