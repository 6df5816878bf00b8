"""The stand-in as tests use it: `with SlackishServer() as slack:`."""

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from tests.slackish.doors import Delivery, Door, HttpDoor, SocketDoor
from tests.slackish.payloads import Outgoing, an_event
from tests.slackish.person import Person
from tests.slackish.socket_mode import SocketMode
from tests.slackish.web_api import Call, Trouble, WebApi, When
from tests.slackish.workspace import Channel, File, Json, Message, Team, View, Workspace

T = TypeVar("T")

TEAM, BOT_USER = "T0SCHOOL", "U0APNAV"


def _always(_: Json) -> bool:
    return True


class SlackishServer:
    """A Slack of one's own, on loopback. `url` is the base_url of a WebClient.

    Made with a team T0SCHOOL, the app's user U0APNAV, people UADA, UBEN and UCLEO, and the channels CTEAM and CADVICE
    that hold all of them. `refused` are calls that Slack would not have taken; a test usually wants none.
    """

    # None of these opens anything outside a test.
    bot_token = "xoxb-school-bot"
    app_token = "xapp-1-A0APNAV-level"
    signing_secret = "8f742231b10e8888abcd99yyyzzz85a5"
    client_id, client_secret = "111.222", "shh-client-secret"

    def __init__(self, *, scopes: Iterable[str] | None = None) -> None:
        self.space = Workspace()
        self.socket = SocketMode()
        client = (self.client_id, self.client_secret)
        self.web = WebApi(self.space, app_token=self.app_token, client=client, socket_url=self.socket.new_url)
        self.deliveries: list[tuple[Outgoing, Delivery]] = []
        self.add_team(TEAM, token=self.bot_token, bot_user=BOT_USER, scopes=scopes)
        for user in ("UADA", "UBEN", "UCLEO"):
            self.add_user(user)
        for channel in ("CTEAM", "CADVICE"):
            self.add_channel(channel, members=("UADA", "UBEN", "UCLEO"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.web.close()
        self.socket.close()

    @property
    def origin(self) -> str:
        return self.web.origin

    @property
    def url(self) -> str:
        return f"{self.web.origin}/api/"

    # Who and where ------------------------------------------------------------------------------------------------

    def add_team(self, team: str, *, token: str, bot_user: str = BOT_USER, scopes: Iterable[str] | None = None) -> Team:
        known = None if scopes is None else frozenset(scopes)
        made = Team(id=team, name=team.lower(), bot_token=token, bot_user=bot_user, bot_id="B0APNAV", scopes=known)
        self.space.teams[team] = made
        return made

    def add_user(self, user: str, *, team: str = TEAM, **more: object) -> None:
        known = {"id": user, "team_id": team, "name": user.lower(), "real_name": user[1:].title(), "is_bot": False}
        self.space.users[team, user] = {**known, "tz": "Europe/London", "is_admin": False, **more}

    def add_channel(
        self, channel: str, *, kind: str = "channel", members: Iterable[str] = (), app: bool = True, team: str = TEAM
    ) -> Channel:
        """A channel; with `app` false the app is not in it."""
        inside = set(members) | ({self.space.teams[team].bot_user} if app else set())
        made = Channel(id=channel, team=team, kind=kind, name=channel.lower(), members=inside)
        self.space.channels[team, channel] = made
        return made

    def add_usergroup(self, group: str, users: Iterable[str]) -> None:
        self.space.usergroups[group] = list(users)

    def person(self, user: str, door: Door, *, team: str = TEAM) -> Person:
        """Somebody who uses the app through `door`."""
        return Person(self.space, self.web.origin, user, door, team=self.space.teams[team], note=self._note)

    def dm(self, user: str, *, team: str = TEAM) -> str:
        """The id of the direct messages between `user` and the app."""
        return self.space.dm(team, user).id

    # The ways to the app ------------------------------------------------------------------------------------------

    def http(self, app_url: str, *, secret: str | None = None, age: float = 0.0) -> HttpDoor:
        """The app's Request URL; `secret` and `age` make wrong and late signatures."""
        return HttpDoor(url=app_url, secret=secret or self.signing_secret, age=age)

    @property
    def by_socket(self) -> SocketDoor:
        return SocketDoor(socket=self.socket)

    def send(self, door: Door, outgoing: Outgoing, *, retry: tuple[int, str] | None = None) -> Delivery:
        delivery = door.send(outgoing, retry=retry)
        self._note(outgoing, delivery)
        return delivery

    def send_event(
        self, door: Door, event: Json, *, event_id: str | None = None, retry: tuple[int, str] | None = None
    ) -> Delivery:
        """Any event at all, in its envelope."""
        team = self.space.teams[TEAM]
        return self.send(door, an_event(self.space, team, event, event_id=event_id), retry=retry)

    def _note(self, outgoing: Outgoing, delivery: Delivery) -> None:
        self.deliveries.append((outgoing, delivery))

    # What people see ----------------------------------------------------------------------------------------------

    def messages(self, channel: str, *, thread: str | None = None, by_app: bool | None = None) -> list[Message]:
        """What everyone in a channel sees, oldest first; of one thread its replies."""
        seen = [m for m in self.space.in_channel(TEAM, channel) if m.only_for is None]
        if thread is not None:
            seen = [m for m in seen if m.thread_ts == thread]
        return [m for m in seen if by_app is None or m.by_app == by_app]

    def answers(self, channel: str, *, thread: str | None = None) -> list[Message]:
        """What the app said there, as far as it has finished."""
        return [m for m in self.messages(channel, thread=thread, by_app=True) if m.finished]

    def ephemerals(self, user: str) -> list[Message]:
        """What only this person sees, oldest first."""
        with self.space.lock:
            return [m for m in self.space.messages if m.only_for == user and not m.deleted]

    def home(self, user: str, *, team: str = TEAM) -> View | None:
        return self.space.homes.get((team, user))

    def modal(self, user: str) -> View | None:
        """The modal on top for this person; None when none is open."""
        views = [v for v in self.space.views if v.user == user and v.open and v.view["type"] == "modal"]
        return views[-1] if views else None

    @property
    def files(self) -> list[File]:
        return [file for file in self.space.files.values() if file.title is not None]

    # What the app did ---------------------------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        return list(self.web.calls)

    @property
    def refused(self) -> list[str]:
        """Calls that Slack would refuse, and why, without those that a test made fail."""
        return [f"{c.method}: {c.error} {' '.join(c.why)}" for c in self.calls if c.error and not c.planned]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    # Trouble ------------------------------------------------------------------------------------------------------

    def fail(
        self,
        method: str,
        error: str = "internal_error",
        *,
        status: int = 200,
        times: int | None = None,
        when: When = _always,
        after: bool = False,
    ) -> None:
        """Let a method ("*": all) answer with an error; `after` it did its work all the same."""
        self._trouble(Trouble(method=method, error=error, status=status, times=times, when=when, after=after))

    def limit(self, method: str, *, retry_after: int = 1, times: int | None = 1, when: When = _always) -> None:
        """Let a method answer 429; `retry_after` is in seconds."""
        headers = {"Retry-After": str(retry_after)}
        self._trouble(Trouble(method=method, error="ratelimited", status=429, times=times, when=when, headers=headers))

    def pace(self, method: str, *, most: int, within: float) -> None:
        """Answer 429 to more than `most` calls of a method within so many seconds."""
        self.web.paces[method] = (most, within)

    def slow(self, method: str, seconds: float, *, times: int | None = None, when: When = _always) -> None:
        self._trouble(Trouble(method=method, error="", times=times, when=when, seconds=seconds))

    def no_more_trouble(self) -> None:
        self.web.troubles.clear()
        self.web.paces.clear()

    def _trouble(self, trouble: Trouble) -> None:
        self.web.troubles.append(trouble)

    def issue_code(self, team: str) -> str:
        """An OAuth code for installing the app in a team, good for one exchange."""
        code = self.space.new_id("code")
        self.space.codes[code] = team
        return code


def eventually(look: Callable[[], T], *, within: float = 20.0) -> T:
    """What `look` gives as soon as it is true of something; at the latest what it gives after `within` seconds."""
    until = time.monotonic() + within
    while True:
        found = look()
        if found or time.monotonic() > until:
            return found
        time.sleep(0.02)
