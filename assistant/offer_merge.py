"""One offer from the entries that several sources have of it: the best word first, and what they disagree on said."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from assistant.offer import Claimant, Contact, Disagreement, Offer, OfferPlace, Provenance

_RANK = {Claimant.GOVERNMENT: 0, Claimant.COUNCIL: 1, Claimant.PROVIDER: 2}
_WORDS = {
    "text",
    "alert",
    "need_words",
    "referral_words",
    "session_words",
    "transport",
    "safeguarding",
    "curriculum",
    "qualifications",
    "inspection",
}
"""Fields that sources put in their own words: these are no disagreement."""

_KEPT_APART = {"id", "provenances", "disagreements", "name", "provider", "place", "contact", "text"}
_FILLER = re.compile(r"\b(?:the|ltd|limited|cic|cio|plc|llp|and)\b|[^a-z0-9 ]+")
_SHOWN = 200  # characters of a value that is told in a disagreement


def name_key(offer: Offer) -> str | None:
    """What two entries of one offer have in common when no URN tells: name and postcode, however they are written.

    None without a postcode, since many places share a name.
    """
    postcode = re.sub(r"\s+", "", offer.place.postcode or "").upper()
    name = plain_name(offer.name)
    return f"{name}|{postcode}" if name and postcode else None


def plain_name(name: str) -> str:
    """A name however it is written: without “the”, “Ltd”, accents and signs."""
    plain = (
        unicodedata.normalize("NFKD", name)
        .replace("’", "")
        .encode("ascii", "ignore")
        .decode()
        .lower()
        .replace("&", " and ")
    )
    return " ".join(_FILLER.sub(" ", plain.replace("'", "")).split())


def merged(entries: Sequence[Offer], *, offer_id: str) -> Offer:
    """One offer under `offer_id`: each field from the best source that publishes it, and the texts of all.

    Best is government, then council, then provider; among equals the newest.
    """
    ordered = sorted(entries, key=_order)
    if len(ordered) == 1:
        return replace(ordered[0], id=offer_id)
    best = ordered[0]
    taken: dict[str, Any] = {
        each.name: _first([getattr(entry, each.name) for entry in ordered])
        for each in fields(Offer)
        if each.name not in _KEPT_APART
    }
    return replace(
        best,
        **taken,
        id=offer_id,
        text="\n\n".join(dict.fromkeys(entry.text for entry in ordered if entry.text)),
        place=_filled([entry.place for entry in ordered], OfferPlace()),
        contact=_filled([entry.contact for entry in ordered], Contact()),
        provenances=tuple(provenance for entry in ordered for provenance in entry.provenances),
        disagreements=tuple(_disagreements(ordered)),
    )


def _order(entry: Offer) -> tuple[int, int, str, str]:
    first = entry.provenances[0]
    return _RANK[first.says], -_newest(first), first.source, first.record


def _newest(provenance: Provenance) -> int:
    return (provenance.last_changed or provenance.retrieved_at.date()).toordinal()


def _first(values: Sequence[Any]) -> Any:
    return next((value for value in values if not _is_empty(value)), values[0])


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", ())


def _filled(parts: Sequence[Any], empty: Any) -> Any:
    """One place or contact, each field from the first that has it."""
    return replace(empty, **{each.name: _first([getattr(part, each.name) for part in parts]) for each in fields(empty)})


def _disagreements(ordered: Sequence[Offer]) -> Iterator[Disagreement]:
    for name in (each.name for each in fields(Offer)):
        if name in _WORDS or name in {"id", "provenances", "disagreements", "provider", "contact"}:
            continue
        if name == "place":
            yield from _told_apart("postcode", [(entry, entry.place.postcode) for entry in ordered])
        elif name == "name":
            yield from _told_apart(name, [(entry, entry.name) for entry in ordered], compared=plain_name)
        else:
            yield from _told_apart(name, [(entry, getattr(entry, name)) for entry in ordered])


def _told_apart(
    name: str, values: Sequence[tuple[Offer, Any]], *, compared: Callable[[Any], Any] | None = None
) -> Iterator[Disagreement]:
    said = [(entry, value) for entry, value in values if not _is_empty(value)]
    if len({(compared or _compared)(value) for _, value in said}) > 1:
        yield Disagreement(
            field=name, said=tuple((entry.provenances[0].source, _in_words(value)[:_SHOWN]) for entry, value in said)
        )


def _compared(value: Any) -> Any:
    """What must be equal for two sources to say the same."""
    if isinstance(value, tuple):
        return frozenset(_compared(each) for each in value)
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return re.sub(r"[^a-z0-9]+", "", value.casefold())
    if is_dataclass(value):
        return tuple(_compared(getattr(value, each.name)) for each in fields(value) if each.name != "words")
    return value


def _in_words(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_in_words(each) for each in value)
    if isinstance(value, StrEnum):
        return value.value.replace("_", " ")
    if isinstance(value, float):
        return f"{value:g}"
    if is_dataclass(value):
        parts = ((each.name, getattr(value, each.name)) for each in fields(value))
        return "; ".join(
            _in_words(part) if name == "words" else f"{name.replace('_', ' ')}: {_in_words(part)}"
            for name, part in parts
            if not _is_empty(part)
        )
    return str(value)
