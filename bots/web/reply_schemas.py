"""The shapes of drafted and checked replies."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from assistant.model import Status
from assistant.reply import Kind
from assistant.reply_check import FindingKind
from bots.web.schemas import AskRequest, CitationShape, Words


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReplyRequest(AskRequest):
    """The family's question and what is needed to answer it. The answer is the adviser's, whatever `audience` says."""


class ReplyCheckRequest(ReplyRequest):
    """The same question as for the draft, and the reply as it was edited."""

    text: Words = Field(description="The edited reply; at most 20,000 characters.")


class SentenceShape(_Shape):
    """One sentence of a draft; headings, contacts and sources are one sentence each."""

    text: str
    kind: Kind = Field(description="`cited` sentences are the answer's own words; `ours` say nothing of the law.")
    citations: list[int] = Field(description="The sources of a cited sentence, by number.")


class DraftResponse(_Shape):
    """A drafted reply. Edit `text`, then send it to /api/reply/check with the same question."""

    status: Status = Field(description="How the answer behind it ended.")
    subject: str
    text: str = Field(description="The whole letter: plain text, each sentence of the law with its [n].")
    sentences: list[SentenceShape]
    citations: list[CitationShape]
    before_sending: list[str] = Field(description="What the adviser has to know and the family need not read.")
    as_at: date
    reading_age: float | None = Field(description="Years of age at which the letter can be followed.")
    wording_version: str = Field(description="The version of the sentences that are ours.")
    corpus_version: str


class FindingShape(_Shape):
    """One thing to mend in an edited reply."""

    kind: FindingKind
    sentence: str
    start: int = Field(description="Where the sentence starts in the text, in characters.")
    end: int
    what: str = Field(description="What is wrong.")
    do: str = Field(description="What to do about it.")
    was: str | None = Field(description="The sentence of the draft that it comes from.")


class CheckResponse(_Shape):
    """What was found in an edited reply; `start` and `end` of findings count in `text`."""

    text: str = Field(description="The text that was checked, with one kind of line end.")
    findings: list[FindingShape]
    sources_kept: list[int]
    sources_dropped: list[int] = Field(description="Sources that no sentence leads to any more.")
    reading_age: float | None
