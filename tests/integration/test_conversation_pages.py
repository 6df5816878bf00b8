"""Below an answer: sharing it, saying whether it helped, and deleting what is kept, all by plain forms."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from bots.web.app import create_app
from tests.fakes import FakeConversations
from tests.integration.test_web import TODAY, FakeAssistant, Reader, ask_page

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Clock:
    """The moment it is, until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store() -> FakeConversations:
    return FakeConversations()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def web(assistant: FakeAssistant, store: FakeConversations, clock: Clock) -> Iterator[TestClient]:
    with TestClient(create_app(assistant=assistant, today=lambda: TODAY, store=store, now=clock)) as client:
        yield client


def form_on(page: Reader, action: str) -> dict[str, str]:
    """The hidden fields of one form of a page, as a browser would send them."""
    found: dict[str, str] = {}
    inside = False
    for tag, attrs in page.elements:
        if tag == "form":
            inside = attrs["action"] == action
        if inside and tag == "input" and attrs.get("type") == "hidden":
            found[attrs["name"]] = attrs["value"]
    assert found, f"there is no form for {action}"
    return found


def forms_of(page: Reader) -> set[str]:
    return {attrs["action"] for tag, attrs in page.elements if tag == "form"}


def send(web: TestClient, action: str, fields: dict[str, str], **more: str) -> Reader:
    response = web.post(action, data={**fields, **more})
    assert response.headers["content-type"].startswith("text/html")
    return Reader(response.text, status=response.status_code)


# Keeping ------------------------------------------------------------------------------------------------------------


def test_follow_up_is_kept_in_the_conversation_it_belongs_to(web: TestClient, store: FakeConversations) -> None:
    first = ask_page(web, "He was sent home.")
    conversation = form_on(first, "/conversations/delete")["conversation_id"]
    ask_page(web, "What if it is an academy?", conversation_id=conversation)

    (kept,) = store.conversations.values()
    assert kept.id == conversation
    assert [turn.asked for turn in kept.turns] == ["He was sent home.", "What if it is an academy?"]
    assert '"status":"answered"' in kept.turns[0].answer


def test_every_form_that_asks_again_carries_the_conversation_and_no_cookie_does(web: TestClient) -> None:
    response = web.post("/", data={"question": "He was sent home.", "audience": "parent"})
    page = Reader(response.text)

    assert "set-cookie" not in response.headers
    for action in forms_of(page):
        assert form_on(page, action)["conversation_id"] == "conversation-0001"


def test_parent_whose_conversation_is_over_simply_goes_on_in_a_new_one(
    web: TestClient, store: FakeConversations, clock: Clock
) -> None:
    ask_page(web, "He was sent home.")
    clock.now += timedelta(hours=25)
    page = ask_page(web, "And now?", conversation_id="conversation-0001")

    assert page.status == 200
    assert form_on(page, "/conversations/delete")["conversation_id"] == "conversation-0002"


def test_answer_is_shown_when_nothing_can_be_kept_and_the_page_says_so(
    web: TestClient, store: FakeConversations, caplog: pytest.LogCaptureFixture
) -> None:
    store.broken = True
    with caplog.at_level(logging.WARNING):
        page = ask_page(web, "He was sent home.")

    assert page.status == 200
    assert "Only the headteacher can suspend a pupil." in page.text
    assert "Nothing of this was kept." in page.text
    assert "/conversations/delete" not in forms_of(page)
    assert "the test's drawer: it is full" in caplog.text
    assert "sent home" not in caplog.text


def test_service_without_a_store_shows_the_answer_and_none_of_these_forms(assistant: FakeAssistant) -> None:
    with TestClient(create_app(assistant=assistant, today=lambda: TODAY)) as web:
        page = ask_page(web, "He was sent home.")

    assert page.status == 200
    assert not forms_of(page) & {"/share", "/feedback", "/conversations/delete"}


def test_child_in_danger_page_offers_no_link_to_share(web: TestClient) -> None:
    assert "/share" not in forms_of(ask_page(web, "danger"))


# Sharing ------------------------------------------------------------------------------------------------------------


def test_parent_shares_an_answer_and_a_friend_reads_it_with_its_sources(web: TestClient) -> None:
    made = send(web, "/share", form_on(ask_page(web, "Is that allowed?"), "/share"))
    assert "Your link is ready." in made.text
    assert "http://testserver/shared/link-0001" in made.text

    response = web.get("/shared/link-0001")
    page = Reader(response.text)

    assert response.status_code == 200
    assert response.headers["x-robots-tag"] == "noindex, nofollow"
    assert response.headers["cache-control"] == "no-store"
    for told in (
        "Is that allowed?",
        "Only the headteacher can suspend a pupil.",
        "Education Act 2002, s.51A(1)",
        "The link works until 28 November 2026",
    ):
        assert told in page.text
    assert "Your link is ready." not in page.text
    assert forms_of(page) == set()
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_shared_answer_is_ours_whatever_was_posted_with_the_form(web: TestClient, assistant: FakeAssistant) -> None:
    form = form_on(ask_page(web, "Is that allowed?"), "/share")
    page = send(web, "/share", form, answer="<b>Anything goes</b>", text="Anything goes", question="<script>Why?")

    assert assistant.asked[-1]["question"] == "<script>Why?"
    assert "Anything goes" not in page.text
    assert "<script>Why" not in page.source
    assert "<script>Why?" in page.text


