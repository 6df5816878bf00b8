"""Which facts go with local offers, read from offers/checks.yaml: a bad line is named with its remedy."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator

from assistant.offer import OfferKind
from assistant.offer_checks import UNKNOWN_KIND, CheckGroup, OfferRules, ParentQuestion
from corpus.entries import Entry, EntryId, Words
from corpus.reading import Named, Reader, check_names

HERE = Path(__file__).parent
FILE = "offers/checks.yaml"

_as_tuple = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
Facts = Annotated[tuple[EntryId, ...], _as_tuple]


class GroupEntry(Entry):
    heading: Words
    facts: Facts
    kinds: Annotated[tuple[OfferKind | Literal["unknown"], ...], _as_tuple] = ()


class QuestionEntry(Entry):
    ask: Words
    facts: Facts


class ChecksFile(Entry):
    """The whole of checks.yaml."""

    version: int
    referral: Facts
    in_answers: Facts
    groups: Annotated[tuple[GroupEntry, ...], _as_tuple]
    questions: Annotated[tuple[QuestionEntry, ...], _as_tuple]


def read_offer_rules(folder: Path = HERE, *, facts: Collection[str] | None = None) -> OfferRules:
    """What checks.yaml says; with `facts`, every fact it names must be one of them. Raises `CorpusError`."""
    reader = Reader(folder)
    read = reader.one(FILE, ChecksFile)
    if facts is not None:
        reader.problems += check_names({"fact": facts}, [(read, _named)])
    reader.refuse()
    file = read.entries[0][0]
    return OfferRules(
        referral=file.referral,
        in_answers=file.in_answers,
        groups=tuple(
            CheckGroup(heading=each.heading, facts=each.facts, kinds=frozenset(map(_kind, each.kinds)))
            for each in file.groups
        ),
        questions=tuple(ParentQuestion(ask=each.ask, facts=each.facts) for each in file.questions),
    )


def _kind(value: OfferKind | str) -> str:
    return value.value if isinstance(value, OfferKind) else UNKNOWN_KIND


def _named(file: ChecksFile) -> Iterator[Named]:
    for name, listed in (("referral", file.referral), ("in_answers", file.in_answers)):
        yield from (("fact", fact, (name, place)) for place, fact in enumerate(listed))
    for name, named in (("groups", [g.facts for g in file.groups]), ("questions", [q.facts for q in file.questions])):
        for place, facts in enumerate(named):
            yield from (("fact", fact, (name, place, "facts", at)) for at, fact in enumerate(facts))
