"""Scoring answers against golden questions: asking and scoring are apart, so that saved runs can be scored again."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import mean, median, quantiles
from typing import Any

from assistant.errors import EvaluationInputError
from assistant.model import Answer, Audience, Status, Turn
from assistant.wording import content_stems, sentences

_AUDIENCES = {
    "parent": Audience.PARENT,
    "senco": Audience.SCHOOL,
    "governor": Audience.SCHOOL,
    "school": Audience.SCHOOL,
    "headteacher": Audience.SCHOOL,
}
_NEGATION = re.compile(
    r"\b(?:no|not|never|cannot|can't|nor|neither|without|refuse\w*|unlawful|wrong|only)\b|n't\b", re.IGNORECASE
)
_WORDS_TO_COMPARE = 4
_CLAIM_MADE = 0.85  # of a forbidden claim's words found in one sentence of the same polarity


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFact:
    """Something a right answer holds, and the fact ids that state it (none: the corpus lacks it)."""

    fact: str
    covered_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenQuestion:
    """A real person's question with what a right answer holds."""

    id: str
    kind: str
    question: str
    audience: Audience
    answerable: bool
    urgent: bool
    key_facts: tuple[KeyFact, ...]
    must_not_say: tuple[str, ...]
    relevant: frozenset[str]
    history: tuple[Turn, ...] = ()
    as_at: date | None = None
    expected_dates: tuple[date, ...] = ()
    calendar: str | None = None

    @property
    def statuses(self) -> frozenset[Status]:
        """The statuses that are right for this question."""
        if self.urgent:
            return frozenset({Status.URGENT})
        if self.answerable:
            return frozenset({Status.ANSWERED})
        return frozenset({Status.OUT_OF_SCOPE, Status.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came back for one question, in the form that is saved, one line each."""

    id: str
    status: str
    text: str
    passage_ids: tuple[str, ...]
    citations: tuple[dict[str, Any], ...] = ()
    deadlines: tuple[dict[str, Any], ...] = ()
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """Status accuracy for one kind of question."""

    kind: str
    questions: int
    status_right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures. Shares are 0 to 1; times are milliseconds. `None`: nothing to measure."""

    questions: int
    status_accuracy: float
    by_kind: tuple[KindReport, ...]
    key_facts: int
    key_facts_covered: float
    key_facts_not_in_corpus: int
    any_covered: float
    precision: float
    most_statements: int
    forbidden_claims: tuple[str, ...]
    dates_asked: int
    dates_right: int
    p50_ms: float
    p95_ms: float
    wrong_status: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def golden_questions(raw: Sequence[Mapping[str, Any]]) -> tuple[GoldenQuestion, ...]:
    """The golden set from its YAML form. Raises `EvaluationInputError` naming the entry that does not fit."""
    return tuple(_golden(entry, position) for position, entry in enumerate(raw, start=1))


def _golden(entry: Mapping[str, Any], position: int) -> GoldenQuestion:
    try:
        key_facts = tuple(
            KeyFact(fact=f["fact"], covered_by=tuple(f.get("covered_by") or ())) for f in entry["key_facts"]
        )
        dates = [entry.get("expected_date"), *(entry.get("accept_also") or ())]
        return GoldenQuestion(
            id=entry["id"],
            kind=entry["kind"],
            question=entry["question"],
            audience=_AUDIENCES.get(entry["persona"], Audience.ADVISER),
            answerable=bool(entry["answerable"]),
            urgent=bool(entry.get("urgent", False)),
            key_facts=key_facts,
            must_not_say=tuple(entry.get("must_not_say") or ()),
            relevant=frozenset(entry.get("relevant") or {}) | {c for f in key_facts for c in f.covered_by},
            history=tuple(Turn(role=t["role"], content=t["content"]) for t in entry.get("history") or ()),
            as_at=_day(entry["as_at"]) if entry.get("as_at") else None,
            expected_dates=tuple(_day(day) for day in dates if day),
            calendar=entry.get("calendar"),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        name = entry.get("id", "?") if isinstance(entry, Mapping) else "?"
        raise EvaluationInputError(
            f"Golden question number {position} ({name}) does not have the expected form: {error!r}. "
            "Compare it with tests/golden/dev.yaml."
        ) from error


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def run_of(golden: GoldenQuestion, answer: Answer, *, took_ms: float) -> Run:
    """The saved form of an answer."""
    return Run(
        id=golden.id,
        status=answer.status.value,
        text=answer.text,
        passage_ids=tuple(citation.passage_id for citation in answer.citations),
        citations=tuple({"n": c.n, "passage_id": c.passage_id, "quote": c.quote} for c in answer.citations),
        deadlines=tuple({"label": d.label, "date": d.date.isoformat()} for d in answer.deadlines),
        took_ms=took_ms,
    )


def score(golden: Sequence[GoldenQuestion], runs: Sequence[Run]) -> Report:
    """Score `runs` against the questions they answer. Raises `EvaluationInputError` when one is missing."""
    by_id = {run.id: run for run in runs}
    missing = [question.id for question in golden if question.id not in by_id]
    if missing:
        raise EvaluationInputError(f"The saved runs have no answer for {', '.join(missing[:5])}. Ask again with --out.")
    pairs = [(question, by_id[question.id]) for question in golden]
    covered = [_covered(question, run) for question, run in pairs]
    known = [count for count in covered if count[1]]
    shares = [_precision(question, run) for question, run in pairs if any(f.covered_by for f in question.key_facts)]
    wrong = [question.id for question, run in pairs if Status(run.status) not in question.statuses]
    times = [run.took_ms for run in runs]
    dated = [(question, run) for question, run in pairs if question.expected_dates]
    return Report(
        questions=len(pairs),
        status_accuracy=1 - len(wrong) / len(pairs) if pairs else 0.0,
        by_kind=tuple(_by_kind(pairs)),
        key_facts=sum(total for _, total in covered),
        key_facts_covered=sum(hit for hit, _ in covered) / max(1, sum(total for _, total in covered)),
        key_facts_not_in_corpus=sum(not fact.covered_by for question in golden for fact in question.key_facts),
        any_covered=sum(hit > 0 for hit, _ in known) / max(1, len(known)),
        precision=mean(shares) if shares else 0.0,
        most_statements=max((len(run.passage_ids) for run in runs), default=0),
        forbidden_claims=tuple(
            f"{q.id}: {claim}" for q, run in pairs for claim in q.must_not_say if claims(run.text, claim)
        ),
        dates_asked=len(dated),
        dates_right=sum(_date_right(question, run) for question, run in dated),
        p50_ms=median(times) if times else 0.0,
        p95_ms=quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else max(times, default=0.0),
        wrong_status=tuple(wrong),
    )


def claims(text: str, claim: str) -> bool:
    """Whether a sentence of `text` makes `claim`: nearly all its words with the same yes or no, or, for a claim too
    short for that, the claim itself.

    Words, not meaning: it catches a claim repeated or quoted as true, and misses one that is only implied.
    """
    wanted = content_stems(claim)
    denied = bool(_NEGATION.search(claim))
    same_polarity = [sentence for sentence in sentences(text) if bool(_NEGATION.search(sentence)) == denied]
    if len(wanted) < _WORDS_TO_COMPARE:
        return any(_plain(claim) in _plain(sentence) for sentence in same_polarity)
    return any(len(wanted & content_stems(sentence)) / len(wanted) >= _CLAIM_MADE for sentence in same_polarity)


def _plain(text: str) -> str:
    return " " + " ".join(re.findall(r"[a-z0-9£]+", text.lower())) + " "


def _covered(question: GoldenQuestion, run: Run) -> tuple[int, int]:
    known = [fact for fact in question.key_facts if fact.covered_by]
    return sum(bool(set(fact.covered_by) & set(run.passage_ids)) for fact in known), len(known)


def _precision(question: GoldenQuestion, run: Run) -> float:
    return sum(p in question.relevant for p in run.passage_ids) / len(run.passage_ids) if run.passage_ids else 0.0


def _date_right(question: GoldenQuestion, run: Run) -> bool:
    given = {str(deadline["date"]) for deadline in run.deadlines}
    return any(day.isoformat() in given for day in question.expected_dates)


def _by_kind(pairs: Iterable[tuple[GoldenQuestion, Run]]) -> Iterable[KindReport]:
    kinds: dict[str, list[bool]] = defaultdict(list)
    for question, run in pairs:
        kinds[question.kind].append(Status(run.status) in question.statuses)
    for kind, right in sorted(kinds.items()):
        yield KindReport(kind=kind, questions=len(right), status_right=sum(right))
