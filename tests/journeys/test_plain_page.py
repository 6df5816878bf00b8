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
        self.forms: dict[str, dict[str, str]] = {}
        self.fields: dict[str, dict[str, str]] = {}  # of each form by its id, with the values they hold
        self.scripts: list[str] = []
        self._form = ""
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.tags: set[str] = set()
        self.handlers: list[str] = []
        self.times: list[str] = []
        self.feed(markup)
        self.words = " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.handlers += [name for name in said if name.startswith("on")]
        if "id" in said:
            self.anchors.add(said["id"])
        if tag == "form":
            self._form = said.get("id", "")
            self.forms[self._form] = said
            self.fields[self._form] = {}
        if tag in {"textarea", "input", "select"} and "name" in said:
            self.fields[self._form][said["name"]] = said.get("value", "")
        if tag == "script":
            self.scripts.append(said.get("src", ""))
        if tag == "time":
            self.times.append(said.get("datetime", ""))
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
    form = first_page.forms["ask-form"]

    assert (form["method"], form["action"]) == ("post", "/")
    assert {"question", "audience", "as_at"} <= first_page.fields["ask-form"].keys()


def test_every_form_of_an_answer_can_be_sent_without_a_script(answered: Page) -> None:
    assert {"ask-form", "follow-up-form", "situation-form"} <= answered.forms.keys()
    assert all(form["action"].startswith("/") and form["method"] == "post" for form in answered.forms.values())


def test_the_only_scripts_of_a_page_are_files_of_this_site(first_page: Page, answered: Page) -> None:
    for page in (first_page, answered):
        assert all(re.fullmatch(r"/static/\w+\.js", source) for source in page.scripts)
        assert page.handlers == []


def test_a_parent_reads_the_answer_on_the_page_that_comes_back(answered: Page) -> None:
    assert "Sending a pupil home to" in answered.words
    assert "is unlawful, even for part of a day" in answered.words


def test_each_statement_quotes_its_source_where_it_stands_and_the_sources_are_listed_again(answered: Page) -> None:
    quoted = {anchor.rpartition("-source-")[2] for anchor in answered.anchors if anchor.startswith("statement-")}
    statements = {anchor for anchor in answered.anchors if re.fullmatch(r"statement-\d+", anchor)}

    assert len(statements) >= 3
    assert all(any(anchor.startswith(f"{one}-source-") for anchor in answered.anchors) for one in statements)
    assert {f"source-{n}" for n in quoted if n.isdecimal()} <= answered.anchors


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

    response = site.send_form(
        question="what about an academy?", audience="parent", history=first.fields["follow-up-form"]["history"]
    )

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
    assert "img" not in page.tags
    assert "alert(1)" not in "".join(re.findall(r"<script.*?</script>", response.text, re.DOTALL))
    assert page.handlers == []


# A date, asked for and given ----------------------------------------------------------------------------------------

ASKED_WITHOUT_A_DATE = "The governors upheld the permanent exclusion. What is the last day to ask for a review panel?"


@pytest.fixture
def asked_back(site: Site) -> Page:
    """The page after a parent asked for a last day without saying when they were given the letter."""
    response = site.send_form(question=ASKED_WITHOUT_A_DATE, audience="parent", as_at="", history="")
    assert response.status == 200
    return Page(response.text)


@pytest.fixture
def dated(site: Site, asked_back: Page) -> Page:
    """The page after the parent replied with the day."""
    response = site.send_form(
        question="1 December 2026, handed to me",
        audience="parent",
        as_at="",
        history=asked_back.fields["follow-up-form"]["history"],
    )
    assert response.status == 200
    return Page(response.text)


def test_a_parent_who_gives_no_date_reads_the_rule_and_is_asked_for_the_one_date_needed(asked_back: Page) -> None:
    assert "within 15 school days after the day they are given written notice" in asked_back.words
    assert "On what day were you given the governors' decision letter" in asked_back.words
    assert asked_back.words.count("On what day") == 1
    assert "How this is counted" not in asked_back.words


def test_a_parent_who_replies_with_the_date_reads_their_last_day_and_how_it_is_counted(dated: Page) -> None:
    assert "2027-01-06" in dated.times
    date_part = dated.words[dated.words.index("How this is counted") :]
    assert "Wednesday 6 January 2027" in dated.words
    assert "15 school days from Wednesday 2 December 2026 to Wednesday 6 January 2027" in date_part
    assert "INSET on 4 January" in date_part
    assert "15 calendar days" in date_part
    assert "Calendar: Usual term dates 2026-27" in date_part
    assert "On what day" not in dated.words[dated.words.index("How this is counted") :]


def test_the_date_on_the_page_quotes_its_source_where_it_stands(dated: Page) -> None:
    assert "dates-heading" in dated.anchors
    assert any(re.fullmatch(r"date-1-source-\d+", anchor) for anchor in dated.anchors)
    assert "https://www.legislation.gov.uk/uksi/2012/1033" in dated.links


def test_the_page_says_what_the_date_was_counted_on_and_what_would_change_it(dated: Page) -> None:
    notes = dated.words[dated.words.index("Please note") :]
    assert (
        "Tuesday 1 December 2026 is taken as the day the governors' decision letter was given to the parent." in notes
    )
    assert "School days are counted on “Usual term dates 2026-27" in notes
    assert "INSET days and closures can move this date" in notes


def test_parent_who_is_asked_which_area_only_has_to_name_it(site: Site) -> None:
    first = site.send_form(question="What alternative provision is there near me for an excluded child?", history="")
    asked_back = Page(first.text)
    assert "Where do you need a place?" in asked_back.words
    history = next(fields["history"] for fields in asked_back.fields.values() if fields.get("history"))

    second = Page(site.send_form(question="LS8", history=history).text)

    assert "Places that may fit" in second.words
