"""How each field of an offer is read from the words that a council, a feed or a register uses for it."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assistant.offer import Attendance, Claimant, OfferKind, Referrer, Registration
from ingest import offer_readings as read
from ingest.plain_text import plain

if TYPE_CHECKING:
    from ingest.offer_draft import Draft

_LIST = re.compile(r"\s*[;\n•|]\s*|\s*,\s*(?![^(]*\))")

_Read = Callable[["Draft", str, str], None]


def _one(name: str, reader: Callable[[str], object] = str) -> _Read:
    return lambda draft, text, _: draft.set(name, reader(text))


def _listed(name: str) -> _Read:
    return lambda draft, text, _: draft.add(name, [each for each in _LIST.split(text) if each])


def _ages(draft: "Draft", text: str, _: str) -> None:
    first, last = read.ages(text, school_ages=draft.reading.ages)
    draft.set("age_from", first)
    draft.set("age_to", last)


def _age_from(draft: "Draft", text: str, _: str) -> None:
    draft.set("age_from", read.an_age(text, school_ages=draft.reading.ages))


def _age_to(draft: "Draft", text: str, _: str) -> None:
    draft.set("age_to", read.an_age(text, school_ages=draft.reading.ages, oldest=True))


def _key_stages(draft: "Draft", text: str, _: str) -> None:
    try:
        draft.add("key_stages", read.key_stages(text, school_ages=draft.reading.ages))
    except ValueError:
        _ages(draft, text, "")  # "Years 9 to 11" in a column of key stages


def _ages_or_stages(draft: "Draft", text: str, _: str) -> None:
    if re.search(r"\bks|key stage|primary|secondary", text.lower()) and not re.search(r"year|\d{2}", text.lower()):
        draft.add("key_stages", read.key_stages(text, school_ages=draft.reading.ages))
    else:
        _ages(draft, text, "")


def _needs(draft: "Draft", text: str, _: str) -> None:
    draft.set("need_words", text)
    draft.add("needs", draft.reading.needs(text))


def _kind(draft: "Draft", text: str, _: str) -> None:
    found = _meanings(draft, "kind", text)
    draft.set("kind", OfferKind(found[0]))


def _registration(draft: "Draft", text: str, _: str) -> None:
    if "ofsted" in text.lower() and not re.search(r"\bdfe\b|department|school", text.lower()):
        raise ValueError(
            f"“{text[:60]}” is not about the register of schools: being registered with Ofsted is another thing"
        )
    draft.set("registration", Registration(_meanings(draft, "registration", text)[0]))


def _dfe_number(draft: "Draft", text: str, _: str) -> None:
    digits = re.sub(r"\D", "", text.removesuffix(".0"))
    if len(digits) in {6, 7}:
        draft.set("registration", Registration.REGISTERED)
        if len(digits) == 6:
            draft.set("urn", digits)
    else:
        draft.set("registration", Registration(_meanings(draft, "registration", text)[0]))


def _referrers(draft: "Draft", text: str, _: str) -> None:
    clauses = re.split(r"[.;]|\bbut\b|\bhowever\b", text)
    denied = re.compile(r"\b(?:not|cannot|can't|can’t|no|never|except)\b", re.IGNORECASE)
    said = " ".join(clause for clause in clauses if not denied.search(clause))
    found = draft.reading.columns.meanings("referrers", said)
    draft.add("referrers", [Referrer(code) for code in found])
    if not found or len(text) > 40:
        draft.set("referral_words", text)


def _price_words(draft: "Draft", text: str, heading: str) -> None:
    words = f"£{text}" if re.fullmatch(r"[\d.,]+", text) else text
    basis_above = re.search(r"\bper \w+(?: per \w+)?|\b(?:daily|day|hourly|weekly|annual) rate", heading, re.IGNORECASE)
    amount, basis = read.price(text)
    if basis is None and basis_above:
        basis = basis_above[0].lower()
        words = f"{words} {basis}"
    if draft.has("price_words"):
        words = f"{draft.said['price_words']}; {heading + ': ' if heading else ''}{words}"
        draft.said.pop("price_amount", None)
        draft.said.pop("price_basis", None)
        amount = basis = None
    draft.set("price_words", words)
    draft.set("price_amount", amount)
    draft.set("price_basis", basis)


def _quality(draft: "Draft", text: str, _: str) -> None:
    draft.set("quality_words", text)
    found = draft.reading.columns.meanings("quality_self_declared", text)
    if len(found) == 1 and not draft.has("quality_self_declared"):
        draft.set("quality_self_declared", found[0] == "yes")


def _text(draft: "Draft", text: str, heading: str) -> None:
    """What is only called a description needs no heading."""
    draft.add_text(text, heading="" if draft.reading.columns.field_of(heading) == "text" else heading)


def _grade(draft: "Draft", text: str, _: str) -> None:
    area, _, grade = text.rpartition(": ")
    draft.add("inspection_grades", [(area, grade)])


def _metres(name: str) -> _Read:
    return lambda draft, text, _: draft.set(name, round(read.a_number(text)))


def _degrees(name: str) -> _Read:
    def put(draft: "Draft", text: str, _: str) -> None:
        try:
            draft.set(name, float(text))
        except ValueError as error:
            raise ValueError(f"“{text[:30]}” is no number of degrees") from error

    return put


def _basis(draft: "Draft", text: str, _: str) -> None:
    """A column of its own says what the price is for: "half day"."""
    basis = text if re.match(r"(?:per|an?|each|/) ?", text, re.IGNORECASE) else f"per {text}"
    draft.set("price_basis", basis)
    words = draft.said.get("price_words", "")
    if draft.has("price_amount") and not re.search(r"\b(?:per|an?)\b|/", words):
        draft.set("price_words", f"{words} {basis}")


def _amount(draft: "Draft", text: str, _: str) -> None:
    draft.set("price_amount", read.an_amount(text))


def _meanings(draft: "Draft", name: str, text: str) -> tuple[str, ...]:
    found = draft.reading.columns.meanings(name, text)
    if not found:
        raise ValueError(f"“{text[:60]}” is no {name.replace('_', ' ')} that we know")
    return found


def _address(draft: "Draft", text: str, _: str) -> None:
    """A postcode at its end is read as one."""
    draft.set("address", text)
    found = re.search(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$", text.strip(" .,"))
    if found and not draft.has("postcode"):
        draft.set("postcode", read.a_postcode(found[0]))


def _place_postcode(draft: "Draft", text: str, _: str) -> None:
    draft.set("postcode", read.a_postcode(text))


WHOLE_TEXT = frozenset({"text", "need_words", "safeguarding", "referral_words", "session_words", "transport", "alert"})

READERS: Mapping[str, _Read] = {
    "name": _one("name"),
    "provider": _one("provider"),
    "record": _one("record"),
    "kind": _kind,
    "registration": _registration,
    "urn": _one("urn", read.a_urn),
    "dfe_number": _dfe_number,
    "referrers": _referrers,
    "referral_words": _one("referral_words", plain),
    "ages": _ages_or_stages,
    "age_from": _age_from,
    "age_to": _age_to,
    "key_stages": _key_stages,
    "need_words": lambda draft, text, _: _needs(draft, plain(text), ""),
    "curriculum": _listed("curriculum"),
    "qualifications": _listed("qualifications"),
    "attendance": lambda draft, text, _: draft.add("attendance", [Attendance(each) for each in read.attendance(text)]),
    "hours_a_week": _one("hours_a_week", read.a_number),
    "days": lambda draft, text, _: draft.add("days", read.days(text)),
    "session_words": _one("session_words", plain),
    "group_size": _one("group_size", read.a_whole_number),
    "transport": _one("transport", plain),
    "price_words": _price_words,
    "price_amount": _amount,
    "price_basis": _basis,
    "places_total": _one("places_total", read.a_whole_number),
    "places_free": _one("places_free", read.a_whole_number),
    "places_as_of": _one("places_as_of", read.a_date),
    "quality_by": _one("quality_by"),
    "quality_on": _one("quality_on", read.a_date),
    "quality_self_declared": _one("quality_self_declared", read.yes_or_no),
    "quality_words": _quality,
    "inspection_on": _one("inspection_on", read.a_date),
    "inspection_report_card": _one("inspection_report_card", read.yes_or_no),
    "inspection_grades": _grade,
    "inspection_of_predecessor": _one("inspection_of_predecessor", read.yes_or_no),
    "inspection_url": _one("inspection_url", read.a_web_address),
    "safeguarding": _one("safeguarding", plain),
    "address": _address,
    "town": _one("town"),
    "postcode": _place_postcode,
    "council": _one("council"),
    "easting": _metres("easting"),
    "northing": _metres("northing"),
    "latitude": _degrees("latitude"),
    "longitude": _degrees("longitude"),
    "area_served": _listed("area_served"),
    "phone": _one("phone", read.a_phone),
    "email": _one("email", read.an_email),
    "url": _one("url", read.a_web_address),
    "text": _text,
    "alert": _one("alert", plain),
    "valid_to": _one("valid_to", lambda text: read.a_date(text, end_of_month=True)),
    "last_changed": _one("last_changed", read.a_moment),
    "source_url": _one("source_url", read.a_web_address),
    "source_licence": _one("source_licence"),
    "source_says": _one("source_says", Claimant),
    "source_sample": _one("source_sample", read.yes_or_no),
    "source_name": lambda *_: None,  # the source is the feed we read
}
"""Every field that `Draft.put` knows: the draft, the words, and the heading they stood under."""
