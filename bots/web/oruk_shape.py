"""An offer as a service of Open Referral UK 3.0: only what is published is there, so nothing is ever null."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from assistant.grid import degrees_of
from assistant.offer import Offer
from assistant.offer_terms import OfferVocabulary, said_in_terms
from assistant.offers import KIND_IN_WORDS

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_OURS = UUID("0d3b8f3e-6a53-5c0e-9c55-2f6c5bd9b7a4")  # the namespace of ids that are made from words
_LETTERS = " abcdefghijklmnopqrstuvwxyz0123456789-"  # the space stands for nothing
_LONGEST_ID = 23  # letters that fit into the free bits of a UUID
_LOW_BITS = 62
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def service_id(offer_id: str) -> str:
    """The offer's id as the UUID that the standard asks for; `offer_id_of` turns it back.

    An id of other letters, or too long for a UUID, stays as it is.
    """
    if not offer_id or len(offer_id) > _LONGEST_ID or any(letter not in _LETTERS[1:] for letter in offer_id):
        return offer_id
    number = 0
    for letter in offer_id:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    high, low = divmod(number, 1 << _LOW_BITS)
    # Version 8 of RFC 9562 is for bits of one's own: 48, then the version, 12, then the variant, 62.
    return str(UUID(int=(high >> 12) << 80 | 0x8 << 76 | (high & 0xFFF) << 64 | 0b10 << _LOW_BITS | low))


def offer_id_of(said: str) -> str:
    """The offer's id that `service_id` turned into `said`; what it did not make stays as it is."""
    try:
        made = UUID(said)
    except ValueError:
        return said
    if made.version != 8:
        return said
    high = (made.int >> 80) << 12 | (made.int >> 64) & 0xFFF
    number, letters = high << _LOW_BITS | made.int & ((1 << _LOW_BITS) - 1), ""
    while number:
        number, place = divmod(number, len(_LETTERS))
        letters = _LETTERS[place] + letters
    return letters.strip()


def as_service(offer: Offer, *, vocabulary: OfferVocabulary) -> Mapping[str, Any]:
    """The whole service with everything that belongs to it."""
    own = service_id(offer.id)
    return {
        **as_listed(offer),
        **_filled(
            schedules=_schedules(offer, own),
            service_areas=[
                {"id": _id(own, "area", area), "service_id": own, "service_area": area} for area in offer.area_served
            ],
            service_at_locations=_locations(offer, own),
            cost_options=_cost_options(offer, own),
        ),
        "organization": _organization(offer),
        "attributes": list(_attributes(offer, own, vocabulary)),
    }


def as_listed(offer: Offer) -> Mapping[str, Any]:
    """The service as it stands in a list: what it has only one of."""
    quality = offer.quality
    return {
        "id": service_id(offer.id),
        "name": offer.name,
        "status": "active",
        **_filled(
            description=offer.text,
            url=_web(offer.contact.url),
            email=offer.contact.email if _EMAIL.fullmatch(offer.contact.email or "") else None,
            fees=offer.price.words if offer.price else None,
            assured_date=quality.on.isoformat() if quality and quality.on else None,
            minimum_age=_number(offer.age_from),
            maximum_age=_number(offer.age_to),
            alert=offer.alert,
        ),
        "last_modified": last_modified(offer).isoformat().replace("+00:00", "Z"),
        "organization": _organization(offer),
    }


def last_modified(offer: Offer) -> datetime:
    """When the newest of its sources says it was changed, or was read where that is not published."""
    changed = [
        datetime.combine(each.last_changed, time(), tzinfo=UTC) if each.last_changed else each.retrieved_at
        for each in offer.provenances
    ]
    return max(changed).astimezone(UTC).replace(microsecond=0)


def taxonomies(vocabulary: OfferVocabulary) -> Sequence[Mapping[str, Any]]:
    """The one taxonomy of ours."""
    about = "What Open Referral has no field for: the words of alternative provision in England."
    return [{"id": _id("taxonomy", vocabulary.id), "name": vocabulary.id, "description": about, "uri": vocabulary.uri}]


