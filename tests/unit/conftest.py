"""What holds for every unit test: the same examples on every machine, and no way out to the network."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import settings

if TYPE_CHECKING:
    from tests.slack_scene import Scene

# Few on a developer's machine, where these tests are run all the time; CI takes its time.
_EXAMPLES = 100 if os.environ.get("CI") else 25
settings.register_profile("unit", deadline=None, derandomize=True, database=None, max_examples=_EXAMPLES)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("A unit test tried to reach the network.")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """A database in memory with what the Slack app keeps."""
    from bots.slack.keeping.tables import JOBS  # noqa: PLC0415 - other unit tests need nothing of Slack

    made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    JOBS.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def scene(engine: sa.Engine) -> Scene:
    """A Slack app in memory."""
    from tests.slack_scene import Scene  # noqa: PLC0415 - other unit tests need nothing of Slack

    return Scene(engine)
