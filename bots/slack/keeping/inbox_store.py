"""The `Inbox` in the database of conversations: a SQLite file, or PostgreSQL that several processes share."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from assistant.conversations import StoreUnavailable
from assistant.model import Audience
from bots.slack.keeping.inbox import Job, JobGone, JobKind, JobState
from bots.slack.keeping.tables import HANDOVERS, JOBS, THREADS

_IN_HAND = (JobState.TAKEN.value, JobState.DELIVERING.value)
_TAKING = 7_266_839  # any number; the same in every process that takes jobs
_WIPED: Mapping[str, Any] = {"text": "", "answer": None, "conversation_id": None, "response_url": None, "user_id": ""}


class SqlInbox:
    """The `Inbox` in a database that is up to date. Its errors name the place as `where` has it."""

    def __init__(self, engine: sa.Engine, *, erase_traces: Callable[[], object], where: str) -> None:
        """`erase_traces` makes the bytes of deleted rows go from the disk."""
        self._database = Database(engine, where=where)
        self._erase_traces = erase_traces

    # Jobs

    def put(self, job: Job) -> bool:
        with self._database.writing() as connection:
            return _inserted(connection, _row(job))

    def drop(self, job_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(JOBS.delete().where(JOBS.c.id == job_id))

    def take(
        self, worker: str, *, now: datetime, lease: timedelta, but_not: Collection[str] = frozenset()
    ) -> Job | None:
        wanted = {"now": _milliseconds(now), "but_not": list(but_not)}
        with self._database.reading() as connection:  # most looks find nothing, and need not hold up who writes
            if connection.execute(_next_one(), wanted).first() is None:
                return None
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # or two might take two jobs of one lane at once
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TAKING)))
            found = connection.execute(_next_one(), wanted).mappings().first()
            if found is None:
                return None
            taken = {
                "state": JobState.TAKEN.value if found["state"] == JobState.WAITING.value else found["state"],
                "worker": worker,
                "lease": _milliseconds(now + lease),
                "attempts": found["attempts"] + 1,
            }
            connection.execute(JOBS.update().where(JOBS.c.id == found["id"]).values(taken))
            return _job({**found, **taken})

    def hold(self, worker: str, *, until: datetime) -> None:
        held = JOBS.update().where(JOBS.c.worker == worker, JOBS.c.state.in_(_IN_HAND))
        with self._database.writing() as connection:
            connection.execute(held.values(lease=_milliseconds(until)))

    def place(self, job: Job, worker: str) -> None:
        self._change(job.id, worker, lane=job.lane, channel=job.channel, thread_ts=job.thread_ts)

    def delivering(self, job: Job, worker: str) -> None:
        self._change(
            job.id,
            worker,
            JOBS.c.user_id == job.user,  # else it was forgotten meanwhile, and its answer must not be kept
            state=JobState.DELIVERING.value,
            answer=_text(job.answer or "") or None,
            conversation_id=job.conversation_id,
            turns_before=job.turns_before,
        )

    def sending(self, job_id: str, worker: str, *, part: int) -> None:
        self._change(job_id, worker, parts_begun=part)

    def posted(self, job_id: str, worker: str, *, ts: str, streamed: bool) -> None:
        self._change(job_id, worker, posted_ts=ts, streamed=streamed)

    def sent(self, job_id: str, worker: str, *, part: int) -> None:
        self._change(job_id, worker, parts_begun=part, parts_done=part)

    def finish(self, job_id: str, worker: str, state: JobState) -> None:
        self._change(job_id, worker, state=state.value, response_url=None)

    def leave(self, job_id: str, worker: str, *, until: datetime) -> None:
        self._change(job_id, worker, lease=_milliseconds(until), worker=None)

    def stop(self, lane: str, *, user: str | None) -> int:
        unfinished = JOBS.c.state.in_((JobState.WAITING.value, *_IN_HAND))
        theirs = JOBS.update().where(JOBS.c.lane == lane, unfinished, *([JOBS.c.user_id == user] if user else []))
        with self._database.writing() as connection:
            return connection.execute(theirs.values(stop_asked=True)).rowcount

    def is_stopped(self, job_id: str) -> bool:
        found = self.find(job_id)
        return found is None or found.stop_asked

    def find(self, job_id: str) -> Job | None:
        with self._database.reading() as connection:
            found = connection.execute(JOBS.select().where(JOBS.c.id == job_id)).mappings().first()
        return _job(found) if found is not None else None

    # Lanes

    def conversation_of(self, lane: str) -> str | None:
        with self._database.reading() as connection:
            found: str | None = connection.execute(
                sa.select(THREADS.c.conversation_id).where(THREADS.c.lane == lane)
            ).scalar()
        return found

    def remember_conversation(self, lane: str, conversation_id: str, *, team: str, user: str, now: datetime) -> None:
        row = {
            "lane": lane,
            "conversation_id": conversation_id,
            "team": team,
            "user_id": user,
            "started": _seconds(now),
        }
        with self._database.writing() as connection:
            connection.execute(THREADS.delete().where(THREADS.c.lane == lane))
            connection.execute(THREADS.insert().values(row))

    # Deletion

    def conversations(self, *, team: str, user: str | None = None) -> tuple[str, ...]:
        with self._database.reading() as connection:
            if user is None:
                return _conversations(connection, jobs=JOBS.c.team == team, threads=THREADS.c.team == team)
            mine = JOBS.c.id.in_(_asked_by(connection, team=team, user=user))
            my_threads = (THREADS.c.team == team) & (THREADS.c.user_id == user)
            return _conversations(connection, jobs=mine, threads=my_threads)

    def forget(self, *, team: str, user: str) -> tuple[str, ...]:
        my_threads = (THREADS.c.team == team) & (THREADS.c.user_id == user)
        with self._database.writing() as connection:
            mine = JOBS.c.id.in_(_asked_by(connection, team=team, user=user))
            of_mine = HANDOVERS.c.job_id.in_(sa.select(JOBS.c.id).where(mine))
            conversations = _conversations(connection, jobs=mine, threads=my_threads)
            _end(connection, mine)
            connection.execute(JOBS.update().where(mine).values(_WIPED))
            connection.execute(THREADS.delete().where(my_threads | THREADS.c.conversation_id.in_(conversations)))
            by_me = (HANDOVERS.c.team == team) & (HANDOVERS.c.asked_by == user)
            connection.execute(HANDOVERS.delete().where(by_me | of_mine))
        self._erase_traces()
        return conversations

    def forget_team(self, team: str) -> tuple[str, ...]:
        with self._database.writing() as connection:
            conversations = _conversations(connection, jobs=JOBS.c.team == team, threads=THREADS.c.team == team)
            for table in (JOBS, THREADS, HANDOVERS):
                connection.execute(table.delete().where(table.c.team == team))
        self._erase_traces()
        return conversations

    def purge(self, *, before: datetime) -> int:
        old = _seconds(before)
        with self._database.writing() as connection:
            connection.execute(THREADS.delete().where(THREADS.c.started <= old))
            connection.execute(HANDOVERS.delete().where(HANDOVERS.c.at <= old))
            # What nobody could answer for so long is not wanted any more; what somebody is at is left to them.
            over = JOBS.c.received <= old, JOBS.c.state.not_in(_IN_HAND)
            deleted = connection.execute(JOBS.delete().where(*over)).rowcount
        if deleted:
            self._erase_traces()
        return deleted

    def _change(self, job_id: str, held_by: str, *also: sa.ColumnElement[bool], **values: Any) -> None:
        mine = JOBS.c.id == job_id, JOBS.c.worker == held_by, JOBS.c.state.in_(_IN_HAND), *also
        with self._database.writing() as connection:
            if connection.execute(JOBS.update().where(*mine).values(values)).rowcount != 1:
                raise JobGone


class Database:
    """Transactions on an engine; what goes wrong is said as `StoreUnavailable`."""

    def __init__(self, engine: sa.Engine, *, where: str) -> None:
        self._engine = engine
        self._where = where
        self._turn = Lock()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes. Those of one process take turns on SQLite, which would let them wait in vain."""
        turn = self._turn if self._engine.dialect.name == "sqlite" else nullcontext()
        with self._speaking_plainly(), turn, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self._speaking_plainly(), self._engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def _speaking_plainly(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            said = str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__]
            raise StoreUnavailable(self._where, why=said[0][:200]) from error


