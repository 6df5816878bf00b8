"""An ingest that is killed, again and again, while people ask; and two ingests at once."""

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.adapters.chroma import read_manifest
from assistant.model import Catalogue
from corpus.catalogue import HERE, read_catalogue
from tests.integration.processes import FACTS, PHRASINGS, Running, start
from tests.integration.workbench import (
    Bench,
    contents,
    copy_corpus,
    differences,
    edit_statement,
    nearest,
    passage_of,
    smaller,
)

KILLS = 10
QUICKER = 0.8  # when a run ended before it could be killed, runs have become quicker than the one that was timed
EDITED = "exc-077"
MOMENTS = random.Random(20261121)  # noqa: S311 - the same moments in every run


@pytest.fixture
def corpus_copy(tmp_path: Path) -> Path:
    """The shipped files, copied so that they can be edited."""
    return copy_corpus(HERE, tmp_path / "corpus")


@pytest.fixture(scope="module")
def as_shipped(corpus: Catalogue) -> Catalogue:
    """What the ingesting program makes of the corpus before anyone edits it."""
    return smaller(corpus, facts=FACTS, phrasings=PHRASINGS)


def test_killed_ten_times_while_people_ask_no_question_fails_and_the_next_run_finishes(
    tmp_path: Path, models: Path, corpus_copy: Path, as_shipped: Catalogue
) -> None:
    bench = Bench(folder=tmp_path / "killed", models=models)
    bench.ingest(as_shipped)
    with start("keep_asking", bench) as asker, start("ingest_on_request", bench, corpus_copy) as ingester:
        assert asker.says() == "asking"
        edit_statement(corpus_copy, EDITED, "The head may bring in lions.")
        takes = seconds_of_a_whole_run(ingester)
        kills = 0
        while kills < KILLS:
            edit_statement(corpus_copy, EDITED, f"The head may bring in lions on {kills + 1} days.")
            if killed_after(moment(kills, takes), ingester):
                kills += 1
            else:
                takes *= QUICKER
        live_before = bench.place().current()
        last_words = "The head may bring in lions on any day."
        edit_statement(corpus_copy, EDITED, last_words)
        ingester.ask("begin")
        finished = ingester.outcome()
        heard = asker.end()

    assert heard["failures"] == []
    assert heard["asked"] > 10 * KILLS
    assert finished["changed"]
    assert {live_before, finished["build"]} <= set(heard["builds"])
    assert {folder.name for folder in (tmp_path / "killed/index/builds").iterdir()} == {live_before, finished["build"]}
    assert_like_a_clean_build(bench, corpus_copy, clean=Bench(folder=tmp_path / "clean", models=models))
    knowledge = bench.reader().current()
    assert passage_of(knowledge.catalogue, EDITED).statement == last_words
    assert nearest(knowledge, "may the head bring in lions?") == [EDITED]


def test_two_ingests_at_once_leave_one_whole_index(tmp_path: Path, models: Path, corpus_copy: Path) -> None:
    bench = Bench(folder=tmp_path / "shared", models=models)
    with start("ingest_on_request", bench, corpus_copy) as one, start("ingest_on_request", bench, corpus_copy) as other:
        for process in (one, other):
            process.send("go")
        for process in (one, other):
            assert process.says() > 0
        outcomes = [one.outcome(), other.outcome()]
    (done,) = [outcome for outcome in outcomes if "build" in outcome]
    assert {"error": "ingest_busy"} in outcomes
    assert bench.place().current() == done["build"]
    assert_like_a_clean_build(bench, corpus_copy, clean=Bench(folder=tmp_path / "clean", models=models))


# Helpers ------------------------------------------------------------------------------------------------------------


def seconds_of_a_whole_run(ingester: Running) -> float:
    ingester.ask("begin")
    started = time.monotonic()
    assert ingester.outcome()["changed"]
    return time.monotonic() - started


def moment(kill: int, takes: float) -> float:
    """A random moment in the tenth of the run that has this number, so that together they cover all of it."""
    return takes * (kill + MOMENTS.random()) / KILLS


def killed_after(seconds: float, ingester: Running) -> bool:
    """Kill a run that long after it began to work. False when it was quicker than that."""
    process_id = ingester.ask("begin")
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)
    return ingester.outcome() is None


def assert_like_a_clean_build(bench: Bench, corpus: Path, *, clean: Bench) -> None:
    """The live index is the one that a first run makes from the same corpus."""
    clean.ingest(smaller(read_catalogue(corpus), facts=FACTS, phrasings=PHRASINGS))
    mine, other = bench.live_build(), clean.live_build()
    for part in ("vectors", "examples"):
        assert differences(contents(mine, part), contents(other, part)) == set()
    assert read_manifest(mine, shown_as="") == read_manifest(other, shown_as="")
    assert bench.reader().current().catalogue == clean.reader().current().catalogue
