"""A SENCO reads duties, and an adviser turns an answer into a reply: in a browser, with JavaScript and without."""

import re
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import expect

from tests.journeys.browser.window import Window

EXCLUDED = "Permanent exclusion yesterday, EHC plan, academy. What must the governors do and by when?"


def ask_as(window: Window, who: str, question: str) -> None:
    page = window.open("/")
    page.get_by_label("Your question").fill(question)
    page.get_by_label(who).check()
    page.get_by_role("button", name="Get an answer").click()
    window.wait_for_answer()


def test_a_senco_says_who_they_are_and_reads_who_must_do_what(window: Window) -> None:
    ask_as(window, "someone who works in a school", EXCLUDED)

    answer = window.page.locator("#answer")
    expect(answer).to_contain_text("Worded for someone who works in a school")
    must = answer.locator(".force", has_text="Must").first
    expect(must).to_be_visible()
    expect(answer.get_by_text(re.compile("Duty on: ")).first).to_be_visible()
    assert window.page.get_by_label("someone who works in a school").first.is_checked(), "the choice is kept"
    window.no_sideways_scrolling()
    window.check_axe()


def test_a_senco_takes_away_what_was_wrongly_understood(window: Window) -> None:
    ask_as(window, "someone who works in a school", EXCLUDED)
    page = window.page
    chip = page.get_by_role("button", name=re.compile("Remove .*EHC plan"))
    expect(chip).to_be_visible()

    chip.click()

    expect(chip).to_have_count(0)
    window.wait_for_answer()
    window.check_axe()


def test_an_adviser_asks_drafts_a_reply_checks_it_and_downloads_it(window: Window, tmp_path: Path) -> None:
    ask_as(window, "an adviser", EXCLUDED)
    page = window.page
    page.get_by_role("button", name="Draft a reply").click()
    reply = page.get_by_label("The reply")
    expect(reply).to_have_value(re.compile(r"\[1\]"))
    window.no_sideways_scrolling()
    window.check_axe()

    reply.fill(reply.input_value() + "\n\nThe school must pay you £500 by 3 March 2027.\n")
    page.get_by_role("button", name="Check").click()

    expect(page.locator("#findings")).to_contain_text("£500")
    assert "£500" in reply.input_value(), "what was written stays in the box"
    window.no_sideways_scrolling()
    window.check_axe()

    with page.expect_download() as coming:
        page.get_by_role("button", name=re.compile("Download as .*DOCX")).click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    assert file.suffix == ".docx"
    assert "£500" in ZipFile(file).read("word/document.xml").decode()
