"""Time limits, timelines and totals as plain text: 80 columns, or one step a paragraph for a screen reader."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from assistant.deadlines import Reckoning
from assistant.desk import DeadlineDesk
from assistant.explained import MEANS_IN_WORDS, NOT_ADVICE, calendar_particulars, in_one_line, particulars
from assistant.school_days import SchoolCalendar
from assistant.suspensions import PeriodTotal, Run, SuspensionTotals
from assistant.timeline import StepState, Timeline, TimelineStep
from assistant.working import in_words
from bots.rendering import TERMS_NOTE, is_open
from bots.time_words import SAID_OF_THE_WHOLE, by_actor, opening_of, state_in_words

WIDTH = 80

# One date -----------------------------------------------------------------------------------------------------------


def rules_as_text(desk: DeadlineDesk) -> str:
    """Every time limit, one a line, in groups by who must act."""
    widest = max((len(rule.id) for rule in desk.rules()), default=0)
    blocks = [
        "\n".join([heading, *(f"  {rule.id:<{widest}}  {rule.label}" for rule in rules)])
        for heading, rules in by_actor(desk.rules())
    ]
    timelines = [f"  {chain.id:<{widest}}  {chain.title}" for chain in desk.chains()]
    blocks.append("\n".join(["Whole timelines, for apnav timeline", *timelines]))
    blocks.append("To get a date: apnav deadline NAME --on DATE")
    return "\n\n".join(blocks)


def reckoning_as_text(found: Reckoning, *, notes: Iterable[str] = ()) -> str:
    """The date first, then all that belongs to it."""
    lines = [f"{in_words(found.day)}: {MEANS_IN_WORDS[found.rule.means]}.", ""]
    lines += [_paragraph(heading, words) for heading, words in particulars(found)]
    lines += [_paragraph("Please note", note) for note in notes]
    return "\n".join([*lines, "", NOT_ADVICE])


# A timeline ---------------------------------------------------------------------------------------------------------

_COLUMNS = (("When", 15), ("State", 9), ("What", 34), ("Who must act", 16))  # with two spaces between: 80


def timeline_as_text(timeline: Timeline, *, plain: bool, notes: Iterable[str] = ()) -> str:
    """Every step: a table, or with `plain` a paragraph each with its working and sources."""
    steps = (
        [_as_paragraph(step, today=timeline.today) for step in timeline.steps]
        if plain
        else ["\n".join(_table(timeline))]
    )
    blocks = [_heading(timeline), *steps]
    if not plain:
        blocks += list(_below_the_table(timeline))
    told = [*notes, *timeline.notices, *_undated(timeline)]
    blocks += ["\n".join(["Please note", *(_item(each) for each in dict.fromkeys(told))])] if told else []
    blocks.append(f"Calendar: {timeline.calendar.name} ({timeline.calendar.id}).\n{NOT_ADVICE}")
    return "\n\n".join(blocks)


def _heading(timeline: Timeline) -> str:
    still = sum(is_open(step, today=timeline.today) for step in timeline.steps)
    return "\n".join(
        [
            f"{timeline.chain.title}, from {in_words(timeline.starts)}",
            f"Today is {in_words(timeline.today)}: {still} of {len(timeline.steps)} steps can be taken now.",
        ]
    )


def _table(timeline: Timeline) -> Iterator[str]:
    yield from _row([name for name, _ in _COLUMNS])
    yield "  ".join("-" * width for _, width in _COLUMNS)
    for number, step in enumerate(timeline.steps, start=1):
        state = state_in_words(step, today=timeline.today)
        yield from _row([_when(step), state, f"{number}. {step.label}", step.who_must])


def _row(cells: Sequence[str]) -> Iterator[str]:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, (_, width) in zip(cells, _COLUMNS, strict=True)]
    for place in range(max(map(len, wrapped))):
        parts = [
            f"{lines[place] if place < len(lines) else '':<{width}}"
            for lines, (_, width) in zip(wrapped, _COLUMNS, strict=True)
        ]
        yield "  ".join(parts).rstrip()


def _when(step: TimelineStep) -> str:
    """The day of a step; for a duty "without delay", the day from which it is owed."""
    day = step.day or step.on
    if day is None or step.state is StepState.UNKNOWN:
        return "date needed"
    return f"{day:%a} {day.day} {day:%b %Y}"


def _below_the_table(timeline: Timeline) -> Iterator[str]:
    wiser = [
        _item(f"{number}. {step.label}: by {in_words(found.aim_for)}. {found.aim_because or ''}".rstrip())
        for number, step in enumerate(timeline.steps, start=1)
        if (found := step.reckoning) is not None and found.aim_for is not None
    ]
    if wiser:
        yield "\n".join(["Wiser days", *wiser])
    grounds = [_item(f"{number}. {_grounds(step)}") for number, step in enumerate(timeline.steps, start=1)]
    yield "\n".join(["Where each step stands (the working: add --plain)", *grounds])


def _grounds(step: TimelineStep) -> str:
    if step.reckoning is not None:
        return "; ".join(in_one_line(authority) for authority in step.reckoning.rule.authority)
    return "; ".join(f"apnav show {fact}" for fact in step.facts)


def _undated(timeline: Timeline) -> Iterator[str]:
    """Why dates are missing, each reason once: a whole tail of steps often waits for one day."""
    for step in timeline.steps:
        if step.problem:
            yield step.problem


def _as_paragraph(step: TimelineStep, *, today: date) -> str:
    found = step.reckoning
    lines = [_paragraph(opening_of(step), f"{step.label} ({state_in_words(step, today=today)}).")]
    lines.append(_paragraph("What", step.what))
    if found is not None:
        lines += [
            _paragraph(heading, words) for heading, words in particulars(found) if heading not in SAID_OF_THE_WHOLE
        ]
    else:
        lines.append(_paragraph("Who must act", step.who_must))
        lines += [_paragraph("Taken as known", assumed) for assumed in step.assumed]
        lines += [_paragraph("Source", _grounds(step))] if step.facts else []
    lines += [_paragraph("Done on", in_words(step.told))] if step.told else []
    lines += [_paragraph("Date needed", step.problem)] if step.problem else []
    return "\n".join(lines)


# Suspensions --------------------------------------------------------------------------------------------------------


def totals_as_text(totals: SuspensionTotals, *, calendar: SchoolCalendar, notes: Iterable[str] = ()) -> str:
    """Days by term and by year, the thresholds crossed, and the runs in which day six is owed."""
    blocks = ["\n".join(["Suspended days", *map(_total, [*totals.terms, *totals.years])])]
    crossed = [
        _item(
            f"{in_words(each.day)}, {each.period.name}: more than {each.threshold.over:g} days "
            f"({each.total:g}). {each.threshold.what} (apnav show {', '.join(each.threshold.facts)})"
        )
        for each in totals.crossed
    ]
    blocks.append("\n".join(["Thresholds crossed", *(crossed or ["- none"])]))
    owed = [_item(words) for run in totals.runs for words in _day_six(run)]
    blocks += ["\n".join(["Full-time education from the sixth day", *owed])] if owed else []
    blocks.append("\n".join(["Please note", *map(_item, [*notes, TERMS_NOTE])]))
    blocks.append("\n".join([_paragraph(*each) for each in calendar_particulars(calendar)]))
    return "\n\n".join([*blocks, NOT_ADVICE])


def _total(total: PeriodTotal) -> str:
    days = f"{total.days:g} school day{'' if total.days == 1 else 's'}"
    left = "" if total.left is None else f"; {total.left:g} more before the limit for the school year"
    return _item(f"{total.period.name}: {days}{left}")


def _day_six(run: Run) -> Iterator[str]:
    if run.day_six is not None:
        found = run.day_six
        yield f"{in_words(found.day)}. {found.rule.who_must}: {found.rule.what}. {found.working} Source: " + "; ".join(
            in_one_line(authority) for authority in found.rule.authority
        )
    elif run.problem:
        yield run.problem


# Lines --------------------------------------------------------------------------------------------------------------


def _paragraph(heading: str, words: str) -> str:
    return _wrapped(f"{heading}: {words}", hanging="  ")


def _item(words: str) -> str:
    return _wrapped(f"- {words}", hanging="  ")


def _wrapped(words: str, *, hanging: str) -> str:
    # Links are left whole, so that they can be followed.
    return textwrap.fill(words, WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
