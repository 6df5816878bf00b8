"""What somebody pressed is done once, whatever Slack says and whenever the process dies; or they are told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from assistant.model import Answer, Citation, Statement
from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.inbox import Job, JobKind, JobState
from bots.slack.keeping.people import Defaults, Preferences
from bots.slack.showing import blocks, messages
from bots.slack.working.work import MOST_ATTEMPTS, Task
from tests.fakes import FakeKnowledgeBase
from tests.slack_scene import ANSWER, LEASE, NOW, QUESTION, Dying, Killed, Remembering, Scene, a_question

ASKED = a_question(kind=JobKind.COMMAND, channel="C1", thread_ts=None)
HANDOVER = f"{ASKED.id}:human:UADA"


def an_errand(kind: JobKind, **changes: object) -> Job:
    """Something that Ada pressed under the answer that she alone sees."""
    plain = replace(
        ASKED,
        id=f"{ASKED.id}:{kind}",
        lane=HANDOVER,
        kind=kind,
        text="",
        again_of=ASKED.id,
        asked_ts="1700000009.000100",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the changes are those of a job


NEWS = {"user": "UBEN", "channel": "CADVICE", "also": ("claimed",)}


def answered(engine: sa.Engine) -> Scene:
    """Ada has an answer, and a request of hers waits in the advice channel."""
    scene = Scene(engine)
    scene.assistant = Remembering(FakeKnowledgeBase(None))
    scene.defaults = Defaults(advice_channel="CADVICE")
    scene.inbox.forget_team("T1")
    scene.inbox.put(ASKED)
    scene.works()
    return scene


def with_a_request(scene: Scene) -> Scene:
    shown = scene.slack.chat_postMessage(channel="CADVICE", text="a request")
    scene.handovers.open(
        Handover(
            id=HANDOVER,
            job_id=ASKED.id,
            team="T1",
            asked_by="UADA",
            advice_channel="CADVICE",
            question=QUESTION,
            answer="",
            at=NOW,
        )
    )
    scene.handovers.posted(HANDOVER, ts=str(shown["ts"]))
    scene.handovers.claim(HANDOVER, by="UBEN")
    return scene


def times(scene: Scene, words: str, *, to: str) -> int:
    """How many messages to somebody say this."""
    return sum(words[:30] in said.replace("\u2060", "") for said in scene.slack.said(to=to))


def lives_on(scene: Scene, errand: Job) -> Scene:
    """Others take it up, where there is something left to do."""
    scene.now += LEASE + timedelta(seconds=1)
    left = scene.inbox.find(errand.id)
    if left is not None and not left.state.is_over:
        run(scene, "alive")
    return scene


def run(scene: Scene, worker: str) -> JobState | None:
    job = scene.inbox.take(worker, now=scene.now, lease=LEASE)
    assert job is not None, "there is nothing to do"
    state = Task(scene.door(), job, worker=worker).run()
    if state is not None:
        scene.inbox.finish(job.id, worker, state)
    return state


def dies(scene: Scene, errand: Job, *, at: int, done: bool) -> bool:
    """Whether the process came to that step of the errand, and died there."""
    scene.inbox.put(errand)
    job = scene.inbox.take("dead", now=scene.now, lease=LEASE)
    assert job is not None
    dying = Dying(at=at, done=done)
    scene.slack.before, scene.slack.after = dying.before, dying.after
    door = replace(scene.door(), inbox=dying.around(scene.inbox), handovers=dying.around(scene.handovers))
    try:
        state = Task(door, job, worker="dead").run()
        if state is not None:
            door.inbox.finish(job.id, "dead", state)
    except Killed:
        return True
    finally:
        scene.slack.before = scene.slack.after = lambda _: None
    return False


def shared(scene: Scene, told: str) -> None:
    shown = times(scene, ANSWER, to="C1")
    assert shown <= 1, told
    assert times(scene, messages.SHARED, to="UADA") or times(scene, messages.SHARED_IN_PART, to="UADA"), told
    assert shown or times(scene, messages.SHARED_IN_PART, to="UADA"), told


def passed_on(scene: Scene, told: str) -> None:
    shown = times(scene, messages.HANDOVER_TITLE, to="CADVICE")
    assert shown <= 1, told
    assert times(scene, messages.HUMAN_ASKED, to="UADA") or times(scene, messages.HUMAN_IN_DOUBT, to="UADA"), told
    assert shown or times(scene, messages.HUMAN_IN_DOUBT, to="UADA"), told


def told_the_news(scene: Scene, told: str) -> None:
    assert 1 <= times(scene, messages.HUMAN_CLAIMED, to="UADA") <= 2, told
    assert times(scene, "Taken by <@UBEN>", to="CADVICE") == 1, told


def forgotten(scene: Scene, told: str) -> None:
    assert scene.people.chosen == Preferences(), told
    assert scene.conversations.conversations == {}, told
    assert 1 <= times(scene, messages.DATA_DELETED, to="UADA") <= 2, told
    assert scene.inbox.find(f"{ASKED.id}:forget") is None, "nothing of the person stays, not even that they asked"


@pytest.mark.parametrize(
    ("errand", "came_of_it", "steps"),
    [
        (an_errand(JobKind.SHARE), shared, 6),
        (an_errand(JobKind.HUMAN), passed_on, 8),
        (an_errand(JobKind.HUMAN_NEWS, **NEWS), told_the_news, 4),
        (an_errand(JobKind.FORGET, again_of=None), forgotten, 4),
    ],
    ids=["share", "need a human", "claim", "delete my data"],
)
def test_death_at_any_step_neither_doubles_what_was_pressed_nor_loses_it_without_a_word(
    engine: sa.Engine, errand: Job, came_of_it: Callable[[Scene, str], None], steps: int
) -> None:
    for done in (False, True):
        at, died = 0, True
        while died:
            at += 1
            scene = answered(engine)
            if errand.kind is JobKind.HUMAN_NEWS:
                scene = with_a_request(scene)
            scene.people.chosen = Preferences(council="Leeds")
            died = dies(scene, errand, at=at, done=done)
            calls = [method for method, _ in scene.slack.calls]
            came_of_it(lives_on(scene, errand), f"died {'after' if done else 'before'} step {at}: {calls}")
        assert at > steps, "there were steps to die at"


def test_rest_of_a_long_answer_is_in_the_thread_of_the_request_for_a_human(engine: sa.Engine) -> None:
    scene = answered(engine)

    class Wordy(Remembering):
        def ask(self, question: str, **more: object) -> Answer:
            found = super().ask(question, **more)
            many: tuple[Statement, ...] = tuple(
                replace(found.statements[0], text=f"Thing {n}. " * 60) for n in range(60)
            )
            sources: tuple[Citation, ...] = found.citations
            return replace(found, statements=many, citations=sources)

    scene.assistant = Wordy(FakeKnowledgeBase(None))
    scene.inbox.put(replace(ASKED, id="long", lane="long"))
    run(scene, "w1")
    scene.inbox.put(an_errand(JobKind.HUMAN, again_of="long"))

    assert run(scene, "w1") is JobState.DONE

    posted = [said for method, said in scene.slack.calls if said.get("channel") == "CADVICE"]
    assert len(posted) > 1
    card = next(ts for ts, shown in scene.slack.seen.items() if shown["to"] == "CADVICE")
    assert [said.get("thread_ts") for said in posted] == [None, *[card] * (len(posted) - 1)]
    assert all(any(f"Thing {n}. " in str(said["blocks"]) for said in posted) for n in range(60))


def test_what_slack_is_too_busy_for_is_done_a_little_later(engine: sa.Engine) -> None:
    scene = answered(engine)
    scene.slack.refuse("chat.postMessage", "ratelimited", status=429, times=2)
    scene.inbox.put(an_errand(JobKind.SHARE))

    assert run(scene, "w1") is None
    scene.now += timedelta(minutes=3)
    assert run(scene, "w1") is None
    scene.now += timedelta(minutes=3)
    assert run(scene, "w1") is JobState.DONE

    assert times(scene, ANSWER, to="C1") == times(scene, messages.SHARED, to="UADA") == 1


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (JobKind.SHARE, messages.NOT_SHARED),
        (JobKind.HUMAN, messages.HUMAN_FAILED),
        (JobKind.FORGET, messages.DATA_NOT_DELETED),
    ],
)
def test_what_comes_to_no_end_is_said_and_can_be_pressed_again(engine: sa.Engine, kind: JobKind, told: str) -> None:
    scene = answered(engine)
    scene.inbox.put(an_errand(kind))
    for n in range(MOST_ATTEMPTS):
        scene.inbox.take(f"dead {n}", now=scene.now, lease=LEASE)
        scene.now += LEASE + timedelta(seconds=1)

    run(scene, "alive")

    assert times(scene, told, to="UADA") == 1
    assert scene.inbox.put(an_errand(kind))


def test_answer_deleted_meanwhile_is_neither_shared_nor_passed_on(engine: sa.Engine) -> None:
    scene = answered(engine)
    for kind in (JobKind.SHARE, JobKind.HUMAN):
        scene.inbox.put(an_errand(kind, lane=kind.value))

    scene.inbox.forget(team="T1", user="UADA")

    assert scene.inbox.take("w1", now=scene.now, lease=LEASE) is None
    assert times(scene, ANSWER, to="C1") == times(scene, messages.HANDOVER_TITLE, to="CADVICE") == 0


def test_request_that_was_settled_shows_so_whoever_is_told_first(engine: sa.Engine) -> None:
    scene = with_a_request(answered(engine))
    scene.handovers.settle(HANDOVER, by="UBEN")
    for state in (HandoverState.CLAIMED, HandoverState.DONE):
        scene.inbox.put(an_errand(JobKind.HUMAN_NEWS, **{**NEWS, "id": state.value, "also": (state.value,)}))

    run(scene, "w1")
    run(scene, "w1")

    told = [said for said in scene.slack.said(to="UADA") if "adviser" in said.lower()]
    assert [messages.HUMAN_CLAIMED[:30] in told[-2], messages.HUMAN_DONE[:30] in told[-1]] == [True, True]
    assert times(scene, "Done by <@UBEN>", to="CADVICE") == 1


def test_part_of_a_shared_answer_that_slack_refuses_is_said(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "share_messages", lambda *_, **__: [blocks.notice("one"), blocks.notice("two")])
    scene = answered(engine)
    posted = [0]

    def before(method: str) -> None:
        posted[0] += method == "chat.postMessage"
        if method == "chat.postMessage" and posted[0] == 2:
            scene.slack.refuse("chat.postMessage", "msg_too_long", times=1)
            scene.slack.before(method)

    scene.slack.before = before
    scene.inbox.put(an_errand(JobKind.SHARE))

    assert run(scene, "w1") is JobState.FAILED
    assert times(scene, messages.SHARED_IN_PART, to="UADA") == 1
