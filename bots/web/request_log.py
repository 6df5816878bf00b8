"""One line in the log for each request: what for, how it ended and how long it took; never what was asked."""

import logging
import secrets
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web.clients import client_roughly

_log = logging.getLogger(__name__)
_QUIET = ("/static", "/healthz", "/readyz")


class RequestLog:
    """Logs the route, not the address that was asked for, which may hold words or a secret link; no query string.

    Each request has an id, which its other log lines carry and `X-Request-ID` tells the client.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Ours, not one that the client sends: that could hold anything.
        request_id = secrets.token_hex(6)
        started = time.perf_counter()
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_noting)
            finally:
                route = _route(scope)
                told = {
                    "method": _method(scope["method"]),
                    "route": route,
                    "status": status,
                    "ms": round((time.perf_counter() - started) * 1000),
                    "client": client_roughly(scope),
                }
                _log.log(logging.DEBUG if route.startswith(_QUIET) else logging.INFO, "request", extra=told)


def _route(scope: Scope) -> str:
    """The pattern of the address, such as /passages/{passage_id}; "none" where nothing of ours has it."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) and path else "none"


def _method(said: str) -> str:
    return said if said in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
