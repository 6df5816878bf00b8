"""Workspaces that install the app by OAuth: their tokens in our database, by the SDK's own stores; never in a log."""

import html
import logging
import time
from collections.abc import Callable, Sequence
from threading import Lock

import sqlalchemy as sa
from slack_bolt import BoltResponse
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation import TokenRotator

from bots.slack.manifest import INSTALL_PATH, REDIRECT_PATH
from bots.slack.working.slack_errors import saying_why

_STATE_SECONDS = 600
_MINUTES_BEFORE_END = 120  # a token that ends sooner is renewed first

_log = logging.getLogger(__name__)
# The SDK's own messages may hold a code or a state.
_quiet = logging.getLogger(f"{__name__}.sdk")
_quiet.setLevel(logging.CRITICAL)


class Installations:
    """The workspaces of one app (its `client_id`), in a database that is up to date."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        client_id: str,
        client_secret: str,
        client: WebClient,
        erase_traces: Callable[[], object],
    ) -> None:
        """`client`, which has no token, speaks to Slack; `erase_traces` makes deleted tokens go from the disk."""
        self.store = SQLAlchemyInstallationStore(client_id=client_id, engine=engine, logger=_quiet)
        reading = engine.execution_options(reading=True)  # so that no event waits for a writer
        self._reader = SQLAlchemyInstallationStore(client_id=client_id, engine=reading, logger=_quiet)
        self.states = SQLAlchemyOAuthStateStore(expiration_seconds=_STATE_SECONDS, engine=engine, logger=_quiet)
        self._client = client
        self._client_secret = client_secret
        self._rotator = TokenRotator(client_id=client_id, client_secret=client_secret, client=client)
        self._renewing = Lock()
        self._erase_traces = erase_traces

    def is_installer(self, *, enterprise: str | None, team: str | None, user: str) -> bool:
        """Whether this user installed the app in that workspace."""
        found = self._reader.find_installation(
            enterprise_id=enterprise, team_id=team, user_id=user, is_enterprise_install=team is None
        )
        return found is not None and found.user_id == user

    def current(self, *, enterprise: str | None, team: str | None) -> Installation | None:
        """The same, but its token is renewed only when it has ended: an event waits for nobody else's new token.

        Raises `SlackRefused`.
        """
        found = self._find(enterprise, team)
        return found if found is None or not _has_ended(found) else self.live(enterprise=enterprise, team=team)

    def live(self, *, enterprise: str | None, team: str | None) -> Installation | None:
        """The installation that speaks for a workspace, its token renewed if it is about to end; None: there is none.

        Raises `SlackRefused` when Slack does not renew the token.
        """
        found = self._find(enterprise, team)
        if found is None or not _ends_soon(found):
            return found
        with self._renewing:  # a refresh token is good once
            found = self._find(enterprise, team)
            return self._renewed(found) if found is not None and _ends_soon(found) else found

    def _find(self, enterprise: str | None, team: str | None) -> Installation | None:
        found = self._reader.find_installation(
            enterprise_id=enterprise, team_id=team, is_enterprise_install=team is None
        )
        if found is None and team is not None and enterprise is not None:  # installed for the whole organisation
            found = self._reader.find_installation(enterprise_id=enterprise, team_id=None, is_enterprise_install=True)
        return found if found is not None and found.bot_token else None

    def _renewed(self, found: Installation) -> Installation:
        try:
            fresh = self._rotator.perform_token_rotation(
                installation=found, minutes_before_expiration=_MINUTES_BEFORE_END
            )
        except SlackTokenRotationError as error:
            now = self._find(found.enterprise_id, found.team_id)
            if now is not None and now.bot_token != found.bot_token:  # another process was quicker
                return now
            with saying_why():
                raise error.api_error from error
        if fresh is None:
            return found
        self.store.save(fresh)
        return fresh

    def remove(self, *, enterprise: str | None, team: str | None) -> None:
        """Delete every token of a workspace, for good."""
        self.store.delete_all(enterprise_id=enterprise, team_id=team)
        self._erase_traces()

    def flow(self, *, scopes: Sequence[str], authorize: Authorize) -> OAuthFlow:
        """What guides somebody through an installation, its `state` checked against theirs and used once.

        `authorize` finds the token for each event.
        """
        settings = OAuthSettings(
            client_id=self.store.client_id,
            client_secret=self._client_secret,
            scopes=list(scopes),
            user_scopes=[],
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            install_page_rendering_enabled=False,  # it goes to Slack's own page at once
            callback_options=CallbackOptions(success=_installed, failure=_not_installed),
            installation_store=self.store,
            state_store=self.states,
            state_expiration_seconds=_STATE_SECONDS,
            logger=_quiet,
        )
        settings.authorize = authorize
        return OAuthFlow(client=self._client, logger=_quiet, settings=settings)


def _ends_soon(found: Installation) -> bool:
    ends = found.bot_token_expires_at
    return ends is not None and ends < time.time() + 60 * _MINUTES_BEFORE_END


def _has_ended(found: Installation) -> bool:
    ends = found.bot_token_expires_at
    return ends is not None and ends < time.time() + 60


# What whoever installs it reads --------------------------------------------------------------------------------------

_WHY_NOT = {
    "access_denied": "You chose not to install it, so nothing was changed.",
    "invalid_browser": "The installation was begun in another browser, or too long ago.",
    "invalid_state": "The installation was begun too long ago, or this page was loaded twice.",
    "storage_error": "The installation could not be kept. Whoever runs this service can see why in the log.",
}


def _installed(args: SuccessArgs) -> BoltResponse:
    installation: Installation = args.installation
    where = installation.team_name or installation.enterprise_name or "your workspace"
    return _page(
        "AP Navigator is installed",
        f"It is now in {where}. In Slack, find it under Apps and write to it, or use /ap in any channel. "
        "You can close this page.",
        status=200,
        cookie=args.settings.state_utils.build_set_cookie_for_deletion(),
    )


def _not_installed(args: FailureArgs) -> BoltResponse:
    why = _WHY_NOT.get(args.reason, "Slack did not confirm the installation.")
    _log.warning("The app was not installed: %s", args.reason if args.reason in _WHY_NOT else "refused by Slack")
    return _page(
        "AP Navigator was not installed",
        f"{why} To try again, go to",
        status=args.suggested_status_code,
        cookie=args.settings.state_utils.build_set_cookie_for_deletion(),
        link=INSTALL_PATH,
    )


def _page(title: str, words: str, *, status: int, cookie: str, link: str | None = None) -> BoltResponse:
    where = f' <a href="{html.escape(link)}">{html.escape(link)}</a>.' if link else ""
    body = (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{html.escape(title)}</title></head>'
        f"<body><main><h1>{html.escape(title)}</h1><p>{html.escape(words)}{where}</p></main></body></html>"
    )
    headers: dict[str, str | Sequence[str]] = {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": cookie}
    return BoltResponse(status=status, headers=headers, body=body)
