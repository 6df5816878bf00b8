"""Local offers for tests: builders of small, sensible ones, and stand-ins for the index and the book of postcodes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from assistant.model import Catalogue
from assistant.offer import (
    Attendance,
    Claimant,
    Contact,
    GridReference,
    Offer,
    OfferKind,
    OfferMatch,
    OfferPlace,
    OfferResults,
    OfferSearch,
    Places,
    Price,
    Provenance,
    QualityCheck,
    Referrer,
    Registration,
    Spot,
)
from assistant.offer_desk import OfferDesk
from assistant.offer_errors import OfferGone, UnknownPlace
from assistant.offer_facts import facts_of
from assistant.offer_needs import Needs
from assistant.offers import match_of, read_as
from bots.web.app import LocalOffers
from corpus.offer_checks import read_offer_rules
from corpus.offer_needs import read_needs
from corpus.offer_terms import read_offer_vocabulary
from corpus.school_ages import read_school_ages
from tests.fakes import a_catalogue

READ_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LS8 = Spot(said="LS8", council="E08000035", council_name="Leeds", grid=GridReference(easting=431_900, northing=436_000))


def provenance(**changes: Any) -> Provenance:
    said: dict[str, Any] = {
        "source": "sampleton",
        "source_name": "Sampleton Council directory",
        "record": "1",
        "says": Claimant.COUNCIL,
        "retrieved_at": READ_AT,
        "licence": "OGL v3",
        "last_changed": date(2026, 9, 14),
    }
    return Provenance(**{**said, **changes})


def full_offer(**changes: Any) -> Offer:
    """An offer that publishes nearly everything."""
    said: dict[str, Any] = {
        "id": "0a1b2c3d4e5f",
        "name": "Quiet Yard",
        "provider": "Quiet Yard CIC",
        "kind": OfferKind.UNREGISTERED,
        "registration": Registration.NOT_REGISTERED,
        "referrers": (Referrer.SCHOOL, Referrer.COUNCIL),
        "referral_words": "A school sends the form.",
        "age_from": 11,
        "age_to": 16,
        "key_stages": (3, 4),
        "needs": ("anxiety",),
        "curriculum": ("English", "Bike repair"),
        "qualifications": ("Functional Skills",),
        "attendance": (Attendance.PART_TIME,),
        "hours_a_week": 15,
        "days": (0, 1, 2),
        "session_words": "9.30am to 2.30pm",
        "group_size": 5,
        "price": Price(amount=Decimal(85), basis="per day", words="£85 per day, lunch included"),
        "places": Places(total=20, free=3, as_of=date(2026, 10, 30)),
        "quality": QualityCheck(by="Sampleton Council", on=date(2026, 5, 12), self_declared=False),
        "safeguarding": "Every adult has an enhanced DBS check.",
        "place": OfferPlace(
            address="21 Sample Street",
            town="Leeds",
            postcode="LS8 4HY",
            grid=GridReference(easting=431_968, northing=435_986),
            council="E08000035",
        ),
        "area_served": ("Leeds",),
        "contact": Contact(phone="0113 496 0101", email="office@quietyard.example", url="https://quietyard.example"),
        "text": "Small groups for young people who find school too loud.",
        "provenances": (provenance(),),
    }
    return Offer(**{**said, **changes})


def bare_offer(**changes: Any) -> Offer:
    """An offer of which hardly anything is published."""
    said: dict[str, Any] = {"id": "urn-990011", "name": "Bare Barn", "provider": "Bare Barn"}
    return Offer(**{**said, "provenances": (provenance(source="other", last_changed=None),), **changes})


class FakeOffers:
    """An index that fits each offer in turn and ranks them by nothing but their order here."""

    def __init__(self, *offers: Offer, needs: Needs) -> None:
        self._offers = offers
        self._needs = needs
        self.searched: list[OfferSearch] = []

    def search(self, wanted: OfferSearch, *, today: date, limit: int) -> OfferResults:
        self.searched.append(wanted)
        fitted = [self._fitted(offer, wanted, today) for offer in self._offers]
        found = [match for match in fitted if match is not None]
        told = read_as(wanted, needs=self._needs)
        return OfferResults(search=wanted, matches=tuple(found[:limit]), total=len(found), read_as=told)

    def read(self, offer_id: str) -> Offer:
        for offer in self._offers:
            if offer.id == offer_id:
                return offer
        raise OfferGone(offer_id)

    def page(self, *, number: int, size: int) -> tuple[Sequence[Offer], int]:
        return self._offers[(number - 1) * size : number * size], len(self._offers)

    def _fitted(self, offer: Offer, wanted: OfferSearch, today: date) -> OfferMatch | None:
        facts = facts_of(offer, needs=self._needs, ages=read_school_ages())
        return match_of(offer, facts=facts, wanted=wanted, needs=self._needs, today=today)


class FakeBook:
    """Knows LS8 and nothing else."""

    def find(self, said: str) -> Spot:
        if said.strip().upper().startswith("LS8"):
            return replace(LS8, said=said.strip())
        raise UnknownPlace(said.strip())


def local_offers(*offers: Offer, corpus: Catalogue | None = None) -> LocalOffers:
    """What the web shows of these offers, with the project's own rules and words."""
    needs = read_needs()
    desk = OfferDesk(
        FakeOffers(*offers, needs=needs),
        book=FakeBook(),
        needs=needs,
        rules=read_offer_rules(),
        catalogue=lambda: corpus or a_catalogue(),
    )
    return LocalOffers(desk=desk, vocabulary=read_offer_vocabulary())
