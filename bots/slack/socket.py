"""Socket Mode: Slack's events come down a WebSocket that we open, so that no address of ours needs to be known."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode import SocketModeClient

from bots.slack.working.slack_errors import saying_why

_AT_ONCE = 16
_AGAIN = 0.1  # seconds until the connection is told again to end
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
        close(handler.client)


def close(client: SocketModeClient) -> None:
    """Close the connection, whatever it is doing at that moment.

    The SDK's own close can wait for ever: a session that begins just then takes back the word that it is to end.
    """
    closing = Thread(target=client.close, name="slack-closing", daemon=True)
    closing.start()
    while closing.is_alive():
        client.current_session_state.terminated = True
        closing.join(_AGAIN)
