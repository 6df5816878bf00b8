"""Slack in bad weather: slow answers, floods, the same thing twice, a killed process. Nobody is left waiting."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys.slack_app import Cast, SlackApp, answers_to, echoing
from tests.slackish.doors import Delivery, SocketDoor
from tests.slackish.payloads import Outgoing
from tests.slackish.person import Said
from tests.slackish.server import SlackishServer, eventually

QUESTIONS = 5  # in each thread
THREADS = {"http": 40, "socket": 12}  # that is 200 events at one door, and some more at the other
WORKERS = 4
over_http = pytest.mark.parametrize("way", ["http"], indirect=True, scope="module")
in_socket_mode = pytest.mark.parametrize("way", ["socket"], indirect=True, scope="module")


@pytest.fixture(scope="module", params=["http", "socket"])
def way(request: pytest.FixtureRequest) -> str:
    """How Slack reaches the app."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def slack(way: str) -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        yield running


@pytest.fixture(scope="module")
def running(slack: SlackishServer, way: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackApp]:
    with echoing(slack, tmp_path_factory.mktemp("reliability"), way=way, APNAV_LOG_LEVEL="debug") as app:
        yield app


@pytest.fixture
def app(slack: SlackishServer, running: SlackApp) -> Iterator[SlackApp]:
    """The app in fair weather; afterwards it lives and has nothing left to do."""
    yield running
    slack.no_more_trouble()
    running.takes(0)
    assert running.process.poll() is None
    assert eventually(lambda: running.unfinished() == 0)


@pytest.fixture
def cast(slack: SlackishServer, app: SlackApp) -> Cast:
    return Cast(slack, app)


# Slow answers --------------------------------------------------------------------------------------------------------


@pytest.mark.alone
def test_everything_is_acknowledged_within_three_seconds_however_slow_the_answers_are(
    slack: SlackishServer, app: SlackApp, cast: Cast
) -> None:
    app.takes(10)
    ada, ben = cast.ada, cast.ben
    wrote = ben.writes(cast.channel, "Sent home again today.")
    acts: list[Callable[[], Any]] = [
        *(lambda n=n: ada.says(f"Question {n}") for n in range(8)),
        *(lambda n=n: ben.mentions(cast.channel, f"Mention {n}") for n in range(4)),
        lambda: ada.commands("/ap", "A command", channel=cast.channel),
        lambda: ada.commands("/ap", "settings", channel=cast.channel),
        lambda: ada.checks("ap_check_message", wrote),
        lambda: ada.opens("home"),
        lambda: ada.opens("messages"),
        lambda: ada.forges(wrote, {"action_id": "ap_human", "value": "no-such-job"}),
        lambda: ada.forges(wrote, {"action_id": "ap_feedback", "value": "yes:no-such-job"}),
    ]
    before, asked = len(slack.deliveries), len(app.asked())
    with ThreadPoolExecutor(len(acts)) as together:
        list(together.map(lambda act: act(), acts))
    assert eventually(lambda: len(app.asked()) == asked + WORKERS)

    done = slack.deliveries[before:]
    assert len(done) == len(acts)
    assert [(outgoing.payload, delivery) for outgoing, delivery in done if not delivery.in_time] == []
    assert slack.answers(slack.dm(ada.user)) == []
    app.takes(0)
    assert eventually(lambda: len(slack.answers(slack.dm(ada.user))) == 8, within=30), "the answers come after all"


# Floods and repetitions ----------------------------------------------------------------------------------------------


@pytest.mark.alone
def test_two_hundred_events_delivered_twice_are_each_answered_once_and_in_order_within_their_thread(
    slack: SlackishServer, app: SlackApp, cast: Cast, way: str
) -> None:
    app.takes(0.02)
    threads = THREADS[way]
    roots = [cast.ada.writes(cast.channel, f"Case {n}") for n in range(threads)]
    before = len(slack.deliveries), len(app.asked()), len(slack.refused)
    said: list[Said] = []
    twice: list[Future[Delivery]] = []

    def ask(number: int) -> None:
        """One thread's questions, in the order in which they were written; Slack repeats each at some time."""
        for place in range(QUESTIONS):
            one = cast.ben.mentions(cast.channel, f"question {number}-{place}.", thread=roots[number].ts)
            said.append(one)
            twice.append(repeating.submit(cast.ben.again, one, retry=(1, "http_timeout")))

    with ThreadPoolExecutor(8) as repeating, ThreadPoolExecutor(8) as asking:
        list(asking.map(ask, range(threads)))

    assert len(said) == len(twice) == threads * QUESTIONS
    assert [delivery for _, delivery in slack.deliveries[before[0] :] if not delivery.in_time] == []
    assert eventually(lambda: app.unfinished() == 0, within=90)
    assert Counter(len(answers_to(slack, one)) for one in said) == {1: threads * QUESTIONS}
    assert len(app.asked()) - before[1] == threads * QUESTIONS
    for number, root in enumerate(roots):
        order = [m.shown for m in slack.messages(cast.channel, thread=root.ts, by_app=True)]
        asked = [next(p for p in range(QUESTIONS) if f"question {number}-{p}." in shown) for shown in order]
        assert asked == sorted(asked)
    assert slack.refused[before[2] :] == []


