"""The threads that answer: each takes the next job whose turn it is, answers it, brings the answer, and takes the next.

What a crash leaves behind is taken up by whoever is alive when its lease is over.
"""

import logging
import os
import secrets
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Condition, Event, Thread

from slack_sdk import WebClient

from assistant.conversations import StoreUnavailable
from bots.slack.door import Door, NotInstalled
from bots.slack.keeping.inbox import Job, JobGone, JobKind, JobState
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.showing import messages
from bots.slack.working.answering import answer_job, keep_turn
from bots.slack.working.deliver import Courier, Interrupted, Stopped
from bots.slack.working.problems import explain, log_unexpected
from bots.slack.working.slack_errors import NoPlace, NoRight, SlackAway, SlackRefused

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
MOST_ATTEMPTS = 6
_LONGEST_PAUSE = timedelta(minutes=2)
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
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._over = Event()
        self._news = Condition()
        self._news_count = 0
        self._at_work = 0
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
            job = self._next()
            if job is None:
                with self._news:
                    if self._news_count == seen:
                        self._news.wait(self._look_every)
                continue
            with self._news:
                self._at_work += 1
            self._do(job)
            with self._news:
                self._at_work -= 1
            self.wake()  # the next of its lane can be taken now

    def _next(self) -> Job | None:
        try:
            return self._door.inbox.take(self._name, now=self._door.now(), lease=self._lease)
        except StoreUnavailable as error:
            _log.warning("No job can be taken: %s", error)
        except Exception as error:  # the thread must live on whatever happened
            log_unexpected(error)
        self._over.wait(self._look_every)
        return None

    def _do(self, job: Job) -> None:
        try:
            state = Task(self._door, job, worker=self._name, busy=self._at_work >= self._threads).run()
            if state is not None:
                self._door.inbox.finish(job.id, self._name, state)
        except JobGone:
            _log.warning("A job was taken over by others, or deleted, while it was worked on")
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                log_unexpected(error)
            self._leave(job)

    def _leave(self, job: Job) -> None:
        try:
            self._door.inbox.leave(job.id, self._name, until=self._door.now() + pause_after(job.attempts))
        except (JobGone, StoreUnavailable) as error:
            _log.warning("A job stays held until its lease is over: %s", type(error).__name__)

    def _keep_leases(self) -> None:
        tidy_next = self._door.now()
        while not self._over.wait(self._lease.total_seconds() / 4):
            try:
                if self._at_work:
                    self._door.inbox.hold(self._name, until=self._door.now() + self._lease)
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
        try:
            client = self._door.clients(self._job.team, self._job.enterprise)
        except NotInstalled:
            _log.warning("Not answered: the app was removed from the workspace")
            return JobState.FAILED
        courier = Courier(job=self._job, client=client, inbox=self._door.inbox, worker=self._worker, busy=self._busy)
        try:
            return self._answered(courier)
        except SlackAway as error:
            if self._job.attempts < MOST_ATTEMPTS:
                _log.warning("Tried again later: %s", error)
                self._door.inbox.leave(self._job.id, self._worker, until=self._again_at())
                return None
            _log.error("Given up: %s", error)
        except NoRight as error:
            _log.error("Not delivered: %s", error)
            return JobState.FAILED
        except NoPlace as error:  # such as a question that was deleted: there is nobody to tell
            _log.warning("Not delivered: %s", error)
            return JobState.FAILED
        except SlackRefused as error:
            _log.warning("Not delivered: %s", error)
        courier.apologise()
        return JobState.FAILED

    def _answered(self, courier: Courier) -> JobState:
        stopped = False
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

    def _answer(self, courier: Courier) -> None:
        job = self._job
        if job.stop_asked:  # while a process that died was at it
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
        if job.attempts > MOST_ATTEMPTS:  # whatever it is, it ends the process each time
            return messages.FAILED
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
    return min(_LONGEST_PAUSE, timedelta(seconds=2**attempts))
