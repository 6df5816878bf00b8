"""The shapes of what is asked and said about time limits: dates, timelines and totals."""

from datetime import date
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from assistant.deadlines import Happened
from assistant.desk import REMIND, CaseFacts, SchoolDays
from assistant.school_days import SchoolDaysTold
from assistant.sources import Verification
from assistant.suspensions import Suspension
from assistant.time_rules import Actor, CountFrom, DateMeans, Direction, Unit
from assistant.timeline import StepState
from bots.web.schemas import AuthorityShape, CalendarDay, Words

Day: TypeAlias = date  # fields named `date` hide the type of that name
Name = Annotated[Words, Field(min_length=1, max_length=100)]
Days = Annotated[tuple[CalendarDay, ...], Field(max_length=400)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# In -----------------------------------------------------------------------------------------------------------------


class HappenedShape(_Shape):
    """When an event happened."""

    day: CalendarDay
    posted: bool = Field(default=False, description="`day` is the day a letter was sent by first-class post.")
    afternoon: bool = Field(default=False, description="It happened after the afternoon session began.")

    def as_happened(self) -> Happened:
        return Happened(day=self.day, posted=self.posted, afternoon=self.afternoon)


class SchoolDaysShape(_Shape):
    """Whose school days are counted."""

    calendar: Name | None = Field(
        default=None, description="The id of a calendar of GET /api/calendars. Default: the service's own choice."
    )
    inset: Days = Field(default=(), description="INSET days of the school that the calendar does not have.")
    closures: Days = Field(default=(), description="Other days on which the school is shut.")

    def as_school_days(self) -> SchoolDays:
        told = SchoolDaysTold(inset=frozenset(self.inset), closures=frozenset(self.closures))
        return SchoolDays(calendar=self.calendar, told=told)


class CaseShape(SchoolDaysShape):
    """The days of a case."""

    on: CalendarDay | None = Field(default=None, description="The day of the event that the count starts from.")
    happened: dict[Name, HappenedShape] = Field(
        default={}, max_length=60, description="Days of other events, by the ids that GET /api/deadlines gives."
    )


class DeadlineRequest(CaseShape):
    """One time limit and the days it is counted from."""

    rule: Name = Field(description="The id of a time limit of GET /api/deadlines.", examples=["irp-apply"])
    posted: bool = Field(default=False, description="`on` is the day a letter was sent by first-class post.")
    afternoon: bool = Field(default=False, description="`on`: it happened after the afternoon session began.")


class TimelineRequest(CaseShape):
    """A case: what happened, and what is known of the child and the school."""

    chain: Name = Field(
        description="The id of a timeline of GET /api/deadlines.", examples=["permanent-exclusion", "suspension"]
    )
    settings: frozenset[Name] = Field(default=frozenset(), description="The kind of school, such as academy.")
    stages: frozenset[Name] = Field(default=frozenset(), description="How far the case is.")
    needs: frozenset[Name] = Field(default=frozenset(), description="What is so, such as ehc-plan or in-care.")
    ruled_out: frozenset[Name] = Field(default=frozenset(), description="Needs that are known not to be there.")
    today: CalendarDay | None = Field(default=None, description="Say what is open on this day. Default: today.")

    def as_case(self) -> CaseFacts:
        return CaseFacts(settings=self.settings, stages=self.stages, needs=self.needs, ruled_out=self.ruled_out)


class _Reminders(_Shape):
    remind: tuple[Annotated[int, Field(ge=0, le=365)], ...] = Field(
        default=REMIND, max_length=5, description="How many days before each date to remind."
    )


class DeadlineFileRequest(DeadlineRequest, _Reminders):
    """A time limit for somebody's own calendar."""


class TimelineFileRequest(TimelineRequest, _Reminders):
    """A timeline for somebody's own calendar."""


class SuspensionShape(_Shape):
    """One suspension. Without `last`, its school days are in a row."""

    first: CalendarDay
    days: float = Field(gt=0, lt=1000, description="School days, in halves: a lunchtime is half a day.")
    last: CalendarDay | None = None

    def as_suspension(self) -> Suspension:
        return Suspension(first=self.first, days=self.days, last=self.last)


class SuspensionsRequest(SchoolDaysShape):
    """The suspensions of one pupil, in any order."""

    suspensions: tuple[SuspensionShape, ...] = Field(min_length=1, max_length=200)
    earlier_days: float = Field(
        default=0, ge=0, lt=1000, description="Days in the first school year that are not listed, as at another school."
    )


# Out ----------------------------------------------------------------------------------------------------------------


class _Grounds(_Shape):
    sources: list[AuthorityShape]
    verified: Verification = Field(description="Whether the law itself, a page about it, or neither was read.")
    caveat: str | None
    facts: list[str] = Field(description="The passages that state it: GET /api/passages/{id}.")


class CaseEventShape(_Shape):
    """An event that a limit is counted from, and the question that gets its day."""

    id: str
    ask: str


class RuleShape(_Grounds):
    """One time limit of the law or of guidance."""

    id: str
    label: str
    applies_when: str
    length: int | None = Field(description="How many of `unit`; null where the law names a day.")
    unit: Unit
    count_from: CountFrom
    direction: Direction
    means: DateMeans
    who_must: str
    actor: Actor
    what: str
    in_force_from: Day | None
    in_force_to: Day | None
    events: list[CaseEventShape]


class ChainShape(_Shape):
    """A timeline that can be asked for: what follows one event."""

    id: str
    title: str
    starts: str = Field(description="The id of the event it starts from.")
    steps: int


class RulesResponse(_Shape):
    """Everything that dates can be asked for."""

    rules: list[RuleShape]
    timelines: list[ChainShape]
    events: list[CaseEventShape]


class CalendarShape(_Shape):
    """Whose school days can be counted. `typical`: made up to be usual, no school's own."""

    id: str
    name: str
    typical: bool
    council: str | None
    source: str | None
    url: str | None
    first: Day = Field(description="The first day it knows.")
    last: Day = Field(description="The last day it knows.")


class CalendarsResponse(_Shape):
    """Every calendar."""

    calendars: list[CalendarShape]


class AimShape(_Shape):
    """A wiser day than the last lawful one, and why."""

    date: Day
    because: str | None


class ReadingShape(_Shape):
    """The date that another reading gives."""

    date: Day
    because: str


class ReckoningResponse(_Grounds):
    """A computed date with everything needed to check it by hand."""

    rule: str
    label: str
    date: Day
    weekday: str
    means: DateMeans
    means_in_words: str
    applies_when: str
    who_must: str
    actor: Actor
    what: str
    starts: Day
    plain_date: Day = Field(description="The date before it was moved off a day on which nothing can be done.")
    counted: list[Day] = Field(description="Each day that was counted, where days are stepped through.")
    working: str
    not_this: str | None = Field(description="What the date is not.")
    assumed: list[str] = Field(description="What was taken as known without being told.")
    aim_for: AimShape | None
    other_readings: list[ReadingShape]
    calendar: CalendarShape | None = Field(description="The calendar whose school days were counted, if any were.")
    would_change: str | None = Field(description="What would change the date, on a typical calendar.")


class TimelineStepShape(_Shape):
    """One step. A step `at_once` is owed without delay; an `unknown` one says in `problem` which date is needed."""

    label: str
    who_must: str
    actor: Actor
    what: str
    state: StepState
    open: bool = Field(description="Whether it is still open, or due, today.")
    date: Day | None
    weekday: str | None
    on: Day | None = Field(description="The day of the event it follows.")
    told: Day | None = Field(description="The day on which it was really done, where that was told.")
    facts: list[str]
    assumed: list[str]
    problem: str | None
    deadline: ReckoningResponse | None


class TimelineResponse(_Shape):
    """Every step of a case in the order in which it falls due."""

    timeline: str
    title: str
    starts: Day
    today: Day
    steps: list[TimelineStepShape]
    notices: list[str]
    calendar: CalendarShape


class PeriodTotalShape(_Shape):
    """The suspended days in a legal term or a school year; `left`: how many more the yearly limit allows."""

    name: str
    first: Day
    last: Day
    days: float
    left: float | None


class CrossingShape(_Shape):
    """A threshold that was passed, on which day and with what total."""

    threshold: str
    over: float
    per: str
    what: str
    facts: list[str]
    period: str
    date: Day
    total: float


class RunShape(_Shape):
    """Suspensions with no school day between them; `day_six`: when full-time education is owed in them, if it is."""

    first: Day
    last: Day
    days: float
    school_days: int
    problem: str | None
    suspensions: list[SuspensionShape]
    day_six: ReckoningResponse | None


class TotalsResponse(_Shape):
    """What the suspensions add up to and set off."""

    terms: list[PeriodTotalShape]
    years: list[PeriodTotalShape]
    crossed: list[CrossingShape]
    runs: list[RunShape]
    notes: list[str]
    calendar: CalendarShape
