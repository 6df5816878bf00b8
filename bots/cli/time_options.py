"""Options of the commands that count days, and how an event or a suspension is read from a word."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.deadlines import Happened
from assistant.desk import DeadlineDesk, SchoolDays
from assistant.school_days import SchoolDaysTold
from assistant.suspensions import Suspension
from bots.said_days import SaidDay, said_day

NO_SCHOOL_DAYS_TOLD = SchoolDaysTold()
_POSTED, _AFTERNOON = "posted", "afternoon"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidEvent:
    """An event with its day, as an option gave them; `name` may be the beginning of the event's id."""

    name: str
    said: SaidDay
    posted: bool = False
    afternoon: bool = False


def said_event(text: str) -> SaidEvent:
    """EVENT=DATE, with ",posted" or ",afternoon" after it. Raises `BadDate`, `WrongWeekday`."""
    name, sign, when = text.partition("=")
    if not sign or not name.strip():
        raise typer.BadParameter(f"“{text}” has no event. Write EVENT=DATE, such as governors-meet=2026-12-01")
    marks: set[str] = set()
    while when.rpartition(",")[2].strip() in {_POSTED, _AFTERNOON}:
        when, _, mark = when.rpartition(",")
        marks.add(mark.strip())
    return SaidEvent(name=name.strip(), said=said_day(when), posted=_POSTED in marks, afternoon=_AFTERNOON in marks)


def happened_from(events: Iterable[SaidEvent], *, desk: DeadlineDesk) -> dict[str, Happened]:
    """The events by their whole ids. Raises `UnknownEvent`."""
    return {
        desk.event(each.name).id: Happened(day=each.said.day, posted=each.posted, afternoon=each.afternoon)
        for each in events
    }


def said_suspension(text: str) -> Suspension:
    """DATE:DAYS or DATE..DATE:DAYS. Raises `BadDate`, `WrongWeekday`."""
    when, _, number = text.rpartition(":")
    first, dots, last = when.partition("..")
    try:
        days = float(number)
    except ValueError:
        days = float("nan")
    if not when or not 0 < days < 1000:
        raise typer.BadParameter(
            f"“{text}” is not a suspension. Write its first day and how many school days, such as 2026-09-14:2 or "
            "2026-10-05:3.5"
        )
    return Suspension(first=said_day(first).day, days=days, last=said_day(last).day if dots else None)


def school_days_from(
    calendar: str | None,
    inset: Iterable[SaidDay] | None,
    closed: Iterable[SaidDay] | None,
    *,
    told: SchoolDaysTold = NO_SCHOOL_DAYS_TOLD,
) -> SchoolDays:
    """The school days to count; the options add to what was told in words."""
    off = replace(
        told,
        inset=told.inset | {each.day for each in inset or ()},
        closures=told.closures | {each.day for each in closed or ()},
    )
    return SchoolDays(calendar=calendar, told=off)


On = Annotated[
    SaidDay | None,
    typer.Option("--on", parser=said_day, metavar="DATE", help="When it happened: YYYY-MM-DD, or day first."),
]
Posted = Annotated[bool, typer.Option("--posted", help="--on is the day a letter was posted, first class.")]
Afternoon = Annotated[bool, typer.Option("--afternoon", help="--on: it was after the afternoon session began.")]
PostedOn = Annotated[
    SaidDay | None,
    typer.Option("--posted", parser=said_day, metavar="DATE", help="The day the school's exclusion letter was posted."),
]
ExamOn = Annotated[
    SaidDay | None,
    typer.Option("--exam", parser=said_day, metavar="DATE", help="The public exam that the pupil would miss."),
]
KindOfSchool = Annotated[
    list[str] | None, typer.Option("--setting", metavar="KIND", help="The kind of school, such as academy or pru.")
]
Academy = Annotated[bool, typer.Option("--academy", help="Short for --setting academy.")]
Maintained = Annotated[bool, typer.Option("--maintained", help="Short for --setting maintained.")]
Needs = Annotated[
    list[str] | None,
    typer.Option("--need", metavar="NEED", help="What is so: ehc-plan, in-care, exam ... May be repeated."),
]
Events = Annotated[
    list[SaidEvent] | None,
    typer.Option(
        "--event",
        parser=said_event,
        metavar="EVENT=DATE",
        help="When another event happened; add ,posted or ,afternoon after the date. May be repeated.",
    ),
]
Inset = Annotated[
    list[SaidDay] | None,
    typer.Option("--inset", parser=said_day, metavar="DATE", help="An INSET day of the school. May be repeated."),
]
Closed = Annotated[
    list[SaidDay] | None,
    typer.Option("--closed", parser=said_day, metavar="DATE", help="A day the school is shut. May be repeated."),
]
Today = Annotated[
    SaidDay | None,
    typer.Option("--today", parser=said_day, metavar="DATE", help="Say what is open on this day instead of today."),
]
Plain = Annotated[bool, typer.Option("--plain", help="One step a paragraph, with its working.")]
Ics = Annotated[
    Path | None,
    typer.Option(
        "--ics",
        metavar="FILE",
        help="Save the dates for a calendar program; - prints them there instead of text.",
        allow_dash=True,
        dir_okay=False,
    ),
]
Remind = Annotated[
    list[int] | None,
    typer.Option(
        "--remind", min=0, max=365, metavar="DAYS", help="Remind so many days before (with --ics). Default: 7 and 1."
    ),
]
