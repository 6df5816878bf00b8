"""Programs of their own for the integration tests: one that ingests, one that is asked, one that keeps asking.

Each is started with `start`, says what it does as lines of JSON, and stops when its input is closed.
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assistant.errors import NavigatorError
from assistant.service import Assistant
from corpus.catalogue import read_catalogue
from ingest.pipeline import ingest
from tests.integration.workbench import INT8, PROJECT, Bench, nearest, smaller

FACTS, PHRASINGS = 80, 2  # what the ingesting program keeps of the corpus it reads
_ASK_EVERY = 0.05  # seconds
_QUESTIONS = (
    "My son was suspended yesterday and there is still no letter. What must the school send us?",
    "He has been permanently excluded. When do the governors have to meet?",
    "Can the academy send my daughter to another school for her behaviour without our agreement?",
)


# Started by tests ---------------------------------------------------------------------------------------------------


class Running:
    """A program under way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def says(self) -> Any:
        """Its next line; fails when it ended without one."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the program ended without a word, with status {self.process.wait()}"
        return json.loads(line)

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        print(line, file=self.process.stdin, flush=True)

    def ask(self, line: str) -> Any:
        """What it says next after a line of input."""
        self.send(line)
        return self.says()

    def outcome(self) -> Any:
        """What came of what it was asked to do; None when it never came so far."""
        said = None
        while (line := self.says()) != "over":
            said = line
        return said

    def leaves(self) -> int:
        """Its exit status, once its input is closed."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait()

    def end(self) -> Any:
        """What it says last, once its input is closed."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.says()


@contextmanager
def start(program: str, bench: Bench, *arguments: object, **environment: object) -> Iterator[Running]:
    """One of the programs of this file, working on `bench`; gone at the end."""
    surroundings = os.environ | {name: str(value) for name, value in environment.items()}
    command = [sys.executable, "-m", __name__, program, bench.as_argument(), *map(str, arguments)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT, env=surroundings
    )
    with process:
        try:
            yield Running(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
            process.kill()


# The programs -------------------------------------------------------------------------------------------------------


def ingest_on_request(bench: Bench, corpus: str) -> None:
    """For each line of input, ingest (part of) the corpus in a folder, in a process of its own.

    Each says its process id when it begins to work and what came of it, if it comes so far; then follows "over".
    """
    for _ in sys.stdin:
        process_id = os.fork()
        if process_id == 0:
            _ingest_once(bench, Path(corpus))
            os._exit(0)
        os.waitpid(process_id, 0)
        _say("over")


def _ingest_once(bench: Bench, corpus: Path) -> None:
    catalogue = smaller(read_catalogue(corpus), facts=FACTS, phrasings=PHRASINGS)
    _say(os.getpid())
    try:
        report = ingest(
            catalogue, workshop=bench.workshop(), spec=INT8, now=datetime.now(UTC), progress=lambda *_: None
        )
    except NavigatorError as error:
        _say({"error": error.code})
    else:
        _say({"build": report.build_id, "changed": report.changed, "embedded": report.embedded})


def answer_lines(bench: Bench) -> None:
    """For each line of input, the live build and the nearest fact."""
    reader = bench.reader()
    for line in sys.stdin:
        knowledge = reader.current()
        _say({"build": knowledge.build_id, "nearest": nearest(knowledge, line)[0]})


def keep_asking(bench: Bench) -> None:
    """Ask every 50 ms until the input ends; says "asking" when it begins, and at the end what came of it."""
    reader = bench.reader()
    assistant = Assistant(reader)
    failures: list[str] = []
    builds: dict[str, None] = {}
    asked = 0
    _say("asking")
    ended = False
    while not ended:
        ended = bool(select.select([sys.stdin], [], [], _ASK_EVERY)[0])
        try:
            answer = assistant.ask(_QUESTIONS[asked % len(_QUESTIONS)], today=date(2026, 11, 21))
            builds[reader.current().build_id] = None
            if not answer.citations:
                failures.append(f"{answer.status}: {answer.text}")
        except Exception as error:  # every failure counts, whatever it is
            failures.append(repr(error))
        asked += 1
    _say({"asked": asked, "failures": failures, "builds": list(builds)})


def ask_once(bench: Bench, question: str) -> None:
    """Answer one question as the assistant does; says what was imported for it."""
    answer = Assistant(bench.reader()).ask(question, today=date(2026, 11, 21))
    _say({"citations": len(answer.citations), "modules": sorted({name.partition(".")[0] for name in sys.modules})})


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


_PROGRAMS: Mapping[str, Callable[..., None]] = {
    program.__name__: program for program in (ingest_on_request, answer_lines, keep_asking, ask_once)
}

if __name__ == "__main__":
    _PROGRAMS[sys.argv[1]](Bench.of_argument(sys.argv[2]), *sys.argv[3:])
