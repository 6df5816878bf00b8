"""What goes with a list of places: facts by kind of provision, each cited, none that is not in force."""

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CorpusError
from assistant.offer import OfferKind, OfferSearch
from assistant.offer_checks import CheckGroup, OfferRules, ParentQuestion, checklist
from assistant.offer_desk import merged
from corpus.offer_checks import read_offer_rules
from tests.fakes import TODAY, a_catalogue, a_passage
from tests.local_offers import LS8, bare_offer, full_offer

REFER = a_passage("more-071", "Parents usually cannot book a place.")
SIZE = a_passage("ap-106", "A setting must register if it teaches five or more children full time.")
SCREEN = a_passage("more-074", "Online providers may ask to be inspected.")
COMING = a_passage("ap-200", "From 2030 a place must be on a register.", in_force_from=date(2030, 1, 1))
RULES = OfferRules(
    referral=("more-071",),
    in_answers=("more-071",),
    groups=(
        CheckGroup(heading="Registered?", facts=("ap-106", "ap-200"), kinds=frozenset({"unregistered", "unknown"})),
        CheckGroup(heading="On screen", facts=("more-074",), kinds=frozenset({"online"})),
        CheckGroup(heading="Coming", facts=("ap-200", "nothing")),
    ),
    questions=(
        ParentQuestion(ask="Who checked it?", facts=("ap-106", "more-071")),
        ParentQuestion(ask="?", facts=("x",)),
    ),
)


def headings(*kinds: OfferKind | None) -> list[str]:
    offers = [full_offer(kind=kind) if kind else bare_offer() for kind in kinds]
    found = checklist(offers, rules=RULES, catalogue=a_catalogue(REFER, SIZE, SCREEN, COMING), as_at=TODAY)
    return [group.heading for group in found.groups]


def test_a_commissioner_sees_the_checks_for_the_kinds_of_place_in_the_list() -> None:
    assert headings(OfferKind.UNREGISTERED) == ["Registered?"]
    assert headings(OfferKind.ONLINE) == ["On screen"]
    assert headings(OfferKind.HOSPITAL) == []
    assert headings(OfferKind.ONLINE, None) == ["Registered?", "On screen"]


def test_an_empty_list_comes_with_the_checks_for_every_kind() -> None:
    assert headings() == ["Registered?", "On screen"]


def test_every_check_quotes_its_passage_and_one_passage_has_one_number() -> None:
    found = checklist([bare_offer()], rules=RULES, catalogue=a_catalogue(REFER, SIZE, SCREEN, COMING), as_at=TODAY)

    quoted = {citation.n: citation.quote for citation in found.citations}
    said = [*found.referral, *(statement for group in found.groups for statement in group.statements)]
    assert [(s.text, quoted[s.citations[0]]) for s in said] == [(p.statement, p.statement) for p in (REFER, SIZE)]
    assert [question.ask for question in found.questions] == ["Who checked it?"]
    assert found.questions[0].citations == (2, 1)


def test_a_fact_that_does_not_exist_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "offers").mkdir()
    (tmp_path / "offers" / "checks.yaml").write_text(
        "version: 1\nreferral: [a-1]\nin_answers: [a-1]\n"
        "groups:\n  - heading: Hours\n    facts: [a-1, a-2]\nquestions: []\n",
        encoding="utf-8",
    )

    with pytest.raises(CorpusError, match=r"checks\.yaml:6: .*names the fact “a-2”, which does not exist"):
        read_offer_rules(tmp_path, facts={"a-1"})


def test_what_is_filled_in_wins_over_what_the_words_say() -> None:
    read = OfferSearch(text="calm", age=13.0, year_group=9, near=LS8, within_miles=5, registered=True)

    both = merged(OfferSearch(text="calm Year 9 within 5 miles of LS8", key_stage=4), read)

    assert (both.text, both.near, both.within_miles, both.registered) == ("calm", LS8, 5, True)
    assert (both.age, both.year_group, both.key_stage) == (None, None, 4)
    assert merged(OfferSearch(near=LS8), read).within_miles is None
