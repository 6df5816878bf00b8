"""An offer in the making: fields put in one by one, each read and checked, then built whole."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assistant.grid import grid_of, in_england
from assistant.offer import (
    Claimant,
    Contact,
    GridReference,
    InspectionResult,
    Offer,
    OfferPlace,
    Places,
    Price,
    Provenance,
    QualityCheck,
    Refusal,
)
from assistant.school_ages import SchoolAges
from corpus.offer_columns import OfferColumns, ReadNeeds
from ingest import offer_readings as read
from ingest.offer_fields import READERS, WHOLE_TEXT
from ingest.plain_text import plain, plain_line


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a source before its entries are read. `valid_to` holds for entries that name no day."""

    source: str
    source_name: str
    says: Claimant
    now: datetime
    url: str | None = None
    licence: str | None = None
    valid_to: date | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entry that is sound and no offer for us (a closed school): only counted, by its reason in plain words."""

    why: str


Imported = Offer | Refusal | LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the words of a source are read with."""

    columns: OfferColumns
    ages: SchoolAges
    needs: ReadNeeds = lambda _: ()


def offer_id(source: str, record: str) -> str:
    """The lasting id of an entry."""
    return hashlib.sha256(f"{source}\n{record}".encode()).hexdigest()[:20]


class Draft:
    """Collects one offer. What cannot be read is kept as a `Refusal` of its field; the rest of the entry goes on."""

    def __init__(self, about: About, *, where: str, reading: Reading) -> None:
        self.about = about
        self.where = where
        self.refusals: list[Refusal] = []
        self.reading = reading
        self.said: dict[str, Any] = {}
        self._texts: list[str] = []

    def has(self, name: str) -> bool:
        return name in self.said

    def put(self, name: str, value: object, *, heading: str = "") -> None:
        """Read what `heading`, if it has one, says for a field of `READERS`; nothing said changes nothing."""
        text = _as_text(value)
        if read.is_nothing(text):
            return
        try:
            READERS[name](self, text if name in WHOLE_TEXT else plain_line(text), heading)
        except ValueError as error:
            self.refuse(name, f"{error}.")

    def refuse(self, name: str | None, why: str) -> None:
        self.refusals.append(Refusal(where=self.where, field=name, why=why))

    def set(self, name: str, value: object) -> None:
        """Set a field whose value needs no reading; None changes nothing."""
        if value is not None and value != "":
            self.said[name] = value

    def add(self, name: str, values: Sequence[object]) -> None:
        """Add to a field that is a list, each value once."""
        self.said[name] = tuple(dict.fromkeys((*self.said.get(name, ()), *values)))

    def add_text(self, text: str, *, heading: str = "") -> None:
        """Add to the description, under its heading."""
        words = plain(text)
        if words and not read.is_nothing(words):
            self._texts.append(f"{plain_line(heading)}: {words}" if heading else words)

    def results(self, record: str | None = None) -> Iterator[Offer | Refusal]:
        """The offer, after what was refused of it; or only refusals, when it has no name.

        `record` is the source's id of the entry; without one it is made from its name and postcode.
        """
        said = self.said
        name, provider = said.get("name") or said.get("provider"), said.get("provider") or said.get("name")
        if not name or not provider:
            yield from self.refusals
            yield Refusal(where=self.where, why="it has no name, so nobody could tell what it is.")
            return
        record = record or said.get("record") or _record_of(name, provider, said.get("postcode"))
        self._check_ages()
        built = self._build(str(record), name=name, provider=provider)
        yield from self.refusals
        yield built

    def _check_ages(self) -> None:
        first, last = self.said.get("age_from"), self.said.get("age_to")
        if first is not None and last is not None and first > last:
            self.refuse("age_from", f"it is {first:g}, above the oldest age {last:g}.")
            del self.said["age_from"], self.said["age_to"]

    def _build(self, record: str, *, name: str, provider: str) -> Offer:
        said, about = self.said, self.about
        simple = {key: said[key] for key in _SIMPLE if key in said}
        return Offer(
            id=offer_id(about.source, record),
            name=name,
            provider=provider,
            text="\n\n".join(dict.fromkeys(self._texts)),
            price=self._price(),
            places=Places(**parts) if (parts := self._parts("places", ("total", "free", "as_of"))) else None,
            quality=QualityCheck(**parts) if (parts := self._parts("quality", _QUALITY)) else None,
            inspection=self._inspection(),
            place=OfferPlace(
                **{key: said[key] for key in ("address", "town", "postcode", "council") if key in said},
                grid=self._grid(),
            ),
            contact=Contact(**{key: said[key] for key in ("phone", "email", "url") if key in said}),
            valid_to=said.get("valid_to", about.valid_to),
            provenances=(self._provenance(record),),
            **simple,
        )

    def _parts(self, prefix: str, names: Sequence[str]) -> dict[str, Any]:
        return {name: self.said[f"{prefix}_{name}"] for name in names if f"{prefix}_{name}" in self.said}

    def _price(self) -> Price | None:
        parts = self._parts("price", ("amount", "basis", "words"))
        return Price(**parts) if parts else None

    def _inspection(self) -> InspectionResult | None:
        parts = self._parts("inspection", ("on", "report_card", "grades", "of_predecessor", "url"))
        if not parts:
            return None
        if "report_card" not in parts:
            self.refuse("inspection", "it does not say whether its grades are those of a report card.")
            return None
        return InspectionResult(**{"on": None, "grades": (), **parts})

    def _grid(self) -> GridReference | None:
        said = self.said
        try:
            if "easting" in said and "northing" in said:
                grid = GridReference(easting=said["easting"], northing=said["northing"])
                if in_england(grid):
                    return grid
                self.refuse("place", f"{grid.easting}, {grid.northing} is not in England. The position was left out.")
            if "latitude" in said and "longitude" in said:
                try:
                    return grid_of(said["latitude"], said["longitude"])
                except ValueError as error:
                    place = f"latitude {said['latitude']:g}, longitude {said['longitude']:g}"
                    raise ValueError(f"{place}: {error}") from error
        except ValueError as error:
            self.refuse("place", f"{error}. The position was left out.")
        return None

    def _provenance(self, record: str) -> Provenance:
        about, said = self.about, self.said
        says = said.get("source_says", about.says)
        return Provenance(
            source=about.source,
            source_name=about.source_name,
            record=record,
            says=says if _TRUST[says] < _TRUST[about.says] else about.says,
            retrieved_at=about.now,
            url=said.get("source_url", about.url),
            licence=said.get("source_licence", about.licence),
            last_changed=said.get("last_changed"),
            sample=about.sample or bool(said.get("source_sample")),
        )


_TRUST = {Claimant.PROVIDER: 0, Claimant.COUNCIL: 1, Claimant.GOVERNMENT: 2}  # a feed may only say less for itself
_QUALITY = ("by", "on", "self_declared", "words")
_SIMPLE = """kind registration urn referrers referral_words age_from age_to key_stages needs need_words curriculum
qualifications attendance hours_a_week days session_words group_size transport safeguarding area_served alert""".split()


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _record_of(name: str, provider: str, postcode: str | None) -> str:
    said = "|".join(" ".join(re.findall(r"\w+", part.lower())) for part in (name, provider, postcode or ""))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
