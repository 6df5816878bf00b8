"""What people type, paste and mistype, and indexes that are not as they should be: each is told what to do."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.programs import Apnav, Outcome, Response, Site

PLAIN = "When must the governors meet after a permanent exclusion?"


def assert_told(outcome: Outcome, *, status: int, words: str) -> None:
    """The command ended with `status`, said nothing else than what to do, and no program's innards."""
    assert outcome.status == status, outcome.complained
    assert words in outcome.complained
    assert outcome.complained.startswith("apnav: ")
    assert outcome.said == ""
    assert "Traceback" not in outcome.complained


def error_of(response: Response, *, status: int) -> Any:
    """The error in the one shape that all have."""
    assert response.status == status, response.text
    assert set(response.json) == {"error"}
    assert {"code", "message"} <= set(response.json["error"])
    return response.json["error"]


# Questions that cannot be answered ----------------------------------------------------------------------------------

REFUSED = [
    pytest.param("", "empty_question", "Please write, in a few words, what has happened", id="empty"),
    pytest.param(" \n\t ", "empty_question", "Please write, in a few words", id="only-spaces"),
    pytest.param("😀🎉🔥", "empty_question", "Please write, in a few words", id="only-emoji"),
    pytest.param("My son? " * 1250, "question_too_long", "Please send the main question", id="10000-characters"),
    pytest.param(
        "Mój syn został dziś zawieszony w szkole i nie wiem co mam zrobić", "not_english", "in English", id="polish"
    ),
    pytest.param("تم استبعاد ابني من المدرسة اليوم ولا أعرف ماذا أفعل", "not_english", "in English", id="arabic"),
    pytest.param("میرے بیٹے کو آج سکول سے نکال دیا گیا ہے، میں کیا کروں؟", "not_english", "in English", id="urdu"),
    pytest.param("A mi hijo lo han expulsado hoy del colegio y no sé qué hacer", "not_english", "in English", id="es"),
    pytest.param(
        "Wiilkayga ayaa maanta iskuulka laga eryay mana garanayo waxaan sameeyo",
        "not_english",
        "in English",
        id="somali",
    ),
    pytest.param(
        "He was excluded on 31/02/2026. When must the governors meet?",
        "bad_date",
        "“31/02/2026” is not a date in the calendar",
        id="no-such-day",
    ),
]


TOLD = [pytest.param(refused.values[0], refused.values[2], id=refused.id) for refused in REFUSED]


# The command line reads what the server reads, and each start of it costs seconds: one of each kind.
@pytest.mark.parametrize(
    ("question", "words"), [each for each in TOLD if each.id in {"empty", "arabic", "no-such-day"}]
)
def test_on_the_command_line_a_question_that_cannot_be_read_says_what_to_write_instead(
    apnav: Apnav, question: str, words: str
) -> None:
    assert_told(apnav.ask(question), status=2, words=words)


@pytest.mark.parametrize(("question", "code", "words"), REFUSED)
def test_over_http_a_question_that_cannot_be_read_says_what_to_write_instead(
    site: Site, question: str, code: str, words: str
) -> None:
    error = error_of(site.ask(question), status=422)

    assert error["code"] == code
    assert words in error["fields"]["question"]


@pytest.mark.parametrize(("question", "words"), TOLD)
def test_on_the_page_a_question_that_cannot_be_read_is_kept_and_the_reader_told(
    site: Site, question: str, words: str
) -> None:
    response = site.send_form(question=question, audience="parent")

    assert response.status == 422
    assert words in response.text
    assert question.strip() in response.text


def test_a_program_is_told_in_json_what_was_wrong(apnav: Apnav) -> None:
    outcome = apnav.ask("", "--json")

    assert outcome.status == 2
    assert json.loads(outcome.complained)["error"]["code"] == "empty_question"


# Odd questions that can -----------------------------------------------------------------------------------------------

