"""Offers from services as Open Referral UK 3.0, HSDS 3.0 and 3.1 and Open Referral UK 1.0 describe them.

Names of contacts are never read. What the standards have no field for is said in terms (see corpus/offers/attributes).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.offer import Attendance, Claimant, GridReference, OfferKind, Referrer, Refusal, Registration
from assistant.offer_terms import Holds, OfferTerm, OfferVocabulary
from ingest import offer_readings as read
from ingest.offer_draft import About, Draft, Imported, LeftOut, Reading
from ingest.plain_text import plain, plain_line

Json = Mapping[str, Any]

_HOME = {"", "gb", "uk", "gbr", "united kingdom", "great britain", "england", "en"}
_GONE = {"inactive": "no longer offered (inactive)", "defunct": "no longer offered (defunct)"}
_TEXTS = (
    ("description", ""),
    ("eligibility_description", "Who it is for"),
    ("accreditations", "Accreditations"),
    ("wait_time", "Waiting time"),
)
_LONGEST_ID = 200
_CODED: Mapping[str, Callable[[str], object]] = {
    "kind": OfferKind,
    "registration": Registration,
    "referrers": Referrer,
    "attendance": Attendance,
    "key_stages": int,
    "source_says": Claimant,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What services are read with: the words of the sector, the vocabulary of terms, and the page of a record."""

    about: About
    reading: Reading
    vocabulary: OfferVocabulary
    base: str | None = None  # of the feed: a service has its page under it

    def page_of(self, service_id: str) -> str | None:
        return f"{self.base}/services/{service_id}" if self.base and service_id else None


def offers_of(item: object, *, where: str, dialect: Dialect) -> Iterator[Imported]:
    """What one record of a feed offers: a service, a service at one location, or an organisation with its services."""
    if not isinstance(item, Mapping):
        yield Refusal(where=where, why="it is no record.")
        return
    if isinstance(item.get("service"), Mapping):
        place = {key: value for key, value in item.items() if key != "service"}
        yield from _service({**item["service"], "service_at_locations": [place]}, where=where, dialect=dialect)
    elif isinstance(item.get("services"), list):
        organization = {key: value for key, value in item.items() if key != "services"}
        for number, service in enumerate(_many(item, "services"), start=1):
            nested = {"organization": organization, **service}
            yield from _service(nested, where=f"{where}, service {number}", dialect=dialect)
    elif (other := kind_of(item)) != "service":
        yield LeftOut(why=f"{other}, not a service")
    else:
        yield from _service(item, where=where, dialect=dialect)


def kind_of(item: Json) -> str:
    """What a record is, told by the fields it has."""
    keys = set(item)
    if keys & {"taxonomy", "taxonomy_detail", "term_uri", "vocabulary"} and not keys & {"status", "organization"}:
        return "a term of a taxonomy"
    if keys & {"status", "organization", "organization_id", "service_at_locations", "eligibilitys", "cost_options"}:
        return "service"
    if keys & {"location_type", "latitude", "physical_addresses"}:
        return "a location"
    if keys & {"website", "legal_status", "tax_status", "organization_identifiers"}:
        return "an organisation"
    return "service" if "name" in keys else "an unknown record"


def _service(service: Json, *, where: str, dialect: Dialect) -> Iterator[Imported]:
    """One offer at each of its locations."""
    identity = _text(service, "id")
    if len(identity) > _LONGEST_ID:
        identity = hashlib.sha256(identity.encode()).hexdigest()
    where = f"{where}, service {identity}" if identity else where
    status = _text(service, "status").lower()
    if status in _GONE:
        yield LeftOut(why=_GONE[status])
        return
    places: Sequence[Json] = _many(service, "service_at_locations", "service_at_location") or [{}]
    for number, place in enumerate(places, start=1):
        draft = Draft(dialect.about, where=where, reading=dialect.reading)
        _fill(draft, service, dialect, identity=identity)
        _fill_place(draft, place)
        record = identity
        if len(places) > 1:
            record = f"{identity or draft.said.get('name', '')}/{_text(place, 'id') or number}"
        for each in draft.results(record or None):
            if number == 1 or not isinstance(each, Refusal) or each.field == "place":
                yield each  # what is wrong with the service itself is told once


