"""Dates read out of what people write, the day before the month: "Tues 1 Dec", "3/11", "the 12th", "last Tuesday".

The patterns find the places. What is left unsaid (a year, a month, which Tuesday) is worked out from the other dates
of the message and from today, and said aloud in `ambiguous`.
"""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto

from assistant.date_places import FLAGS, Spot, day_or_none, is_of_birth, may_hold_a_date, merged, spots_in
from assistant.ports import DateReader


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """One date as it stands in a text: `text[start:end]` is `day`.

    `exact` is False when the year, the month or the week had to be worked out. `clash` and `ambiguous` are
    sentences without a full stop for the reader; `afternoon` is None when the time of day is not said.
    """

    start: int
    end: int
    text: str
    day: date
    exact: bool = True
    clash: str | None = None
    ambiguous: str | None = None
    afternoon: bool | None = None


def find_written_dates(text: str, *, today: date, reader: DateReader) -> tuple[WrittenDate, ...]:
    """Every date in `text`, in the order written; `reader` turns each phrase, its gaps filled, into a date."""
    if not may_hold_a_date(text):
        return ()
    spots = merged(text, sorted(spots_in(text), key=lambda spot: spot.start))
    return tuple(_settled(text, spots, today=today, reader=reader))


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
_TENSES = re.compile(rf"\b(?:(?P<coming>{_COMING_WORDS})|(?P<past>{_PAST_WORDS}))\b", FLAGS)
_UP_TO = re.compile(r"\b(?:by|until|till?)\s+(?:the\s+)?$", FLAGS)
_A_DAY_OFF = re.compile(r"\s*(?:is|was|=|:)?\s*(?:an?\s+)?(?:inset|bank hol|training|staff day|closed|shut)", FLAGS)
_NO_LONGER = re.compile(r"\b(?:had|was|were|at|after|since|went|attended|missed|held|told|rang)\b[\w ]{0,20}$", FLAGS)
_PLANNED = re.compile(
    r"\b(?:meeting|exams?|hearing|appointment|trip|interview|(?P<people>panel|govs|governors|review)|deadline|booked|"
    r"it['’]?s)"
    r"(?:\s+(?:on|for|the))*\s+$",
    FLAGS,
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


def _year_worked_out(spot: Spot, *, near: date, after: date | None, told: _Told, today: date) -> date | None:
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


def _in_years(spot: Spot, near: date) -> list[date]:
    """The spot's day in the years around `near`."""
    reach = 4 if (spot.day, spot.month) == (29, 2) else 1
    years = range(near.year - reach, near.year + reach + 1)
    return [day for year in years if (day := day_or_none(year, spot.month or 1, spot.day or 1))]


def _month_worked_out(spot: Spot, *, since: date | None, told: _Told, today: date) -> date | None:
    """ "the 12th": on or after the date mentioned before it, or as told: the last one gone, or the next to come."""
    past = told is _Told.PAST
    if since is None:
        first_choice = _in_months(spot, today, forward=not past)
        return first_choice or _in_months(spot, today, forward=past) or _plain_month(spot, today, forward=not past)
    later = _in_months(spot, since, forward=True) or _plain_month(spot, since, forward=True)
    if past and since <= today and later is not None and later > today:
        return _in_months(spot, today, forward=False) or later
    return later


def _nearest_month(spot: Spot, near: date) -> date | None:
    days = [day for step in (-1, 0, 1) if (day := _nth_of_month(spot, near, step))]
    return min(days, key=lambda day: abs((day - near).days), default=None)


def _is_aside(before: str, after: str) -> bool:
    """ "back 5 Jan (4th is INSET)": a note on the date before it, so the day may come just before that."""
    return before.rstrip().endswith("(") or bool(_A_DAY_OFF.match(after))


def _in_months(spot: Spot, origin: date, *, forward: bool) -> date | None:
    """The first day within three months of `origin` with the spot's number and weekday."""
    for step in range(4):
        day = _nth_of_month(spot, origin, step if forward else -step)
        if day and (day >= origin if forward else day <= origin) and spot.weekday in {None, day.weekday()}:
            return day
    return None


def _plain_month(spot: Spot, origin: date, *, forward: bool) -> date | None:
    """The same, whatever the weekday: a clash is told of rather than hidden far away."""
    return _in_months(replace(spot, weekday=None), origin, forward=forward)


def _nth_of_month(spot: Spot, origin: date, months: int) -> date | None:
    year, month = divmod(origin.year * 12 + origin.month - 1 + months, 12)
    return day_or_none(year, month + 1, spot.day or 1)


def _weekday_worked_out(spot: Spot, *, told: _Told, today: date) -> date | None:
    """Which Tuesday "last Tuesday", "Tuesday next week" or "on Tuesday" is; None where the calendar ends."""
    try:
        return _weekday_meant(spot, told=told, today=today)
    except OverflowError:
        return None


def _weekday_meant(spot: Spot, *, told: _Told, today: date) -> date:
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


def _settled(text: str, spots: Sequence[Spot], *, today: date, reader: DateReader) -> Iterator[WrittenDate]:
    full = [_full(spot) if not is_of_birth(text, spot.start, spot.end) else None for spot in spots]
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
            found = _written(text, spot, read, today=today, afternoon=_afternoon(spot, text, spots, place))
            other = reader.read(spot.beside, today=today) if spot.beside else None
            if other is not None and other != read:
                found = replace(found, clash=_contradiction(spot, other, used=read))
            yield found


def _same_weekday(before: str, spot: Spot, settled: Sequence[date]) -> date | None:
    """ "suspended from Monday 2 Nov ... told on the Monday": the day that was named before."""
    if not before.endswith("the ") or spot.which:
        return None
    return next((day for day in reversed(settled) if day.weekday() == spot.weekday), None)


def _full(spot: Spot) -> date | None:
    if spot.year is None or spot.month is None or spot.day is None:
        return None
    return day_or_none(spot.year, spot.month, spot.day)


def _of_a_range(text: str, spots: Sequence[Spot], place: int) -> date | None:
    """ "from the 9th to the 12th of December 2026": the month is that of the date it runs up to, when in full."""
    spot = spots[place]
    following = spots[place + 1] if place + 1 < len(spots) else None
    if following is None or following.month is None or following.year is None:
        return None
    if not re.fullmatch(r"\s*(?:to|-|–|and|until|till|or|&|,)\s*(?:the\s+)?", text[spot.end : following.start], FLAGS):
        return None
    return day_or_none(following.year, following.month, spot.day or 1)


def _around(text: str, spots: Sequence[Spot], place: int) -> tuple[str, str]:
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
_TIME_OF_DAY = re.compile(rf"(?P<pm>{_LATER_HALF})|(?P<am>{_EARLIER_HALF})", FLAGS)
_TIME_BEFORE = re.compile(rf"(?:(?P<pm>{_LATER_HALF})|(?P<am>{_EARLIER_HALF}))(?:\s+(?:on|of))?(?:\s+the)?\s*$", FLAGS)


def _afternoon(spot: Spot, text: str, spots: Sequence[Spot], place: int) -> bool | None:
    """Whether the words beside a date say a time from noon on; None when they say none."""
    if spot.afternoon is not None:
        return spot.afternoon
    before, after = _around(text, spots, place)
    said = _TIME_OF_DAY.search(after[:32]) or _TIME_BEFORE.search(before)
    return None if said is None else said["pm"] is not None


# What the reader of the answer is told about it ---------------------------------------------------------------------


def _written(text: str, spot: Spot, day: date, *, today: date, afternoon: bool | None) -> WrittenDate:
    words = text[spot.start : spot.end]
    by_number = spot.day is not None
    clashes = by_number and spot.weekday is not None and spot.weekday != day.weekday()
    return WrittenDate(
        start=spot.start,
        end=spot.end,
        text=words,
        day=day,
        exact=spot.exact and (spot.year is not None or not by_number),
        clash=_clash(spot, day) if clashes else None,
        ambiguous="; ".join(_doubts(spot, words, day, today=today)) or None,
        afternoon=afternoon,
    )


def _clash(spot: Spot, day: date) -> str:
    plain = f"{day.day} {day:%B} {day.year}"
    return f"{calendar.day_name[spot.weekday or 0]} {plain} is a {day:%A}, so {day:%A} {plain} is used"


def _contradiction(spot: Spot, beside: date, *, used: date) -> str:
    return f"“{spot.beside}” would be {_in_full(beside)}, so the date written beside it is used: {_in_full(used)}"


def _in_full(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def _doubts(spot: Spot, words: str, day: date, *, today: date) -> Iterable[str]:
    full = _in_full(day)
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


def _has_two_readings(spot: Spot, day: date, *, today: date) -> bool:
    """ "next Friday", said on a Monday, may be this week's or the one after; "last Monday", said on a Friday, too."""
    if spot.which not in {"last", "next"} or spot.weeks:
        return False
    return day.isocalendar()[:2] == today.isocalendar()[:2]
