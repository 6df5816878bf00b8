"""What a message tells of a school's own days (when a term ends, when pupils are back, days off), and a calendar with
that put in its place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from assistant.date_places import MONTHS
from assistant.phrases import any_of
from assistant.school_days import ONE_DAY, SchoolCalendar, SchoolDaysTold, Term
from assistant.written_dates import WrittenDate

_BREAK = r"(?:half[- ]?term|term|school|christmas|easter|summer|may|february|october|feb|oct)"
_OFF = r"(?:break|hol(?:iday)?s?|half[- ]?term)"
_LINK = r"\s*(?:on|is|are|was|:|-|=)?\s*(?:the )?$"
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{words}){_LINK}"))
    for kind, words in (
        ("holiday-from", any_of(rf"{_BREAK} {_OFF}(?: (?:starts?|begins?|runs?))? from", r"half[- ]?term from")),
        (
            "ends",
            any_of(
                rf"{_BREAK} (?:ends?|ended|finish\w*|closes?)",
                r"(?:we|they|pupils|kids|children|school) (?:all )?(?:finish(?:es|ed)?)",
                r"breaks? up",
                r"broke up",
                r"last day(?: of (?:the )?(?:half[- ]?)?term)?(?: for \w+)?(?: is| was)?",
            ),
        ),
        (
            "back",
            any_of(
                r"back (?:in|at|to) school",
                r"(?:pupils|kids|children|we|they|everyone) (?:are |all )?(?:back|return|come back|go back)",
                r"first day back(?: is| was)?",
                r"(?:^|[,;&(]|and|then) *back",
                r"(?:school|term|pupils|children) (?:(?:re-?)?starts?|returns?|resumes?|goe?s? back)(?: again)?",
                r"(?:school|it) reopens?",
            ),
        ),
        ("inset", any_of(r"inset(?: days?)?", r"training day", r"staff day", r"baker day")),
        (
            "closed",
            any_of(
                r"(?:school )?(?:was |is |were )?(?:closed|shut)", r"snow day", r"closure(?: day)?", r"strike(?: day)?"
            ),
        ),
        ("bank", r"bank hol(?:iday)?s?"),
    )
)
_IS = r"\s*(?:is|was|=|:|-|\()?\s*"
_AFTER: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("inset", re.compile(rf"{_IS}(?:an? )?(?:inset|training day|staff training)")),
    ("closed", re.compile(rf"{_IS}(?:school )?(?:closed|shut\b|a snow day|closure)")),
    ("bank", re.compile(rf"{_IS}(?:an? )?bank hol")),
)


def _school_kind(lowered: str, mention: WrittenDate) -> str | None:
    before, after = lowered[max(0, mention.start - 45) : mention.start], lowered[mention.end : mention.end + 25]
    for kind, pattern in _BEFORE:
        if pattern.search(before):
            return kind
    return next((kind for kind, pattern in _AFTER if pattern.match(after)), None)


def of_school(lowered: str, mentions: Sequence[WrittenDate]) -> Mapping[int, str]:
    """Which dates are the school's own, and what they are. "Shut Wednesday 18th and Thursday 19th" says it once."""
    kinds: dict[int, str] = {}
    for place, each in enumerate(mentions):
        kind = _school_kind(lowered, each)
        before = kinds.get(place - 1)
        between = lowered[mentions[place - 1].end : each.start] if place else ""
        if before in {"closed", "inset", "shut-from"} and _AND_ALSO.fullmatch(between):
            kind = before
        elif before == "closed" and _UP_TO.fullmatch(between):
            kinds[place - 1], kind = "shut-from", "shut-to"
        if kind:
            kinds[place] = kind
    return kinds


