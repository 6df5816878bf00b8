"""Reading by keyboard, at four times the size, on paper, with less movement, and over a slow connection."""

from playwright.sync_api import expect

from tests.journeys.browser.conftest import Opener
from tests.journeys.browser.window import PHONE, Reader, Window

QUESTION = "My son was permanently excluded from his academy yesterday. When must the governors meet?"
FIRST_LOAD = 60_000  # bytes over the wire, with CSS and JavaScript

# 1280 px wide at 400% is what a window of 320 px shows; the height shrinks as well.
AT_400_PERCENT = Reader(name="desktop-at-400-percent", width=320, height=256)

_FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const seen = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none';
  return {tag: e.tagName, name: e.id || e.textContent.trim().slice(0, 40), seen,
          inside: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth};
}"""
_BELOW_BAR = """async () => {
  await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const e = document.activeElement, bar = document.querySelector('header');
  return {in_bar: bar.contains(e), html: e.outerHTML.slice(0, 80),
          below: e.getBoundingClientRect().top >= bar.getBoundingClientRect().bottom};
}"""


def tab(window: Window) -> dict[str, object]:
    """Where the focus is after one press of Tab, and whether it can be seen there."""
    window.page.wait_for_load_state("load")  # its words can be there before its styles are
    window.page.keyboard.press("Tab")
    for _ in range(40):  # a browser scrolls the focus into view some frames later
        where: dict[str, object] = window.page.evaluate(_FOCUS)
        if where["inside"] and where["seen"]:
            break
        window.page.wait_for_timeout(50)
    return where


def tab_to(window: Window, wanted: str, *, at_most: int = 80) -> None:
    """Presses Tab until the wanted place has the focus; each stop on the way must show it."""
    for _ in range(at_most):
        where = tab(window)
        assert where["seen"], f"the focus cannot be seen on {where}"
        assert where["inside"], f"the focus is outside the window on {where}"
        if window.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} is not reached by {at_most} presses of Tab")


def test_a_parent_asks_and_reads_a_source_with_the_keyboard_alone(window: Window) -> None:
    page = window.open("/")
    tab_to(window, ".skip", at_most=1)
    tab_to(window, "#question")
    page.keyboard.type(QUESTION)
    tab_to(window, "button[type=submit]")
    page.keyboard.press("Enter")
    window.wait_for_answer()

    tab_to(window, "#answer .statement a, #answer .statement summary")
    page.keyboard.press("Enter")

    quoted = page.locator("#answer blockquote:visible, #answer :target:visible")
    expect(quoted.first).to_be_in_viewport()


def test_an_adviser_drafts_and_checks_a_reply_with_the_keyboard_alone(desktop: Window) -> None:
    page = desktop.open("/")
    tab_to(desktop, "#question")
    page.keyboard.type(QUESTION)
    tab_to(desktop, "input[name=audience]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(desktop, "#ask-form button[type=submit]")
    page.keyboard.press("Enter")
    desktop.wait_for_answer()

    tab_to(desktop, ".draft-reply button", at_most=120)
    page.keyboard.press("Enter")
    expect(page.get_by_label("The reply")).to_be_visible()
    tab_to(desktop, "textarea")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\nThe school must pay you £500.")
    tab_to(desktop, "button[formaction], button[type=submit]")
    page.keyboard.press("Enter")

    expect(page.locator("#findings")).to_contain_text("£500")


def test_the_skip_link_leads_past_the_header(window: Window) -> None:
    page = window.open("/")

    tab(window)
    page.keyboard.press("Enter")

    assert page.evaluate("location.hash") == "#main"
    assert not page.evaluate("document.activeElement.closest('header')")


def test_the_choices_of_reader_are_moved_through_with_the_arrow_keys(window: Window) -> None:
    page = window.open("/")

    tab_to(window, "input[name=audience]")
    page.keyboard.press("ArrowDown")

    assert page.locator("input[name=audience]:checked").input_value() == "school"


def test_nothing_is_lost_at_four_times_the_size(open_window: Opener) -> None:
    window = open_window(AT_400_PERCENT)
    window.open("/")
    window.no_sideways_scrolling()

    page = window.ask(QUESTION)

    window.no_sideways_scrolling()
    expect(page.locator("#answer .statement").first).to_be_visible()
    page.goto(page.locator("#answer a[href*='/passages/']").first.get_attribute("href") or "")
    window.no_sideways_scrolling()
    window.open("/docs")
    window.no_sideways_scrolling()


def test_the_link_to_leave_is_at_hand_at_the_end_of_a_long_answer(phone: Window) -> None:
    page = phone.ask(QUESTION)

    page.evaluate("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})")

    leave = page.get_by_role("link", name="Leave this site")
    expect(leave).to_be_in_viewport(ratio=1)
    uncovered = leave.evaluate(
        """e => {
          const r = e.getBoundingClientRect();
          return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));
        }"""
    )
    assert uncovered


def test_nothing_that_a_link_leads_to_is_hidden_behind_the_bar_with_the_link_to_leave(window: Window) -> None:
    page = window.ask(QUESTION)

    page.locator("#answer a[href='#situation']").click()

    expect(page.get_by_role("heading", name="What we understood")).to_be_in_viewport(ratio=1)
    page.wait_for_function(
        """() => {
          const bar = document.querySelector('header').getBoundingClientRect();
          const heading = document.getElementById('situation-heading').getBoundingClientRect();
          return heading.top >= bar.bottom;
        }"""
    )


def test_a_parent_who_tabs_backwards_sees_each_stop_below_the_bar(open_window: Opener) -> None:
    window = open_window(Reader(name="calm", width=320, height=640, calm=True))
    page = window.ask(QUESTION)
    page.locator("footer a").last.focus()

    for _ in range(120):
        page.keyboard.press("Shift+Tab")
        where = page.evaluate(_BELOW_BAR)
        if where["in_bar"]:
            return
        assert where["below"], f"the focus is hidden behind the bar on {where}"
    raise AssertionError("the bar is not reached")


def test_large_letters_do_not_push_words_out_of_the_page(phone: Window) -> None:
    page = phone.ask(QUESTION)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    phone.no_sideways_scrolling()


def test_targets_are_large_enough_for_a_thumb(phone: Window) -> None:
    page = phone.ask(QUESTION)

    small = page.evaluate(
        """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, .choice, .phone')]
        .filter(e => e.checkVisibility() && !e.closest('.hidden'))
        .map(e => (e.type === 'radio' || e.type === 'checkbox') ? e.closest('label') || e : e)
        .map(e => [e, e.getBoundingClientRect()]).filter(([e, r]) => r.height < 24 || r.width < 24)
        .map(([e, r]) => `${Math.round(r.width)}x${Math.round(r.height)} ${e.outerHTML.slice(0, 80)}`)"""
    )

    assert small == []


def test_a_reader_who_asks_for_less_movement_sees_none(open_window: Opener) -> None:
    window = open_window(Reader(name="calm", width=320, height=640, calm=True))
    window.ask(QUESTION)

    moving = window.page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => {
          const s = getComputedStyle(e), seconds = t => Math.max(...t.split(',').map(parseFloat));
          return s.scrollBehavior === 'smooth' || seconds(s.transitionDuration) > 0.01
            || (s.animationName !== 'none' && seconds(s.animationDuration) > 0.01);
        }).map(e => e.outerHTML.slice(0, 80))"""
    )

    assert moving == []


def test_the_printed_answer_has_every_source_and_passage_and_no_form(window: Window) -> None:
    page = window.ask(QUESTION)
    sources = page.locator("#answer .sources > li")
    shown_on_screen = sources.count()
    assert shown_on_screen >= 3

    page.emulate_media(media="print")

    for place in range(shown_on_screen):
        expect(sources.nth(place)).to_be_visible()
    expect(page.locator("textarea:visible")).to_have_count(0)
    expect(page.locator("button:visible")).to_have_count(0)


def test_the_first_page_and_its_answer_are_light(window: Window) -> None:
    window.open("/")
    window.page.wait_for_load_state("networkidle")

    assert window.weight() < FIRST_LOAD


def test_an_urgent_message_is_answered_without_any_movement(open_window: Opener) -> None:
    window = open_window(PHONE)
    window.ask("My son says he wants to kill himself since he was excluded.")

    moving = window.page.evaluate(
        "() => [...document.querySelectorAll('#answer, #answer *')]"
        ".filter(e => getComputedStyle(e).animationName !== 'none' || e.getAnimations().length).length"
    )

    assert moving == 0
