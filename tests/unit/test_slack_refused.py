"""Whatever Slack refuses, a question is answered once or its asker is told."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from assistant.conversations import StoreUnavailable
from bots.slack.door import NotInstalled
from bots.slack.keeping.inbox import JobState
from bots.slack.keeping.inbox_store import SqlInbox
from bots.slack.keeping.tables import JOBS
from bots.slack.listening.groups import Groups
from bots.slack.showing import messages
from bots.slack.working.slack_errors import SlackAway
from bots.slack.working.work import MOST_ATTEMPTS, Workers, pause_after
from tests.slack_scene import (
    A_MENTION,
    ANSWER,
    FOR_ONE,
    IN_SOURCES,
    LEASE,
    QUESTION,
    Scene,
    a_question,
)

# What Slack refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["ratelimited", "channel_type_not_supported", "unknown_method", "missing_recipient"])
def test_answer_goes_in_one_message_where_it_cannot_be_streamed(scene: Scene, code: str) -> None:
    scene.slack.refuse("chat.startStream", code, status=429 if code == "ratelimited" else 200)
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.DONE

    assert len(scene.answers()) == len(scene.slack.seen) == 1
    assert scene.slack.status == ["processing", "active"]


def test_stream_that_slack_is_too_busy_for_is_finished_in_its_last_piece(scene: Scene) -> None:
    scene.slack.refuse("chat.appendStream", "ratelimited", status=429)
    scene.inbox.put(a_question(f"{QUESTION} And who can suspend a pupil? Who teaches her then?"))

    assert scene.works().state is JobState.DONE

    assert len(scene.answers()) == len(scene.slack.seen) == 1
    assert IN_SOURCES in scene.answers()[0]


def test_stream_that_breaks_off_is_finished_by_changing_its_message(scene: Scene) -> None:
    scene.slack.refuse("chat.stopStream", "internal_error", times=1)
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.DONE

    assert len(scene.answers()) == len(scene.slack.seen) == 1
    assert IN_SOURCES in scene.answers()[0]


def test_blocks_that_slack_refuses_go_as_plain_words(scene: Scene) -> None:
    scene.slack.refuse("chat.postEphemeral", "invalid_blocks", times=1)
    scene.inbox.put(a_question(**FOR_ONE))

    assert scene.works().state is JobState.DONE
    assert len(scene.answers()) == 1


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived"])
def test_channel_that_the_app_cannot_write_to_gets_nothing_and_the_asker_a_direct_message(
    scene: Scene, code: str
) -> None:
    def before(method: str) -> None:
        if scene.slack.calls[-1][1].get("channel", "").startswith("C"):
            raise SlackApiError("no", scene.slack._response(method, {"ok": False, "error": code}))

    scene.slack.before = before
    scene.inbox.put(a_question(**A_MENTION))

    assert scene.works().state is JobState.DONE
    assert len(scene.slack.said(to="UADA")) == 1
    assert ANSWER in scene.slack.said(to="UADA")[0]


@pytest.mark.parametrize("code", ["not_allowed_token_type", "token_revoked", "missing_scope", "a_brand_new_error"])
def test_token_that_slack_does_not_accept_ends_the_question_in_the_log(
    scene: Scene, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    for method in ("chat.startStream", "chat.postMessage", "agents.sessions.setStatus"):
        scene.slack.refuse(method, code)
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.FAILED
    assert code in caplog.text
    assert "xoxb" not in caplog.text


def test_slack_that_is_down_is_tried_again_and_answered_once(scene: Scene) -> None:
    for method in ("chat.startStream", "chat.postMessage"):
        scene.slack.refuse(method, "internal_error", status=500, times=1)
    scene.inbox.put(a_question())

    left = scene.works()
    assert left.state is JobState.DELIVERING
    scene.now += pause_after(left.attempts) + timedelta(seconds=1)
    assert scene.works("w2").state is JobState.DONE

    assert len(scene.answers()) == len(scene.slack.seen) == 1


def test_slack_that_stays_down_is_given_up(scene: Scene) -> None:
    for method in ("chat.startStream", "chat.postMessage"):
        scene.slack.refuse(method, "internal_error", status=500)
    scene.inbox.put(a_question())

    states = []
    for _ in range(MOST_ATTEMPTS):
        states.append(scene.works().state)
        scene.now += timedelta(minutes=3)

    assert states[-1] is JobState.FAILED
    assert scene.inbox.take("w1", now=scene.now, lease=LEASE) is None


def test_question_that_comes_to_no_end_is_given_up_however_far_it_came_and_its_asker_is_told(scene: Scene) -> None:
    scene.inbox.put(a_question(**FOR_ONE))
    taken = scene.inbox.take("w1", now=scene.now, lease=LEASE)
    assert taken is not None
    scene.inbox.delivering(replace(taken, answer="{}"), "w1")
    for _ in range(MOST_ATTEMPTS - 1):
        scene.now += timedelta(minutes=3)
        scene.inbox.take("w1", now=scene.now, lease=LEASE)
    scene.now += timedelta(minutes=3)

    assert scene.works().state is JobState.FAILED
    assert messages.FAILED[:30] in scene.slack.said(to="UADA")[0]


def test_question_is_given_up_where_nobody_can_speak_to_its_workspace(scene: Scene) -> None:
    def broken(team: str, enterprise: str | None) -> WebClient:
        raise SlackAway("internal_error", surely_not_done=False)

    scene.clients = broken
    scene.inbox.put(a_question())

    states = []
    for _ in range(MOST_ATTEMPTS):
        states.append(scene.works().state)
        scene.now += timedelta(minutes=3)

    assert states[-1] is JobState.FAILED


def test_worker_lives_on_after_a_question_that_fails_for_the_hundredth_time(tmp_path: Path) -> None:
    scene = Scene(sa.create_engine(f"sqlite:///{tmp_path / 'kept.sqlite3'}"))
    JOBS.metadata.create_all(scene.engine)
    asked = a_question()
    scene.inbox.put(asked)
    with scene.engine.begin() as connection:
        connection.execute(JOBS.update().values(attempts=100))
    scene.inbox.put(a_question(id="2", lane="2", asked_ts="1700000002.000100"))

    class Stuck(SqlInbox):
        def finish(self, job_id: str, worker: str, state: JobState) -> None:
            if job_id == asked.id:
                raise StoreUnavailable("the test's drawer", why="it is full")
            super().finish(job_id, worker, state)

    door = replace(scene.door(), inbox=Stuck(scene.engine, erase_traces=lambda: None, where="memory"))
    workers = Workers(door, threads=1, look_every=timedelta(seconds=0.05))
    workers.start()
    try:
        until = time.monotonic() + 10
        while not scene.answers() and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        workers.stop()
        scene.engine.dispose()
    assert len(scene.answers()) == 1


def test_workspace_that_removed_the_app_ends_the_question(scene: Scene) -> None:
    def none(team: str, enterprise: str | None) -> WebClient:
        raise NotInstalled

    scene.clients = none
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.FAILED


def test_asker_is_told_privately_when_slack_will_not_show_the_answer_for_a_reason_nobody_knows(scene: Scene) -> None:
    def before(method: str) -> None:
        if scene.slack.calls[-1][1].get("channel", "").startswith("C"):
            raise SlackApiError("no", scene.slack._response(method, {"ok": False, "error": "a_brand_new_error"}))

    scene.slack.before = before
    scene.inbox.put(a_question(**A_MENTION))

    assert scene.works().state is JobState.FAILED
    assert messages.FAILED[:30] in scene.slack.said(to="UADA")[0]


def test_question_that_was_deleted_ends_in_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    for method in ("chat.startStream", "chat.postMessage"):
        scene.slack.refuse(method, "cannot_reply_to_message")
    scene.inbox.put(a_question())

    assert scene.works().state is JobState.FAILED
    assert scene.slack.said() == []
    assert "cannot_reply_to_message" in caplog.text


def test_group_that_was_removed_keeps_nobody_out_who_is_in_another(scene: Scene) -> None:
    def before(method: str) -> None:
        if method == "usergroups.users.list" and len(scene.slack.calls) < 2:
            answer = {"ok": False, "error": "no_such_subteam"}
            raise SlackApiError("no", scene.slack._response(method, answer, status=200))

    scene.slack.before = before
    scene.slack.groups = {"S2": ["UADA"]}

    assert Groups().any_has(("S1", "S2"), "UADA", team="T1", client=scene.slack)


def test_groups_are_looked_up_once_a_minute(scene: Scene) -> None:
    clock = [0.0]
    groups = Groups(clock=lambda: clock[0])
    scene.slack.groups = {"S1": ["UBEN"]}

    def has(user: str) -> bool:
        return groups.any_has(("S1",), user, team="T1", client=scene.slack)

    assert [has("UBEN"), has("UADA")] == [True, False]
    scene.slack.groups = {"S1": ["UADA"]}
    assert [has("UBEN"), has("UADA")] == [True, False]
    assert len(scene.slack.calls) == 1
    clock[0] = 61
    assert [has("UBEN"), has("UADA")] == [False, True]
