"""Local offers as plain text for a terminal."""

from collections.abc import Iterator, Sequence

from assistant.model import Citation, Statement
from assistant.offer import Offer, OfferMatch
from assistant.offer_checks import Checklist
from assistant.offer_desk import FoundOffers, ShownOffers
from bots.offer_words import NOT_PUBLISHED, SAYS, kind_of, read_on, referral_of, rows_of

_SAMPLE = "SAMPLE DATA: this provider is made up and does not exist."


def found_as_text(found: FoundOffers) -> str:
    """The list, numbered, with why each was found and what is not published; then what goes with it."""
    results = found.results
    read_as = f"Searched for: {'; '.join(results.read_as)}." if results.read_as else "Searched for: any offer."
    if not results.matches:
        nothing = "No offer that we have fits. Ask for less, or ask the council which places it uses."
        return f"{read_as}\n{nothing}"
    shown = len(results.matches)
    total = f"{results.total} {'offer fits' if results.total == 1 else 'offers fit'}"
    head = f"{read_as}\n{total}{'' if shown == results.total else f'; the best {shown} are shown'}."
    offers = ["\n".join(_match(n, match)) for n, match in enumerate(results.matches, start=1)]
    return "\n\n".join([head, *offers, *_checks(found.checks)])


def shown_as_text(shown: ShownOffers) -> str:
    """Everything about one offer or several, then what goes with them."""
    return "\n\n".join([*("\n".join(_whole(match)) for match in shown.matches), *_checks(shown.checks)])


def _match(n: int, match: OfferMatch) -> Iterator[str]:
    offer = match.offer
    yield f"{n}. {offer.name} ({kind_of(offer)})"
    if offer.sample:
        yield f"   {_SAMPLE}"
    if match.reasons:
        yield f"   {_sentence('; '.join(match.reasons))}."
    if match.unknowns:
        yield f"   Not published: {'; '.join(match.unknowns)}."
    if match.out_of_date:
        yield f"   May be out of date. {match.out_of_date}"
    yield f"   Who may ask for a place: {referral_of(offer) or NOT_PUBLISHED}"
    best = offer.provenances[0]
    yield f"   {SAYS[best.says]} so: {best.source_name}, {read_on(best)}"
    yield f"   More: apnav offers show {offer.id}"


def _whole(match: OfferMatch) -> Iterator[str]:
    offer = match.offer
    yield offer.name
    if offer.provider != offer.name:
        yield offer.provider
    if offer.sample:
        yield _SAMPLE
    if match.out_of_date:
        yield f"May be out of date. {match.out_of_date}"
    if offer.alert:
        yield f"The source warns: {offer.alert}"
    yield ""
    for row in rows_of(offer):
        yield f"{row.label}: {row.said or NOT_PUBLISHED}{' (what the provider says)' if row.claim and row.said else ''}"
    if offer.text:
        yield f"\nIn the words of the source\n{offer.text}"
    yield from _sources(offer)


def _sources(offer: Offer) -> Iterator[str]:
    yield "\nSources"
    for each in offer.provenances:
        licence = f"; licence: {each.licence}" if each.licence else ""
        yield f"- {SAYS[each.says]} so: {each.source_name}, {read_on(each)}{licence}"
        if each.url:
            yield f"  {each.url}"
    names = {each.source: each.source_name for each in offer.provenances}
    if offer.disagreements:
        yield "\nThe sources do not agree"
    for difference in offer.disagreements:
        said = "; ".join(f"{names.get(source, source)}: {value}" for source, value in difference.said)
        yield f"- {difference.field.replace('_', ' ')}. {said}"


def _checks(checks: Checklist) -> Iterator[str]:
    if checks.referral:
        yield "\n".join(["Who may ask for a place", *map(_statement, checks.referral)])
    for group in checks.groups:
        yield "\n".join([group.heading, *map(_statement, group.statements)])
    if checks.questions:
        yield "\n".join(
            ["Questions you may ask", *(f"- {each.ask} {_marks(each.citations)}" for each in checks.questions)]
        )
    if checks.citations:
        yield "\n".join(["Sources of the checks", *map(_citation, checks.citations)])


def _statement(statement: Statement) -> str:
    return f"- {statement.text} {_marks(statement.citations)}"


def _marks(numbers: Sequence[int]) -> str:
    return " ".join(f"[{n}]" for n in numbers)


def _citation(citation: Citation) -> str:
    place = f"{citation.title}, {citation.provision}" if citation.provision else citation.title
    return f"[{citation.n}] {place}. More: apnav show {citation.passage_id}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
