"""The web application, put together from an assistant and a calendar."""

from collections.abc import Callable
from datetime import date

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.desk import DeadlineDesk
from assistant.errors import NavigatorError
from assistant.service import Assistant
from bots.web.api import api_routes, health_routes
from bots.web.docs import docs_routes
from bots.web.errors import Problem, as_json, explain
from bots.web.guard import BodyLimit, SecurityHeaders, UnexpectedErrors
from bots.web.page import page_routes
from bots.web.pages import FOLDER, Pages
from bots.web.time_limits_api import time_limit_routes

MAX_BODY = 64 * 1024  # bytes
_FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/openapi.json")

_ABOUT = (
    "Cited answers about exclusion, suspension and alternative provision in England. Information, not legal advice. "
    "Every error has one shape: {error: {code, message, fields?}}."
)


def create_app(*, assistant: Assistant, today: Callable[[], date], desk: DeadlineDesk | None = None) -> FastAPI:
    """The web doorway to `assistant` and `desk`: pages at /, the API at /api, its documentation at /docs."""
    app = FastAPI(title="AP Navigator", version="1", description=_ABOUT, docs_url=None, redoc_url=None)
    pages = Pages()

    def respond(request: Request, problem: Problem) -> Response:
        return pages.problem(request, problem) if _is_for_people(request) else as_json(problem)

    def handle(request: Request, error: Exception) -> Response:
        return respond(request, explain(error))

    for kind in (NavigatorError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=MAX_BODY, respond=respond)
    app.add_middleware(UnexpectedErrors, respond=respond)
    app.add_middleware(SecurityHeaders)

    app.include_router(page_routes(assistant=assistant, today=today, pages=pages))
    app.include_router(api_routes(assistant=assistant, today=today))
    app.include_router(health_routes(assistant=assistant))
    if desk is not None:
        app.include_router(time_limit_routes(desk=desk, today=today))
    app.include_router(docs_routes(app, pages=pages))
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    return app


def _is_for_people(request: Request) -> bool:
    """Whether a person reads the response: pages are always HTML, the API always JSON, the rest as asked for."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    if path.startswith(_FOR_PROGRAMS):
        return False
    return path == "/" or path.startswith("/passages/") or "text/html" in request.headers.get("accept", "")
