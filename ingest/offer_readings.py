"""Single values as councils and feeds write them. Each reader gives what is plainly said, or raises `ValueError` with
the reason; nothing is guessed."""

import calendar
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import phonenumbers

from assistant.school_ages import SchoolAges

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_DAY_CODES = {"mo": 0, "tu": 1, "we": 2, "th": 3, "fr": 4, "sa": 5, "su": 6}
_DAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday|r)?s?\b")
_BYDAY = re.compile(r"[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)(?: ?, ?[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU))*")
_TO = re.compile(r"^\s*(?:-|–|—|to|until|through)\s*$")
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})")
_NUMBER = r"\d{1,9}(?:\.\d{1,12})?"
_NOTHING = {
    "",
    "-",
    "–",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "unknown",
    "not known",
    "not published",
    "tbc",
    "tba",
    "?",
}


def is_nothing(text: str) -> bool:
    """Whether the words say only that nothing is published."""
    return text.strip().strip(".").lower() in _NOTHING


def a_date(text: str, *, end_of_month: bool = False) -> date:
    """A day, day first; of a month without a day its first, or its last when something ends then."""
    said = text.strip()
    match = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$", said)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3]), said)
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?: 00:00(?::00)?)?", said)
    if match:
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        return _day(year, int(match[2]), int(match[1]), said)
    match = re.fullmatch(r"(?:(?:[a-z]+day,? )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?)?([a-z]+)\.?,? (\d{4})", said.lower())
    if match and match[2] in _MONTHS:
        year, month = int(match[3]), _MONTHS[match[2]]
        last = calendar.monthrange(year, month)[1] if 1 <= year <= 9999 else 1
        return _day(year, month, int(match[1]) if match[1] else (last if end_of_month else 1), said)
    raise ValueError(f"“{said[:60]}” is no date. Write it as 31/12/2026")


