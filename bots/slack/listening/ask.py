"""Questions as Slack sends them: direct messages, mentions, the command, the shortcut; and the wish to stop.

Each becomes a job that is kept, masked, before Slack hears that it arrived; nothing else is done until then.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from assistant.conversations import StoreUnavailable
from assistant.model import Audience
from bots.slack.door import Door
from bots.slack.keeping.inbox import Job, JobKind, JobState, lane_of
from bots.slack.keeping.people import ChannelSettings, Person
from bots.slack.listening.reading import has_files, is_from_a_person, masked, plain_words
from bots.slack.showing import blocks, messages
from bots.slack.working.routes import ForOneOnly, ToCommand, is_for_one_alone
from bots.slack.working.slack_errors import SlackRefused, saying_why

_log = logging.getLogger(__name__)
COMMAND = "/ap"
CHECK_MESSAGE = "ap_check_message"
_KEPT = "ap_kept"
_HELP = ("", "help", "?")
_OFFERS = re.compile(r"offers\b[\s:,?]*(?:help$)?", re.IGNORECASE)
Said = Mapping[str, Any]


def register_asking(app: App, door: Door) -> None:
    """Its listeners."""

    def message(event: Said, context: BoltContext) -> None:
        if event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D"):
            hear_message(door, event, context)

    def mention(event: Said, context: BoltContext) -> None:
        context[_KEPT] = hear_message(door, event, context)

    def command(ack: Ack, command: Said, context: BoltContext) -> None:
        ack(hear_command(door, command, context))

    def shortcut(ack: Ack, shortcut: Said, context: BoltContext) -> None:
        context[_KEPT] = hear_shortcut(door, shortcut, context)
        ack()

    def stop(event: Said, context: BoltContext) -> None:
        hear_stop(door, event, context)

    def settle_session(event: Said, client: WebClient) -> None:
        close_session(client, event)

    def suggest(event: Said, context: BoltContext, client: WebClient) -> None:
        suggest_prompts(door, event, context, client)

    app.event("message")(message)
    app.event("app_mention")(ack=mention, lazy=[_one_moment(door)])
    app.command(COMMAND)(command)
    app.message_shortcut(CHECK_MESSAGE)(ack=shortcut, lazy=[_one_moment(door)])
    app.event("agent_session_stopped")(ack=stop, lazy=[settle_session])
    app.event("app_home_opened", matchers=[_is_messages_tab])(ack=_heard, lazy=[suggest])


def _one_moment(door: Door) -> Callable[..., None]:
    def one_moment(client: WebClient, context: BoltContext) -> None:
        job: Job | None = context.get(_KEPT)
        if job is not None:
            say_one_moment(door, client, job.id)

    return one_moment


def _heard() -> None:
    """Nothing is to be done before Slack hears that it arrived."""


def _is_messages_tab(event: Said) -> bool:
    return event.get("tab") == "messages"


def hear_message(door: Door, event: Said, context: BoltContext) -> Job | None:
    """Keep what somebody wrote to us: the job, if it is new. Raises `StoreUnavailable`: Slack then sends it again."""
    if not is_from_a_person(event):
        _log.debug("Passed over: %s", event.get("subtype") or "a message of a program")
        return None
    return _kept(door, _job_of_message(door, event, context))


def hear_command(door: Door, command: Said, context: BoltContext) -> str:
    """Keep what somebody asked with the command; what they are told at once."""
    text = plain_words(str(command.get("text") or ""), me=context.bot_user_id)
    if text.lower() in _HELP:
        return messages.EMPTY_COMMAND
    if _OFFERS.match(text):
        if not _OFFERS.sub("", text).strip():
            return messages.EMPTY_OFFERS
        text = f"{COMMAND} {text}"  # kept with the command, so that it is the same when it is asked again
    try:
        _ask_privately(
            door,
            context,
            kind=JobKind.COMMAND,
            text=text,
            channel=str(command["channel_id"]),
            user=str(command["user_id"]),
            trigger=str(command["trigger_id"]),
            response_url=command.get("response_url"),
        )
    except StoreUnavailable as error:
        _log.warning("Not kept: %s", error)
        return messages.FAILED
    return messages.ONE_MOMENT


def hear_shortcut(door: Door, shortcut: Said, context: BoltContext) -> Job | None:
    """Keep the message that somebody wants checked, for them alone: the job, if it is new.

    Raises `StoreUnavailable`: Slack then says that something went wrong.
    """
    message = shortcut["message"]
    return _ask_privately(
        door,
        context,
        kind=JobKind.SHORTCUT,
        text=plain_words(str(message.get("text") or ""), me=context.bot_user_id),
        channel=str(shortcut["channel"]["id"]),
        user=str(shortcut["user"]["id"]),
        trigger=str(shortcut["trigger_id"]),
        response_url=shortcut.get("response_url"),
        with_files=has_files(message),
    )


def say_one_moment(door: Door, client: WebClient, job_id: str) -> None:
    """Tell whoever asked that the answer comes, where no session shows that somebody is at work. It never fails."""
    try:
        job = door.inbox.find(job_id)
    except StoreUnavailable as error:
        _log.info("Nobody was told to wait a moment: %s", error)
        return
    if job is None or not is_for_one_alone(job) or job.state not in {JobState.WAITING, JobState.TAKEN}:
        return
    here = ForOneOnly(client=client, channel=job.channel, user=job.user, thread_ts=job.thread_ts)
    to = ToCommand(url=job.response_url) if job.response_url else here
    try:
        to.post(blocks.notice(messages.ONE_MOMENT))
    except SlackRefused as error:
        _log.info("Nobody was told to wait a moment: %s", error.code)


def hear_stop(door: Door, event: Said, context: BoltContext) -> None:
    """Stop what whoever pressed Stop asked in a thread; others still get their answers. Raises `StoreUnavailable`."""
    lane = lane_of(team_of(context), str(event["channel"]), str(event["thread_ts"]))
    if door.inbox.stop(lane, user=event.get("user")):
        door.wake()


def close_session(client: WebClient, event: Said) -> None:
    """Show at once that nobody is at work any more; who was at work says so in words."""
    try:
        with saying_why():
            client.agents_sessions_setStatus(
                channel_id=str(event["channel"]), thread_ts=str(event["thread_ts"]), status="closed"
            )
    except SlackRefused as error:
        _log.info("The session was not closed: %s", error.code)


def suggest_prompts(door: Door, event: Said, context: BoltContext, client: WebClient) -> None:
    """Offer questions that suit whoever opened their messages with us."""
    audience = audience_for(door, Person(team=team_of(context), user=str(event["user"])))
    try:
        with saying_why():  # never with a thread: agent apps' prompts are then taken and not shown
            client.assistant_threads_setSuggestedPrompts(
                channel_id=str(event["channel"]), prompts=blocks.suggested_prompts(audience)
            )
    except SlackRefused as error:
        _log.info("No questions were suggested: %s", error.code)


# Jobs ---------------------------------------------------------------------------------------------------------------


def _job_of_message(door: Door, event: Said, context: BoltContext) -> Job:
    team, channel, user, ts = team_of(context), str(event["channel"]), str(event["user"]), str(event["ts"])
    direct = channel.startswith("D")
    settings = ChannelSettings() if direct else _channel(door, team, channel)
    public = not direct and settings is not None and door.defaults.in_public(settings)
    root = str(event.get("thread_ts") or ts)
    return Job(
        id=f"{team}:{channel}:{ts}",
        lane=lane_of(team, channel, root) if direct or public else f"{lane_of(team, channel, root)}:{user}",
        kind=JobKind.DIRECT if direct else JobKind.MENTION,
        team=team,
        enterprise=context.enterprise_id,
        user=user,
        channel=channel,
        # What one person alone sees is not shown in a thread that is not open.
        thread_ts=root if direct or public else event.get("thread_ts"),
        text=_masked(door, plain_words(str(event.get("text") or ""), me=context.bot_user_id)),
        audience=audience_for(door, Person(team=team, user=user), settings),
        public=public,
        has_files=has_files(event),
        received=door.now(),
        asked_ts=ts,
    )


def _ask_privately(
    door: Door,
    context: BoltContext,
    *,
    kind: JobKind,
    text: str,
    channel: str,
    user: str,
    trigger: str,
    response_url: str | None,
    with_files: bool = False,
) -> Job | None:
    team, now = team_of(context), door.now()
    settings = None if channel.startswith("D") else _channel(door, team, channel)
    job = Job(
        id=f"{team}:{trigger}",
        lane=f"{team}:{channel}:{user}:{trigger}",
        kind=kind,
        team=team,
        enterprise=context.enterprise_id,
        user=user,
        channel=channel,
        text=_masked(door, text),
        audience=audience_for(door, Person(team=team, user=user), settings),
        response_url=response_url,
        has_files=with_files,
        received=now,
        asked_ts=f"{now.timestamp():.6f}",
    )
    return _kept(door, job)


def _kept(door: Door, job: Job) -> Job | None:
    """The job, if it is new. Raises `StoreUnavailable`."""
    if not door.inbox.put(job):
        return None
    door.wake()
    return job


def _masked(door: Door, text: str) -> str:
    return masked(text, masker=door.masker, today=door.today())


def team_of(context: BoltContext) -> str:
    """The workspace, as everything kept of it is named."""
    return context.team_id or context.enterprise_id or ""


def audience_for(door: Door, person: Person, settings: ChannelSettings | None = None) -> Audience:
    """Whom an answer is worded for, as far as that can be read just now."""
    try:
        return door.defaults.audience_of(door.people.preferences(person), settings)
    except StoreUnavailable as error:
        _log.warning("Worded as usual: %s", error)
        return door.defaults.audience


def _channel(door: Door, team: str, channel: str) -> ChannelSettings | None:
    """What was set for the channel; None when that cannot be read: then nothing is public."""
    try:
        return door.people.channel(team, channel)
    except StoreUnavailable as error:
        _log.warning("Answered for the asker alone: %s", error)
        return None
