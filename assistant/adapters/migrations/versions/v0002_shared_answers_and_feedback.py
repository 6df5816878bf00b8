"""Answers shared by a link, and what readers thought of answers; both may outlive their conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _conversation() -> sa.Column[str]:
    # No foreign key: a link outlives its conversation, and whoever has that one's id must still be able to delete it.
    return sa.Column("conversation_id", sa.Text, nullable=True, index=True)


def upgrade() -> None:
    op.create_table(
        "shared_answers",
        sa.Column("id", sa.Text, primary_key=True),
        _conversation(),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("as_at", sa.Date, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        _conversation(),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("corpus_version", sa.Text, nullable=False),
        sa.Column("passage_ids", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("feedback")
    op.drop_table("shared_answers")
