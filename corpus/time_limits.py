"""The reader of the three files about time: deadlines.yaml, case_events.yaml and timelines.yaml.

They can be read alone, without the facts, so that a date is computed without waiting for the rest of the corpus.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.sources import Authority, Source
from assistant.time_rules import (
    Break,
    CaseEvent,
    Chain,
    CountedDays,
    CountFrom,
    DateMeans,
    Direction,
    Gap,
    Holds,
    OtherCount,
    Roll,
    Step,
    Threshold,
    TimeLimits,
    TimeRule,
    Unit,
)
from corpus.entries import SourceEntry
from corpus.located import KeyPath, Problem
from corpus.reading import Named, Read, Reader, check_names
from corpus.time_entries import (
    ChainEntry,
    ChainStepEntry,
    DeadlinesFile,
    EventEntry,
    HoldsEntry,
    RuleEntry,
    ThresholdEntry,
    TribunalBreakEntry,
)

HERE = Path(__file__).parent

_DAYS_OF = {
    Unit.SCHOOL_DAYS: (CountedDays.SCHOOL_DAYS,),
    Unit.WORKING_DAYS: (CountedDays.ENGLAND_WORKING_DAYS, CountedDays.TRIBUNAL_WORKING_DAYS),
    Unit.CALENDAR_DAYS: (CountedDays.ALL_DAYS,),
    Unit.WEEKS: (CountedDays.ALL_DAYS,),
    Unit.MONTHS: (CountedDays.ALL_DAYS,),
    Unit.FIXED: (CountedDays.ALL_DAYS,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFiles:
    """The entries of the three files, each with where it stands."""

    rules: Read[RuleEntry]
    thresholds: Read[ThresholdEntry]
    tribunal_break: Read[TribunalBreakEntry]
    events: Read[EventEntry]
    chains: Read[ChainEntry]

    def with_ids(self) -> Sequence[Read[Any]]:
        """The kinds whose entries have ids."""
        return self.rules, self.thresholds, self.events, self.chains

    def known(self) -> Mapping[str, frozenset[str]]:
        """The ids that entries of these files may name, by kind."""
        return {
            "rule": frozenset(rule.id for rule in self.rules),
            "event": frozenset(event.id for event in self.events),
        }


def read_time_limits(folder: Path = HERE, *, sources: Mapping[str, Source] | None = None) -> TimeLimits:
    """Everything the three files of `folder` say, checked. A file that is not there says nothing.

    Sources are read from `folder` unless given. Raises `CorpusError` listing every bad entry. Facts are not looked up.
    """
    reader = Reader(folder)
    files = read_time_files(reader)
    if sources is None:
        read = reader.many("sources.yaml", SourceEntry, required=bool(files.rules.entries))
        sources = {entry.id: Source(**entry.model_dump()) for entry in read}
    all_read = not reader.problems
    reader.refuse_duplicates(*files.with_ids())
    reader.problems += check_time_files(files)
    if all_read:
        reader.problems += check_names({"source": sources, **files.known()}, names_in_time_files(files))
    reader.refuse()
    return build_time_limits(files, sources=sources)


def read_time_files(reader: Reader) -> TimeFiles:
    """The entries that are sound by themselves; `reader` keeps what is wrong with the others."""
    files = TimeFiles(
        rules=Read(),
        thresholds=Read(),
        tribunal_break=Read(),
        events=reader.many("case_events.yaml", EventEntry, required=False),
        chains=reader.many("timelines.yaml", ChainEntry, required=False),
    )
    for whole, document, _ in reader.one("deadlines.yaml", DeadlinesFile, required=False).entries:
        files.rules.entries += [(rule, document, ("rules", i)) for i, rule in enumerate(whole.rules)]
        files.thresholds.entries += [(each, document, ("thresholds", i)) for i, each in enumerate(whole.thresholds)]
        if whole.tribunal_break is not None:
            files.tribunal_break.entries.append((whole.tribunal_break, document, ("tribunal_break",)))
    return files


# Checks across entries ----------------------------------------------------------------------------------------------

_Wrong = Iterator[tuple[KeyPath, str]]


def check_time_files(files: TimeFiles) -> Iterator[Problem]:
    """What pydantic cannot see: fields that contradict each other, within an entry or across entries."""
    rules = {rule.id: rule for rule in files.rules}
    has_break = bool(files.tribunal_break.entries)
    checks: tuple[tuple[Read[Any], Callable[[Any], _Wrong]], ...] = (
        (files.rules, _wrong_with_unit),
        (files.rules, _wrong_with_direction),
        (files.rules, _wrong_with_dates),
        (files.rules, lambda rule: _wrong_with_other_rules(rule, rules, has_break=has_break)),
        (files.events, lambda event: _wrong_with_posting(event, rules)),
        (files.chains, _wrong_with_steps),
    )
    for read, wrong_with in checks:
        for position, entry in enumerate(read):
            for at, what in wrong_with(entry):
                yield read.problem(position, what, name=entry.id, at=at)


def _wrong_with_unit(rule: RuleEntry) -> _Wrong:
    allowed = _DAYS_OF[rule.unit]
    if rule.days not in allowed:
        yield ("days",), f"does not fit unit {rule.unit}. Write {' or '.join(allowed)}, or correct the unit."
    if rule.unit is not Unit.FIXED:
        if rule.length is None:
            yield ("length",), f"is null, but a limit in {rule.unit} has a length. Write the number."
        for name in ("before_day", "later_of"):
            if getattr(rule, name):
                yield (name,), f"is only for unit fixed. Remove `{name}`, or write unit: fixed."
        return
    if rule.length is not None:
        yield ("length",), "is only for limits that are counted. Write null, or correct the unit."
    if (rule.before_day is None) == (not rule.later_of):
        yield ("unit",), "is fixed, so the rule needs either `before_day` or `later_of`. Write one of them."


def _wrong_with_direction(rule: RuleEntry) -> _Wrong:
    backwards = rule.direction is Direction.BEFORE
    if rule.unit is Unit.FIXED and rule.before_day and not backwards:
        yield ("direction",), "must be before, because `before_day` is the day before which the step falls."
    if rule.unit is Unit.FIXED and rule.later_of and backwards:
        yield ("direction",), "must be after, because the later of other limits is taken."
    if backwards and rule.unit is not Unit.FIXED and rule.count_from is CountFrom.SAME_DAY:
        yield ("count_from",), "must be day_after when the direction is before: the event's own day is not counted."
    if backwards and rule.roll is not Roll.NONE:
        yield ("roll",), "must be none when the direction is before: a later day would be too late."
    if rule.afternoon_next_day and (rule.days, rule.count_from) != (CountedDays.SCHOOL_DAYS, CountFrom.SAME_DAY):
        yield ("afternoon_next_day",), "is only for school days counted from the same day. Remove it."


def _wrong_with_dates(rule: RuleEntry) -> _Wrong:
    if (rule.in_force_to or date.max) < (rule.in_force_from or date.min):
        yield ("in_force_to",), "field `in_force_to` is before `in_force_from`. Swap or correct them."
    for i, gap in enumerate(rule.gaps):
        if gap.last < gap.first:
            yield ("gaps", i, "last"), "field `last` of a gap is before its `first`. Swap or correct them."
    for i, other in enumerate(rule.otherwise):
        if other.length is None and other.count_from is None:
            yield ("otherwise", i), "is no other way to count. Give it another `length` or `count_from`."
    if (rule.sooner_of is None) != (rule.sooner_because is None):
        yield ("sooner_of",), "fields `sooner_of` and `sooner_because` belong together. Write both or neither."


def _wrong_with_other_rules(rule: RuleEntry, rules: Mapping[str, RuleEntry], *, has_break: bool) -> _Wrong:
    for i, name in enumerate(rule.later_of):
        if name in rules and rules[name].later_of:
            what = f"names {name}, which is itself the later of other rules. Name rules that are counted."
            yield ("later_of", i), what
    if _has_the_break(rule) and not has_break:
        at = "roll" if rule.roll is Roll.TRIBUNAL_SHUTDOWN else "days"
        yield (at,), "needs the tribunal's break, which this file does not give. Write `tribunal_break` at its top."


def _wrong_with_posting(event: EventEntry, rules: Mapping[str, RuleEntry]) -> _Wrong:
    posting = rules.get(event.if_posted or "")
    if posting is not None and posting.means is not DateMeans.DEEMED:
        yield ("if_posted",), f"names {posting.id}, whose date is no deemed_date. Name a rule on when letters count."


def _wrong_with_steps(chain: ChainEntry) -> _Wrong:
    for i, step in enumerate(chain.steps):
        if (step.rule is None) == (step.on is None):
            yield (
                ("steps", i),
                "a step has either `rule` or `on` (the event on whose day it falls). Write one.",
            )
        elif step.rule is None:
            missing = [name for name in ("label", "who_must", "actor", "what", "facts") if not getattr(step, name)]
            if missing:
                names = ", ".join(f"`{name}`" for name in missing)
                yield ("steps", i), f"a step without a rule says everything itself: {names} is missing. Add it."


def names_in_time_files(files: TimeFiles) -> Iterable[tuple[Read[Any], Callable[[Any], Iterable[Named]]]]:
    """For `check_names`: the entries of the three files and the ids that each names."""
    return (
        (files.rules, _named_by_rule),
        (files.thresholds, lambda entry: _each("fact", entry.facts, ("facts",))),
        (files.tribunal_break, lambda entry: [("source", entry.source, ("source",))]),
        (files.events, _named_by_event),
        (files.chains, _named_by_chain),
    )


def _each(kind: str, names: Iterable[str], at: KeyPath) -> Iterator[Named]:
    for i, name in enumerate(names):
        yield kind, name, (*at, i)


def _named_by_rule(rule: RuleEntry) -> Iterator[Named]:
    yield "event", rule.event, ("event",)
    for i, authority in enumerate(rule.authority):
        yield "source", authority.source, ("authority", i, "source")
    yield from _each("fact", rule.facts, ("facts",))
    yield from _each("rule", rule.later_of, ("later_of",))
    if rule.sooner_of:
        yield "event", rule.sooner_of, ("sooner_of",)


def _named_by_event(event: EventEntry) -> Iterator[Named]:
    yield from _each("event", event.usually, ("usually",))
    if event.if_posted:
        yield "rule", event.if_posted, ("if_posted",)


def _named_by_chain(chain: ChainEntry) -> Iterator[Named]:
    yield "event", chain.starts, ("starts",)
    for i, step in enumerate(chain.steps):
        for kind, field in (("rule", "rule"), ("event", "on"), ("event", "gives")):
            name = getattr(step, field)
            if name:
                yield kind, name, ("steps", i, field)
        yield from _each("fact", step.facts, ("steps", i, "facts"))


# From entries to the domain -----------------------------------------------------------------------------------------


def build_time_limits(files: TimeFiles, *, sources: Mapping[str, Source]) -> TimeLimits:
    """The checked entries as the core knows them; limits that have the tribunal's break get its days."""
    breaks = tuple(
        Break(first=first, last=last) for tribunal_break in files.tribunal_break for first, last in tribunal_break.spans
    )
    labels = {entry.id: entry.label for entry in files.rules}
    return TimeLimits(
        rules=tuple(_rule(entry, sources, breaks if _has_the_break(entry) else (), labels) for entry in files.rules),
        events=tuple(CaseEvent(**entry.model_dump()) for entry in files.events),
        chains=tuple(_chain(entry) for entry in files.chains),
        thresholds=tuple(Threshold(**entry.model_dump()) for entry in files.thresholds),
    )


