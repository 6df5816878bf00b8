"""`apnav serve`: the web page and the JSON API."""

import os
import socket
from contextlib import suppress
from typing import Annotated

import typer

from assistant.errors import IndexUnavailable
from assistant.service import Assistant
from bots import wiring
from bots.cli.errors import complain
from bots.errors import AddressUnavailable


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on. Default: APNAV_HOST, or 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one. Default: APNAV_PORT, or 8000.")
    ] = None,
) -> None:
    """Answer on the web until Ctrl-C."""
    settings = wiring.load_settings()
    with listening_on(host or settings.host, settings.port if port is None else port) as listener:
        import uvicorn  # noqa: PLC0415 - a quarter of a second that no other command should pay

        assistant = wiring.build_assistant(settings)
        app = wiring.build_web(assistant, desk=wiring.build_desk(settings))
        _warn_without_index(assistant)
        wiring.warm_up()
        # No access log: it would keep questions that a form put into the address.
        config = uvicorn.Config(app, log_level=settings.log_level, access_log=False, server_header=False)
        typer.echo(f"AP Navigator answers at {_address(listener)} (Ctrl-C stops it)")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def listening_on(host: str, port: int) -> socket.socket:
    """A socket that listens there, so that a taken port is known before anything heavy starts.

    Raises `AddressUnavailable`.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise AddressUnavailable(host, port, why="there is no such address on this machine") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        raise AddressUnavailable(host, port, why=why) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _warn_without_index(assistant: Assistant) -> None:
    """The server starts all the same: it answers as soon as an index is there."""
    try:
        assistant.readiness()
    except IndexUnavailable as error:
        complain(error.code, str(error))
