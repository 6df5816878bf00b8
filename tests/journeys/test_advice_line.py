"""An advice line asks the questions it knows the answers to, and checks every sentence against its source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.evaluation import GoldenQuestion, golden_questions
from assistant.model import Answer, Catalogue, Status
from assistant.service import Assistant
from bots.settings import Settings
from bots.wiring import build_assistant
from corpus.catalogue import read_catalogue
from tests.journeys.programs import GOLDEN, Apnav, Site

TODAY = date(2026, 11, 21)  # when the golden questions were written

QUESTIONS = golden_questions(yaml.load(GOLDEN.read_bytes(), Loader=yaml.CSafeLoader))


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What `apnav evaluate` said of the assistant and of plain vector search, and where it saved the answers."""

    report: Mapping[str, Any]
    baseline: Mapping[str, Any]
    saved: Path


@pytest.fixture(scope="session")
def evaluation(apnav: Apnav, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    saved = tmp_path_factory.mktemp("evaluation") / "answers.jsonl"
    done = apnav.run("evaluate", str(GOLDEN), "--json", "--baseline", "--out", str(saved))
    assert done.status == 0, done.complained
    return Evaluation(report=done.answer["report"], baseline=done.answer["baseline"], saved=saved)


@pytest.fixture(scope="session")
def assistant(apnav: Apnav) -> Assistant:
    return build_assistant(Settings(data_dir=apnav.data))


@pytest.fixture(scope="session")
def corpus() -> Catalogue:
    return read_catalogue()


# How good the answers are -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "bar"),
    [
        pytest.param("status_accuracy", 0.95, id="right-status"),
        pytest.param("key_facts_covered", 0.72, id="key-facts-covered"),
        pytest.param("precision", 0.50, id="precision-of-the-statements"),
        pytest.param("any_covered", 0.95, id="questions-with-a-key-fact"),
    ],
)
def test_the_answers_to_the_golden_questions_are_good_enough_to_send(
    evaluation: Evaluation, figure: str, bar: float
) -> None:
    assert evaluation.report[figure] >= bar


def test_no_answer_makes_a_claim_that_an_adviser_must_never_make(evaluation: Evaluation) -> None:
    assert evaluation.report["forbidden_claims"] == []


def test_no_answer_is_longer_than_eight_statements(evaluation: Evaluation) -> None:
    assert 1 <= evaluation.report["most_statements"] <= 8


@pytest.mark.parametrize("figure", ["key_facts_covered", "any_covered", "precision"])
def test_the_answers_are_better_than_the_nearest_eight_statements(evaluation: Evaluation, figure: str) -> None:
    assert evaluation.report[figure] > evaluation.baseline[figure] > 0


def test_every_golden_question_has_its_line_in_the_saved_file(evaluation: Evaluation) -> None:
    lines = [json.loads(line) for line in evaluation.saved.read_text(encoding="utf-8").splitlines()]

    assert [line["id"] for line in lines] == [question.id for question in QUESTIONS]
    assert all(
        set(line) == {"id", "status", "text", "passage_ids", "citations", "deadlines", "took_ms"} for line in lines
    )


