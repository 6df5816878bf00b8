"""Who is in the user groups of a workspace, as a channel may let only some of them ask."""

import time
from collections.abc import Callable, Iterable
from threading import Lock

from slack_sdk import WebClient

from bots.slack.working.slack_errors import SlackRefused, saying_why

_GONE = {"no_such_subteam", "subteam_not_found"}  # nobody is in a group that was removed
_KEPT = 60.0  # seconds: Slack lets us look twenty times a minute


class Groups:
    """Members of groups, looked up in Slack and remembered for a minute. Safe to share between threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}
        self._lock = Lock()

    def any_has(self, groups: Iterable[str], user: str, *, team: str, client: WebClient) -> bool:
        """Whether this person is in one of the groups. Raises `SlackRefused`."""
        return any(user in self._members(team, group, client) for group in groups)

    def _members(self, team: str, group: str, client: WebClient) -> frozenset[str]:
        with self._lock:
            since, members = self._known.get((team, group), (float("-inf"), frozenset()))
        if self._clock() - since < _KEPT:
            return members
        try:
            with saying_why():
                members = frozenset(client.usergroups_users_list(usergroup=group)["users"])
        except SlackRefused as error:
            if error.code not in _GONE:
                raise
            members = frozenset()
        with self._lock:
            self._known[team, group] = self._clock(), members
        return members
