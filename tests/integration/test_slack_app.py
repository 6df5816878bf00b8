"""What people do in Slack and what they see, with the real app and stores in this process and a stand-in for Slack."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assistant.conversations import StoreUnavailable
from assistant.model import Audience
from bots.slack.keeping.people import ChannelSettings, Person, Preferences
from bots.slack.showing import blocks, messages
from tests.integration.slack_bench import GOVERNORS, HEADTEACHER, MEET, WHO, Bench, answer_in, is_idle, own, privately
from tests.integration.test_store import place, postgres, rows  # noqa: F401 - fixtures
from tests.slackish.server import TEAM, SlackishServer, eventually

# Who sees what ------------------------------------------------------------------------------------------------------


def test_message_in_a_thread_that_does_not_name_the_app_is_left_alone(office: Bench, slack: SlackishServer) -> None:
    ada, ben = office.person("UADA"), office.person("UBEN")
    asked = ada.mentions("CTEAM", WHO)
    answer_in(slack, "CTEAM", asked.thread, words=HEADTEACHER)

    ben.says("I thought it was the governors?", channel="CTEAM", thread=asked.thread)

    assert eventually(lambda: is_idle(office))
    assert office.assistant.asked == [WHO]


def test_channel_that_wants_it_so_gets_no_public_answer(office: Bench, slack: SlackishServer) -> None:
    settings = ChannelSettings(answer_in_public=False, audience=Audience.PARENT)
    office.door.people.set_channel(TEAM, "CTEAM", settings, now=office.door.now())

    office.person("UADA").mentions("CTEAM", WHO)

    privately(slack, "UADA", HEADTEACHER)
    assert slack.messages("CTEAM", by_app=True) == []
    assert slack.ephemerals("UBEN") == []
    assert office.assistant.told[0]["audience"] is Audience.PARENT


def test_nothing_is_public_where_the_settings_of_a_channel_cannot_be_read(
    office: Bench, slack: SlackishServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise StoreUnavailable("the drawer", why="it is stuck")

    monkeypatch.setattr(type(office.door.people), "channel", fails)
    monkeypatch.setattr(type(office.door.people), "preferences", fails)

    office.person("UADA").mentions("CTEAM", WHO)

    privately(slack, "UADA", "only certain groups")  # whoever may ask here cannot be seen either
    assert slack.messages("CTEAM", by_app=True) == []


def test_what_one_person_asked_in_private_is_not_history_for_another(office: Bench, slack: SlackishServer) -> None:
    office.door.people.set_channel(TEAM, "CTEAM", ChannelSettings(answer_in_public=False), now=office.door.now())
    root = office.person("UCLEO").writes("CTEAM", "Case 12")
    office.person("UADA").mentions("CTEAM", GOVERNORS, thread=root.ts)
    privately(slack, "UADA", MEET)

    office.person("UBEN").mentions("CTEAM", WHO, thread=root.ts)
    privately(slack, "UBEN", HEADTEACHER)

    assert [len(told["history"]) for told in office.assistant.told] == [0, 0]


def test_choices_of_a_person_reach_the_assistant(office: Bench, slack: SlackishServer) -> None:
    chosen = Preferences(audience=Audience.ADVISER, setting=frozenset({"academy", "ehc-plan"}))
    office.door.people.prefer(Person(team=TEAM, user="UADA"), chosen, now=office.door.now())

    said = office.person("UADA").says(WHO)
    answer_in(slack, said.channel, said.thread, words=HEADTEACHER)

    told = office.assistant.told[0]
    assert told["audience"] is Audience.ADVISER
    assert told["corrections"].also == {"academy", "ehc-plan"}


def test_shared_answer_shows_neither_the_question_nor_goes_out_twice(office: Bench, slack: SlackishServer) -> None:
    ada = office.person("UADA")
    ada.commands("/ap", f"{WHO} It is about our Year 9.", channel="CTEAM")
    private = privately(slack, "UADA", HEADTEACHER)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: ada.presses(private, "ap_share"), range(3)))

    told = Counter({messages.SHARED: 1, messages.ALREADY_SHARED: 2})
    assert eventually(lambda: told <= Counter(m.shown for m in slack.ephemerals("UADA"))), [
        m.shown for m in slack.ephemerals("UADA")
    ]
    assert len(slack.answers("CTEAM")) == 1
    assert "Year 9" not in slack.answers("CTEAM")[0].shown


def test_answer_that_cannot_be_shared_just_now_can_be_later_and_one_shared_in_part_is_not_shown_twice(
    office: Bench, slack: SlackishServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [blocks.notice("part one"), blocks.notice("part two")]
    monkeypatch.setattr(blocks, "share_messages", lambda *_, **__: parts)
    ada = office.person("UADA")
    ada.commands("/ap", WHO, channel="CTEAM")
    private = privately(slack, "UADA", HEADTEACHER)

    slack.fail("chat.postMessage", "a_brand_new_error", times=1)
    ada.presses(private, "ap_share")
    privately(slack, "UADA", messages.NOT_SHARED[:30])
    assert eventually(lambda: is_idle(office)), "it is told before it can be asked for again"
    slack.fail("chat.postMessage", "a_brand_new_error", when=lambda said: "part two" in str(said))
    ada.presses(private, "ap_share")
    privately(slack, "UADA", messages.SHARED_IN_PART[:30])
    slack.no_more_trouble()
    ada.presses(private, "ap_share")

    privately(slack, "UADA", messages.ALREADY_SHARED[:30])
    assert [message.shown for message in slack.answers("CTEAM")] == ["part one"]


@pytest.mark.parametrize(
    "action", ["ap_human", "ap_ask_as_parent", "ap_as_at", "ap_calendar_file", "ap_choice_academy"]
)
def test_private_question_is_nothing_that_others_can_use_even_with_a_made_up_button(
    office: Bench, slack: SlackishServer, action: str
) -> None:
    office.person("UADA").commands("/ap", WHO, channel="CTEAM")
    private = privately(slack, "UADA", HEADTEACHER)
    [asked] = rows(office.place, "slack_jobs")

    office.person("UBEN").forges(private, {"action_id": action, "value": asked["id"]})

    privately(slack, "UBEN", messages.ANSWER_GONE[:30])
    assert slack.answers("CADVICE") == []
    assert office.assistant.asked == [WHO]


def test_somebody_else_cannot_share_a_private_answer(office: Bench, slack: SlackishServer) -> None:
    office.person("UADA").commands("/ap", WHO, channel="CTEAM")
    private = privately(slack, "UADA", HEADTEACHER)

    office.person("UBEN").presses(private, "ap_share")

    privately(slack, "UBEN", messages.ANSWER_GONE[:30])
    assert slack.answers("CTEAM") == []


def test_words_of_a_checked_message_are_never_posted_not_even_to_advisers(office: Bench, slack: SlackishServer) -> None:
    wrote = office.person("UBEN").writes("CTEAM", f"{WHO} The zebra family says nobody can.")
    ada = office.person("UADA")
    ada.checks("ap_check_message", wrote)
    private = privately(slack, "UADA", HEADTEACHER)
    ada.presses(private, "ap_share")
    ada.presses(private, "ap_human")

    assert eventually(lambda: slack.answers("CTEAM") and slack.answers("CADVICE"))
    by_app = [m for m in slack.space.messages if m.by_app]
    assert "zebra" not in str([(m.text, m.blocks, m.pieces) for m in by_app])
    assert office.door.people.recent(Person(team=TEAM, user="UADA"), now=office.door.now()) == ()


# Asking again -------------------------------------------------------------------------------------------------------


def test_asker_in_public_asks_again_in_public_and_anybody_else_for_themselves(
    office: Bench, slack: SlackishServer
) -> None:
    said = office.person("UADA").mentions("CTEAM", WHO)
    answer = answer_in(slack, "CTEAM", said.thread, words=HEADTEACHER)

    office.person("UBEN").presses(answer, "ap_ask_as_parent")
    privately(slack, "UBEN", HEADTEACHER)
    assert len(slack.answers("CTEAM", thread=said.thread)) == 1
    office.person("UADA").presses(answer, "ap_ask_as_parent")
    answer_in(slack, "CTEAM", said.thread, words=HEADTEACHER, count=2)

    assert [told["audience"] for told in office.assistant.told] == [
        Audience.SCHOOL,
        Audience.PARENT,
        Audience.PARENT,
    ]


@pytest.mark.parametrize("action", ["ap_ask_as_parent", "ap_choice_academy", "ap_home_ask_again"])
def test_question_asked_again_is_kept_before_slack_hears_that_it_was(
    office: Bench, slack: SlackishServer, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    ada = office.person("UADA")
    ada.commands("/ap", WHO, channel="CTEAM")
    private = privately(slack, "UADA", HEADTEACHER)
    [asked] = rows(office.place, "slack_jobs")

    def killed(*_: Any, **__: Any) -> None:
        """What was to be done after that is not done any more."""

    monkeypatch.setattr(office.app.listener_runner.lazy_listener_runner, "start", killed)
    ada.forges(private, {"action_id": action, "value": asked["id"]})

    assert len(rows(office.place, "slack_jobs")) == 2
    assert eventually(lambda: len(office.assistant.asked) == 2)


def test_recent_question_is_asked_again_from_the_home_in_direct_messages(office: Bench, slack: SlackishServer) -> None:
    ada = office.person("UADA")
    ada.commands("/ap", WHO, channel="CTEAM")
    private = privately(slack, "UADA", HEADTEACHER)
    [recent] = office.door.people.recent(Person(team=TEAM, user="UADA"), now=office.door.now())

    ada.forges(private, {"action_id": "ap_home_ask_again", "value": recent.id})

    dm = slack.dm("UADA")
    assert eventually(lambda: [m for m in slack.answers(dm) if m.thread_ts and HEADTEACHER in m.shown])
    office.person("UBEN").forges(private, {"action_id": "ap_home_ask_again", "value": recent.id})
    privately(slack, "UBEN", messages.ANSWER_GONE[:30])


def test_day_that_is_no_day_is_said_to_whoever_chose_it(office: Bench, slack: SlackishServer) -> None:
    ada = office.person("UADA")
    said = ada.says(WHO)
    answer = answer_in(slack, said.channel, said.thread, words=HEADTEACHER)
    ada.presses(answer, "ap_as_at")
    modal = eventually(lambda: slack.modal("UADA"))
    assert modal is not None

    ada.submits(modal, {"ap_as_at_day": "2011-01-01"})

    assert eventually(lambda: [m for m in slack.answers(said.channel) if "no law as far back" in m.shown])


# While they wait ----------------------------------------------------------------------------------------------------


def test_whoever_waits_for_an_answer_that_they_alone_will_see_is_told_that_it_comes(
    office: Bench, slack: SlackishServer
) -> None:
    office.door.people.set_channel(TEAM, "CTEAM", ChannelSettings(answer_in_public=False), now=office.door.now())
    office.assistant.seconds = 1
    wrote = office.person("UBEN").writes("CTEAM", WHO)

    office.person("UADA").mentions("CTEAM", WHO)
    office.person("UCLEO").checks("ap_check_message", wrote)
    office.person("UBEN").commands("/ap", WHO, channel="CTEAM")

    for user in ("UADA", "UBEN", "UCLEO"):
        privately(slack, user, HEADTEACHER)
        shown = [message.shown for message in own(slack, user)]
        assert [messages.ONE_MOMENT in shown[0], len(shown)] == [True, 2]
    assert slack.answers("CTEAM") == []


def test_whoever_asks_again_for_themselves_is_told_that_the_answer_comes(office: Bench, slack: SlackishServer) -> None:
    said = office.person("UADA").mentions("CTEAM", WHO)
    answer = answer_in(slack, "CTEAM", said.thread, words=HEADTEACHER)
    office.assistant.seconds = 1

    office.person("UBEN").presses(answer, "ap_ask_as_parent")

    privately(slack, "UBEN", HEADTEACHER)
    assert messages.ONE_MOMENT in own(slack, "UBEN")[0].shown
