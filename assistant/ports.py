"""What the core needs from outside, named for its role. Each has a fake in tests/fakes.py."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from assistant.model import Catalogue
from assistant.school_days import SchoolCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What the learned second check of triage thinks of a message: probabilities, and the rule each would be."""

    urgent: float = 0.0
    urgent_rule: str = ""
    out_of_scope: float = 0.0
    out_of_scope_rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike one query is to what the index holds. Every mapping goes from an id to a score.

    `dense` holds the best cosine (-1 to 1) over a passage's statement and questions; `lexical` the BM25 score
    divided by the query's best (0 to 1); `guides` and `misconceptions` the best cosine over their example messages,
    `guides_lexical` the BM25 score of those examples. Ids that are absent were too far away to be returned.
    """

    dense: Mapping[str, float]
    lexical: Mapping[str, float]
    statements: Mapping[str, float] = field(default_factory=dict)
    guides: Mapping[str, float] = field(default_factory=dict)
    guides_lexical: Mapping[str, float] = field(default_factory=dict)
    misconceptions: Mapping[str, float] = field(default_factory=dict)
    suspicion: Suspicion = field(default_factory=Suspicion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One search: `meaning` is what the vectors are asked, `words` what the lexical index is asked."""

    meaning: str
    words: str


class Knowledge(Protocol):
    """One finished build of the index: what it knows and how alike a query is to it. It never changes."""

    @property
    def build_id(self) -> str: ...

    @property
    def catalogue(self) -> Catalogue: ...

    def likeness(self, queries: Sequence[Query]) -> Sequence[Likeness]:
        """One `Likeness` per query, in order."""
        ...


class KnowledgeBase(Protocol):
    """Where the live build is found."""

    def current(self) -> Knowledge:
        """The build that answers now; raises `IndexUnavailable`. Cheap enough to call for each question."""
        ...


class PatternScanner(Protocol):
    """Knows many patterns and tells quickly which of them are worth trying on a text."""

    def candidates(self, text: str) -> Collection[int]:
        """The positions of the patterns that may match; every other one surely does not."""
        ...


class Calendars(Protocol):
    """The school calendars that dates can be counted on."""

    def find(self, calendar_id: str | None) -> SchoolCalendar:
        """The calendar with this id, or the default one. Raises `UnknownCalendar`."""
        ...

    def all(self) -> Sequence[SchoolCalendar]:
        """Every calendar, in order of id."""
        ...


class DateReader(Protocol):
    """Turns a day written in words or figures into a date, day first."""

    def read(self, phrase: str, *, today: date) -> date | None:
        """The day that `phrase` ("10 November 2026", "3 days ago") names when today is `today`; None for nonsense."""
        ...
