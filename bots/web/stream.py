"""Answers as server-sent events: piece by piece, in the order they are read."""

from asyncio import Future, ensure_future, wait
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool

from assistant.desk import DeadlineDesk
from assistant.model import Answer, Status
from assistant.service import Assistant
from bots.rendering import answer_as_json, as_plain
from bots.web.answer_view import AnswerView
from bots.web.asking import answer_to
from bots.web.errors import explain
from bots.web.keeping import Keeping
from bots.web.page import as_form, page_context
from bots.web.pages import Pages
from bots.web.schemas import ErrorResponse, StreamRequest

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
# Most answers are there sooner, and then the head of the response and the first piece are one parcel for the browser.
_SOON = 0.25  # seconds
_OPENED = b": answering\n\n"  # a comment: it tells proxies and browsers that the stream is open

Event = tuple[str, dict[str, Any]]

_RESPONSES: Mapping[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {}},
        "description": "Events, in this order: `status`, each `deadline`, each `statement` with its citations, "
        "`notices` (with the local `offers`), `help`, and `done` with the whole answer; or `error` with its code and "
        "message. An urgent answer sends `help` right after `status`.",
    },
    400: {"model": ErrorResponse, "description": "The body is not JSON."},
    413: {"model": ErrorResponse, "description": "The body is too large."},
    422: {"model": ErrorResponse, "description": "A field cannot be read; `fields` says what to mend."},
}


def stream_routes(
    *,
    assistant: Assistant,
    today: Callable[[], date],
    pages: Pages,
    desk: DeadlineDesk | None = None,
    keeping: Keeping | None = None,
) -> APIRouter:
    """`/api/ask/stream`, which says what /api/ask says, and nothing else."""
    router = APIRouter()

    @router.post(
        "/api/ask/stream",
        tags=["answers"],
        summary="Ask a question and get the answer piece by piece",
        response_class=StreamingResponse,
        responses=dict(_RESPONSES),
    )
    async def stream(request: Request, asked: StreamRequest) -> StreamingResponse:
        """With `html`, each event brings the piece of the page that shows it."""

        def begin() -> tuple[Answer, bytes, Iterator[bytes]]:
            answer = answer_to(asked, assistant=assistant, today=today())
            context = page_context(as_form(asked), today=today(), desk=desk, answer=answer)
            html = _Html(pages, request, context) if asked.html else _NoHtml()
            events = (_as_bytes(event) for event in _events(answer, context["view"], html))
            # The heading, and the first thing that it heads, in one frame.
            return answer, b"".join(islice(events, 2)), events

        def done(answer: Answer) -> bytes:
            # What is kept is kept after the answer was sent: nobody waits for that.
            after = keeping.keep(asked, answer) if keeping is not None and asked.html else None
            context = page_context(as_form(asked), today=today(), desk=desk, answer=answer, after=after)
            html = _Html(pages, request, context) if asked.html else _NoHtml()
            return _as_bytes(("done", {"answer": answer_as_json(answer), **html("rest"), **html.page()}))

        async def sent(begun: Future[tuple[Answer, bytes, Iterator[bytes]]]) -> AsyncIterator[bytes]:
            if not begun.done():
                yield _OPENED
            try:
                answer, first, rest = await begun
                yield first
                yield await run_in_threadpool(b"".join, rest)
                yield await run_in_threadpool(done, answer)
            except Exception as error:  # the stream is open already, so whatever went wrong is told as an event
                yield _as_bytes(_trouble(error))

        begun = ensure_future(run_in_threadpool(begin))
        await wait({begun}, timeout=_SOON)
        return StreamingResponse(sent(begun), media_type="text/event-stream", headers=_HEADERS)

    return router


def _trouble(error: Exception) -> Event:
    problem = explain(error)
    fields = {"fields": dict(problem.fields)} if problem.fields else {}
    return "error", {"code": problem.code, "message": problem.message, **fields}


def _events(answer: Answer, view: AnswerView, make: "_NoHtml") -> Iterator[Event]:
    """Everything that a reader needs; only `done` is missing."""
    urgent = answer.status is Status.URGENT
    said = answer_as_json(answer)
    yield "status", {**{key: said[key] for key in ("status", "as_at", "audience", "situation")}, **make("head")}
    if urgent:
        yield "help", {"help": said["help"]}  # its piece of the page is in the first event: nothing comes before it
    for place, card in enumerate(view.dates):
        cited = [as_plain(citation) for citation in card.citations]
        # The first brings the heading of its part along; the rest are put into the list it opened.
        piece = make("date", card) if place else make("dates", view.dates[:1], len(view.dates))
        yield "deadline", {"deadline": as_plain(card.deadline), "citations": cited, **piece}
    for section in view.sections:
        for place, each in enumerate(section.said):
            cited = [as_plain(citation) for citation in each.citations]
            piece = make("statement", each) if place else make("section", section, section.said[:1])
            yield "statement", {"statement": as_plain(each.statement), "citations": cited, **piece}
    yield "notices", {"notices": said["notices"], "offers": said["offers"], **make("notes")}
    if not urgent:
        yield "help", {"help": said["help"], **make("help")}


class _NoHtml:
    """For programs: no piece of any page."""

    def __call__(self, *_: Any) -> Mapping[str, str]:
        return {}

    def page(self) -> Mapping[str, str]:
        return {}


class _Html(_NoHtml):
    """The pieces of the page, made by the very macros that make the page."""

    def __init__(self, pages: Pages, request: Request, context: Mapping[str, Any]) -> None:
        self._context = context
        self._answer = pages.parts(request, "_answer.html")
        self._form: Callable[[], Any] = lambda: pages.parts(request, "_form.html")  # it comes last

    def __call__(self, *asked: Any) -> Mapping[str, str]:
        part, *shown = asked
        page = self._context if part in {"head", "rest"} else self._context["view"]
        return {"html": str(getattr(self._answer, part)(page, *shown))}

    def page(self) -> Mapping[str, str]:
        """What changes around the answer: the form below it, and the title of the page."""
        return {"form": str(self._form().asking(self._context)), "title": self._context["view"].title}


def _as_bytes(event: Event) -> bytes:
    name, told = event
    # JSON keeps a line break inside a string as \n, so every event is one line of data.
    return b"event: %s\ndata: %s\n\n" % (name.encode(), to_json(told))
