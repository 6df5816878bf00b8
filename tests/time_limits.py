"""Builders of time limits, calendars and dates for tests: say what the test is about, leave the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.deadlines import Reckoning, reckon
from assistant.errors import UnknownCalendar
from assistant.school_days import SchoolCalendar
from assistant.sources import Authority, Verification
from assistant.time_rules import (
    Actor,
    CaseEvent,
    Chain,
    CountedDays,
    CountFrom,
    DateMeans,
    Direction,
    Roll,
    Step,
    Threshold,
    TimeLimits,
    TimeRule,
    Unit,
)
from tests.fakes import BANK_HOLIDAYS, a_source
from tests.fakes import a_calendar as a_school_calendar


def a_calendar(**changes: Any) -> SchoolCalendar:
    """The usual school year 2026-27 with an INSET day on Monday 4 January, made up, unless told otherwise."""
    usual = {
        "name": "Usual term dates 2026-27",
        "inset": frozenset({date(2027, 1, 4)}),
        "typical": True,
        "source": "Made up.",
    }
    return a_school_calendar("typical-2026-27", **{**usual, **changes})


def a_rule(**changes: Any) -> TimeRule:
    """A family's last day, 15 school days after the governors' letter, unless told otherwise."""
    plain = TimeRule(
        id="irp-apply",
        label="Last day to ask for a review",
        applies_when="governors decided not to reinstate a permanently excluded pupil",
        event="governors-decision-notice-given-to-parent",
        count_from=CountFrom.DAY_AFTER,
        length=15,
        unit=Unit.SCHOOL_DAYS,
        direction=Direction.AFTER,
        roll=Roll.NONE,
        days=CountedDays.SCHOOL_DAYS,
        means=DateMeans.LAST_DAY,
        who_must="parent",
        actor=Actor.FAMILY,
        what="apply for an independent review",
        authority=(
            Authority(
                source=a_source("exclusion-regulations-2012", url="https://www.legislation.gov.uk/uksi/2012/1033"),
                provision="reg. 7(2)",
            ),
        ),
        verified=Verification.PRIMARY,
        facts=("exc-100",),
        caveat="Ask in writing.",
    )
    return replace(plain, **changes)


REVIEW = a_rule()
DAY_SIX = a_rule(
    id="pex-day-six",
    label="Full-time education must start",
    applies_when="permanent exclusion",
    event="first-day-of-permanent-exclusion",
    count_from=CountFrom.SAME_DAY,
    length=6,
    means=DateMeans.FIRST_DAY_OF_DUTY,
    who_must="home local authority",
    actor=Actor.COUNCIL,
    what="arrange suitable full-time education from this day",
    facts=("ap-016",),
    caveat=None,
)
LONG_SUSPENSION = a_rule(
    id="susp-day-six",
    label="Full-time education must start during a long suspension",
    applies_when="suspension of more than 5 school days",
    event="first-day-of-first-suspension-in-unbroken-run",
    count_from=CountFrom.SAME_DAY,
    length=6,
    means=DateMeans.FIRST_DAY_OF_DUTY,
    who_must="governing board",
    actor=Actor.SCHOOL,
    what="arrange suitable full-time education from this day",
    facts=("ap-017",),
    caveat=None,
)
GOVERNORS = a_rule(
    id="gdc-15",
    label="Governors must meet",
    applies_when="permanent exclusion",
    event="governing-board-notified",
    who_must="governing board",
    actor=Actor.SCHOOL,
    what="consider reinstatement",
    facts=("exc-080",),
    caveat=None,
)
POSTED = a_rule(
    id="irp-application-posted",
    label="Day a posted letter counts as given",
    event="review-application-posted",
    length=2,
    unit=Unit.WORKING_DAYS,
    days=CountedDays.ENGLAND_WORKING_DAYS,
    means=DateMeans.DEEMED,
    actor=Actor.OTHER,
)

EVENTS = (
    CaseEvent(
        id="first-day-of-permanent-exclusion",
        label="the permanent exclusion began",
        ask="On which day did the permanent exclusion begin?",
        said=(r"\bpermanently excluded\b",),
    ),
    CaseEvent(
        id="first-day-of-first-suspension-in-unbroken-run",
        label="the suspension began",
        ask="On which day did the suspension begin?",
    ),
    CaseEvent(
        id="governing-board-notified",
        label="the governing board was told",
        ask="On which day was the governing board told?",
        usually=("first-day-of-permanent-exclusion",),
        usually_because="The board is usually told on the day of the exclusion.",
    ),
    CaseEvent(
        id="governors-decision-notice-given-to-parent",
        label="the governors' decision was given to the parents",
        ask="On which day was the governors' letter given to you?",
        said=(r"\bnotice\b",),
        if_posted="irp-application-posted",
    ),
    CaseEvent(
        id="exclusion-notice-given",
        label="the exclusion letter was given to the parents",
        ask="On which day were you given the exclusion letter?",
        said=(r"\bexclusion letter\b",),
    ),
    CaseEvent(id="review-application-posted", label="it was posted", ask="On which day was it posted?"),
)

PERMANENT = Chain(
    id="permanent-exclusion",
    title="After a permanent exclusion",
    starts="first-day-of-permanent-exclusion",
    stage="permanently-excluded",
    steps=(
        Step(
            on="first-day-of-permanent-exclusion",
            label="Parents told in writing",
            who_must="head teacher",
            actor=Actor.SCHOOL,
            what="tell the parents without delay",
            facts=("exc-030",),
        ),
        Step(rule="pex-day-six"),
        Step(rule="gdc-15", gives="governors-decision-notice-given-to-parent"),
        Step(rule="irp-apply"),
    ),
)

LIMITS = TimeLimits(
    rules=(DAY_SIX, LONG_SUSPENSION, GOVERNORS, REVIEW, POSTED),
    events=EVENTS,
    chains=(PERMANENT,),
    thresholds=(
        Threshold(id="over-5", over=5, per="term", what="Governors meet if the parents write.", facts=("exc-081",)),
        Threshold(id="over-15", over=15, per="term", what="Governors must meet.", facts=("exc-082",)),
        Threshold(id="limit-45", over=45, per="year", what="No more in a school year.", facts=("exc-010",), limit=True),
    ),
)


class FakeCalendars:
    """The calendars that a test gives."""

    def __init__(self, calendars: Sequence[SchoolCalendar] = ()) -> None:
        self._known: Mapping[str, SchoolCalendar] = {each.id: each for each in calendars or (a_calendar(),)}

    def find(self, calendar_id: str | None = None) -> SchoolCalendar:
        calendar_id = calendar_id or next(iter(self._known))
        if calendar_id not in self._known:
            raise UnknownCalendar(calendar_id, known=tuple(self._known))
        return self._known[calendar_id]

    def all(self) -> Sequence[SchoolCalendar]:
        return tuple(self._known.values())


def a_reckoning(
    rule: TimeRule = REVIEW, starts: date = date(2026, 12, 1), *, calendar: SchoolCalendar | None = None
) -> Reckoning:
    """The date of `rule` from Tuesday 1 December 2026, unless told otherwise."""
    return reckon(rule, starts, calendar=calendar or a_calendar(), bank_holidays=BANK_HOLIDAYS)
