"""What a message tells of when things happened: dates put to the events they belong to, and to the school's own days.

How people speak of an event is data (corpus/case_events.yaml). A date that no words tie to an event stays loose.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from assistant.deadlines import Happened
from assistant.phrases import any_of
from assistant.ports import DateReader
from assistant.school_days import ONE_DAY, SchoolCalendar, Term
from assistant.time_rules import CaseEvent, TimeLimits
from assistant.written_dates import MONTHS, WrittenDate, find_written_dates


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDaysTold:
    """What a message says of the school's own days: when a term ends and pupils are back, and single days off.

    `no_inset_in` are the months (1 to 12) that are said to have no INSET day.
    """

    ends: tuple[date, ...] = ()
    back: tuple[date, ...] = ()
    inset: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()
    no_inset_in: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.ends or self.back or self.inset or self.closures or self.no_inset_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Events with their days, what is said of the school's days, and the dates that belong to neither.

    `doubts` are sentences for the reader about dates that can be read in two ways or contradict themselves; of those
    that belong to neither only when no event has a day, for then one of them may be taken for the event's.
    """

    happened: Mapping[str, Happened] = field(default_factory=dict)
    school_days: SchoolDaysTold = field(default_factory=SchoolDaysTold)
    loose: tuple[Happened, ...] = ()
    doubts: tuple[str, ...] = ()


NOTHING_TOLD = Told()


def tell(text: str, *, today: date, reader: DateReader, limits: TimeLimits) -> Told:
    """What `text` tells; dates are read day first, relative ones from `today`."""
    written = find_written_dates(text, today=today, reader=reader)
    if not written:
        return NOTHING_TOLD
    lowered = text.lower()
    mentions = sorted([*written, *_same_day(lowered, written)], key=lambda each: each.start)
    of_school = _of_school(lowered, mentions)
    left = [each for place, each in enumerate(mentions) if place not in of_school]
    happened, used = _happened(lowered, left, limits.events)
    happened = _given_by_post(happened, limits, posted=not _NEVER_POSTED.search(lowered))
    loose = [each for each in left if each.start not in used and each in written]
    return Told(
        happened=happened,
        school_days=_school_days(lowered, [(kind, mentions[place]) for place, kind in of_school.items()]),
        loose=tuple(_as_happened(lowered, each) for each in loose),
        doubts=tuple(dict.fromkeys(_doubts(each for each in written if not happened or each not in loose))),
    )


def _doubts(mentions: Iterable[WrittenDate]) -> Iterator[str]:
    for each in mentions:
        yield from (f"{said[0].upper()}{said[1:]}." for said in (each.weekday_clash, each.ambiguous) if said)


# Dates and events ---------------------------------------------------------------------------------------------------

_FURTHEST = 90  # characters between the words for an event and its date
_OTHER_SENTENCE = 60
_OTHER_CLAUSE = 12
_WORDS_AFTER = 15  # people say what happened, then when
_FULLER_WORDS = 0.2  # for each letter: the fuller words tell more surely what a date is of
_NEARLY_AS_NEAR = 20  # two events told in one breath may share a date

_SAME_DAY = re.compile(r"\b(?:on )?(?:the )?(?:same|that|very same) (?:day|date)\b")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
_CLAUSE_END = re.compile(r"[,;:()]| and | but | then ")
_POSTED = re.compile(r"\bpost(?:ed|al)?\b|\b(?:1st|first)[- ]class\b|\bin the post\b|\bby post\b")
_NOT_POSTED = re.compile(r"\bby hand\b|\bhanded\b|\be-?mail|\bhand[- ]delivered\b|\bnot (?:by )?post")
_NEVER_POSTED = re.compile(r"\bnot (?:by |sent by )?post(?:ed)?\b(?! (?:un)?till?\b)")


def _same_day(lowered: str, written: Sequence[WrittenDate]) -> Iterator[WrittenDate]:
    """ "(board told same day)": the day of the date before it."""
    for match in _SAME_DAY.finditer(lowered):
        before = [each for each in written if each.end <= match.start()]
        if before:
            yield replace(before[-1], start=match.start(), end=match.end(), text=match.group(0))


