"""`apnav deadline`, `apnav timeline` and `apnav suspensions`: dates from the law's time limits, with their working."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.deadlines import Reckoning
from assistant.desk import NOTHING_SAID, REMIND, CaseTold, DeadlineDesk
from assistant.errors import DateMissing
from assistant.suspensions import Suspension
from assistant.timeline import Timeline
from bots import wiring
from bots.cli.options import AsJson, OnCalendar
from bots.cli.text import as_json_text
from bots.cli.time_options import (
    NO_SCHOOL_DAYS_TOLD,
    Academy,
    Afternoon,
    Closed,
    Events,
    ExamOn,
    Ics,
    Inset,
    KindOfSchool,
    Maintained,
    Needs,
    On,
    Plain,
    Posted,
    PostedOn,
    Remind,
    SaidEvent,
    Today,
    happened_from,
    said_suspension,
    school_days_from,
)
from bots.cli.time_text import reckoning_as_text, rules_as_text, timeline_as_text, totals_as_text
from bots.rendering import chain_as_json, reckoning_as_json, rule_as_json, timeline_as_json, totals_as_json
from bots.said_days import SaidDay

_PUBLIC_EXAM = "public-exam"
_LETTER = "exclusion-notice-given"


def deadline(  # noqa: PLR0913, PLR0917 - an argument for each option
    rule: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The time limit. Without it: all.")] = None,
    on: On = None,
    posted: Posted = False,
    afternoon: Afternoon = False,
    event: Events = None,
    calendar: OnCalendar = None,
    inset: Inset = None,
    closed: Closed = None,
    as_json: AsJson = False,
    ics: Ics = None,
    remind: Remind = None,
) -> None:
    """The date of a time limit, with its working and source.

    Exit status: 0 with a date; 2 when a date cannot be computed from what was given, and nothing is half-computed.
    """
    desk = wiring.build_desk(wiring.load_settings())
    if rule is None:
        _list_rules(desk, as_json=as_json)
        return
    first = desk.events_of(rule)[0].id
    said = [*(event or ()), *_on(on, first, posted=posted, afternoon=afternoon)]
    with _dates_by_option(desk, first):
        found = desk.deadline(
            rule, happened_from(said, desk=desk), school_days=school_days_from(calendar, inset, closed)
        )
    if ics is not None and _saved(desk, found, ics, today=wiring.today(), remind=remind):
        return
    notes = _notes(said, inset, closed)
    _show(reckoning_as_json(found) | {"notes": notes}, reckoning_as_text(found, notes=notes), as_json=as_json)


def timeline(  # noqa: PLR0913, PLR0917 - an argument for each option
    case: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A timeline such as permanent-exclusion, or the case in your own words."),
    ],
    on: On = None,
    posted: PostedOn = None,
    exam: ExamOn = None,
    event: Events = None,
    setting: KindOfSchool = None,
    academy: Academy = False,
    maintained: Maintained = False,
    need: Needs = None,
    calendar: OnCalendar = None,
    inset: Inset = None,
    closed: Closed = None,
    today: Today = None,
    plain: Plain = False,
    as_json: AsJson = False,
    ics: Ics = None,
    remind: Remind = None,
) -> None:
    """Every step that follows an event: its date, who must act and whether it is open today."""
    desk = wiring.build_desk(wiring.load_settings())
    day = today.day if today else wiring.today()
    told = desk.read_case(case, today=day) if " " in case.strip() else _named(desk, case)
    first = desk.chain(told.chain).starts
    said = [*(event or ()), *_on(on, first), *_on(posted, _LETTER, posted=True), *_on(exam, _PUBLIC_EXAM)]
    kinds = {*(setting or ()), *(["academy"] if academy else []), *(["maintained"] if maintained else [])}
    needs = {*told.case.needs, *(need or ()), *(["exam"] if exam else [])}
    with _dates_by_option(desk, first):
        found = desk.timeline(
            told.chain,
            {**told.happened, **happened_from(said, desk=desk)},
            today=day,
            case=replace(told.case, settings=frozenset(kinds) or told.case.settings, needs=frozenset(needs)),
            school_days=school_days_from(calendar, inset, closed, told=told.school_days),
        )
    if ics is not None and _saved(desk, found, ics, today=day, remind=remind):
        return
    notes = [*told.notes, *_notes(said, inset, closed, [today] if today else None)]
    text = timeline_as_text(found, plain=plain, notes=notes)
    _show(timeline_as_json(found) | {"notes": notes}, text, as_json=as_json)


def _named(desk: DeadlineDesk, chain: str) -> CaseTold:
    """A timeline by its id, of which nothing is told yet. Raises `UnknownChain`."""
    return CaseTold(chain=desk.chain(chain.strip()).id, happened={}, case=NOTHING_SAID, school_days=NO_SCHOOL_DAYS_TOLD)


def suspensions(
    given: Annotated[
        list[Suspension],
        typer.Argument(
            parser=said_suspension, metavar="DATE:DAYS...", help="Each with its first day and school days: 2026-09-14:2"
        ),
    ],
    earlier: Annotated[
        float, typer.Option("--earlier", min=0, help="Days already suspended in the first school year, elsewhere.")
    ] = 0,
    calendar: OnCalendar = None,
    inset: Inset = None,
    closed: Closed = None,
    as_json: AsJson = False,
) -> None:
    """What several suspensions add up to in each term and school year, and what that sets off."""
    desk = wiring.build_desk(wiring.load_settings())
    school_days = school_days_from(calendar, inset, closed)
    found = desk.totals(given, earlier_days=earlier, school_days=school_days)
    counted_on = desk.calendar(school_days)
    notes = _notes([], inset, closed)
    text = totals_as_text(found, calendar=counted_on, notes=notes)
    _show(totals_as_json(found, calendar=counted_on) | {"notes": notes}, text, as_json=as_json)


def _list_rules(desk: DeadlineDesk, *, as_json: bool) -> None:
    rules = [rule_as_json(rule, events=desk.events_of(rule.id)) for rule in desk.rules()] if as_json else []
    timelines = [chain_as_json(chain) for chain in desk.chains()]
    _show({"rules": rules, "timelines": timelines}, rules_as_text(desk), as_json=as_json)


def _on(said: SaidDay | None, event: str, *, posted: bool = False, afternoon: bool = False) -> list[SaidEvent]:
    return [SaidEvent(name=event, said=said, posted=posted, afternoon=afternoon)] if said else []


@contextmanager
def _dates_by_option(desk: DeadlineDesk, first: str) -> Iterator[None]:
    """Where a date is missing, say by which option to give it."""
    try:
        yield
    except DateMissing as error:
        option = "--on DATE" if error.event == first else f"--event {error.event}=DATE"
        raise DateMissing(error.event, ask=f"{desk.event(error.event).ask} Give it with {option}.") from error


def _notes(said: Iterable[SaidEvent], *days: Sequence[SaidDay] | None) -> list[str]:
    """How dates were read that could be read in two ways."""
    every = [*(each.said for each in said), *(day for given in days for day in given or ())]
    return list(dict.fromkeys(each.note for each in every if each.note))


def _saved(
    desk: DeadlineDesk, found: Reckoning | Timeline, file: Path, *, today: date, remind: Sequence[int] | None
) -> bool:
    """Write the dates for a calendar program; whether they went where the text would go."""
    made = desk.diary(found, stamp=datetime.now(UTC), today=today, remind=remind or REMIND)
    if str(file) == "-":
        typer.echo(made, nl=False)
        return True
    file.write_bytes(made)
    typer.echo(f"Saved for your calendar: {file}", err=True)
    return False


def _show(value: dict[str, Any], text: str, *, as_json: bool) -> None:
    typer.echo(as_json_text(value) if as_json else text)
