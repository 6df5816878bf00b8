"""The answer path from a message to an answer, over a small corpus and a search by word overlap."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import (
    AsAtBeforeLaw,
    BadDate,
    EmptyQuestion,
    IndexMissing,
    NavigatorError,
    NotEnglish,
    QuestionError,
    QuestionTooLong,
    UnknownPassage,
)
from assistant.model import Answer, Audience, Role, Status, Turn
from assistant.ports import Suspicion
from assistant.service import MAX_QUESTION, Assistant, Readiness
from tests.fakes import (
    EXAMPLES,
    LAW_BEGINS,
    SAMARITANS,
    TODAY,
    FakeKnowledge,
    FakeKnowledgeBase,
    a_catalogue,
    a_passage,
)

POLISH = "Mój syn został zawieszony w prawach ucznia na pięć dni"

FRAGMENTS = (
    "my son was suspended", "for 5.5 days", "who decides?", "PEX", "ehcp", "no EHCP", "academy", "on 31/02/2026",
    "on 20 May 2025", "and also when must the governors meet", "how many", "in 2023", "white paper", "kill himself",
    "Scotland", "SW1A 2AA", "😡", "\x00", "((", "[1]", "\n", "y9", "£500", "can the review panel order",
)  # fmt: skip


def an_assistant(knowledge: FakeKnowledge | None = None) -> Assistant:
    return Assistant(FakeKnowledgeBase(knowledge or FakeKnowledge(a_catalogue())))


def ask(question: str, *earlier: str, as_at: date | None = None, audience: Audience = Audience.PARENT) -> Answer:
    """The answer of a fresh assistant, today, after the user's `earlier` messages."""
    history = [Turn(role="user", content=turn) for turn in earlier]
    return an_assistant().ask(question, today=TODAY, history=history, as_at=as_at, audience=audience)


def what_comes_back(message: str, *earlier: str) -> str:
    """The text of the answer, or of the refusal."""
    try:
        return ask(message, *earlier).text
    except QuestionError as refused:
        return str(refused)


def cited(answer: Answer) -> list[str]:
    return [citation.passage_id for citation in answer.citations]


class TestAnswering:
    @pytest.mark.parametrize(
        ("question", "passage_id"), [(q, p.id) for p in EXAMPLES for q in p.questions], ids=lambda value: value[:40]
    )
    def test_a_question_is_answered_with_the_passage_that_answers_it(self, question: str, passage_id: str) -> None:
        answer = ask(question)
        assert answer.status is Status.ANSWERED
        assert cited(answer)[0] == passage_id

    def test_every_statement_is_quoted_from_a_passage_that_was_cited(self) -> None:
        answer = ask("Who can suspend my child? When must the governors meet after a permanent exclusion?")
        quotes = {citation.n: citation.quote for citation in answer.citations}
        assert {"exc-001", "exc-080"} <= set(cited(answer))
        assert all(statement.text == quotes[statement.citations[0]] for statement in answer.statements)

    def test_a_wrong_belief_is_corrected_first(self) -> None:
        answer = ask("can the review panel order the school to take him back")
        assert answer.statements[0].role is Role.CORRECTION
        assert cited(answer)[0] == "exc-113"

    def test_a_follow_up_is_answered_on_the_conversation(self) -> None:
        answer = ask("and what about an academy?", "when must the governors meet after a permanent exclusion")
        assert cited(answer)[0] == "exc-080"
        assert answer.situation.settings == {"academy"}
        assert "permanently-excluded" in answer.situation.stages

    def test_the_answer_carries_what_a_doorway_needs(self) -> None:
        answer = an_assistant().ask(
            "who can suspend my child from school",
            today=TODAY,
            audience=Audience.ADVISER,
            conversation_id="conversation-7",
        )
        assert (answer.as_at, answer.audience, answer.corpus_version, answer.conversation_id, answer.writer) == (
            TODAY,
            Audience.ADVISER,
            "corpus-1",
            "conversation-7",
            "extractive",
        )
        assert answer.took_ms >= 0

    def test_the_same_question_always_gets_the_same_answer(self) -> None:
        first, second = (ask("who can suspend my child from school") for _ in range(2))
        assert (first.text, first.citations, first.help) == (second.text, second.citations, second.help)

    def test_what_a_parent_says_the_child_lacks_is_known_to_the_answer(self) -> None:
        answer = ask("can a teacher suspend a pupil who has no EHCP")
        assert answer.situation.ruled_out == {"ehc-plan"}


