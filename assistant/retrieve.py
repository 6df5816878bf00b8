"""From a question and its situation to ranked passages.

Likeness alone finds the nearest facts, not the rest of the picture. So the ranking adds three things the corpus knows:
guides (what an adviser covers in this situation), links (what follows from a fact) and the situation's own slots.
Every weight is in `Weights`; the figures behind them are in README.md under "Decisions".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from heapq import nsmallest

from assistant.model import Audience, Guide, GuideStep, Passage, Question, Situation
from assistant.ports import Knowledge, Likeness, Query, Suspicion
from assistant.shelf import Shelf, Traits
from assistant.situation import asks_what_somebody_must_do
from assistant.time_rules import Holds
from assistant.wording import Glossary, content_stems


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each kind of evidence counts. Scores are about 0 to 1 before guides and links are added."""

    dense: float = 0.65
    lexical: float = 0.35
    guide: float = 0.30
    guide_dense: float = 0.5
    guide_lexical: float = 0.3
    guide_overlap: float = 0.2
    guide_floor: float = 0.35
    guide_decay: float = 0.92
    guides_used: int = 2
    guide_called: float = 1.0
    guide_wrong_stage: float = 0.5
    overlap_depth: int = 15
    link: float = 0.20
    link_decay: float = 0.85
    links_from: int = 5
    misconception_floor: float = 0.62
    wrong_setting: float = 0.55
    narrow_setting: float = 0.90
    wrong_stage: float = 0.8
    unsaid: float = 0.86
    other_reader: float = 0.95
    asked_holder: float = 1.12
    story: float = 2.0
    from_memory: float = 0.96
    figures: float = 0.80


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A passage and why it stands where it does: `likeness` is its fused score before anything else counted."""

    passage: Passage
    score: float
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """What the search found. `support` is the best cosine of any passage: how surely the corpus speaks of this."""

    ranked: tuple[Ranked, ...]
    support: float
    guides: tuple[tuple[Guide, float], ...] = ()
    suspected_premises: tuple[str, ...] = ()
    parts: tuple[tuple[Ranked, ...], ...] = ()
    suspicion: Suspicion = field(default_factory=Suspicion)


def retrieve(
    question: Question,
    situation: Situation,
    *,
    knowledge: Knowledge,
    shelf: Shelf,
    as_at: date,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Retrieval:
    """The passages in force on `as_at` that bear on the question, best first.

    A follow-up is searched twice, alone and joined to the turn before it, and the two are averaged (the best of the
    ways measured on public multi-turn sets). A message with several questions is also searched question by question.
    """
    queries, parts = _queries(question, shelf.glossary)
    likenesses = knowledge.likeness([*queries, *parts])
    whole = _average(likenesses[: len(queries)])
    scope = _Scope(
        shelf=shelf,
        situation=situation,
        audience=question.audience,
        as_at=as_at,
        weights=weights,
        shown=_shown_on(as_at, shelf, reform=situation.asks_reform, history=situation.asks_history),
    )
    ranked, guides = _rank(whole, scope)
    # Who only asks what happens next states no premise.
    suspected = () if situation.asks_generally else _suspected_premises(likenesses[0].misconceptions, weights)
    return Retrieval(
        ranked=ranked,
        support=max(whole.dense.values(), default=0.0),
        guides=guides,
        suspected_premises=suspected,
        suspicion=_suspicion(likenesses[: len(queries)]),
        parts=tuple(_rank(part, scope)[0] for part in likenesses[len(queries) :]),
    )


def _suspicion(likenesses: Sequence[Likeness]) -> Suspicion:
    """Danger is told by the message itself; a follow-up is of another subject only if it is so with its turn before."""
    said = likenesses[0].suspicion
    return replace(said, out_of_scope=min(each.suspicion.out_of_scope for each in likenesses))


def _suspected_premises(misconceptions: Mapping[str, float], weights: Weights) -> tuple[str, ...]:
    """The wrong beliefs this message sounds like, most alike first. Likeness alone convicts nobody: see compose."""
    near = sorted(misconceptions.items(), key=lambda item: -item[1])
    return tuple(name for name, likeness in near if likeness >= weights.misconception_floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What may be shown, to whom, and how well it fits."""

    shelf: Shelf
    situation: Situation
    audience: Audience
    as_at: date
    weights: Weights
    shown: frozenset[str]

    def holds(self, name: str) -> bool:
        return name in self.shown

    def in_force(self, name: str) -> Iterable[str]:
        """The passage itself where it may be shown; where it is law of another time, what the law was on the day:
        people ask in the words of today about a day when others held."""
        if self.holds(name):
            return (name,)
        if self.shelf.by_id[name].in_force_on(self.as_at):
            return ()
        return (other for other in self.shelf.instead.get(name, ()) if self.holds(other))

    def fit(self, name: str) -> float:
        return suits(self.shelf.traits[name], self.situation, self.audience, self.weights)


