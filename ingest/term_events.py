"""Term dates as an iCalendar file: what each event says, and the line on which it begins."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event

from ingest.term_tables import HOW_TO_SAY, Found
from ingest.term_words import Kind, Row, Span, is_of_this_century, kinds_of

_BEGIN, _END = "BEGIN:VEVENT", "END:VEVENT"
_NAMED = 8  # events that are named when they are left out; the rest are counted
_WHOLE_TERM = re.compile(r"(?:(?:autumn|spring|summer) )?(?:half )?term(?: \d)?(?: \d{4}.*)?", re.I)
_ENGLAND = "Europe/London"
_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """The lines of one event; `line` is where it begins."""

    line: int
    text: str


def rows_of_events(text: str) -> Found:
    """Every event of an iCalendar file that says something of terms; the others are named in the notes."""
    found = Found()
    left_out: list[str] = []
    for block in _blocks(text, found):
        try:
            left_out += _take(block, found)
        except ValueError as error:
            found.problems.append((block.line, f"{error}."))
    if left_out:
        more = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
        found.notes.append(f"Left out, as they say nothing of terms: {', '.join(left_out[:_NAMED])}{more}.")
    return found


def _blocks(text: str, found: Found) -> Iterator[_Block]:
    """The events of the file. A file that is cut off or has events inside events is refused."""
    begun: int | None = None
    lines = text.splitlines()
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines):
        found.problems.append((1, "there is no BEGIN:VCALENDAR line. Export the calendar again as an iCalendar file."))
        return
    for number, line in enumerate(lines, start=1):
        said = line.strip().upper()
        if said == _BEGIN:
            if begun is not None:
                found.problems.append((begun, f"the event has no {_END} line. Export the calendar again."))
            begun = number
        elif said == _END and begun is not None:
            yield _Block(line=begun, text="\r\n".join(each for each in lines[begun - 1 : number] if each.strip()))
            begun = None
    if begun is not None:
        found.problems.append((begun, "the file ends within this event. Export or download the calendar again."))


def _take(block: _Block, found: Found) -> Iterator[str]:
    """Add what an event says to `found`; an event that says nothing of terms is given back by name.

    Raises `ValueError` with what to do.
    """
    try:
        event: Mapping[str, Any] = Event.from_ical(block.text)
    except (ValueError, LookupError) as error:
        raise ValueError(f"the event cannot be read ({error}). Export the calendar again") from error
    label = " ".join(str(event.get("SUMMARY", "")).split())
    named = f"“{label or 'an event without a name'}” (line {block.line})"
    span = _span_of(event, label)
    kinds = kinds_of(label, span)
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        found.notes.append(f"{named} is cancelled, so it was left out.")
        return
    one_day = span.first == span.last
    if kinds == (Kind.TERM,) and one_day and not _WHOLE_TERM.fullmatch(label):
        kinds = (Kind.OTHER,)  # something in a term: "Term 2 open morning"
    for kind in kinds:
        if kind is Kind.OTHER:
            yield named
            continue
        if kind is Kind.UNCLEAR:
            raise ValueError(f"“{label}” can be read in two ways. {HOW_TO_SAY}")
        if kind is Kind.TERM and one_day:
            raise ValueError(f"“{label}” is one day only. Say whether the term starts or ends then")
        if "RRULE" in event or "RDATE" in event:
            found.notes.append(f"{named} repeats: only its first time was taken.")
        found.rows.append(Row(line=block.line, label=label, kind=kind, first=span.first, last=span.last))


def _span_of(event: Mapping[str, Any], label: str) -> Span:
    """The days of an event. An end that is a date is the day after its last one, as iCalendar has it."""
    starts = _moment(event, "DTSTART", label)
    if starts is None:
        raise ValueError(f"“{label}” has no start (DTSTART). Add the date, or remove the event")
    ends = _moment(event, "DTEND", label)
    if ends is None and "DURATION" in event:
        ends = starts + min(_length(event, label), _LONGEST)
    first, last = _day(starts), _last_day(starts, ends)
    if last < first:
        raise ValueError(
            f"“{label}” ends on {last.day} {last:%B %Y}, before it starts on {first.day} {first:%B %Y}. "
            "Check both dates"
        )
    return Span(first=first, last=last)


def _moment(event: Mapping[str, Any], name: str, label: str) -> date | None:
    if name not in event:
        return None
    try:
        moment = event[name].dt
    except (ValueError, AttributeError):
        moment = None
    if isinstance(moment, date) and is_of_this_century(moment):
        return moment
    raise ValueError(f"“{label}” has a date that cannot be read ({name}). Correct it, like 20260902")


def _length(event: Mapping[str, Any], label: str) -> timedelta:
    length = getattr(event["DURATION"], "dt", None)
    if isinstance(length, timedelta):
        return length
    raise ValueError(f"“{label}” has a DURATION that cannot be read. Correct it, or give its end (DTEND)")


def _last_day(starts: date, ends: date | None) -> date:
    first = _day(starts)
    if ends is None:
        return first
    last = _day(ends)
    local = ends.astimezone(_zone()) if isinstance(ends, datetime) and ends.tzinfo else ends
    at_midnight = not isinstance(local, datetime) or (local.hour, local.minute, local.second) == (0, 0, 0)
    return last - timedelta(days=1) if at_midnight and last > first else last


def _day(moment: date) -> date:
    """The day it is in England at a moment; a time without a zone is taken as English."""
    if not isinstance(moment, datetime):
        return moment
    return (moment.astimezone(_zone()) if moment.tzinfo else moment).date()


def _zone() -> tzinfo:
    return ZoneInfo(_ENGLAND)
