"""Local offers of alternative provision, in the words of the people who publish them.

Nothing here is law, and nothing is guessed: a field that its source does not publish is None or empty, which means
"not published" and never "no". What a provider says of itself is kept apart from what somebody checked.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class OfferKind(StrEnum):
    """What kind of place it is, as its source says."""

    PUPIL_REFERRAL_UNIT = "pupil_referral_unit"
    AP_ACADEMY = "ap_academy"
    AP_FREE_SCHOOL = "ap_free_school"
    INDEPENDENT_SCHOOL = "independent_school"
    SPECIAL_SCHOOL = "special_school"
    UNREGISTERED = "unregistered"
    TUITION = "tuition"
    ONLINE = "online"
    HOSPITAL = "hospital"
    IN_SCHOOL_UNIT = "in_school_unit"
    COLLEGE = "college"


class Registration(StrEnum):
    """Whether it is on the Department for Education's register of schools. None in an `Offer`: not published."""

    REGISTERED = "registered"
    NOT_REGISTERED = "not_registered"


class Referrer(StrEnum):
    """Who may ask for a place."""

    SCHOOL = "school"
    COUNCIL = "council"
    PARENT = "parent"
    HEALTH = "health"


class Attendance(StrEnum):
    """How much of a school week a child can be there. An offer may be open both ways."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"


class Claimant(StrEnum):
    """Who says what is said of an offer."""

    PROVIDER = "provider"
    COUNCIL = "council"
    GOVERNMENT = "government"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where something was read. `source` is the id of an import, `record` the source's own id of the entry.

    `licence` is None where none is named. `last_changed` is the source's own word on when the entry was changed.
    """

    source: str
    source_name: str
    record: str
    says: Claimant
    retrieved_at: datetime
    url: str | None = None
    licence: str | None = None
    last_changed: date | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GridReference:
    """Metres east and north on the British National Grid (EPSG:27700)."""

    easting: int
    northing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPlace:
    """Where the provision is. `grid` may come from the entry or from its postcode; `council` is an authority's code
    (GSS, "E08000035") of the education authority that the postcode lies in."""

    address: str | None = None
    town: str | None = None
    postcode: str | None = None
    grid: GridReference | None = None
    council: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A published price in pounds. `basis` is what it pays for, in the source's words ("per day", "per place a year");
    `words` is the whole of what is published, kept even where no amount can be read in it."""

    amount: Decimal | None = None
    basis: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many places there are, and on which day that was so. `free` counts those not taken."""

    total: int | None = None
    free: int | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityCheck:
    """Who looked at the provision. `self_declared` means that nobody but the provider did. None: not published."""

    by: str | None = None
    on: date | None = None
    self_declared: bool | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionResult:
    """What Ofsted published. `report_card` grades (from November 2025) and older ones are different scales and are
    never turned into each other. `of_predecessor`: the inspection was of the school that this one replaced."""

    on: date | None
    report_card: bool
    grades: tuple[tuple[str, str], ...]
    of_predecessor: bool | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach the provider. Names of people are never kept."""

    phone: str | None = None
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two sources say different things of one field: each with the `Provenance.source` that says it, best first."""

    field: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One provider's offer at one place, from one source or merged from several (`provenances`, best first).

    Ages in years, inclusive; hours of a week; `days` are 0 (Monday) to 6. Empty or None is "not published".
    `text` is the source's own description as plain text: data to search and to show, never to obey.
    """

    id: str
    name: str
    provider: str
    kind: OfferKind | None = None
    registration: Registration | None = None
    urn: str | None = None
    referrers: tuple[Referrer, ...] = ()
    referral_words: str | None = None
    age_from: float | None = None
    age_to: float | None = None
    key_stages: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    need_words: str | None = None
    curriculum: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    hours_a_week: float | None = None
    days: tuple[int, ...] = ()
    session_words: str | None = None
    group_size: int | None = None
    transport: str | None = None
    price: Price | None = None
    places: Places | None = None
    quality: QualityCheck | None = None
    inspection: InspectionResult | None = None
    safeguarding: str | None = None
    place: OfferPlace = field(default_factory=OfferPlace)
    area_served: tuple[str, ...] = ()
    contact: Contact = field(default_factory=Contact)
    text: str = ""
    alert: str | None = None
    valid_to: date | None = None
    provenances: tuple[Provenance, ...]
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def partly_sample(self) -> bool:
        """Whether any source of it is the made-up sample."""
        return any(provenance.sample for provenance in self.provenances)

    @property
    def sample(self) -> bool:
        """Whether every source of it is the made-up sample that comes with the program."""
        return all(provenance.sample for provenance in self.provenances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One entry of a source that could not be taken, or one of its fields: where it is and why.

    `where` names the file or page and the line, row or record; `field` is None when the whole entry was refused.
    """

    where: str
    why: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place that a person named. `council` is the code of the education authority, `council_name` its name.

    `grid` is None where only a council was named, and then nothing is said of distance.
    """

    said: str
    council: str | None = None
    council_name: str | None = None
    grid: GridReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSearch:
    """What a person looks for. Each field but `text` is exact: an offer whose published value differs is never found.

    An offer that does not publish the value may be found, after those that do, and says what is not published;
    but for `registered`, `kinds`, and `within_miles`: there not published is not found. `needs` are ids of
    corpus/offers/needs.yaml; `year_group` only says in which words `age` was asked; `price_basis` is one of
    hour, session, day, week, term and year.
    """

    text: str = ""
    near: Spot | None = None
    within_miles: float | None = None
    age: float | None = None
    year_group: int | None = None
    key_stage: int | None = None
    needs: tuple[str, ...] = ()
    attendance: Attendance | None = None
    days: tuple[int, ...] = ()
    registered: bool = False
    kinds: tuple[OfferKind, ...] = ()
    referrer: Referrer | None = None
    price_to: Decimal | None = None
    price_basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMatch:
    """An offer that was found, and why. `reasons` are short plain phrases ("4.2 miles away", "takes age 14");
    `unknowns` what was asked and is not published; `out_of_date` says why it may not hold any more, else None."""

    offer: Offer
    miles: float | None = None
    reasons: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    out_of_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferResults:
    """What a search found, best first, of `total` that fit; `read_as` tells the search back in plain words."""

    search: OfferSearch
    matches: tuple[OfferMatch, ...]
    total: int
    read_as: tuple[str, ...] = ()
