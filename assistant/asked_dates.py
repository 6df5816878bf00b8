"""Which time limit a message asks about, and its date: the rule comes from the corpus, the day from what was told.

Without a day the rule is still named, and the one date that is needed is asked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from assistant import phrases
from assistant.deadlines import Calculator, Happened, Reckoning
from assistant.errors import DateMissing, DeadlineError
from assistant.model import Question, Situation
from assistant.ports import Calendars, DateReader
from assistant.retrieve import Retrieval, holds
from assistant.time_rules import TimeLimits, TimeRule
from assistant.told import Told, as_told, tell

_MOST_DATES = 3
_SURE_BY_RANK = 3  # a rule that nobody named is meant when its fact is among so many best


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDates:
    """What the answer says about dates. `facts` are to be cited, the asked-about limit's first; `ask` is the question
    for the date that is missing; `doubts` are sentences about what was assumed or could not be computed."""

    reckonings: tuple[Reckoning, ...] = ()
    facts: tuple[str, ...] = ()
    ask: str | None = None
    doubts: tuple[str, ...] = ()


NO_DATES = AskedDates()


class Clockwork:
    """What the answer path needs to compute dates: whose days count, and how dates are read."""

    def __init__(self, *, calendars: Calendars, reader: DateReader) -> None:
        self._calendars = calendars
        self._reader = reader

    def dates(
        self, question: Question, situation: Situation, retrieval: Retrieval, *, limits: TimeLimits
    ) -> AskedDates:
        """The dates that a question asks for. A reply to our own question for a date is read with what came before.

        Raises `UnknownCalendar` when the question names a calendar that is not there.
        """
        earlier = [turn.content for turn in question.history if turn.role == "user"][-1:]
        message = question.text
        if earlier and not phrases.COUNTING.search(message.lower()):
            message = f"{earlier[0]}\n{message}"
        if not limits.rules or not _may_ask_for_a_date(message):
            return NO_DATES
        told = tell(message, today=question.today, reader=self._reader, events=limits.events)

        @cache
        def calculator() -> Calculator:
            calendar = as_told(self._calendars.find(question.calendar), told.school_days)
            return Calculator(limits, calendar=calendar, bank_holidays=calendar.bank_holidays)

        ranked = [each.passage.id for each in retrieval.ranked]
        found = dates_asked(
            message, situation=situation, told=told, ranked=ranked, calculator=calculator, limits=limits
        )
        return replace(found, doubts=(*told.doubts, *found.doubts)) if found is not NO_DATES else found


def _may_ask_for_a_date(message: str) -> bool:
    return bool(phrases.COUNTING.search(message.lower())) or any(letter.isdigit() for letter in message)


def dates_asked(
    message: str,
    *,
    situation: Situation,
    told: Told,
    ranked: Sequence[str],
    calculator: Callable[[], Calculator],
    limits: TimeLimits,
) -> AskedDates:
    """The dates that `message` asks for, the asked-about one first; when it asks what happens next after a dated
    event, the next dates that follow from that event.

    `ranked` are the ids of the facts found for the message, best first; `calculator` is made only when a date is to be
    computed.
    """
    counting = bool(phrases.COUNTING.search(message.lower()))
    if not counting and not told.happened:
        return NO_DATES
    asked = _asked(message.lower(), situation, told, ranked, limits.rules)
    if not asked and counting:
        asked = _by_rank(ranked, limits.rules, situation)
    elif not asked and situation.asks_generally:
        asked = _next_in_chain(limits, situation, told)
    dated = _with_days(asked, told, calculator)
    if dated:
        return _computed(dated, calculator())
    if counting and asked and _named(asked[0], message.lower()):
        return AskedDates(facts=_facts(asked[:1]), ask=calculator().events[asked[0].event].ask)
    return NO_DATES


def _asked(
    lowered: str, situation: Situation, told: Told, ranked: Sequence[str], rules: Iterable[TimeRule]
) -> Sequence[TimeRule]:
    """The rules whose words are in the message and that fit the situation, the one most surely meant first.

    Words in the part that asks count for more than those in the story; more words found for more than fewer. A rule
    whose own event has a day is likelier than one whose event has none; then the one whose fact was found best.
    """
    asking = _asking_part(lowered)
    scored: list[tuple[float, int, TimeRule]] = []
    for rule in rules:
        named = max(2 * _named(rule, asking), _named(rule, lowered))
        if named and holds(rule.holds, situation):
            own = _OWN_EVENT if _events_of(rule) & told.happened.keys() else 0
            scored.append((named + own - _rank(rule, ranked) / _RANKS_TO_A_WORD, _rank(rule, ranked), rule))
    scored.sort(key=lambda each: (-each[0], each[1]))
    return [rule for score, _, rule in scored if score >= scored[0][0] - _NEARLY_AS_SURE]


_OWN_EVENT = 1.5
_RANKS_TO_A_WORD = 20
_NEARLY_AS_SURE = 1.0
_PIECES = re.compile(r"(?<=[.?!])\s+|\n+")


def _asking_part(lowered: str) -> str:
    """The sentences that ask; the whole message where none does."""
    pieces = _PIECES.split(lowered)
    asking = [piece for piece in pieces if piece.rstrip().endswith("?") or phrases.COUNTING.search(piece)]
    return " ".join(asking or pieces)


def _named(rule: TimeRule, text: str) -> int:
    """How many words of the fullest group of a rule's words stand in `text`; 0 when no group is there whole."""
    return max(
        (len(group) for group in _compiled(rule.asked) if all(pattern.search(text) for pattern in group)), default=0
    )


