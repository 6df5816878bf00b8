"""Phrases people write, read by the kept date parser itself; asked on Saturday 21 November 2026."""

import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.adapters.dates import DayFirstReader
from assistant.date_places import find_dates
from assistant.written_dates import find_written_dates
from tests.fakes import TODAY, FakeDateReader

READER = DayFirstReader()

PHRASES = [
    ("Tuesday 10 November 2026", "Tue 2026-11-10", True),
    ("Tues 1 Dec 2026", "Tue 2026-12-01", True),
    ("Thurs 17 Dec 2026 at 2.15pm", "Thu 2026-12-17", True),
    ("10th of November", "Tue 2026-11-10", False),
    ("Nov 10th", "Tue 2026-11-10", False),
    ("November 10, 2026", "Tue 2026-11-10", True),
    ("3/11", "Tue 2026-11-03", False),
    ("3/11/26", "Tue 2026-11-03", True),
    ("3.11.2026", "Tue 2026-11-03", True),
    ("3-11-2026", "Tue 2026-11-03", True),
    ("2026-11-03", "Tue 2026-11-03", True),
    ("5/1/27", "Tue 2027-01-05", True),
    ("Tue 5/1/27", "Tue 2027-01-05", True),
    ("fri 18", "Fri 2026-12-18", False),
    ("the 12th", "Sat 2026-12-12", False),
    ("on the 4th", "Fri 2026-12-04", False),
    ("4th is inset", "Fri 2026-12-04", False),
    ("last Tuesday", "Tue 2026-11-17", True),
    ("Tuesday last week", "Tue 2026-11-10", True),
    ("this Tuesday", "Tue 2026-11-17", True),
    ("next Monday", "Mon 2026-11-23", True),
    ("on Tuesday", "Tue 2026-11-17", False),
    ("excluded thurs", "Thu 2026-11-19", False),
    ("yesterday", "Fri 2026-11-20", True),
    ("the day before yesterday", "Thu 2026-11-19", True),
    ("today", "Sat 2026-11-21", True),
    ("this morning", "Sat 2026-11-21", True),
    ("tomorrow", "Sun 2026-11-22", True),
    ("3 days ago", "Wed 2026-11-18", True),
    ("two weeks ago", "Sat 2026-11-07", True),
    ("a week ago", "Sat 2026-11-14", True),
    ("a fortnight ago", "Sat 2026-11-07", True),
    ("a month ago", "Wed 2026-10-21", False),
    ("in 3 days' time", "Tue 2026-11-24", True),
    ("last week", "Sat 2026-11-14", False),
    ("next week", "Sat 2026-11-28", False),
    ("26 Mar", "Fri 2027-03-26", False),
    ("back 5 jan", "Tue 2027-01-05", False),
    ("18/12", "Fri 2026-12-18", False),
    ("23rd December", "Wed 2026-12-23", False),
]

STYLES = [
    lambda day: f"{day.day} {day:%B %Y}",
    lambda day: f"{day:%A} {day.day} {day:%B %Y}",
    lambda day: f"{day:%a} {day.day} {day:%b %Y}",
    lambda day: f"{nth(day)} of {day:%B}, {day.year}",
    lambda day: f"{day:%B} {day.day}, {day.year}",
    lambda day: f"{day:%b} {nth(day)} {day.year}",
    lambda day: f"{day.day}/{day.month}/{day.year}",
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day:%d-%m-%Y}",
    lambda day: f"{day:%Y-%m-%d}",
]


def nth(day: date) -> str:
    ending = "th" if 11 <= day.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending}"


@pytest.mark.parametrize(("phrase", "day", "exact"), PHRASES)
def test_people_may_write_a_date_as_they_speak(phrase: str, day: str, exact: bool) -> None:
    (found,) = find_written_dates(phrase, today=TODAY, reader=READER)
    assert f"{found.day:%a %Y-%m-%d}" == day
    assert found.exact is exact


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(STYLES), st.dates())
def test_any_date_with_its_year_is_read_back_exactly_whatever_today_is(day: date, style: object, today: date) -> None:
    assert callable(style)
    text = f"He was excluded on {style(day)}, is that legal?"
    (found,) = find_written_dates(text, today=today, reader=READER)
    assert found.day == day
    assert found.exact
    assert found.clash is None
    assert list(find_dates(text)) == [day]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_year_of_two_figures_is_one_of_this_century(day: date) -> None:
    (found,) = find_written_dates(f"excluded {day.day}/{day:%m/%y}", today=TODAY, reader=READER)
    assert found.day == day


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.one_of(
        st.dates(min_value=date(1000, 1, 1)).map(lambda day: f"{day.day} {day:%B} {day.year}"),
        st.integers(min_value=0, max_value=999).map(lambda n: f"{n} days ago"),
        st.integers(min_value=0, max_value=50).map(lambda n: f"in {n} weeks"),
        st.sampled_from(["yesterday", "today", "tomorrow"]),
    ),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)),
)
def test_the_stand_in_of_the_unit_tests_reads_as_the_parser_does(phrase: str, today: date) -> None:
    assert FakeDateReader().read(phrase, today=today) == READER.read(phrase, today=today)


@pytest.mark.parametrize("nonsense", ["", "march", "2026", "march 2026", "31 February 2026", "99999999 days ago", "£"])
def test_nonsense_is_no_day(nonsense: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert READER.read(nonsense, today=TODAY) is None


def test_many_people_may_ask_at_the_same_time() -> None:
    reader = DayFirstReader()
    wanted = [TODAY + timedelta(days=n) for n in range(60)]
    with ThreadPoolExecutor(8) as pool:
        read = pool.map(lambda day: reader.read(f"{day.day} {day:%B %Y}", today=TODAY), wanted)
        assert list(read) == wanted


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_time_zone_of_the_machine_does_not_move_a_day(zone: str) -> None:
    program = (
        "import datetime as dt, sys; from assistant.adapters.dates import DayFirstReader; "
        "assert 'dateparser' not in sys.modules; reader = DayFirstReader(); reader.warm(); "
        "print(*(reader.read(p, today=dt.date(2026, 11, 21)) for p in ('today', '1 day ago', '3 November 2026')))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": zone, "PYTHONPATH": "."},
    )
    assert done.stdout.split() == ["2026-11-21", "2026-11-20", "2026-11-03"]
    assert done.stderr == ""
