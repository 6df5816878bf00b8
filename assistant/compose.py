"""From chosen passages to an Answer, in the extractive way: the passages' own words, in order and cited."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.asked_dates import NO_DATES, AskedDates
from assistant.choose import MOST_STATEMENTS, READING_ORDER, RECENT, Picked
from assistant.citations import cite, reference, supported
from assistant.deadlines import Reckoning
from assistant.explained import MEANS_IN_WORDS
from assistant.model import (
    Answer,
    Audience,
    Catalogue,
    Citation,
    DatedEvent,
    Deadline,
    Force,
    Help,
    HelpContact,
    NearMiss,
    Passage,
    Question,
    Role,
    Situation,
    Statement,
    Status,
    TriageRule,
)
from assistant.retrieve import Retrieval
from assistant.sources import Verification
from assistant.time_rules import DateMeans
from assistant.working import in_words

_HELPERS_SHOWN = 3
_NEAR_MISSES = 3

_HEADINGS: Mapping[Audience, Mapping[Role, str]] = {
    Audience.PARENT: {
        Role.DUTY: "What must happen, and who must do it",
        Role.TIME_LIMIT: "Time limits",
        Role.ROUTE: "What you can do",
        Role.CHANGE: "What changed",
        Role.HELP: "Help",
    },
    Audience.SCHOOL: {
        Role.DUTY: "Duties",
        Role.TIME_LIMIT: "Time limits",
        Role.ROUTE: "Routes open to the family",
        Role.CHANGE: "What changed",
        Role.HELP: "Help",
    },
    Audience.ADVISER: {
        Role.DUTY: "Duties",
        Role.TIME_LIMIT: "Time limits",
        Role.ROUTE: "Routes",
        Role.CHANGE: "What changed",
        Role.HELP: "Help",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What an answer is made of: the passages chosen, the dates computed, and for whom and which day's law."""

    picked: Sequence[Picked]
    situation: Situation
    as_at: date
    dated: AskedDates = NO_DATES


def answered(question: Question, found: Findings, *, catalogue: Catalogue, first: int = 1) -> Answer:
    """The answer made of what was found: every statement a quotation, every quotation checked.

    Citations are numbered from `first`. The dates come before everything else.
    """
    picked, situation, as_at, dated = found.picked, found.situation, found.as_at, found.dated
    citations = [cite(p.passage, n) for n, p in enumerate(picked, start=first)]
    drafted = [
        Statement(
            text=p.passage.statement, force=p.passage.force, duty_on=p.passage.duty_on, citations=(n,), role=p.role
        )
        for n, p in enumerate(picked, start=first)
    ]
    statements = supported(drafted, citations, {p.passage.id: p.passage for p in picked})
    computed = (_deadline(each, picked, first=first) for each in dated.reckonings)
    deadlines = tuple(each for each in computed if each.citations)  # a date without its source is not shown
    written = _written(statements, citations, question.audience)
    return Answer(
        status=Status.ANSWERED,
        as_at=as_at,
        audience=question.audience,
        text="\n\n".join([*(_date_line(each, question.today) for each in deadlines), written]),
        statements=statements,
        citations=tuple(citations),
        deadlines=deadlines,
        next_steps=tuple(s.text for s in statements if s.role is Role.ROUTE),
        help=_contacts(catalogue, _help_subjects(situation, picked), question.audience),
        notices=(*dated.doubts, *_notices(picked, as_at=as_at, today=question.today, first=first)),
        question_back=dated.ask or _which_setting(picked, situation),
        situation=situation,
        corpus_version=catalogue.version,
    )


def _written(statements: Sequence[Statement], citations: Sequence[Citation], audience: Audience) -> str:
    lines: list[str] = []
    places = {citation.n: citation for citation in citations}
    for role in READING_ORDER:
        of_role = [statement for statement in statements if statement.role is role]
        if not of_role:
            continue
        if role is Role.CORRECTION:
            # The wrong belief is not repeated: people remember what they read first.
            lines.append("First, a point that is often misunderstood:")
        heading = _HEADINGS[audience].get(role)
        if heading:
            lines.append(f"**{heading}**")
        bullets = heading is not None or len(of_role) > 1
        lines.append("\n".join(("- " if bullets else "") + _line(s, places, audience) for s in of_role))
    return "\n\n".join(lines)


def _line(statement: Statement, places: Mapping[int, Citation], audience: Audience) -> str:
    markers = "".join(f"[{n}]" for n in statement.citations)
    unchecked = any(places[n].verified is Verification.MEMORY for n in statement.citations)
    warning = " (not yet checked against its source)" if unchecked else ""
    before = after = ""
    if audience is not Audience.PARENT and statement.force is not Force.INFO and statement.duty_on:
        before = f"**{statement.force.value.capitalize()}** ({statement.duty_on}): "
    if audience is Audience.ADVISER:
        cited = [places[n] for n in statement.citations]
        after = (
            " (" + "; ".join(reference(c.title, c.provision, c.edition if c.provision else None) for c in cited) + ")"
        )
    return f"{before}{statement.text} {markers}{after}{warning}"


