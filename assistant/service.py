"""The answer path, as a list of named steps. Any of them may end it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

from assistant import compose
from assistant.asked_dates import NO_DATES, Clockwork
from assistant.choose import choose
from assistant.date_places import impossible_dates
from assistant.errors import AsAtBeforeLaw, BadDate, EmptyQuestion, NotEnglish, QuestionTooLong, UnknownPassage
from assistant.model import Answer, Audience, Catalogue, Corrections, Passage, Question, Situation, Status, Turn
from assistant.offers_in_answers import OfferAdviser
from assistant.ports import Knowledge, KnowledgeBase, PatternScanner
from assistant.retrieve import DEFAULT_WEIGHTS, Retrieval, Weights, retrieve
from assistant.shelf import Shelf
from assistant.situation import corrected, read_situation
from assistant.triage import EveryPattern, Triage
from assistant.wording import clean, content_stems, has_words, known_share, looks_english

MAX_QUESTION = 4000
_AS_TOLD = Corrections()
_HISTORY_READ = 12  # turns; older ones cannot change what a follow-up means

# Below these best cosines the corpus does not speak of the question; figures in README.md, "Decisions".
SUPPORT_FLOOR = 0.35
SUPPORT_FLOOR_BY_WORD = 0.5
SUPPORT_FLOOR_UNNAMED = 0.55
KNOWN_WORDS_FLOOR = 0.6
LEEWAY_WHEN_OURS = 0.06
SURELY_OURS_BELOW = 0.2  # the probability that it is out of scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What is live: the build, the corpus it was made from, and how many passages it holds."""

    build_id: str
    corpus_version: str
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """One build and what is worked out from it once, rather than once per question."""

    knowledge: Knowledge
    shelf: Shelf
    triage: Triage


