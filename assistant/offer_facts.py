"""What an offer publishes, in the form in which it can be compared with what a person looks for.

Nothing is guessed here: what is not published is None or empty. Ages and key stages are two ways to say one thing,
so that each is read from the other where a source publishes only one.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from assistant.offer import Attendance, Claimant, GridReference, Offer, OfferKind, Price, Referrer, Registration
from assistant.offer_needs import Needs
from assistant.school_ages import SchoolAges

ENGLAND = "E92000001"
"""In `Facts.areas`: it serves the whole country."""

METRES_A_MILE = 1609.344
_BASES: tuple[tuple[re.Pattern[str], str | None], ...] = (
    (re.compile(r"\bhalf[- ]?term"), None),  # half of what could be compared
    (re.compile(r"\b(?:hour|hourly|hr)\b"), "hour"),
    (re.compile(r"\b(?:half[- ]day|session|sessional)s?\b"), "session"),
    (re.compile(r"\b(?:day|daily)\b"), "day"),
    (re.compile(r"\b(?:week|weekly)\b"), "week"),
    (re.compile(r"\b(?:term|termly)\b"), "term"),
    (re.compile(r"\b(?:year|annum|annual|yearly)\b"), "year"),
)
_NOT_CONTENT = {"id", "name", "provider", "provenances", "disagreements", "alert", "valid_to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One offer's comparable facts. `needs` are ids; `areas` the codes of the councils it serves; `fresh` the day on
    which its newest source was last changed or read; `completeness` how many fields are published."""

    kind: OfferKind | None
    registered: bool
    age_from: float | None
    age_to: float | None
    key_stages: frozenset[int]
    needs: frozenset[str]
    attendance: frozenset[Attendance]
    days: frozenset[int]
    referrers: frozenset[Referrer]
    price: Decimal | None
    price_per: str | None
    grid: GridReference | None
    council: str | None
    areas: frozenset[str]
    fresh: date
    valid_to: date | None
    completeness: int


def facts_of(offer: Offer, *, needs: Needs, ages: SchoolAges, areas: Iterable[str] = ()) -> Facts:
    """The facts of `offer`; `areas` are the codes of the councils that its `area_served` names."""
    age_from, age_to = _ages(offer, ages)
    return Facts(
        kind=offer.kind,
        registered=offer.registration is Registration.REGISTERED,
        age_from=age_from,
        age_to=age_to,
        key_stages=frozenset(offer.key_stages) or _stages_of(age_from, age_to, ages),
        needs=_needs_of(offer, needs),
        attendance=frozenset(offer.attendance),
        days=frozenset(offer.days),
        referrers=frozenset(offer.referrers),
        price=offer.price.amount if offer.price else None,
        price_per=price_per(offer.price),
        grid=offer.place.grid,
        council=offer.place.council,
        areas=frozenset(areas),
        fresh=last_known(offer),
        valid_to=offer.valid_to,
        completeness=sum(1 for each in fields(offer) if each.name not in _NOT_CONTENT and getattr(offer, each.name)),
    )


def last_known(offer: Offer) -> date:
    """The day its newest source says it was changed; for a source that does not say, the day it was read.

    A register of the government tells that a school is there: it keeps nothing fresh that others publish of it.
    """
    own = [each for each in offer.provenances if each.says is not Claimant.GOVERNMENT] or offer.provenances
    return max(each.last_changed or each.retrieved_at.date() for each in own)


def basis_of(words: str | None) -> str | None:
    """What a price is for: hour, session, day, week, term or year; None where the words do not say."""
    said = (words or "").casefold()
    return next((basis for pattern, basis in _BASES if pattern.search(said)), None)


def price_per(price: Price | None) -> str | None:
    """What the published price is for; see `basis_of`."""
    return (basis_of(price.basis) or (None if price.basis else basis_of(price.words))) if price else None


def miles_between(one: GridReference, other: GridReference) -> float:
    """The straight line between two places, in miles."""
    return math.hypot(one.easting - other.easting, one.northing - other.northing) / METRES_A_MILE


def _ages(offer: Offer, ages: SchoolAges) -> tuple[float | None, float | None]:
    if offer.age_from is not None or offer.age_to is not None:
        return offer.age_from, offer.age_to
    return ages.in_stages(offer.key_stages) or (None, None)


def _stages_of(age_from: float | None, age_to: float | None, ages: SchoolAges) -> frozenset[int]:
    return frozenset() if age_from is None or age_to is None else ages.stages_between(age_from, age_to)


def _needs_of(offer: Offer, needs: Needs) -> frozenset[str]:
    """From what it lists as needs; only where that names none that we know, from its description."""
    listed = needs.met("\n".join([*offer.needs, offer.need_words or ""]))
    return listed or needs.met(offer.text)
