"""Where dates stand in a text, and what is written of each: patterns for how people write a day, and for what only
looks like one. What is left unsaid is worked out in `written_dates`."""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

# What a date looks like ---------------------------------------------------------------------------------------------

FLAGS = re.IGNORECASE | re.ASCII

MONTHS = (
    {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
    | {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name}
    | {"sept": 9, "febuary": 2, "feburary": 2, "novemeber": 11}
)
"""The months as people write them, in small letters."""

MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
"""A pattern for any one of them."""

_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "monday mon",
            "tuesday tues tue tuseday",
            "wednesday weds wed wensday wednsday",
            "thursday thurs thur thu thrusday",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for word in words.split()
}
_WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})"
_GAP = r"[ \t\u00a0]{1,3}"
# The look ahead only saves time: most letters of a message can begin no date.
_NAMED_BEFORE = rf"\b(?=[0-9mtwfsjadon])(?:{_WEEKDAY}\b\.?,?{_GAP}(?:the{_GAP})?)?"
_NTH = r"(?:[ ]?(?:st|nd|rd|th))"
_NOT_IN_A_NUMBER = r"(?<![\w£$/])(?<!\d[.-])"

_NAMED = re.compile(
    rf"{_NAMED_BEFORE}{_NOT_IN_A_NUMBER}(?P<day>\d{{1,2}}){_NTH}?[ \t\u00a0-]{{0,3}}(?:of{_GAP})?(?P<month>{MONTH})\b"
    r"(?:\.?,?[ \t\u00a0-]{0,2}(?P<year>\d{4}\b|['’]\d\d\b|(?<!,)(?<!, )[23]\d(?=\s*(?:$|[;,)!?]|\.(?!\d)))))?",
    FLAGS,
)
_MONTH_FIRST = re.compile(
    rf"{_NAMED_BEFORE}\b(?P<month>{MONTH})\.?{_GAP}(?:the{_GAP})?(?P<day>\d{{1,2}})(?P<nth>{_NTH})?"
    rf"(?!\d|[.:/]\d|[ ]?[ap]\.?m\b)\b(?:(?:,{_GAP}|,|{_GAP})(?P<year>\d{{4}})\b)?",
    FLAGS,
)
_ISO = re.compile(
    rf"{_NAMED_BEFORE}(?<![\w./-])(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?![\w-])",
    FLAGS,
)
_FIGURES = re.compile(
    rf"{_NAMED_BEFORE}(?<![\w£$/-])(?<!\d\.)(?P<day>\d{{1,2}})(?P<mark>[/.-])(?P<month>\d{{1,2}})"
    r"(?P=mark)(?P<year>\d{4}|(?<!-)\d\d)(?![\w/-]|\.\d)",
    FLAGS,
)
_DAY_AND_MONTH = re.compile(
    rf"{_NAMED_BEFORE}(?<![\w£$/.:-])(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?![\w/%-]|[.:]\d)",
    FLAGS,
)
_WEEKDAY_AND_NUMBER = re.compile(rf"\b{_WEEKDAY}\b\.?,?{_GAP}(?:the{_GAP})?(?P<day>\d{{1,2}})(?P<nth>{_NTH})?\b", FLAGS)
_NUMBER_ALONE = re.compile(rf"(?:\b(?P<the>the){_GAP})?{_NOT_IN_A_NUMBER}(?P<day>\d{{1,2}})(?P<nth>{_NTH})\b", FLAGS)
_WEEKDAY_AFTER = re.compile(rf"(?:(?P<open>[ ]?\()|{_GAP}){_WEEKDAY}\b(?(open)\)|(?!{_GAP}\d))", FLAGS)