def _fill(draft: Draft, service: Json, dialect: Dialect, *, identity: str) -> None:
    if not identity:
        draft.refuse("id", "it has no id, so it is known by its name and postcode.")
    organization = service.get("organization")
    organization = organization if isinstance(organization, Mapping) else {}
    draft.put("name", _text(service, "name"))
    draft.put("provider", _text(organization, "name"))
    for key, heading in _TEXTS:
        draft.add_text(_text(service, key), heading=heading)
    if identity and (page := dialect.page_of(identity)):
        draft.put("source_url", page)
    _fill_terms(draft, service, dialect.vocabulary)
    _fill_ages(draft, service)
    _fill_schedules(draft, service)
    _fill_costs(draft, service)
    _fill_contact(draft, service, organization)
    _fill_capacity(draft, service)
    draft.put("last_changed", _text(service, "last_modified") or _text(service, "assured_date"))
    areas = [_text(area, "service_area") or _text(area, "name") for area in _many(service, "service_areas")]
    draft.add("area_served", [_line(area) for area in areas if area])
    if not draft.has("referral_words"):
        access = _text(service, "attending_access").lower()
        draft.put(
            "referral_words", _text(service, "application_process") or ("By referral" if access == "referral" else "")
        )
    draft.put("alert", _text(service, "alert"))
    if _text(service, "status").lower() == "temporarily closed":
        draft.set("alert", " ".join(("Temporarily closed.", draft.said.get("alert", ""))).strip())
    for identifier in _many(organization, "organization_identifiers"):
        scheme = f"{_text(identifier, 'identifier_scheme')} {_text(identifier, 'identifier_type')}".upper()
        if ("GB-EDU" in scheme or "URN" in scheme) and not draft.has("urn"):
            draft.put("urn", _text(identifier, "identifier"))


# Terms --------------------------------------------------------------------------------------------------------------


def _fill_terms(draft: Draft, service: Json, vocabulary: OfferVocabulary) -> None:
    others: list[str] = []
    for link in (*_many(service, "attributes"), *_many(service, "service_taxonomys", "taxonomy_terms")):
        term = next((link[key] for key in ("taxonomy_term", "taxonomy") if isinstance(link.get(key), Mapping)), link)
        code = _text(term, "term") or _text(term, "code")
        name = _text(term, "name") or code
        if _text(term, "taxonomy") == vocabulary.id or code.startswith(f"{vocabulary.uri}:"):
            _put_code(draft, code.removeprefix(f"{vocabulary.uri}:"), _text(link, "value"), vocabulary)
        elif meant := vocabulary.also.get(name.lower().strip()):
            _put_code(draft, meant, "", vocabulary)
        elif name:
            others.append(_line(name))
    if others:
        draft.add_text(", ".join(dict.fromkeys(others)), heading="Categories")
        draft.add("needs", draft.reading.needs("; ".join(others)))


def _put_code(draft: Draft, code: str, value: str, vocabulary: OfferVocabulary) -> None:
    found = vocabulary.find(code)
    if found is None:
        draft.refuse("attributes", f"“{code[:60]}” is no term of {vocabulary.id}.")
        return
    term, coded = found
    name = term.field.removeprefix("contact.").removeprefix("place.").replace(".", "_")
    name = name.replace("source_source_name", "source_name")
    if term.holds is Holds.CODE:
        _put_coded(draft, name, str(coded), term)
    elif term.many and term.holds is Holds.TEXT:
        draft.add(name, [_line(value)])
    elif term.holds is Holds.TEXT and name in {"need_words", "quality_words"}:
        draft.set(name, plain(value))
    else:
        draft.put(name, value)


def _put_coded(draft: Draft, name: str, code: str, term: OfferTerm) -> None:
    value: object = code
    if kind := _CODED.get(name):
        value = kind(code)
    if term.many:
        draft.add(name, [value])
    else:
        draft.set(name, value)


# Fields of the standards --------------------------------------------------------------------------------------------


def _fill_ages(draft: Draft, service: Json) -> None:
    said = [service, *_many(service, "eligibilitys", "eligibility")]
    lows = [_text(each, "minimum_age") for each in said if _text(each, "minimum_age")]
    highs = [_text(each, "maximum_age") for each in said if _text(each, "maximum_age")]
    if {*lows, *highs} <= {"0", "0.0"}:
        return  # some systems write nought for not known
    for name, ages in (("age_from", lows[:1]), ("age_to", highs[:1])):
        for age in ages:
            draft.put(name, age)
    for each in said[1:]:
        draft.add_text(_text(each, "eligibility"), heading="Who it is for")


def _fill_schedules(draft: Draft, service: Json) -> None:
    words: list[str] = []
    for schedule in _many(service, "schedules", "regular_schedules", "regular_schedule"):
        byday = _text(schedule, "byday") or _text(schedule, "weekday")
        days: tuple[int, ...] = ()
        if byday:
            try:
                days = read.days(byday)
                draft.add("days", days)
            except ValueError as error:
                draft.refuse("days", f"{error}.")
        opens, closes = _text(schedule, "opens_at")[:5], _text(schedule, "closes_at")[:5]
        said = _text(schedule, "description")
        if not said and opens and closes:
            said = " ".join(part for part in (_day_names(days), f"{opens} to {closes}") if part)
        words.append(_line(said))
    draft.said["days"] = tuple(sorted(draft.said.get("days", ())))
    if any(words):
        draft.set("session_words", "; ".join(dict.fromkeys(each for each in words if each)))


