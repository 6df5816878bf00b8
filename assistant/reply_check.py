"""Checking an edited reply: each sentence is held against the sentence of the draft, or the source, it comes from.

Taking sentences out or putting them in another order is fine. What has no source, or says something else than its
source, becomes a `Finding` with what to do.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.citations import says_no_more, telling_words
from assistant.reply import MARKER, Draft, Kind, Piece, plain, sentences_of

MAX_REPLY = 20_000  # characters

_BULLET = re.compile(r"\s*(?:[-*•]\s+)?")
_SOURCE_LINE = re.compile(r"\[(\d{1,3})\]\s")
_WORDS = re.compile(r"[\w£']+")
_SAYS_SOMETHING = re.compile(r"\b(?:is|are|was|were|be|has|have|had|will|would|do|does|did)\b", re.IGNORECASE)
_A_FEW_WORDS = 8
_ALIKE = 0.6  # of the words, before a sentence without a source counts as an edited one of the draft
_SOMEWHAT_ALIKE = 0.4  # with a source number beside it, less is enough


class FindingKind(StrEnum):
    """What is wrong with a sentence."""

    NO_SOURCE = "no_source"
    LOST_SOURCE = "lost_source"
    OTHER_SOURCE = "other_source"
    UNKNOWN_SOURCE = "unknown_source"
    SOURCE_LINE = "source_line"
    NUMBER = "number"
    DATE = "date"
    FORCE = "force"
    DENIAL = "denial"
    LIMIT = "limit"
    HOLDER = "holder"
    SAYS_MORE = "says_more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend: the sentence (from `start` to `end` in the text), what is wrong, and what to do.

    `was` is the sentence of the draft that it comes from, when there is one.
    """

    kind: FindingKind
    sentence: str
    start: int
    end: int
    what: str
    do: str
    was: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesUsed:
    """The numbers of the draft's sources that sentences of the text still carry, and those that none does."""

    kept: tuple[int, ...]
    dropped: tuple[int, ...]


def as_typed(text: str) -> str:
    """The text with one kind of line end, whatever the browser sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_reply(text: str, draft: Draft) -> tuple[Finding, ...]:
    """What in `text`, an edited form of `draft`, has no source or says something else than its source, in order.

    A test by words, not a proof of meaning: it marks too much rather than too little.
    """
    return tuple(sorted(_Checker(draft).findings(as_typed(text)), key=lambda finding: finding.start))


def sources_used(text: str, draft: Draft) -> SourcesUsed:
    """Which sources of `draft` the sentences of `text` still carry."""
    lines = (line for _, line in _lines(as_typed(text)) if not _SOURCE_LINE.match(line))
    used = {int(n) for line in lines for n in MARKER.findall(line)}
    numbers = [citation.n for citation in draft.citations]
    return SourcesUsed(kept=tuple(n for n in numbers if n in used), dropped=tuple(n for n in numbers if n not in used))


def body_of(text: str, draft: Draft) -> str:
    """The letter without its list of sources: what a family reads, and what its reading age is measured on."""
    kept: list[str] = []
    for _, line in _lines(as_typed(text)):
        if line == draft.wording.sources_heading or _SOURCE_LINE.match(line):
            continue
        kept.append(line)
    return "\n".join(kept)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line that has words, without its bullet, and where it starts."""
    at = 0
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        skipped = bullet.end() if bullet else 0
        if line[skipped:].strip():
            yield at + skipped, line[skipped:].rstrip()
        at += len(line) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A piece of the draft, prepared for comparing."""

    piece: Piece
    plain: str
    words: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A sentence of the edited text."""

    text: str
    start: int
    end: int
    plain: str
    markers: tuple[int, ...]

    def finding(self, kind: FindingKind, what: str, do: str, *, was: str | None = None) -> Finding:
        return Finding(kind=kind, sentence=self.text, start=self.start, end=self.end, what=what, do=do, was=was)


