"""What a person or a program looks for among the offers, as it stands in the address: read, checked, shown again."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import QueryParams

from assistant.offer import Attendance, OfferKind, OfferSearch, Referrer
from assistant.offer_desk import OfferDesk
from assistant.offer_errors import UnknownNeed
from assistant.offers import DAYS_IN_WORDS, NEAR
from bots.web.errors import Problem
from bots.web.schemas import Words

MILES = (2, 5, 10, 20, 50, 100)
SHOWN, MOST_SHOWN = 10, 50
_LONGEST = 400  # characters of a field
_MANY = ("need", "day", "kind")

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Basis = Literal["hour", "session", "day", "week", "term", "year"]
_DAYS: Mapping[str, int] = {name.lower(): place for place, name in enumerate(DAYS_IN_WORDS)}


class OfferQuery(BaseModel):
    """What is looked for. Each field but `q` is exact; what an offer does not publish is said with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Words = Field(
        default="",
        max_length=_LONGEST,
        description="In your own words, such as “somewhere calm for an anxious Year 9 near LS8”.",
    )
    near: Words = Field(default="", max_length=80, description="A whole or partial postcode, or the name of a council.")
    within_miles: float | None = Field(
        default=None,
        gt=0,
        le=500,
        description=f"In a straight line from `near`; without it, {NEAR:g} miles or less, or serving the area.",
    )
    age: float | None = Field(default=None, ge=0, le=25, description="In years.")
    key_stage: int | None = Field(default=None, ge=1, le=5)
    need: Annotated[tuple[Words, ...], Field(max_length=10, description="Ids of needs, as GET /api/needs says.")] = ()
    attendance: Attendance | None = None
    day: Annotated[tuple[Day, ...], Field(max_length=7, description="Days on which it must be open.")] = ()
    registered: bool = Field(default=False, description="Only schools that the Department for Education registers.")
    kind: Annotated[tuple[OfferKind, ...], Field(max_length=11, description="Only these kinds of provision.")] = ()
    referrer: Referrer | None = Field(default=None, description="Who must be able to ask for a place.")
    price_to: Decimal | None = Field(default=None, gt=0, le=1_000_000, description="In pounds.")
    price_basis: Basis | None = Field(default=None, description="What `price_to` pays for.")
    limit: int = Field(default=SHOWN, ge=1, le=MOST_SHOWN, description="How many offers to send.")

    def as_search(self, desk: OfferDesk) -> OfferSearch:
        """The search it asks for. Raises `PlaceError`, and `UnknownNeed` for a need that is none of ours."""
        known = {need.id for need in desk.needs()}
        for need in self.need:
            if need not in known:
                raise UnknownNeed(need, known=sorted(known))
        return OfferSearch(
            text=self.q.strip(),
            near=desk.place(self.near) if self.near.strip() else None,
            within_miles=self.within_miles,
            age=self.age,
            key_stage=self.key_stage,
            needs=tuple(dict.fromkeys(self.need)),
            attendance=self.attendance,
            days=tuple(sorted({_DAYS[day] for day in self.day})),
            registered=self.registered,
            kinds=tuple(dict.fromkeys(self.kind)),
            referrer=self.referrer,
            price_to=self.price_to,
            price_basis=self.price_basis,
        )


def read_query(given: QueryParams) -> OfferQuery:
    """The form as it came; empty fields were not filled in. Raises `ValidationError`."""
    said: dict[str, Any] = {}
    for name in given:
        values = [value.strip() for value in given.getlist(name) if value.strip()]
        if values and name in OfferQuery.model_fields:
            said[name] = values if name in _MANY else values[-1]
    return OfferQuery.model_validate(said)


class Filled:
    """The form as the reader left it: whatever it says, so that all of it can be shown again."""

    def __init__(self, given: QueryParams, *, problem: Problem | None = None) -> None:
        self._given = given
        self.mistakes: Mapping[str, str] = problem.fields if problem else {}

    def text(self, name: str) -> str:
        return self._given.get(name, "").strip()[:_LONGEST]

    def has(self, name: str, value: str) -> bool:
        return value in self._given.getlist(name)

    @property
    def asked(self) -> bool:
        """Whether anything was sent at all: an empty form asks for every offer."""
        return bool(self._given)

    @property
    def detailed(self) -> bool:
        """Whether a field is filled in that most people leave alone."""
        few = {"q", "near", "within_miles", "age", "limit"}
        return any(self.text(name) for name in self._given if name not in few)

    def carried(self) -> Sequence[tuple[str, str]]:
        """All that was filled in, for a link to more of the same."""
        return [
            (name, value[:_LONGEST])
            for name, value in self._given.multi_items()
            if value.strip() and name != "limit" and name in OfferQuery.model_fields
        ]
