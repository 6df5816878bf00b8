"""Which time limit a message asks about, and its date: the rule comes from the corpus, the day from what was told.

Without a day the rule is still named, and the one date that is needed is asked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

from assistant import phrases
from assistant.deadlines import Calculator, Happened, Reckoning
from assistant.errors import DateMissing, DeadlineError
from assistant.model import Question, Situation
from assistant.ports import Calendars, DateReader
from assistant.retrieve import Retrieval, holds
from assistant.time_rules import TimeLimits, TimeRule
from assistant.told import Told, tell
from assistant.told_school_days import as_told
from assistant.working import in_words
from assistant.written_dates import find_written_dates

_MOST_DATES = 3
_NEXT_DATES = 4
_SOON = timedelta(weeks=12)


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
        message = self._with_what_it_replies_to(question)
        if not limits.rules or not (situation.asks_generally or phrases.COUNTING.search(message.lower())):
            return NO_DATES
        told = tell(message, today=question.today, reader=self._reader, limits=limits)

        @cache
        def calculator() -> Calculator:
            calendar = as_told(self._calendars.find(question.calendar), told.school_days)
            return Calculator(limits, calendar=calendar, bank_holidays=calendar.bank_holidays)

        ranked = [each.passage.id for each in retrieval.ranked]
        found = dates_asked(
            message,
            situation=situation,
            told=told,
            ranked=ranked,
            calculator=calculator,
            limits=limits,
            today=question.today,
        )
        return replace(found, doubts=(*told.doubts, *found.doubts)) if found is not NO_DATES else found

    def _with_what_it_replies_to(self, question: Question) -> str:
        """The message, after the one before it where it only gives a date and asks nothing itself."""
        earlier = [turn.content for turn in question.history if turn.role == "user"][-1:]
        asks = "?" in question.text or phrases.COUNTING.search(question.text.lower())
        if not earlier or asks or not find_written_dates(question.text, today=question.today, reader=self._reader):
            return question.text
        return f"{earlier[0]}\n{question.text}"


def dates_asked(
    message: str,
    *,
    situation: Situation,
    told: Told,
    ranked: Sequence[str],
    calculator: Callable[[], Calculator],
    limits: TimeLimits,
    today: date,
) -> AskedDates:
    """The dates that `message` asks for, the asked-about one first; when it asks what happens next after a dated
    event, the next dates that follow from that event.

    `ranked` are the ids of the facts found for the message, best first; `calculator` is made only when a date is to be
    computed.
    """
    lowered = message.lower()
    counting = bool(phrases.COUNTING.search(lowered))
    if counting:
        asked = _asked(lowered, _Evidence(lowered, situation, told, ranked, limits), limits.rules)
    elif situation.asks_generally:
        return _next_dates(limits, situation, told, calculator, today=today)
    else:
        return NO_DATES
    dated = _with_days(asked, told, calculator)
    if dated:
        return _computed(dated, calculator())
    if asked:
        first = asked[0][0]
        return AskedDates(facts=_facts([first]), ask=calculator().events[first.event].ask)
    return NO_DATES


# Which limit is meant -----------------------------------------------------------------------------------------------

_IN_THE_QUESTION = 2.0  # a word of the limit there tells more than one in the story
_IN_THE_STORY = 1.0
_TOPIC_IN_THE_QUESTION = 1.0  # the first word of a group names the thing itself
_EACH_WORD = 0.2
_OWN_EVENT = 1.0
_LATEST_EVENT = 0.8  # the last thing that happened is what has set the clock running
_USUAL_EVENT = 0.5
_RANKED = 0.3  # for the fact found first, falling to nothing at `_RANKS`
_RANKS = 10
_STAGE_UNSAID = 0.3  # for a limit of one measure when the message names none
_NEARLY_AS_LIKELY = 0.8
_SEVERAL = 2
_SURE = 1.5  # without a day to count from, a limit is asked about only when its words are plain

_SENTENCES = re.compile(r"(?<=[.?!])\s+|\n+")
_QUESTIONS = re.compile(
    r"\(?\b[a-d1-5]\)|;|,?\s+(?:and|also|plus|then)\s+"
    r"(?=(?:by|when|what|which|how|the|for|date|last|final|after|latest|deadline|is|do|does|can|if)\b)"
)


class _Evidence:
    """What speaks for a limit being the one that a message asks about."""

    def __init__(
        self, lowered: str, situation: Situation, told: Told, ranked: Sequence[str], limits: TimeLimits
    ) -> None:
        self._lowered = lowered
        self._seen: dict[tuple[str, str], bool] = {}
        self._said: dict[str, Sequence[Sequence[re.Pattern[str]]]] = {}
        self.questions = _questions(lowered)
        self._asking = " ".join(self.questions)
        self._situation = situation
        self._told = told.happened
        self._latest = max((each.day for each in told.happened.values()), default=None)
        self._rank = {fact: place for place, fact in enumerate(ranked[:_RANKS])}
        self._events = {event.id: event for event in limits.events}
        self._rules = {rule.id: rule for rule in limits.rules}

    def score(self, rule: TimeRule, piece: str) -> float:
        """How surely `piece` of the message asks for this limit; 0 when none of its words are there."""
        named = max((self._group(group, piece) for group in self._groups(rule)), default=0.0)
        if not named or not holds(rule.holds, self._situation):
            return 0.0
        best = min((self._rank.get(fact, _RANKS) for fact in rule.facts), default=_RANKS)
        unsaid = _STAGE_UNSAID if rule.holds.stage and not self._situation.stages else 0.0
        return named + self._dated(rule) + _RANKED * (1 - best / _RANKS) - unsaid

    def _groups(self, rule: TimeRule) -> Sequence[Sequence[re.Pattern[str]]]:
        """The groups of the limit's words that are all in the message; most limits have none."""
        if rule.id not in self._said:
            groups = _compiled(rule.asked)
            self._said[rule.id] = [g for g in groups if all(self._holds(pattern, self._lowered) for pattern in g)]
        return self._said[rule.id]

    def _group(self, group: Sequence[re.Pattern[str]], piece: str) -> float:
        """The mean worth of a group's words, one of which at least must be in the piece."""
        in_piece = [self._holds(pattern, piece) for pattern in group]
        if not any(in_piece):
            return 0.0
        asked = [here and self._holds(pattern, self._asking) for here, pattern in zip(in_piece, group, strict=True)]
        words = sum(_IN_THE_QUESTION if here else _IN_THE_STORY for here in asked) / len(group)
        return words + _EACH_WORD * len(group) + _TOPIC_IN_THE_QUESTION * asked[0]

    def _holds(self, pattern: re.Pattern[str], text: str) -> bool:
        """Whether `pattern` is in `text`: many limits share their words, so each is looked for once."""
        key = (pattern.pattern, text)
        if key not in self._seen:
            self._seen[key] = bool(pattern.search(text))
        return self._seen[key]

    def _dated(self, rule: TimeRule) -> float:
        own = [self._events[self._rules[name].event] for name in rule.later_of or (rule.id,)]
        posting = {self._rules[event.if_posted].event for event in own if event.if_posted}
        told = self._told.keys() & ({event.id for event in own} | posting)
        if told:
            return _OWN_EVENT + _LATEST_EVENT * any(self._told[event].day == self._latest for event in told)
        return _USUAL_EVENT if self._told.keys() & {usual for event in own for usual in event.usually} else 0.0


