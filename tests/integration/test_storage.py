"""Disks that are full, read-only or not there: what an ingest says, and who still answers."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.errors import IndexUnavailable, StorageFailed
from assistant.model import Catalogue
from tests.integration.processes import start
from tests.integration.workbench import Bench, nearest, saying

QUESTION = "can i appeal a one day suspension"
ANSWER = "exc-077"
WHAT_TO_DO = r"any earlier index still answers.*Free some space.*APNAV_DATA_DIR.*apnav ingest"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes a small disk of so many megabytes."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            pytest.skip(f"this machine does not let tests mount a small disk: {made.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)  # lazy: Chroma keeps its files open


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """The disk cannot be written to for a while."""
    subprocess.run(["mount", "--bind", disk, disk], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path, *, leaving: int) -> None:
    """Leave so many bytes free."""
    filler = disk / "somebody-elses-file"
    filler.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - leaving)))


def asked_in_a_new_process(bench: Bench) -> str:
    with start("answer_lines", bench) as process:
        found: str = process.ask(QUESTION)["nearest"]
        return found


# A full disk --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9], ids=["no-room", "room-for-half", "almost-enough-room"])
def test_a_full_disk_fails_the_ingest_with_what_to_do_and_costs_no_answer(
    disk: Callable[[int], Path], models: Path, few: Catalogue, share: float
) -> None:
    bench = Bench(folder=disk(24), models=models)
    free = shutil.disk_usage(bench.folder).free
    live = bench.ingest(few).build_id
    taken = free - shutil.disk_usage(bench.folder).free
    reader = bench.reader()
    assert nearest(reader.current(), QUESTION) == [ANSWER]
    fill(bench.folder, leaving=int(share * taken))

    with pytest.raises(StorageFailed, match=WHAT_TO_DO):
        bench.ingest(saying(few, "Never live.", of=ANSWER))

    assert reader.current().build_id == live
    assert nearest(reader.current(), QUESTION) == [ANSWER]
    assert asked_in_a_new_process(bench) == ANSWER
    remount(bench.folder, "size=64m")
    newer = bench.ingest(saying(few, "A statement that fits.", of=ANSWER)).build_id
    assert reader.current().build_id == newer
    assert {folder.name for folder in (bench.folder / "index/builds").iterdir()} == {live, newer}


def test_a_disk_that_fills_up_while_the_model_is_exported_is_not_blamed_on_the_model(
    disk: Callable[[int], Path], few: Catalogue
) -> None:
    folder = disk(100)  # the model fits, its quantised copy beside it does not
    bench = Bench(folder=folder, models=folder / "models")
    with pytest.raises(StorageFailed, match="No space left on device"):
        bench.ingest(few)
    assert [made for made in (folder / "models").iterdir() if made.is_dir()] == []


# A disk that cannot be written --------------------------------------------------------------------------------------


def test_on_a_read_only_disk_ingesting_says_what_to_do_and_asking_goes_on(
    disk: Callable[[int], Path], models: Path, few: Catalogue
) -> None:
    bench = Bench(folder=disk(24), models=models)
    bench.ingest(few)
    with read_only(bench.folder):
        with pytest.raises(StorageFailed, match=WHAT_TO_DO):
            bench.ingest(saying(few, "Never live.", of=ANSWER))
        assert asked_in_a_new_process(bench) == ANSWER
    assert bench.ingest(few).changed is False


def test_reading_a_read_only_disk_leaves_nothing_behind_elsewhere(
    disk: Callable[[int], Path], models: Path, few: Catalogue, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    bench = Bench(folder=disk(24), models=models)
    bench.ingest(few)
    with read_only(bench.folder):
        with start("answer_lines", bench, TMPDIR=elsewhere) as process:
            assert process.ask(QUESTION)["nearest"] == ANSWER
        assert list(elsewhere.iterdir()) == []


# A folder that cannot be ----------------------------------------------------------------------------------------------


def test_a_data_folder_under_a_file_is_refused_with_what_to_do(tmp_path: Path, models: Path, few: Catalogue) -> None:
    (tmp_path / "notes.txt").write_text("not a folder")
    bench = Bench(folder=tmp_path / "notes.txt" / "data", models=models)
    with pytest.raises(StorageFailed, match=WHAT_TO_DO) as failed:
        bench.ingest(few)
    assert "notes.txt" in str(failed.value)
    with pytest.raises(IndexUnavailable):
        bench.reader().current()


def test_a_models_folder_under_a_file_is_refused_with_what_to_do(tmp_path: Path, few: Catalogue) -> None:
    (tmp_path / "notes.txt").write_text("not a folder")
    bench = Bench(folder=tmp_path / "data", models=tmp_path / "notes.txt" / "models")
    with pytest.raises(StorageFailed, match=r"notes\.txt.*APNAV_DATA_DIR"):
        bench.ingest(few)


def test_a_file_in_the_place_of_the_index_is_refused_with_what_to_do(
    tmp_path: Path, models: Path, few: Catalogue
) -> None:
    (tmp_path / "index").write_text("not a folder")
    bench = Bench(folder=tmp_path, models=models)
    with pytest.raises(StorageFailed, match=WHAT_TO_DO):
        bench.ingest(few)
