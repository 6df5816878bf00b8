"""The shapes of requests and responses, checked on the way in and documented on the way out."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from assistant.errors import BadDate
from assistant.model import Audience, Corrections, Force, Role, Status, Turn
from assistant.sources import Tier, Verification
from assistant.time_rules import DateMeans
from bots.web.offer_shapes import MatchShape

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _calendar_day(value: object) -> object:
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DAY.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise PydanticCustomError("bad_date", "{why}", {"why": str(BadDate(str(value)[:40]))})


def _whole_characters(value: str) -> str:
    # JSON can spell half a character, such as "\ud800"; nothing that reads text can take it.
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise PydanticCustomError("half_character", "This holds characters that are not text.")
    return value


Words = Annotated[str, AfterValidator(_whole_characters)]
CalendarDay = Annotated[date, BeforeValidator(_calendar_day)]


class _Shape(BaseModel):
    """Unknown fields are refused: a misspelt `as_at` must not quietly give the law of another day."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# In -----------------------------------------------------------------------------------------------------------------


class HistoryTurn(_Shape):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Words

    def as_turn(self) -> Turn:
        return Turn(role=self.role, content=self.content)


class AskRequest(_Shape):
    """A question and what is needed to answer it."""

    question: Words = Field(
        description="What happened or what you want to know, in English; at most 4,000 characters.",
        examples=["My son was sent home this morning with no letter. Can the school do that?"],
    )
    history: tuple[HistoryTurn, ...] = Field(
        default=(), max_length=100, description="Earlier messages of this conversation, oldest first."
    )
    as_at: CalendarDay | None = Field(
        default=None, description="Answer on the law of this day. Default: the day the question names, else today."
    )
    audience: Audience = Field(default=Audience.PARENT, description="Who the answer is worded for.")
    calendar: Words | None = Field(
        default=None,
        max_length=100,
        description="The school calendar to count dates on, as GET /api/calendars names it. Default: the service's.",
    )
    also: tuple[Words, ...] = Field(
        default=(),
        max_length=40,
        description="Settings, stages and needs that hold for this child, whatever the message says.",
    )
    without: tuple[Words, ...] = Field(
        default=(), max_length=40, description="Settings, stages and needs that do not hold for this child."
    )
    conversation_id: Words | None = Field(
        default=None, max_length=200, description="Returned unchanged with the answer."
    )

    def corrections(self) -> Corrections:
        """What was said of the child beside the message."""
        return Corrections(also=frozenset(self.also), without=frozenset(self.without))


class StreamRequest(AskRequest):
    """A question whose answer is sent piece by piece."""

    html: bool = Field(default=False, description="Send with each event its piece of the page, as `html`.")


# Out ----------------------------------------------------------------------------------------------------------------


class StatementShape(_Shape):
    """One thing the answer says; `citations` are numbers of the answer's citations."""

    text: str
    force: Force = Field(description="How strongly the source itself speaks.")
    duty_on: str | None = Field(description="Who owes the duty or holds the power.")
    citations: list[int]
    role: Role = Field(description="What the statement does in the answer.")


class CitationShape(_Shape):
    """Where a statement comes from: the passage's exact words and their place in the source."""

    n: int
    passage_id: str
    title: str
    provision: str | None
    edition: str | None = Field(description="The edition in which the provision's number was read.")
    tier: Tier
    url: str | None
    quote: str
    in_force_from: date | None
    in_force_to: date | None = Field(description="The last day in force; null while it is.")
    checked_on: date
    verified: Verification = Field(description="Whether the law itself, a page about it, or neither was read.")
    note: str | None = None
    also: list[str] = Field(default=[], description="Other places that say the same.")


class DatedEventShape(_Shape):
    """An event that a date was counted from."""

    event: str = Field(description="As GET /api/deadlines names it.")
    day: date
    posted: bool = Field(description="Whether that is the day its letter was posted.")
    afternoon: bool = Field(description="Whether it came after the afternoon session began.")


class OwnDaysShape(_Shape):
    """What a message told of the school's own days."""

    ends: list[date] = Field(description="Last days before a break.")
    back: list[date] = Field(description="First days after a break.")
    inset: list[date]
    closures: list[date]
    no_inset_in: list[int] = Field(description="Months (1 to 12) that have no INSET day.")


