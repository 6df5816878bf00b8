"""The web application, put together from an assistant and a calendar."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.desk import DeadlineDesk
from assistant.errors import NavigatorError
from assistant.offer_desk import OfferDesk
from assistant.offer_terms import OfferVocabulary
from assistant.ports import ConversationStore
from assistant.replies import ReplyDesk
from assistant.service import Assistant
from bots.web.api import api_routes, health_routes
from bots.web.conversations import conversation_routes
from bots.web.csrf import FOR_PROGRAMS, FormTokens
from bots.web.date_files import date_file_routes
from bots.web.docs import docs_routes
from bots.web.errors import Problem, as_json, explain
from bots.web.keeping import PURGE_EVERY, Keeping, purging
from bots.web.offer_api import offer_api_routes
from bots.web.offer_pages import offer_pages
from bots.web.oruk import oruk_routes
from bots.web.page import page_routes
from bots.web.pages import FOLDER, Pages
from bots.web.reply import reply_routes
from bots.web.reply_api import reply_api_routes
from bots.web.safety import Safety, guard
from bots.web.source_pages import source_pages
from bots.web.standing_pages import Standing, standing_pages
from bots.web.stream import stream_routes
from bots.web.time_limits_api import time_limit_routes
from bots.web.time_pages import time_pages

_FOR_PEOPLE = ("/passages/", "/sources", "/offers", "/time-limits", "/share", "/feedback", "/conversations/")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalOffers:
    """Where offers are asked for, and the words in which our feed tells of them."""

    desk: OfferDesk
    vocabulary: OfferVocabulary


_ABOUT = (
    "Cited answers about exclusion, suspension and alternative provision in England. Information, not legal advice. "
    "Every error has one shape: {error: {code, message, fields?}}."
)


def create_app(  # noqa: PLR0913 - one for each thing that this doorway leads to
    *,
    assistant: Assistant,
    today: Callable[[], date],
    desk: DeadlineDesk | None = None,
    safety: Safety | None = None,
    store: ConversationStore | None = None,
    standing: Standing | None = None,
    replies: ReplyDesk | None = None,
    offers: LocalOffers | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    purge_every: timedelta = PURGE_EVERY,
) -> FastAPI:
    """The web doorway to `assistant` and `desk`: pages at /, the API at /api, its documentation at /docs."""
    safety = safety or Safety()
    tokens = FormTokens(safety.key)
    app = FastAPI(title="AP Navigator", version="1", description=_ABOUT, docs_url=None, redoc_url=None)
    keeping = None
    if store is not None:
        keeping = Keeping(store, now=now)
        app.router.lifespan_context = purging(store, now=now, every=purge_every)
    pages = Pages(form_token=tokens.issue, has_offers=offers is not None)

    def respond(request: Request, problem: Problem) -> Response:
        return pages.problem(request, problem) if _is_for_people(request) else as_json(problem)

    def handle(request: Request, error: Exception) -> Response:
        return respond(request, explain(error))

    for kind in (NavigatorError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)
    guard(app, safety=safety, tokens=tokens, pages=pages, respond=respond, is_for_people=_is_for_people)

    app.include_router(page_routes(assistant=assistant, today=today, pages=pages, desk=desk, keeping=keeping))
    if keeping is not None:
        app.include_router(conversation_routes(assistant=assistant, keeping=keeping, today=today, pages=pages))
    app.include_router(api_routes(assistant=assistant, today=today))
    app.include_router(stream_routes(assistant=assistant, today=today, pages=pages, desk=desk, keeping=keeping))
    app.include_router(health_routes(assistant=assistant))
    app.include_router(source_pages(assistant=assistant, today=today, pages=pages))
    app.include_router(standing_pages(standing=standing or Standing(), keeps=keeping is not None, pages=pages))
    for router in _of_desks(desk, replies, offers, today=today, pages=pages):
        app.include_router(router)
    app.include_router(docs_routes(app, pages=pages))
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    return app


def _of_desks(
    desk: DeadlineDesk | None,
    replies: ReplyDesk | None,
    offers: LocalOffers | None,
    *,
    today: Callable[[], date],
    pages: Pages,
) -> Iterator[APIRouter]:
    """The pages and the API of each desk that there is."""
    if desk is not None:
        yield time_pages(desk=desk, today=today, pages=pages)
        yield time_limit_routes(desk=desk, today=today)
        yield date_file_routes(desk=desk, today=today)
    if replies is not None:
        yield reply_routes(desk=replies, today=today, pages=pages)
        yield reply_api_routes(desk=replies, today=today)
    if offers is not None:
        yield offer_pages(desk=offers.desk, today=today, pages=pages)
        yield offer_api_routes(desk=offers.desk, today=today)
        yield oruk_routes(desk=offers.desk, vocabulary=offers.vocabulary)


def _is_for_people(request: Request) -> bool:
    """Whether a person reads the response: pages are always HTML, the API always JSON, the rest as asked for."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    if path.startswith(FOR_PROGRAMS):
        return False
    return path == "/" or path.startswith(_FOR_PEOPLE) or "text/html" in request.headers.get("accept", "")