def _happened(
    lowered: str, mentions: Sequence[WrittenDate], events: Sequence[CaseEvent]
) -> tuple[Mapping[str, Happened], frozenset[int]]:
    """Each event's nearest date, unless other words lay a much better claim to it; and where the used dates stand."""
    claims: list[tuple[float, CaseEvent, WrittenDate]] = []
    for event in events:
        nearest = min(_claims(lowered, mentions, event), key=lambda claim: claim[0], default=None)
        if nearest is not None:
            claims.append((nearest[0], event, nearest[1]))
    best: dict[int, float] = {}
    for far, _, mention in claims:
        best[mention.start] = min(far, best.get(mention.start, far))
    kept = [claim for claim in claims if claim[0] <= best[claim[2].start] + _NEARLY_AS_NEAR]
    happened = {
        event.id: _as_happened(lowered, mention) for _, event, mention in sorted(kept, key=lambda claim: claim[0])
    }
    return happened, frozenset(mention.start for _, _, mention in kept)


def _as_happened(lowered: str, mention: WrittenDate) -> Happened:
    return Happened(day=mention.day, posted=_is_posted(lowered, mention), afternoon=bool(mention.afternoon))


_POSTED_WITHIN = timedelta(days=14)


def _given_by_post(happened: Mapping[str, Happened], limits: TimeLimits, *, posted: bool) -> Mapping[str, Happened]:
    """Where a decision and, soon after, the posting of its letter are told: notice was given by that posting, unless
    the message says that nothing was `posted`."""
    rules = {rule.id: rule for rule in limits.rules}
    given = dict(happened)
    for event in limits.events:
        posting = happened.get(rules[event.if_posted].event) if event.if_posted else None
        known = happened.get(event.id)
        if posting and (known is None or known.day <= posting.day <= known.day + _POSTED_WITHIN):
            given[event.id] = replace(posting, posted=posted)
    return given


def _claims(lowered: str, mentions: Sequence[WrittenDate], event: CaseEvent) -> Iterator[tuple[float, WrittenDate]]:
    for match in (match for pattern in _compiled(event.said) for match in pattern.finditer(lowered)):
        for mention in mentions:
            far = _distance(lowered, _place(match), mention) - _FULLER_WORDS * len(match[0])
            if far <= _FURTHEST:
                yield far, mention


def _place(match: re.Match[str]) -> tuple[int, int]:
    """Where the words that tell of an event stand: their part called `at`, if there is one."""
    return match.span("at") if "at" in match.re.groupindex else match.span()


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> Sequence[re.Pattern[str]]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _distance(lowered: str, words: tuple[int, int], mention: WrittenDate) -> float:
    """How far the words of an event stand from a date, counting what stands between them."""
    if words[1] <= mention.start:
        between, after = lowered[words[1] : mention.start], 0
    elif mention.end <= words[0]:
        between, after = lowered[mention.end : words[0]], _WORDS_AFTER
    else:
        return 0
    return (
        len(between)
        + after
        + _OTHER_SENTENCE * len(_SENTENCE_END.findall(between))
        + _OTHER_CLAUSE * len(_CLAUSE_END.findall(between))
    )


def _is_posted(lowered: str, mention: WrittenDate) -> bool:
    """Whether the clause around a date says that something went by post."""
    start = max((m.end() for m in _SENTENCE_END.finditer(lowered, 0, mention.start)), default=0)
    end = next((m.start() for m in _SENTENCE_END.finditer(lowered, mention.end)), len(lowered))
    clause = lowered[max(start, mention.start - _FURTHEST) : min(end, mention.end + _FURTHEST // 2)]
    return bool(_POSTED.search(clause)) and not _NOT_POSTED.search(clause)


# The school's own days ----------------------------------------------------------------------------------------------

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


def _of_school(lowered: str, mentions: Sequence[WrittenDate]) -> Mapping[int, str]:
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


def _school_days(lowered: str, told: Sequence[tuple[str, WrittenDate]]) -> SchoolDaysTold:
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
