"""The timeline of a case: from what has happened to every step that follows, who must act and what is open today.

The shape of each chain is told in corpus/timelines.yaml; the dates come from `Calculator`. Nothing here guesses: a
date that nobody told and nothing gives is asked for, and what follows from it stays unknown too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from assistant.deadlines import Calculator, Happened, Reckoning
from assistant.errors import (
    BankHolidaysTooShort,
    CalendarTooShort,
    DateMissing,
    DeadlineError,
    EndBeforeStart,
    RuleNotInForce,
)
from assistant.model import Situation
from assistant.retrieve import holds
from assistant.school_days import SchoolCalendar
from assistant.time_rules import Actor, Chain, CountedDays, DateMeans, Direction, Step, TimeRule
from assistant.working import in_words

_EXCLUSIONS = frozenset({"suspended", "permanently-excluded"})
# The sentences of a caveat that say what becomes of a limit that has gone by.
_IF_MISSED = re.compile(
    r"\b(?:missing (?:the|this) limit|may be missed|void|late|out of time|no (?:discretion|extension))\b", re.IGNORECASE
)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z“‘])")


class StepState(StrEnum):
    """Where a step stands today. `PASSED` says only that its day is over (for the first day of a duty: the duty now
    runs) or that it was done. `AT_ONCE` is a duty "without delay", which has no last day to compute."""

    PASSED = "passed"
    TODAY = "today"
    OPEN = "open"
    AT_ONCE = "at_once"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One step of a case. `on` is the day of the event it follows, `day` its computed date.

    `assumed` are sentences about dates that nobody told; `problem` says why a step is `UNKNOWN` and what is needed.
    `told` is the day on which the step was really taken (or is to be), where the user said so.
    """

    label: str
    who_must: str
    actor: Actor
    what: str
    day: date | None
    state: StepState
    reckoning: Reckoning | None = None
    on: date | None = None
    facts: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    problem: str | None = None
    told: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The steps of a case in the order in which they fall due, and what the reader must know about their dates."""

    chain: Chain
    starts: date
    today: date
    steps: tuple[TimelineStep, ...]
    calendar: SchoolCalendar
    notices: tuple[str, ...] = ()


def timeline(
    chain: Chain,
    happened: Mapping[str, Happened],
    *,
    calculator: Calculator,
    today: date,
    settings: frozenset[str] = frozenset(),
    stages: frozenset[str] = frozenset(),
    needs: frozenset[str] = frozenset(),
    ruled_out: frozenset[str] = frozenset(),
) -> Timeline:
    """The steps of `chain` that belong to this case, dated from the events that `happened`.

    What is not said about setting or stage rules nothing out; a need must be said, and not be ruled out. Raises
    `DateMissing` without the chain's first event, `NotASchoolDay` or `CalendarTooShort` for an exclusion that cannot
    start on its day, and `EndBeforeStart` for a step said to be taken before the one it follows.
    """
    starts = calculator.when(chain.starts, happened).day
    if chain.stage in _EXCLUSIONS:
        calculator.exclusion_day(starts)
    events = _successive(chain, calculator)
    _refuse_disorder(events, starts, happened)
    # The choice of a chain says the stage of the case.
    stages = stages | {chain.stage} if chain.stage else stages
    case = Situation(settings=settings, stages=stages, needs=needs - ruled_out)
    walk = _Walk(calculator, happened, events=events, starts=starts, today=today)
    placed = [walk.take(step) for step in chain.steps if _belongs(step, case, calculator)]
    placed.sort(key=lambda each: each.place)  # steps of one day keep the order of the chain
    return Timeline(
        chain=chain,
        starts=starts,
        today=today,
        steps=tuple(each.step for each in placed),
        calendar=calculator.calendar,
        notices=tuple(_notices(placed, calculator.calendar)),
    )


def _successive(chain: Chain, calculator: Calculator) -> Sequence[str]:
    """The events that steps give one after another. Not those owed at once when the chain begins, which may well have
    happened the day before, nor those counted back from another."""
    return [
        step.gives
        for step in chain.steps
        if step.gives and step.on != chain.starts
        if step.rule is None or calculator.rule(step.rule).direction is Direction.AFTER
    ]


def _refuse_disorder(events: Sequence[str], starts: date, happened: Mapping[str, Happened]) -> None:
    before = starts
    for event in events:
        if event in happened:
            if happened[event].day < before:
                raise EndBeforeStart(before, happened[event].day)
            before = happened[event].day


def _belongs(step: Step, case: Situation, calculator: Calculator) -> bool:
    return holds(step.holds, case) and (step.rule is None or holds(calculator.rule(step.rule).holds, case))


# Walking the chain --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A step and the day by which it stands in the timeline, which a step of unknown date has too.

    `problem` is the first cause of that: said once, however long the tail of steps that follow from it. `guessed`: the
    date rests on a day that nobody told.
    """

    step: TimelineStep
    place: date
    problem: str | None = None
    guessed: bool = False