class DeadlineShape(_Shape):
    """A computed date with its working."""

    # before `date` hides the type of that name
    starts: date | None = Field(description="The day of the event it is counted from.")
    aim_for: date | None = Field(description="The day to act by where that is wiser than the last lawful day.")
    label: str
    date: date
    working: str = Field(description="What was counted, from which day, and what was left out.")
    citations: list[int]
    rule: str = Field(description="The time limit, as GET /api/deadlines names it.")
    meaning: DateMeans = Field(description="What the date is: a last day, or the first day of a duty.")
    who_must: str
    what: str
    aim_because: str | None
    others: list[str] = Field(description="Dates that another reading of the rule would give.")
    calendar: str | None = Field(description="The calendar on which school days were counted.")
    caveat: str | None
    events: list[DatedEventShape] = Field(description="What it was counted from.")
    own_days: OwnDaysShape | None = Field(description="What was told of the school's own days.")


class HelpShape(_Shape):
    """Somebody who can help."""

    name: str
    what: str
    url: str | None
    phone: str | None
    phone_checked: bool = Field(description="False: the number has not been checked; say so where you show it.")


class NearMissShape(_Shape):
    """A passage that was close to the question, but not close enough to answer it."""

    passage_id: str
    statement: str
    title: str


class SituationShape(_Shape):
    """What the message, with its history, says of the child. An absent field was not said; it never means "no"."""

    settings: list[str] = []
    stages: list[str] = []
    needs: list[str] = []
    ruled_out: list[str] = []
    age: int | None = None
    year_group: int | None = None
    days: int | None = None
    dates: list[date] = []
    law_date: date | None = None
    postcode: str | None = None
    asks_reform: bool = False
    asks_history: bool = False
    asks_statistics: bool = False


class AnswerResponse(_Shape):
    """The answer: the same in every doorway."""

    status: Status
    as_at: date = Field(description="The day whose law the answer gives.")
    audience: Audience
    text: str = Field(description="Markdown with [1] markers: what a person reads.")
    statements: list[StatementShape]
    citations: list[CitationShape]
    deadlines: list[DeadlineShape]
    offers: list[MatchShape] = Field(description="Local places that may fit, when the question asks for one.")
    next_steps: list[str]
    help: list[HelpShape]
    near_misses: list[NearMissShape]
    notices: list[str] = Field(description="What changed, or what to be careful with.")
    question_back: str | None = Field(description="What to ask the person, when the answer turns on it.")
    situation: SituationShape
    writer: str = Field(description="What wrote the text: `extractive` quotes passages and adds nothing.")
    corpus_version: str
    conversation_id: str | None
    took_ms: int = Field(description="Whole milliseconds.")


class AuthorityShape(_Shape):
    """A place in a document. `edition` is the one the provision's number was read in, which may be an older one."""

    source: str
    title: str
    publisher: str
    tier: Tier
    nation: str
    provision: str | None
    edition: str | None
    current_edition: str | None
    url: str | None
    reference: str = Field(description="Title, provision and, where it matters, edition in one line.")


class LinkShape(_Shape):
    """From a passage to one that a good adviser would add to it, and why."""

    fact: str
    kind: str


class PassageResponse(_Shape):
    """One passage: what a provision says in our own words, and where it comes from."""

    id: str
    topic: str
    statement: str
    force: Force
    duty_on: str | None
    audience: list[str]
    applies_to: list[str] = Field(description="The kinds of school or body it binds or concerns.")
    authority: list[AuthorityShape]
    verified: Verification
    checked_on: date
    in_force_from: date | None
    in_force_to: date | None = Field(description="The last day in force; null while it is.")
    caveat: str | None
    replaced_by: list[str]
    leads_to: list[LinkShape]
    same_as: list[str]


class Health(_Shape):
    """The process is up."""

    status: Literal["up"] = "up"


class ReadinessResponse(_Shape):
    """There is an index to answer from: its build, the corpus it was made of, and how many passages it holds."""

    status: Literal["ready"] = "ready"
    build_id: str
    corpus_version: str
    passages: int


class ErrorBody(_Shape):
    """`message` can be shown to a person; `fields` says what to mend in each field."""

    code: str
    message: str
    fields: dict[str, str] | None = None


class ErrorResponse(_Shape):
    """The one shape of every error."""

    error: ErrorBody
