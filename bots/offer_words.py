"""Local offers in plain words: each thing that can be published, with what is published of it, or None."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.offer import Claimant, InspectionResult, Offer, Provenance, Referrer, Registration
from assistant.offers import ATTENDANCE_IN_WORDS, DAYS_IN_WORDS, KIND_IN_WORDS
from bots.rendering import day_in_words

NOT_PUBLISHED = "Not published"

SAYS: Mapping[Claimant, str] = {
    Claimant.PROVIDER: "The provider says",
    Claimant.COUNCIL: "The council’s list says",
    Claimant.GOVERNMENT: "The government’s register says",
}
WHO: Mapping[Referrer, str] = {
    Referrer.SCHOOL: "a school",
    Referrer.COUNCIL: "the council",
    Referrer.PARENT: "a parent",
    Referrer.HEALTH: "a health service",
}
_REGISTERED: Mapping[Registration, str] = {
    Registration.REGISTERED: "Yes, a registered school",
    Registration.NOT_REGISTERED: "No, not a registered school",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing about an offer; `said` None: it is not published. `claim`: nobody but the provider vouches for it."""

    label: str
    said: str | None
    claim: bool = False


def kind_of(offer: Offer) -> str:
    """The kind of provision."""
    return KIND_IN_WORDS[offer.kind] if offer.kind else "kind not published"


def rows_of(offer: Offer) -> Sequence[Row]:
    """Everything that a family or a school would look for, in one order for every offer, what is missing included."""
    return tuple(_rows(offer))


def ages_of(offer: Offer) -> str | None:
    """The ages, or the key stages where no ages are published."""
    low, high = offer.age_from, offer.age_to
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None or high is not None:
        return f"from {low:g}" if low is not None else f"up to {high:g}"
    return f"key stage {_listed([str(stage) for stage in offer.key_stages])}" if offer.key_stages else None


def referral_of(offer: Offer) -> str | None:
    """Who may ask for a place."""
    return _sentence(_listed([WHO[each] for each in offer.referrers], by="or")) if offer.referrers else None


def hours_of(offer: Offer) -> str | None:
    """Full or part time, and the hours of a week."""
    said = [ATTENDANCE_IN_WORDS[each] for each in offer.attendance]
    if offer.hours_a_week is not None:
        said.append(f"{offer.hours_a_week:g} hours a week")
    return _sentence(", ".join(said)) or None


def price_of(offer: Offer) -> str | None:
    """The price as it is published."""
    price = offer.price
    if price is None:
        return None
    if price.words:
        return price.words
    if price.amount is None:
        return None
    pounds = f"£{price.amount:,.2f}".removesuffix(".00")
    return f"{pounds} {price.basis}" if price.basis else pounds


def places_of(offer: Offer) -> str | None:
    """How many places, how many of them are free, and on which day that was so."""
    places = offer.places
    if places is None or (places.total is None and places.free is None):
        return None
    said = [] if places.total is None else [f"{places.total} in all"]
    said += [] if places.free is None else [f"{places.free} free"]
    return ", ".join(said) + (f", on {day_in_words(places.as_of)}" if places.as_of else ", day not published")


def check_of(offer: Offer) -> str | None:
    """Who checked the quality, or that nobody but the provider did."""
    quality = offer.quality
    if quality is None:
        return None
    on = f" on {day_in_words(quality.on)}" if quality.on else ""
    if quality.self_declared:
        said = f"By nobody but the provider{on}"
    elif quality.by:
        said = f"By {quality.by}{on}"
    else:
        said = f"Who checked is not published{on}" if on or quality.words else ""
    return ". ".join(part.rstrip(".") for part in (said, quality.words) if part) or None


def inspection_of(result: InspectionResult | None) -> str | None:
    """What Ofsted found, in its own words; report cards and older grades are never mixed."""
    if result is None:
        return None
    scale = "report card" if result.report_card else "older grades"
    grades = "; ".join(f"{what}: {grade}" for what, grade in result.grades) or "no grade published"
    on = f", {day_in_words(result.on)}" if result.on else ""
    before = ". This was of the school that this one replaced" if result.of_predecessor else ""
    return f"Ofsted {scale}{on}. {grades}{before}"


def read_on(provenance: Provenance) -> str:
    """When the entry was changed last, as its source says, and when it was read here."""
    read = f"read on {day_in_words(provenance.retrieved_at.date())}"
    changed = provenance.last_changed
    return f"last changed on {day_in_words(changed)}, {read}" if changed else f"day of change not published, {read}"


def _rows(offer: Offer) -> Iterator[Row]:
    yield Row(label="Kind of place", said=_sentence(kind_of(offer)) if offer.kind else None)
    yield Row(label="Registered school", said=_REGISTERED[offer.registration] if offer.registration else None)
    yield Row(label="School number (URN)", said=offer.urn)
    yield Row(label="Ages", said=ages_of(offer))
    yield Row(label="Key stages", said=_listed([str(stage) for stage in offer.key_stages]) or None)
    yield Row(label="Needs", said=offer.need_words or _sentence(", ".join(map(_need, offer.needs))) or None, claim=True)
    yield Row(label="What is taught", said=", ".join(offer.curriculum) or None, claim=True)
    yield Row(label="Exams and awards", said=", ".join(offer.qualifications) or None, claim=True)
    yield Row(label="Time there", said=hours_of(offer))
    yield Row(label="Days", said=_listed([DAYS_IN_WORDS[day] for day in offer.days]) or None)
    yield Row(label="Times", said=offer.session_words)
    yield Row(label="Size of group", said=str(offer.group_size) if offer.group_size is not None else None)
    yield Row(label="Getting there", said=offer.transport)
    yield Row(label="Price", said=price_of(offer))
    yield Row(label="Places", said=places_of(offer))
    yield Row(label="Who may ask for a place", said=referral_of(offer))
    yield Row(label="How to ask", said=offer.referral_words)
    yield Row(label="Checked", said=check_of(offer))
    yield Row(label="Inspection", said=inspection_of(offer.inspection))
    yield Row(label="Keeping children safe", said=offer.safeguarding, claim=True)
    yield Row(label="Where", said=_where(offer))
    yield Row(label="Areas it serves", said=", ".join(offer.area_served) or None)
    yield Row(label="Holds until", said=day_in_words(offer.valid_to) if offer.valid_to else None)


def _where(offer: Offer) -> str | None:
    place = offer.place
    return ", ".join(part for part in (place.address, place.town, place.postcode) if part) or None


def _need(need: str) -> str:
    return need.replace("-", " ").replace("_", " ")


def _listed(words: Sequence[str], *, by: str = "and") -> str:
    return f"{', '.join(words[:-1])} {by} {words[-1]}" if len(words) > 1 else "".join(words)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
