"""Whether an offer fits what a family looks for: it fits, it does not, or its source does not say."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from assistant.offer import (
    Attendance,
    GridReference,
    Offer,
    OfferKind,
    OfferMatch,
    OfferPlace,
    OfferSearch,
    Price,
    QualityCheck,
    Referrer,
    Registration,
    Spot,
)
from assistant.offer_facts import ENGLAND, basis_of, facts_of, miles_between
from assistant.offers import match_of, offer_text, read_as
from corpus.offer_needs import read_needs
from corpus.school_ages import read_school_ages
from tests.local_offers import LS8, bare_offer, full_offer, provenance

NEEDS = read_needs()
AGES = read_school_ages()
TODAY = date(2026, 11, 22)
LEEDS = Spot(said="Leeds", council="E08000035", council_name="Leeds")


def matched(offer: Offer, *, areas: tuple[str, ...] = (), **wanted: Any) -> OfferMatch | None:
    facts = facts_of(offer, needs=NEEDS, ages=AGES, areas=areas)
    return match_of(offer, facts=facts, wanted=OfferSearch(**wanted), needs=NEEDS, today=TODAY)


FITS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"age_from": 11, "age_to": 16}, {"age": 16}, "takes age 16"),
    ({"age_from": 11, "age_to": 16}, {"age": 16.9}, "takes age 16.9"),
    ({"age_from": 11, "age_to": 16}, {"age": 13, "year_group": 9}, "takes Year 9"),
    ({"key_stages": (3,)}, {"age": 14}, "takes age 14"),
    ({"age_from": 11, "age_to": 16}, {"key_stage": 4}, "takes Key Stage 4"),
    ({"key_stages": (3, 4)}, {"key_stage": 3}, "takes Key Stage 3"),
    ({"needs": ("ASD",)}, {"needs": ("autism",)}, "for autism"),
    ({"need_words": "For school refusers"}, {"needs": ("school-avoidance",)}, "for not managing to go to school"),
    ({"text": "We welcome anxious young people."}, {"needs": ("anxiety",)}, "for anxiety"),
    (
        {"needs": ("SEMH",)},
        {"needs": ("trauma",)},
        "for social, emotional and mental health, which takes in trauma and loss",
    ),
    ({"needs": ("anxiety",)}, {"needs": ("semh",)}, "for anxiety"),
    ({"attendance": tuple(Attendance)}, {"attendance": Attendance.FULL_TIME}, "full time"),
    ({"days": (0, 1, 4)}, {"days": (0, 4)}, "open on Monday and Friday"),
    ({"registration": Registration.REGISTERED}, {"registered": True}, "registered with the Department for Education"),
    ({"kind": OfferKind.TUITION}, {"kinds": (OfferKind.ONLINE, OfferKind.TUITION)}, "tuition"),
    ({"referrers": (Referrer.PARENT,)}, {"referrer": Referrer.PARENT}, "parents may refer"),
    (
        {"price": Price(amount=Decimal(85), basis="each day")},
        {"price_to": Decimal(90), "price_basis": "day"},
        "£85 per day",
    ),
    ({"price": Price(amount=Decimal("42.50"))}, {"price_to": Decimal(50)}, "£42.50"),
]


@pytest.mark.parametrize(("published", "wanted", "why"), FITS)
def test_offer_that_fits_says_why(published: dict[str, Any], wanted: dict[str, Any], why: str) -> None:
    match = matched(bare_offer(**published), **wanted)
    assert match is not None
    assert match.reasons == (why,)
    assert match.unknowns == ()


DIFFERS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"age_from": 11, "age_to": 16}, {"age": 10.9}),
    ({"age_from": 11, "age_to": 16}, {"age": 17}),
    ({"age_to": 11}, {"age": 14}),
    ({"key_stages": (1, 2)}, {"age": 14}),
    ({"age_from": 5, "age_to": 11}, {"key_stage": 3}),
    ({"age_from": 11, "age_to": 14}, {"key_stage": 4}),
    ({"needs": ("autism",)}, {"needs": ("anxiety",)}),
    ({"needs": ("autism", "anxiety")}, {"needs": ("anxiety", "adhd")}),
    ({"needs": ("autism",), "text": "for anxious pupils"}, {"needs": ("anxiety",)}),
    ({"attendance": (Attendance.PART_TIME,)}, {"attendance": Attendance.FULL_TIME}),
    ({"days": (0, 1)}, {"days": (0, 4)}),
    ({"registration": Registration.NOT_REGISTERED}, {"registered": True}),
    ({"kind": OfferKind.TUITION}, {"kinds": (OfferKind.ONLINE,)}),
    ({"referrers": (Referrer.SCHOOL,)}, {"referrer": Referrer.PARENT}),
    ({"price": Price(amount=Decimal("90.01"), basis="per day")}, {"price_to": Decimal(90), "price_basis": "day"}),
    ({"place": OfferPlace(council="E08000032")}, {"near": LEEDS}),
    ({}, {"registered": True}),
    ({}, {"kinds": (OfferKind.ONLINE,)}),
    ({}, {"near": LS8, "within_miles": 5}),
]


@pytest.mark.parametrize(("published", "wanted"), DIFFERS)
def test_offer_that_differs_is_never_found(published: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert matched(bare_offer(**published), **wanted) is None


UNKNOWN: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"age": 14}, "which ages it takes"),
    ({"age_from": 11}, {"age": 14}, "which ages it takes"),
    ({}, {"key_stage": 3}, "which key stages it takes"),
    ({}, {"needs": ("anxiety",)}, "which needs it meets"),
    ({"text": "We do not take anxious pupils."}, {"needs": ("anxiety",)}, "which needs it meets"),
    ({}, {"attendance": Attendance.FULL_TIME}, "whether it is full time"),
    ({"hours_a_week": 25}, {"attendance": Attendance.FULL_TIME}, "whether it is full time"),
    ({}, {"days": (0,)}, "on which days it is open"),
    ({}, {"referrer": Referrer.PARENT}, "who may refer"),
    ({}, {"price_to": Decimal(90)}, "the price"),
    ({"price": Price(words="on request")}, {"price_to": Decimal(90)}, "the price"),
    (
        {"price": Price(amount=Decimal(40), basis="per hour")},
        {"price_to": Decimal(90), "price_basis": "day"},
        "the price per day",
    ),
    ({}, {"near": LS8}, "where it is"),
    ({}, {"near": LEEDS}, "which area it serves"),
]


@pytest.mark.parametrize(("published", "wanted", "what"), UNKNOWN)
def test_what_is_not_published_is_neither_yes_nor_no(
    published: dict[str, Any], wanted: dict[str, Any], what: str
) -> None:
    match = matched(bare_offer(**published), **wanted)
    assert match is not None
    assert match.unknowns == (what,)
    assert match.reasons == ()


def test_family_sees_how_far_it_is_in_a_straight_line() -> None:
    place = OfferPlace(grid=GridReference(easting=431_900 + 6_759, northing=436_000))
    match = matched(bare_offer(place=place), areas=("E08000035",), near=LS8)
    assert match is not None
    assert match.miles == 4.2
    assert match.reasons == ("4.2 miles away", "serves Leeds")
    assert matched(bare_offer(place=place), near=LS8, within_miles=4.1) is None
    assert miles_between(GridReference(easting=0, northing=0), GridReference(easting=3000, northing=4000)) == (
        pytest.approx(3.1069, abs=0.001)
    )


@pytest.mark.parametrize("area", ["E08000035", ENGLAND])
def test_place_elsewhere_that_serves_the_council_is_found(area: str) -> None:
    match = matched(bare_offer(place=OfferPlace(council="E08000032")), areas=(area,), near=LEEDS)
    assert match is not None
    assert match.reasons == ("serves Leeds",)


FAR = OfferPlace(grid=GridReference(easting=431_900, northing=436_000 - 100_000))


@pytest.mark.parametrize(
    ("changes", "areas", "found"),
    [
        ({}, (), False),
        ({}, ("E08000032",), False),
        ({}, ("E08000035",), True),
        ({}, (ENGLAND,), True),
        ({"kind": OfferKind.ONLINE}, (), True),
    ],
)
def test_place_sixty_miles_away_is_not_near_unless_it_comes_to_the_child(
    changes: dict[str, Any], areas: tuple[str, ...], found: bool
) -> None:
    offer = bare_offer(place=FAR, **changes)
    assert (matched(offer, areas=areas, near=LS8) is not None) is found
    assert matched(offer, areas=areas, near=LS8, within_miles=70) is not None


def test_online_provision_needs_no_place() -> None:
    match = matched(bare_offer(kind=OfferKind.ONLINE), near=LS8)
    assert match is not None
    assert (match.reasons, match.unknowns) == (("online",), ())


def test_reasons_tell_who_checked_it_and_how_many_places_are_free() -> None:
    match = matched(full_offer())
    assert match is not None
    assert match.reasons == ("checked by Sampleton Council in May 2026", "3 places free on 30 October 2026")


@pytest.mark.parametrize(
    "quality", [QualityCheck(by="Us", self_declared=True), QualityCheck(by="A council"), QualityCheck(words="Checked")]
)
def test_own_word_of_a_provider_is_not_told_as_a_check(quality: QualityCheck) -> None:
    match = matched(bare_offer(quality=quality))
    assert match is not None
    assert match.reasons == ()


def test_old_entry_is_told_as_old() -> None:
    assert matched(full_offer(valid_to=date(2026, 11, 22))).out_of_date is None
    ended = matched(full_offer(valid_to=date(2026, 11, 21)))
    old = matched(full_offer(provenances=(provenance(last_changed=date(2025, 11, 21)),)))
    year = matched(full_offer(provenances=(provenance(last_changed=date(2025, 11, 22)),)))
    assert ended is not None
    assert ended.out_of_date == "The entry was valid until 21 November 2026."
    assert old is not None
    assert old.out_of_date == "The entry is more than a year old (21 November 2025)."
    assert year is not None
    assert year.out_of_date is None


def test_search_is_told_back_in_plain_words() -> None:
    wanted = OfferSearch(
        near=LS8,
        within_miles=5,
        age=13,
        year_group=9,
        needs=("anxiety",),
        attendance=Attendance.FULL_TIME,
        days=(4, 0, 2),
        registered=True,
        kinds=(OfferKind.TUITION, OfferKind.ONLINE),
        referrer=Referrer.COUNCIL,
        price_to=Decimal("1250.00"),
        price_basis="week",
    )
    assert read_as(wanted, needs=NEEDS) == (
        "within 5 miles of LS8 (Leeds)",
        "Year 9",
        "anxiety",
        "full time",
        "open on Monday, Wednesday and Friday",
        "registered with the Department for Education",
        "tuition or online provision",
        "the council may refer",
        "£1,250 per week or less",
    )


@pytest.mark.parametrize(
    ("words", "basis"),
    [
        ("per half day", "session"),
        ("a day", "day"),
        ("daily", "day"),
        ("£45 an hour", "hour"),
        ("per place a year", "year"),
        ("per annum", "year"),
        ("termly", "term"),
        ("per half term", None),
        ("half-termly", None),
        ("a place", None),
        ("weekly rate", "week"),
        ("on request", None),
        (None, None),
    ],
)
def test_price_is_compared_by_what_it_pays_for(words: str | None, basis: str | None) -> None:
    assert basis_of(words) == basis


def test_words_of_an_offer_are_the_same_for_equal_offers_and_hold_its_needs() -> None:
    assert offer_text(full_offer()) == offer_text(full_offer())
    assert {"Quiet Yard", "unregistered setting", "anxiety"} <= set(offer_text(full_offer()).split("\n"))
