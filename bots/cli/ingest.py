"""`apnav ingest`: from the corpus to a live index, with its progress shown."""

import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from bots import wiring, wiring_index, wiring_offers
from bots.cli.errors import complain

if TYPE_CHECKING:
    from bots.settings import Settings
    from ingest.pipeline import IngestReport

_STOPPED = 130  # what shells expect after Ctrl-C
_TELL_EVERY = 0.25  # of a step, when progress goes to a file or a pipe


def ingest(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Embed everything anew, even what has not changed.")
    ] = False,
) -> None:
    """Build the search index from the corpus. The old index answers until the new one is complete."""
    settings = wiring.load_settings()
    started = monotonic()
    try:
        with _shown_progress() as shown:
            report = wiring.ingest_corpus(settings, now=datetime.now(UTC), progress=shown.tell, rebuild=rebuild)
    except KeyboardInterrupt as error:
        complain("stopped", _stopped(settings))
        raise typer.Exit(_STOPPED) from error
    typer.echo(_summary(report, seconds=monotonic() - started))
    samples = wiring_offers.import_sample_offers(settings, now=datetime.now(UTC))
    if samples:
        offers = sum(sample.taken for sample in samples)
        typer.echo(
            f"Sample data: {offers} made-up local offers, to try things with. Without them: apnav offers remove-sample"
        )


def _summary(report: "IngestReport", *, seconds: float) -> str:
    held = f"{report.passages:,} passages, {report.vectors:,} vectors"
    if not report.changed:
        return f"Nothing changed: {held}, in {seconds:.1f} seconds."
    kept = max(0, report.vectors - report.embedded)  # the examples of triage are embedded too, and counted apart
    return f"The new index is live: {held}, {report.embedded:,} embedded, {kept:,} kept, in {seconds:.1f} seconds."


def _stopped(settings: "Settings") -> str:
    if wiring_index.place(settings).current() is None:
        return "Stopped; there is no index yet. Build it with: apnav ingest"
    return "Stopped; the old index still answers."


class _Progress(Protocol):
    def tell(self, step: str, done: int, total: int) -> None: ...


def _shown_progress() -> AbstractContextManager[_Progress]:
    return _Bars() if sys.stderr.isatty() else _Lines()


class _Bars:
    """Progress bars on a terminal, one for each step."""

    def __enter__(self) -> "_Bars":
        from rich.console import Console  # noqa: PLC0415 - only this command draws
        from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        words = TextColumn("{task.description}")
        self._bars = Progress(words, BarColumn(), TimeElapsedColumn(), console=Console(stderr=True))
        self._tasks: dict[str, TaskID] = {}
        self._bars.start()
        return self

    def tell(self, step: str, done: int, total: int) -> None:
        if step not in self._tasks:
            for task in self._tasks.values():
                self._bars.update(task, total=1, completed=1)
            self._tasks[step] = self._bars.add_task(step, total=total if done else None)
        self._bars.update(self._tasks[step], completed=done, total=total if done else None)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


class _Lines:
    """A line now and then, for logs and pipes."""

    def __enter__(self) -> "_Lines":
        self._told = ("", 0.0)
        return self

    def tell(self, step: str, done: int, total: int) -> None:
        share = done / total if total else 1.0
        last_step, last_share = self._told
        if step != last_step or share - last_share >= _TELL_EVERY or (share >= 1.0 > last_share):
            self._told = (step, share)
            typer.echo(f"{step}: {done:,} of {total:,}" if total > 1 else step, err=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
