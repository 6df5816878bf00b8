"""A question from Slack is answered, or its asker is told in plain words why not."""

from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import NotEnglish
from assistant.model import Answer, Audience
from assistant.service import Assistant
from bots.slack.keeping.inbox import Job, JobKind, JobState
from bots.slack.keeping.people import ChannelSettings, Defaults, Person, Preferences, RecentQuestion
from bots.slack.showing import messages
from tests.fakes import (
    FakeKnowledge,
    FakeKnowledgeBase,
    a_catalogue,
)
from tests.slack_scene import (
    A_MENTION,
    ANSWER,
    FOR_ONE,
    IN_SOURCES,
    QUESTION,
    REPLIES,
    FakePeople,
    Scene,
    a_question,
    the_answer,
)

# Answering ----------------------------------------------------------------------------------------------------------


def test_answer_is_streamed_into_the_thread_and_ends_with_its_sources(scene: Scene) -> None:
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.DONE

    assert len(scene.slack.seen) == 1
    assert ANSWER in scene.slack.said(to="D1")[0]
    assert IN_SOURCES in scene.slack.said(to="D1")[0]
    assert scene.slack.status == ["processing", "active"]


def test_session_is_named_after_the_question_in_at_most_200_characters(scene: Scene) -> None:
    scene.inbox.put(a_question(f"{QUESTION} {'Please tell me. ' * 30}"))

    scene.works()

    named = next(said for method, said in scene.slack.calls if method == "agents.sessions.setStatus")
    assert named["title"].startswith(QUESTION)
    assert len(named["title"]) <= 200


def test_stream_in_a_channel_names_whom_it_is_for(scene: Scene) -> None:
    scene.inbox.put(a_question(**A_MENTION))

    scene.works()

    started = next(said for method, said in scene.slack.calls if method == "chat.startStream")
    assert (started["recipient_team_id"], started["recipient_user_id"]) == ("T1", "UADA")


def test_private_answer_is_shown_to_its_asker_alone(scene: Scene) -> None:
    scene.inbox.put(a_question(**FOR_ONE))

    scene.works()

    assert scene.slack.said(to="UADA")
    assert not scene.slack.said(to="C1")


def test_follow_up_is_understood_from_what_was_said_in_its_thread(scene: Scene) -> None:
    told: list[Any] = []

    class Listening(Assistant):
        def ask(self, question: str, **more: Any) -> Answer:
            told.append([turn.content for turn in more["history"]])
            return super().ask(question, **more)

    scene.assistant = Listening(FakeKnowledgeBase(FakeKnowledge(a_catalogue())))
    scene.inbox.put(a_question())
    scene.inbox.put(a_question("And if they do not?", id="2", asked_ts="1700000001.000100"))
    scene.inbox.put(a_question("Who can suspend a pupil?", id="3", lane="another"))

    for _ in range(3):
        scene.works()

    in_thread = [history for history in told if history]
    assert len(in_thread) == 1
    assert in_thread[0][0] == QUESTION
    assert ANSWER in in_thread[0][1]


def test_same_question_for_another_reader_hears_only_what_was_said_before_it(scene: Scene) -> None:
    scene.inbox.put(a_question())
    first = scene.works()
    scene.inbox.put(a_question("And then?", id="2", asked_ts="1700000001.000100"))
    scene.works()
    scene.inbox.put(a_question(id="3", asked_ts="1700000002.000100", again_of=first.id, audience=Audience.PARENT))

    again = scene.works()

    assert again.turns_before == 0
    assert again.conversation_id == first.conversation_id
    assert len(scene.conversations.conversations[str(first.conversation_id)].turns) == 2, "it adds nothing to it"


def test_kind_of_school_that_was_chosen_below_an_answer_is_known_to_the_next_follow_up(scene: Scene) -> None:
    scene.inbox.put(a_question())
    first = scene.works()
    scene.inbox.put(a_question(id="2", asked_ts="1700000001.000100", again_of=first.id, also=("academy",)))
    scene.works()

    kept = scene.conversations.conversations[str(first.conversation_id)].turns
    assert [turn.asked for turn in kept] == [QUESTION, f"{QUESTION} (Kind of school: Academy)"]


def test_what_one_person_chose_alone_is_not_history_for_the_thread(scene: Scene) -> None:
    scene.inbox.put(a_question(**A_MENTION))
    first = scene.works()
    alone = {**A_MENTION, "public": False, "lane": f"{first.lane}:UBEN"}
    scene.inbox.put(a_question(id="2", asked_ts="1700000001.000100", again_of=first.id, also=("academy",), **alone))

    again = scene.works()

    assert again.conversation_id != first.conversation_id
    assert len(scene.conversations.conversations[str(first.conversation_id)].turns) == 1


def test_question_is_remembered_for_its_asker_but_a_checked_message_of_others_is_not(scene: Scene) -> None:
    scene.inbox.put(a_question())
    scene.inbox.put(a_question(id="2", lane="2", kind=JobKind.SHORTCUT, thread_ts=None, channel="C1"))

    scene.works()
    scene.works()

    assert [question.id for question in scene.people.remembered] == [a_question().id]


