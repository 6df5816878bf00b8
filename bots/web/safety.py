"""What stands between the network and the routes, put together in one place and one order."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import Scope, Send

from bots.web.bodies import replay
from bots.web.clients import Network, ProxyHeader, TrustedProxies
from bots.web.csrf import FIELD, FormGuard, FormTokens, form_fields
from bots.web.errors import Problem
from bots.web.guard import BodyLimit, HeadLimit, Respond, SecurityHeaders, UnexpectedErrors
from bots.web.pages import Pages
from bots.web.queue import AnswerQueue, Patience
from bots.web.rates import AskingRates, RateLimit, Rates
from bots.web.request_log import RequestLog

MAX_BODY = 64 * 1024  # bytes
# Slack sends the whole message that a button belongs to, escaped twice; it is read only where its signature is good.
LARGER_BODIES = {"/slack/events": 1024 * 1024}  # bytes
_ASKING_FORMS = frozenset({"/", "/share", "/reply", "/reply.docx"})
_SEARCHES = frozenset({"/offers", "/api/offers"})
_FEED, _PAGING = "/oruk/services", {"page", "per_page", "full", "minimal"}
_TELLING_FORMS = frozenset({"/feedback", "/conversations/delete"})
_LONG_TEXTS = frozenset({"question", "comment", "message", "text", "words", "reply", "draft"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """How the service protects itself and its readers. `key` signs forms; without one, this process makes its own."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    rates: Rates = field(default_factory=Rates)
    patience: Patience = field(default_factory=Patience)
    proxies: tuple[Network, ...] = ()
    proxy_header: ProxyHeader = "x-forwarded-for"
    body_seconds: float = 30


def guard(
    app: FastAPI,
    *,
    safety: Safety,
    tokens: FormTokens,
    pages: Pages,
    respond: Respond,
    is_for_people: Callable[[Request], bool],
) -> None:
    """Puts every guard around `app`. Raises `RateStoreUnusable`."""

    async def refuse(scope: Scope, body: bytes, send: Send, problem: Problem) -> None:
        request = Request(scope)
        fields = await form_fields(scope, body) if body and is_for_people(request) else []
        shown = kept(pages, request, problem, fields) if fields else respond(request, problem)
        await shown(scope, replay(b""), send)

    # The last one added is the outermost.
    app.add_middleware(AnswerQueue, patience=safety.patience, is_asking=is_asking, refuse=refuse)
    rates = AskingRates(safety.rates, key=safety.key)
    app.add_middleware(
        RateLimit, rates=rates, is_counted=lambda scope: is_asking(scope) or is_telling(scope), refuse=refuse
    )
    app.add_middleware(FormGuard, tokens=tokens, refuse=refuse)
    app.add_middleware(BodyLimit, limit=MAX_BODY, respond=respond, seconds=safety.body_seconds, larger=LARGER_BODIES)
    app.add_middleware(HeadLimit, respond=respond)
    app.add_middleware(GZipMiddleware, compresslevel=6)
    app.add_middleware(UnexpectedErrors, respond=respond)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog)
    app.add_middleware(TrustedProxies, networks=safety.proxies, header=safety.proxy_header)


def is_asking(scope: Scope) -> bool:
    """Whether the request asks for an answer: by a page, the API or a stream. A search of offers is an answer too."""
    if scope["type"] != "http" or scope["method"] in {"HEAD", "OPTIONS"}:
        return False
    path = _path(scope)
    if path in {"/api/ask", "/ask"} or path.startswith(("/api/ask/", "/ask/", "/api/reply")):
        return True
    if path in _SEARCHES:
        return bool(scope["query_string"])
    if path == _FEED:
        # Reading the feed page by page is cheap; leaving some out means looking at all.
        return bool(parse_qs(scope["query_string"].decode("latin-1")).keys() - _PAGING)
    return bool(path in _ASKING_FORMS and scope["method"] == "POST")


def is_telling(scope: Scope) -> bool:
    """Whether the request brings words to be kept, or has some deleted, without asking for anything."""
    return scope["type"] == "http" and scope["method"] == "POST" and _path(scope) in _TELLING_FORMS


def _path(scope: Scope) -> str:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path


def kept(pages: Pages, request: Request, problem: Problem, fields: list[tuple[str, str]]) -> Response:
    """The problem, and a form with everything that was written, ready to be sent again."""
    written = [(name, value) for name, value in fields if name != FIELD]
    boxes = [(name, value) for name, value in written if name in _LONG_TEXTS and value.strip()]
    context = {
        "problem": problem,
        "action": request.scope["path"],
        "long": boxes,
        "rest": [each for each in written if each not in boxes],
    }
    return pages.render(request, "kept.html", context, status=problem.status, problem=problem)
