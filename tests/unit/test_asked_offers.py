"""What a sentence asks of local offers, read into exact filters."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asked_offers import offer_search_in
from assistant.offer import Attendance, OfferKind, OfferSearch, Referrer, Spot
from assistant.offer_errors import PlaceError, UnknownPlace
from assistant.offer_needs import Need, Needs
from corpus.offer_needs import read_needs
from corpus.school_ages import read_school_ages
from tests.local_offers import LS8

NEEDS = read_needs()
AGES = read_school_ages()
COUNCILS = {"leeds": "Leeds", "tower hamlets": "Tower Hamlets", "kingston upon hull": "Hull", "reading": "Reading"}


class Book:
    """Knows LS8 and a few councils."""

    def find(self, said: str) -> Spot:
        if said.upper().startswith("LS8"):
            return LS8
        name = COUNCILS.get(said.casefold())
        if name is None:
            raise UnknownPlace(said)
        return Spot(said=said, council=name, council_name=name)


def read(sentence: str) -> OfferSearch:
    return offer_search_in(sentence, postcodes=Book(), needs=NEEDS, ages=AGES)


CASES: list[tuple[str, dict[str, Any]]] = [
    (
        "somewhere for my anxious Year 9 near LS8, full time, registered",
        {
            "needs": ("anxiety",),
            "age": 13.0,
            "year_group": 9,
            "near": LS8,
            "attendance": Attendance.FULL_TIME,
            "registered": True,
        },
    ),
    ("for a 14-year-old", {"age": 14.0}),
    ("my son, aged 7", {"age": 7.0}),
    ("Y10 boy", {"age": 14.0, "year_group": 10}),
    ("year nine", {"age": 13.0, "year_group": 9}),
    ("KS3 places", {"key_stage": 3}),
    ("key stage 4", {"key_stage": 4}),
    ("part-time please", {"attendance": Attendance.PART_TIME}),
    ("open on Mondays and Fridays", {"days": (0, 4)}),
    ("within 5 miles of LS8", {"within_miles": 5.0, "near": LS8}),
    ("within a mile of LS8", {"within_miles": 1.0, "near": LS8}),
    ("under £90 a day", {"price_to": Decimal(90), "price_basis": "day"}),
    ("up to £1,200 per week", {"price_to": Decimal(1200), "price_basis": "week"}),
    ("£45.50 an hour or less", {"price_to": Decimal("45.50"), "price_basis": "hour"}),
    ("a PRU", {"kinds": (OfferKind.PUPIL_REFERRAL_UNIT,)}),
    ("online lessons", {"kinds": (OfferKind.ONLINE,)}),
    ("DfE registered", {"registered": True}),
    ("registered with the Department for Education", {"registered": True}),
    ("an Ofsted registered tutor", {"kinds": (OfferKind.TUITION,), "text": "Ofsted registered"}),
    ("registered with Ofsted", {"text": "registered Ofsted"}),
    ("£300 per half term", {"price_to": Decimal(300), "price_basis": None}),
    ("unregistered settings", {"kinds": (OfferKind.UNREGISTERED,)}),
    ("that parents can refer to directly", {"referrer": Referrer.PARENT}),
    ("where the school can refer", {"referrer": Referrer.SCHOOL}),
    ("she can't face school", {"needs": ("school-avoidance",)}),
    ("anxious and can't face school", {"needs": ("anxiety",)}),  # one family of needs is one filter
    ("autistic with ADHD", {"needs": ("autism", "adhd")}),
    ("he was permanently excluded", {}),  # what happened to him is not what a place must be for
    ("anything in Leeds", {"near": Spot(said="Leeds", council="Leeds", council_name="Leeds")}),
    ("anything in leeds", {"near": Spot(said="leeds", council="Leeds", council_name="Leeds")}),
    ("he is in Primary school in Leeds", {"near": Book().find("Leeds"), "text": "Primary"}),
    ("places in Kingston upon Hull", {"near": Book().find("Kingston upon Hull")}),
    ("help in reading", {"text": "reading"}),
    ("somewhere in Reading", {"near": Book().find("Reading")}),
    ("motor mechanics", {"text": "motor mechanics"}),
    ("", {}),
    ("what can he do in September", {}),
]


@pytest.mark.parametrize(("sentence", "wanted"), CASES)
def test_sentence_is_read_as_what_it_asks(sentence: str, wanted: dict[str, Any]) -> None:
    assert read(sentence) == OfferSearch(**{"text": "", **wanted})


@pytest.mark.parametrize("sentence", ["near me", "close to our house", "anything nearest to here"])
def test_parent_who_says_near_me_is_asked_where_that_is(sentence: str) -> None:
    with pytest.raises(UnknownPlace, match="Give a postcode"):
        read(sentence)


@pytest.mark.parametrize("sentence", ["near pudsey", "what is there in Pudsey?", "around Kings Heath", "near LS99 9ZZ"])
def test_place_that_is_not_known_is_not_passed_over(sentence: str) -> None:
    with pytest.raises(PlaceError):
        read(sentence)


@given(st.text(max_size=200))
def test_no_sentence_breaks_the_reading(sentence: str) -> None:
    try:
        wanted = read(sentence)
    except PlaceError:
        return
    assert len(wanted.text) <= len(sentence)


@given(st.sampled_from([case for case in CASES if case[0]]), st.sampled_from([case for case in CASES if case[0]]))
def test_two_wishes_in_one_sentence_are_both_read(
    one: tuple[str, dict[str, Any]], two: tuple[str, dict[str, Any]]
) -> None:
    wanted = read(f"{one[0]}. {two[0]}")
    for name in ("attendance", "price_to", "referrer"):
        asked = [said[name] for _, said in (one, two) if name in said]
        if asked:
            assert getattr(wanted, name) in asked


class TestNeeds:
    def test_words_of_families_and_of_the_sector_speak_of_the_same_need(self) -> None:
        assert NEEDS.read("a school refuser with ASD who has panic attacks") == (
            "school-avoidance",
            "autism",
            "anxiety",
        )

    def test_what_a_place_refuses_is_not_what_it_meets(self) -> None:
        assert NEEDS.met("For autistic pupils. We cannot take pupils who are violent.") == {"autism"}
        assert NEEDS.met("For pupils who cannot attend school because of anxiety") == {"anxiety"}

    def test_wider_need_and_its_parts_answer_for_each_other(self) -> None:
        needs = Needs(
            [
                Need(id="semh", name="mental health", words=("SEMH",)),
                Need(id="anxiety", name="anxiety", words=(), part_of="semh"),
                Need(id="trauma", name="trauma", words=(), part_of="semh"),
            ],
            version="1",
        )
        assert needs.fitting("semh") == {"semh", "anxiety", "trauma"}
        assert needs.fitting("anxiety") == {"semh", "anxiety"}

    def test_word_inside_another_word_is_not_read(self) -> None:
        assert NEEDS.read("Illustration and hospitality with gangway skills") == ()
