"""Dates read out of what people write, the day before the month: "Tues 1 Dec", "3/11", "the 12th", "last Tuesday".

The patterns find the places. What is left unsaid (a year, a month, which Tuesday) is worked out from the other dates
of the message and from today, and said aloud in `ambiguous`.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto

from assistant.ports import DateReader


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """One date as it stands in a text: `text[start:end]` is `day`.

    `exact` is False when the year, the month or the week had to be worked out. `weekday_clash` and `ambiguous` are
    sentences without a full stop for the reader; `afternoon` is None when the time of day is not said.
    """

    start: int
    end: int
    text: str
    day: date
    exact: bool = True
    weekday_clash: str | None = None
    ambiguous: str | None = None
    afternoon: bool | None = None


def find_written_dates(text: str, *, today: date, reader: DateReader) -> tuple[WrittenDate, ...]:
    """Every date in `text`, in the order written; `reader` turns each phrase, its gaps filled, into a date."""
    if not _may_hold_a_date(text):
        return ()
    spots = _merged(text, sorted(_spots(text), key=lambda spot: spot.start))
    return tuple(_settled(text, spots, today=today, reader=reader))


def full_dates(text: str) -> Iterator[tuple[int, str, date | None]]:
    """Dates that need no working out: where each starts, the words, and the day; None when no calendar has it."""
    for form in (_NAMED, _MONTH_FIRST, _ISO, _FIGURES) if _has_digits(text) else ():
        for match in form.finditer(text):
            if match["year"]:
                yield match.start(), match[0], _day(*_numbers_of(match))


def find_dates(text: str) -> Iterator[date]:
    """The full dates written in `text`, day first; impossible ones are left to `impossible_dates`."""
    for _, _, day in full_dates(text):
        if day is not None:
            yield day


def impossible_dates(text: str) -> Iterator[str]:
    """Dates as written that no calendar has, such as 31/02/2026 or 30 Feb."""
    for _, written, day in full_dates(text):
        if day is None:
            yield written
    for match in _NAMED.finditer(text) if _has_digits(text) else ():
        if not match["year"] and _is_month_here(match) and _has_no_year(int(match["day"]), _month_of(match)):
            yield match[0]


# What a date looks like ---------------------------------------------------------------------------------------------

_FLAGS = re.IGNORECASE | re.ASCII

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
    _FLAGS,
)
_MONTH_FIRST = re.compile(
    rf"{_NAMED_BEFORE}\b(?P<month>{MONTH})\.?{_GAP}(?:the{_GAP})?(?P<day>\d{{1,2}})(?P<nth>{_NTH})?"
    rf"(?!\d|[.:/]\d|[ ]?[ap]\.?m\b)\b(?:(?:,{_GAP}|,|{_GAP})(?P<year>\d{{4}})\b)?",
    _FLAGS,
)
_ISO = re.compile(
    rf"{_NAMED_BEFORE}(?<![\w./-])(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?![\w-])",
    _FLAGS,
)
_FIGURES = re.compile(
    rf"{_NAMED_BEFORE}(?<![\w£$/-])(?<!\d\.)(?P<day>\d{{1,2}})(?P<mark>[/.-])(?P<month>\d{{1,2}})"
    r"(?P=mark)(?P<year>\d{4}|(?<!-)\d\d)(?![\w/-]|\.\d)",
    _FLAGS,
)
_DAY_AND_MONTH = re.compile(
    rf"{_NAMED_BEFORE}(?<![\w£$/.:-])(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?![\w/%-]|[.:]\d)",
    _FLAGS,
)
_WEEKDAY_AND_NUMBER = re.compile(
    rf"\b{_WEEKDAY}\b\.?,?{_GAP}(?:the{_GAP})?(?P<day>\d{{1,2}})(?P<nth>{_NTH})?\b", _FLAGS
)
_NUMBER_ALONE = re.compile(rf"(?:\b(?P<the>the){_GAP})?{_NOT_IN_A_NUMBER}(?P<day>\d{{1,2}})(?P<nth>{_NTH})\b", _FLAGS)
_WEEKDAY_AFTER = re.compile(rf"(?:(?P<open>[ ]?\()|{_GAP}){_WEEKDAY}\b(?(open)\)|(?!{_GAP}\d))", _FLAGS)

_RELATIVE_WEEKDAY = re.compile(
    rf"\b(?=[alntcpmwfs])(?P<plus>a{_GAP}week{_GAP}(?:on{_GAP})?)?"
    rf"(?:(?P<first>last|this|next){_GAP}week,?{_GAP}(?:on{_GAP})?)?"
    rf"(?:(?P<which>last|this(?:{_GAP}(?:coming|past))?|next|coming|past){_GAP})?"
    rf"{_WEEKDAY}\b(?:{_GAP}(?:(?:of{_GAP})?(?P<week>last|this|next){_GAP})?(?P<weekword>week)\b|"
    rf"{_GAP}(?P<gone>just{_GAP}gone|gone)\b)?",
    _FLAGS,
)
_COUNTS: Mapping[str, int] = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
} | {"a": 1, "an": 1, "a couple of": 2, "couple of": 2}
_AGO = re.compile(
    rf"\b(?P<count>\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))}){_GAP}"
    rf"(?P<unit>day|week|fortnight|month)s?['’]?{_GAP}(?P<when>ago|from{_GAP}(?:now|today)|time)\b",
    _FLAGS,
)
_DAY_WORDS = re.compile(
    rf"\b(?:(?:the{_GAP})?day{_GAP}(?P<beyond>before|after){_GAP})?(?P<word>yesterday|today|tomorrow|tonight|"
    rf"this{_GAP}(?:morning|afternoon|evening)|last{_GAP}night)\b",
    _FLAGS,
)
_WEEK_ALONE = re.compile(rf"\b(?P<word>last|next){_GAP}week\b", _FLAGS)

_HINTS = ("day", "tomorrow", "night", "week", "ago", "this", "tue", "weds", "thu", "fri", "mon")


def _may_hold_a_date(text: str) -> bool:
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
    _FLAGS,
)
_CLOCK = re.compile(
    r"\s?(?:[.:]\d|[ap]\.?m\b|o['’]?clock|(?:to|-|–)\s?\d{1,2}(?:[.:]\d\d|\s?[ap]\.?m\b))|[/,]\d|-\w", _FLAGS
)
_COUNTS_THINGS = re.compile(
    r"\s*(?:(?:a|an|of|the|per|odd|other|more|or|staff|people|children|different)\b|%|"
    r"(?:school |working |half |full |year |calendar )?(?:days?|hours?|hrs?|mins?|minutes|weeks?|months?|years?|yrs?|"
    r"terms?|times?|pupils|kids|boys|girls|schools|lessons|gcses|teachers|students|meetings|calls|letters|incidents|"
    r"exclusions|suspensions|detentions|emails|sessions|subjects|families)\b)",
    _FLAGS,
)
_NUMBERS_A_THING = re.compile(
    r"(?:\b(?:years?|yrs?|class|grades?|level|key stage|ks|stage|room|regs?|regulations?|sections?|ss?|paras?|"
    r"paragraphs?|pages?|parts?|chapters?|scored?|no|number|only|least|over|under|than|form|sets?|groups?|out of|"
    r"aged?|ages|another|si|article|schedule|rule|rules|version|flat|unit)\.?|£)\s*$",
    _FLAGS,
)
_DATE_CUE = re.compile(
    r"\b(?:on|dated?|by|from|until|till?|since|of|before|after|between|to|starts?|ends?|back|"
    r"(?!need)\w{3,}(?<!e)ed|met|sent)(?:\s+(?:on|the))*[\s:]*$",
    _FLAGS,
)
_AN_EVERY = re.compile(r"\b(?:an?|every|each|most|alternate|some|all|good|easter|black|ash|shrove)\s+$", _FLAGS)
_PREPOSITION = re.compile(r"\b(?:on|by|since|until|till|from|before|after)\s+$", _FLAGS)
_TO_A_WEEKDAY = re.compile(rf"\s?(?:to|-|–|through|/)\s?{_WEEKDAY}s?\b", _FLAGS)
_FROM_A_WEEKDAY = re.compile(rf"\b{_WEEKDAY}\s?(?:to|-|–|through|/)\s?$", _FLAGS)
_BIRTH = re.compile(r"\b(?:born|dob|d\.o\.b\.?|birth|birthday)\b[^.!?\n]{0,15}$", _FLAGS)

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
    return not re.search(r"\bthe\s+$", _before(match), _FLAGS) and not match.string.startswith(" of", match.end())


def _is_day_word(match: re.Match[str]) -> bool:
    return not re.search(r"\bweek\s+$", _before(match), _FLAGS)


def _always(_: re.Match[str]) -> bool:
    return True


# The places of a text -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """A place that names a day: by numbers, by a weekday (`which` one of them, "" if unsaid) or by words of today."""

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
    exact: bool = True
    afternoon: bool | None = None


def _spots(text: str) -> Iterator[_Spot]:
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


_BESIDE = re.compile(r"\s*(?:,|\(|-|–|:)\s*(?:the\s+)?", _FLAGS)


def _merged(text: str, spots: Sequence[_Spot]) -> Sequence[_Spot]:
    """One spot for a day said twice in a row: "on Saturday (14th Nov)", "tomorrow, Monday"."""
    kept: list[_Spot] = []
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
        else:
            kept.append(spot)
    return kept


def _is_weekday_alone(spot: _Spot) -> bool:
    return spot.weekday is not None and spot.day is None and not spot.phrase


def _with_weekday_after(text: str, spot: _Spot) -> _Spot:
    """ "3 November (Tuesday)" names its weekday too."""
    after = _WEEKDAY_AFTER.match(text, spot.end) if spot.day is not None and spot.weekday is None else None
    if after is None or (after["weekday"].lower() in _OTHER_WORDS_TOO and not after["open"]):
        return spot
    word = after["weekday"].lower()
    return replace(spot, end=after.end(), weekday=_WEEKDAYS[word])


def _numbered(match: re.Match[str]) -> _Spot | None:
    """The spot of a day given by numbers; None when no calendar has it."""
    said = match.groupdict()
    weekday = said.get("weekday")
    month = _month_of(match) if said.get("month") else None
    year = _year_of(said["year"]) if said.get("year") else None
    day = int(match["day"])
    if not 1 <= day <= 31 or (month is not None and (not 1 <= month <= 12 or _has_no_year(day, month))):
        return None
    if year is not None and month is not None and _day(year, month, day) is None:
        return None
    return _Spot(
        start=match.start(),
        end=match.end(),
        weekday=_WEEKDAYS[weekday.lower()] if weekday else None,
        day=day,
        month=month,
        year=year,
        in_figures=match.re in {_FIGURES, _DAY_AND_MONTH},
    )


def _relative_weekday(match: re.Match[str]) -> _Spot:
    week = (match["first"] or match["week"] or "").lower()
    which = "last" if match["gone"] else (match["which"] or "").lower().split(" ")[0]
    if (match["which"] or "").lower().endswith("past"):
        which = "last"
    weeks = 0
    if match["plus"] or (match["weekword"] and not week):  # "a week on Tuesday", "Tuesday week", "a week last Tuesday"
        which, weeks = ("last", -1) if which == "last" else ("coming", 1)
    return _Spot(
        start=match.start(),
        end=match.end(),
        weekday=_WEEKDAYS[match["weekday"].lower()],
        which=f"{week} week" if week else which,
        weeks=weeks,
        exact=bool(week or which),
    )


def _ago(match: re.Match[str]) -> _Spot | None:
    count, unit = match["count"].lower(), match["unit"].lower()
    if match["when"].lower() == "time" and not re.search(r"\bin\s+$", _before(match), _FLAGS):
        return None
    number = int(count) if count.isdigit() else _COUNTS[count]
    number, unit = (number * 2, "week") if unit == "fortnight" else (number, unit)
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    phrase = f"{words} ago" if match["when"].lower() == "ago" else f"in {words}"
    about = re.search(r"\b(?:about|around|roughly|nearly|some|over|more than|couple of)\s+$", _before(match), _FLAGS)
    exact = unit != "month" and "couple" not in count and not about
    return _Spot(start=match.start(), end=match.end(), phrase=phrase, exact=exact)


def _day_word(match: re.Match[str]) -> _Spot:
    word = " ".join(match["word"].lower().split())
    phrase = {"last night": "yesterday", "yesterday": "yesterday", "tomorrow": "tomorrow"}.get(word, "today")
    if match["beyond"] and phrase != "today":
        phrase = "2 days ago" if phrase == "yesterday" else "in 2 days"
    afternoon = None if word in {"yesterday", "today", "tomorrow"} else "morning" not in word
    return _Spot(start=match.start(), end=match.end(), phrase=phrase, afternoon=afternoon)


def _week(match: re.Match[str]) -> _Spot:
    phrase = "1 week ago" if match["word"].lower() == "last" else "in 1 week"
    return _Spot(start=match.start(), end=match.end(), phrase=phrase, exact=False)


_FORMS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str]], bool], Callable[[re.Match[str]], _Spot | None]],
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


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _has_no_year(day: int, month: int) -> bool:
    """Whether no year has this day: 30 February."""
    return not 1 <= day <= calendar.monthrange(2024, month)[1]


# When it is told to be ----------------------------------------------------------------------------------------------


class _Told(Enum):
    PAST = auto()
    COMING = auto()
    UP_TO = auto()  # "was suspended until": told in the past, and yet it may be to come
    UNSAID = auto()


_COMING_WORDS = (
    r"(?:been |was |were )?(?:offered|booked|arranged|scheduled|fixed|listed|invited|proposed|suggested|postponed|"
    r"adjourned)|will|shall|must|won['’]?t|\w+['’]ll|going to|be due|next|coming|upcoming|meets?|hope|plan"
)
_PAST_WORDS = (
    r"(?:was|were)(?:n['’]?t| not)? going to|(?:was|were|did|had)n['’]?t|knew|found|heard|saw|"
    r"was|were|had|got|did|came|went|met|sent|told|gave|wrote|said|received|ago|last|dated|rang|began|broke|since|"
    r"has been|have been|hasn['’]?t|\w{3,}(?<!e)ed|pex"
)
_TENSES = re.compile(rf"\b(?:(?P<coming>{_COMING_WORDS})|(?P<past>{_PAST_WORDS}))\b", _FLAGS)
_UP_TO = re.compile(r"\b(?:by|until|till?)\s+(?:the\s+)?$", _FLAGS)
_A_DAY_OFF = re.compile(r"\s*(?:is|was|=|:)?\s*(?:an?\s+)?(?:inset|bank hol|training|staff day|closed|shut)", _FLAGS)
_NO_LONGER = re.compile(r"\b(?:had|was|were|at|after|since|went|attended|missed|held|told|rang)\b[\w ]{0,20}$", _FLAGS)
_PLANNED = re.compile(
    r"\b(?:meeting|exams?|hearing|appointment|trip|interview|(?P<people>panel|govs|governors|review)|deadline|booked|"
    r"it['’]?s)"
    r"(?:\s+(?:on|for|the))*\s+$",
    _FLAGS,
)
_SENTENCE_END = re.compile(r"[!?;\n]|\.(?=\s|$)")


def _told(before: str, after: str) -> _Told:
    """Whether the words around a date tell of the past or of what is to come; those before it, nearest first."""
    tenses = [match.lastgroup for match in _TENSES.finditer(before)]
    if _UP_TO.search(before):
        return _Told.UP_TO if "past" in tenses else _Told.COMING
    planned = _PLANNED.search(before)
    told_of_people = planned is not None and planned["people"] is not None and "past" in tenses
    if planned and not told_of_people and not _NO_LONGER.search(before[: planned.start()]):
        return _Told.COMING
    if not tenses:
        tenses = [match.lastgroup for match in _TENSES.finditer(after)][:1]
    # "the meeting will be held on", "is called on": what is to come outweighs the participle after it.
    if tenses[-2:] == ["coming", "past"] and re.search(r"\b(?:will|be|to)\s+\w+ed\b|\bis\s+(?:held|called)\b", before):
        return _Told.COMING
    return {"past": _Told.PAST, "coming": _Told.COMING}.get((tenses or [""])[-1] or "", _Told.UNSAID)


# A month or a year nobody wrote -------------------------------------------------------------------------------------

_A_YEAR_OR_SO = timedelta(days=400)
_A_SEASON = timedelta(days=90)
_PLAINLY_NEARER = 3


def _year_worked_out(spot: _Spot, *, near: date, after: date | None, told: _Told, today: date) -> date | None:
    """The day in the year that its weekday, the dates around it and the way it is told speak for.

    `near` is the date to be nearest to; `after` the same when it stands earlier in the text, where a later day is
    likelier than an earlier one.
    """
    days = sorted(_in_years(spot, near), key=lambda day: abs(day - near))
    if days and spot.weekday == days[0].weekday() and abs(days[0] - near) <= _A_SEASON:
        return days[0]
    if told is _Told.PAST and near <= today:
        days = [day for day in days if day <= today] or days
    plainly_nearer = len(days) > 1 and abs(days[1] - near) >= _PLAINLY_NEARER * abs(days[0] - near)
    if plainly_nearer and told is not _Told.COMING:
        return days[0]
    if told is _Told.COMING and near == today:
        days = [day for day in days if day >= today] or days
    days = [day for day in days if spot.weekday == day.weekday() and abs(day - near) <= _A_YEAR_OR_SO] or days
    weight = 3 if told is _Told.COMING else 2
    return min(days, key=lambda day: abs((day - near).days) * (weight if after and day < after else 1), default=None)


def _in_years(spot: _Spot, near: date) -> list[date]:
    """The spot's day in the years around `near`."""
    reach = 4 if (spot.day, spot.month) == (29, 2) else 1
    years = range(near.year - reach, near.year + reach + 1)
    return [day for year in years if (day := _day(year, spot.month or 1, spot.day or 1))]


