"""Which days a school calendar counts, and which calendars are refused as impossible."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.bank_holidays import england_bank_holidays
from assistant.errors import BankHolidaysTooShort, CalendarTooShort, UnknownCalendar
from assistant.school_days import BankHolidays, SchoolCalendar, Term
from corpus.calendars import calendar_as_yaml, school_year_of, what_is_wrong
from ingest.term_words import Kind, Span, day_in, kinds_of, season_of, spans_in
from tests.fakes import BANK_HOLIDAYS, FakeCalendars, a_calendar

ENGLAND = england_bank_holidays()


def wrong(calendar: SchoolCalendar) -> list[tuple[object, ...]]:
    return [at for at, _ in what_is_wrong(calendar)]


def term(first: str, last: str) -> Term:
    return Term(first=date.fromisoformat(first), last=date.fromisoformat(last))


# Bank holidays ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 25), "Christmas Day"),  # Friday
        (date(2026, 12, 28), "Boxing Day (substitute day)"),  # Monday, for Saturday the 26th
        (date(2027, 3, 26), "Good Friday"),
        (date(2027, 3, 29), "Easter Monday"),
        (date(2022, 9, 19), "Bank Holiday for the State Funeral of Queen Elizabeth II"),  # Monday
    ],
)
def test_bank_holidays_are_those_of_england_by_name(day: date, name: str) -> None:
    assert ENGLAND.names[day].lower() == name.lower()


def test_bank_holidays_of_other_nations_are_not_counted() -> None:
    assert date(2026, 11, 30) not in ENGLAND.names  # St Andrew's Day
    assert date(2027, 3, 17) not in ENGLAND.names  # St Patrick's Day


def test_bank_holidays_are_known_for_whole_years_only() -> None:
    assert (ENGLAND.first.month, ENGLAND.first.day) == (1, 1)
    assert (ENGLAND.last.month, ENGLAND.last.day) == (12, 31)
    assert ENGLAND.last >= date(2028, 12, 31)
    with pytest.raises(BankHolidaysTooShort):
        ENGLAND.is_working_day(ENGLAND.last + timedelta(days=1))


def test_the_examples_of_the_tests_have_englands_real_bank_holidays() -> None:
    known = {day: name for day, name in ENGLAND.names.items() if BANK_HOLIDAYS.first <= day <= BANK_HOLIDAYS.last}
    assert known == BANK_HOLIDAYS.names


# Counting -----------------------------------------------------------------------------------------------------------


@given(closed=st.sets(st.dates(date(2026, 9, 2), date(2027, 7, 21)), max_size=20))
def test_a_closure_never_adds_a_school_day(closed: set[date]) -> None:
    plain = a_calendar()
    assert set(replace(plain, closures=frozenset(closed)).school_days) == set(plain.school_days) - closed


def test_a_calendar_knows_nothing_of_the_days_outside_it() -> None:
    with pytest.raises(CalendarTooShort, match="apnav calendar add"):
        a_calendar().is_school_day(date(2026, 9, 1))


def test_a_known_holiday_before_the_first_term_is_part_of_the_calendar() -> None:
    calendar = a_calendar(covers_from=date(2026, 8, 1))
    assert calendar.why_not(date(2026, 8, 5)) == "a school holiday"


def test_the_first_calendar_of_the_fakes_is_the_default_one() -> None:
    known = FakeCalendars(a_calendar("one"), a_calendar("another"))
    assert known.find(None).id == "one"
    assert [each.id for each in known.all()] == ["another", "one"]
    with pytest.raises(UnknownCalendar, match="one, another"):
        known.find("third")


# Impossible calendars -----------------------------------------------------------------------------------------------


def test_a_usual_year_is_possible() -> None:
    assert not wrong(a_calendar())


@pytest.mark.parametrize(
    ("terms", "at"),
    [
        ([term("2026-10-23", "2026-09-02")], ("terms", 0, "last")),
        ([term("2026-09-02", "2026-10-23"), term("2026-10-23", "2026-12-18")], ("terms", 1, "first")),
        ([term("2026-11-02", "2026-12-18"), term("2026-09-02", "2026-10-23")], ("terms", 1, "first")),
        ([term("2026-09-02", "2026-10-23"), term("2027-01-04", "2027-02-12")], ("terms", 1, "first")),
        ([term("2026-09-02", "2027-01-08")], ("terms", 0, "last")),
        ([term("2027-11-01", "2028-01-14")], ("terms", 0, "last")),
    ],
    ids=["backwards", "overlapping", "out of order", "a gap of over 10 weeks", "over 16 weeks", "past bank holidays"],
)
def test_terms_are_refused_that_no_school_has(terms: list[Term], at: tuple[object, ...]) -> None:
    assert wrong(a_calendar(terms=tuple(terms), inset=frozenset())) == [at]


@pytest.mark.parametrize(
    "day", [date(2026, 10, 28), date(2026, 11, 28), date(2027, 5, 3)], ids=["in half term", "Saturday", "bank holiday"]
)
def test_days_off_are_refused_that_are_no_school_days_anyway(day: date) -> None:
    assert wrong(a_calendar(inset=frozenset({day}))) == [("inset", 0)]
    assert wrong(a_calendar(closures=frozenset({day}))) == [("closures", 0)]


def test_the_longest_term_and_the_longest_holiday_are_still_possible() -> None:
    first = Term(first=date(2026, 9, 2), last=date(2026, 9, 2) + timedelta(weeks=16))
    after = first.last + timedelta(weeks=10)
    known = BankHolidays(names={}, first=date(2026, 1, 1), last=date(2027, 12, 31))
    terms = (first, Term(first=after, last=after + timedelta(weeks=1)))
    assert not wrong(a_calendar(terms=terms, bank_holidays=known))


def test_the_file_of_a_calendar_refers_to_no_other_part_of_itself() -> None:
    day = date(2026, 11, 27)
    calendar = a_calendar(terms=(Term(first=day, last=day),), covers_from=day, covers_to=day, inset=frozenset({day}))
    assert "&" not in calendar_as_yaml(calendar)


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 8, 1), "2026-27"), (date(2027, 7, 31), "2026-27"), (date(1999, 9, 1), "1999-00")],
)
def test_a_school_year_runs_from_1_august_to_31_july(day: date, year: str) -> None:
    assert school_year_of(day) == year


# The words of term dates --------------------------------------------------------------------------------------------

WEDNESDAY = date(2026, 9, 2)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-02",
        "02/09/2026",
        "2/9/26",
        "02-09-2026",
        "02.09.2026",
        "20260902",
        "2 September 2026",
        "2nd Sept 2026",
        "2 Sep. 2026",
        "Wednesday 2 September 2026",
        "Wed, 2nd of September, 2026",
        "Weds 2 September 2026 (8.45am)",
        "September 2, 2026",
        "2026-09-02T00:00:00",
        "02/09/2026 00:00",
        "2\u00a0September\u00a02026",
    ],
)
def test_a_day_is_read_however_a_council_writes_it(text: str) -> None:
    assert day_in(text) == WEDNESDAY


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("26 to 30 October 2026", date(2026, 10, 26), date(2026, 10, 30)),
        ("26-30 October 2026", date(2026, 10, 26), date(2026, 10, 30)),
        ("Monday 26 – Friday 30 October 2026", date(2026, 10, 26), date(2026, 10, 30)),
        ("21 December to 1 January 2027", date(2026, 12, 21), date(2027, 1, 1)),
        ("from 26/10/2026 until 30/10/2026", date(2026, 10, 26), date(2026, 10, 30)),
    ],
)
def test_days_from_one_to_another_may_share_their_month_and_year(text: str, first: date, last: date) -> None:
    assert spans_in(text) == [Span(first=first, last=last)]


@pytest.mark.parametrize(
    "text", ["", "soon", "32 May 2027", "2 Octember 2026", "2", "Fri 2 September 2026", "2/13/2026"]
)
def test_what_is_no_day_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        day_in(text)


@pytest.mark.parametrize(
    ("label", "days", "kinds"),
    [
        ("Autumn term", 80, (Kind.TERM,)),
        ("Autumn half term 1", 50, (Kind.TERM,)),
        ("Half-term", 4, (Kind.BREAK,)),
        ("Schools closed for half term", 4, (Kind.BREAK,)),
        ("Spring bank holiday half term", 4, (Kind.BREAK,)),
        ("Spring Bank Holiday", 0, (Kind.BANK_HOLIDAY,)),
        ("Autumn Term Begins", 0, (Kind.TERM_STARTS,)),
        ("First day of term", 0, (Kind.TERM_STARTS,)),
        ("Schools re-open after half term", 0, (Kind.TERM_STARTS,)),
        ("Last day before half term", 0, (Kind.TERM_ENDS,)),
        ("School closes for Christmas holiday", 0, (Kind.TERM_ENDS,)),
        ("Half term begins", 0, (Kind.BREAK_STARTS,)),
        ("End of the summer holidays", 0, (Kind.BREAK_ENDS,)),
        ("In-Service Training (school closed)", 0, (Kind.INSET,)),
        ("Term starts: INSET day", 0, (Kind.TERM_STARTS, Kind.INSET)),
        ("Term starts (INSET day on 1 September)", 0, (Kind.UNCLEAR,)),
        ("Term starts for pupils after INSET", 0, (Kind.TERM_STARTS,)),
        ("Last day of half term", 0, (Kind.UNCLEAR,)),
        ("School closed - snow", 0, (Kind.CLOSED,)),
        ("School closes early", 0, (Kind.OTHER,)),
        ("Christmas fair", 0, (Kind.OTHER,)),
        ("Term 2 parents' evening", 0, (Kind.OTHER,)),
        ("School trip returns", 0, (Kind.OTHER,)),
    ],
)
def test_a_label_says_what_its_days_are(label: str, days: int, kinds: tuple[Kind, ...]) -> None:
    span = Span(first=WEDNESDAY, last=WEDNESDAY + timedelta(days=days))
    assert tuple(kinds_of(label, span)) == kinds


@pytest.mark.parametrize(
    ("label", "season"),
    [("Autumn term starts", "autumn"), ("Lent", "spring"), ("Term 3", None), ("Back after the summer holiday", None)],
)
def test_a_label_names_the_legal_term_or_none(label: str, season: str | None) -> None:
    assert season_of(label) == season
