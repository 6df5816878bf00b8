"""The vocabulary by which feeds say what their standard has no field for, read from offers/attributes.yaml."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from assistant.errors import CorpusError
from assistant.offer_terms import Holds, OfferTerm, OfferVocabulary
from corpus.entries import Entry, Words
from corpus.reading import Reader

HERE = Path(__file__).parent
FILE = "offers/attributes.yaml"


def _codes(value: object) -> object:
    """Key stages are written as numbers; a list is read as one."""
    return tuple(str(each) for each in value) if isinstance(value, list) else value


class VocabularyEntry(Entry):
    id: Words
    uri: Words
    version: int


class TermEntry(Entry):
    term: Words
    field: Words
    name: Words
    many: bool = False
    holds: Holds = Holds.CODE
    codes: Annotated[tuple[Words, ...] | Literal["any"], BeforeValidator(_codes)] = ()


class AlsoEntry(Entry):
    names: Annotated[tuple[Words, ...], BeforeValidator(_codes)]
    means: Words


class AttributesFile(Entry):
    """The whole of attributes.yaml."""

    vocabulary: VocabularyEntry
    terms: Annotated[tuple[TermEntry, ...], BeforeValidator(tuple)]
    also: Annotated[tuple[AlsoEntry, ...], BeforeValidator(tuple)]


def read_offer_vocabulary(folder: Path = HERE) -> OfferVocabulary:
    """The vocabulary, checked: every name of another vocabulary means a code of ours. Raises `CorpusError`."""
    reader = Reader(folder)
    entries = reader.one(FILE, AttributesFile).entries
    reader.refuse()
    file = entries[0][0]
    vocabulary = OfferVocabulary(
        id=file.vocabulary.id,
        uri=file.vocabulary.uri,
        terms=tuple(
            OfferTerm(
                term=entry.term,
                field=entry.field,
                name=entry.name,
                holds=entry.holds,
                many=entry.many,
                codes=() if entry.codes == "any" else tuple(entry.codes),
            )
            for entry in file.terms
        ),
        also={name.lower(): entry.means for entry in file.also for name in entry.names},
    )
    wrong = sorted({means for means in vocabulary.also.values() if vocabulary.find(means) is None})
    if wrong:
        raise CorpusError(
            tuple(f"{FILE}: “{means}” under `also` is no code of `terms`. Correct it." for means in wrong)
        )
    return vocabulary
