"""Ready words for people who need a start: the prompts that Slack suggests, and replies to our questions back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.compose import ACADEMY_OR_MAINTAINED, WHAT_HAPPENED
from assistant.model import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A ready reply to a question back: a word of the situation to add to what was asked, or a message to send."""

    key: str
    label: str
    add: str = ""
    reply: str = ""


_KIND_OF_SCHOOL = (
    Choice(key="academy", label="It is an academy", add="academy"),
    Choice(key="maintained", label="The council maintains it", add="maintained"),
)
_WHAT_HAPPENED = (
    Choice(
        key="suspended",
        label="Suspended",
        reply="A pupil has been suspended. What must the school do, and what can the parents do?",
    ),
    Choice(
        key="permanently-excluded",
        label="Permanently excluded",
        reply="A pupil has been permanently excluded. What happens now, and what can the parents do?",
    ),
    Choice(
        key="sent-home",
        label="Sent home with no letter",
        reply="The school sent a pupil home and gave no letter. Is that allowed?",
    ),
    Choice(
        key="no-school",
        label="No school place",
        reply="A child has no school place. Who must give the child an education?",
    ),
    Choice(
        key="in-ap",
        label="Moved to alternative provision",
        reply="The school is sending a pupil to alternative provision. Can it do that without the parents agreeing?",
    ),
    Choice(
        key="ehc-plan",
        label="Problems with an EHC plan",
        reply="A child has an EHC plan and the help in it is not being given. What must the council do?",
    ),
)
_BY_KEY: Mapping[str, Choice] = {choice.key: choice for choice in (*_KIND_OF_SCHOOL, *_WHAT_HAPPENED)}


def choices_for(question_back: str | None) -> Sequence[Choice]:
    """The ready replies to a question back; none where only the reader's own words can answer it."""
    return {ACADEMY_OR_MAINTAINED: _KIND_OF_SCHOOL, WHAT_HAPPENED: _WHAT_HAPPENED}.get(question_back or "", ())


def choice_of(key: str) -> Choice | None:
    """The ready reply with this key."""
    return _BY_KEY.get(key)


_PROMPTS: Mapping[Audience, Sequence[tuple[str, str]]] = {
    Audience.PARENT: (
        (
            "Sent home with no letter",
            "My child was sent home this morning with no letter. Is that allowed, and what can I do?",
        ),
        ("Suspended", "My child was suspended for six days. What must the school do, and what can I do?"),
        ("Permanently excluded", "My child was permanently excluded. What happens now, and what can I do?"),
        ("No school place", "My child has no school place. Who must give them an education?"),
    ),
    Audience.SCHOOL: (
        (
            "A pupil is suspended",
            "A pupil was suspended for six school days. What must we do, who must do it and by when?",
        ),
        (
            "The governors must meet",
            "When must the governing board meet after a permanent exclusion, and what must it have read?",
        ),
        (
            "A move to AP",
            "Can an academy send a pupil to alternative provision without the parents agreeing, and for how long?",
        ),
        ("A reduced timetable", "When is a part-time timetable allowed, and who must agree to it?"),
    ),
    Audience.ADVISER: (
        (
            "Asking for a review panel",
            "How long do parents have to apply for an independent review panel, and what can the panel do?",
        ),
        ("Day six", "Who must arrange education from the sixth day of a suspension or exclusion?"),
        ("Disability", "What must a school do before it excludes a disabled pupil?"),
        ("Off-rolling", "Is it lawful to take a pupil off the roll without a permanent exclusion?"),
    ),
}


def suggested_prompts(audience: Audience) -> list[dict[str, str]]:
    """What Slack offers somebody to ask: title and message of each, at most four."""
    return [{"title": title, "message": message} for title, message in _PROMPTS[audience]]
