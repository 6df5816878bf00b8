"""What people of Slack chose and asked, in a database: their own only, masked, and gone when it should be."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.models.installation import Installation

from assistant.adapters.engines import erase_traces, open_file, open_server, upgrade
from assistant.conversations import StoreUnavailable
from assistant.model import Audience
from bots.slack.keeping.installations import Installations
from bots.slack.keeping.people import MOST_RECENT, ChannelSettings, Person, Preferences, RecentQuestion
from bots.slack.keeping.people_store import PeopleStore, delete_expired
from bots.slack.keeping.workspaces import InstalledWorkspaces, Speaking
from bots.slack.working.slack_errors import SlackRefused
from tests.fakes import FakeMasker, a_calendar
from tests.integration.databases import postgres_programs, throw_away_cluster

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEEP = timedelta(hours=24)
SECOND = timedelta(seconds=1)
ADA, BEN = Person(team="T1", user="UADA"), Person(team="T1", user="UBEN")
CHOSEN = Preferences(audience=Audience.ADVISER, council="Kent", setting=frozenset({"academy", "ehc-plan"}))


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    given, programs = os.environ.get("TEST_POSTGRES_URL"), postgres_programs()
    if given:
        yield given
    elif programs:
        with throw_away_cluster(programs) as url:
            yield url
    else:
        pytest.skip("no PostgreSQL here: set TEST_POSTGRES_URL, or install the package postgresql")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database that is up to date and empty."""
    if request.param == "sqlite":
        opened = open_file(tmp_path / "conversations.sqlite3")
    else:
        opened = open_server(request.getfixturevalue("postgres"))
        with opened.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
    upgrade(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def people(engine: sa.Engine) -> PeopleStore:
    return PeopleStore(
        engine, masker=FakeMasker(), keep=KEEP, erase_traces=lambda: erase_traces(engine), where="the test's database"
    )


def a_question(number: int = 1, text: str = "Can they send him home?", *, at: datetime = NOW) -> RecentQuestion:
    return RecentQuestion(id=f"T1:D1:{number}", text=text, asked=at)


# Choices ------------------------------------------------------------------------------------------------------------


def test_a_senco_finds_their_choices_again_and_nobody_else_s(people: PeopleStore) -> None:
    people.prefer(ADA, CHOSEN, now=NOW)
    assert people.preferences(ADA) == CHOSEN
    assert people.preferences(BEN) == Preferences()
    assert people.preferences(replace(ADA, team="T2")) == Preferences()


def test_the_newest_choice_counts(people: PeopleStore) -> None:
    people.prefer(ADA, CHOSEN, now=NOW)
    people.prefer(ADA, Preferences(council="Devon"), now=NOW + SECOND)
    assert people.preferences(ADA) == Preferences(council="Devon")


def test_two_savings_at_once_leave_one_choice(people: PeopleStore) -> None:
    choices = [Preferences(council=f"Council {number}") for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda each: people.prefer(ADA, each, now=NOW), choices))
    assert people.preferences(ADA) in choices


def test_a_name_typed_as_a_council_is_masked(people: PeopleStore) -> None:
    people.prefer(ADA, Preferences(council="SecretName Council"), now=NOW)
    assert people.preferences(ADA).council == "[name] Council"


def test_a_channel_keeps_its_settings(people: PeopleStore) -> None:
    chosen = ChannelSettings(
        audience=Audience.PARENT, answer_in_public=False, allowed_user_groups=("S1", "S2"), advice_channel="C9"
    )
    people.set_channel("T1", "C1", chosen, now=NOW)
    assert people.channel("T1", "C1") == chosen
    assert people.channel("T1", "C2") == people.channel("T2", "C1") == ChannelSettings()


# What was asked -----------------------------------------------------------------------------------------------------


def test_somebody_sees_their_own_last_questions_newest_first(people: PeopleStore) -> None:
    for number in range(MOST_RECENT + 2):
        people.remember(ADA, a_question(number, f"Question {number}", at=NOW + number * SECOND))
    people.remember(BEN, a_question(99, "Ben's", at=NOW + timedelta(hours=1)))
    seen = people.recent(ADA, now=NOW + timedelta(hours=2))
    assert [each.text for each in seen] == ["Question 6", "Question 5", "Question 4", "Question 3", "Question 2"]


def test_a_question_is_kept_masked_and_once(people: PeopleStore) -> None:
    for _ in range(2):
        people.remember(ADA, a_question(text="SecretSam was sent home"))
    assert [each.text for each in people.recent(ADA, now=NOW)] == ["[name] was sent home"]


def test_a_question_is_not_shown_after_its_time(people: PeopleStore) -> None:
    people.remember(ADA, a_question())
    assert people.recent(ADA, now=NOW + KEEP - SECOND)
    assert not people.recent(ADA, now=NOW + KEEP)


# Deletion -----------------------------------------------------------------------------------------------------------


