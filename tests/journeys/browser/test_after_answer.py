"""What can be done with an answer once it is read: shared, judged, deleted; and a message that says too little."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.browser.window import Window

QUESTION = "When must the governors meet after a permanent exclusion?"
NOT_HELD = "does the school library open on saturdays"
VAGUE = "Please help, what should I do about the school?"


def opened(page: Page, name: str) -> None:
    page.locator("#after-answer summary", has_text=name).click()


def test_a_parent_shares_an_answer_by_a_link_that_anyone_can_read(either_end: Window) -> None:
    page = either_end.ask(QUESTION)
    opened(page, "Share this answer")
    either_end.check_axe()

    page.get_by_role("button", name="Make a link").click()

    expect(page).to_have_url(re.compile(r"/shared/[\w-]{20,}"))
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    either_end.no_sideways_scrolling()
    either_end.check_axe()


def test_a_parent_says_that_an_answer_did_not_help_and_why(either_end: Window) -> None:
    page = either_end.ask(QUESTION)
    opened(page, "Was this helpful?")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("If not, why?").select_option(index=1)
    page.get_by_label("Anything else?").fill("It did not say who writes to us.")
    either_end.check_axe()

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Thank you", re.IGNORECASE))
    either_end.no_sideways_scrolling()
    either_end.check_axe()


def test_a_parent_deletes_what_is_kept_and_the_link_is_gone_too(either_end: Window) -> None:
    page = either_end.ask(QUESTION)
    opened(page, "Share this answer")
    with page.context.expect_page() as beside:
        page.get_by_role("button", name="Make a link").click(modifiers=["ControlOrMeta"])
    expect(beside.value).to_have_url(re.compile(r"/shared/[\w-]{20,}"))
    link = beside.value.url
    expect(beside.value.get_by_role("heading", name="Shared answer")).to_be_visible()
    opened(page, "Delete what is kept")
    page.get_by_role("button", name="Delete now").click()
    expect(page.get_by_text("the links you made")).to_be_visible()
    either_end.check_axe()

    page.goto(link)

    either_end.errors.clear()  # the browser itself complains of a 404
    expect(page.get_by_text("There is no shared answer at this link")).to_be_visible()
    either_end.check_axe()


def test_a_parent_copies_an_answer_with_its_day_its_numbers_and_its_sources(phone: Window) -> None:
    page = phone.ask(QUESTION)
    day = page.locator("#answer .meta time").first.inner_text()
    source = page.locator("#answer .sources .links a[href^=http]").first.get_attribute("href")
    page.evaluate("navigator.clipboard.writeText = async words => { window.copied = words }")

    page.get_by_role("button", name="Copy the answer").click()

    expect(page.get_by_text("The answer is copied.")).to_be_visible()
    copied: list[str] = page.evaluate("window.copied").splitlines()
    assert any(line.startswith("On the law in England") and day in line for line in copied)
    assert not any("Put this right" in line for line in copied), "a link that leads nowhere on paper"
    assert page.locator("#answer .told").first.inner_text() in copied
    assert any("[1]" in line for line in copied)
    assert source in copied
    assert len(set(page.locator("#answer .told").all_inner_texts()) - set(copied)) == 0


def test_a_parent_copies_the_nearest_things_of_a_question_that_was_not_found(phone: Window) -> None:
    page = phone.ask(NOT_HELD)
    nearest = page.locator("section[aria-labelledby=near-heading] .statement > p:first-child").all_inner_texts()
    assert nearest
    page.evaluate("navigator.clipboard.writeText = async words => { window.copied = words }")

    page.get_by_role("button", name="Copy the answer").click()

    expect(page.get_by_text("The answer is copied.")).to_be_visible()
    assert set(nearest) <= set(page.evaluate("window.copied").splitlines())


def test_a_link_that_is_over_says_so_and_what_to_do(either_end: Window) -> None:
    page = either_end.open("/shared/AAAAAAAAAAAAAAAAAAAAAAAA")
    either_end.errors.clear()  # the browser itself complains of a 404

    expect(page.get_by_text("ask the question yourself")).to_be_visible()
    either_end.check_axe()


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


def test_a_message_that_says_too_little_is_answered_with_buttons_to_press(either_end: Window) -> None:
    page = either_end.ask(VAGUE)
    expect(page.get_by_role("heading", level=1)).to_have_text("One question back")
    either_end.no_sideways_scrolling()
    either_end.check_axe()

    page.locator("#back-form button").first.click()

    expect(page.locator("#answer .statement").first).to_be_visible()
    either_end.wait_for_answer()
    either_end.check_axe()


def test_the_description_for_developers_has_no_barrier(desktop: Window) -> None:
    desktop.open("/docs")

    desktop.no_sideways_scrolling()
    desktop.check_axe()
