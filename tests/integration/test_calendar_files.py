"""Term dates as councils and schools really publish them, read from files; a bad row is named with its line."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.adapters.bank_holidays import england_bank_holidays
from assistant.errors import CalendarError, CorpusError, UnknownCalendar
from assistant.school_days import SchoolCalendar, Term
from corpus.calendars import HERE, CalendarFolders, read_calendars, write_calendar
from ingest.calendars import About, Proposal, propose_calendar
from tests.fakes import a_calendar

BANK_HOLIDAYS = england_bank_holidays()
ABOUT = About(id="our-school", name="Our school 2026-27")

AUTUMN = [("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18")]
YEAR = [
    *AUTUMN,
    ("2027-01-04", "2027-02-12"),
    ("2027-02-22", "2027-03-25"),
    ("2027-04-12", "2027-05-28"),
    ("2027-06-07", "2027-07-21"),
]


def proposed(text: str | bytes, *, file: str = "dates.csv", about: About = ABOUT) -> Proposal:
    content = text if isinstance(text, bytes) else text.encode()
    return propose_calendar(content, file=file, about=about, bank_holidays=BANK_HOLIDAYS)


def refusals(text: str | bytes, *, file: str = "dates.csv", about: About = ABOUT) -> tuple[str, ...]:
    with pytest.raises(CalendarError) as refused:
        proposed(text, file=file, about=about)
    return refused.value.problems


def terms_of(calendar: SchoolCalendar) -> list[tuple[str, str]]:
    return [(term.first.isoformat(), term.last.isoformat()) for term in calendar.terms]


def days_of(days: frozenset[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def events(*each: str, ends: str = "\r\n") -> str:
    """An iCalendar file of all-day events, each “first[/day after the last] summary[|more lines]”."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//A council//Term dates//EN"]
    for number, event in enumerate(each):
        span, _, summary = event.partition(" ")
        first, _, after = span.partition("/")
        summary, *more = summary.split("|")
        lines += ["BEGIN:VEVENT", f"UID:{number}@example.org", "DTSTAMP:20260101T000000Z"]
        lines += [f"DTSTART;VALUE=DATE:{first}", *([f"DTEND;VALUE=DATE:{after}"] if after else [])]
        lines += [f"SUMMARY:{summary}", *more, "END:VEVENT"]
    return ends.join([*lines, "END:VCALENDAR", ""])


@dataclass(frozen=True, kw_only=True)
class Published:
    """A file that somebody publishes, and what a careful person reads in it."""

    text: str | bytes
    terms: list[tuple[str, str]]
    inset: tuple[str, ...] = ()
    closures: tuple[str, ...] = ()
    file: str = "dates.csv"


