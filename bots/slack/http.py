"""Where Slack reaches the app over HTTP: its posts, and the pages of an installation."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from threading import Thread
from typing import Any

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.oauth import OAuthFlow
from slack_sdk.signature import SignatureVerifier
from starlette.responses import JSONResponse, Response

from bots.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bots.slack.working.work import Workers

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]

_log = logging.getLogger(__name__)
AT_ONCE = 16
"""Posts of Slack handled at the same time, in threads of their own: answers never make one wait for its turn."""


def slack_routes(app: App, *, signing_secret: str, flow: OAuthFlow | None = None) -> APIRouter:
    """`/slack/events`; and, with the `flow` of an installation by OAuth, `/slack/install` and `/slack/oauth_redirect`.

    A post is acknowledged as soon as the listener has returned: what takes time is done by others.
    """
    router = APIRouter(include_in_schema=False)
    is_from_slack = _signature_check(signing_secret)
    turns: list[anyio.CapacityLimiter] = []  # made in the event loop that it is for

    async def handled(work: Callable[[BoltRequest], BoltResponse], request: Request, body: bytes) -> Response:
        if not turns:
            turns.append(anyio.CapacityLimiter(AT_ONCE))
        try:
            asked = to_bolt_request(request, body)
        except (AttributeError, TypeError, ValueError):  # no JSON, or none of Slack's shapes
            _log.warning("Refused a post that is signed, and is not what Slack sends")
            return JSONResponse({"error": {"code": "not_readable", "message": "This is not what Slack sends."}}, 400)
        # Bolt's own adapter would hold up every other request of this process while a listener runs.
        response = await run_sync(work, asked, limiter=turns[0])
        return to_starlette_response(response)

    @router.post(EVENTS_PATH)
    async def events(request: Request) -> Response:
        body = await request.body()
        if not is_from_slack(request, body):
            _log.warning("Refused a post that Slack did not sign, or that is older than five minutes")
            return JSONResponse({"error": {"code": "not_signed", "message": "Only Slack may post here."}}, 401)
        return await handled(app.dispatch, request, body)

    if flow is not None:

        @router.get(INSTALL_PATH)
        async def install(request: Request) -> Response:
            return await handled(flow.handle_installation, request, b"")

        @router.get(REDIRECT_PATH)
        async def installed(request: Request) -> Response:
            return await handled(flow.handle_callback, request, b"")

    return router


def answering(lifespan: Lifespan, workers: Workers, *, check: Callable[[], object] = lambda: None) -> Lifespan:
    """The life of a web server, during which the workers answer what Slack posted.

    `check` asks Slack at the beginning what the first event needs to know; nobody waits for it.
    """

    @asynccontextmanager
    async def both(app: Any) -> AsyncIterator[Any]:
        async with lifespan(app) as state:
            Thread(target=check, name="slack-check", daemon=True).start()
            workers.start()
            try:
                yield state
            finally:
                await run_sync(workers.stop)

    return both


def _signature_check(signing_secret: str) -> Callable[[Request, bytes], bool]:
    """Checks before anything else reads the body, on its raw bytes; Bolt, which reads it first, checks once more."""
    verifier = SignatureVerifier(signing_secret)

    def is_from_slack(request: Request, body: bytes) -> bool:
        headers = request.headers
        try:
            return verifier.is_valid(
                body, headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature", "")
            )
        except (TypeError, ValueError):  # a time that is no number, letters that no signature has, or no UTF-8
            return False

    return is_from_slack
