"""Two sources that list one place: the best word is kept, and what they disagree on is shown."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from assistant.offer import Claimant, Contact, Offer, OfferPlace, Price, Registration
from assistant.offer_merge import merged, name_key
from tests.local_offers import bare_offer, provenance


def from_(source: str, says: Claimant, *, changed: date | None = None, **fields: Any) -> Offer:
    return bare_offer(provenances=(provenance(source=source, says=says, last_changed=changed),), **fields)


def test_government_is_believed_before_council_and_council_before_provider() -> None:
    provider = from_("own", Claimant.PROVIDER, age_to=18, registration=Registration.REGISTERED, group_size=4)
    council = from_("list", Claimant.COUNCIL, age_to=16, transport="Taxis")
    register = from_("gias", Claimant.GOVERNMENT, registration=Registration.NOT_REGISTERED)
    offer = merged([provider, council, register], offer_id="x")
    assert [each.source for each in offer.provenances] == ["gias", "list", "own"]
    assert (offer.registration, offer.age_to, offer.group_size, offer.transport) == (
        Registration.NOT_REGISTERED,
        16,
        4,
        "Taxis",
    )
    assert {each.field: each.said for each in offer.disagreements} == {
        "registration": (("gias", "not registered"), ("own", "registered")),
        "age_to": (("list", "16"), ("own", "18")),
    }


def test_newer_of_two_councils_is_believed() -> None:
    old = from_("a", Claimant.COUNCIL, changed=date(2025, 1, 1), price=Price(amount=Decimal(80), basis="per day"))
    new = from_("b", Claimant.COUNCIL, changed=date(2026, 1, 1), price=Price(amount=Decimal(90), basis="per day"))
    offer = merged([old, new], offer_id="x")
    assert offer.price is not None
    assert offer.price.amount == 90
    (difference,) = offer.disagreements
    assert difference.field == "price"
    assert [source for source, _ in difference.said] == ["b", "a"]


def test_order_in_which_sources_were_read_changes_nothing() -> None:
    entries = [
        from_("a", Claimant.PROVIDER, age_to=11, text="Ours"),
        from_("b", Claimant.COUNCIL, age_to=16, text="Theirs"),
        from_("c", Claimant.COUNCIL, needs=("anxiety",)),
    ]
    assert merged(entries, offer_id="x") == merged(entries[::-1], offer_id="x")


def test_same_thing_in_other_words_is_no_disagreement() -> None:
    one = from_("a", Claimant.COUNCIL, name="The Oak Centre Ltd", needs=("anxiety", "autism"), text="Calm")
    other = from_("b", Claimant.COUNCIL, name="Oak Centre", needs=("Autism", "Anxiety"), text="Quiet")
    offer = merged([one, other], offer_id="x")
    assert offer.disagreements == ()
    assert offer.text == "Calm\n\nQuiet"


def test_place_and_contact_are_put_together_from_both() -> None:
    one = from_("a", Claimant.COUNCIL, place=OfferPlace(town="Leeds"), contact=Contact(phone="0113 496 0101"))
    other = from_("b", Claimant.PROVIDER, place=OfferPlace(postcode="LS8 4AB"), contact=Contact(email="a@b.example"))
    offer = merged([one, other], offer_id="x")
    assert (offer.place.town, offer.place.postcode) == ("Leeds", "LS8 4AB")
    assert (offer.contact.phone, offer.contact.email) == ("0113 496 0101", "a@b.example")


def test_what_nobody_publishes_stays_unknown() -> None:
    offer = merged([from_("a", Claimant.COUNCIL), from_("b", Claimant.PROVIDER)], offer_id="x")
    assert (offer.registration, offer.age_from, offer.price, offer.attendance) == (None, None, None, ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café Nôtre", "Cafe Notre"),
        ("St Mary’s & All Saints", "St Marys and all saints"),
        ("THE OAK CENTRE LTD.", "Oak Centre"),
        ("Oak-Centre", "Oak Centre"),
    ],
)
def test_name_is_the_same_however_it_is_written(one: str, other: str) -> None:
    place = OfferPlace(postcode="LS8 4AB")
    assert name_key(bare_offer(name=one, place=place)) == name_key(
        bare_offer(name=other, place=OfferPlace(postcode="ls84ab"))
    )


def test_name_alone_joins_nothing() -> None:
    assert name_key(bare_offer()) is None
    assert name_key(bare_offer(name="!!!", place=OfferPlace(postcode="LS8 4AB"))) is None
