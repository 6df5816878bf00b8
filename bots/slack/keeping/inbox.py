"""What was asked in Slack, kept until it is answered: a queue that outlives the process and answers nothing twice.

A job goes WAITING -> TAKEN -> DELIVERING -> DONE, or ends as STOPPED or FAILED. Jobs of one lane are taken in order,
one at a time. Whoever takes a job holds it on a lease; one whose lease ran out is anybody's to finish.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from assistant.model import Audience


class JobKind(StrEnum):
    """How a question reached us, which decides where its answer goes; or what is to be done with an answer."""

    DIRECT = "direct"
    MENTION = "mention"
    COMMAND = "command"
    SHORTCUT = "shortcut"

    SHARE = "share"
    CALENDAR = "calendar"
    HUMAN = "human"
    HUMAN_NEWS = "human_news"
    FORGET = "forget"

    @property
    def is_errand(self) -> bool:
        """Whether it was pressed rather than asked."""
        return self in {JobKind.SHARE, JobKind.CALENDAR, JobKind.HUMAN, JobKind.HUMAN_NEWS, JobKind.FORGET}


class JobState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    TAKEN = "taken"
    DELIVERING = "delivering"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        return self in {JobState.DONE, JobState.STOPPED, JobState.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing asked. `text` is masked; `id` is the same however often Slack sends it.

    `thread_ts` is where the answer belongs (None: not in a thread; a direct one begins a thread when it is answered,
    and `channel` is its asker until then). `public` says whether others in the channel may
    see the answer. `asked_ts` orders a lane: a Slack timestamp. `again_of` names the job whose question is asked once
    more, and `also` the words of a situation that were added to it. `has_files`: files came with it, which we cannot
    read. From `state` on it is what came of it: the published JSON of the answer, where it is kept, the message it
    began with (`streamed`: as a stream), and how many of its parts Slack was given and has taken.

    An errand has no words of its own: `user` pressed something in `channel`, under the answer of the job `again_of`.
    Those of a request for a human have its id as their lane.
    """

    id: str
    lane: str
    kind: JobKind
    team: str
    user: str
    channel: str
    text: str
    received: datetime
    asked_ts: str
    enterprise: str | None = None
    thread_ts: str | None = None
    audience: Audience = Audience.PARENT
    as_at: date | None = None
    response_url: str | None = None
    public: bool = False
    again_of: str | None = None
    also: tuple[str, ...] = ()
    has_files: bool = False
    state: JobState = JobState.WAITING
    answer: str | None = None
    conversation_id: str | None = None
    turns_before: int = 0
    posted_ts: str | None = None
    streamed: bool = False
    parts_begun: int = 0
    parts_done: int = 0
    stop_asked: bool = False
    attempts: int = 0


def lane_of(team: str, channel: str, thread_ts: str) -> str:
    """What is asked in one thread is answered in order."""
    return f"{team}:{channel}:{thread_ts}"


class JobGone(Exception):
    """Nothing is kept of this job any more, or somebody else works on it now."""


class Inbox(Protocol):
    """Keeps jobs. All of these raise `StoreUnavailable`; times are handed in."""

    def put(self, job: Job) -> bool:
        """Keep a new job; False when one with its id is known, so that nothing needs to be done."""
        ...

    def drop(self, job_id: str) -> None:
        """Delete a job, so that its id is new again."""
        ...

    def take(
        self, worker: str, *, now: datetime, lease: timedelta, but_not: Collection[str] = frozenset()
    ) -> Job | None:
        """The next job of a lane where none is worked on, held by `worker` until the lease is over; None: nothing.

        A job left behind by somebody comes first, in the state in which it was left (`attempts` counts the takings);
        those of the ids `but_not` are not left behind. Use another name for each taking: who took it first must find
        that it is not theirs any more.
        """
        ...

    def hold(self, worker: str, *, until: datetime) -> None:
        """Lengthen the lease of everything that `worker` holds."""
        ...

    def place(self, job: Job, worker: str) -> None:
        """Note the lane, channel and thread that a job is in now. Raises `JobGone`."""
        ...

    def delivering(self, job: Job, worker: str) -> None:
        """Note, before anything is sent, that sending begins; keeps `answer`, `conversation_id` and `turns_before`.

        Raises `JobGone` when `worker` does not hold it any more: then nothing may be sent.
        """
        ...

    def sending(self, job_id: str, worker: str, *, part: int) -> None:
        """Note that part number `part` (1 is the first) is about to be sent. Raises `JobGone`."""
        ...

    def posted(self, job_id: str, worker: str, *, ts: str, streamed: bool) -> None:
        """Note which message the answer begins with, as soon as Slack has said so. Raises `JobGone`."""
        ...

    def sent(self, job_id: str, worker: str, *, part: int) -> None:
        """Note that all parts up to `part` are sent, and no other is begun. Raises `JobGone`."""
        ...

    def finish(self, job_id: str, worker: str, state: JobState) -> None:
        """The job is over; its response address is forgotten."""
        ...

    def leave(self, job_id: str, worker: str, *, until: datetime) -> None:
        """Let go of a job as it is; after `until` it is anybody's to finish. Raises `JobGone`."""
        ...

    def stop(self, lane: str, *, user: str | None) -> int:
        """Ask that what this person asked in a lane be stopped, where it is unfinished; how many jobs.

        `user` None: whoever asked. Waiting ones are still taken in their turn, so that their asker is told.
        """
        ...

    def is_stopped(self, job_id: str) -> bool:
        """Whether somebody asked for this job to be stopped."""
        ...

    def find(self, job_id: str) -> Job | None:
        """The job as it is now; None when nothing is kept of it."""
        ...

    def conversation_of(self, lane: str) -> str | None:
        """The conversation that a lane's questions belong to."""
        ...

    def remember_conversation(self, lane: str, conversation_id: str, *, team: str, user: str, now: datetime) -> None:
        """From now on the lane's questions belong to this conversation."""
        ...

    def conversations(self, *, team: str, user: str | None = None) -> tuple[str, ...]:
        """The ids of the conversations in which this person asked, or anybody of the workspace."""
        ...

    def forget(self, *, team: str, user: str) -> tuple[str, ...]:
        """Wipe what this person asked and stop what is unfinished; the ids of the conversations to delete as well.

        Also where others asked the same once more, or passed it on to a human: the words are this person's. Ids of jobs
        stay for a time, so that a question which Slack sends again is not answered again.
        """
        ...

    def forget_team(self, team: str) -> tuple[str, ...]:
        """Delete everything of a workspace; the ids of the conversations to delete as well."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Delete jobs and lanes of before that moment which are over; how many jobs."""
        ...
