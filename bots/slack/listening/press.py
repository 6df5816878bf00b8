"""What can be done with an answer: say whether it helped, show it to the channel, take its dates into a calendar."""

import logging

from slack_bolt import App

from assistant.conversations import Feedback, FeedbackReason
from bots.slack.door import Door
from bots.slack.keeping.inbox import Job, JobKind, JobState
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.listening.pressing import Press, on_press, on_sent
from bots.slack.showing import actions, blocks, messages
from bots.slack.working.answering import preferences_of
from bots.slack.working.date_files import calendar_files
from bots.slack.working.routes import InThread
from bots.slack.working.slack_errors import NoPlace, SlackAway, SlackRefused, saying_why

_log = logging.getLogger(__name__)
_MOST_PASSAGES = 60


def register_presses(app: App, door: Door) -> None:
    """Its listeners."""
    on_press(app, door, actions.FEEDBACK, take_feedback)
    on_sent(app, door, actions.VIEW_FEEDBACK, take_reasons)
    on_press(app, door, actions.SHARE, share)
    on_press(app, door, actions.CALENDAR_FILE, send_calendar_files)


# Feedback -----------------------------------------------------------------------------------------------------------


def take_feedback(door: Door, press: Press) -> None:
    """Keep that an answer helped; ask why where it did not."""
    read = actions.read_feedback(press.value)
    if read is None:
        press.tell(messages.UNKNOWN_ACTION)
        return
    helpful, job_id = read
    if helpful:
        _keep(door, press, job_id, helpful=True)
        return
    with saying_why():
        press.client.views_open(trigger_id=press.trigger, view=blocks.feedback_modal(job_id))


def take_reasons(door: Door, press: Press) -> None:
    """Keep why an answer did not help."""
    values = press.state or {}
    reason, words = actions.FIELD_FEEDBACK_REASON, actions.FIELD_FEEDBACK_WORDS
    picked = (values.get(reason.block, {}).get(reason.element, {}) or {}).get("selected_option") or {}
    written = (values.get(words.block, {}).get(words.element, {}) or {}).get("value") or ""
    known = {each.value: each for each in FeedbackReason}
    _keep(door, press, press.value, helpful=False, reason=known.get(picked.get("value", "")), words=written.strip())


def _keep(
    door: Door, press: Press, job_id: str, *, helpful: bool, reason: FeedbackReason | None = None, words: str = ""
) -> None:
    job = door.inbox.find(job_id)
    answer = answer_of(job.answer) if job is not None and job.team == press.team else None
    if job is None or answer is None:
        press.tell(messages.ANSWER_GONE)
        return
    passages = dict.fromkeys(citation.passage_id for citation in answer.citations)
    feedback = Feedback(
        helpful=helpful,
        reason=reason,
        words=words,
        corpus_version=answer.corpus_version,
        passage_ids=tuple(passages)[:_MOST_PASSAGES],
        conversation_id=job.conversation_id,
        at=door.now(),
    )
    door.conversations.keep_feedback(feedback)
    press.tell(messages.FEEDBACK_THANKS)


# Sharing ------------------------------------------------------------------------------------------------------------


def share(door: Door, press: Press) -> None:
    """Show a private answer to the channel in which its asker got it; never its question."""
    job = press.job(door)
    answer = answer_of(job.answer) if job is not None and job.user == press.user else None
    if job is None or answer is None:
        press.tell(messages.ANSWER_GONE)
        return
    mark = _mark(job)
    if not door.inbox.put(mark):
        press.tell(messages.ALREADY_SHARED)
        return
    channel = InThread(client=press.client, channel=job.channel, thread_ts=job.thread_ts)
    parts_shown = 0
    try:
        for message in blocks.share_messages(answer, job_id=job.id, shared_by=press.user):
            channel.post(message)
            parts_shown += 1
    except SlackRefused as error:
        _log.warning("Not shared: %s", error)
        if parts_shown or (isinstance(error, SlackAway) and not error.surely_not_done):
            press.tell(messages.SHARED_IN_PART)  # and shared once more, that part would be there twice
            return
        door.inbox.drop(mark.id)
        press.tell(messages.NOT_IN_CHANNEL if isinstance(error, NoPlace) else messages.NOT_SHARED)
        return
    press.tell(messages.SHARED)


def _mark(job: Job) -> Job:
    """What is kept to know that an answer was shared, with none of its words."""
    return Job(
        id=f"{job.id}:shared",
        lane=f"{job.id}:shared",
        kind=job.kind,
        team=job.team,
        user=job.user,
        channel=job.channel,
        text="",
        received=job.received,
        asked_ts=job.asked_ts,
        state=JobState.DONE,
    )


# Calendars ----------------------------------------------------------------------------------------------------------


def send_calendar_files(door: Door, press: Press) -> None:
    """The dates of an answer as files for a calendar, in the thread of a direct message, else in one of their own."""
    job = press.job(door)
    answer = answer_of(job.answer) if job is not None else None
    if job is None or answer is None:
        press.tell(messages.ANSWER_GONE)
        return
    preferred = preferences_of(door, job).calendar(door.desk.calendars(), on=door.today())
    files = calendar_files(answer.deadlines, desk=door.desk, calendar=preferred, stamp=door.now(), today=door.today())
    if not files:
        press.tell(messages.NO_DATES)
        return
    try:
        channel, thread_ts = _place_for_files(job, press)
        uploads = [{"filename": each.name, "title": each.title, "content": each.content} for each in files]
        with saying_why():
            press.client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=thread_ts)
    except SlackRefused as error:
        _log.warning("No calendar file was sent: %s", error)
        press.tell(messages.FILE_FAILED)


def _place_for_files(job: Job, press: Press) -> tuple[str, str | None]:
    if job.kind is JobKind.DIRECT:
        return job.channel, job.thread_ts
    said = blocks.notice(messages.CALENDAR_SENT)
    with saying_why():
        sent = press.client.chat_postMessage(channel=press.user, text=said.text, blocks=said.blocks)
    return str(sent["channel"]), str(sent["ts"])