def test_question_deleted_while_it_is_kept_is_not_remembered_after_all(scene: Scene) -> None:
    class Deleting(FakePeople):
        def remember(self, _: Person, question: RecentQuestion) -> None:
            scene.inbox.forget(team="T1", user="UADA")
            super().remember(_, question)

    scene.people = Deleting()
    scene.inbox.put(a_question())

    scene.works()

    assert scene.people.remembered == []


def test_choices_of_a_person_shape_their_private_answers_and_none_that_others_see(scene: Scene) -> None:
    told: list[Any] = []

    class Listening(Assistant):
        def ask(self, question: str, **more: Any) -> Answer:
            told.append(more["corrections"].also)
            return super().ask(question, **more)

    scene.assistant = Listening(FakeKnowledgeBase(FakeKnowledge(a_catalogue())))
    scene.people.chosen = Preferences(setting=frozenset({"in-care"}))
    scene.inbox.put(a_question(**A_MENTION))
    scene.inbox.put(a_question(id="2", lane="2", asked_ts="1700000001.000100", **FOR_ONE))

    scene.works()
    scene.works()

    assert told == [frozenset(), frozenset({"in-care"})]


def test_answer_is_given_where_nothing_can_be_kept_of_it(scene: Scene) -> None:
    scene.conversations.broken = True
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.DONE
    assert len(scene.answers()) == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (a_question(), messages.REPLY_HERE),
        (a_question(**A_MENTION), messages.REPLY_AND_MENTION),
        (a_question(**FOR_ONE), messages.REPLY_PRIVATELY),
        (a_question(kind=JobKind.COMMAND, channel="C1", thread_ts=None), messages.REPLY_PRIVATELY),
    ],
    ids=["direct", "in public", "mention for one", "command"],
)
def test_question_back_says_where_a_reply_is_heard(scene: Scene, asked: Job, told: str) -> None:
    class AskingBack(Assistant):
        def ask(self, question: str, **_: Any) -> Answer:
            return replace(the_answer(question), question_back="When did the letter come?")

    scene.assistant = AskingBack(FakeKnowledgeBase(None))
    scene.inbox.put(asked)

    scene.works()

    shown = scene.slack.said()[0].replace("\u2060", "")
    assert told[:40] in shown
    assert sum(each[:40] in shown for each in REPLIES) == 1


@pytest.mark.parametrize("channel", [None, "CADVICE"])
def test_human_is_offered_in_direct_messages_only_where_there_is_one(scene: Scene, channel: str | None) -> None:
    scene.defaults = Defaults(advice_channel=channel)
    scene.inbox.put(a_question())
    scene.inbox.put(a_question(id="2", lane="2", asked_ts="1700000001.000100", **A_MENTION))

    scene.works()
    scene.works()

    assert (messages.NEED_A_HUMAN in scene.slack.said(to="D1")[0]) is (channel is not None)
    assert messages.NEED_A_HUMAN in scene.slack.said(to="C1")[0], "somebody can choose a channel there"


# What cannot be answered --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (a_question("", kind=JobKind.MENTION, channel="C1", public=True), messages.EMPTY_MENTION),
        (a_question("", has_files=True), messages.FILES_ONLY),
        (a_question("   "), "There is no question to answer."),
        (a_question("", kind=JobKind.SHORTCUT, channel="C1", thread_ts=None), messages.EMPTY_MESSAGE),
        (a_question("why " * 2500), "the limit is 4,000"),
        (a_question("Czy szkoła może wykluczyć moje dziecko?"), str(NotEnglish())[:40]),
    ],
    ids=["empty mention", "files only", "spaces", "empty message", "10,000 characters", "Polish"],
)
def test_what_cannot_be_answered_is_said_in_plain_words(scene: Scene, asked: Job, told: str) -> None:
    scene.inbox.put(asked)

    assert scene.works().state is JobState.DONE

    assert len(scene.slack.seen) == 1
    assert told[:40] in scene.slack.said()[0].replace("\u2060", "")


def test_missing_index_is_said_without_naming_folders_of_the_server(scene: Scene) -> None:
    scene.assistant = Assistant(FakeKnowledgeBase(None))
    scene.inbox.put(a_question())

    scene.works()

    assert messages.NOT_READY[:30] in scene.slack.said()[0]
    assert "shelf" not in scene.slack.said()[0]


def test_fault_of_ours_is_said_with_a_reference_and_logged_without_a_word_of_the_question(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Assistant):
        def ask(self, question: str, **_: Any) -> Answer:
            raise RuntimeError(question)

    scene.assistant = Broken(FakeKnowledgeBase(None))
    scene.inbox.put(a_question("My son Thomas was sent home."))

    assert scene.works().state is JobState.DONE

    assert "Reference" in scene.slack.said()[0]
    assert "RuntimeError" in caplog.text
    assert "Thomas" not in caplog.text


def test_person_outside_the_groups_of_a_channel_is_told_so_alone(scene: Scene) -> None:
    scene.people.settings = ChannelSettings(allowed_user_groups=("S1", "S2"))
    scene.slack.groups = {"S1": ["UBEN"], "S2": []}
    scene.inbox.put(a_question(**FOR_ONE))
    scene.inbox.put(a_question(id="2", lane="2", user="UBEN", **FOR_ONE))

    scene.works()
    scene.works()

    assert messages.NOT_ALLOWED[:30] in scene.slack.said(to="UADA")[0]
    assert ANSWER in scene.slack.said(to="UBEN")[0]
