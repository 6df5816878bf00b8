"""Options that several commands share, and how their values are read."""

from datetime import date
from typing import Annotated

import typer

from assistant.errors import BadDate
from assistant.model import Audience


def day_of(text: str) -> date:
    """The day that an option names. Raises `BadDate`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadDate(text) from error


AsAt = Annotated[
    date | None,
    typer.Option(
        parser=day_of,
        metavar="YYYY-MM-DD",
        help="Answer on the law of this day. Default: the day that the story names, else today.",
    ),
]
For = Annotated[Audience, typer.Option("--audience", help="Who the answer is worded for.", case_sensitive=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text.")]
OnCalendar = Annotated[
    str | None,
    typer.Option(
        "--calendar", metavar="ID", help="The school calendar to count on: see apnav calendar list.", show_default=False
    ),
]
