"""The same question once more: for another reader, on another day's law, with a detail added, or from the App Home."""

from dataclasses import replace
from datetime import date

from slack_bolt import App

from assistant.errors import BadDate
from bots.slack.door import Door
from bots.slack.keeping.inbox import Job, JobKind, JobState
from bots.slack.listening.ask import say_one_moment
from bots.slack.listening.pressing import Press, on_press, on_press_kept, on_sent_kept
from bots.slack.showing import actions, blocks, messages
from bots.slack.working.slack_errors import saying_why


def register_asking_again(app: App, door: Door) -> None:
    """Its listeners."""
    on_press_kept(app, door, actions.ASK_AS_ANY, ask_as, then=[one_moment])
    on_press(app, door, actions.AS_AT, choose_day)
    on_sent_kept(app, door, actions.VIEW_AS_AT, ask_as_at, then=[one_moment])
    on_press_kept(app, door, actions.CHOICE_ANY, take_choice, then=[one_moment])
    on_press_kept(app, door, actions.HOME_ASK_AGAIN, ask_from_home)


def ask_as(door: Door, press: Press) -> str | None:
    """The same question for another reader."""
    job, audience = press.job(door), actions.audience_asked(press.action)
    if job is None or audience is None:
        return messages.ANSWER_GONE
    return _ask(door, replace(_again(door, job, press), audience=audience))


def choose_day(door: Door, press: Press) -> None:
    """Let them choose a day."""
    if press.job(door) is None:
        press.tell(messages.ANSWER_GONE)
        return
    with saying_why():
        press.client.views_open(trigger_id=press.trigger, view=blocks.as_at_modal(press.value, today=door.today()))


def ask_as_at(door: Door, press: Press) -> str | None:
    """The same question on the law of the day that was chosen. Raises `BadDate`."""
    job = press.job(door)
    if job is None:
        return messages.ANSWER_GONE
    field = actions.FIELD_AS_AT
    chosen = ((press.state or {}).get(field.block, {}).get(field.element, {}) or {}).get("selected_date") or ""
    try:
        day = date.fromisoformat(chosen)
    except ValueError as error:
        raise BadDate(chosen[:40]) from error
    return _ask(door, replace(_again(door, job, press), as_at=day))


def take_choice(door: Door, press: Press) -> str | None:
    """A ready reply to a question back: a detail for the same question, or a message of its own."""
    job, choice = press.job(door), blocks.choice_of(actions.choice_made(press.action) or "")
    if job is None or choice is None:
        return messages.ANSWER_GONE
    if choice.add:
        return _ask(door, replace(_again(door, job, press), also=(*job.also, choice.add)))
    return _ask(door, replace(_again(door, job, press), text=choice.reply, again_of=None, has_files=False))


def ask_from_home(door: Door, press: Press) -> str | None:
    """One of their recent questions, asked again in their direct messages with us, in a thread that is begun there."""
    job = press.job(door)
    if job is None or job.user != press.user:
        return messages.ANSWER_GONE
    fresh = _again(door, job, press)
    fresh = replace(fresh, kind=JobKind.DIRECT, channel=press.user, thread_ts=None, response_url=None, as_at=None)
    return _ask(door, replace(fresh, lane=fresh.id, public=False, again_of=None))


def one_moment(door: Door, press: Press) -> None:
    """Say that the question is asked again, where nothing else shows it."""
    say_one_moment(door, press.client, _job_id(press))


def _job_id(press: Press) -> str:
    return f"{press.team}:{press.trigger}"


def _again(door: Door, job: Job, press: Press) -> Job:
    """A fresh job for the question of `job`. Everybody sees its answer only where its own asker asked in public."""
    now = door.now()
    direct = job.kind is JobKind.DIRECT
    public = job.public and press.user == job.user
    alone = job.public and not public
    return replace(
        job,
        id=_job_id(press),
        lane=f"{job.lane}:{press.user}" if alone else job.lane,
        user=press.user,
        public=public,
        response_url=None if direct or job.public else press.response_url,  # it would leave the thread
        again_of=job.id,
        received=now,
        asked_ts=f"{now.timestamp():.6f}",
        state=JobState.WAITING,
    )


def _ask(door: Door, job: Job) -> str | None:
    """Keep it to be answered; there is nothing more to tell. Raises `StoreUnavailable`."""
    if door.inbox.put(job):
        door.wake()
    return None
