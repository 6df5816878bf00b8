"""The `Handovers` in the database of conversations. Which of two people is first is decided by the database."""

from datetime import UTC, datetime

import sqlalchemy as sa

from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.inbox_store import Database
from bots.slack.keeping.tables import HANDOVERS


class SqlHandovers:
    """The `Handovers` in a database that is up to date. Its errors name the place as `where` has it."""

    def __init__(self, engine: sa.Engine, *, where: str) -> None:
        self._database = Database(engine, where=where)

    def open(self, handover: Handover) -> bool:
        row = {
            "id": handover.id,
            "job_id": handover.job_id,
            "team": handover.team,
            "asked_by": handover.asked_by,
            "advice_channel": handover.advice_channel,
            "message_ts": handover.message_ts,
            "question": handover.question,
            "answer": handover.answer,
            "state": handover.state.value,
            "taken_by": handover.taken_by,
            "at": int(handover.at.timestamp()),
        }
        never_posted = HANDOVERS.c.message_ts.is_(None)
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # or two might both find that there is none
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(handover.id))))
            connection.execute(HANDOVERS.delete().where(HANDOVERS.c.id == handover.id, never_posted))
            if connection.execute(sa.select(HANDOVERS.c.id).where(HANDOVERS.c.id == handover.id)).first():
                return False
            connection.execute(HANDOVERS.insert().values(row))
        return True

    def posted(self, handover_id: str, *, ts: str) -> None:
        with self._database.writing() as connection:
            connection.execute(HANDOVERS.update().where(HANDOVERS.c.id == handover_id).values(message_ts=ts))

    def withdraw(self, handover_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(HANDOVERS.delete().where(HANDOVERS.c.id == handover_id))

    def find(self, handover_id: str) -> Handover | None:
        with self._database.reading() as connection:
            found = connection.execute(HANDOVERS.select().where(HANDOVERS.c.id == handover_id)).mappings().first()
        return _handover(found) if found is not None else None

    def claim(self, handover_id: str, *, by: str) -> tuple[bool, Handover | None]:
        is_open = HANDOVERS.c.state == HandoverState.OPEN.value
        return self._change(handover_id, is_open, HandoverState.CLAIMED, by=by)

    def settle(self, handover_id: str, *, by: str) -> tuple[bool, Handover | None]:
        is_open = HANDOVERS.c.state == HandoverState.OPEN.value
        is_theirs = (HANDOVERS.c.state == HandoverState.CLAIMED.value) & (HANDOVERS.c.taken_by == by)
        return self._change(handover_id, is_open | is_theirs, HandoverState.DONE, by=by)

    def _change(
        self, handover_id: str, may: sa.ColumnElement[bool], to: HandoverState, *, by: str
    ) -> tuple[bool, Handover | None]:
        this = HANDOVERS.c.id == handover_id
        with self._database.writing() as connection:
            changed = connection.execute(HANDOVERS.update().where(this, may).values(state=to.value, taken_by=by))
            found = connection.execute(HANDOVERS.select().where(this)).mappings().first()
        return changed.rowcount == 1, _handover(found) if found is not None else None


def _handover(row: sa.RowMapping) -> Handover:
    names = ("id", "job_id", "team", "asked_by", "advice_channel", "message_ts", "question", "answer", "taken_by")
    return Handover(
        **{name: row[name] for name in names},
        state=HandoverState(row["state"]),
        at=datetime.fromtimestamp(row["at"], tz=UTC),
    )
