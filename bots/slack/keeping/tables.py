"""The tables of questions asked in Slack, as they are after the newest step in assistant/adapters/migrations."""

import sqlalchemy as sa

_EVERYTHING = sa.MetaData()

JOBS = sa.Table(
    "slack_jobs",
    _EVERYTHING,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("lane", sa.Text),
    sa.Column("asked_ts", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("team", sa.Text),
    sa.Column("enterprise", sa.Text),
    sa.Column("user_id", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("thread_ts", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("has_files", sa.Boolean),
    sa.Column("audience", sa.Text),
    sa.Column("as_at", sa.Date),
    sa.Column("response_url", sa.Text),
    sa.Column("public", sa.Boolean),
    sa.Column("again_of", sa.Text),
    sa.Column("also", sa.Text),
    sa.Column("received", sa.BigInteger),
    sa.Column("state", sa.Text),
    sa.Column("worker", sa.Text),
    sa.Column("lease", sa.BigInteger),
    sa.Column("answer", sa.Text),
    sa.Column("conversation_id", sa.Text),
    sa.Column("turns_before", sa.Integer),
    sa.Column("posted_ts", sa.Text),
    sa.Column("streamed", sa.Boolean),
    sa.Column("parts_begun", sa.Integer),
    sa.Column("parts_done", sa.Integer),
    sa.Column("stop_asked", sa.Boolean),
    sa.Column("attempts", sa.Integer),
)
THREADS = sa.Table(
    "slack_threads",
    _EVERYTHING,
    sa.Column("lane", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text),
    sa.Column("team", sa.Text),
    sa.Column("user_id", sa.Text),
    sa.Column("started", sa.BigInteger),
)
HANDOVERS = sa.Table(
    "slack_handovers",
    _EVERYTHING,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("job_id", sa.Text),
    sa.Column("team", sa.Text),
    sa.Column("asked_by", sa.Text),
    sa.Column("advice_channel", sa.Text),
    sa.Column("message_ts", sa.Text),
    sa.Column("question", sa.Text),
    sa.Column("answer", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("taken_by", sa.Text),
    sa.Column("at", sa.BigInteger),
)
