"""A parent looks for a place near home, on a phone, and an adviser compares what was found."""

import pytest
from playwright.sync_api import expect

from tests.journeys.browser.conftest import Opener
from tests.journeys.browser.window import DESKTOP, PHONE, PLAIN_PHONE, Reader

FIRST_LOAD = 60_000  # bytes over the wire, with CSS and JavaScript


@pytest.mark.parametrize("reader", [PHONE, PLAIN_PHONE], ids=lambda reader: reader.name)
def test_a_parent_finds_a_place_on_a_phone_and_learns_who_may_ask_for_it(open_window: Opener, reader: Reader) -> None:
    window = open_window(reader)
    page = window.open("/")
    page.get_by_role("link", name="Find a place").click()
    window.check_axe()
    page.get_by_label("Postcode or council").fill("LS8")
    page.get_by_label("Age of the child").select_option("13")
    page.get_by_label("What the child needs (optional)").fill("calm and small, anxious")

    page.get_by_role("button", name="Find places").click()

    expect(page.get_by_role("heading", name="places found")).to_be_visible()
    expect(page.get_by_role("img", name="near LS8")).to_be_visible()
    expect(page.get_by_text("made up, to show how this page works")).to_be_visible()
    expect(page.get_by_text("Parents usually cannot book or self-refer").first).to_be_visible()
    window.no_sideways_scrolling()
    window.check_axe()
    page.get_by_role("link", name="Tumblewick Yard").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tumblewick Yard")
    expect(page.get_by_text("Not published").first).to_be_visible()
    window.no_sideways_scrolling()
    window.check_axe()


def test_the_list_of_places_is_a_light_page(open_window: Opener) -> None:
    window = open_window(PHONE)
    window.open("/offers?near=LS8&age=13")

    assert window.weight() < FIRST_LOAD


@pytest.mark.parametrize("reader", [DESKTOP, PLAIN_PHONE], ids=lambda reader: reader.name)
def test_an_adviser_compares_two_places_side_by_side(open_window: Opener, reader: Reader) -> None:
    window = open_window(reader)
    page = window.open("/offers?near=LS8&age=13")
    for number in (1, 2):
        page.locator(f"#compare-{number}").check()

    page.get_by_role("button", name="Compare the ticked places").click()

    expect(page.get_by_role("table")).to_contain_text("Who may ask for a place")
    expect(page.get_by_role("columnheader")).to_have_count(3)
    window.no_sideways_scrolling()
    window.check_axe()


@pytest.mark.parametrize("reader", [PHONE, PLAIN_PHONE], ids=lambda reader: reader.name)
def test_a_parent_who_asks_for_a_place_in_the_chat_gets_places_below_the_law(
    open_window: Opener, reader: Reader
) -> None:
    window = open_window(reader)
    page = window.ask("Is there alternative provision for an anxious 13 year old near LS8?")

    expect(page.get_by_role("heading", name="Places that may fit")).to_be_visible()
    expect(page.locator("#near").get_by_text("Sample: not a real place").first).to_be_visible()
    window.no_sideways_scrolling()
    window.check_axe()
