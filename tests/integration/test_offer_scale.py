"""How the store of offers grows: a small measurement of what was measured by hand at 200,000 offers (see the README).

To measure at another size: APNAV_TEST_OFFERS=200000 python -m pytest -s -m alone tests/integration/test_offer_scale.py
"""

import os
import random
import time
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.adapters.offer_index import IndexTools, SqliteOfferIndex
from assistant.adapters.offer_shelf import ShelfTools, SqliteOfferShelf
from assistant.adapters.offer_vectors import FolderSegments, OfferVectors
from assistant.offer import Attendance, GridReference, Offer, OfferSearch, Spot
from bots import wiring_offers
from corpus.school_ages import read_school_ages
from tests.synthetic_offers import READ_AT, WordVectors, made_up

pytestmark = pytest.mark.alone

TODAY = date(2026, 11, 22)
FEW = 2_000
MANY = int(os.environ.get("APNAV_TEST_OFFERS", "8000"))
NEEDS = wiring_offers.offer_needs()
AGES = read_school_ages()
POSTCODES = wiring_offers.postcodes()
VECTORS = WordVectors()
WORDS = ("motor mechanics", "horses and animals for calm mornings", "boxing and football", "Harbour Forge", "cooking")


def tools_in(folder: Path) -> tuple[SqliteOfferShelf, SqliteOfferIndex]:
    vectors = OfferVectors(FolderSegments(folder / "vectors"))
    index = IndexTools(vectors=vectors, embedder=lambda: VECTORS, model="words", needs=lambda: NEEDS)
    shelf = ShelfTools(
        vectors=vectors,
        embedder=lambda: VECTORS,
        model="words",
        needs=lambda: NEEDS,
        ages=lambda: AGES,
        postcodes=POSTCODES,
    )
    return SqliteOfferShelf(folder, tools=shelf), SqliteOfferIndex(folder, tools=index)


def megabytes() -> float:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def some_searches(how_many: int) -> Iterator[OfferSearch]:
    """As people ask: most with a place, many with words, each with something that is exact."""
    chance = random.Random(3)  # noqa: S311 - made-up searches
    for number in range(how_many):
        grid = GridReference(easting=chance.randrange(380_000, 560_000), northing=chance.randrange(150_000, 450_000))
        yield OfferSearch(
            text=chance.choice(WORDS) if number % 3 else "",
            near=Spot(said="LS8", council="E08000035", grid=grid) if number % 4 else None,
            within_miles=chance.choice([None, 10, 40]) if number % 4 else None,
            age=chance.choice([9, 12, 14, 15]),
            needs=chance.choice([(), ("anxiety",), ("autism",)]),
            attendance=chance.choice([None, Attendance.FULL_TIME]),
            registered=chance.random() < 0.3,
            price_to=chance.choice([None, Decimal(120)]),
        )


def p95(index: SqliteOfferIndex, *, searches: int = 80) -> float:
    """Milliseconds; nineteen of twenty searches take less."""
    index.search(OfferSearch(text="horses", age=14), today=TODAY, limit=10)  # the first one opens everything
    took = []
    for wanted in some_searches(searches):
        started = time.perf_counter()
        index.search(wanted, today=TODAY, limit=10)
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took)[int(searches * 0.95)]


def imported(folder: Path, how_many: int) -> tuple[SqliteOfferIndex, float, Sequence[float]]:
    """The index, the seconds for each thousand, and the memory in use while offers were taken in."""
    shelf, index = tools_in(folder)
    used: list[float] = []

    def watched() -> Iterator[Offer]:
        for number, offer in enumerate(made_up(how_many)):
            if number % max(how_many // 10, 1) == 0:
                used.append(megabytes())
            yield offer

    started = time.perf_counter()
    done = shelf.replace("synthetic", watched(), whole=True, now=READ_AT)
    took = time.perf_counter() - started
    assert done.added == how_many
    used.append(megabytes())
    return index, took / how_many * 1000, used


def test_searches_and_imports_keep_their_pace_as_offers_grow(tmp_path: Path) -> None:
    few, few_pace, _ = imported(tmp_path / "few", FEW)
    few_p95 = p95(few)
    many, many_pace, used = imported(tmp_path / "many", MANY)
    many_p95 = p95(many)
    print(  # noqa: T201 - the figures of a measurement by hand
        f"\n{FEW} offers: {few_pace:.2f} s a thousand, p95 {few_p95:.1f} ms; "
        f"{MANY} offers: {many_pace:.2f} s a thousand, p95 {many_p95:.1f} ms; "
        f"memory {used[0]:.0f} MB before, {max(used[:-1]):.0f} MB while reading, {used[-1]:.0f} MB after; "
        f"with the search {megabytes():.0f} MB"
    )
    assert many_p95 <= few_p95 * 5
    assert many_pace <= few_pace * 3  # linear, but for what the vectors' index takes
    assert max(used[:-1]) - used[0] < 100
