"""The words of the domain, as frozen types.

Everything here is plain data: nothing reads a clock, a file or a setting. Dates are `datetime.date`; a missing
start or end of force means "open or not known", as in the corpus.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from assistant.offer import OfferMatch
from assistant.school_days import SchoolDaysTold
from assistant.sources import Authority, Source, Tier, Verification
from assistant.time_rules import DateMeans, TimeLimits


class Force(StrEnum):
    """How strongly the source itself speaks. Never inferred, never softened."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    INFO = "info"


class Audience(StrEnum):
    """Who an answer is worded for."""

    PARENT = "parent"
    SCHOOL = "school"
    ADVISER = "adviser"


class Status(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NOT_FOUND = "not_found"
    OUT_OF_SCOPE = "out_of_scope"
    URGENT = "urgent"


class Role(StrEnum):
    """What a statement does in an answer; also the order in which a reader needs it."""

    CORRECTION = "correction"
    DIRECT = "direct"
    DUTY = "duty"
    TIME_LIMIT = "time_limit"
    ROUTE = "route"
    HELP = "help"
    CHANGE = "change"


# What we know -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """From a fact to one that a good adviser would add to it, and why."""

    fact: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One fact of the corpus: what a provision says, in our own words, and how users ask for it."""

    id: str
    topic: str
    statement: str
    force: Force
    duty_on: str | None
    audience: tuple[str, ...]
    applies_to: tuple[str, ...]
    authority: tuple[Authority, ...]
    verified: Verification
    checked_on: date
    in_force_from: date | None = None
    in_force_to: date | None = None
    caveat: str | None = None
    replaced_by: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    also_asked: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    leads_to: tuple[Link, ...] = ()
    same_as: tuple[str, ...] = ()

    def in_force_on(self, day: date) -> bool:
        """Whether this was law (or guidance in force) on `day`, as far as its dates say."""
        started = self.in_force_from is None or self.in_force_from <= day
        return started and (self.in_force_to is None or day <= self.in_force_to)

    @property
    def is_proposal(self) -> bool:
        """Whether its only authority is a proposal, which is never shown as law."""
        return bool(self.authority) and all(a.source.tier is Tier.PROPOSAL for a in self.authority)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideStep:
    """One fact of a guide and when it belongs there. Empty conditions always hold."""

    fact: str
    setting: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What an experienced adviser covers in a common situation, most important first.

    `when` names what a message may say that calls for this guide by itself, however it is worded. So does a stage of
    `starts` in a message that asks what happens next, but for what `unless` names: a later stage has its own guide.
    """

    id: str
    title: str
    matches: tuple[str, ...]
    steps: tuple[GuideStep, ...]
    when: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """A wrong premise people bring, and the facts that correct it (the correcting one first)."""

    id: str
    wrong: str
    cues: tuple[str, ...]
    corrects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlossaryTerm:
    """An acronym or family word and what the sector calls it."""

    term: str
    means: str
    also: tuple[str, ...] = ()
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpContact:
    """Somebody who can help. `phone` was checked; `phone_unverified` was not and is shown with a warning."""

    id: str
    name: str
    what: str
    url: str | None = None
    phone: str | None = None
    phone_unverified: str | None = None
    facts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRule:
    """When a message must not go to the search at all, and what is shown instead.

    `patterns` and `not_when` are regular expressions over the lower-cased message.
    """

    id: str
    status: Status
    what: str
    patterns: tuple[str, ...]
    not_when: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    reason: str | None = None
    nation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageExample:
    """A message people send and the triage rule it belongs to; `rule` None: it must go on to the search."""

    text: str
    rule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything the corpus says, validated. `version` is a content hash: equal words, equal version."""

    version: str
    passages: tuple[Passage, ...]
    sources: tuple[Source, ...]
    guides: tuple[Guide, ...] = ()
    misconceptions: tuple[Misconception, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    help: tuple[HelpContact, ...] = ()
    triage: tuple[TriageRule, ...] = ()
    triage_examples: tuple[TriageExample, ...] = ()
    time_limits: TimeLimits = field(default_factory=TimeLimits)

    def earliest_law(self) -> date:
        """The first day on which anything in the corpus is known to have been in force; `date.min` if nothing says."""
        return min((p.in_force_from for p in self.passages if p.in_force_from is not None), default=date.min)


# What is asked ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier message of the conversation; `role` is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What a reader said of the child beside the message: settings, stages and needs that hold, and that do not.

    The words are those of `Situation`. They win over whatever the message says.
    """

    also: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, by whom, and the day whose law counts (`as_at` None: today, or the day the story names)."""

    text: str
    today: date
    as_at: date | None = None
    audience: Audience = Audience.PARENT
    history: tuple[Turn, ...] = ()
    calendar: str | None = None
    corrections: Corrections = field(default_factory=Corrections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a message (with its history) says about the child. Empty or None means "not said", never "no".

    `ours` tells whether it names anything of our subject at all.
    """

    settings: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    ruled_out: frozenset[str] = frozenset()
    age: int | None = None
    year_group: int | None = None
    days: int | None = None
    dates: tuple[date, ...] = ()
    law_date: date | None = None
    postcode: str | None = None
    ours: bool = False
    holders: frozenset[str] = frozenset()
    asks_generally: bool = False
    asks_reform: bool = False
    asks_history: bool = False
    asks_statistics: bool = False


# What is answered ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A numbered reference: the exact words of a passage and where they come from."""

    n: int
    passage_id: str
    title: str
    provision: str | None
    edition: str | None
    tier: Tier
    url: str | None
    quote: str
    in_force_from: date | None
    in_force_to: date | None
    checked_on: date
    verified: Verification
    note: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing the answer says, who owes the duty, and the citations that carry it."""

    text: str
    force: Force
    duty_on: str | None
    citations: tuple[int, ...]
    role: Role = Role.DIRECT


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEvent:
    """An event that a date was counted from. `posted`: `day` is when its letter was posted. `afternoon`: see
    `assistant.deadlines.Happened`."""

    event: str
    day: date
    posted: bool = False
    afternoon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A computed date with its working.

    `rule`, `events` and `own_days` let a program compute it again; `meaning` is a `DateMeans` value. `aim_for` is the
    day to act by where that is wiser than the last lawful day. `others` are dates that another reading would give.
    """

    aim_for: date | None = None
    aim_because: str | None = None
    starts: date | None = None
    label: str
    date: date
    working: str
    citations: tuple[int, ...]
    rule: str = ""
    meaning: str = DateMeans.LAST_DAY.value
    who_must: str = ""
    what: str = ""
    others: tuple[str, ...] = ()
    calendar: str | None = None
    caveat: str | None = None
    events: tuple[DatedEvent, ...] = ()
    own_days: SchoolDaysTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A contact as an answer shows it."""

    name: str
    what: str
    url: str | None = None
    phone: str | None = None
    phone_checked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A passage that was close to the question but not close enough to answer it."""

    passage_id: str
    statement: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The contract of every doorway. Dates of force are inclusive; `took_ms` is whole milliseconds."""

    status: Status
    as_at: date
    audience: Audience
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    offers: tuple[OfferMatch, ...] = ()
    next_steps: tuple[str, ...] = ()
    help: tuple[Help, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    notices: tuple[str, ...] = ()
    question_back: str | None = None
    situation: Situation = field(default_factory=Situation)
    writer: str = "extractive"
    corpus_version: str = ""
    conversation_id: str | None = None
    took_ms: int = 0
