"""England's bank holidays, from the list of GOV.UK that comes with the package govuk-bank-holidays; no network."""

from collections import defaultdict
from datetime import date

from govuk_bank_holidays.bank_holidays import BankHolidays as GovUk

from assistant.school_days import BankHolidays

_A_YEAR_HAS = 8  # GOV.UK lists a new year bit by bit; a year with fewer is not complete yet


def england_bank_holidays() -> BankHolidays:
    """Every bank holiday that the package lists, complete to the end of the last year that is listed whole."""
    listed = GovUk(use_cached_holidays=True).get_holidays(division=GovUk.ENGLAND_AND_WALES)
    names = {each["date"]: _name(each["title"], each.get("notes", "")) for each in listed}
    by_year: dict[int, list[str]] = defaultdict(list)
    for day in sorted(names):
        by_year[day.year].append(names[day])
    first = last = min(by_year)
    while _whole(by_year.get(last + 1, [])):
        last += 1
    return BankHolidays(names=names, first=date(first, 1, 1), last=date(last, 12, 31))


def _name(title: str, notes: str) -> str:
    """A substitute day carries another day's name, which puzzles a reader who is not told so."""
    return f"{title} (substitute day)" if notes.strip().lower() == "substitute day" else title


def _whole(names: list[str]) -> bool:
    return len(names) >= _A_YEAR_HAS and any(name.startswith("Boxing Day") for name in names)