class TestTheDayAsked:
    def test_todays_law_is_the_default(self) -> None:
        assert ask("who can suspend my child from school").as_at == TODAY

    def test_the_law_is_that_of_the_day_the_story_names(self) -> None:
        answer = ask("my child was suspended from school on 20 May 2025, who can do that")
        assert answer.as_at == date(2025, 5, 20)
        assert "This answers on the law as it stood on 20 May 2025." in answer.notices

    def test_a_day_that_is_asked_for_wins_over_the_day_of_the_story(self) -> None:
        answer = ask("my child was suspended from school in May 2025, who can do that", as_at=date(2026, 1, 5))
        assert answer.as_at == date(2026, 1, 5)

    @given(st.integers(min_value=-3, max_value=3))
    def test_a_day_before_any_law_is_refused_and_the_first_day_of_law_is_not(self, days: int) -> None:
        day = LAW_BEGINS + timedelta(days=days)
        if days < 0:
            with pytest.raises(AsAtBeforeLaw, match=r"earliest here is from 1 September 2012"):
                ask("who can suspend my child from school", as_at=day)
        else:
            assert ask("who can suspend my child from school", as_at=day).as_at == day

    def test_law_that_had_ended_by_that_day_is_not_in_the_answer(self) -> None:
        words = "Only the headteacher can suspend a child from school"
        old = a_passage("hist-001", f"{words} for up to 45 days.", in_force_to=date(2025, 12, 31))
        assistant = an_assistant(FakeKnowledge(a_catalogue(old, a_passage("exc-900", "A school keeps records."))))
        question = "who can suspend a child from school"
        assert cited(assistant.ask(question, today=TODAY, as_at=date(2025, 12, 31)))[0] == "hist-001"
        assert "hist-001" not in cited(assistant.ask(question, today=TODAY, as_at=date(2026, 1, 1)))


