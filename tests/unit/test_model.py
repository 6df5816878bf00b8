"""When something was law, and what is only proposed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sources import Authority, Tier
from tests.fakes import a_catalogue, a_passage, a_source

DAYS = st.dates(min_value=date(1944, 1, 1), max_value=date(2100, 1, 1))
ONE_DAY = timedelta(days=1)


@given(DAYS, st.integers(min_value=0, max_value=5000))
def test_a_passage_is_law_from_its_first_day_to_its_last_and_on_no_other(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    passage = a_passage(in_force_from=first, in_force_to=last)
    assert passage.in_force_on(first)
    assert passage.in_force_on(last)
    assert not passage.in_force_on(first - ONE_DAY)
    assert not passage.in_force_on(last + ONE_DAY)


@given(DAYS, DAYS)
def test_a_passage_without_an_end_is_law_for_ever_after_its_start(first: date, day: date) -> None:
    assert a_passage(in_force_from=first, in_force_to=None).in_force_on(day) == (day >= first)


@given(DAYS, DAYS)
def test_a_passage_whose_start_is_not_known_was_always_law_until_its_end(last: date, day: date) -> None:
    assert a_passage(in_force_from=None, in_force_to=last).in_force_on(day) == (day <= last)


@given(DAYS)
def test_a_passage_without_dates_is_law_on_any_day(day: date) -> None:
    assert a_passage(in_force_from=None, in_force_to=None).in_force_on(day)


@given(DAYS, DAYS)
def test_on_any_day_exactly_one_of_two_editions_that_follow_each_other_is_in_force(change: date, day: date) -> None:
    old = a_passage(in_force_from=None, in_force_to=change - ONE_DAY)
    new = a_passage(in_force_from=change, in_force_to=None)
    assert old.in_force_on(day) != new.in_force_on(day)


@pytest.mark.parametrize(
    ("tiers", "is_proposal"),
    [
        pytest.param([Tier.PROPOSAL], True, id="a white paper"),
        pytest.param([Tier.PROPOSAL, Tier.PROPOSAL], True, id="a white paper and a bill"),
        pytest.param([Tier.PROPOSAL, Tier.ACT], False, id="law that a proposal mentions"),
        pytest.param([Tier.ACT], False, id="an Act"),
        pytest.param([], False, id="no authority at all"),
    ],
)
def test_only_what_rests_on_proposals_alone_is_a_proposal(tiers: list[Tier], is_proposal: bool) -> None:
    authority = tuple(Authority(source=a_source(f"source-{n}", tier=tier)) for n, tier in enumerate(tiers))
    assert a_passage(authority=authority).is_proposal is is_proposal


@given(st.lists(st.none() | DAYS, min_size=1).filter(any))
def test_the_earliest_law_is_the_first_dated_passage(starts: list[date | None]) -> None:
    catalogue = a_catalogue(*(a_passage(f"exc-{n:03}", in_force_from=day) for n, day in enumerate(starts)))
    earliest = catalogue.earliest_law()
    assert earliest in starts
    assert all(day is None or day >= earliest for day in starts)