def _day(year: int, month: int, day: int, said: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise ValueError(f"“{said}” is a day that does not exist") from error
    if not 1900 <= year <= 2100:
        raise ValueError(f"“{said}” is not a year that can be meant")
    return found


def a_moment(text: str) -> date:
    """The day of a date with or without a time, as feeds write it."""
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00")).date()
    except ValueError:
        return a_date(text)


def a_number(text: str) -> float:
    """One number of nothing or more."""
    return float(_digits(text))


def an_amount(text: str) -> Decimal:
    """Pounds and pence."""
    return Decimal(_digits(text))


def _digits(text: str) -> str:
    found = re.fullmatch(rf"\D{{0,20}}?({_NUMBER})\D{{0,40}}", text.strip().replace(",", ""))
    if not found or "-" in text.strip()[:1]:
        raise ValueError(f"“{text.strip()[:60]}” is not one number")
    return found[1]


def a_whole_number(text: str) -> int:
    number = a_number(text)
    if number != int(number) or number > 100_000:
        raise ValueError(f"“{text.strip()[:60]}” is not a whole number that can be meant")
    return int(number)


def an_age(text: str, *, school_ages: SchoolAges, oldest: bool = False) -> float:
    """The youngest age (or the oldest) in years: "11", "14.5 years", "Year 7"."""
    year = re.fullmatch(r"(?:year|yr|y) ?(?:group )?(\d{1,2})", text.strip().lower())
    if year:
        return float(school_ages.in_years(int(year[1]), int(year[1]))[oldest])
    if re.search(r"\b(?:months?|mths?|weeks?)\b", text.lower()):
        raise ValueError(f"“{text.strip()[:60]}” is not in years")
    return _age(text)


def _age(text: str) -> float:
    age = a_number(text)
    if age > 120:
        raise ValueError(f"“{text.strip()[:60]}” is not an age")
    return age


def ages(text: str, *, school_ages: SchoolAges) -> tuple[float | None, float | None]:
    """The youngest and oldest age: "11-16", "14+", "up to 16", "Years 9 to 11" (by `school_ages`)."""
    said = text.lower().replace("–", "-").replace("—", "-")
    years = re.search(
        r"\b(?:years?|yrs?|y) ?(?:groups? )?(\d{1,2})(?: ?(?:-|to|and|&|/) ?(?:years?|yrs?|y)? ?(\d{1,2}))?", said
    )
    if years and not re.search(r"\bages?\b|years? old", said):
        first, last = school_ages.in_years(int(years[1]), int(years[2] or years[1]))
        return _in_order(float(first), float(last), text)
    if re.search(r"\b(?:ks|key stage|primary|secondary)", said):
        raise ValueError(f"“{text.strip()[:60]}” names no ages. Put it in a column of key stages")
    spans = re.findall(rf"({_NUMBER}) ?(?:years?|yrs?)? ?(?:-|to|and|/|until) ?({_NUMBER})", said)
    if len(spans) > 1:
        raise ValueError(f"“{text.strip()[:60]}” names several ranges of ages")
    if spans:
        return _in_order(float(spans[0][0]), float(spans[0][1]), text)
    one = re.search(_NUMBER, said)
    if not one:
        raise ValueError(f"“{text.strip()[:60]}” names no ages")
    age = _age(one[0])
    if re.search(rf"(?:up to|under|below|max\w*) ?{re.escape(one[0])}", said):
        return None, age - 1 if "under" in said or "below" in said else age
    if re.search(
        rf"{re.escape(one[0])} ?(?:\+|plus|and (?:over|above|up))|(?:from|over|min\w*) ?{re.escape(one[0])}", said
    ):
        return age, None
    return age, age


def _in_order(first: float, last: float, text: str) -> tuple[float, float]:
    if last > 120 or first > last:
        raise ValueError(f"“{text.strip()[:60]}” runs from older to younger, or is no age")
    return first, last


def key_stages(text: str, *, school_ages: SchoolAges) -> tuple[int, ...]:
    """ "KS3/4", "Key stages 3 and 4", and the phases of `school_ages`, such as "secondary"."""
    said = re.sub(r"\byears? (?:groups? )?\d+(?: ?(?:-|to|and|&|,) ?\d+)*", " ", text.lower().replace("–", "-"))
    found: set[int] = set()
    for numbers in re.findall(
        r"(?:\bks|key stages?|^) ?((?:[1-5](?: ?(?:-|to|and|&|/|,|\+) ?(?:ks|key stage)? ?)?)+)", said
    ):
        found |= _stages(numbers)
    found |= school_ages.stages_named(said)
    if not found:
        raise ValueError(f"“{text.strip()[:60]}” names no key stage")
    return tuple(sorted(found))


def _stages(numbers: str) -> set[int]:
    span = re.search(r"([1-5]) ?(?:-|to) ?(?:ks|key stage)? ?([1-5])", numbers)
    stages = {int(each) for each in re.findall(r"[1-5]", numbers)}
    return stages | set(range(int(span[1]), int(span[2]) + 1)) if span else stages


def attendance(text: str) -> tuple[str, ...]:
    """ "full_time", "part_time" or both."""
    said = text.lower()
    full = bool(re.search(r"full.{0,3}(?:time|and|or|&|/|-)|\bft\b|\bboth\b|^full$", said))
    part = bool(re.search(r"part.{0,3}time|\bpt\b|\bboth\b|^part$", said))
    if re.search(r"\b(?:not|no) (?:full|part)", said):
        raise ValueError(f"“{text.strip()[:60]}” cannot be read surely. Write full time, part time or both")
    found = (*(["full_time"] if full else []), *(["part_time"] if part else []))
    if not found:
        raise ValueError(f"“{text.strip()[:60]}” is neither full time nor part time")
    return found


def days(text: str) -> tuple[int, ...]:
    """Days of a week from 0 (Monday): "Mon-Fri", "Tuesday and Thursday", "TU,TH", "weekdays"."""
    said = text.lower()
    if _BYDAY.fullmatch(text.strip()):
        return tuple(sorted({_DAY_CODES[each[-2:].lower()] for each in re.split(r" ?, ?", text.strip())}))
    if re.search(r"\bweek ?days\b|every school day", said):
        return (0, 1, 2, 3, 4)
    found: list[int] = []
    last: re.Match[str] | None = None
    for match in _DAY.finditer(said):
        day = _DAY_CODES[match[1][:2]]
        if last and _TO.match(said[last.end() : match.start()]):
            found += range(found[-1], day)
        found.append(day)
        last = match
    if not found:
        raise ValueError(f"“{text.strip()[:60]}” names no day of the week")
    return tuple(sorted(set(found)))


def price(text: str) -> tuple[Decimal | None, str | None]:
    """The amount in pounds, when just one is named, and what it pays for."""
    text = text[:200]
    amounts = re.findall(r"£ ?(\d[\d,]*(?:\.\d{1,2})?)(k\b)?", text) or re.findall(
        r"^\s*(\d[\d,]*(?:\.\d{1,2})?)()\s*(?:$|per|/|a\b)", text
    )
    basis = re.search(
        r"(?:\b(?:per|an?)|/) ?(?:half )?(?:\w+ ?){1,2}?(?:(?: per| an?|/) ?\w+)?(?= *(?:$|[,.;(+]))",
        text,
        re.IGNORECASE,
    )
    said = " ".join(basis[0].replace("/", "per ").split()).lower() if basis else None
    if len(amounts) != 1:
        return None, said
    try:
        return Decimal(amounts[0][0].replace(",", "")) * (1000 if amounts[0][1] else 1), said
    except InvalidOperation as error:
        raise ValueError(f"“{text[:60]}” has an amount that cannot be read") from error


def yes_or_no(text: str) -> bool:
    said = text.strip().lower()
    if re.match(r"(?:yes|y|true|1)\b", said):
        return True
    if re.match(r"(?:no|n|false|0)\b", said):
        return False
    raise ValueError(f"“{text.strip()[:60]}” is neither yes nor no")


def a_postcode(text: str) -> str:
    """A whole postcode, as the Post Office writes it; whether it exists is for the book of postcodes to say."""
    found = _POSTCODE.fullmatch(" ".join(text.upper().split()).replace("  ", " "))
    found = found or _POSTCODE.fullmatch(re.sub(r"\s", "", text.upper()))
    if not found:
        raise ValueError(f"“{text.strip()[:30]}” is no postcode of the United Kingdom")
    return f"{found[1]} {found[2]}"


def a_urn(text: str) -> str:
    digits = text.strip().removesuffix(".0")
    if not re.fullmatch(r"[1-9]\d{4,5}", digits):
        raise ValueError(f"“{text.strip()[:30]}” is no URN: that is a number of five or six digits")
    return digits


def a_phone(text: str) -> str:
    """A British telephone number; the leading nought that spreadsheets lose is put back."""
    said = re.split(r"(?:\bext|\bx\d|\bor\b|/|;)", text.strip().strip('"').lower())[0].removesuffix(".0")
    try:
        number = phonenumbers.parse(said, "GB")
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"“{text.strip()[:40]}” is no telephone number") from error
    if number.country_code != 44 or not phonenumbers.is_possible_number(number):
        raise ValueError(f"“{text.strip()[:40]}” is no British telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def an_email(text: str) -> str:
    said = text.strip().removeprefix("mailto:").strip("<> ")
    if not re.fullmatch(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+", said):
        raise ValueError(f"“{text.strip()[:60]}” is no e-mail address")
    return said


def a_web_address(text: str) -> str:
    """An http or https address; one without a scheme gets https."""
    said = text.strip().strip("<> ")
    if not re.match(r"[a-z][a-z0-9+.-]*:", said, re.IGNORECASE) or re.match(r"[\w.-]+:\d+(?:/|$)", said):
        said = f"https://{said.lstrip('/')}"
    if not re.fullmatch(r"https?://[\w-]+(?:\.[\w-]+)*(?::\d{1,5})?(?:[/?#][^\s\"'<>\\]*)?", said, re.IGNORECASE):
        raise ValueError(f"“{text.strip()[:60]}” is no web address")
    return said
