"""Places in an answer: when they are looked for, and what the answer keeps."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.model import Status, Turn
from assistant.offer import OfferResults, OfferSearch
from assistant.offer_checks import OfferRules
from assistant.offer_errors import OffersUnavailable
from assistant.offer_needs import Need, Needs
from assistant.offers_in_answers import NO_LIST, WHICH_AREA, OfferAdviser
from assistant.service import Assistant
from tests.fakes import TODAY, FakeKnowledge, FakeKnowledgeBase, a_catalogue, a_passage
from tests.local_offers import LS8, FakeBook, FakeOffers, bare_offer, full_offer

NEEDS = Needs([Need(id="anxiety", name="anxiety", words=("anxious",))], version="1")
RULE = a_passage(
    "more-071",
    statement="Parents usually cannot book a place. Ask the school or the council to refer.",
    also_asked=("find me alternative provision near us", "which providers take a year old around here", "full time"),
    questions=("is there anywhere somewhere for my anxious son with anxiety", "we need a tutor for a registered pupil"),
)
LAW = a_passage("exc-001", statement="Only the headteacher may exclude a pupil from a school.")


def read(said: str) -> OfferSearch:
    """Enough of the real reader: LS8, and a place that nobody knows."""
    if "Narnia" in said:
        FakeBook().find("Narnia")
    return OfferSearch(text=said, near=LS8 if "LS8" in said else None)


def assistant(*offers: object, index: object = None) -> Assistant:
    known = a_catalogue(RULE, LAW)
    adviser = OfferAdviser(
        index or FakeOffers(*offers, needs=NEEDS),  # type: ignore[arg-type]  # each is an Offer
        read=read,
        rules=OfferRules(referral=("more-071",), in_answers=("more-071",), groups=(), questions=()),
    )
    return Assistant(FakeKnowledgeBase(FakeKnowledge(known)), offers=adviser)


@pytest.mark.parametrize(
    "question",
    [
        "Find me alternative provision near LS8 for a child with anxiety",
        "Is there anywhere for my excluded son near LS8?",
        "somewhere for my anxious Year 9 near LS8, full time, registered",
        "Which providers take a 14 year old around LS8?",
        "We need a tutor in LS8 for a pupil who was excluded",
    ],
)
def test_parent_who_asks_for_a_place_gets_places_and_the_rule_on_who_may_refer(question: str) -> None:
    answer = assistant(full_offer()).ask(question, today=TODAY)

    assert answer.status is Status.ANSWERED
    assert [match.offer.name for match in answer.offers] == ["Quiet Yard"]
    assert "more-071" in {citation.passage_id for citation in answer.citations}
    assert "**Places that may fit**\n\n- Quiet Yard (unregistered setting, Leeds): less than a mile away" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Who may exclude a pupil from a school?",
        "My son was excluded from a school in Leeds. Who may exclude a pupil?",
        "The headteacher near LS8 may exclude a pupil, or not?",
    ],
)
def test_parent_who_asks_about_the_law_gets_no_places(question: str) -> None:
    answer = assistant(full_offer()).ask(question, today=TODAY)

    assert answer.offers == ()
    assert answer.question_back != WHICH_AREA


def test_a_question_about_the_law_keeps_its_answer_and_gets_the_places_and_the_rule_beside_it() -> None:
    question = "Who may exclude a pupil from a school? And is there anywhere for my excluded son near LS8?"

    answer = assistant(full_offer()).ask(question, today=TODAY)

    assert [citation.passage_id for citation in answer.citations] == ["exc-001", "more-071"]
    assert {n for statement in answer.statements for n in statement.citations} == {1, 2}
    assert [match.offer.name for match in answer.offers] == ["Quiet Yard"]


def test_parent_who_names_no_area_is_asked_for_it_and_the_next_words_are_enough() -> None:
    helper = assistant(full_offer())
    question = "What alternative provision is there near me for an excluded child?"

    first = helper.ask(question, today=TODAY)
    history = [
        Turn(role="user", content=question),
        Turn(role="assistant", content=f"{first.text} {first.question_back}"),
    ]
    second = helper.ask("LS8", today=TODAY, history=history)

    assert (first.offers, first.question_back) == ((), WHICH_AREA)
    assert [match.offer.name for match in second.offers] == ["Quiet Yard"]


def test_parent_is_told_of_a_place_that_nobody_knows() -> None:
    answer = assistant(full_offer()).ask("Find alternative provision available near us in Narnia", today=TODAY)

    assert answer.offers == ()
    assert "We do not know where “Narnia” is." in " ".join(answer.notices)


def test_an_answer_does_not_depend_on_the_list_of_places() -> None:
    class Broken(FakeOffers):
        def search(self, wanted: OfferSearch, *, today: date, limit: int) -> OfferResults:  # noqa: ARG002 - as the port
            raise OffersUnavailable("here", why="it is broken")

    answer = assistant(index=Broken(needs=NEEDS)).ask("Find alternative provision near LS8", today=TODAY)

    assert answer.status is Status.ANSWERED
    assert NO_LIST in answer.notices


def test_what_a_provider_writes_brings_no_markup_and_no_citation_into_an_answer() -> None:
    loud = full_offer(name="**Best** [1](https://evil.example) <b>Yard</b>")

    answer = assistant(loud).ask("Find alternative provision near LS8", today=TODAY)

    listed = answer.text.split("**Places that may fit**")[1]
    assert "Best 1 (https://evil.example) b Yard /b" in listed
    assert not set("[]*<>") & set(listed)


def test_sample_data_and_old_entries_are_called_so_in_an_answer() -> None:
    old = full_offer()
    sample = replace(old.provenances[0], sample=True, last_changed=date(2024, 1, 1))

    answer = assistant(replace(old, provenances=(sample,))).ask("Find alternative provision near LS8", today=TODAY)

    assert "SAMPLE DATA, not a real place" in answer.text
    assert "May be out of date" in answer.text


def test_what_is_not_published_is_said_in_an_answer() -> None:
    answer = assistant(bare_offer()).ask("Find alternative provision near LS8", today=TODAY)

    assert "Not published: where it is." in answer.text
