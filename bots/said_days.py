"""How a day is read from what somebody typed, at any doorway.

A day is YYYY-MM-DD, or as people in England write it, with the day first. Nothing is guessed: what cannot be read is
refused, and a reading that another country would not share is said back.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from assistant.errors import BadDate, WrongWeekday

_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y")
_WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b(?: of\b)?", re.IGNORECASE)
_IN_FIGURES = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDay:
    """A day as it was given. `note` says how it was read, where it could be read otherwise."""

    day: date
    note: str | None = None


def said_day(text: str) -> SaidDay:
    """The day that a word names. Raises `BadDate`, `WrongWeekday`."""
    given = text.strip()
    weekday = _WEEKDAY.match(given)
    rest = given[weekday.end() :] if weekday else given
    plain = re.sub(r"\bsept\b", "sep", _ORDINAL.sub("", rest).replace(",", " "), flags=re.IGNORECASE)
    day = _parsed(" ".join(plain.split()))
    if day is None:
        raise BadDate(given)
    if weekday and not f"{day:%A}".lower().startswith(weekday.group(1).lower()):
        raise WrongWeekday(given, day=day)
    figures = _IN_FIGURES.fullmatch(rest)
    if figures and int(figures.group(2)) != int(figures.group(1)) <= 12:
        return SaidDay(day=day, note=f"“{given}” is read as {day.day} {day:%B %Y}, with the day first.")
    return SaidDay(day=day)


def _parsed(text: str) -> date | None:
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None
