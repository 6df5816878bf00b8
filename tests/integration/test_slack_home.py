"""App Home and the settings of channels: one's own only, changed by who may, and gone when asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store.models.installation import Installation

from assistant.conversations import ConversationGone, Feedback
from assistant.model import Audience
from bots.slack.app import create_slack_app
from bots.slack.keeping.installations import Installations
from bots.slack.keeping.people import ChannelSettings, Person, Preferences
from bots.slack.keeping.workspaces import InstalledWorkspaces, Speaking
from bots.slack.listening.home import House, register_home
from bots.slack.listening.leaving import register_leaving
from bots.slack.showing import actions, messages
from tests.integration.slack_bench import Bench, InProcess, an_app
from tests.slackish.person import Person as Member
from tests.slackish.server import TEAM, SlackishServer, eventually
from tests.slackish.workspace import View

ADA = Person(team=TEAM, user="UADA")
QUESTION = "When must the governors meet after a permanent exclusion of SecretSam?"


@dataclass
class Doorstep:
    """The app with App Home, in a workspace that installed it (UBEN did)."""

    slack: SlackishServer
    bench: Bench
    app: App
    installations: Installations

    def person(self, user: str) -> Member:
        return self.slack.person(user, InProcess(self.app, self.slack.signing_secret))

    def home(self, user: str) -> View:
        """The page of somebody who opens it now."""
        before = self.slack.home(user)
        before_hash = before.hash if before else None
        self.person(user).opens("home")
        assert eventually(lambda: (page := self.slack.home(user)) and page.hash != before_hash)
        found = self.slack.home(user)
        assert found is not None
        return found

    def told(self, user: str, words: str) -> bool:
        """Whether the app said this to this person alone, sooner or later."""
        channel = self.slack.dm(user)
        return bool(
            eventually(
                lambda: (
                    [m for m in self.slack.ephemerals(user) if words in m.shown]
                    or [m for m in self.slack.messages(channel, by_app=True) if words in m.shown]
                    or [v for v in [self.slack.modal(user)] if v and words in str(v.view)]
                ),
                within=10,
            )
        )


@pytest.fixture
def doorstep(tmp_path: Path) -> Iterator[Doorstep]:
    with SlackishServer() as slack, an_app(slack, str(tmp_path / "conversations.sqlite3"), kept_hours=30) as bench:
        speaking = Speaking(slack.url)
        nobody = WebClient(base_url=slack.url)
        installations = Installations(
            bench.store.engine(),
            client_id=slack.client_id,
            client_secret=slack.client_secret,
            client=nobody,
            erase_traces=bench.store.erase_traces,
        )
        installations.store.save(
            Installation(
                app_id="A1",
                team_id=TEAM,
                bot_token=slack.bot_token,
                bot_id="B0APNAV",
                bot_user_id="U0APNAV",
                user_id="UBEN",
            )
        )
        workspaces = InstalledWorkspaces(installations, speaking=speaking)
        house = House(door=bench.door, installations=installations)
        app = create_slack_app(
            bench.door,
            signing_secret=slack.signing_secret,
            client=nobody,
            authorize=workspaces,
            more=(
                lambda app: register_home(app, house),
                lambda app: register_leaving(app, bench.door, installations=installations),
            ),
        )
        yield Doorstep(slack=slack, bench=bench, app=app, installations=installations)
        app.listener_runner.listener_executor.shutdown(wait=True)
        assert not slack.refused


def ask(doorstep: Doorstep, user: str, text: str = QUESTION) -> None:
    said = doorstep.person(user).says(text)
    assert eventually(lambda: doorstep.slack.answers(said.channel, thread=said.thread))
    assert eventually(lambda: doorstep.bench.door.people.recent(Person(team=TEAM, user=user), now=datetime.now(UTC)))


# Somebody's own page -------------------------------------------------------------------------------------------------


def test_somebody_sees_their_own_questions_and_nobody_else_s(doorstep: Doorstep) -> None:
    ask(doorstep, "UADA")
    assert "governors meet" in str(doorstep.home("UADA").view)
    assert "governors meet" not in str(doorstep.home("UBEN").view)


def test_a_question_on_the_page_has_no_name_of_a_child(doorstep: Doorstep) -> None:
    ask(doorstep, "UADA")
    assert "SecretSam" not in str(doorstep.home("UADA").view)


def test_the_page_says_how_long_questions_are_kept(doorstep: Doorstep) -> None:
    assert "30 hours" in str(doorstep.home("UADA").view)


def test_choices_are_kept_and_shown_and_used(doorstep: Doorstep) -> None:
    page = doorstep.home("UADA")
    doorstep.person("UADA").chooses(
        page,
        actions.HOME_SAVE,
        **{
            actions.FIELD_HOME_AUDIENCE.element: "adviser",
            actions.FIELD_HOME_COUNCIL.element: "Leeds",
            actions.FIELD_HOME_SCHOOL.element: "academy",
            actions.FIELD_HOME_CHILDREN.element: ["ehc-plan"],
        },
    )
    assert doorstep.told("UADA", messages.SAVED)
    kept = doorstep.bench.door.people.preferences(ADA)
    assert kept == Preferences(audience=Audience.ADVISER, council="Leeds", setting=frozenset({"academy", "ehc-plan"}))
    assert "Leeds" in str(doorstep.home("UADA").view)
    ask(doorstep, "UADA", "The headteacher suspended him. What must the governors do?")
    told = doorstep.bench.assistant.told[-1]
    assert told["audience"] is Audience.ADVISER
    assert told["corrections"].also == {"academy", "ehc-plan"}


def test_as_usual_takes_a_choice_back(doorstep: Doorstep) -> None:
    doorstep.bench.door.people.prefer(ADA, Preferences(audience=Audience.PARENT), now=datetime.now(UTC))
    page = doorstep.home("UADA")
    doorstep.person("UADA").chooses(page, actions.HOME_SAVE, **{actions.FIELD_HOME_AUDIENCE.element: actions.NOT_SET})
    assert doorstep.told("UADA", messages.SAVED)
    assert doorstep.bench.door.people.preferences(ADA) == Preferences()


def test_what_was_saved_is_said_in_a_message_where_the_page_is_closed(doorstep: Doorstep) -> None:
    page = doorstep.home("UADA")
    doorstep.slack.fail("views.open", "expired_trigger_id")
    doorstep.person("UADA").chooses(page, actions.HOME_SAVE)
    assert doorstep.told("UADA", messages.SAVED)


def test_delete_my_data_asks_first(doorstep: Doorstep) -> None:
    assert messages.HOME_DELETE_TITLE in str(doorstep.home("UADA").view)


def test_delete_my_data_removes_questions_answers_choices_and_what_was_said_of_them(doorstep: Doorstep) -> None:
    door = doorstep.bench.door
    for user in ("UADA", "UBEN"):
        door.people.prefer(Person(team=TEAM, user=user), Preferences(council="Leeds"), now=datetime.now(UTC))
        ask(doorstep, user)
    conversation = _conversation_of(doorstep, "UADA")
    others = _conversation_of(doorstep, "UBEN")
    door.conversations.keep_feedback(
        Feedback(
            helpful=False,
            at=datetime.now(UTC),
            corpus_version="c",
            passage_ids=(),
            words="It was wrong",
            conversation_id=conversation,
        )
    )
    doorstep.person("UADA").presses(doorstep.home("UADA"), actions.DELETE_MY_DATA)
    assert doorstep.told("UADA", messages.DATA_DELETED)
    with pytest.raises(ConversationGone):
        door.conversations.read(conversation, now=datetime.now(UTC))
    assert door.conversations.read(others, now=datetime.now(UTC)).turns
    assert door.people.preferences(ADA) == Preferences()
    assert not door.people.recent(ADA, now=datetime.now(UTC))
    assert eventually(lambda: "governors meet" not in str(_page(doorstep, "UADA")))
    doorstep.bench.store.close()
    here = Path(doorstep.bench.store.where).parent
    assert not any(b"It was wrong" in file.read_bytes() for file in here.glob("*.sqlite3*"))


def test_choices_settings_and_deletion_hold_even_if_the_process_dies_when_slack_has_heard(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(doorstep, "UBEN")
    page, ben = doorstep.home("UBEN"), doorstep.person("UBEN")
    modal = open_settings(doorstep, "UBEN")
    monkeypatch.setattr(doorstep.app.listener_runner.lazy_listener_runner, "start", lambda *_, **__: None)

    ben.submits(modal, {actions.FIELD_CHANNEL_PUBLIC.element: "private"})
    assert settings_of(doorstep).answer_in_public is False
    ben.chooses(page, actions.HOME_SAVE, **{actions.FIELD_HOME_COUNCIL.element: "Leeds"})
    person = Person(team=TEAM, user="UBEN")
    assert doorstep.bench.door.people.preferences(person).council == "Leeds"
    ben.presses(page, actions.DELETE_MY_DATA)
    assert eventually(lambda: doorstep.bench.door.people.preferences(person) == Preferences())
    assert doorstep.told("UBEN", messages.DATA_DELETED)
    assert eventually(lambda: "governors meet" not in str(_page(doorstep, "UBEN")))


def test_settings_are_not_saved_where_slack_is_too_slow_to_say_who_may_and_nobody_is_kept_waiting(
    doorstep: Doorstep,
) -> None:
    doorstep.slack.add_user("UADA", is_admin=True)
    modal = open_settings(doorstep, "UADA")
    doorstep.slack.slow("users.info", 3.5)

    sent = doorstep.person("UADA").submits(modal, {actions.FIELD_CHANNEL_PUBLIC.element: "private"})

    assert sent.in_time
    assert doorstep.told("UADA", messages.NOT_SAVED)
    assert settings_of(doorstep) == ChannelSettings()


def _page(doorstep: Doorstep, user: str) -> object:
    found = doorstep.slack.home(user)
    return found.view if found else None


def _conversation_of(doorstep: Doorstep, user: str) -> str:
    channel = doorstep.slack.dm(user)
    [message] = doorstep.slack.messages(channel, by_app=False)
    found = doorstep.bench.door.inbox.conversation_of(f"{TEAM}:{channel}:{message.ts}")
    assert found is not None
    return found


def test_the_page_comes_without_questions_where_they_cannot_be_read(
    doorstep: Doorstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.conversations import StoreUnavailable  # noqa: PLC0415 - only here

    def broken(*_: object, **__: object) -> None:
        raise StoreUnavailable("the test's drawer", why="it is full")

    monkeypatch.setattr(type(doorstep.bench.door.people), "preferences", broken)
    assert messages.HOME_PRIVACY in str(doorstep.home("UADA").view)


# The settings of a channel --------------------------------------------------------------------------------------------


def settings_of(doorstep: Doorstep) -> ChannelSettings:
    return doorstep.bench.door.people.channel(TEAM, "CTEAM")


def open_settings(doorstep: Doorstep, user: str) -> View:
    doorstep.person(user).commands("/ap", "settings", channel="CTEAM")
    found = eventually(lambda: doorstep.slack.modal(user))
    assert found is not None
    return found


@pytest.mark.parametrize("right", ["is_admin", "is_owner", "is_primary_owner"])
def test_who_looks_after_the_workspace_sets_a_channel(doorstep: Doorstep, right: str) -> None:
    doorstep.slack.add_user("UADA", **{right: True})
    doorstep.slack.add_usergroup("SADVICE", ["UADA"])
    modal = open_settings(doorstep, "UADA")
    doorstep.person("UADA").submits(
        modal,
        {
            actions.FIELD_CHANNEL_AUDIENCE.element: "parent",
            actions.FIELD_CHANNEL_PUBLIC.element: "private",
            actions.FIELD_CHANNEL_GROUPS.element: ["SADVICE"],
            actions.FIELD_CHANNEL_ADVICE.element: "CADVICE",
        },
    )
    assert doorstep.told("UADA", messages.CHANNEL_SAVED)
    assert settings_of(doorstep) == ChannelSettings(
        audience=Audience.PARENT, answer_in_public=False, allowed_user_groups=("SADVICE",), advice_channel="CADVICE"
    )


def test_who_installed_the_app_sets_a_channel(doorstep: Doorstep) -> None:
    assert open_settings(doorstep, "UBEN")


def test_others_are_told_who_can(doorstep: Doorstep) -> None:
    doorstep.person("UCLEO").commands("/ap", "settings", channel="CTEAM")
    assert doorstep.told("UCLEO", messages.SETTINGS_NOT_FOR_YOU)
    assert doorstep.slack.modal("UCLEO") is None


def test_somebody_who_lost_the_right_meanwhile_changes_nothing(doorstep: Doorstep) -> None:
    doorstep.slack.add_user("UADA", is_admin=True)
    modal = open_settings(doorstep, "UADA")
    doorstep.slack.add_user("UADA", is_admin=False)
    doorstep.person("UADA").submits(modal, {actions.FIELD_CHANNEL_PUBLIC.element: "private"})
    assert doorstep.told("UADA", messages.SETTINGS_NOT_FOR_YOU)
    assert settings_of(doorstep) == ChannelSettings()


def test_in_direct_messages_there_are_no_channel_settings(doorstep: Doorstep) -> None:
    doorstep.person("UBEN").commands("/ap", "settings")
    assert doorstep.told("UBEN", messages.SETTINGS_ONLY_IN_CHANNELS)


def test_settings_that_slack_does_not_show_are_said_in_words(doorstep: Doorstep) -> None:
    doorstep.slack.fail("views.open", "internal_error")
    doorstep.person("UBEN").commands("/ap", "settings", channel="CTEAM")
    assert doorstep.told("UBEN", messages.SETTINGS_NOT_SHOWN)


def test_the_word_settings_in_a_question_is_a_question(doorstep: Doorstep) -> None:
    doorstep.person("UADA").commands("/ap", "What settings may a child be sent to?", channel="CTEAM")
    assert eventually(lambda: doorstep.bench.assistant.asked)


# Leaving --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0APNAV"]}}]
)
def test_a_workspace_that_removes_the_app_leaves_nothing_behind(doorstep: Doorstep, event: dict[str, object]) -> None:
    ask(doorstep, "UADA")
    door = doorstep.bench.door
    door.people.set_channel(TEAM, "CTEAM", ChannelSettings(advice_channel="CADVICE"), now=datetime.now(UTC))
    conversation = _conversation_of(doorstep, "UADA")
    delivery = doorstep.slack.send_event(InProcess(doorstep.app, doorstep.slack.signing_secret), event)
    assert delivery.acknowledged
    assert doorstep.installations.live(enterprise=None, team=TEAM) is None
    assert settings_of(doorstep) == ChannelSettings()
    assert not door.people.recent(ADA, now=datetime.now(UTC))
    with pytest.raises(ConversationGone):
        door.conversations.read(conversation, now=datetime.now(UTC))


def test_a_token_of_a_user_that_is_revoked_takes_nothing_of_ours(doorstep: Doorstep) -> None:
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["UADA"], "bot": []}}
    doorstep.slack.send_event(InProcess(doorstep.app, doorstep.slack.signing_secret), event)
    assert doorstep.installations.live(enterprise=None, team=TEAM) is not None