def test_saved_answers_are_scored_to_the_same_figures_without_an_index_to_ask(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    nothing_to_ask = Apnav(data=tmp_path / "data")

    scored = nothing_to_ask.run("evaluate", str(GOLDEN), "--json", "--runs", str(evaluation.saved))

    assert scored.status == 0, scored.complained
    assert scored.answer == {"report": evaluation.report, "baseline": None}


# Where each sentence comes from -------------------------------------------------------------------------------------


def ask(assistant: Assistant, question: GoldenQuestion) -> Answer:
    return assistant.ask(
        question.question, today=question.as_at or TODAY, history=question.history, audience=question.audience
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_sentence_of_an_answer_can_be_found_in_the_passage_it_cites(
    assistant: Assistant, corpus: Catalogue, question: GoldenQuestion
) -> None:
    passages = {passage.id: passage for passage in corpus.passages}

    answer = ask(assistant, question)

    cited = {citation.n: citation for citation in answer.citations}
    assert len(cited) == len(answer.citations)
    assert answer.statements or answer.status is not Status.ANSWERED
    for statement in answer.statements:
        assert statement.citations, statement.text
        for n in statement.citations:
            assert f"[{n}]" in answer.text
            assert cited[n].quote
            assert cited[n].quote in passages[cited[n].passage_id].statement
        assert statement.text in {cited[n].quote for n in statement.citations}, "the extractive writer adds nothing"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_citation_says_what_it_is_and_links_only_where_the_catalogue_does(
    assistant: Assistant, corpus: Catalogue, question: GoldenQuestion
) -> None:
    sources = {source.title: source for source in corpus.sources}
    places = {
        passage.id: {authority.url or authority.source.url for authority in passage.authority}
        for passage in corpus.passages
    }

    for citation in ask(assistant, question).citations:
        assert citation.tier is sources[citation.title].tier
        assert citation.quote
        assert citation.checked_on <= TODAY
        assert citation.url in places[citation.passage_id]  # None where the catalogue has no address


# Dates in the answers that the advice line's own program reads -------------------------------------------------------

POSTED = "Governors' decision letter was posted first class on 1 December 2026. Last date for the IRP application?"


def test_a_program_reads_each_date_with_its_rule_working_and_source(site: Site) -> None:
    answer = site.answer(POSTED, audience="adviser")

    (deadline,) = answer["deadlines"]
    assert (deadline["rule"], deadline["date"], deadline["meaning"]) == ("irp-apply", "2027-01-08", "last_day")
    assert deadline["starts"] == "2026-12-03"
    assert deadline["aim_for"] == "2027-01-06"
    assert "so that nobody can call it late" in deadline["aim_because"]
    assert deadline["working"].startswith("Posted first class on Tuesday 1 December 2026")
    assert "15 calendar days" in deadline["working"]
    assert deadline["calendar"].startswith("Usual term dates 2026-27")
    assert deadline["label"]
    assert deadline["who_must"]
    assert deadline["what"]
    cited = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    assert {cited[n] for n in deadline["citations"]} == {"exc-100"}


def test_the_date_is_the_first_thing_the_text_says(site: Site) -> None:
    answer = site.answer(POSTED, audience="adviser")

    first = answer["text"].split("\n\n")[0]
    assert "Friday 8 January 2027" in first
    assert f"[{answer['deadlines'][0]['citations'][0]}]" in first


def test_a_program_chooses_the_calendar_and_is_told_when_it_is_not_there(site: Site) -> None:
    asked = "Governors' decision letter handed over on 1 October 2026. Last date for the IRP application?"

    counted = site.answer(asked, calendar="two-week-october-2026-27")
    refused = site.ask(asked, calendar="mars")

    assert [deadline["date"] for deadline in counted["deadlines"]] == ["2026-11-05"]
    assert (refused.status, refused.json["error"]["code"]) == (422, "unknown_calendar")


def test_a_program_that_gives_no_date_gets_the_question_for_it(site: Site) -> None:
    answer = site.answer("How long do the governors have to meet after a permanent exclusion?")

    assert answer["deadlines"] == []
    assert answer["question_back"].startswith("On what day was the governing board told")
    assert answer["citations"][0]["passage_id"] == "exc-080"


def test_a_reply_with_the_conversation_gets_the_date(site: Site) -> None:
    asked = "How long do the governors have to meet after a permanent exclusion?"
    history = [{"role": "user", "content": asked}, {"role": "assistant", "content": site.answer(asked)["text"]}]

    answer = site.answer("they were told on 10 November 2026", history=history)

    assert [(deadline["rule"], deadline["date"]) for deadline in answer["deadlines"]] == [("gdc-15", "2026-12-02")]
    assert answer["question_back"] is None or "On what day" not in answer["question_back"]


def test_the_published_description_names_every_field_of_a_date(site: Site) -> None:
    shapes = site.get("/openapi.json").json["components"]["schemas"]
    listed = shapes["AnswerResponse"]["properties"]["deadlines"]["items"]["$ref"]

    described = shapes[listed.rpartition("/")[2]]

    assert set(site.answer(POSTED)["deadlines"][0]) == set(described["properties"])
    assert {"label", "date", "working", "citations", "rule", "meaning"} <= set(described["required"])
    assert described["properties"]["date"]["format"] == "date"
    assert "calendar" in shapes["AskRequest"]["properties"]
