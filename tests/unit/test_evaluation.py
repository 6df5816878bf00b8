"""Scoring: known runs get known figures, and bad input is named."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations import cite
from assistant.errors import EvaluationInputError
from assistant.evaluation import (
    GoldenQuestion,
    KeyFact,
    KindReport,
    Run,
    claims,
    golden_questions,
    run_of,
    score,
)
from assistant.model import Answer, Audience, Deadline, Status, Turn
from tests.fakes import TODAY, a_passage


def a_golden(question_id: str = "q-001", *covered_by: tuple[str, ...], **changes: Any) -> GoldenQuestion:
    """An answerable question of a parent whose key facts are each stated by the passages given."""
    key_facts = tuple(KeyFact(fact=f"fact {n}", covered_by=ids) for n, ids in enumerate(covered_by))
    said: dict[str, Any] = {
        "id": question_id,
        "kind": "fact",
        "question": "who can suspend?",
        "audience": Audience.PARENT,
        "answerable": True,
        "urgent": False,
        "key_facts": key_facts,
        "must_not_say": (),
        "relevant": frozenset(name for ids in covered_by for name in ids),
    }
    return GoldenQuestion(**(said | changes))


def a_run(question_id: str = "q-001", *passage_ids: str, status: str = "answered", **changes: Any) -> Run:
    said: dict[str, Any] = {"id": question_id, "status": status, "text": "", "passage_ids": passage_ids}
    return Run(**(said | changes))


def an_entry(**changes: Any) -> dict[str, Any]:
    """A golden question as it stands in the file; a change to None leaves the field out."""
    said = {
        "id": "q-001",
        "persona": "parent",
        "kind": "fact",
        "answerable": True,
        "question": "who can suspend?",
        "key_facts": [{"fact": "Only the head.", "covered_by": ["exc-001"]}],
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


class TestScoring:
    def test_known_runs_get_known_figures(self) -> None:
        golden = [
            a_golden("q-1", ("a",), ("b", "c"), ("d",), relevant=frozenset("abcdx")),
            a_golden("q-2", ("e",), (), kind="deadline", expected_dates=(date(2026, 12, 4), date(2026, 12, 7))),
            a_golden("q-3", answerable=False, kind="scope"),
            a_golden("q-4", urgent=True, kind="scope"),
        ]
        runs = [
            a_run("q-1", "a", "c", "x", "y", took_ms=10),
            a_run("q-2", "z", took_ms=20, deadlines=({"label": "last day", "date": "2026-12-07"},)),
            a_run("q-3", status="not_found", took_ms=30),
            a_run("q-4", status="answered", took_ms=40),
        ]
        report = score(golden, runs)
        assert report.questions == 4
        assert report.status_accuracy == 0.75
        assert report.wrong_status == ("q-4",)
        assert report.by_kind == (
            KindReport(kind="deadline", questions=1, status_right=1),
            KindReport(kind="fact", questions=1, status_right=1),
            KindReport(kind="scope", questions=2, status_right=1),
        )
        assert report.key_facts == 4
        assert report.key_facts_covered == pytest.approx(2 / 4)
        assert report.key_facts_not_in_corpus == 1
        assert report.any_covered == pytest.approx(1 / 2)
        assert report.precision == pytest.approx((3 / 4 + 0) / 2)
        assert report.most_statements == 4
        assert (report.dates_asked, report.dates_right) == (1, 1)
        assert report.p50_ms == 25

    @pytest.mark.parametrize(
        ("question", "right"),
        [
            pytest.param(a_golden(), {"answered"}, id="answerable"),
            pytest.param(a_golden(answerable=False), {"not_found", "out_of_scope"}, id="not ours to answer"),
            pytest.param(a_golden(urgent=True), {"urgent"}, id="a child at risk"),
        ],
    )
    @pytest.mark.parametrize("status", list(Status))
    def test_a_status_is_right_or_wrong_by_what_the_question_needs(
        self, question: GoldenQuestion, right: set[str], status: Status
    ) -> None:
        assert score([question], [a_run(status=status.value)]).status_accuracy == float(status.value in right)

    def test_a_key_fact_is_covered_by_any_one_of_the_facts_that_state_it(self) -> None:
        golden = [a_golden("q-001", ("a", "b", "c"))]
        assert score(golden, [a_run("q-001", "c")]).key_facts_covered == 1.0
        assert score(golden, [a_run("q-001", "d")]).key_facts_covered == 0.0

    def test_what_the_corpus_lacks_counts_against_nobody(self) -> None:
        report = score([a_golden("q-001", (), ("a",))], [a_run("q-001", "a")])
        assert (report.key_facts, report.key_facts_covered, report.key_facts_not_in_corpus) == (1, 1.0, 1)

    def test_a_date_is_right_only_when_it_was_computed_not_when_it_is_in_the_text(self) -> None:
        golden = [a_golden(expected_dates=(date(2026, 12, 4),))]
        assert score(golden, [a_run(text="By 2026-12-04 or 4 December 2026.")]).dates_right == 0
        assert score(golden, [a_run(deadlines=({"label": "x", "date": "2026-12-05"},))]).dates_right == 0
        assert score(golden, [a_run(deadlines=({"label": "x", "date": "2026-12-04"},))]).dates_right == 1

    def test_a_run_that_is_missing_is_refused_by_name(self) -> None:
        with pytest.raises(EvaluationInputError, match=r"no answer for q-002, q-003\. Ask again"):
            score([a_golden("q-001"), a_golden("q-002"), a_golden("q-003")], [a_run("q-001")])

    def test_runs_may_come_in_any_order_and_hold_more_than_is_asked_of_them(self) -> None:
        golden = [a_golden("q-1", ("a",)), a_golden("q-2", ("b",))]
        runs = [a_run("q-9"), a_run("q-2", "b"), a_run("q-1", "a")]
        assert score(golden, runs).key_facts_covered == 1.0

    def test_nothing_asked_gets_zeros_not_a_crash(self) -> None:
        report = score([], [])
        assert (report.questions, report.status_accuracy, report.precision, report.p95_ms) == (0, 0.0, 0.0, 0.0)

    @given(st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=40))
    def test_the_times_reported_lie_between_the_fastest_and_the_slowest_run(self, times: list[int]) -> None:
        golden = [a_golden(f"q-{n}") for n in range(len(times))]
        report = score(golden, [a_run(f"q-{n}", took_ms=took) for n, took in enumerate(times)])
        assert min(times) <= report.p50_ms <= report.p95_ms <= max(times)

    @given(st.sets(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdef"), unique=True))
    def test_every_share_lies_between_nought_and_one_and_citing_all_of_it_covers_all_of_it(
        self, wanted: set[str], cited: list[str]
    ) -> None:
        golden = [a_golden("q-001", *((name,) for name in sorted(wanted)))]
        report = score(golden, [a_run("q-001", *cited)])
        for share in (report.key_facts_covered, report.any_covered, report.precision, report.status_accuracy):
            assert 0.0 <= share <= 1.0
        assert (report.key_facts_covered == 1.0) == (bool(wanted) and wanted <= set(cited))

    def test_a_report_can_be_saved(self) -> None:
        said = json.loads(json.dumps(score([a_golden("q-001", ("a",))], [a_run("q-001", "a")]).as_json()))
        assert said["key_facts_covered"] == 1.0
        assert said["by_kind"] == [{"kind": "fact", "questions": 1, "status_right": 1}]


class TestForbiddenClaims:
    @pytest.mark.parametrize(
        ("text", "claim"),
        [
            pytest.param(
                "So: the review panel can order the school to reinstate him at once. [1]",
                "The review panel can order the school to reinstate the pupil at once",
                id="nearly all its words",
            ),
            pytest.param("- It is legal.", "It is legal", id="a short claim word for word"),
            pytest.param("You have no right of appeal at all.", "You have no right of appeal", id="a denial"),
            pytest.param(
                "Nothing is lost.\n\nParents must collect the pupil whenever the school rings. [2]",
                "parents must collect the pupil whenever the school rings",
                id="in the second paragraph",
            ),
        ],
    )
    def test_a_claim_that_is_made_is_caught(self, text: str, claim: str) -> None:
        assert claims(text, claim)

    @pytest.mark.parametrize(
        ("text", "claim"),
        [
            pytest.param(
                "The review panel cannot order the school to reinstate the pupil. [1]",
                "The review panel can order the school to reinstate the pupil",
                id="denied",
            ),
            pytest.param("It is not legal.", "It is legal", id="a short claim denied"),
            pytest.param("It is illegal.", "It is legal", id="a word inside another"),
            pytest.param(
                "The review panel can recommend. The school can reinstate the pupil. An order is rare.",
                "The review panel can order the school to reinstate the pupil",
                id="its words spread over sentences",
            ),
            pytest.param("", "It is legal", id="nothing said"),
        ],
    )
    def test_a_claim_that_is_denied_or_not_made_is_not(self, text: str, claim: str) -> None:
        assert not claims(text, claim)

    def test_each_forbidden_claim_is_reported_with_its_question(self) -> None:
        golden = [a_golden("q-007", must_not_say=("It is legal", "The head decides alone"))]
        assert score(golden, [a_run("q-007", text="It is legal. [1]")]).forbidden_claims == ("q-007: It is legal",)

    @given(st.text(), st.text())
    def test_no_text_breaks_the_search_for_claims(self, text: str, claim: str) -> None:
        assert claims(text, claim) in (True, False)


class TestGoldenQuestions:
    def test_an_entry_is_read_with_everything_a_score_needs(self) -> None:
        (golden,) = golden_questions(
            [
                an_entry(
                    persona="senco",
                    history=[{"role": "user", "content": "he was suspended"}],
                    as_at="2026-11-01",
                    expected_date=date(2026, 12, 4),
                    accept_also=["2026-12-07"],
                    relevant={"exc-002": 1},
                    must_not_say=["It is legal"],
                )
            ]
        )
        assert golden == a_golden(
            "q-001",
            audience=Audience.SCHOOL,
            key_facts=(KeyFact(fact="Only the head.", covered_by=("exc-001",)),),
            relevant=frozenset({"exc-001", "exc-002"}),
            must_not_say=("It is legal",),
            history=(Turn(role="user", content="he was suspended"),),
            as_at=date(2026, 11, 1),
            expected_dates=(date(2026, 12, 4), date(2026, 12, 7)),
        )

    @pytest.mark.parametrize(
        ("persona", "audience"),
        [
            ("parent", Audience.PARENT),
            ("governor", Audience.SCHOOL),
            ("headteacher", Audience.SCHOOL),
            ("advice-line worker", Audience.ADVISER),
        ],
    )
    def test_who_asks_decides_how_the_answer_is_worded(self, persona: str, audience: Audience) -> None:
        assert golden_questions([an_entry(persona=persona)])[0].audience is audience

    @pytest.mark.parametrize(
        "bad",
        [
            pytest.param(an_entry(id="q-002", question=None), id="no question"),
            pytest.param(an_entry(id="q-002", key_facts=None), id="no key facts"),
            pytest.param(an_entry(id="q-002", key_facts=[{"covered_by": []}]), id="a key fact that says nothing"),
            pytest.param(an_entry(id="q-002", key_facts=["Only the head."]), id="a key fact of another form"),
            pytest.param(an_entry(id="q-002", expected_date="4 December"), id="a date of another form"),
            pytest.param(an_entry(id="q-002", history=[{"content": "hello"}]), id="a turn nobody said"),
        ],
    )
    def test_an_entry_of_another_form_is_named(self, bad: dict[str, Any]) -> None:
        with pytest.raises(EvaluationInputError, match=r"^Golden question number 2 \(q-002\) does not have"):
            golden_questions([an_entry(), bad])

    @pytest.mark.parametrize("bad", [{}, "q-003", None, 7], ids=["empty", "text", "nothing", "a number"])
    def test_an_entry_without_a_name_is_named_by_its_place(self, bad: Any) -> None:
        with pytest.raises(EvaluationInputError, match=r"^Golden question number 1 \(\?\)"):
            golden_questions([bad])


def test_the_saved_form_of_an_answer_holds_what_is_scored() -> None:
    passage = a_passage("exc-001", "Only the head can suspend.")
    answer = Answer(
        status=Status.ANSWERED,
        as_at=TODAY,
        audience=Audience.PARENT,
        text="Only the head can suspend. [1]",
        citations=(cite(passage, 1),),
        deadlines=(Deadline(label="last day", date=date(2026, 12, 4), working="15 school days", citations=(1,)),),
    )
    run = run_of(a_golden("q-001", ("exc-001",)), answer, took_ms=12.5)
    assert run == Run(
        id="q-001",
        status="answered",
        text="Only the head can suspend. [1]",
        passage_ids=("exc-001",),
        citations=({"n": 1, "passage_id": "exc-001", "quote": "Only the head can suspend."},),
        deadlines=({"label": "last day", "date": "2026-12-04"},),
        took_ms=12.5,
    )