@pytest.mark.parametrize(
    ("later", "status", "told"),
    [(timedelta(days=8), 410, "This link has come to its end"), (timedelta(0), 404, "There is no shared answer")],
)
def test_link_that_leads_nowhere_says_what_to_do(
    web: TestClient, clock: Clock, later: timedelta, status: int, told: str
) -> None:
    send(web, "/share", form_on(ask_page(web, "Is that allowed?"), "/share"))
    clock.now += later
    page_id = "link-0001" if later else "link-of-nobody"

    response = web.get(f"/shared/{page_id}", headers={"accept": "*/*"})

    assert response.status_code == status
    page = Reader(response.text)
    assert told in page.text
    assert "ask the question yourself" in page.text
    assert "/" in page.links


def test_question_that_cannot_be_shared_is_refused_on_a_page(web: TestClient, store: FakeConversations) -> None:
    form = form_on(ask_page(web, "Is that allowed?"), "/share")

    assert send(web, "/share", form, question="").status == 422
    assert send(web, "/share", form, history="{").status == 422
    assert store.links == {}


# Feedback -----------------------------------------------------------------------------------------------------------


def test_parent_says_what_was_wrong_and_it_is_kept_with_the_passages(web: TestClient, store: FakeConversations) -> None:
    form = form_on(ask_page(web, "Is that allowed?"), "/feedback")
    page = send(web, "/feedback", form, helpful="no", reason="hard_to_understand", words="  Too long. ")

    assert page.status == 200
    assert "Thank you" in page.text
    (kept,) = store.feedback
    assert (kept.helpful, kept.reason, kept.words) == (False, "hard_to_understand", "Too long.")
    assert kept.passage_ids == ("exc-001", "exc-002", "exc-003")
    assert (kept.corpus_version, kept.conversation_id) == ("c0ffee", "conversation-0001")


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"helpful": ""}, "choose Yes or No"), ({"helpful": "yes", "words": "a" * 1001}, "more than 1,000 characters")],
)
def test_feedback_that_is_not_clear_is_asked_for_again(
    web: TestClient, store: FakeConversations, fields: dict[str, str], told: str
) -> None:
    page = send(web, "/feedback", form_on(ask_page(web, "Is that allowed?"), "/feedback"), **fields)

    assert page.status == 422
    assert told in page.text
    assert store.feedback == []


def test_made_up_passages_and_reasons_are_dropped_from_feedback(web: TestClient, store: FakeConversations) -> None:
    form = form_on(ask_page(web, "Is that allowed?"), "/feedback")
    send(web, "/feedback", form, helpful="yes", reason="spite", passage_ids="exc-001 <b> ../x", corpus_version="<i>")

    (kept,) = store.feedback
    assert (kept.reason, kept.passage_ids, kept.corpus_version) == (None, ("exc-001",), "")


# Deleting -----------------------------------------------------------------------------------------------------------


def test_parent_deletes_what_is_kept_and_may_press_the_button_twice(web: TestClient, store: FakeConversations) -> None:
    form = form_on(ask_page(web, "He was sent home."), "/conversations/delete")

    assert "are deleted" in send(web, "/conversations/delete", form).text
    assert store.conversations == {}
    again = send(web, "/conversations/delete", form)
    assert again.status == 200
    assert "deleted already" in again.text


def test_parent_is_told_when_nothing_could_be_deleted(web: TestClient, store: FakeConversations) -> None:
    form = form_on(ask_page(web, "He was sent home."), "/conversations/delete")
    store.broken = True
    page = send(web, "/conversations/delete", form)

    assert page.status == 503
    assert "nothing was done" in page.text
    assert "drawer" not in page.text


def test_page_of_another_site_cannot_delete_or_share(web: TestClient, store: FakeConversations) -> None:
    page = ask_page(web, "He was sent home.")
    for action in ("/conversations/delete", "/share", "/feedback"):
        fields = {name: value for name, value in form_on(page, action).items() if name != "form_token"}
        assert web.post(action, data=fields).status_code == 403

    assert len(store.conversations) == 1
    assert store.links == {}
    assert store.feedback == []


def test_what_is_over_is_deleted_while_the_service_runs(
    assistant: FakeAssistant, store: FakeConversations, clock: Clock
) -> None:
    app = create_app(
        assistant=assistant, today=lambda: TODAY, store=store, now=clock, purge_every=timedelta(milliseconds=10)
    )
    with TestClient(app) as web:
        ask_page(web, "He was sent home.")
        time.sleep(0.1)
        assert store.conversations
        store.broken = True
        time.sleep(0.05)
        store.broken = False
        clock.now += timedelta(hours=24)
        until = time.monotonic() + 10
        while store.conversations and time.monotonic() < until:
            time.sleep(0.01)

    assert store.conversations == {}
    assert store.purged[-1] == clock.now