class _Checker:
    def __init__(self, draft: Draft) -> None:
        self._wording = draft.wording
        self._quotes = {citation.n: citation.quote for citation in draft.citations}
        self._source_lines = {_number_of(piece.text): piece.text for piece in draft.pieces if piece.kind is Kind.SOURCE}
        self._whole = {plain(piece.text) for piece in draft.pieces if piece.kind in {Kind.HEADING, Kind.CONTACT}}
        self._known = [
            _known(part) for piece in draft.pieces if piece.kind is not Kind.SOURCE for part in _parts(piece)
        ]
        self._exact: dict[str, list[Piece]] = {}
        for known in self._known:
            self._exact.setdefault(known.plain, []).append(known.piece)
        self._holders = [_names(group) for group in draft.wording.holders]

    def findings(self, text: str) -> Iterator[Finding]:
        listed: set[int] = set()
        used: dict[int, _Read] = {}
        signing = False
        for start, line in _lines(text):
            source = _SOURCE_LINE.match(line)
            if source:
                signing = False
                listed.add(int(source[1]))
                yield from self._source_line(_read(line, start, len(line)), int(source[1]))
                continue
            if plain(line) in self._whole:
                signing = False
                continue
            if self._starts_with(line, self._wording.closings):
                signing = True
            if self._is_plain_courtesy(line, signing=signing):
                continue
            for first, last in sentences_of(line):
                read = _read(line[first:last], start + first, last - first)
                used.update({n: read for n in read.markers if n not in used})
                yield from self._sentence(read)
        yield from self._unlisted(used, listed)

    # Lines that are not sentences of the law -------------------------------------------------------------------------

    def _source_line(self, read: _Read, n: int) -> Iterator[Finding]:
        was = self._source_lines.get(n)
        if was is None:
            yield read.finding(*_UNKNOWN, was=None)
        elif plain(was) != read.plain:
            what = f"The line of source [{n}] is not as we hold it."
            yield read.finding(FindingKind.SOURCE_LINE, what, "Put back the line as it was.", was=was)

    def _unlisted(self, used: Mapping[int, _Read], listed: set[int]) -> Iterator[Finding]:
        for n, read in used.items():
            if n not in listed and n in self._source_lines:
                what = f"This sentence leads to source [{n}], whose line is gone from the list of sources."
                do = "Put the line back, so that the family can look it up."
                yield read.finding(FindingKind.SOURCE_LINE, what, do, was=self._source_lines[n])

    def _is_plain_courtesy(self, line: str, *, signing: bool) -> bool:
        """A greeting, a name below the letter, a heading of one's own: short, and silent about the law."""
        told = telling_words(plain(line))
        if told["force"] or told["denial"] or MARKER.search(line) or len(line.split()) > _A_FEW_WORDS:
            return False
        if signing and not line.endswith("."):
            return not told["date"]
        if line.startswith(("-", "•", "*")):  # a point of a list says something, with or without a verb
            return False
        if told["number"] or told["date"] or line.endswith((".", "!", "?", ";")):
            return False
        return self._starts_with(line, self._wording.greetings) or not _SAYS_SOMETHING.search(line)

    def _starts_with(self, line: str, words: Sequence[str]) -> bool:
        return any(re.match(rf"{re.escape(each)}\b", line, re.IGNORECASE) for each in words)

    # Sentences -------------------------------------------------------------------------------------------------------

    def _sentence(self, read: _Read) -> Iterator[Finding]:
        same = self._exact.get(read.plain, [])
        if any(set(piece.citations) == set(read.markers) for piece in same):
            return
        if any(n not in self._quotes for n in read.markers):
            yield read.finding(*_UNKNOWN)
        cited = next((piece for piece in same if piece.citations), None)
        if cited is not None:
            yield from _other_sources(read, cited)
            return
        nearest = self._nearest(read)
        if nearest is None:
            yield from self._typed(read)
        elif nearest.kind is Kind.CITED:
            yield from self._edited(read, nearest)
        else:
            yield from self._edited_ours(read, nearest)

    def _nearest(self, read: _Read) -> Piece | None:
        """The sentence of the draft that this one was made from, by the words they share."""
        words = Counter(_WORDS.findall(read.plain.lower()))
        enough = _SOMEWHAT_ALIKE if read.markers else _ALIKE
        best, best_share = None, enough
        for known in self._known:
            if read.markers and not set(read.markers) & set(known.piece.citations):
                continue
            shared = 2 * (words & known.words).total() / max(1, words.total() + known.words.total())
            if shared >= best_share:
                best, best_share = known.piece, shared
        return best

    def _typed(self, read: _Read) -> Iterator[Finding]:
        """A sentence that the draft did not have."""
        if not read.markers:
            what = "This sentence has no source."
            do = (
                "If it says what the law is or what somebody has to do, add the number of the source that says so, "
                "like [1], or take it out. Kind words can stay."
            )
            yield read.finding(FindingKind.NO_SOURCE, what, do)
        elif any(n in self._quotes for n in read.markers) and not self._is_supported(read, None):
            yield read.finding(*_SAYS_MORE)

    def _edited(self, read: _Read, was: Piece) -> Iterator[Finding]:
        """A sentence of the law, in other words."""
        written = was.written
        changes = list(_changes(read, was))
        changes += _other_sources(read, was)
        new = self._new_holders(read, was)
        if new:
            what = f"It now speaks of “{new}”, of whom the source says nothing here."
            do = "Name the body that the source names, or take the sentence out."
            changes.append(read.finding(FindingKind.HOLDER, what, do, was=written))
        if not changes and not self._is_supported(read, was):
            changes.append(read.finding(*_SAYS_MORE, was=written))
        yield from changes

    def _edited_ours(self, read: _Read, was: Piece) -> Iterator[Finding]:
        """A sentence of ours, in other words: it has no source, so it must not begin to speak of the law."""
        changes = list(_changes(read, was))
        yield from changes
        if not changes and read.markers:
            yield read.finding(*_SAYS_MORE, was=was.text)

    def _new_holders(self, read: _Read, was: Piece) -> str | None:
        before = " ".join([was.text, *(self._quotes[n] for n in was.citations if n in self._quotes)])
        for names in self._holders:
            found = names.search(read.plain)
            if found and not names.search(before):
                return found.group(0)
        return None

    def _is_supported(self, read: _Read, was: Piece | None) -> bool:
        quotes = [self._quotes[n] for n in read.markers if n in self._quotes]
        grounds = [[quote[first:last]] for quote in quotes for first, last in sentences_of(quote)] + [quotes]
        grounds += [[was.text]] if was is not None else []
        return any(says_no_more(read.plain, [plain(text) for text in each]) for each in grounds if each)


