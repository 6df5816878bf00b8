"""Answers as they come: as quick as the API, and a stream that breaks is not the end."""

import sys
from statistics import median

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.browser.window import Window

QUESTION = "When must the governors meet after a permanent exclusion?"
ROUNDS = 7
BAR = 1.5

# From the press of the button to the frame that shows the first statement, in milliseconds.
_FIRST_STATEMENT = """question => new Promise(shown => {
  document.querySelector('#question').value = question;
  const started = performance.now();
  new MutationObserver((_, watch) => {
    if (!document.querySelector('#answer .statement')) return;
    watch.disconnect();
    requestAnimationFrame(() => shown(performance.now() - started));
  }).observe(document.getElementById('main'), {childList: true, subtree: true});
  document.querySelector('#ask-form button[type=submit]').click();
})"""
_WHOLE_JSON = """async question => {
  const started = performance.now();
  const response = await fetch('/api/ask', {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({question})});
  await response.json();
  return performance.now() - started;
}"""


@pytest.mark.alone
def test_the_first_statement_is_on_the_screen_about_as_soon_as_the_api_answers(desktop: Window) -> None:
    desktop.ask(QUESTION)
    for _ in range(3):
        screen, api = [], []
        for _ in range(ROUNDS):
            page = desktop.open("/")
            page.wait_for_load_state("networkidle")
            api.append(page.evaluate(_WHOLE_JSON, QUESTION))
            screen.append(page.evaluate(_FIRST_STATEMENT, QUESTION))
            desktop.wait_for_answer()
        sys.stdout.write(f"first statement {median(screen):.0f} ms, API {median(api):.0f} ms\n")
        if median(screen) <= BAR * median(api):
            return
    raise AssertionError(f"{median(screen):.0f} ms to the first statement, and the API takes {median(api):.0f} ms")


def test_an_answer_whose_stream_is_cut_off_comes_as_a_page(phone: Window) -> None:
    phone.page.route("**/api/ask/stream", lambda route: route.abort("connectionreset"))

    page = phone.ask(QUESTION)

    expect(page.locator("#answer .statement").first).to_be_visible()
    assert any(r.method == "POST" and r.is_navigation_request() for r in phone.requests)
    phone.errors[:] = [error for error in phone.errors if "ERR_CONNECTION_RESET" not in error]


def test_an_answer_that_breaks_off_half_way_comes_whole_as_a_page(phone: Window) -> None:
    def half(route: Route) -> None:
        whole = route.fetch()
        events = whole.body().decode().split("\n\n")
        half_way = next(i for i, event in enumerate(events) if event.startswith("event: statement")) + 1
        route.fulfill(response=whole, body="\n\n".join(events[:half_way]) + "\n\n")

    phone.page.route("**/api/ask/stream", half)

    page = phone.ask(QUESTION)

    expect(page.locator("#answer .sources > li").first).to_be_visible()
    assert any(r.method == "POST" and r.is_navigation_request() for r in phone.requests)


def test_a_streamed_answer_reads_as_the_page_without_javascript_does(phone: Window, plain_phone: Window) -> None:
    streamed = phone.ask(QUESTION).locator("#answer .told").all_inner_texts()
    plain = plain_phone.ask(QUESTION).locator("#answer .told").all_inner_texts()

    assert streamed == plain
    assert not any(r.method == "POST" and r.is_navigation_request() for r in phone.requests), "it was streamed"
