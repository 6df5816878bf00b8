"""What the tests of importers share: the words they read with, a shelf in memory, services as feeds publish them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from assistant.offer import Claimant, Offer, Refusal
from assistant.ports import Shelved, SourceOnShelf
from corpus.offer_columns import read_gias_types, read_offer_columns
from corpus.offer_needs import read_needs
from corpus.offer_terms import read_offer_vocabulary
from corpus.school_ages import read_school_ages
from ingest.feed_requests import Patience
from ingest.offer_draft import About, Imported, LeftOut, Reading
from ingest.offer_sources import ReadSource, SourceRequest, SourceTools, read_source
from ingest.offers import ImportReport, import_offers
from ingest.open_referral import Dialect

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
IMPATIENT = Patience(tries=5, read_seconds=0.4, page_seconds=0.8, first_pause=0.005, longest_pause=0.02, pages=200)
SAMPLES = Path(__file__).parents[2] / "shared" / "samples"


@cache
def reading() -> Reading:
    needs = read_needs()
    return Reading(
        columns=read_offer_columns(),
        ages=read_school_ages(),
        needs=lambda text: tuple(sorted(needs.met(text))),
    )


def about(**changes: Any) -> About:
    said: dict[str, Any] = {"source": "test", "source_name": "Testshire", "says": Claimant.COUNCIL, "now": NOW}
    return About(**{**said, **changes})


def dialect(**changes: Any) -> Dialect:
    return Dialect(about=about(**changes), reading=reading(), vocabulary=read_offer_vocabulary())


def tools(folder: Path, *, named: Collection[str] = (), patience: Patience = IMPATIENT) -> SourceTools:
    return SourceTools(
        reading=reading(),
        vocabulary=read_offer_vocabulary(),
        gias_types=read_gias_types(),
        named=lambda: named,
        folder=folder,
        patience=patience,
    )


def read(target: Path | str, folder: Path, *, named: Collection[str] = (), **said: Any) -> ReadSource:
    return read_source(SourceRequest(target=str(target), **said), tools=tools(folder, named=named), now=NOW)


def take(target: Path | str, folder: Path, shelf: "MemoryShelf", **said: Any) -> ImportReport:
    """Import it, as the command line does."""
    found = read(target, folder, **said)
    return import_offers(
        found.entries,
        shelf=shelf,
        source=found.about.source,
        source_name=found.about.source_name,
        now=NOW,
        whole=found.whole,
    )


def sorted_out(entries: Iterable[Imported]) -> tuple[list[Offer], list[Refusal], list[LeftOut]]:
    every = list(entries)
    return (
        [each for each in every if isinstance(each, Offer)],
        [each for each in every if isinstance(each, Refusal)],
        [each for each in every if isinstance(each, LeftOut)],
    )


class MemoryShelf:
    """Keeps offers by source and record. Implements `OfferShelf`."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Offer]] = {}

    def replace(self, source: str, offers: Iterable[Offer], *, whole: bool, now: datetime) -> Shelved:  # noqa: ARG002
        before = self.kept.get(source, {})
        new: dict[str, Offer] = {} if whole else dict(before)
        refused = []
        seen = set()
        for offer in offers:
            record = offer.provenances[0].record
            if record in seen:
                refused.append(Refusal(where=source, field="record", why=f"{record} is there twice"))
            seen.add(record)
            new[record] = offer
        self.kept[source] = new
        return Shelved(
            added=len(new.keys() - before.keys()), gone=len(before.keys() - new.keys()), refused=tuple(refused)
        )

    def remove(self, source: str) -> int:
        return len(self.kept.pop(source, {}))

    def sources(self) -> Sequence[SourceOnShelf]:
        return ()

    def names(self, source: str) -> list[str]:
        return sorted(offer.name for offer in self.kept[source].values())


def service(number: int, **changes: Any) -> dict[str, Any]:
    """A service as a feed of Open Referral UK 3.0 gives it whole."""
    said: dict[str, Any] = {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "name": f"Setting {number}",
        "description": "Small groups.",
        "status": "active",
        "minimum_age": 11,
        "maximum_age": 16,
        "organization": {"id": "o", "name": "Quiet Yard CIC", "description": "A charity"},
        "service_at_locations": [],
    }
    return {**said, **changes}


def page_of(services: Sequence[Any], *, number: int = 1, size: int = 10, **changes: Any) -> dict[str, Any]:
    """One page of a feed, with the envelope of HSDS 3.0."""
    pages = max(1, -(-len(services) // size))
    said: dict[str, Any] = {
        "total_items": len(services),
        "total_pages": pages,
        "page_number": number,
        "size": size,
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not services,
        "contents": list(services[(number - 1) * size : number * size]),
    }
    return {**said, **changes}
