"""Socket Mode: a real WebSocket on loopback that hands out envelopes and notes when each is acknowledged."""

import itertools
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from socket import SHUT_RDWR
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.slackish.payloads import COMMANDS, INTERACTIVE, Outgoing

MOST_CONNECTIONS = 10


@dataclass(kw_only=True)
class Envelope:
    """One envelope that was sent and, once it came, its acknowledgement. Times are monotonic seconds."""

    id: str
    sent: float
    answered: Event = field(default_factory=Event)
    acknowledged_at: float | None = None
    payload: Any = None


class SocketMode:
    """The WebSocket side of the stand-in."""

    def __init__(self) -> None:
        self.envelopes: dict[str, Envelope] = {}
        self.opened = 0
        self._lock = Lock()
        self._live: list[ServerConnection] = []
        self._tickets: set[str] = set()
        self._count = itertools.count(1)
        self._server = serve(self._hold, "127.0.0.1", 0, process_request=self._admit)
        self.port: int = self._server.socket.getsockname()[1]
        self._thread = Thread(target=self._server.serve_forever, name="slackish-socket", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)

    def new_url(self) -> str:
        """An address that lets one connection in, once."""
        ticket = f"ticket-{next(self._count)}"
        with self._lock:
            self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self.port}/link/?ticket={ticket}&app_id=A0APNAV"

    @property
    def connections(self) -> int:
        with self._lock:
            return len(self._live)

    def send(self, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Envelope:
        """Hand something to one of the connections. Raises `ConnectionError` when there is none."""
        envelope = Envelope(id=f"envelope-{next(self._count)}", sent=time.monotonic())
        said = {
            "type": outgoing.kind,
            "envelope_id": envelope.id,
            "payload": outgoing.payload,
            "accepts_response_payload": outgoing.kind in {COMMANDS, INTERACTIVE},
        }
        if retry is not None:
            said |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        self._wait_for_a_connection()
        with self._lock:
            if not self._live:
                raise ConnectionError("the app is not connected")
            connection = self._live[next(self._count) % len(self._live)]
            self.envelopes[envelope.id] = envelope
        try:
            connection.send(json.dumps(said))
        except ConnectionClosed as error:
            raise ConnectionError("the app hung up") from error
        return envelope

    def _wait_for_a_connection(self) -> None:
        """The app knows that it is connected a moment before we do."""
        until = time.monotonic() + 1
        while not self.connections and time.monotonic() < until:
            time.sleep(0.01)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection that it will be closed, as Slack does from time to time, and close it."""
        with self._lock:
            connections = list(self._live)
        for connection in connections:
            self._dismiss(connection, reason)

    def drop(self) -> None:
        """Cut every connection without a word."""
        with self._lock:
            connections = list(self._live)
        for connection in connections:
            with suppress(OSError):
                connection.socket.shutdown(SHUT_RDWR)

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        ticket = parse_qs(urlsplit(request.path).query).get("ticket", [""])[0]
        with self._lock:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "this address is used up\n")

    def _hold(self, connection: ServerConnection) -> None:
        with self._lock:
            crowded = len(self._live) >= MOST_CONNECTIONS
            if not crowded:
                self._live.append(connection)
                self.opened += 1
            number = len(self._live)
        if crowded:
            self._dismiss(connection, "too_many_websockets")
            return
        try:
            connection.send(
                json.dumps({"type": "hello", "num_connections": number, "connection_info": {"app_id": "A0APNAV"}})
            )
            for message in connection:
                self._note(json.loads(message))
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self._lock:
                self._live.remove(connection)

    def _note(self, said: Any) -> None:
        envelope = self.envelopes.get(said.get("envelope_id", ""))
        if envelope is not None and envelope.acknowledged_at is None:
            envelope.acknowledged_at = time.monotonic()
            envelope.payload = said.get("payload")
            envelope.answered.set()

    def _dismiss(self, connection: ServerConnection, reason: str) -> None:
        try:
            connection.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {}}))
            time.sleep(0.05)  # the client reads it before the end
            connection.close()
        except ConnectionClosed:
            pass