WELL_FORMED = {
    "half terms as rows inside whole terms": Published(
        text="Term,Start date,End date\n"
        "Autumn term,Wednesday 2 September 2026,Friday 18 December 2026\n"
        "October half term,Monday 26 October 2026,Friday 30 October 2026\n"
        "Spring term,Monday 4 January 2027,Thursday 25 March 2027\n"
        "February half term,Monday 15 February 2027,Friday 19 February 2027\n"
        "Summer term,Monday 12 April 2027,Wednesday 21 July 2027\n"
        "May half term,Monday 31 May 2027,Friday 4 June 2027\n",
        terms=YEAR,
    ),
    "six terms with the holidays as gaps": Published(
        text="Term;Opens;Closes\nTerm 1;02/09/2026;23/10/2026\nTerm 2;02/11/2026;18/12/2026\n"
        "Term 3;04/01/2027;12/02/2027\nTerm 4;22/02/2027;25/03/2027\n"
        "Term 5;12/04/2027;28/05/2027\nTerm 6;07/06/2027;21/07/2027\n",
        terms=YEAR,
    ),
    "events with one date each": Published(
        text="Event,Date\nINSET day,1 Sept 2026\nAutumn term starts,Wed 2 Sept 2026\n"
        'Half term,"Monday 26 October to Friday 30 October 2026"\n"School closed, polling day",Thurs 12 November 2026\n'
        "Staff training day,27th November 2026\nAutumn term ends,18 Dec 2026\n",
        terms=[("2026-09-01", "2026-10-23"), ("2026-11-02", "2026-12-18")],
        inset=("2026-09-01", "2026-11-27"),
        closures=("2026-11-12",),
    ),
    "types with from and to": Published(
        text="Type,From,To\nTerm,02/09/2026,23/10/2026\nHoliday,24/10/2026,01/11/2026\nTerm,02/11/2026,18/12/2026\n"
        "Holiday,19/12/2026,03/01/2027\nINSET,27/11/2026,27/11/2026\n",
        terms=AUTUMN,
        inset=("2026-11-27",),
    ),
    "one row a term with its half term beside it": Published(
        text="Term,Term starts,Half term starts,Half term ends,Term ends\n"
        "Autumn 2026,2 September 2026,26 October 2026,30 October 2026,18 December 2026\n"
        "Spring 2027,4 January 2027,15 February 2027,19 February 2027,25 March 2027\n",
        terms=YEAR[:4],
    ),
    "one row a term with its half term in one cell": Published(
        text="Term,Begins,Half term,Finishes\nAutumn,02.09.2026,26-30 October 2026,18.12.2026\n", terms=AUTUMN
    ),
    "holidays only": Published(
        text="Holiday,First day,Last day\nSummer holiday 2026,22/07/2026,01/09/2026\n"
        "Autumn half term,26/10/2026,30/10/2026\nChristmas,21/12/2026,01/01/2027\n",
        terms=AUTUMN,
    ),
    "a title above the table, Windows letters and line ends, and an empty row": Published(
        text=(
            "Leicester – school term dates 2026/27\r\n\r\nPeriod,First day,Last day\r\nAutumn 1 – first half,"
            "2026-09-02,2026-10-23\r\n,,\r\nAutumn 2 – second half,2026-11-02,2026-12-18\r\n"
        ).encode("windows-1252"),
        terms=AUTUMN,
    ),
    "a table with tabs and a byte order mark": Published(
        text="Session\tStart\tEnd\nAutumn first half term\t2 September 2026\t23 October 2026\n"
        "Autumn second half term\t2 November 2026\t18 December 2026\n".encode("utf-8-sig"),
        terms=AUTUMN,
    ),
    "what Excel saves as Unicode text": Published(
        text="Term\tStart\tEnd\nTerm 1\t02/09/2026\t23/10/2026\n".encode("utf-16"), terms=AUTUMN[:1]
    ),
    "headings between rows and two INSET days in a cell": Published(
        text="Event,Dates\nAutumn term 2026,\nTerm begins,2 September 2026\nHalf term,26 October - 30 October 2026\n"
        "Inset days,26 and 27 November 2026\nTerm ends,18 December 2026\n",
        terms=AUTUMN,
        inset=("2026-11-26", "2026-11-27"),
    ),
    "what Google Calendar exports as a table": Published(
        text="Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description\n"
        "Autumn term,02/09/2026,,18/12/2026,,True,\nHalf term,26/10/2026,,30/10/2026,,True,Schools are closed\n"
        "INSET day,27/11/2026,,27/11/2026,,True,School closed to pupils\n",
        terms=AUTUMN,
        inset=("2026-11-27",),
    ),
    "a calendar of starts and ends with half terms and bank holidays": Published(
        text=events(
            "20260901/20260902 INSET day",
            "20260902/20260903 Autumn term starts",
            "20261026/20261031 Half term",
            "20261218/20261219 Autumn term ends",
            "20270104/20270105 Spring term begins",
            "20270215/20270220 Half term holiday",
            "20270325/20270326 Spring term ends",
            "20270326/20270330 Easter bank holidays",
            "20270412/20270413 Summer term begins",
            "20270503/20270504 May Day bank holiday",
            "20270531/20270605 Half term",
            "20270721/20270722 Last day of summer term",
        ),
        terms=[("2026-09-01", "2026-10-23"), *YEAR[1:]],
        inset=("2026-09-01",),
        file="dates.ics",
    ),
    "a calendar of spans among a school's other events": Published(
        text="\ufeff"
        + events(
            "20260902/20261024 Term 1",
            "20261102/20261219 Term 2",
            "20261020/20261021 Year 6 assembly",
            "20261014/20261015 School open evening",
            "20261112/20261113 School closed (polling station)",
            "20261127/20261128 INSET day - school closed to pupils",
        ),
        terms=AUTUMN,
        inset=("2026-11-27",),
        closures=("2026-11-12",),
        file="dates.ics",
    ),
    "a calendar with folded lines, times and no end dates": Published(
        text=events("20261026/20261031 Autumn half term\r\n  holiday")
        .replace("END:VCALENDAR\r\n", "")
        .replace("\r\n  ", "\r\n   ")
        + "BEGIN:VEVENT\r\nSUMMARY:Pupils return to\r\n  school\r\nDTSTART:20260902T074500Z\r\n"
        "DTEND:20260902T143000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
        "SUMMARY:School breaks up\r\nDTSTART:20261218\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        terms=AUTUMN,
        file="dates.ics",
    ),
    "a calendar whose times are those of Greenwich": Published(
        text=events("20260902/20260903 X")
        .replace("DTSTART;VALUE=DATE:20260902", "DTSTART:20260901T230000Z")
        .replace("DTEND;VALUE=DATE:20260903", "DTEND:20261023T230000Z")
        .replace("SUMMARY:X", "SUMMARY:Autumn 1"),
        terms=AUTUMN[:1],
        file="dates.ics",
    ),
    "a calendar with a repeated event, a recurring one and one that is cancelled": Published(
        text=events(
            "20260902/20261024 Autumn term",
            "20260902/20261024 Autumn term",
            "20260907/20260908 Staff meeting|RRULE:FREQ=WEEKLY",
            "20261009/20261010 INSET day|RRULE:FREQ=YEARLY;COUNT=3",
            "20261016/20261017 INSET day|STATUS:CANCELLED",
            ends="\n",
        ),
        terms=AUTUMN[:1],
        inset=("2026-10-09",),
        file="dates.ics",
    ),
    "holidays with their first and last days as events": Published(
        text=events(
            "20260902 Term starts", "20261026 Half term begins", "20261030 Half term ends", "20261218 Term ends"
        ),
        terms=AUTUMN,
        file="dates.ics",
    ),
}


