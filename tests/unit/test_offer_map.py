"""The map of places: what is on it, and what it says in words."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.offer import GridReference, OfferMatch, OfferPlace, Spot
from bots.web.offer_map import SIZE, direction, draw
from tests.local_offers import LS8, bare_offer, full_offer

HOME = GridReference(easting=430_000, northing=430_000)
NEAR = Spot(said="home", grid=HOME)


def match(*, east: int = 0, north: int = 0, miles: float | None = None) -> OfferMatch:
    grid = GridReference(easting=HOME.easting + east, northing=HOME.northing + north)
    return OfferMatch(offer=full_offer(place=OfferPlace(grid=grid, town="Leeds")), miles=miles)


def test_parent_reads_how_far_and_which_way_each_place_is() -> None:
    drawn = draw([match(east=3219, miles=2.0), match(north=-200, miles=0.1), match(miles=0.0)], near=NEAR)

    assert drawn is not None
    assert drawn.told == ((1, "2 miles east"), (2, "less than a mile south"), (3, "less than a mile"))


def test_a_place_at_the_other_end_of_the_country_does_not_push_the_others_into_one_point() -> None:
    drawn = draw(
        [match(east=2000, miles=1.2), match(east=-4000, miles=2.5), match(north=300_000, miles=186.4)], near=NEAR
    )

    assert drawn is not None
    assert [pin.label for pin in drawn.pins] == ["1", "2"]
    assert drawn.told[2] == (3, "186.4 miles north, too far for this map")


def test_places_at_one_address_share_a_pin() -> None:
    drawn = draw([match(), match(), match(east=3000)], near=None)

    assert drawn is not None
    assert [pin.label for pin in drawn.pins] == ["1, 2", "3"]
    assert drawn.told[0] == (1, "Leeds")


def test_there_is_no_map_where_no_place_is_published() -> None:
    assert draw([OfferMatch(offer=bare_offer())], near=LS8) is None
    assert draw([], near=LS8) is None


METRES = st.integers(-250_000, 250_000)


@given(st.lists(st.tuples(METRES, METRES), min_size=1, max_size=12), st.booleans())
def test_every_pin_is_on_the_map(places: list[tuple[int, int]], with_home: bool) -> None:
    matches = [match(east=east, north=north, miles=1.5) for east, north in places]

    drawn = draw(matches, near=NEAR if with_home else None)

    assert drawn is not None
    for pin in drawn.pins:
        assert 0 <= pin.x - pin.width / 2 <= pin.x + pin.width / 2 <= SIZE
        assert 0 <= pin.y - 12 <= pin.y + 12 <= SIZE


def test_all_eight_winds_have_their_name() -> None:
    winds = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]

    told = [direction(HOME, GridReference(easting=430_000 + 900 * e, northing=430_000 + 900 * n)) for e, n in winds]

    assert told == "north north-east east south-east south south-west west north-west".split()
