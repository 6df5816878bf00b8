"""The ages of school years and key stages, from offers/ages.yaml: a bad entry is named with its line and remedy."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from assistant.school_ages import SchoolAges
from corpus.entries import Entry, EntryId, Words
from corpus.reading import Reader

HERE = Path(__file__).parent
FILE = "offers/ages.yaml"
Age = Annotated[int, Field(ge=0, le=30)]


class StageEntry(Entry):
    stage: Annotated[int, Field(ge=1, le=5)]
    starts: Annotated[Age, Field(alias="from")]
    ends: Annotated[Age, Field(alias="to")]


class PhaseEntry(Entry):
    words: Annotated[tuple[Words, ...], BeforeValidator(tuple)]
    stages: Annotated[tuple[Annotated[int, Field(ge=1, le=5)], ...], BeforeValidator(tuple)]


class AgesFile(Entry):
    """The whole of ages.yaml."""

    version: int
    source: EntryId
    checked: date | None
    year_1: Age
    key_stages: Annotated[tuple[StageEntry, ...], BeforeValidator(tuple)]
    phases: Annotated[tuple[PhaseEntry, ...], BeforeValidator(tuple)]


def read_school_ages(folder: Path = HERE) -> SchoolAges:
    """The ages in `folder`. Raises `CorpusError` naming all that is wrong."""
    reader = Reader(folder)
    files = list(reader.one(FILE, AgesFile))
    reader.refuse(*(problem for file in files for problem in _problems(file)))
    stages = {each.stage: (each.starts, each.ends) for each in files[0].key_stages}
    phases = {word: frozenset(each.stages) for each in files[0].phases for word in each.words}
    return SchoolAges(year_1=files[0].year_1, key_stages=stages, phases=phases)


def _problems(file: AgesFile) -> Iterator[str]:
    """A stage is there once, and ends after it begins."""
    stages = [each.stage for each in file.key_stages]
    for each in file.key_stages:
        if stages.count(each.stage) > 1:
            yield f"{FILE}: key stage {each.stage} is there twice. Keep one."
        if each.starts >= each.ends:
            yield f"{FILE}: key stage {each.stage} ends before it begins. Correct its ages."
