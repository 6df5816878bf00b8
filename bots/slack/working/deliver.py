"""An answer on its way to whoever asked: written while they watch, or in whole messages; begun again after a crash.

Before each part goes out it is noted that it goes, and afterwards that it went. After a crash in between nobody knows
whether it went: it is never sent again, and the reader is told instead.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.web.chat_stream import ChatStream

from assistant.model import Answer
from bots.slack.keeping.inbox import Inbox, Job, JobKind
from bots.slack.showing import blocks, messages
from bots.slack.showing.limits import MARKDOWN_TEXT, SESSION_TITLE, Message
from bots.slack.showing.markup import one_line, plain, shortened
from bots.slack.working.routes import DirectMessage, routes_of, streams
from bots.slack.working.slack_errors import NoForm, SlackAway, SlackRefused, saying_why

_log = logging.getLogger(__name__)

_STOP_IS_TOLD_WITHIN = 2  # seconds
_NOT_STREAMING = "message_not_in_streaming_state"
_GATHERED = 256  # characters that go out together


class Stopped(Exception):
    """Whoever asked wants no more of it. `said`: the reader was told so already."""

    def __init__(self, *, said: bool = False) -> None:
        self.said = said
        super().__init__()


class Interrupted(Exception):
    """Nobody knows whether a part was sent before a crash."""


class StreamNotBegun(SlackRefused):
    """Nothing of the stream is in Slack, so that the answer can go in another way."""


@dataclass(slots=True, kw_only=True)
class Courier:
    """Brings one job's answer to Slack, and notes in the inbox how far it came.

    `busy`: many answers are under way. `human`: there is a human to ask.
    """

    job: Job
    client: WebClient
    inbox: Inbox
    worker: str
    busy: bool = False
    human: bool = True
    at_rest: bool = False

    def open_thread(self) -> tuple[str, str]:
        """Begin a thread with the question in the asker's direct messages: its channel and timestamp.

        Raises `SlackRefused`.
        """
        asked = blocks.notice(self.job.text)
        with saying_why():
            root = self.client.chat_postMessage(channel=self.job.channel, text=asked.text, blocks=asked.blocks)
        return str(root["channel"]), str(root["ts"])

    def begin(self) -> None:
        """Show that somebody is at work, with a stop button, and name the session. It never fails."""
        self._session("processing", title=shortened(plain(one_line(self.job.text)), SESSION_TITLE) or None)

    def end(self, *, stopped: bool = False) -> None:
        """Show that nobody is at work any more. It never fails."""
        if not self.at_rest:
            self._session("closed" if stopped else "active")

    def hush(self) -> None:
        """A stream that a dead process left open is ended. It never fails."""
        if self.job.posted_ts:
            _stop_quietly(self.client, channel=self.job.channel, ts=self.job.posted_ts)

    def apologise(self, text: str = messages.FAILED) -> None:
        """Tell the asker, away from where it failed, that there is no answer. It never fails."""
        try:
            DirectMessage(client=self.client, user=self.job.user).post(blocks.notice(text))
        except SlackRefused as error:
            _log.warning("The asker could not be told either: %s", error.code)

    def say(self, text: str) -> None:
        """One plain message instead of an answer. Raises `SlackRefused` and `JobGone`."""
        self._send(blocks.notice(text), number=self.job.parts_done + 1)

    def bring(self, answer: Answer) -> None:
        """The whole answer, from where it was left. Raises `Stopped`, `SlackRefused` and `JobGone`."""
        job = self.job
        if job.parts_begun > job.parts_done and not (job.parts_begun == 1 and job.posted_ts):
            raise Interrupted
        if job.parts_begun == 0:
            self._bring_anew(answer)
        elif job.parts_done == 0:
            self._mend(answer)
        elif job.streamed:
            self._send_all(self._closing(answer)[job.parts_done :], after=job.parts_done)
        else:
            self._send_all(self._whole(answer)[job.parts_done :], after=job.parts_done)

    def _bring_anew(self, answer: Answer) -> None:
        pieces = [blocks.direct_answer(answer), *blocks.statement_markdown(answer)]
        if not streams(self.job) or sum(map(len, pieces)) > MARKDOWN_TEXT:
            self._send_all(self._whole(answer), after=0)
            return
        self.inbox.sending(self.job.id, self.worker, part=1)
        closing = self._closing(answer)
        try:
            self._stream(pieces, closing[0])
        except StreamNotBegun as error:
            _log.info("Not streamed: %s", error.code)
            self.inbox.sent(self.job.id, self.worker, part=0)
            self._send_all(self._whole(answer), after=0)
            return
        self.inbox.sent(self.job.id, self.worker, part=1)
        self._send_all(closing[1:], after=1)

    def _stream(self, pieces: Sequence[str], closing: Message) -> None:
        """Everything into one message that grows. Pieces that Slack is too busy for come with the last."""
        stream = self.client.chat_stream(
            buffer_size=1,  # what is added is sent: gathering is ours
            channel=self.job.channel,
            thread_ts=str(self.job.thread_ts),
            recipient_team_id=self.job.team,
            recipient_user_id=self.job.user,
        )
        writer = StreamWriter(stream, begun=self._note_message, is_stopped=self._is_stopped, busy=self.busy)
        try:
            for piece in pieces:
                writer.add(piece)
            writer.close(closing)
            self.at_rest = True  # the end of a stream says so
        except Stopped:
            raise Stopped(said=writer.break_off()) from None
        except SlackRefused as error:
            if writer.ts is None:
                raise
            if error.code == _NOT_STREAMING and self._is_stopped_soon():
                raise Stopped from error
            _log.info("A stream broke off, its message is written anew: %s", error.code)
            self._finish_message(writer.ts, pieces, closing)

    def _finish_message(self, ts: str, pieces: Sequence[str], closing: Message) -> None:
        """The message of a stream that cannot go on, put right in one go."""
        text = "".join(pieces)
        whole = [{"type": "markdown", "text": text}, *closing.blocks]
        _stop_quietly(self.client, channel=self.job.channel, ts=ts)
        self._change_message(ts, Message(text=closing.text, blocks=whole))

    def _change_message(self, ts: str, message: Message) -> None:
        where = self.job.channel
        try:
            with saying_why():
                self.client.chat_update(channel=where, ts=ts, text=message.text, blocks=message.blocks)
        except NoForm:
            with saying_why():
                self.client.chat_update(channel=where, ts=ts, text=message.text, blocks=[])

    def _mend(self, answer: Answer) -> None:
        """After a crash: the message that was begun, put right, and what follows it."""
        whole = self._whole(answer)
        channel, ts = self.job.channel, str(self.job.posted_ts)
        _stop_quietly(self.client, channel=channel, ts=ts)
        self._change_message(ts, whole[0])
        self.inbox.posted(self.job.id, self.worker, ts=ts, streamed=False)
        self.inbox.sent(self.job.id, self.worker, part=1)
        self._send_all(whole[1:], after=1)

    def _send_all(self, parts: Sequence[Message], *, after: int) -> None:
        for number, part in enumerate(parts, start=after + 1):
            if self._is_stopped():
                raise Stopped
            self._send(part, number=number)

    def _send(self, part: Message, *, number: int) -> None:
        self.inbox.sending(self.job.id, self.worker, part=number)
        try:
            ts = routes_of(self.job, self.client).post(part)
        except SlackRefused as error:
            if not isinstance(error, SlackAway) or error.surely_not_done:
                self.inbox.sent(self.job.id, self.worker, part=number - 1)
            raise
        if ts is not None and number == 1:
            self._note_message(ts, streamed=False)
        self.inbox.sent(self.job.id, self.worker, part=number)

    def _note_message(self, ts: str, *, streamed: bool = True) -> None:
        self.inbox.posted(self.job.id, self.worker, ts=ts, streamed=streamed)

    def _is_stopped(self) -> bool:
        return self.inbox.is_stopped(self.job.id)

    def _is_stopped_soon(self) -> bool:
        """Slack ends a stream when its reader presses Stop; that they did is told to us a moment later."""
        until = time.monotonic() + _STOP_IS_TOLD_WITHIN
        while not self._is_stopped():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _whole(self, answer: Answer) -> list[Message]:
        return blocks.answer_messages(
            answer,
            audience=self.job.audience,
            job_id=self.job.id,
            public=self._is_seen(),
            human=self.human,
            reply=how_to_reply(self.job),
        )

    def _closing(self, answer: Answer) -> list[Message]:
        return blocks.closing_messages(
            answer,
            audience=self.job.audience,
            job_id=self.job.id,
            public=self._is_seen(),
            human=self.human,
            reply=how_to_reply(self.job),
        )

    def _is_seen(self) -> bool:
        """Whether everybody who could be shown the answer sees it already."""
        return self.job.public or self.job.kind is JobKind.DIRECT

    def _session(self, status: str, *, title: str | None = None) -> None:
        if not streams(self.job):
            return
        try:
            with saying_why():
                self.client.agents_sessions_setStatus(
                    channel_id=self.job.channel,
                    thread_ts=self.job.thread_ts,
                    status=status,
                    title=title,
                    initiator_user_id=self.job.user if title else None,
                )
        except SlackRefused as error:
            _log.info("The session was not set to %s: %s", status, error.code)


def how_to_reply(job: Job) -> str:
    """How its asker answers a question back, where they will be heard, and by nobody they do not expect."""
    if job.kind is JobKind.DIRECT:
        return messages.REPLY_HERE
    return messages.REPLY_AND_MENTION if job.public else messages.REPLY_PRIVATELY


class StreamWriter:
    """Writes pieces to a stream: the first at once, the others a few at a time, all at the end if Slack is busy."""

    def __init__(
        self, stream: ChatStream, *, begun: Callable[[str], None], is_stopped: Callable[[], bool], busy: bool
    ) -> None:
        """`begun` is told once which message it is."""
        self._stream = stream
        self._begun = begun
        self._is_stopped = is_stopped
        self._busy = busy
        self._held = ""
        self._told = False

    @property
    def ts(self) -> str | None:
        return self._stream.ts

    def add(self, piece: str) -> None:
        """Raises `Stopped`, `StreamNotBegun` and `SlackRefused`."""
        if self._is_stopped():
            raise Stopped
        self._held += piece
        if self._busy or (self.ts is not None and len(self._held) < _GATHERED):
            return
        text, self._held = self._held, ""
        try:
            with saying_why():
                self._stream.append(markdown_text=text)
        except SlackAway as error:
            if self.ts is None or not error.surely_not_done:
                self._not_begun(error)
            self._busy = True  # the SDK still has the text, and sends it with the last
        except SlackRefused as error:
            self._not_begun(error)
        self._tell()

    def close(self, closing: Message) -> None:
        """The rest of the text, and what belongs under it."""
        if self._is_stopped():
            raise Stopped
        try:
            with saying_why():
                self._stream.stop(markdown_text=self._held, blocks=closing.blocks or None, session_status="active")
        except SlackRefused as error:
            self._not_begun(error)
        self._tell()

    def break_off(self) -> bool:
        """Stop where it is; whether its reader was told so in it. Slack may have stopped it by itself."""
        if self.ts is None:
            return False
        try:
            with saying_why():
                self._stream.stop(markdown_text=f"\n\n{messages.STOPPED}", session_status="closed")
        except SlackRefused:
            return False
        return True

    def _not_begun(self, error: SlackRefused) -> None:
        if self.ts is not None or (isinstance(error, SlackAway) and not error.surely_not_done):
            raise error
        raise StreamNotBegun(error.code) from error

    def _tell(self) -> None:
        if self.ts is not None and not self._told:
            self._told = True
            self._begun(self.ts)


def _stop_quietly(client: WebClient, *, channel: str, ts: str) -> None:
    """A message that still streams cannot be changed; one that does not cannot be stopped."""
    try:
        with saying_why():
            client.chat_stopStream(channel=channel, ts=ts)
    except SlackRefused as error:
        _log.debug("Not stopped: %s", error.code)
