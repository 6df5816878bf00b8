"""A whole timeline is there at once: it is counted anew for every question, so it may cost next to nothing."""

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import get_args

import pytest

import corpus.calendars
from assistant.adapters.bank_holidays import england_bank_holidays
from assistant.deadlines import Calculator, Happened
from assistant.school_days import SchoolCalendar
from assistant.time_rules import Chain, TimeLimits
from assistant.timeline import Timeline, timeline
from corpus.calendars import read_calendars
from corpus.entries import Need
from corpus.time_limits import read_time_limits

pytestmark = pytest.mark.alone

BAR = 0.005  # seconds
RUNS = 200
TUESDAY = date(2026, 11, 10)
HAPPENED = {
    "first-day-of-permanent-exclusion": Happened(day=TUESDAY),
    "exclusion-notice-given": Happened(day=date(2026, 11, 12)),
    "governors-decision-notice-given-to-parent": Happened(day=date(2026, 12, 3), posted=True),
    "public-exam": Happened(day=date(2026, 11, 24)),
}


@pytest.fixture(scope="module")
def limits() -> TimeLimits:
    return read_time_limits()


@pytest.fixture(scope="module")
def chain(limits: TimeLimits) -> Chain:
    return next(each for each in limits.chains if each.id == "permanent-exclusion")


@pytest.fixture(scope="module")
def calendar() -> SchoolCalendar:
    folder = Path(corpus.calendars.__file__).parent / "calendars"
    return read_calendars([folder], bank_holidays=england_bank_holidays())["typical-2026-27"]


def the_whole(chain: Chain, limits: TimeLimits, calendar: SchoolCalendar) -> Timeline:
    """Every step that any case of this kind can have."""
    return timeline(
        chain,
        HAPPENED,
        calculator=Calculator(limits, calendar=calendar, bank_holidays=calendar.bank_holidays),
        today=date(2026, 11, 21),
        needs=frozenset(get_args(Need)),
    )


def typical(action: Callable[[], object]) -> float:
    """The median of its times, in seconds."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return median(times)


def at_most(bar: float, measure: Callable[[], float]) -> bool:
    """Whether a measured time keeps to its bar, at the third try at the latest."""
    for _ in range(3):
        measured = measure()
        sys.stdout.write(f"{measured * 1000:.2f} ms, bar {bar * 1000:.0f} ms\n")
        if measured <= bar:
            return True
    return False


def test_family_waits_less_than_five_thousandths_of_a_second_for_a_whole_timeline(
    chain: Chain, limits: TimeLimits, calendar: SchoolCalendar
) -> None:
    whole = the_whole(chain, limits, calendar)
    assert len(whole.steps) == len(chain.steps)
    assert all(step.problem is None for step in whole.steps)

    assert at_most(BAR, lambda: typical(lambda: the_whole(chain, limits, calendar)))
