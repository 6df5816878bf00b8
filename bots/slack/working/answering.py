"""A question that was kept, answered: with what was said before in its thread and what its asker chose."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic_core import to_json

from assistant.conversations import ConversationGone, KeptTurn, StoreUnavailable
from assistant.model import Answer, Turn
from bots.rendering import answer_as_json, as_follow_ups_read_it
from bots.slack.door import Door
from bots.slack.keeping.inbox import Job, JobKind
from bots.slack.keeping.kept_answer import answer_of
from bots.slack.keeping.people import SCHOOLS, ChannelSettings, Person, Preferences, RecentQuestion
from bots.slack.working.finding_offers import find_offers, offers_asked_in

_log = logging.getLogger(__name__)
_ANSWER_READ = 600  # characters of an earlier answer: enough to know what was said
_TURNS_READ = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What was said before in the thread: the conversation it is kept in, and its turns."""

    conversation_id: str | None = None
    turns: tuple[KeptTurn, ...] = ()

    def history(self) -> Sequence[Turn]:
        said = []
        for turn in self.turns[-_TURNS_READ:]:
            said.append(Turn(role="user", content=turn.asked))
            answer = answer_of(turn.answer)
            read = as_follow_ups_read_it(answer, at_most=_ANSWER_READ) if answer else ""
            said.append(Turn(role="assistant", content=read))
        return said


def answer_job(door: Door, job: Job) -> tuple[Answer, Job]:
    """The answer, and the job with it as it is to be kept. Raises what `Assistant.ask` and `find_offers` raise.

    A store that cannot be read costs nobody an answer: the question is then answered for itself.
    """
    earlier = _earlier(door, job)
    looked_for = offers_asked_in(job)
    if looked_for is None:
        answer = _answered(door, job, earlier)
    else:
        answer = find_offers(door, looked_for, audience=job.audience)
    kept_in = earlier.conversation_id or _fresh_conversation(door, job)
    kept = replace(
        job,
        answer=to_json(answer_as_json(answer)).decode(),
        conversation_id=kept_in,
        turns_before=len(earlier.turns),
    )
    return answer, kept


def _answered(door: Door, job: Job, earlier: Earlier) -> Answer:
    history = earlier.history()
    preferences = preferences_of(door, job)
    today = door.today()
    chosen = preferences.corrections(job.text, history=history, today=today)
    return door.assistant.ask(
        job.text,
        today=today,
        history=history,
        as_at=job.as_at,
        audience=job.audience,
        calendar=preferences.calendar(door.desk.calendars(), on=today),
        corrections=replace(chosen, also=chosen.also | frozenset(job.also), without=chosen.without - set(job.also)),
    )


def keep_turn(door: Door, job: Job, answer: Answer) -> None:
    """Keep what was asked and answered, for follow-ups and for the asker's own list of questions."""
    if job.again_of is None or job.also:  # the same question for another reader or day adds nothing to the thread
        turn = KeptTurn(
            asked=_with_choices(job),
            audience=job.audience,
            as_at=answer.as_at,
            answer=job.answer or "{}",
            at=door.now(),
        )
        try:
            if job.conversation_id is not None:
                door.conversations.add(job.conversation_id, turn)
        except (ConversationGone, StoreUnavailable) as error:
            _log.warning("Not kept: %s", error)
    if job.again_of is None and job.kind is not JobKind.SHORTCUT:  # what others wrote is not the asker's own
        asked = RecentQuestion(id=job.id, text=job.text, asked=job.received)
        try:
            door.people.remember(person_of(job), asked)
            kept = door.inbox.find(job.id)
            if kept is None or kept.user != job.user:  # they had everything deleted meanwhile
                door.people.forget_question(person_of(job), job.id)
        except StoreUnavailable as error:
            _log.warning("Not kept: %s", error)


def advice_channel(door: Door, job: Job) -> str | None:
    """The channel that is asked for a human; None where nobody set one. Raises `StoreUnavailable`."""
    settings = ChannelSettings() if _is_direct(job) else door.people.channel(job.team, job.channel)
    return door.defaults.advice_channel_of(settings)


def may_ask_human(door: Door, job: Job) -> bool:
    """Whether a human can be asked, or somebody can see to it in the channel where the question was asked."""
    return not _is_direct(job) or door.defaults.advice_channel is not None


def _is_direct(job: Job) -> bool:
    """Also before its thread is begun: until then its channel is the asker."""
    return job.channel.startswith(("D", "U", "W"))


def _with_choices(job: Job) -> str:
    """What was asked, with the kind of school that was chosen below its answer: follow-ups read it here."""
    chosen = [SCHOOLS[each] for each in job.also if each in SCHOOLS]
    return f"{job.text} (Kind of school: {', '.join(chosen)})" if chosen else job.text


def person_of(job: Job) -> Person:
    return Person(team=job.team, user=job.user)


def _earlier(door: Door, job: Job) -> Earlier:
    try:
        origin = door.inbox.find(job.again_of) if job.again_of else None
        kept_in = origin.conversation_id if origin else door.inbox.conversation_of(job.lane)
        if kept_in is None:
            return Earlier()
        turns = door.conversations.read(kept_in, now=door.now()).turns
    except ConversationGone:
        return Earlier()
    except StoreUnavailable as error:
        _log.warning("Answered without what was said before: %s", error)
        return Earlier()
    if origin is not None and origin.lane != job.lane:  # what one person adds alone is not history for the others
        kept_in = door.inbox.conversation_of(job.lane)
    return Earlier(conversation_id=kept_in, turns=turns[: origin.turns_before] if origin else turns)


def _fresh_conversation(door: Door, job: Job) -> str | None:
    try:
        started = door.conversations.start(job.audience, now=door.now())
        door.inbox.remember_conversation(job.lane, started, team=job.team, user=job.user, now=door.now())
    except StoreUnavailable as error:
        _log.warning("Not kept: %s", error)
        return None
    return started


def preferences_of(door: Door, job: Job) -> Preferences:
    """What its asker chose, as far as it holds for this job: what everybody sees must not show what they chose."""
    if job.public:
        return Preferences()
    try:
        return door.people.preferences(person_of(job))
    except StoreUnavailable as error:
        _log.warning("Answered without the asker's own choices: %s", error)
        return Preferences()
