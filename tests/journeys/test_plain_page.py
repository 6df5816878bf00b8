"""A parent on an old phone, with scripts switched off, asks on the web page."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.journeys.programs import Site

QUESTION = "The school sent my son home to cool off and there is no letter. Is that allowed?"


class Page(HTMLParser):
    """What a browser without JavaScript makes of a page: its forms, links, anchors and words."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.fields: set[str] = set()
        self.hidden: dict[str, str] = {}
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.feed(markup)
        self.words = " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.handlers += [name for name in said if name.startswith("on")]
        if "id" in said:
            self.anchors.add(said["id"])
        if tag == "form":
            self.forms.append(said)
        if tag in {"textarea", "input"} and "name" in said:
            self.fields.add(said["name"])
            if said.get("type") == "hidden":
                self.hidden[said["name"]] = said.get("value", "")
        if tag == "a" and "href" in said:
            self.links.append(said["href"])


@pytest.fixture
def first_page(site: Site) -> Page:
    return Page(site.get("/").text)


@pytest.fixture
def answered(site: Site) -> Page:
    response = site.send_form(question=QUESTION, audience="parent", as_at="", history="")
    assert response.status == 200
    return Page(response.text)


def test_the_form_can_be_sent_without_a_script(first_page: Page) -> None:
    (form,) = first_page.forms

    assert (form["method"], form["action"]) == ("post", "/")
    assert {"question", "audience", "as_at"} <= first_page.fields


def test_no_page_needs_or_runs_a_script(first_page: Page, answered: Page) -> None:
    for page in (first_page, answered):
        assert "script" not in page.tags
        assert page.handlers == []


def test_a_parent_reads_the_answer_on_the_page_that_comes_back(answered: Page) -> None:
    assert "Sending a pupil home to" in answered.words
    assert "is unlawful, even for part of a day" in answered.words


def test_each_marker_in_the_answer_leads_to_a_source_on_the_same_page(answered: Page) -> None:
    markers = [link for link in answered.links if link.startswith("#source-")]

    assert len(markers) >= 3
    assert {marker.removeprefix("#") for marker in markers} <= answered.anchors


def test_each_source_says_its_kind_when_it_was_checked_and_links_to_the_law(answered: Page) -> None:
    assert "Where this comes from" in answered.words
    assert "statutory guidance" in answered.words.lower()
    assert re.search(r"Checked \d{1,2} \w+ 2026", answered.words)
    assert any(link.startswith("https://www.gov.uk/") for link in answered.links)


def test_a_parent_can_open_the_passage_behind_a_source(site: Site, answered: Page) -> None:
    passage = next(link for link in answered.links if link.startswith("/passages/"))

    response = site.get(passage)

    assert response.status == 200
    assert passage.rpartition("/")[2] in response.text


def test_a_follow_up_from_the_page_is_understood_as_one(site: Site) -> None:
    first = Page(
        site.send_form(
            question="Can a maintained school direct my son off site to improve his behaviour?", audience="parent"
        ).text
    )

    response = site.send_form(question="what about an academy?", audience="parent", history=first.hidden["history"])

    assert response.status == 200
    assert "Since 26 July 2026 an academy" in Page(response.text).words


def test_a_refused_question_comes_back_in_its_form_with_what_to_mend(site: Site) -> None:
    response = site.send_form(question="He was excluded on 31/02/2026. When do the governors meet?", audience="parent")

    assert response.status == 422
    page = Page(response.text)
    assert "“31/02/2026” is not a date in the calendar" in page.words
    assert "He was excluded on 31/02/2026. When do the governors meet?" in page.words


def test_markup_in_a_question_is_shown_as_text_and_never_as_part_of_the_page(site: Site) -> None:
    response = site.send_form(
        question="<script>alert(1)</script><img src=x onerror=alert(1)> My son was suspended today.", audience="parent"
    )

    page = Page(response.text)
    assert response.status == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert not {"script", "img"} & page.tags
    assert page.handlers == []
