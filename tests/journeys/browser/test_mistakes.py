"""What goes wrong in a browser: nothing a person wrote is lost, and no one waits for ever."""

from playwright.sync_api import Page, expect

from tests.journeys.browser.window import Window

TOO_LONG = "My son was suspended. " * 200  # 4,400 characters
QUESTION = "When must the governors meet after a permanent exclusion?"


def send(window: Window, question: str) -> Page:
    page = window.open("/")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Get an answer").click()
    return page


def test_an_empty_question_is_refused_in_words_that_lead_to_the_box(either_end: Window) -> None:
    page = send(either_end, "")

    problem = page.get_by_role("alert").first
    expect(problem).to_be_visible()
    either_end.no_sideways_scrolling()
    either_end.check_axe()
    problem.get_by_role("link").first.click()
    expect(page.get_by_label("Your question")).to_be_in_viewport()


def test_a_question_that_is_too_long_comes_back_whole(either_end: Window) -> None:
    page = send(either_end, TOO_LONG)

    expect(page.get_by_role("alert").first).to_contain_text("4,000")
    assert page.get_by_label("Your question").input_value().strip() == TOO_LONG.strip()
    either_end.check_axe()


def test_a_date_that_is_not_in_the_calendar_comes_back_with_what_to_mend(either_end: Window) -> None:
    asked = "He was excluded on 31/02/2026. When do the governors meet?"
    page = send(either_end, asked)

    expect(page.get_by_role("alert").first).to_contain_text("31/02/2026")
    assert page.get_by_label("Your question").input_value().strip() == asked
    either_end.check_axe()


def test_an_address_that_leads_nowhere_says_so_and_leads_back(either_end: Window) -> None:
    page = either_end.open("/passages/exc-999999")
    either_end.errors.clear()  # the browser itself complains of a 404

    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    either_end.check_axe()


def test_going_back_from_the_answer_shows_the_question_still_in_its_box(either_end: Window) -> None:
    either_end.ask(QUESTION)

    either_end.page.go_back()

    expect(either_end.page.get_by_label("Your question").first).to_be_visible()
    assert either_end.page.get_by_label("Your question").first.input_value().strip() == QUESTION


def test_two_tabs_keep_their_own_conversations(phone: Window) -> None:
    phone.ask("Can a maintained school direct my son off site to improve his behaviour?")
    other = phone.page.context.new_page()
    other.goto("/")
    other.get_by_label("Your question").fill("My son says he wants to kill himself since he was excluded.")
    other.get_by_role("button", name="Get an answer").click()
    expect(other.locator("#answer a[href='tel:999']").first).to_be_visible()

    phone.page.get_by_label("Your follow-up question").fill("what about an academy?")
    phone.page.get_by_role("button", name="Ask the follow-up").click()

    expect(phone.page.locator("#answer")).to_contain_text("Since 26 July 2026 an academy")


def test_a_browser_that_keeps_no_cookie_loses_nothing(either_end: Window) -> None:
    page = either_end.page
    page.context.new_cdp_session(page).send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    either_end.ask("Can a maintained school direct my son off site to improve his behaviour?")

    page.get_by_label("Your follow-up question").fill("what about an academy?")
    page.get_by_role("button", name="Ask the follow-up").click()
    expect(page.locator("#answer")).to_contain_text("Since 26 July 2026 an academy")
    either_end.wait_for_answer()

    assert page.evaluate("document.cookie") == ""
    assert page.context.cookies() == []
    given = [response for asked in either_end.requests if (response := asked.response())]
    assert given
    assert [response.url for response in given if response.header_value("set-cookie") is not None] == []
