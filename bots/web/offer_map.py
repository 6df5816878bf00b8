"""A plain map of offers: numbered points from grid references, north up, with rings of miles; no tiles, no script."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.offer import GridReference, OfferMatch, Spot
from assistant.offer_facts import METRES_A_MILE

SIZE = 400  # units of the drawing, each way
_EDGE = 52
_HEIGHT = 24  # of a pin
_LEAST = 2 * METRES_A_MILE  # metres across: one place alone is still shown with its surroundings
_FAR = 30 * METRES_A_MILE  # metres: what lies further away is told in words only
_RINGS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One point and the numbers of the offers that are there."""

    x: float
    y: float
    label: str
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A circle of so many miles round the place that was asked for."""

    radius: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The map. `home` is the place that was asked for; `told` says in words what it shows, one line an offer."""

    pins: tuple[Pin, ...]
    rings: tuple[Ring, ...]
    home: tuple[float, float] | None
    told: tuple[tuple[int, str], ...]


def draw(matches: Sequence[OfferMatch], *, near: Spot | None) -> Drawing | None:
    """The map of these offers, numbered from 1 in their order; None when none of them has a place."""
    home = near.grid if near else None
    placed = [(n, match.offer.place.grid) for n, match in enumerate(matches, start=1) if match.offer.place.grid]
    if home and (close := [(n, grid) for n, grid in placed if _metres(home, grid) <= _FAR]):
        placed = close  # one place at the other end of the country would push all others into one point
    if not placed:
        return None
    grids = [grid for _, grid in placed]
    shown = {n for n, _ in placed}
    frame = _Frame([*grids, home] if home else grids)
    return Drawing(
        pins=tuple(_pins([(n, frame.place(grid)) for n, grid in placed])),
        rings=tuple(frame.rings()) if home else (),
        home=frame.place(home) if home else None,
        told=tuple((n, _told(match, near=near, shown=n in shown)) for n, match in enumerate(matches, start=1)),
    )


def direction(start: GridReference, end: GridReference) -> str | None:
    """Which way `end` lies from `start`; None where they are as good as one place."""
    if _metres(start, end) < 100:
        return None
    east, north = end.easting - start.easting, end.northing - start.northing
    return _WINDS[round(math.degrees(math.atan2(east, north)) / 45) % 8]


class _Frame:
    """From metres to units of the drawing."""

    def __init__(self, grids: Sequence[GridReference]) -> None:
        easts, norths = [g.easting for g in grids], [g.northing for g in grids]
        across = max(max(easts) - min(easts), max(norths) - min(norths), _LEAST)
        self._scale = (SIZE - 2 * _EDGE) / across
        self._east, self._north = (max(easts) + min(easts)) / 2, (max(norths) + min(norths)) / 2
        self._across = across

    def place(self, grid: GridReference) -> tuple[float, float]:
        x = SIZE / 2 + (grid.easting - self._east) * self._scale
        y = SIZE / 2 - (grid.northing - self._north) * self._scale
        return round(x, 1), round(y, 1)

    def rings(self) -> Iterator[Ring]:
        fitting = [miles for miles in _RINGS if miles * METRES_A_MILE <= self._across * 0.75]
        for miles in fitting[-2:]:
            label = "1 mile" if miles == 1 else f"{miles:g} miles"
            yield Ring(radius=round(miles * METRES_A_MILE * self._scale, 1), label=label)


def _pins(placed: Sequence[tuple[int, tuple[float, float]]]) -> Iterator[Pin]:
    """A pin for each place; those that would lie on one another become one, with all their numbers."""
    groups: list[tuple[tuple[float, float], list[int]]] = []
    for n, spot in placed:
        place, numbers = spot, [n]
        while other := next((each for each in groups if _touch(each, (place, numbers))), None):
            groups.remove(other)
            place, numbers = other[0], sorted([*other[1], *numbers])
        groups.append((place, numbers))
    for (x, y), numbers in sorted(groups, key=lambda group: group[1]):
        yield Pin(x=x, y=y, label=_label(numbers), width=_width(numbers))


def _touch(one: tuple[tuple[float, float], list[int]], other: tuple[tuple[float, float], list[int]]) -> bool:
    (ax, ay), (bx, by) = one[0], other[0]
    return abs(ay - by) < _HEIGHT and abs(ax - bx) < (_width(one[1]) + _width(other[1])) / 2


def _label(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:3])) + (" …" if len(numbers) > 3 else "")


def _width(numbers: Sequence[int]) -> float:
    return round(14 + 8.5 * len(_label(numbers)), 1)


def _metres(one: GridReference, other: GridReference) -> float:
    return math.hypot(one.easting - other.easting, one.northing - other.northing)


def _told(match: OfferMatch, *, near: Spot | None, shown: bool) -> str:
    grid, home = match.offer.place.grid, near.grid if near else None
    if grid is None:
        return "where it is, is not published"
    if home is None or match.miles is None:
        return match.offer.place.town or match.offer.place.postcode or "on the map"
    far = "less than a mile" if match.miles < 0.95 else "1 mile" if match.miles == 1 else f"{match.miles:g} miles"
    way = direction(home, grid)
    return (f"{far} {way}" if way else far) + ("" if shown else ", too far for this map")
