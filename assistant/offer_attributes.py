"""How the facts of alternative provision travel in Open Referral, which has no fields for them.

Each travels as a taxonomy term of the service: its `taxonomy` names the fact ("alternative provision: key stage"),
its `name` is one value ("3"). A fact that is not published has no term. Writing and reading are both here, so that
what one program serves another reads back unchanged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.offer import Attendance, InspectionResult, Offer, OfferKind, Places, Referrer, Registration

PREFIX = "alternative provision: "

# What each fact means, for whoever reads a feed without knowing this program.
MEANINGS: Mapping[str, str] = {
    "kind": "The kind of provision.",
    "registration": "Whether it is a school registered with the Department for Education.",
    "who may refer": "Who may ask for a place.",
    "referral": "How a place is asked for, in the source's words.",
    "key stage": "A key stage that it teaches.",
    "need": "A need that it says it can meet.",
    "needs": "The needs that it says it can meet, in the source's words.",
    "curriculum": "Something that it teaches.",
    "qualification": "A qualification that it offers.",
    "attendance": "Whether a child can be there full time or part time.",
    "hours a week": "How many hours a week a child can be there.",
    "group size": "How many children are in a group.",
    "transport": "How children get there, in the source's words.",
    "places": "How many places there are.",
    "free places": "How many places are free.",
    "places as of": "The day on which the number of places was so.",
    "checked by": "Who checked the quality of the provision.",
    "self-declared": "Whether nobody but the provider says so.",
    "safeguarding": "What the provider says of keeping children safe.",
    "council": "The code of the education authority that it lies in.",
    "holds until": "The last day on which the entry holds.",
    "inspected on": "The day of the last inspection by Ofsted.",
    "inspection scale": "Which scale the grades are on: report card (from November 2025) or earlier.",
    "inspection grade": "A grade that Ofsted gave.",
    "inspection of predecessor": "Whether the inspection was of the school that this one replaced.",
    "inspection report": "Where Ofsted's report can be read.",
    "sample data": "Whether the entry is made up, to show how things look.",
}

_REPORT_CARD, _EARLIER = "report card", "earlier"


@dataclass(slots=True, kw_only=True)
class Facts:
    """What attributes say: `fields` are arguments of `Offer`; `refused` names each fact that cannot be read, and why.

    Of a `QualityCheck`, whose day and words Open Referral has fields for, `checked_by` and `self_declared` are here.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    checked_by: str | None = None
    self_declared: bool | None = None
    council: str | None = None
    sample: bool = False
    refused: list[tuple[str, str]] = field(default_factory=list)


def attributes_of(offer: Offer) -> Iterator[tuple[str, str]]:
    """Each fact of `offer` that Open Referral has no field for, with one value, in a lasting order."""
    for fact, value in _all_of(offer):
        if value is not None and value != "":
            yield fact, str(value)


def read_attributes(attributes: Iterable[tuple[str | None, str]]) -> Facts:
    """What pairs of taxonomy and term name say. Pairs of other taxonomies are passed over."""
    facts, said = Facts(), dict[str, list[str]]()
    for taxonomy, value in attributes:
        name = (taxonomy or "").strip().lower()
        fact = name.removeprefix(PREFIX)
        if fact != name and fact in MEANINGS and value.strip():
            said.setdefault(fact, []).append(value.strip())
    for fact, values in said.items():
        try:
            _READ[fact](facts, values)
        except ValueError:
            facts.refused.append((fact, f"“{', '.join(values)[:80]}” cannot be read as: {MEANINGS[fact]}"))
    _read_groups(facts, said)
    return facts


# Out ----------------------------------------------------------------------------------------------------------------


def _all_of(offer: Offer) -> Iterator[tuple[str, object]]:
    yield "kind", _words(offer.kind)
    yield "registration", _words(offer.registration)
    yield from (("who may refer", _words(each)) for each in offer.referrers)
    yield "referral", offer.referral_words
    yield from (("key stage", each) for each in offer.key_stages)
    yield from (("need", each) for each in offer.needs)
    yield "needs", offer.need_words
    yield from (("curriculum", each) for each in offer.curriculum)
    yield from (("qualification", each) for each in offer.qualifications)
    yield from (("attendance", _words(each)) for each in offer.attendance)
    yield "hours a week", _figure(offer.hours_a_week)
    yield "group size", offer.group_size
    yield "transport", offer.transport
    yield from _of_places(offer.places)
    if offer.quality is not None:
        yield "checked by", offer.quality.by
        yield "self-declared", _yes_or_no(offer.quality.self_declared)
    yield "safeguarding", offer.safeguarding
    yield "council", offer.place.council
    yield "holds until", offer.valid_to
    yield from _of_inspection(offer.inspection)
    yield "sample data", "yes" if offer.sample else None


