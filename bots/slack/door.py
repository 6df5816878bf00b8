"""What the listeners and workers of the Slack doorway work with, handed over in one piece."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from slack_sdk import WebClient

from assistant.desk import DeadlineDesk
from assistant.offer_desk import OfferDesk
from assistant.ports import ConversationStore, Masker
from assistant.service import Assistant
from bots.slack.keeping.handover import Handovers
from bots.slack.keeping.inbox import Inbox
from bots.slack.keeping.people import Defaults, People
from bots.slack.listening.groups import Groups


class NotInstalled(Exception):
    """There is no token for this workspace: the app was removed from it."""


class Clients(Protocol):
    """The way to speak to the workspaces that the app is installed in."""

    def __call__(self, team: str, enterprise: str | None) -> WebClient:
        """A client with the workspace's own token. Raises `NotInstalled`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The assistant, what is kept and who is spoken to.

    `kept_hours`: how long questions are kept; `wake` tells the workers that there is something to do. Without `offers`
    no list of local places is there to be searched.
    """

    assistant: Assistant
    desk: DeadlineDesk
    inbox: Inbox
    people: People
    handovers: Handovers
    conversations: ConversationStore
    masker: Masker
    clients: Clients
    today: Callable[[], date]
    now: Callable[[], datetime]
    offers: OfferDesk | None = None
    defaults: Defaults = field(default_factory=Defaults)
    groups: Groups = field(default_factory=Groups)
    kept_hours: int = 24
    wake: Callable[[], None] = lambda: None
