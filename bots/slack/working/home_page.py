"""The Home tab of one person, put before them."""

import logging
from collections.abc import Sequence

from slack_sdk import WebClient

from assistant.conversations import StoreUnavailable
from bots.slack.door import Door
from bots.slack.keeping.people import Person, Preferences, RecentQuestion
from bots.slack.showing import blocks
from bots.slack.working.slack_errors import SlackRefused, saying_why

_log = logging.getLogger(__name__)


def publish_home(door: Door, client: WebClient, person: Person) -> None:
    """Show somebody their own page; without what is kept where that cannot be read just now. It never fails."""
    preferences = Preferences()
    recents: Sequence[RecentQuestion] = ()
    try:
        preferences = door.people.preferences(person)
        recents = door.people.recent(person, now=door.now())
    except StoreUnavailable as error:
        _log.warning("Not read: %s", error)
    view = blocks.home_view(preferences, recents, defaults=door.defaults, kept_hours=door.kept_hours)
    try:
        with saying_why():
            client.views_publish(user_id=person.user, view=view)
    except SlackRefused as error:
        _log.warning("The Home tab is not shown: %s", error)
