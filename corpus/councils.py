"""What councils are called, read from offers/councils.yaml: a bad entry is named with its line and remedy."""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from corpus.entries import Entry, Words
from corpus.reading import Reader

HERE = Path(__file__).parent
FILE = "offers/councils.yaml"

CouncilCode = Annotated[str, StringConstraints(pattern=r"^E[0-9]{8}$")]


class CouncilsFile(Entry):
    """The whole of councils.yaml."""

    version: int
    new: dict[CouncilCode, Words]
    also: dict[Words, CouncilCode]
    ended: dict[Words, Words]
    elsewhere: dict[Words, Annotated[tuple[Words, ...], BeforeValidator(tuple)]]


def read_councils(folder: Path = HERE) -> CouncilsFile:
    """The names in `folder`. Raises `CorpusError` naming all that is wrong."""
    reader = Reader(folder)
    files = list(reader.one(FILE, CouncilsFile))
    reader.refuse()
    return files[0]