def _month_worked_out(spot: _Spot, *, since: date | None, told: _Told, today: date) -> date | None:
    """ "the 12th": on or after the date mentioned before it, or as told: the last one gone, or the next to come."""
    past = told is _Told.PAST
    if since is None:
        first_choice = _in_months(spot, today, forward=not past)
        return first_choice or _in_months(spot, today, forward=past) or _plain_month(spot, today, forward=not past)
    later = _in_months(spot, since, forward=True) or _plain_month(spot, since, forward=True)
    if past and since <= today and later is not None and later > today:
        return _in_months(spot, today, forward=False) or later
    return later


def _nearest_month(spot: _Spot, near: date) -> date | None:
    days = [day for step in (-1, 0, 1) if (day := _nth_of_month(spot, near, step))]
    return min(days, key=lambda day: abs((day - near).days), default=None)


def _is_aside(before: str, after: str) -> bool:
    """ "back 5 Jan (4th is INSET)": a note on the date before it, so the day may come just before that."""
    return before.rstrip().endswith("(") or bool(_A_DAY_OFF.match(after))


def _in_months(spot: _Spot, origin: date, *, forward: bool) -> date | None:
    """The first day within three months of `origin` with the spot's number and weekday."""
    for step in range(4):
        day = _nth_of_month(spot, origin, step if forward else -step)
        if day and (day >= origin if forward else day <= origin) and spot.weekday in {None, day.weekday()}:
            return day
    return None


