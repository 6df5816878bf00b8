"""Where local offers are asked for; with each list go who may refer, the checks to make and what a parent may ask."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from assistant.model import Catalogue
from assistant.offer import Offer, OfferMatch, OfferResults, OfferSearch, Spot
from assistant.offer_checks import Checklist, OfferRules, checklist
from assistant.offer_errors import OfferGone
from assistant.offer_needs import Need, Needs
from assistant.offers import out_of_date
from assistant.ports import OfferIndex, PostcodeBook

MOST_COMPARED = 4
_NOTHING_ASKED = OfferSearch()

ReadSearch = Callable[[str], OfferSearch]
"""Reads what a person looks for from their own words. Raises `PlaceError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOffers:
    """What a search found, and what goes with the list."""

    results: OfferResults
    checks: Checklist


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffers:
    """Offers that were named by id, with why each may not hold any more, and what goes with them; `gone` counts those
    that are not held any more."""

    matches: tuple[OfferMatch, ...]
    checks: Checklist
    gone: int = 0


class OfferDesk:
    """Safe to share between threads."""

    def __init__(
        self,
        index: OfferIndex,
        *,
        book: PostcodeBook,
        needs: Needs,
        rules: OfferRules,
        catalogue: Callable[[], Catalogue],
        read: ReadSearch | None = None,
    ) -> None:
        """`catalogue` gives the corpus that is live; without `read`, words are only searched for."""
        self._index = index
        self._book = book
        self._needs = needs
        self._rules = rules
        self._catalogue = catalogue
        self._read = read

    def needs(self) -> Sequence[Need]:
        """Every need that can be searched by."""
        return tuple(self._needs.by_id.values())

    def place(self, said: str) -> Spot:
        """Where a postcode or council is. Raises `PlaceError`."""
        return self._book.find(said)

    def search(self, wanted: OfferSearch, *, today: date, limit: int) -> FoundOffers:
        """The best offers. What `wanted.text` says of place, age and so on counts where `wanted` itself says nothing.

        Raises `OffersUnavailable`, `PlaceError` for a place in the text, and `IndexUnavailable`.
        """
        results = self._index.search(self._with_words(wanted), today=today, limit=limit)
        return FoundOffers(results=results, checks=self._checks([m.offer for m in results.matches], today=today))

    def show(self, offer_ids: Iterable[str], *, today: date) -> ShownOffers:
        """These offers, each once, without those that are gone. Raises `OfferGone` where all are, `OffersUnavailable`,
        `IndexUnavailable`."""
        asked = list(dict.fromkeys(offer_ids))
        offers: list[Offer] = []
        for offer_id in asked:
            with suppress(OfferGone):
                offers.append(self._index.read(offer_id))
        if asked and not offers:
            raise OfferGone(asked[0])
        matches = tuple(OfferMatch(offer=offer, out_of_date=out_of_date(offer, today=today)) for offer in offers)
        checks = self._checks(offers, today=today)
        return ShownOffers(matches=matches, checks=checks, gone=len(asked) - len(offers))

    def read(self, offer_id: str) -> Offer:
        """One offer. Raises `OfferGone` and `OffersUnavailable`."""
        return self._index.read(offer_id)

    def page(self, *, number: int, size: int) -> tuple[Sequence[Offer], int]:
        """The offers of one page (from 1) in a lasting order, and how many there are. Raises `OffersUnavailable`."""
        return self._index.page(number=number, size=size)

    def _checks(self, offers: Sequence[Offer], *, today: date) -> Checklist:
        return checklist(offers, rules=self._rules, catalogue=self._catalogue(), as_at=today)

    def _with_words(self, wanted: OfferSearch) -> OfferSearch:
        if self._read is None or not wanted.text.strip():
            return wanted
        return merged(wanted, self._read(wanted.text))


def merged(said: OfferSearch, read: OfferSearch) -> OfferSearch:
    """What was said field by field, and what was read from words where a field was left empty.

    The words that rank are those that reading them left over.
    """

    def chosen(name: str) -> object:
        own = getattr(said, name)
        return getattr(read, name) if own == getattr(_NOTHING_ASKED, name) else own

    fields = {name: chosen(name) for name in OfferSearch.__dataclass_fields__} | {"text": read.text}
    if said.near is not None:
        fields["within_miles"] = said.within_miles
    if said.age is not None or said.key_stage is not None:
        fields |= {"age": said.age, "year_group": said.year_group, "key_stage": said.key_stage}
    return OfferSearch(**fields)  # type: ignore[arg-type]  # each value comes from the field of that name
