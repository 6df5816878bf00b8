"""How the program writes its log: a line for people or JSON for machines, and never a word that a person wrote."""

import logging
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Literal

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

Style = Literal["console", "json"]


def start_logging(style: Style, *, level: str) -> None:
    """Sends every log line of this process, of whatever library, to standard error in that style."""
    shared: Sequence[Processor] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _frames_only,
        _without_tokens,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(shared),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(style)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))  # libraries tell of their own progress
    for ours in ("bots", "assistant", "uvicorn"):
        logging.getLogger(ours).setLevel(level.upper())


def _renderer(style: Style) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


_A_TOKEN = re.compile(r"\bx(?:ox[a-z]|app|oxe\.xox[a-z])-[\w.-]+")


def _without_tokens(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A token of Slack, wherever a library may have put it."""
    return {name: _A_TOKEN.sub("[token]", said) if isinstance(said, str) else said for name, said in event.items()}


def _frames_only(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An error as its kind and places in the code: its own words may quote what a parent wrote about a child."""
    event.pop("color_message", None)  # uvicorn says the same twice
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["frames"] = "".join(traceback.format_tb(error.__traceback__))
    return event
