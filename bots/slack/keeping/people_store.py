"""What people and channels chose, and what people asked lately, in the database of conversations; texts are masked."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assistant.model import Audience
from assistant.ports import Masker
from bots.slack.keeping.inbox_store import Database
from bots.slack.keeping.people import (
    LONGEST_COUNCIL,
    MOST_GROUPS,
    MOST_RECENT,
    PREFERENCES_KEPT,
    ChannelSettings,
    Person,
    Preferences,
    RecentQuestion,
)

_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # what a database refuses to hold as text
_EVERYTHING = sa.MetaData()

PREFERENCES = sa.Table(
    "slack_preferences",
    _EVERYTHING,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("audience", sa.Text),
    sa.Column("council", sa.Text),
    sa.Column("setting", sa.Text),
    sa.Column("at", sa.BigInteger),
)
RECENT = sa.Table(
    "slack_recent_questions",
    _EVERYTHING,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("text", sa.Text),
    sa.Column("asked", sa.BigInteger),
    sa.Column("expires", sa.BigInteger),
)
CHANNELS = sa.Table(
    "slack_channels",
    _EVERYTHING,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("audience", sa.Text),
    sa.Column("answer_in_public", sa.Boolean),
    sa.Column("allowed_user_groups", sa.Text),
    sa.Column("advice_channel", sa.Text),
    sa.Column("at", sa.BigInteger),
)
_STATES = sa.Table("slack_oauth_states", _EVERYTHING, sa.Column("expire_at", sa.DateTime))  # the SDK's own


class PeopleStore:
    """The `People` in a database that is up to date. Its errors name the place as `where` has it."""

    def __init__(
        self, engine: sa.Engine, *, masker: Masker, keep: timedelta, erase_traces: Callable[[], object], where: str
    ) -> None:
        """`keep` is how long questions last; `erase_traces` makes the bytes of deleted rows go from the disk."""
        self._database = Database(engine, where=where)
        self._masker = masker
        self._keep = keep
        self._erase_traces = erase_traces

    # Choices

    def preferences(self, person: Person) -> Preferences:
        with self._database.reading() as connection:
            row = connection.execute(PREFERENCES.select().where(*_of(PREFERENCES, person))).mappings().first()
        if row is None:
            return Preferences()
        return Preferences(
            audience=_audience(row["audience"]), council=row["council"], setting=frozenset(json.loads(row["setting"]))
        )

    def prefer(self, person: Person, preferences: Preferences, *, now: datetime) -> None:
        row = {
            "team": person.team,
            "person": person.user,
            "audience": preferences.audience,
            "council": _text(self._masker.mask(preferences.council))[:LONGEST_COUNCIL],
            "setting": json.dumps(sorted(preferences.setting)),
            "at": _seconds(now),
        }
        with self._database.writing() as connection:
            _put(connection, PREFERENCES, row)

    def channel(self, team: str, channel: str) -> ChannelSettings:
        wanted = CHANNELS.select().where(CHANNELS.c.team == team, CHANNELS.c.channel == channel)
        with self._database.reading() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            return ChannelSettings()
        return ChannelSettings(
            audience=_audience(row["audience"]),
            answer_in_public=row["answer_in_public"],
            allowed_user_groups=tuple(json.loads(row["allowed_user_groups"])),
            advice_channel=row["advice_channel"],
        )

    def set_channel(self, team: str, channel: str, settings: ChannelSettings, *, now: datetime) -> None:
        row = {
            "team": team,
            "channel": channel,
            "audience": settings.audience,
            "answer_in_public": settings.answer_in_public,
            "allowed_user_groups": json.dumps(settings.allowed_user_groups[:MOST_GROUPS]),
            "advice_channel": settings.advice_channel,
            "at": _seconds(now),
        }
        with self._database.writing() as connection:
            _put(connection, CHANNELS, row)

    # Questions

    def remember(self, person: Person, question: RecentQuestion) -> None:
        row = {
            "team": person.team,
            "person": person.user,
            "id": question.id,
            "text": _text(self._masker.mask(question.text)),
            "asked": _seconds(question.asked),
            "expires": _seconds(question.asked + self._keep),
        }
        in_use = PREFERENCES.update().where(*_of(PREFERENCES, person)).values(at=_seconds(question.asked))
        with self._database.writing() as connection:
            connection.execute(_insert(connection, RECENT).values(row).on_conflict_do_nothing())
            connection.execute(in_use)

    def forget_question(self, person: Person, question_id: str) -> None:
        self._delete(RECENT.delete().where(*_of(RECENT, person), RECENT.c.id == question_id))

    def recent(self, person: Person, *, now: datetime) -> Sequence[RecentQuestion]:
        wanted = (
            RECENT.select()
            .where(*_of(RECENT, person), RECENT.c.expires > _seconds(now))
            .order_by(RECENT.c.asked.desc(), RECENT.c.id.desc())
            .limit(MOST_RECENT)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(RecentQuestion(id=row["id"], text=row["text"], asked=_moment(row["asked"])) for row in rows)

    # Deletion

    def forget(self, person: Person) -> int:
        return self._delete(*(table.delete().where(*_of(table, person)) for table in (PREFERENCES, RECENT)))

    def forget_team(self, team: str) -> int:
        tables = (PREFERENCES, RECENT, CHANNELS)
        return self._delete(*(table.delete().where(table.c.team == team) for table in tables))

    def _delete(self, *deletions: sa.Delete) -> int:
        with self._database.writing() as connection:
            deleted = sum(connection.execute(each).rowcount for each in deletions)
        if deleted:
            self._erase_traces()
        return deleted


def delete_expired(engine: sa.Engine, *, now: datetime, where: str) -> int:
    """Delete the questions whose time is over and the choices unused for a year; how many there were.

    Also what is left of installations that nobody finished. The bytes are left on the disk. Raises `StoreUnavailable`.
    """
    over = (
        RECENT.delete().where(RECENT.c.expires <= _seconds(now)),
        PREFERENCES.delete().where(PREFERENCES.c.at <= _seconds(now - PREFERENCES_KEPT)),
    )
    unfinished = _STATES.delete().where(_STATES.c.expire_at <= now.astimezone(UTC).replace(tzinfo=None))
    with Database(engine, where=where).writing() as connection:
        connection.execute(unfinished)
        return sum(connection.execute(each).rowcount for each in over)


def _of(table: sa.Table, person: Person) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.team == person.team, table.c.person == person.user


def _put(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Insert the row, or let it take the place of the one with its key, whoever writes at the same moment."""
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in keys}
    connection.execute(_insert(connection, table).values(row).on_conflict_do_update(index_elements=keys, set_=rest))


def _insert(connection: sa.Connection, table: sa.Table) -> Any:
    """An insert that knows of conflicts; both databases say it alike."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _audience(word: str | None) -> Audience | None:
    return Audience(word) if word else None


def _text(words: str) -> str:
    return _NOT_TEXT.sub("", words)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
