"""Socket Mode from its settings: it opens, answers, cleans up, and says plainly why it does not open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.adapters.database import DatabaseStore
from assistant.model import Audience
from bots import wiring, wiring_slack
from bots.errors import BadSetting, SlackClosed
from bots.settings import Settings
from bots.wiring_slack import SlackDoor
from tests.fakes import FakeKnowledge, a_catalogue
from tests.integration.slack_bench import SlowAssistant
from tests.slackish.server import SlackishServer, eventually

NOBODY_THERE = "http://127.0.0.1:9/api/"


@pytest.fixture
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as server:
        yield server


def settings_for(slack: SlackishServer, data: Path, **changes: object) -> Settings:
    given: dict[str, object] = {
        "data_dir": data,
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token,
        "slack_api_url": slack.url,
        **changes,
    }
    return Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]


@contextmanager
def a_door(settings: Settings) -> Iterator[SlackDoor]:
    store = wiring.build_store(settings)
    door = wiring_slack.build_slack(
        settings,
        assistant=SlowAssistant(FakeKnowledge(a_catalogue())),
        desk=wiring.build_desk(settings),
        store=store,
        over_http=False,
    )
    try:
        yield door
    finally:
        door.app.listener_runner.listener_executor.shutdown(wait=True)
        store.close()


def test_a_question_that_comes_down_the_socket_is_answered(slack: SlackishServer, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path)
    with a_door(settings) as door, door.open(), wiring_slack.socket_mode(door, settings=settings) as name:
        assert name == "apnavigator"
        said = slack.person("UADA", slack.by_socket).says("When must the governors meet?")
        assert said.delivery.in_time
        assert eventually(lambda: slack.answers(said.channel, thread=said.thread))
    assert not slack.refused


def test_when_it_is_stopped_the_connection_is_closed(slack: SlackishServer, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path)
    with a_door(settings) as door, door.open(), wiring_slack.socket_mode(door, settings=settings):
        assert eventually(lambda: slack.socket.connections == 1)
    assert eventually(lambda: slack.socket.connections == 0)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"slack_bot_token": "xoxb-wrong"}, "APNAV_SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-wrong"}, "APNAV_SLACK_APP_TOKEN"),
        ({"slack_api_url": NOBODY_THERE}, "can reach Slack"),
    ],
)
def test_why_it_does_not_open_is_said_without_the_token(
    slack: SlackishServer, tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    settings = settings_for(slack, tmp_path, **changes)
    opening = wiring_slack.socket_mode
    with a_door(settings) as door, pytest.raises(SlackClosed, match=says) as closed, opening(door, settings=settings):
        pass
    assert "wrong" not in str(closed.value)


def test_both_tokens_that_are_missing_are_named(slack: SlackishServer, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path, slack_bot_token=None, slack_app_token=None)
    with pytest.raises(BadSetting, match=r"APNAV_SLACK_BOT_TOKEN[\s\S]*APNAV_SLACK_APP_TOKEN"):
        wiring_slack.check_for_socket_mode(settings)


def test_it_deletes_what_is_kept_too_long_by_itself(slack: SlackishServer, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path, keep_hours=1)
    with a_door(settings) as door:
        store = wiring.build_store(settings)
        old = wiring.now() - timedelta(hours=2)
        store.start(Audience.PARENT, now=old)
        door.workers._lease = timedelta(seconds=1)  # which says how often they look
        with door.open():
            assert eventually(lambda: not kept_in(store), within=15)
        store.close()


def kept_in(store: DatabaseStore) -> int:
    """How many conversations are kept."""
    with store.engine().connect().execution_options(reading=True) as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar_one())
