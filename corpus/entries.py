"""The shape of each kind of entry, as written in the YAML files. Unknown fields are refused."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from assistant.model import Force
from assistant.sources import Tier, Verification

EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Nation = Literal["england", "england-and-wales", "uk", "wales", "scotland", "northern-ireland"]
ReaderName = Literal["parent", "school", "la", "adviser"]
Setting = Literal[
    "maintained",
    "academy",
    "pru",
    "ap-academy",
    "independent",
    "unregistered",
    "la",
    "tribunal",
    "fe",
    "sixth-form",
    "icb",
]
GuideSetting = Literal["maintained", "academy", "pru", "ap-academy", "independent", "unregistered", "fe"]
Stage = Literal[
    "warned",
    "sent-home",
    "suspended",
    "permanently-excluded",
    "governors-meeting",
    "governors-decided",
    "review-panel",
    "after-review",
    "in-ap",
    "no-school",
    "on-roll",
]
Need = Literal[
    "ehc-plan",
    "ehc-requested",
    "sen-support",
    "disability",
    "in-care",
    "social-worker",
    "exam",
    "year-11",
    "exclusion-over-5-days",
    "exclusion-over-15-days",
    "suspended-over-5-days-in-a-row",
    "cross-border",
    "police",
    "bullying",
    "race",
    "mental-health",
    "part-time",
    "unregistered-setting",
    "home-education",
    "young-person-18",
    "counting",
    "wants-provision",
]
LinkKind = Literal["consequence", "time_limit", "route", "duty", "exception", "condition", "evidence"]


def _as_day(value: object) -> object:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"“{value}” is not a date in the calendar: write YYYY-MM-DD") from error


Day = Annotated[date, BeforeValidator(_as_day)]


def _as_pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"“{value}” is not a regular expression: {error}") from error
    return value


Pattern = Annotated[str, AfterValidator(_as_pattern)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SourceEntry(Entry):
    id: EntryId
    title: Words
    short_title: Words
    publisher: Words
    tier: Tier
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None
    nation: Nation
    licence: Words
    work: EntryId | None = None
    edition: Words | None = None
    in_force_from: Day | None
    in_force_to: Day | None
    superseded_by: EntryId | None = None


class AuthorityEntry(Entry):
    source: EntryId
    provision: Words | None = None
    read_in: Words | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class LinkEntry(Entry):
    fact: EntryId
    as_: LinkKind = Field(alias="as")


class FactEntry(Entry):
    id: EntryId
    topic: EntryId
    statement: Words
    force: Force
    duty_on: Words | None
    audience: Annotated[tuple[ReaderName, ...], Field(min_length=1)]
    applies_to: Annotated[tuple[Setting, ...], Field(min_length=1)]
    authority: Annotated[tuple[AuthorityEntry, ...], Field(min_length=1)]
    in_force_from: Day | None
    in_force_to: Day | None = None
    verified: Verification
    checked_on: Day
    caveat: Words | None = None
    replaced_by: tuple[EntryId, ...] = ()
    evidence_url: Words | None = None
    questions: tuple[Words, ...] = ()
    keywords: tuple[Words, ...] = ()
    also_asked: tuple[Words, ...] = ()
    leads_to: tuple[LinkEntry, ...] = ()
    same_as: tuple[EntryId, ...] = ()


class StepEntry(Entry):
    fact: EntryId
    setting: tuple[GuideSetting, ...] = ()
    stage: tuple[Stage, ...] = ()
    needs: tuple[Need, ...] = Field(default=(), alias="if")
    audience: tuple[Literal["parent", "school", "adviser"], ...] = ()


class GuideEntry(Entry):
    id: EntryId
    title: Words
    matches: Annotated[tuple[Words, ...], Field(min_length=1)]
    steps: Annotated[tuple[StepEntry, ...], Field(min_length=1)]
    when: tuple[Need, ...] = ()
    starts: tuple[Stage, ...] = ()
    unless: tuple[Stage, ...] = ()


class MisconceptionEntry(Entry):
    id: EntryId
    wrong: Words
    cues: Annotated[tuple[Words, ...], Field(min_length=1)]
    corrects: Annotated[tuple[EntryId, ...], Field(min_length=1)]


class GlossaryEntry(Entry):
    term: Words
    means: Words
    also: tuple[Words, ...] = ()
    case_sensitive: bool = False


class HelpEntry(Entry):
    id: EntryId
    name: Words
    what: Words
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    phone: Words | None = None
    phone_unverified: Words | None = None
    facts: tuple[EntryId, ...] = ()
    topics: tuple[Words, ...] = Field(default=(), alias="for")
    audience: tuple[Words, ...] = ()


class Scope(Entry):
    reason: Words


class TriageEntry(Entry):
    id: EntryId
    what: Words | None = None
    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    not_when: tuple[Pattern, ...] = ()
    facts: tuple[EntryId, ...] = ()
    help: tuple[EntryId, ...] = ()
    says: Scope | None = None


class TriageFile(Entry):
    urgent: tuple[TriageEntry, ...] = ()
    nations: tuple[TriageEntry, ...] = ()
    out_of_scope: tuple[TriageEntry, ...] = ()


class TriageExamplesEntry(Entry):
    rule: EntryId
    messages: Annotated[tuple[Words, ...], Field(min_length=1)]
