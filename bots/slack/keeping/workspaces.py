"""Whose token speaks where: one workspace with the token of the settings, or those that installed the app by OAuth.

Both answer Bolt, for each event, and the workers, for each job. Neither asks Slack anything while an event waits,
except once for who the app is, and once in twelve hours for a new token where tokens are renewed.
"""

import logging
from threading import Lock
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bots.slack.door import NotInstalled
from bots.slack.keeping.installations import Installations
from bots.slack.working.slack_errors import SlackRefused, patient, saying_why

_log = logging.getLogger(__name__)


class Speaking:
    """Makes clients for tokens, one each; all of them wait as Slack asks them to. `api_url` ends with a slash."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def as_bearer_of(self, token: str | None) -> WebClient:
        return patient(WebClient(token=token, base_url=self._api_url))


class OneWorkspace(Authorize):
    """The workspace that the token of the settings belongs to."""

    def __init__(self, token: str, *, speaking: Speaking) -> None:
        self._token = token
        self._client = speaking.as_bearer_of(token)
        self._told: SlackResponse | None = None
        self._asking = Lock()

    def __call__(self, *, team_id: str | None = None, enterprise_id: str | None = None, **_: Any) -> AuthorizeResult:
        """For Bolt. Raises `SlackRefused`, so that Slack sends again what could not be authorised."""
        me = self.me()
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id or me["team_id"],
            bot_user_id=me["user_id"],
            bot_id=me["bot_id"],
            bot_token=self._token,
        )

    def me(self) -> SlackResponse:
        """Who the app is there, as auth.test tells it; asked once. Raises `SlackRefused`."""
        with self._asking:
            if self._told is None:
                with saying_why():
                    self._told = self._client.auth_test()
            return self._told

    def check(self) -> None:
        """Ask who the app is before the first event needs to know. It never fails: the log says what is wrong."""
        try:
            self.me()
        except SlackRefused as error:
            _log.error("Slack does not take the bot token, so nobody there is answered: %s", error)

    def client(self, team: str, enterprise: str | None) -> WebClient:  # noqa: ARG002 - as `Clients` has it
        return self._client


class InstalledWorkspaces(Authorize):
    """The workspaces that installed the app."""

    def __init__(self, installations: Installations, *, speaking: Speaking) -> None:
        self._installations = installations
        self._speaking = speaking

    def __call__(
        self, *, team_id: str | None = None, enterprise_id: str | None = None, **_: Any
    ) -> AuthorizeResult | None:
        """For Bolt; None when the app is not installed there. Raises `SlackRefused` when a token cannot be renewed."""
        found = self._installations.current(enterprise=enterprise_id, team=team_id)
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.bot_token,
            bot_scopes=found.bot_scopes,
        )

    def check(self) -> None:
        """There is nothing to ask before somebody installs the app."""

    def client(self, team: str, enterprise: str | None) -> WebClient:
        """A client for a workspace. Raises `NotInstalled`."""
        found = self._installations.live(enterprise=enterprise, team=team)
        if found is None or not found.bot_token:
            raise NotInstalled
        return self._speaking.as_bearer_of(found.bot_token)
