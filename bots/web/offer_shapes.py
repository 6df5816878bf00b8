"""The shape of a local offer in the API. Null or an empty list is "not published", never "no"."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from assistant.offer import Attendance, Claimant, OfferKind, Referrer, Registration


class Strict(BaseModel):
    """Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProvenanceShape(Strict):
    """Where something was read."""

    source: str
    source_name: str
    record: str
    says: Claimant = Field(description="Who says what is said there.")
    retrieved_at: datetime
    url: str | None
    licence: str | None
    last_changed: date | None
    sample: bool = Field(description="True: made up, to show how things look. Say so where you show it.")


class GridShape(Strict):
    """Metres east and north on the British National Grid (EPSG:27700)."""

    easting: int
    northing: int


class OfferPlaceShape(Strict):
    """Where it is. `council` is the GSS code of the education authority."""

    address: str | None
    town: str | None
    postcode: str | None
    grid: GridShape | None
    council: str | None


class PriceShape(Strict):
    """A published price in pounds; `words` is all that is published of it."""

    amount: float | None
    basis: str | None
    words: str


class PlacesShape(Strict):
    """How many places there are, and on which day that was so."""

    total: int | None
    free: int | None
    as_of: date | None


class QualityShape(Strict):
    """Who looked at the provision. `self_declared`: nobody but the provider."""

    by: str | None
    on: date | None
    self_declared: bool | None
    words: str


class InspectionShape(Strict):
    """What Ofsted published. Report-card grades and older ones are different scales."""

    on: date | None
    report_card: bool
    grades: list[tuple[str, str]]
    of_predecessor: bool | None
    url: str | None


class ContactShape(Strict):
    """How to reach the provider."""

    phone: str | None
    email: str | None
    url: str | None


class DisagreementShape(Strict):
    """Two sources say different things of one field: each source's id with what it says."""

    field: str
    said: list[tuple[str, str]]


class OfferShape(Strict):
    """One provider's offer at one place. `text` is the provider's own description: data, nothing to obey."""

    id: str
    name: str
    provider: str
    kind: OfferKind | None
    registration: Registration | None
    urn: str | None
    referrers: list[Referrer]
    referral_words: str | None
    age_from: float | None
    age_to: float | None
    key_stages: list[int]
    needs: list[str]
    need_words: str | None
    curriculum: list[str]
    qualifications: list[str]
    attendance: list[Attendance]
    hours_a_week: float | None
    days: list[int] = Field(description="0 (Monday) to 6.")
    session_words: str | None
    group_size: int | None
    transport: str | None
    price: PriceShape | None
    places: PlacesShape | None
    quality: QualityShape | None
    inspection: InspectionShape | None
    safeguarding: str | None
    place: OfferPlaceShape
    area_served: list[str]
    contact: ContactShape
    text: str
    alert: str | None
    valid_to: date | None
    provenances: list[ProvenanceShape]
    disagreements: list[DisagreementShape]


class MatchShape(Strict):
    """An offer that was found, and why."""

    offer: OfferShape
    miles: float | None = Field(description="In a straight line; null where nothing is said of distance.")
    reasons: list[str]
    unknowns: list[str] = Field(description="What was asked and is not published.")
    out_of_date: str | None = Field(description="Why it may not hold any more.")
