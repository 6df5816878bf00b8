"""An edited reply as the parts of a letter, ready for whatever writes files."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.explained import NOT_ADVICE
from assistant.reply import LANGUAGE, Draft, Kind, place_of, plain

_BULLET = re.compile(r"\s*[-*•]\s+")
_SOURCE_LINE = re.compile(r"\[(\d{1,3})\]\s+(.*)")


class Part(StrEnum):
    """What a paragraph of a letter is."""

    HEADING = "heading"
    ITEM = "item"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of the letter."""

    part: Part
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """One numbered source; `url` only as the catalogue has it."""

    n: int
    text: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDocument:
    """A letter. `foot` stands at the foot of each page."""

    title: str
    written_on: date
    language: str
    paragraphs: tuple[Paragraph, ...]
    sources_heading: str
    sources: tuple[SourceEntry, ...]
    foot: str


def as_document(text: str, draft: Draft) -> ReplyDocument:
    """`text`, an edited form of `draft`, as a letter: the draft's headings and lists, and the sources it still has.

    A source's words and address are the draft's own, whatever was typed in its line.
    """
    cited = {citation.n: citation for citation in draft.citations}
    headings = {plain(piece.text) for piece in draft.pieces if piece.kind is Kind.HEADING}
    paragraphs: list[Paragraph] = []
    sources: list[SourceEntry] = []
    for line in (line.strip() for line in text.split("\n")):
        source = _SOURCE_LINE.match(line)
        if not line or line == draft.wording.sources_heading:
            continue
        if source:
            citation = cited.get(int(source[1]))
            told = place_of(citation, linked=False) if citation else source[2]
            sources.append(SourceEntry(n=int(source[1]), text=told, url=citation.url if citation else None))
        elif plain(line) in headings:
            paragraphs.append(Paragraph(part=Part.HEADING, text=line))
        elif _BULLET.match(line):
            paragraphs.append(Paragraph(part=Part.ITEM, text=_BULLET.sub("", line, count=1)))
        else:
            paragraphs.append(Paragraph(part=Part.TEXT, text=line))
    return ReplyDocument(
        title=draft.subject,
        written_on=draft.today,
        language=LANGUAGE,
        paragraphs=tuple(paragraphs),
        sources_heading=draft.wording.sources_heading,
        sources=tuple(sources),
        foot=NOT_ADVICE,
    )
