"""Which passages are found for a question, and in which order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import Audience, Catalogue, GuideStep, Link, Passage, Question, Situation, Turn
from assistant.retrieve import (
    DEFAULT_WEIGHTS,
    Retrieval,
    Weights,
    in_scope,
    retrieve,
    separate_questions,
    step_applies,
    suits,
)
from assistant.shelf import Shelf, traits_of
from assistant.situation import read_situation
from assistant.sources import Authority, Tier, Verification
from tests.fakes import EXAMPLES, TODAY, FakeKnowledge, a_catalogue, a_guide, a_passage, a_source

ONLY_LIKENESS = replace(DEFAULT_WEIGHTS, guide=0.0, link=0.0)


def search(
    text: str,
    catalogue: Catalogue | None = None,
    *,
    earlier: Sequence[str] = (),
    as_at: date = TODAY,
    audience: Audience = Audience.PARENT,
    weights: Weights = DEFAULT_WEIGHTS,
    knowledge: FakeKnowledge | None = None,
) -> Retrieval:
    """What is found for `text`, asked after the user's `earlier` messages."""
    known = knowledge or FakeKnowledge(catalogue or a_catalogue())
    history = tuple(Turn(role="user", content=turn) for turn in earlier)
    question = Question(text=text, today=TODAY, audience=audience, history=history)
    situation = read_situation(text, history=history, today=TODAY)
    shelf = Shelf(known.catalogue)
    return retrieve(question, situation, knowledge=known, shelf=shelf, as_at=as_at, weights=weights)


def ids(retrieval: Retrieval) -> list[str]:
    return [ranked.passage.id for ranked in retrieval.ranked]


def score_of(passage_id: str, retrieval: Retrieval) -> float:
    return next(ranked.score for ranked in retrieval.ranked if ranked.passage.id == passage_id)


def shown(passage: Passage, situation: Situation | None = None, *, as_at: date = TODAY) -> bool:
    return in_scope(passage, traits_of(passage), situation or Situation(), as_at=as_at)


def fit(passage: Passage, situation: Situation, audience: Audience = Audience.PARENT) -> float:
    return suits(traits_of(passage), situation, audience)


def from_nation(nation: str) -> Passage:
    return a_passage(source=a_source(nation=nation))


class TestWhatMayBeShown:
    @given(st.integers(min_value=-400, max_value=400))
    def test_only_law_in_force_on_the_day_is_shown(self, days: int) -> None:
        starts, ends = date(2026, 1, 1), date(2026, 7, 25)
        day = starts + timedelta(days=days)
        passage = a_passage(in_force_from=starts, in_force_to=ends)
        assert shown(passage, as_at=day) == (starts <= day <= ends)

    def test_past_law_is_shown_when_asked_about_but_future_law_never_is(self) -> None:
        asks = Situation(asks_history=True)
        ended = a_passage(in_force_to=TODAY - timedelta(days=1))
        to_come = a_passage(in_force_from=TODAY + timedelta(days=1), in_force_to=TODAY + timedelta(days=9))
        assert shown(ended, asks)
        assert not shown(ended)
        assert not shown(to_come, asks)

    @pytest.mark.parametrize(
        ("nation", "is_shown"),
        [
            ("england", True),
            ("england-and-wales", True),
            ("uk", True),
            ("wales", False),
            ("scotland", False),
            ("northern-ireland", False),
        ],
    )
    def test_the_law_of_another_nation_is_never_shown(self, nation: str, is_shown: bool) -> None:
        assert shown(from_nation(nation)) is is_shown

    def test_a_proposal_is_shown_only_to_who_asks_about_reform(self) -> None:
        proposal = a_passage(source=a_source("white-paper", tier=Tier.PROPOSAL))
        assert not shown(proposal)
        assert shown(proposal, Situation(asks_reform=True))

    def test_law_that_a_proposal_repeats_is_still_law(self) -> None:
        both = a_passage(
            authority=(Authority(source=a_source()), Authority(source=a_source("white-paper", tier=Tier.PROPOSAL)))
        )
        assert shown(both)

    def test_nothing_out_of_scope_comes_back_however_alike_guided_or_linked(self) -> None:
        words = "a pupil may be suspended for one fixed period"
        catalogue = a_catalogue(
            a_passage("exc-001", words, leads_to=tuple(Link(fact=f, kind="duty") for f in ("old-1", "wal-1", "ref-1"))),
            a_passage("old-1", words, in_force_to=TODAY - timedelta(days=1)),
            a_passage("wal-1", words, source=a_source("welsh-act", nation="wales")),
            a_passage("ref-1", words, source=a_source("white-paper", tier=Tier.PROPOSAL)),
            guides=(a_guide("all", "old-1", "wal-1", "ref-1", matches=("suspended for a fixed period",)),),
        )
        assert ids(search("suspended for a fixed period", catalogue)) == ["exc-001"]


