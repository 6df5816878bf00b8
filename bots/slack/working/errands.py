"""What somebody pressed a button for, done by whoever has the time: it outlives the process that heard of it.

As with answers, each part that others see is noted before and after it goes out; after a crash in between it is never
sent again, and whoever pressed is told. What they alone are told may, after a crash, be told them twice.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slack_sdk import WebClient

from bots.slack.door import Door
from bots.slack.keeping.inbox import Job, JobKind, JobState
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.keeping.people import Person
from bots.slack.showing import blocks, messages
from bots.slack.showing.limits import Message
from bots.slack.working.answering import preferences_of
from bots.slack.working.date_files import calendar_files
from bots.slack.working.forgetting import forget_person
from bots.slack.working.home_page import publish_home
from bots.slack.working.routes import DirectMessage, InThread, Route, to_whoever_pressed
from bots.slack.working.slack_errors import NoPlace, SlackAway, SlackRefused, saying_why

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What whoever pressed is told when it does not work: surely not, or nobody knows; `no_place`: where Slack has no
    place for it. `once`: it is not done a second time even if nobody knows. `patient`: it is tried again by itself."""

    failed: str
    doubtful: str
    no_place: str | None = None
    once: bool = False
    patient: bool = True


FAILURES: Mapping[JobKind, Failure] = {
    JobKind.SHARE: Failure(
        failed=messages.NOT_SHARED,
        doubtful=messages.SHARED_IN_PART,
        no_place=messages.NOT_IN_CHANNEL,
        once=True,
    ),
    JobKind.CALENDAR: Failure(failed=messages.FILE_FAILED, doubtful=messages.FILE_IN_DOUBT, patient=False),
    JobKind.HUMAN: Failure(failed=messages.HUMAN_FAILED, doubtful=messages.HUMAN_IN_DOUBT),
    JobKind.HUMAN_NEWS: Failure(failed=messages.HUMAN_NOT_SHOWN, doubtful=messages.HUMAN_NOT_SHOWN),
    JobKind.FORGET: Failure(failed=messages.DATA_NOT_DELETED, doubtful=messages.DATA_NOT_DELETED),
}


@dataclass(slots=True, kw_only=True)
class Errand:
    """One taking of one errand. `last`: there will be no other, so that whoever pressed must be told now."""

    door: Door
    job: Job
    client: WebClient
    worker: str
    last: bool = False
    parts_done: int = 0

    def run(self, does: Callable[["Errand"], None]) -> JobState | None:
        """How it ended; None when nothing is kept of it, so that it can be asked for again.

        Raises `SlackAway` when it is worth another try, `JobGone` and `StoreUnavailable`.
        """
        if self.job.stop_asked or not self.job.user:  # its asker, or whose answer it is, had everything deleted
            return JobState.STOPPED
        self.parts_done = self.job.parts_done
        told = FAILURES[self.job.kind]
        if self.job.kind is JobKind.HUMAN and self.parts_done:  # it is passed on, whatever became of the rest
            self.parts_done = self.job.parts_begun
        if self.job.parts_begun > self.parts_done:  # nobody knows whether it was sent before a crash
            return self._in_doubt(told)
        try:
            does(self)
        except SlackRefused as error:
            return self._refused(error, told)
        if self.job.kind is JobKind.FORGET:
            self._drop()
            return None
        return JobState.DONE

    def give_up(self) -> JobState | None:
        """Tell whoever pressed that it came to no end. Raises `StoreUnavailable`."""
        told = FAILURES[self.job.kind]
        if self.job.parts_begun:
            return self._in_doubt(told)
        self.tell(told.failed)
        self._drop()
        return None

    def origin(self) -> Job | None:
        """The job whose answer it is about, while that is kept."""
        found = self.door.inbox.find(self.job.again_of) if self.job.again_of else None
        return found if found and answer_of(found.answer) else None

    def once(self, message: Message, *, to: Route, part: int) -> str | None:
        """Post one part, unless an earlier taking did. Raises `SlackRefused`."""
        if part <= self.parts_done:
            return self.job.posted_ts if part == 1 else None
        self.door.inbox.sending(self.job.id, self.worker, part=part)
        try:
            ts = to.post(message)
        except SlackRefused as error:
            if not isinstance(error, SlackAway) or error.surely_not_done:
                self.door.inbox.sent(self.job.id, self.worker, part=part - 1)
            raise
        if ts is not None and part == 1:
            self.door.inbox.posted(self.job.id, self.worker, ts=ts, streamed=False)
        self.door.inbox.sent(self.job.id, self.worker, part=part)
        self.parts_done = part
        return ts

    def tell(self, text: str) -> None:
        """Say it to whoever pressed, to nobody else. It never fails."""
        job = self.job
        to = to_whoever_pressed(
            self.client, user=job.user, channel=job.channel, thread_ts=job.thread_ts, response_url=job.response_url
        )
        try:
            to.post(blocks.notice(text))
        except SlackRefused as error:
            _log.warning("Somebody was not told what came of a button: %s", error)

    def _refused(self, error: SlackRefused, told: Failure) -> JobState | None:
        unsure = isinstance(error, SlackAway) and not error.surely_not_done
        if isinstance(error, SlackAway) and not unsure and told.patient and not self.last:
            raise error
        _log.warning("Not done: %s", error)
        if self.parts_done or unsure:
            return self._in_doubt(told)
        self.tell(told.no_place if told.no_place and isinstance(error, NoPlace) else told.failed)
        self._drop()
        return None

    def _in_doubt(self, told: Failure) -> JobState | None:
        self.tell(told.doubtful)
        if told.once:
            return JobState.FAILED
        self._drop()
        return None

    def _drop(self) -> None:
        """From now on it can be asked for again."""
        self.door.inbox.drop(self.job.id)