@lru_cache(maxsize=256)
def _compiled(groups: tuple[tuple[str, ...], ...]) -> Sequence[Sequence[re.Pattern[str]]]:
    return tuple(tuple(re.compile(pattern) for pattern in group) for group in groups)


def _events_of(rule: TimeRule) -> frozenset[str]:
    return frozenset({rule.event})


def _rank(rule: TimeRule, ranked: Sequence[str]) -> int:
    return min((ranked.index(fact) for fact in rule.facts if fact in ranked), default=len(ranked))


def _by_rank(ranked: Sequence[str], rules: Iterable[TimeRule], situation: Situation) -> Sequence[TimeRule]:
    meant = [rule for rule in rules if _rank(rule, ranked) < _SURE_BY_RANK and holds(rule.holds, situation)]
    return sorted(meant, key=lambda rule: _rank(rule, ranked))


def _next_in_chain(limits: TimeLimits, situation: Situation, told: Told) -> Sequence[TimeRule]:
    """The first limits that run from the event that was told, as the timeline of this stage orders them."""
    rules = {rule.id: rule for rule in limits.rules}
    return [
        rules[step.rule]
        for chain in limits.chains
        if chain.stage in situation.stages and chain.starts in told.happened
        for step in chain.steps
        if step.rule and rules[step.rule].event == chain.starts and holds(step.holds, situation)
    ]


def _with_days(
    asked: Sequence[TimeRule], told: Told, calculator: Callable[[], Calculator]
) -> Sequence[tuple[TimeRule, Mapping[str, Happened], str | None]]:
    """The rules that can be dated: by their own event, else by one that usually falls on its day, else by the only
    date in the message when no words tie that one to anything."""
    if not asked or not (told.happened or told.loose):
        return []
    own = [rule for rule in asked if rule.event in told.happened]
    if own:
        return [(rule, told.happened, None) for rule in own[:_MOST_DATES]]
    events = calculator().events
    usual = [rule for rule in asked if any(event in told.happened for event in events[rule.event].usually)]
    if usual:
        return [(rule, told.happened, None) for rule in usual[:_MOST_DATES]]
    if len(told.loose) != 1 or told.happened:
        return []
    rule, mention = asked[0], told.loose[0]
    taken = f"{mention.day:%-d %B %Y} is taken as the day {events[rule.event].label}."
    return [(rule, {rule.event: Happened(day=mention.day, afternoon=bool(mention.afternoon))}, taken)]


def _computed(
    dated: Sequence[tuple[TimeRule, Mapping[str, Happened], str | None]], calculator: Calculator
) -> AskedDates:
    reckonings: list[Reckoning] = []
    doubts: list[str] = []
    ask: str | None = None
    for rule, happened, taken in dated:
        try:
            reckonings.append(calculator.date_for(rule.id, happened))
        except DateMissing as error:
            ask = ask or calculator.events[error.event].ask
        except DeadlineError as error:
            doubts.append(str(error))
            continue
        doubts += [taken] if taken else []
    return AskedDates(
        reckonings=tuple(reckonings),
        facts=_facts(rule for rule, _, _ in dated),
        ask=ask,
        doubts=tuple(dict.fromkeys([*doubts, *_assumptions(reckonings)])),
    )


def _assumptions(reckonings: Sequence[Reckoning]) -> Iterator[str]:
    for each in reckonings:
        yield from (assumed for assumed in each.assumed if assumed not in each.working)
        if each.calendar is not None and each.calendar.typical:
            yield (
                f"School days are counted on “{each.calendar.name}”, not on your school's own calendar. Its term "
                "dates, INSET days and closures can move this date: check them, or choose the school's calendar."
            )


def _facts(rules: Iterable[TimeRule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.facts[0] for rule in rules if rule.facts))
