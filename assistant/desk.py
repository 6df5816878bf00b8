"""The desk where time limits are asked for: one rule, a whole case, or the total of many suspensions.

It needs no index and no model: only what the corpus says about time, and school calendars.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from assistant import phrases
from assistant.date_places import impossible_dates
from assistant.deadlines import Calculator, Happened, Reckoning
from assistant.diary import DiaryEntry, DiaryFile, entries_of, entry_of
from assistant.errors import BadDate, CalendarTooShort, DeadlineError, UnknownChain, UnknownCondition, UnknownEvent
from assistant.model import Deadline, Situation
from assistant.ports import Calendars, DateReader
from assistant.school_days import SchoolCalendar, SchoolDaysTold
from assistant.situation import LENGTHS, read_situation
from assistant.suspensions import Suspension, SuspensionTotals, totals
from assistant.time_rules import CaseEvent, Chain, CountedDays, CountFrom, TimeLimits, TimeRule
from assistant.timeline import Timeline, timeline
from assistant.told import tell
from assistant.told_school_days import as_told
from assistant.working import in_words

REMIND = (7, 1)  # days before


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDays:
    """Whose school days to count: a calendar by its id (None: the default one), with what was told of the school's
    own days put in its place."""

    calendar: str | None = None
    told: SchoolDaysTold = field(default_factory=SchoolDaysTold)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What is known of a child's case beside dates, in the words of the corpus's conditions."""

    settings: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    ruled_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTold:
    """A case as somebody's own words tell it. `notes` say how they were read, and what in them is doubtful."""

    chain: str
    happened: Mapping[str, Happened]
    case: CaseFacts
    school_days: SchoolDaysTold
    notes: tuple[str, ...] = ()


_NOTICE, _DECISION = "exclusion-notice-given", "governors-decision-notice-given-to-parent"
_OF_GOVERNORS = re.compile(r"govern|\bg[db]c?\b|\bpdc\b|\bboard\b|committee|panel|decision|upheld|reinstat")

DEFAULT = SchoolDays()
# The words by which a case's setting, stage and needs are told.
KNOWN_WORDS: Mapping[str, frozenset[str]] = {
    "setting": frozenset(name for name, _ in phrases.SETTINGS),
    "stage": frozenset(name for name, _ in phrases.STAGES),
    "need": frozenset(name for name, _ in phrases.NEEDS) | {*LENGTHS, "suspended-over-5-days-in-a-row"},
}
NOTHING_SAID = CaseFacts()