ODD = [
    pytest.param("<script>alert(1)</script> My son was <b>permanently excluded</b>. {question}", id="html"),
    pytest.param("My son was perm\u0007anently\u001b[31m excluded\u200b\u202e. {question}", id="control-characters"),
    pytest.param("\u0000My son was permanently excluded.\u0000 {question}", id="nul"),
    pytest.param("We live under Borsetshire County Council. {question}", id="unknown-council"),
]


@pytest.mark.parametrize("question", [each for each in ODD if each.id in {"control-characters", "nul"}])
def test_on_the_command_line_odd_characters_and_names_do_not_stop_an_answer(apnav: Apnav, question: str) -> None:
    outcome = apnav.run("ask", "-", "--json", stdin=question.format(question=PLAIN))

    assert outcome.status == 0, outcome.complained
    assert outcome.answer["status"] == "answered"
    assert "exc-080" in {citation["passage_id"] for citation in outcome.answer["citations"]}


@pytest.mark.parametrize("question", ODD)
def test_over_http_odd_characters_and_names_do_not_stop_an_answer(site: Site, question: str) -> None:
    answer = site.answer(question.format(question=PLAIN))

    assert answer["status"] == "answered"
    assert "exc-080" in {citation["passage_id"] for citation in answer["citations"]}


def test_nothing_is_made_up_about_a_council_that_does_not_exist(site: Site) -> None:
    answer = site.answer("We live under Borsetshire County Council. Who must give my excluded son an education?")

    assert answer["status"] == "answered"
    assert "Borsetshire" not in answer["text"]


def test_control_characters_never_reach_the_terminal(apnav: Apnav) -> None:
    outcome = apnav.run("ask", "-", stdin=f"\u001b[2J\u0007{PLAIN}")

    assert outcome.status == 0
    assert all(character.isprintable() or character == "\n" for character in outcome.said)


# Days ---------------------------------------------------------------------------------------------------------------

DAYS = [
    pytest.param("2026-02-30", "is not a date in the calendar", id="no-such-day"),
    pytest.param("yesterday", "is not a date in the calendar", id="a-word"),
    pytest.param("1900-01-01", "We hold no law as far back as 1 January 1900", id="before-any-law"),
]


@pytest.mark.parametrize(("day", "words"), DAYS[:1])
def test_on_the_command_line_a_day_that_cannot_be_answered_on_is_refused(apnav: Apnav, day: str, words: str) -> None:
    assert_told(apnav.ask(PLAIN, "--as-at", day), status=2, words=words)


@pytest.mark.parametrize(("day", "words"), DAYS)
def test_over_http_a_day_that_cannot_be_answered_on_is_refused(site: Site, day: str, words: str) -> None:
    error = error_of(site.ask(PLAIN, as_at=day), status=422)

    assert words in error["message"]


def test_a_day_before_any_law_is_told_which_day_is_the_earliest(site: Site) -> None:
    message = error_of(site.ask(PLAIN, as_at="1900-01-01"), status=422)["message"]

    assert "the earliest here is from" in message
    assert "choose a later date" in message


# Indexes that cannot answer -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A data folder whose index cannot answer, with the error and the remedy that its users must be told."""

    apnav: Apnav
    code: str
    remedy: str


def missing(_: Apnav, data: Path) -> Broken:
    """Nothing was ever built."""
    return Broken(apnav=Apnav(data=data), code="index_missing", remedy="apnav ingest")


def never_finished(apnav: Apnav, data: Path) -> Broken:
    """The power went off in the middle of the first ingest."""
    data.mkdir()
    shutil.copytree(apnav.data / "models", data / "models")  # so that it gets to the index at once
    started = Apnav(data=data)
    with started.started("ingest") as ingest:
        assert ingest.stdout is not None
        assert any(line.startswith("Building the index") for line in ingest.stdout)
        ingest.kill()
    assert list(data.glob("index/builds/*/chroma")), "it was killed before it had begun"
    return Broken(apnav=started, code="index_missing", remedy="apnav ingest")


