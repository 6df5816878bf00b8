"""Questions about time limits, asked of an assistant that knows the whole corpus.

The questions of tests/golden/dev.yaml and of tests/golden/deadlines_unseen.yaml, whose head says how both were used.
The floor stands four below what was measured on 22 November 2026: 80 of 82. Raise it when more are right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml

from assistant.adapters.bank_holidays import england_bank_holidays
from assistant.adapters.dates import DayFirstReader
from assistant.adapters.ical import write_ical
from assistant.adapters.patterns import PatternSet
from assistant.asked_dates import Clockwork
from assistant.desk import DeadlineDesk
from assistant.evaluation import GoldenQuestion, golden_questions
from assistant.model import Answer, Audience, Status
from assistant.school_days import SchoolCalendar, Term
from assistant.service import Assistant
from tests.fakes import FakeCalendars
from tests.integration.workbench import PROJECT, Bench

GOLDEN = PROJECT / "tests" / "golden"
DEV_TODAY = date(2026, 11, 21)
UNSEEN_TODAY = date(2026, 11, 22)
RIGHT = 76
ONLY_PARTLY_TOLD = 1  # a suspension that became permanent began on a day whose term is not told
READERS = {"parent": Audience.PARENT, "senco": Audience.SCHOOL, "adviser": Audience.ADVISER}


def read_yaml(name: str) -> Any:
    return yaml.load((GOLDEN / name).read_bytes(), Loader=yaml.CSafeLoader)


@cache
def dev_questions() -> Sequence[GoldenQuestion]:
    return [question for question in golden_questions(read_yaml("dev.yaml")) if question.kind == "deadline"]


def golden_calendars() -> FakeCalendars:
    """The calendars that the questions assume; the usual one is the default."""
    holidays = england_bank_holidays()
    return FakeCalendars(
        *(
            SchoolCalendar(
                id=name,
                name=name,
                terms=tuple(Term(first=first, last=last) for first, last in each["terms"]),
                inset=frozenset(each["inset"]),
                bank_holidays=holidays,
                typical=True,
            )
            for name, each in read_yaml("calendars.yaml").items()
        )
    )


@pytest.fixture(scope="module")
def assistant(whole: Bench) -> Assistant:
    clockwork = Clockwork(calendars=golden_calendars(), reader=DayFirstReader())
    return Assistant(whole.reader(), scanner=PatternSet, clockwork=clockwork)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question of the second set and its answer; `expected` are its dates, none where none is to be given."""

    id: str
    expected: tuple[date, ...]
    asks_for: str | None
    calendar: str | None
    answer: Answer

    @property
    def given(self) -> Sequence[date]:
        return [deadline.date for deadline in self.answer.deadlines]

    @property
    def right(self) -> bool:
        if self.expected:
            return set(self.expected) <= set(self.given)
        return not self.given and (self.asks_for is None or self.answer.question_back is not None)


def expected_dates(entry: Mapping[str, Any]) -> tuple[date, ...]:
    day = entry["expected_date"]
    return tuple(day) if isinstance(day, list) else (day,) if day else ()


@pytest.fixture(scope="module")
def asked(assistant: Assistant) -> Sequence[Asked]:
    return [
        Asked(
            id=entry["id"],
            expected=expected_dates(entry),
            asks_for=entry.get("asks_for"),
            calendar=entry.get("calendar"),
            answer=assistant.ask(
                entry["question"],
                today=UNSEEN_TODAY,
                audience=READERS[entry["persona"]],
                calendar=entry.get("calendar"),
            ),
        )
        for entry in read_yaml("deadlines_unseen.yaml")
    ]


def without_support(answer: Answer) -> Sequence[str]:
    """The dates of an answer that lack their working, or a citation to a source that the answer shows."""
    shown = {citation.n for citation in answer.citations if citation.quote}
    return [
        deadline.label
        for deadline in answer.deadlines
        if not deadline.working or not deadline.citations or not set(deadline.citations) <= shown
    ]


