"""What a message says about the child's situation.

Only the reading of everyday English is here; no rule of law. "Not said" stays empty: nothing is guessed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import MAXYEAR, date, timedelta

from assistant import phrases
from assistant.date_places import MONTH, MONTHS, find_dates, full_dates, is_of_birth
from assistant.errors import UnknownCondition
from assistant.model import Corrections, Situation, Turn

LENGTHS = {"exclusion-over-5-days": 5, "exclusion-over-15-days": 15}
"""What a message says of a suspension's length: words of the corpus, each with the number in its name."""

# "no EHCP", "hasn't got an EHC plan", "never been in care"; not "the school didn't follow his EHCP".
_DENIED = re.compile(
    r"(?:\b(?:no|none|not|never|without|no longer|(?:do|does|did|has|have|is|was|ai)nt)|n't)"
    r"(?: (?:have|has|had|got|been|given|on(?: the)?|under|an?|any|yet|currently|actually|even|formal|official"
    r"|diagnosed|known|affects?|affecting|involves?|missed|misses|of (?:it|them)))* $"
)

_ONES = "one two three four five six seven eight nine".split()
_TO_TWENTY = (
    *_ONES,
    *"ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40}
_NUMBER_WORDS = (
    {word: number for number, word in enumerate(_TO_TWENTY, start=1)}
    | _TENS
    | {
        f"{ten}{gap}{one}": tens + n
        for ten, tens in _TENS.items()
        for n, one in enumerate(_ONES, start=1)
        for gap in " -"
    }
)
_NUMBER = r"\b(\d{1,3}(?:\.5)?|" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + r")"
_DAYS = re.compile(
    _NUMBER + r"(?:[ -](?:school )?days?\b(?!['’]? (?:notice|late|ago))| (?:in total|altogether|all told)\b)"
)
_AGE = re.compile(r"\b(\d{1,2})[ -]?(?:yo|y/o|yrs? old|years? old|year[- ]old)\b|\baged? (\d{1,2})\b")
_YEAR_GROUP = re.compile(r"\b(?:y|yr|year) ?(\d{1,2})\b")
_POSTCODE = re.compile(r"\b(?:[begl-nsw]|[a-z]{2})\d[a-z\d]? ?\d[a-z]{2}\b")  # whole ones; "Y9" is a year group
_MONTH_YEAR = re.compile(rf"\b({MONTH})\.? (\d{{4}})\b")

_DAY_NAMED = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thur?s?|fri|satur|sun)(?:day)?\b|\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:"
    + MONTH
    + r")\b|\b\d{1,2}/\d{1,2}\b"
)


def read_situation(text: str, *, history: Iterable[Turn], today: date) -> Situation:
    """What `text`, read after the user's earlier messages, says of the child. The newest word on a subject wins."""
    earlier = [turn.content.lower() for turn in history if turn.role == "user"]
    now = text.lower()
    settings = _latest([*earlier, now], _settings)
    stages = _stages(now) or _latest(earlier, _stages)
    newest_first = [now, *reversed(earlier[-3:])]
    needs, ruled_out = _needs(newest_first)
    dates = tuple(sorted(set(find_dates(now))))
    days = _days(now)
    if days is not None and "suspended" in stages:
        needs |= {need for need, over in LENGTHS.items() if days > over}
    if phrases.COUNTING.search(now) and (dates or days is not None or _DAY_NAMED.search(now)):
        needs |= {"counting"}
    age = _first_number(_AGE, " . ".join(newest_first))
    year_group = _first_number(_YEAR_GROUP, " . ".join(newest_first))
    postcode = _POSTCODE.search(now)
    return Situation(
        settings=settings,
        stages=stages,
        needs=frozenset(needs),
        ruled_out=frozenset(ruled_out),
        age=age if age is not None and 3 <= age <= 25 else None,
        year_group=year_group if year_group is not None and year_group <= 14 else None,
        days=None if days is None else int(days),
        dates=dates,
        law_date=law_date_of(now, today=today),
        postcode=postcode.group(0).upper() if postcode else None,
        ours=bool(stages or needs or settings or phrases.OURS.search(" . ".join(newest_first))),
        holders=_holders(now),
        asks_generally=bool(phrases.ASKS_GENERALLY.search(now)),
        asks_reform=bool(phrases.REFORM.search(now)),
        asks_history=bool(phrases.HISTORY.search(now)),
        asks_statistics=bool(phrases.STATISTICS.search(now)),
    )


