"""`apnav serve`: the web page and the JSON API."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from assistant.conversations import StoreUnavailable
from assistant.errors import IndexUnavailable
from assistant.service import Assistant
from bots import wiring
from bots.cli.errors import complain
from bots.errors import AddressUnavailable
from bots.logs import start_logging

_LONGEST_HEAD = 32 * 1024  # bytes; the pages say it more kindly from 16 KiB on


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
    start_logging(settings.log_format, level=settings.log_level)
    with listening_on(host or settings.host, settings.port if port is None else port) as listener:
        import uvicorn  # noqa: PLC0415 - a quarter of a second that no other command should pay

        index, store = wiring.offer_index(settings), wiring.build_store(settings)
        assistant = wiring.build_assistant(settings, index=index)
        desk = wiring.build_desk(settings)
        app = wiring.build_web(assistant, desk=desk, settings=settings, store=store, index=index)
        _warn_without_index(assistant)
        _warn_without_store(store.open)
        wiring.warm_up()
        config = uvicorn.Config(
            app,
            log_config=None,  # uvicorn's lines go where ours go
            access_log=False,  # it would keep questions that a form put into the address
            server_header=False,
            proxy_headers=False,  # uvicorn believes every program of this machine; we believe APNAV_TRUSTED_PROXIES
            http="h11",  # the one that bounds what a request's head may hold
            h11_max_incomplete_event_size=_LONGEST_HEAD,
        )
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


def _warn_without_store(open_store: Callable[[], None]) -> None:
    """Answers are given all the same; nothing is kept until the store can be opened."""
    try:
        open_store()
    except StoreUnavailable as error:
        complain(error.code, str(error))


def _warn_without_index(assistant: Assistant) -> None:
    """The server starts all the same: it answers as soon as an index is there."""
    try:
        assistant.readiness()
    except IndexUnavailable as error:
        complain(error.code, str(error))