@pytest.mark.parametrize("question", dev_questions(), ids=lambda question: question.id)
def test_each_golden_question_about_a_time_limit_gets_its_date(assistant: Assistant, question: GoldenQuestion) -> None:
    answer = assistant.ask(
        question.question,
        today=question.as_at or DEV_TODAY,
        history=question.history,
        audience=question.audience,
        calendar=question.calendar,
    )
    assert answer.status is Status.ANSWERED
    assert set(question.expected_dates) & {deadline.date for deadline in answer.deadlines}
    assert without_support(answer) == []
    assert f"{answer.deadlines[0].date:%A} {answer.deadlines[0].date:%-d %B %Y}" in answer.text.split("\n\n")[0]


def test_there_are_golden_questions_about_time_limits() -> None:
    assert len(dev_questions()) == 8
    assert all(question.expected_dates for question in dev_questions())


def test_there_are_eighty_two_questions_of_three_kinds(asked: Sequence[Asked]) -> None:
    assert len({each.id for each in asked}) == len(asked) == 82
    dated = [each for each in asked if each.expected]
    asking = [each for each in asked if each.asks_for]
    assert (len(dated), len(asking), len(asked) - len(dated) - len(asking)) == (70, 6, 6)


def test_nearly_all_questions_about_time_limits_are_answered_rightly(asked: Sequence[Asked]) -> None:
    right = [each.id for each in asked if each.right]
    wrong = [f"{each.id}: {each.given}, not {each.expected}" for each in asked if not each.right]
    assert len(right) >= RIGHT, wrong


def test_every_date_shows_its_working_and_a_source_in_the_same_answer(asked: Sequence[Asked]) -> None:
    assert {each.id: lacking for each in asked if (lacking := without_support(each.answer))} == {}


def test_a_question_without_a_day_is_asked_for_one_and_told_the_rule_meanwhile(asked: Sequence[Asked]) -> None:
    for each in asked:
        if each.asks_for:
            assert each.given == [], each.id
            assert (each.answer.question_back or "").startswith("On what day"), each.id
            assert each.answer.statements, each.id


def test_who_asks_for_no_date_is_given_none(asked: Sequence[Asked]) -> None:
    assert {each.id: each.given for each in asked if not each.expected and each.given} == {}


def test_nearly_every_date_can_be_made_again_from_what_its_answer_says(whole: Bench, asked: Sequence[Asked]) -> None:
    """So that it can go into somebody's own calendar, with its letters by post and days off."""
    limits = whole.reader().current().catalogue.time_limits
    desk = DeadlineDesk(limits, calendars=golden_calendars(), reader=DayFirstReader(), diary_file=write_ical)
    given = [(each, deadline) for each in asked for deadline in each.answer.deadlines]
    again = [desk.again(deadline, calendar=each.calendar) for each, deadline in given]
    assert any(deadline.own_days for _, deadline in given)
    assert any(event.posted for _, deadline in given for event in deadline.events)
    assert again.count(None) <= ONLY_PARTLY_TOLD


@pytest.mark.parametrize(
    "question",
    [
        "governors upheld it. how long have i got",
        "the governors said no. how long do i have",
        "governers turned us down, how long do we have to go to a panel",
        "the governors have decided to uphold the exclusion, what is the deadline",
        "how long do i have to appeal a permanent exclusion",
    ],
)
def test_who_asks_how_long_they_have_after_the_governors_is_told_of_the_review_panel(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question, today=UNSEEN_TODAY)
    first = answer.statements[0]
    assert "exc-100" in {answer.citations[n - 1].passage_id for n in first.citations}
    assert answer.question_back
    assert "decision letter" in answer.question_back


def test_who_asks_when_the_governors_must_meet_is_told_that_and_not_of_the_panel(assistant: Assistant) -> None:
    answer = assistant.ask("they expelled her on monday. by when must the governors decide", today=UNSEEN_TODAY)
    first = answer.statements[0]
    assert "exc-080" in {answer.citations[n - 1].passage_id for n in first.citations}