@lru_cache(maxsize=4)
def _shown_on(as_at: date, shelf: Shelf, *, reform: bool, history: bool) -> frozenset[str]:
    """The passages `in_scope` for everyone who asks on that day; most people ask today."""
    asked = Situation(asks_reform=reform, asks_history=history)
    return frozenset(
        name for name, passage in shelf.by_id.items() if in_scope(passage, shelf.traits[name], asked, as_at=as_at)
    )


def in_scope(passage: Passage, traits: Traits, situation: Situation, *, as_at: date) -> bool:
    """Whether a passage may be shown at all: in force on the day, of England, and no proposal unless asked about."""
    if not traits.ours or (traits.proposal and not situation.asks_reform):
        return False
    if passage.in_force_on(as_at):
        return True
    return situation.asks_history and passage.in_force_to is not None and passage.in_force_to < as_at


# Queries ------------------------------------------------------------------------------------------------------------


def _queries(question: Question, glossary: Glossary) -> tuple[list[Query], list[Query]]:
    def query(text: str) -> Query:
        return Query(meaning=glossary.spell_out(text), words=glossary.explain(text))

    earlier = [turn.content for turn in question.history if turn.role == "user"]
    queries = [query(question.text)]
    if earlier:
        queries.append(query(f"{earlier[-1]} {question.text}"))
    return queries, [query(part) for part in separate_questions(question.text)]


_ASKING = r"(?:who|what|when|where|which|why|how|can|could|do|does|did|is|are|will|would|should|must|has|have)"
_BETWEEN_QUESTIONS = re.compile(rf"(?<=[?!.])\s+|[?]|\n+|,?\s+(?:and|also|plus)\s+(?={_ASKING}\b)", re.IGNORECASE)
_STARTS_ASKING = re.compile(rf"\W*(?:(?:and|but|so|also)\s+)?{_ASKING}\b", re.IGNORECASE)
_MOST_QUESTIONS = 3


def separate_questions(text: str) -> Sequence[str]:
    """The questions of a message to be searched on their own as well: all of them when it asks several, and a single
    one that asks what somebody must do after telling a story, which the story would otherwise drown."""
    pieces = [piece.strip() for piece in _BETWEEN_QUESTIONS.split(text) if piece.strip()]
    asked = [piece for piece in pieces if _STARTS_ASKING.match(piece) and _says_enough(piece)]
    after_a_story = len(asked) == 1 and len(pieces) > 1 and asks_what_somebody_must_do(asked[0])
    return tuple(asked[:_MOST_QUESTIONS]) if len(asked) > 1 or after_a_story else ()


def _says_enough(piece: str) -> bool:
    return len(content_stems(piece)) >= (1 if asks_what_somebody_must_do(piece) else 2)


