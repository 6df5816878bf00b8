"""One Slack app in memory whose process may die at any step: what unit tests of its workers share."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from assistant.desk import DeadlineDesk
from assistant.model import Answer
from assistant.offer_desk import OfferDesk
from assistant.service import Assistant
from assistant.time_rules import TimeLimits
from bots.slack.door import Door
from bots.slack.keeping.handover import Handovers
from bots.slack.keeping.handover_store import SqlHandovers
from bots.slack.keeping.inbox import Job, JobKind
from bots.slack.keeping.inbox_store import SqlInbox
from bots.slack.keeping.people import ChannelSettings, Defaults, People, Person, Preferences, RecentQuestion
from bots.slack.showing import messages
from bots.slack.working.work import Task
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
        self.homes: list[str] = []
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

    def _views_publish(self, said: dict[str, Any]) -> dict[str, Any]:
        self.homes.append(said["user_id"])
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

    def recent(self, _: Person, *, now: datetime) -> list[RecentQuestion]:
        assert now
        return self.remembered

    def forget(self, _: Person) -> int:
        self.chosen, self.remembered = Preferences(), []
        return 1

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
        self.handovers: Handovers = SqlHandovers(self.engine, where="memory")
        self.people = FakePeople()
        self.conversations = FakeConversations()
        self.now = NOW
        self.defaults = Defaults()
        self.assistant = an_assistant()
        self.offers: OfferDesk | None = None
        self.clients: Callable[[str, str | None], WebClient] = lambda _team, _enterprise: self.slack

    def door(self) -> Door:
        return Door(
            assistant=self.assistant,
            desk=DeadlineDesk(
                TimeLimits(), calendars=FakeCalendars(), reader=FakeDateReader(), diary_file=cast(Any, None)
            ),
            inbox=self.inbox,
            people=cast(People, self.people),
            handovers=self.handovers,
            conversations=self.conversations,
            masker=FakeMasker(),
            clients=self.clients,
            today=lambda: TODAY,
            now=lambda: self.now,
            defaults=self.defaults,
            offers=self.offers,
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
