"""A request of the web, put to the assistant: the same for pages, programs, streams and links."""

from datetime import date

from assistant.model import Answer
from assistant.service import Assistant
from bots.web.schemas import AskRequest


def answer_to(asked: AskRequest, *, assistant: Assistant, today: date) -> Answer:
    """The answer, with all that the request says. Raises what `Assistant.ask` raises."""
    return assistant.ask(
        asked.question,
        today=today,
        history=[turn.as_turn() for turn in asked.history],
        as_at=asked.as_at,
        audience=asked.audience,
        calendar=asked.calendar,
        corrections=asked.corrections(),
        conversation_id=asked.conversation_id,
    )