def _questions(lowered: str) -> Sequence[str]:
    """The questions of a message: its sentences that ask, taken apart where one asks for several things."""
    asking = [
        sentence
        for sentence in _SENTENCES.split(lowered)
        if sentence.rstrip().endswith("?") or phrases.COUNTING.search(sentence)
    ]
    return [piece for sentence in asking for piece in _QUESTIONS.split(sentence) if piece.strip()]


def _asked(lowered: str, evidence: _Evidence, rules: Sequence[TimeRule]) -> Sequence[Sequence[TimeRule]]:
    """For each question of the message, in order, the limits it may ask about, the likeliest first; where no question
    names one, or the whole message names another more surely, those of the whole."""
    # Of limits of which the later counts, the later is meant, whichever was named; what no fact states is not cited.
    parts = {name for rule in rules for name in rule.later_of}
    rules = [rule for rule in rules if rule.facts and rule.id not in parts]
    whole = _likeliest(lowered, evidence, rules)
    meant = [likely for piece in evidence.questions if (likely := _likeliest(piece, evidence, rules))]
    surest = max((likely[0][0] for likely in meant), default=0.0)
    chosen = [whole] if whole and (len(meant) < _SEVERAL and whole[0][0] > surest) else meant
    return [[rule for _, rule in likely] for likely in chosen]