def share(errand: Errand) -> None:
    """A private answer, shown to the channel in which its asker got it; never its question."""
    job = errand.origin()
    answer = answer_of(job.answer) if job else None
    if job is None or answer is None:
        errand.tell(messages.ANSWER_GONE)
        return
    channel = InThread(client=errand.client, channel=job.channel, thread_ts=job.thread_ts)
    for part, message in enumerate(blocks.share_messages(answer, job_id=job.id, shared_by=errand.job.user), 1):
        errand.once(message, to=channel, part=part)
    errand.tell(messages.SHARED)


def send_calendar_files(errand: Errand) -> None:
    """The dates of an answer as files for a calendar, in the thread of a direct message, else in one of their own."""
    job, door, client = errand.origin(), errand.door, errand.client
    answer = answer_of(job.answer) if job else None
    if job is None or answer is None:
        errand.tell(messages.ANSWER_GONE)
        return
    preferred = preferences_of(door, job).calendar(door.desk.calendars(), on=door.today())
    files = calendar_files(answer.deadlines, desk=door.desk, calendar=preferred, stamp=door.now(), today=door.today())
    if not files:
        errand.tell(messages.NO_DATES)
        return
    door.inbox.sending(errand.job.id, errand.worker, part=1)
    channel, thread_ts = job.channel, job.thread_ts
    if job.kind is not JobKind.DIRECT:
        said = blocks.notice(messages.CALENDAR_SENT)
        with saying_why():
            sent = client.chat_postMessage(channel=errand.job.user, text=said.text, blocks=said.blocks)
        channel, thread_ts = str(sent["channel"]), str(sent["ts"])
    uploads = [{"filename": each.name, "title": each.title, "content": each.content} for each in files]
    with saying_why():
        client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=thread_ts)


def forget(errand: Errand) -> None:
    """Everything that is kept of whoever asks for it is deleted, and they are told."""
    person = Person(team=errand.job.team, user=errand.job.user)
    forget_person(errand.door, person)
    try:
        DirectMessage(client=errand.client, user=person.user).post(blocks.notice(messages.DATA_DELETED))
    except SlackRefused as error:
        _log.warning("Whoever had their data deleted was not told: %s", error)
    publish_home(errand.door, errand.client, person)