class TestMessagesThatCannotBeAnswered:
    @pytest.mark.parametrize(
        "message",
        ["", "   \n\t ", "😡😡😡", "?!...", "112", "\x00\x07\x1b", "\u200b\ufeff", "12/11/2026"],
        ids=["empty", "spaces", "emoji", "punctuation", "digits", "control characters", "invisible", "a date alone"],
    )
    def test_a_message_without_words_is_asked_for_some(self, message: str) -> None:
        with pytest.raises(EmptyQuestion, match="There is no question"):
            ask(message)

    def test_a_message_that_is_too_long_is_refused_with_its_length_and_the_limit(self) -> None:
        with pytest.raises(QuestionTooLong, match=r"has 10,000 characters and the limit is 4,000"):
            ask("suspended!" * 1000)

    def test_the_longest_message_allowed_is_answered(self) -> None:
        message = "who can suspend my child from school ".ljust(MAX_QUESTION, "?")
        assert ask(message).status is Status.ANSWERED
        with pytest.raises(QuestionTooLong):
            ask(message + "?")

    def test_control_characters_and_markup_do_not_change_the_answer(self) -> None:
        plain = ask("who can suspend my child from school?")
        dirty = ask("\x00who can\x07 suspend\u200b my child\r\nfrom   school?\x1b")
        assert cited(dirty) == cited(plain)
        assert cited(ask("<b>who can suspend my child from school?</b>"))[0] == cited(plain)[0]

    def test_no_markup_of_the_question_comes_back_in_the_answer(self) -> None:
        answer = ask("<script>alert(1)</script> who can suspend my child from school?")
        assert "<script" not in repr(answer)

    def test_another_language_is_told_who_can_help_in_it(self) -> None:
        with pytest.raises(NotEnglish, match="SENDIASS"):
            ask(POLISH)

    @pytest.mark.parametrize("written", ["31/02/2026", "30 february 2026", "2026-13-01"])
    def test_a_date_that_does_not_exist_is_named(self, written: str) -> None:
        with pytest.raises(BadDate) as refused:
            ask(f"my child was suspended from school on {written}, when must the governors meet")
        assert f"“{written}” is not a date" in str(refused.value)

    @pytest.mark.parametrize("message", ["help", "I need some advice please!", "what are my rights?", "hello"])
    def test_a_message_that_says_nothing_of_what_happened_is_asked_what_did(self, message: str) -> None:
        answer = ask(message)
        assert (answer.status, answer.statements) == (Status.CLARIFY, ())
        assert "what has happened" in (answer.question_back or "")

    def test_the_same_words_in_a_conversation_are_not_too_vague(self) -> None:
        assert ask("what are my rights?", "my child was suspended from school").status is Status.ANSWERED

    def test_what_the_corpus_does_not_speak_of_is_not_answered(self) -> None:
        answer = ask("does the school need planning permission for a bicycle shed")
        assert answer.status is Status.NOT_FOUND
        assert answer.statements == ()
        assert answer.help

    @given(st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS), max_size=8).map(" ".join)), st.booleans())
    def test_any_message_is_answered_or_refused_in_plain_words(self, message: str, follows: bool) -> None:
        assert what_comes_back(message, *([message] if follows else []))

    @pytest.mark.parametrize("message", ["😡", "suspended " * 1000, POLISH, "suspended 31/02/2026"])
    def test_nothing_is_searched_for_a_message_that_is_refused(self, message: str) -> None:
        knowledge = FakeKnowledge(a_catalogue())
        with pytest.raises(QuestionError):
            an_assistant(knowledge).ask(message, today=TODAY)
        assert knowledge.asked == []


class TestSafetyFirst:
    @pytest.mark.parametrize(
        "message",
        [
            pytest.param("my son says he will kill himself because of the suspension", id="plain words"),
            pytest.param("MY SON SAYS HE’LL KILL HIMSELF", id="capitals"),
            pytest.param(f"{POLISH}, he said kill himself", id="mostly in another language"),
            pytest.param("since 31/02/2026 he says he will kill himself", id="beside an impossible date"),
            pytest.param("we moved from scotland and now he wants to kill himself", id="beside another nation's law"),
            pytest.param("says he will kill\u00a0himself 😭", id="pasted from a chat"),
        ],
    )
    def test_a_child_at_risk_gets_contacts_at_once_whatever_else_is_said(self, message: str) -> None:
        knowledge = FakeKnowledge(a_catalogue())
        answer = an_assistant(knowledge).ask(message, today=TODAY)
        assert answer.status is Status.URGENT
        assert answer.help[0].phone == SAMARITANS.phone
        assert knowledge.asked == []

    def test_a_child_at_risk_is_helped_whatever_day_is_asked_about(self) -> None:
        assert ask("he says he will kill himself", as_at=date(1900, 1, 1)).status is Status.URGENT

    def test_wording_that_the_rules_except_is_not_urgent(self) -> None:
        assert ask("he had to write who would kill himself in the story").status is not Status.URGENT

    def test_a_question_that_is_not_ours_is_declined_without_a_search(self) -> None:
        knowledge = FakeKnowledge(a_catalogue())
        answer = an_assistant(knowledge).ask("who can suspend my child from school in Scotland", today=TODAY)
        assert answer.status is Status.OUT_OF_SCOPE
        assert answer.text.startswith("The law here is the law of England.")
        assert knowledge.asked == []

    def test_a_message_that_seems_to_speak_of_danger_gets_contacts_first_and_then_its_answer(self) -> None:
        suspicion = Suspicion(urgent=0.95, urgent_rule="self-harm")
        knowledge = FakeKnowledge(a_catalogue(), suspicion=suspicion)
        answer = an_assistant(knowledge).ask("who can suspend my child from school", today=TODAY)
        assert answer.status is Status.URGENT
        assert answer.text.startswith("**Get help now**\n\n- Samaritans")
        assert "exc-001" in cited(answer)

    def test_a_message_that_is_surely_not_ours_is_declined_though_no_rule_has_its_words(self) -> None:
        suspicion = Suspicion(out_of_scope=0.95, out_of_scope_rule="scotland")
        answer = an_assistant(FakeKnowledge(a_catalogue(), suspicion=suspicion)).ask(
            "who can suspend my child from school", today=TODAY
        )
        assert answer.status is Status.OUT_OF_SCOPE

    def test_a_faint_suspicion_changes_nothing(self) -> None:
        suspicion = Suspicion(urgent=0.3, urgent_rule="self-harm", out_of_scope=0.3, out_of_scope_rule="scotland")
        answer = an_assistant(FakeKnowledge(a_catalogue(), suspicion=suspicion)).ask(
            "who can suspend my child from school", today=TODAY
        )
        assert answer.status is Status.ANSWERED