def half_there(apnav: Apnav, data: Path) -> Broken:
    """A copy of the data folder that lost the vectors on the way."""
    shutil.copytree(apnav.data, data)
    (build,) = data.glob("index/builds/*")
    shutil.rmtree(build / "chroma")
    return Broken(apnav=Apnav(data=data), code="index_damaged", remedy="apnav ingest --rebuild")


def of_an_older_version(apnav: Apnav, data: Path) -> Broken:
    """An index that another version of the program made."""
    shutil.copytree(apnav.data, data)
    (database,) = data.glob("index/builds/*/chroma/chroma.sqlite3")
    with closing(sqlite3.connect(database)) as chroma, chroma:
        ((said,),) = chroma.execute("SELECT str_value FROM collection_metadata WHERE key = 'manifest'").fetchall()
        older = json.dumps(json.loads(said) | {"index_format": 1})
        chroma.execute("UPDATE collection_metadata SET str_value = ? WHERE key = 'manifest'", (older,))
    return Broken(apnav=Apnav(data=data), code="index_outdated", remedy="apnav ingest")


@pytest.fixture(scope="module", params=[missing, never_finished, half_there, of_an_older_version])
def broken(request: pytest.FixtureRequest, apnav: Apnav, tmp_path_factory: pytest.TempPathFactory) -> Broken:
    spoil: Callable[[Apnav, Path], Broken] = request.param
    return spoil(apnav, tmp_path_factory.mktemp("broken") / "data")


@pytest.fixture(scope="module")
def broken_site(broken: Broken) -> Iterator[Site]:
    with broken.apnav.serving() as running:
        yield running


def test_on_the_command_line_an_index_that_cannot_answer_says_how_to_build_it(broken: Broken) -> None:
    assert_told(broken.apnav.ask(PLAIN), status=3, words=f"with: {broken.remedy}\n")
    assert json.loads(broken.apnav.ask(PLAIN, "--json").complained)["error"]["code"] == broken.code


def test_over_http_an_index_that_cannot_answer_is_a_503_that_says_how_to_build_it(
    broken: Broken, broken_site: Site
) -> None:
    for response in (broken_site.ask(PLAIN), broken_site.get("/readyz")):
        error = error_of(response, status=503)
        assert error["code"] == broken.code
        assert error["message"].count(broken.remedy) == 1
        assert str(broken.apnav.data) not in response.text
        assert int(response.headers["retry-after"]) > 0


def test_the_server_is_up_all_the_same_and_its_page_keeps_the_question(broken_site: Site) -> None:
    assert broken_site.get("/healthz").status == 200
    assert broken_site.get("/").status == 200

    response = broken_site.send_form(question=PLAIN, audience="parent")

    assert response.status == 503
    assert PLAIN in response.text


# Disks that cannot be written to ------------------------------------------------------------------------------------


def test_ingest_into_a_place_that_cannot_be_a_folder_says_to_choose_another(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("not a folder")

    outcome = Apnav(data=tmp_path / "a-file" / "data").run("ingest")

    assert outcome.status == 1, outcome.complained
    assert "APNAV_DATA_DIR" in outcome.complained
    assert "Traceback" not in outcome.complained


def test_ingest_on_a_full_disk_says_so_and_the_old_index_still_answers(apnav: Apnav, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(apnav.data, data)
    full = Apnav(data=data)
    # No file may grow beyond 2 MB: to the program that is a disk without room.
    crowded = [sys.executable, "-c", _WITH_LITTLE_ROOM]

    outcome = full.run("ingest", "--rebuild", limits=crowded)

    assert outcome.status == 1, outcome.complained
    assert "Nothing was lost: any earlier index still answers" in outcome.complained
    assert "APNAV_DATA_DIR" in outcome.complained
    assert "Traceback" not in outcome.complained
    assert full.answer(PLAIN)["status"] == "answered"


_WITH_LITTLE_ROOM = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
os.execv(sys.argv[1], sys.argv[1:])
"""
