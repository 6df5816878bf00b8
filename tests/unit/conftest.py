"""What holds for every unit test: the same examples on every machine, and no way out to the network."""

import os
import socket

import pytest
from hypothesis import settings

# Few on a developer's machine, where these tests are run all the time; CI takes its time.
_EXAMPLES = 100 if os.environ.get("CI") else 25
settings.register_profile("unit", deadline=None, derandomize=True, database=None, max_examples=_EXAMPLES)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("A unit test tried to reach the network.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
