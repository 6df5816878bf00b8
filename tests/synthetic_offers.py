"""Made-up offers by the thousand, and vectors for them that cost next to nothing: what the store is measured with."""

import hashlib
import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from assistant.offer import (
    Attendance,
    Claimant,
    GridReference,
    Offer,
    OfferKind,
    OfferPlace,
    Price,
    Provenance,
    Referrer,
    Registration,
)

READ_AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
_TRADES = (
    "mechanics cooking gardening farming carpentry music boxing football art animals horses coding hair beauty".split()
)
_NEEDS = ("anxiety", "autism", "ADHD", "SEMH", "challenging behaviour", "school avoidance", "medical needs")
_NAMES = "Oak River Hill Bridge Star Harbour Meadow Forge Lantern Compass Willow Acorn Beacon Summit Orchard".split()


class WordVectors(Embeddings):
    """A text is the sum of its words, each a fixed direction: alike texts are near, and nothing is computed twice."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        words = [word for word in re.findall(r"[a-z]+", text.casefold()) if len(word) > 3]
        total = np.sum([_direction(word) for word in words], axis=0) if words else _direction("")
        vector: list[float] = (total / max(float(np.linalg.norm(total)), 1e-9)).tolist()
        return vector


@cache
def _direction(word: str) -> npt.NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    direction: npt.NDArray[np.float32] = np.random.default_rng(seed).normal(size=384).astype(np.float32)
    return direction


def made_up(count: int, *, source: str = "synthetic", seed: int = 1) -> Iterator[Offer]:
    """`count` offers spread over England, one by one; some publish much and some little."""
    chance = random.Random(seed)  # noqa: S311 - made-up data
    for number in range(count):
        yield _offer(number, chance, source=source)


def _offer(number: int, chance: random.Random, *, source: str) -> Offer:
    trade, other = chance.sample(_TRADES, 2)
    name = f"{chance.choice(_NAMES)} {chance.choice(_NAMES)} {number}"
    first = chance.choice([5, 7, 11, 13, 14])
    said = chance.random() < 0.7
    registered = chance.random() < 0.3
    return Offer(
        id=str(number),
        name=name,
        provider=name,
        kind=OfferKind.INDEPENDENT_SCHOOL if registered else chance.choice([OfferKind.UNREGISTERED, OfferKind.TUITION]),
        registration=Registration.REGISTERED if registered else Registration.NOT_REGISTERED,
        age_from=first if said else None,
        age_to=first + chance.choice([2, 5]) if said else None,
        needs=tuple(chance.sample(_NEEDS, 2)) if chance.random() < 0.6 else (),
        attendance=(chance.choice(list(Attendance)),) if said else (),
        days=tuple(sorted(chance.sample(range(5), 3))) if said else (),
        referrers=(chance.choice(list(Referrer)),) if said else (),
        price=Price(amount=Decimal(chance.randrange(40, 200)), basis="per day") if said else None,
        place=OfferPlace(
            grid=GridReference(easting=chance.randrange(350_000, 600_000), northing=chance.randrange(100_000, 500_000)),
            council=f"E0800{chance.randrange(150):04d}",
        ),
        text=f"{name} teaches {trade} and {other} in small groups, with English and maths each morning.",
        provenances=(
            Provenance(
                source=source,
                source_name="A synthetic council",
                record=str(number),
                says=Claimant.COUNCIL,
                retrieved_at=READ_AT,
                last_changed=date(2026, 10, 1) - timedelta(days=chance.randrange(200)),
            ),
        ),
    )
