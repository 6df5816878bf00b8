"""Offers arranged for the pages: cards, tables, and the checks that go with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from assistant.model import Citation, Statement
from assistant.offer import Claimant, Offer, OfferMatch, Provenance
from assistant.offer_checks import Checklist
from assistant.sources import Verification
from bots.offer_words import (
    SAYS,
    Row,
    ages_of,
    hours_of,
    kind_of,
    places_of,
    price_of,
    read_on,
    referral_of,
    rows_of,
)
from bots.web.answer_view import Said

_SHORT = 260  # characters of a description in a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One offer in a list. `told` is its own description, cut short; `says` names who tells it."""

    n: int
    match: OfferMatch
    kind: str
    facts: tuple[Row, ...]
    says: str
    told: str
    source: str

    @property
    def offer(self) -> Offer:
        return self.match.offer


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source of an offer: who says it, and when that was so."""

    says: str
    provenance: Provenance
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that two sources tell differently: what each says, the one that is shown first."""

    field: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Checks of one sort under their heading."""

    heading: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question that a parent may ask and what it rests on."""

    ask: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksView:
    """What goes with offers, arranged for the page; `unchecked` are the numbers of citations nobody has checked."""

    referral: Part
    parts: tuple[Part, ...]
    questions: tuple[Asking, ...]
    unchecked: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One line of the comparison: what each offer publishes of one thing, in the order of the offers."""

    label: str
    said: tuple[Row, ...]


def claimed(offer: Offer) -> str:
    """Who tells what nobody vouches for: the provider, whoever lists it, but for what only the government publishes."""
    only_government = all(each.says is Claimant.GOVERNMENT for each in offer.provenances)
    return SAYS[Claimant.GOVERNMENT if only_government else Claimant.PROVIDER]


def cards_of(matches: Sequence[OfferMatch]) -> Sequence[Card]:
    """The list in its order, numbered as on the map."""
    return tuple(_card(n, match) for n, match in enumerate(matches, start=1))


def sources_of(offer: Offer) -> Sequence[SourceLine]:
    """Every source of the offer, best first."""
    return tuple(SourceLine(says=SAYS[each.says], provenance=each, when=read_on(each)) for each in offer.provenances)


def differences_of(offer: Offer) -> Sequence[Difference]:
    """What the sources tell differently, by the names of the sources."""
    names = {each.source: each.source_name for each in offer.provenances}
    return tuple(
        Difference(
            field=each.field.replace("_", " ").replace(".", ", "),
            said=tuple((names.get(source, source), value) for source, value in each.said),
        )
        for each in offer.disagreements
    )


def compared(offers: Sequence[Offer]) -> Sequence[Compared]:
    """The lines of the comparison; what no offer publishes stands there as well."""
    lines = zip(*(rows_of(offer) for offer in offers), strict=True)
    return tuple(Compared(label=line[0].label, said=line) for line in lines)


def checks_view(checks: Checklist) -> ChecksView:
    """The checks with each quotation beside the words it carries."""
    places = iter(range(1, 1000))

    def part(heading: str, statements: Sequence[Statement]) -> Part:
        said = tuple(
            Said(place=next(places), statement=each, citations=_quoted(checks, each.citations)) for each in statements
        )
        return Part(heading=heading, said=said)

    return ChecksView(
        referral=part("Who may ask for a place", checks.referral),
        parts=tuple(part(group.heading, group.statements) for group in checks.groups),
        questions=tuple(Asking(ask=each.ask, citations=_sources(checks, each.citations)) for each in checks.questions),
        unchecked=frozenset(c.n for c in checks.citations if c.verified is Verification.MEMORY),
    )


def same_again(carried: Sequence[tuple[str, str]], *, limit: int) -> str:
    """The address of the same search with more offers shown."""
    return "/offers?" + urlencode([*carried, ("limit", str(limit))])


def _card(n: int, match: OfferMatch) -> Card:
    offer = match.offer
    best = offer.provenances[0]
    return Card(
        n=n,
        match=match,
        kind=kind_of(offer),
        facts=tuple(_facts(offer)),
        says=claimed(offer),
        told=_short(offer.text),
        source=f"{best.source_name}, {read_on(best)}",
    )


def _facts(offer: Offer) -> Iterator[Row]:
    yield Row(label="Ages", said=ages_of(offer))
    yield Row(label="Time there", said=hours_of(offer))
    yield Row(label="Who may ask for a place", said=referral_of(offer))
    yield Row(label="Price", said=price_of(offer))
    yield Row(label="Places", said=places_of(offer))


def _short(text: str) -> str:
    if len(text) <= _SHORT:
        return text
    return text[:_SHORT].rsplit(" ", maxsplit=1)[0].rstrip(" ,;:") + " …"


def _sources(checks: Checklist, numbers: Sequence[int]) -> tuple[Citation, ...]:
    """One citation for each place in a document, however many facts come from it."""
    by_place = {(c.title, c.provision): c for c in reversed(_quoted(checks, numbers))}
    return tuple(reversed(by_place.values()))


def _quoted(checks: Checklist, numbers: Sequence[int]) -> tuple[Citation, ...]:
    return tuple(citation for citation in checks.citations if citation.n in numbers)