def _day_names(days: Sequence[int]) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return " and ".join(names[day] for day in days)


def _fill_costs(draft: Draft, service: Json) -> None:
    fees = _text(service, "fees_description") or _text(service, "fees")
    options = _many(service, "cost_options")
    if len(options) == 1 and not _ended(options[0], draft.about.now.date()):
        if _text(options[0], "currency").lower() in {"", "gbp"}:
            draft.put("price_amount", _text(options[0], "amount"))
        draft.set("price_basis", _line(_text(options[0], "amount_description")) or None)
    words = fees or "; ".join(said for each in options if (said := _cost_in_words(each)))
    draft.set("price_words", _line(words) or None)


def _ended(option: Json, today: date) -> bool:
    try:
        return read.a_date(_text(option, "valid_to")) < today
    except ValueError:
        return False


def _cost_in_words(option: Json) -> str:
    amount, currency = _text(option, "amount"), _text(option, "currency").upper()
    sum_said = f"{currency} {amount}" if currency not in {"", "GBP"} else f"£{amount}"
    parts = (_text(option, "option"), f"{sum_said} {_text(option, 'amount_description')}".strip() if amount else "")
    said = ": ".join(part for part in parts if part)
    until = _text(option, "valid_to")
    return f"{said} (until {until})" if said and until else said


def _fill_contact(draft: Draft, service: Json, organization: Json) -> None:
    draft.put("email", _text(service, "email") or _text(organization, "email"))
    draft.put("url", _text(service, "url") or _text(organization, "website") or _text(organization, "url"))
    holders = [service, *_many(service, "contacts"), *_many(service, "service_at_locations")]
    numbers = [_text(phone, "number") for holder in holders for phone in _many(holder, "phones")]
    if numbers and not draft.has("phone"):
        draft.put("phone", numbers[0])


def _fill_capacity(draft: Draft, service: Json) -> None:
    """HSDS 3.1 says how many places there are, when there is just one kind of them."""
    capacities = _many(service, "capacities", "service_capacities")
    if len(capacities) == 1 and not draft.has("places_total"):
        for name, key in (("places_total", "maximum"), ("places_free", "available"), ("places_as_of", "updated")):
            draft.put(name, _text(capacities[0], key)[:10] if key == "updated" else _text(capacities[0], key))


def _fill_place(draft: Draft, service_at_location: Json) -> None:
    location = service_at_location.get("location")
    location = location if isinstance(location, Mapping) else service_at_location
    if _text(location, "location_type").lower() == "virtual":
        return
    addresses = _many(location, "addresses", "physical_addresses", "physical_address")
    address = next((each for each in addresses if _text(each, "address_type") != "postal"), next(iter(addresses), {}))
    country = _text(address, "country")
    if country.lower() in _HOME:
        said = [_text(address, key) for key in ("address_1", "address_2")]
        draft.put("address", ", ".join(part for part in said if part))
        draft.put("town", _text(address, "city"))
        draft.put("postcode", _text(address, "postal_code"))
    else:
        draft.refuse("place", f"the country is “{country[:40]}”, so the address was left out.")
    if not _fill_grid(draft, location):
        latitude, longitude = _text(location, "latitude"), _text(location, "longitude")
        if latitude and longitude and {latitude, longitude} != {"0"}:
            draft.put("latitude", latitude)
            draft.put("longitude", longitude)


def _fill_grid(draft: Draft, location: Json) -> bool:
    """A grid reference that was given as such needs no reckoning."""
    if "grid reference" not in _text(location, "external_identifier_type").lower():
        return False
    parts = _text(location, "external_identifier").split(",")
    if len(parts) == 2 and all(part.strip().isdigit() for part in parts):
        grid = GridReference(easting=int(parts[0]), northing=int(parts[1]))
        draft.set("easting", grid.easting)
        draft.set("northing", grid.northing)
        return True
    return False


# Whatever a feed may hold -------------------------------------------------------------------------------------------


def _text(holder: Json, key: str) -> str:
    """The words of a field; nothing when it is not there, null, a list or a record."""
    value = holder.get(key)
    if value is None or isinstance(value, list | dict | bool):
        return ""
    said = f"{value:.10g}" if isinstance(value, float) else str(value).strip()
    return said if said.isascii() else said.encode(errors="ignore").decode()  # half characters cannot be kept


def _many(holder: Json, *keys: str) -> list[Json]:
    """The records of the first of these fields that has any."""
    for key in keys:
        value = holder.get(key)
        found = [value] if isinstance(value, dict) else value
        if isinstance(found, list) and found:
            return [each for each in found if isinstance(each, dict)]
    return []


def _line(text: str) -> str:
    """One line of plain words, however long."""
    try:
        return plain_line(text)
    except ValueError:
        return " ".join(plain(text).split())[:1_000]