@pytest.mark.parametrize("style", WELL_FORMED)
def test_term_dates_are_read_in_the_style_of(style: str) -> None:
    published = WELL_FORMED[style]
    calendar = proposed(published.text, file=published.file).calendar
    assert terms_of(calendar) == published.terms
    assert days_of(calendar.inset) == list(published.inset)
    assert days_of(calendar.closures) == list(published.closures)


HEAD = "Term,Start,End\n"
EVENT_DATE = "Event,Date\n"

MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "a day that does not exist": (HEAD + "Autumn,31/09/2026,18/12/2026\n", "dates.csv:2: “31/09/2026” is not a day"),
    "the wrong weekday": (
        HEAD + "Autumn,Tuesday 2 September 2026,23/10/2026\n",
        "dates.csv:2: “Tuesday 2 September 2026” cannot be right: 2 September 2026 is a Wednesday",
    ),
    "the month before the day": (HEAD + "Autumn,09/22/2026,18/12/2026\n", "dates.csv:2: “09/22/2026” has the month"),
    "a date without a year": (
        EVENT_DATE + "Autumn term starts,2 September\n",
        "dates.csv:2: “2 September” has no year",
    ),
    "words for a date": (HEAD + "Autumn,soon,18/12/2026\n", "dates.csv:2: “soon” is not a date"),
    "a number from a spreadsheet": (HEAD + "Autumn,46267,46318\n", "dates.csv:2: “46318” is not a date"),
    "a term that ends before it starts": (
        HEAD + "Autumn,18/12/2026,02/09/2026\n",
        "dates.csv:2: it ends on 2 September 2026, before it starts on 18 December 2026",
    ),
    "two terms that overlap": (
        HEAD + "Autumn 1,02/09/2026,23/10/2026\n\nAutumn 2,19/10/2026,18/12/2026\n",
        "dates.csv:4: the term from Mon 19 October 2026 to Fri 18 December 2026 overlaps the one of line 2",
    ),
    "a term without its end": (
        EVENT_DATE + "Autumn term starts,02/09/2026\n",
        "dates.csv:2: “Autumn term starts”, Wed",
    ),
    "a term without its start": (
        EVENT_DATE + "Autumn term ends,18/12/2026\n",
        "dates.csv:2: “Autumn term ends” has no",
    ),
    "a second start before an end": (
        EVENT_DATE + "Autumn term starts,02/09/2026\nSpring term starts,04/01/2027\nSpring term ends,25/03/2027\n",
        "dates.csv:3: another term starts before the one of line 2 has ended",
    ),
    "a row that is not understood": (
        HEAD + "Autumn,02/09/2026,23/10/2026\nBanana,26/10/2026,30/10/2026\nTerm 2,x,y\n",
        "dates.csv:4: “y” is not a date",
    ),
    "an event that is not understood": (
        EVENT_DATE + "Autumn term starts,02/09/2026\nBanana,03/09/2026\nAutumn term ends,18/12/2026\n",
        "dates.csv:3: “Banana” is not understood. Call it a term, a half term",
    ),
    "a half term with one end": (
        "Term,Start,Half term starts,Half term ends,End\nAutumn,02/09/2026,26/10/2026,,18/12/2026\n",
        "dates.csv:2: the half term has only one of its two dates",
    ),
    "a half term that is half outside its term": (
        HEAD + "Autumn term,02/09/2026,23/10/2026\nHalf term,19/10/2026,30/10/2026\n",
        "dates.csv:3: “Half term” is from Mon 19 October 2026 to Fri 30 October 2026, but the term of line 2",
    ),
    "an INSET day in the holidays": (
        HEAD + "Autumn 1,02/09/2026,23/10/2026\nAutumn 2,02/11/2026,18/12/2026\nINSET day,28/10/2026,28/10/2026\n",
        "dates.csv:4: Wed 28 October 2026 cannot be an INSET day: it is outside every term",
    ),
    "an INSET day at a weekend": (
        HEAD + "Autumn 1,02/09/2026,23/10/2026\nINSET day,19/09/2026,19/09/2026\n",
        "dates.csv:3: Sat 19 September 2026 cannot be an INSET day: it is at a weekend",
    ),
    "a term that starts at a weekend": (
        EVENT_DATE + "Autumn term starts,05/09/2026\nAutumn term ends,23/10/2026\n",
        "dates.csv:2: “Autumn term starts” is on Sat 5 September 2026, at a weekend",
    ),
    "a bank holiday that is none": (
        HEAD + "Summer term,12/04/2027,28/05/2027\nMay Day bank holiday,04/05/2027,04/05/2027\n",
        "dates.csv:3: “May Day bank holiday” is on Tue 4 May 2027, which is not a bank holiday in England",
    ),
    "a term that never ends": (
        HEAD + "Autumn,02/09/2026,25/03/2027\n",
        "dates.csv:2: the term from Wed 2 September 2026 to Thu 25 March 2027 is longer than 16 weeks",
    ),
    "a whole term that is missing": (
        HEAD + "Autumn 1,02/09/2026,23/10/2026\nSummer 1,12/04/2027,28/05/2027\n",
        "dates.csv:3: there are more than 10 weeks between Fri 23 October 2026 and Mon 12 April 2027",
    ),
    "years whose bank holidays nobody knows": (
        HEAD + "Autumn 1,02/09/2036,23/10/2036\n",
        "dates.csv:2: Tue 2 September 2036 is in a year whose bank holidays are not known here",
    ),
    "another century": (HEAD + "Autumn,02/09/9999,31/12/9999\n", "dates.csv:2: “31/12/9999” is in the year 9999"),
    "quotes without end": (HEAD + 'Autumn,"02/09/2026,23/10/2026\n', "dates.csv:2: cannot be read as CSV"),
    "dates without a name": (HEAD + ",02/09/2026,23/10/2026\n", "dates.csv:2: the dates have no name"),
    "no headings": ("one,two\nthree,four\n", "dates.csv:1: there are no headings such as Term, Start and End"),
    "headings and nothing more": (HEAD, "dates.csv:1: there are no term dates in it"),
    "a term of one day": (HEAD + "Autumn term,02/09/2026,\n", "dates.csv:2: “Autumn term” has one date only"),
    "an end without a start": (HEAD + "Autumn,,23/10/2026\n", "dates.csv:2: “23/10/2026” is the end of something"),
    "an edge that can be read in two ways": (
        EVENT_DATE + "Autumn term starts,02/09/2026\nLast day of half term,23/10/2026\n",
        "dates.csv:3: “Last day of half term” can be read in two ways",
    ),
    "nothing at all": (b"", "dates.csv: is empty"),
    "an Excel file": (b"PK\x03\x04rest", "dates.csv: is an Excel or Word file. Save the table as CSV"),
    "a PDF": (b"%PDF-1.7", "dates.csv: is a PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x81\x00", "dates.csv: is not a text file"),
    "a film": (b"x" * 1_000_001, "dates.csv: is larger than 1 MB"),
}


