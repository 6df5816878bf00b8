"""The timeline of a case: every step in its order, what is open today, and never a date that rests on nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.deadlines import Calculator, Happened
from assistant.errors import CalendarTooShort, DateMissing, EndBeforeStart, NotASchoolDay
from assistant.school_days import SchoolCalendar
from assistant.time_rules import (
    Actor,
    CaseEvent,
    Chain,
    CountedDays,
    Direction,
    Holds,
    Step,
    TimeLimits,
    TimeRule,
    Unit,
)
from assistant.timeline import StepState, Timeline, TimelineStep, timeline
from assistant.working import in_words
from corpus.catalogue import read_catalogue
from corpus.entries import Need
from tests.fakes import BANK_HOLIDAYS
from tests.time_limits import DAY_SIX, GOVERNORS, POSTED, REVIEW, a_calendar, a_rule

EXCLUDED = "first-day-of-permanent-exclusion"
LETTER = "governors-decision-notice-given-to-parent"
TUESDAY = date(2026, 11, 10)
TODAY = date(2026, 11, 21)  # Saturday


def an_event(event_id: str, label: str, *, usually: Sequence[str] = (), **changes: Any) -> CaseEvent:
    return CaseEvent(
        id=event_id, label=label, ask=f"On what day was it that {label}?", usually=tuple(usually), **changes
    )


EVENTS = (
    an_event(EXCLUDED, "the permanent exclusion began"),
    an_event("governing-board-notified", "the governing board was told", usually=[EXCLUDED]),
    an_event("governors-meet", "the governors met"),
    an_event(LETTER, "the governors' letter came", usually=["governors-meet"], if_posted=POSTED.id),
    an_event("review-application-made", "the review was asked for"),
    an_event("public-exam", "of the exam"),
)

PAPERS = a_rule(
    id="gdc-papers",
    label="Papers for the governors",
    event="governors-meet",
    length=5,
    direction=Direction.BEFORE,
    who_must="clerk",
    actor=Actor.SCHOOL,
    facts=("exc-086",),
    caveat=None,
)
GOVERNORS_MEET = replace(
    GOVERNORS, caveat="Missing the limit does not by itself void the decision. Day one is the day after, e.g. a Monday."
)
HEARING = a_rule(
    id="irp-hold",
    label="Review panel meets",
    event="review-application-made",
    who_must="council",
    actor=Actor.COUNCIL,
    facts=("exc-110",),
)
CLAIM = a_rule(
    id="disability-claim",
    label="Disability claim",
    event=EXCLUDED,
    length=6,
    unit=Unit.MONTHS,
    days=CountedDays.ALL_DAYS,
    facts=("eq-020",),
    caveat=None,
)
RULES = (DAY_SIX, GOVERNORS_MEET, PAPERS, REVIEW, HEARING, CLAIM, POSTED)


def a_duty(label: str, on: str, *, gives: str | None = None, **changes: Any) -> Step:
    plain = Step(on=on, label=label, who_must="head teacher", actor=Actor.SCHOOL, what=label, gives=gives)
    return replace(plain, **changes)


TOLD = a_duty("Parents told", EXCLUDED, facts=("exc-053",))
CHAIN = Chain(
    id="permanent-exclusion",
    title="Permanent exclusion",
    starts=EXCLUDED,
    stage="permanently-excluded",
    steps=(
        TOLD,
        Step(rule="pex-day-six"),
        Step(rule="gdc-15", gives="governors-meet"),
        Step(rule="gdc-papers"),
        a_duty("Governors' letter", "governors-meet", gives=LETTER),
        Step(rule="irp-apply", gives="review-application-made"),
        Step(rule="irp-hold"),
        Step(rule="disability-claim"),
    ),
)


def drawn(
    happened: Mapping[str, date | Happened] | None = None,
    *,
    chain: Chain = CHAIN,
    rules: Sequence[TimeRule] = RULES,
    calendar: SchoolCalendar | None = None,
    today: date = TODAY,
    **said: Any,
) -> Timeline:
    """The timeline of a permanent exclusion on Tuesday 10 November 2026, unless told otherwise."""
    calculator = Calculator(
        TimeLimits(rules=tuple(rules), events=EVENTS), calendar=calendar or a_calendar(), bank_holidays=BANK_HOLIDAYS
    )
    days = {EXCLUDED: TUESDAY} if happened is None else happened
    told = {name: day if isinstance(day, Happened) else Happened(day=day) for name, day in days.items()}
    return timeline(chain, told, calculator=calculator, today=today, **said)


def step_of(label: str, drawn_timeline: Timeline) -> TimelineStep:
    return next(step for step in drawn_timeline.steps if step.label == label)


def labels(drawn_timeline: Timeline) -> list[str]:
    return [step.label for step in drawn_timeline.steps]


class TestOneTelling:
    def test_parent_sees_the_whole_case_from_the_one_day_they_know(self) -> None:
        assert [(step.label, step.day and in_words(step.day)) for step in drawn().steps] == [
            ("Parents told", None),
            ("Full-time education must start", "Tuesday 17 November 2026"),
            ("Papers for the governors", "Tuesday 24 November 2026"),
            ("Governors must meet", "Tuesday 1 December 2026"),
            ("Governors' letter", None),
            ("Last day to ask for a review", "Wednesday 6 January 2027"),  # INSET on Monday 4 January
            ("Review panel meets", "Wednesday 27 January 2027"),
            ("Disability claim", "Monday 10 May 2027"),
        ]

    def test_each_step_says_who_must_act_from_what_and_on_what_authority(self) -> None:
        step = step_of("Governors must meet", drawn())
        assert (step.who_must, step.actor, step.what) == ("governing board", Actor.SCHOOL, "consider reinstatement")
        assert step.on == TUESDAY
        assert step.facts == ("exc-080",)
        assert step.reckoning is not None
        assert "15 school days" in step.reckoning.working

    def test_a_duty_without_a_date_stands_on_the_day_of_its_event(self) -> None:
        step = drawn().steps[0]
        assert (step.label, step.state, step.day, step.on) == ("Parents told", StepState.AT_ONCE, None, TUESDAY)

    def test_a_chain_may_say_a_rule_in_its_own_words(self) -> None:
        chain = replace(CHAIN, steps=(Step(rule="disability-claim", label="Claim, if disabled", facts=("eq-001",)),))
        (step,) = drawn(chain=chain).steps
        assert (step.label, step.who_must, step.facts) == ("Claim, if disabled", "parent", ("eq-020", "eq-001"))

    @pytest.mark.parametrize(
        ("today", "state"),
        [
            pytest.param(date(2026, 11, 16), StepState.OPEN, id="the day before"),
            pytest.param(date(2026, 11, 17), StepState.TODAY, id="the day itself"),
            pytest.param(date(2026, 11, 18), StepState.PASSED, id="the day after"),
        ],
    )
    def test_adviser_sees_what_is_still_open_today(self, today: date, state: StepState) -> None:
        assert step_of("Full-time education must start", drawn(today=today)).state is state


class TestWhatWasTold:
    def test_a_day_that_was_told_is_counted_from_instead_of_the_last_one_allowed(self) -> None:
        told = drawn({EXCLUDED: TUESDAY, "governors-meet": date(2026, 11, 25)})  # Wednesday
        assert step_of("Papers for the governors", told).day == date(2026, 11, 18)  # Wednesday
        assert step_of("Last day to ask for a review", told).day == date(2026, 12, 16)  # Wednesday
        assert step_of("Governors must meet", told).told == date(2026, 11, 25)
        assert not step_of("Papers for the governors", told).assumed

    def test_a_step_that_was_taken_is_no_longer_open_and_one_that_is_planned_still_is(self) -> None:
        met = {EXCLUDED: TUESDAY, "governors-meet": date(2026, 11, 25)}
        assert step_of("Governors must meet", drawn(met, today=date(2026, 11, 25))).state is StepState.PASSED
        assert step_of("Governors must meet", drawn(met, today=date(2026, 11, 24))).state is StepState.OPEN

    def test_the_letter_of_a_meeting_shows_that_the_meeting_is_over(self) -> None:
        """Who gives only the day of the letter is not told that the governors still have until 1 December."""
        told = drawn({EXCLUDED: TUESDAY, LETTER: date(2026, 11, 20)})  # Friday
        assert step_of("Governors must meet", told).state is StepState.PASSED
        assert step_of("Governors' letter", told).state is StepState.PASSED
        papers = step_of("Papers for the governors", told)
        assert papers.day == date(2026, 11, 13)  # Friday
        (assumed,) = papers.assumed
        assert "no later than Friday 20 November 2026" in assumed

    def test_a_posted_letter_counts_from_its_second_working_day(self) -> None:
        posted = Happened(day=date(2026, 12, 1), posted=True)  # Tuesday, so given on Thursday 3 December
        told = drawn({EXCLUDED: TUESDAY, LETTER: posted})
        step = step_of("Last day to ask for a review", told)
        assert step.on == date(2026, 12, 3)
        assert step.day == date(2027, 1, 8)  # Friday
        assert "Last day to ask" not in next(notice for notice in told.notices if "nobody has told" in notice)

    def test_a_date_that_nobody_told_says_what_it_was_taken_from(self) -> None:
        (assumed,) = step_of("Papers for the governors", drawn()).assumed
        assert assumed == (
            "The day the governors met is not known yet. "
            "If all the time allowed is taken: counted from Tuesday 1 December 2026."
        )
        assert not step_of("Full-time education must start", drawn()).assumed

    def test_an_assumption_that_rests_on_another_says_both(self) -> None:
        """Without a step for the letter, the letter is taken to come on the day of a meeting that is itself assumed."""
        chain = replace(CHAIN, steps=tuple(step for step in CHAIN.steps if step.gives != LETTER))
        (assumed,) = step_of("Last day to ask for a review", drawn(chain=chain)).assumed
        assert "Taken as the governors met." in assumed
        assert "If all the time allowed is taken" in assumed

    def test_a_duty_at_once_gives_its_own_day(self) -> None:
        (assumed,) = step_of("Last day to ask for a review", drawn()).assumed
        assert assumed.endswith("If it is done at once: counted from Tuesday 1 December 2026.")


class TestWhatBelongs:
    FOR_ACADEMIES = Holds(setting=("academy",))
    FOR_PLANS = Holds(needs=("ehc-plan",))

    @pytest.mark.parametrize(
        ("said", "belongs"),
        [
            pytest.param({}, True, id="a school that nobody named"),
            pytest.param({"settings": frozenset({"academy"})}, True, id="an academy"),
            pytest.param({"settings": frozenset({"maintained"})}, False, id="another kind of school"),
        ],
    )
    def test_only_another_kind_of_school_rules_a_step_out(self, said: dict[str, Any], belongs: bool) -> None:
        by_step = replace(CHAIN, steps=(replace(TOLD, holds=self.FOR_ACADEMIES),))
        assert bool(drawn(chain=by_step, **said).steps) is belongs
        by_rule = replace(CHAIN, steps=(Step(rule="pex-day-six"),))
        assert bool(drawn(chain=by_rule, rules=[replace(DAY_SIX, holds=self.FOR_ACADEMIES)], **said).steps) is belongs

    @pytest.mark.parametrize(
        ("said", "belongs"),
        [
            pytest.param({}, False, id="nothing said"),
            pytest.param({"needs": frozenset({"ehc-plan"})}, True, id="said"),
            pytest.param({"needs": frozenset({"ehc-plan"}), "ruled_out": frozenset({"ehc-plan"})}, False, id="denied"),
        ],
    )
    def test_a_step_for_children_with_a_plan_needs_the_plan_to_be_said(
        self, said: dict[str, Any], belongs: bool
    ) -> None:
        chain = replace(CHAIN, steps=(replace(TOLD, holds=self.FOR_PLANS),))
        assert bool(drawn(chain=chain, **said).steps) is belongs

    def test_the_chain_itself_says_that_the_pupil_is_permanently_excluded(self) -> None:
        chain = replace(CHAIN, steps=(replace(TOLD, holds=Holds(stage=("suspended",))),))
        assert not drawn(chain=chain).steps
        assert not drawn(chain=chain, stages=frozenset({"governors-decided"})).steps


class TestWhatIsNotKnown:
    SHORT = a_calendar(terms=a_calendar().terms[:2])  # to Friday 18 December 2026

    def test_past_the_calendar_a_step_says_what_it_needs_and_so_does_all_that_follows(self) -> None:
        short = drawn(calendar=self.SHORT)
        assert step_of("Governors must meet", short).day == date(2026, 12, 1)
        asked, panel = step_of("Last day to ask for a review", short), step_of("Review panel meets", short)
        for step in (asked, panel):
            assert (step.state, step.day, step.reckoning) == (StepState.UNKNOWN, None, None)
            assert step.problem is not None
            assert "apnav calendar add" in step.problem
        assert panel.problem is not None
        assert panel.problem.startswith("It follows the day the review was asked for, which is not known.")
        assert labels(short) == labels(drawn())

    def test_an_event_that_falls_on_an_unknown_day_is_not_taken_from_a_day_further_back(self) -> None:
        """The letter usually comes on the day of the meeting; it must not fall back on the exclusion instead."""
        letter = an_event(LETTER, "the letter came", usually=["governors-meet", EXCLUDED])
        events = tuple(letter if event.id == LETTER else event for event in EVENTS)
        short = a_calendar(terms=a_calendar().terms[1:2])
        limits = TimeLimits(rules=RULES, events=events)
        calculator = Calculator(limits, calendar=short, bank_holidays=BANK_HOLIDAYS)
        chain = replace(CHAIN, steps=(Step(rule="gdc-15", gives="governors-meet"), Step(rule="irp-apply")))
        late = Happened(day=date(2026, 12, 7))  # Monday, ten school days before the calendar ends
        found = timeline(chain, {EXCLUDED: late}, calculator=calculator, today=TODAY)
        assert [step.state for step in found.steps] == [StepState.UNKNOWN, StepState.UNKNOWN]

    def test_a_date_that_only_the_user_knows_is_asked_for(self) -> None:
        chain = replace(CHAIN, steps=(a_duty("Before the exam", "public-exam"), TOLD))
        step = step_of("Before the exam", drawn(chain=chain))
        assert step.state is StepState.UNKNOWN
        assert step.problem == "One date is needed: On what day was it that of the exam?"

    def test_a_rule_of_another_time_leaves_only_its_own_steps_unknown(self) -> None:
        new = replace(GOVERNORS_MEET, in_force_from=date(2027, 1, 1))
        rules = [new if rule.id == new.id else rule for rule in RULES]
        found = drawn(rules=rules)
        known = [step.label for step in found.steps if step.state is not StepState.UNKNOWN]
        assert known == ["Parents told", "Full-time education must start", "Disability claim"]

    def test_without_the_first_day_there_is_no_timeline(self) -> None:
        with pytest.raises(DateMissing, match="the permanent exclusion began"):
            drawn({})

    @pytest.mark.parametrize(
        ("day", "why"),
        [
            pytest.param(date(2026, 11, 14), "a weekend", id="Saturday"),
            pytest.param(date(2026, 10, 28), "a school holiday", id="Wednesday of half term"),
            pytest.param(date(2027, 1, 4), "an INSET day", id="INSET on Monday"),
        ],
    )
    def test_an_exclusion_cannot_begin_when_there_is_no_school(self, day: date, why: str) -> None:
        with pytest.raises(NotASchoolDay, match=why):
            drawn({EXCLUDED: day})

    def test_other_chains_may_begin_on_any_day(self) -> None:
        chain = replace(CHAIN, starts=LETTER, stage="governors-decided", steps=(Step(rule="irp-apply"),))
        (step,) = drawn({LETTER: date(2026, 12, 5)}, chain=chain).steps  # Saturday
        assert step.day == date(2027, 1, 11)  # Monday

    def test_an_exclusion_outside_the_calendar_is_refused(self) -> None:
        with pytest.raises(CalendarTooShort):
            drawn({EXCLUDED: date(2026, 7, 1)})

    def test_a_meeting_before_the_exclusion_is_pointed_out(self) -> None:
        with pytest.raises(EndBeforeStart, match="3 November 2026"):
            drawn({EXCLUDED: TUESDAY, "governors-meet": date(2026, 11, 3)})

    def test_a_letter_before_its_meeting_is_pointed_out(self) -> None:
        with pytest.raises(EndBeforeStart, match="20 November 2026, is before the start, 25 November 2026"):
            drawn({EXCLUDED: TUESDAY, LETTER: date(2026, 11, 20), "governors-meet": date(2026, 11, 25)})

    def test_a_duty_owed_at_once_may_have_been_done_the_day_before(self) -> None:
        chain = replace(CHAIN, steps=(a_duty("Board told", EXCLUDED, gives="governing-board-notified"),))
        told = drawn({EXCLUDED: TUESDAY, "governing-board-notified": date(2026, 11, 9)}, chain=chain)
        assert told.steps[0].told == date(2026, 11, 9)
        assert told.steps[0].state is StepState.PASSED


class TestNotices:
    def test_who_uses_the_usual_calendar_learns_what_would_change_the_dates(self) -> None:
        assert "Usual term dates 2026-27" in drawn().notices[0]
        assert "INSET" in drawn().notices[0]
        assert not any("term dates" in notice for notice in drawn(calendar=a_calendar(typical=False)).notices)

    def test_the_usual_calendar_is_not_mentioned_where_no_school_day_was_counted(self) -> None:
        chain = replace(CHAIN, steps=(Step(rule="disability-claim"),))
        assert drawn(chain=chain).notices == ()

    def test_the_steps_that_rest_on_a_day_nobody_told_are_named(self) -> None:
        notice = next(notice for notice in drawn().notices if "nobody has told" in notice)
        assert "Last day to ask for a review" in notice
        assert "Full-time education" not in notice

    def test_what_a_missed_limit_means_is_said_only_in_the_words_of_the_rule(self) -> None:
        passed = drawn(today=date(2026, 12, 2))
        said = "Governors must meet: Missing the limit does not by itself void the decision."
        assert said in passed.notices
        assert said not in drawn().notices
        met = drawn({EXCLUDED: TUESDAY, "governors-meet": date(2026, 12, 1)}, today=date(2026, 12, 2))
        assert said not in met.notices

    def test_a_step_taken_after_its_last_day_is_pointed_out(self) -> None:
        late = drawn({EXCLUDED: TUESDAY, "governors-meet": date(2026, 12, 3)})
        assert (
            "Governors must meet: the day given for this, Thursday 3 December 2026, is after the last day, Tuesday 1 "
            "December 2026."
        ) in late.notices


# The corpus as it is ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def limits() -> TimeLimits:
    return read_catalogue().time_limits


USUAL = a_calendar(inset=frozenset({date(2026, 11, 27), date(2027, 1, 4)}))  # a Friday and a Monday


class TestTheCorpus:
    def test_family_excluded_on_a_tuesday_in_november_sees_every_date(self, limits: TimeLimits) -> None:
        """Counted by hand on the calendar typical-2026-27: INSET on Friday 27 November and Monday 4 January."""
        calculator = Calculator(limits, calendar=USUAL, bank_holidays=BANK_HOLIDAYS)
        chain = next(chain for chain in limits.chains if chain.id == "permanent-exclusion")
        found = timeline(chain, {EXCLUDED: Happened(day=TUESDAY)}, calculator=calculator, today=TODAY)
        dated = {step.reckoning.rule.id: step for step in found.steps if step.reckoning is not None}
        assert [(name, step.day and in_words(step.day), str(step.state)) for name, step in dated.items()] == [
            ("excl-s104-notice", "Tuesday 10 November 2026", "passed"),
            ("work-set", "Monday 16 November 2026", "passed"),
            ("excl-public-place", "Monday 16 November 2026", "passed"),
            ("pex-day-six", "Tuesday 17 November 2026", "passed"),
            ("gdc-papers", "Tuesday 24 November 2026", "open"),
            ("gdc-15", "Wednesday 2 December 2026", "open"),
            ("irp-apply", "Thursday 7 January 2027", "open"),
            ("irp-hold", "Thursday 28 January 2027", "open"),
            ("jr-longstop", "Wednesday 10 February 2027", "open"),
            ("gdc-reconsider", "Thursday 11 February 2027", "open"),
            ("disability-claim", "Sunday 9 May 2027", "open"),
            ("ombudsman", "Tuesday 9 November 2027", "open"),
        ]
        at_once = [(step.label, step.on and in_words(step.on)) for step in found.steps if step.reckoning is None]
        assert at_once == [
            ("Parent told", "Tuesday 10 November 2026"),
            ("Council told", "Tuesday 10 November 2026"),
            ("Governing board told", "Tuesday 10 November 2026"),
            ("Governors' decision letter", "Wednesday 2 December 2026"),
            ("Pupil still on the school's roll", "Wednesday 2 December 2026"),
            ("Review panel's decision", "Thursday 28 January 2027"),
        ]

    @pytest.mark.parametrize(
        "day",
        [
            pytest.param(date(2026, 9, 2), id="the first Wednesday"),
            pytest.param(date(2026, 10, 23), id="the Friday before half term"),
            pytest.param(date(2026, 12, 18), id="the Friday before Christmas"),
            pytest.param(date(2027, 3, 25), id="the Thursday before Easter"),
            pytest.param(date(2027, 7, 21), id="the last Wednesday"),
        ],
    )
    def test_every_chain_holds_its_order_and_says_why_a_date_is_not_known(self, limits: TimeLimits, day: date) -> None:
        calculator = Calculator(limits, calendar=USUAL, bank_holidays=BANK_HOLIDAYS)
        for chain in limits.chains:
            found = timeline(
                chain,
                {chain.starts: Happened(day=day)},
                calculator=calculator,
                today=day,
                needs=frozenset(get_args(Need)),
            )
            assert found.steps
            days = [step.day or step.on for step in found.steps if step.state is not StepState.UNKNOWN]
            assert days == sorted(each for each in days if each is not None)
            for step in found.steps:
                assert (step.state is StepState.UNKNOWN) is bool(step.problem)
                assert step.label
                assert step.who_must
                assert step.what
                sourced = step.facts or (step.reckoning is not None and step.reckoning.rule.authority)
                assert sourced or step.state is StepState.UNKNOWN


# What holds for any day -----------------------------------------------------------------------------------------------

school_days = st.sampled_from(a_calendar().school_days)


@given(day=school_days, today=school_days)
def test_the_steps_stand_in_order_whatever_the_day(day: date, today: date) -> None:
    found = drawn({EXCLUDED: day}, today=today)
    days = [step.day or step.on for step in found.steps if step.state is not StepState.UNKNOWN]
    assert days == sorted(each for each in days if each is not None)
    assert sorted(labels(found)) == sorted(labels(drawn()))


@given(day=school_days, shut=st.sets(school_days, max_size=5))
def test_another_closure_never_brings_a_last_day_forward(day: date, shut: set[date]) -> None:
    """Steps counted back from a meeting move with it; steps counted on can only become later."""
    closed = a_calendar(closures=frozenset(shut - {day}))
    before = {step.label: step.day for step in drawn({EXCLUDED: day}).steps}
    for step in drawn({EXCLUDED: day}, calendar=closed).steps:
        usual = before[step.label]
        counted_on = step.reckoning and step.reckoning.rule.direction is Direction.AFTER
        if counted_on and step.day is not None and usual is not None:
            assert step.day >= usual


@given(day=school_days)
def test_every_date_counted_in_school_days_is_a_school_day(day: date) -> None:
    for step in drawn({EXCLUDED: day}).steps:
        if step.reckoning is not None and step.reckoning.rule.unit is Unit.SCHOOL_DAYS and step.day is not None:
            assert a_calendar().is_school_day(step.day)


@given(day=school_days, later=st.integers(min_value=0, max_value=400))
def test_a_step_that_has_passed_stays_passed(day: date, later: int) -> None:
    today = drawn({EXCLUDED: day}, today=TODAY)
    after = drawn({EXCLUDED: day}, today=TODAY + timedelta(days=later))
    passed = {step.label for step in today.steps if step.state is StepState.PASSED}
    assert passed <= {step.label for step in after.steps if step.state is StepState.PASSED}
