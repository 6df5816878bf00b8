"""Rules of time as frozen types: what the corpus says about how long anything may take, with no arithmetic in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from assistant.sources import Authority, Verification


class Unit(StrEnum):
    """What a time limit is counted in. `FIXED` limits name a day of the year, or the later of other limits."""

    SCHOOL_DAYS = "school_days"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    WEEKS = "weeks"
    MONTHS = "months"
    FIXED = "fixed"


class CountFrom(StrEnum):
    """Whether the day of the event is itself day one ("beginning with") or the day after it is."""

    SAME_DAY = "same_day"
    DAY_AFTER = "day_after"


class Direction(StrEnum):
    """Whether a limit runs on from its event, or back from it ("at least two school days before")."""

    AFTER = "after"
    BEFORE = "before"


class Roll(StrEnum):
    """What happens when the plain count ends on a day on which nothing can be done."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"
    TRIBUNAL_SHUTDOWN = "tribunal_shutdown"


class CountedDays(StrEnum):
    """Which days count. Tribunal working days also leave out all August and 25 December to 1 January."""

    SCHOOL_DAYS = "school_days"
    ENGLAND_WORKING_DAYS = "england_working_days"
    TRIBUNAL_WORKING_DAYS = "tribunal_working_days"
    ALL_DAYS = "all_days"


class DateMeans(StrEnum):
    """What the computed date is."""

    LAST_DAY = "last_day"
    FIRST_DAY_OF_DUTY = "first_day_of_duty"
    EARLIEST_ALLOWED = "earliest_allowed"
    EARLIEST_SAFE = "earliest_safe_date"
    DEEMED = "deemed_date"


class Actor(StrEnum):
    """Whose step it is; a family's own last day is the one that loses rights."""

    FAMILY = "family"
    SCHOOL = "school"
    COUNCIL = "council"
    PANEL = "panel"
    TRIBUNAL = "tribunal"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """When something applies. Empty conditions always hold.

    `unless` names stages and needs that rule it out; `or_else` are other conditions of which one is enough.
    """

    setting: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    or_else: tuple[Holds, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """A dated thing that happens in a case, and how people tell of it.

    `label` completes "the day ..."; `ask` is the question that gets its date. `said` are regular expressions over
    lower-cased text that stand near the date. `usually` names an event that normally falls on the same day, with
    `usually_because` shown when it is used instead. `if_posted` is the rule that says when a letter counts as given.
    """

    id: str
    label: str
    ask: str
    said: tuple[str, ...] = ()
    usually: tuple[str, ...] = ()
    usually_because: str | None = None
    if_posted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCount:
    """Another way in which the same limit can be read, shown beside the date; what is None stays as in the rule."""

    because: str
    length: int | None = None
    count_from: CountFrom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days (both included) for whose events the rule was another one that is not known here."""

    first: date
    last: date
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Days of every year, as (month, day) and both included, on which a limit neither counts nor ends."""

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule:
    """One rule of time. `length` is in `unit`; None for fixed rules, which have `before_day` or `later_of`.

    `facts` are the passages that state the rule and are cited for it. `asked` says by which words people ask for this
    date: groups of regular expressions over lower-cased text, all of a group to be found in any order. `before_day` is
    (month, day): the last day strictly before it in the year of the event. `sooner_of` names an event before which the
    step should be taken if it comes first. `afternoon_next_day`: an event after the afternoon session began is counted
    from the next school day. `otherwise` are other readings of the same limit; `gaps` are times when another rule held
    that is not known here; `breaks` are the tribunal's, for limits that have them.
    """

    id: str
    label: str
    applies_when: str
    event: str
    count_from: CountFrom
    length: int | None
    unit: Unit
    direction: Direction
    roll: Roll
    days: CountedDays
    means: DateMeans
    who_must: str
    actor: Actor
    what: str
    authority: tuple[Authority, ...]
    verified: Verification
    facts: tuple[str, ...]
    caveat: str | None = None
    asked: tuple[tuple[str, ...], ...] = ()
    holds: Holds = field(default_factory=Holds)
    in_force_from: date | None = None
    in_force_to: date | None = None
    before_day: tuple[int, int] | None = None
    later_of: tuple[str, ...] = ()
    sooner_of: str | None = None
    sooner_because: str | None = None
    afternoon_next_day: bool = False
    otherwise: tuple[OtherCount, ...] = ()
    gaps: tuple[Gap, ...] = ()
    breaks: tuple[Break, ...] = ()

    def in_force_on(self, day: date) -> bool:
        """Whether the rule applies to an event of `day`, as far as its dates say."""
        started = self.in_force_from is None or self.in_force_from <= day
        return started and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a chain: either a rule of time, or a duty without a date ("without delay") on an event's day.

    `gives` is the event that the step's date stands for when nobody has said when it really happened.
    """

    rule: str | None = None
    on: str | None = None
    label: str | None = None
    who_must: str | None = None
    actor: Actor | None = None
    what: str | None = None
    gives: str | None = None
    facts: tuple[str, ...] = ()
    holds: Holds = field(default_factory=Holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What follows one event, in order: the shape of a case timeline."""

    id: str
    title: str
    starts: str
    steps: tuple[Step, ...]
    stage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A total of suspended days that changes what must happen. `per` is "term" or "year"; the total must be over
    `over` days, or, for a `limit`, must never be."""

    id: str
    over: float
    per: str
    what: str
    facts: tuple[str, ...]
    limit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """Everything the corpus says about time: rules, the events that start them, chains and thresholds."""

    rules: tuple[TimeRule, ...] = ()
    events: tuple[CaseEvent, ...] = ()
    chains: tuple[Chain, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