_RELATIVE_WEEKDAY = re.compile(
    rf"\b(?=[alntcpmwfs])(?P<plus>a{_GAP}week{_GAP}(?:on{_GAP})?)?"
    rf"(?:(?P<first>last|this|next){_GAP}week,?{_GAP}(?:on{_GAP})?)?"
    rf"(?:(?P<which>last|this(?:{_GAP}(?:coming|past))?|next|coming|past){_GAP})?"
    rf"{_WEEKDAY}\b(?:{_GAP}(?:(?:of{_GAP})?(?P<week>last|this|next){_GAP})?(?P<weekword>week)\b|"
    rf"{_GAP}(?P<gone>just{_GAP}gone|gone)\b)?",
    FLAGS,
)
_COUNTS: Mapping[str, int] = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
} | {"a": 1, "an": 1, "a couple of": 2, "couple of": 2}
_AGO = re.compile(
    rf"\b(?P<count>\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))}){_GAP}"
    rf"(?P<unit>day|week|fortnight|month)s?['’]?{_GAP}(?P<when>ago|from{_GAP}(?:now|today)|time)\b",
    FLAGS,
)
_DAY_WORDS = re.compile(
    rf"\b(?:(?:the{_GAP})?day{_GAP}(?P<beyond>before|after){_GAP})?(?P<word>yesterday|today|tomorrow|tonight|"
    rf"this{_GAP}(?:morning|afternoon|evening)|last{_GAP}night)\b",
    FLAGS,
)
_WEEK_ALONE = re.compile(rf"\b(?P<word>last|next){_GAP}week\b", FLAGS)

_HINTS = ("day", "tomorrow", "night", "week", "ago", "this", "tue", "weds", "thu", "fri", "mon")


def may_hold_a_date(text: str) -> bool:
    """The cheap check before the patterns: nearly every message without a date stops here."""
    lowered = text.lower()
    return _has_digits(text) or any(hint in lowered for hint in _HINTS)


def _has_digits(text: str) -> bool:
    return any(digit in text for digit in "0123456789")


# What is no date though it looks like one ---------------------------------------------------------------------------

_GOES_ON = re.compile(
    r"\s*(?:$|[^\w\s£'’/–-]|[–-](?!\w)|[–-]\s?\d|(?:at|and|or|to|till|until|from|for|in|by|is|was|were|will|would|we|he|"
    r"she|they|i|it|my|his|her|our|their|the|so|but|with|when|because|after|before|then|there|which|that|as|on|this|"
    r"who|if|now|back|what|can|could|did|does|has|had|how|why|where|school(?!\s+(?:day|week|term|year))|they|please|he's|she's)\b)",
    FLAGS,
)
_CLOCK = re.compile(
    r"\s?(?:[.:]\d|[ap]\.?m\b|o['’]?clock|(?:to|-|–)\s?\d{1,2}(?:[.:]\d\d|\s?[ap]\.?m\b))|[/,]\d|-\w", FLAGS
)
_COUNTS_THINGS = re.compile(
    r"\s*(?:(?:a|an|of|the|per|odd|other|more|or|staff|people|children|different)\b|%|"
    r"(?:school |working |half |full |year |calendar )?(?:days?|hours?|hrs?|mins?|minutes|weeks?|months?|years?|yrs?|"
    r"terms?|times?|pupils|kids|boys|girls|schools|lessons|gcses|teachers|students|meetings|calls|letters|incidents|"
    r"exclusions|suspensions|detentions|emails|sessions|subjects|families)\b)",
    FLAGS,
)
_NUMBERS_A_THING = re.compile(
    r"(?:\b(?:years?|yrs?|class|grades?|level|key stage|ks|stage|room|regs?|regulations?|sections?|ss?|paras?|"
    r"paragraphs?|pages?|parts?|chapters?|scored?|no|number|only|least|over|under|than|form|sets?|groups?|out of|"
    r"aged?|ages|another|si|article|schedule|rule|rules|version|flat|unit)\.?|£)\s*$",
    FLAGS,
)
_DATE_CUE = re.compile(
    r"\b(?:on|dated?|by|from|until|till?|since|of|before|after|between|to|starts?|ends?|back|"
    r"(?!need)\w{3,}(?<!e)ed|met|sent)(?:\s+(?:on|the))*[\s:]*$",
    FLAGS,
)
_AN_EVERY = re.compile(r"\b(?:an?|every|each|most|alternate|some|all|good|easter|black|ash|shrove)\s+$", FLAGS)
_PREPOSITION = re.compile(r"\b(?:on|by|since|until|till|from|before|after)\s+$", FLAGS)
_TO_A_WEEKDAY = re.compile(rf"\s?(?:to|-|–|through|/)\s?{_WEEKDAY}s?\b", FLAGS)
_FROM_A_WEEKDAY = re.compile(rf"\b{_WEEKDAY}\s?(?:to|-|–|through|/)\s?$", FLAGS)
_BIRTH = re.compile(r"\b(?:born|dob|d\.o\.b|birth|birthday)\b\.?[^.!?,;)\n]{0,15}$|\bb\.\s?$", FLAGS)
_BIRTH_BEFORE = 26  # characters
_BIRTH_AFTER = re.compile(
    r"[\s,]{0,2}(?:is (?:his|her|their|my \w+['’]s) |\()?(?:dob|d\.o\.b|date of birth|birthday)\b", FLAGS
)