class TestFit:
    def test_a_passage_about_any_school_fits_everybody(self) -> None:
        assert fit(a_passage(applies_to=("la",)), Situation(settings=frozenset({"academy"}))) == 1.0
        assert fit(a_passage(), Situation()) == 1.0

    def test_a_passage_about_another_kind_of_school_is_put_back(self) -> None:
        academies = a_passage(applies_to=("academy",))
        assert fit(academies, Situation(settings=frozenset({"academy"}))) == 1.0
        assert fit(academies, Situation(settings=frozenset({"maintained"}))) < 1.0

    def test_a_rare_kind_of_school_is_put_back_while_no_school_is_named(self) -> None:
        assert fit(a_passage(applies_to=("independent",)), Situation()) < fit(a_passage(), Situation())

    def test_a_rule_for_permanent_exclusion_is_put_back_when_the_child_was_suspended(self) -> None:
        permanent = a_passage(statement="After a permanent exclusion the board must meet.")
        assert fit(permanent, Situation(stages=frozenset({"permanently-excluded"}))) == 1.0
        assert fit(permanent, Situation(stages=frozenset({"suspended"}))) < 1.0
        assert fit(permanent, Situation(stages=frozenset({"suspended", "permanently-excluded"}))) == 1.0

    def test_a_rule_about_plans_fits_best_where_there_is_one_and_least_where_there_is_none(self) -> None:
        plan = a_passage(statement="The EHC plan must be reviewed.")
        has = fit(plan, Situation(needs=frozenset({"ehc-plan"})))
        unsaid = fit(plan, Situation())
        has_not = fit(plan, Situation(ruled_out=frozenset({"ehc-plan"})))
        assert has > unsaid > has_not

    def test_what_was_written_for_somebody_else_is_put_back_except_for_an_adviser(self) -> None:
        for_schools = a_passage(audience=("school",))
        assert fit(for_schools, Situation(), Audience.SCHOOL) == 1.0
        assert fit(for_schools, Situation(), Audience.PARENT) < 1.0
        assert fit(for_schools, Situation(), Audience.ADVISER) == 1.0

    def test_a_fact_known_only_from_memory_is_put_back(self) -> None:
        assert fit(a_passage(verified=Verification.MEMORY), Situation()) < 1.0

    def test_figures_are_put_back_unless_asked_for(self) -> None:
        figures = a_passage(source=a_source("statistics-2026", tier=Tier.STATISTICS))
        assert fit(figures, Situation()) < fit(figures, Situation(asks_statistics=True)) == 1.0


class TestGuideSteps:
    @pytest.mark.parametrize(
        ("step", "situation", "applies"),
        [
            pytest.param(GuideStep(fact="f"), Situation(), True, id="no conditions"),
            pytest.param(GuideStep(fact="f", setting=("academy",)), Situation(), True, id="school not named"),
            pytest.param(
                GuideStep(fact="f", setting=("academy",)),
                Situation(settings=frozenset({"maintained"})),
                False,
                id="another kind of school",
            ),
            pytest.param(GuideStep(fact="f", stage=("suspended",)), Situation(), True, id="stage not named"),
            pytest.param(
                GuideStep(fact="f", stage=("suspended",)),
                Situation(stages=frozenset({"permanently-excluded"})),
                False,
                id="another stage",
            ),
            pytest.param(
                GuideStep(fact="f", stage=("suspended", "warned")),
                Situation(stages=frozenset({"warned", "in-ap"})),
                True,
                id="one stage of several",
            ),
            pytest.param(GuideStep(fact="f", needs=("ehc-plan",)), Situation(), False, id="a need not named"),
            pytest.param(
                GuideStep(fact="f", needs=("ehc-plan",)),
                Situation(needs=frozenset({"ehc-plan"})),
                True,
                id="a need named",
            ),
            pytest.param(GuideStep(fact="f", audience=("school",)), Situation(), False, id="for another reader"),
            pytest.param(GuideStep(fact="f", audience=("parent", "school")), Situation(), True, id="for this reader"),
        ],
    )
    def test_a_step_belongs_unless_what_the_parent_said_speaks_against_it(
        self, step: GuideStep, situation: Situation, applies: bool
    ) -> None:
        assert step_applies(step, situation, Audience.PARENT) is applies


