"""Questions from Slack wait in a database: each is taken once, in its turn, and none is lost with the process."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.conversations import StoreUnavailable
from assistant.model import Audience
from bots.slack.keeping.handover import Handover, HandoverState
from bots.slack.keeping.handover_store import SqlHandovers
from bots.slack.keeping.inbox import Job, JobGone, JobKind, JobState
from bots.slack.keeping.inbox_store import SqlInbox
from tests.integration.slack_bench import engine_of
from tests.integration.test_store import place, postgres, rows  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LEASE = timedelta(seconds=20)
LATER = NOW + LEASE + timedelta(seconds=1)


def a_job(name: str = "1700000000.000100", *, thread: str = "1700000000.000100", **changes: Any) -> Job:
    """A direct message of Ada's, asked at the moment that `name` is."""
    plain = Job(
        id=f"T1:D1:{name}",
        lane=f"T1:D1:{thread}",
        kind=JobKind.DIRECT,
        team="T1",
        user="UADA",
        channel="D1",
        thread_ts=thread,
        text="Who can suspend a pupil?",
        received=NOW,
        asked_ts=name,
    )
    return replace(plain, **changes)


def second(n: int) -> str:
    return f"17000000{n:02}.000100"


@pytest.fixture
def engine(place: str) -> Iterator[sa.Engine]:  # noqa: F811 - a fixture
    opened = engine_of(place)
    yield opened
    opened.dispose()


@pytest.fixture
def inbox(engine: sa.Engine) -> SqlInbox:
    return SqlInbox(engine, erase_traces=lambda: None, where="the test's drawer")


def take(inbox: SqlInbox, worker: str = "w1", *, now: datetime = NOW) -> Job | None:
    return inbox.take(worker, now=now, lease=LEASE)


# Once ---------------------------------------------------------------------------------------------------------------


def test_question_is_kept_with_everything_that_answering_it_needs(inbox: SqlInbox) -> None:
    asked = a_job(
        enterprise="E1",
        audience=Audience.SCHOOL,
        as_at=date(2024, 9, 1),
        response_url="https://hooks.slack.com/commands/1",
        public=True,
        again_of="another",
        also=("academy", "ehc-plan"),
        has_files=True,
    )

    assert inbox.put(asked)

    assert inbox.find(asked.id) == asked
    assert take(inbox) == replace(asked, state=JobState.TAKEN, attempts=1)


def test_question_that_slack_sends_twice_is_kept_once(inbox: SqlInbox) -> None:
    assert [inbox.put(a_job()), inbox.put(a_job(text="sent again"))] == [True, False]

    taken = take(inbox)
    assert taken is not None
    assert taken.text == "Who can suspend a pupil?"
    assert take(inbox, "w2") is None

    inbox.finish(taken.id, "w1", JobState.DONE)
    assert not inbox.put(a_job()), "not even when it was answered long ago"
    assert take(inbox, now=LATER) is None


def test_of_many_deliveries_at_once_one_is_new(inbox: SqlInbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(lambda n: inbox.put(a_job(second(n % 5))), range(40)))

    assert sum(new) == 5


def test_of_many_workers_at_once_each_question_has_one(inbox: SqlInbox) -> None:
    for n in range(30):
        inbox.put(a_job(second(n), thread=second(n)))

    with ThreadPoolExecutor(8) as pool:
        taken = [job for job in pool.map(lambda n: take(inbox, f"w{n}"), range(40)) if job]

    assert len(taken) == 30
    assert len({job.id for job in taken}) == 30


# In order -----------------------------------------------------------------------------------------------------------


def test_questions_of_a_thread_are_taken_in_the_order_they_were_asked_however_they_arrive(inbox: SqlInbox) -> None:
    for n in (3, 1, 2):
        inbox.put(a_job(second(n)))

    order = []
    while job := take(inbox):
        assert take(inbox, "w2") is None, "the next one waits until this one is over"
        order.append(job.asked_ts)
        inbox.finish(job.id, "w1", JobState.DONE)

    assert order == [second(1), second(2), second(3)]


def test_threads_do_not_wait_for_each_other(inbox: SqlInbox) -> None:
    inbox.put(a_job(second(1), thread="one"))
    inbox.put(a_job(second(2), thread="one"))
    inbox.put(a_job(second(3), thread="other"))

    taken = [take(inbox, "w1"), take(inbox, "w2"), take(inbox, "w3")]

    assert [job.asked_ts if job else None for job in taken] == [second(1), second(3), None]


# After a crash ------------------------------------------------------------------------------------------------------


def test_question_whose_worker_died_is_taken_up_when_its_lease_is_over(inbox: SqlInbox) -> None:
    inbox.put(a_job())
    take(inbox, "dead")

    assert take(inbox, "alive", now=NOW + LEASE / 2) is None
    taken = take(inbox, "alive", now=LATER)

    assert taken is not None
    assert (taken.state, taken.attempts) == (JobState.TAKEN, 2)


def test_worker_that_lives_keeps_its_question(inbox: SqlInbox) -> None:
    inbox.put(a_job())
    take(inbox, "slow")

    inbox.hold("slow", until=LATER + LEASE)

    assert take(inbox, "other", now=LATER) is None


