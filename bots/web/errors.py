"""What went wrong, said once: the HTTP status, code and words of every error, and the one JSON shape they take."""

import logging
import secrets
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from assistant.conversations import ConversationError, SharedAnswerExpired, StoreUnavailable
from assistant.errors import (
    AsAtBeforeLaw,
    DeadlineError,
    EmbeddingModelError,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    IndexUnavailable,
    NavigatorError,
    QuestionError,
    UnknownPassage,
    UnknownSource,
)
from assistant.offer_errors import OfferError, OfferGone, PlaceError, UnknownNeed

_log = logging.getLogger(__name__)
_RETRY = {"Retry-After": "30"}  # seconds; a rebuild with nothing new to embed takes less


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as a person or program is told of it. `fields` names what to mend: field to plain sentence."""

    status: int
    code: str
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class UnreadableHistory(QuestionError):
    """The earlier messages that came back with a form are not what the page had put there."""

    code = "unreadable_history"

    def __init__(self) -> None:
        super().__init__(
            "The earlier part of this conversation could not be read, so it was left out. "
            "Your question is kept below: add what matters from before, then send it again."
        )


def explain(error: Exception) -> Problem:  # noqa: PLR0911 - one line for each kind of error
    """The status, code and words for any error. What nobody foresaw is logged under an id and said without details."""
    match error:
        case RequestValidationError() | ValidationError():
            return _of_fields(error.errors())
        case QuestionError():
            # The day may have come from the question or from the field for it: neither is blamed.
            fields = {} if isinstance(error, AsAtBeforeLaw | DeadlineError) else {"question": str(error)}
            return Problem(status=422, code=error.code, message=str(error), fields=fields)
        case StoreUnavailable():
            return _of_no_store(error)
        case ConversationError():
            gone = isinstance(error, SharedAnswerExpired)
            return Problem(status=410 if gone else 404, code=error.code, message=str(error))
        case OfferError():
            return _of_offers(error)
        case UnknownPassage() | UnknownSource():
            return Problem(status=404, code=error.code, message=str(error))
        case IndexUnavailable() | EmbeddingModelError():
            return _of_not_ready(error)
        case HTTPException():
            return _of_http(error)
        case _:
            return _of_unexpected(error)


def as_json(problem: Problem) -> JSONResponse:
    """The one JSON shape of errors: {"error": {"code", "message", "fields"?}}."""
    body: dict[str, Any] = {"code": problem.code, "message": problem.message}
    if problem.fields:
        body["fields"] = dict(problem.fields)
    return JSONResponse({"error": body}, status_code=problem.status, headers=dict(problem.headers))


def too_large(limit: int) -> Problem:
    """The request's body is longer than `limit` bytes; none of it was read further."""
    return Problem(
        status=413,
        code="too_large",
        message=(
            f"That is too much to send at once: the limit is {limit // 1024} KiB. Nothing was stored. Go back, keep "
            "the main question and the most important facts, and ask the rest as follow-ups."
        ),
    )


def body_too_slow() -> Problem:
    """The body had not arrived when patience ended."""
    message = "What you sent did not arrive in time: the connection may be slow. Please go back and send it again."
    return Problem(status=408, code="too_slow", message=message, headers={"Connection": "close"})


def address_too_long() -> Problem:
    return Problem(
        status=414,
        code="address_too_long",
        message="That address is too long. Start from the first page and write your question in the box.",
    )


def headers_too_large() -> Problem:
    return Problem(
        status=431,
        code="headers_too_large",
        message="Your browser sent more than a page needs. Clear its cookies for this site and try again.",
    )


# Who may ask, and how often -----------------------------------------------------------------------------------------

_IN_DANGER = "If a child is in danger now, do not wait: call 999."


def asked_too_often(seconds: int) -> Problem:
    """One client has asked more than its share; it may ask again after `seconds`."""
    wait = f"{seconds} seconds" if seconds < 90 else f"{-(-seconds // 60)} minutes"
    message = (
        f"Many questions came from your connection in a short time. Please wait {wait}, then send this again. "
        f"Nothing was lost. {_IN_DANGER}"
    )
    return Problem(status=429, code="asked_too_often", message=message, headers={"Retry-After": str(seconds)})


def too_busy() -> Problem:
    message = f"Many people are asking just now. Please send your question again in a few seconds. {_IN_DANGER}"
    return Problem(status=503, code="too_busy", message=message, headers={"Retry-After": "5"})


def answer_took_too_long() -> Problem:
    message = (
        "The answer took too long, so we stopped waiting for it. Please send your question again; a shorter one, "
        f"about one thing, is quicker. {_IN_DANGER}"
    )
    return Problem(status=503, code="answer_took_too_long", message=message, headers=_RETRY)


