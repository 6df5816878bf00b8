"""What is kept made to go: of a person who asks for it, and of a workspace that removes the app."""

from collections.abc import Iterable

from bots.slack.door import Door
from bots.slack.keeping.people import Person


def forget_person(door: Door, person: Person) -> None:
    """Delete what this person asked, with its answers and what was said of them, and what they chose.

    Raises `StoreUnavailable`; asked again, it deletes what is left.
    """
    # First the conversations, which nobody would find any more if the process died in between.
    _delete_conversations(door, door.inbox.conversations(team=person.team, user=person.user))
    _delete_conversations(door, door.inbox.forget(team=person.team, user=person.user))
    door.people.forget(person)


def forget_team(door: Door, team: str) -> None:
    """Delete everything of a workspace. Raises `StoreUnavailable`; asked again, it deletes what is left."""
    _delete_conversations(door, door.inbox.conversations(team=team))
    _delete_conversations(door, door.inbox.forget_team(team))
    door.people.forget_team(team)


def _delete_conversations(door: Door, conversations: Iterable[str]) -> None:
    for each in conversations:
        door.conversations.delete(each)
