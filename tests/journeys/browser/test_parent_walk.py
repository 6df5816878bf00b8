"""A parent in a browser: on a phone of 320 px and on a desktop, with JavaScript and without."""

import re

from playwright.sync_api import expect

from tests.journeys.browser.conftest import Opener
from tests.journeys.browser.window import DARK_PHONE, Window

SENT_HOME = "The school sent my son home to cool off and there is no letter. Is that allowed?"
OFF_SITE = "Can a maintained school direct my son off site to improve his behaviour?"
NO_DATE = "The governors upheld the permanent exclusion. What is the last day to ask for a review panel?"
AT_RISK = "My son says he wants to kill himself since he was excluded."
NOT_HELD = "does the school library open on saturdays"


def everything_holds(window: Window) -> None:
    """What must be true of each page that is read, whatever is on it."""
    window.no_sideways_scrolling()
    window.check_axe()


def test_a_parent_asks_and_reads_the_direct_answer_first(window: Window) -> None:
    window.open("/")
    everything_holds(window)

    page = window.ask(SENT_HOME)

    first = page.locator("#answer .statement").first
    expect(first).to_contain_text("is unlawful, even for part of a day")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer")
    everything_holds(window)


def test_a_parent_opens_a_citation_and_reads_the_passage_behind_it(either_end: Window) -> None:
    page = either_end.ask(SENT_HOME)

    open_first_citation(either_end)

    quoted = page.locator("#answer blockquote:visible").first
    expect(quoted).to_contain_text("cool off")
    everything_holds(either_end)


def test_a_parent_reads_the_passage_on_a_page_of_its_own(either_end: Window) -> None:
    page = either_end.ask(SENT_HOME)

    page.goto(page.locator("#answer a[href*='/passages/']").first.get_attribute("href") or "")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Passage")
    expect(page.locator("blockquote.passage")).to_be_visible()
    everything_holds(either_end)


def test_a_parent_asks_a_follow_up_that_keeps_the_thread(window: Window) -> None:
    page = window.ask(OFF_SITE)

    page.get_by_label("Your follow-up question").fill("what about an academy?")
    page.get_by_role("button", name="Ask the follow-up").click()

    expect(page.locator("#answer")).to_contain_text("Since 26 July 2026 an academy")
    window.wait_for_answer()
    everything_holds(window)


def test_a_parent_answers_the_one_question_back_and_reads_the_date_with_its_working(window: Window) -> None:
    page = window.ask(NO_DATE)
    expect(page.locator("#answer")).to_contain_text("On what day were you given the governors")
    everything_holds(window)

    page.get_by_label("Your reply").fill("1 December 2026, handed to me")
    page.get_by_role("button", name="Send your reply").click()

    card = page.locator("#answer .dates")
    expect(card).to_contain_text("Wednesday 6 January 2027")
    window.wait_for_answer()
    working = card.get_by_text("How this is counted")
    working.click()
    expect(card.get_by_text("15 school days from Wednesday 2 December 2026").first).to_be_visible()
    everything_holds(window)


def test_a_parent_of_a_child_at_risk_sees_who_to_call_before_anything_else(either_end: Window) -> None:
    page = either_end.ask(AT_RISK)

    call = page.locator("#answer a[href='tel:999']").first
    expect(call).to_be_in_viewport()
    words = page.locator("#answer").inner_text()
    assert words.index("999") < words.index("kill himself"), "the contacts come before the question is shown again"
    everything_holds(either_end)


def test_a_parent_who_asks_what_we_do_not_hold_is_told_so_and_sees_whom_to_ask(either_end: Window) -> None:
    page = either_end.ask(NOT_HELD)

    expect(page.get_by_role("heading", name="We could not find this")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Who (to contact|can help)"))).to_be_visible()
    everything_holds(either_end)


def test_a_parent_who_reads_at_night_meets_no_barrier_in_the_dark(open_window: Opener) -> None:
    window = open_window(DARK_PHONE)
    window.open("/")
    everything_holds(window)
    for question in (SENT_HOME, NO_DATE, AT_RISK, NOT_HELD):
        window.ask(question)
        everything_holds(window)
    window.ask(SENT_HOME)
    open_first_citation(window)
    everything_holds(window)


def open_first_citation(window: Window) -> None:
    """Presses the first number in the answer, and opens the passage when that only led to its source."""
    page = window.page
    page.locator("#answer .statement a.marker, #answer .statement summary").first.click()
    if not page.locator("#answer blockquote:visible").count():
        page.locator("#answer summary", has_text="Show the passage").first.click()
