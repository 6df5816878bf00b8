"""People ask in Slack: the real app on the real index, over signed HTTP and over Socket Mode, against a stand-in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.journeys.slack_app import PROJECT, Cast, SlackApp, connected, serving
from tests.slackish.server import SlackishServer, eventually
from tests.slackish.workspace import Message

SUSPENDED = "My son was suspended for six school days. What must the school do?"
REVIEW = (
    "The governors upheld my daughter's permanent exclusion and told us in writing on 10 November 2026. "
    "How long do we have to ask for an independent review panel?"
)
SCOPES = yaml.safe_load((PROJECT / "bots/slack/manifest.yaml").read_text())["oauth_config"]["scopes"]["bot"]


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackishServer]:
    """A Slack in which the app has the scopes that its manifest asks for, and no others."""
    with SlackishServer(scopes=SCOPES) as running:
        yield running


@pytest.fixture(scope="module", params=["http", "socket"])
def app(request: pytest.FixtureRequest, slack: SlackishServer, slack_data: Any) -> Iterator[SlackApp]:
    """The app as it is run: `apnav serve`, or `apnav slack serve`."""
    start = serving if request.param == "http" else connected
    with start(slack, slack_data) as running:
        yield running


@pytest.fixture
def cast(slack: SlackishServer, app: SlackApp) -> Iterator[Cast]:
    """People nobody has met before, in a channel of their own; at the end Slack had nothing to object to."""
    before = len(slack.refused), len(slack.deliveries)
    yield Cast(slack, app)
    assert slack.refused[before[0] :] == []
    assert all(delivery.in_time for _, delivery in slack.deliveries[before[1] :])
    assert app.process.poll() is None


def numbers(text: str) -> set[int]:
    """The citations in a text."""
    return {int(n) for n in re.findall(r"\[(\d+)\]", text)}


def texts(messages: list[Message]) -> str:
    return "\n\n".join(message.shown for message in messages)


# Asking --------------------------------------------------------------------------------------------------------------


def test_senco_asks_in_a_direct_message_and_watches_the_cited_answer_being_written(cast: Cast) -> None:
    said = cast.ada.says(SUSPENDED)

    answers = cast.answers(said)
    assert answers[0].stream == "stopped"
    assert answers[0].pieces, "it was streamed"
    whole = texts(answers)
    assert "sixth" in whole or "day 6" in whole
    assert "not legal advice" in whole.lower()
    assert numbers("".join(answers[0].pieces)), "statements have their citations"
    drawers = [b for m in answers for b in m.blocks if b["type"] == "container"]
    assert drawers
    assert all(drawer["is_collapsible"] for drawer in drawers)
    sources = texts([Message(team="", channel="", ts="", user="", blocks=drawers)])
    assert numbers("".join(answers[0].pieces)) <= numbers(sources), "every citation has its source"
    session = cast.slack.space.sessions[said.channel, said.thread]
    assert session.title
    assert session.title.startswith("My son was suspended")
    assert (session.status, session.history[0]) == ("active", "processing")


def test_agent_offers_questions_to_whoever_opens_its_messages(cast: Cast) -> None:
    cast.ada.opens("messages")

    offered = eventually(lambda: cast.slack.space.prompts.get(cast.slack.dm(cast.ada.user)))
    assert offered
    assert 1 <= len(offered["prompts"]) <= 4


def test_mention_is_answered_in_its_thread_and_the_follow_up_is_understood(cast: Cast) -> None:
    said = cast.ada.mentions(cast.channel, "A pupil with an EHC plan was suspended for six days from an academy.")
    first = cast.answers(said)
    follow_up = cast.ben.mentions(cast.channel, "And who teaches her from the sixth day?", thread=said.thread)
    second = cast.answers(follow_up, after=first)

    assert {m.thread_ts for m in first + second} == {said.thread}
    assert "sixth" in texts(second).lower()
    assert "question back" not in texts(second).lower()
    assert numbers(texts(second))


def test_command_answers_the_asker_alone_who_shares_it_with_the_channel(cast: Cast) -> None:
    cast.ada.commands("/ap", "How long can a headteacher suspend a pupil for in one school year?", channel=cast.channel)
    private = cast.privately(cast.ada, "45")
    assert cast.slack.messages(cast.channel, by_app=True) == []

    cast.ada.presses(private, "ap_share")
    shared = eventually(lambda: cast.slack.answers(cast.channel))
    assert "45" in texts(shared)
    assert "How long can a headteacher" not in texts(shared), "the question stays private"
    cast.ada.presses(private, "ap_share")
    eventually(lambda: "before" in texts(cast.slack.ephemerals(cast.ada.user)))
    assert len(cast.slack.answers(cast.channel)) == len(shared)


def test_senco_looks_for_a_place_and_sees_who_may_refer_and_what_to_check(cast: Cast) -> None:
    asked = "offers near LS8 4HY age 14 anxiety under £90 a day for Jayden Smith"
    cast.ada.commands("/ap", asked, channel=cast.channel)
    cast.privately(cast.ada, "Tumblewick Yard")
    last = cast.privately(cast.ada, "not legal advice")

    whole = texts(cast.slack.ephemerals(cast.ada.user))
    for said in ("near LS8", "made up", "Not published", "Who may ask for a place", "What to check", "Sources"):
        assert said in whole, said
    assert {1, 2} <= numbers(whole)
    assert not cast.app.keeps("Jayden")
    assert cast.slack.messages(cast.channel, by_app=True) == []

    cast.ada.presses(last, "ap_share")
    assert eventually(lambda: "Tumblewick Yard" in texts(cast.slack.answers(cast.channel)))
    cast.ben.commands("/ap", "offers near CF10", channel=cast.channel)
    cast.privately(cast.ben, "is in Wales")


def test_message_shortcut_checks_what_somebody_wrote_without_telling_the_channel(cast: Cast) -> None:
    wrote = cast.ben.writes(cast.channel, "We sent him home to calm down and asked mum to keep him off until Monday.")
    cast.ada.checks("ap_check_message", wrote)

    private = cast.privately(cast.ada, "[1]")
    assert "unlawful" in private.shown.lower() or "must" in private.shown.lower()
    assert cast.slack.messages(cast.channel, by_app=True) == []
    assert cast.slack.ephemerals(cast.ben.user) == []


def test_message_of_ten_thousand_characters_is_told_how_long_a_question_may_be(cast: Cast) -> None:
    [answer] = cast.answers(cast.ada.says("suspended again " * 625))
    assert "the limit is 4,000" in answer.shown


# What can be done with an answer -------------------------------------------------------------------------------------


def test_feedback_is_taken_and_a_bad_answer_is_asked_about(cast: Cast) -> None:
    answer = cast.answers(cast.ada.says(SUSPENDED))
    cast.ada.presses(cast.having(answer, "ap_feedback"), "ap_feedback", "positive")
    cast.ada.presses(cast.having(answer, "ap_feedback"), "ap_feedback", "negative")

    modal = eventually(lambda: cast.slack.modal(cast.ada.user))
    assert modal is not None
    cast.ada.submits(modal, {"ap_reason": cast.first_option(modal, "ap_reason"), "ap_words": "No date in it"})
    assert cast.slack.modal(cast.ada.user) is None
    thanks = eventually(lambda: [m for m in cast.seen_by(cast.ada) if "Thank you" in m.shown])
    assert thanks


def test_person_asks_again_as_a_parent_and_as_at_another_day(cast: Cast) -> None:
    said = cast.ada.says("What must be in the letter about a suspension?")
    first = cast.answers(said)
    cast.ada.presses(cast.having(first, "ap_ask_as_parent"), "ap_ask_as_parent")
    as_parent = cast.answers(said, after=first)
    cast.ada.presses(cast.having(first, "ap_as_at"), "ap_as_at")
    modal = eventually(lambda: cast.slack.modal(cast.ada.user))
    assert modal is not None
    cast.ada.submits(modal, {"ap_as_at_day": "2024-03-01"})
    earlier = cast.answers(said, after=first + as_parent)

    assert "1 March 2024" in texts(earlier)
    assert texts(as_parent) != texts(first)


def test_dates_come_as_a_calendar_file_on_request(cast: Cast) -> None:
    said = cast.ada.says(REVIEW)
    answer = cast.answers(said)
    assert any(block["type"] == "table" for m in answer for block in m.blocks)
    cast.ada.presses(cast.having(answer, "ap_calendar_file"), "ap_calendar_file")

    [file] = eventually(lambda: [f for f in cast.slack.files if f.channel == said.channel])
    assert file.name.endswith(".ics")
    assert file.content
    assert file.content.startswith(b"BEGIN:VCALENDAR")


def test_question_goes_to_advisers_one_of_whom_claims_and_settles_it(cast: Cast) -> None:
    said = cast.ada.says("My son Jamie Featherstone was permanently excluded. Phone me on 07700 900123. What now?")
    answer = cast.answers(said)
    before = len(cast.slack.answers("CADVICE"))
    cast.ada.presses(cast.having(answer, "ap_human"), "ap_human")

    [request] = eventually(lambda: cast.slack.answers("CADVICE")[before:])
    assert "permanently excluded" in request.shown
    assert "Featherstone" not in request.shown
    assert "900123" not in request.shown
    assert not cast.app.keeps("Featherstone")
    cast.ben.presses(request, "ap_human_claim")
    assert eventually(lambda: f"<@{cast.ben.user}>" in request.shown)
    assert eventually(lambda: "adviser" in texts(cast.seen_by(cast.ada, since=answer)).lower())
    cast.ben.presses(request, "ap_human_done")
    assert eventually(lambda: "ap_human" not in str(request.blocks))
    cast.ada.presses(cast.having(answer, "ap_human"), "ap_human")
    assert eventually(lambda: "already" in texts(cast.seen_by(cast.ada)).lower())
    assert len(cast.slack.answers("CADVICE")) == before + 1


# Home, channels, deletion ---------------------------------------------------------------------------------------------


def test_home_shows_ones_own_questions_and_keeps_ones_choices(cast: Cast) -> None:
    cast.answers(cast.ada.says(SUSPENDED))
    cast.answers(cast.ben.says("Can an academy move a pupil to alternative provision?"))
    cast.ada.opens()
    home = eventually(lambda: cast.slack.home(cast.ada.user))
    assert home is not None
    assert "suspended for six" in str(home.view)
    assert "move a pupil" not in str(home.view), "other people's questions are their own"

    cast.ada.chooses(home, "ap_home_save", ap_home_audience="parent", ap_home_school="academy", ap_home_children=[])
    assert eventually(lambda: cast.chosen_at_home(cast.ada, "ap_home_audience") == "parent")
    said = cast.ada.says("Can he be sent to alternative provision against our will?")
    assert "maintains it" not in texts(cast.answers(said)), "it knows the kind of school"


def test_channel_whose_settings_say_so_gets_private_answers_only_from_those_allowed(cast: Cast) -> None:
    cast.slack.add_user(cast.ada.user, is_admin=True)
    cast.slack.add_usergroup(f"S{cast.channel}", [cast.ada.user])
    cast.ada.commands("/ap", "settings", channel=cast.channel)
    modal = eventually(lambda: cast.slack.modal(cast.ada.user))
    assert modal is not None
    cast.ada.submits(modal, {"ap_channel_public": "private", "ap_channel_groups": [f"S{cast.channel}"]})
    assert eventually(lambda: "saved" in texts(cast.seen_by(cast.ada)).lower())

    cast.ada.mentions(cast.channel, SUSPENDED)
    cast.privately(cast.ada, "[1]")
    cast.ben.mentions(cast.channel, SUSPENDED)
    cast.privately(cast.ben, "only certain groups")
    assert cast.slack.messages(cast.channel, by_app=True) == []

    cast.ben.commands("/ap", "settings", channel=cast.channel)
    assert eventually(lambda: len(cast.slack.ephemerals(cast.ben.user)) > 1)
    assert cast.slack.modal(cast.ben.user) is None


def test_person_has_everything_about_them_deleted(cast: Cast, app: SlackApp) -> None:
    said = cast.ada.says("Is a quarantine of the xylophone room after a suspension lawful?")
    answer = cast.answers(said)
    cast.ada.opens()
    home = eventually(lambda: cast.slack.home(cast.ada.user))
    assert home is not None
    assert "xylophone" in str(home.view)
    assert app.keeps("xylophone")

    cast.ada.presses(home, "ap_delete_my_data")

    assert eventually(lambda: "deleted" in texts(cast.seen_by(cast.ada)))
    assert eventually(lambda: "xylophone" not in str(cast.home_of(cast.ada)))
    assert not app.keeps("xylophone")
    cast.ada.presses(cast.having(answer, "ap_human"), "ap_human")
    assert eventually(lambda: "not kept any more" in texts(cast.seen_by(cast.ada)))
