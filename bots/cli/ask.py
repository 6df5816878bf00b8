"""`apnav ask`, `apnav chat` and `apnav show`: reading what the assistant knows."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Annotated

import typer

from assistant.errors import IndexUnavailable, NavigatorError
from assistant.model import Audience, Turn
from assistant.service import Assistant
from bots import wiring
from bots.cli.errors import complain
from bots.cli.options import AsAt, AsJson, For, OnCalendar
from bots.cli.text import answer_as_text, as_json_text, passage_as_text
from bots.rendering import answer_as_json, passage_as_json


def ask(
    question: Annotated[str, typer.Argument(help="What happened, in your own words; - reads it from standard input.")],
    as_at: AsAt = None,
    audience: For = Audience.PARENT,
    calendar: OnCalendar = None,
    as_json: AsJson = False,
) -> None:
    """Answer one question, every sentence with its source.

    Exit status: 0 for any answer, also "not found"; 2 when the question or an option cannot be used; 3 when there is
    no index to ask; 1 when something else went wrong.
    """
    text = sys.stdin.read() if question == "-" else question
    assistant = wiring.build_assistant(wiring.load_settings())
    answer = assistant.ask(text, today=wiring.today(), as_at=as_at, audience=audience, calendar=calendar)
    typer.echo(as_json_text(answer_as_json(answer)) if as_json else answer_as_text(answer))


def chat(as_at: AsAt = None, audience: For = Audience.PARENT) -> None:
    """Ask one question after another; follow-ups are understood. /new starts afresh, /quit ends."""
    assistant = wiring.build_assistant(wiring.load_settings())
    assistant.readiness()
    _say("Ask about exclusion, suspension or alternative provision in England. /new starts afresh, /quit ends.")
    history: list[Turn] = []
    with suppress(KeyboardInterrupt):
        for line in _lines():
            if line == "/new":
                history.clear()
                _say("A new conversation.")
            elif line.startswith("/"):
                typer.echo("The commands here are /new and /quit.")
            else:
                history += _exchange(line, assistant, history, as_at=as_at, audience=audience)
    _say("Goodbye.")


def show(
    passage_id: Annotated[str, typer.Argument(help="The id of a passage, like exc-080; `apnav ask` prints it.")],
    as_json: AsJson = False,
) -> None:
    """Show one passage: what it says, how strongly, to whom it applies, since when, and where it comes from."""
    passage = wiring.build_assistant(wiring.load_settings()).passage(passage_id.strip())
    typer.echo(as_json_text(passage_as_json(passage)) if as_json else passage_as_text(passage))


def _lines() -> Iterator[str]:
    """What the user types, line by line, until /quit or the end of input; empty lines are left out."""
    with suppress(EOFError):
        while (line := input("\nYou: " if _at_terminal() else "").strip()) != "/quit":
            if line:
                yield line


def _exchange(
    line: str, assistant: Assistant, history: list[Turn], *, as_at: date | None, audience: Audience
) -> list[Turn]:
    """Answer one line; the turns to remember, none when the line could not be answered."""
    try:
        answer = assistant.ask(line, today=wiring.today(), history=history, as_at=as_at, audience=audience)
    except IndexUnavailable:
        raise
    except NavigatorError as error:
        complain(error.code, str(error))
        return []
    typer.echo(f"\n{answer_as_text(answer)}")
    return [Turn(role="user", content=line), Turn(role="assistant", content=answer.text)]


def _say(words: str) -> None:
    """Words for a person at a terminal, which a program reading the answers does not want."""
    if _at_terminal():
        typer.echo(words)


def _at_terminal() -> bool:
    return sys.stdin.isatty()
