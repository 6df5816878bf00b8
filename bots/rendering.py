"""How the domain is said by every doorway: answers and passages as JSON, and the plain words for tiers and checks."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from assistant import explained
from assistant.citations import reference
from assistant.deadlines import Reckoning
from assistant.explained import MEANS_IN_WORDS, WHAT_CHANGES_IT
from assistant.model import Answer, Passage, Situation
from assistant.replies import Checked
from assistant.reply import Draft
from assistant.school_days import SchoolCalendar
from assistant.sources import Authority, Tier
from assistant.suspensions import Crossing, PeriodTotal, Run, SuspensionTotals
from assistant.time_rules import CaseEvent, Chain, Direction, TimeRule
from assistant.timeline import StepState, Timeline, TimelineStep

TIER_IN_WORDS: Mapping[Tier, str] = {
    Tier.ACT: "Act of Parliament",
    Tier.REGULATIONS: "regulations",
    Tier.CASE_LAW: "court or tribunal judgment",
    Tier.STATUTORY_GUIDANCE: "statutory guidance",
    Tier.GUIDANCE: "other guidance",
    Tier.REPORT: "report",
    Tier.STATISTICS: "official statistics",
    Tier.PROPOSAL: "proposal, not law",
    Tier.CHARITY: "charity's page",
    Tier.COUNCIL: "council's page",
    Tier.LOCAL_OFFER: "local offer",
}

VERIFIED_IN_WORDS = explained.VERIFIED_IN_WORDS


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """The Answer in its published shape: dates as YYYY-MM-DD, enums as their values, tuples as lists.

    `situation` holds only what the message said, its keys in alphabetical order.
    """
    said: dict[str, Any] = as_plain(answer)
    said["situation"] = _said(answer.situation)
    return said


def as_follow_ups_read_it(answer: Answer, *, at_most: int) -> str:
    """What a follow-up is understood by: the first `at_most` characters of the answer, and what it asked back."""
    said, back = answer.text[:at_most], answer.question_back
    return f"{said}\n\n{back}" if back and back not in said else said


def passage_as_json(passage: Passage) -> dict[str, Any]:
    """A passage with the references of its authorities spelled out; the words it is searched by are left out."""
    said: dict[str, Any] = as_plain(passage)
    for only_for_search in ("questions", "also_asked", "keywords"):
        del said[only_for_search]
    said["authority"] = [_authority(authority) for authority in passage.authority]
    return said


# Replies ------------------------------------------------------------------------------------------------------------


def draft_as_json(draft: Draft, *, reading_age: float | None) -> dict[str, Any]:
    """A drafted reply, whole and sentence by sentence."""
    said = _plain(status=draft.status, subject=draft.subject, text=draft.text, sentences=draft.pieces)
    said |= _plain(citations=draft.citations, before_sending=draft.before_sending, as_at=draft.as_at)
    return said | {
        "reading_age": reading_age,
        "wording_version": draft.wording.version,
        "corpus_version": draft.corpus_version,
    }


def checked_as_json(checked: Checked) -> dict[str, Any]:
    """What was found in an edited reply; places count in `text`."""
    said = _plain(text=checked.text, findings=checked.findings, reading_age=checked.reading_age)
    return said | _plain(sources_kept=checked.sources.kept, sources_dropped=checked.sources.dropped)


# Time limits --------------------------------------------------------------------------------------------------------


def rule_as_json(rule: TimeRule, *, events: Sequence[CaseEvent]) -> dict[str, Any]:
    """A rule of time; `events` are those it is counted from."""
    said = _plain(
        id=rule.id,
        label=rule.label,
        applies_when=rule.applies_when,
        length=rule.length,
        unit=rule.unit,
        count_from=rule.count_from,
        direction=rule.direction,
        means=rule.means,
        who_must=rule.who_must,
        actor=rule.actor,
        what=rule.what,
        in_force_from=rule.in_force_from,
        in_force_to=rule.in_force_to,
    )
    said["events"] = [event_as_json(event) for event in events]
    return said | _grounds(rule)


def event_as_json(event: CaseEvent) -> dict[str, Any]:
    return {"id": event.id, "ask": event.ask}


def chain_as_json(chain: Chain) -> dict[str, Any]:
    return {"id": chain.id, "title": chain.title, "starts": chain.starts, "steps": len(chain.steps)}


def reckoning_as_json(found: Reckoning) -> dict[str, Any]:
    """A computed date with everything needed to check it. `counted` lists each day where days are stepped through."""
    rule = found.rule
    said = _plain(
        rule=rule.id,
        label=rule.label,
        date=found.day,
        weekday=f"{found.day:%A}",
        means=rule.means,
        means_in_words=MEANS_IN_WORDS[rule.means],
        applies_when=rule.applies_when,
        who_must=rule.who_must,
        actor=rule.actor,
        what=rule.what,
        starts=found.starts,
        plain_date=found.plain,
        counted=tuple(found.counted),
        working=found.working,
        not_this=found.not_this,
        assumed=found.assumed,
    )
    said["aim_for"] = _plain(date=found.aim_for, because=found.aim_because) if found.aim_for else None
    said["other_readings"] = [_plain(date=other.day, because=other.because) for other in found.others]
    said["calendar"] = calendar_as_json(found.calendar) if found.calendar else None
    said["would_change"] = WHAT_CHANGES_IT if found.calendar and found.calendar.typical else None
    return said | _grounds(rule)


def timeline_as_json(timeline: Timeline) -> dict[str, Any]:
    """The steps of a case in the order in which they fall due; `open` says whether a step can be taken today."""
    return {
        "timeline": timeline.chain.id,
        "title": timeline.chain.title,
        "starts": as_plain(timeline.starts),
        "today": as_plain(timeline.today),
        "steps": [_step(step, today=timeline.today) for step in timeline.steps],
        "notices": list(timeline.notices),
        "calendar": calendar_as_json(timeline.calendar),
    }


TERMS_NOTE = (
    "Which days make up a term or a school year has not been checked against the law yet (passage exc-014). Near the "
    "edge of a term, ask the school how it counts."
)


def totals_as_json(totals: SuspensionTotals, *, calendar: SchoolCalendar) -> dict[str, Any]:
    """What suspensions add up to, by legal term and school year, and the thresholds they crossed."""
    return {
        "terms": [_total(total) for total in totals.terms],
        "years": [_total(total) for total in totals.years],
        "crossed": [_crossing(crossing) for crossing in totals.crossed],
        "runs": [_run(run) for run in totals.runs],
        "notes": [TERMS_NOTE],
        "calendar": calendar_as_json(calendar),
    }


def calendar_as_json(calendar: SchoolCalendar) -> dict[str, Any]:
    """Which school days are counted. `first` and `last` are the first and last day that it knows."""
    names = ("id", "name", "typical", "council", "source", "url", "first", "last")
    return {name: as_plain(getattr(calendar, name)) for name in names}


def is_open(step: TimelineStep, *, today: date) -> bool:
    """Whether a step is still to be taken and can be taken today: its day is not past and its event has come."""
    if step.state is StepState.OPEN and step.reckoning is not None:
        backwards = step.reckoning.rule.direction is Direction.BEFORE
        return backwards or step.reckoning.starts <= today
    return step.state is StepState.TODAY or (step.state is StepState.AT_ONCE and (step.on is None or step.on <= today))


def _step(step: TimelineStep, *, today: date) -> dict[str, Any]:
    names = ("label", "who_must", "actor", "what", "state", "on", "told", "facts", "assumed", "problem")
    said = {name: as_plain(getattr(step, name)) for name in names}
    said["date"] = as_plain(step.day)
    said["weekday"] = f"{step.day:%A}" if step.day else None
    said["open"] = is_open(step, today=today)
    said["deadline"] = reckoning_as_json(step.reckoning) if step.reckoning else None
    return said


def _total(total: PeriodTotal) -> dict[str, Any]:
    return {**as_plain(total.period), "days": total.days, "left": total.left}


def _crossing(crossing: Crossing) -> dict[str, Any]:
    threshold = crossing.threshold
    return {
        "threshold": threshold.id,
        "over": threshold.over,
        "per": threshold.per,
        "what": threshold.what,
        "facts": list(threshold.facts),
        "period": crossing.period.name,
        "date": as_plain(crossing.day),
        "total": crossing.total,
    }


def _run(run: Run) -> dict[str, Any]:
    names = ("first", "last", "days", "school_days", "problem", "suspensions")
    said = {name: as_plain(getattr(run, name)) for name in names}
    said["day_six"] = reckoning_as_json(run.day_six) if run.day_six else None
    return said


def _plain(**values: Any) -> dict[str, Any]:
    return {name: as_plain(value) for name, value in values.items()}


def _grounds(rule: TimeRule) -> dict[str, Any]:
    return {
        "sources": [_authority(authority) for authority in rule.authority],
        "verified": rule.verified.value,
        "caveat": rule.caveat,
        "facts": list(rule.facts),
    }


# Words and plain values ---------------------------------------------------------------------------------------------


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def in_force_in_words(start: date | None, end: date | None) -> str:
    """When something is or was in force, as far as it is known; both days are included."""
    if start is None and end is None:
        return "dates in force not recorded"
    since = f" from {day_in_words(start)}" if start else ""
    if end is None:
        return f"in force{since}"
    return f"in force{since} {'to' if start else 'until'} {day_in_words(end)}"


def as_plain(value: Any) -> Any:
    """Domain data as JSON can hold it."""
    if value is None or type(value) in _PLAIN_ALREADY:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | Decimal):
        return value.isoformat() if isinstance(value, date) else float(value)
    if isinstance(value, tuple | list | frozenset):
        items = [as_plain(item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    if is_dataclass(value):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    return value


_PLAIN_ALREADY = {str, int, float, bool}  # exactly these: our enums are kinds of str


def _said(situation: Situation) -> dict[str, Any]:
    slots = as_plain(situation)
    return {name: slots[name] for name in sorted(slots) if slots[name] not in (None, False, [])}


def _authority(authority: Authority) -> dict[str, Any]:
    source = authority.source
    return {
        "source": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "tier": source.tier.value,
        "nation": source.nation,
        "provision": authority.provision,
        "edition": authority.read_in or source.edition,
        "current_edition": source.edition,
        "url": authority.url or source.url,
        "reference": reference(source.title, authority.provision, authority.read_in),
    }
