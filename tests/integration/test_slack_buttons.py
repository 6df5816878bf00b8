"""What people press under an answer: feedback, and a human instead; none of it is lost with the process."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assistant.conversations import StoreUnavailable
from bots.slack.showing import messages
from tests.integration.slack_bench import HEADTEACHER, WHO, Bench, answer_in, own, privately
from tests.integration.test_store import place, postgres, rows  # noqa: F401 - fixtures
from tests.slackish.server import SlackishServer, eventually

# Feedback, humans ---------------------------------------------------------------------------------------------------


def test_feedback_is_kept_with_its_reason_and_words_masked(
    office: Bench, slack: SlackishServer, tmp_path: Path
) -> None:
    ada = office.person("UADA")
    said = ada.says(WHO)
    answer = answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
    ada.presses(answer, "ap_feedback", "positive")
    ada.presses(answer, "ap_feedback", "negative")
    modal = eventually(lambda: slack.modal("UADA"))
    assert modal is not None
    ada.submits(modal, {"ap_reason": "missing", "ap_words": "Nothing about Secretson"})

    kept = eventually(lambda: found if len(found := rows(str(tmp_path / "kept.sqlite3"), "feedback")) == 2 else [])
    assert [(bool(row["helpful"]), row["reason"]) for row in kept] == [(True, None), (False, "missing")]
    assert kept[1]["words"] == "Nothing about [name]"
    assert "exc-001" in str(kept[0]["passage_ids"])


def test_of_two_advisers_who_claim_at_once_one_wins_and_the_other_learns_who(
    office: Bench, slack: SlackishServer
) -> None:
    ada = office.person("UADA")
    said = ada.says(f"{WHO} He is called Secretson.")
    ada.presses(answer_in(slack, said.channel, said.thread, words=HEADTEACHER), "ap_human")
    [request] = eventually(lambda: slack.answers("CADVICE"))
    assert "Secretson" not in str(request.blocks)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda user: office.person(user).presses(request, "ap_human_claim"), ("UBEN", "UCLEO")))

    told = eventually(lambda: [m for user in ("UBEN", "UCLEO") for m in slack.ephemerals(user)])
    assert len(told) == 1
    winner = {"UBEN": "UCLEO", "UCLEO": "UBEN"}[str(told[0].only_for)]
    assert f"<@{winner}>" in told[0].text
    assert eventually(lambda: f"<@{winner}>" in request.shown)
    privately(slack, "UADA", messages.HUMAN_CLAIMED[:20])


def test_each_person_under_a_public_answer_can_ask_for_a_human_once(office: Bench, slack: SlackishServer) -> None:
    said = office.person("UADA").mentions("CTEAM", WHO)
    answer = answer_in(slack, "CTEAM", said.thread, words=HEADTEACHER)

    for user in ("UADA", "UBEN", "UBEN"):
        office.person(user).presses(answer, "ap_human")

    privately(slack, "UBEN", messages.HUMAN_ASKED_BEFORE[:30])
    assert eventually(lambda: len(slack.answers("CADVICE")) == 2)
    asked_by = {user for user in ("UADA", "UBEN") for m in slack.answers("CADVICE") if f"<@{user}>" in m.shown}
    assert asked_by == {"UADA", "UBEN"}


def test_button_that_cannot_do_its_work_says_so_and_nothing_about_answers(
    office: Bench, slack: SlackishServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = office.person("UADA").says(WHO)
    answer = answer_in(slack, said.channel, said.thread, words=HEADTEACHER)

    def fails(*_: Any) -> Any:
        raise StoreUnavailable("the drawer", why="it is stuck")

    monkeypatch.setattr(type(office.door.inbox), "find", fails)
    for action in ("ap_ask_as_parent", "ap_human"):
        office.person("UADA").presses(answer, action)

    assert eventually(lambda: sum("did not work" in m.shown for m in own(slack, "UADA")) >= 2)
    office.app.listener_runner.listener_executor.shutdown(wait=True)
    assert sum("did not work" in m.shown for m in own(slack, "UADA")) == 2, "each is told once"
    assert not any(messages.FAILED[:30] in m.shown for m in own(slack, "UADA"))


def test_asker_is_told_that_an_adviser_took_it_even_where_the_request_cannot_be_changed(
    office: Bench, slack: SlackishServer
) -> None:
    ada = office.person("UADA")
    said = ada.says(WHO)
    ada.presses(answer_in(slack, said.channel, said.thread, words=HEADTEACHER), "ap_human")
    [request] = eventually(lambda: slack.answers("CADVICE"))
    slack.fail("chat.update", "cant_update_message")

    office.person("UBEN").presses(request, "ap_human_claim")

    privately(slack, "UADA", messages.HUMAN_CLAIMED[:20])
    privately(slack, "UBEN", messages.HUMAN_NOT_SHOWN[:20])


def test_question_that_could_not_be_passed_on_can_be_passed_on_later(office: Bench, slack: SlackishServer) -> None:
    ada = office.person("UADA")
    said = ada.says(WHO)
    answer = answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
    slack.fail("chat.postMessage", "not_in_channel", times=1)
    ada.presses(answer, "ap_human")
    privately(slack, "UADA", messages.HUMAN_FAILED[:30])

    ada.presses(answer, "ap_human")

    assert eventually(lambda: slack.answers("CADVICE"))


# Before Slack hears of it -------------------------------------------------------------------------------------------


@pytest.fixture
def dying(office: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on the process dies, again and again, at the moment at which Slack has its acknowledgement."""

    def killed(*_: Any, **__: Any) -> None:
        """What was to be done after that is not done any more."""

    return lambda: monkeypatch.setattr(office.app.listener_runner.lazy_listener_runner, "start", killed)