def test_worker_whose_question_was_taken_over_may_send_nothing(inbox: SqlInbox) -> None:
    inbox.put(a_job())
    taken = take(inbox, "slow")
    assert taken is not None
    take(inbox, "other", now=LATER)

    for forbidden in (
        lambda: inbox.delivering(replace(taken, answer="{}"), "slow"),
        lambda: inbox.sending(taken.id, "slow", part=1),
        lambda: inbox.finish(taken.id, "slow", JobState.DONE),
        lambda: inbox.leave(taken.id, "slow", until=LATER),
    ):
        with pytest.raises(JobGone):
            forbidden()


def test_how_far_an_answer_came_is_known_to_whoever_takes_it_up(inbox: SqlInbox) -> None:
    inbox.put(a_job())
    taken = take(inbox)
    assert taken is not None
    inbox.delivering(replace(taken, answer='{"text": "So."}', conversation_id="c1", turns_before=2), "w1")
    inbox.sending(taken.id, "w1", part=1)
    inbox.posted(taken.id, "w1", ts="1700000009.000900", streamed=True)
    inbox.sent(taken.id, "w1", part=1)
    inbox.sending(taken.id, "w1", part=2)

    left = take(inbox, "w2", now=LATER)

    assert left is not None
    assert (left.state, left.answer, left.conversation_id) == (JobState.DELIVERING, '{"text": "So."}', "c1")
    assert (left.posted_ts, left.streamed, left.parts_begun, left.parts_done) == ("1700000009.000900", True, 2, 1)
    assert left.turns_before == 2


def test_question_that_is_left_for_a_while_rests_until_then_and_holds_its_thread(inbox: SqlInbox) -> None:
    inbox.put(a_job(second(1)))
    inbox.put(a_job(second(2)))
    taken = take(inbox)
    assert taken is not None

    inbox.leave(taken.id, "w1", until=NOW + timedelta(seconds=5))

    assert take(inbox, now=NOW + timedelta(seconds=4)) is None
    again = take(inbox, now=NOW + timedelta(seconds=6))
    assert again is not None
    assert again.id == taken.id


# Stopping -----------------------------------------------------------------------------------------------------------


def test_stop_is_known_to_who_is_at_work_and_to_who_takes_what_waits(inbox: SqlInbox) -> None:
    for n in (1, 2):
        inbox.put(a_job(second(n), response_url="https://hooks.slack.com/commands/1"))
    taken = take(inbox)
    assert taken is not None

    assert inbox.stop(taken.lane, user="UBEN") == 0
    assert not inbox.is_stopped(taken.id)
    assert inbox.stop(taken.lane, user="UADA") == 2

    assert inbox.is_stopped(taken.id)
    inbox.finish(taken.id, "w1", JobState.STOPPED)
    waiting = take(inbox)
    assert waiting is not None
    assert waiting.stop_asked
    assert inbox.stop("T1:D1:another", user="UADA") == 0


# Deletion -----------------------------------------------------------------------------------------------------------


def test_person_who_asks_for_deletion_leaves_no_word_and_is_not_answered_again(
    inbox: SqlInbox,
    engine: sa.Engine,
    place: str,  # noqa: F811 - a fixture
) -> None:
    inbox.put(a_job(second(1)))
    inbox.put(a_job(second(2), user="UBEN", thread="bens"))
    taken = take(inbox)
    assert taken is not None
    inbox.delivering(replace(taken, answer="{}", conversation_id="c1"), "w1")
    inbox.remember_conversation(taken.lane, "c1", team="T1", user="UADA", now=NOW)
    SqlHandovers(engine, where="").open(a_handover(asked_by="UADA"))

    assert inbox.forget(team="T1", user="UADA") == ("c1",)

    left = inbox.find(taken.id)
    assert left is not None
    assert (left.text, left.answer, left.user, left.conversation_id) == ("", None, "", None)
    assert inbox.is_stopped(taken.id)
    assert inbox.conversation_of(taken.lane) is None
    assert rows(place, "slack_handovers") == []
    assert not inbox.put(a_job(second(1))), "Slack may send it again, and it must not be answered again"
    with pytest.raises(JobGone):
        inbox.delivering(replace(taken, answer="{}"), "w1")
    bens = inbox.find(a_job(second(2)).id)
    assert bens is not None
    assert bens.text


def test_words_of_a_person_who_asks_for_deletion_go_from_what_others_made_of_them(
    inbox: SqlInbox,
    place: str,  # noqa: F811 - a fixture
    engine: sa.Engine,
) -> None:
    asked = a_job(second(1), text="xylophone")
    bens = a_job(second(2), text="xylophone", user="UBEN", thread="bens", again_of=asked.id)
    bens_again = a_job(second(3), text="xylophone", user="UBEN", thread="bens", again_of=bens.id)
    for each in (asked, bens, bens_again, a_job(second(4), user="UBEN", thread="bens own")):
        inbox.put(each)
    SqlHandovers(engine, where="").open(a_handover(job_id=asked.id, asked_by="UBEN", question="xylophone"))
    SqlHandovers(engine, where="").open(a_handover(id="h2", job_id=bens.id, asked_by="UBEN", question="xylophone"))

    inbox.forget(team="T1", user="UADA")

    assert "xylophone" not in str(rows(place, "slack_jobs") + rows(place, "slack_handovers"))
    own = inbox.find(a_job(second(4)).id)
    assert own is not None
    assert own.text