def test_the_purge_takes_questions_after_their_time_and_leaves_choices(people: PeopleStore, engine: sa.Engine) -> None:
    people.prefer(ADA, CHOSEN, now=NOW)
    people.remember(ADA, a_question(1, at=NOW))
    people.remember(ADA, a_question(2, at=NOW + SECOND))
    assert delete_expired(engine, now=NOW + KEEP, where="here") == 1
    assert people.preferences(ADA) == CHOSEN


def test_choices_unused_for_a_year_go(people: PeopleStore, engine: sa.Engine) -> None:
    people.prefer(ADA, CHOSEN, now=NOW)
    people.prefer(BEN, CHOSEN, now=NOW)
    people.remember(BEN, a_question(at=NOW + timedelta(days=200)))
    delete_expired(engine, now=NOW + timedelta(days=365), where="here")
    assert people.preferences(ADA) == Preferences()
    assert people.preferences(BEN) == CHOSEN


def test_delete_my_data_takes_everything_of_one_person(people: PeopleStore) -> None:
    for person in (ADA, BEN):
        people.prefer(person, CHOSEN, now=NOW)
        people.remember(person, a_question())
    assert people.forget(ADA) == 2
    assert people.preferences(ADA) == Preferences()
    assert not people.recent(ADA, now=NOW)
    assert people.preferences(BEN) == CHOSEN
    assert people.recent(BEN, now=NOW)


def test_a_workspace_that_leaves_takes_everything_with_it(people: PeopleStore) -> None:
    other = Person(team="T2", user="UADA")
    for person in (ADA, other):
        people.prefer(person, CHOSEN, now=NOW)
        people.remember(person, a_question())
        people.set_channel(person.team, "C1", ChannelSettings(advice_channel="C9"), now=NOW)
    assert people.forget_team("T1") == 3
    assert people.preferences(ADA) == Preferences()
    assert people.channel("T1", "C1") == ChannelSettings()
    assert people.preferences(other) == CHOSEN
    assert people.channel("T2", "C1") == ChannelSettings(advice_channel="C9")


def test_deleted_words_are_gone_from_the_files(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "conversations.sqlite3")
    upgrade(engine)
    people = PeopleStore(
        engine, masker=FakeMasker(), keep=KEEP, erase_traces=lambda: erase_traces(engine), where="the test's file"
    )
    for number in range(50):
        people.remember(ADA, a_question(number, f"unmistakable words {number}"))
    people.forget(ADA)
    engine.dispose()
    assert not any(b"unmistakable" in file.read_bytes() for file in tmp_path.iterdir())


def test_a_database_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "empty.sqlite3")  # never brought up to date
    people = PeopleStore(engine, masker=FakeMasker(), keep=KEEP, erase_traces=lambda: None, where="the test's file")
    with pytest.raises(StoreUnavailable, match="the test's file"):
        people.preferences(ADA)
    engine.dispose()


# What choices mean for a question ------------------------------------------------------------------------------------

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("He was suspended today", {"academy", "ehc-plan"}),
        ("He was suspended today from a maintained school", {"ehc-plan"}),
        ("He was suspended today, he has no EHC plan", {"academy"}),
        ("hello", set()),
        ("What is the capital of France?", set()),
    ],
)
def test_a_choice_holds_unless_the_message_says_otherwise(text: str, holds: set[str]) -> None:
    assert CHOSEN.corrections(text, today=TODAY).also == holds


@pytest.mark.parametrize("council", ["Kent", "kent county council", "KENT COUNTY"])
def test_a_council_s_own_term_dates_are_counted_on(council: str) -> None:
    calendars = [
        a_calendar(),
        a_calendar("kent", council="Kent County Council" if "ounty" in council.lower() else "Kent"),
    ]
    assert Preferences(council=council).calendar(calendars, on=TODAY) == "kent"


def test_without_a_council_or_for_a_year_it_does_not_know_no_calendar_is_chosen() -> None:
    calendars = [a_calendar("kent", council="Kent")]
    assert Preferences().calendar([*calendars, a_calendar()], on=TODAY) is None
    assert Preferences(council="Kent").calendar(calendars, on=date(2029, 1, 10)) is None


# Workspaces that installed the app ------------------------------------------------------------------------------------


@pytest.fixture
def installations(engine: sa.Engine) -> Installations:
    nobody = WebClient(base_url="http://127.0.0.1:9/api/")
    return Installations(
        engine, client_id="111.222", client_secret="shh", client=nobody, erase_traces=lambda: erase_traces(engine)
    )


def token_of(installations: Installations, team: str) -> str | None:
    found = installations.live(enterprise=None, team=team)
    return found.bot_token if found else None


def an_installation(team: str = "T1", *, user: str = "UADA", token: str = "xoxb-one") -> Installation:
    return Installation(
        app_id="A1", team_id=team, team_name="A school", bot_token=token, bot_id="B1", bot_user_id="U0", user_id=user
    )


def test_each_workspace_has_its_own_token(installations: Installations) -> None:
    installations.store.save(an_installation("T1", token="xoxb-one"))
    installations.store.save(an_installation("T2", token="xoxb-two"))
    assert token_of(installations, "T1") == "xoxb-one"
    assert token_of(installations, "T2") == "xoxb-two"
    assert token_of(installations, "T3") is None


