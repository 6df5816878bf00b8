"""Whether an offer fits what a person looks for, and why, in plain words.

Each thing that is asked is fitted, not published, or differs. An offer of which one thing differs is never found.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.offer import (
    Attendance,
    Offer,
    OfferKind,
    OfferMatch,
    OfferSearch,
    Referrer,
)
from assistant.offer_facts import ENGLAND, Facts, last_known, miles_between
from assistant.offer_needs import Needs

STALE_AFTER = timedelta(days=365)
NEAR = 50.0
"""Miles: further away nothing is near a postcode, unless a distance is asked, or it comes to the child."""
_SEARCHED = 2000  # characters of a description; the model reads about 1,200 of them

KIND_IN_WORDS = {
    OfferKind.PUPIL_REFERRAL_UNIT: "pupil referral unit",
    OfferKind.AP_ACADEMY: "alternative provision academy",
    OfferKind.AP_FREE_SCHOOL: "alternative provision free school",
    OfferKind.INDEPENDENT_SCHOOL: "independent school",
    OfferKind.SPECIAL_SCHOOL: "special school",
    OfferKind.UNREGISTERED: "unregistered setting",
    OfferKind.TUITION: "tuition",
    OfferKind.ONLINE: "online provision",
    OfferKind.HOSPITAL: "hospital school",
    OfferKind.IN_SCHOOL_UNIT: "unit inside a school",
    OfferKind.COLLEGE: "college",
}
ATTENDANCE_IN_WORDS = {Attendance.FULL_TIME: "full time", Attendance.PART_TIME: "part time"}
REFERRERS_IN_WORDS = {
    Referrer.SCHOOL: "schools",
    Referrer.COUNCIL: "the council",
    Referrer.PARENT: "parents",
    Referrer.HEALTH: "health services",
}
DAYS_IN_WORDS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Fits:
    """What was asked is so; `why` says it."""

    why: str


@dataclass(frozen=True, slots=True)
class NotPublished:
    """What was asked cannot be told; `what` names it."""

    what: str


Verdict = Fits | NotPublished | None  # None: what is published differs


def verdicts(facts: Facts, wanted: OfferSearch, *, needs: Needs) -> Iterator[Verdict]:
    """One verdict for each thing that is asked."""
    yield from _where(facts, wanted)
    yield from _child(facts, wanted, needs=needs)
    yield from _setting(facts, wanted)
    if wanted.price_to is not None:
        yield _price(facts, wanted)


def match_of(offer: Offer, *, facts: Facts, wanted: OfferSearch, needs: Needs, today: date) -> OfferMatch | None:
    """The offer with the reasons it was found for; None when something that was asked differs."""
    told = list(verdicts(facts, wanted, needs=needs))
    if any(verdict is None for verdict in told):
        return None
    grid = wanted.near.grid if wanted.near else None
    return OfferMatch(
        offer=offer,
        miles=round(miles_between(grid, facts.grid), 1) if grid and facts.grid else None,
        reasons=(*(verdict.why for verdict in told if isinstance(verdict, Fits)), *_besides(offer)),
        unknowns=tuple(verdict.what for verdict in told if isinstance(verdict, NotPublished)),
        out_of_date=out_of_date(offer, today=today),
    )


def out_of_date(offer: Offer, *, today: date) -> str | None:
    """Why what is said of the offer may not hold any more, or None."""
    if offer.valid_to is not None and offer.valid_to < today:
        return f"The entry was valid until {_day(offer.valid_to)}."
    known = last_known(offer)
    if today - known > STALE_AFTER:
        return f"The entry is more than a year old ({_day(known)})."
    return None


def read_as(wanted: OfferSearch, *, needs: Needs) -> tuple[str, ...]:
    """The search told back, one short phrase for each thing that is asked."""
    return tuple(_told_back(wanted, needs))


def _told_back(wanted: OfferSearch, needs: Needs) -> Iterator[str]:
    if wanted.near is not None:
        yield _near_in_words(wanted)
    if wanted.age is not None:
        yield f"Year {wanted.year_group}" if wanted.year_group is not None else f"age {wanted.age:g}"
    if wanted.key_stage is not None:
        yield f"Key Stage {wanted.key_stage}"
    yield from (needs.by_id[need].name for need in wanted.needs)
    yield from _setting_told_back(wanted)
    if wanted.price_to is not None:
        basis = f" per {wanted.price_basis}" if wanted.price_basis else ""
        yield f"£{_pounds(wanted.price_to)}{basis} or less"


def _setting_told_back(wanted: OfferSearch) -> Iterator[str]:
    if wanted.attendance is not None:
        yield ATTENDANCE_IN_WORDS[wanted.attendance]
    if wanted.days:
        yield f"open on {_listed([DAYS_IN_WORDS[day] for day in sorted(wanted.days)])}"
    if wanted.registered:
        yield "registered with the Department for Education"
    if wanted.kinds:
        yield _listed([KIND_IN_WORDS[kind] for kind in wanted.kinds], joined_by="or")
    if wanted.referrer is not None:
        yield f"{REFERRERS_IN_WORDS[wanted.referrer]} may refer"


def _near_in_words(wanted: OfferSearch) -> str:
    spot = wanted.near
    if spot is None:
        return ""
    if spot.grid is None:
        return f"in {spot.council_name or spot.said}"
    where = f"{spot.said} ({spot.council_name})" if spot.council_name else spot.said
    if wanted.within_miles is not None:
        return f"within {wanted.within_miles:g} miles of {where}"
    return f"near {where}, up to {NEAR:g} miles"


def _where(facts: Facts, wanted: OfferSearch) -> Iterator[Verdict]:
    spot = wanted.near
    if spot is None:
        return
    if spot.grid is None:
        yield _in_council(facts, spot.council, name=spot.council_name or spot.said)
        return
    if facts.grid is None:
        online = facts.kind is OfferKind.ONLINE
        yield None if wanted.within_miles is not None else Fits("online") if online else NotPublished("where it is")
        return
    miles = miles_between(spot.grid, facts.grid)
    comes = facts.kind is OfferKind.ONLINE or bool({spot.council, ENGLAND} & facts.areas)
    limit = wanted.within_miles if wanted.within_miles is not None else math.inf if comes else NEAR
    yield None if miles > limit else Fits(_miles(miles))
    if spot.council is not None and spot.council in facts.areas:
        yield Fits(f"serves {spot.council_name or spot.said}")


def _child(facts: Facts, wanted: OfferSearch, *, needs: Needs) -> Iterator[Verdict]:
    if wanted.age is not None:
        yield _age(facts, wanted.age, year=wanted.year_group)
    if wanted.key_stage is not None:
        yield _key_stage(facts, wanted.key_stage)
    yield from (_need(facts, need, needs=needs) for need in wanted.needs)


def _setting(facts: Facts, wanted: OfferSearch) -> Iterator[Verdict]:
    if wanted.attendance is not None:
        words = ATTENDANCE_IN_WORDS[wanted.attendance]
        yield _among(wanted.attendance, facts.attendance, why=words, what=f"whether it is {words}")
    if wanted.days:
        yield _days(facts, wanted.days)
    if wanted.registered:
        yield Fits("registered with the Department for Education") if facts.registered else None
    if wanted.kinds:
        yield Fits(KIND_IN_WORDS[facts.kind]) if facts.kind in wanted.kinds and facts.kind else None
    if wanted.referrer is not None:
        words = f"{REFERRERS_IN_WORDS[wanted.referrer]} may refer"
        yield _among(wanted.referrer, facts.referrers, why=words, what="who may refer")


def _in_council(facts: Facts, council: str | None, *, name: str) -> Verdict:
    if council is not None and facts.council == council:
        return Fits(f"in {name}")
    if council in facts.areas or ENGLAND in facts.areas:
        return Fits(f"serves {name}")
    return None if facts.council or facts.areas else NotPublished("which area it serves")


def _age(facts: Facts, age: float, *, year: int | None) -> Verdict:
    if (facts.age_from is not None and age < facts.age_from) or (facts.age_to is not None and age >= facts.age_to + 1):
        return None
    if facts.age_from is None or facts.age_to is None:
        return NotPublished("which ages it takes")
    return Fits(f"takes Year {year}" if year is not None else f"takes age {age:g}")


def _key_stage(facts: Facts, stage: int) -> Verdict:
    if not facts.key_stages:
        return NotPublished("which key stages it takes")
    return Fits(f"takes Key Stage {stage}") if stage in facts.key_stages else None


def _need(facts: Facts, need: str, *, needs: Needs) -> Verdict:
    if not facts.needs:
        return NotPublished("which needs it meets")
    found = needs.fitting(need) & facts.needs
    if not found:
        return None
    wider = needs.by_id[need].part_of
    if need not in found and wider in found:
        return Fits(f"for {needs.by_id[wider].name}, which takes in {needs.by_id[need].name}")
    return Fits(f"for {needs.by_id[need if need in found else min(found)].name}")


def _days(facts: Facts, days: Sequence[int]) -> Verdict:
    why = f"open on {_listed([DAYS_IN_WORDS[day] for day in sorted(days)])}"
    if not facts.days:
        return NotPublished("on which days it is open")
    return Fits(why) if set(days) <= facts.days else None


def _price(facts: Facts, wanted: OfferSearch) -> Verdict:
    if facts.price is None or wanted.price_to is None:
        return NotPublished("the price")
    if wanted.price_basis is not None and wanted.price_basis != facts.price_per:
        return NotPublished(f"the price per {wanted.price_basis}")
    per = f" per {facts.price_per}" if facts.price_per else ""
    return Fits(f"£{_pounds(facts.price)}{per}") if facts.price <= wanted.price_to else None


def _among(wanted: object, published: frozenset[object], *, why: str, what: str) -> Verdict:
    if not published:
        return NotPublished(what)
    return Fits(why) if wanted in published else None


def _besides(offer: Offer) -> Iterator[str]:
    """What speaks for the offer though nobody asked."""
    checked = offer.quality
    if checked is not None and checked.by and checked.self_declared is False:
        yield f"checked by {checked.by}" + (f" in {checked.on:%B %Y}" if checked.on else "")
    if offer.places is not None and offer.places.free:
        on = f" on {_day(offer.places.as_of)}" if offer.places.as_of else ""
        yield f"{offer.places.free} {'place' if offer.places.free == 1 else 'places'} free{on}"


def _miles(miles: float) -> str:
    return "less than a mile away" if miles < 0.95 else f"{miles:.1f} miles away"


def _pounds(amount: object) -> str:
    return f"{amount:,.2f}".removesuffix(".00")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(words: Sequence[str], *, joined_by: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joined_by} {words[-1]}"


def offer_text(offer: Offer) -> str:
    """The words an offer is found by: what it is called, what it is and what is said of it. Always the same for equal
    offers."""
    kind = KIND_IN_WORDS[offer.kind] if offer.kind else ""
    parts = [
        offer.name,
        offer.provider if offer.provider != offer.name else "",
        kind,
        ", ".join(offer.needs),
        offer.need_words or "",
        ", ".join(offer.curriculum),
        ", ".join(offer.qualifications),
        offer.text[:_SEARCHED],
        offer.place.town or "",
    ]
    return "\n".join(part for part in parts if part)
