"""What the core needs from outside, named for its role. Each has a fake in tests/fakes.py."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from assistant.conversations import Conversation, Feedback, KeptTurn, SharedAnswer
from assistant.model import Audience, Catalogue
from assistant.offer import Claimant, Offer, OfferResults, OfferSearch, Refusal, Spot
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


class ReadingAge(Protocol):
    """Tells how old a reader has to be to follow a text."""

    def of(self, text: str) -> float | None:
        """Years of age; None for a text without words."""
        ...


class Masker(Protocol):
    """Takes out of a text what says who a child or family is."""

    def mask(self, text: str) -> str:
        """`text` with names, numbers and addresses of people replaced; law and dates of events stay."""
        ...


class Conversations(Protocol):
    """Keeps the turns of conversations under unguessable ids. All of these raise `StoreUnavailable`."""

    def start(self, audience: Audience, *, now: datetime) -> str:
        """The id of a new conversation, which is kept for a set time from `now`."""
        ...

    def add(self, conversation_id: str, turn: KeptTurn) -> None:
        """Keep the turn, masked. Raises `ConversationGone`."""
        ...

    def read(self, conversation_id: str, *, now: datetime) -> Conversation:
        """What is kept under this id. Raises `ConversationGone`."""
        ...


class Eraser(Protocol):
    """Makes what was kept unreadable for good, its text included. Both raise `StoreUnavailable`."""

    def delete(self, conversation_id: str) -> bool:
        """Delete the conversation with all that was shared or said about it, or the shared answer, with this id.

        Whether there was one.
        """
        ...

    def delete_expired(self, now: datetime) -> int:
        """Delete everything whose time is over at `now`; how many conversations and shared answers that was."""
        ...


class SharedAnswers(Protocol):
    """Keeps single answers that a link leads to. Both raise `StoreUnavailable`."""

    def share(self, turn: KeptTurn, *, conversation_id: str | None = None) -> str:
        """The unguessable id under which the turn, masked, can be read for a set time from `turn.at`."""
        ...

    def shared(self, share_id: str, *, now: datetime) -> SharedAnswer:
        """The shared answer. Raises `SharedAnswerUnknown` and `SharedAnswerExpired`."""
        ...


class FeedbackBox(Protocol):
    """Keeps what readers thought of answers."""

    def keep_feedback(self, feedback: Feedback) -> None:
        """Keep it, its words masked. Raises `StoreUnavailable`."""
        ...


class ConversationStore(Conversations, Eraser, SharedAnswers, FeedbackBox, Protocol):
    """Everything that is kept of conversations."""


class PostcodeBook(Protocol):
    """Knows where postcodes and councils are, with no network."""

    def find(self, said: str) -> Spot:
        """The place of a whole or partial postcode ("LS8 4AB", "LS8"), or of a council's name or common short name.

        Raises `UnknownPlace` (with what to do: a town that is no council asks for a postcode) or `NotInEngland`.
        """
        ...


class OfferIndex(Protocol):
    """The offers that were imported. All of these raise `OffersUnavailable`."""

    def search(self, wanted: OfferSearch, *, today: date, limit: int) -> OfferResults:
        """The offers that fit, best first."""
        ...

    def read(self, offer_id: str) -> Offer:
        """One offer. Raises `OfferGone`."""
        ...

    def page(self, *, number: int, size: int) -> tuple[Sequence[Offer], int]:
        """The offers of one page (from 1) in a lasting order, and how many there are of them in all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """What an import changed of one source's entries. `refused` are entries that could not be kept, and why.

    `merged` counts the source's entries that are now one offer with another entry, of this source or another.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    merged: int = 0
    refused: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOnShelf:
    """One source of offers as it was last imported."""

    source: str
    name: str
    says: Claimant
    entries: int
    imported_at: datetime
    sample: bool = False
    url: str | None = None
    licence: str | None = None


class OfferShelf(Protocol):
    """Where imported offers are kept, source by source. All of these raise `OffersUnavailable`.

    Each change is one transaction: readers see the old offers or the new ones, and an import that ends early,
    whatever ended it, changes nothing.
    """

    def replace(self, source: str, offers: Iterable[Offer], *, whole: bool, now: datetime) -> Shelved:
        """Keep these entries of `source`, read one by one; each has exactly one provenance, that of `source`.

        `whole`: these are all there are, and what the source had besides them is gone. Otherwise they are added or
        take the place of entries with the same `Provenance.record`. Of two with one record the later one counts,
        and the earlier one is in `refused`. What `offers` raises comes through, and nothing has changed then.
        """
        ...

    def remove(self, source: str) -> int:
        """Forget the source; how many entries it had (0 when it was not there)."""
        ...

    def sources(self) -> Sequence[SourceOnShelf]:
        """Every source, in order of name."""
        ...
