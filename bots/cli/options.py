"""Options that several commands share, and how their values are read."""

from datetime import date
from typing import Annotated

import typer

from assistant.errors import BadDate
from assistant.model import Audience

AsAt = Annotated[
    str | None,
    typer.Option("--as-at", metavar="YYYY-MM-DD", help="Answer on the law of this day. Default: the day of the story, else today."),
]
For = Annotated[Audience, typer.Option("--audience", help="Who the answer is worded for.", case_sensitive=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text.")]


def day_of(text: str | None) -> date | None:
    """The day that an option names. Raises `BadDate`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadDate(text) from error