class Assistant:
    """Answers questions from the live index. Safe to share between threads: it keeps nothing of a conversation."""

    def __init__(
        self,
        knowledge_base: KnowledgeBase,
        *,
        weights: Weights = DEFAULT_WEIGHTS,
        scanner: Callable[[Sequence[str]], PatternScanner] = EveryPattern,
        clockwork: Clockwork | None = None,
        offers: OfferAdviser | None = None,
    ) -> None:
        """`scanner` makes the pattern search of triage; the default tries every pattern in turn. Without `clockwork`
        no date is computed, without `offers` no place is looked for."""
        self._clockwork = clockwork
        self._offers = offers
        self._knowledge_base = knowledge_base
        self._scanner = scanner
        self._weights = weights
        self._prepared: _Prepared | None = None

    def ask(
        self,
        question: str,
        *,
        today: date,
        history: Sequence[Turn] = (),
        as_at: date | None = None,
        audience: Audience = Audience.PARENT,
        calendar: str | None = None,
        corrections: Corrections = _AS_TOLD,
        conversation_id: str | None = None,
    ) -> Answer:
        """The cited answer to `question`, on the law of `as_at` (default: the day the story names, else `today`).

        School days are counted on `calendar` (its id; default: the one set for the service); `corrections` win over
        what the message says of the child. Raises `QuestionError` when the message itself cannot be answered,
        `IndexUnavailable` when nothing is indexed.
        """
        started = perf_counter()
        text = _readable(question)
        prepared = self._prepare()
        asked = Question(
            text=text,
            today=today,
            as_at=as_at,
            audience=audience,
            history=tuple(history)[-_HISTORY_READ:],
            calendar=calendar,
            corrections=corrections,
        )
        answer = _answer(asked, prepared, self._weights, self._clockwork)
        if self._offers is not None:
            answer = self._offers.add_to(answer, question=asked, shelf=prepared.shelf)
        took = round((perf_counter() - started) * 1000)
        return replace(answer, conversation_id=conversation_id, took_ms=took)

    def urgent(self, words: str, *, today: date, audience: Audience = Audience.PARENT) -> Answer | None:
        """Whom to call, where these words tell of a child at risk now; else None. Raises `IndexUnavailable`."""
        prepared = self._prepare()
        rule = prepared.triage.decide(clean(words))
        if rule is None or rule.status is not Status.URGENT:
            return None
        asked = Question(text=clean(words), today=today, as_at=None, audience=audience)
        return compose.triaged(asked, rule, catalogue=prepared.shelf.catalogue, as_at=today)

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id. Raises `UnknownPassage`."""
        found = self._prepare().shelf.by_id.get(passage_id)
        if found is None:
            raise UnknownPassage(passage_id)
        return found

    def catalogue(self) -> Catalogue:
        """Everything that the live index was made from. Raises `IndexUnavailable` when nothing is."""
        return self._prepare().shelf.catalogue

    def readiness(self) -> Readiness:
        """What is live now. Raises `IndexUnavailable` when nothing is."""
        prepared = self._prepare()
        return Readiness(
            build_id=prepared.knowledge.build_id,
            corpus_version=prepared.shelf.catalogue.version,
            passages=len(prepared.shelf.by_id),
        )

    def _prepare(self) -> _Prepared:
        knowledge = self._knowledge_base.current()
        prepared = self._prepared
        if prepared is None or prepared.knowledge is not knowledge:
            catalogue = knowledge.catalogue
            triage = Triage(catalogue.triage, scanner=self._scanner)
            prepared = _Prepared(knowledge=knowledge, shelf=Shelf(catalogue), triage=triage)
            self._prepared = prepared
        return prepared


def _readable(question: str) -> str:
    text = clean(question)
    if not has_words(text):
        raise EmptyQuestion
    return text


def _answer(question: Question, prepared: _Prepared, weights: Weights, clockwork: Clockwork | None) -> Answer:
    stopped = _stopped_by_triage(question, prepared)
    if stopped is not None:
        return stopped
    shelf = prepared.shelf
    situation, as_at = _read(question, shelf)
    if _too_vague(question, situation):
        return compose.clarify(question, situation=situation, catalogue=shelf.catalogue, as_at=as_at)
    retrieval = retrieve(question, situation, knowledge=prepared.knowledge, shelf=shelf, as_at=as_at, weights=weights)
    suspected = prepared.triage.second_look(retrieval.suspicion, question.text)
    if suspected is not None and suspected.status is Status.OUT_OF_SCOPE:
        return compose.triaged(question, suspected, catalogue=shelf.catalogue, as_at=as_at)
    if suspected is None and not _is_supported(question, retrieval, situation, shelf.vocabulary):
        return compose.not_found(question, retrieval, situation=situation, catalogue=shelf.catalogue, as_at=as_at)
    dated = NO_DATES
    if clockwork is not None:
        dated = clockwork.dates(question, situation, retrieval, limits=shelf.catalogue.time_limits)
    asked = [shelf.by_id[fact] for fact in dated.facts if shelf.by_id[fact].in_force_on(as_at)]
    picked = choose(retrieval, shelf=shelf, as_at=as_at, situation=situation, asked=asked)
    told = compose.Findings(picked=picked, dated=dated, situation=situation, as_at=as_at)
    if suspected is not None:
        return compose.urgent_first(question, suspected, told, catalogue=shelf.catalogue)
    return compose.answered(question, told, catalogue=shelf.catalogue)


def _stopped_by_triage(question: Question, prepared: _Prepared) -> Answer | None:
    """First of all, before anything that could refuse the message: a child may be at risk."""
    rule = prepared.triage.decide(question.text)
    if len(question.text) > MAX_QUESTION and not (rule and rule.status is Status.URGENT):
        raise QuestionTooLong(len(question.text), limit=MAX_QUESTION)
    if rule is None:
        return None
    as_at = question.as_at or question.today
    return compose.triaged(question, rule, catalogue=prepared.shelf.catalogue, as_at=as_at)


def _read(question: Question, shelf: Shelf) -> tuple[Situation, date]:
    """What the message says of the child, and the day whose law counts."""
    if not looks_english(question.text, shelf.vocabulary):
        raise NotEnglish
    for written in impossible_dates(question.text):
        raise BadDate(written)
    situation = read_situation(
        shelf.glossary.expand(question.text),
        history=[replace(turn, content=shelf.glossary.expand(turn.content)) for turn in question.history],
        today=question.today,
    )
    situation = corrected(situation, question.corrections)
    as_at = question.as_at or situation.law_date or question.today
    if as_at < shelf.earliest_law:
        raise AsAtBeforeLaw(as_at, earliest=shelf.earliest_law)
    return situation, as_at


def _is_supported(question: Question, retrieval: Retrieval, situation: Situation, vocabulary: frozenset[str]) -> bool:
    """Whether the corpus speaks of this at all.

    A message that names a stage, need or kind of school of ours, or follows one that did, gets the benefit of doubt;
    one that only uses a word of our subject gets less; any other must be close to something we hold and use words
    that the corpus uses. One that does not sound like another subject at all need not be quite so close.
    """
    if not retrieval.ranked:
        return False
    if question.history or situation.stages or situation.needs or situation.settings:
        return retrieval.support >= SUPPORT_FLOOR
    leeway = LEEWAY_WHEN_OURS if retrieval.suspicion.out_of_scope < SURELY_OURS_BELOW else 0.0
    if situation.ours:
        return retrieval.support >= SUPPORT_FLOOR_BY_WORD - leeway
    known = known_share(question.text, vocabulary) >= KNOWN_WORDS_FLOOR
    return known and retrieval.support >= SUPPORT_FLOOR_UNNAMED - leeway


def _too_vague(question: Question, situation: Situation) -> bool:
    """Whether nothing is said of what happened: no subject, no situation, and no conversation to read it from."""
    if question.history or situation.ours:
        return False
    return len(content_stems(question.text) - _EMPTY_STEMS) == 0


_EMPTY_STEMS = content_stems(
    "help rights right wrong legal illegal law lawful unfair fair allowed allow child son daughter kid boy girl school "
    "question problem issue advice need want think happening happened thing situation anything something next hello hi "
    "thanks thank urgent asap really today tell options option"
)
