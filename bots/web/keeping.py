"""What the pages keep of a question and its answer, and the task that deletes it when its time is over."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool

from assistant.conversations import ConversationGone, FeedbackReason, KeptTurn, StoreUnavailable
from assistant.model import Answer, Status
from assistant.ports import ConversationStore
from bots.rendering import answer_as_json
from bots.web.schemas import AskRequest

_log = logging.getLogger(__name__)

PURGE_EVERY = timedelta(minutes=10)

REASONS = {
    FeedbackReason.WRONG: "Something in it is wrong",
    FeedbackReason.MISSING: "Something is missing",
    FeedbackReason.NOT_MY_CASE: "It does not fit what happened to us",
    FeedbackReason.HARD_TO_UNDERSTAND: "It is hard to understand",
    FeedbackReason.OTHER: "Something else",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterAnswer:
    """What the forms below an answer need. `conversation_id` is None where nothing could be kept."""

    conversation_id: str | None
    may_share: bool
    corpus_version: str
    passage_ids: str
    kept_until: datetime | None = None

    @property
    def reasons(self) -> dict[str, str]:
        return {reason.value: words for reason, words in REASONS.items()}


class Keeping:
    """Keeps what was asked on the pages. A store that fails never costs anybody an answer."""

    def __init__(self, store: ConversationStore, *, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now

    def keep(self, asked: AskRequest, answer: Answer) -> AfterAnswer:
        """Keep the turn in the conversation it belongs to, or in a new one where that is gone."""
        turn = turn_of(asked, answer, at=self.now())
        kept_in = asked.conversation_id  # what was kept before can still be deleted when this cannot be written
        try:
            kept_in = self._added(asked.conversation_id, turn)
        except StoreUnavailable as error:
            _log.warning("Not kept: %s", error)
        except Exception as error:  # its words are left out: they may quote what a parent wrote
            _log.error("Not kept: unexpected %s", type(error).__name__)
        return AfterAnswer(
            conversation_id=kept_in,
            may_share=answer.status not in {Status.URGENT, Status.CLARIFY},
            corpus_version=answer.corpus_version,
            passage_ids=" ".join(dict.fromkeys(citation.passage_id for citation in answer.citations)),
        )

    def _added(self, conversation_id: str | None, turn: KeptTurn) -> str:
        if conversation_id:
            with suppress(ConversationGone):
                self.store.add(conversation_id, turn)
                return conversation_id
        fresh = self.store.start(turn.audience, now=turn.at)
        self.store.add(fresh, turn)
        return fresh


def turn_of(asked: AskRequest, answer: Answer, *, at: datetime) -> KeptTurn:
    """A question and its answer as a store takes them."""
    return KeptTurn(
        asked=asked.question,
        audience=asked.audience,
        as_at=answer.as_at,
        answer=to_json(answer_as_json(answer)).decode(),
        at=at,
    )


# Deleting in time ---------------------------------------------------------------------------------------------------


def purging(
    store: ConversationStore, *, now: Callable[[], datetime], every: timedelta = PURGE_EVERY
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """A lifespan in which everything whose time is over is deleted, at its start and then `every` so often."""

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        task = asyncio.create_task(_purge_for_ever(store, now=now, every=every))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return lifespan


async def _purge_for_ever(store: ConversationStore, *, now: Callable[[], datetime], every: timedelta) -> None:
    while True:
        try:
            await run_in_threadpool(store.delete_expired, now())
        except StoreUnavailable as error:
            _log.warning("Nothing was deleted: %s", error)
        except Exception as error:  # the next round must come whatever happened in this one
            _log.error("Nothing was deleted: unexpected %s", type(error).__name__)
        await asyncio.sleep(every.total_seconds())
