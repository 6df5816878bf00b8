"""The plain words for time limits and steps that every doorway shares."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from assistant.time_rules import Actor, TimeRule
from assistant.timeline import StepState, TimelineStep
from assistant.working import in_words
from bots.rendering import is_open

OF_ACTOR: Mapping[Actor, str] = {
    Actor.FAMILY: "For families",
    Actor.SCHOOL: "For schools and governors",
    Actor.COUNCIL: "For councils",
    Actor.PANEL: "For review panels",
    Actor.TRIBUNAL: "For tribunals",
    Actor.OTHER: "For others, and days that the law fixes",
}

_STATES: Mapping[StepState, str] = {
    StepState.PASSED: "passed",
    StepState.TODAY: "today",
    StepState.OPEN: "open",
    StepState.AT_ONCE: "at once",
    StepState.UNKNOWN: "not known",
}

# Particulars that a timeline tells once for all its steps, or in a step's own words.
SAID_OF_THE_WHOLE = frozenset({"What", "Calendar", "What would change it"})


def by_actor(rules: Iterable[TimeRule]) -> Iterator[tuple[str, Sequence[TimeRule]]]:
    """The rules in groups by who must act, families first, each with its heading."""
    order = list(Actor)
    for actor, group in groupby(sorted(rules, key=lambda rule: order.index(rule.actor)), key=lambda rule: rule.actor):
        yield OF_ACTOR[actor], tuple(group)


def state_in_words(step: TimelineStep, *, today: date) -> str:
    """Where a step stands today, in a word or two."""
    if step.told is not None and step.told <= today:
        return "done"
    waits = step.state in {StepState.OPEN, StepState.AT_ONCE} and not is_open(step, today=today)
    return "to come" if waits else _STATES[step.state]


def opening_of(step: TimelineStep) -> str:
    """When a step is due: its day, from when a duty "without delay" is owed, or that a date is needed."""
    if step.day is not None:
        return in_words(step.day)
    if step.on is None or step.state is StepState.UNKNOWN:
        return "Date needed"
    return f"Without delay, from {in_words(step.on)}"
