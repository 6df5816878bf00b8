"""Replies to families: drafted from an answer, checked after editing, and made into a document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.errors import ReplyTooLong
from assistant.model import Audience, Corrections, Turn
from assistant.ports import ReadingAge
from assistant.reply import Draft, ReplyWording, draft_reply
from assistant.reply_check import MAX_REPLY, Finding, SourcesUsed, as_typed, body_of, check_reply, sources_used
from assistant.reply_document import ReplyDocument, as_document
from assistant.service import Assistant

_AS_TOLD = Corrections()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An edited reply and what was found in it. `reading_age` is in years; None when there is nothing to read."""

    text: str
    findings: tuple[Finding, ...]
    sources: SourcesUsed
    reading_age: float | None


class ReplyDesk:
    """Where replies are drafted and checked. It keeps nothing: a draft is made again from the question each time."""

    def __init__(
        self,
        assistant: Assistant,
        *,
        wording: ReplyWording,
        reading_age: ReadingAge,
        write: Callable[[ReplyDocument], bytes],
    ) -> None:
        """`write` makes the file of a document (DOCX)."""
        self._assistant = assistant
        self._wording = wording
        self._reading_age = reading_age
        self._write = write

    def draft(
        self,
        question: str,
        *,
        today: date,
        history: Sequence[Turn] = (),
        as_at: date | None = None,
        calendar: str | None = None,
        corrections: Corrections = _AS_TOLD,
    ) -> Draft:
        """The reply that the adviser's answer to `question` gives. Raises what `Assistant.ask` raises."""
        answer = self._assistant.ask(
            question,
            today=today,
            history=history,
            as_at=as_at,
            audience=Audience.ADVISER,
            calendar=calendar,
            corrections=corrections,
        )
        return draft_reply(answer, question=question, today=today, wording=self._wording)

    def check(self, text: str, *, draft: Draft) -> Checked:
        """`text` held against the draft it was made from. Raises `ReplyTooLong`."""
        typed = as_typed(text)
        if len(typed) > MAX_REPLY:
            raise ReplyTooLong(len(typed), limit=MAX_REPLY)
        return Checked(
            text=typed,
            findings=check_reply(typed, draft),
            sources=sources_used(typed, draft),
            reading_age=self._reading_age.of(body_of(typed, draft)),
        )

    def document(self, text: str, *, draft: Draft) -> bytes:
        """`text` as a DOCX file with headings, and its sources as links. Raises `ReplyTooLong`."""
        typed = as_typed(text)
        if len(typed) > MAX_REPLY:
            raise ReplyTooLong(len(typed), limit=MAX_REPLY)
        return self._write(as_document(typed, draft))
