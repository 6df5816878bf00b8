"""`apnav corpus`: for the people who edit what we know."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bots import wiring, wiring_offers

if TYPE_CHECKING:
    from assistant.model import Catalogue

commands = typer.Typer(help="For the people who edit what we know.", rich_markup_mode=None)


@commands.callback()
def corpus() -> None:
    """For the people who edit what we know."""


@commands.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Check this folder instead of the project's own corpus."),
    ] = None,
) -> None:
    """Read every file of the corpus and name each bad entry: file, line, entry and what to do."""
    read = wiring.catalogue(folder)
    found = _counted(read)
    wiring.check_reply_wording(folder)
    wiring_offers.check_offer_rules({passage.id for passage in read.passages}, folder)
    typer.echo(f"{found}: all good")


def _counted(catalogue: "Catalogue") -> str:
    counts = {
        "facts": len(catalogue.passages),
        "sources": len(catalogue.sources),
        "guides": len(catalogue.guides),
        "misconceptions": len(catalogue.misconceptions),
        "glossary terms": len(catalogue.glossary),
        "contacts": len(catalogue.help),
        "time limits": len(catalogue.time_limits.rules),
        "triage rules": len(catalogue.triage),
        "triage examples": len(catalogue.triage_examples),
    }
    return ", ".join(f"{count:,} {what}" for what, count in counts.items())