def _deadline(reckoning: Reckoning, picked: Sequence[Picked], *, first: int) -> Deadline:
    """The computed date as the answer shows it, cited to the passages that state its rule."""
    rule = reckoning.rule
    stating = [p.passage for p in picked if p.passage.id in rule.facts]
    citations = tuple(
        n
        for n, p in enumerate(picked, start=first)
        if p.passage.id in rule.facts or (not stating and set(p.passage.same_as) & set(rule.facts))
    )
    return Deadline(
        label=rule.label,
        date=reckoning.day,
        working=" ".join(said for said in (reckoning.working, reckoning.not_this) if said),
        citations=citations,
        rule=rule.id,
        starts=reckoning.starts,
        meaning=rule.means.value,
        who_must=rule.who_must,
        what=rule.what,
        aim_for=reckoning.aim_for,
        aim_because=reckoning.aim_because,
        others=tuple(f"{in_words(other.day)}, {other.because}." for other in reckoning.others),
        calendar=reckoning.calendar.name if reckoning.calendar else None,
        caveat=rule.caveat,
        events=tuple(
            DatedEvent(event=event, day=when.day, posted=when.posted, afternoon=when.afternoon)
            for event, when in reckoning.happened
        ),
        own_days=reckoning.calendar.own if reckoning.calendar else None,
    )


def _date_line(deadline: Deadline, today: date) -> str:
    """ "**Apply for a review panel: Wednesday 6 January 2027.** This is the last day. Who must act: parent. [1]" """
    markers = "".join(f"[{n}]" for n in deadline.citations)
    passed = " That day has passed." if deadline.date < today and deadline.meaning == DateMeans.LAST_DAY else ""
    wiser = f" Aim for {in_words(deadline.aim_for)}." if deadline.aim_for else ""
    return (
        f"**{deadline.label}: {in_words(deadline.date)}.** This is {MEANS_IN_WORDS[DateMeans(deadline.meaning)]}. "
        f"Who must act: {deadline.who_must}.{wiser}{passed} {markers}".rstrip()
    )


def _notices(picked: Sequence[Picked], *, as_at: date, today: date, first: int) -> Iterator[str]:
    if as_at != today:
        yield f"This answers on the law as it stood on {as_at:%-d %B %Y}."
    if as_at > max((p.passage.checked_on for p in picked), default=as_at) and as_at > today:
        yield "The law may change before that date: check again nearer the time."
    for n, each in enumerate(picked, start=first):
        passage = each.passage
        if each.role is Role.CHANGE:
            yield _change_notice(passage, n, as_at)
        elif passage.in_force_from and timedelta(0) <= as_at - passage.in_force_from < RECENT:
            yield f"Changed on {passage.in_force_from:%-d %B %Y}: what [{n}] says applies from that day."
        if passage.in_force_to and passage.in_force_to < today and each.role is not Role.CHANGE:
            yield f"[{n}] applied until {passage.in_force_to:%-d %B %Y}; the law has changed since."
        if passage.is_proposal:
            yield f"[{n}] is a proposal, not law."


def _change_notice(passage: Passage, n: int, as_at: date) -> str:
    if passage.in_force_to and passage.in_force_to < as_at:
        changed = passage.in_force_to + timedelta(days=1)
        return f"Changed on {changed:%-d %B %Y}: [{n}] says what applied before that day."
    changed_from = passage.in_force_from
    return (
        f"Changed on {changed_from:%-d %B %Y}: [{n}] says what has applied since."
        if changed_from
        else f"Changed since: see [{n}]."
    )


ACADEMY_OR_MAINTAINED = (
    "Is the school an academy, or one that the council maintains? Part of this answer differs between them."
)


def _which_setting(picked: Sequence[Picked], situation: Situation) -> str | None:
    """Ask for the kind of school only where two chosen passages give different kinds different answers."""
    if situation.settings:
        return None
    kinds = [frozenset(p.passage.applies_to) & {"maintained", "academy"} for p in picked]
    only = {next(iter(kind)) for kind in kinds if len(kind) == 1}
    if len(only) < 2:
        return None
    return ACADEMY_OR_MAINTAINED


# Help, and the answers that are not answers -------------------------------------------------------------------------


def _help_subjects(situation: Situation, picked: Iterable[Picked]) -> frozenset[str]:
    subjects = {"exclusion"}
    if situation.needs & {"ehc-plan", "ehc-requested", "sen-support", "disability"}:
        subjects.add("send")
    if situation.needs & {"race"}:
        subjects.add("race")
    if situation.needs & {"in-care", "social-worker"}:
        subjects.add("care")
    if any("ombudsman" in p.passage.topic or "complaint" in p.passage.topic for p in picked):
        subjects.add("complaint")
    return frozenset(subjects)


