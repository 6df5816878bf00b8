"""Below an answer: share it by a link, say whether it helped, delete what is kept. Plain forms, no cookie."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, TypeAdapter, ValidationError

from assistant.conversations import Feedback, FeedbackReason, SharedAnswer, SharedAnswerExpired
from assistant.errors import QuestionError
from assistant.model import Answer
from assistant.service import Assistant
from bots.web.answer_view import view
from bots.web.asking import answer_to
from bots.web.keeping import Keeping, turn_of
from bots.web.page import AskForm, read_form
from bots.web.pages import Pages

_ANSWER = TypeAdapter(Answer)
_PASSAGE_ID = re.compile(r"[a-z0-9-]{1,60}")
_VERSION = re.compile(r"[\w.-]{0,80}")
_MOST_PASSAGES = 60
_MOST_WORDS = 1000
_NOT_FOR_SEARCH_ENGINES = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


class FeedbackUnclear(QuestionError):
    """What was said of an answer cannot be kept as it is."""

    code = "feedback_unclear"


class FeedbackForm(BaseModel):
    """What a reader sent: all text, checked when it is made into `Feedback`."""

    helpful: str = ""
    reason: str = ""
    words: str = ""
    corpus_version: str = ""
    passage_ids: str = ""
    conversation_id: str = ""


def conversation_routes(
    *, assistant: Assistant, keeping: Keeping, today: Callable[[], date], pages: Pages
) -> APIRouter:
    """`/share`, `/shared/{id}`, `/feedback` and `/conversations/delete`."""
    router = APIRouter(include_in_schema=False)

    @router.post("/share")
    def share(request: Request, form: Annotated[AskForm, Form()]) -> RedirectResponse:
        asked = read_form(form.settled())
        # Asked again here: a page can be changed before it is sent, and what we show under our name is ours.
        answer = answer_to(asked, assistant=assistant, today=today())
        turn = turn_of(asked, answer, at=keeping.now())
        share_id = keeping.store.share(turn, conversation_id=asked.conversation_id)
        root = request.scope.get("root_path", "").rstrip("/")
        return RedirectResponse(f"{root}/shared/{share_id}?new=1", status_code=303)

    @router.api_route("/shared/{share_id}", methods=["GET", "HEAD"])
    def shared(request: Request, share_id: str, new: str = "") -> HTMLResponse:
        found = keeping.store.shared(share_id, now=keeping.now())
        context = {
            "today": today(),
            "view": view(answer_of(found)),
            "shared": found,
            "address": str(request.base_url).rstrip("/") + f"/shared/{found.id}" if new else None,
        }
        response = pages.render(request, "shared.html", context)
        response.headers.update(_NOT_FOR_SEARCH_ENGINES)
        return response

    @router.post("/feedback")
    def feedback(request: Request, form: Annotated[FeedbackForm, Form()]) -> HTMLResponse:
        keeping.store.keep_feedback(feedback_of(form, at=keeping.now()))
        told = (
            "Thank you. What you told us is kept for up to a year, without names and without who you are, to make "
            "answers better. Nobody replies to it: for help with your own case, use the contacts given with the answer."
        )
        return pages.render(request, "done.html", {"title": "Thank you", "told": told})

    @router.post("/conversations/delete")
    def delete(request: Request, conversation_id: Annotated[str, Form()] = "") -> HTMLResponse:
        was_there = keeping.store.delete(conversation_id)
        told = (
            "Your questions, their answers, the links you made and what you told us about them are deleted. "
            if was_there
            else "Nothing is kept of this conversation: it was deleted already, or its time was over. "
        ) + "Your browser may still have the page: close it, and clear its history if others use this device."
        return pages.render(request, "done.html", {"title": "Deleted", "told": told})

    return router


def answer_of(shared: SharedAnswer) -> Answer:
    """The answer that was shared. Raises `SharedAnswerExpired` when this version of the program cannot read it."""
    try:
        return _ANSWER.validate_json(shared.turn.answer)
    except ValidationError as error:
        raise SharedAnswerExpired from error


def feedback_of(form: FeedbackForm, *, at: datetime) -> Feedback:
    """The form as feedback. Raises `FeedbackUnclear`; what the page itself had put in is dropped where it is odd."""
    if form.helpful not in {"yes", "no"}:
        raise FeedbackUnclear("Please go back and choose Yes or No, so that we know whether the answer helped.")
    words = form.words.replace("\r\n", "\n").strip()  # as a browser counts them while they are written
    if len(words) > _MOST_WORDS:
        raise FeedbackUnclear(
            f"That is more than {_MOST_WORDS:,} characters. Please go back and send the most important part."
        )
    known = {reason.value for reason in FeedbackReason}
    ids = [each for each in form.passage_ids.split() if _PASSAGE_ID.fullmatch(each)]
    return Feedback(
        helpful=form.helpful == "yes",
        reason=FeedbackReason(form.reason) if form.reason in known else None,
        words=words,
        corpus_version=form.corpus_version if _VERSION.fullmatch(form.corpus_version) else "",
        passage_ids=tuple(ids[:_MOST_PASSAGES]),
        conversation_id=form.conversation_id or None,
        at=at,
    )