class TestConversations:
    def test_the_callers_history_is_left_as_it_was(self) -> None:
        history = [
            Turn(role="user", content="He has no EHCP and was PEXed"),
            Turn(role="assistant", content="..."),
        ] * 10
        before = deepcopy(history)
        an_assistant().ask("when must the governors meet?", today=TODAY, history=history)
        assert history == before

    def test_one_conversation_leaves_nothing_behind_for_the_next(self) -> None:
        assistant = an_assistant()
        fresh = assistant.ask("who can suspend a pupil", today=TODAY)
        earlier = [Turn(role="user", content="my daughter at an academy was permanently excluded, she has an EHCP")]
        assistant.ask("when must the governors meet?", today=TODAY, history=earlier)
        again = assistant.ask("who can suspend a pupil", today=TODAY)
        assert (again.situation, again.text) == (fresh.situation, fresh.text)


class TestTheLiveIndex:
    def test_a_passage_is_shown_by_its_id(self) -> None:
        assert an_assistant().passage("exc-080") == next(p for p in EXAMPLES if p.id == "exc-080")

    @pytest.mark.parametrize("passage_id", ["exc-999", "", "EXC-080", "../etc/passwd"])
    def test_an_unknown_passage_is_named(self, passage_id: str) -> None:
        with pytest.raises(UnknownPassage) as refused:
            an_assistant().passage(passage_id)
        assert f"no passage “{passage_id}”" in str(refused.value)

    def test_readiness_says_what_is_live(self) -> None:
        assert an_assistant().readiness() == Readiness(
            build_id="build-1", corpus_version="corpus-1", passages=len(EXAMPLES)
        )

    def test_without_an_index_everything_says_how_to_build_one(self) -> None:
        assistant = Assistant(FakeKnowledgeBase(None))
        for attempt in (
            lambda: assistant.ask("who can suspend my child from school", today=TODAY),
            lambda: assistant.passage("exc-001"),
            assistant.readiness,
        ):
            with pytest.raises(IndexMissing, match="apnav ingest"):
                attempt()

    def test_a_new_build_answers_the_very_next_question(self) -> None:
        base = FakeKnowledgeBase(FakeKnowledge(a_catalogue()))
        assistant = Assistant(base)
        assistant.ask("who can suspend my child from school", today=TODAY)
        new = a_passage("exc-002", "Only a court can suspend a child from school.")
        base.knowledge = FakeKnowledge(a_catalogue(new, version="corpus-2"), build_id="build-2")
        answer = assistant.ask("who can suspend my child from school", today=TODAY)
        assert (cited(answer), answer.corpus_version) == (["exc-002"], "corpus-2")
        assert assistant.readiness().build_id == "build-2"

    def test_every_refusal_is_one_kind_of_error_with_a_code_for_programs(self) -> None:
        with pytest.raises(NavigatorError) as refused:
            ask("😡")
        assert refused.value.code == "empty_question"


class TestALongMessage:
    def test_a_parent_in_danger_is_helped_however_much_they_write(self) -> None:
        message = "he says he will kill himself. " + "the school excluded him and nobody listens. " * 200
        assert ask(message).status is Status.URGENT