@pytest.mark.parametrize("fault", MALFORMED)
def test_the_officer_learns_the_line_of(fault: str) -> None:
    text, told = MALFORMED[fault]
    assert any(problem.startswith(told) for problem in refusals(text)), refusals(text)


BAD_EVENTS = {
    "a date that is none": (
        events("20261345 Term starts"),
        "dates.ics:4: “Term starts” has a date that cannot be read",
    ),
    "a file that is cut off": (
        events("20260902 Term starts", "20261023 Term ends")[:-40],
        "dates.ics:10: the file ends within this event",
    ),
    "an event within an event": (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Term 1\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n",
        "dates.ics:2: the event has no END:VEVENT line",
    ),
    "an event without a date": (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Term 1\nEND:VEVENT\nEND:VCALENDAR\n",
        "dates.ics:2: “Term 1” has no start (DTSTART)",
    ),
    "an event that ends before it starts": (
        events("20261023/20260902 Autumn term"),
        "dates.ics:4: “Autumn term” ends on 2 September 2026, before it starts",
    ),
    "a term of one day": (events("20260902/20260903 Autumn term"), "dates.ics:4: “Autumn term” is one day only"),
    "two dates of one event": (
        events("20260902/20261024 Term 1|DTSTART;VALUE=DATE:20260903"),
        "dates.ics:4: “Term 1” has a date that cannot be read",
    ),
    "another century": (events("20260902/99991231 Holiday"), "dates.ics:4: “Holiday” has a date that cannot be read"),
    "no calendar in it": ("BEGIN:VCARD\nEND:VCARD\n", "dates.ics:1: there is no BEGIN:VCALENDAR line"),
    "nothing of terms": (events("20261020 Year 6 assembly"), "dates.ics:1: there are no term dates in it"),
    "two events that overlap": (
        events("20260902/20261024 Term 1", "20261019/20261219 Term 2"),
        "dates.ics:11: the term from Mon 19 October 2026 to Fri 18 December 2026 overlaps the one of line 4",
    ),
}


