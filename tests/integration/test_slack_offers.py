"""People look for local places with `/ap offers`, with the real app and stores and a stand-in for Slack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.offer import OfferResults
from assistant.offer_errors import OffersUnavailable
from bots.slack.keeping.people import Person
from bots.slack.showing import messages
from tests.integration.slack_bench import Bench, an_app, is_idle, own, privately
from tests.local_offers import FakeOffers, full_offer, provenance
from tests.slack_offers import CHECK, REFERRAL, a_desk
from tests.slackish.server import TEAM, SlackishServer, eventually

NEAR = "offers near LS8 age 14 anxiety"


@pytest.fixture
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        yield running
        assert running.refused == []


@pytest.fixture
def bench(slack: SlackishServer, tmp_path: Path) -> Iterator[Bench]:
    offers = a_desk(full_offer(provenances=(provenance(sample=True, url="https://directory.example/1"),)))
    with an_app(slack, str(tmp_path / "kept.sqlite3"), offers=offers) as running:
        yield running


def test_senco_looks_for_a_place_alone_and_shares_the_list(bench: Bench, slack: SlackishServer) -> None:
    ada = bench.person("UADA")
    told = ada.commands("/ap", f"{NEAR} for our Jayden", channel="CTEAM")

    assert messages.ONE_MOMENT in str(told.body)
    privately(slack, "UADA", "Quiet Yard")
    last = privately(slack, "UADA", "not legal advice")
    whole = "\n".join(m.shown for m in own(slack, "UADA"))
    for said in ("near LS8 (Leeds)", "age 14", "made up", "Sampleton Council directory", REFERRAL, CHECK):
        assert said in whole, said
    assert slack.messages("CTEAM", by_app=True) == []
    assert bench.assistant.asked == [], "no answer is looked for"

    ada.presses(last, "ap_share")
    assert eventually(lambda: slack.answers("CTEAM"))
    shared = slack.answers("CTEAM")[0].shown
    assert "Quiet Yard" in shared
    assert "Jayden" not in shared


def test_search_is_found_again_on_the_home_tab(bench: Bench, slack: SlackishServer) -> None:
    ada = bench.person("UADA")
    ada.commands("/ap", NEAR, channel="CTEAM")
    privately(slack, "UADA", "Quiet Yard")
    assert eventually(lambda: is_idle(bench))
    jobs = bench.door.people.recent(Person(team=TEAM, user="UADA"), now=bench.door.now())
    assert [each.text for each in jobs] == [f"/ap {NEAR}"]


def test_searches_that_cannot_be_done_say_why_and_what_to_do(bench: Bench, slack: SlackishServer) -> None:
    ada = bench.person("UADA")
    for asked, words in (
        ("offers near ZZ9", "We do not know where “ZZ9” is"),
        ("offers near LS8 age 4", messages.NO_OFFER_FITS),
        ("offers", "/ap offers near LS8"),
        ("offers help", "/ap offers near LS8"),
        ("help", "/ap offers near LS8"),
        (f"offers near LS8 {'much ' * 900}", "the limit is 4,000"),
        ("offers near LS8: she says she will kill herself", "Samaritans"),
    ):
        ada.commands("/ap", asked, channel="CTEAM")
        privately(slack, "UADA", words)
    assert not any("Quiet Yard" in m.shown for m in own(slack, "UADA"))


def test_question_about_offers_is_still_a_question(bench: Bench, slack: SlackishServer) -> None:
    bench.person("UADA").commands("/ap", "Who can suspend a pupil from school?", channel="CTEAM")
    privately(slack, "UADA", "Only the headteacher can suspend")


def test_where_nothing_was_imported_or_can_be_read_it_is_said(
    slack: SlackishServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with an_app(slack, str(tmp_path / "kept.sqlite3"), offers=a_desk()) as bench:
        ada = bench.person("UADA")
        ada.commands("/ap", NEAR, channel="CTEAM")
        privately(slack, "UADA", messages.NO_OFFERS[:40])

        def fails(*_: object, **_more: object) -> OfferResults:
            raise OffersUnavailable("/srv/data", why="locked")

        monkeypatch.setattr(FakeOffers, "search", fails)
        ada.commands("/ap", NEAR, channel="CTEAM")
        privately(slack, "UADA", messages.OFFERS_AWAY[:40])
        assert not any("/srv" in m.shown for m in own(slack, "UADA"))
