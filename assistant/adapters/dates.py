"""The kept date parser, set to read the day before the month."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_SETTINGS = {
    "DATE_ORDER": "DMY",
    "PREFER_LOCALE_DATE_ORDER": False,
    # A phrase that names only a month or a year is no day, and must not be filled in from today.
    "REQUIRE_PARTS": ["day", "month", "year"],
    "PARSERS": ["relative-time", "absolute-time"],
    "TIMEZONE": "UTC",
    "RETURN_AS_TIMEZONE_AWARE": False,
}


class DayFirstReader:
    """Reads days with dateparser in British English. The clock and time zone of the machine play no part.

    Safe to share between threads. The parser is loaded at the first phrase, which takes about 0.3 seconds.
    """

    def __init__(self) -> None:
        self._one_at_a_time = Lock()  # dateparser loads its languages into dicts that it shares between threads
        self._kept = lru_cache(maxsize=2048)(self._read)

    def read(self, phrase: str, *, today: date) -> date | None:
        return self._kept(phrase, today)

    def warm(self) -> None:
        """Load the parser now, so that the first person to ask does not wait for it."""
        self.read("1 January 2026", today=date(2026, 1, 1))

    def _read(self, phrase: str, today: date) -> date | None:
        with self._one_at_a_time:
            try:
                found = _parser(today).get_date_data(phrase).date_obj
            except (OverflowError, ValueError):  # a day outside the calendar, such as a million days ago
                return None
        return found.date() if found else None


def _parser(today: date) -> "DateDataParser":
    from dateparser.date import DateDataParser  # noqa: PLC0415 - takes 0.2 s, and only those who read dates need it

    noon = datetime.combine(today, time(12), tzinfo=UTC).replace(tzinfo=None)
    return DateDataParser(languages=["en"], settings={**_SETTINGS, "RELATIVE_BASE": noon})