def taxonomy_terms(vocabulary: OfferVocabulary) -> Sequence[Mapping[str, Any]]:
    """Every term that can be told beforehand; a term with free codes stands for all of them."""
    return [
        _term(
            f"{term.term}:{code}" if code else term.term,
            f"{term.name}: {_words(code)}" if code else term.name,
            vocabulary,
        )
        for term in vocabulary.terms
        for code in term.codes or ("",)
    ]


def taxonomy_id(vocabulary: OfferVocabulary) -> str:
    """The id of our taxonomy."""
    return _id("taxonomy", vocabulary.id)


def term_id(code: str) -> str:
    """The id of a term of ours."""
    return _id("term", code)


def _attributes(offer: Offer, own: str, vocabulary: OfferVocabulary) -> Iterator[Mapping[str, Any]]:
    for said in said_in_terms(offer, vocabulary=vocabulary):
        yield {
            "id": _id(own, said.code, said.value or ""),
            "link_id": own,
            "link_type": "service",
            **_filled(value=said.value),
            "taxonomy_term": _term(said.code, said.name, vocabulary),
        }


def _term(code: str, name: str, vocabulary: OfferVocabulary) -> Mapping[str, Any]:
    return {
        "id": term_id(code),
        "name": name,
        "description": name,
        "taxonomy": vocabulary.id,
        "taxonomy_id": taxonomy_id(vocabulary),
        "term": code,
        "term_uri": f"{vocabulary.uri}:{code}",
    }


def _organization(offer: Offer) -> Mapping[str, Any]:
    own = _id("organization", offer.provider)
    urn = [{"id": _id(own, "urn"), "identifier_scheme": "GB-EDU", "identifier_type": "URN", "identifier": offer.urn}]
    return {
        "id": own,
        "name": offer.provider,
        "description": f"{offer.provider}: {KIND_IN_WORDS[offer.kind] if offer.kind else 'provider'}.",
        **_filled(organization_identifiers=urn if offer.urn else None),
    }


def _schedules(offer: Offer, own: str) -> Sequence[Mapping[str, Any]]:
    if not offer.days and not offer.session_words:
        return []
    days = ",".join(DAY_CODES[day] for day in offer.days)
    return [
        {
            "id": _id(own, "schedule"),
            "service_id": own,
            "freq": "WEEKLY",
            **_filled(byday=days, description=offer.session_words),
        }
    ]


def _locations(offer: Offer, own: str) -> Sequence[Mapping[str, Any]]:
    place = offer.place
    if not (place.address or place.town or place.postcode or place.grid):
        return []
    location = _id(own, "location")
    latitude, longitude = degrees_of(place.grid) if place.grid else (None, None)
    grid = f"{place.grid.easting},{place.grid.northing}" if place.grid else None
    address = {
        "id": _id(own, "address"),
        "location_id": location,
        # The standard wants each of these; an empty one is not published.
        "address_1": place.address or "",
        "city": place.town or "",
        "state_province": "",
        "postal_code": place.postcode or "",
        "country": "GB",
        "address_type": "physical",
    }
    about = {
        "id": location,
        "location_type": "physical",
        "name": offer.name,
        **_filled(latitude=latitude, longitude=longitude, external_identifier=grid),
        **_filled(external_identifier_type="OSGB36 grid reference" if grid else None),
        **_filled(addresses=[address] if place.address or place.town or place.postcode else None),
    }
    return [{"id": _id(own, "at"), "service_id": own, "location_id": location, "location": about}]


def _cost_options(offer: Offer, own: str) -> Sequence[Mapping[str, Any]]:
    price = offer.price
    if price is None or price.amount is None:
        return []
    amount = float(price.amount)
    cost = {"id": _id(own, "cost"), "service_id": own, "amount": int(amount) if amount.is_integer() else amount}
    return [cost | _filled(amount_description=price.basis)]


def _filled(**said: Any) -> dict[str, Any]:
    """What is published of these."""
    return {name: value for name, value in said.items() if value is not None and value not in ("", [])}


def _number(age: float | None) -> float | None:
    return int(age) if age is not None and float(age).is_integer() else age


def _web(url: str | None) -> str | None:
    return url if url and urlsplit(url).scheme in {"http", "https"} else None


def _words(code: str) -> str:
    return code.replace("_", " ")


def _id(*words: str) -> str:
    return str(uuid5(_OURS, "/".join(words)))
