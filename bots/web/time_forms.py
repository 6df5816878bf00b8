"""The forms of /time-limits as a reader sent them: dates and choices from the address, and what is wrong with each.

Nothing is refused by itself: whatever was typed comes back with the form, with a sentence beside the field to mend.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from starlette.datastructures import QueryParams

from assistant.deadlines import Happened
from assistant.desk import CaseFacts, DeadlineDesk, SchoolDays
from assistant.errors import BadDate, WrongWeekday
from assistant.school_days import SchoolDaysTold
from assistant.suspensions import Suspension
from assistant.time_rules import CaseEvent, Chain, TimeRule
from bots.rendering import day_in_words
from bots.said_days import said_day

ROWS, MOST_ROWS = 4, 40
_LONGEST = 400  # characters of a field: every date of a year's closures
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_BETWEEN_DAYS = re.compile(r"[;,\n]")
_T = TypeVar("_T")

SCHOOLS: Mapping[str, str] = {
    "": "I am not sure",
    "academy": "An academy or free school",
    "maintained": "A school run by the council",
    "pru": "A pupil referral unit",
    "ap-academy": "An academy for alternative provision",
}
NEEDS: Mapping[str, str] = {
    "ehc-plan": "The child has an EHC plan",
    "sen-support": "The child gets SEN support",
    "disability": "The child is disabled",
    "in-care": "The child is in care",
    "social-worker": "The child has a social worker",
    "cross-border": "The child lives in another council’s area",
    "exclusion-over-5-days": "Suspended for more than 5 days in all this term",
    "exclusion-over-15-days": "Suspended for more than 15 days in all this term",
    "suspended-over-5-days-in-a-row": "Suspended for more than 5 school days in a row, with no day in school between",
}
EXAM, _LETTER = "public-exam", "exclusion-notice-given"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Fields:
    """The fields of one form. `mistakes` are sentences by field, `notes` how a date was read that could be read two
    ways."""

    def __init__(self, given: QueryParams) -> None:
        self._given = given
        self.mistakes: dict[str, str] = {}
        self.notes: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._given)

    def text(self, name: str) -> str:
        return self._given.get(name, "").strip()[:_LONGEST]

    def texts(self, name: str) -> Sequence[str]:
        return [each.strip()[:_LONGEST] for each in self._given.getlist(name)]

    def ticked(self, name: str) -> bool:
        return bool(self.text(name))

    def day(self, name: str) -> date | None:
        return self.read_day(name, self.text(name))

    def days(self, name: str) -> frozenset[date]:
        """Several days, with commas, semicolons or line breaks between them."""
        found = [self.read_day(name, part) for part in _BETWEEN_DAYS.split(self.text(name)) if part.strip()]
        return frozenset(day for day in found if day)

    def read_day(self, name: str, text: str) -> date | None:
        if not text:
            return None
        try:
            said = said_day(text)
        except (BadDate, WrongWeekday) as error:
            self.mistakes[name] = str(error)
            return None
        if not _FIRST_YEAR <= said.day.year <= _LAST_YEAR:
            self.mistakes[name] = f"“{text}” is too far off. Give a day from {_FIRST_YEAR} to {_LAST_YEAR}."
            return None
        if said.note:
            self.notes.append(said.note)
        return said.day

    def number(self, name: str, text: str) -> float | None:
        """A number of school days, 0 to 999. What it cannot be is told as a mistake."""
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or float(text) >= 1000:
            self.mistakes[name] = "Give a number of school days, such as 3 or 2.5. A lunchtime is half a day."
            return None
        return float(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayField:
    """A date to ask for. `may_be_posted`: a letter, for which the day of posting may be given instead."""

    name: str
    event: CaseEvent
    may_be_posted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFields:
    """What the form of a timeline asks for: its first day, and days and facts that can change what follows."""

    chain: Chain
    first: DayField
    later: tuple[DayField, ...]
    needs: Mapping[str, str]
    asks_exam: bool
    asks_afternoon: bool


def school_days(fields: Fields, desk: DeadlineDesk) -> SchoolDays:
    """Whose school days to count, by the fields `calendar`, `inset` and `closed`."""
    calendar = fields.text("calendar") or None
    if calendar is not None and calendar not in {each.id for each in desk.calendars()}:
        fields.mistakes["calendar"] = "There is no such calendar here. Choose one from the list."
        calendar = None
    off = {"inset": fields.days("inset"), "closed": fields.days("closed")}
    known = desk.calendar(SchoolDays(calendar=calendar))
    for name, days in off.items():
        beyond = sorted(day for day in days if not known.first <= day <= known.last)
        if beyond:
            fields.mistakes[name] = (
                f"The term dates “{known.name}” do not reach {day_in_words(beyond[0])}. They cover "
                f"{day_in_words(known.first)} to {day_in_words(known.last)}."
            )
    return SchoolDays(calendar=calendar, told=SchoolDaysTold(inset=off["inset"], closures=off["closed"]))


def rule_of(fields: Fields, desk: DeadlineDesk) -> TimeRule | None:
    """The time limit that was chosen; one that is not there is a mistake."""
    return _chosen(fields, "rule", {rule.id: rule for rule in desk.rules()}, "a time limit")


def chain_of(fields: Fields, desk: DeadlineDesk) -> Chain | None:
    """The timeline that was chosen; one that is not there is a mistake."""
    return _chosen(fields, "chain", {chain.id: chain for chain in desk.chains()}, "what happened")


def _chosen(fields: Fields, name: str, known: Mapping[str, _T], what: str) -> _T | None:
    given = fields.text(name)
    if given not in known:
        fields.mistakes[name] = f"Choose {what} from the list."
    return known.get(given)


def days_of_rule(rule: TimeRule, desk: DeadlineDesk) -> Sequence[DayField]:
    """The days that a limit is counted from."""
    return [day_field(event) for event in desk.events_of(rule.id)]


def day_field(event: CaseEvent) -> DayField:
    return DayField(name=f"on-{event.id}", event=event, may_be_posted=bool(event.if_posted) or event.id == _LETTER)


def happened(fields: Fields, asked: Sequence[DayField], *, afternoon_of: str | None = None) -> dict[str, Happened]:
    """The days that were given, by event; `afternoon_of` names the event that the one tick for it belongs to."""
    found: dict[str, Happened] = {}
    for each in asked:
        day = fields.day(each.name)
        if day is not None:
            found[each.event.id] = Happened(
                day=day,
                posted=each.may_be_posted and fields.ticked(f"{each.name}-posted"),
                afternoon=each.event.id == afternoon_of and fields.ticked("afternoon"),
            )
    return found


def fields_of_case(chain: Chain, desk: DeadlineDesk) -> CaseFields:
    """What to ask for a timeline: only what any of its steps can use."""
    rules = {rule.id: rule for rule in desk.rules()}
    events: list[str | None] = []
    needs: set[str] = set()
    afternoon = False
    for step in chain.steps:
        events += [step.on, step.gives]
        needs |= set(step.holds.needs)
        rule = rules.get(step.rule or "")
        if rule is not None:
            events += [event.id for event in desk.events_of(rule.id)]
            needs |= set(rule.holds.needs)
            afternoon = afternoon or rule.afternoon_next_day
    known = {event.id: event for event in desk.events()}
    if chain.stage in {"suspended", "permanently-excluded"}:
        events.append(_LETTER)
    same = {chain.starts, *known[chain.starts].usually}
    later = [known[name] for name in dict.fromkeys(events) if name in known and name not in same and name != EXAM]
    return CaseFields(
        chain=chain,
        first=day_field(known[chain.starts]),
        later=tuple(day_field(event) for event in later),
        needs={need: words for need, words in NEEDS.items() if need in needs},
        asks_exam="exam" in needs or EXAM in events,
        asks_afternoon=afternoon,
    )


def case_of(fields: Fields, asked: CaseFields) -> CaseFacts:
    """The facts of a case beside its dates."""
    school = fields.text("school")
    if school not in SCHOOLS:
        fields.mistakes["school"] = "Choose a kind of school from the list."
        school = ""
    needs = {need for need in asked.needs if need in fields.texts("need")}
    if asked.asks_exam and fields.text(EXAM):
        needs.add("exam")
    return CaseFacts(settings=frozenset({school} if school else ()), needs=frozenset(needs))


def suspensions(fields: Fields) -> list[Suspension]:
    """The rows that were filled in. A row that is half filled in is a mistake of its empty field."""
    found: list[Suspension] = []
    firsts, days = fields.texts("first"), fields.texts("days")
    for place, (first, number) in enumerate(zip(firsts, days, strict=False), start=1):
        day = fields.read_day(f"first-{place}", first)
        many = fields.number(f"days-{place}", number)
        if first and not number:
            fields.mistakes[f"days-{place}"] = "Say how many school days this suspension was."
        elif number and not first:
            fields.mistakes[f"first-{place}"] = "Give the first day of this suspension."
        elif day is not None and many is not None:
            if many <= 0:
                fields.mistakes[f"days-{place}"] = "A suspension is at least half a day."
            else:
                found.append(Suspension(first=day, days=many))
    return found
