"""The facts of all offers at one moment, as arrays that are compared at once: a fraction of a millisecond for each
thing that is asked, of 200,000 offers. It says what `assistant.offers.verdicts` says of one."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.adapters.offer_rows import ATTENDANCE, FACTS, FACTS_COLUMNS, REFERRERS, mask_of
from assistant.offer import OfferKind, OfferSearch
from assistant.offer_facts import ENGLAND, METRES_A_MILE
from assistant.offer_needs import Needs
from assistant.offers import NEAR

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]

_AT_ONCE = 10_000
_TYPES = {
    "id": np.int64,
    "text_id": np.int64,
    "registered": np.bool_,
    "age_from": np.float32,
    "age_to": np.float32,
    "key_stages": np.uint8,
    "needs": np.int64,
    "attendance": np.uint8,
    "days": np.uint8,
    "referrers": np.uint8,
    "pence": np.float64,
    "easting": np.float32,
    "northing": np.float32,
    "fresh": np.int32,
    "valid_to": np.float32,
    "completeness": np.uint8,
}
"""How each number is kept; NULL becomes NaN, so that what may be NULL is a float."""
_NAMED = ("segment", "kind", "price_per", "council")
_COLUMNS = ("id", "text_id", "segment", *FACTS)


@dataclass(slots=True)
class Fitting:
    """Of every offer: whether it fits, how many things that were asked it does not publish, and how far it is."""

    fits: Flags
    unknown: Numbers
    miles: Numbers

    def must(self, known: Flags, so: Flags) -> None:
        """One thing is asked: where it is `known` it must be `so`."""
        self.fits &= so | ~known
        self.unknown += ~known


class Columns:
    """About 80 bytes an offer. Positions in all the arrays are the same."""

    def __init__(self, connection: sqlite3.Connection, *, needs: Needs) -> None:
        self._needs = needs
        self._need_bits = {need: bit for bit, need in enumerate(needs.by_id)}
        self._names: dict[str, dict[str | None, int]] = {name: {None: 0} for name in _NAMED}
        self._serves: dict[str, list[int]] = {}
        rows = connection.execute(
            f"SELECT id, o.text_id, segment, {FACTS_COLUMNS} FROM offers o "  # noqa: S608 - our own column names
            "LEFT JOIN vectors v ON v.text_id = o.text_id ORDER BY id"
        )
        chunks: list[dict[str, Numbers]] = []
        while batch := rows.fetchmany(_AT_ONCE):
            chunks.append(self._arrays(batch, first=len(chunks) * _AT_ONCE))
        empty = {name: np.empty(0, dtype=kind) for name, kind in self._types().items()}
        self._columns = {name: np.concatenate([empty[name], *(chunk[name] for chunk in chunks)]) for name in empty}
        self._by_text = np.argsort(self._columns["text_id"], kind="stable")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def ids(self) -> Numbers:
        """The row of each offer."""
        return self._columns["id"]

    @property
    def fresh(self) -> Numbers:
        return self._columns["fresh"]

    @property
    def completeness(self) -> Numbers:
        return self._columns["completeness"]

    @property
    def segments(self) -> Sequence[str]:
        """The segments that hold vectors of these offers."""
        return [name for name in self._names["segment"] if name is not None]

    def without_vector(self) -> bool:
        return bool((self._columns["segment"] == 0).any())

    def texts(self, positions: Numbers) -> Numbers:
        return np.asarray(self._columns["text_id"][positions])

    def with_texts(self, text_ids: Iterable[int]) -> Numbers:
        """The positions of all offers that have one of these texts."""
        wanted = np.asarray(sorted(text_ids), dtype=np.int64)
        ordered = self._columns["text_id"][self._by_text]
        first, last = np.searchsorted(ordered, wanted, "left"), np.searchsorted(ordered, wanted, "right")
        runs = [self._by_text[a:b] for a, b in zip(first, last, strict=True)]
        return np.concatenate(runs) if runs else np.empty(0, dtype=np.int64)

    def at_rows(self, row_ids: Sequence[int]) -> Numbers:
        """The positions of these rows."""
        return np.searchsorted(self.ids, np.asarray(sorted(row_ids), dtype=np.int64))

    def expired(self, *, today: int) -> Flags:
        """Whose last day is before the day of that number."""
        return np.asarray(self._columns["valid_to"] < today)

    def fitting(self, wanted: OfferSearch) -> Fitting:
        """What `assistant.offers.verdicts` says of each offer, in numbers. Miles are NaN where they are not known."""
        size = len(self)
        fit = Fitting(np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.int16), np.full(size, np.nan, np.float32))
        self._where(fit, wanted)
        self._child(fit, wanted)
        self._setting(fit, wanted)
        if wanted.price_to is not None:
            known = ~np.isnan(self._columns["pence"])
            if wanted.price_basis is not None:
                known &= self._columns["price_per"] == self._names["price_per"].get(wanted.price_basis, -1)
            fit.must(known, self._columns["pence"] <= float(wanted.price_to * 100))
        return fit

    def _where(self, fit: Fitting, wanted: OfferSearch) -> None:
        spot = wanted.near
        if spot is None:
            return
        if spot.grid is None:
            here = self._columns["council"] == self._names["council"].get(spot.council or "", -1)
            here |= self._serving(spot.council) | self._serving(ENGLAND)
            served = np.zeros(len(self), dtype=np.bool_)
            for positions in self._serves.values():
                served[positions] = True
            fit.must((self._columns["council"] != 0) | served, here)
            return
        east, north = self._columns["easting"] - spot.grid.easting, self._columns["northing"] - spot.grid.northing
        fit.miles = np.hypot(east, north) / np.float32(METRES_A_MILE)
        if wanted.within_miles is not None:
            fit.fits &= fit.miles <= wanted.within_miles  # never so where it is not known
        else:
            online = self._columns["kind"] == self._names["kind"].get(OfferKind.ONLINE.value, -1)
            fit.unknown += np.isnan(fit.miles) & ~online
            fit.fits &= ~(fit.miles > NEAR) | online | self._serving(spot.council) | self._serving(ENGLAND)

    def _child(self, fit: Fitting, wanted: OfferSearch) -> None:
        first, last = self._columns["age_from"], self._columns["age_to"]
        if wanted.age is not None:
            # A limit that is not published is NaN, and no comparison with it is true.
            fit.fits &= ~((wanted.age < first) | (wanted.age >= last + 1))
            fit.unknown += np.isnan(first) | np.isnan(last)
        if wanted.key_stage is not None:
            self._all_of(fit, "key_stages", mask_of([wanted.key_stage]))
        for need in wanted.needs:
            bits = mask_of(self._need_bits[each] for each in self._needs.fitting(need))
            fit.must(self._columns["needs"] != 0, (self._columns["needs"] & bits) != 0)

    def _setting(self, fit: Fitting, wanted: OfferSearch) -> None:
        if wanted.attendance is not None:
            self._all_of(fit, "attendance", mask_of([ATTENDANCE.index(wanted.attendance)]))
        if wanted.days:
            self._all_of(fit, "days", mask_of(wanted.days))
        if wanted.registered:
            fit.fits &= self._columns["registered"]
        if wanted.kinds:
            codes = [self._names["kind"].get(kind.value, -1) for kind in wanted.kinds]
            fit.fits &= np.isin(self._columns["kind"], codes)
        if wanted.referrer is not None:
            self._all_of(fit, "referrers", mask_of([REFERRERS.index(wanted.referrer)]))

    def _all_of(self, fit: Fitting, column: str, bits: int) -> None:
        fit.must(self._columns[column] != 0, (self._columns[column] & bits) == bits)

    def _serving(self, council: str | None) -> Flags:
        flags = np.zeros(len(self), dtype=np.bool_)
        flags[self._serves.get(council or "", [])] = True
        return flags

    def _types(self) -> dict[str, Any]:
        return {**_TYPES, **dict.fromkeys(_NAMED, np.int16)}

    def _arrays(self, batch: Sequence[Sequence[Any]], *, first: int) -> dict[str, Numbers]:
        said = dict(zip(_COLUMNS, zip(*batch, strict=True), strict=True))
        for position, areas in enumerate(said.pop("areas"), start=first):
            for area in filter(None, areas.split(",")):
                self._serves.setdefault(area, []).append(position)
        masks: dict[str, int] = {}
        said["needs"] = tuple(masks.setdefault(joined, self._need_mask(joined)) for joined in said["needs"])
        for name in _NAMED:
            codes = self._names[name]
            said[name] = tuple(codes.setdefault(each, len(codes)) for each in said[name])
        return {name: np.asarray(said[name], dtype=kind) for name, kind in self._types().items()}

    def _need_mask(self, joined: str) -> int:
        """A need that the list has no more is left out."""
        return mask_of(self._need_bits[need] for need in joined.split(",") if need in self._need_bits)