def _plain_month(spot: _Spot, origin: date, *, forward: bool) -> date | None:
    """The same, whatever the weekday: a clash is told of rather than hidden far away."""
    return _in_months(replace(spot, weekday=None), origin, forward=forward)


def _nth_of_month(spot: _Spot, origin: date, months: int) -> date | None:
    year, month = divmod(origin.year * 12 + origin.month - 1 + months, 12)
    return _day(year, month + 1, spot.day or 1)


def _weekday_worked_out(spot: _Spot, *, told: _Told, today: date) -> date | None:
    """Which Tuesday "last Tuesday", "Tuesday next week" or "on Tuesday" is; None where the calendar ends."""
    try:
        return _weekday_meant(spot, told=told, today=today)
    except OverflowError:
        return None


def _weekday_meant(spot: _Spot, *, told: _Told, today: date) -> date:
    weekday = spot.weekday or 0
    in_this_week = today + timedelta(days=weekday - today.weekday())
    if spot.which.endswith(" week"):
        return in_this_week + timedelta(weeks={"last": -1, "this": 0, "next": 1}[spot.which.split()[0]])
    gone = today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    coming = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if spot.which == "this":
        return in_this_week if told is not _Told.COMING or in_this_week >= today else coming
    if spot.which:
        chosen = gone if spot.which in {"last", "past"} else coming
        return chosen + timedelta(weeks=spot.weeks)
    return coming if told in {_Told.COMING, _Told.UP_TO} else gone


