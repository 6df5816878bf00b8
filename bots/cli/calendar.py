"""`apnav calendar`: the school calendars that dates are counted on, and a council's or school's own term dates."""

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bots import wiring
from bots.cli.options import day_of

if TYPE_CHECKING:
    from assistant.school_days import SchoolCalendar
    from ingest.calendars import Proposal

commands = typer.Typer(help="School calendars: term dates, INSET days and closures.", rich_markup_mode=None)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@commands.callback()
def calendar() -> None:
    """School calendars: term dates, INSET days and closures."""


def _id_of(text: str) -> str:
    if not _ID.fullmatch(text):
        raise typer.BadParameter(
            f"“{text}” is no id. Use lower-case letters, digits and dashes, like leicester-2026-27."
        )
    return text


def _words(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise typer.BadParameter("It is empty or has invisible characters. Write it in plain words.")
    return text.strip()


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://\S+", text):
        raise typer.BadParameter(f"“{text}” is no web address. Write it with https:// before it.")
    return text


CalendarId = Annotated[str, typer.Argument(parser=_id_of, metavar="ID", help="The id of a calendar.")]
TermDates = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Term dates as .ics or CSV.")
]
Inset = Annotated[
    list[date] | None,
    typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="An INSET day to add; may be given several times."),
]
Closed = Annotated[
    list[date] | None,
    typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="A day the school is closed; may be given several times."),
]


@commands.command("list")
def list_all() -> None:
    """Every calendar: its id, its name and the days it covers."""
    settings = wiring.load_settings()
    found = wiring.calendars(settings).now()
    for each in found.by_id.values():
        default = " (the default)" if each.id == settings.calendar else ""
        typer.echo(f"{each.id}{default}\n    {each.name}\n    {_in_words(each.first)} to {_in_words(each.last)}")
    for problems in found.problems.values():
        for problem in problems:
            typer.echo(f"apnav: not used: {problem}", err=True)


@commands.command()
def show(calendar_id: CalendarId) -> None:
    """One calendar: terms, INSET days, bank holidays inside terms, how many school days, and what it covers."""
    typer.echo(_as_text(wiring.calendars(wiring.load_settings()).find(calendar_id)))


@commands.command()
def check(file: TermDates, inset: Inset = None, closed: Closed = None) -> None:
    """Read a file of term dates and print what was understood; nothing is written."""
    proposal = wiring.propose_calendar(
        file, calendar_id="checked", name=file.name, inset=tuple(inset or ()), closures=tuple(closed or ())
    )
    typer.echo(_proposed(proposal))
    typer.echo("\nNothing was written. To add it: apnav calendar add FILE --id ID --name NAME")


@commands.command()
def add(
    file: TermDates,
    calendar_id: Annotated[str, typer.Option("--id", parser=_id_of, metavar="ID", help="Such as leicester-2026-27.")],
    name: Annotated[str, typer.Option(parser=_words, metavar="NAME", help="Whose term dates of which year.")],
    council: Annotated[str | None, typer.Option(parser=_words, metavar="NAME", help="The council, if any.")] = None,
    source: Annotated[
        str | None, typer.Option(parser=_address, metavar="URL", help="The web page that has them.")
    ] = None,
    inset: Inset = None,
    closed: Closed = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a calendar that has this id.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Add it without asking.")] = False,
) -> None:
    """Add a council's or school's own term dates from a file, .ics or CSV."""
    settings = wiring.load_settings()
    if not replace and wiring.has_calendar(settings, calendar_id):
        raise typer.BadParameter(
            f"There is a calendar “{calendar_id}” already. Choose another id, or add --replace to put this in its "
            "place."
        )
    proposal = wiring.propose_calendar(
        file,
        calendar_id=calendar_id,
        name=name,
        council=council,
        url=source,
        inset=tuple(inset or ()),
        closures=tuple(closed or ()),
    )
    typer.echo(_proposed(proposal))
    if not yes and sys.stdin.isatty():
        typer.confirm("Are these the term dates?", abort=True, default=True)
    where = wiring.add_calendar(settings, proposal.calendar)
    typer.echo(f"\nAdded “{calendar_id}”: {where}")


@commands.command()
def remove(calendar_id: CalendarId) -> None:
    """Remove a calendar that was added; those that come with the program stay."""
    shipped = wiring.remove_calendar(wiring.load_settings(), calendar_id)
    typer.echo(f"Removed “{calendar_id}”." + (" The one that comes with the program counts again." if shipped else ""))


# As text ------------------------------------------------------------------------------------------------------------


def _proposed(proposal: "Proposal") -> str:
    notes = [f"- {note}" for note in proposal.notes]
    return "\n".join([_as_text(proposal.calendar), *(["", "Please check", *notes] if notes else [])])


def _as_text(calendar: "SchoolCalendar") -> str:
    return "\n".join(_lines(calendar))


def _lines(calendar: "SchoolCalendar") -> Iterator[str]:
    yield calendar.name
    for what in (calendar.council, calendar.source, calendar.url):
        if what:
            yield what
    if calendar.typical:
        yield "These dates are made up to be usual. Use the school's own where you can."
    yield "\nTerms"
    for term in calendar.terms:
        days = calendar.count(term.first, term.last)
        name = f"{term.name.capitalize()}: " if term.name else ""
        yield f"- {name}{_in_words(term.first)} to {_in_words(term.last)}, {days} school day{'' if days == 1 else 's'}"
    yield from _days("INSET days", ((day, "") for day in sorted(calendar.inset)))
    yield from _days("Closed", ((day, "") for day in sorted(calendar.closures)))
    in_terms = (
        (day, f", {name}")
        for day, name in sorted(calendar.bank_holidays.names.items())
        if any(term.first <= day <= term.last for term in calendar.terms)
    )
    yield from _days("Bank holidays inside terms", in_terms)
    yield f"\n{len(calendar.school_days)} school days in all"
    yield f"Covers {_in_words(calendar.first)} to {_in_words(calendar.last)}"


def _days(heading: str, days: "Iterator[tuple[date, str]]") -> Iterator[str]:
    lines = [f"- {_in_words(day)}{what}" for day, what in days]
    if lines:
        yield "\n".join(["", heading, *lines])


def _in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
