"""The two ways in which Slack reaches an app: signed HTTP requests, and envelopes on its WebSocket."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from tests.slackish.payloads import COMMANDS, EVENTS, Outgoing
from tests.slackish.signing import signed_headers
from tests.slackish.socket_mode import SocketMode

ACKNOWLEDGE_WITHIN = 3.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What came of one delivery. `took` is in seconds; `body` is what the app answered, as JSON if it was."""

    acknowledged: bool
    took: float
    status: int | None = None
    body: Any = None

    @property
    def in_time(self) -> bool:
        return self.acknowledged and self.took <= ACKNOWLEDGE_WITHIN


class Door(Protocol):
    """A way to the app."""

    def send(self, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Delivery:
        """Send it and wait until it is acknowledged, or not."""
        ...


@dataclass(frozen=True, kw_only=True)
class HttpDoor:
    """The Request URL of an app. `age` is for how many seconds its signatures lie back."""

    url: str
    secret: str
    age: float = 0.0
    patience: float = 20.0

    def send(self, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Delivery:
        body, kind = _as_body(outgoing)
        headers = {"Content-Type": kind, **signed_headers(body, secret=self.secret, age=self.age)}
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.patience)
        began = time.monotonic()
        try:
            connection.request("POST", parts.path or "/", body, headers)
            response = connection.getresponse()
            said = response.read().decode()
        except OSError:
            return Delivery(acknowledged=False, took=time.monotonic() - began)
        finally:
            connection.close()
        took = time.monotonic() - began
        return Delivery(acknowledged=response.status == 200, took=took, status=response.status, body=_read(said))


@dataclass(frozen=True, kw_only=True)
class SocketDoor:
    """The app's connections in Socket Mode."""

    socket: SocketMode
    patience: float = 20.0

    def send(self, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Delivery:
        began = time.monotonic()
        try:
            envelope = self.socket.send(outgoing, retry=retry)
        except ConnectionError:
            return Delivery(acknowledged=False, took=time.monotonic() - began)
        if not envelope.answered.wait(self.patience) or envelope.acknowledged_at is None:
            return Delivery(acknowledged=False, took=time.monotonic() - began)
        took = envelope.acknowledged_at - envelope.sent
        return Delivery(acknowledged=True, took=took, status=200, body=envelope.payload)


def _as_body(outgoing: Outgoing) -> tuple[bytes, str]:
    if outgoing.kind == EVENTS:
        return json.dumps(outgoing.payload).encode(), "application/json"
    fields = outgoing.payload if outgoing.kind == COMMANDS else {"payload": json.dumps(outgoing.payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _read(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said or None
