"""Conversations in a database: kept masked, shared for a time, and gone for good when they are deleted."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.adapters.database import DatabaseStore
from assistant.adapters.engines import open_file, upgrade
from assistant.conversations import (
    ConversationGone,
    Feedback,
    FeedbackReason,
    KeptTurn,
    SharedAnswerExpired,
    SharedAnswerUnknown,
    StoreUnavailable,
)
from assistant.model import Audience
from tests.integration.databases import KEEP, SHARE, in_file, on_server, postgres_programs, store_at, throw_away_cluster
from tests.integration.workbench import PROJECT

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_turn(asked: str = "Can they send him home?", *, at: datetime = NOW, **answer: object) -> KeptTurn:
    said = json.dumps(answer or {"text": "Only the headteacher can suspend. [1]"})
    return KeptTurn(asked=asked, audience=Audience.PARENT, as_at=date(2026, 11, 21), answer=said, at=at)


def some_feedback(**changes: object) -> Feedback:
    plain = Feedback(
        helpful=False,
        reason=FeedbackReason.WRONG,
        words="It is not so.",
        corpus_version="c0ffee",
        passage_ids=("exc-001", "exc-002"),
        at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


# The stores ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL database that tests may empty."""
    given = os.environ.get("TEST_POSTGRES_URL")
    programs = postgres_programs()
    if given:
        yield given
    elif programs:
        with throw_away_cluster(programs) as url:
            yield url
    else:
        reason = "no PostgreSQL here: set TEST_POSTGRES_URL, or install the package postgresql (make programs)"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nothing is kept yet: the path of a file, or the address of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "conversations.sqlite3")
    url: str = request.getfixturevalue("postgres")
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture
def store(place: str) -> Iterator[DatabaseStore]:
    with closing(store_at(place)) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite3"


@pytest.fixture
def filed(file: Path) -> Iterator[DatabaseStore]:
    with closing(in_file(file)) as opened:
        yield opened


def rows(place: str, table: str) -> list[dict[str, object]]:
    """Everything in a table, read past the store."""
    engine = sa.create_engine(
        place.replace("postgresql:", "postgresql+psycopg:") if "://" in place else f"sqlite:///{place}"
    )
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()]  # noqa: S608
    engine.dispose()
    return found


def bytes_of(file: Path) -> bytes:
    """Everything in the files of a SQLite database: the database itself and its write-ahead log."""
    return b"".join(each.read_bytes() for each in sorted(file.parent.glob(f"{file.name}*")))


# Keeping ------------------------------------------------------------------------------------------------------------


def test_parent_who_comes_back_finds_the_conversation_as_it_was(store: DatabaseStore) -> None:
    conversation = store.start(Audience.PARENT, now=NOW)
    first, second = a_turn(), a_turn("What if it is an academy?", at=NOW + SECOND, text="The same. [1]")
    store.add(conversation, first)
    store.add(conversation, second)

    found = store.read(conversation, now=NOW + SECOND)

    assert found.turns == (first, second)
    assert (found.id, found.audience, found.started, found.expires) == (
        conversation,
        Audience.PARENT,
        NOW,
        NOW + KEEP,
    )


def test_ids_cannot_be_guessed_from_one_another(store: DatabaseStore) -> None:
    ids = [store.start(Audience.PARENT, now=NOW) for _ in range(20)]
    ids += [store.share(a_turn()) for _ in range(20)]

    assert len({each[:12] for each in ids}) == len({each[-12:] for each in ids}) == 40
    assert all(len(each) * 6 >= 128 for each in ids)  # six bits a character


def test_only_masked_text_is_ever_written(store: DatabaseStore, place: str) -> None:
    conversation = store.start(Audience.PARENT, now=NOW)
    turn = a_turn("Secretson was sent home.", notices=["We read Secretson."], situation={"postcode": "Secret1"})
    store.add(conversation, turn)
    store.share(turn, conversation_id=conversation)
    store.keep_feedback(some_feedback(words="Secretson says thank you."))

    written = str([rows(place, table) for table in ("conversations", "turns", "shared_answers", "feedback")])
    assert "Secret" not in written
    assert "[name] was sent home." in written
    assert "[name] says thank you." in written


@pytest.mark.parametrize("unknown", ["", "x", "nobody-knows-this-conversation", "a\x00b" * 8, "%' OR 1=1 --" * 2])
def test_unknown_ids_lead_nowhere(store: DatabaseStore, unknown: str) -> None:
    with pytest.raises(ConversationGone):
        store.read(unknown, now=NOW)
    with pytest.raises(ConversationGone):
        store.add(unknown, a_turn())
    with pytest.raises(SharedAnswerUnknown):
        store.shared(unknown, now=NOW)
    assert not store.delete(unknown)
    assert store.share(a_turn(), conversation_id=unknown)
    store.keep_feedback(some_feedback(conversation_id=unknown))