class TestSeparateQuestions:
    @pytest.mark.parametrize(
        ("text", "asked"),
        [
            pytest.param(
                "Who can suspend my son? When must the governors meet?",
                ["Who can suspend my son", "When must the governors meet"],
                id="two sentences",
            ),
            pytest.param(
                "He was sent home today. Is an informal exclusion legal? Can the headteacher refuse to send work?",
                ["Is an informal exclusion legal", "Can the headteacher refuse to send work"],
                id="a story and two questions",
            ),
            pytest.param(
                "who sets school work during suspension and when do governors meet parents",
                ["who sets school work during suspension", "when do governors meet parents"],
                id="two in one sentence",
            ),
            pytest.param(
                "who can suspend a pupil\nhow long can a suspension last",
                ["who can suspend a pupil", "how long can a suspension last"],
                id="one on each line",
            ),
        ],
    )
    def test_each_question_of_a_message_is_found(self, text: str, asked: list[str]) -> None:
        assert [question.rstrip("?") for question in separate_questions(text)] == asked

    @pytest.mark.parametrize(
        "text",
        [
            "Can a teacher suspend my son?",
            "My son was suspended from school. Can the headteacher send work home?",
            "My son was suspended from school today.",
            "Why? How? Really?",
            "",
        ],
        ids=["one question", "a story and a question", "a story", "too short to search for", "nothing"],
    )
    def test_a_message_with_one_question_or_none_is_not_cut_up(self, text: str) -> None:
        assert len(separate_questions(text)) <= 1

    @given(st.text())
    def test_no_message_is_cut_into_more_than_a_few(self, text: str) -> None:
        assert len(separate_questions(text)) <= 4

    def test_each_question_of_a_message_gets_its_own_search(self) -> None:
        found = search(
            "Who can suspend my child from school? When must the governors meet after a permanent exclusion?"
        )
        best_of_each = [part[0].passage.id for part in found.parts]
        assert best_of_each == ["exc-001", "exc-080"]

    def test_a_single_question_is_searched_once(self) -> None:
        knowledge = FakeKnowledge(a_catalogue())
        search("Who can suspend my child from school?", knowledge=knowledge)
        assert len(knowledge.asked) == 1