class _Walk:
    """One walk along a chain: what is known so far, told or given by earlier steps, and what is lost."""

    def __init__(
        self,
        calculator: Calculator,
        happened: Mapping[str, Happened],
        *,
        events: Sequence[str],
        starts: date,
        today: date,
    ) -> None:
        self._calculator = calculator
        self._events = events
        self._told = happened
        self._today = today
        self._place = starts
        self._known = dict(happened)
        self._lost: dict[str, _Placed] = {}

    def take(self, step: Step) -> _Placed:
        """The step with its date, remembering the event it gives for the steps after it."""
        rule = self._calculator.rule(step.rule) if step.rule else None
        placed = self._dated(step, rule) if rule else self._at_once(step)
        self._place = placed.place
        if step.gives and step.gives not in self._known and step.gives not in self._lost:
            self._give(step.gives, placed, rule)
        return placed

    def _dated(self, step: Step, rule: TimeRule) -> _Placed:
        blank = self._blank(step, rule)
        events = [self._calculator.rule(name).event for name in rule.later_of] or [rule.event]
        lost = self._follows_lost(blank, events)
        if lost is not None:
            return lost
        try:
            found = self._calculator.date_for(rule.id, self._known)
        except DateMissing as error:
            return self._unknown(blank, error, on=None, place=self._place)
        except (CalendarTooShort, BankHolidaysTooShort, RuleNotInForce) as error:
            on = max(when.day for when in self._whens(events))
            beyond = isinstance(error, CalendarTooShort) and rule.direction is Direction.AFTER
            return self._unknown(blank, error, on=on, place=max(on, self._calculator.calendar.last) if beyond else on)
        dated = replace(
            blank,
            day=found.day,
            state=self._state(found.day, done=blank.told or self._no_later_than(step.gives)),
            reckoning=found,
            on=found.starts,
            assumed=found.assumed,
        )
        guessed = bool(found.assumed) and any(when.assumed for when in self._whens(events))
        return _Placed(step=dated, place=found.day, guessed=guessed)

    def _at_once(self, step: Step) -> _Placed:
        blank = self._blank(step, None)
        event = step.on or ""
        lost = self._follows_lost(blank, [event])
        if lost is not None:
            return lost
        try:
            when = self._calculator.when(event, self._known)
        except DateMissing as error:
            return self._unknown(blank, error, on=None, place=self._place)
        done = blank.told or self._no_later_than(step.gives)
        state = StepState.PASSED if done is not None and done <= self._today else StepState.AT_ONCE
        assumed = (when.assumed,) if when.assumed else ()
        step_now = replace(blank, state=state, on=when.day, assumed=assumed)
        return _Placed(step=step_now, place=when.day, guessed=bool(assumed))

    def _blank(self, step: Step, rule: TimeRule | None) -> TimelineStep:
        """The step with its words and nothing computed."""
        told = self._told.get(step.gives) if step.gives else None
        return TimelineStep(
            label=step.label or (rule.label if rule else ""),
            who_must=step.who_must or (rule.who_must if rule else ""),
            actor=step.actor or (rule.actor if rule else Actor.OTHER),
            what=step.what or (rule.what if rule else ""),
            day=None,
            state=StepState.UNKNOWN,
            facts=_once([*(rule.facts if rule else ()), *step.facts]),
            told=told.day if told else None,
        )

    def _follows_lost(self, blank: TimelineStep, events: Sequence[str]) -> _Placed | None:
        """The step as unknown, if it follows an event whose own step has no date."""
        lost = next((name for event in events for name in self._followed(event) if name in self._lost), None)
        if lost is None:
            return None
        before = self._lost[lost]
        label = self._calculator.events[lost].label
        problem = f"It follows the day {label}, which is not known. {before.problem}"
        return _Placed(step=replace(blank, problem=problem), place=before.place, problem=before.problem)

    def _followed(self, event: str) -> Iterator[str]:
        """An event without a date, then those it usually falls with, up to the first that has one."""
        for name in (event, *self._calculator.events[event].usually):
            if name in self._known:
                return
            yield name

    def _unknown(self, blank: TimelineStep, error: DeadlineError, *, on: date | None, place: date) -> _Placed:
        return _Placed(step=replace(blank, problem=str(error), on=on), place=place, problem=str(error))

    def _whens(self, events: Sequence[str]) -> Iterator[Happened]:
        for event in events:
            with suppress(DateMissing):
                yield self._calculator.when(event, self._known)

    def _no_later_than(self, event: str | None) -> date | None:
        """The day by which an event must have been, because one that only follows it was told."""
        if event not in self._events:
            return None
        later = self._events[self._events.index(event) + 1 :]
        return min((self._told[name].day for name in later if name in self._told), default=None)

    def _state(self, day: date, *, done: date | None) -> StepState:
        if day < self._today or (done is not None and done <= self._today):
            return StepState.PASSED
        return StepState.TODAY if day == self._today else StepState.OPEN

    def _give(self, event: str, placed: _Placed, rule: TimeRule | None) -> None:
        label = self._calculator.events[event].label
        owed = placed.step.on if rule is None else placed.step.day
        latest = self._no_later_than(event)
        if latest is not None and (owed is None or latest < owed):
            because = f"The day {label} is not known, but it was no later than {in_words(latest)}: counted from then."
            self._known[event] = Happened(day=latest, assumed=because)
        elif owed is not None:
            because = f"The day {label} is not known yet. {_taken_as(rule)}: counted from {in_words(owed)}."
            self._known[event] = Happened(day=owed, assumed=because)
        else:
            self._lost[event] = placed


