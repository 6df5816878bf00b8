"""`apnav offers`: what cannot be read is told with what to write instead."""

from pathlib import Path

import pytest

from bots.cli.main import run


@pytest.fixture(autouse=True)
def _no_offers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APNAV_DATA_DIR", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--near", "Pudsey"], "give a postcode from there"),
        (["--near", "CF10 1AA"], "is in Wales"),
        (["--near", "LS8 9ZZ"], "no such postcode"),
        (["anywhere near me"], "Give a postcode"),
        (["--need", "unicorns"], "no need that we know"),
        (["--hours", "sometimes"], "full-time or part-time"),
        (["--day", "T"], "is no day"),
        (["--kind", "castle"], "no kind of provision"),
        (["--price", "90/fortnight"], "90/day"),
        (["--within", "5"], "add --near"),
        (["--age", "99"], "--age"),
    ],
)
def test_wish_that_cannot_be_read_says_how_to_say_it(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["offers", "search", *words]) == 2
    assert told in capsys.readouterr().err


def test_offer_that_is_gone_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["offers", "show", "no-such-offer"]) == 2
    assert "any more" in capsys.readouterr().err


def test_before_any_import_nothing_fits_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["offers", "search", "--near", "LS8"]) == 0
    assert "No offer that we have fits" in capsys.readouterr().out
    assert not (tmp_path / "data").exists()
