"""The needs of children in the sector's words and in people's own: which words speak of which need."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

_CLAUSE = re.compile(r"[.;!?\n]+|,?\s+but\s+")
_REFUSES = re.compile(
    r"\b(?:(?:not|cannot|can't|don't|unable to|never) (?:\w+ ){0,2}?"
    r"(?:take|accept|admit|support|cater|meet|offer|suit|suitable|appropriate|work|provide|aimed|designed|for)"
    r"|except|excluding|unsuitable|inappropriate)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One need: its name in plain words, the words people use for it, and the wider need it is part of, if any.

    `asked`: a question that has one of the words asks for a place that meets the need.
    """

    id: str
    name: str
    words: tuple[str, ...]
    part_of: str | None = None
    asked: bool = True


class Needs:
    """Every need that offers are searched by."""

    def __init__(self, needs: Sequence[Need], *, version: str) -> None:
        """`version` changes with the words."""
        self.version = version
        self.by_id = {need.id: need for need in needs}

    def read(self, text: str) -> tuple[str, ...]:
        """The ids of the needs that `text` speaks of, in the order of their first words."""
        return tuple(dict.fromkeys(self._owner[found.casefold()] for found in self._pattern.findall(text)))

    def words_in(self, text: str) -> tuple[str, ...]:
        """The words of `text` that speak of a need, as they stand there."""
        return tuple(dict.fromkeys(self._pattern.findall(text)))

    def met(self, text: str) -> frozenset[str]:
        """The needs that an offer's `text` says it meets: those of a sentence that refuses are left out."""
        return frozenset(
            need for clause in _CLAUSE.split(text) if not _REFUSES.search(clause) for need in self.read(clause)
        )

    def fitting(self, need_id: str) -> frozenset[str]:
        """The needs that say a place is for `need_id`: itself, the wider one it is part of, and its own parts."""
        wider = self.by_id[need_id].part_of
        parts = {need.id for need in self.by_id.values() if need.part_of == need_id}
        return frozenset({need_id, *parts, *([wider] if wider else [])})

    @cached_property
    def _owner(self) -> dict[str, str]:
        return {word.casefold(): need.id for need in self.by_id.values() for word in (*need.words, need.name, need.id)}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._owner, key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