_AND_ALSO = re.compile(r"\s*(?:and|&|,|\+)\s*(?:the )?")
_UP_TO = re.compile(r"\s*(?:to|-|–|until|till?)\s*(?:the )?")
_NO_INSET = re.compile(
    r"\b(?:no|not (?:having|got) an?y?|(?:isn|doesn|don|aren)['’]?t (?:having|have|got)(?: an?y?)?) inset\w*"
    r"(?: days?)?(?P<where>[^.,;?!\n]{0,40})"
)


def school_days_told(lowered: str, told: Sequence[tuple[str, WrittenDate]]) -> SchoolDaysTold:
    of_kind: dict[str, list[date]] = {}
    for kind, mention in told:
        of_kind.setdefault(kind, []).append(mention.day)
    ends = [*of_kind.get("ends", ()), *(day - ONE_DAY for day in of_kind.get("holiday-from", ()))]
    shut = zip(of_kind.get("shut-from", ()), of_kind.get("shut-to", ()), strict=False)
    closures = {first + timedelta(days=n) for first, last in shut for n in range((last - first).days + 1)}
    return SchoolDaysTold(
        ends=tuple(sorted(ends)),
        back=tuple(sorted(of_kind.get("back", ()))),
        inset=frozenset(of_kind.get("inset", ())),
        closures=frozenset(of_kind.get("closed", ())) | closures,
        no_inset_in=frozenset(month for match in _NO_INSET.finditer(lowered) for month in _months(match["where"])),
    )


def _months(where: str) -> Iterable[int]:
    """The months a phrase names; every month when it names none."""
    named = {number for name, number in MONTHS.items() if re.search(rf"\b{name}\b", where)}
    return named or range(1, 13)


_LONGEST_BREAK = timedelta(days=60)


def as_told(calendar: SchoolCalendar, told: SchoolDaysTold) -> SchoolCalendar:
    """`calendar` with what the message says of the school's days put in its place; days it does not know are left."""
    if not told:
        return calendar
    terms = calendar.terms
    said: list[str] = []
    for last, back in _breaks(told, terms):
        if calendar.first <= last and back <= calendar.last:
            terms = tuple(_with_break(terms, last=last, back=back))
            said.append(f"no school from {last + ONE_DAY:%-d %B} to {back - ONE_DAY:%-d %B %Y}")
    extra = [f"INSET on {day:%-d %B %Y}" for day in sorted(told.inset)]
    extra += ["no INSET day but those named"] if told.no_inset_in else []
    extra += [f"school closed on {day:%-d %B %Y}" for day in sorted(told.closures)]
    return replace(
        calendar,
        terms=terms,
        inset=told.inset | {day for day in calendar.inset if day.month not in told.no_inset_in},
        closures=calendar.closures | told.closures,
        told=(*calendar.told, *said, *extra),
        own=told,
    )


def _breaks(told: SchoolDaysTold, terms: Sequence[Term]) -> Iterator[tuple[date, date]]:
    """The last school day before each break and the day pupils are back; what is not told is the calendar's own."""
    unpaired = list(told.back)
    for last in told.ends:
        back = next((day for day in unpaired if last < day <= last + _LONGEST_BREAK), None)
        if back is not None:
            unpaired.remove(back)
        else:
            back = next((term.first for term in terms if term.first > last), None)
        if back is not None:
            yield last, back
    for back in unpaired:
        before = [term.last for term in terms if term.last < back]
        if before and back - before[-1] <= _LONGEST_BREAK:
            yield before[-1], back


def _with_break(terms: Sequence[Term], *, last: date, back: date) -> Iterator[Term]:
    """The terms with every day after `last` and before `back` taken out, and the days up to both put in."""
    ending = max((term.first for term in terms if term.first <= last), default=None)
    starting = min((term.last for term in terms if term.last >= back), default=None)
    for term in terms:
        if term.first > last and term.last < back:
            continue
        if term.first == ending and term.last == starting:  # the break falls inside this term
            yield replace(term, last=last)
            yield replace(term, first=back)
        elif term.first == ending:
            yield replace(term, last=last)
        elif term.last == starting:
            yield replace(term, first=back)
        else:
            yield term
