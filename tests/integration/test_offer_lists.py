"""The lists that offers are searched with: needs and councils. A bad entry is named with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from assistant.errors import CorpusError
from corpus.councils import read_councils
from corpus.offer_needs import read_needs
from corpus.school_ages import read_school_ages

SHIPPED = Path(__file__).parents[2] / "corpus" / "offers"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the lists."""
    (tmp_path / "offers").mkdir()
    for name in ("needs.yaml", "councils.yaml", "ages.yaml"):
        (tmp_path / "offers" / name).write_text((SHIPPED / name).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def change(folder: Path, old: str, new: str, *, file: str = "needs.yaml") -> None:
    path = folder / "offers" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  - id: anxiety", "  - id: semh", "is there twice"),
        ("part_of: semh", "part_of: sehm", "which is not there"),
        ("words: [anxious,", "words: [SEMH, anxious,", "speaks of both"),
        ("    name: anxiety\n", "", "name"),
        ("    name: anxiety\n", "    name: anxiety\n    nome: x\n", "nome"),
        ("needs:\n", "needs: [\n", "needs.yaml"),
    ],
)
def test_editor_learns_what_is_wrong_with_a_need(folder: Path, old: str, new: str, told: str) -> None:
    change(folder, old, new)
    with pytest.raises(CorpusError, match=told):
        read_needs(folder)


@pytest.mark.parametrize(("old", "new"), [("Brum: E08000025", "Brum: Birmingham"), ("new:\n", "newer:\n")])
def test_editor_learns_what_is_wrong_with_a_council(folder: Path, old: str, new: str) -> None:
    change(folder, old, new, file="councils.yaml")
    with pytest.raises(CorpusError, match=r"councils\.yaml"):
        read_councils(folder)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{stage: 2, from", "{stage: 1, from", "key stage 1 is there twice"),
        ("from: 7, to: 11", "from: 11, to: 7", "key stage 2 ends before it begins"),
        ("{stage: 5", "{stage: six", "ages.yaml"),
        ("year_1: 5\n", "", "year_1"),
    ],
)
def test_editor_learns_what_is_wrong_with_the_ages_of_pupils(folder: Path, old: str, new: str, told: str) -> None:
    change(folder, old, new, file="ages.yaml")
    with pytest.raises(CorpusError, match=told):
        read_school_ages(folder)


@pytest.mark.parametrize("read", [read_needs, read_councils, read_school_ages])
def test_list_that_is_missing_is_told(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(CorpusError, match="missing"):
        read(tmp_path)


def test_every_golden_question_names_a_need_that_is_there() -> None:
    known = read_needs().by_id
    questions = yaml.safe_load((Path(__file__).parents[1] / "golden" / "offers.yaml").read_text(encoding="utf-8"))
    assert {q["must"]["need"] for q in questions if "need" in q.get("must", {})} <= set(known)