# One after another --------------------------------------------------------------------------------------------------


def _settled(text: str, spots: Sequence[_Spot], *, today: date, reader: DateReader) -> Iterator[WrittenDate]:
    full = [_full(spot) if not _BIRTH.search(text[max(0, spot.start - 24) : spot.start]) else None for spot in spots]
    chained: date | None = None  # the last date whose year rests on one that was written
    mentioned: date | None = None
    settled: list[date] = []
    for place, spot in enumerate(spots):
        before, after = _around(text, spots, place)
        told = _told(before, after)
        if spot.month is not None and spot.year is None:
            chained_or_next = chained or next((day for day in full[place:] if day), None)
            unsaid_near = (mentioned or today) if told in {_Told.UNSAID, _Told.UP_TO} else today
            near = chained_or_next or unsaid_near
            day = _year_worked_out(spot, near=near, after=chained, told=told, today=today)
            chained = day if chained_or_next else None
        elif spot.day is not None and spot.month is None:
            day = (
                _of_a_range(text, spots, place)
                or (_nearest_month(spot, mentioned) if mentioned and _is_aside(before, after) else None)
                or _month_worked_out(spot, since=mentioned, told=told, today=today)
            )
        elif spot.day is not None:
            day = _full(spot)
            chained = full[place] or chained
        elif spot.phrase:
            day = None
        else:
            day = _same_weekday(before, spot, settled) or _weekday_worked_out(spot, told=told, today=today)
        phrase = spot.phrase or (f"{day.day} {day:%B} {day.year:04d}" if day else "")
        read = reader.read(phrase, today=today) if phrase else None
        if read is not None:
            mentioned = read
            settled.append(read)
            yield _written(text, spot, read, today=today, afternoon=_afternoon(spot, text, spots, place))