def _average(likenesses: Sequence[Likeness]) -> Likeness:
    if len(likenesses) == 1:
        return likenesses[0]

    def mean(maps: Iterable[Mapping[str, float]]) -> dict[str, float]:
        each = list(maps)
        names = {name for scores in each for name in scores}
        return {
            name: sum(scores.get(name, min(scores.values(), default=0.0)) for scores in each) / len(each)
            for name in names
        }

    def mean_lexical(maps: Iterable[Mapping[str, float]]) -> dict[str, float]:
        each = list(maps)
        return {
            name: sum(scores.get(name, 0.0) for scores in each) / len(each) for name in {n for s in each for n in s}
        }

    return Likeness(
        dense=mean(each.dense for each in likenesses),
        lexical=mean_lexical(each.lexical for each in likenesses),
        guides=mean(each.guides for each in likenesses),
        guides_lexical=mean_lexical(each.guides_lexical for each in likenesses),
        misconceptions=likenesses[0].misconceptions,
    )


# Ranking ------------------------------------------------------------------------------------------------------------


_MOST_RANKED = 60  # an answer never reached further down


def _rank(likeness: Likeness, scope: _Scope) -> tuple[tuple[Ranked, ...], tuple[tuple[Guide, float], ...]]:
    fused = _fuse(likeness, scope)
    best_first = sorted(fused.items(), key=_best_first)
    guides = _nearest_guides(likeness, [name for name, _ in best_first], scope)
    unseen = best_first[-1][1] if best_first else 0.0
    scores = dict(fused)
    for extra in (_from_guides(guides, scope), _from_links(best_first, scope)):
        for name, more in extra.items():
            if name in scores or scope.holds(name):
                scores[name] = scores.get(name, unseen) + more
    by_id = scope.shelf.by_id
    best = nsmallest(_MOST_RANKED, scores.items(), key=_best_first)
    return tuple(Ranked(passage=by_id[n], score=s, likeness=fused.get(n, 0.0)) for n, s in best), guides


def _best_first(item: tuple[str, float]) -> tuple[float, str]:
    name, score = item
    return -score, name


def _fuse(likeness: Likeness, scope: _Scope) -> dict[str, float]:
    dense, lexical, weights = likeness.dense, likeness.lexical, scope.weights
    floor = min(dense.values(), default=0.0)
    fused: dict[str, float] = {}
    for found in dense.keys() | lexical.keys():
        alike = weights.dense * dense.get(found, floor) + weights.lexical * lexical.get(found, 0.0)
        for name in scope.in_force(found):
            fused[name] = max(fused.get(name, 0.0), scope.fit(name) * alike)
    return fused


def _nearest_guides(likeness: Likeness, best_first: Sequence[str], scope: _Scope) -> tuple[tuple[Guide, float], ...]:
    """The guides for this message: alike in words and meaning, and about the facts that were found anyway."""
    shelf, situation, weights = scope.shelf, scope.situation, scope.weights
    shared = dict.fromkeys(shelf.guide_ids, 0.0)
    for place, name in enumerate(best_first[: weights.overlap_depth]):
        for guide_id in shelf.guides_with.get(name, ()):
            shared[guide_id] += 1 / (2 + place)
    most = max(shared.values(), default=0.0) or 1.0
    # A message that asks for everything is told from its own words: what was found near it is too narrow a witness.
    overlap = 0.0 if situation.asks_generally else weights.guide_overlap
    stages = situation.stages & _MEASURES
    scored = [
        (
            guide,
            (
                weights.guide_dense * likeness.guides.get(guide.id, 0.0)
                + weights.guide_lexical * likeness.guides_lexical.get(guide.id, 0.0)
                + overlap * shared[guide.id] / most
            )
            * (1 - weights.guide_wrong_stage * shelf.share_of_other_measure(guide.id, stages)),
        )
        for guide in shelf.catalogue.guides
    ]
    near = sorted((g for g in scored if g[1] >= weights.guide_floor), key=lambda item: (-item[1], item[0].id))
    nearest = near[: weights.guides_used]
    used = {guide.id for guide, _ in nearest}
    called = {guide.id: max(score, weights.guide_called) for guide, score in scored if is_called(guide, situation)}
    more = [(guide, score) for guide, score in scored if guide.id in called.keys() - used]
    return tuple((guide, called.get(guide.id, score)) for guide, score in [*nearest, *more])


