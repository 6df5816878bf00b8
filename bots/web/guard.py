"""What stands around every request: limits on its size, headers that keep browsers safe, and a last catch."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web.bodies import ClientLeft, replay
from bots.web.errors import Problem, address_too_long, body_too_slow, explain, headers_too_large, too_large

Respond = Callable[[Request, Problem], Response]
"""Shows a problem in the form its reader expects: a page or JSON."""

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers would then hide where our own forms come from, and we could not tell them from others.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Answers are personal, so no shared cache keeps them. Not "no-store": a parent who follows a link to the law
    # and comes back would be asked to send the form again.
    "Cache-Control": "private, no-cache",
}


_HTTPS_FROM_NOW_ON = "max-age=31536000"  # seconds: a year


class SecurityHeaders:
    """Puts `SECURITY_HEADERS` on every response that does not set its own; over https, only https from then on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", _HTTPS_FROM_NOW_ON)
            await send(message)

        await self._app(scope, receive, send_guarded)


class UnexpectedErrors:
    """Turns what no handler foresaw into a 500 that tells the reader a reference and nothing of the inside."""

    def __init__(self, app: ASGIApp, *, respond: Respond) -> None:
        self._app = app
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            if started:
                raise
            await self._respond(Request(scope), explain(error))(scope, receive, send)


class HeadLimit:
    """Refuses addresses and headers that no browser of an honest reader sends."""

    def __init__(self, app: ASGIApp, *, respond: Respond, address: int = 8 * 1024, headers: int = 16 * 1024) -> None:
        self._app = app
        self._respond = respond
        self._address = address
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._problem(scope) if scope["type"] == "http" else None
        if problem is not None:
            await self._respond(Request(scope), problem)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._address:
            return address_too_long()
        if sum(len(name) + len(value) for name, value in scope["headers"]) > self._headers:
            return headers_too_large()
        return None


class BodyLimit:
    """Refuses bodies of more than `limit` bytes, declared or not, or that take more than `seconds` to arrive.

    `larger` are the addresses that take more, with their own limits.

    A body somewhat too large is read to its end and dropped: a browser that is cut off while sending shows
    "connection reset" instead of our words.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int,
        respond: Respond,
        seconds: float = 30,
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger
        self._seconds = seconds
        self._patience = 32 * limit
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"].removeprefix(scope.get("root_path", "")), self._limit)
        try:
            async with asyncio.timeout(self._seconds):
                body = None if self._is_hopeless(scope) else await self._read(receive, limit=limit)
        except ClientLeft:
            return
        except TimeoutError:
            await self._respond(Request(scope), body_too_slow())(scope, receive, send)
            return
        if body is None:
            await self._respond(Request(scope), too_large(limit))(scope, receive, send)
            return
        await self._app(scope, replay(body, receive), send)

    def _is_hopeless(self, scope: Scope) -> bool:
        declared = Headers(scope=scope).get("content-length", "")
        return declared.isdecimal() and int(declared) > self._patience

    async def _read(self, receive: Receive, *, limit: int) -> bytes | None:
        """The whole body, or None when it is longer than the limit."""
        kept = bytearray()
        seen = 0
        while seen <= self._patience:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            chunk = message.get("body", b"")
            seen += len(chunk)
            if seen <= limit:
                kept += chunk
            if not message.get("more_body", False):
                break
        return bytes(kept) if seen <= limit else None
