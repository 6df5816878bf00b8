"""Forms are only taken from our own pages: no post from another site, and a signed token where something changes.

Nothing here needs a cookie or a script. Browsers say where a post comes from; the token makes sure as well, for
what changes something, that the sender has read a page of ours not long ago.
"""

from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from bots.web.bodies import replay, whole_body
from bots.web.errors import Problem, foreign_form, stale_form

Refuse = Callable[[Scope, bytes, Send, Problem], Awaitable[None]]
"""Answers with a problem, and with the words that came in the body where a person had written them."""

FIELD = "form_token"
HEADER = "x-form-token"
LIFETIME = 48 * 60 * 60  # seconds: a page left open overnight still works

# What these forms do is answer; nothing is changed or removed, so a post without any token is taken as well.
READING_FORMS = frozenset({"/", "/reply", "/reply.docx"})

# Slack signs its posts, which no page of another site can do.
FOR_PROGRAMS = ("/api/", "/oruk", "/slack/events", "/healthz", "/readyz", "/openapi.json")
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class FormTokens:
    """Makes and checks the tokens that forms carry; those of one key are good in every process that has the key."""

    def __init__(self, key: bytes, *, lifetime: int = LIFETIME) -> None:
        self._signer = TimestampSigner(key, salt="ap-navigator.form")
        self._lifetime = lifetime

    def issue(self) -> str:
        return self._signer.sign(b"form").decode()

    def is_good(self, token: str) -> bool:
        """Whether we signed it, no longer ago than its lifetime."""
        try:
            return self._signer.unsign(token, max_age=self._lifetime) == b"form"
        except (BadSignature, UnicodeEncodeError):
            return False


class FormGuard:
    """Refuses posts that another site makes a browser send, and changes asked for without a good token."""

    def __init__(
        self, app: ASGIApp, *, tokens: FormTokens, refuse: Refuse, reading: Collection[str] = READING_FORMS
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._refuse = refuse
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _CHANGING:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_api = path.startswith(FOR_PROGRAMS)
        # A page of another site cannot send JSON here: its browser asks us first, and we never agree.
        if is_from_elsewhere(headers) and not (is_api and kind == "application/json"):
            await self._refuse(scope, b"", send, foreign_form())
            return
        if is_api:
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        token = headers.get(HEADER) or await _token_in(scope, body, kind)
        if not self._may_pass(token, path):
            await self._refuse(scope, body, send, stale_form())
            return
        await self._app(scope, replay(body, receive), send)

    def _may_pass(self, token: str | None, path: str) -> bool:
        return path in self._reading if token is None else self._tokens.is_good(token)


def is_from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that a page of another site sends this. Programs say nothing and are not browsers."""
    site = headers.get("sec-fetch-site", "").lower()
    if site:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is not None and origin != "null":
        return not _is_ours(origin, headers)
    referer = headers.get("referer")
    if referer:
        return not _is_ours(referer, headers)
    return origin == "null"  # a browser that hides the page it is on


def _is_ours(address: str, headers: Headers) -> bool:
    try:
        said = urlsplit(address).netloc.lower()
    except ValueError:
        return False
    return bool(said) and said == headers.get("host", "").lower()


async def _token_in(scope: Scope, body: bytes, kind: str) -> str | None:
    if kind not in _FORMS:
        return None
    fields = await form_fields(scope, body)
    return next((value for name, value in fields if name == FIELD), None)


async def form_fields(scope: Scope, body: bytes) -> list[tuple[str, str]]:
    """The text fields of a form that was sent, in order; none where it cannot be read."""
    try:
        async with Request(scope, replay(body)).form(max_files=4, max_fields=100) as form:
            return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    except (HTTPException, ValueError):
        return []