_OFTEN_ALONE = frozenset({"tues", "weds", "thurs"} | {word for word in _WEEKDAYS if word.endswith("day")})
_OTHER_WORDS_TOO = frozenset({"sat", "sun"})
_VERBS_TOO = frozenset({"may", "march", "mar"})


def _before(match: re.Match[str], length: int = 24) -> str:
    return match.string[max(0, match.start() - length) : match.start()]


def _goes_on(match: re.Match[str]) -> bool:
    """Whether the words after a match let it be a date: "the 12th we met", not "the 12th day"."""
    return bool(_GOES_ON.match(match.string, match.end()))


def _is_month_here(match: re.Match[str]) -> bool:
    """Whether a day beside a month's name is one: "5 May" is, "Year 9 may appeal" is not."""
    if match["year"]:
        return True
    digits = _before(match) if not match["weekday"] else ""
    if _NUMBERS_A_THING.search(digits):
        return False
    return match["month"].lower() not in _VERBS_TOO or _goes_on(match)


def _is_month_first(match: re.Match[str]) -> bool:
    if match["year"] or match["nth"]:
        return bool(match["year"]) or _goes_on(match)
    if match["month"].lower() in _VERBS_TOO and not (match["weekday"] or _PREPOSITION.search(_before(match))):
        return False
    return _goes_on(match) and not _CLOCK.match(match.string, match.end())


def _is_day_and_month(match: re.Match[str]) -> bool:
    """Whether "3/11" is a day: not a share ("1/2 a day"), a range of years ("KS3/4") or round the clock ("24/7")."""
    if _COUNTS_THINGS.match(match.string, match.end()) or _NUMBERS_A_THING.search(_before(match)):
        return False
    day, month = int(match["day"]), int(match["month"])
    doubtful = (day < month <= 4) or month == day + 1 or (day, month) in {(24, 7), (9, 10), (1, 1)}
    return not doubtful or bool(match["weekday"] or _DATE_CUE.search(_before(match)))


def _is_numbered_weekday(match: re.Match[str]) -> bool:
    if _CLOCK.match(match.string, match.end()) or not _goes_on(match) or _FROM_A_WEEKDAY.search(_before(match)):
        return False
    return bool(match["nth"]) or match["weekday"].lower() not in _OTHER_WORDS_TOO


def _is_number_alone(match: re.Match[str]) -> bool:
    if not _goes_on(match) or _CLOCK.match(match.string, match.end()) or _NUMBERS_A_THING.search(_before(match)):
        return False
    if _DATE_CUE.search(_before(match)):
        return True
    # "The 1st is that they rang" lists points.
    if int(match["day"]) <= 3:
        return False
    return bool(match["the"]) or bool(re.match(r"\s+(?:is|was|will)\b", match.string[match.end() :]))


def _is_one_weekday(match: re.Match[str]) -> bool:
    """Whether a weekday without a number is one day: not "every Friday", "Monday to Friday" or "he sat"."""
    if any(match[part] for part in ("first", "which", "week", "gone")):
        return match["weekday"].lower() not in _OTHER_WORDS_TOO or match["which"] is None
    word = match["weekday"].lower()
    before = _before(match)
    if word in _OTHER_WORDS_TOO or _AN_EVERY.search(before) or _FROM_A_WEEKDAY.search(before):
        return False
    if _TO_A_WEEKDAY.match(match.string, match.end()):
        return False
    return word in _OFTEN_ALONE or bool(_PREPOSITION.search(before)) or bool(match["plus"])


def _is_figures(match: re.Match[str]) -> bool:
    return not _NUMBERS_A_THING.search(_before(match))


def _is_week(match: re.Match[str]) -> bool:
    return not re.search(r"\bthe\s+$", _before(match), FLAGS) and not match.string.startswith(" of", match.end())


def _is_day_word(match: re.Match[str]) -> bool:
    return not re.search(r"\bweek\s+$", _before(match), FLAGS)