_SETTINGS = frozenset(name for name, _ in phrases.SETTINGS)
_STAGES = frozenset(name for name, _ in phrases.STAGES)
_NEEDS = frozenset(name for name, _ in phrases.NEEDS) | {*LENGTHS, "counting"}


def corrected(situation: Situation, corrections: Corrections) -> Situation:
    """`situation` with what the reader put right. A kind of school that was told stands in for any that was read.

    Raises `UnknownCondition` for a word that is none of ours.
    """
    also, without = corrections.also, corrections.without
    for word in sorted((also | without) - _SETTINGS - _STAGES - _NEEDS):
        raise UnknownCondition(word, kind="setting, stage or need", known=tuple(sorted(_SETTINGS | _STAGES | _NEEDS)))
    return replace(
        situation,
        settings=(also & _SETTINGS or situation.settings) - without,
        stages=(situation.stages | also & _STAGES) - without,
        needs=(situation.needs | also & _NEEDS) - without,
        ruled_out=(situation.ruled_out | without & _NEEDS) - also,
        ours=situation.ours or bool(also),
    )


def law_date_of(text: str, *, today: date) -> date | None:
    """The past day on which the event of the story happened, when a full date or a month and year says so.

    Several past dates: the earliest, because the exclusion comes first. Years that name a document do not count.
    """
    lowered = text.lower()
    past: list[date] = []
    for start, end, day in _dated_places(lowered):
        around = lowered[max(0, start - 45) : start + 30]
        if (
            day < today
            and not is_of_birth(lowered, start, end)
            and today - day < timedelta(days=365 * 20)
            and not phrases.NAMES_A_DOCUMENT.search(around)
            and phrases.HAPPENED.search(lowered)
        ):
            past.append(day)
    return min(past, default=None)


def _dated_places(text: str) -> Iterator[tuple[int, int, date]]:
    """Where each full date starts and ends, and each month with its year, which stands for its middle."""
    taken: list[tuple[int, int]] = []
    for start, written, day in full_dates(text):
        taken.append((start, start + len(written)))
        if day is not None:
            yield start, start + len(written), day
    for match in _MONTH_YEAR.finditer(text):
        inside_another = any(start <= match.start() < end for start, end in taken)
        if not inside_another and 1 <= int(match[2]) <= MAXYEAR:
            yield match.start(), match.end(), date(int(match[2]), MONTHS[match[1]], 15)


def _settings(text: str) -> frozenset[str]:
    mentions = ((name, re.search(pattern, text)) for name, pattern in phrases.SETTINGS)
    found = frozenset(name for name, match in mentions if match and not _is_denied(match))
    return found - {"academy"} if "ap-academy" in found else found


def _stages(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in phrases.STAGES if re.search(pattern, text))


def asks_what_somebody_must_do(question: str) -> bool:
    """Whether a question asks about the duties of somebody it names: "what must the governors do"."""
    return bool(_holders(question.lower()))


def _holders(text: str) -> frozenset[str]:
    """Whose duties are asked about: those named in a part of the message that asks who must, should or can."""
    asking = " . ".join(piece for piece in re.split(r"[.!\n]", text) if phrases.ASKS_DUTY.search(piece))
    return frozenset(name for name, pattern in phrases.HOLDERS if re.search(pattern, asking))


def _latest(texts: Iterable[str], read: Callable[[str], frozenset[str]]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for text in texts:
        found = read(text) or found
    return found


def _is_denied(match: re.Match[str]) -> bool:
    return bool(_DENIED.search(match.string[max(0, match.start() - 60) : match.start()]))


def _needs(newest_first: Sequence[str]) -> tuple[set[str], set[str]]:
    """What is said and what is denied; the first mention in the newest message decides each."""
    needs: set[str] = set()
    ruled_out: set[str] = set()
    for name, pattern in phrases.NEEDS:
        first = next((match for text in newest_first if (match := re.search(pattern, text))), None)
        if first is not None:
            (ruled_out if _is_denied(first) else needs).add(name)
    has_plan = re.compile(r"\behcp\b|\bhas an? ehc|\bwith an? ehc")
    if "ehc-requested" in needs and not any(map(has_plan.search, newest_first)):
        needs.discard("ehc-plan")
    return needs, ruled_out


def _days(text: str) -> float | None:
    """The most days named in `text`; half days count, because five and a half are more than five."""
    counts = [match.group(1) for match in _DAYS.finditer(text)]
    numbers = [_NUMBER_WORDS.get(count) or float(count) for count in counts]
    return max(numbers, default=None)


def _first_number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return next((int(group) for group in match.groups() if group), None) if match else None