class TestRanking:
    @pytest.mark.parametrize(
        ("passage", "question"), [(p, q) for p in EXAMPLES for q in p.questions], ids=lambda value: str(value)[:30]
    )
    def test_a_question_the_corpus_expects_finds_its_passage_first(self, passage: Passage, question: str) -> None:
        assert ids(search(question))[0] == passage.id

    def test_acronyms_are_searched_by_their_words(self) -> None:
        knowledge = FakeKnowledge(a_catalogue())
        assert ids(search("when must governors meet after a PEX", knowledge=knowledge))[0] == "exc-080"
        assert knowledge.asked[0].meaning == "when must governors meet after a permanent exclusion"
        assert knowledge.asked[0].words == "when must governors meet after a PEX (permanent exclusion)"

    def test_support_is_the_best_likeness_so_that_silence_of_the_corpus_shows(self) -> None:
        assert search("who can suspend my child from school").support == pytest.approx(1.0)
        assert search("growing tomatoes outdoors").support == 0.0
        assert search("growing tomatoes outdoors").ranked == ()

    def test_equally_good_passages_come_in_a_stable_order(self) -> None:
        twins = [a_passage(f"exc-{n:03}", "The same words on suspension.") for n in (3, 1, 2)]
        assert ids(search("words on suspension", a_catalogue(*twins))) == ["exc-001", "exc-002", "exc-003"]

    def test_what_follows_from_the_best_fact_is_lifted(self) -> None:
        question = "does the school have to tell me why my son was suspended"
        catalogue = a_catalogue()
        without = search(question, catalogue, weights=ONLY_LIKENESS)
        with_links = search(question, catalogue, weights=replace(ONLY_LIKENESS, link=DEFAULT_WEIGHTS.link))
        assert score_of("exc-031", with_links) > score_of("exc-031", without)
        assert score_of("exc-080", with_links) == score_of("exc-080", without)

    def test_a_linked_fact_is_found_even_when_no_word_of_it_was_asked(self) -> None:
        catalogue = a_catalogue(
            a_passage("exc-001", "A suspension needs a reason.", leads_to=(Link(fact="exc-002", kind="time_limit"),)),
            a_passage("exc-002", "Letters go out promptly."),
            a_passage("exc-003", "Minutes are kept."),
            a_passage("exc-004", "Pupils under suspension stay away from lessons and trips and matches."),
        )
        found = search("must a suspension have a reason", catalogue)
        assert ids(found) == ["exc-001", "exc-002", "exc-004"]
        assert [ranked.likeness > 0 for ranked in found.ranked] == [True, False, True]

    def test_a_guide_brings_in_what_an_adviser_would_cover(self) -> None:
        guide = a_guide("first-suspension", "exc-030", "exc-080", matches=("my son got his first suspension today",))
        catalogue = a_catalogue(guides=(guide,))
        found = search("my son got his first suspension today", catalogue)
        assert [used.id for used, _ in found.guides] == ["first-suspension"]
        without = search("my son got his first suspension today", a_catalogue())
        assert "exc-080" not in ids(without)
        assert "exc-080" in ids(found)

    def test_the_steps_of_a_guide_that_do_not_apply_bring_in_nothing(self) -> None:
        step = GuideStep(fact="exc-080", stage=("permanently-excluded",))
        guide = a_guide("first-suspension", "exc-030", step, matches=("my son got his first suspension today",))
        assert "exc-080" not in ids(search("my son got his first suspension today", a_catalogue(guides=(guide,))))

    def test_the_first_steps_of_a_guide_count_more_than_the_last(self) -> None:
        quiet = [a_passage(f"exc-{n:03}", f"Word{n} alone.") for n in range(5)]
        spoken = a_passage("exc-100", "Part-time timetables end.")
        guide = a_guide("part-time", *(p.id for p in quiet), matches=("he is on a part-time timetable",))
        found = ids(search("he is on a part-time timetable", a_catalogue(spoken, *quiet, guides=(guide,))))
        assert [name for name in found if name != "exc-100"] == [p.id for p in quiet]

    def test_a_guide_called_by_a_need_is_used_however_the_message_is_worded(self) -> None:
        guide = a_guide("finding-ap", "exc-080", matches=("somewhere else entirely",), when=("wants-provision",))
        found = search("what tuition is there near us for a suspended pupil", a_catalogue(guides=(guide,)))
        assert [used.id for used, _ in found.guides] == ["finding-ap"]
        assert "exc-080" in ids(found)

    @pytest.mark.parametrize(
        ("message", "called"),
        [
            ("my son has ADHD and was permanently excluded, what do I do now?", True),
            ("must there be a letter when a child is permanently excluded?", False),
            ("permanently excluded, the governors upheld it, what now?", False),
            ("what do I do now?", False),
        ],
    )
    def test_who_asks_what_happens_next_is_told_the_guide_of_that_stage(self, message: str, called: bool) -> None:
        guide = replace(
            a_guide("permanent-exclusion", "exc-080", matches=("somewhere else entirely",)),
            starts=("permanently-excluded",),
            unless=("governors-decided",),
        )
        found = search(message, a_catalogue(guides=(guide,)))
        assert [used.id for used, _ in found.guides] == (["permanent-exclusion"] if called else [])

    def test_a_guide_about_something_else_is_not_used(self) -> None:
        guide = a_guide("exams", "exc-080", matches=("he will miss his exams",))
        assert search("who can suspend my child from school", a_catalogue(guides=(guide,))).guides == ()

    def test_a_wrong_belief_is_suspected_only_when_the_message_is_close_to_it(self) -> None:
        belief = "can the review panel order the school to take him back"
        assert search(belief).suspected_premises == ("panel-orders-reinstatement",)
        assert search("what can the independent review panel do").suspected_premises == ()


class TestFollowUps:
    def test_a_follow_up_is_read_together_with_the_turn_before_it(self) -> None:
        alone = search("and in an academy?")
        followed = search("and in an academy?", earlier=("when must the governors meet after a permanent exclusion",))
        assert alone.ranked == ()
        assert ids(followed)[0] == "exc-080"

    def test_only_the_users_last_turn_is_joined_to_a_follow_up(self) -> None:
        knowledge = FakeKnowledge(a_catalogue())
        search("and in an academy?", earlier=("who can suspend?", "when do governors meet?"), knowledge=knowledge)
        assert [query.meaning for query in knowledge.asked] == [
            "and in an academy?",
            "when do governors meet? and in an academy?",
        ]

    def test_a_new_subject_is_not_drowned_by_the_one_before(self) -> None:
        found = search(
            "who gives my daughter education after she was permanently excluded",
            earlier=("can a teacher suspend a pupil",),
        )
        assert ids(found)[0] == "ap-016"

    def test_a_wrong_belief_of_an_earlier_turn_is_not_corrected_again(self) -> None:
        belief = "can the review panel order the school to take him back"
        assert search("who can suspend my child from school", earlier=(belief,)).suspected_premises == ()
