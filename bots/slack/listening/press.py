"""What can be done with an answer: say whether it helped, show it to the channel, take its dates into a calendar."""

from slack_bolt import App

from assistant.conversations import Feedback, FeedbackReason
from bots.slack.door import Door
from bots.slack.keeping.inbox import JobKind
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.listening.pressing import Press, on_press_kept, on_sent_kept
from bots.slack.showing import actions, blocks, messages
from bots.slack.working.slack_errors import saying_why

_MOST_PASSAGES = 60


def register_presses(app: App, door: Door) -> None:
    """Its listeners."""
    on_press_kept(app, door, actions.FEEDBACK, take_feedback, then=[ask_for_reasons])
    on_sent_kept(app, door, actions.VIEW_FEEDBACK, take_reasons)
    on_press_kept(app, door, actions.SHARE, share)
    on_press_kept(app, door, actions.CALENDAR_FILE, send_calendar_files)


# Feedback -----------------------------------------------------------------------------------------------------------


def take_feedback(door: Door, press: Press) -> str | None:
    """Keep that an answer helped; where it did not, the reasons come with a form."""
    read = actions.read_feedback(press.value)
    if read is None:
        return messages.UNKNOWN_ACTION
    helpful, job_id = read
    return _keep(door, press, job_id, helpful=True) if helpful else None


def ask_for_reasons(_door: Door, press: Press) -> None:
    """Ask why an answer did not help."""
    read = actions.read_feedback(press.value)
    if read is None or read[0]:
        return
    with saying_why():
        press.client.views_open(trigger_id=press.trigger, view=blocks.feedback_modal(read[1]))


def take_reasons(door: Door, press: Press) -> str:
    """Keep why an answer did not help."""
    values = press.state or {}
    reason, words = actions.FIELD_FEEDBACK_REASON, actions.FIELD_FEEDBACK_WORDS
    picked = (values.get(reason.block, {}).get(reason.element, {}) or {}).get("selected_option") or {}
    written = (values.get(words.block, {}).get(words.element, {}) or {}).get("value") or ""
    known = {each.value: each for each in FeedbackReason}
    return _keep(
        door, press, press.value, helpful=False, reason=known.get(picked.get("value", "")), words=written.strip()
    )


def _keep(
    door: Door, press: Press, job_id: str, *, helpful: bool, reason: FeedbackReason | None = None, words: str = ""
) -> str:
    """What whoever pressed is told. Raises `StoreUnavailable`."""
    job = door.inbox.find(job_id)
    answer = answer_of(job.answer) if job is not None and job.team == press.team else None
    if job is None or answer is None:
        return messages.ANSWER_GONE
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
    return messages.FEEDBACK_THANKS


# Sharing, calendars -------------------------------------------------------------------------------------------------


def share(door: Door, press: Press) -> str | None:
    """Show a private answer to the channel in which its asker got it, once."""
    job = press.job(door)
    if job is None or job.user != press.user or answer_of(job.answer) is None:
        return messages.ANSWER_GONE
    is_new = press.leaves(door, JobKind.SHARE, errand_id=f"{job.id}:shared", about=job.id)
    return None if is_new else messages.ALREADY_SHARED


def send_calendar_files(door: Door, press: Press) -> str | None:
    """The dates of an answer as files for a calendar."""
    job = press.job(door)
    if job is None or answer_of(job.answer) is None:
        return messages.ANSWER_GONE
    press.leaves(door, JobKind.CALENDAR, errand_id=f"{job.id}:calendar:{press.trigger}", about=job.id)
    return None
