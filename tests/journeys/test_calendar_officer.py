"""A council's admissions officer adds the term dates of their schools, and corrects them, with the real program."""

from pathlib import Path

import pytest

from tests.journeys.programs import Apnav

CSV = """\
Borough of Example: school term dates
Term,Start date,End date
Autumn term,Wednesday 2 September 2026,Friday 18 December 2026
October half term,Monday 26 October 2026,Friday 30 October 2026
Spring term,Monday 4 January 2027,Thursday 25 March 2027
February half term,Monday 15 February 2027,Friday 19 February 2027
"""
ICS = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Example High//EN",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTART;VALUE=DATE:20260903",
        "DTEND;VALUE=DATE:20261024",
        "SUMMARY:Term 1",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)


@pytest.fixture
def officer(tmp_path: Path) -> Apnav:
    """The program with a data folder that is still empty."""
    return Apnav(data=tmp_path / "data")


@pytest.fixture
def table(tmp_path: Path) -> str:
    """The council's own table of term dates."""
    file = tmp_path / "term-dates.csv"
    file.write_text(CSV, encoding="utf-8")
    return str(file)


def add(officer: Apnav, file: str, *options: str) -> str:
    done = officer.run(
        "calendar", "add", file, "--id", "example-2026-27", "--name", "Example 2026-27", "--yes", *options
    )
    assert done.status == 0, done.complained
    return done.said


def test_the_officer_sees_the_calendars_that_come_with_the_program(officer: Apnav) -> None:
    said = officer.run("calendar", "list").said
    assert "typical-2026-27 (the default)" in said
    assert "two-week-october-2026-27" in said
    assert not officer.data.exists()  # looking writes nothing


def test_the_officer_sees_what_would_be_understood_before_anything_is_written(officer: Apnav, table: str) -> None:
    checked = officer.run("calendar", "check", table)
    assert checked.status == 0, checked.complained
    assert "Autumn: Monday 2 November 2026 to Friday 18 December 2026, 35 school days" in checked.said
    assert not officer.data.exists()


def test_the_officer_adds_a_calendar_and_finds_it_again(officer: Apnav, table: str) -> None:
    options = ("--council", "Example", "--source", "https://example.org/terms", "--inset", "2026-11-27")
    said = add(officer, table, *options, "--closed", "2026-11-12")
    assert "Autumn: Monday 2 November 2026 to Friday 18 December 2026, 33 school days" in said
    assert "example-2026-27\n    Example 2026-27\n" in officer.run("calendar", "list").said
    shown = officer.run("calendar", "show", "example-2026-27").said
    for line in ("Example", "https://example.org/terms", "- Friday 27 November 2026", "- Thursday 12 November 2026"):
        assert line in shown.splitlines()
    assert "Covers Wednesday 2 September 2026 to Thursday 25 March 2027" in shown
    assert [path.name for path in (officer.data / "calendars").iterdir()] == ["example-2026-27.yaml"]


def test_the_officer_replaces_a_calendar_only_on_purpose(officer: Apnav, table: str, tmp_path: Path) -> None:
    add(officer, table)
    other = tmp_path / "term-dates.ics"
    other.write_bytes(ICS.encode())
    options = ("--id", "example-2026-27", "--name", "Example")
    refused = officer.run("calendar", "add", str(other), *options, "--yes")
    assert refused.status == 2
    assert "--replace" in refused.complained
    assert "18 December 2026" in officer.run("calendar", "show", "example-2026-27").said
    assert add(officer, str(other), "--replace")
    assert "18 December 2026" not in officer.run("calendar", "show", "example-2026-27").said


def test_the_officer_is_told_the_lines_of_a_bad_file_and_nothing_is_added(officer: Apnav, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(CSV.replace("Friday 18 December", "Thursday 18 December").replace("15 February", "15 Febtober"))
    done = officer.run("calendar", "add", str(file), "--id", "example-2026-27", "--name", "Example", "--yes")
    assert done.status == 2
    assert "apnav: bad.csv:3: “Thursday 18 December 2026” cannot be right" in done.complained
    assert "apnav: bad.csv:6: “Monday 15 Febtober 2027” is not a date" in done.complained
    assert "Traceback" not in done.complained
    assert not officer.data.exists()


def test_the_officer_removes_a_calendar_and_the_programs_own_stay(officer: Apnav, table: str) -> None:
    add(officer, table)
    assert officer.run("calendar", "remove", "example-2026-27").said == "Removed “example-2026-27”.\n"
    gone = officer.run("calendar", "show", "example-2026-27")
    assert gone.status == 2
    assert "The calendars are: " in gone.complained
    assert officer.run("calendar", "remove", "example-2026-27").status == 2
    assert "stays" in officer.run("calendar", "remove", "typical-2026-27").complained


def test_the_officer_puts_their_own_dates_in_place_of_the_usual_ones_and_back(officer: Apnav, table: str) -> None:
    options = ("--id", "typical-2026-27", "--name", "Ours", "--yes")
    assert officer.run("calendar", "add", table, *options).status == 2
    assert officer.run("calendar", "add", table, *options, "--replace").status == 0
    assert officer.run("calendar", "show", "typical-2026-27").said.startswith("Ours\n")
    assert "counts again" in officer.run("calendar", "remove", "typical-2026-27").said
    assert "made up" in officer.run("calendar", "show", "typical-2026-27").said


@pytest.mark.parametrize(
    "options",
    [
        ("--id", "../escape", "--name", "x"),
        ("--id", "a", "--name", " "),
        ("--id", "a", "--name", "x", "--source", "example"),
        ("--id", "a", "--name", "x", "--inset", "tomorrow"),
        ("--id", "a", "--name", "x", "--inset", "2026-10-28"),
        ("--id", "a"),
    ],
)
def test_the_officer_is_told_what_an_option_must_be(officer: Apnav, table: str, options: tuple[str, ...]) -> None:
    done = officer.run("calendar", "add", table, *options, "--yes")
    assert done.status == 2
    assert done.complained.startswith("apnav: ")
    assert "Traceback" not in done.complained
    assert not officer.data.exists()


def test_a_bad_file_in_the_folder_is_named_and_the_others_are_listed(officer: Apnav, table: str) -> None:
    add(officer, table)
    (officer.data / "calendars" / "broken.yaml").write_text("id: broken\n", encoding="utf-8")
    done = officer.run("calendar", "list")
    assert "example-2026-27" in done.said
    assert "calendars/broken.yaml:1: broken: field `name` is missing" in done.complained
