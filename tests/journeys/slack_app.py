"""The Slack app in a process of its own, reached as Slack reaches it, and people to use it."""

import itertools
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.slackish.doors import Door, HttpDoor
from tests.slackish.payloads import find_element
from tests.slackish.person import Person, Said
from tests.slackish.server import SlackishServer, eventually
from tests.slackish.signing import signed_headers
from tests.slackish.workspace import Message, View

PROJECT = Path(__file__).parents[2]
_PATIENCE = 60.0  # seconds, for a program to start on a busy machine
_people = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class SlackApp:
    """A running app and the door that leads to it."""

    door: Door
    process: subprocess.Popen[bytes]
    data: Path

    @property
    def url(self) -> str:
        """The Request URL, where there is one."""
        assert isinstance(self.door, HttpDoor)
        return self.door.url

    def post_signed(self, body: bytes) -> int:
        """The status of a post that Slack signed, whatever is in it."""
        headers = {"Content-Type": "application/json", **signed_headers(body, secret=SlackishServer.signing_secret)}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def log(self) -> str:
        """What the program said."""
        return _said(self.process)

    def asked(self) -> list[str]:
        """What the echoing assistant was asked, in the order in which it was."""
        noted = self.data / "asked.txt"
        return noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []

    def takes(self, seconds: float) -> None:
        """From now on each answer of the echoing assistant takes so long."""
        self.set_seconds(self.data, seconds)

    @staticmethod
    def set_seconds(data: Path, seconds: float) -> None:
        fresh = data / "seconds.new"
        fresh.write_text(str(seconds))
        fresh.replace(data / "seconds.txt")

    def unfinished(self, *, channel: str = "%") -> int:
        """How many questions are still to be answered, in all or in one channel."""
        waiting = "SELECT count(*) FROM slack_jobs WHERE state NOT IN ('done', 'stopped', 'failed') AND channel LIKE ?"
        [(number,)] = self.rows(waiting, channel)
        return int(number)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)

    def keeps(self, word: str) -> bool:
        """Whether a word stands anywhere in what the app has on its disk."""
        return any(word.encode() in file.read_bytes() for file in self.data.glob("conversations.sqlite3*"))

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What the app's database holds."""
        with closing(sqlite3.connect(f"file:{self.data / 'conversations.sqlite3'}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()


def surroundings(slack: SlackishServer, data: Path, **more: str) -> Mapping[str, str]:
    """The settings of an app that takes the stand-in for Slack."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("APNAV_")}
    settings = {
        "DATA_DIR": str(data),
        "LOG_LEVEL": "warning",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.url,
        "SLACK_ADVICE_CHANNEL": "CADVICE",
    }
    return ours | {f"APNAV_{name}": value for name, value in settings.items()} | {"PYTHONUTF8": "1"} | more


@contextmanager
def serving(slack: SlackishServer, data: Path, *, command: Sequence[str] = (), **more: str) -> Iterator[SlackApp]:
    """The app behind its Request URL: `apnav serve`, or another command that prints its address."""
    with _started(command or _apnav("serve", "--port", "0"), slack, data, more) as process:
        yield SlackApp(door=slack.http(_address(process) + "/slack/events"), process=process, data=data)


@contextmanager
def connected(slack: SlackishServer, data: Path, *, command: Sequence[str] = (), **more: str) -> Iterator[SlackApp]:
    """The app in Socket Mode: `apnav slack serve`, or another command."""
    assert eventually(lambda: slack.socket.connections == 0), "another app is still connected"
    with _started(command or _apnav("slack", "serve"), slack, data, more) as process:
        up = eventually(lambda: slack.socket.connections > 0 or process.poll() is not None, within=_PATIENCE)
        assert up, f"the app did not connect: {_said(process)}"
        assert process.poll() is None, f"the app ended: {_said(process)}"
        yield SlackApp(door=slack.by_socket, process=process, data=data)


@contextmanager
def echoing(slack: SlackishServer, data: Path, *, way: str, seconds: float = 0.0, **more: str) -> Iterator[SlackApp]:
    """The app with an assistant that repeats the question after so many seconds, and with short leases."""
    SlackApp.set_seconds(data, seconds)
    command = [sys.executable, "-m", "tests.slackish.program", way]
    start = serving if way == "http" else connected
    with start(slack, data, command=command, **more) as running:
        yield running


@contextmanager
def _started(
    command: Sequence[str], slack: SlackishServer, data: Path, more: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    log = data / f"app-{next(_people)}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=PROJECT,
            env=surroundings(slack, data, **more),
        )
    process.log = log  # type: ignore[attr-defined]
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        process.kill()
        process.wait()


def _apnav(*words: str) -> list[str]:
    return [str(Path(sys.executable).with_name("apnav")), *words]


def _said(process: subprocess.Popen[bytes]) -> str:
    log: Path = process.log  # type: ignore[attr-defined]
    return log.read_text(errors="replace")


def _address(process: subprocess.Popen[bytes]) -> str:
    def found() -> re.Match[str] | None:
        return re.search(r"http://127[^\s/]+", _said(process))

    assert eventually(lambda: found() or process.poll() is not None, within=_PATIENCE)
    address = found()
    assert address, f"the app ended without an address: {_said(process)}"
    return address.group(0)


class Cast:
    """Two people whom the app has not met, and a channel of theirs."""

    def __init__(self, slack: SlackishServer, app: SlackApp) -> None:
        self.slack = slack
        self.app = app
        number = next(_people)
        names = [f"UADA{number}", f"UBEN{number}"]
        for name in names:
            slack.add_user(name)
        self.channel = slack.add_channel(f"CROOM{number}", members=names).id
        self.ada, self.ben = (slack.person(name, app.door) for name in names)

    def answers(self, said: Said, *, after: Sequence[Message] = (), within: float = 30.0) -> list[Message]:
        """What the app says to this once it has finished; fails when it says nothing."""
        known = {message.ts for message in after}

        def over() -> list[Message]:
            quiet = self.app.unfinished(channel=said.channel) == 0
            here = self.slack.messages(said.channel, thread=said.thread, by_app=True)
            new = [m for m in here if m.ts not in known]
            return new if quiet and all(m.finished for m in new) else []

        found = eventually(over, within=within)
        assert found, f"no answer to {said.message.text!r}: {self.slack.refused}"
        return found

    def privately(self, person: Person, words: str) -> Message:
        """A message for this person alone that has these words."""
        found = eventually(lambda: [m for m in self.slack.ephemerals(person.user) if words in m.shown])
        assert found, f"nothing says {words!r}: {[m.shown for m in self.slack.ephemerals(person.user)]}"
        return found[-1]

    def seen_by(self, person: Person, *, since: Sequence[Message] = ()) -> list[Message]:
        """What the app told this person alone or in their direct messages, after some messages."""
        last = max((m.ts for m in since), default="")
        alone = [*self.slack.ephemerals(person.user), *self.slack.answers(self.slack.dm(person.user))]
        return [message for message in alone if message.ts > last]

    def having(self, messages: Sequence[Message], action_id: str) -> Message:
        """The one of an answer's messages that has this button."""
        for message in messages:
            with suppress(LookupError):
                find_element(message.blocks, action_id)
                return message
        raise LookupError(f"no {action_id} in {[m.blocks for m in messages]}")

    def home_of(self, person: Person) -> Any:
        home = self.slack.home(person.user)
        return home.view if home else None

    def first_option(self, view: View, action_id: str) -> str:
        value: str = find_element(view.view["blocks"], action_id)[1]["options"][0]["value"]
        return value

    def chosen_at_home(self, person: Person, action_id: str) -> str | None:
        element = find_element(self.home_of(person)["blocks"], action_id)[1]
        value: str | None = element.get("initial_option", {}).get("value")
        return value


def answers_to(slack: SlackishServer, said: Said) -> list[str]:
    """What the echoing app wrote in the thread of a message that is about this very message."""
    here = slack.messages(said.channel, thread=said.thread, by_app=True)
    words = said.message.text.partition("> ")[2] or said.message.text
    return [message.shown for message in here if words in message.shown]