def test_text_that_no_database_holds_is_kept_without_what_is_no_text(store: DatabaseStore) -> None:
    conversation = store.start(Audience.SCHOOL, now=NOW)
    store.add(conversation, a_turn("nul \x00 and half \ud800 a letter, 😀 and an é"))

    assert store.read(conversation, now=NOW).turns[0].asked == "nul  and half  a letter, 😀 and an é"


# Deleting and expiry ------------------------------------------------------------------------------------------------


def test_deleting_a_conversation_takes_its_links_and_what_was_said_of_it_along(
    store: DatabaseStore, place: str
) -> None:
    gone, stays = (store.start(Audience.PARENT, now=NOW) for _ in range(2))
    links = {}
    for each in (gone, stays):
        store.add(each, a_turn())
        links[each] = store.share(a_turn(), conversation_id=each)
        store.keep_feedback(some_feedback(conversation_id=each))

    assert store.delete(gone)

    with pytest.raises(ConversationGone):
        store.read(gone, now=NOW)
    with pytest.raises(SharedAnswerUnknown):
        store.shared(links[gone], now=NOW)
    with pytest.raises(ConversationGone):
        store.add(gone, a_turn())
    assert store.read(stays, now=NOW).turns == (a_turn(),)
    assert store.shared(links[stays], now=NOW).turn == a_turn()
    assert len(rows(place, "turns")) == len(rows(place, "feedback")) == 1
    assert not store.delete(gone)


def test_one_link_can_be_taken_back_alone(store: DatabaseStore) -> None:
    conversation = store.start(Audience.PARENT, now=NOW)
    link = store.share(a_turn(), conversation_id=conversation)

    assert store.delete(link)

    with pytest.raises(SharedAnswerUnknown):
        store.shared(link, now=NOW)
    assert store.read(conversation, now=NOW)


def test_conversation_ends_at_its_hour_even_before_it_is_purged(store: DatabaseStore) -> None:
    conversation = store.start(Audience.PARENT, now=NOW)
    store.add(conversation, a_turn())

    assert store.read(conversation, now=NOW + KEEP - SECOND).turns
    with pytest.raises(ConversationGone):
        store.read(conversation, now=NOW + KEEP)
    with pytest.raises(ConversationGone):
        store.add(conversation, a_turn(at=NOW + KEEP))


def test_purge_deletes_what_is_over_and_nothing_else(store: DatabaseStore, place: str) -> None:
    old = store.start(Audience.PARENT, now=NOW)
    store.add(old, a_turn())
    link = store.share(a_turn(), conversation_id=old)
    store.keep_feedback(some_feedback(conversation_id=old))
    new = store.start(Audience.PARENT, now=NOW + timedelta(hours=1))

    assert store.delete_expired(NOW + KEEP - SECOND) == 0
    assert store.delete_expired(NOW + KEEP) == 1

    assert store.read(new, now=NOW + KEEP)
    assert rows(place, "turns") == []
    assert store.shared(link, now=NOW + KEEP).turn == a_turn(), "a link outlives its conversation"
    assert store.delete(old), "whoever has the conversation's id can still take back what came of it"
    with pytest.raises(SharedAnswerUnknown):
        store.shared(link, now=NOW + KEEP)
    assert rows(place, "feedback") == []
    store.share(a_turn())
    assert store.delete_expired(NOW + SHARE) == 2
    assert rows(place, "shared_answers") == []


def test_link_says_that_it_has_come_to_its_end_until_it_is_purged(store: DatabaseStore) -> None:
    link = store.share(a_turn())

    assert store.shared(link, now=NOW + SHARE - SECOND).expires == NOW + SHARE
    with pytest.raises(SharedAnswerExpired, match="Ask the person who sent it"):
        store.shared(link, now=NOW + SHARE)
    store.delete_expired(NOW + SHARE)
    with pytest.raises(SharedAnswerUnknown):
        store.shared(link, now=NOW + SHARE)


def test_feedback_is_kept_with_the_passages_it_is_about_and_for_a_year(store: DatabaseStore, place: str) -> None:
    store.keep_feedback(some_feedback())

    (row,) = rows(place, "feedback")
    assert (row["helpful"], row["reason"], row["words"], row["corpus_version"]) == (
        False,
        "wrong",
        "It is not so.",
        "c0ffee",
    )
    assert json.loads(str(row["passage_ids"])) == ["exc-001", "exc-002"]
    store.delete_expired(NOW + timedelta(days=364))
    assert rows(place, "feedback")
    store.delete_expired(NOW + timedelta(days=365))
    assert not rows(place, "feedback")


