"""The Slack app: Bolt with every listener of this doorway, and nothing else."""

import logging
import re
from collections.abc import Callable, Iterable

from slack_bolt import Ack, App, BoltResponse
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.oauth import OAuthFlow
from slack_sdk import WebClient

from assistant.conversations import StoreUnavailable
from bots.slack.door import Door
from bots.slack.listening.again import register_asking_again
from bots.slack.listening.ask import register_asking
from bots.slack.listening.human import register_humans
from bots.slack.listening.press import register_presses
from bots.slack.listening.pressing import Press, on_press
from bots.slack.showing import messages
from bots.slack.working.problems import log_unexpected
from bots.slack.working.slack_errors import SlackRefused

_log = logging.getLogger(__name__)
_ANYTHING = re.compile(".*", re.DOTALL)


def create_slack_app(
    door: Door,
    *,
    signing_secret: str,
    client: WebClient,
    authorize: Authorize | Callable[..., object] | None = None,
    oauth_flow: OAuthFlow | None = None,
    more: Iterable[Callable[[App], None]] = (),
) -> App:
    """The app that turns what Slack sends into jobs and replies; `Workers` answer the jobs.

    `authorize` says whose token is used, without asking Slack while an event waits; with `oauth_flow` it is the
    flow's own. `client` is what clients are copied from. `more` registers the listeners of App Home and channels.
    Every listener does what must not be lost before Slack is acknowledged, and the rest afterwards.
    """
    app = App(
        name="ap-navigator",
        signing_secret=signing_secret,
        client=client,
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes both kinds
        oauth_flow=oauth_flow,
        process_before_response=True,
        token_verification_enabled=False,
        user_facing_authorize_error_message=messages.NOT_INSTALLED,
        attaching_conversation_kwargs_enabled=False,  # we never write where Bolt thinks we might
    )
    for register in more:
        register(app)
    register_asking(app, door)
    register_asking_again(app, door)
    register_presses(app, door)
    register_humans(app, door)
    _register_the_rest(app, door)
    app.error(_failed)
    return app


def _register_the_rest(app: App, door: Door) -> None:
    """What nobody here knows is acknowledged, so that Slack does not send it again and again."""
    on_press(app, door, _ANYTHING, unknown_action)
    app.event(_ANYTHING)(_pass_over)
    app.view(_ANYTHING)(_acknowledge)
    app.view_closed(_ANYTHING)(_acknowledge)
    app.shortcut(_ANYTHING)(_acknowledge)
    app.options(_ANYTHING)(_acknowledge)


def unknown_action(_door: Door, press: Press) -> None:
    """A button of an older version, or of nobody: whoever pressed it is told."""
    _log.warning("Unknown action %r", press.action[:80])
    press.tell(messages.UNKNOWN_ACTION)


def _pass_over(event: dict[str, object]) -> None:
    _log.info("Passed over an event of type %s", str(event.get("type"))[:80])


def _acknowledge(ack: Ack) -> None:
    ack()


def _failed(error: Exception) -> BoltResponse:
    """Slack sends again what could not be kept; nothing of it is logged."""
    if isinstance(error, (SlackRefused, StoreUnavailable)):
        _log.error("Not taken from Slack, which sends it again: %s", error)
    else:
        log_unexpected(error)
    return BoltResponse(status=500, body="")
