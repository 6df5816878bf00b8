"""Our Open Referral UK feed: valid by the published schemas, and read back by our own importer to the same offers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from assistant.offer import InspectionResult, Offer, Price
from assistant.service import Assistant
from bots.web.app import create_app
from bots.web.oruk_shape import offer_id_of, service_id
from ingest.open_referral import offers_of
from ingest.open_referral_files import envelope_of, offers_in_file
from tests.fakes import FakeKnowledge, FakeKnowledgeBase, a_catalogue
from tests.local_offers import bare_offer, full_offer, local_offers, provenance
from tests.offer_imports import dialect

SCHEMAS = Path(__file__).parents[1] / "fixtures" / "open_referral"
SHARED = Path(__file__).parents[3] / "shared" / "samples"
SAMPLE = Path(__file__).parents[2] / "corpus" / "offers" / "sample" / "services.json"
TODAY = date(2026, 11, 21)
HARD = (
    full_offer(
        id="urn-990077-2",
        urn="990077",
        inspection=InspectionResult(
            on=date(2026, 3, 4),
            report_card=True,
            grades=(("Behaviour and attendance", "Expected standard"), ("Safeguarding standards", "Met")),
            of_predecessor=False,
            url="https://reports.ofsted.gov.uk/provider/1/990077",
        ),
        price=Price(amount=Decimal("85.50"), basis="per day", words="£85.50 per day"),
        age_from=4.5,
        alert="Moves to a new building in March.",
        valid_to=date(2027, 8, 31),
        provenances=(provenance(url="https://sampleton.example/list", sample=True),),
    ),
    bare_offer(),
)


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


@cache
def offers() -> tuple[Offer, ...]:
    """The sample services as our importer reads them, under the ids that the shelf gives, and a few hard ones."""
    read = offers_in_file(SAMPLE, envelope=envelope_of(SAMPLE), dialect=dialect())
    kept = [each for each in read if isinstance(each, Offer)]
    return (*(replace(offer, id=offer.id[:12]) for offer in kept), *HARD)


def feed_of(*shown: Offer) -> TestClient:
    assistant = Assistant(FakeKnowledgeBase(FakeKnowledge(a_catalogue())))
    return TestClient(create_app(assistant=assistant, today=lambda: TODAY, offers=local_offers(*shown)))


@pytest.fixture(scope="module")
def feed() -> Iterator[TestClient]:
    with feed_of(*offers()) as client:
        yield client


def pages(feed: TestClient, **query: Any) -> Iterator[Any]:
    number = 1
    while True:
        page = feed.get("/oruk/services", params={"page": number, "per_page": 10, **query}).json()
        yield page
        if page["last_page"]:
            return
        number += 1


def names(feed: TestClient, **query: Any) -> Sequence[str]:
    return [service["name"] for page in pages(feed, **query) for service in page["contents"]]


def as_published(offer: Offer) -> Offer:
    """The offer without what belongs to the reading of it: its id, and when and where it was read."""
    return replace(offer, id="", provenances=())


@pytest.mark.parametrize("standard", ["oruk30", "hsds30"])
def test_every_page_and_service_is_valid_by_the_published_schema(feed: TestClient, standard: str) -> None:
    for page in pages(feed):
        for listed in page["contents"]:
            validator(f"{standard}_service_list").validate(listed)
            validator(f"{standard}_service").validate(feed.get(f"/oruk/services/{listed['id']}").json())


def test_the_schema_would_tell_of_a_wrong_service(feed: TestClient) -> None:
    service = feed.get("/oruk/services", params={"full": "true"}).json()["contents"][0]

    for wrong in ({"status": "open"}, {"id": "no-uuid"}, {"minimum_age": "eleven"}, {"name": None}):
        assert not validator("oruk30_service").is_valid({**service, **wrong})
    assert not validator("oruk30_service").is_valid({k: v for k, v in service.items() if k != "status"})


def test_our_own_importer_reads_the_feed_back_to_the_same_offers(feed: TestClient) -> None:
    read: list[Offer] = []
    for page in pages(feed, full="true"):
        for service in page["contents"]:
            told = list(offers_of(service, where="our feed", dialect=dialect()))
            assert [each for each in told if not isinstance(each, Offer)] == []
            read += [each for each in told if isinstance(each, Offer)]

    assert [as_published(each) for each in read] == [as_published(each) for each in offers()]


def test_licence_day_and_who_says_so_travel_with_an_offer(feed: TestClient) -> None:
    service = feed.get(f"/oruk/services/{service_id('urn-990077-2')}").json()

    (read,) = [each for each in offers_of(service, where="our feed", dialect=dialect()) if isinstance(each, Offer)]

    (source,) = read.provenances
    assert (source.licence, source.says, source.url) == ("OGL v3", "council", "https://sampleton.example/list")
    assert (source.sample, source.last_changed) == (True, date(2026, 9, 14))


def test_pages_say_where_they_are_and_never_repeat_or_skip(feed: TestClient) -> None:
    read = list(pages(feed))

    assert [page["page_number"] for page in read] == [1, 2, 3]
    assert {page["total_items"] for page in read} == {len(offers())}
    assert (read[0]["first_page"], read[0]["last_page"], read[-1]["last_page"]) == (True, False, True)
    assert len({service["id"] for page in read for service in page["contents"]}) == len(offers())
    assert feed.get("/oruk/services", params={"page": 99}).json()["empty"] is True


def test_programs_filter_the_feed_as_the_profile_says(feed: TestClient) -> None:
    every = {offer.name: offer for offer in offers()}
    term = next(
        each["id"]
        for number in (1, 2)
        for each in feed.get("/oruk/taxonomy_terms", params={"page": number}).json()["contents"]
        if each["term"] == "kind:tuition"
    )

    assert set(names(feed, search="farm animals")) == {"Bramblegate Farm"}
    assert set(names(feed, day="FR")) == {name for name, offer in every.items() if 4 in offer.days}
    assert set(names(feed, taxonomy_term_id=term)) == {"Quillfeather Tutors", "Copperbeech Tuition", "Peckwater Tutors"}
    assert "Meadowlark Therapy Space" not in names(feed, minimum_age=14)
    assert "Cogwheel Works" not in names(feed, maximum_age=10)
    assert "Mulberry Quay Centre" not in names(feed, modified_after="2026-01-01T00:00:00Z")
    assert names(feed, start_time="09:00", end_time="12:00") == names(feed)
    assert len(names(feed, taxonomy_id=feed.get("/oruk/taxonomies").json()["contents"][0]["id"])) == len(offers())


def test_a_filter_that_cannot_be_read_is_told(feed: TestClient) -> None:
    for query in ({"page": 0}, {"day": "someday"}, {"modified_after": "yesterday"}):
        answer = feed.get("/oruk/services", params=query)
        assert answer.status_code == 422
        assert set(answer.json()["error"]["fields"]) == set(query)


def test_any_site_may_read_the_feed_and_is_not_sent_what_it_has(feed: TestClient) -> None:
    first = feed.get("/oruk/services")
    again = feed.get("/oruk/services", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["access-control-allow-origin"] == "*"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (again.status_code, again.content) == (304, b"")
    assert feed.get("/oruk").json()["version"] == "HSDS-UK-3.0"


def test_what_is_not_there_is_told_as_json(feed: TestClient) -> None:
    for address in ("/oruk/services/nothing", "/oruk/taxonomies/nothing", "/oruk/nothing"):
        answer = feed.get(address, headers={"Accept": "text/html"})
        assert (answer.status_code, set(answer.json())) == (404, {"error"})


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=23))
def test_ids_of_services_are_uuids_that_lead_back_to_the_offer(offer_id: str) -> None:
    assert offer_id_of(service_id(offer_id)) == offer_id
    assert service_id(offer_id) != offer_id


@pytest.mark.parametrize("odd", ["", "Ünïcode", "x" * 24, "A B"])
def test_other_ids_stay_as_they_are(odd: str) -> None:
    assert offer_id_of(service_id(odd)) == odd


def test_our_pages_have_the_fields_of_the_profiles_own_examples(feed: TestClient) -> None:
    example = SHARED / "oruk" / "oruk30-service_list.json"
    if not example.exists():
        pytest.skip("the published examples are not beside the project")
    published = json.loads(example.read_text(encoding="utf-8"))
    page = feed.get("/oruk/services").json()

    assert set(page) == set(published)
    assert set().union(*page["contents"]) <= set(published["contents"][0])
    full = json.loads((SHARED / "oruk" / "oruk30-service_full.json").read_text(encoding="utf-8"))
    assert set().union(*feed.get("/oruk/services", params={"full": "true"}).json()["contents"]) <= set(full)
