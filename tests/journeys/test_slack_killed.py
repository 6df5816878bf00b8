"""The Slack app is killed at the worst moments and started again: nothing twice, and nothing lost without a word."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journeys.slack_app import Cast, SlackApp, answers_to, echoing
from tests.slackish.person import Said
from tests.slackish.server import SlackishServer, eventually

INTERRUPTED = "I was interrupted"
IN_DOUBT = "do not know whether the advisers have it"


@pytest.fixture
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        yield running


@dataclass
class Asked:
    """What people did before the app was killed: messages, commands, and presses under an earlier answer."""

    said: list[Said] = field(default_factory=list)
    commands: list[tuple[str, str]] = field(default_factory=list)  # who, and the words
    pressed: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, cast: Cast) -> None:
        """Four questions in direct messages and four mentions, of which two are of one thread; and a command."""
        self.said += [cast.ada.says(f"question {n}.") for n in range(4)]
        case = cast.ben.writes(cast.channel, "A case")
        self.said += [cast.ben.mentions(cast.channel, f"mention {n}.", thread=case.ts) for n in range(2)]
        self.said += [cast.ben.mentions(cast.channel, f"mention {n}.") for n in range(2, 4)]
        self.command(cast)

    def command(self, cast: Cast) -> None:
        cast.ada.commands("/ap", "a command.", channel=cast.channel)
        self.commands.append((cast.ada.user, "a command."))

    def ask_for_a_human(self, cast: Cast) -> None:
        """Under an answer that came in fair weather."""
        question = f"A question of {cast.ada.user} for a human."
        answer = cast.answers(cast.ada.says(question))
        self.pressed.append((cast.ada.user, question))
        cast.slack.slow("chat.postMessage", 0.6)
        cast.ada.presses(cast.having(answer, "ap_human"), "ap_human")


def thinking(slack: SlackishServer, app: SlackApp, cast: Cast, asked: Asked) -> None:
    """Killed while the answers are thought about."""
    before = len(app.asked())
    app.takes(1.5)
    asked.ask(cast)
    assert eventually(lambda: len(app.asked()) > before)


def beginning(slack: SlackishServer, app: SlackApp, cast: Cast, asked: Asked) -> None:
    """Killed while Slack has begun streams and has not yet said which messages they are."""
    begun = len(slack.called("chat.startStream"))
    slack.slow("chat.startStream", 0.6)
    asked.ask(cast)
    assert eventually(lambda: len(slack.called("chat.startStream")) > begun + 1)


def in_the_middle(slack: SlackishServer, app: SlackApp, cast: Cast, asked: Asked) -> None:
    """Killed while streams grow: their messages are known and half written; and while a command is answered."""
    slack.slow("chat.appendStream", 0.6)
    slack.slow("response_url", 0.9)
    asked.command(cast)
    asked.said += [cast.ada.says(f"Tell me at length, {n}.") for n in range(3)]
    assert eventually(lambda: any(m.stream == "going" and len(m.pieces) > 1 for m in slack.space.messages))


def at_the_end(slack: SlackishServer, app: SlackApp, cast: Cast, asked: Asked) -> None:
    """Killed when Slack has taken the ends of streams, and the app has not heard of it."""
    ended = len(slack.called("chat.stopStream"))
    slack.fail("chat.stopStream", status=500, times=None, after=True)
    slack.web.troubles[-1].seconds = 0.6
    asked.ask(cast)
    assert eventually(lambda: len(slack.called("chat.stopStream")) > ended)


def without_streams(slack: SlackishServer, app: SlackApp, cast: Cast, asked: Asked) -> None:
    """Killed while messages are posted whole, one to the advisers, and Slack is slow to say that it has them."""
    asked.ask_for_a_human(cast)
    posted = len(slack.called("chat.postMessage"))
    slack.fail("chat.startStream", "channel_type_not_supported")
    asked.ask(cast)
    assert eventually(lambda: len(slack.called("chat.postMessage")) > posted + 1)


Moment = Callable[[SlackishServer, SlackApp, Cast, Asked], None]


@pytest.mark.parametrize(
    ("way", "moments"),
    [
        ("http", (thinking, in_the_middle, without_streams)),
        ("socket", (beginning, at_the_end)),
    ],
)
def test_killed_app_answers_nothing_twice_and_loses_nothing_without_a_word(
    slack: SlackishServer, tmp_path: Path, way: str, moments: tuple[Moment, ...]
) -> None:
    asked = Asked()
    for moment in moments:
        with echoing(slack, tmp_path, way=way) as app:
            repeat(slack, app, asked.said)
            assert eventually(lambda app=app: app.unfinished() == 0, within=30)
            moment(slack, app, Cast(slack, app), asked)
            app.kill()
        slack.no_more_trouble()
    with echoing(slack, tmp_path, way=way) as app:
        repeat(slack, app, asked.said)
        assert eventually(lambda: app.unfinished() == 0, within=30)

    none_lost_in_threads(slack, asked)
    none_lost_in_private(slack, asked)
    none_lost_on_the_way_to_advisers(slack, asked)
    assert len(app.asked()) >= len(asked.said)


def none_lost_in_threads(slack: SlackishServer, asked: Asked) -> None:
    """Each question has one answer, or a notice of its own in its thread."""
    untold: Counter[tuple[str, str]] = Counter()
    for one in asked.said:
        mine = answers_to(slack, one)
        assert len(mine) <= 1, f"answered twice: {mine}"
        untold[one.channel, one.thread] += not mine
    assert untold.total() <= len(asked.said) / 2, "to say so is the exception"
    for (channel, thread), unanswered in untold.items():
        here = slack.messages(channel, thread=thread, by_app=True)
        notices = sum(INTERRUPTED in message.shown for message in here)
        half_written = sum(not message.finished for message in here)
        assert notices >= max(unanswered, half_written), f"lost without a word: {[m.shown for m in here]}"


def none_lost_in_private(slack: SlackishServer, asked: Asked) -> None:
    for user, words in asked.commands:
        here = [message.shown for message in slack.ephemerals(user)]
        answers = sum(f"You asked: {words}" in shown for shown in here)
        assert answers <= 1, f"answered twice: {here}"
        assert answers or any(INTERRUPTED in shown for shown in here), f"lost: {words!r} in {here}"


def none_lost_on_the_way_to_advisers(slack: SlackishServer, asked: Asked) -> None:
    for user, question in asked.pressed:
        requests = sum(question in message.shown for message in slack.answers("CADVICE"))
        alone = [*slack.ephemerals(user), *slack.answers(slack.dm(user))]
        assert requests <= 1, "passed on twice"
        assert requests or any(IN_DOUBT in message.shown for message in alone), "lost without a word"


def repeat(slack: SlackishServer, app: SlackApp, said: list[Said]) -> None:
    """Slack did not hear from the app, and sends some events again."""
    for one in said[::2]:
        slack.person(one.message.user, app.door).again(one)
