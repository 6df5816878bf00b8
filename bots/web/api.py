"""The JSON API: ask, look a passage up, and tell whether the service is up and ready."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic_core import to_json

from assistant.service import Assistant
from bots.rendering import answer_as_json, passage_as_json
from bots.web.asking import answer_to
from bots.web.schemas import (
    AnswerResponse,
    AskRequest,
    ErrorResponse,
    Health,
    PassageResponse,
    ReadinessResponse,
)

_PRIVATE = {"Cache-Control": "no-store"}


def _may_fail(why: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ErrorResponse, "description": words} for status, words in why.items()}


TOO_OFTEN = "Too many questions from one client; try again after the seconds in Retry-After."
_NOT_READY = "There is no index to answer from; try again after the seconds in Retry-After."


def api_routes(*, assistant: Assistant, today: Callable[[], date]) -> APIRouter:
    """The routes that answer questions: /api/ask and /api/passages."""
    router = APIRouter()

    @router.post(
        "/api/ask",
        tags=["answers"],
        summary="Ask a question and get a cited answer",
        response_model=None,
        responses={
            200: {"model": AnswerResponse, "description": "The answer; `status` says how it ended."},
            **_may_fail(
                {
                    400: "The body is not JSON.",
                    413: "The body is too large.",
                    422: "A field, or the question itself, cannot be read; `fields` says what to mend.",
                    429: TOO_OFTEN,
                    503: f"{_NOT_READY} Or too many people ask, or the answer took too long.",
                }
            ),
        },
    )
    def ask(asked: AskRequest) -> Response:
        """Answers from the law and guidance in force on `as_at`; every statement carries its citations."""
        answer = answer_to(asked, assistant=assistant, today=today())
        return Response(to_json(answer_as_json(answer)), media_type="application/json", headers=_PRIVATE)

    @router.get(
        "/api/passages/{passage_id}",
        tags=["answers"],
        summary="Look up the passage that a citation names",
        response_model=None,
        responses={
            200: {"model": PassageResponse, "description": "The passage."},
            **_may_fail({404: "There is no passage with this id.", 503: _NOT_READY}),
        },
    )
    def passage(passage_id: str) -> JSONResponse:
        """What the provision says in our own words, who it binds, and where it comes from."""
        return JSONResponse(passage_as_json(assistant.passage(passage_id)))

    return router


def health_routes(*, assistant: Assistant) -> APIRouter:
    """`/healthz` and `/readyz`, for whoever runs the service."""
    router = APIRouter()

    @router.get("/healthz", tags=["running"], summary="Whether the process is up")
    def healthz() -> Health:
        """Always 200 while the process answers at all."""
        return Health()

    @router.get(
        "/readyz",
        tags=["running"],
        summary="Whether there is an index to answer from",
        responses=_may_fail({503: _NOT_READY}),
    )
    def readyz() -> ReadinessResponse:
        """The live build, the corpus version it was made from, and how many passages it holds."""
        ready = assistant.readiness()
        return ReadinessResponse(build_id=ready.build_id, corpus_version=ready.corpus_version, passages=ready.passages)

    return router
