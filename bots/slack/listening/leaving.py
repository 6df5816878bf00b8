"""A workspace that removes the app leaves nothing behind."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import App, BoltContext

from bots.slack.door import Door
from bots.slack.keeping.installations import Installations
from bots.slack.listening.ask import team_of
from bots.slack.working.forgetting import forget_team


def register_leaving(app: App, door: Door, *, installations: Installations | None = None) -> None:
    """Hears that a workspace removed the app. Slack says it again when the deletion failed."""

    def removed(context: BoltContext) -> None:
        if installations is not None:
            installations.remove(enterprise=context.enterprise_id, team=context.team_id)
        forget_team(door, team_of(context))

    def revoked(event: Mapping[str, Any], context: BoltContext) -> None:
        if event.get("tokens", {}).get("bot"):
            removed(context)

    app.event("app_uninstalled")(removed)
    app.event("tokens_revoked")(revoked)
