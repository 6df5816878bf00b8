"""The index as its readers and its builder meet it, in a folder and on a Chroma server alike."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.adapters.chroma import INDEX_FORMAT
from assistant.adapters.places import POINTER_COLLECTION, Place, build_of, collection_name
from assistant.errors import IndexDamaged, IndexMissing, IndexOutdated, IndexUnavailable
from assistant.model import Catalogue
from ingest.pipeline import search_keys, triage_texts
from tests.integration.conftest import free_port, start_chroma
from tests.integration.processes import start
from tests.integration.workbench import (
    FP32,
    Bench,
    ask,
    contents,
    differences,
    eventually,
    nearest,
    passage_of,
    saying,
    without,
)

QUESTIONS = {
    "exc-069": "who pays for AP from day 6 of a FTE, us or the LA?",
    "exc-077": "can i appeal a one day suspension",
    "exc-100": "last date for IRP if GDC letter handed over today?",
    "ap-028": "school directed her to a unit for 6 weeks and im refusing to send her",
    "ap-049": "solicitor mentioned a hampstead case about being sent to another school",
}
NEW_STATEMENT = "Zebras may be stabled in the hall of a school on the first Monday of each month."
READS_NEW_WITHIN = 10.0  # seconds


# Finding ------------------------------------------------------------------------------------------------------------


def test_a_question_nobody_listed_finds_the_fact_that_answers_it(bench: Bench, catalogue: Catalogue) -> None:
    bench.ingest(catalogue)
    knowledge = bench.reader().current()
    assert {fact_id: nearest(knowledge, question)[0] for fact_id, question in QUESTIONS.items()} == {
        fact_id: fact_id for fact_id in QUESTIONS
    }


def test_a_question_in_the_words_of_a_fact_finds_it_by_words(bench: Bench, catalogue: Catalogue) -> None:
    bench.ingest(catalogue)
    knowledge = bench.reader().current()
    for passage in catalogue.passages[:5]:
        assert ask(knowledge, passage.statement).lexical[passage.id] == 1.0


def test_the_catalogue_read_back_is_the_one_that_was_written(bench: Bench, catalogue: Catalogue) -> None:
    bench.ingest(catalogue)
    assert bench.reader().current().catalogue == catalogue


# Building again -----------------------------------------------------------------------------------------------------


def test_with_nothing_changed_nothing_is_embedded_and_nothing_swapped(bench: Bench, catalogue: Catalogue) -> None:
    first = bench.ingest(catalogue)
    second = bench.ingest(catalogue)
    assert (first.changed, first.embedded) == (True, texts_of(catalogue))
    assert (second.changed, second.embedded, second.build_id) == (False, 0, first.build_id)
    assert bench.place().current() == first.build_id


def test_a_changed_statement_is_the_only_text_embedded(bench: Bench, catalogue: Catalogue) -> None:
    bench.ingest(catalogue)
    before = contents(bench.live_build(), "vectors")
    report = bench.ingest(saying(catalogue, NEW_STATEMENT, of="exc-077"))
    after = contents(bench.live_build(), "vectors")
    assert (report.changed, report.embedded) == (True, 1)
    assert differences(before, after) == {"p:exc-077:statement"}
    assert nearest(bench.reader().current(), "stabling zebras in the school hall") == ["exc-077"]


def test_a_removed_fact_is_gone(bench: Bench, few: Catalogue) -> None:
    bench.ingest(few)
    question = passage_of(few, "exc-069").statement
    assert nearest(bench.reader().current(), question) == ["exc-069"]
    report = bench.ingest(without(few, "exc-069"))
    knowledge = bench.reader().current()
    likeness = ask(knowledge, question)
    assert report.embedded == 0
    assert "exc-069" not in {*likeness.dense, *likeness.lexical, *(p.id for p in knowledge.catalogue.passages)}


def test_rebuild_embeds_everything_anew(bench: Bench, few: Catalogue) -> None:
    first = bench.ingest(few)
    second = bench.ingest(few, rebuild=True)
    assert (second.changed, second.embedded) == (True, texts_of(few))
    assert bench.place().current() == second.build_id != first.build_id


def test_only_the_live_build_and_the_one_before_it_take_up_room(bench: Bench, few: Catalogue) -> None:
    builds = [bench.ingest(saying(few, f"Version {n}.", of="exc-077")).build_id for n in range(3)]
    assert builds_kept(bench) == set(builds[1:])


# Killed builds ------------------------------------------------------------------------------------------------------


def test_a_half_made_build_is_ignored_and_then_tidied_away(bench: Bench, few: Catalogue) -> None:
    live = bench.ingest(few).build_id
    half = begin_a_build(bench, "20260101T000000-abcdef")
    assert half in builds_kept(bench)
    assert bench.reader().current().build_id == live
    assert bench.ingest(few).changed is False
    assert builds_kept(bench) == {live}


def test_a_half_made_build_where_none_is_live_is_no_index(bench: Bench, few: Catalogue) -> None:
    half = begin_a_build(bench, "20260101T000000-abcdef")
    with pytest.raises(IndexMissing):
        bench.reader().current()
    report = bench.ingest(few)
    assert report.changed
    assert half not in builds_kept(bench)


class Unplugged(Exception):
    """The machine stopped here."""


class UnpluggedPlace:
    """A place whose machine stops at the moment when the new build would go live."""

    def __init__(self, inner: Place) -> None:
        self._inner = inner
        self.shown_as = inner.shown_as
        self.current, self.open, self.tidy = inner.current, inner.open, inner.tidy

    def publish(self, build_id: str) -> None:
        raise Unplugged(build_id)


def test_a_run_stopped_just_before_the_swap_never_costs_a_reader_the_old_build(bench: Bench, few: Catalogue) -> None:
    live = bench.ingest(few).build_id
    slow_reader = bench.reader().current()
    unplugged = replace(bench.workshop(), place=UnpluggedPlace(bench.place()))
    with pytest.raises(Unplugged):
        bench.ingest(saying(few, "Never live.", of="exc-077"), workshop=unplugged)
    assert bench.reader().current().build_id == live
    newer = bench.ingest(saying(few, NEW_STATEMENT, of="exc-077")).build_id
    assert builds_kept(bench) == {live, newer}
    assert nearest(slow_reader, QUESTIONS["exc-077"]) == ["exc-077"]


# An index that cannot be used ---------------------------------------------------------------------------------------


def test_without_an_index_the_reader_learns_how_to_build_it(bench: Bench) -> None:
    with pytest.raises(IndexMissing, match="apnav ingest"):
        bench.reader().current()


def test_an_index_of_another_embedding_model_is_refused_by_name_and_renewed(bench: Bench, few: Catalogue) -> None:
    bench.ingest(few)
    with pytest.raises(IndexOutdated, match=r"all-MiniLM-L6-v2 \(int8\).*all-MiniLM-L6-v2 \(fp32\).*apnav ingest"):
        bench.reader(spec=FP32).current()
    report = bench.ingest(few, spec=FP32)
    assert (report.changed, report.embedded) == (True, texts_of(few))
    assert nearest(bench.reader(spec=FP32).current(), QUESTIONS["exc-077"]) == ["exc-077"]


def test_an_index_of_an_older_format_is_refused_and_renewed(bench: Bench, few: Catalogue) -> None:
    bench.ingest(few)
    rewrite_manifest(bench, index_format=INDEX_FORMAT - 1)
    with pytest.raises(IndexOutdated, match=f"format {INDEX_FORMAT - 1} .* reads format {INDEX_FORMAT}"):
        bench.reader().current()
    assert bench.ingest(few).changed
    assert bench.reader().current().catalogue == few


def test_a_machine_without_the_exported_model_is_told_to_ingest(bench: Bench, few: Catalogue, tmp_path: Path) -> None:
    bench.ingest(few)
    elsewhere = replace(bench, models=tmp_path / "no-models")
    with pytest.raises(IndexOutdated, match="apnav ingest"):
        elsewhere.reader().current()


def lose_the_vectors(bench: Bench) -> None:
    build = bench.live_build()
    build.client.delete_collection(collection_name(build.build_id, "vectors"))


def lose_the_records(bench: Bench) -> None:
    build = bench.live_build()
    build.client.delete_collection(collection_name(build.build_id, "records"))


def lose_a_piece_of_the_records(bench: Bench) -> None:
    build = bench.live_build()
    records = build.client.get_collection(collection_name(build.build_id, "records"), embedding_function=None)
    records.delete(ids=records.get(limit=1)["ids"])


def lose_the_manifest(bench: Bench) -> None:
    build = bench.live_build()
    records = build.client.get_collection(collection_name(build.build_id, "records"), embedding_function=None)
    records.modify(metadata={"manifest": "{"})


def point_nowhere(bench: Bench) -> None:
    if bench.url is None:
        (bench.folder / "index" / "current.json").write_text('{"build": "20260101T000000-abcdef"}')
    else:
        bench.live_build().client.get_collection(POINTER_COLLECTION, embedding_function=None).modify(
            metadata={"build": "20260101T000000-abcdef"}
        )


@pytest.mark.parametrize(
    "damage",
    [lose_the_vectors, lose_the_records, lose_a_piece_of_the_records, lose_the_manifest, point_nowhere],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_index_says_so_and_rebuild_mends_it(
    bench: Bench, few: Catalogue, damage: Callable[[Bench], None]
) -> None:
    bench.ingest(few)
    damage(bench)
    with pytest.raises(IndexDamaged, match="apnav ingest --rebuild"):
        bench.reader().current()
    assert bench.ingest(few, rebuild=True).changed
    assert nearest(bench.reader().current(), QUESTIONS["exc-077"]) == ["exc-077"]


def test_an_index_emptied_of_its_vectors_never_passes_for_one_that_knows_nothing(bench: Bench, few: Catalogue) -> None:
    bench.ingest(few)
    build = bench.live_build()
    vectors = build.client.get_collection(collection_name(build.build_id, "vectors"), embedding_function=None)
    vectors.delete(ids=vectors.get(include=[])["ids"])
    with pytest.raises(IndexDamaged, match="apnav ingest --rebuild"):
        ask(bench.reader().current(), QUESTIONS["exc-077"])


@pytest.mark.parametrize("written", ["", '{"build": "2026', "[]"], ids=["empty", "cut", "no-object"])
def test_a_torn_pointer_file_says_so_and_rebuild_mends_it(
    tmp_path: Path, models: Path, few: Catalogue, written: str
) -> None:
    bench = Bench(folder=tmp_path, models=models)
    bench.ingest(few)
    (tmp_path / "index" / "current.json").write_text(written)
    with pytest.raises(IndexDamaged, match="apnav ingest --rebuild"):
        bench.reader().current()
    report = bench.ingest(few, rebuild=True)
    assert bench.reader().current().build_id == report.build_id


@pytest.mark.parametrize("kept", [0, 2_000, 100_000], ids=["emptied", "beginning", "half"])
def test_a_torn_database_file_says_so_each_time_and_rebuild_mends_it(
    tmp_path: Path, models: Path, few: Catalogue, kept: int
) -> None:
    index = tmp_path / "moved"
    Bench(folder=tmp_path / "made", models=models).ingest(few)
    (tmp_path / "made").rename(index)  # a path that this process has not opened yet
    (database,) = index.glob("index/builds/*/chroma/chroma.sqlite3")
    database.write_bytes(database.read_bytes()[:kept] + (b"torn" if kept else b""))
    bench = Bench(folder=index, models=models)
    reader = bench.reader()
    for _ in range(2):
        with pytest.raises(IndexDamaged, match="apnav ingest --rebuild"):
            reader.current()
    bench.ingest(few, rebuild=True)
    assert nearest(reader.current(), QUESTIONS["exc-077"]) == ["exc-077"]


# Readers that are already open --------------------------------------------------------------------------------------


def test_open_readers_see_a_new_index_without_a_restart(bench: Bench, few: Catalogue) -> None:
    bench.ingest(few)
    readers = [bench.reader(), bench.reader()]
    assert [nearest(reader.current(), QUESTIONS["exc-069"]) for reader in readers] == [["exc-069"], ["exc-069"]]
    newer = bench.ingest(without(few, "exc-069")).build_id
    for reader in readers:
        assert eventually(lambda seen=reader: seen.current().build_id == newer, within=READS_NEW_WITHIN)
        assert nearest(reader.current(), QUESTIONS["exc-069"]) != ["exc-069"]


def test_two_processes_see_a_new_index_without_a_restart(bench: Bench, few: Catalogue) -> None:
    older = bench.ingest(few).build_id
    question = QUESTIONS["exc-069"]
    with start("answer_lines", bench) as one, start("answer_lines", bench) as other:
        for process in (one, other):
            assert process.ask(question) == {"build": older, "nearest": "exc-069"}
        newer = bench.ingest(without(few, "exc-069")).build_id
        for process in (one, other):
            assert eventually(lambda asked=process: asked.ask(question)["build"] == newer, within=READS_NEW_WITHIN)
            assert process.ask(question)["nearest"] != "exc-069"


# A server that is away ----------------------------------------------------------------------------------------------


def test_a_server_that_stops_is_an_index_out_of_reach_until_it_is_back(
    tmp_path: Path, models: Path, few: Catalogue
) -> None:
    port = free_port()
    first_run = start_chroma(tmp_path, port=port)
    try:
        bench = Bench(folder=tmp_path / "mine", models=models, url=first_run.url)
        bench.ingest(few)
        reader = bench.reader()
        knowledge = reader.current()
    finally:
        first_run.stop()
    for attempt in (lambda: ask(knowledge, "a question"), lambda: bench.reader().current(), lambda: bench.ingest(few)):
        with pytest.raises(IndexUnavailable, match="APNAV_CHROMA_URL"):
            attempt()
    second_run = start_chroma(tmp_path, port=port)
    try:
        assert nearest(reader.current(), QUESTIONS["exc-077"]) == ["exc-077"]
        assert bench.ingest(few).changed is False
    finally:
        second_run.stop()


def test_ingesting_to_a_server_that_is_away_says_what_to_check(tmp_path: Path, models: Path, few: Catalogue) -> None:
    bench = Bench(folder=tmp_path, models=models, url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(IndexUnavailable, match="APNAV_CHROMA_URL"):
        bench.ingest(few)


# Helpers ------------------------------------------------------------------------------------------------------------


def texts_of(catalogue: Catalogue) -> int:
    """How many different texts of a catalogue get a vector."""
    triage = (text for rules in triage_texts(catalogue).values() for texts in rules.values() for text in texts)
    return len({*(key.text for key in search_keys(catalogue)), *triage})


def builds_kept(bench: Bench) -> set[str]:
    """The builds that take up room, finished or not."""
    if bench.url is None:
        return {folder.name for folder in (bench.folder / "index" / "builds").iterdir()}
    collections = bench.place().open("any").client.list_collections()
    return {build_id for collection in collections if (build_id := build_of(collection.name))}


def begin_a_build(bench: Bench, build_id: str) -> str:
    """What a run leaves behind that is killed while it writes the vectors."""
    build = bench.place().open(build_id)
    vectors = build.client.create_collection(collection_name(build_id, "vectors"), embedding_function=None)
    vectors.add(ids=["p:exc-077:statement"], documents=["Half a build."], embeddings=[[1.0, 0.0]])
    return build_id


def rewrite_manifest(bench: Bench, **changes: object) -> None:
    build = bench.live_build()
    records = build.client.get_collection(collection_name(build.build_id, "records"), embedding_function=None)
    manifest = json.loads(records.metadata["manifest"]) | changes
    records.modify(metadata={"manifest": json.dumps(manifest)})
