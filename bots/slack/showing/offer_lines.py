"""Local offers as lines of a list: what each is, why it was found, who says so, and what is not published."""

from collections.abc import Iterator, Sequence

from assistant.model import Answer
from assistant.offer import Claimant, Offer, OfferMatch
from bots.offer_words import NOT_PUBLISHED, SAYS, kind_of, read_on, referral_of
from bots.slack.showing import messages
from bots.slack.showing.markup import Hand, one_line, shortened, web_address

MOST_SHOWN = 5
OFFER_SEARCH = "offers"
"""The `writer` of an answer that is a list of offers, with what goes with the list, and no answer to a question."""

_NAME, _FACT, _TOLD = 120, 300, 200  # characters


def is_offer_search(answer: Answer) -> bool:
    """Whether the answer is a list of offers that was asked for as such."""
    return answer.writer == OFFER_SEARCH


def offer_lines(matches: Sequence[OfferMatch], hand: Hand) -> list[str]:
    """One line for each of the best offers, numbered; then how to see more."""
    shown = [hand.bullet + _line(n, match, hand) for n, match in enumerate(matches[:MOST_SHOWN], start=1)]
    left = len(matches) - len(shown)
    return [*shown, hand.bullet + hand.words(messages.MORE_OFFERS.format(left=left))] if left else shown


def _line(n: int, match: OfferMatch, hand: Hand) -> str:
    return " ".join(each for each in _sentences(n, match, hand) if each)


def _sentences(n: int, match: OfferMatch, hand: Hand) -> Iterator[str]:
    offer = match.offer
    town = f", {_short(offer.place.town, _NAME)}" if offer.place.town else ""
    yield f"{hand.strong(f'{n}. {_short(offer.name, _NAME)}')} {hand.words(f'({kind_of(offer)}{town}).')}"
    if offer.partly_sample:
        yield hand.strong(messages.SAMPLE_OFFER if offer.sample else messages.PARTLY_SAMPLE)
    if match.out_of_date:
        yield hand.words(_sentence(f"May be out of date. {_short(match.out_of_date, _FACT)}"))
    if match.reasons:
        yield hand.words(_sentence(_short("; ".join(match.reasons), _FACT)))
    if match.unknowns:
        yield hand.words(_sentence(f"{NOT_PUBLISHED}: {_short('; '.join(match.unknowns), _FACT)}"))
    yield hand.words(_sentence(f"Who may ask for a place: {(referral_of(offer) or NOT_PUBLISHED).lower()}"))
    if offer.alert and not offer.sample:
        yield hand.words(_sentence(f"The source warns: {_short(offer.alert, _FACT)}"))
    yield _source(offer, hand)
    if offer.text.strip():
        yield hand.words(f"{_teller(offer)}: “{_short(offer.text, _TOLD)}”")


def _source(offer: Offer, hand: Hand) -> str:
    """Who says all this and since when; the name of the source leads to it, where that is an address of the web.

    What is made up leads nowhere.
    """
    best = offer.provenances[0]
    name = _short(best.source_name, _NAME)
    linked = hand.link(best.url, name) if web_address(best.url) and not best.sample else hand.words(name)
    more = len(offer.provenances) - 1
    also = f"; also in {more} other {'source' if more == 1 else 'sources'}" if more else ""
    return f"{hand.words(SAYS[best.says])} so: {linked}, {hand.words(f'{read_on(best)}{also}.')}"


def _teller(offer: Offer) -> str:
    """A description is the provider's own, whoever lists it, but for what only the government publishes."""
    only_government = all(each.says is Claimant.GOVERNMENT for each in offer.provenances)
    return SAYS[Claimant.GOVERNMENT if only_government else Claimant.PROVIDER]


def _short(words: str, most: int) -> str:
    return shortened(one_line(words)[: 2 * most], most)  # a description may be a hundred times as long


def _sentence(words: str) -> str:
    said = words[:1].upper() + words[1:]
    return said if said.endswith((".", "…")) else f"{said}."