@pytest.mark.parametrize("fault", BAD_EVENTS)
def test_the_officer_learns_the_line_of_the_event_with(fault: str) -> None:
    text, told = BAD_EVENTS[fault]
    said = refusals(text, file="dates.ics")
    assert any(problem.startswith(told) for problem in said), said


def test_every_bad_row_is_named_at_once() -> None:
    said = refusals(HEAD + "Autumn,soon,18/12/2026\nSpring,04/01/2027,25/03/2027\nSummer,later,21/07/2027\n")
    assert [problem.split(": ")[0] for problem in said] == ["dates.csv:2", "dates.csv:4"]


def test_the_officer_is_asked_about_a_term_without_a_half_term() -> None:
    notes = proposed(HEAD + "Autumn term,02/09/2026,18/12/2026\n").notes
    assert any("There is no half term between Wed 2 September 2026 and Fri 18 December 2026" in note for note in notes)


def test_events_that_say_nothing_of_terms_are_named() -> None:
    text = events("20260902/20261024 Term 1", "20261020 Year 6 assembly")
    assert "“Year 6 assembly” (line 11)" in " ".join(proposed(text, file="dates.ics").notes)


def test_the_first_day_of_the_next_year_shows_how_long_the_summer_is() -> None:
    text = EVENT_DATE + "Term starts,7 June 2027\nTerm ends,21 July 2027\nAutumn term starts,1 September 2027\n"
    assert proposed(text).calendar.last == date(2027, 8, 31)


def test_terms_of_a_six_term_year_are_named_as_the_regulations_end_them() -> None:
    calendar = proposed(WELL_FORMED["six terms with the holidays as gaps"].text).calendar
    assert [term.name for term in calendar.terms] == ["autumn", "autumn", "spring", "spring", "summer", "summer"]


