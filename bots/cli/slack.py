"""`apnav slack`: the app for Slack."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from bots import wiring, wiring_offers, wiring_slack
from bots.cli.serve import warn_without_index
from bots.logs import start_logging

commands = typer.Typer(help="The app for Slack: its manifest, and answering in Socket Mode.", rich_markup_mode=None)


@commands.callback()
def slack() -> None:
    """The app for Slack: its manifest, and answering in Socket Mode."""


@commands.command()
def manifest(
    url: Annotated[
        str | None,
        typer.Option(help="The address at which Slack reaches the web server, such as https://ap.example.org."),
    ] = None,
    socket: Annotated[
        bool, typer.Option("--socket", help="For Socket Mode, which needs no address (the default).")
    ] = False,
    several_workspaces: Annotated[
        bool,
        typer.Option("--several-workspaces", help="With --url: others install it by OAuth, and tokens are renewed."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of YAML.")] = False,
) -> None:
    """Print what to paste at https://api.slack.com/apps, “Create New App”, “From a manifest”."""
    if socket and url is not None:
        raise typer.BadParameter("choose either --url or --socket")
    filled = wiring_slack.manifest(url=url, several_workspaces=several_workspaces)
    if as_json:
        typer.echo(json.dumps(filled, indent=2, ensure_ascii=False))
        return
    import yaml  # noqa: PLC0415 - only here

    typer.echo(yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=120), nl=False)


@commands.command()
def serve() -> None:
    """Answer in Slack by Socket Mode until Ctrl-C. (For an app that Slack reaches by address: apnav serve.)"""
    settings = wiring.load_settings()
    wiring_slack.check_for_socket_mode(settings)
    start_logging(settings.log_format, level=settings.log_level)
    index = wiring_offers.offer_index(settings)
    assistant = wiring.build_assistant(settings, index=index)
    desk, store = wiring.build_desk(settings), wiring.build_store(settings)
    door = wiring_slack.build_slack(settings, assistant=assistant, desk=desk, store=store, over_http=False, index=index)
    warn_without_index(assistant)
    wiring.warm_up()
    with _until_stopped() as stopped, door.open(), wiring_slack.socket_mode(door, settings=settings) as name:
        typer.echo(f"AP Navigator listens in Slack as @{name} (Ctrl-C stops it)")
        stopped.wait()


@contextmanager
def _until_stopped() -> Iterator[Event]:
    """An event that Ctrl-C and a polite `kill` set."""
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
