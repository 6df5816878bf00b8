"""The command line's entrance."""

import io
import logging
import sys
from collections.abc import Sequence

import typer

from bots.cli import (
    ask,
    calendar,
    conversations,
    corpus,
    deadline,
    evaluate,
    ingest,
    offers,
    offers_import,
    reply,
    serve,
    slack,
)
from bots.cli.errors import outcome_of

app = typer.Typer(
    name="apnav",
    help="Cited answers about exclusion, suspension and alternative provision in England.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they would print the question, with a child's details in it
)
app.command()(ask.ask)
app.command()(ask.chat)
app.command()(ask.show)
app.command()(reply.reply)
app.command()(deadline.deadline)
app.command()(deadline.timeline)
app.command()(deadline.suspensions)
app.command()(ingest.ingest)
app.add_typer(corpus.commands, name="corpus")
app.add_typer(calendar.commands, name="calendar")
offers_import.add_to(offers.commands)
app.add_typer(offers.commands, name="offers")
app.add_typer(conversations.commands, name="conversations")
app.command()(serve.serve)
app.add_typer(slack.commands, name="slack")
app.command()(evaluate.evaluate)


def main() -> None:
    """Run the command that the shell asked for, and leave with its exit status."""
    _prepare_streams()
    _hush_libraries()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line (none: the help) and return its exit status."""
    words = list(arguments) or ["--help"]
    return outcome_of(lambda: app(words, prog_name="apnav", standalone_mode=False), arguments=words)


def _prepare_streams() -> None:
    if sys.stdin is None:  # started with its input closed
        sys.stdin = io.StringIO()
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a letter that the terminal cannot show must not stop an answer


def _hush_libraries() -> None:
    """Libraries that log their own progress are heard only when they warn."""
    warnings_only = logging.StreamHandler()
    warnings_only.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[warnings_only])
