"""The tables of conversations as they are after the newest step in migrations/."""

import sqlalchemy as sa

_EVERYTHING = sa.MetaData()


def _turn_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("asked", sa.Text),
        sa.Column("audience", sa.Text),
        sa.Column("as_at", sa.Date),
        sa.Column("answer", sa.Text),
        sa.Column("at", sa.BigInteger),
    )


CONVERSATIONS = sa.Table(
    "conversations",
    _EVERYTHING,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("audience", sa.Text),
    sa.Column("started", sa.BigInteger),
    sa.Column("expires", sa.BigInteger),
)
TURNS = sa.Table(
    "turns",
    _EVERYTHING,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation_id", sa.Text),
    *_turn_columns(),
)
SHARED = sa.Table(
    "shared_answers",
    _EVERYTHING,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text),
    *_turn_columns(),
    sa.Column("expires", sa.BigInteger),
)
FEEDBACK = sa.Table(
    "feedback",
    _EVERYTHING,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation_id", sa.Text),
    sa.Column("helpful", sa.Boolean),
    sa.Column("reason", sa.Text),
    sa.Column("words", sa.Text),
    sa.Column("corpus_version", sa.Text),
    sa.Column("passage_ids", sa.Text),
    sa.Column("at", sa.BigInteger),
)
