"""An offer's facts as the columns of a row."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.offer import Attendance, GridReference, OfferKind, Referrer
from assistant.offer_facts import Facts

ATTENDANCE = tuple(Attendance)
REFERRERS = tuple(Referrer)
_HEAD = ("belongs", "offer_id", "body", "text_id")
FACTS = (
    "kind",
    "registered",
    "age_from",
    "age_to",
    "key_stages",
    "needs",
    "attendance",
    "days",
    "referrers",
    "pence",
    "price_per",
    "easting",
    "northing",
    "council",
    "areas",
    "fresh",
    "valid_to",
    "completeness",
)
FACTS_COLUMNS = ", ".join(FACTS)


def names_of_columns() -> tuple[str, ...]:
    """The columns of the table of offers but its id, in the order in which `facts_row` ends."""
    return _HEAD + FACTS


def facts_row(facts: Facts) -> tuple[object, ...]:
    """The values of the last columns."""
    return (
        facts.kind.value if facts.kind else None,
        facts.registered,
        facts.age_from,
        facts.age_to,
        mask_of(facts.key_stages),
        ",".join(sorted(facts.needs)),
        mask_of(ATTENDANCE.index(each) for each in facts.attendance),
        mask_of(facts.days),
        mask_of(REFERRERS.index(each) for each in facts.referrers),
        None if facts.price is None else round(facts.price * 100),
        facts.price_per,
        facts.grid.easting if facts.grid else None,
        facts.grid.northing if facts.grid else None,
        facts.council,
        ",".join(sorted(facts.areas)),
        facts.fresh.toordinal(),
        facts.valid_to.toordinal() if facts.valid_to else None,
        facts.completeness,
    )


def facts_from(row: Sequence[Any]) -> Facts:
    """The facts that `facts_row` wrote."""
    said = dict(zip(FACTS, row, strict=True))
    return Facts(
        kind=OfferKind(said["kind"]) if said["kind"] else None,
        registered=bool(said["registered"]),
        age_from=said["age_from"],
        age_to=said["age_to"],
        key_stages=frozenset(_bits(said["key_stages"])),
        needs=_listed(said["needs"]),
        attendance=frozenset(ATTENDANCE[bit] for bit in _bits(said["attendance"])),
        days=frozenset(_bits(said["days"])),
        referrers=frozenset(REFERRERS[bit] for bit in _bits(said["referrers"])),
        price=None if said["pence"] is None else Decimal(said["pence"]) / 100,
        price_per=said["price_per"],
        grid=None if said["easting"] is None else GridReference(easting=said["easting"], northing=said["northing"]),
        council=said["council"],
        areas=_listed(said["areas"]),
        fresh=date.fromordinal(said["fresh"]),
        valid_to=date.fromordinal(said["valid_to"]) if said["valid_to"] else None,
        completeness=said["completeness"],
    )


def mask_of(bits: Iterable[int]) -> int:
    return sum(1 << bit for bit in set(bits))


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def _listed(joined: str) -> frozenset[str]:
    return frozenset(filter(None, joined.split(",")))