def _same_weekday(before: str, spot: _Spot, settled: Sequence[date]) -> date | None:
    """ "suspended from Monday 2 Nov ... told on the Monday": the day that was named before."""
    if not before.endswith("the ") or spot.which:
        return None
    return next((day for day in reversed(settled) if day.weekday() == spot.weekday), None)


def _full(spot: _Spot) -> date | None:
    if spot.year is None or spot.month is None or spot.day is None:
        return None
    return _day(spot.year, spot.month, spot.day)


def _of_a_range(text: str, spots: Sequence[_Spot], place: int) -> date | None:
    """ "from the 9th to the 12th of December 2026": the month is that of the date it runs up to, when in full."""
    spot = spots[place]
    following = spots[place + 1] if place + 1 < len(spots) else None
    if following is None or following.month is None or following.year is None:
        return None
    if not re.fullmatch(r"\s*(?:to|-|–|and|until|till|or|&|,)\s*(?:the\s+)?", text[spot.end : following.start], _FLAGS):
        return None
    return _day(following.year, following.month, spot.day or 1)


def _around(text: str, spots: Sequence[_Spot], place: int) -> tuple[str, str]:
    """The words before and after a date that belong to it: no further than its sentence and the dates beside it."""
    spot = spots[place]
    start = max(spots[place - 1].end if place else 0, spot.start - 60)
    end = min(spots[place + 1].start if place + 1 < len(spots) else len(text), spot.end + 40)
    return _SENTENCE_END.split(text[start : spot.start])[-1], _SENTENCE_END.split(text[spot.end : end])[0]