class DeadlineDesk:
    """Answers about time. It keeps nothing between questions, so a calendar that was added counts at once."""

    def __init__(
        self,
        limits: TimeLimits,
        *,
        calendars: Calendars,
        reader: DateReader,
        diary_file: DiaryFile,
    ) -> None:
        self._limits = limits
        self._calendars = calendars
        self._reader = reader
        self._diary_file = diary_file
        self._exclusion_starts = _exclusion_starts(limits.rules)

    # What there is to ask for

    def rules(self) -> Sequence[TimeRule]:
        """Every time limit, in the order of the corpus."""
        return self._limits.rules

    def chains(self) -> Sequence[Chain]:
        """Every timeline."""
        return self._limits.chains

    def events(self) -> Sequence[CaseEvent]:
        """Every event that a limit can be counted from."""
        return self._limits.events

    def event(self, name: str) -> CaseEvent:
        """The event with this id, or the only one whose id begins so. Raises `UnknownEvent`, naming likely ones."""
        known = {event.id: event for event in self._limits.events}
        begun = [event for event in known if event.startswith(name)] if name else []
        if name in known or len(begun) == 1:
            return known.get(name) or known[begun[0]]
        near = begun or [event for event in known if set(name.split("-")) & set(event.split("-"))] or list(known)
        raise UnknownEvent(name, near=tuple(near[:6]))

    def calendars(self) -> Sequence[SchoolCalendar]:
        """Every calendar that can be chosen."""
        return self._calendars.all()

    # Dates

    def events_of(self, rule_id: str) -> Sequence[CaseEvent]:
        """The events whose days a rule is counted from, its own first. Raises `UnknownRule`."""
        rules = {rule.id: rule for rule in self._limits.rules}
        rule = rules.get(rule_id) or self._calculator(DEFAULT).rule(rule_id)
        return [self.event(rules[name].event) for name in rule.later_of or (rule_id,)]

    def deadline(
        self, rule_id: str, happened: Mapping[str, Happened], *, school_days: SchoolDays = DEFAULT
    ) -> Reckoning:
        """The date that a rule gives. Raises `DeadlineError` of the kind that says what is wrong or missing."""
        calculator = self._calculator(school_days)
        calculator.rule(rule_id)
        self._refuse_impossible(happened, calculator)
        return calculator.date_for(rule_id, happened)

    def again(self, deadline: Deadline, *, calendar: str | None = None) -> Reckoning | None:
        """The reckoning of a date that an answer gives, counted on `calendar` as the answer was; None where it cannot
        be made again, or comes out as another day."""
        happened = {
            each.event: Happened(day=each.day, posted=each.posted, afternoon=each.afternoon) for each in deadline.events
        }
        school_days = SchoolDays(calendar=calendar, told=deadline.own_days or SchoolDaysTold())
        try:
            found = self.deadline(deadline.rule, happened, school_days=school_days)
        except DeadlineError:
            return None
        return found if found.day == deadline.date else None

    def timeline(
        self,
        chain_id: str,
        happened: Mapping[str, Happened],
        *,
        today: date,
        case: CaseFacts = NOTHING_SAID,
        school_days: SchoolDays = DEFAULT,
    ) -> Timeline:
        """Every step of a case, dated as far as it can be. Raises `UnknownChain` and what `deadline` raises."""
        chain = self.chain(chain_id)
        _refuse_unknown(case)
        calculator = self._calculator(school_days)
        self._refuse_impossible(happened, calculator)
        return timeline(
            chain,
            happened,
            calculator=calculator,
            today=today,
            settings=case.settings,
            stages=case.stages,
            needs=case.needs,
            ruled_out=case.ruled_out,
        )

    def totals(
        self, suspensions: Sequence[Suspension], *, earlier_days: float = 0, school_days: SchoolDays = DEFAULT
    ) -> SuspensionTotals:
        """What suspensions add up to, thresholds crossed and day six of long runs. Raises `DeadlineError`."""
        calculator = self._calculator(school_days)
        return totals(
            suspensions,
            calendar=calculator.calendar,
            thresholds=self._limits.thresholds,
            calculator=calculator,
            earlier_days=earlier_days,
        )

    def chain(self, chain_id: str) -> Chain:
        """The timeline with this id. Raises `UnknownChain`."""
        found = next((chain for chain in self._limits.chains if chain.id == chain_id), None)
        if found is None:
            raise UnknownChain(chain_id, known=tuple(chain.id for chain in self._limits.chains))
        return found

    # Cases in people's own words

    def read_case(self, text: str, *, today: date) -> CaseTold:
        """The case that `text` tells. Raises `BadDate`, and `UnknownChain` when it tells of nothing that is known."""
        for written in impossible_dates(text):
            raise BadDate(written)
        told = tell(text, today=today, reader=self._reader, limits=self._limits)
        situation = read_situation(text, history=(), today=today)
        chain = self._chain_of(told.happened, situation)
        if chain is None:
            raise UnknownChain(text[:60], known=tuple(each.id for each in self._limits.chains))
        happened = dict(told.happened)
        if chain.starts in self._exclusion_starts and not _OF_GOVERNORS.search(text.lower()) and _DECISION in happened:
            # A bare "notice" or "letter" in the story of an exclusion is the head's own.
            happened.setdefault(_NOTICE, happened.pop(_DECISION))
        if not self._is_dated(chain, happened) and len(told.loose) == 1:
            happened[chain.starts] = Happened(day=told.loose[0].day, afternoon=bool(told.loose[0].afternoon))
        case = CaseFacts(
            settings=situation.settings & KNOWN_WORDS["setting"],
            needs=situation.needs & KNOWN_WORDS["need"],
            ruled_out=situation.ruled_out & KNOWN_WORDS["need"],
        )
        return CaseTold(
            chain=chain.id,
            happened=happened,
            case=case,
            school_days=told.school_days,
            notes=(*self._read_as(chain, happened, case), *map(_as_sentence, told.doubts)),
        )

    def _chain_of(self, happened: Mapping[str, Happened], situation: Situation) -> Chain | None:
        """The first timeline whose first event has a day and whose stage was named; else one of which either holds."""
        dated = [chain for chain in self._limits.chains if self._is_dated(chain, happened)]
        named = [chain for chain in self._limits.chains if chain.stage in situation.stages]
        both = [chain for chain in dated if chain in named]
        return next(iter([*both, *named, *dated]), None)

    def _is_dated(self, chain: Chain, happened: Mapping[str, Happened]) -> bool:
        return chain.starts in happened or any(usual in happened for usual in self.event(chain.starts).usually)

    def _read_as(self, chain: Chain, happened: Mapping[str, Happened], case: CaseFacts) -> Iterator[str]:
        mine = dict.fromkeys([chain.starts, _NOTICE, *(step.gives or step.on or "" for step in chain.steps)])
        for event in (self.event(name) for name in mine if name in happened):
            when = happened[event.id]
            posted = ", posted" if when.posted and (event.if_posted or event.id == _NOTICE) else ""
            yield f"Read from your words: {event.label} on {in_words(when.day)}{posted}."
        words = sorted([*case.settings, *case.needs])
        if words:
            yield f"Read from your words: {', '.join(word.replace('-', ' ') for word in words)}."

    # Files for a diary

    def diary(
        self,
        asked: Reckoning | Timeline,
        *,
        stamp: datetime,
        today: date,
        remind: Sequence[int] = REMIND,
    ) -> bytes:
        """The dates of a reckoning or timeline as a file for any calendar program."""
        entries: Iterable[DiaryEntry]
        if isinstance(asked, Timeline):
            entries, title = entries_of(asked), asked.chain.title
        else:
            entries, title = [entry_of(asked)], asked.rule.label
        return self._diary_file(tuple(entries), stamp=stamp, today=today, title=title, remind=remind)

    # Calculators

    def calendar(self, school_days: SchoolDays = DEFAULT) -> SchoolCalendar:
        """The calendar that is counted on, with the days off that were given. Raises `UnknownCalendar`,
        `CalendarTooShort` for a day off that it does not know."""
        calendar = self._calendars.find(school_days.calendar)
        for day in sorted(school_days.told.inset | school_days.told.closures):
            calendar.why_not(day)  # a day that the calendar does not know is surely a slip of the pen
        return as_told(calendar, school_days.told)

    def _calculator(self, school_days: SchoolDays) -> Calculator:
        calendar = self.calendar(school_days)
        return Calculator(self._limits, calendar=calendar, bank_holidays=calendar.bank_holidays)

    def _refuse_impossible(self, happened: Mapping[str, Happened], calculator: Calculator) -> None:
        for event, when in happened.items():
            self.event(event)
            if event in self._exclusion_starts:
                with suppress(CalendarTooShort):  # not every limit needs the calendar; those that do raise it
                    calculator.exclusion_day(when.day)


def _as_sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _refuse_unknown(case: CaseFacts) -> None:
    given = (("setting", case.settings), ("stage", case.stages), ("need", case.needs | case.ruled_out))
    for kind, words in given:
        for word in sorted(words - KNOWN_WORDS[kind]):
            raise UnknownCondition(word, kind=kind, known=tuple(sorted(KNOWN_WORDS[kind])))


def _exclusion_starts(rules: Iterable[TimeRule]) -> frozenset[str]:
    """The events whose own day is day one of a count of school days: they cannot fall on any other kind of day."""
    return frozenset(
        rule.event
        for rule in rules
        if rule.count_from is CountFrom.SAME_DAY and rule.days is CountedDays.SCHOOL_DAYS and not rule.later_of
    )
