"""Whenever the process dies or somebody presses Stop, a question is answered once, or its asker is told."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from slack_sdk.errors import SlackApiError

from assistant.conversations import StoreUnavailable
from assistant.model import Answer
from assistant.service import Assistant
from bots.slack.keeping.inbox import Job, JobState
from bots.slack.showing import blocks, messages
from bots.slack.working.work import Task
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
    LEASE,
    Dying,
    Killed,
    Remembering,
    Scene,
    a_question,
)

# Stopping -----------------------------------------------------------------------------------------------------------


def test_stop_is_honoured_by_whoever_takes_over_from_a_dead_process(scene: Scene) -> None:
    def after(method: str) -> None:
        if method == "chat.startStream":
            raise Killed

    scene.slack.after = after
    scene.inbox.put(a_question())
    with pytest.raises(Killed):
        scene.works("dead")
    scene.slack.after = lambda _: None
    scene.inbox.stop(a_question().lane, user="UADA")
    scene.now += LEASE + timedelta(seconds=1)

    assert scene.works("alive").state is JobState.STOPPED
    assert scene.slack.status[-1] == "closed"
    assert sum(messages.STOPPED[:8] in said for said in scene.slack.said()) == 1


def test_stop_leaves_what_others_asked_in_the_thread_and_tells_for_each_question_of_ones_own(scene: Scene) -> None:
    asked = [a_question(id=str(n), asked_ts=f"170000000{n}.000100", **A_MENTION) for n in range(3)]
    for each in (asked[0], asked[1], replace(asked[2], user="UBEN")):
        scene.inbox.put(each)

    scene.inbox.stop(asked[0].lane, user="UADA")

    assert [scene.works().state for _ in asked] == [JobState.STOPPED, JobState.STOPPED, JobState.DONE]
    assert sum(messages.STOPPED[:8] in said for said in scene.slack.said()) == 2
    assert len(scene.answers()) == 1


def test_stop_while_the_answer_is_looked_for_ends_with_a_word(scene: Scene) -> None:
    class Slow(Assistant):
        def ask(self, question: str, **more: Any) -> Answer:
            scene.inbox.stop(a_question().lane, user="UADA")
            return super().ask(question, **more)

    scene.assistant = Slow(FakeKnowledgeBase(FakeKnowledge(a_catalogue())))
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.STOPPED

    assert scene.answers() == []
    assert messages.STOPPED[:8] in scene.slack.said()[0]
    assert scene.slack.status == ["processing", "closed"]


@pytest.mark.parametrize("by_slack", [False, True], ids=["told in time", "Slack ended the stream first"])
def test_stop_in_the_middle_of_a_stream_ends_it_there_with_a_word(scene: Scene, *, by_slack: bool) -> None:
    def after(method: str) -> None:
        if method == "chat.startStream":
            scene.inbox.stop(a_question().lane, user="UADA")
            for message in scene.slack.seen.values():
                message["streaming"] = not by_slack

    scene.slack.after = after
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.STOPPED

    assert not any(IN_SOURCES in said for said in scene.slack.said())
    assert sum(messages.STOPPED[:8] in said for said in scene.slack.said()) == 1
    assert scene.slack.status[-1] == "closed"


# Dying --------------------------------------------------------------------------------------------------------------


def _dies_and_recovers(engine: sa.Engine, asked: Job, *, at: int, done: bool, busy: bool) -> tuple[Scene, bool]:
    """What is seen after the process died at a step and another took over; and whether it came to that step."""
    scene = Scene(engine)
    scene.assistant = Remembering(FakeKnowledgeBase(None))
    scene.inbox.forget_team("T1")
    scene.inbox.put(asked)
    if busy:
        scene.slack.refuse("chat.startStream", "ratelimited", status=429)
    refusing, dying = scene.slack.before, Dying(at=at, done=done)

    def before(method: str) -> None:
        dying.before()
        refusing(method)

    scene.slack.before, scene.slack.after = before, dying.after
    job = scene.inbox.take("dead", now=scene.now, lease=LEASE)
    assert job is not None
    door = replace(scene.door(), inbox=dying.around(scene.inbox))
    died = False
    try:
        state = Task(door, job, worker="dead").run()
        door.inbox.finish(job.id, "dead", state or JobState.FAILED)
    except Killed:
        died = True
    scene.slack.before, scene.slack.after = refusing, lambda _: None
    scene.now += LEASE + timedelta(seconds=1)
    found = scene.inbox.find(asked.id)
    assert found is not None
    if not found.state.is_over:
        scene.works("alive")
    return scene, died


@pytest.mark.parametrize("busy", [False, True], ids=["streamed", "in one message"])
@pytest.mark.parametrize(
    "asked", [a_question(), a_question(**A_MENTION), a_question(**FOR_ONE)], ids=["direct", "mention", "for one"]
)
def test_death_at_any_step_neither_doubles_an_answer_nor_loses_it_without_a_word(
    engine: sa.Engine, asked: Job, *, busy: bool
) -> None:
    for done in (False, True):
        at, died = 0, True
        while died:
            at += 1
            scene, died = _dies_and_recovers(engine, asked, at=at, done=done, busy=busy)
            told = f"died {'after' if done else 'before'} step {at}: {[m for m, _ in scene.slack.calls]}"
            whole = [said for said in scene.answers() if IN_SOURCES in said]
            interrupted = [said for said in scene.slack.said() if messages.INTERRUPTED[:20] in said]
            assert len(scene.answers()) <= 1, told
            assert whole or interrupted, told
            assert not any(message["streaming"] for message in scene.slack.seen.values()) or interrupted, told
        assert at > 6, "there were steps to die at"


def breaks_off_at_the_second(scene: Scene, post: str) -> None:
    """Slack is away at the second message of this kind; minutes later another worker goes on."""
    posted = [0]

    def before(method: str) -> None:
        posted[0] += method == post
        if method == post and posted[0] == 2:
            raise SlackApiError("no", scene.slack._response(method, {"ok": False, "error": "x"}, status=503))

    scene.slack.before = before
    assert scene.works().state is JobState.DELIVERING
    scene.now += timedelta(minutes=3)
    assert scene.works("w2").state is JobState.DONE


def test_answer_in_several_messages_goes_on_after_the_last_that_was_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [blocks.Message(text=f"{ANSWER} part {n}", blocks=[]) for n in (1, 2, 3)]
    monkeypatch.setattr(blocks, "answer_messages", lambda *_, **__: parts)
    scene.inbox.put(a_question(**FOR_ONE))
    scene.slack.refuse("chat.postMessage", "internal_error", status=500)
    breaks_off_at_the_second(scene, "chat.postEphemeral")

    assert [said.split(" []")[0] for said in scene.slack.said(to="UADA")] == [part.text for part in parts]


def test_streamed_answer_goes_on_after_the_last_message_that_was_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [blocks.Message(text=f"{ANSWER} part {n}", blocks=[]) for n in (1, 2, 3)]
    monkeypatch.setattr(blocks, "closing_messages", lambda *_, **__: parts)
    scene.inbox.put(a_question())
    breaks_off_at_the_second(scene, "chat.postMessage")

    said = [said.split(" []")[0] for said in scene.slack.said()]
    assert [text for text in said if " part " in text and "part 1" not in text] == [parts[1].text, parts[2].text]


def test_store_that_fails_in_the_middle_leaves_the_question_to_be_taken_up_later(scene: Scene) -> None:
    scene.inbox.put(a_question())
    job = scene.inbox.take("w1", now=scene.now, lease=LEASE)
    assert job is not None

    class Full:
        def __getattr__(self, name: str) -> Any:
            raise StoreUnavailable("the test's drawer", why="it is full")

    with pytest.raises(StoreUnavailable):
        Task(replace(scene.door(), inbox=cast(Any, Full())), job, worker="w1").run()

    scene.now += LEASE + timedelta(seconds=1)
    assert scene.works("w2").state is JobState.DONE
    assert len(scene.answers()) == 1


def test_law_of_a_day_is_asked_for_as_it_was_chosen(scene: Scene) -> None:
    scene.inbox.put(a_question(as_at=date(2024, 1, 8)))

    scene.works()

    assert "8 January 2024" in scene.slack.said()[0]
