"""The Slack app in bad times: slow answers, floods, two processes, dead ones, a full disk; in this process."""

import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.conversations import StoreUnavailable
from bots.slack.keeping.people import Person
from bots.slack.showing import messages
from tests.integration.slack_bench import ADVICE, HEADTEACHER, WHO, Bench, an_app, answer_in, is_idle, stores_at
from tests.integration.test_store import place, postgres, rows  # noqa: F401 - fixtures
from tests.slackish.server import TEAM, SlackishServer, eventually

# Reliability --------------------------------------------------------------------------------------------------------


def test_answer_does_not_wait_until_slack_takes_its_ornaments(office: Bench, slack: SlackishServer) -> None:
    slack.limit("agents.sessions.setStatus", retry_after=30)
    began = time.monotonic()

    said = office.person("UADA").says(WHO)

    answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
    assert time.monotonic() - began < 10


def test_every_event_is_acknowledged_in_time_with_answers_that_take_ten_seconds(
    slack: SlackishServer, tmp_path: Path
) -> None:
    with an_app(slack, str(tmp_path / "kept.sqlite3"), threads=2) as office:
        office.assistant.seconds = 10
        ada = office.person("UADA")
        deliveries = [ada.says(f"{WHO} {n}").delivery for n in range(5)]
        deliveries.append(ada.commands("/ap", WHO, channel="CTEAM"))
        assert all(delivery.in_time for delivery in deliveries)
        assert max(delivery.took for delivery in deliveries) < 2


def test_burst_delivered_twice_to_two_processes_is_answered_once_each_and_in_order(
    slack: SlackishServer,
    place: str,  # noqa: F811 - a fixture
) -> None:
    threads, questions = 10, 4
    with ExitStack() as stack:
        one, other = (stack.enter_context(an_app(slack, place)) for _ in range(2))
        ada, ada_elsewhere = one.person("UADA"), other.person("UADA")
        roots = [ada.writes("CTEAM", f"Case {n}") for n in range(threads)]

        def ask(number: int) -> list[Any]:
            said = []
            for n in range(questions):
                asker, repeater = (ada, ada_elsewhere) if n % 2 else (ada_elsewhere, ada)
                said.append(asker.mentions("CTEAM", f"{WHO} Part {n}", thread=roots[number].ts))
                assert repeater.again(said[-1]).acknowledged
            return said

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(ask, range(threads)))
        assert eventually(lambda: is_idle(one), within=60)

        asked = [*one.assistant.asked, *other.assistant.asked]
        assert Counter(asked) == {f"{WHO} Part {n}": threads for n in range(questions)}
        for root in roots:
            assert len(slack.answers("CTEAM", thread=root.ts)) == questions
        per_thread = [told for each in (one, other) for told in each.assistant.told]
        assert Counter(len(told["history"]) for told in per_thread) == {2 * n: threads for n in range(questions)}
    assert slack.refused == []


def test_process_that_dies_with_a_question_leaves_it_to_the_next(
    slack: SlackishServer,
    place: str,  # noqa: F811 - a fixture
) -> None:
    lease = timedelta(seconds=1)
    with an_app(slack, place, working=False) as dead:
        said = dead.person("UADA").says(WHO)
        assert dead.door.inbox.take("dead", now=dead.door.now(), lease=lease) is not None
    with an_app(slack, place, lease=lease) as alive:
        alive.person("UADA").again(said)
        answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
        assert eventually(lambda: is_idle(alive))
        assert len(slack.answers(said.channel)) == 1


def test_answer_under_way_while_the_machine_slept_is_not_given_twice(slack: SlackishServer, tmp_path: Path) -> None:
    slept = [timedelta()]
    with an_app(slack, str(tmp_path / "kept.sqlite3"), now=lambda: datetime.now(UTC) + slept[0]) as office:
        office.assistant.seconds = 2
        said = office.person("UADA").says(WHO)
        assert eventually(lambda: office.assistant.asked)
        slept[0] = timedelta(hours=8)
        answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
        assert eventually(lambda: is_idle(office))
        assert office.assistant.asked == [WHO]
        assert len(slack.answers(said.channel)) == 1


def test_long_answer_keeps_its_lease_while_its_process_lives(slack: SlackishServer, tmp_path: Path) -> None:
    file, lease = str(tmp_path / "kept.sqlite3"), timedelta(seconds=1)
    with an_app(slack, file, lease=lease) as one, an_app(slack, file, lease=lease) as other:
        one.assistant.seconds = other.assistant.seconds = 3
        said = one.person("UADA").says(WHO)
        answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
        assert len(one.assistant.asked) + len(other.assistant.asked) == 1


def test_question_that_cannot_be_kept_is_not_acknowledged_so_that_slack_sends_it_again(
    office: Bench, slack: SlackishServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> Any:
        raise StoreUnavailable("the drawer", why="it is stuck")

    with monkeypatch.context() as broken:
        broken.setattr(type(office.door.inbox), "put", fails)
        ada = office.person("UADA")
        said = ada.says("My son Thomas was suspended.")
        assert said.delivery.status == 500
        told = ada.commands("/ap", WHO, channel="CTEAM")
        assert told.acknowledged
        assert messages.FAILED[:30] in str(told.body)
    assert "Thomas" not in caplog.text

    ada.again(said)
    assert eventually(lambda: slack.answers(said.channel))


def test_nothing_that_was_written_is_logged(
    slack: SlackishServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with an_app(slack, str(tmp_path / "kept.sqlite3")) as office:
        slack.fail("chat.startStream", "channel_type_not_supported", times=1)
        slack.fail("chat.postMessage", "internal_error", status=500, times=1)
        said = office.person("UADA").says("Who can suspend Thomasina Featherstone?")
        office.person("UADA").forges(said.message, {"action_id": "made_up", "value": "Featherstone"})
        assert eventually(lambda: slack.answers(said.channel), within=15)
        assert eventually(lambda: is_idle(office))

    assert "Featherstone" not in caplog.text
    assert slack.bot_token not in caplog.text


def test_person_who_deletes_their_data_has_nothing_left_in_any_table(slack: SlackishServer, tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite3"
    with an_app(slack, str(file), defaults=ADVICE) as office:
        ada = office.person("UADA")
        said = ada.says(f"{WHO} xylophone")
        ada.presses(answer_in(slack, said.channel, said.thread, words=HEADTEACHER), "ap_human")
        assert eventually(lambda: slack.answers("CADVICE"))
        assert eventually(lambda: is_idle(office))

        for conversation in office.door.inbox.forget(team=TEAM, user="UADA"):
            office.door.conversations.delete(conversation)
        office.door.people.forget(Person(team=TEAM, user="UADA"))

        files = list(tmp_path.glob("kept.sqlite3*"))
        assert files
        assert not any(b"xylophone" in each.read_bytes() for each in files)
        engine, *_ = stores_at(str(file))
        engine.dispose()
