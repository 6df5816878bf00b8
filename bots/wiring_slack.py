"""The composition root's part for Slack: the doorway put together from settings, for Socket Mode or for the web server.

What is heavy is imported inside the function that needs it, as in bots/wiring.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bots import wiring, wiring_offers
from bots.errors import BadSetting, SlackClosed

if TYPE_CHECKING:
    from fastapi import FastAPI
    from pydantic import SecretStr
    from slack_bolt import App
    from slack_bolt.oauth import OAuthFlow

    from assistant.adapters.database import DatabaseStore
    from assistant.desk import DeadlineDesk
    from assistant.offer_desk import OfferDesk
    from assistant.ports import OfferIndex
    from assistant.service import Assistant
    from bots.settings import Settings
    from bots.slack.door import Clients, Door
    from bots.slack.keeping.installations import Installations
    from bots.slack.keeping.people import Defaults
    from bots.slack.keeping.workspaces import InstalledWorkspaces, OneWorkspace, Speaking
    from bots.slack.working.slack_errors import SlackRefused
    from bots.slack.working.work import Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackDoor:
    """The doorway, closed: `open` lets its workers answer for as long as it lasts."""

    app: App
    workers: Workers
    workspaces: OneWorkspace | InstalledWorkspaces
    flow: OAuthFlow | None = None

    @contextmanager
    def open(self) -> Iterator[None]:
        self.workers.start()
        try:
            yield
        finally:
            self.workers.stop()


def is_wanted(settings: Settings) -> bool:
    """Whether the web server is to answer Slack as well."""
    return settings.slack_signing_secret is not None


def manifest(*, url: str | None, several_workspaces: bool) -> dict[str, object]:
    """What Slack is told about the app; see `bots.slack.manifest`. Raises `BadManifest`."""
    from bots.slack.manifest import manifest  # noqa: PLC0415 - see the top of this file

    return manifest(url=url, several_workspaces=several_workspaces)


def build_slack(
    settings: Settings,
    *,
    assistant: Assistant,
    desk: DeadlineDesk,
    store: DatabaseStore,
    over_http: bool,
    index: OfferIndex | None = None,
) -> SlackDoor:
    """The doorway of the settings: for the web server, or for Socket Mode, where it also deletes what is over.

    `index` of offers stands in for that of the settings. Raises `BadSetting`, `CorpusError` and `StoreUnavailable`.
    """
    from bots.slack.app import create_slack_app  # noqa: PLC0415 - see the top of this file
    from bots.slack.keeping.workspaces import Speaking  # noqa: PLC0415 - see the top of this file
    from bots.slack.listening.home import House, register_home  # noqa: PLC0415 - see the top of this file
    from bots.slack.listening.leaving import register_leaving  # noqa: PLC0415 - see the top of this file
    from bots.slack.working.work import Workers  # noqa: PLC0415 - see the top of this file

    speaking = Speaking(settings.slack_api_url)
    installations = _installations(settings, store=store, speaking=speaking) if over_http else None
    workspaces = _workspaces(settings, installations=installations, speaking=speaking)
    started: list[Workers] = []
    door = _door(
        settings,
        assistant=assistant,
        desk=desk,
        offers=wiring_offers.build_offer_desk(settings, corpus=assistant.catalogue, index=index),
        store=store,
        clients=workspaces.client,
        wake=lambda: _wake(started),
    )
    # The web server deletes what is over by itself.
    tidy = _nothing if over_http else lambda: store.delete_expired(wiring.now())
    started.append(Workers(door, threads=settings.slack_workers, tidy=tidy))
    house = House(door=door, installations=installations)
    flow = installations.flow(scopes=bot_scopes(), authorize=workspaces) if installations else None
    app = create_slack_app(
        door,
        signing_secret=_secret(settings.slack_signing_secret),
        client=speaking.as_bearer_of(None),
        authorize=workspaces,
        oauth_flow=flow,
        more=(
            lambda app: register_home(app, house),
            lambda app: register_leaving(app, door, installations=installations),
        ),
    )
    return SlackDoor(app=app, workers=started[0], workspaces=workspaces, flow=flow)


def bot_scopes() -> Sequence[str]:
    """What whoever installs the app grants it."""
    from bots.slack.manifest import bot_scopes  # noqa: PLC0415 - see the top of this file

    return bot_scopes()


def mount(web: FastAPI, slack: SlackDoor, *, settings: Settings) -> None:
    """Let the web server answer Slack for as long as it runs."""
    from bots.slack.http import answering, slack_routes  # noqa: PLC0415 - see the top of this file

    web.router.lifespan_context = answering(web.router.lifespan_context, slack.workers, check=slack.workspaces.check)
    secret = _secret(settings.slack_signing_secret)
    web.include_router(slack_routes(slack.app, signing_secret=secret, flow=slack.flow))


@contextmanager
def socket_mode(slack: SlackDoor, *, settings: Settings) -> Iterator[str]:
    """Slack's events come in for as long as this lasts; gives the app's name in its workspace. Raises `SlackClosed`."""
    from bots.slack.keeping.workspaces import OneWorkspace  # noqa: PLC0415 - see the top of this file
    from bots.slack.socket import listening  # noqa: PLC0415 - see the top of this file
    from bots.slack.working.slack_errors import SlackRefused  # noqa: PLC0415 - see the top of this file

    try:
        name = str(slack.workspaces.me()["user"]) if isinstance(slack.workspaces, OneWorkspace) else ""
    except SlackRefused as error:
        raise _closed("Slack does not take the bot token", error, setting="APNAV_SLACK_BOT_TOKEN") from error
    with ExitStack() as stack:
        try:
            stack.enter_context(listening(slack.app, app_token=_secret(settings.slack_app_token)))
        except SlackRefused as error:
            raise _closed("Slack does not open Socket Mode", error, setting="APNAV_SLACK_APP_TOKEN") from error
        yield name


def check_for_socket_mode(settings: Settings) -> None:
    """Whether both tokens that Socket Mode needs are there. Raises `BadSetting`."""
    missing = [
        f"{name} is not set; it must be {what}."
        for name, what, token in (
            ("APNAV_SLACK_BOT_TOKEN", "the Bot User OAuth Token, which begins with xoxb-", settings.slack_bot_token),
            ("APNAV_SLACK_APP_TOKEN", "an App-Level Token, which begins with xapp-", settings.slack_app_token),
        )
        if token is None
    ]
    if missing:
        raise BadSetting((*missing, "Where to find them: README, Slack in ten minutes."))


def _closed(what: str, error: SlackRefused, *, setting: str) -> SlackClosed:
    then = f"Compare {setting} with the app's pages at https://api.slack.com/apps, and try again."
    if isinstance(error, _away()):
        then = "Check that this machine can reach Slack, and try again."
    return SlackClosed(what, why=error.code, then=then)


def _away() -> type[SlackRefused]:
    from bots.slack.working.slack_errors import SlackAway  # noqa: PLC0415 - see the top of this file

    return SlackAway


def _installations(settings: Settings, *, store: DatabaseStore, speaking: Speaking) -> Installations | None:
    """Where workspaces are kept that install the app; None where the app has one workspace, by its token."""
    given = (settings.slack_client_id, settings.slack_client_secret)
    if given == (None, None):
        return None
    if settings.slack_client_id is None or settings.slack_client_secret is None:
        raise BadSetting(("APNAV_SLACK_CLIENT_ID and APNAV_SLACK_CLIENT_SECRET go together: set both, or neither.",))
    from bots.slack.keeping.installations import Installations  # noqa: PLC0415 - see the top of this file

    return Installations(
        store.engine(),
        client_id=settings.slack_client_id,
        client_secret=_secret(settings.slack_client_secret),
        client=speaking.as_bearer_of(None),
        erase_traces=store.erase_traces,
    )


def _workspaces(
    settings: Settings, *, installations: Installations | None, speaking: Speaking
) -> OneWorkspace | InstalledWorkspaces:
    from bots.slack.keeping.workspaces import InstalledWorkspaces, OneWorkspace  # noqa: PLC0415 - see the top of this file

    if installations is not None:
        return InstalledWorkspaces(installations, speaking=speaking)
    if settings.slack_bot_token is None:
        problem = (
            "APNAV_SLACK_SIGNING_SECRET is set, so Slack is to be answered: set APNAV_SLACK_BOT_TOKEN too, "
            "or APNAV_SLACK_CLIENT_ID and APNAV_SLACK_CLIENT_SECRET for several workspaces."
        )
        raise BadSetting((problem,))
    return OneWorkspace(_secret(settings.slack_bot_token), speaking=speaking)


def _door(
    settings: Settings,
    *,
    assistant: Assistant,
    desk: DeadlineDesk,
    offers: OfferDesk,
    store: DatabaseStore,
    clients: Clients,
    wake: Callable[[], None],
) -> Door:
    from bots.slack.door import Door  # noqa: PLC0415 - see the top of this file
    from bots.slack.keeping.handover_store import SqlHandovers  # noqa: PLC0415 - see the top of this file
    from bots.slack.keeping.inbox_store import SqlInbox  # noqa: PLC0415 - see the top of this file
    from bots.slack.keeping.people_store import PeopleStore  # noqa: PLC0415 - see the top of this file

    engine, erase, masker = store.engine(), store.erase_traces, wiring.build_masker(settings)
    masker.mask("A child")  # which reads its lists for some seconds: the first event would wait longer than Slack does
    keep = timedelta(hours=settings.keep_hours)
    return Door(
        assistant=assistant,
        desk=desk,
        inbox=SqlInbox(engine, erase_traces=erase, where=store.where),
        people=PeopleStore(engine, masker=masker, keep=keep, erase_traces=erase, where=store.where),
        handovers=SqlHandovers(engine, where=store.where),
        conversations=store,
        masker=masker,
        clients=clients,
        today=wiring.today,
        now=wiring.now,
        defaults=_defaults(settings),
        offers=offers,
        kept_hours=settings.keep_hours,
        wake=wake,
    )


def _defaults(settings: Settings) -> Defaults:
    from assistant.model import Audience  # noqa: PLC0415 - see the top of this file
    from bots.slack.keeping.people import Defaults  # noqa: PLC0415 - see the top of this file

    return Defaults(
        audience=Audience(settings.slack_audience),
        answer_in_public=settings.slack_mentions == "public",
        advice_channel=settings.slack_advice_channel,
    )


def _secret(given: SecretStr | None) -> str:
    return given.get_secret_value() if given is not None else ""


def _wake(workers: Sequence[Workers]) -> None:
    for each in workers:
        each.wake()


def _nothing() -> None:
    """Others do it."""
