"""The Slack app is killed at the worst moments and started again: nothing twice, and nothing lost without a word."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.slack_app import Cast, SlackApp, answers_to, echoing
from tests.slackish.person import Said
from tests.slackish.server import SlackishServer, eventually

INTERRUPTED = "I was interrupted"


@pytest.fixture
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        yield running


def ask(slack: SlackishServer, app: SlackApp) -> list[Said]:
    """Four questions in direct messages and four mentions, of which two are of one thread."""
    cast = Cast(slack, app)
    said = [cast.ada.says(f"question {n}.") for n in range(4)]
    case = cast.ben.writes(cast.channel, "A case")
    said += [cast.ben.mentions(cast.channel, f"mention {n}.", thread=case.ts) for n in range(2)]
    return said + [cast.ben.mentions(cast.channel, f"mention {n}.") for n in range(2, 4)]


def thinking(slack: SlackishServer, app: SlackApp) -> list[Said]:
    """Killed while the answers are thought about."""
    asked = len(app.asked())
    app.takes(1.5)
    said = ask(slack, app)
    assert eventually(lambda: len(app.asked()) > asked)
    return said


def beginning(slack: SlackishServer, app: SlackApp) -> list[Said]:
    """Killed while Slack has begun streams and has not yet said which messages they are."""
    begun = len(slack.called("chat.startStream"))
    slack.slow("chat.startStream", 0.6)
    said = ask(slack, app)
    assert eventually(lambda: len(slack.called("chat.startStream")) > begun + 1)
    return said


def in_the_middle(slack: SlackishServer, app: SlackApp) -> list[Said]:
    """Killed while streams grow: their messages are known and half written."""
    slack.slow("chat.appendStream", 0.6)
    cast = Cast(slack, app)
    said = [cast.ada.says(f"Tell me at length, {n}.") for n in range(3)]
    assert eventually(lambda: any(m.stream == "going" and len(m.pieces) > 1 for m in slack.space.messages))
    return said


def at_the_end(slack: SlackishServer, app: SlackApp) -> list[Said]:
    """Killed when Slack has taken the ends of streams, and the app has not heard of it."""
    ended = len(slack.called("chat.stopStream"))
    slack.fail("chat.stopStream", status=500, times=None, after=True)
    slack.web.troubles[-1].seconds = 0.6
    said = ask(slack, app)
    assert eventually(lambda: len(slack.called("chat.stopStream")) > ended)
    return said


def without_streams(slack: SlackishServer, app: SlackApp) -> list[Said]:
    """Killed while messages are posted whole, and Slack is slow to say that it has them."""
    posted = len(slack.called("chat.postMessage"))
    slack.fail("chat.startStream", "channel_type_not_supported")
    slack.slow("chat.postMessage", 0.6)
    said = ask(slack, app)
    assert eventually(lambda: len(slack.called("chat.postMessage")) > posted + 1)
    return said


Moment = Callable[[SlackishServer, SlackApp], list[Said]]


@pytest.mark.parametrize(
    ("way", "moments"),
    [("http", (thinking, in_the_middle, without_streams)), ("socket", (beginning, at_the_end))],
)
def test_killed_app_answers_nothing_twice_and_loses_nothing_without_a_word(
    slack: SlackishServer, tmp_path: Path, way: str, moments: tuple[Moment, ...]
) -> None:
    said: list[Said] = []
    for moment in moments:
        with echoing(slack, tmp_path, way=way) as app:
            repeat(slack, app, said)
            assert eventually(lambda app=app: app.unfinished() == 0, within=30)
            said += moment(slack, app)
            app.kill()
        slack.no_more_trouble()
    with echoing(slack, tmp_path, way=way) as app:
        repeat(slack, app, said)
        assert eventually(lambda: app.unfinished() == 0, within=30)

    for one in said:
        here = slack.messages(one.channel, thread=one.thread, by_app=True)
        told = any(INTERRUPTED in message.shown for message in here)
        mine = answers_to(slack, one)
        assert len(mine) <= 1, f"answered twice: {mine}"
        assert mine or told, f"lost: {one.message.text}"
        assert told or all(message.finished for message in here), "a message is left half written without a word"
    untold = [one for one in said if not answers_to(slack, one)]
    assert len(untold) <= len(said) / 2, "to say so is the exception"
    assert len(app.asked()) >= len(said)


def repeat(slack: SlackishServer, app: SlackApp, said: list[Said]) -> None:
    """Slack did not hear from the app, and sends some events again."""
    for one in said[::2]:
        slack.person(one.message.user, app.door).again(one)
