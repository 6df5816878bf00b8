"""What people, programs and passers-by send that is no question: each gets clear words or is passed over, typed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.slack_app import Cast, SlackApp, echoing
from tests.slack_shown import calls, links, words
from tests.slackish.server import SlackishServer, eventually


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackishServer]:
    with SlackishServer() as running:
        yield running


@pytest.fixture(scope="module")
def app(slack: SlackishServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackApp]:
    with echoing(slack, tmp_path_factory.mktemp("bad-input"), way="http") as running:
        yield running


@pytest.fixture
def cast(slack: SlackishServer, app: SlackApp) -> Iterator[Cast]:
    """New people; whatever they do, the app lives on and answers the next question."""
    slack.no_more_trouble()
    made = Cast(slack, app)
    yield made
    slack.no_more_trouble()
    app.takes(0)
    assert app.process.poll() is None
    made.answers(made.ben.says("A plain question afterwards"))


def nothing_comes(cast: Cast, channel: str, *, after: int = 0) -> None:
    """The app says nothing more there, and has nothing to do: what is to be answered is kept before Slack hears."""
    assert eventually(lambda: cast.app.unfinished() == 0)
    assert len(cast.slack.answers(channel)) == after


# Who is not Slack -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("secret", "age"), [("guessed", 0.0), (None, 400.0), (None, -400.0)])
def test_post_with_a_wrong_or_late_signature_is_refused(
    cast: Cast, app: SlackApp, secret: str | None, age: float
) -> None:
    url = app.url
    stranger = cast.slack.person(cast.ada.user, cast.slack.http(url, secret=secret, age=age))
    assert stranger.says("Let me in").delivery.status == 401
    assert stranger.commands("/ap", "Let me in").status == 401
    assert "let me in" not in str(app.asked()).lower()


def test_replayed_event_is_not_answered_again(cast: Cast) -> None:
    said = cast.ada.says("Only once, however often it is replayed")
    first = cast.answers(said)
    assert cast.ada.again(said, retry=None).acknowledged
    assert cast.ada.again(said).acknowledged
    nothing_comes(cast, said.channel, after=len(first))
    assert sum("however often" in asked for asked in cast.app.asked()) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"payload=%7B", b"\xff\xfe", b'{"type": "event_callback"}'])
def test_signed_nonsense_ends_nothing(cast: Cast, app: SlackApp, body: bytes) -> None:
    status = app.post_signed(body)
    assert status in range(200, 500), "it is an answer, not a crash"


# What is no question --------------------------------------------------------------------------------------------------


def test_empty_mention_is_told_how_to_ask(cast: Cast) -> None:
    said = cast.ada.mentions(cast.channel, "")
    [answer] = cast.answers(said)
    assert "without a question" in answer.shown


@pytest.mark.parametrize("text", ["", "   ", "help"])
def test_empty_command_is_told_how_to_ask(cast: Cast, text: str) -> None:
    cast.ada.commands("/ap", text, channel=cast.channel)
    assert "for example" in cast.privately(cast.ada, "/ap").shown


def test_files_alone_are_told_that_nobody_can_read_them(cast: Cast) -> None:
    for said in (cast.ada.says("", files=2), cast.ada.mentions(cast.channel, "", files=1)):
        [answer] = cast.answers(said)
        assert "cannot read files" in answer.shown


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "bot_message", "bot_id": "B0OTHER", "text": "I am a program"},
        {"user": "U0APNAV", "bot_id": "B0APNAV", "text": "My own words"},
        {"subtype": "message_changed", "message": {"user": "UADA", "text": "edited"}},
        {"subtype": "channel_join", "user": "UADA", "text": "joined"},
        {"subtype": "assistant_app_thread", "user": "UADA", "text": "New chat"},
    ],
    ids=["another bot's", "its own", "an edit", "somebody joins", "Slack's own root"],
)
def test_message_that_no_person_wrote_is_passed_over(cast: Cast, app: SlackApp, event: dict[str, Any]) -> None:
    channel = cast.slack.dm(cast.ada.user)
    whole = {"type": "message", "channel": channel, "channel_type": "im", "ts": cast.slack.space.new_ts(), **event}
    delivery = cast.slack.send_event(app.door, whole)
    assert delivery.acknowledged
    nothing_comes(cast, channel)


def test_unknown_event_is_acknowledged(cast: Cast, app: SlackApp) -> None:
    for kind in ("reaction_added", "app_context_changed", "made_up"):
        assert cast.slack.send_event(app.door, {"type": kind, "user": cast.ada.user, "event_ts": "1.1"}).in_time


@pytest.mark.parametrize(
    "words",
    [
        "Mein Sohn wurde von der Schule suspendiert. Was muss die Schule jetzt tun?",
        "Mój syn został zawieszony w szkole. Co mam teraz zrobić?",
        "ابني موقوف عن المدرسة، ماذا أفعل؟",
        "我儿子被停学了，我该怎么办？",
        "🙈🙉🙊",
        "?!",
        "\u202eevil\u202c \x00 \ud7ff",
    ],
)
def test_other_languages_and_signs_get_an_answer_in_words(cast: Cast, words: str) -> None:
    answers = cast.answers(cast.ada.says(words))
    assert all(answer.shown.strip() for answer in answers)


# What is not there any more -------------------------------------------------------------------------------------------


def test_unknown_button_says_that_it_does_not_work_any_more(cast: Cast) -> None:
    answer = cast.answers(cast.ada.says("A question with a button"))[-1]
    assert cast.ada.forges(answer, {"action_id": "ap_of_last_year", "value": "1"}).acknowledged
    assert eventually(lambda: [m for m in cast.seen_by(cast.ada) if "does not work any more" in m.shown])


@pytest.mark.parametrize("action", ["ap_human", "ap_share", "ap_as_at", "ap_ask_as_parent", "ap_calendar_file"])
def test_button_of_an_answer_that_is_gone_says_so(cast: Cast, action: str) -> None:
    answer = cast.answers(cast.ada.says("A question of long ago"))[-1]
    assert cast.ada.forges(answer, {"action_id": action, "value": "T0SCHOOL:D1:1.1"}).acknowledged
    assert eventually(lambda: [m for m in cast.seen_by(cast.ada) if "not kept any more" in m.shown])


@pytest.mark.parametrize("value", ["", "yes", "yes:", "maybe:1", "no:" + "x" * 1990])
def test_button_with_a_value_that_nobody_gave_it_does_no_harm(cast: Cast, value: str) -> None:
    answer = cast.answers(cast.ada.says("A question with feedback"))[-1]
    assert cast.ada.forges(answer, {"action_id": "ap_feedback", "value": value}).acknowledged
    told = "does not work any more"
    if value.startswith("no:"):  # which asks why, for whatever answer it may be
        modal = eventually(lambda: cast.slack.modal(cast.ada.user))
        assert modal is not None
        cast.ada.submits(modal, {})
        told = "not kept any more"
    assert eventually(lambda: [m for m in cast.seen_by(cast.ada) if told in m.shown])


def test_whoever_deletes_their_question_before_its_answer_came_gets_a_word_in_private(cast: Cast) -> None:
    cast.app.takes(20)
    said = cast.ada.mentions(cast.channel, "A question that I take back")
    cast.ada.deletes(said)
    cast.slack.fail("*", "thread_not_found", when=lambda call: call.get("thread_ts") == said.ts)
    cast.app.takes(0)
    assert eventually(lambda: [m for m in cast.seen_by(cast.ada) if "that I take back" in m.shown])
    assert cast.slack.answers(cast.channel) == []


def test_whoever_deletes_their_direct_message_before_its_answer_came_is_told_so(cast: Cast) -> None:
    cast.app.takes(20)
    said = cast.ada.says("A message that I take back")
    cast.ada.deletes(said)
    cast.slack.fail("*", "thread_not_found", when=lambda call: call.get("thread_ts") == said.ts)
    cast.app.takes(0)
    assert eventually(lambda: [m for m in cast.seen_by(cast.ada) if "not there any more" in m.shown])


def test_checking_a_message_that_was_deleted_meanwhile_still_answers_in_private(cast: Cast) -> None:
    wrote = cast.ben.writes(cast.channel, "He was sent home again.")
    wrote.deleted = True
    cast.ada.checks("ap_check_message", wrote)
    cast.privately(cast.ada, "sent home again")


def test_command_in_a_channel_that_the_app_is_not_in_is_answered_and_sharing_says_why_it_cannot(cast: Cast) -> None:
    room = cast.slack.add_channel(f"{cast.channel}X", members=[cast.ada.user], app=False).id
    cast.ada.commands("/ap", "A question from outside", channel=room)
    private = cast.privately(cast.ada, "from outside")
    cast.ada.presses(private, "ap_share")
    assert eventually(lambda: [m for m in cast.seen_by(cast.ada) if "not in that channel" in m.shown])
    assert cast.slack.answers(room) == []


@pytest.mark.parametrize("inside", [True, False], ids=["the app is there", "the app is not there"])
def test_answer_to_a_command_finds_another_private_way_when_its_address_ran_out(cast: Cast, inside: bool) -> None:
    cast.slack.fail("response_url", "expired_url", status=404)
    room = cast.slack.add_channel(f"{cast.channel}Y", members=[cast.ada.user], app=inside).id
    cast.ada.commands("/ap", "A question that took long", channel=room)
    assert eventually(lambda: [m for m in cast.seen_by(cast.ada) if "You asked: A question" in m.shown])
    assert cast.slack.messages(room, by_app=True) == []


# What is meant to be more than words ----------------------------------------------------------------------------------

HOSTILE = "<!channel> <@U0APNAV> <!here|x> <https://evil.example|click> [tap](https://evil.example) @here *bold* school"


def test_words_of_a_question_call_and_link_nobody_wherever_they_are_shown(cast: Cast) -> None:
    slack, me = cast.slack, cast.ada.user
    sessions = set(slack.space.sessions)
    wrote = cast.ben.writes(cast.channel, HOSTILE)
    direct = cast.ada.says(HOSTILE)
    mention = cast.ada.mentions(cast.channel, HOSTILE)
    cast.ada.commands("/ap", HOSTILE, channel=cast.channel)
    private = cast.privately(cast.ada, "You asked")
    cast.ada.checks("ap_check_message", wrote)
    answers = [*cast.answers(direct), *cast.answers(mention)]
    before = len(slack.answers("CADVICE"))
    cast.ada.presses(cast.having(answers, "ap_human"), "ap_human")
    cast.ada.presses(private, "ap_share")
    cast.ada.opens()
    assert eventually(lambda: "school" in str(cast.home_of(cast.ada)))
    assert eventually(lambda: cast.app.unfinished() == 0)

    checked = [m for m in slack.ephemerals(me) if "You asked" in m.shown]
    public = slack.answers(cast.channel)
    requests = slack.answers("CADVICE")[before:]
    assert [len(answers), len(checked), len(public), len(requests)] == [2, 2, 2, 1]
    for message in [*answers, *checked, *public, *requests]:
        whole = [{"type": "markdown", "text": "".join(message.pieces)}, *message.blocks]
        assert "bold" in words(whole), "everybody can read what was asked"
        assert set(calls([*whole, {"type": "mrkdwn", "text": message.text}])) <= {f"<@{me}>"}
        assert not any("evil" in link for link in links(whole))
    home = cast.home_of(cast.ada)["blocks"]
    assert (calls(home), links(home)) == ([], [])
    titles = [slack.space.sessions[each].title or "" for each in set(slack.space.sessions) - sessions]
    assert len(titles) == 2
    assert not any(re.search("<[!@h]", title) for title in titles)


# When something breaks ------------------------------------------------------------------------------------------------


def test_question_that_breaks_the_program_gets_an_apology_with_a_reference_and_no_inner_words(cast: Cast) -> None:
    [answer] = cast.answers(cast.ada.says("crash of the xylophone"))
    assert "went wrong" in answer.shown
    [reference] = re.findall(r"Reference ([0-9a-f]{8})", answer.shown)
    assert reference in cast.app.log()
    assert "xylophone" not in answer.shown + cast.app.log()


@pytest.mark.parametrize("error", ["not_allowed_token_type", "token_revoked", "missing_scope"])
def test_refusals_of_slack_are_logged_by_their_names_and_the_question_ends(cast: Cast, error: str) -> None:
    mine = cast.slack.dm(cast.ada.user)
    cast.slack.fail("*", error, when=lambda said: mine in {said.get("channel"), said.get("channel_id")})
    calls = len(cast.slack.calls)
    cast.ada.says("A question into the void")

    assert eventually(lambda: cast.app.unfinished() == 0)
    assert f"Not delivered: Slack refused: {error};" in cast.app.log()
    assert cast.app.rows("SELECT state FROM slack_jobs WHERE channel = ?", mine) == [("failed",)]
    assert len(cast.slack.calls) - calls < 10, "it does not go round in circles"


def test_whoever_asks_while_slack_cannot_say_what_it_did_is_told_so_when_it_recovers(cast: Cast) -> None:
    mine = cast.slack.dm(cast.ada.user)
    cast.slack.fail("*", "fatal_error", when=lambda said: mine in {said.get("channel"), said.get("channel_id")})
    said = cast.ada.says("A question in the night")

    assert eventually(lambda: "Tried again later: Slack refused: fatal_error" in cast.app.log())
    cast.slack.no_more_trouble()
    assert eventually(lambda: "I was interrupted" in str([m.shown for m in cast.slack.answers(said.channel)]))


def test_no_token_is_ever_logged(cast: Cast) -> None:
    cast.slack.fail("chat.startStream", "invalid_auth")
    cast.answers(cast.ada.says("A question with a fault in it"))
    log = cast.app.log()
    for secret in (cast.slack.bot_token, cast.slack.app_token, cast.slack.signing_secret):
        assert secret not in log
