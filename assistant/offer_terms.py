"""What a feed says of an offer beside its standard's own fields: terms of a vocabulary, which is data.

`corpus/offers/attributes.yaml` holds the vocabulary; what is not published has no term.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

from assistant.offer import Offer


class Holds(StrEnum):
    """What stands with a term: nothing but its code, or a value."""

    CODE = "code"
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    DATE = "date"
    YES_OR_NO = "yes_or_no"
    PAIR = "pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerm:
    """One term and the field of an offer it means ("places.total"; "source.licence" is of its provenance).

    `codes` are those a coded term may have; empty: any.
    """

    term: str
    field: str
    name: str
    holds: Holds
    many: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferVocabulary:
    """Every term. `also` goes from the name of a term elsewhere, in lower case, to our code ("kind:tuition")."""

    id: str
    uri: str
    terms: tuple[OfferTerm, ...]
    also: Mapping[str, str] = field(default_factory=dict)

    def find(self, code: str) -> tuple[OfferTerm, str | None] | None:
        """The term that a code names, and what follows the colon; None for a code that is not ours."""
        name, colon, rest = code.partition(":")
        for term in self.terms:
            if term.term == name and (term.holds is Holds.CODE) == bool(colon):
                return None if term.codes and rest not in term.codes else (term, rest or None)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidInTerms:
    """One attribute of a service: the code, what it is called, and the value of a term that has one."""

    code: str
    name: str
    value: str | None
    uri: str


def said_in_terms(offer: Offer, *, vocabulary: OfferVocabulary) -> Sequence[SaidInTerms]:
    """All that the vocabulary can say of an offer; what is said of the source is that of its first provenance."""
    return tuple(_said(offer, vocabulary))


def _said(offer: Offer, vocabulary: OfferVocabulary) -> Iterator[SaidInTerms]:
    for term in vocabulary.terms:
        found = _value(offer, term.field)
        if term.field == "source.sample":
            found = True if offer.sample else None
        for each in found if isinstance(found, tuple) and term.many else (found,):
            if each is None or each == "":
                continue
            value = _as_text(each)
            coded = term.holds is Holds.CODE
            code = f"{term.term}:{value}" if coded else term.term
            name = f"{term.name}: {value.replace('_', ' ')}" if coded else term.name
            yield SaidInTerms(code=code, name=name, value=None if coded else value, uri=f"{vocabulary.uri}:{code}")


def _value(offer: Offer, path: str) -> object:
    first, *rest = path.split(".")
    found: object = offer.provenances[0] if first == "source" else getattr(offer, first)
    for name in rest:
        found = getattr(found, name) if found is not None else None
    return found


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ": ".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
