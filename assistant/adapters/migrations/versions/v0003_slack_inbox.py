"""Questions asked in Slack until they are answered, the conversations of its threads, and who was asked for help.

`received`, `started` and `at` are whole seconds since 1970, UTC; `lease` is milliseconds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "slack_jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("asked_ts", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("enterprise", sa.Text, nullable=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread_ts", sa.Text, nullable=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("has_files", sa.Boolean, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("as_at", sa.Date, nullable=True),
        sa.Column("response_url", sa.Text, nullable=True),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("again_of", sa.Text, nullable=True),
        sa.Column("also", sa.Text, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("worker", sa.Text, nullable=True),
        sa.Column("lease", sa.BigInteger, nullable=False),
        sa.Column("answer", sa.Text, nullable=True),
        sa.Column("conversation_id", sa.Text, nullable=True),
        sa.Column("turns_before", sa.Integer, nullable=False),
        sa.Column("posted_ts", sa.Text, nullable=True),
        sa.Column("streamed", sa.Boolean, nullable=False),
        sa.Column("parts_begun", sa.Integer, nullable=False),
        sa.Column("parts_done", sa.Integer, nullable=False),
        sa.Column("stop_asked", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("ix_slack_jobs_state_lane", "slack_jobs", ["state", "lane"])
    op.create_index("ix_slack_jobs_team_user_id", "slack_jobs", ["team", "user_id"])
    op.create_table(
        "slack_threads",
        sa.Column("lane", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "slack_handovers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("team", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("advice_channel", sa.Text, nullable=False),
        sa.Column("message_ts", sa.Text, nullable=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("taken_by", sa.Text, nullable=True),
        sa.Column("at", sa.BigInteger, nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("slack_handovers")
    op.drop_table("slack_threads")
    op.drop_table("slack_jobs")
