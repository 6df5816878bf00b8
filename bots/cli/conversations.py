"""`apnav conversations`: for whoever runs the service and answers for what it keeps."""

from typing import Annotated

import typer

from assistant.conversations import ConversationGone
from bots import wiring

commands = typer.Typer(help="For whoever runs the service: delete what it keeps.", rich_markup_mode=None)


@commands.callback()
def conversations() -> None:
    """For whoever runs the service: delete what it keeps."""


@commands.command()
def purge() -> None:
    """Delete every conversation and shared answer whose time is over. The web server does so by itself."""
    deleted = wiring.build_store(wiring.load_settings()).delete_expired(wiring.now())
    typer.echo(f"{deleted:,} deleted" if deleted else "Nothing to delete")


@commands.command()
def delete(
    conversation_id: Annotated[
        str, typer.Argument(metavar="ID", help="The id of a conversation, or the last part of a shared link.")
    ],
) -> None:
    """Delete one conversation with all that was shared or said about it, or one shared answer."""
    if not wiring.build_store(wiring.load_settings()).delete(conversation_id):
        raise ConversationGone
    typer.echo("Deleted")