def _likeliest(piece: str, evidence: _Evidence, rules: Sequence[TimeRule]) -> Sequence[tuple[float, TimeRule]]:
    scored = sorted(((evidence.score(rule, piece), rule) for rule in rules), key=lambda each: -each[0])
    return [each for each in scored if each[0] >= max(_SURE, scored[0][0] - _NEARLY_AS_LIKELY)]


@lru_cache(maxsize=256)
def _compiled(groups: tuple[tuple[str, ...], ...]) -> Sequence[Sequence[re.Pattern[str]]]:
    return tuple(tuple(re.compile(pattern) for pattern in group) for group in groups)


def _next_dates(
    limits: TimeLimits, situation: Situation, told: Told, calculator: Callable[[], Calculator], *, today: date
) -> AskedDates:
    """The next dates of the timeline that begins with the event that was told, those to come, soonest first."""
    steps = [
        step
        for chain in limits.chains
        if chain.stage in situation.stages and chain.starts in told.happened
        for step in chain.steps
        if step.rule and holds(step.holds, situation)
    ]
    if not steps:
        return NO_DATES
    dates = calculator()
    due = [
        (dates.rule(step.rule), told.happened, None)
        for step in steps
        if step.rule and holds(dates.rule(step.rule).holds, situation) and dates.can_date(step.rule, told.happened)
    ]
    found = _computed(due, dates, quietly=True)
    soon = (each for each in found.reckonings if today <= each.day <= today + _SOON)
    coming = sorted(soon, key=lambda each: each.day)[:_NEXT_DATES]
    return replace(
        found,
        reckonings=tuple(coming),
        facts=_facts(each.rule for each in coming),
        doubts=tuple(dict.fromkeys(_assumptions(coming))),
    )


# Its date -----------------------------------------------------------------------------------------------------------


def _with_days(
    asked: Sequence[Sequence[TimeRule]], told: Told, calculator: Callable[[], Calculator]
) -> Sequence[tuple[TimeRule, Mapping[str, Happened], str | None]]:
    """The limits that can be dated from what was told, of each question the likeliest. Where no words tie the only
    date of the message to the event of the limit asked about, it is taken for that event's, and the third part says
    so."""
    if not asked or not (told.happened or told.loose):
        return []
    dates = calculator()
    datable = ([rule for rule in likely if dates.can_date(rule.id, told.happened)] for likely in asked)
    known = dict.fromkeys(rules[0] for rules in datable if rules)
    if known:
        return [(rule, told.happened, None) for rule in list(known)[:_MOST_DATES]]
    days = {each.day for each in told.happened.values()} | {each.day for each in told.loose}
    if len(days) != 1:
        return []
    rule = asked[0][0]
    mention = next(iter([*told.happened.values(), *told.loose]))
    event = dates.events[rule.event]
    if mention.posted and event.if_posted:
        event = dates.events[dates.rule(event.if_posted).event]
    taken = f"{in_words(mention.day)} is taken as the day {event.label}."
    return [(rule, {rule.event: mention}, taken)]


def _computed(
    dated: Sequence[tuple[TimeRule, Mapping[str, Happened], str | None]],
    calculator: Calculator,
    *,
    quietly: bool = False,
) -> AskedDates:
    """The dates, and what to say of those that cannot be computed; `quietly`, those are left out."""
    reckonings: list[Reckoning] = []
    doubts: list[str] = []
    ask: str | None = None
    for rule, happened, taken in dated:
        try:
            reckonings.append(calculator.date_for(rule.id, happened))
        except DateMissing as error:
            ask = ask or calculator.events[error.event].ask
        except DeadlineError as error:
            doubts += [] if quietly else [str(error)]
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
        if each.calendar is not None and each.calendar.told:
            yield f"Counted with what you said of the school's days: {'; '.join(each.calendar.told)}."


def _facts(rules: Iterable[TimeRule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.facts[0] for rule in rules if rule.facts))
