"""What can be done with an answer once it is read: shared, judged, deleted; and a message that says too little."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browser.window import Window

QUESTION = "When must the governors meet after a permanent exclusion?"
VAGUE = "Please help, what should I do about the school?"


def opened(page: Page, name: str) -> None:
    page.locator("#after-answer summary", has_text=name).click()


def test_a_parent_shares_an_answer_by_a_link_that_anyone_can_read(window: Window) -> None:
    page = window.ask(QUESTION)
    opened(page, "Share this answer")
    window.check_axe()

    page.get_by_role("button", name="Make a link").click()

    expect(page).to_have_url(re.compile(r"/shared/[\w-]{20,}"))
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    window.no_sideways_scrolling()
    window.check_axe()


def test_a_parent_says_that_an_answer_did_not_help_and_why(window: Window) -> None:
    page = window.ask(QUESTION)
    opened(page, "Was this helpful?")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("If not, why?").select_option(index=1)
    page.get_by_label("Anything else?").fill("It did not say who writes to us.")
    window.check_axe()

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Thank you", re.IGNORECASE))
    window.no_sideways_scrolling()
    window.check_axe()


def test_a_parent_deletes_what_is_kept_and_the_link_is_gone_too(window: Window) -> None:
    page = window.ask(QUESTION)
    opened(page, "Share this answer")
    page.get_by_role("button", name="Make a link").click()
    expect(page).to_have_url(re.compile("/shared/"))
    link = page.url
    window.ask(QUESTION)
    opened(page, "Delete what is kept")
    page.get_by_role("button", name="Delete now").click()
    window.check_axe()

    page.goto(link)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    window.check_axe()


def test_a_link_that_is_over_says_so_and_what_to_do(window: Window) -> None:
    page = window.open("/shared/AAAAAAAAAAAAAAAAAAAAAAAA")
    window.errors.clear()  # the browser itself complains of a 404

    expect(page.get_by_text("ask the question yourself")).to_be_visible()
    window.check_axe()


def test_a_form_of_a_page_that_stood_open_too_long_gives_the_words_back(phone: Window) -> None:
    page = phone.ask(QUESTION)
    opened(page, "Was this helpful?")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Anything else?").fill("Clear and quick.")
    page.evaluate("document.querySelectorAll('[name=form_token]').forEach(each => { each.value = 'old' })")

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("textarea").first).to_have_value("Clear and quick.")
    phone.errors.clear()  # the browser itself complains of a 403
    phone.no_sideways_scrolling()
    phone.check_axe()


def test_a_message_that_says_too_little_is_answered_with_buttons_to_press(window: Window) -> None:
    page = window.ask(VAGUE)
    expect(page.get_by_role("heading", level=1)).to_have_text("One question back")
    window.no_sideways_scrolling()
    window.check_axe()

    page.locator("#back-form button").first.click()

    expect(page.locator("#answer .statement").first).to_be_visible()
    window.wait_for_answer()
    window.check_axe()


def test_the_description_for_developers_has_no_barrier(window: Window) -> None:
    window.open("/docs")

    window.no_sideways_scrolling()
    window.check_axe()