_LATER_HALF = (
    r"(?<![\d.:£])(?:0?[1-9]|1[0-2])(?:[.:][0-5]\d)?\s?p\.?m\b|"
    r"(?<![\d.:£])(?:1[2-9]|2[0-3])[.:][0-5]\d(?![\d.]|\s?a\.?m)|"
    r"\bat [1-6][.:][0-5]\d(?![\d.]|\s?a\.?m)|"
    r"\b(?:afternoon|evening|night|noon|midday|mid-day|after lunch|after school|end of the school day)\b"
)
_EARLIER_HALF = (
    r"(?<![\d.:£])(?:0?[1-9]|1[0-2])(?:[.:][0-5]\d)?\s?a\.?m\b|"
    r"(?<![\d.:£])(?:0?[7-9]|1[01])[.:][0-5]\d(?![\d.]|\s?p\.?m)|"
    r"\b(?:morning|before (?:lunch|noon|midday|school)|first thing)\b"
)
_TIME_OF_DAY = re.compile(rf"(?P<pm>{_LATER_HALF})|(?P<am>{_EARLIER_HALF})", _FLAGS)
_TIME_BEFORE = re.compile(rf"(?:(?P<pm>{_LATER_HALF})|(?P<am>{_EARLIER_HALF}))(?:\s+(?:on|of))?(?:\s+the)?\s*$", _FLAGS)