def _taken_as(rule: TimeRule | None) -> str:
    if rule is None:
        return "If it is done at once"
    if rule.means is DateMeans.LAST_DAY:
        return "If all the time allowed is taken"
    return "If it happens on the first day it can"


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


# What the reader must know ------------------------------------------------------------------------------------------


def _notices(placed: Sequence[_Placed], calendar: SchoolCalendar) -> Iterator[str]:
    steps = [each.step for each in placed]
    if calendar.typical and any(_in_school_days(step) for step in steps):
        yield (
            f"The dates use “{calendar.name}”, which is made up of usual term dates and is no school's own. The "
            "school's own term dates, INSET days and closure days can move every date that is counted in school days."
        )
    guessed = _once(each.step.label for each in placed if each.guessed and each.step.day)
    if guessed:
        yield (
            f"These rest on a day that nobody has told yet: {'; '.join(guessed)}. If the real day is sooner, they come "
            "sooner, so give it as soon as it is known."
        )
    for step in steps:
        if step.told and step.day and not _in_time(step):
            given, last = in_words(step.told), in_words(step.day)
            yield f"{step.label}: the day given for this, {given}, is after the last day, {last}."
        if step.state is StepState.PASSED and not (step.told and _in_time(step)):
            yield from (f"{step.label}: {sentence}" for sentence in _if_missed(step))


def _in_time(step: TimelineStep) -> bool:
    """Whether a step was taken by its last day, as far as there is one."""
    has_last_day = step.reckoning is not None and step.reckoning.rule.means is DateMeans.LAST_DAY
    return not (has_last_day and step.told and step.day and step.told > step.day)


def _in_school_days(step: TimelineStep) -> bool:
    return step.reckoning is not None and step.reckoning.rule.days is CountedDays.SCHOOL_DAYS


def _if_missed(step: TimelineStep) -> Iterator[str]:
    """What the rule's own caveat says of a limit that has gone by."""
    caveat = (step.reckoning.rule.caveat if step.reckoning else None) or ""
    return (sentence for sentence in _SENTENCE_ENDS.split(caveat) if _IF_MISSED.search(sentence))
