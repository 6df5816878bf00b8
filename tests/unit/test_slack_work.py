"""A question from Slack is answered once, whatever Slack says and whenever the process dies; or its asker is told."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from assistant.conversations import StoreUnavailable
from assistant.desk import DeadlineDesk
from assistant.errors import NotEnglish
from assistant.model import Answer, Audience
from assistant.service import Assistant
from assistant.time_rules import TimeLimits
from bots.slack.door import Door, NotInstalled
from bots.slack.keeping.handover import Handovers
from bots.slack.keeping.inbox import Job, JobKind, JobState
from bots.slack.keeping.inbox_store import SqlInbox
from bots.slack.keeping.people import ChannelSettings, Defaults, People, Person, Preferences, RecentQuestion
from bots.slack.keeping.tables import JOBS
from bots.slack.listening.groups import Groups
from bots.slack.showing import blocks, messages
from bots.slack.working.slack_errors import SlackAway
from bots.slack.working.work import MOST_ATTEMPTS, Task, Workers, pause_after
from tests.fakes import (
    TODAY,
    FakeCalendars,
    FakeConversations,
    FakeDateReader,
    FakeKnowledge,
    FakeKnowledgeBase,
    FakeMasker,
    a_catalogue,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LEASE = timedelta(seconds=20)
QUESTION = "When must the governors meet after a permanent exclusion?"
ANSWER = "The governing board must meet within 15 school days"
IN_SOURCES = "Sources"
REPLIES = (messages.REPLY_HERE, messages.REPLY_AND_MENTION, messages.REPLY_PRIVATELY)


class Killed(BaseException):
    """The process died here."""


class FakeSlack(WebClient):
    """Slack in memory: what it was told, and what people see. `before` and `after` may interfere with a call."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-made-up")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.seen: dict[str, dict[str, Any]] = {}
        self.status: list[str] = []
        self.groups: dict[str, list[str]] = {}
        self.before: Callable[[str], None] = lambda _: None
        self.after: Callable[[str], None] = lambda _: None

    def api_call(self, api_method: str, **more: Any) -> SlackResponse:  # type: ignore[override]
        said = {**(more.get("json") or {}), **(more.get("params") or {})}
        self.calls.append((api_method, said))
        self.before(api_method)
        answer = getattr(self, "_" + api_method.replace(".", "_"))(said)
        self.after(api_method)
        return self._response(api_method, {"ok": True, **answer})

    def refuse(self, method: str, code: str, *, status: int = 200, times: int = 99) -> None:
        """Let a method answer with an error, so many times."""
        left = [times]
        earlier = self.before

        def before(called: str) -> None:
            earlier(called)
            if called == method and left[0]:
                left[0] -= 1
                raise SlackApiError("no", self._response(method, {"ok": False, "error": code}, status=status))

        self.before = before

    def said(self, *, to: str | None = None) -> list[str]:
        """Everything that can be read, message by message."""
        return [
            f"{m['text']} {json.dumps(m['blocks'], ensure_ascii=False)}"
            for m in self.seen.values()
            if to is None or m["to"] == to
        ]

    def _chat_postMessage(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        return self._show(said, to=said["channel"])

    def _chat_postEphemeral(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"message_ts": self._show(said, to=said["user"])["ts"]}

    def _chat_update(self, said: dict[str, Any]) -> dict[str, Any]:
        message = self.seen[said["ts"]]
        if message["streaming"]:
            raise SlackApiError("no", self._response("", {"ok": False, "error": "streaming_state_conflict"}))
        message |= {"text": said["text"], "blocks": said["blocks"]}
        return {"ts": said["ts"]}

    def _chat_startStream(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        shown = self._show({"text": "", "blocks": []}, to=said["channel"])
        self.seen[shown["ts"]]["streaming"] = True
        return self._chat_appendStream({**said, **shown})

    def _chat_appendStream(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        message = self.seen[said["ts"]]
        if not message["streaming"]:
            raise SlackApiError("no", self._response("", {"ok": False, "error": "message_not_in_streaming_state"}))
        message["text"] += "".join(chunk["text"] for chunk in said.get("chunks") or [])
        return {"ts": said["ts"]}

    def _chat_stopStream(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._chat_appendStream(said)
        self.seen[said["ts"]] |= {"streaming": False, "blocks": said.get("blocks") or []}
        self.status.append(said.get("session_status") or "active")
        return {"ts": said["ts"]}

    def _agents_sessions_setStatus(self, said: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.status.append(said["status"])
        return {}

    def _usergroups_users_list(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"users": self.groups[said["usergroup"]]}

    def _show(self, said: dict[str, Any], *, to: str) -> dict[str, Any]:
        ts = f"18000000{len(self.seen):02}.000100"
        shown = {"to": to, "text": said.get("text") or "", "blocks": said.get("blocks") or [], "streaming": False}
        self.seen[ts] = shown
        return {"channel": to, "ts": ts}

    def _response(self, method: str, data: dict[str, Any], *, status: int = 200) -> SlackResponse:
        return SlackResponse(
            client=self, http_verb="POST", api_url=method, req_args={}, data=data, headers={}, status_code=status
        )


class FakePeople:
    """What one person and one channel chose."""

    def __init__(self) -> None:
        self.chosen = Preferences()
        self.settings = ChannelSettings()
        self.remembered: list[RecentQuestion] = []

    def preferences(self, _: Person) -> Preferences:
        return self.chosen

    def remember(self, _: Person, question: RecentQuestion) -> None:
        self.remembered.append(question)

    def forget_question(self, _: Person, question_id: str) -> None:
        self.remembered = [question for question in self.remembered if question.id != question_id]

    def channel(self, _team: str, _channel: str) -> ChannelSettings:
        return self.settings


@cache
def an_assistant() -> Assistant:
    return Assistant(FakeKnowledgeBase(FakeKnowledge(a_catalogue())))


@cache
def the_answer(question: str) -> Answer:
    return an_assistant().ask(question, today=TODAY)


class Remembering(Assistant):
    """Answers each question once and knows it by heart then, so that many deaths take little time."""

    def ask(self, question: str, **_: Any) -> Answer:
        return the_answer(question)


class Scene:
    """One app whose process may die at any step, and its Slack."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.slack = FakeSlack()
        self.inbox = SqlInbox(self.engine, erase_traces=lambda: None, where="memory")
        self.people = FakePeople()
        self.conversations = FakeConversations()
        self.now = NOW
        self.defaults = Defaults()
        self.assistant = an_assistant()
        self.clients: Callable[[str, str | None], WebClient] = lambda _team, _enterprise: self.slack

    def door(self) -> Door:
        return Door(
            assistant=self.assistant,
            desk=DeadlineDesk(
                TimeLimits(), calendars=FakeCalendars(), reader=FakeDateReader(), diary_file=cast(Any, None)
            ),
            inbox=self.inbox,
            people=cast(People, self.people),
            handovers=cast(Handovers, None),
            conversations=self.conversations,
            masker=FakeMasker(),
            clients=self.clients,
            today=lambda: TODAY,
            now=lambda: self.now,
            defaults=self.defaults,
        )

    def works(self, worker: str = "w1") -> Job:
        """A worker takes the next question and does what it does; how the question stands afterwards."""
        job = self.inbox.take(worker, now=self.now, lease=LEASE)
        assert job is not None, "there is nothing to do"
        state = Task(self.door(), job, worker=worker).run()
        if state is not None:
            self.inbox.finish(job.id, worker, state)
        found = self.inbox.find(job.id)
        assert found is not None
        return found

    def answers(self) -> list[str]:
        return [said for said in self.slack.said() if ANSWER in said]


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    JOBS.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def scene(engine: sa.Engine) -> Scene:
    return Scene(engine)


def a_question(text: str = QUESTION, **changes: Any) -> Job:
    plain = Job(
        id="T1:D1:1700000000.000100",
        lane="T1:D1:1700000000.000100",
        kind=JobKind.DIRECT,
        team="T1",
        user="UADA",
        channel="D1",
        thread_ts="1700000000.000100",
        text=text,
        received=NOW,
        asked_ts="1700000000.000100",
    )
    return replace(plain, **changes)


A_MENTION = {"kind": JobKind.MENTION, "channel": "C1", "public": True}
FOR_ONE = {"kind": JobKind.MENTION, "channel": "C1", "public": False, "thread_ts": None}


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


class Dying:
    """Passes calls on until step `at`; there the process dies, before the step is done or after."""

    def __init__(self, *, at: int, done: bool) -> None:
        self.at, self.done, self.steps = at, done, 0

    def before(self, _: str = "") -> None:
        self.steps += 1
        if self.steps == self.at and not self.done:
            raise Killed

    def after(self, _: str = "") -> None:
        if self.steps == self.at and self.done:
            raise Killed

    def around(self, real: Any) -> Any:
        dying = self

        class Around:
            def __getattr__(self, name: str) -> Any:
                def call(*given: Any, **named: Any) -> Any:
                    dying.before()
                    answer = getattr(real, name)(*given, **named)
                    dying.after()
                    return answer

                return call

        return Around()


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


def test_answer_in_several_messages_goes_on_after_the_last_that_was_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [blocks.Message(text=f"{ANSWER} part {n}", blocks=[]) for n in (1, 2, 3)]
    monkeypatch.setattr(blocks, "answer_messages", lambda *_, **__: parts)
    scene.inbox.put(a_question(**FOR_ONE))
    scene.slack.refuse("chat.postMessage", "internal_error", status=500)
    shown = [0]

    def before(method: str) -> None:
        if method == "chat.postEphemeral":
            shown[0] += 1
            if shown[0] == 2:
                raise SlackApiError("no", scene.slack._response(method, {"ok": False, "error": "x"}, status=503))

    scene.slack.before = before
    assert scene.works().state is JobState.DELIVERING
    scene.now += timedelta(minutes=3)
    assert scene.works("w2").state is JobState.DONE

    assert [said.split(" []")[0] for said in scene.slack.said(to="UADA")] == [part.text for part in parts]


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
