"""Conversations kept in a database: a SQLite file, or PostgreSQL. Every text is masked before it is written."""

import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from assistant.adapters.engines import READING, erase_traces, open_file, open_server, upgrade
from assistant.adapters.tables import CONVERSATIONS, FEEDBACK, SHARED, TURNS
from assistant.conversations import (
    FEEDBACK_KEPT,
    Conversation,
    ConversationGone,
    Feedback,
    KeptTurn,
    SharedAnswer,
    SharedAnswerExpired,
    SharedAnswerUnknown,
    StoreUnavailable,
    masked,
)
from assistant.model import Audience
from assistant.ports import Masker

Tenant = Callable[[sa.Engine, datetime], int]
"""Deletes its own things in a database whose time is over at a moment; how many there were."""

_log = logging.getLogger(__name__)
_ID_BYTES = 18  # 144 bits that nobody can guess
_AN_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # what a database refuses to hold as text


class DatabaseStore:
    """The `ConversationStore` in a database. It is opened and brought up to date when it is first used.

    A store that cannot be opened is tried again at the next call, so a full disk needs no restart.
    """

    def __init__(
        self,
        open_engine: Callable[[], sa.Engine],
        *,
        where: str,
        masker: Masker,
        keep: timedelta,
        share: timedelta,
        tenants: Sequence[Tenant] = (),
    ) -> None:
        """`where` is how errors name the place; `keep` and `share` are how long conversations and links last.

        `tenants` keep something of their own in the same database, and are asked to delete what is over.
        """
        self.where = where
        self._tenants = tenants
        self._open_engine = open_engine
        self._masker = masker
        self._keep = keep
        self._share = share
        self._engine: sa.Engine | None = None
        self._opening = Lock()
        self._has_traces = True  # of what another process deleted, for all we know

    @classmethod
    def in_file(
        cls, path: Path, *, masker: Masker, keep: timedelta, share: timedelta, tenants: Sequence[Tenant] = ()
    ) -> "DatabaseStore":
        """Kept in a SQLite file."""
        return cls(lambda: open_file(path), where=str(path), masker=masker, keep=keep, share=share, tenants=tenants)

    @classmethod
    def on_server(
        cls, url: str, *, masker: Masker, keep: timedelta, share: timedelta, tenants: Sequence[Tenant] = ()
    ) -> "DatabaseStore":
        """Kept on the PostgreSQL server at `postgresql://user:password@host/name`."""
        where = sa.make_url(url).render_as_string(hide_password=True)
        return cls(lambda: open_server(url), where=where, masker=masker, keep=keep, share=share, tenants=tenants)

    def open(self) -> None:
        """Open it now rather than at the first question. Raises `StoreUnavailable`."""
        with self._speaking_plainly():
            self._ready()

    def engine(self) -> sa.Engine:
        """The database itself, brought up to date, for its tenants. Raises `StoreUnavailable`."""
        with self._speaking_plainly():
            return self._ready()

    def close(self) -> None:
        """Let go of files and connections; the next call opens them again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    # Conversations

    def start(self, audience: Audience, *, now: datetime) -> str:
        conversation_id = secrets.token_urlsafe(_ID_BYTES)
        row = {
            "id": conversation_id,
            "audience": audience.value,
            "started": _seconds(now),
            "expires": _seconds(now + self._keep),
        }
        with self._writing() as connection:
            connection.execute(CONVERSATIONS.insert().values(row))
        return conversation_id

    def add(self, conversation_id: str, turn: KeptTurn) -> None:
        wanted = _known(conversation_id, ConversationGone)
        row = {"conversation_id": wanted, **self._row(turn)}
        alive = sa.select(CONVERSATIONS.c.id).where(
            CONVERSATIONS.c.id == wanted, CONVERSATIONS.c.expires > _seconds(turn.at)
        )
        with self._writing() as connection:
            # Locked, so that a deletion at the same moment cannot leave the turn behind.
            if connection.execute(alive.with_for_update()).first() is None:
                raise ConversationGone
            connection.execute(TURNS.insert().values(row))

    def read(self, conversation_id: str, *, now: datetime) -> Conversation:
        wanted = _known(conversation_id, ConversationGone)
        with self._reading() as connection:
            found = connection.execute(CONVERSATIONS.select().where(CONVERSATIONS.c.id == wanted)).mappings().first()
            if found is None or found["expires"] <= _seconds(now):
                raise ConversationGone
            turns = connection.execute(
                TURNS.select().where(TURNS.c.conversation_id == wanted).order_by(TURNS.c.id)
            ).mappings()
            return Conversation(
                id=found["id"],
                audience=Audience(found["audience"]),
                started=_moment(found["started"]),
                expires=_moment(found["expires"]),
                turns=tuple(_turn(each) for each in turns),
            )

    # Deletion

    def delete(self, conversation_id: str) -> bool:
        if not _AN_ID.fullmatch(conversation_id):
            return False
        with self._writing() as connection:
            deleted = sum(
                connection.execute(table.delete().where(column == conversation_id)).rowcount
                for table, column in (
                    (SHARED, SHARED.c.conversation_id),
                    (FEEDBACK, FEEDBACK.c.conversation_id),
                    (CONVERSATIONS, CONVERSATIONS.c.id),
                    (SHARED, SHARED.c.id),
                )
            )
        if deleted:
            self.erase_traces()
        return deleted > 0

    def delete_expired(self, now: datetime) -> int:
        with self._writing() as connection:
            connection.execute(FEEDBACK.delete().where(FEEDBACK.c.at <= _seconds(now - FEEDBACK_KEPT)))
            deleted = sum(
                connection.execute(table.delete().where(table.c.expires <= _seconds(now))).rowcount
                for table in (CONVERSATIONS, SHARED)
            )
        deleted += sum(delete_expired(self.engine(), now) for delete_expired in self._tenants)
        if deleted or self._has_traces:
            self.erase_traces()
        return deleted

    # Sharing and feedback

    def share(self, turn: KeptTurn, *, conversation_id: str | None = None) -> str:
        share_id = secrets.token_urlsafe(_ID_BYTES)
        row = {
            **self._row(turn),
            "id": share_id,
            "conversation_id": _living(conversation_id),
            "expires": _seconds(turn.at + self._share),
        }
        with self._writing() as connection:
            connection.execute(SHARED.insert().values(row))
        return share_id

    def shared(self, share_id: str, *, now: datetime) -> SharedAnswer:
        wanted = _known(share_id, SharedAnswerUnknown)
        with self._reading() as connection:
            found = connection.execute(SHARED.select().where(SHARED.c.id == wanted)).mappings().first()
        if found is None:
            raise SharedAnswerUnknown
        if found["expires"] <= _seconds(now):
            raise SharedAnswerExpired
        return SharedAnswer(id=found["id"], turn=_turn(found), expires=_moment(found["expires"]))

    def keep_feedback(self, feedback: Feedback) -> None:
        row = {
            "conversation_id": _living(feedback.conversation_id),
            "helpful": feedback.helpful,
            "reason": feedback.reason,
            "words": _text(self._masker.mask(feedback.words)),
            "corpus_version": _text(feedback.corpus_version),
            "passage_ids": json.dumps(feedback.passage_ids),
            "at": _seconds(feedback.at),
        }
        with self._writing() as connection:
            connection.execute(FEEDBACK.insert().values(row))

    # The database

    def _row(self, turn: KeptTurn) -> dict[str, Any]:
        kept = masked(turn, mask=self._masker.mask)
        return {
            "asked": _text(kept.asked),
            "audience": kept.audience.value,
            "as_at": kept.as_at,
            "answer": _text(kept.answer),
            "at": _seconds(kept.at),
        }

    def _ready(self) -> sa.Engine:
        with self._opening:
            if self._engine is None:
                engine = self._open_engine()
                upgrade(engine)
                self._engine = engine
            return self._engine

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._speaking_plainly(), self._ready().begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._speaking_plainly(), self._ready().connect().execution_options(**READING) as connection:
            yield connection

    def erase_traces(self) -> None:
        """Make deleted text go from the disk's files, as far as that can be done now. Raises `StoreUnavailable`."""
        with self._speaking_plainly():
            self._has_traces = not erase_traces(self._ready())
        if self._has_traces:
            _log.warning("Deleted text may stay in the files of %s until the next purge: they are in use.", self.where)

    @contextmanager
    def _speaking_plainly(self) -> Iterator[None]:
        try:
            yield
        except CommandError as error:
            why = "it was made by a newer version of this program, so use that version"
            raise StoreUnavailable(self.where, why=why) from error
        except (SQLAlchemyError, OSError) as error:
            raise StoreUnavailable(self.where, why=_why(error)) from error


def _why(error: Exception) -> str:
    """What the database itself said, in one line."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    said = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return (said.splitlines() or [type(error).__name__])[0][:200]


def _known(given: str, otherwise: type[ConversationGone | SharedAnswerUnknown]) -> str:
    if not _AN_ID.fullmatch(given):
        raise otherwise
    return given


def _living(conversation_id: str | None) -> Any:
    """The id where such a conversation is still kept, else nothing, decided in the same statement that writes."""
    if conversation_id is None or not _AN_ID.fullmatch(conversation_id):
        return None
    return sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id == conversation_id).scalar_subquery()


def _turn(row: sa.RowMapping) -> KeptTurn:
    return KeptTurn(
        asked=row["asked"],
        audience=Audience(row["audience"]),
        as_at=row["as_at"],
        answer=row["answer"],
        at=_moment(row["at"]),
    )


def _text(words: str) -> str:
    return _NOT_TEXT.sub("", words)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
