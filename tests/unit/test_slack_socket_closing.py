"""Whoever stops the program in the moment in which it connects to Slack is not kept waiting."""

from threading import Event, Thread
from typing import Any, cast

from bots.slack.socket import close


class State:
    terminated = False


class ClientThatJustConnected:
    """Closes as the SDK's client does: its session takes "terminated" back once, then runs until it is told again."""

    def __init__(self) -> None:
        self.current_session_state = State()
        self._closing = Event()
        self._session = Thread(target=self._run, daemon=True)
        self._session.start()

    def close(self) -> None:
        self.current_session_state.terminated = True
        self._closing.set()
        self._session.join()

    def _run(self) -> None:
        self._closing.wait()
        self.current_session_state.terminated = False
        while not self.current_session_state.terminated:
            Event().wait(0.005)


def test_program_stopped_while_it_connects_ends() -> None:
    closing = Thread(target=close, args=(cast("Any", ClientThatJustConnected()),), daemon=True)
    closing.start()
    closing.join(5)

    assert not closing.is_alive(), "it waits for ever"
