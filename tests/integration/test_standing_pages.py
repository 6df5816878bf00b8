"""The pages beside the chat: time limits, the sources, and what the service says about itself."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

import pytest
from fastapi.testclient import TestClient

from assistant.accuracy import accuracy_from
from assistant.errors import EvaluationInputError, UnknownPassage
from assistant.model import Catalogue, Passage
from bots import wiring
from bots.settings import Settings
from bots.web.app import create_app
from bots.web.standing_pages import Standing
from corpus.accuracy import read_accuracy

TODAY = date(2026, 11, 21)
LETTER = "on-governors-decision-notice-given-to-parent"
EXCLUDED = "on-first-day-of-permanent-exclusion"
ONE_DATE = f"/time-limits/date?rule=irp-apply&asked=yes&{LETTER}=2026-12-01"
CASE = f"/time-limits/case?chain=permanent-exclusion&asked=yes&{EXCLUDED}=2026-11-10&school=academy"
TOTALS = "/time-limits/suspensions?asked=yes&first=2026-09-14&days=2&first=2026-10-05&days=3.5&first=&days="
PAGES = [
    "/time-limits",
    "/time-limits/date?rule=irp-apply",
    "/time-limits/date?rule=sen-appeal",
    ONE_DATE,
    "/time-limits/case?chain=permanent-exclusion",
    "/time-limits/case?chain=needs-assessment",
    CASE,
    "/time-limits/suspensions",
    TOTALS,
    "/sources",
    "/sources?words=exclusion&kind=statutory_guidance",
    "/sources/education-act-2002",
    "/sources/keeping-children-safe-2024",
    "/passages/exc-080",
    "/about",
    "/privacy",
    "/accessibility",
    "/accuracy",
]
WRONG = [
    "/time-limits/date?rule=nothing",
    "/time-limits/date?rule=irp-apply&asked=yes",
    f"/time-limits/date?rule=irp-apply&asked=yes&{LETTER}=31+February+2026",
    f"/time-limits/case?chain=permanent-exclusion&asked=yes&{EXCLUDED}=2026-11-14",
    "/time-limits/suspensions?asked=yes&first=2026-09-14&days=lots",
    "/sources?kind=gossip",
]


@cache
def corpus() -> Catalogue:
    return wiring.catalogue()


class FakeAssistant:
    """Knows the corpus and answers nothing."""

    def catalogue(self) -> Catalogue:
        return corpus()

    def passage(self, passage_id: str) -> Passage:
        found = next((each for each in corpus().passages if each.id == passage_id), None)
        if found is None:
            raise UnknownPassage(passage_id)
        return found


class Page(HTMLParser):
    """A page as a browser without script has it."""

    def __init__(self, html: str, *, status: int) -> None:
        super().__init__()
        self.status = status
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self._words))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.elements if tag in tags]

    def value(self, field_id: str) -> str:
        return next(attrs["value"] for attrs in self.all("input") if attrs.get("id") == field_id)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    app = create_app(
        assistant=FakeAssistant(),
        today=lambda: TODAY,
        desk=wiring.build_desk(settings),
        standing=wiring.build_standing(settings),
    )
    with TestClient(app) as client:
        yield client


def get(web: TestClient, address: str) -> Page:
    response = web.get(address)
    assert response.headers["content-type"].startswith("text/html")
    return Page(response.text, status=response.status_code)


# Every page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens(web: TestClient, address: str) -> None:
    assert get(web, address).status == 200


@pytest.mark.parametrize("address", PAGES + WRONG)
def test_every_page_has_one_main_heading_ids_used_once_and_a_label_on_every_field(
    web: TestClient, address: str
) -> None:
    page = get(web, address)

    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    labelled = {attrs["for"] for attrs in page.all("label")}
    fields = [attrs for attrs in page.all("input", "select", "textarea") if attrs.get("type") != "hidden"]
    assert len(page.all("h1")) == 1
    assert len(ids) == len(set(ids))
    assert {attrs["id"] for attrs in fields} <= labelled
    assert labelled <= set(ids)
    described = {name for _, attrs in page.elements for name in attrs.get("aria-describedby", "").split()}
    headed = {attrs["aria-labelledby"] for _, attrs in page.elements if "aria-labelledby" in attrs}
    assert described | headed <= set(ids)


def test_every_link_on_every_page_leads_somewhere(web: TestClient) -> None:
    links: set[str] = set()
    for address in PAGES + WRONG:
        page = get(web, address)
        ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
        for attrs in page.all("a"):
            whole, fragment = urldefrag(attrs["href"])
            if not urlsplit(whole).scheme and not whole:
                assert fragment in ids, f"#{fragment} on {address}"
            elif whole.startswith("/"):
                links.add(whole)

    broken = {link: status for link in sorted(links) if (status := web.get(link).status_code) != 200}

    assert len(links) > 200
    assert not broken


@pytest.mark.parametrize("address", PAGES)
def test_every_page_leads_to_what_the_service_says_about_itself(web: TestClient, address: str) -> None:
    links = {attrs["href"] for attrs in get(web, address).all("a")}

    assert {"/about", "/privacy", "/accessibility", "/accuracy", "/sources", "/time-limits"} <= links


@pytest.mark.parametrize(
    "address",
    [
        "/time-limits/date?rule={0}",
        f"/time-limits/date?rule=irp-apply&asked=yes&{LETTER}={{0}}&inset={{0}}&closed={{0}}&calendar={{0}}",
        f"/time-limits/case?chain=permanent-exclusion&asked=yes&{EXCLUDED}={{0}}&school={{0}}&need={{0}}&public-exam={{0}}",
        "/time-limits/case?chain={0}",
        "/time-limits/suspensions?asked=yes&first={0}&days={0}&earlier={0}",
        "/sources?words={0}&kind={0}",
        "/sources/{0}",
    ],
)
def test_html_in_the_address_is_shown_as_text(web: TestClient, address: str) -> None:
    response = web.get(address.format("%3Cb%20onclick=%22x%22%3E%7B%7B7*7%7D%7D"))

    assert response.status_code in {200, 404, 422}
    assert "<b " not in response.text
    assert "49" not in re.sub(r"<[^>]+>|&[^;]+;", "", response.text).split("Term dates")[0]


# One date -----------------------------------------------------------------------------------------------------------


def test_parent_finds_a_date_with_its_working_source_and_what_would_change_it(web: TestClient) -> None:
    page = get(web, ONE_DATE)

    for told in ("Wednesday 6 January 2027: the last day", "Who must act", "Working", "What it is not", "typical"):
        assert told in page.text
    links = {attrs["href"] for attrs in page.all("a")}
    assert any(link.startswith("https://www.legislation.gov.uk/") for link in links)
    assert any(link.startswith("/passages/") for link in links)


def test_the_question_for_the_day_is_the_label_of_its_field(web: TestClient) -> None:
    page = get(web, "/time-limits/date?rule=irp-apply")

    assert "On what day were you given the governors' decision letter" in page.text
    assert LETTER in {attrs["for"] for attrs in page.all("label")}
    assert "first class" in page.text


def test_a_letter_that_was_posted_gives_a_later_date(web: TestClient) -> None:
    assert "Friday 8 January 2027" in get(web, f"{ONE_DATE}&{LETTER}-posted=yes").text


def test_an_extra_inset_day_moves_the_date_and_the_page_says_so(web: TestClient) -> None:
    page = get(web, f"{ONE_DATE}&inset=4/12/2026")

    assert "Thursday 7 January 2027: the last day" in page.text
    assert "INSET on 4 December 2026" in page.text
    assert page.value("inset") == "4/12/2026"


def test_a_limit_counted_from_two_events_asks_for_both(web: TestClient) -> None:
    page = get(web, "/time-limits/date?rule=sen-appeal")

    asked = {attrs.get("id") for attrs in page.all("input")}
    assert {"on-council-decision-sent", "on-mediation-certificate-issued"} <= asked


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("31+February+2026", "31 February 2026"),
        ("Monday+1+December+2026", "Tuesday"),
        ("soon", "soon"),
        ("1066-10-14", "too far off"),
        ("", "One date is needed"),
    ],
)
def test_a_day_that_cannot_be_used_is_explained_beside_its_field_and_kept(
    web: TestClient, typed: str, told: str
) -> None:
    page = get(web, f"/time-limits/date?rule=irp-apply&asked=yes&{LETTER}={typed}")

    field = next(attrs for attrs in page.all("input") if attrs.get("id") == LETTER)
    assert page.status == 422
    assert told in page.text
    assert field["value"] == typed.replace("+", " ")
    assert field["aria-invalid"] == "true"
    assert f"{LETTER}-mistake" in field["aria-describedby"]
    assert f"#{LETTER}" in {attrs["href"] for attrs in page.all("a")}


def test_what_a_date_field_cannot_show_stays_in_a_field_of_text(web: TestClient) -> None:
    typed = get(web, f"/time-limits/date?rule=irp-apply&asked=yes&{LETTER}=1/12/2026")
    picked = get(web, ONE_DATE)

    assert {a["type"] for a in typed.all("input") if a.get("id") == LETTER} == {"text"}
    assert {a["type"] for a in picked.all("input") if a.get("id") == LETTER} == {"date"}
    assert "is read as 1 December 2026, with the day first" in typed.text


def test_the_words_of_the_command_line_do_not_reach_the_page(web: TestClient) -> None:
    for address in [
        *WRONG,
        f"/time-limits/date?rule=irp-apply&asked=yes&{LETTER}=2031-12-01",
        f"{ONE_DATE}&calendar=x",
    ]:
        assert "apnav" not in get(web, address).text


# A whole case -------------------------------------------------------------------------------------------------------


def test_parent_sees_every_step_in_order_with_who_must_act_and_where_it_stands(web: TestClient) -> None:
    page = get(web, CASE)

    text = page.text.partition("What follows")[2]
    assert [attrs["class"] for attrs in page.all("ol")] == ["timeline"]
    first, later = text.index(": Parent told"), text.index(": Apply for an independent review panel")
    assert first < later
    for told in ("Who must act: head teacher", "At once", "To come", "Working", "Taken as known", "typical ones"):
        assert told in text
    assert "This date rests on a date nobody has told us" in text


def test_a_later_step_whose_day_is_known_is_counted_from_that_day(web: TestClient) -> None:
    page = get(web, f"{CASE}&{LETTER}=2026-12-01")

    assert "Wednesday 6 January 2027: Apply for an independent review panel" in page.text.replace(" :", ":")


def test_what_is_true_of_the_child_adds_its_steps(web: TestClient) -> None:
    assert "Emergency review of the EHC plan" not in get(web, CASE).text
    assert "Emergency review of the EHC plan" in get(web, f"{CASE}&need=ehc-plan").text


def test_an_exclusion_that_starts_on_a_saturday_is_refused_beside_its_field(web: TestClient) -> None:
    page = get(web, WRONG[3])

    assert page.status == 422
    assert "Saturday 14 November 2026 is not a school day" in page.text
    assert page.value(EXCLUDED) == "2026-11-14"


@pytest.mark.parametrize("address", [ONE_DATE, CASE])
def test_dates_can_be_saved_in_a_calendar(web: TestClient, address: str) -> None:
    link = next(attrs["href"] for attrs in get(web, address).all("a") if ".ics" in attrs["href"])

    response = web.get(link)

    assert response.headers["content-type"].startswith("text/calendar")
    assert "attachment" in response.headers["content-disposition"]
    assert response.text.startswith("BEGIN:VCALENDAR")


def test_a_calendar_file_that_cannot_be_made_is_explained_on_the_page(web: TestClient) -> None:
    assert get(web, "/time-limits/date.ics?rule=irp-apply&asked=yes").status == 422


# Suspensions --------------------------------------------------------------------------------------------------------


def test_suspensions_are_added_up_with_what_they_set_off(web: TestClient) -> None:
    page = get(web, TOTALS)

    assert "5.5 school days" in page.text
    assert "more than 5 days (5.5)" in page.text
    assert page.value("first-2") == "2026-10-05"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("first=2026-09-14&days=", "days-1"),
        ("first=&days=3", "first-1"),
        ("first=2026-09-14&days=0", "days-1"),
        ("first=&days=", "first-1"),
        ("first=2026-09-14&days=2&first=soon&days=1", "first-2"),
        ("first=2026-09-14&days=1&earlier=many", "earlier"),
    ],
)
def test_a_row_that_is_half_filled_in_says_what_is_missing_beside_it(web: TestClient, query: str, field: str) -> None:
    page = get(web, f"/time-limits/suspensions?asked=yes&{query}")

    assert page.status == 422
    assert f"{field}-mistake" in {attrs.get("id") for attrs in page.all("p")}


def test_more_rows_can_be_had_without_losing_those_filled_in(web: TestClient) -> None:
    filled = "&".join("first=2026-09-14&days=1" for _ in range(4))

    page = get(web, f"/time-limits/suspensions?more=yes&{filled}")

    assert page.status == 200
    assert page.value("first-4") == "2026-09-14"
    assert page.value("first-6") == ""


# Sources ------------------------------------------------------------------------------------------------------------


def test_every_document_is_in_the_catalogue_with_its_edition_and_dates(web: TestClient) -> None:
    page = get(web, "/sources")

    links = {attrs["href"] for attrs in page.all("a")}
    assert {f"/sources/{source.id}" for source in corpus().sources} <= links
    assert f"{len(corpus().sources)} of {len(corpus().sources)} documents" in page.text


def test_the_catalogue_is_filtered_by_words_and_kind(web: TestClient) -> None:
    page = get(web, "/sources?words=KEEPING+children&kind=statutory_guidance")

    listed = [attrs["href"] for attrs in page.all("a") if attrs["href"].startswith("/sources/")]
    assert listed
    assert all("keeping-children-safe" in link for link in listed)
    assert page.value("words") == "KEEPING children"


def test_a_filter_that_finds_nothing_says_what_to_do(web: TestClient) -> None:
    assert "see them all" in get(web, "/sources?words=zebra").text


def test_an_old_edition_leads_to_the_one_that_replaced_it(web: TestClient) -> None:
    page = get(web, "/sources/keeping-children-safe-2024")

    assert "There is a newer edition" in page.text
    assert "/sources/keeping-children-safe-2025" in {attrs["href"] for attrs in page.all("a")}


def test_a_document_shows_its_passages_with_provision_force_and_how_far_checked(web: TestClient) -> None:
    page = get(web, "/sources/education-act-2002")

    for told in ("s.51A", "Must", "Duty on:", "Checked", "read in the source itself", "Read the official text"):
        assert told in page.text


def test_a_passage_leads_to_its_document_and_back(web: TestClient) -> None:
    source = next(passage for passage in corpus().passages if passage.id == "exc-080").authority[0].source

    assert f"/sources/{source.id}" in {a["href"] for a in get(web, "/passages/exc-080").all("a")}
    assert "/passages/exc-080" in {a["href"] for a in get(web, f"/sources/{source.id}").all("a")}


def test_an_unknown_document_is_not_found_in_plain_words(web: TestClient) -> None:
    page = get(web, "/sources/no-such-act")

    assert page.status == 404
    assert "There is no source" in page.text


# What the service says about itself ---------------------------------------------------------------------------------


def test_the_page_about_it_names_whoever_runs_it_when_that_is_set() -> None:
    def about(standing: Standing) -> str:
        app = create_app(assistant=FakeAssistant(), today=lambda: TODAY, standing=standing)
        return TestClient(app).get("/about").text

    assert "whoever installed it" in about(Standing())
    named = about(Standing(operator="Sample <Advice>", operator_contact="help@advice.example"))
    assert "Sample &lt;Advice&gt;" in named
    assert 'href="mailto:help@advice.example"' in named
    assert (
        "href"
        not in about(Standing(operator_contact="javascript:alert(1)")).partition('id="who"')[2].split("<footer")[0]
    )


def test_privacy_says_that_nothing_is_kept_where_nothing_is_kept(web: TestClient) -> None:
    assert "keeps no questions and no answers" in get(web, "/privacy").text


def test_accuracy_shows_the_figures_that_were_measured_and_what_they_do_not_tell(web: TestClient) -> None:
    found = read_accuracy()
    assert found is not None

    page = get(web, "/accuracy")

    assert f"{found.questions} test questions" in page.text
    assert f"{found.dates_right} of {found.dates_asked}" in page.text
    for kind in found.kinds:
        assert f"{kind.status_right} of {kind.questions}" in page.text
    for fault in found.faults:
        assert " ".join(fault.question.split())[:60] in page.text
    assert "used these test questions while they worked on it" in page.text


def test_accuracy_without_figures_says_so() -> None:
    app = create_app(assistant=FakeAssistant(), today=lambda: TODAY, standing=Standing())

    assert "No figures have been published" in TestClient(app).get("/accuracy").text


def test_figures_that_cannot_be_read_are_refused_with_the_way_to_write_them_again() -> None:
    with pytest.raises(EvaluationInputError, match="--publish"):
        accuracy_from({"measured_on": "2026-11-22"})
