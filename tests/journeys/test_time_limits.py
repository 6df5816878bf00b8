"""Dates from the calculator, by the real program and the real server, with no search index anywhere."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import pytest
import vobject

from tests.journeys.programs import Apnav, Outcome, Site

EXCLUDED_ON = "2026-11-10"  # Tuesday
LETTER_ON = "2026-12-01"  # Tuesday
TODAY = ("--today", "2026-11-22")
PEX = ("timeline", "permanent-exclusion")


@pytest.fixture(scope="module")
def calculator(tmp_path_factory: pytest.TempPathFactory) -> Apnav:
    return Apnav(data=tmp_path_factory.mktemp("calculator") / "data")


@pytest.fixture(scope="module")
def without_index(calculator: Apnav) -> Iterator[Site]:
    with calculator.serving() as running:
        yield running


def said(outcome: Outcome) -> str:
    assert outcome.status == 0, outcome.complained
    return outcome.said


def as_one_line(text: str) -> str:
    return " ".join(text.split())


# A parent -----------------------------------------------------------------------------------------------------------


def test_parent_finds_the_limit_in_a_list_told_by_who_must_act(calculator: Apnav) -> None:
    listed = said(calculator.run("deadline"))
    families = listed[listed.index("For families") : listed.index("For schools")]
    assert "irp-apply " in families
    assert "For councils" in listed
    assert "  permanent-exclusion " in listed


def test_parent_learns_the_last_day_to_ask_for_a_review_and_how_it_is_counted(calculator: Apnav) -> None:
    told = as_one_line(said(calculator.run("deadline", "irp-apply", "--on", LETTER_ON)))
    assert told.startswith("Wednesday 6 January 2027: the last day.")
    for words in (
        "Who must act: parent",
        "15 school days from Wednesday 2 December 2026 to Wednesday 6 January 2027",
        "school holiday 19 December to 3 January and INSET on 4 January",
        "Not 15 calendar days",
        "https://www.legislation.gov.uk/uksi/2012/1033",
        "Calendar: Usual term dates 2026-27",
        "What would change it:",
        "Information, not legal advice.",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("given", "day"),
    [
        pytest.param("1/12/2026", "2027-01-06", id="figures"),
        pytest.param("1 December 2026", "2027-01-06", id="words"),
        pytest.param("Tues 1st Dec 2026", "2027-01-06", id="with-weekday"),
        pytest.param("3/11/2026", "2026-11-24", id="third-of-november-not-eleventh-of-march"),
    ],
)
def test_parent_writes_the_date_the_english_way(calculator: Apnav, given: str, day: str) -> None:
    assert calculator.run("deadline", "irp-apply", "--on", given, "--json").answer["date"] == day


def test_date_that_others_would_read_differently_is_said_back(calculator: Apnav) -> None:
    told = as_one_line(said(calculator.run("deadline", "irp-apply", "--on", "3/11/2026")))
    assert "“3/11/2026” is read as 3 November 2026" in told


@pytest.mark.parametrize(
    ("options", "day"),
    [
        pytest.param(("--posted",), "2027-01-08", id="posted"),
        pytest.param(("--inset", "2026-12-04"), "2027-01-07", id="an-inset-day"),
        pytest.param(("--closed", "2026-12-04", "--closed", "2026-12-07"), "2027-01-08", id="two-snow-days"),
    ],
)
def test_parent_can_say_what_makes_the_school_s_days_different(
    calculator: Apnav, options: Sequence[str], day: str
) -> None:
    outcome = calculator.run("deadline", "irp-apply", "--on", LETTER_ON, "--json", *options)
    assert outcome.answer["date"] == day, outcome.complained


def test_parent_whose_school_has_other_holidays_chooses_its_calendar(calculator: Apnav) -> None:
    october = ("deadline", "irp-apply", "--on", "2026-10-01", "--json")
    other = calculator.run(*october, "--calendar", "two-week-october-2026-27").answer
    assert (calculator.run(*october).answer["date"], other["date"]) == ("2026-10-22", "2026-11-05")


def test_parent_saves_the_date_for_the_calendar_on_a_phone(calculator: Apnav, tmp_path: Path) -> None:
    file = tmp_path / "review.ics"
    outcome = calculator.run("deadline", "irp-apply", "--on", LETTER_ON, "--ics", str(file))
    assert said(outcome).startswith("Wednesday 6 January 2027")
    assert str(file) in outcome.complained
    event = vobject.readOne(file.read_text(encoding="utf-8")).vevent
    assert event.dtstart.value == date(2027, 1, 6)
    assert "not legal advice" in event.description.value


def test_pupil_excluded_in_the_afternoon_is_counted_from_the_next_day(calculator: Apnav) -> None:
    plain = calculator.run("deadline", "excl-public-place", "--on", EXCLUDED_ON, "--json").answer["date"]
    afternoon = calculator.run("deadline", "excl-public-place", "--on", EXCLUDED_ON, "--afternoon", "--json").answer
    assert (plain, afternoon["date"]) == ("2026-11-16", "2026-11-17")


# An adviser ---------------------------------------------------------------------------------------------------------


def test_adviser_reads_a_whole_case_in_80_columns(calculator: Apnav) -> None:
    told = said(calculator.run(*PEX, "--on", EXCLUDED_ON, "--academy", "--need", "ehc-plan", *TODAY))
    table = told[: told.index("Where each step stands")]
    assert max(map(len, table.splitlines())) <= 80
    assert "Permanent exclusion, from Tuesday 10 November 2026" in told
    assert "Today is Sunday 22 November 2026" in told
    assert "Tue 17 Nov 2026  passed" in told
    assert "EHC plan goes on" in told


def test_adviser_reads_a_whole_case_aloud_step_by_step(calculator: Apnav) -> None:
    told = said(calculator.run(*PEX, "--on", EXCLUDED_ON, "--plain", *TODAY))
    day_six = next(block for block in told.split("\n\n") if block.startswith("Tuesday 17 November 2026"))
    assert "Working: 6 school days from Tuesday 10 November 2026" in as_one_line(day_six)
    assert "Education Act 1996" in day_six


def test_every_date_of_a_case_is_in_order_and_in_the_file(calculator: Apnav) -> None:
    case = (*PEX, "--on", EXCLUDED_ON, "--exam", "7 December 2026", *TODAY)
    steps = calculator.run(*case, "--json").answer["steps"]
    dates = [step["date"] for step in steps if step["date"]]
    assert dates == sorted(dates)
    file = vobject.readOne(said(calculator.run(*case, "--ics", "-")))
    assert [event.dtstart.value.isoformat() for event in file.vevent_list] == dates
    assert any("exam" in step["label"] for step in steps)


def test_reminders_are_those_that_were_asked_for_and_none_is_past(calculator: Apnav) -> None:
    made = said(calculator.run(*PEX, "--on", EXCLUDED_ON, *TODAY, "--remind", "14", "--ics", "-"))
    for event in vobject.readOne(made).vevent_list:
        for alarm in event.contents.get("valarm", []):
            assert alarm.trigger.value <= timedelta(days=-13)
            assert event.dtstart.value + alarm.trigger.value >= date(2026, 11, 22)


def test_adviser_tells_the_case_in_plain_words(calculator: Apnav) -> None:
    case = "permanently excluded on Tuesday 10 November 2026, academy, EHC plan"
    by_words = calculator.run("timeline", case, *TODAY, "--json").answer
    by_name = calculator.run(*PEX, "--on", EXCLUDED_ON, "--academy", "--need", "ehc-plan", *TODAY, "--json").answer
    dates = [[(step["label"], step["date"]) for step in answer["steps"]] for answer in (by_words, by_name)]
    assert dates[0] == dates[1]
    assert any("10 November 2026" in note for note in by_words["notes"])


def test_adviser_is_told_of_a_weekday_that_does_not_fit(calculator: Apnav) -> None:
    told = as_one_line(said(calculator.run("timeline", "permanently excluded on Tuesday 11 November 2026", *TODAY)))
    assert "Wednesday" in told[told.index("Please note") :]


# A school -----------------------------------------------------------------------------------------------------------


def test_school_adds_up_the_suspensions_of_a_pupil(calculator: Apnav) -> None:
    told = as_one_line(said(calculator.run("suspensions", "2026-09-14:2", "2026-10-05:3.5", "9/11/2026:5")))
    assert "autumn term 2026: 10.5 school days" in told
    assert "2026-27: 10.5 school days; 34.5 more before the limit" in told
    assert "Thursday 8 October 2026, autumn term 2026: more than 5 days (5.5)" in told


# What cannot be computed --------------------------------------------------------------------------------------------

REVIEW = ("deadline", "irp-apply")

REFUSED = [
    pytest.param((*REVIEW, "--on", "31/02/2026"), "“31/02/2026” is not a date", id="no-such-day"),
    pytest.param((*REVIEW, "--on", "3/11"), "YYYY-MM-DD", id="no-year"),
    pytest.param((*REVIEW, "--on", "Tuesday 11 November 2026"), "11 November 2026 is a Wednesday", id="wrong-weekday"),
    pytest.param((*REVIEW,), "Give it with --on", id="no-day"),
    pytest.param(("deadline", "irp", "--on", LETTER_ON), "Did you mean irp-apply", id="no-such-limit"),
    pytest.param((*REVIEW, "--event", "moon=2026-12-01"), "no event “moon”", id="no-such-event"),
    pytest.param((*REVIEW, "--event", "2026-12-01"), "EVENT=DATE", id="event-without-name"),
    pytest.param((*REVIEW, "--on", LETTER_ON, "--calendar", "mars"), "typical-2026-27", id="no-such-calendar"),
    pytest.param((*REVIEW, "--on", "2027-10-18"), "apnav calendar add", id="calendar-runs-out"),
    pytest.param((*REVIEW, "--on", LETTER_ON, "--closed", "2024-12-02"), "2 December 2024", id="closure-of-2024"),
    pytest.param(("deadline", "pex-day-six", "--on", "2026-11-14"), "Saturday 14 November 2026", id="on-a-saturday"),
    pytest.param((*PEX, "--on", "2026-11-27"), "INSET day", id="timeline-from-an-inset-day"),
    pytest.param((*PEX,), "Give it with --on", id="timeline-without-a-day"),
    pytest.param(("timeline", "pex", "--on", EXCLUDED_ON), "permanent-exclusion", id="no-such-timeline"),
    pytest.param((*PEX, "--on", EXCLUDED_ON, "--need", "ehcp"), "ehc-plan", id="misspelt-need"),
    pytest.param((*PEX, "--on", EXCLUDED_ON, "--setting", "acadamy"), "academy", id="misspelt-setting"),
    pytest.param(
        (*PEX, "--on", EXCLUDED_ON, "--event", "governors-meet=2026-11-02"), "before", id="meeting-before-exclusion"
    ),
    pytest.param(("suspensions", "2026-09-14:46"), "which is 45", id="46-days"),
    pytest.param(("suspensions", "2026-09-14:40", "2027-01-05:6"), "which is 45", id="46-days-together"),
    pytest.param(("suspensions", "2026-10-26:2"), "a school holiday", id="suspension-in-half-term"),
    pytest.param(("suspensions", "2026-09-16..2026-09-14:2"), "is before the start", id="ends-before-it-starts"),
    pytest.param(("suspensions", "2026-09-14:two"), "2026-09-14:2", id="days-in-words"),
    pytest.param(("suspensions", "2026-09-14:0"), "2026-09-14:2", id="no-days"),
]


@pytest.mark.parametrize(("words", "told"), REFUSED)
def test_what_cannot_be_computed_is_refused_with_what_to_do(calculator: Apnav, words: Sequence[str], told: str) -> None:
    outcome = calculator.run(*words)
    assert outcome.status == 2
    assert told in as_one_line(outcome.complained)
    assert outcome.complained.startswith("apnav: ")
    assert "Traceback" not in outcome.complained
    assert outcome.said == ""


def test_program_that_asked_for_json_gets_its_errors_as_json(calculator: Apnav) -> None:
    outcome = calculator.run("deadline", "pex-day-six", "--on", "2026-11-14", "--json")
    assert outcome.status == 2
    assert '"code": "not_a_school_day"' in outcome.complained


def test_file_that_cannot_be_written_is_named(calculator: Apnav, tmp_path: Path) -> None:
    outcome = calculator.run(*REVIEW, "--on", LETTER_ON, "--ics", str(tmp_path / "nowhere" / "x.ics"))
    assert outcome.status == 1
    assert "x.ics" in outcome.complained
    assert outcome.said == ""


# Light and quick ----------------------------------------------------------------------------------------------------

HEAVY = ("chromadb", "onnxruntime", "torch", "langchain", "langchain_core", "fastapi", "sklearn", "numpy")


def test_a_date_needs_nothing_heavy() -> None:
    script = (
        "import sys; from bots.cli.main import run; "
        f"status = run(['deadline', 'irp-apply', '--on', '{LETTER_ON}', '--json']); "
        f"heavy = [name for name in {HEAVY} if name in sys.modules]; sys.exit(str(heavy) if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.alone
def test_a_date_comes_within_a_second(calculator: Apnav) -> None:
    def took() -> float:
        started = perf_counter()
        said(calculator.run("deadline", "irp-apply", "--on", LETTER_ON))
        return perf_counter() - started

    assert any(took() < 1.5 for _ in range(10))  # one of ten is little disturbed even on a busy machine


# Over HTTP ----------------------------------------------------------------------------------------------------------


def _post(site: Site, path: str, **body: Any) -> httpx.Response:
    return httpx.post(site.address + path, json=body, timeout=60)


def test_server_computes_dates_before_there_is_an_index(without_index: Site) -> None:
    assert without_index.get("/readyz").status == 503
    reply = _post(without_index, "/api/deadlines", rule="irp-apply", on=LETTER_ON)
    assert (reply.status_code, reply.json()["date"]) == (200, "2027-01-06")
    assert without_index.get("/api/calendars").json["calendars"][0]["first"]


def test_server_and_command_line_say_the_same(without_index: Site, calculator: Apnav) -> None:
    by_server = _post(without_index, "/api/timeline", chain="permanent-exclusion", on=EXCLUDED_ON, today="2026-11-22")
    by_command = calculator.run(*PEX, "--on", EXCLUDED_ON, *TODAY, "--json").answer
    assert by_server.json() == {name: value for name, value in by_command.items() if name != "notes"}


def test_server_gives_a_file_that_a_calendar_program_reads(without_index: Site) -> None:
    reply = _post(without_index, "/api/timeline.ics", chain="permanent-exclusion", on=EXCLUDED_ON)
    assert reply.headers["content-type"].startswith("text/calendar")
    assert 'filename="permanent-exclusion.ics"' in reply.headers["content-disposition"]
    assert len(vobject.readOne(reply.text).vevent_list) > 5


def test_server_refuses_what_cannot_be_computed(without_index: Site) -> None:
    reply = _post(without_index, "/api/suspensions", suspensions=[{"first": "2026-09-14", "days": 46}])
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "suspension_too_long")