class OnItsWay:
    """A door behind which events still travel: the app hears of them when they are sent again."""

    def __init__(self) -> None:
        self.held: list[tuple[Outgoing, tuple[int, str] | None]] = []

    def send(self, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Delivery:
        self.held.append((outgoing, retry))
        return Delivery(acknowledged=False, took=0.0)


@over_http
def test_questions_that_arrive_in_the_wrong_order_are_answered_in_the_order_in_which_they_were_written(
    slack: SlackishServer, app: SlackApp, cast: Cast
) -> None:
    app.takes(1.0)
    before = len(app.asked())
    for n in range(WORKERS):
        cast.ada.says(f"busy {n}.")
    assert eventually(lambda: len(app.asked()) >= before + WORKERS)
    case = cast.ben.writes(cast.channel, "A case")
    far_away = slack.person(cast.ben.user, OnItsWay())
    said = [far_away.mentions(cast.channel, f"question {n}.", thread=case.ts) for n in range(5)]
    for one in reversed(said):
        assert cast.ben.again(one, retry=None).in_time
    app.takes(0)

    assert eventually(lambda: app.unfinished() == 0)
    shown = [message.shown for message in slack.messages(cast.channel, thread=case.ts, by_app=True)]
    assert [f"question {n}." in each for n, each in enumerate(shown)] == [True] * 5
    assert [f"Before that, {2 * n} turns" in each for n, each in enumerate(shown)] == [True] * 5


def test_mention_that_comes_as_two_events_and_is_repeated_later_is_answered_once(
    slack: SlackishServer, cast: Cast
) -> None:
    said = cast.ada.mentions(cast.channel, "Once only.")
    cast.ada.also_told(said)
    cast.answers(said)
    cast.ada.again(said, retry=(3, "http_error"))
    assert eventually(lambda: cast.app.unfinished() == 0)
    assert len(slack.answers(cast.channel)) == 1


@over_http
def test_two_processes_that_share_a_database_answer_each_question_once(
    slack: SlackishServer, app: SlackApp, cast: Cast
) -> None:
    asked = len(app.asked())
    with echoing(slack, app.data, way="http", seconds=0.1) as other:
        elsewhere = slack.person(cast.ada.user, other.door)
        with ThreadPoolExecutor(8) as together:
            said = list(together.map(lambda n: cast.ada.says(f"shared question {n}."), range(24)))
            list(together.map(elsewhere.again, said))
        assert eventually(lambda: app.unfinished() == 0)
    assert [len(answers_to(slack, one)) for one in said] == [1] * 24
    assert len(app.asked()) - asked == 24


def test_thread_of_a_direct_message_remembers_what_was_said_in_it(slack: SlackishServer, cast: Cast) -> None:
    said = cast.ada.says("The first question.")
    cast.answers(said)
    follow_up = cast.ada.says("And the second?", thread=said.thread)
    elsewhere = cast.ada.says("Something else.")
    assert eventually(lambda: answers_to(slack, follow_up) and answers_to(slack, elsewhere))
    assert "Before that, 2 turns were said." in answers_to(slack, follow_up)[0]
    assert "Before that, 0 turns were said." in answers_to(slack, elsewhere)[0]


def test_log_holds_no_word_that_people_wrote_and_no_token_even_when_it_says_most(
    slack: SlackishServer, app: SlackApp, cast: Cast
) -> None:
    answer = cast.answers(cast.ada.says("A question about a xylophone"))[-1]
    cast.ada.commands("/ap", "A command about a xylophone", channel=cast.channel)
    cast.privately(cast.ada, "A command about")
    cast.ada.presses(answer, "ap_human")
    cast.ada.opens()
    assert eventually(lambda: "xylophone" in str(cast.home_of(cast.ada)))
    log = app.log()
    assert "xylophone" not in log
    assert [each for each in (slack.bot_token, slack.app_token, slack.signing_secret) if each in log] == []


# Stopping ------------------------------------------------------------------------------------------------------------


def test_person_stops_an_answer_that_takes_too_long(slack: SlackishServer, app: SlackApp, cast: Cast) -> None:
    app.takes(1.5)
    said = cast.ada.says("A question I regret.")
    assert eventually(lambda: (said.channel, said.thread) in slack.space.sessions)
    cast.ada.stops(said.channel, said.thread)

    assert eventually(lambda: app.unfinished() == 0)
    assert eventually(lambda: slack.space.sessions[said.channel, said.thread].status != "processing")
    shown = [message.shown for message in slack.answers(said.channel)]
    assert len(shown) == 1
    assert "Stopped" in shown[0]
    app.takes(0)
    after = cast.ada.says("The next one.", thread=said.thread)
    assert eventually(lambda: answers_to(slack, after)), "the thread goes on"


@in_socket_mode
def test_person_stops_an_answer_while_it_is_being_written(slack: SlackishServer, app: SlackApp, cast: Cast) -> None:
    slack.slow("chat.appendStream", 0.5)
    said = cast.ada.says("Tell me at length.")
    assert eventually(lambda: any(m.stream == "going" for m in slack.messages(said.channel)))
    cast.ada.stops(said.channel, said.thread)

    assert eventually(lambda: app.unfinished() == 0)
    answers = slack.answers(said.channel)
    assert sum(message.shown.count("governors must think") for message in answers) < 150, "it was not all written"
    assert "Stopped" in "".join(message.shown for message in answers)
    assert eventually(lambda: slack.space.sessions[said.channel, said.thread].status != "processing")


# Slack itself in trouble ---------------------------------------------------------------------------------------------


@in_socket_mode
def test_answer_comes_whole_when_slack_is_too_busy_for_streams(slack: SlackishServer, cast: Cast) -> None:
    slack.limit("chat.startStream", retry_after=30, times=None)
    [answer] = cast.answers(cast.ada.says("A busy hour."))
    assert answer.stream is None
    assert "A busy hour." in answer.shown


@in_socket_mode
def test_answer_waits_as_long_as_slack_asks(slack: SlackishServer, cast: Cast) -> None:
    slack.fail("chat.startStream", "channel_type_not_supported")
    slack.limit("chat.postMessage", retry_after=2)
    before = len(slack.called("chat.postMessage"))
    cast.answers(cast.ada.says("In a moment."))
    first, second = slack.called("chat.postMessage")[before:]
    assert (first.error, second.error) == ("ratelimited", None)
    assert second.at - first.at >= 2


@in_socket_mode
def test_many_questions_at_the_pace_that_slack_allows_are_all_answered_once(
    slack: SlackishServer, app: SlackApp, cast: Cast
) -> None:
    slack.pace("chat.startStream", most=5, within=3)
    slack.pace("chat.postMessage", most=6, within=2)
    said = [cast.ada.says(f"paced question {n}.") for n in range(25)]
    assert eventually(lambda: app.unfinished() == 0, within=40)
    assert [len(answers_to(slack, one)) for one in said] == [1] * 25
    assert any(call.error == "ratelimited" for call in slack.calls)


@in_socket_mode
def test_pieces_that_slack_is_too_busy_for_come_at_the_end(slack: SlackishServer, cast: Cast) -> None:
    slack.limit("chat.appendStream", retry_after=30, times=None)
    answer, *_ = cast.answers(cast.ada.says("Tell me at length."))
    assert answer.stream == "stopped"
    assert answer.shown.count("governors must think") == 150


@in_socket_mode
def test_answer_comes_once_when_slack_recovers_from_its_errors(
    slack: SlackishServer, app: SlackApp, cast: Cast
) -> None:
    mine = slack.dm(cast.ada.user)
    slack.fail("*", status=500, times=6, when=lambda said: mine in {said.get("channel"), said.get("channel_id")})
    said = cast.ada.says("In a storm.")
    assert eventually(lambda: answers_to(slack, said) and app.unfinished() == 0, within=40)
    assert len(answers_to(slack, said)) == 1


@in_socket_mode
def test_stream_that_slack_ends_by_itself_is_written_to_its_end(
    slack: SlackishServer, app: SlackApp, cast: Cast
) -> None:
    slack.slow("chat.appendStream", 0.3)
    said = cast.ada.says("Tell me at length.")
    assert eventually(lambda: slack.messages(said.channel, by_app=True))
    for message in slack.messages(said.channel, by_app=True):
        message.stream = "ended"
    assert eventually(lambda: app.unfinished() == 0)
    answer, *_ = slack.messages(said.channel, by_app=True)
    assert answer.shown.count("governors must think") == 150


@in_socket_mode
def test_app_that_loses_its_connection_to_slack_comes_back(slack: SlackishServer, cast: Cast) -> None:
    opened = slack.socket.opened
    slack.socket.disconnect()
    assert eventually(lambda: slack.socket.opened > opened and slack.socket.connections == 1)
    ada = slack.person(cast.ada.user, SocketDoor(socket=slack.socket, patience=3))
    said = ada.says("Still there?")
    # A connection may go while something is under way on it; Slack then sends it again.
    assert said.delivery.acknowledged or eventually(lambda: ada.again(said).acknowledged)
    cast.answers(said)
