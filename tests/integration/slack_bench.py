"""The real Slack app with real stores, against the stand-in for Slack; only what the assistant knows is made up."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import sqlalchemy as sa
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from assistant.adapters.database import DatabaseStore
from assistant.adapters.engines import erase_traces, open_file, open_server, upgrade
from assistant.adapters.ical import write_ical
from assistant.asked_dates import Clockwork
from assistant.desk import DeadlineDesk
from assistant.model import Answer
from assistant.offer_desk import OfferDesk
from assistant.ports import Knowledge
from assistant.service import Assistant
from assistant.time_rules import TimeLimits
from bots.slack.app import create_slack_app
from bots.slack.door import Clients, Door
from bots.slack.keeping.handover_store import SqlHandovers
from bots.slack.keeping.inbox_store import SqlInbox
from bots.slack.keeping.people import Defaults
from bots.slack.keeping.people_store import PeopleStore
from bots.slack.working.slack_errors import patient
from bots.slack.working.work import Workers
from corpus.time_limits import read_time_limits
from tests.fakes import FakeCalendars, FakeDateReader, FakeKnowledge, FakeKnowledgeBase, FakeMasker, a_catalogue
from tests.integration.databases import KEEP, in_file, on_server
from tests.slackish.doors import Delivery, _as_body
from tests.slackish.payloads import Outgoing
from tests.slackish.person import Person
from tests.slackish.server import BOT_USER, SlackishServer, eventually
from tests.slackish.signing import signed_headers
from tests.slackish.workspace import Message

TODAY = date(2026, 11, 21)
GOVERNORS = "When must the governors meet after a permanent exclusion?"
MEET = "must meet within 15 school days"
WHO = "Who can suspend a pupil from school?"
HEADTEACHER = "Only the headteacher can suspend"
ADVICE = Defaults(advice_channel="CADVICE")


class SlowAssistant(Assistant):
    """Answers as the real one does, after a while; keeps what it was asked."""

    def __init__(self, knowledge: Knowledge | None, *, clockwork: Clockwork | None = None) -> None:
        super().__init__(FakeKnowledgeBase(knowledge), clockwork=clockwork)
        self.seconds = 0.0
        self._hurries = Event()
        self.asked: list[str] = []
        self.told: list[dict[str, Any]] = []
        self.raises: Exception | None = None

    def hurry(self) -> None:
        """Answer at once from now on, also what is being thought about."""
        self._hurries.set()

    def ask(self, question: str, **more: Any) -> Answer:
        self.asked.append(question)
        self.told.append(more)
        self._hurries.wait(self.seconds)
        if self.raises is not None:
            raise self.raises
        return super().ask(question, **more)


@dataclass
class InProcess:
    """A door that hands what Slack sends straight to Bolt, signed like a real post."""

    app: App
    secret: str

    def send(self, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Delivery:
        body, kind = _as_body(outgoing)
        headers = {"Content-Type": kind, **signed_headers(body, secret=self.secret)}
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        began = time.monotonic()
        response = self.app.dispatch(BoltRequest(body=body.decode(), headers=headers))
        return Delivery(
            acknowledged=response.status == 200,
            took=time.monotonic() - began,
            status=response.status,
            body=response.body,
        )


@dataclass
class Bench:
    """Everything of one running app."""

    slack: SlackishServer
    app: App
    door: Door
    workers: Workers
    assistant: SlowAssistant
    store: DatabaseStore
    place: str
    started: list[Workers] = field(default_factory=list)

    def person(self, user: str) -> Person:
        return self.slack.person(user, InProcess(self.app, self.slack.signing_secret))


def clients_of(slack: SlackishServer) -> Clients:
    def client(team: str, enterprise: str | None) -> WebClient:
        return patient(WebClient(token=slack.bot_token, base_url=slack.url))

    return client


@cache
def time_limits() -> TimeLimits:
    """The shipped ones, read once for all tests."""
    return read_time_limits()


@cache
def an_empty_database() -> bytes:
    """A SQLite file that is up to date: a copy is quicker than all steps of it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.sqlite3"
        engine = open_file(file)
        upgrade(engine)
        engine.dispose()
        return file.read_bytes()


def engine_of(place: str) -> sa.Engine:
    if not place.startswith("postgresql:") and not Path(place).exists():
        Path(place).write_bytes(an_empty_database())
    engine = open_server(place) if place.startswith("postgresql:") else open_file(Path(place))
    upgrade(engine)
    return engine


