"""A council's commissioning officer imports, corrects and removes lists of offers, with the real store."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots import wiring, wiring_offers
from bots.cli.main import run

LIST = """\
Testshire alternative provision list 2026
Provider name,Postcode,Ages,Needs met,Cost per day,Contact name,Remarks
Quiet Yard,LS8 4AB,11-16,Anxiety,£85,Jane Smith,Ring first
Loud Yard,LS9 6WA,sixteen,Behaviour,£60,John Brown,
,LS9 6WA,14-16,,,,
"""

Apnav = Callable[..., tuple[int, str]]


@pytest.fixture
def data(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with nothing in it but the models."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "models").symlink_to(models)
    monkeypatch.setenv("APNAV_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def apnav(data: Path, capsys: pytest.CaptureFixture[str]) -> Apnav:
    """`apnav offers …` in this process: its exit status, and all that it said."""

    def call(*words: str | Path) -> tuple[int, str]:
        status = run(["offers", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return call


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "testshire.csv"
    file.write_text(LIST, encoding="utf-8")
    return file


def test_officer_maps_a_list_imports_it_finds_it_and_takes_it_away(apnav: Apnav, table: Path, tmp_path: Path) -> None:
    status, said = apnav("map", table, "--yes", "--name", "Testshire Council list")
    assert status == 0
    assert "Contact name   drop" in said
    assert "Smith" not in said
    mapping = table.with_suffix(".yaml")
    mapping.write_text(
        mapping.read_text(encoding="utf-8").replace("Remarks: ignore", "Remarks: text"), encoding="utf-8"
    )

    status, said = apnav("import", table, "--mapping", mapping, "--report", tmp_path / "refused.jsonl")
    assert status == 0
    assert "Testshire Council list (testshire)" in said
    assert "2 offers taken: 2 new, 0 changed, 0 as before." in said
    assert "testshire.csv, line 4, ages: “sixteen” names no ages." in said
    assert "testshire.csv, line 5: it has no name" in said
    written = [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["field"] for each in written] == ["ages", None]

    status, said = apnav("search", "somewhere for anxiety", "--near", "LS8", "--age", "14")
    assert status == 0
    assert "Quiet Yard" in said
    assert "Loud Yard" not in said  # it is for other needs
    assert "Testshire Council list" in said

    table.write_text(LIST.replace("£85", "£90"), encoding="utf-8")
    assert "0 new, 1 changed, 1 as before." in apnav("import", table, "--mapping", mapping)[1]
    assert "2 entries" in apnav("sources")[1]
    assert apnav("remove", "testshire") == (0, "Removed “testshire”: 2 entries.\n")
    assert "There are no local offers yet" in apnav("sources")[1]


def test_officer_is_told_when_a_list_took_the_place_of_quite_another(apnav: Apnav, table: Path, tmp_path: Path) -> None:
    apnav("import", table)
    other = tmp_path / "elsewhere" / table.name
    other.parent.mkdir()
    other.write_text(LIST.replace("Quiet", "Green").replace("Loud", "Blue"), encoding="utf-8")

    said = apnav("import", other)[1]

    assert "This list has nothing in common with the one it took the place of." in said
    assert "--id NAME (this one is “testshire”)" in said
    assert "nothing in common" not in apnav("import", other)[1]


def test_a_list_that_breaks_off_leaves_the_offers_that_were_there(apnav: Apnav, table: Path, tmp_path: Path) -> None:
    apnav("import", table)
    cut = tmp_path / "cut.json"
    cut.write_text('{"contents": [{"id": "1", "name": "Woodwork", "status": "active"}, {"id": "2", "na')
    status, said = apnav("import", cut, "--id", "testshire")
    assert status == 2
    assert "cut.json cannot be read as local offers: the JSON stops in the middle." in said
    assert "2 entries" in apnav("sources")[1]
    empty = tmp_path / "empty.json"
    empty.write_text('{"contents": [], "total_items": 0}')
    status, said = apnav("import", empty, "--id", "testshire")
    assert status == 1
    assert "Nothing could be taken, so nothing was changed." in said
    assert "2 entries" in apnav("sources")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["import", "nowhere.csv"], "there is no such file"),
        (["import", "x.csv", "--as", "pdf"], "no kind of source"),
        (["remove", "nothing"], "There is no source “nothing”"),
    ],
)
def test_officer_is_told_what_to_put_right(words: list[str], told: str, apnav: Apnav) -> None:
    status, said = apnav(*words)
    assert status != 0
    assert told in said


def test_sample_offers_come_once_are_marked_and_once_removed_stay_away(apnav: Apnav, data: Path) -> None:
    settings = wiring.load_settings()
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    reports = wiring_offers.import_sample_offers(settings, now=now)
    assert [(report.refused, report.fields_refused) for report in reports] == [(0, 0)] * 3
    assert sum(report.taken for report in reports) >= 45
    offers, total = wiring_offers.offer_index(settings).page(number=1, size=100)
    assert total < sum(report.taken for report in reports)  # some are in two lists, and one offer
    assert all(offer.sample for offer in offers)
    assert wiring_offers.import_sample_offers(settings, now=now) == ()

    assert "Removed the sample data" in apnav("remove-sample")[1]
    assert (
        wiring_offers.offer_index(settings).page(number=1, size=100) == ((), 0)
        or not wiring_offers.offer_shelf(settings).sources()
    )
    assert wiring_offers.import_sample_offers(settings, now=now) == ()