def _of_places(places: Places | None) -> Iterator[tuple[str, object]]:
    if places is not None:
        yield "places", places.total
        yield "free places", places.free
        yield "places as of", places.as_of


def _of_inspection(result: InspectionResult | None) -> Iterator[tuple[str, object]]:
    if result is None:
        return
    yield "inspected on", result.on
    yield "inspection scale", _REPORT_CARD if result.report_card else _EARLIER
    yield from (("inspection grade", f"{what}: {grade}") for what, grade in result.grades)
    yield "inspection of predecessor", _yes_or_no(result.of_predecessor)
    yield "inspection report", result.url


def _words(value: OfferKind | Registration | Referrer | Attendance | None) -> str | None:
    return value.value.replace("_", " ") if value is not None else None


def _figure(number: float | None) -> str | None:
    return f"{number:g}" if number is not None else None


def _yes_or_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


# In -----------------------------------------------------------------------------------------------------------------

_Reader = Callable[[Facts, list[str]], None]


def _one(name: str, read: Callable[[str], object]) -> _Reader:
    def reader(facts: Facts, values: list[str]) -> None:
        facts.fields[name] = read(values[0])

    return reader


def _several(name: str, read: Callable[[str], object]) -> _Reader:
    def reader(facts: Facts, values: list[str]) -> None:
        facts.fields[name] = tuple(dict.fromkeys(read(value) for value in values))

    return reader


def _yes(value: str) -> bool:
    if value.lower() not in {"yes", "no"}:
        raise ValueError(value)
    return value.lower() == "yes"


def _code(value: str) -> str:
    return value.lower().replace(" ", "_")


def _checked_by(facts: Facts, values: list[str]) -> None:
    facts.checked_by = values[0]


def _self_declared(facts: Facts, values: list[str]) -> None:
    facts.self_declared = _yes(values[0])


def _council(facts: Facts, values: list[str]) -> None:
    facts.council = values[0]


def _sample(facts: Facts, values: list[str]) -> None:
    facts.sample = _yes(values[0])


def _checked_only(read: Callable[[str], object]) -> _Reader:
    """Reads nothing yet, but refuses what `_read_groups` could not read."""

    def reader(facts: Facts, values: list[str]) -> None:
        for value in values:
            read(value)

    return reader


def _grade(value: str) -> tuple[str, str]:
    what, colon, grade = value.rpartition(": ")
    if not colon:
        raise ValueError(value)
    return what, grade


def _scale(value: str) -> bool:
    if value.lower() not in {_REPORT_CARD, _EARLIER}:
        raise ValueError(value)
    return value.lower() == _REPORT_CARD


_READ: Mapping[str, _Reader] = {
    "kind": _one("kind", lambda value: OfferKind(_code(value))),
    "registration": _one("registration", lambda value: Registration(_code(value))),
    "who may refer": _several("referrers", lambda value: Referrer(_code(value))),
    "referral": _one("referral_words", str),
    "key stage": _several("key_stages", int),
    "need": _several("needs", str),
    "needs": _one("need_words", str),
    "curriculum": _several("curriculum", str),
    "qualification": _several("qualifications", str),
    "attendance": _several("attendance", lambda value: Attendance(_code(value))),
    "hours a week": _one("hours_a_week", float),
    "group size": _one("group_size", int),
    "transport": _one("transport", str),
    "places": _checked_only(int),
    "free places": _checked_only(int),
    "places as of": _checked_only(date.fromisoformat),
    "checked by": _checked_by,
    "self-declared": _self_declared,
    "safeguarding": _one("safeguarding", str),
    "council": _council,
    "holds until": _one("valid_to", date.fromisoformat),
    "inspected on": _checked_only(date.fromisoformat),
    "inspection scale": _checked_only(_scale),
    "inspection grade": _checked_only(_grade),
    "inspection of predecessor": _checked_only(_yes),
    "inspection report": _checked_only(str),
    "sample data": _sample,
}


def _read_groups(facts: Facts, said: Mapping[str, list[str]]) -> None:
    """The facts that belong together: places, and the result of an inspection, which is nothing without its scale."""
    refused = {fact for fact, _ in facts.refused}
    sound = {fact: values for fact, values in said.items() if fact not in refused}

    def first(fact: str, read: Callable[[str], Any]) -> Any:
        return read(sound[fact][0]) if fact in sound else None

    if sound.keys() & {"places", "free places"}:
        facts.fields["places"] = Places(
            total=first("places", int), free=first("free places", int), as_of=first("places as of", date.fromisoformat)
        )
    if "inspection scale" in sound:
        facts.fields["inspection"] = InspectionResult(
            on=first("inspected on", date.fromisoformat),
            report_card=first("inspection scale", _scale),
            grades=tuple(_grade(value) for value in sound.get("inspection grade", [])),
            of_predecessor=first("inspection of predecessor", _yes),
            url=first("inspection report", str),
        )