def _has_the_break(rule: RuleEntry) -> bool:
    return rule.days is CountedDays.TRIBUNAL_WORKING_DAYS or rule.roll is Roll.TRIBUNAL_SHUTDOWN


_AN_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


def with_labels(text: str | None, labels: Mapping[str, str]) -> str | None:
    """`text` with each rule that it names by id named as readers know it."""
    return text and _AN_ID.sub(lambda match: f"“{labels[match[0]]}”" if match[0] in labels else match[0], text)


def _rule(
    entry: RuleEntry, sources: Mapping[str, Source], breaks: tuple[Break, ...], labels: Mapping[str, str]
) -> TimeRule:
    kept = entry.model_dump(exclude={"authority", "holds", "otherwise", "gaps", "caveat", "what"})
    return TimeRule(
        caveat=with_labels(entry.caveat, labels),
        what=with_labels(entry.what, labels) or entry.what,
        authority=tuple(
            Authority(source=sources[a.source], provision=a.provision, read_in=a.read_in, url=a.url)
            for a in entry.authority
        ),
        holds=_holds(entry.holds),
        otherwise=tuple(OtherCount(**other.model_dump()) for other in entry.otherwise),
        gaps=tuple(Gap(**gap.model_dump()) for gap in entry.gaps),
        breaks=breaks,
        **kept,
    )


def _chain(entry: ChainEntry) -> Chain:
    return Chain(
        id=entry.id,
        title=entry.title,
        starts=entry.starts,
        stage=entry.stage,
        steps=tuple(_step(step) for step in entry.steps),
    )


def _step(entry: ChainStepEntry) -> Step:
    return Step(holds=_holds(entry.holds), **entry.model_dump(exclude={"holds"}))


def _holds(entry: HoldsEntry) -> Holds:
    kept = entry.model_dump(exclude={"or_else"})
    return Holds(or_else=tuple(_holds(each) for each in entry.or_else), **kept)