@cache  # it is asked for all the time, and long to put together
def _next_one() -> sa.Select[Any]:
    """What was left behind at `now`; else the oldest job whose turn it is, of a lane where nothing is in hand."""
    other = JOBS.alias()
    earlier = (other.c.asked_ts < JOBS.c.asked_ts) | ((other.c.asked_ts == JOBS.c.asked_ts) & (other.c.id < JOBS.c.id))
    in_the_way = sa.exists().where(
        other.c.lane == JOBS.c.lane,
        other.c.id != JOBS.c.id,
        other.c.state.in_(_IN_HAND) | ((other.c.state == JobState.WAITING.value) & earlier),
    )
    its_turn = (JOBS.c.state == JobState.WAITING.value) & ~in_the_way
    is_known = JOBS.c.id.in_(sa.bindparam("but_not", expanding=True))
    left_behind = JOBS.c.state.in_(_IN_HAND) & (JOBS.c.lease < sa.bindparam("now")) & ~is_known
    return JOBS.select().where(its_turn | left_behind).order_by(JOBS.c.lease == 0, JOBS.c.asked_ts, JOBS.c.id).limit(1)


def _inserted(connection: sa.Connection, row: Mapping[str, Any]) -> bool:
    """Whether the row is new: another process may put the same one at this very moment."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(JOBS).values(row).on_conflict_do_nothing().returning(JOBS.c.id)
    return connection.execute(new).first() is not None


def _end(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """What waits is over at once; who is at work is asked to stop."""
    waiting = which & (JOBS.c.state == JobState.WAITING.value)
    over = {"state": JobState.STOPPED.value, "response_url": None, "stop_asked": True}
    connection.execute(JOBS.update().where(waiting).values(over))
    in_hand = which & JOBS.c.state.in_(_IN_HAND)
    connection.execute(JOBS.update().where(in_hand).values(stop_asked=True))


def _asked_by(connection: sa.Connection, *, team: str, user: str) -> list[str]:
    """The jobs of what this person asked; also where somebody else asked the same once more."""
    found: list[str] = []
    asked = (JOBS.c.team == team, JOBS.c.user_id == user, JOBS.c.kind != JobKind.FORGET.value)  # which is under way
    new = list(connection.execute(sa.select(JOBS.c.id).where(*asked)).scalars())
    while new:
        found += new
        again = JOBS.c.again_of.in_(new) & JOBS.c.id.not_in(found)
        new = list(connection.execute(sa.select(JOBS.c.id).where(again)).scalars())
    return found


def _conversations(
    connection: sa.Connection, *, jobs: sa.ColumnElement[bool], threads: sa.ColumnElement[bool]
) -> tuple[str, ...]:
    of_jobs = sa.select(JOBS.c.conversation_id).where(jobs, JOBS.c.conversation_id.is_not(None))
    of_threads = sa.select(THREADS.c.conversation_id).where(threads)
    return tuple(connection.execute(sa.union(of_jobs, of_threads)).scalars())


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "lane": job.lane,
        "asked_ts": job.asked_ts,
        "kind": job.kind.value,
        "team": job.team,
        "enterprise": job.enterprise,
        "user_id": job.user,
        "channel": job.channel,
        "thread_ts": job.thread_ts,
        "text": _text(job.text),
        "has_files": job.has_files,
        "audience": job.audience.value,
        "as_at": job.as_at,
        "response_url": job.response_url,
        "public": job.public,
        "again_of": job.again_of,
        "also": " ".join(job.also),
        "received": _seconds(job.received),
        "state": job.state.value,
        "lease": 0,
        "turns_before": job.turns_before,
        "streamed": False,
        "parts_begun": 0,
        "parts_done": 0,
        "stop_asked": False,
        "attempts": 0,
    }


def _job(row: Mapping[Any, Any]) -> Job:
    plain = (
        *("id", "lane", "asked_ts", "team", "enterprise", "channel", "thread_ts", "text", "has_files", "as_at"),
        *("response_url", "public", "again_of", "answer", "conversation_id", "turns_before", "posted_ts"),
        *("streamed", "parts_begun", "parts_done", "stop_asked", "attempts"),
    )
    return Job(
        **{name: row[name] for name in plain},
        user=row["user_id"],
        also=tuple(row["also"].split()),
        kind=JobKind(row["kind"]),
        audience=Audience(row["audience"]),
        state=JobState(row["state"]),
        received=datetime.fromtimestamp(row["received"], tz=UTC),
    )


def _text(words: str) -> str:
    return "".join(c for c in words if c != "\x00" and not "\ud800" <= c <= "\udfff")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