def _always(_: re.Match[str]) -> bool:
    return True


# The places of a text -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place that names a day: by numbers, by a weekday (`which` one of them, "" if unsaid) or by words of today.

    `beside` are words of today that stand before the numbers and should name the same day.
    """

    start: int
    end: int
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    in_figures: bool = False
    which: str = ""
    weeks: int = 0
    phrase: str = ""
    beside: str = ""
    exact: bool = True
    afternoon: bool | None = None


def spots_in(text: str) -> Iterator[Spot]:
    """Each place once: of two readings of the same letters, the fuller one."""
    taken: list[tuple[int, int]] = []
    for form, is_date, spot_of in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            spot = spot_of(match) if is_date(match) else None
            if spot is not None:
                spot = _with_weekday_after(text, spot)
                taken.append((spot.start, spot.end))
                yield spot


_BESIDE = re.compile(r"\s*(?:,|\(|-|–|:)\s*(?:the\s+)?", FLAGS)


def merged(text: str, spots: Sequence[Spot]) -> Sequence[Spot]:
    """One spot for a day said twice in a row: "on Saturday (14th Nov)", "tomorrow, Monday", "yesterday, 19 Nov"."""
    kept: list[Spot] = []
    for spot in spots:
        last = kept[-1] if kept else None
        if last is not None and last.phrase.endswith("ago") and text[last.end : spot.end].lower() == " today":
            kept[-1] = replace(last, end=spot.end)
        elif last is None or not _BESIDE.fullmatch(text, last.end, spot.start):
            kept.append(spot)
        elif _is_weekday_alone(last) and spot.day is not None and spot.weekday in {None, last.weekday}:
            kept[-1] = replace(spot, start=last.start, weekday=last.weekday)
        elif last.phrase and _is_weekday_alone(spot):
            kept[-1] = replace(last, end=spot.end)
        elif last.phrase and last.exact and spot.day is not None and spot.month is not None:
            kept[-1] = replace(spot, start=last.start, beside=last.phrase)
        else:
            kept.append(spot)
    return kept


def _is_weekday_alone(spot: Spot) -> bool:
    return spot.weekday is not None and spot.day is None and not spot.phrase


def _with_weekday_after(text: str, spot: Spot) -> Spot:
    """ "3 November (Tuesday)" names its weekday too."""
    after = _WEEKDAY_AFTER.match(text, spot.end) if spot.day is not None and spot.weekday is None else None
    if after is None or (after["weekday"].lower() in _OTHER_WORDS_TOO and not after["open"]):
        return spot
    word = after["weekday"].lower()
    return replace(spot, end=after.end(), weekday=_WEEKDAYS[word])


def _numbered(match: re.Match[str]) -> Spot | None:
    """The spot of a day given by numbers; None when no calendar has it."""
    said = match.groupdict()
    weekday = said.get("weekday")
    month = _month_of(match) if said.get("month") else None
    year = _year_of(said["year"]) if said.get("year") else None
    day = int(match["day"])
    if not 1 <= day <= 31 or (month is not None and (not 1 <= month <= 12 or _has_no_year(day, month))):
        return None
    if year is not None and month is not None and day_or_none(year, month, day) is None:
        return None
    return Spot(
        start=match.start(),
        end=match.end(),
        weekday=_WEEKDAYS[weekday.lower()] if weekday else None,
        day=day,
        month=month,
        year=year,
        in_figures=match.re in {_FIGURES, _DAY_AND_MONTH},
    )


def _relative_weekday(match: re.Match[str]) -> Spot:
    week = (match["first"] or match["week"] or "").lower()
    which = "last" if match["gone"] else (match["which"] or "").lower().split(" ")[0]
    if (match["which"] or "").lower().endswith("past"):
        which = "last"
    weeks = 0
    if match["plus"] or (match["weekword"] and not week):  # "a week on Tuesday", "Tuesday week", "a week last Tuesday"
        which, weeks = ("last", -1) if which == "last" else ("coming", 1)
    return Spot(
        start=match.start(),
        end=match.end(),
        weekday=_WEEKDAYS[match["weekday"].lower()],
        which=f"{week} week" if week else which,
        weeks=weeks,
        exact=bool(week or which),
    )


def _ago(match: re.Match[str]) -> Spot | None:
    count, unit = match["count"].lower(), match["unit"].lower()
    if match["when"].lower() == "time" and not re.search(r"\bin\s+$", _before(match), FLAGS):
        return None
    number = int(count) if count.isdigit() else _COUNTS[count]
    number, unit = (number * 2, "week") if unit == "fortnight" else (number, unit)
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    phrase = f"{words} ago" if match["when"].lower() == "ago" else f"in {words}"
    about = re.search(r"\b(?:about|around|roughly|nearly|some|over|more than|couple of)\s+$", _before(match), FLAGS)
    exact = unit != "month" and "couple" not in count and not about
    return Spot(start=match.start(), end=match.end(), phrase=phrase, exact=exact)


def _day_word(match: re.Match[str]) -> Spot:
    word = " ".join(match["word"].lower().split())
    phrase = {"last night": "yesterday", "yesterday": "yesterday", "tomorrow": "tomorrow"}.get(word, "today")
    if match["beyond"] and phrase != "today":
        phrase = "2 days ago" if phrase == "yesterday" else "in 2 days"
    afternoon = None if word in {"yesterday", "today", "tomorrow"} else "morning" not in word
    return Spot(start=match.start(), end=match.end(), phrase=phrase, afternoon=afternoon)


def _week(match: re.Match[str]) -> Spot:
    phrase = "1 week ago" if match["word"].lower() == "last" else "in 1 week"
    return Spot(start=match.start(), end=match.end(), phrase=phrase, exact=False)


_FORMS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str]], bool], Callable[[re.Match[str]], Spot | None]],
    ...,
] = (
    (_ISO, _always, _numbered),
    (_FIGURES, _is_figures, _numbered),
    (_NAMED, _is_month_here, _numbered),
    (_MONTH_FIRST, _is_month_first, _numbered),
    (_DAY_AND_MONTH, _is_day_and_month, _numbered),
    (_WEEKDAY_AND_NUMBER, _is_numbered_weekday, _numbered),
    (_NUMBER_ALONE, _is_number_alone, _numbered),
    (_RELATIVE_WEEKDAY, _is_one_weekday, _relative_weekday),
    (_AGO, _always, _ago),
    (_DAY_WORDS, _is_day_word, _day_word),
    (_WEEK_ALONE, _is_week, _week),
)
"""The fullest form first: a later one never takes letters that an earlier one has."""


def _month_of(match: re.Match[str]) -> int:
    word = match["month"].lower()
    return MONTHS[word] if word in MONTHS else int(word)


def _year_of(written: str) -> int:
    year = int(written.lstrip("'’"))
    return year + 2000 if len(written.lstrip("'’")) == 2 else year


def _numbers_of(match: re.Match[str]) -> tuple[int, int, int]:
    return _year_of(match["year"]), _month_of(match), int(match["day"])


def day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _has_no_year(day: int, month: int) -> bool:
    """Whether no year has this day: 30 February."""
    return not 1 <= day <= calendar.monthrange(2024, month)[1]


def full_dates(text: str) -> Iterator[tuple[int, str, date | None]]:
    """Dates that need no working out: where each starts, the words, and the day; None when no calendar has it."""
    for form in (_NAMED, _MONTH_FIRST, _ISO, _FIGURES) if _has_digits(text) else ():
        for match in form.finditer(text):
            if match["year"]:
                yield match.start(), match[0], day_or_none(*_numbers_of(match))


def is_of_birth(text: str, start: int, end: int) -> bool:
    """Whether the date from `start` to `end` is said to be somebody's birthday, which dates no event and no law."""
    return bool(_BIRTH.search(text[max(0, start - _BIRTH_BEFORE) : start]) or _BIRTH_AFTER.match(text, end))


def find_dates(text: str) -> Iterator[date]:
    """The full dates of events in `text`, day first; impossible ones are left to `impossible_dates`."""
    for start, written, day in full_dates(text):
        if day is not None and not is_of_birth(text, start, start + len(written)):
            yield day


def impossible_dates(text: str) -> Iterator[str]:
    """Dates as written that no calendar has, such as 31/02/2026 or 30 Feb."""
    for _, written, day in full_dates(text):
        if day is None:
            yield written
    for match in _NAMED.finditer(text) if _has_digits(text) else ():
        if not match["year"] and _is_month_here(match) and _has_no_year(int(match["day"]), _month_of(match)):
            yield match[0]
