"""The one place where an error becomes a message on standard error and an exit status."""

import json
import os
from collections.abc import Callable, Sequence

import typer
from typer.exceptions import TyperException

from assistant.conversations import ConversationGone
from assistant.errors import CalendarError, IndexUnavailable, NavigatorError, QuestionError
from assistant.offer_errors import OfferGone, PlaceError, SourceRefused, UnknownNeed
from bots.errors import BadManifest, BadSetting, CalendarStays

FAILED = 1
BAD_INPUT = 2
NO_INDEX = 3


def exit_status(error: NavigatorError) -> int:
    """2 when the user can put the input right, 3 when there is no index to ask, 1 for everything else."""
    if isinstance(error, QuestionError | CalendarError | ConversationGone | BadSetting | CalendarStays | BadManifest):
        return BAD_INPUT
    if isinstance(error, PlaceError | UnknownNeed | OfferGone | SourceRefused):
        return BAD_INPUT
    return NO_INDEX if isinstance(error, IndexUnavailable) else FAILED


def outcome_of(command: Callable[[], int | None], *, arguments: Sequence[str]) -> int:
    """Run `command` and return its exit status; what goes wrong is said on standard error, as JSON after `--json`."""
    as_json = _asks_for_json(arguments)
    try:
        return command() or 0
    except NavigatorError as error:
        complain(error.code, str(error), as_json=as_json)
        return exit_status(error)
    except TyperException as error:
        complain("bad_usage", _usage(error), as_json=as_json)
        return error.exit_code
    except typer.Abort:
        return FAILED
    except OSError as error:
        complain("system", _plain(error), as_json=as_json)
        return FAILED


def complain(code: str, message: str, *, as_json: bool = False) -> None:
    """Say on standard error what went wrong."""
    if as_json:
        typer.echo(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False), err=True)
    else:
        typer.echo("\n".join(f"apnav: {line}" for line in message.splitlines() if line), err=True)


def _asks_for_json(arguments: Sequence[str]) -> bool:
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _usage(error: TyperException) -> str:
    said = error.format_message().replace("Value error, ", "").rstrip(".")
    context = getattr(error, "ctx", None)
    return f"{said}. To see what is possible: {context.command_path if context else 'apnav'} --help"


def _plain(error: OSError) -> str:
    why = error.strerror or (os.strerror(error.errno) if error.errno else str(error))
    return f"{error.filename}: {why}." if error.filename else f"{why}."