def foreign_form() -> Problem:
    message = (
        "This was sent from a page that is not ours, so nothing was done. If you wrote it yourself, go to our first "
        "page and send it from there."
    )
    return Problem(status=403, code="foreign_form", message=message)


def stale_form() -> Problem:
    message = (
        "The page was open for too long, so nothing was done yet, to keep you safe. Nothing you wrote was lost: "
        "check it and send it again."
    )
    return Problem(status=403, code="stale_form", message=message)


# The index ----------------------------------------------------------------------------------------------------------

# The errors themselves name folders of the server: those go to the log, not to the reader.
_NOT_READY: Sequence[tuple[type[NavigatorError], str]] = (
    (IndexMissing, "the search index has not been built yet. Whoever runs this service builds it with: apnav ingest"),
    (IndexDamaged, "the search index cannot be read. Whoever runs this service mends it with: apnav ingest --rebuild"),
    (
        IndexOutdated,
        "the search index was made for another version. Whoever runs this service renews it with: apnav ingest",
    ),
    (
        EmbeddingModelError,
        "the model that reads questions cannot be opened. Whoever runs this service can see why in the log",
    ),
)


def _of_not_ready(error: NavigatorError) -> Problem:
    _log.warning("Not ready: %s", error)
    why = next(
        (words for kind, words in _NOT_READY if isinstance(error, kind)), "the search index is not available just now"
    )
    message = f"Nothing can be answered just now: {why}. Please try again in a few minutes."
    return Problem(status=503, code=error.code, message=message, headers=_RETRY)


def _of_no_store(error: NavigatorError) -> Problem:
    _log.warning("Not kept: %s", error)
    message = (
        "What is kept of conversations cannot be read or changed just now, so nothing was done. Answers are given all "
        "the same. Please try again in a few minutes."
    )
    return Problem(status=503, code=error.code, message=message, headers=_RETRY)


def _of_offers(error: OfferError) -> Problem:
    if isinstance(error, PlaceError):
        return Problem(status=422, code=error.code, message=str(error), fields={"near": str(error)})
    if isinstance(error, UnknownNeed):
        return Problem(status=422, code=error.code, message=str(error), fields={"need": str(error)})
    if isinstance(error, OfferGone):
        return Problem(status=404, code=error.code, message=str(error))
    _log.warning("No offers: %s", error)
    message = "The list of local places cannot be read just now. Please try again in a few minutes."
    return Problem(status=503, code=error.code, message=message, headers=_RETRY)


# Requests that cannot be read ---------------------------------------------------------------------------------------

_PLAIN_WORDS = {
    "missing": "This is required.",
    "string_type": "This must be text.",
    "extra_forbidden": "There is no such field.",
    "list_type": "This must be a list.",
    "model_attributes_type": "Send a JSON object, with the header Content-Type: application/json.",
    "model_type": "This must be a JSON object.",
}


def _of_fields(errors: Sequence[Any]) -> Problem:
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(
            status=400,
            code="malformed_json",
            message='The body is not valid JSON. Send an object such as {"question": "My son was suspended today."}',
        )
    fields = {_name(error["loc"]): _PLAIN_WORDS.get(error["type"], error["msg"]) for error in errors}
    told = " ".join(f"{name}: {words}" for name, words in fields.items())
    return Problem(
        status=422, code="invalid_request", message=f"Please mend this and send it again. {told}", fields=fields
    )


def _name(location: Sequence[Any]) -> str:
    """`history.0.role` for ("body", "history", 0, "role"); the whole body is called "body"."""
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in {"body", "query", "path"}:
        parts = parts[1:]
    return ".".join(parts) or "body"


_OF_STATUS = {
    400: ("bad_request", "The request could not be read. Check that it is complete and its text is UTF-8."),
    404: ("not_found", "There is nothing at this address. Check it for mistakes, or start from the first page."),
    405: ("method_not_allowed", "This address does not take that kind of request."),
}


def _of_http(error: HTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    code, message = _OF_STATUS.get(error.status_code, (phrase.lower().replace(" ", "_"), phrase))
    return Problem(status=error.status_code, code=code, message=message, headers=dict(error.headers or {}))


# What nobody foresaw ------------------------------------------------------------------------------------------------


def _of_unexpected(error: Exception) -> Problem:
    reference = secrets.token_hex(4)
    # The error's own words are left out of the log: they may quote what a parent wrote about a child.
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("Unexpected %s, reference %s\n%s", type(error).__name__, reference, frames)
    message = (
        "Something went wrong on our side, not yours. Please try again. If it happens again, tell whoever runs this "
        f"service the reference {reference}."
    )
    return Problem(status=500, code="internal_error", message=message)
