"""The ways in which words reach somebody: a thread, a note that only they see, the answer to a command, or a DM."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bots.slack.keeping.inbox import Job, JobKind
from bots.slack.showing.limits import Message
from bots.slack.working.slack_errors import NoForm, NoPlace, patience, refusal, saying_why


class Route(Protocol):
    """One way to somebody."""

    def post(self, message: Message) -> str | None:
        """Send it; its timestamp where it can be changed later. Raises `SlackRefused`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InThread:
    """For everybody who is in the channel."""

    client: WebClient
    channel: str
    thread_ts: str | None

    def post(self, message: Message) -> str | None:
        with saying_why():
            said = self.client.chat_postMessage(
                channel=self.channel, thread_ts=self.thread_ts, unfurl_links=False, unfurl_media=False, **_said(message)
            )
        return str(said["ts"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ForOneOnly:
    """In the channel, but shown to one person; gone when they open Slack anew."""

    client: WebClient
    channel: str
    user: str
    thread_ts: str | None

    def post(self, message: Message) -> str | None:
        with saying_why():
            self.client.chat_postEphemeral(
                channel=self.channel, user=self.user, thread_ts=self.thread_ts, **_said(message)
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCommand:
    """To where somebody gave a command or pressed something; shown to them alone. It works for half an hour."""

    url: str

    def post(self, message: Message) -> str | None:
        with saying_why():
            response = WebhookClient(self.url, retry_handlers=patience()).send(
                text=message.text, blocks=message.blocks or None, response_type="ephemeral", replace_original=False
            )
        if response.status_code != 200:
            gone = response.status_code in {403, 404, 410}
            raise refusal("expired_url" if gone else "invalid_blocks", status=200 if gone else response.status_code)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessage:
    """A message of its own to one person."""

    client: WebClient
    user: str

    def post(self, message: Message) -> str | None:
        InThread(client=self.client, channel=self.user, thread_ts=None).post(message)
        return None  # it is not in the channel where the question was asked, so it is not that message


@dataclass(frozen=True, slots=True)
class FirstThatWorks:
    """Several routes, tried in order while one leads nowhere; blocks that Slack will not take go as plain words."""

    routes: Sequence[Route]

    def post(self, message: Message) -> str | None:
        for route in self.routes[:-1]:
            try:
                return _posted(route, message)
            except NoPlace:
                continue
        return _posted(self.routes[-1], message)


def routes_of(job: Job, client: WebClient) -> FirstThatWorks:
    """Where the answer of this job goes. Whatever is not public never comes to be."""
    return FirstThatWorks(tuple(_routes(job, client)))


def to_whoever_pressed(
    client: WebClient, *, user: str, channel: str | None, thread_ts: str | None, response_url: str | None
) -> FirstThatWorks:
    """Where somebody who pressed something is told what came of it, and nobody else."""
    routes: list[Route] = []
    if response_url and not thread_ts:  # it would leave the thread
        routes.append(ToCommand(url=response_url))
    if channel:
        routes.append(ForOneOnly(client=client, channel=channel, user=user, thread_ts=thread_ts))
    return FirstThatWorks((*routes, DirectMessage(client=client, user=user)))


def streams(job: Job) -> bool:
    """Whether the answer can be written while its reader watches."""
    return job.thread_ts is not None and (job.kind is JobKind.DIRECT or job.public)


def is_for_one_alone(job: Job) -> bool:
    """Whether the answer is shown to its asker alone, among others who do not see it."""
    return job.kind is not JobKind.DIRECT and not job.public


def _routes(job: Job, client: WebClient) -> Iterator[Route]:
    if job.response_url:
        yield ToCommand(url=job.response_url)
    if job.kind is JobKind.DIRECT or job.public:
        yield InThread(client=client, channel=job.channel, thread_ts=job.thread_ts)
    else:
        yield ForOneOnly(client=client, channel=job.channel, user=job.user, thread_ts=job.thread_ts)
    if job.kind is not JobKind.DIRECT:
        yield DirectMessage(client=client, user=job.user)


def _posted(route: Route, message: Message) -> str | None:
    try:
        return route.post(message)
    except NoForm:
        if not message.blocks:
            raise
        return route.post(Message(text=message.text, blocks=[]))


def _said(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks or None}