def _afternoon(spot: _Spot, text: str, spots: Sequence[_Spot], place: int) -> bool | None:
    """Whether the words beside a date say a time from noon on; None when they say none."""
    if spot.afternoon is not None:
        return spot.afternoon
    before, after = _around(text, spots, place)
    said = _TIME_OF_DAY.search(after[:32]) or _TIME_BEFORE.search(before)
    return None if said is None else said["pm"] is not None


# What the reader of the answer is told about it ---------------------------------------------------------------------


def _written(text: str, spot: _Spot, day: date, *, today: date, afternoon: bool | None) -> WrittenDate:
    words = text[spot.start : spot.end]
    by_number = spot.day is not None
    clashes = by_number and spot.weekday is not None and spot.weekday != day.weekday()
    return WrittenDate(
        start=spot.start,
        end=spot.end,
        text=words,
        day=day,
        exact=spot.exact and (spot.year is not None or not by_number),
        weekday_clash=_clash(spot, day) if clashes else None,
        ambiguous="; ".join(_doubts(spot, words, day, today=today)) or None,
        afternoon=afternoon,
    )


def _clash(spot: _Spot, day: date) -> str:
    plain = f"{day.day} {day:%B} {day.year}"
    return f"{calendar.day_name[spot.weekday or 0]} {plain} is a {day:%A}, so {day:%A} {plain} is used"


def _doubts(spot: _Spot, words: str, day: date, *, today: date) -> Iterable[str]:
    full = f"{day:%A} {day.day} {day:%B} {day.year}"
    if spot.day is None:
        if not spot.exact or _has_two_readings(spot, day, today=today) or "week" in spot.phrase:
            yield f"“{words}” is read as {full}"
        return
    if spot.in_figures and spot.day <= 12 and spot.day != spot.month:
        yield f"{words} is read as {day.day} {day:%B}{f' {day.year}' if spot.year is not None else ''}"
    if spot.month is None:
        yield f"“{words}” is read as {full}"
    elif spot.year is None:
        yield f"{'' if spot.in_figures and spot.day <= 12 else f'in “{words}” '}the year is taken as {day.year}"


def _has_two_readings(spot: _Spot, day: date, *, today: date) -> bool:
    """ "next Friday", said on a Monday, may be this week's or the one after; "last Monday", said on a Friday, too."""
    if spot.which not in {"last", "next"} or spot.weeks:
        return False
    return day.isocalendar()[:2] == today.isocalendar()[:2]
