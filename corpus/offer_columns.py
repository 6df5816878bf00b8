"""How councils name and fill the columns of their directories, and which types of school are offers: read from data."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from assistant.errors import CorpusError
from assistant.offer import OfferKind
from corpus.entries import Entry, Words
from corpus.reading import Reader

HERE = Path(__file__).parent
COLUMNS = "offers/columns.yaml"
GIAS_TYPES = "offers/gias_types.yaml"


def _pattern(value: object) -> re.Pattern[str]:
    try:
        return re.compile(str(value), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"is no pattern ({error})") from error


Patterns = Annotated[tuple[Words, ...], BeforeValidator(tuple)]


class Take(StrEnum):
    """When a school of a type is an offer: always, with needs of behaviour, or only when another source names it."""

    ALWAYS = "always"
    WHEN_SEMH = "when_semh"
    WHEN_NAMED = "when_named"


class HeadingEntry(Entry):
    field: Words
    patterns: Patterns


class ColumnsFile(Entry):
    """The whole of columns.yaml."""

    headings: Annotated[tuple[HeadingEntry, ...], BeforeValidator(tuple)]
    values: dict[str, dict[str, Patterns]]


class GiasType(Entry):
    """One type of establishment: its code in the register, and what kind of offer it is."""

    code: int
    name: Words
    kind: OfferKind
    take: Take
    hospital: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferColumns:
    """What headings mean (`drop`: never kept), and what words in a column mean, each in the order of trying."""

    headings: Sequence[tuple[str, re.Pattern[str]]]
    values: Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]

    def field_of(self, heading: str) -> str | None:
        """The field that a heading names, or None."""
        said = " ".join(heading.replace("_", " ").split())
        return next((field for field, pattern in self.headings if pattern.search(said)), None)

    def meanings(self, field: str, text: str) -> tuple[str, ...]:
        """All that `text` means in that field, in the order of the file; empty when it means nothing we know."""
        return tuple(dict.fromkeys(code for code, pattern in self.values.get(field, ()) if pattern.search(text)))


def read_offer_columns(folder: Path = HERE) -> OfferColumns:
    """Raises `CorpusError`."""
    reader = Reader(folder)
    entries = reader.one(COLUMNS, ColumnsFile).entries
    reader.refuse()
    file = entries[0][0]
    try:
        return OfferColumns(
            headings=tuple((entry.field, _pattern(each)) for entry in file.headings for each in entry.patterns),
            values={
                field: tuple((code, _pattern(each)) for code, patterns in codes.items() for each in patterns)
                for field, codes in file.values.items()
            },
        )
    except ValueError as error:
        raise CorpusError((f"{COLUMNS}: a pattern {error}.",)) from error


def read_gias_types(folder: Path = HERE) -> Mapping[int, GiasType]:
    """The types by their code. Raises `CorpusError`."""
    reader = Reader(folder)
    types = {entry.code: entry for entry in reader.many(GIAS_TYPES, GiasType)}
    reader.refuse()
    return types


ReadNeeds = Callable[[str], tuple[str, ...]]
"""The ids of the needs that a text in a source's own words names."""
