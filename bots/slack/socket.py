"""Socket Mode: Slack's events come down a WebSocket that we open, so that no address of ours needs to be known."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bots.slack.working.slack_errors import saying_why

_AT_ONCE = 16
_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)  # below that the SDK writes down all that Slack sends, word for word


@contextmanager
def listening(app: App, *, app_token: str) -> Iterator[None]:
    """Hears Slack for as long as this lasts, and connects again by itself. Raises `SlackRefused` where it cannot."""
    handler = SocketModeHandler(app, app_token=app_token, logger=_log, concurrency=_AT_ONCE)
    try:
        with saying_why():
            handler.client.connect()
        yield
    finally:
        handler.client.close()
