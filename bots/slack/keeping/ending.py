"""What Slack's doorway keeps goes when its time is over, with the conversations in the same database."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from bots.slack.keeping.inbox_store import SqlInbox
from bots.slack.keeping.people_store import delete_expired


def ending(*, keep: timedelta) -> Callable[[sa.Engine, datetime], int]:
    """Deletes, in a database, the questions and choices whose time is over; `keep` is how long a question lasts.

    The bytes are left to whoever deletes the conversations themselves.
    """

    def end(engine: sa.Engine, now: datetime) -> int:
        where = engine.url.render_as_string(hide_password=True)
        jobs = SqlInbox(engine, erase_traces=lambda: None, where=where).purge(before=now - keep)
        return jobs + delete_expired(engine, now=now, where=where)

    return end
