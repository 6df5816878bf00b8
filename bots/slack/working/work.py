"""The threads that answer: each takes the next job whose turn it is, answers it, brings the answer, and takes the next.

What a crash leaves behind is taken up by whoever is alive when its lease is over.
"""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Condition, Event, Thread

from slack_sdk import WebClient

from assistant.conversations import StoreUnavailable
from bots.slack.door import Door, NotInstalled
from bots.slack.keeping.inbox import Job, JobGone, JobKind, JobState, lane_of
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.showing import messages
from bots.slack.working.answering import answer_job, keep_turn, may_ask_human
from bots.slack.working.deliver import Courier, Interrupted, Stopped
from bots.slack.working.errands import Errand, forget, send_calendar_files, share
from bots.slack.working.handing_over import pass_on, tell_news
from bots.slack.working.problems import explain, log_unexpected
from bots.slack.working.slack_errors import NoPlace, NoRight, SlackAway, SlackRefused

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
MOST_ATTEMPTS = 6
_LONGEST_PAUSE = timedelta(minutes=2)
_ERRANDS: Mapping[JobKind, Callable[[Errand], None]] = {
    JobKind.SHARE: share,
    JobKind.CALENDAR: send_calendar_files,
    JobKind.HUMAN: pass_on,
    JobKind.HUMAN_NEWS: tell_news,
    JobKind.FORGET: forget,
}
_NOTHING_ASKED = {JobKind.MENTION: messages.EMPTY_MENTION, JobKind.SHORTCUT: messages.EMPTY_MESSAGE}


class Workers:
    """Threads that answer the jobs of one inbox. Several processes may each have some."""

    def __init__(
        self,
        door: Door,
        *,
        threads: int = 4,
        lease: timedelta = LEASE,
        look_every: timedelta = timedelta(seconds=1),
        tidy: Callable[[], object] = lambda: None,
        tidy_every: timedelta = timedelta(minutes=10),
    ) -> None:
        """`look_every`: how often to look for jobs that other processes put; `tidy` deletes what is kept too long."""
        self._door = door
        self._threads = threads
        self._lease = lease
        self._look_every = look_every.total_seconds()
        self._tidy, self._tidy_every = tidy, tidy_every
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._held: dict[str, str] = {}  # who holds it, by another name for each taking: and the job
        self._over = Event()
        self._news = Condition()
        self._news_count = 0
        self._running: list[Thread] = []

    def start(self) -> None:
        """Begin to answer, in threads that end with the process."""
        self._over.clear()
        work = [Thread(target=self._work, name=f"slack-{n}", daemon=True) for n in range(self._threads)]
        self._running = [*work, Thread(target=self._keep_leases, name="slack-leases", daemon=True)]
        for thread in self._running:
            thread.start()

    def stop(self, *, patience: timedelta = timedelta(seconds=10)) -> None:
        """Take no more jobs, and wait a while for those under way; what is not finished then is taken up later."""
        self._over.set()
        self.wake()
        for thread in self._running:
            thread.join(patience.total_seconds() / max(1, len(self._running)))

    def wake(self) -> None:
        """There may be something to do."""
        with self._news:
            self._news_count += 1
            self._news.notify_all()

    def _work(self) -> None:
        while not self._over.is_set():
            seen = self._news_count
            worker = f"{self._name}:{secrets.token_hex(8)}"
            job = self._next(worker)
            if job is None:
                with self._news:
                    if self._news_count == seen:
                        self._news.wait(self._look_every)
                continue
            with self._news:
                self._held[worker] = job.id
                busy = len(self._held) >= self._threads
            try:
                self._do(job, worker, busy=busy)
            finally:
                with self._news:
                    del self._held[worker]
            self.wake()  # the next of its lane can be taken now

    def _next(self, worker: str) -> Job | None:
        with self._news:
            ours = frozenset(self._held.values())  # their leases may be over, after the machine slept
        try:
            return self._door.inbox.take(worker, now=self._door.now(), lease=self._lease, but_not=ours)
        except StoreUnavailable as error:
            _log.warning("No job can be taken: %s", error)
        except Exception as error:  # the thread must live on whatever happened
            log_unexpected(error)
        self._over.wait(self._look_every)
        return None

    def _do(self, job: Job, worker: str, *, busy: bool) -> None:
        try:
            state = Task(self._door, job, worker=worker, busy=busy).run()
            if state is not None:
                self._door.inbox.finish(job.id, worker, state)
        except JobGone:
            _log.warning("A job was taken over by others, or deleted, while it was worked on")
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                log_unexpected(error)
            self._leave(job, worker)

    def _leave(self, job: Job, worker: str) -> None:
        try:
            self._door.inbox.leave(job.id, worker, until=self._door.now() + pause_after(job.attempts))
        except Exception as error:  # the thread must live on whatever happened
            _log.warning("A job stays held until its lease is over: %s", type(error).__name__)

    def _keep_leases(self) -> None:
        tidy_next = self._door.now()
        while not self._over.wait(self._lease.total_seconds() / 4):
            try:
                with self._news:
                    held = tuple(self._held)
                for worker in held:
                    self._door.inbox.hold(worker, until=self._door.now() + self._lease)
                if self._door.now() >= tidy_next:
                    tidy_next = self._door.now() + self._tidy_every
                    self._tidy()
            except StoreUnavailable as error:
                _log.warning("Leases or deletions are late: %s", error)
            except Exception as error:  # the thread must live on whatever happened
                log_unexpected(error)