def test_workspace_that_removes_the_app_leaves_nothing(
    inbox: SqlInbox,
    place: str,  # noqa: F811 - a fixture
) -> None:
    inbox.put(a_job())
    inbox.put(a_job(second(3), team="T2"))
    inbox.remember_conversation("T1:D1:1", "c1", team="T1", user="UADA", now=NOW)

    assert inbox.forget_team("T1") == ("c1",)

    assert [row["team"] for row in rows(place, "slack_jobs")] == ["T2"]
    assert rows(place, "slack_threads") == []


def test_what_is_old_is_deleted_even_when_nobody_answered_it_and_what_is_in_hand_is_not(inbox: SqlInbox) -> None:
    inbox.put(a_job(second(1)))
    inbox.put(a_job(second(2), thread="other"))
    inbox.put(a_job(second(3), thread="third"))
    done, in_hand = take(inbox), take(inbox)
    assert done is not None
    assert in_hand is not None
    inbox.finish(done.id, "w1", JobState.DONE)

    assert inbox.purge(before=NOW - timedelta(seconds=1)) == 0
    assert inbox.purge(before=NOW + timedelta(hours=1)) == 2

    assert inbox.find(done.id) is None
    assert inbox.find(in_hand.id) is not None
    assert take(inbox) is None


def test_database_that_fails_is_said_in_plain_words(tmp_path: Path) -> None:
    empty = sa.create_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(StoreUnavailable, match="the test's drawer: no such table"):
        SqlInbox(empty, erase_traces=lambda: None, where="the test's drawer").put(a_job())
    empty.dispose()


# Two processes ------------------------------------------------------------------------------------------------------


def _take_all(place: str, worker: str) -> list[str]:  # noqa: F811 - not the fixture
    engine = engine_of(place)
    mine = SqlInbox(engine, erase_traces=lambda: None, where=place)
    taken = []
    while job := mine.take(worker, now=NOW, lease=LEASE):
        taken.append(job.id)
        mine.finish(job.id, worker, JobState.DONE)
    engine.dispose()
    return taken


def test_two_processes_share_the_questions_and_answer_none_twice(
    inbox: SqlInbox,
    place: str,  # noqa: F811 - a fixture
) -> None:
    for n in range(40):
        inbox.put(a_job(second(n), thread=f"thread {n % 20}"))

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        one, other = pool.starmap(_take_all, [(place, "one"), (place, "other")])

    assert len({*one, *other}) == len(one) + len(other) == 40


# Handovers ----------------------------------------------------------------------------------------------------------


def a_handover(**changes: Any) -> Handover:
    plain = Handover(
        id="h1", job_id="j1", team="T1", asked_by="UADA", advice_channel="C1", question="Q?", answer="{}", at=NOW
    )
    return replace(plain, **changes)


def test_question_is_passed_on_once_and_again_only_after_it_was_withdrawn(engine: sa.Engine) -> None:
    handovers = SqlHandovers(engine, where="")

    assert handovers.open(a_handover())
    handovers.posted("h1", ts="1.1")
    assert not handovers.open(a_handover(asked_by="UBEN"))
    handovers.withdraw("h1")
    assert handovers.open(a_handover())


def test_question_whose_passing_on_died_with_its_process_can_be_passed_on_again(engine: sa.Engine) -> None:
    handovers = SqlHandovers(engine, where="")
    handovers.open(a_handover())

    assert handovers.open(a_handover(asked_by="UBEN"))

    found = handovers.find("h1")
    assert found is not None
    assert found.asked_by == "UBEN"


def test_of_two_advisers_who_claim_at_once_one_wins_and_both_learn_who(engine: sa.Engine) -> None:
    handovers = SqlHandovers(engine, where="")
    handovers.open(a_handover())
    handovers.posted("h1", ts="1.1")

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda n: handovers.claim("h1", by=f"U{n}"), range(6)))

    winners = [n for n, (won, _) in enumerate(outcomes) if won]
    assert len(winners) == 1
    assert {told.taken_by for _, told in outcomes if told} == {f"U{winners[0]}"}
    assert {told.message_ts for _, told in outcomes if told} == {"1.1"}


def test_only_who_claimed_a_question_marks_it_as_done(engine: sa.Engine) -> None:
    handovers = SqlHandovers(engine, where="")
    handovers.open(a_handover())
    handovers.claim("h1", by="UBEN")

    lost, told = handovers.settle("h1", by="UCLEO")
    assert not lost
    assert told is not None
    assert (told.state, told.taken_by) == (HandoverState.CLAIMED, "UBEN")
    won, told = handovers.settle("h1", by="UBEN")
    assert won
    assert told is not None
    assert told.state is HandoverState.DONE
    assert handovers.claim("unknown", by="UBEN") == (False, None)
