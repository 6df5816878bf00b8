"""How the domain is said by every doorway: answers and passages as JSON, and the plain words for tiers and checks."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from assistant.citations import reference
from assistant.model import Answer, Passage, Situation
from assistant.sources import Authority, Tier, Verification

TIER_IN_WORDS: Mapping[Tier, str] = {
    Tier.ACT: "Act of Parliament",
    Tier.REGULATIONS: "regulations",
    Tier.CASE_LAW: "court or tribunal judgment",
    Tier.STATUTORY_GUIDANCE: "statutory guidance",
    Tier.GUIDANCE: "other guidance",
    Tier.REPORT: "report",
    Tier.STATISTICS: "official statistics",
    Tier.PROPOSAL: "proposal, not law",
    Tier.CHARITY: "charity's page",
    Tier.COUNCIL: "council's page",
    Tier.LOCAL_OFFER: "local offer",
}

VERIFIED_IN_WORDS: Mapping[Verification, str] = {
    Verification.PRIMARY: "read in the source itself",
    Verification.SECONDARY: "read in somebody's page about the source, not in the source itself",
    Verification.MEMORY: "not checked against its source yet",
}


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """The Answer in its published shape: dates as YYYY-MM-DD, enums as their values, tuples as lists.

    `situation` holds only what the message said, its keys in alphabetical order.
    """
    said: dict[str, Any] = as_plain(answer)
    said["situation"] = _said(answer.situation)
    return said


def passage_as_json(passage: Passage) -> dict[str, Any]:
    """A passage with the references of its authorities spelled out; the words it is searched by are left out."""
    said: dict[str, Any] = as_plain(passage)
    for only_for_search in ("questions", "also_asked", "keywords"):
        del said[only_for_search]
    said["authority"] = [_authority(authority) for authority in passage.authority]
    return said


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def in_force_in_words(start: date | None, end: date | None) -> str:
    """When something is or was in force, as far as it is known; both days are included."""
    if start is None and end is None:
        return "dates in force not recorded"
    since = f" from {day_in_words(start)}" if start else ""
    if end is None:
        return f"in force{since}"
    return f"in force{since} {'to' if start else 'until'} {day_in_words(end)}"


def as_plain(value: Any) -> Any:
    """Domain data as JSON can hold it."""
    if value is None or type(value) in _PLAIN_ALREADY:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset):
        items = [as_plain(item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    if is_dataclass(value):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    return value


_PLAIN_ALREADY = {str, int, float, bool}  # exactly these: our enums are kinds of str


def _said(situation: Situation) -> dict[str, Any]:
    slots = as_plain(situation)
    return {name: slots[name] for name in sorted(slots) if slots[name] not in (None, False, [])}


def _authority(authority: Authority) -> dict[str, Any]:
    source = authority.source
    return {
        "source": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "tier": source.tier.value,
        "nation": source.nation,
        "provision": authority.provision,
        "edition": authority.read_in or source.edition,
        "current_edition": source.edition,
        "url": authority.url or source.url,
        "reference": reference(source.title, authority.provision, authority.read_in),
    }
