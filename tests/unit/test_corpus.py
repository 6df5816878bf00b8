"""The corpus as it is shipped: nothing the researchers found is lost, and nothing is shown as what it is not."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from assistant.citations import cite
from assistant.model import Catalogue, Passage
from assistant.sources import Authority, Verification
from corpus.catalogue import read_catalogue

PROJECT = Path(__file__).parents[2]
RESEARCH = Path(__file__).parents[3] / "shared" / "facts"  # where the researchers' own files may stand beside us
RESEARCHED = ("exclusions", "ap", "send_appeals", "more", "history")
ON_THE_DAY = date(2026, 11, 21)

Researched: TypeAlias = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue()


@pytest.fixture(scope="module")
def by_id(catalogue: Catalogue) -> Mapping[str, Passage]:
    return {passage.id: passage for passage in catalogue.passages}


def authorities(catalogue: Catalogue) -> Iterator[tuple[Passage, Authority]]:
    return ((passage, authority) for passage in catalogue.passages for authority in passage.authority)


class TestNothingIsLost:
    def test_the_corpus_holds_exactly_the_facts_that_were_researched(self, catalogue: Catalogue) -> None:
        researched = (PROJECT / "tests" / "golden" / "fact_ids.txt").read_text(encoding="utf-8").split()
        assert len(researched) == 660
        assert sorted(passage.id for passage in catalogue.passages) == sorted(researched)

    def test_there_is_a_guide_for_each_common_situation(self, catalogue: Catalogue) -> None:
        wanted = {
            "first-suspension", "repeated-suspensions", "permanent-exclusion", "sent-home-informally",
            "part-time-timetable", "off-site-direction", "managed-move", "no-education-after-exclusion",
            "unsuitable-ap", "unregistered-ap", "ehc-plan-and-exclusion", "in-care-and-exclusion", "governors-meeting",
            "review-panel-applying", "review-panel-hearing", "illness-or-anxiety-and-no-school", "off-rolling",
            "complaint-routes",
        }  # fmt: skip
        assert wanted <= {guide.id for guide in catalogue.guides}
        assert len(catalogue.guides) >= 25

    def test_each_guide_is_an_ordered_list_of_known_facts_without_repeats(
        self, catalogue: Catalogue, by_id: Mapping[str, Passage]
    ) -> None:
        for guide in catalogue.guides:
            facts = [step.fact for step in guide.steps]
            assert len(facts) >= 3, guide.id
            assert set(facts) <= set(by_id), guide.id
            assert len(facts) == len(set(facts)), guide.id

    def test_a_guide_says_nothing_of_its_own(self) -> None:
        for path in (PROJECT / "corpus" / "guides").glob("*.yaml"):
            guide = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            assert set(guide) <= {"id", "title", "matches", "when", "starts", "unless", "steps"}, path.name
            words = [word for step in guide["steps"] for value in step.values() for word in _listed(value)]
            assert [word for word in words if " " in word] == [], path.name

    def test_each_current_fact_can_be_found_by_the_words_people_use(self, catalogue: Catalogue) -> None:
        unfindable = [
            passage.id
            for passage in catalogue.passages
            if passage.in_force_on(ON_THE_DAY) and not (passage.questions and passage.also_asked and passage.keywords)
        ]
        assert unfindable == []


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


# What the researchers wrote, field by field -------------------------------------------------------------------------


def _plain(text: str | None) -> str | None:
    return " ".join(text.split()) if text else None


def _listed_plain(texts: list[Any] | str | None) -> tuple[str, ...]:
    return tuple(" ".join(str(text).split()) for text in ([texts] if isinstance(texts, str) else texts or ()))


CARRIED: Mapping[str, tuple[Callable[[Mapping[str, Any]], Any], Callable[[Passage], Any]]] = {
    "statement": (lambda fact: _plain(fact["statement"]), lambda p: p.statement),
    "topic": (lambda fact: fact["topic"], lambda p: p.topic),
    "force": (lambda fact: fact["force"], lambda p: p.force.value),
    "duty_on": (lambda fact: None if fact["duty_on"] in ("n/a", "none") else fact["duty_on"], lambda p: p.duty_on),
    "audience": (lambda fact: tuple(fact["audience"]), lambda p: p.audience),
    "applies_to": (lambda fact: tuple(fact["applies_to"]), lambda p: p.applies_to),
    "in_force_from": (lambda fact: _day(fact.get("in_force_from")), lambda p: p.in_force_from),
    "in_force_to": (lambda fact: _day(fact.get("in_force_to")), lambda p: p.in_force_to),
    "verified": (lambda fact: fact["verified"], lambda p: p.verified.value),
    "checked_on": (lambda fact: _day(fact["checked_on"]), lambda p: p.checked_on),
    "questions": (lambda fact: _listed_plain(fact.get("questions")), lambda p: _listed_plain(list(p.questions))),
    "keywords": (lambda fact: _listed_plain(fact.get("keywords")), lambda p: _listed_plain(list(p.keywords))),
    "replaced_by": (lambda fact: _listed_plain(fact.get("replaced_by")), lambda p: p.replaced_by),
    "caveat": (lambda fact: _plain(fact.get("superseded")), lambda p: _plain(p.caveat)),
    "places": (lambda fact: len(fact["authority"]), lambda p: len(p.authority)),
}


def _day(written: str | date | None) -> date | None:
    return date.fromisoformat(str(written)) if written else None


@pytest.fixture(scope="module")
def researched() -> Researched:
    texts = [(RESEARCH / f"{name}.yaml").read_text(encoding="utf-8") for name in RESEARCHED]
    return {fact["id"]: fact for text in texts for fact in yaml.load(text, Loader=yaml.CSafeLoader)}


@pytest.mark.skipif(not RESEARCH.is_dir(), reason="the researchers' files are not beside the project")
class TestEveryFieldIsCarriedOver:
    @pytest.mark.parametrize("name", CARRIED)
    def test_each_fact_keeps_what_the_researchers_wrote(
        self, name: str, researched: Researched, by_id: Mapping[str, Passage]
    ) -> None:
        written, kept = CARRIED[name]
        changed = {
            fact_id: (written(fact), kept(by_id[fact_id]))
            for fact_id, fact in researched.items()
            if written(fact) != kept(by_id[fact_id])
        }
        assert changed == {}

    def test_each_place_keeps_its_address(self, researched: Researched, by_id: Mapping[str, Passage]) -> None:
        for fact_id, fact in researched.items():
            for written, kept in zip(fact["authority"], by_id[fact_id].authority, strict=True):
                assert written.get("url") in (None, kept.url or kept.source.url), fact_id

    def test_each_place_keeps_its_provision_and_the_older_edition_it_was_read_in(
        self, researched: Researched, by_id: Mapping[str, Passage]
    ) -> None:
        remarks = 0
        for fact_id, fact in researched.items():
            for written, kept in zip(fact["authority"], by_id[fact_id].authority, strict=True):
                provision = str(written.get("provision") or "")
                remark = re.search(
                    r"\(.*\b(?:editions?|text)\b.*\)|\bof the .* edition$|^(?:\w+ )?\d{4} edition$", provision
                )
                said = provision[: remark.start()].strip() if remark else provision
                assert said == (kept.provision or ""), fact_id
                if remark and said and not re.search(r"\b(?:July )?2026 edition", remark[0]):
                    remarks += 1
                    assert kept.read_in, fact_id
        assert remarks > 30


# Editions -----------------------------------------------------------------------------------------------------------


class TestEditions:
    def test_every_source_is_used_by_a_fact_or_names_its_successor(self, catalogue: Catalogue) -> None:
        used = {authority.source.id for _, authority in authorities(catalogue)}
        assert [s.id for s in catalogue.sources if s.id not in used and not s.superseded_by] == []

    def test_every_edition_that_has_ended_names_the_one_that_replaced_it(self, catalogue: Catalogue) -> None:
        register = {source.id: source for source in catalogue.sources}
        ended = [source for source in catalogue.sources if source.work and source.in_force_to]
        assert len(ended) >= 4
        for source in ended:
            assert source.superseded_by, source.id
            assert register[source.superseded_by].work == source.work

    def test_no_number_read_in_an_older_edition_is_shown_as_the_current_editions(self, catalogue: Catalogue) -> None:
        shown = 0
        for passage in catalogue.passages:
            citation = cite(passage, 1)
            beside = iter(citation.also)
            for authority in passage.authority:
                if (authority.source.title, authority.provision) == (citation.title, citation.provision):
                    assert authority.read_in in (None, citation.edition), passage.id
                    shown += authority.read_in is not None
                    continue
                line = next(beside)
                if authority.read_in and authority.provision:
                    assert line.endswith(f"(numbered as in the {authority.read_in})"), passage.id
                    shown += 1
        assert shown > 30

    def test_every_paragraph_of_the_exclusion_guidance_says_which_edition_numbers_it(
        self, catalogue: Catalogue
    ) -> None:
        paragraphs = [
            (passage.id, authority.read_in)
            for passage, authority in authorities(catalogue)
            if authority.source.work == "exclusion-guidance" and re.search(r"\bparas?\b", authority.provision or "")
        ]
        assert len(paragraphs) > 15
        assert [fact for fact, read_in in paragraphs if not read_in or "2026" in read_in] == []

    def test_the_exclusion_guidance_in_force_on_the_day_is_the_july_2026_edition(self, catalogue: Catalogue) -> None:
        editions = [source for source in catalogue.sources if source.work == "exclusion-guidance"]
        current = [s.edition for s in editions if s.in_force_to is None]
        assert current == ["July 2026"]

    def test_law_that_has_ended_points_to_what_replaced_it(
        self, catalogue: Catalogue, by_id: Mapping[str, Passage]
    ) -> None:
        ended = [p for p in catalogue.passages if p.replaced_by]
        assert len(ended) == 14
        for passage in ended:
            assert passage.in_force_to is not None
            for successor in passage.replaced_by:
                assert (by_id[successor].in_force_to or date.max) > passage.in_force_to, passage.id


# Wrong premises -----------------------------------------------------------------------------------------------------

WRONG_PREMISES = {
    # what people bring: what the fact that leads the correction says
    "panel-orders-reinstatement": "no power to order",
    "review-panel-for-suspension": "no review panel for a suspension",
    "older-guidance-is-current": "July 2026 edition",
    "calendar-or-working-days": "school days",
    "fifteen-day-cap": "No law limits suspension to 15 days in a term",
    "forty-five-days-a-term": "45 school days in total in one school year",
    "penalty-80-160": "£60",
    "cool-off-with-consent": "even if the parent agrees",
    "governors-always-meet": "need not meet the parent",
    "must-ask-for-meeting": "makes representations",
    "exactly-fifteen-automatic": "Only a total of more than 15",
    "day-six-swapped": "the governing body or academy trust must arrange",
    "day-six-not-joined": "back-to-back suspensions are added together",
    "ehcp-or-care-cannot-exclude": "as far as possible",
    "private-or-college-review-panel": "do not cover private schools",
    "sen-expert-needs-diagnosis": "does not have to prove SEN",
    "august-not-counted-claims": "are not left out of the count",
    "race-claim-send-tribunal": "County Court",
    "four-thousand-to-family": "never paid to the family",
    "separation-is-suspension": "not a suspension",
    "off-site-is-suspension": "off-site direction is temporary",
    "managed-move-is-exclusion": "needs everyone's agreement",
    "managed-move-trial": "cannot be used as a trial",
    "isolation-is-suspension": "not an exclusion",
    "academies-exempt-off-site": "under the same regulations as maintained schools",
    "consent-for-off-site": "does not need a parent's agreement",
    "appeal-off-site": "no statutory appeal",
    "thirty-day-review": "no longer a fixed rule",
    "fifteen-days-health-statute": "guidance, not a deadline in the Act",
    "part-time-when-short": "does not list cost, a shortage of tutors",
    "duty-passes-to-school": "cannot hand the duty over",
    "home-ed-is-ap": "not alternative provision",
    "eotas-is-ap": "education otherwise than at school (EOTAS)",
    "unregistered-ap-illegal": "Being unregistered alternative provision is lawful",
    "eighteen-hours-law": "not a legal definition",
    "standards-2025-law": "They are not law",
    "online-is-code-b": "Code B or a present mark is wrong",
    "remove-from-roll-on-ap": "not in itself such a ground",
    "twenty-weeks-from-agreed": "from receipt of the request",
    "draft-fifteen-school-days": "15 calendar days",
    "mediation-compulsory": "do not have to take part in mediation",
    "earlier-of-two-dates": "whichever is later",
    "tribunal-hears-exclusion": "does not hear appeals against",
    "tribunal-compensation": "cannot award money compensation",
    "lgsco-academies": "cannot investigate what happens inside schools",
    "lgsco-with-tribunal": "cannot investigate",
    "exclusion-ends-plan": "The plan does not lapse",
    "section-42-best-endeavours": "must secure the special educational provision",
    "white-paper-is-law": "They are proposals",
    "ehcp-needs-diagnosis": "does not require a diagnosis",
    "deputy-can-exclude": "Only the headteacher",
    "suspension-until-further-notice": "is not lawful",
    "suspension-extended": "cannot extend a suspension",
    "return-needs-meeting": "cannot keep a pupil out",
    "beyond-reasonable-doubt": "balance of probabilities",
    "late-irp-accepted": "must be refused",
    "governors-can-increase": "cannot make it longer",
    "home-educate-or-exclude": "must not pressure",
    "ofsted-overturns": "cannot settle an individual dispute",
}


class TestWrongPremises:
    @pytest.mark.parametrize("premise", WRONG_PREMISES)
    def test_a_wrong_premise_is_known_and_corrected(
        self, premise: str, catalogue: Catalogue, by_id: Mapping[str, Passage]
    ) -> None:
        known = {misconception.id: misconception for misconception in catalogue.misconceptions}[premise]
        correction = by_id[known.corrects[0]]
        assert WRONG_PREMISES[premise] in correction.statement
        assert correction.in_force_on(ON_THE_DAY)
        assert len(known.cues) >= 5

    def test_each_wrong_premise_has_a_name_of_its_own(self, catalogue: Catalogue) -> None:
        assert _twice(misconception.id for misconception in catalogue.misconceptions) == []
        assert len(catalogue.misconceptions) >= 40


# Help, words and privacy --------------------------------------------------------------------------------------------

EMERGENCY_NUMBERS = {"999", "101", "111"}


class TestHelp:
    def test_a_phone_number_is_given_only_when_it_was_read_somewhere(
        self, catalogue: Catalogue, by_id: Mapping[str, Passage]
    ) -> None:
        given = [contact for contact in catalogue.help if contact.phone]
        assert len(given) >= 5
        for contact in given:
            read = " ".join(
                by_id[fact].statement for fact in contact.facts if by_id[fact].verified is not Verification.MEMORY
            )
            assert contact.phone in EMERGENCY_NUMBERS or contact.phone in read, contact.id

    def test_a_number_known_only_from_memory_is_kept_apart(
        self, catalogue: Catalogue, by_id: Mapping[str, Passage]
    ) -> None:
        unchecked = [contact for contact in catalogue.help if contact.phone_unverified]
        assert len(unchecked) >= 3
        for contact in unchecked:
            assert contact.phone is None, contact.id
            facts = [by_id[fact] for fact in contact.facts if str(contact.phone_unverified) in by_id[fact].statement]
            assert all(fact.verified is Verification.MEMORY for fact in facts), contact.id

    def test_every_urgent_rule_leads_to_somebody_who_can_be_rung_or_reached(self, catalogue: Catalogue) -> None:
        contacts = {contact.id: contact for contact in catalogue.help}
        urgent = [rule for rule in catalogue.triage if rule.status.value == "urgent"]
        assert urgent
        for rule in urgent:
            assert any(contacts[name].phone == "999" for name in rule.help), rule.id


class TestWords:
    @pytest.mark.parametrize(
        "pattern",
        [
            pytest.param(r"\w@\w", id="an e-mail address"),
            pytest.param(r"(?<![\w.:/])/\w+/\w|\b[A-Z]:\\|\bfile://", id="a path of a machine"),
            pytest.param(r"</?[a-z]+>|\*\*|\[\d+\]", id="markup"),
        ],
    )
    def test_no_statement_contains(self, pattern: str, catalogue: Catalogue) -> None:
        assert [p.id for p in catalogue.passages if re.search(pattern, p.statement, re.IGNORECASE)] == []

    def test_each_word_of_the_glossary_has_one_meaning(self, catalogue: Catalogue) -> None:
        terms = [t.term if t.case_sensitive else t.term.lower() for t in catalogue.glossary]
        others = [other.lower() for term in catalogue.glossary for other in term.also]
        assert _twice([*terms, *others]) == []

    def test_each_triage_rule_has_a_name_of_its_own(self, catalogue: Catalogue) -> None:
        assert _twice(rule.id for rule in catalogue.triage) == []


def _twice(names: Any) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