class Task:
    """One taking of one job."""

    def __init__(self, door: Door, job: Job, *, worker: str, busy: bool = False) -> None:
        self._door = door
        self._job = job
        self._worker = worker
        self._busy = busy

    def run(self) -> JobState | None:
        """How the job ended; None when it was left, to be taken up again. Raises `JobGone` and `StoreUnavailable`."""
        if self._job.attempts > MOST_ATTEMPTS:  # whatever it is, it comes to no end each time
            return self._given_up()
        courier = None
        try:
            if self._job.kind.is_errand:
                return self._errand().run(_ERRANDS[self._job.kind])
            courier = self._courier()
            return self._answered(courier)
        except NotInstalled:
            _log.warning("Not answered: the app was removed from the workspace")
            return JobState.FAILED
        except SlackRefused as error:
            return self._refused(error, courier)

    def _refused(self, error: SlackRefused, courier: Courier | None) -> JobState | None:
        """Left for later where that may help; else over, and its asker is told where anybody can be."""
        if isinstance(error, SlackAway) and self._job.attempts < MOST_ATTEMPTS:
            _log.warning("Tried again later: %s", error)
            self._door.inbox.leave(self._job.id, self._worker, until=self._again_at())
            return None
        _log.error("Not delivered: %s", error)
        if courier is not None and not isinstance(error, NoRight):
            # No place: such as a question that was deleted.
            courier.apologise(messages.NOWHERE_TO_ANSWER if isinstance(error, NoPlace) else messages.FAILED)
        return JobState.FAILED

    def _errand(self) -> Errand:
        """Raises `NotInstalled` and, where a token cannot be renewed, `SlackRefused`."""
        client = self._door.clients(self._job.team, self._job.enterprise)
        last = self._job.attempts >= MOST_ATTEMPTS
        return Errand(door=self._door, job=self._job, client=client, worker=self._worker, last=last)

    def _courier(self) -> Courier:
        """Raises `NotInstalled` and, where a token cannot be renewed, `SlackRefused`."""
        client = self._door.clients(self._job.team, self._job.enterprise)
        return Courier(
            job=self._job,
            client=client,
            inbox=self._door.inbox,
            worker=self._worker,
            busy=self._busy,
            human=may_ask_human(self._door, self._job),
        )

    def _given_up(self) -> JobState | None:
        """Its asker is told, if that can be done; then it is over."""
        _log.error("Given up after %s attempts", self._job.attempts - 1)
        if self._job.attempts == MOST_ATTEMPTS + 1:  # and if it is this that comes to no end, it is left out
            try:
                if self._job.kind.is_errand:
                    return self._errand().give_up()
                courier = self._courier()
                courier.hush()
                courier.apologise()
                courier.end()
            except Exception as error:  # nothing may keep it from being over
                log_unexpected(error)
        return JobState.FAILED

    def _answered(self, courier: Courier) -> JobState:
        stopped = False
        if self._job.kind is JobKind.DIRECT and self._job.thread_ts is None:
            self._begin_thread(courier)
        courier.begin()
        try:
            self._answer(courier)
        except Stopped as error:
            stopped = True
            if not error.said:
                courier.say(messages.STOPPED)
        except Interrupted:
            courier.say(messages.INTERRUPTED)
            return JobState.FAILED
        finally:
            courier.end(stopped=stopped)
        return JobState.STOPPED if stopped else JobState.DONE

    def _begin_thread(self, courier: Courier) -> None:
        channel, ts = courier.open_thread()
        placed = replace(self._job, lane=lane_of(self._job.team, channel, ts), channel=channel, thread_ts=ts)
        self._door.inbox.place(placed, self._worker)
        self._job = courier.job = placed

    def _answer(self, courier: Courier) -> None:
        job = self._job
        if job.stop_asked:  # while it waited, or a process that died was at it
            courier.hush()
            raise Stopped
        if job.state is JobState.DELIVERING:  # somebody before us had the answer
            answer = answer_of(job.answer)
            if answer is None:
                raise Interrupted
            courier.bring(answer)
            return
        if job.parts_begun:  # somebody before us told why there is no answer
            if job.parts_begun > job.parts_done:
                raise Interrupted
            return
        words = self._refusal(courier)
        answer = None
        if words is None:
            try:
                answer, job = answer_job(self._door, job)
            except Exception as error:  # whatever it was, the asker is told
                words = explain(error)
        if self._door.inbox.is_stopped(job.id):
            raise Stopped
        if answer is None:
            courier.say(words or messages.FAILED)
            return
        self._door.inbox.delivering(job, self._worker)
        keep_turn(self._door, job, answer)
        courier.bring(answer)

    def _refusal(self, courier: Courier) -> str | None:
        """Why this is not asked at all, in words for its asker."""
        job = self._job
        if not self._may_ask(courier.client):
            return messages.NOT_ALLOWED
        if job.text.strip():
            return None
        if job.has_files:
            return messages.FILES_ONLY
        return _NOTHING_ASKED.get(job.kind)

    def _may_ask(self, client: WebClient) -> bool:
        """Whether the channel lets its asker ask. Where that cannot be seen, nobody may."""
        job, door = self._job, self._door
        if job.channel.startswith("D"):
            return True
        try:
            allowed = door.people.channel(job.team, job.channel).allowed_user_groups
            return not allowed or door.groups.any_has(allowed, job.user, team=job.team, client=client)
        except (StoreUnavailable, NoPlace, NoRight) as error:
            _log.warning("Whether somebody may ask here cannot be seen: %s", error)
            return False

    def _again_at(self) -> datetime:
        return self._door.now() + pause_after(self._job.attempts)


def pause_after(attempts: int) -> timedelta:
    """How long to leave a job alone after it failed this often."""
    return min(_LONGEST_PAUSE, timedelta(seconds=2 ** min(attempts, 7)))
