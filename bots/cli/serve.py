"""`apnav serve`: the web page and the JSON API."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.conversations import StoreUnavailable
from assistant.errors import IndexUnavailable
from assistant.service import Assistant
from bots import wiring, wiring_offers, wiring_slack
from bots.cli.errors import complain
from bots.errors import AddressUnavailable
from bots.logs import start_logging

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.adapters.database import DatabaseStore
    from assistant.desk import DeadlineDesk
    from assistant.ports import OfferIndex
    from bots.settings import Settings

_MANNERS: Mapping[str, Any] = {
    "log_config": None,  # uvicorn's lines go where ours go
    "access_log": False,  # it would keep questions that a form put into the address
    "server_header": False,
    "proxy_headers": False,  # uvicorn believes every program of this machine; we believe APNAV_TRUSTED_PROXIES
    "http": "h11",  # the one that bounds what a request's head may hold
    "h11_max_incomplete_event_size": 32 * 1024,  # bytes; the pages say it more kindly from 16 KiB on
}


def serve(
    host: Annotated[
        str | None, typer.Option(help="The address to listen on. Default: APNAV_HOST, or 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one. Default: APNAV_PORT, or 8000.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer. Default: APNAV_WORKERS, or 1.")
    ] = None,
) -> None:
    """Answer on the web until Ctrl-C."""
    settings = wiring.load_settings()
    start_logging(settings.log_format, level=settings.log_level)
    with listening_on(host or settings.host, settings.port if port is None else port) as listener:
        here = f"AP Navigator answers at {_address(listener)} (Ctrl-C stops it)"
        with suppress(KeyboardInterrupt):
            if (workers or settings.workers) == 1:
                _serve_alone(settings, listener, here=here)
            else:
                _serve_together(settings, listener, workers=workers or settings.workers, here=here)


def worker_app() -> FastAPI:
    """The application of one worker, which reads the same settings as the process that started it."""
    settings = wiring.load_settings()
    start_logging(settings.log_format, level=settings.log_level)
    return _application(settings)


def _serve_alone(settings: Settings, listener: socket.socket, *, here: str) -> None:
    import uvicorn  # noqa: PLC0415 - a quarter of a second that no other command should pay

    app = _application(settings)
    typer.echo(here)
    uvicorn.Server(uvicorn.Config(app, **_MANNERS)).run(sockets=[listener])


def _serve_together(settings: Settings, listener: socket.socket, *, workers: int, here: str) -> None:
    """Workers share the address, the index, the store and the key of forms; one that dies is started again."""
    import uvicorn  # noqa: PLC0415 - a quarter of a second that no other command should pay
    from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

    _warn_without_store(wiring.build_store(settings).open)  # its tables are made once, before all want to make them
    config = uvicorn.Config("bots.cli.serve:worker_app", factory=True, workers=workers, **_MANNERS)
    typer.echo(here)
    Multiprocess(config, sockets=[listener]).run()


def _application(settings: Settings) -> FastAPI:
    index, store = wiring_offers.offer_index(settings), wiring.build_store(settings)
    assistant = wiring.build_assistant(settings, index=index)
    desk = wiring.build_desk(settings)
    app = wiring.build_web(assistant, desk=desk, settings=settings, store=store, index=index)
    warn_without_index(assistant)
    _warn_without_store(store.open)
    if wiring_slack.is_wanted(settings):
        _answer_slack_too(app, settings=settings, assistant=assistant, desk=desk, store=store, index=index)
    wiring.warm_up()
    return app


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


def _answer_slack_too(
    app: FastAPI,
    *,
    settings: Settings,
    assistant: Assistant,
    desk: DeadlineDesk,
    store: DatabaseStore,
    index: OfferIndex,
) -> None:
    """Slack needs the store: without it the rest of the service goes on alone."""
    try:
        door = wiring_slack.build_slack(
            settings, assistant=assistant, desk=desk, store=store, over_http=True, index=index
        )
    except StoreUnavailable:
        complain("slack_off", "Slack is not answered until this program is started again: nothing can be kept.")
        return
    wiring_slack.mount(app, door, settings=settings)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _warn_without_store(open_store: Callable[[], None]) -> None:
    """Answers are given all the same; nothing is kept until the store can be opened."""
    try:
        open_store()
    except StoreUnavailable as error:
        complain(error.code, str(error))


def warn_without_index(assistant: Assistant) -> None:
    """The server starts all the same: it answers as soon as an index is there."""
    try:
        assistant.readiness()
    except IndexUnavailable as error:
        complain(error.code, str(error))
