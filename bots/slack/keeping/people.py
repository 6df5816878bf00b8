"""What people and channels of Slack have chosen, and what a person asked lately: types, and where they are kept.

A person is a user of one workspace. Nothing here holds a name, and every text is masked before it is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from assistant.model import Audience, Corrections, Turn
from assistant.school_days import SchoolCalendar
from assistant.situation import read_situation

PREFERENCES_KEPT = timedelta(days=365)
"""How long choices last that nobody changes or uses."""

MOST_RECENT = 5
MOST_GROUPS = 20
LONGEST_COUNCIL = 80  # characters

SCHOOLS: Mapping[str, str] = {
    "academy": "Academy",
    "maintained": "Council-maintained school",
    "ap-academy": "Alternative provision academy",
    "pru": "Pupil referral unit",
    "independent": "Independent school",
    "fe": "College",
}
"""The kinds of school to choose one from: the word of `Situation.settings`, and what people call it."""

CHILDREN: Mapping[str, str] = {
    "ehc-plan": "EHC plan",
    "sen-support": "SEN support",
    "in-care": "In care",
    "social-worker": "Social worker",
}
"""What may hold for the children somebody works with: the word of `Situation.needs`, and what people call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user of one workspace, by Slack's ids; `team` is the organisation's id where the app was installed for it."""

    team: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person chose for their own questions. `audience` None: not chosen. `setting` has words of `SCHOOLS` and
    `CHILDREN`; `council` is a name as written, empty when not given."""

    audience: Audience | None = None
    council: str = ""
    setting: frozenset[str] = field(default_factory=frozenset)

    def corrections(self, text: str, *, history: Sequence[Turn] = (), today: date) -> Corrections:
        """What holds for this person's question unless it says otherwise; nothing when it is not of our subject.

        A choice made once on a settings page must neither overrule the message nor make sense of a "hello".
        """
        told = read_situation(text, history=history, today=today)
        if not told.ours:
            return Corrections()
        unsaid = self.setting - SCHOOLS.keys() if told.settings else self.setting
        return Corrections(also=unsaid - told.ruled_out)

    def calendar(self, calendars: Sequence[SchoolCalendar], *, on: date) -> str | None:
        """The id of the calendar of this person's council that knows the day `on`; None where there is none."""
        wanted = _plain(self.council)
        found = (c for c in calendars if wanted and _plain(c.council or "") == wanted and c.first <= on <= c.last)
        return next((calendar.id for calendar in found), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What was set for a channel. None: as the service has it. No `allowed_user_groups` (Slack's ids): everybody."""

    audience: Audience | None = None
    answer_in_public: bool | None = None
    allowed_user_groups: tuple[str, ...] = ()
    advice_channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where nobody chose: whom answers are for, whether a mention is answered for all to see in its
    thread, and the channel that "Need a human" goes to."""

    audience: Audience = Audience.SCHOOL
    answer_in_public: bool = True
    advice_channel: str | None = None

    def audience_of(self, preferences: Preferences, channel: ChannelSettings | None = None) -> Audience:
        """Whom an answer is worded for: in a channel as the channel has it, then as the person has it."""
        return (channel.audience if channel else None) or preferences.audience or self.audience

    def in_public(self, channel: ChannelSettings) -> bool:
        """Whether a mention in that channel is answered for everybody in its thread, else for the asker alone."""
        return self.answer_in_public if channel.answer_in_public is None else channel.answer_in_public

    def advice_channel_of(self, channel: ChannelSettings | None) -> str | None:
        """The channel that is asked for a human; None where nobody set one."""
        return (channel.advice_channel if channel else None) or self.advice_channel


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentQuestion:
    """A question that somebody asked, masked, under the id of its job, and when."""

    id: str
    text: str
    asked: datetime


# Where they are kept ------------------------------------------------------------------------------------------------


class PreferenceBook(Protocol):
    """Keeps what people chose. Both raise `StoreUnavailable`."""

    def preferences(self, person: Person) -> Preferences:
        """What they chose; the plain ones where they chose nothing."""
        ...

    def prefer(self, person: Person, preferences: Preferences, *, now: datetime) -> None:
        """Keep this in place of what they chose before, the council masked."""
        ...


class RecentQuestions(Protocol):
    """Keeps what people asked lately, each for themselves. All raise `StoreUnavailable`."""

    def remember(self, person: Person, question: RecentQuestion) -> None:
        """Keep the question, masked, for as long as conversations are kept. The same id again changes nothing."""
        ...

    def forget_question(self, person: Person, question_id: str) -> None:
        """Delete one of their questions."""
        ...

    def recent(self, person: Person, *, now: datetime) -> Sequence[RecentQuestion]:
        """Their own last `MOST_RECENT` questions, newest first, without those whose time is over."""
        ...


class ChannelBook(Protocol):
    """Keeps the settings of channels. Both raise `StoreUnavailable`."""

    def channel(self, team: str, channel: str) -> ChannelSettings:
        """What was set for it; the plain settings where nothing was."""
        ...

    def set_channel(self, team: str, channel: str, settings: ChannelSettings, *, now: datetime) -> None:
        """Keep this in place of what was set before."""
        ...


class Forgetting(Protocol):
    """Makes what was kept unreadable for good. Both raise `StoreUnavailable`."""

    def forget(self, person: Person) -> int:
        """Delete this person's choices and questions; how many of them there were."""
        ...

    def forget_team(self, team: str) -> int:
        """Delete everything of this workspace, its channels included; how many rows there were."""
        ...


class People(PreferenceBook, RecentQuestions, ChannelBook, Forgetting, Protocol):
    """Everything that is kept of people and channels."""


def _plain(council: str) -> str:
    words = council.casefold().replace("council", " ").replace("’", "'").split()
    return " ".join(words)