def _contacts(catalogue: Catalogue, subjects: frozenset[str], audience: Audience) -> tuple[Help, ...]:
    def fits(contact: HelpContact) -> bool:
        for_reader = not contact.audience or audience is Audience.ADVISER or audience.value in contact.audience
        return for_reader and bool(subjects & set(contact.topics))

    best_first = sorted(filter(fits, catalogue.help), key=lambda c: -len(subjects & set(c.topics)))
    return tuple(as_help(contact) for contact in best_first[:_HELPERS_SHOWN])


def as_help(contact: HelpContact) -> Help:
    """A contact as shown; a number that was not checked says so."""
    return Help(
        name=contact.name,
        what=contact.what,
        url=contact.url,
        phone=contact.phone or contact.phone_unverified,
        phone_checked=contact.phone is not None or contact.phone_unverified is None,
    )


def not_found(
    question: Question, retrieval: Retrieval, *, situation: Situation, catalogue: Catalogue, as_at: date
) -> Answer:
    """Says plainly that the corpus does not answer this, shows the nearest passages, and names who to ask."""
    near = tuple(
        NearMiss(
            passage_id=r.passage.id, statement=r.passage.statement, title=r.passage.authority[0].source.short_title
        )
        for r in retrieval.ranked[:_NEAR_MISSES]
    )
    return Answer(
        status=Status.NOT_FOUND,
        as_at=as_at,
        audience=question.audience,
        text=(
            "I could not find an answer to that in the law and guidance I hold, so I will not guess. "
            "Below are the nearest things I do hold, and people who can help. "
            "It may help to ask again with what happened, when, and the kind of school."
        ),
        near_misses=near,
        help=_contacts(catalogue, _help_subjects(situation, ()), question.audience),
        situation=situation,
        corpus_version=catalogue.version,
    )


WHAT_HAPPENED = (
    "Tell me a little more so that I give the right answer: what has happened (suspended, permanently excluded, "
    "sent home, moved to alternative provision, no school place), and when?"
)


def clarify(question: Question, *, situation: Situation, catalogue: Catalogue, as_at: date) -> Answer:
    """Asks the one thing without which nothing useful can be said."""
    return Answer(
        status=Status.CLARIFY,
        as_at=as_at,
        audience=question.audience,
        text=WHAT_HAPPENED,
        question_back=WHAT_HAPPENED,
        situation=situation,
        corpus_version=catalogue.version,
    )


def triaged(question: Question, rule: TriageRule, *, catalogue: Catalogue, as_at: date) -> Answer:
    """The answer of a triage rule: contacts first, word for word from the corpus, with nothing written in between."""
    by_id = {passage.id: passage for passage in catalogue.passages}
    contacts = {contact.id: contact for contact in catalogue.help}
    shown = tuple(as_help(contacts[name]) for name in rule.help)
    passages = [by_id[fact] for fact in rule.facts][:MOST_STATEMENTS]
    citations = tuple(cite(passage, n) for n, passage in enumerate(passages, start=1))
    role = Role.HELP if rule.status is Status.URGENT else Role.DIRECT
    statements = tuple(
        Statement(text=p.statement, force=p.force, duty_on=p.duty_on, citations=(n,), role=role)
        for n, p in enumerate(passages, start=1)
    )
    places = {citation.n: citation for citation in citations}
    said = "\n".join("- " + _line(s, places, Audience.PARENT) for s in statements)
    contact_lines = "\n".join("- " + _contact_line(each) for each in shown)
    first = "**Get help now**" if rule.status is Status.URGENT else (rule.reason or rule.what)
    blocks = [first, contact_lines, said] if rule.status is Status.URGENT else [first, said, contact_lines]
    return Answer(
        status=rule.status,
        as_at=as_at,
        audience=question.audience,
        text="\n\n".join(block for block in blocks if block),
        statements=statements,
        citations=citations,
        help=shown,
        corpus_version=catalogue.version,
    )


def urgent_first(question: Question, rule: TriageRule, found: Findings, *, catalogue: Catalogue) -> Answer:
    """Contacts first, then the answer to what was asked: for a message that only seems to speak of danger."""
    emergency = triaged(question, rule, catalogue=catalogue, as_at=found.as_at)
    shown = {citation.passage_id for citation in emergency.citations}
    room = MOST_STATEMENTS - len(emergency.statements)
    rest = [p for p in found.picked if p.passage.id not in shown][:room]
    after = answered(question, replace(found, picked=rest), catalogue=catalogue, first=len(shown) + 1)
    return replace(
        emergency,
        text=f"{emergency.text}\n\n**If nobody is in danger: what you asked about**\n\n{after.text}"
        if rest
        else emergency.text,
        statements=emergency.statements + after.statements,
        citations=emergency.citations + after.citations,
        deadlines=after.deadlines,
        notices=after.notices,
        situation=found.situation,
    )


def _contact_line(contact: Help) -> str:
    number = f": **{contact.phone}**" if contact.phone else ""
    warning = "" if contact.phone_checked else " (number not checked: look it up if it does not answer)"
    return f"{contact.name}{number}{warning}. {contact.what}"
