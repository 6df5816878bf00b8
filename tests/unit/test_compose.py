"""What an answer is made of, in which order, and how it reads."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import choose as choosing
from assistant import compose
from assistant.choose import MOST_STATEMENTS, Picked, says_the_same
from assistant.citations import UNCHECKED
from assistant.compose import Findings
from assistant.model import (
    Answer,
    Audience,
    Catalogue,
    Force,
    HelpContact,
    Link,
    Misconception,
    Passage,
    Question,
    Role,
    Situation,
    Status,
    TriageRule,
)
from assistant.retrieve import Ranked, Retrieval
from assistant.shelf import Shelf
from assistant.sources import Authority, Tier, Verification
from tests.fakes import ADVICE_LINE, SAMARITANS, SENDIASS, TODAY, URGENT, a_catalogue, a_passage, a_source

MEMORY = Verification.MEMORY


def ranked(passages: Sequence[Passage], scores: Sequence[float] = ()) -> tuple[Ranked, ...]:
    """`passages` as a search gives them back, best first; all nearly as good unless `scores` says otherwise."""
    worth = scores or [1.0 - place / 100 for place in range(len(passages))]
    return tuple(Ranked(passage=p, score=s, likeness=s) for p, s in zip(passages, worth, strict=True))


def choose(
    *passages: Passage,
    scores: Sequence[float] = (),
    parts: Sequence[Sequence[Passage]] = (),
    unseen: Sequence[Passage] = (),
    premises: Sequence[Misconception] = (),
    as_at: date = TODAY,
    situation: Situation | None = None,
) -> list[Picked]:
    """What is picked when the search found `passages`; `unseen` are in the corpus but were not found."""
    catalogue = a_catalogue(*passages, *unseen, misconceptions=tuple(premises))
    retrieval = Retrieval(
        ranked=ranked(passages, scores),
        support=1.0,
        suspected_premises=tuple(premise.id for premise in premises),
        parts=tuple(ranked(part) for part in parts),
    )
    shelf = Shelf(catalogue)
    return list(choosing.choose(retrieval, shelf=shelf, as_at=as_at, situation=situation or Situation()))


def ids(picked: Sequence[Picked]) -> list[str]:
    return [each.passage.id for each in picked]


def answer(
    *picked: Picked,
    audience: Audience = Audience.PARENT,
    as_at: date = TODAY,
    situation: Situation | None = None,
    catalogue: Catalogue | None = None,
) -> Answer:
    """The answer made of `picked`, asked today."""
    return compose.answered(
        Question(text="what now?", today=TODAY, audience=audience),
        Findings(picked=picked, situation=situation or Situation(), as_at=as_at),
        catalogue=catalogue or a_catalogue(),
    )


def a_pick(passage: Passage | None = None, role: Role = Role.DUTY) -> Picked:
    return Picked(passage=passage or a_passage(), role=role)


def some_passages(count: int) -> list[Passage]:
    return [a_passage(f"exc-{n:03}") for n in range(count)]


class TestChoosing:
    @given(st.integers(min_value=1, max_value=30), st.integers(min_value=0, max_value=4))
    def test_an_answer_never_says_more_than_eight_things(self, found: int, questions: int) -> None:
        passages = some_passages(found)
        parts = [list(reversed(passages))[n : n + 5] or passages for n in range(questions)]
        picked = choose(*passages, parts=parts)
        assert 1 <= len(picked) <= MOST_STATEMENTS == 8
        assert len(set(ids(picked))) == len(picked)

    def test_an_answer_with_a_correction_a_change_and_many_questions_still_has_eight_statements_at_most(self) -> None:
        passages = some_passages(12)
        old = [a_passage(f"hist-{n}", in_force_to=date(2026, 7, 25), replaced_by=(passages[n].id,)) for n in range(6)]
        belief = Misconception(id="wrong", wrong="It is so.", cues=(), corrects=("exc-001",))
        picked = choose(*passages, unseen=old, parts=[[p] for p in passages[4:8]], premises=[belief])
        assert len(picked) == 8

    @given(st.permutations(range(6)), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6))
    def test_facts_that_the_corpus_calls_the_same_are_never_both_said(
        self, order: list[int], pairs: list[tuple[int, int]]
    ) -> None:
        same = {n: tuple(f"exc-{b:03}" for a, b in pairs if a == n != b) for n in range(6)}
        passages = [a_passage(f"exc-{n:03}", same_as=same[n]) for n in order]
        said = {each.passage.id: each.passage for each in choose(*passages, parts=[passages[2:]])}
        assert not any(other in said for passage in said.values() for other in passage.same_as)

    def test_nearly_the_same_words_are_said_once(self) -> None:
        one = a_passage("exc-001", "The headteacher must tell the parents without delay why the pupil was suspended.")
        other = a_passage(
            "exc-002", "The headteacher must tell parents, without delay, why a pupil is being suspended."
        )
        unlike = a_passage("exc-003", "The governing board must look at what parents write.")
        assert ids(choose(one, other, unlike)) == ["exc-001", "exc-003"]

    @given(st.lists(st.sampled_from("abcdefgh"), min_size=1), st.lists(st.sampled_from("abcdefgh"), min_size=1))
    def test_no_two_statements_share_nearly_all_their_words(self, one: list[str], other: list[str]) -> None:
        passages = [
            a_passage(name, " ".join(f"word{letter}" for letter in words) + ".")
            for name, words in (("exc-001", one), ("exc-002", other))
        ]
        shared = len(set(one) & set(other)) / len(set(one) | set(other))
        assert says_the_same(*passages) is (shared >= 0.6)
        assert says_the_same(*passages) == says_the_same(*reversed(passages))
        assert len(choose(*passages)) == (1 if shared >= 0.6 else 2)

    def test_what_is_much_less_alike_than_the_best_is_about_something_else(self) -> None:
        assert ids(choose(*some_passages(3), scores=(1.0, 0.6, 0.2))) == ["exc-000", "exc-001"]

    def test_each_question_of_a_message_gets_its_best_passage(self) -> None:
        passages = some_passages(20)
        assert "exc-015" in ids(choose(*passages, parts=[[passages[0]], [passages[15]]]))

    def test_nothing_found_is_nothing_said(self) -> None:
        retrieval = Retrieval(ranked=(), support=0.0)
        picked = choosing.choose(retrieval, shelf=Shelf(a_catalogue()), as_at=TODAY, situation=Situation())
        assert picked == ()


class TestTheLead:
    @pytest.mark.parametrize("better", range(1, 8))
    def test_a_fact_known_only_from_memory_never_leads_an_answer_that_has_a_better_one(self, better: int) -> None:
        passages = [replace(p, verified=MEMORY) for p in some_passages(8)]
        passages[better] = replace(passages[better], verified=Verification.SECONDARY)
        picked = choose(*(replace(p, force=Force.INFO) for p in passages))
        assert picked[0].passage.id == passages[better].id
        assert len(picked) == 8

    def test_a_fact_known_only_from_memory_leads_when_there_is_nothing_better(self) -> None:
        assert ids(choose(*(replace(p, verified=MEMORY) for p in some_passages(2)))) == ["exc-000", "exc-001"]

    def test_the_best_passage_answers_first_whatever_it_usually_does(self) -> None:
        passages = [replace(some_passages(1)[0], force=Force.MUST), a_passage("exc-900", force=Force.INFO)]
        lead = choose(*passages)[0]
        assert (lead.passage.id, lead.role) == ("exc-000", Role.DIRECT)


class TestCorrections:
    BELIEF = Misconception(
        id="panel-orders",
        wrong="The panel can order reinstatement.",
        cues=("panel will order him back",),
        corrects=("exc-113", "exc-112"),
    )
    CORRECTING = a_passage("exc-113", "A review panel cannot make a school take a pupil back.", force=Force.INFO)

    def test_a_wrong_belief_is_corrected_before_anything_else(self) -> None:
        picked = choose(*some_passages(2), self.CORRECTING, premises=[self.BELIEF])
        assert (picked[0].passage, picked[0].role) == (self.CORRECTING, Role.CORRECTION)
        assert ids(picked[1:]) == ["exc-000", "exc-001"]

    def test_a_message_that_only_sounds_like_a_belief_is_not_corrected(self) -> None:
        picked = choose(*some_passages(3), self.CORRECTING, premises=[self.BELIEF])
        assert all(each.role is not Role.CORRECTION for each in picked)

    def test_the_correcting_fact_is_not_said_a_second_time(self) -> None:
        assert ids(choose(self.CORRECTING, premises=[self.BELIEF])) == ["exc-113"]

    def test_the_wrong_belief_itself_is_never_repeated(self) -> None:
        catalogue = a_catalogue(self.CORRECTING, misconceptions=(self.BELIEF,))
        given_back = answer(a_pick(self.CORRECTING, Role.CORRECTION), catalogue=catalogue)
        assert "cannot make a school take a pupil back. [1]" in given_back.text
        for belief in (self.BELIEF.wrong.rstrip("."), *self.BELIEF.cues):
            assert belief not in given_back.text


class TestReadingOrder:
    def test_a_reader_meets_the_answer_then_duties_then_time_limits_then_routes(self) -> None:
        route = a_passage("exc-001", "Parents may complain to the ombudsman.", force=Force.MAY)
        limit = a_passage("exc-002", "The board must meet within 15 school days.")
        duty = a_passage(
            "exc-003", "The head must write down reasons.", leads_to=(Link(fact="exc-002", kind="time_limit"),)
        )
        help_line = a_passage("exc-004", "Charities give free advice.", topic="advice-contacts", force=Force.INFO)
        direct = a_passage("exc-005", "Only the head can suspend.", force=Force.MAY)
        picked = choose(direct, route, help_line, limit, duty)
        assert [each.role for each in picked] == [Role.DIRECT, Role.DUTY, Role.TIME_LIMIT, Role.ROUTE, Role.HELP]

    @given(st.permutations(list(Role)))
    def test_the_text_follows_the_same_order_whatever_order_the_statements_have(self, roles: list[Role]) -> None:
        picked = [a_pick(a_passage(f"exc-{n:03}"), role) for n, role in enumerate(roles)]
        text = answer(*picked).text
        places = {each.role: text.index(each.passage.statement) for each in picked}
        order = (Role.CORRECTION, Role.DIRECT, Role.DUTY, Role.TIME_LIMIT, Role.ROUTE, Role.CHANGE, Role.HELP)
        assert sorted(places, key=lambda role: places[role]) == list(order)

    @given(st.lists(st.sampled_from(list(Role)), min_size=1, max_size=8), st.sampled_from(list(Audience)))
    def test_the_text_holds_every_statement_with_its_marker_and_every_marker_has_a_citation(
        self, roles: list[Role], audience: Audience
    ) -> None:
        picked = [a_pick(a_passage(f"exc-{n:03}"), role) for n, role in enumerate(roles)]
        given_back = answer(*picked, audience=audience)
        assert len(given_back.statements) == len(picked)
        for statement in given_back.statements:
            markers = "".join(f"[{n}]" for n in statement.citations)
            assert f"{statement.text} {markers}" in given_back.text
        numbers = [citation.n for citation in given_back.citations]
        assert {int(n) for n in re.findall(r"\[(\d+)\]", given_back.text)} == set(numbers)
        assert numbers == list(range(1, len(picked) + 1))

    def test_every_statement_is_the_passages_own_words_force_and_duty_holder(self) -> None:
        passage = a_passage(force=Force.SHOULD, duty_on="governing board")
        (statement,) = answer(a_pick(passage)).statements
        assert (statement.text, statement.force, statement.duty_on, statement.citations) == (
            passage.statement,
            Force.SHOULD,
            "governing board",
            (1,),
        )

    def test_the_next_steps_are_what_the_family_can_do(self) -> None:
        route = a_passage("exc-002", "Parents may ask the board to think again.")
        given_back = answer(a_pick(), a_pick(route, Role.ROUTE))
        assert given_back.next_steps == ("Parents may ask the board to think again.",)


class TestAudience:
    PASSAGE = a_passage(
        statement="The head must tell the parents why.",
        duty_on="headteacher",
        authority=(
            Authority(source=a_source("guidance", edition="July 2026"), provision="para 12", read_in="August 2024"),
        ),
    )

    def line(self, audience: Audience) -> str:
        return answer(a_pick(self.PASSAGE), audience=audience).text.splitlines()[-1]

    def test_a_parent_reads_plain_sentences(self) -> None:
        assert self.line(Audience.PARENT) == "- The head must tell the parents why. [1]"

    def test_a_school_reads_who_owes_the_duty_and_how_strong_it_is(self) -> None:
        assert self.line(Audience.SCHOOL) == "- **Must** (headteacher): The head must tell the parents why. [1]"

    def test_an_adviser_reads_the_provision_too_with_the_edition_its_number_was_read_in(self) -> None:
        assert self.line(Audience.ADVISER) == (
            "- **Must** (headteacher): The head must tell the parents why. [1] "
            "(Guidance, para 12 (numbered as in the August 2024))"
        )

    def test_a_plain_fact_is_nobodys_duty(self) -> None:
        fact = a_pick(replace(self.PASSAGE, force=Force.INFO, duty_on=None), Role.DIRECT)
        assert answer(fact, audience=Audience.SCHOOL).text == "The head must tell the parents why. [1]"

    def test_headings_speak_to_the_reader(self) -> None:
        route = a_pick(role=Role.ROUTE)
        assert "**What you can do**" in answer(route).text
        assert "**Routes open to the family**" in answer(route, audience=Audience.SCHOOL).text
        assert "**Routes**" in answer(route, audience=Audience.ADVISER).text

    @pytest.mark.parametrize("audience", list(Audience))
    def test_the_same_facts_are_said_to_everybody(self, audience: Audience) -> None:
        picked = [a_pick(p) for p in some_passages(3)]
        assert answer(*picked, audience=audience).statements == answer(*picked).statements

    @pytest.mark.parametrize("audience", list(Audience))
    def test_a_fact_nobody_has_checked_says_so_to_everybody(self, audience: Audience) -> None:
        checked, unchecked = a_passage("exc-001"), a_passage("exc-002", verified=MEMORY)
        given_back = answer(a_pick(checked), a_pick(unchecked), audience=audience)
        warned = [line for line in given_back.text.splitlines() if "not yet checked against its source" in line]
        assert len(warned) == 1
        assert "[2]" in warned[0]
        assert [citation.note for citation in given_back.citations] == [None, UNCHECKED]


class TestChanges:
    OLD = a_passage(
        "hist-001",
        "An academy may place a pupil off-site for as long as it likes.",
        in_force_to=date(2026, 7, 25),
        replaced_by=("ap-031",),
    )
    NEW = a_passage(
        "ap-031",
        "An academy may place a pupil off-site for as long as the regulations let it.",
        in_force_from=date(2026, 7, 26),
    )

    def pick(self, found: Passage, other: Passage, as_at: date, *, asks: bool = False) -> list[Picked]:
        return choose(found, unseen=[other], as_at=as_at, situation=Situation(asks_history=asks))

    def test_who_asks_on_todays_law_is_told_what_applied_before_and_when_it_changed(self) -> None:
        picked = self.pick(self.NEW, self.OLD, TODAY)
        assert [(each.passage.id, each.role) for each in picked] == [
            ("ap-031", Role.DIRECT),
            ("hist-001", Role.CHANGE),
        ]
        notices = answer(*picked).notices
        assert "Changed on 26 July 2026: [2] says what applied before that day." in notices
        assert not any("says what has applied since" in notice for notice in notices)

    def test_who_asks_on_last_years_law_is_told_what_has_applied_since(self) -> None:
        day = date(2025, 11, 1)
        picked = self.pick(self.OLD, self.NEW, day)
        assert [(each.passage.id, each.role) for each in picked] == [
            ("hist-001", Role.DIRECT),
            ("ap-031", Role.CHANGE),
        ]
        assert answer(*picked, as_at=day).notices == (
            "This answers on the law as it stood on 1 November 2025.",
            "[1] applied until 25 July 2026; the law has changed since.",
            "Changed on 26 July 2026: [2] says what has applied since.",
        )

    def test_a_change_long_past_is_left_out_unless_asked_about(self) -> None:
        later = date(2028, 1, 1)
        assert ids(self.pick(self.NEW, self.OLD, later)) == ["ap-031"]
        assert ids(self.pick(self.NEW, self.OLD, later, asks=True)) == ["ap-031", "hist-001"]

    def test_law_that_is_itself_new_says_from_when_it_applies(self) -> None:
        assert answer(a_pick(self.NEW)).notices == ("Changed on 26 July 2026: what [1] says applies from that day.",)

    def test_law_that_has_stood_for_years_needs_no_notice(self) -> None:
        assert answer(a_pick()).notices == ()

    def test_an_answer_about_a_day_to_come_warns_that_the_law_may_change(self) -> None:
        notices = answer(a_pick(), as_at=date(2027, 9, 1)).notices
        assert notices == (
            "This answers on the law as it stood on 1 September 2027.",
            "The law may change before that date: check again nearer the time.",
        )

    def test_a_proposal_is_labelled_as_one(self) -> None:
        proposal = a_passage(source=a_source("white-paper", tier=Tier.PROPOSAL))
        assert answer(a_pick(), a_pick(proposal)).notices == ("[2] is a proposal, not law.",)


class TestAskingBack:
    MAINTAINED = a_pick(a_passage("exc-001", applies_to=("maintained",)))
    ACADEMY = a_pick(a_passage("exc-002", applies_to=("academy",)))

    def test_the_kind_of_school_is_asked_for_where_the_answer_turns_on_it(self) -> None:
        assert "academy" in (answer(self.MAINTAINED, self.ACADEMY).question_back or "")

    def test_it_is_not_asked_for_where_it_makes_no_difference_or_was_said(self) -> None:
        assert answer(self.MAINTAINED, a_pick()).question_back is None
        said = Situation(settings=frozenset({"academy"}))
        assert answer(self.MAINTAINED, self.ACADEMY, situation=said).question_back is None


class TestHelp:
    def names(self, catalogue: Catalogue, audience: Audience = Audience.PARENT, *needs: str) -> list[str]:
        situation = Situation(needs=frozenset(needs))
        return [h.name for h in answer(a_pick(), audience=audience, situation=situation, catalogue=catalogue).help]

    def test_help_fits_the_subject_and_the_reader(self) -> None:
        catalogue = a_catalogue()
        assert self.names(catalogue) == [ADVICE_LINE.name, SENDIASS.name]
        assert self.names(catalogue, Audience.SCHOOL) == [SENDIASS.name]
        assert self.names(catalogue, Audience.PARENT, "ehc-plan") == [SENDIASS.name, ADVICE_LINE.name]

    def test_no_more_than_three_contacts_are_named(self) -> None:
        many = tuple(HelpContact(id=f"h{n}", name=f"Help {n}", what="Helps.", topics=("exclusion",)) for n in range(9))
        assert len(self.names(a_catalogue(help=many))) == 3

    def test_a_number_nobody_has_rung_is_marked(self) -> None:
        assert compose.as_help(ADVICE_LINE).phone_checked
        unrung = compose.as_help(SENDIASS)
        assert (unrung.phone, unrung.phone_checked) == ("01632 960001", False)


class TestAnswersThatAreNotAnswers:
    QUESTION = Question(text="how do I grow tomatoes?", today=TODAY)

    def test_what_is_not_in_the_corpus_is_said_to_be_missing_with_the_nearest_facts_and_who_to_ask(self) -> None:
        passages = some_passages(5)
        given_back = compose.not_found(
            self.QUESTION,
            Retrieval(ranked=ranked(passages), support=0.1),
            situation=Situation(),
            catalogue=a_catalogue(),
            as_at=TODAY,
        )
        assert given_back.status is Status.NOT_FOUND
        assert "could not find" in given_back.text
        assert (given_back.statements, given_back.citations) == ((), ())
        assert [miss.passage_id for miss in given_back.near_misses] == ["exc-000", "exc-001", "exc-002"]
        assert [helper.name for helper in given_back.help] == [ADVICE_LINE.name, SENDIASS.name]

    def test_a_vague_message_is_asked_one_thing_and_told_nothing(self) -> None:
        given_back = compose.clarify(self.QUESTION, situation=Situation(), catalogue=a_catalogue(), as_at=TODAY)
        assert (given_back.status, given_back.statements) == (Status.CLARIFY, ())
        assert given_back.question_back == given_back.text

    def test_a_child_at_risk_gets_the_contacts_before_anything_else(self) -> None:
        given_back = compose.triaged(self.QUESTION, URGENT, catalogue=a_catalogue(), as_at=TODAY)
        assert given_back.status is Status.URGENT
        assert given_back.text.splitlines() == [
            "**Get help now**",
            "",
            f"- Samaritans: **116 123**. {SAMARITANS.what}",
            "- SENDIASS: **01632 960001** (number not checked: look it up if it does not answer). " + SENDIASS.what,
            "",
            "- When a child is in danger now, anyone can ring 999. [1]",
        ]
        assert [helper.name for helper in given_back.help] == ["Samaritans", "SENDIASS"]
        assert [citation.passage_id for citation in given_back.citations] == ["send-139"]

    def test_a_question_that_is_not_ours_says_why_and_still_names_who_can_help(self) -> None:
        rule = TriageRule(
            id="scotland",
            status=Status.OUT_OF_SCOPE,
            what="Scots law",
            patterns=(),
            facts=("exc-001",),
            help=("advice-line",),
            reason="The law here is England's.",
        )
        given_back = compose.triaged(self.QUESTION, rule, catalogue=a_catalogue(), as_at=TODAY)
        lines = [line for line in given_back.text.splitlines() if line]
        assert given_back.status is Status.OUT_OF_SCOPE
        assert lines[0] == "The law here is England's."
        assert "[1]" in lines[1]
        assert ADVICE_LINE.name in lines[2]

    def test_a_message_that_only_seems_to_speak_of_danger_gets_contacts_first_and_its_answer_after(self) -> None:
        picked = [a_pick(p) for p in (a_passage("send-139"), *some_passages(12))]
        found = Findings(picked=picked, situation=Situation(), as_at=TODAY)
        given_back = compose.urgent_first(self.QUESTION, URGENT, found, catalogue=a_catalogue())
        assert given_back.status is Status.URGENT
        assert given_back.text.startswith(
            compose.triaged(self.QUESTION, URGENT, catalogue=a_catalogue(), as_at=TODAY).text
        )
        assert [citation.n for citation in given_back.citations] == list(range(1, 9))
        assert len({citation.passage_id for citation in given_back.citations}) == 8
        assert len(given_back.statements) == MOST_STATEMENTS
        for statement in given_back.statements:
            assert f"{statement.text} [{statement.citations[0]}]" in given_back.text
