"""What is kept of conversations, for how long, and what can go wrong with it. Only masked text is ever kept.

ConversationError
├── ConversationGone           unknown, deleted, or past its time
├── SharedAnswerUnknown        no such link, or it was deleted
├── SharedAnswerExpired        there was one, and its time is over
└── StoreUnavailable           the place where conversations are kept cannot be read or written
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from assistant.errors import NavigatorError
from assistant.model import Audience

FEEDBACK_KEPT = timedelta(days=365)
MASKED = "[removed]"


class ConversationError(NavigatorError):
    """What was to be kept, read or shared could not be; answers themselves never depend on it."""

    code = "conversation"


class ConversationGone(ConversationError):
    code = "conversation_gone"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is kept under this id any more: it was deleted, its time is over, or the id is mistyped. "
            "To go on, ask your question again."
        )


class SharedAnswerUnknown(ConversationError):
    code = "shared_answer_unknown"

    def __init__(self) -> None:
        super().__init__(
            "There is no shared answer at this link. It may have been deleted, or part of the link may be missing. "
            "Ask the person who sent it for a new link, or ask the question yourself from the first page."
        )


class SharedAnswerExpired(ConversationError):
    code = "shared_answer_expired"

    def __init__(self) -> None:
        super().__init__(
            "This link has come to its end: shared answers are kept only for a time, because the law changes. "
            "Ask the person who sent it for a new link, or ask the question yourself from the first page."
        )


class StoreUnavailable(ConversationError):
    code = "store_unavailable"

    def __init__(self, where: str, *, why: str) -> None:
        super().__init__(
            f"Conversations cannot be kept or read at {where}: {why}. Answers are given all the same. Free some space "
            "there, or choose a place that can be written to with APNAV_DATA_DIR or APNAV_DATABASE_URL."
        )


# What is kept -------------------------------------------------------------------------------------------------------


class FeedbackReason(StrEnum):
    """Why an answer did not help."""

    WRONG = "wrong"
    MISSING = "missing"
    NOT_MY_CASE = "not_my_case"
    HARD_TO_UNDERSTAND = "hard_to_understand"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTurn:
    """One question and its answer. `answer` is the published JSON of the answer, as text; `at` is when it was given."""

    asked: str
    audience: Audience
    as_at: date
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The turns kept under one unguessable id, oldest first. Nothing of it is kept after `expires`."""

    id: str
    audience: Audience
    started: datetime
    expires: datetime
    turns: tuple[KeptTurn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAnswer:
    """One answer that anyone who has its link may read until `expires`."""

    id: str
    turn: KeptTurn
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reader thought of an answer, and which passages and edition of the corpus it was made of."""

    helpful: bool
    at: datetime
    corpus_version: str
    passage_ids: tuple[str, ...]
    reason: FeedbackReason | None = None
    words: str = ""
    conversation_id: str | None = None


# Nothing that names a child is kept ---------------------------------------------------------------------------------

_ECHOES = ("working", "others", "notices", "question_back", "caveat", "aim_because")  # the rest is the corpus's own
_SHORTEST_NAME = 3


def masked(turn: KeptTurn, *, mask: Callable[[str], str]) -> KeptTurn:
    """The turn as it may be kept: its question masked, and what the mask took out taken out of the answer too.

    The corpus's own words in an answer are left as they are: the number of a help line must stay readable.
    """
    asked = mask(turn.asked)
    removed = tuple(_removed(turn.asked, asked))
    answer = json.loads(turn.answer)
    situation = answer.get("situation") or {}
    if situation.get("postcode"):
        situation["postcode"] = mask(situation["postcode"])
    return replace(turn, asked=asked, answer=json.dumps(_without_echoes(answer, removed), ensure_ascii=False))


def _removed(before: str, after: str) -> Iterator[str]:
    """The words a mask took out, longest pieces first; single ones only where they look like a name or number."""
    old, new = _between_what_is_alike(before.split(), after.split())
    pieces = [
        " ".join(old[start:end])
        for change, start, end, _, _ in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
        if change in {"replace", "delete"}
    ]
    words = [word for piece in pieces for word in piece.split() if word[0].isupper() or word[-1].isdigit()]
    for piece in sorted({*pieces, *words}, key=len, reverse=True):
        plain = piece.strip(".,;:!?()'\"“”‘’")
        if len(plain) >= _SHORTEST_NAME:
            yield plain


def _between_what_is_alike(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Both without the words that they begin and end with alike; comparing takes the square of what is left."""
    start = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    if start is None:
        shorter = min(len(old), len(new))
        return old[shorter:], new[shorter:]
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return old[start : len(old) - end], new[start : len(new) - end]


def _without_echoes(value: Any, removed: tuple[str, ...], *, echoes: bool = False) -> Any:
    match value:
        case str() if echoes:
            for words in removed:
                value = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", MASKED, value)
            return value
        case list():
            return [_without_echoes(each, removed, echoes=echoes) for each in value]
        case Mapping():
            return {k: _without_echoes(v, removed, echoes=echoes or k in _ECHOES) for k, v in value.items()}
        case _:
            return value