def test_inset_days_and_closures_of_one_school_are_added_to_the_councils_dates() -> None:
    about = replace(ABOUT, inset=(date(2026, 9, 3),), closures=(date(2026, 9, 4),))
    calendar = proposed(HEAD + "Autumn 1,02/09/2026,23/10/2026\n", about=about).calendar
    assert calendar.school_days[:2] == (date(2026, 9, 2), date(2026, 9, 7))


def test_an_inset_day_that_a_school_says_must_be_in_a_term() -> None:
    about = replace(ABOUT, inset=(date(2026, 12, 28),))
    (said,) = refusals(HEAD + "Autumn 1,02/09/2026,23/10/2026\n", about=about)
    assert said.startswith("dates.csv: Mon 28 December 2026 cannot be an INSET day: it is outside every term.")


# The files that calendars are kept in -------------------------------------------------------------------------------

KEPT = """\
id: our-school
name: Our school
terms:
  - {first: 2026-09-02, last: 2026-10-23, name: autumn}
  - {first: 2026-11-02, last: 2026-12-18, name: autumn}
inset: [2026-11-27]
closures: [2026-11-12]
"""
BAD_FILES = {
    "terms that overlap": (("2026-11-02", "2026-10-19"), ":5: our-school: the term from Mon 19 October 2026 overlaps"),
    "an end before its start": (("2026-10-23", "2026-08-23"), ":4: our-school: the term ends on Sun 23 August 2026"),
    "an INSET day in the holidays": (("2026-11-27", "2026-10-28"), ":6: our-school: Wed 28 October 2026 cannot be"),
    "an INSET day at a weekend": (("2026-11-27", "2026-11-28"), ":6: our-school: Sat 28 November 2026 cannot be"),
    "a closure that is an INSET day": (("2026-11-12", "2026-11-27"), ":7: our-school: Fri 27 November 2026 is among"),
    "an impossible gap": (
        ("2026-11-02, last: 2026-12-18", "2027-01-04, last: 2027-02-12"),
        ":5: our-school: there are",
    ),
    "an impossible term": (("2026-12-18", "2027-04-18"), ":5: our-school: the term from Mon 2 November 2026 to"),
    "unknown bank holidays": (("2026-", "2036-"), ":4: our-school: Tue 2 September 2036 is in a year whose bank"),
    "a field that is none": (("inset:", "insets:"), ":6: our-school: field `insets`"),
    "a date that is none": (("2026-09-02", "2026-09-31"), ":4: our-school: field `terms.0.first`: “2026-09-31” is not"),
    "a name of a term that is none": (
        ("name: autumn}\n  ", "name: winter}\n  "),
        ":4: our-school: field `terms.0.name`",
    ),
    "another id than its file": (("our-school", "their-school"), ":1: their-school: is not the name of its file"),
    "no terms": ((KEPT[KEPT.index("  - {") : KEPT.index("inset")], ""), ":3: our-school: field `terms`"),
    "the same day twice": (
        ("[2026-11-27]", "[2026-11-27, 2026-11-27]"),
        ":6: our-school: Fri 27 November 2026 is list",
    ),
    "another school year": (
        ("terms:", "school_years: [2025-26]\nterms:"),
        ":5: our-school: is in the school year 2026",
    ),
    "a coverage that is no holiday": (
        ("terms:", "covers_from: 2026-01-01\nterms:"),
        ":3: our-school: must be a day of",
    ),
    "no mapping": ((KEPT, "- one\n"), ":1: entry: field `entry` must be an entry of named fields"),
    "broken YAML": (("terms:", "terms: ["), ":"),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_whoever_edits_a_calendar_learns_the_line_of(fault: str, tmp_path: Path) -> None:
    (old, new), told = BAD_FILES[fault]
    (tmp_path / "our-school.yaml").write_text(KEPT.replace(old, new), encoding="utf-8")
    with pytest.raises(CorpusError) as refused:
        read_calendars([tmp_path], bank_holidays=BANK_HOLIDAYS)
    said = refused.value.problems
    assert any(problem.startswith(f"{tmp_path.name}/our-school.yaml{told}") for problem in said), said


def test_every_calendar_that_comes_with_the_program_is_sound_and_says_that_it_is_made_up() -> None:
    shipped = read_calendars([HERE], bank_holidays=BANK_HOLIDAYS)
    assert {"typical-2026-27", "typical-2026-27-no-november-inset", "two-week-october-2026-27"} <= set(shipped)
    for calendar in shipped.values():
        assert calendar.typical
        assert "made up" in calendar.name


@pytest.fixture
def folders(tmp_path: Path) -> CalendarFolders:
    """The program's own calendars and a folder for others."""
    return CalendarFolders(
        (HERE, tmp_path / "added"), bank_holidays=england_bank_holidays, default="two-week-october-2026-27"
    )


def test_a_calendar_that_is_added_is_seen_without_a_restart(folders: CalendarFolders) -> None:
    before = folders.all()
    write_calendar(replace(a_calendar(), bank_holidays=BANK_HOLIDAYS), folder=folders.folders[1])
    assert [each.id for each in folders.all()] == sorted([*(each.id for each in before), "our-school"])
    assert folders.find("our-school").first == date(2026, 9, 2)
    write_calendar(a_calendar(terms=a_calendar().terms[1:]), folder=folders.folders[1])
    assert folders.find("our-school").first == date(2026, 11, 2)


def test_no_calendar_named_is_the_default_one(folders: CalendarFolders) -> None:
    assert folders.find(None).id == "two-week-october-2026-27"


def test_a_calendar_that_nobody_added_is_unknown_and_the_known_ones_are_named(folders: CalendarFolders) -> None:
    with pytest.raises(UnknownCalendar, match=r"typical-2026-27.*apnav calendar add"):
        folders.find("nowhere")


def test_an_added_calendar_does_not_take_the_place_of_the_programs_own_unless_it_says_so(
    folders: CalendarFolders,
) -> None:
    ours = a_calendar("typical-2026-27")
    write_calendar(ours, folder=folders.folders[1])
    with pytest.raises(CorpusError, match="has the same id as a calendar that comes with the program"):
        folders.find("typical-2026-27")
    write_calendar(ours, folder=folders.folders[1], replaces=True)
    assert folders.find("typical-2026-27").name == ours.name


def test_one_bad_file_does_not_keep_the_other_calendars_from_being_used(folders: CalendarFolders) -> None:
    added = folders.folders[1]
    added.mkdir()
    (added / "our-school.yaml").write_text("id: our-school\n", encoding="utf-8")
    assert folders.find(None).typical
    with pytest.raises(CorpusError, match="our-school"):
        folders.find("our-school")


WORDS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp")), min_size=1).map(str.strip).filter(bool)
)


