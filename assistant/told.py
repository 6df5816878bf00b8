"""What a message tells of when things happened: dates put to the events they belong to, and to the school's own days.

How people speak of an event is data (corpus/case_events.yaml). A date that no words tie to an event stays loose.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from assistant.deadlines import Happened
from assistant.ports import DateReader
from assistant.school_days import SchoolDaysTold
from assistant.time_rules import CaseEvent, TimeLimits
from assistant.told_school_days import of_school, school_days_told
from assistant.written_dates import WrittenDate, find_written_dates


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
    kinds = of_school(lowered, mentions)
    left = [each for place, each in enumerate(mentions) if place not in kinds]
    happened, used = _happened(lowered, left, limits.events)
    happened = _given_by_post(happened, limits, posted=not _NEVER_POSTED.search(lowered))
    loose = [each for each in left if each.start not in used and each in written]
    return Told(
        happened=happened,
        school_days=school_days_told(lowered, [(kind, mentions[place]) for place, kind in kinds.items()]),
        loose=tuple(_as_happened(lowered, each) for each in loose),
        doubts=tuple(dict.fromkeys(_doubts(each for each in written if not happened or each not in loose))),
    )


def _doubts(mentions: Iterable[WrittenDate]) -> Iterator[str]:
    for each in mentions:
        yield from (f"{said[0].upper()}{said[1:]}." for said in (each.clash, each.ambiguous) if said)


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
