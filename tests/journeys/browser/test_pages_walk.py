"""Every other page: read on a phone and a desktop, by day and by night."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.browser.conftest import Opener
from tests.journeys.browser.window import DARK_PHONE, DESKTOP, Reader, Window

PAGES = (
    "/",
    "/time-limits",
    "/time-limits/suspensions",
    "/sources",
    "/about",
    "/privacy",
    "/accessibility",
    "/accuracy",
    "/reply",
)


@pytest.mark.parametrize("reader", [DARK_PHONE, DESKTOP], ids=lambda reader: reader.name)
def test_each_page_fits_its_window_and_has_no_barrier(open_window: Opener, reader: Reader) -> None:
    window = open_window(reader)
    for path in PAGES:
        window.open(path)
        expect(window.page.get_by_role("heading", level=1)).to_have_count(1)
        window.no_sideways_scrolling()
        window.check_axe()


def test_a_parent_works_out_the_last_day_to_ask_for_a_review(either_end: Window) -> None:
    page = either_end.open("/time-limits")
    page.get_by_label("Which time limit?").select_option("irp-apply")
    page.get_by_role("button", name="Next: the date it starts from").click()
    page.locator("main input[type=date]").first.fill("2026-12-01")
    either_end.check_axe()

    page.get_by_role("button", name="Work out the date").click()

    answer = page.get_by_role("heading", level=2).filter(has_text="January 2027")
    expect(answer).to_be_visible()
    either_end.no_sideways_scrolling()
    either_end.check_axe()


def test_a_calendar_officer_sees_every_step_of_a_case(either_end: Window) -> None:
    page = either_end.open("/time-limits")
    page.get_by_label("What happened?").select_option(index=1)
    page.get_by_role("button", name="Next: when it happened").click()
    page.locator("main input[type=date]").first.fill("2026-11-09")

    page.get_by_role("button", name="Show every step").click()

    expect(page.locator(".timeline > li").first).to_be_visible()
    either_end.no_sideways_scrolling()
    either_end.check_axe()


def test_a_date_that_cannot_be_read_is_shown_beside_its_box(plain_phone: Window) -> None:
    page = plain_phone.open("/time-limits/date?rule=irp-apply&asked=yes")

    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    plain_phone.check_axe()


def test_a_reader_finds_a_document_and_what_was_taken_from_it(either_end: Window) -> None:
    page = either_end.open("/sources")
    page.get_by_label("Words in the title").fill("exclusion")
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("heading", name=re.compile(r"\d+ of \d+ documents"))).to_be_visible()
    either_end.no_sideways_scrolling()
    either_end.check_axe()

    page.locator("main a[href*='/sources/']").first.click()

    expect(page.get_by_role("heading", name="What we took from it")).to_be_visible()
    either_end.no_sideways_scrolling()
    either_end.check_axe()
