"""The shape of the three files about time, as written in YAML: rules, events of a case, chains of steps, totals."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from assistant.sources import Verification
from assistant.time_rules import Actor, CountedDays, CountFrom, DateMeans, Direction, Roll, Unit
from corpus.entries import AuthorityEntry, Day, Entry, EntryId, Need, Pattern, Setting, Stage, Words

_NO_LEAP_YEAR = 2027  # a day of every year must not be 29 February

Length = Annotated[int, Field(strict=True, gt=0)]


def _as_day_of_every_year(value: object) -> object:
    parts: Any = value.split("-") if isinstance(value, str) else value
    try:
        month, day = parts
        date(_NO_LEAP_YEAR, int(month), int(day))
    except (ValueError, TypeError) as error:
        raise ValueError(f"“{value}” is not a day of every year: write the month, then the day") from error
    return int(month), int(day)


DayOfEveryYear = Annotated[tuple[int, int], BeforeValidator(_as_day_of_every_year)]


class HoldsEntry(Entry):
    setting: tuple[Setting, ...] = ()
    stage: tuple[Stage, ...] = ()
    needs: tuple[Need, ...] = ()
    unless: tuple[Stage | Need, ...] = ()
    or_else: tuple["HoldsEntry", ...] = Field(default=(), alias="or")


class OtherCountEntry(Entry):
    because: Words
    length: Length | None = None
    count_from: CountFrom | None = None


class GapEntry(Entry):
    first: Day
    last: Day
    because: Words


class RuleEntry(Entry):
    id: EntryId
    label: Words
    applies_when: Words
    event: EntryId
    count_from: CountFrom
    length: Length | None
    unit: Unit
    direction: Direction
    roll: Roll
    days: CountedDays
    means: DateMeans
    who_must: Words
    actor: Actor
    what: Words
    authority: Annotated[tuple[AuthorityEntry, ...], Field(min_length=1)]
    verified: Verification
    facts: tuple[EntryId, ...]
    asked: Annotated[tuple[Annotated[tuple[Pattern, ...], Field(min_length=1)], ...], Field(min_length=1)]
    caveat: Words | None = None
    holds: HoldsEntry = Field(default=HoldsEntry(), alias="if")
    in_force_from: Day | None = None
    in_force_to: Day | None = None
    before_day: DayOfEveryYear | None = None
    later_of: tuple[EntryId, ...] = ()
    sooner_of: EntryId | None = None
    sooner_because: Words | None = None
    afternoon_next_day: bool = False
    otherwise: tuple[OtherCountEntry, ...] = ()
    gaps: tuple[GapEntry, ...] = ()


class TribunalBreakEntry(Entry):
    spans: Annotated[tuple[tuple[DayOfEveryYear, DayOfEveryYear], ...], Field(min_length=1)]
    source: EntryId
    provision: Words


class ThresholdEntry(Entry):
    id: EntryId
    over: Annotated[float, Field(strict=True, ge=0)]
    per: Literal["term", "year"]
    what: Words
    facts: Annotated[tuple[EntryId, ...], Field(min_length=1)]
    limit: bool = False


class DeadlinesFile(Entry):
    tribunal_break: TribunalBreakEntry | None = None
    thresholds: tuple[ThresholdEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()


class EventEntry(Entry):
    id: EntryId
    label: Words
    ask: Words
    said: tuple[Pattern, ...] = ()
    usually: tuple[EntryId, ...] = ()
    usually_because: Words | None = None
    if_posted: EntryId | None = None


class ChainStepEntry(Entry):
    rule: EntryId | None = None
    on: EntryId | None = None
    label: Words | None = None
    who_must: Words | None = None
    actor: Actor | None = None
    what: Words | None = None
    gives: EntryId | None = None
    facts: tuple[EntryId, ...] = ()
    holds: HoldsEntry = Field(default=HoldsEntry(), alias="if")


class ChainEntry(Entry):
    id: EntryId
    title: Words
    starts: EntryId
    stage: Stage | None = None
    steps: Annotated[tuple[ChainStepEntry, ...], Field(min_length=1)]