def stores_at(place: str) -> tuple[sa.Engine, SqlInbox, SqlHandovers, PeopleStore, DatabaseStore]:
    engine = engine_of(place)
    erase: Callable[[], object] = lambda: erase_traces(engine)  # noqa: E731 - shorter than a function of its own
    people = PeopleStore(engine, masker=FakeMasker(), keep=KEEP, erase_traces=erase, where=place)
    store = on_server(place) if place.startswith("postgresql:") else in_file(Path(place))
    inbox = SqlInbox(engine, erase_traces=erase, where=place)
    return engine, inbox, SqlHandovers(engine, where=place), people, store


@contextmanager
def an_app(
    slack: SlackishServer,
    place: str,
    *,
    knowledge: Knowledge | None = None,
    defaults: Defaults | None = None,
    offers: OfferDesk | None = None,
    threads: int = 4,
    lease: timedelta = timedelta(seconds=20),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    working: bool = True,
    kept_hours: int = 24,
) -> Iterator[Bench]:
    """The app, and its workers at work."""
    engine, inbox, handovers, people, store = stores_at(place)
    calendars = FakeCalendars()
    clockwork = Clockwork(calendars=calendars, reader=FakeDateReader())
    assistant = SlowAssistant(knowledge or FakeKnowledge(a_catalogue()), clockwork=clockwork)
    desk = DeadlineDesk(time_limits(), calendars=calendars, reader=FakeDateReader(), diary_file=_diary)
    found: list[Workers] = []
    door = Door(
        assistant=assistant,
        desk=desk,
        inbox=inbox,
        people=people,
        handovers=handovers,
        conversations=store,
        masker=FakeMasker(),
        clients=clients_of(slack),
        today=lambda: TODAY,
        now=now,
        offers=offers,
        defaults=defaults or Defaults(),
        kept_hours=kept_hours,
        wake=lambda: [each.wake() for each in found] and None,
    )
    workers = Workers(door, threads=threads, lease=lease, look_every=timedelta(seconds=0.2))
    found.append(workers)
    app = create_slack_app(
        door,
        signing_secret=slack.signing_secret,
        client=patient(WebClient(token=slack.bot_token, base_url=slack.url)),
        authorize=_authorize(slack),
    )
    if working:
        workers.start()
    try:
        yield Bench(slack=slack, app=app, door=door, workers=workers, assistant=assistant, store=store, place=place)
    finally:
        assistant.hurry()
        workers.stop()
        app.listener_runner.listener_executor.shutdown(wait=True)
        store.close()
        engine.dispose()


def _authorize(slack: SlackishServer) -> Callable[..., AuthorizeResult]:
    def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=slack.bot_token,
            bot_user_id=BOT_USER,
            bot_id="B0APNAV",
        )

    return authorize


def _diary(entries: Sequence[Any], *, stamp: datetime, today: date, title: str, remind: Sequence[int]) -> bytes:
    return write_ical(entries, stamp=stamp, today=today, title=title, remind=remind)


# What people see ----------------------------------------------------------------------------------------------------


def privately(slack: SlackishServer, user: str, words: str) -> Message:
    """What this person alone sees, in the channel or in direct messages, as soon as it says these words."""
    found = eventually(lambda: [m for m in own(slack, user) if words in m.shown], within=10)
    assert found, [m.shown for m in own(slack, user)]
    return found[-1]


def own(slack: SlackishServer, user: str) -> list[Message]:
    """What the app told this person alone, in channels or in direct messages."""
    return [*slack.ephemerals(user), *slack.answers(slack.dm(user))]


def answer_in(slack: SlackishServer, channel: str, thread: str, *, words: str, count: int = 1) -> Message:
    """The answer in a thread, as soon as that many of it say these words."""
    found = eventually(
        lambda: found if len(found := _saying(slack, channel, thread, words)) >= count else [], within=10
    )
    assert len(found) == count, [m.shown for m in slack.messages(channel, thread=thread)]
    return found[-1]


def _saying(slack: SlackishServer, channel: str, thread: str, words: str) -> list[Message]:
    return [m for m in slack.answers(channel, thread=thread) if words in m.shown]


def is_idle(bench: Bench) -> bool:
    """Whether nothing is left to be answered or done."""
    with bench.door.inbox._database.reading() as connection:  # type: ignore[attr-defined]
        unfinished = connection.exec_driver_sql(
            "SELECT count(*) FROM slack_jobs WHERE state IN ('waiting', 'taken', 'delivering')"
        ).scalar_one()
    return int(unfinished) == 0
