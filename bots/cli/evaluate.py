"""`apnav evaluate`: how good the answers are, by questions whose right answers are known."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
import yaml

from assistant.accuracy import accuracy_of
from assistant.errors import EvaluationInputError, QuestionError
from assistant.evaluation import GoldenQuestion, Report, Run, golden_questions, run_of, score
from assistant.model import Status
from assistant.ports import Calendars
from assistant.school_days import SchoolCalendar, Term
from assistant.service import Assistant
from bots import wiring
from bots.cli.options import AsJson, day_of
from bots.cli.text import as_json_text

THE_DAY_THEY_WERE_WRITTEN = date(2026, 11, 21)

_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there


def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The golden questions, in YAML.")],
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Save each answer here, one JSON line each.")] = None,
    runs: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Score the answers saved here by --out instead of asking again."
        ),
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Also score plain vector search, its 8 nearest.")
    ] = False,
    publish: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Save the figures here for /accuracy: corpus/accuracy.json is shown."),
    ] = None,
    as_at: Annotated[
        date | None,
        typer.Option(
            "--as-at",
            "--today",
            parser=day_of,
            metavar="YYYY-MM-DD",
            help="The day on which a question is asked that names none. Default: 2026-11-21, when they were written.",
        ),
    ] = None,
) -> None:
    """Ask every golden question and report how good the answers are."""
    if runs is not None and out is not None:
        raise typer.BadParameter("--out saves new answers and --runs scores saved ones: give one of them.")
    golden = _read_golden(file)
    today = as_at or THE_DAY_THEY_WERE_WRITTEN
    answers = _ask_all(golden, today=today, beside=file.parent) if runs is None else _read_runs(runs)
    if out is not None:
        _save(answers, out)
    if publish is not None:
        _publish(golden, answers, questions_of=file.name, out=publish)
    report = score(golden, answers)
    plain = score(golden, list(_baseline_runs(golden))) if baseline else None
    if as_json:
        typer.echo(as_json_text({"report": report.as_json(), "baseline": plain.as_json() if plain else None}))
    else:
        typer.echo(_as_text(report, plain))


# Reading ------------------------------------------------------------------------------------------------------------


def _read_golden(file: Path) -> tuple[GoldenQuestion, ...]:
    try:
        raw = yaml.load(file.read_bytes(), Loader=_SafeLoader)  # noqa: S506 - it is the safe loader
    except (yaml.YAMLError, OSError, ValueError) as error:
        raise EvaluationInputError(f"{file} cannot be read as YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(raw, list) or not raw:
        raise EvaluationInputError(f"{file} must be a list of questions: each starts with “- id:”.")
    return golden_questions(raw)


def _read_runs(file: Path) -> list[Run]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise EvaluationInputError(f"{file} cannot be read: {error}.") from error
    return [_read_run(line, f"{file}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _read_run(line: str, where: str) -> Run:
    from pydantic import TypeAdapter  # noqa: PLC0415 - `apnav --help` does without

    try:
        run = TypeAdapter(Run).validate_json(line)
        Status(run.status)
    except ValueError as error:
        raise EvaluationInputError(f"{where} is not an answer saved by --out. Ask again with --out.") from error
    return run


class _GoldenCalendars:
    """The school calendars that golden questions assume, in the file beside them, and those of the service."""

    def __init__(self, file: Path, others: Calendars) -> None:
        self._others = others
        holidays = wiring.bank_holidays()
        try:
            raw = yaml.load(file.read_bytes(), Loader=_SafeLoader)  # noqa: S506 - it is the safe loader
            self._own = {
                name: SchoolCalendar(
                    id=name,
                    name=name,
                    terms=tuple(Term(first=first, last=last) for first, last in each["terms"]),
                    inset=frozenset(each.get("inset") or ()),
                    closures=frozenset(each.get("closures") or ()),
                    bank_holidays=holidays,
                    typical=True,
                )
                for name, each in raw.items()
            }
        except (yaml.YAMLError, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise EvaluationInputError(f"{file} does not hold school calendars: {error!r}.") from error

    def find(self, calendar_id: str | None) -> SchoolCalendar:
        return self._own[calendar_id] if calendar_id in self._own else self._others.find(calendar_id)

    def all(self) -> Sequence[SchoolCalendar]:
        return (*self._own.values(), *self._others.all())


# Asking -------------------------------------------------------------------------------------------------------------


def _ask_all(golden: Sequence[GoldenQuestion], *, today: date, beside: Path) -> list[Run]:
    settings = wiring.load_settings()
    beside_them = beside / "calendars.yaml"
    assistant = wiring.build_assistant(
        settings,
        school_calendars=_GoldenCalendars(beside_them, wiring.calendars(settings)) if beside_them.exists() else None,
    )
    assistant.readiness()  # opens the index, so that the first question's time is its own
    return [_ask(question, assistant, today=question.as_at or today) for question in golden]


def _ask(question: GoldenQuestion, assistant: Assistant, *, today: date) -> Run:
    """What came back. A question that is refused counts as a question back, which is what the user is given."""
    started = perf_counter()
    try:
        answer = assistant.ask(
            question.question,
            today=today,
            history=question.history,
            audience=question.audience,
            calendar=question.calendar,
        )
    except QuestionError as error:
        return Run(
            id=question.id, status=Status.CLARIFY.value, text=str(error), passage_ids=(), took_ms=_since(started)
        )
    return run_of(question, answer, took_ms=_since(started))


def _baseline_runs(golden: Iterable[GoldenQuestion]) -> Iterator[Run]:
    """The baseline answers everything, in no words of its own."""
    nearest = wiring.build_baseline(wiring.load_settings())
    nearest.ask("warm up")
    for question in golden:
        started = perf_counter()
        found = tuple(nearest.ask(question.question))
        yield Run(id=question.id, status=Status.ANSWERED.value, text="", passage_ids=found, took_ms=_since(started))


def _since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 2)


def _save(answers: Iterable[Run], out: Path) -> None:
    _write("".join(json.dumps(asdict(answer), ensure_ascii=False) + "\n" for answer in answers), out)


def _publish(golden: Sequence[GoldenQuestion], answers: Sequence[Run], *, questions_of: str, out: Path) -> None:
    figures = accuracy_of(
        golden,
        answers,
        measured_on=wiring.today(),
        questions_of=questions_of,
        corpus_version=wiring.catalogue().version,
    )
    _write(json.dumps(figures.as_json(), ensure_ascii=False, indent=1) + "\n", out)


def _write(text: str, out: Path) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EvaluationInputError(f"Nothing can be saved to {out}: {error.strerror}.") from error


# Showing ------------------------------------------------------------------------------------------------------------


def _as_text(report: Report, baseline: Report | None) -> str:
    columns = [_figures(report), *([_baseline_figures(baseline)] if baseline else [])]
    heads = ["Assistant", *(["Vectors only"] if baseline else [])]
    lines = [f"{report.questions} questions"]
    lines.append(f"{'':<34}" + "".join(f"{head:>14}" for head in heads))
    lines += [f"{name:<34}" + "".join(f"{column.get(name, '-'):>14}" for column in columns) for name in columns[0]]
    lines.append(f"{report.key_facts_not_in_corpus} key facts are not in the corpus and were not counted.")
    lines += ["", "Right status, by kind of question"]
    lines += [f"  {kind.kind:<32}{f'{kind.status_right} of {kind.questions}':>14}" for kind in report.by_kind]
    if report.wrong_status:
        lines += ["", f"Wrong status: {', '.join(report.wrong_status)}"]
    if report.forbidden_claims:
        lines += ["", "Forbidden claims made", *(f"  {claim}" for claim in report.forbidden_claims)]
    return "\n".join(lines)


def _figures(report: Report) -> dict[str, str]:
    return {
        "Right status": f"{report.status_accuracy:.3f}",
        "Key facts covered": f"{report.key_facts_covered:.3f}",
        "Questions with one or more covered": f"{report.any_covered:.3f}",
        "Precision of the statements": f"{report.precision:.3f}",
        "Most statements in an answer": f"{report.most_statements}",
        "Forbidden claims made": f"{len(report.forbidden_claims)}",
        "Dates right": f"{report.dates_right} of {report.dates_asked}",
        "Median time": f"{report.p50_ms:.1f} ms",
        "95th percentile": f"{report.p95_ms:.1f} ms",
    }


def _baseline_figures(report: Report) -> dict[str, Any]:
    """Only what a bare search can be measured by: it gives no status, no words and no dates."""
    without = {"Right status", "Forbidden claims made", "Dates right"}
    return {name: figure for name, figure in _figures(report).items() if name not in without}