def test_deleted_words_leave_the_files_themselves(file: Path, filed: DatabaseStore) -> None:
    deleted: list[str] = []
    stays: list[str] = []
    for n in range(60):
        words = f"Zebra{n:04}"
        conversation = filed.start(Audience.PARENT, now=NOW)
        for length in (1, 3, 40 + n, 700):
            filed.add(conversation, a_turn(f"{words} " * length, text=f"{words} " * (length // 2)))
        link = filed.share(a_turn(f"{words} shared"), conversation_id=conversation)
        filed.keep_feedback(some_feedback(words=f"{words} feedback", conversation_id=conversation))
        if n % 3:
            stays.append(words)
        else:
            deleted += [words, conversation, link]
    assert all(words.encode() in bytes_of(file) for words in deleted)

    for conversation in deleted[1::3]:
        filed.delete(conversation)

    left = bytes_of(file)
    assert [words for words in deleted if words.encode() in left] == []
    assert all(words.encode() in left for words in stays)


def test_expired_words_leave_the_files_themselves(file: Path, filed: DatabaseStore) -> None:
    filed.add(filed.start(Audience.PARENT, now=NOW), a_turn("Zebra was sent home."))
    filed.share(a_turn("Zebra was sent home."))
    assert b"Zebra" in bytes_of(file)

    filed.delete_expired(NOW + SHARE)

    assert b"Zebra" not in bytes_of(file)


def test_words_still_read_elsewhere_leave_the_files_with_the_next_purge(
    file: Path, filed: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.adapters.engines._PATIENCE", 0.1)
    conversation = filed.start(Audience.PARENT, now=NOW)
    filed.add(conversation, a_turn("Zebra was sent home."))
    reader = sa.create_engine(f"sqlite:///{file}").connect()
    reader.exec_driver_sql("BEGIN")
    reader.exec_driver_sql("SELECT * FROM turns").fetchall()

    assert filed.delete(conversation)

    reader.close()
    reader.engine.dispose()
    filed.delete_expired(NOW)
    assert b"Zebra" not in bytes_of(file)


def test_only_the_owner_of_the_service_can_read_the_file(file: Path, filed: DatabaseStore) -> None:
    filed.start(Audience.PARENT, now=NOW)

    assert {each.stat().st_mode & 0o077 for each in file.parent.glob(f"{file.name}*")} == {0}


# Several processes, and sudden ends ---------------------------------------------------------------------------------

WRITER = """
import sys
from tests.integration.databases import store_at
from tests.integration.test_store import NOW, a_turn
from assistant.model import Audience
store = store_at(sys.argv[1])
conversation = store.start(Audience.PARENT, now=NOW)
print(conversation, flush=True)
for n in range(int(sys.argv[2])):
    store.add(conversation, a_turn(f"question {n}"))
    print(n, flush=True)
"""


@contextmanager
def writer(place: str, turns: int) -> Iterator["subprocess.Popen[str]"]:
    """A program that keeps so many turns, saying its conversation first and then each turn that it has kept."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, place, str(turns)], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_processes_that_start_and_write_at_once_lose_nothing(place: str) -> None:
    with writer(place, 60) as one, writer(place, 60) as other:
        conversations = [said(one), said(other)]
        assert [process.wait(timeout=60) for process in (one, other)] == [0, 0]

    with closing(store_at(place)) as store:
        for conversation in conversations:
            turns = store.read(conversation, now=NOW).turns
            assert [turn.asked for turn in turns] == [f"question {n}" for n in range(60)]


def test_process_killed_while_it_writes_leaves_everything_it_had_kept(place: str) -> None:
    for _ in range(3):
        with writer(place, 100_000) as process:
            conversation = said(process)
            for _ in range(20):
                last = said(process)
            process.kill()

        with closing(store_at(place)) as store:
            turns = store.read(conversation, now=NOW).turns
            assert [turn.asked for turn in turns] == [f"question {n}" for n in range(len(turns))]
            assert len(turns) > int(last)
            store.add(conversation, a_turn())


# Migrations ---------------------------------------------------------------------------------------------------------


def test_conversations_of_an_older_version_are_there_after_the_upgrade(file: Path) -> None:
    engine = open_file(file)
    upgrade(engine, to="0001")
    moment = int(NOW.timestamp())
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO conversations VALUES ('an-older-conversation', 'parent', {moment}, {moment + 3600})"  # noqa: S608
        )
        connection.exec_driver_sql(
            "INSERT INTO turns (conversation_id, asked, audience, as_at, answer, at) VALUES "  # noqa: S608
            f"('an-older-conversation', 'An old question', 'parent', '2026-11-21', '{{}}', {moment})"
        )
    engine.dispose()

    with closing(in_file(file)) as store:
        assert [turn.asked for turn in store.read("an-older-conversation", now=NOW).turns] == ["An old question"]
        assert store.shared(store.share(a_turn(), conversation_id="an-older-conversation"), now=NOW)
    assert [row["version_num"] for row in rows(str(file), "alembic_version")] == ["0004"]


def test_upgrade_that_fails_half_way_changes_nothing(file: Path) -> None:
    engine = open_file(file)
    upgrade(engine, to="0001")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE feedback (in_the_way INTEGER)")
    engine.dispose()

    with pytest.raises(StoreUnavailable, match="feedback"), closing(in_file(file)) as store:
        store.open()

    assert [row["version_num"] for row in rows(str(file), "alembic_version")] == ["0001"]
    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        rows(str(file), "shared_answers")


def test_file_of_a_newer_program_is_left_alone(file: Path, filed: DatabaseStore) -> None:
    filed.open()
    filed.close()
    engine = open_file(file)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    with pytest.raises(StoreUnavailable, match="made by a newer version of this program"):
        filed.start(Audience.PARENT, now=NOW)


def test_tables_of_the_program_are_those_that_the_migrations_make(store: DatabaseStore, place: str) -> None:
    store.open()
    from assistant.adapters.tables import CONVERSATIONS, FEEDBACK, SHARED, TURNS  # noqa: PLC0415

    assert store._engine is not None
    found = sa.inspect(store._engine)
    for table in (CONVERSATIONS, TURNS, SHARED, FEEDBACK):
        assert {each["name"] for each in found.get_columns(table.name)} == set(table.columns.keys())


# Disks and servers that fail ----------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk with such options."""
    mounted: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
        )
        if made.returncode != 0:
            pytest.skip(f"this machine does not let tests mount a small disk: {made.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill_up(store: DatabaseStore, conversation: str) -> str:
    """What the store says when nothing more fits into it."""
    for _ in range(100):
        try:
            store.add(conversation, a_turn("a long story " * 2000))
        except StoreUnavailable as error:
            return str(error)
    return "it never was full"


def test_full_disk_is_told_plainly_and_what_was_kept_can_still_be_read(disk: Callable[[str], Path]) -> None:
    folder = disk("size=1m")
    with closing(in_file(folder / "conversations.sqlite3")) as store:
        conversation = store.start(Audience.PARENT, now=NOW)
        store.add(conversation, a_turn())
        told = fill_up(store, conversation)
        assert re.search(r"full.*Answers are given all the same.*Free some space", told)

        assert store.read(conversation, now=NOW).turns[0] == a_turn()
        subprocess.run(["mount", "-o", "remount,size=8m", folder], check=True)
        store.add(conversation, a_turn("There is room again."))


def test_read_only_disk_is_told_plainly(disk: Callable[[str], Path]) -> None:
    folder = disk("size=4m")
    with closing(in_file(folder / "conversations.sqlite3")) as store:
        store.start(Audience.PARENT, now=NOW)
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)

    read_only = in_file(folder / "conversations.sqlite3")
    with closing(read_only), pytest.raises(StoreUnavailable, match=r"(?i)read-?only.*APNAV_DATA_DIR"):
        read_only.start(Audience.PARENT, now=NOW)


def test_store_is_used_again_as_soon_as_its_place_is_mended(tmp_path: Path) -> None:
    blocked = tmp_path / "data"
    blocked.write_text("a file where the folder should be")
    with closing(in_file(blocked / "conversations.sqlite3")) as store:
        with pytest.raises(StoreUnavailable):
            store.start(Audience.PARENT, now=NOW)
        blocked.unlink()

        assert store.start(Audience.PARENT, now=NOW)


def test_file_that_is_no_database_is_told_plainly_and_left_alone(file: Path, filed: DatabaseStore) -> None:
    file.write_bytes(b"This is somebody's diary, not a database. " * 100)

    with pytest.raises(StoreUnavailable, match="not a database"):
        filed.start(Audience.PARENT, now=NOW)

    assert file.read_bytes().startswith(b"This is somebody's diary")


def test_server_that_is_away_is_told_soon_and_without_its_password() -> None:
    began = time.monotonic()
    away = on_server("postgresql://apnav:hunter2@127.0.0.1:1/apnav")
    with closing(away), pytest.raises(StoreUnavailable) as caught:
        away.start(Audience.PARENT, now=NOW)

    assert time.monotonic() - began < 10
    assert "hunter2" not in str(caught.value)


def test_errors_never_quote_what_was_asked(file: Path, filed: DatabaseStore) -> None:
    conversation = filed.start(Audience.PARENT, now=NOW)
    filed.close()
    engine = open_file(file)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE turns RENAME COLUMN asked TO question")
    engine.dispose()

    with pytest.raises(StoreUnavailable) as caught:
        filed.add(conversation, a_turn("Zebra was sent home."))

    error: BaseException | None = caught.value
    while error is not None:
        assert "Zebra" not in str(error)
        error = error.__cause__