# What was changed ---------------------------------------------------------------------------------------------------

_UNKNOWN = (
    FindingKind.UNKNOWN_SOURCE,
    "It leads to a source that this reply does not have.",
    "Use a number from the list of sources, or take the number out.",
)
_SAYS_MORE = (
    FindingKind.SAYS_MORE,
    "It says more than its source, or something else.",
    "Read the source beside it, then say what it says, or take the sentence out.",
)
_CHANGED: Mapping[str, tuple[FindingKind, str]] = {
    "number": (FindingKind.NUMBER, "A number was changed"),
    "date": (FindingKind.DATE, "A day or month was changed"),
    "force": (FindingKind.FORCE, "How strongly it binds was changed"),
    "denial": (FindingKind.DENIAL, "A “not” was put in, taken out or changed"),
    "limit": (FindingKind.LIMIT, "A word that limits it was changed"),
}


def _changes(read: _Read, was: Piece) -> Iterator[Finding]:
    now, before = telling_words(read.plain), telling_words(plain(was.text))
    for name, (kind, what) in _CHANGED.items():
        if now[name] != before[name]:
            told = f"{what}: it was {_listed(before[name])} and is now {_listed(now[name])}."
            do = "Put back what the source says, or take the sentence out."
            yield read.finding(kind, told, do, was=was.written)


def _other_sources(read: _Read, was: Piece) -> list[Finding]:
    lost = [n for n in was.citations if n not in read.markers]
    if not lost:
        return []
    numbers = " ".join(f"[{n}]" for n in was.citations)
    if not read.markers:
        what, do = f"It has lost its source: {numbers}.", f"Put {numbers} back at the end of the sentence."
        return [read.finding(FindingKind.LOST_SOURCE, what, do, was=was.written)]
    what = f"It comes from {numbers} and now leads elsewhere."
    return [read.finding(FindingKind.OTHER_SOURCE, what, f"Put {numbers} back.", was=was.written)]


def _listed(words: Sequence[str]) -> str:
    return "“" + " … ".join(words) + "”" if words else "nothing"


# Reading ------------------------------------------------------------------------------------------------------------


def _read(text: str, start: int, length: int) -> _Read:
    numbers = dict.fromkeys(int(n) for n in MARKER.findall(text))
    return _Read(text=text, start=start, end=start + length, plain=plain(text), markers=tuple(numbers))


def _known(piece: Piece) -> _Known:
    said = plain(piece.text)
    return _Known(piece=piece, plain=said, words=Counter(_WORDS.findall(said.lower())))


def _parts(piece: Piece) -> Iterator[Piece]:
    """A contact's line sentence by sentence, so that part of it can be taken out; any other piece as it is."""
    if piece.kind is not Kind.CONTACT:
        yield piece
        return
    for first, last in sentences_of(piece.text):
        yield Piece(text=piece.text[first:last], kind=Kind.CONTACT)


def _number_of(source_line: str) -> int:
    found = _SOURCE_LINE.match(source_line)
    return int(found[1]) if found else 0


def _names(group: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, group)) + r")\b", re.IGNORECASE)
