"""The project's programs as a person starts them, each a process of its own: `apnav …`, and `apnav serve` over HTTP."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

PROJECT = Path(__file__).parents[2]
GOLDEN = PROJECT / "tests" / "golden" / "dev.yaml"

_PATIENCE = 300  # seconds before a program counts as stuck; the slowest of them takes a minute on a quiet machine


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a program left behind."""

    status: int
    said: str
    complained: str

    @property
    def answer(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.said)


@dataclass(frozen=True, kw_only=True)
class Apnav:
    """The `apnav` command working on one data folder, whatever settings the machine has."""

    data: Path

    def run(self, *words: str, stdin: str = "", limits: Sequence[str] = ()) -> Outcome:
        """Run it to its end; `limits` are put before it, such as a shell that takes something away first."""
        done = subprocess.run(
            [*limits, *self.command(*words)],
            input=stdin.encode(),
            capture_output=True,
            timeout=_PATIENCE,
            cwd=self._folder(),
            env=self.environment(),
            check=False,
        )
        return Outcome(status=done.returncode, said=done.stdout.decode(), complained=done.stderr.decode())

    def ask(self, question: str, *options: str) -> Outcome:
        return self.run("ask", *options, "--", question)

    def answer(self, question: str, *options: str) -> Any:
        """The answer as JSON; fails when there was none."""
        outcome = self.ask(question, "--json", *options)
        assert outcome.status == 0, outcome.complained
        return outcome.answer

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """It, while it runs, with all that it says in one stream; killed at the end if need be."""
        with subprocess.Popen(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._folder(),
            env=self.environment(),
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def serving(self) -> Iterator["Site"]:
        """`apnav serve` on a free port, once it answers."""
        with self.started("serve", "--port", "0") as process:
            with closing(Site(_address_from(process))) as site:
                site.wait_until_up()
                yield site
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=20)

    def command(self, *words: str) -> list[str]:
        return [str(Path(sys.executable).with_name("apnav")), *words]

    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("APNAV_")}
        # Tests ask more often than people.
        unlimited = {"APNAV_ASKS_PER_MINUTE": "0", "APNAV_ASKS_PER_HOUR": "0"}
        return ours | unlimited | {"APNAV_DATA_DIR": str(self.data), "APNAV_LOG_LEVEL": "warning", "PYTHONUTF8": "1"}

    def _folder(self) -> Path:
        return next(folder for folder in self.data.parents if folder.is_dir())  # where no .env of the project is read


def _address_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"http://\S+", line)
        if found:
            return found.group(0)
    raise AssertionError("apnav serve ended without an address: " + "".join(said))


@dataclass(frozen=True, kw_only=True)
class Response:
    """An HTTP response, read whole."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Site:
    """A running server, over one connection that is kept open."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def get(self, path: str) -> Response:
        return self._request("GET", path, b"", {})

    def ask(self, question: str, **fields: Any) -> Response:
        """`POST /api/ask`."""
        body = json.dumps({"question": question, **fields}).encode()
        return self._request("POST", "/api/ask", body, {"Content-Type": "application/json"})

    def answer(self, question: str, **fields: Any) -> Any:
        """The answer of the API; fails when there was none."""
        response = self.ask(question, **fields)
        assert response.status == 200, response.text
        return response.json

    def send_form(self, **fields: str) -> Response:
        """What a browser without JavaScript sends when the form of the page is submitted."""
        return self.send("/", **fields)

    def send(self, path: str, **fields: str) -> Response:
        """The same for the form of another page."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        return self._request("POST", path, urlencode(fields).encode(), kind)

    def wait_until_up(self, *, within: float = 60) -> None:
        until = time.monotonic() + within
        while True:
            try:
                assert self.get("/healthz").status == 200
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def close(self) -> None:
        self._connection.close()

    def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        idle = self._connection.sock is not None  # a server closes a connection that is silent for some seconds
        try:
            self._connection.request(method, path, body, dict(headers))
            got = self._connection.getresponse()
            text = got.read().decode()
        except (ConnectionError, http.client.RemoteDisconnected):
            self._connection.close()
            if idle:
                return self._request(method, path, body, headers)
            raise
        return Response(status=got.status, headers=dict(got.headers), text=text)
