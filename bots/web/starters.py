"""The words that help a parent begin: what has happened, example questions, and what a child's situation is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A thing that happens to children. `question` is a first question to complete; `reply` says it in a sentence."""

    key: str
    label: str
    question: str
    reply: str


STARTERS: Sequence[Starter] = (
    Starter(
        key="suspended",
        label="Suspended",
        question="My child was suspended on (date) for (number) days. The school says it was because (reason). "
        "What must the school do, and what can I do?",
        reply="My child has been suspended. What must the school do, and what can I do?",
    ),
    Starter(
        key="permanently-excluded",
        label="Permanently excluded",
        question="My child was permanently excluded on (date). The school says it was because (reason). "
        "What happens now, and what can I do?",
        reply="My child has been permanently excluded. What happens now, and what can I do?",
    ),
    Starter(
        key="sent-home",
        label="Sent home with no letter",
        question="On (date) the school rang and told me to take my child home. There is no letter. Is that allowed?",
        reply="The school sent my child home and gave me no letter. Is that allowed?",
    ),
    Starter(
        key="no-school",
        label="No school place",
        question="My child has had no school place since (date). Who must give them an education?",
        reply="My child has no school place. Who must give them an education?",
    ),
    Starter(
        key="in-ap",
        label="Moved to alternative provision",
        question="The school is sending my child to alternative provision from (date). Can it do that without my "
        "agreement, and who checks that it is right for my child?",
        reply="The school is sending my child to alternative provision. Can it do that without my agreement?",
    ),
    Starter(
        key="ehc-plan",
        label="Problems with an EHC plan",
        question="My child has an EHC plan and the help in it is not being given. They have been (suspended, sent "
        "home, excluded). What must the school and the council do?",
        reply="My child has an EHC plan and the help in it is not being given. What must the council do?",
    ),
)
STARTER: Mapping[str, Starter] = {starter.key: starter for starter in STARTERS}

EXAMPLES: Sequence[str] = (
    "My son was sent home this morning with no letter. Can the school do that?",
    "My daughter was suspended for six days. Who must teach her from day six?",
    "How long do we have to ask for a review after the governors agree with a permanent exclusion?",
)

SETTINGS: Mapping[str, str] = {
    "academy": "academy",
    "maintained": "council-maintained school",
    "ap-academy": "alternative provision academy",
    "pru": "pupil referral unit",
    "independent": "independent school",
    "unregistered": "unregistered setting",
    "fe": "college",
}
STAGES: Mapping[str, str] = {
    "permanently-excluded": "permanently excluded",
    "suspended": "suspended",
    "warned": "warned of exclusion",
    "sent-home": "sent home",
    "governors-meeting": "governors’ meeting",
    "governors-decided": "governors have decided",
    "review-panel": "review panel",
    "after-review": "after the review panel",
    "in-ap": "in alternative provision",
    "no-school": "no school place",
}
NEEDS: Mapping[str, str] = {
    "ehc-plan": "EHC plan",
    "ehc-requested": "EHC plan asked for",
    "sen-support": "SEN support",
    "disability": "disability",
    "in-care": "in care",
    "social-worker": "social worker",
    "mental-health": "mental health",
    "race": "race",
    "bullying": "bullying",
    "police": "police",
    "exam": "exams",
    "year-11": "Year 11",
    "part-time": "part-time timetable",
    "cross-border": "lives in another council’s area",
    "unregistered-setting": "unregistered setting",
    "home-education": "home education",
    "wants-provision": "looking for a place",
    "young-person-18": "aged 18 or over",
    "exclusion-over-5-days": "more than 5 days",
    "exclusion-over-15-days": "more than 15 days",
    "suspended-over-5-days-in-a-row": "more than 5 days in a row",
}
SITUATION: Mapping[str, str] = {**SETTINGS, **STAGES, **NEEDS}
ADDABLE: Mapping[str, Mapping[str, str]] = {
    "Kind of school": SETTINGS,
    "What happened": STAGES,
    "About the child": {
        word: label for word, label in NEEDS.items() if not word.startswith(("exclusion-over", "suspended-over"))
    },
}
