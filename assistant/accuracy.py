"""The figures of an evaluation as they are published: what was asked, how much of it was right, and what was not."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assistant.errors import EvaluationInputError
from assistant.evaluation import GoldenQuestion, Report, Run, score


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures:
    """One kind of question. `key_facts` are those that the corpus has; shares are 0 to 1."""

    kind: str
    questions: int
    status_right: int
    key_facts: int
    key_facts_covered: float
    dates_asked: int
    dates_right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A question of the set that was not ended rightly, or a claim that must not be made and was."""

    question: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """A whole published evaluation. `faults` are exactly what was measured, none left out."""

    measured_on: date
    questions_of: str
    corpus_version: str
    questions: int
    status_accuracy: float
    key_facts: int
    key_facts_covered: float
    key_facts_not_in_corpus: int
    any_covered: float
    precision: float
    dates_asked: int
    dates_right: int
    kinds: tuple[KindFigures, ...]
    faults: tuple[Fault, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"measured_on": self.measured_on.isoformat()}


def accuracy_of(
    golden: Sequence[GoldenQuestion],
    runs: Sequence[Run],
    *,
    measured_on: date,
    questions_of: str,
    corpus_version: str,
) -> Accuracy:
    """The figures to publish for `runs`. Raises `EvaluationInputError` when a run is missing."""
    whole = score(golden, runs)
    kinds = sorted({question.kind for question in golden})
    return Accuracy(
        measured_on=measured_on,
        questions_of=questions_of,
        corpus_version=corpus_version,
        questions=whole.questions,
        status_accuracy=round(whole.status_accuracy, 3),
        key_facts=whole.key_facts,
        key_facts_covered=round(whole.key_facts_covered, 3),
        key_facts_not_in_corpus=whole.key_facts_not_in_corpus,
        any_covered=round(whole.any_covered, 3),
        precision=round(whole.precision, 3),
        dates_asked=whole.dates_asked,
        dates_right=whole.dates_right,
        kinds=tuple(_of_kind(kind, golden, runs) for kind in kinds),
        faults=tuple(_faults(whole, golden, runs)),
    )


def accuracy_from(raw: Mapping[str, Any]) -> Accuracy:
    """What `Accuracy.as_json` gave. Raises `EvaluationInputError` for anything else."""
    try:
        said = dict(raw)
        said["measured_on"] = date.fromisoformat(said["measured_on"])
        said["kinds"] = tuple(KindFigures(**each) for each in said["kinds"])
        said["faults"] = tuple(Fault(**each) for each in said["faults"])
        return Accuracy(**said)
    except (KeyError, TypeError, ValueError) as error:
        raise EvaluationInputError(
            f"The published figures do not have the expected form: {error!r}. Write them again with: "
            "apnav evaluate tests/golden/dev.yaml --publish FILE"
        ) from error


def _of_kind(kind: str, golden: Sequence[GoldenQuestion], runs: Sequence[Run]) -> KindFigures:
    mine = [question for question in golden if question.kind == kind]
    ids = {question.id for question in mine}
    found = score(mine, [run for run in runs if run.id in ids])
    return KindFigures(
        kind=kind,
        questions=found.questions,
        status_right=found.questions - len(found.wrong_status),
        key_facts=found.key_facts,
        key_facts_covered=round(found.key_facts_covered, 3),
        dates_asked=found.dates_asked,
        dates_right=found.dates_right,
    )


def _faults(report: Report, golden: Sequence[GoldenQuestion], runs: Sequence[Run]) -> list[Fault]:
    status = {run.id: run.status for run in runs}
    asked = {question.id: question for question in golden}
    wrong = [
        Fault(
            question=asked[name].question,
            why=f"It ended as {_said(status[name])} and should have ended as "
            + " or ".join(sorted(_said(each.value) for each in asked[name].statuses)),
        )
        for name in report.wrong_status
    ]
    claimed = [claim.partition(": ") for claim in report.forbidden_claims]
    return wrong + [Fault(question=asked[name].question, why=f"It said: {claim}") for name, _, claim in claimed]


def _said(status: str) -> str:
    return f"“{status.replace('_', ' ')}”"
