"""The Slack app in a process of its own with an assistant that echoes: `python -m tests.slackish.program http`.

All else is as the settings of the environment have it.
"""

import sys
from datetime import timedelta
from threading import Event, Thread

from bots import wiring, wiring_slack
from bots.logs import start_logging
from bots.settings import Settings
from bots.wiring_slack import SlackDoor
from tests.slackish.echo import EchoAssistant

LEASE = timedelta(seconds=2)  # so that what a killed process left is soon taken up


def run(way: str) -> None:
    """Answer Slack until the process is ended."""
    settings = wiring.load_settings()
    start_logging(settings.log_format, level=settings.log_level)
    assistant = EchoAssistant(settings.data_dir)
    desk = wiring.build_desk(settings)
    store = wiring.build_store(settings)
    slack = wiring_slack.build_slack(
        settings,
        assistant=assistant,  # type: ignore[arg-type]  # it has all that the doorway uses
        desk=desk,
        store=store,
        over_http=way == "http",
    )
    slack.workers._lease = LEASE  # no setting: outside tests nobody waits for it
    Thread(target=wiring.build_masker(settings).mask, args=("A child",), daemon=True).start()  # as `warm_up` does
    _serve(slack, settings) if way == "http" else _connect(slack, settings)


def _serve(slack: SlackDoor, settings: Settings) -> None:
    import uvicorn  # noqa: PLC0415 - Socket Mode needs none of these
    from fastapi import FastAPI  # noqa: PLC0415

    from bots.cli.serve import listening_on  # noqa: PLC0415

    web = FastAPI()
    wiring_slack.mount(web, slack, settings=settings)
    with listening_on("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        print(f"Listening at http://127.0.0.1:{port}", flush=True)  # noqa: T201 - whoever started it waits for this
        uvicorn.Server(uvicorn.Config(web, log_config=None, access_log=False)).run(sockets=[listener])


def _connect(slack: SlackDoor, settings: Settings) -> None:
    with slack.open(), wiring_slack.socket_mode(slack, settings=settings):
        Event().wait()


if __name__ == "__main__":
    run(sys.argv[1])
