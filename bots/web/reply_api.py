"""The JSON API for replies: draft one from a question, and check an edited one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic_core import to_json

from assistant.replies import ReplyDesk
from assistant.reply import Draft
from bots.rendering import checked_as_json, draft_as_json
from bots.web.reply_schemas import CheckResponse, DraftResponse, ReplyCheckRequest, ReplyRequest
from bots.web.schemas import ErrorResponse

_WHY = {
    400: "The body is not JSON.",
    413: "The body is too large.",
    422: "A field, the question or the text cannot be read; `fields` says what to mend.",
    503: "There is no index to answer from; try again after the seconds in Retry-After.",
}
_MAY_FAIL: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorResponse, "description": words} for status, words in _WHY.items()
}


def reply_api_routes(*, desk: ReplyDesk, today: Callable[[], date]) -> APIRouter:
    """/api/reply and /api/reply/check."""
    router = APIRouter(tags=["replies"])

    def drafted(asked: ReplyRequest) -> Draft:
        return desk.draft(
            asked.question,
            today=today(),
            history=[turn.as_turn() for turn in asked.history],
            as_at=asked.as_at,
            calendar=asked.calendar,
            corrections=asked.corrections(),
        )

    @router.post(
        "/api/reply",
        summary="Draft a reply to a family",
        response_model=None,
        responses={200: {"model": DraftResponse, "description": "The draft."}, **_MAY_FAIL},
    )
    def reply(asked: ReplyRequest) -> Response:
        """Turns the adviser's answer into an editable letter; each sentence of the law keeps its source numbers."""
        draft = drafted(asked)
        return _said(draft_as_json(draft, reading_age=desk.check(draft.text, draft=draft).reading_age))

    @router.post(
        "/api/reply/check",
        summary="Check an edited reply against its sources",
        response_model=None,
        responses={200: {"model": CheckResponse, "description": "What was found."}, **_MAY_FAIL},
    )
    def check(asked: ReplyCheckRequest) -> Response:
        """The draft is made again from the question; each sentence of `text` is held against it."""
        return _said(checked_as_json(desk.check(asked.text, draft=drafted(asked))))

    return router


def _said(value: dict[str, Any]) -> Response:
    return Response(to_json(value), media_type="application/json", headers={"Cache-Control": "no-store"})
