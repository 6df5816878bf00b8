"""What an adviser meets at /reply, and a program at /api/reply, with a small fake in place of the assistant."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import docx
import pytest
from fastapi.testclient import TestClient
from lxml import etree

from assistant.adapters.reading_age import FleschKincaid
from assistant.adapters.reply_docx import write_docx
from assistant.errors import EmptyQuestion, IndexMissing
from assistant.model import Answer, Audience, Status
from assistant.replies import ReplyDesk
from assistant.reply_check import MAX_REPLY
from bots.web.app import create_app
from bots.web.reply import DOCX
from tests.integration.test_web import Reader
from tests.replies import MEETING, QUESTION, ROUTE, TODAY, WORDING, a_draft, an_answer

DRAFT = a_draft()
EDITED = DRAFT.text.replace("within 15 school days", "within 16 school days")
SHORT = "Dear Ms Khan,\n\n- " + ROUTE + " [3]\n\nSources\n" + DRAFT.text.split("\n")[-2]
TROUBLES: dict[str, Exception] = {
    "": EmptyQuestion(),
    "no index": IndexMissing("/srv/private/index"),
    "crash": RuntimeError("Jamie Smith, born 3 May 2013"),
}


@dataclass
class FakeAssistant:
    """Answers one answer, and remembers what it was asked."""

    asked: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, question: str, **how: Any) -> Answer:
        self.asked.append({"question": question, **how})
        if question.strip() in TROUBLES:
            raise TROUBLES[question.strip()]
        status = Status.NOT_FOUND if question == "gap" else Status.ANSWERED
        changes: dict[str, Any] = {"statements": (), "citations": (), "deadlines": ()} if question == "gap" else {}
        return replace(
            an_answer(**changes), status=status, as_at=how["as_at"] or how["today"], audience=how["audience"]
        )


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def web(assistant: FakeAssistant) -> Iterator[TestClient]:
    replies = ReplyDesk(
        assistant,  # type: ignore[arg-type]
        wording=WORDING,
        reading_age=FleschKincaid(),
        write=write_docx,
    )
    with TestClient(create_app(assistant=assistant, replies=replies, today=lambda: TODAY)) as client:  # type: ignore[arg-type]
        yield client


def send(web: TestClient, **fields: str) -> Reader:
    response = web.post("/reply", data={"question": QUESTION, **fields}, headers={"Accept": "text/html"})
    assert response.headers["content-type"].startswith("text/html")
    return Reader(response.text, status=response.status_code)


def mail_link(page: Reader) -> str:
    return next(attrs["href"] for tag, attrs in page.elements if tag == "a" and attrs.get("id") == "mail")


# From the answer to the draft ---------------------------------------------------------------------------------------


def test_adviser_s_answer_has_a_button_that_drafts_a_reply(web: TestClient) -> None:
    page = Reader(web.post("/", data={"question": QUESTION, "audience": "adviser", "as_at": "2026-11-10"}).text)

    assert any(attrs.get("action") == "/reply" for tag, attrs in page.elements if tag == "form")
    assert "Draft a reply" in page.text
    assert any(attrs.get("name") == "question" and attrs.get("value") == QUESTION for _, attrs in page.elements)


@pytest.mark.parametrize("audience", ["parent", "school"])
def test_nobody_else_is_offered_one(web: TestClient, audience: str) -> None:
    page = Reader(web.post("/", data={"question": QUESTION, "audience": audience}).text)

    assert "Draft a reply" not in page.text


def test_the_draft_stands_in_a_box_with_its_sources_and_what_to_know_beside_it(web: TestClient) -> None:
    page = send(web)

    assert page.status == 200
    assert page.boxes["text"] == DRAFT.text
    assert "The sources" in page.text
    assert "https://www.legislation.gov.uk/uksi/2012/1033/regulation/21" in page.links
    assert "Before you send it" in page.text
    assert "Reading age: about" in page.text
    assert "things to look at" not in page.text


def test_the_draft_is_of_the_adviser_s_answer_with_the_same_day_calendar_history_and_corrections(
    web: TestClient, assistant: FakeAssistant
) -> None:
    history = '[{"role":"user","content":"He is in year 11."}]'

    send(web, as_at="2026-05-01", history=history, calendar="ours", assume="academy", audience="parent")

    (asked,) = assistant.asked
    assert asked["audience"] is Audience.ADVISER
    assert str(asked["as_at"]) == "2026-05-01"
    assert [turn.content for turn in asked["history"]] == ["He is in year 11."]
    assert asked["calendar"] == "ours"
    assert asked["corrections"].also == {"academy"}


def test_everything_has_a_label_and_an_id_of_its_own(web: TestClient) -> None:
    page = send(web, text=EDITED, action="check")

    labelled = {attrs["for"] for tag, attrs in page.elements if tag == "label"}
    assert "text" in labelled
    assert len(page.ids) == len(set(page.ids))
    targets = {link[1:] for link in page.links if link.startswith("#")}
    assert targets <= set(page.ids)


def test_a_blank_page_asks_for_the_family_s_question(web: TestClient) -> None:
    page = Reader(web.get("/reply").text)

    assert page.boxes == {"question": ""}
    assert "Draft a reply" in page.text


def test_when_nothing_was_found_the_reply_says_so_and_names_who_to_ask(web: TestClient) -> None:
    page = send(web, question="gap")

    assert "found none" in page.boxes["text"]
    assert "IPSEA" in page.boxes["text"]


# Checking -----------------------------------------------------------------------------------------------------------


def test_adviser_sees_what_to_look_at_in_words_and_where_it_stands(web: TestClient) -> None:
    page = send(web, text=EDITED, action="check")

    assert page.boxes["text"] == EDITED
    assert "1 thing to look at" in page.text
    assert "A number was changed: it was “15” and is now “16”." in page.text
    assert f"In the draft: {MEETING} [1]" in page.text
    assert "(look at 1)" in page.text
    assert any(tag == "mark" for tag, _ in page.elements)


def test_an_unchanged_reply_has_nothing_to_mend(web: TestClient) -> None:
    page = send(web, text=DRAFT.text.replace("\n", "\r\n"), action="check")

    assert "Nothing to mend" in page.text


def test_script_in_the_reply_stays_text(web: TestClient) -> None:
    page = send(web, text='<script>alert(1)</script> </textarea><img src=x onerror="x">. And so on.', action="check")

    assert not [tag for tag, attrs in page.elements if tag == "img" or (tag == "script" and "src" not in attrs)]
    assert page.boxes["text"].startswith("<script>alert(1)</script> </textarea>")


def test_start_again_puts_the_first_draft_back(web: TestClient) -> None:
    assert send(web, text=EDITED, action="again").boxes["text"] == DRAFT.text


def test_nothing_but_the_words_is_taken_from_the_page(web: TestClient) -> None:
    page = send(web, text=EDITED, action="check", draft=EDITED, citations="[]", wording="x")

    assert "1 thing to look at" in page.text


@pytest.mark.parametrize(("question", "status"), [("", 422), ("no index", 503), ("crash", 500)])
@pytest.mark.parametrize("address", ["/reply", "/reply.docx"])
def test_whatever_goes_wrong_the_adviser_s_words_are_still_there(
    web: TestClient, question: str, status: int, address: str
) -> None:
    fields = {"question": question, "text": EDITED, "action": "check"}

    response = web.post(address, data=fields, headers={"Accept": "text/html"})

    page = Reader(response.text)
    assert response.status_code == status
    assert page.boxes["text"] == EDITED
    assert page.boxes["question"] == question
    assert "Nothing you wrote is lost" in page.text
    assert "Jamie" not in page.text


@pytest.mark.parametrize(
    "fields", [{"as_at": "31/02/2026"}, {"history": "not json"}, {"text": "Long. " * (MAX_REPLY // 5)}]
)
def test_what_cannot_be_used_comes_back_with_the_text(web: TestClient, fields: dict[str, str]) -> None:
    page = send(web, **{"text": EDITED, "action": "check", **fields})

    assert page.status == 422
    assert page.boxes["text"] == fields.get("text", EDITED)


# Sending it ---------------------------------------------------------------------------------------------------------


def test_a_short_reply_becomes_an_e_mail_with_its_subject_and_text(web: TestClient) -> None:
    page = send(web, text=SHORT, action="check")

    link = urlsplit(mail_link(page))
    said = parse_qs(link.query)
    assert link.scheme == "mailto"
    assert said["subject"] == [WORDING.subject]
    assert said["body"] == [SHORT.replace("\n", "\r\n")]


def test_a_long_reply_says_that_it_has_to_be_copied(web: TestClient) -> None:
    page = send(web)

    assert "too long for an e-mail link" in page.text
    assert "body=" not in mail_link(page)


def test_the_file_is_a_letter_in_british_english_that_word_can_open(web: TestClient) -> None:
    response = web.post("/reply.docx", data={"question": QUESTION, "text": EDITED})

    assert response.headers["content-type"] == DOCX
    assert 'filename="reply.docx"' in response.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
        assert 'w:val="en-GB"' in parts.read("word/styles.xml").decode()
    letter = docx.Document(io.BytesIO(response.content))
    styled = [(paragraph.style.name, paragraph.text) for paragraph in letter.paragraphs if paragraph.style]
    assert ("Heading 1", WORDING.subject) in styled
    assert ("Heading 2", "The answer") in styled
    assert ("List Bullet", f"{MEETING.replace('15', '16')} [1]") in styled
    assert ("Normal", "Sunday 22 November 2026") in styled
    assert letter.core_properties.language == "en-GB"
    assert "not legal advice" in letter.sections[0].footer.paragraphs[0].text
    links = [link.address for paragraph in letter.paragraphs for link in paragraph.hyperlinks]
    assert links == [citation.url for citation in DRAFT.citations if citation.url]
    assert any(re.match(r"\[1\] The Exclusion Regulations 2012, reg 21", text) for _, text in styled)


def test_the_file_takes_any_text_that_a_box_can_hold(web: TestClient) -> None:
    response = web.post("/reply.docx", data={"question": QUESTION, "text": "Dear \x01\x0b😀 & <b>\n- ü\n[7] typed"})

    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(response.content)).paragraphs]
    assert "Dear 😀 & <b>" in texts
    assert "[7] typed" in texts


# Programs -----------------------------------------------------------------------------------------------------------


def test_a_program_drafts_a_reply_and_checks_what_was_made_of_it(web: TestClient) -> None:
    drafted = web.post("/api/reply", json={"question": QUESTION}).json()
    checked = web.post("/api/reply/check", json={"question": QUESTION, "text": EDITED}).json()

    assert drafted["text"] == DRAFT.text
    assert {"text": MEETING, "kind": "cited", "citations": [1]} in drafted["sentences"]
    assert drafted["reading_age"] > 5
    assert drafted["wording_version"] == WORDING.version
    (finding,) = checked["findings"]
    assert finding["kind"] == "number"
    assert checked["text"][finding["start"] : finding["end"]] == finding["sentence"]
    assert checked["sources_kept"] == [1, 2, 3, 4]


def test_the_published_description_names_every_field(web: TestClient) -> None:
    shapes = web.get("/openapi.json").json()["components"]["schemas"]
    drafted = web.post("/api/reply", json={"question": QUESTION}).json()
    checked = web.post("/api/reply/check", json={"question": QUESTION, "text": EDITED}).json()

    assert set(drafted) == set(shapes["DraftResponse"]["properties"])
    assert set(checked) == set(shapes["CheckResponse"]["properties"])
    assert set(checked["findings"][0]) == set(shapes["FindingShape"]["properties"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": QUESTION}, 422),
        ({"question": QUESTION, "text": "x" * (MAX_REPLY + 1)}, 422),
        ({"question": QUESTION, "text": "x", "draft": "y"}, 422),
        ({"question": "no index", "text": "x"}, 503),
    ],
)
def test_a_program_is_told_what_to_mend(web: TestClient, body: dict[str, str], status: int) -> None:
    response = web.post("/api/reply/check", json=body)

    assert response.status_code == status
    assert response.json()["error"]["message"]