def test_every_button_of_an_answer_does_its_work_even_if_the_process_dies_when_slack_has_heard(
    office: Bench, slack: SlackishServer, dying: Callable[[], None], tmp_path: Path
) -> None:
    ada, ben = office.person("UADA"), office.person("UBEN")
    ada.commands("/ap", WHO, channel="CTEAM")
    private = privately(slack, "UADA", HEADTEACHER)
    dying()

    ada.presses(private, "ap_feedback", "positive")
    assert len(rows(str(tmp_path / "kept.sqlite3"), "feedback")) == 1
    ada.presses(private, "ap_share")
    assert eventually(lambda: HEADTEACHER in str([m.shown for m in slack.answers("CTEAM")]))
    ada.presses(private, "ap_human")
    [request] = eventually(lambda: slack.answers("CADVICE"))
    privately(slack, "UADA", messages.HUMAN_ASKED[:30])
    ben.presses(request, "ap_human_claim")
    assert eventually(lambda: "Taken by <@UBEN>" in request.shown)
    ben.presses(request, "ap_human_done")
    assert eventually(lambda: "Done by <@UBEN>" in request.shown)
    privately(slack, "UADA", messages.HUMAN_DONE[:30])


def test_dates_are_sent_even_if_the_process_dies_when_slack_has_heard(
    office: Bench, slack: SlackishServer, dying: Callable[[], None]
) -> None:
    ada = office.person("UADA")
    said = ada.says(WHO)
    answer = answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
    [asked] = rows(office.place, "slack_jobs")
    dying()

    ada.forges(answer, {"action_id": "ap_calendar_file", "value": asked["id"]})

    assert eventually(lambda: [m for m in own(slack, "UADA") if messages.NO_DATES in m.shown])


def test_reasons_are_kept_even_if_the_process_dies_when_slack_has_heard(
    office: Bench, slack: SlackishServer, dying: Callable[[], None], tmp_path: Path
) -> None:
    ada = office.person("UADA")
    said = ada.says(WHO)
    ada.presses(answer_in(slack, said.channel, said.thread, words=HEADTEACHER), "ap_feedback", "negative")
    modal = eventually(lambda: slack.modal("UADA"))
    assert modal is not None
    dying()

    ada.submits(modal, {"ap_reason": "wrong", "ap_words": "It was different"})

    [kept] = rows(str(tmp_path / "kept.sqlite3"), "feedback")
    assert (kept["reason"], kept["words"]) == ("wrong", "It was different")