@st.composite
def calendars(draw: Callable[..., object]) -> SchoolCalendar:
    """Calendars of one to four terms with some days off."""
    day = date(2026, 8, 24).toordinal()
    terms = []
    for _ in range(draw(st.integers(1, 4))):  # type: ignore[call-overload]
        first = day + 7 * draw(st.integers(0, 5))  # type: ignore[operator]
        day = first + 7 * draw(st.integers(0, 14)) + 4  # type: ignore[operator]
        name = draw(st.sampled_from([None, "autumn", "spring", "summer"]))
        terms.append(Term(first=date.fromordinal(first), last=date.fromordinal(day), name=name))  # type: ignore[arg-type]
        day += 3
    plain = a_calendar(terms=tuple(terms), inset=frozenset(), bank_holidays=BANK_HOLIDAYS)
    off = draw(st.sets(st.sampled_from(plain.school_days), max_size=4))
    inset = {each for position, each in enumerate(sorted(off)) if position % 2}  # type: ignore[call-overload]
    return replace(
        plain,
        name=draw(WORDS),
        source=draw(st.none() | WORDS),
        inset=frozenset(inset),
        closures=frozenset(off - inset),  # type: ignore[operator]
    )


@given(calendar=calendars())
@settings(deadline=None)
def test_a_calendar_that_is_kept_and_read_again_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, calendar: SchoolCalendar
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    write_calendar(calendar, folder=folder)
    assert read_calendars([folder], bank_holidays=BANK_HOLIDAYS) == {"our-school": calendar}