def _from_guides(guides: Sequence[tuple[Guide, float]], scope: _Scope) -> Mapping[str, float]:
    weights = scope.weights
    added: dict[str, float] = {}
    for order, (guide, likeness) in enumerate(guides):
        called = is_called(guide, scope.situation)
        strength = weights.guide * (likeness - weights.guide_floor) / (1 - weights.guide_floor)
        strength *= weights.story if scope.situation.asks_generally else 1
        strength /= 1 if called else 1 + order
        steps = (step for step in guide.steps if step_applies(step, scope.situation, scope.audience))
        for position, step in enumerate(steps):
            worth = strength * weights.guide_decay**position * scope.fit(step.fact)
            added[step.fact] = max(added.get(step.fact, 0.0), worth)
    return added


def is_called(guide: Guide, situation: Situation) -> bool:
    """Whether the situation calls for this guide by itself, however the message is worded."""
    starts = situation.asks_generally and situation.stages & set(guide.starts)
    return bool(situation.needs & set(guide.when) or (starts and not situation.stages & set(guide.unless)))


def step_applies(step: GuideStep, situation: Situation, audience: Audience) -> bool:
    """Whether a guide's step belongs in this situation and in an answer for this reader."""
    return _fits(step, situation) and (not step.audience or audience.value in step.audience)


def holds(condition: Holds, situation: Situation) -> bool:
    """Whether a condition holds: what is not said about setting or stage rules nothing out; needs must be said."""
    ruled_out = bool(set(condition.unless) & (situation.needs | situation.stages))
    return (_fits(condition, situation) and not ruled_out) or any(holds(each, situation) for each in condition.or_else)


def _fits(condition: GuideStep | Holds, situation: Situation) -> bool:
    if condition.setting and situation.settings and not set(condition.setting) & situation.settings:
        return False
    if condition.stage and situation.stages and not set(condition.stage) & situation.stages:
        return False
    return not condition.needs or bool(set(condition.needs) & situation.needs)


def _from_links(best_first: Sequence[tuple[str, float]], scope: _Scope) -> Mapping[str, float]:
    weights = scope.weights
    added: dict[str, float] = {}
    best = best_first[: weights.links_from]
    top = best[0][1] if best else 0.0
    for name, score in best:
        share = weights.link * (score / top if top > 0 else 0.0) ** 4
        for position, link in enumerate(scope.shelf.by_id[name].leads_to):
            added[link.fact] = max(added.get(link.fact, 0.0), share * score * weights.link_decay**position)
    return added


# Fit to the situation -----------------------------------------------------------------------------------------------


_USUAL_SCHOOLS = frozenset({"maintained", "academy"})
_MEASURES = frozenset({"suspended", "permanently-excluded"})


def suits(traits: Traits, situation: Situation, audience: Audience, weights: Weights = DEFAULT_WEIGHTS) -> float:
    """How well a passage fits the child's situation and the reader: 1 when nothing speaks against it."""
    fit = 1.0
    if traits.schools:
        if situation.settings:
            fit *= 1.0 if traits.schools & situation.settings else weights.wrong_setting
        elif not traits.schools & _USUAL_SCHOOLS:
            fit *= weights.narrow_setting
    if traits.measure and len(situation.stages & _MEASURES) == 1:
        fit *= 1.0 if traits.measure in situation.stages else weights.wrong_stage
    for need in traits.needs - situation.needs:
        fit *= weights.unsaid * (weights.unsaid if need in situation.ruled_out else 1.0)
    if audience is not Audience.ADVISER and audience not in traits.readers:
        fit *= weights.other_reader
    if situation.holders and any(holder in traits.duty_on for holder in situation.holders):
        fit *= weights.asked_holder
    if traits.from_memory:
        fit *= weights.from_memory
    if traits.figures and not situation.asks_statistics:
        fit *= weights.figures
    return fit