def test_who_installed_it_is_known(installations: Installations) -> None:
    installations.store.save(an_installation("T1", user="UADA"))
    assert installations.is_installer(enterprise=None, team="T1", user="UADA")
    assert not installations.is_installer(enterprise=None, team="T1", user="UBEN")
    assert not installations.is_installer(enterprise=None, team="T2", user="UADA")


def test_a_second_installation_brings_the_newer_token(installations: Installations) -> None:
    installations.store.save(an_installation(token="xoxb-old"))
    newer = an_installation(token="xoxb-new")
    newer.installed_at += 60
    installations.store.save(newer)
    assert token_of(installations, "T1") == "xoxb-new"


def test_no_token_of_a_workspace_that_left_is_kept(installations: Installations, engine: sa.Engine) -> None:
    installations.store.save(an_installation("T1", token="xoxb-one"))
    installations.store.save(an_installation("T2", token="xoxb-two"))
    installations.remove(enterprise=None, team="T1")
    with engine.connect() as connection:
        for table in ("slack_installations", "slack_bots"):
            assert connection.execute(sa.text(f"SELECT bot_token FROM {table}")).scalars().all() == ["xoxb-two"]  # noqa: S608


class Renewing(WebClient):
    """Slack as far as it renews tokens: each refresh token once, unless it is away."""

    def __init__(self) -> None:
        super().__init__()
        self.renewed: list[str] = []
        self.away = False

    def oauth_v2_access(self, **said: Any) -> Any:
        refresh = said["refresh_token"]
        if self.away or refresh in self.renewed:
            raise SlackApiError("no", {"ok": False, "error": "invalid_refresh_token"})
        self.renewed.append(refresh)
        number = len(self.renewed)
        return {
            "token_type": "bot",
            "access_token": f"xoxb-new-{number}",
            "refresh_token": f"xoxe-new-{number}",
            "expires_in": 43200,
        }


def with_renewal(engine: sa.Engine, client: Renewing) -> Installations:
    return Installations(
        engine, client_id="111.222", client_secret="shh", client=client, erase_traces=lambda: erase_traces(engine)
    )


def one_that_ends(*, within: timedelta) -> Installation:
    ending = an_installation(token="xoxb-old")
    ending.bot_refresh_token = "xoxe-old"
    ending.bot_token_expires_at = int((datetime.now(UTC) + within).timestamp())
    return ending


def test_a_token_that_is_about_to_end_is_renewed_once_and_kept(engine: sa.Engine) -> None:
    client = Renewing()
    installations = with_renewal(engine, client)
    installations.store.save(one_that_ends(within=timedelta(minutes=30)))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: token_of(installations, "T1"), range(4)))
    assert set(found) == {"xoxb-new-1"}
    assert client.renewed == ["xoxe-old"]
    assert token_of(with_renewal(engine, Renewing()), "T1") == "xoxb-new-1"


def test_a_token_that_lasts_is_left_alone(engine: sa.Engine) -> None:
    client = Renewing()
    installations = with_renewal(engine, client)
    installations.store.save(one_that_ends(within=timedelta(hours=11)))
    assert token_of(installations, "T1") == "xoxb-old"
    assert not client.renewed


def test_an_event_does_not_wait_for_a_new_token_while_the_old_one_is_good(engine: sa.Engine) -> None:
    client = Renewing()
    installations = with_renewal(engine, client)
    workspaces = InstalledWorkspaces(installations, speaking=Speaking("https://slack.example/api/"))
    installations.store.save(one_that_ends(within=timedelta(minutes=30)))
    good = workspaces(team_id="T1")
    assert good is not None
    assert (good.bot_token, client.renewed) == ("xoxb-old", [])

    installations.store.save(one_that_ends(within=timedelta(seconds=-1)))
    renewed = workspaces(team_id="T1")
    assert renewed is not None
    assert renewed.bot_token == "xoxb-new-1"


def test_a_token_that_slack_does_not_renew_is_a_refusal_and_no_crash(engine: sa.Engine) -> None:
    client = Renewing()
    client.away = True
    installations = with_renewal(engine, client)
    installations.store.save(one_that_ends(within=timedelta(minutes=30)))
    with pytest.raises(SlackRefused):
        installations.live(enterprise=None, team="T1")


def test_a_state_is_good_once_and_not_after_its_time(installations: Installations, engine: sa.Engine) -> None:
    state, late = installations.states.issue(), installations.states.issue()
    assert installations.states.consume(state)
    assert not installations.states.consume(state)
    assert not installations.states.consume("made-up")
    delete_expired(engine, now=datetime.now(UTC) + timedelta(minutes=11), where="here")
    assert not installations.states.consume(late)


def test_the_sdk_s_tables_are_those_that_we_made(engine: sa.Engine, installations: Installations) -> None:
    there = sa.inspect(engine)
    for metadata in (installations.store.metadata, installations.states.metadata):
        for table in metadata.sorted_tables:
            assert {column["name"] for column in there.get_columns(table.name)} == set(table.columns.keys())
