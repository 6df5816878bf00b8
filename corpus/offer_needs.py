"""The needs that offers are searched by, read from offers/needs.yaml: a bad entry is named with its line and remedy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from assistant.offer_needs import Need, Needs
from corpus.entries import Entry, Words
from corpus.reading import Reader

HERE = Path(__file__).parent
FILE = "offers/needs.yaml"


class NeedEntry(Entry):
    id: Words
    name: Words
    words: Annotated[tuple[Words, ...], BeforeValidator(tuple)]
    part_of: Words | None = None
    asked: bool = True


class NeedsFile(Entry):
    """The whole of needs.yaml."""

    version: int
    needs: Annotated[tuple[NeedEntry, ...], BeforeValidator(tuple)]


def read_needs(folder: Path = HERE) -> Needs:
    """The needs in `folder`. Raises `CorpusError` naming all that is wrong."""
    reader = Reader(folder)
    files = list(reader.one(FILE, NeedsFile))
    reader.refuse(*(problem for file in files for problem in _problems(file)))
    needs = [Need(**each.model_dump()) for each in files[0].needs]
    return Needs(needs, version=str(files[0].version))


def _problems(file: NeedsFile) -> Iterator[str]:
    """Ids never repeat, a wider need exists, and one word never speaks of two needs."""
    ids = [need.id for need in file.needs]
    owner: dict[str, str] = {}
    for need in file.needs:
        if ids.count(need.id) > 1:
            yield f"{FILE}: the id “{need.id}” is there twice. Keep one."
        if need.part_of is not None and need.part_of not in ids:
            yield f"{FILE}: “{need.id}” is part of “{need.part_of}”, which is not there. Correct the id."
        for word in dict.fromkeys(said.casefold() for said in (need.id, need.name, *need.words)):
            if owner.setdefault(word, need.id) != need.id:
                yield f"{FILE}: “{word}” speaks of both {owner[word]} and {need.id}. Keep one."
