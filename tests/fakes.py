"""Stand-ins for what the core needs from outside, and builders of small, sensible domain objects.

The fakes implement the Protocols of `assistant.ports`; nothing here touches a disk, a socket or a model.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from assistant.conversations import (
    Conversation,
    ConversationGone,
    Feedback,
    KeptTurn,
    SharedAnswer,
    SharedAnswerExpired,
    SharedAnswerUnknown,
    StoreUnavailable,
)
from assistant.errors import IndexMissing, UnknownCalendar
from assistant.model import (
    Audience,
    Catalogue,
    Force,
    GlossaryTerm,
    Guide,
    GuideStep,
    HelpContact,
    Link,
    Misconception,
    Passage,
    Status,
    TriageRule,
)
from assistant.ports import Knowledge, Likeness, Query, Suspicion
from assistant.school_days import BankHolidays, SchoolCalendar, Term
from assistant.sources import Authority, Source, Tier, Verification
from assistant.wording import content_stems

TODAY = date(2026, 11, 21)
LAW_BEGINS = date(2012, 9, 1)


# What the core needs from outside -----------------------------------------------------------------------------------


class FakeKnowledge:
    """A build whose likeness is plain word overlap (a cosine over stems). `asked` keeps every query it was given.

    `suspicion` is what its learned second check of triage thinks of every message.
    """

    def __init__(self, catalogue: Catalogue, *, build_id: str = "build-1", suspicion: Suspicion | None = None) -> None:
        self.build_id = build_id
        self.catalogue = catalogue
        self.suspicion = suspicion or Suspicion()
        self.asked: list[Query] = []

    def likeness(self, queries: Sequence[Query]) -> Sequence[Likeness]:
        self.asked += queries
        return [self._likeness_to(query) for query in queries]

    def _likeness_to(self, query: Query) -> Likeness:
        known = self.catalogue
        passages = {p.id: (p.statement, *p.questions, *p.also_asked) for p in known.passages}
        words = {p.id: (" ".join([p.statement, *p.keywords, *p.questions]),) for p in known.passages}
        guides = {g.id: (g.title, *g.matches) for g in known.guides}
        return Likeness(
            dense=_nearest(query.meaning, passages),
            lexical=_shares_of_best(_nearest(query.words, words)),
            statements=_nearest(query.meaning, {p.id: (p.statement,) for p in known.passages}),
            guides=_nearest(query.meaning, guides),
            guides_lexical=_shares_of_best(_nearest(query.words, guides)),
            misconceptions=_nearest(query.meaning, {m.id: (m.wrong, *m.cues) for m in known.misconceptions}),
            suspicion=self.suspicion,
        )


class FakeKnowledgeBase:
    """Holds the live build; give `knowledge` another value and the next question meets the new build."""

    def __init__(self, knowledge: Knowledge | None) -> None:
        self.knowledge = knowledge

    def current(self) -> Knowledge:
        if self.knowledge is None:
            raise IndexMissing("the test's shelf")
        return self.knowledge


class FakeCalendars:
    """The calendars it is given; the first is the default. Without any: one usual year."""

    def __init__(self, *calendars: SchoolCalendar) -> None:
        self.calendars = {calendar.id: calendar for calendar in calendars or (a_calendar(),)}

    def find(self, calendar_id: str | None) -> SchoolCalendar:
        wanted = calendar_id or next(iter(self.calendars))
        if wanted not in self.calendars:
            raise UnknownCalendar(wanted, known=tuple(self.calendars))
        return self.calendars[wanted]

    def all(self) -> Sequence[SchoolCalendar]:
        return tuple(self.calendars[name] for name in sorted(self.calendars))


class FakeDateReader:
    """Reads only "10 November 2026", "today", "yesterday", "tomorrow", "3 days ago" and "in 2 weeks"."""

    _NEAR = MappingProxyType({"yesterday": -1, "today": 0, "tomorrow": 1})

    def read(self, phrase: str, *, today: date) -> date | None:
        counted = re.fullmatch(r"(in )?(\d+) (day|week)s?( ago)?", phrase)
        try:
            if phrase in self._NEAR:
                return today + timedelta(days=self._NEAR[phrase])
            if counted:
                days = int(counted[2]) * (7 if counted[3] == "week" else 1)
                return today + timedelta(days=days if counted[1] else -days)
            return datetime.strptime(phrase, "%d %B %Y").replace(tzinfo=UTC).date()
        except (OverflowError, ValueError):
            return None


class FakeMasker:
    """Takes out every word that begins with "Secret", and nothing else."""

    def mask(self, text: str) -> str:
        return re.sub(r"\bSecret\w*", "[name]", text)


class FakeConversations:
    """Keeps everything in memory, unmasked; with `broken`, nothing can be kept or read."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.links: dict[str, SharedAnswer] = {}
        self.shared_from: list[str | None] = []
        self.feedback: list[Feedback] = []
        self.purged: list[datetime] = []
        self.broken = False

    def start(self, audience: Audience, *, now: datetime) -> str:
        self._check()
        new = Conversation(
            id=f"conversation-{len(self.conversations) + 1:04}",
            audience=audience,
            started=now,
            expires=now + timedelta(hours=24),
        )
        self.conversations[new.id] = new
        return new.id

    def add(self, conversation_id: str, turn: KeptTurn) -> None:
        found = self.read(conversation_id, now=turn.at)
        self.conversations[found.id] = replace(found, turns=(*found.turns, turn))

    def read(self, conversation_id: str, *, now: datetime) -> Conversation:
        self._check()
        found = self.conversations.get(conversation_id)
        if found is None or found.expires <= now:
            raise ConversationGone
        return found

    def delete(self, conversation_id: str) -> bool:
        self._check()
        gone = (self.conversations.pop(conversation_id, None), self.links.pop(conversation_id, None))
        return gone != (None, None)

    def delete_expired(self, now: datetime) -> int:
        self._check()
        self.purged.append(now)
        ended = [name for name, each in self.conversations.items() if each.expires <= now]
        for name in ended:
            del self.conversations[name]
        return len(ended)

    def share(self, turn: KeptTurn, *, conversation_id: str | None = None) -> str:
        self._check()
        self.shared_from.append(conversation_id)
        new = SharedAnswer(id=f"link-{len(self.links) + 1:04}", turn=turn, expires=turn.at + timedelta(days=7))
        self.links[new.id] = new
        return new.id

    def shared(self, share_id: str, *, now: datetime) -> SharedAnswer:
        self._check()
        if share_id not in self.links:
            raise SharedAnswerUnknown
        if self.links[share_id].expires <= now:
            raise SharedAnswerExpired
        return self.links[share_id]

    def keep_feedback(self, feedback: Feedback) -> None:
        self._check()
        self.feedback.append(feedback)

    def _check(self) -> None:
        if self.broken:
            raise StoreUnavailable("the test's drawer", why="it is full")


def _nearest(query: str, texts: Mapping[str, Iterable[str]]) -> dict[str, float]:
    best = {name: max(_overlap(query, text) for text in each) for name, each in texts.items()}
    return {name: likeness for name, likeness in best.items() if likeness > 0}


def _overlap(one: str, other: str) -> float:
    mine, theirs = content_stems(one), content_stems(other)
    if not mine or not theirs:
        return 0.0
    return len(mine & theirs) / math.sqrt(len(mine) * len(theirs))


def _shares_of_best(scores: Mapping[str, float]) -> dict[str, float]:
    best = max(scores.values(), default=1.0)
    return {name: score / best for name, score in scores.items()}


# Builders: say what the test is about, leave the rest ---------------------------------------------------------------


def a_source(source_id: str = "education-act-2002", **changes: Any) -> Source:
    """An Act of England in force since 2012, unless told otherwise."""
    title = source_id.replace("-", " ").capitalize()
    plain = Source(
        id=source_id,
        title=title,
        short_title=title,
        publisher="legislation.gov.uk",
        tier=Tier.ACT,
        url=f"https://example.org/{source_id}",
        nation="england",
        licence="OGL-3.0",
        in_force_from=LAW_BEGINS,
    )
    return replace(plain, **changes)


def a_passage(passage_id: str = "exc-001", statement: str = "", **changes: Any) -> Passage:
    """Something every kind of school must do under an Act, checked against the Act itself, unless told otherwise.

    Give `source` for the one document it comes from, or `authority` for several places.
    """
    source = changes.pop("source", None) or a_source()
    plain = Passage(
        id=passage_id,
        topic="suspension",
        statement=statement
        or f"{passage_id.replace('-', '').capitalize()} must be done.",  # shares no word with others
        force=Force.MUST,
        duty_on="headteacher",
        audience=("parent", "school", "la", "adviser"),
        applies_to=("maintained", "academy", "pru"),
        authority=(Authority(source=source, provision="s.51A(1)"),),
        verified=Verification.PRIMARY,
        checked_on=TODAY,
        in_force_from=LAW_BEGINS,
    )
    return replace(plain, **changes)


def a_guide(guide_id: str, *facts: str | GuideStep, matches: Sequence[str], when: Sequence[str] = ()) -> Guide:
    """A guide through `facts`, in that order; a bare id is a step without conditions."""
    steps = tuple(step if isinstance(step, GuideStep) else GuideStep(fact=step) for step in facts)
    return Guide(id=guide_id, title=matches[0], matches=tuple(matches), steps=steps, when=tuple(when))


BANK_HOLIDAYS = BankHolidays(
    names={
        date(2026, 1, 1): "New Year’s Day",
        date(2026, 4, 3): "Good Friday",
        date(2026, 4, 6): "Easter Monday",
        date(2026, 5, 4): "Early May bank holiday",
        date(2026, 5, 25): "Spring bank holiday",
        date(2026, 8, 31): "Summer bank holiday",
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 28): "Boxing Day (substitute day)",
        date(2027, 1, 1): "New Year’s Day",
        date(2027, 3, 26): "Good Friday",
        date(2027, 3, 29): "Easter Monday",
        date(2027, 5, 3): "Early May bank holiday",
        date(2027, 5, 31): "Spring bank holiday",
        date(2027, 8, 30): "Summer bank holiday",
        date(2027, 12, 27): "Christmas Day (substitute day)",
        date(2027, 12, 28): "Boxing Day (substitute day)",
    },
    first=date(2026, 1, 1),
    last=date(2027, 12, 31),
)


def a_calendar(calendar_id: str = "our-school", **changes: Any) -> SchoolCalendar:
    """The school year 2026-27 with one INSET day, 27 November 2026, unless told otherwise."""
    plain = SchoolCalendar(
        id=calendar_id,
        name=calendar_id.replace("-", " ").capitalize(),
        terms=(
            Term(first=date(2026, 9, 2), last=date(2026, 10, 23), name="autumn"),
            Term(first=date(2026, 11, 2), last=date(2026, 12, 18), name="autumn"),
            Term(first=date(2027, 1, 4), last=date(2027, 2, 12), name="spring"),
            Term(first=date(2027, 2, 22), last=date(2027, 3, 25), name="spring"),
            Term(first=date(2027, 4, 12), last=date(2027, 5, 28), name="summer"),
            Term(first=date(2027, 6, 7), last=date(2027, 7, 21), name="summer"),
        ),
        inset=frozenset({date(2026, 11, 27)}),
        bank_holidays=BANK_HOLIDAYS,
    )
    return replace(plain, **changes)


def a_catalogue(*passages: Passage, **changes: Any) -> Catalogue:
    """A catalogue of `passages` and who can help; without passages: `EXAMPLES`, a misconception and triage rules."""
    if not passages:
        changes = {"misconceptions": (PANEL_ORDERS,), "triage": (OUT_OF_SCOPE, URGENT), **changes}
    known = passages or EXAMPLES
    sources = {a.source.id: a.source for passage in known for a in passage.authority}
    plain = Catalogue(
        version="corpus-1",
        glossary=TERMS,
        passages=known,
        sources=tuple(sources.values()),
        help=(ADVICE_LINE, SAMARITANS, SENDIASS),
    )
    return replace(plain, **changes)


TERMS = (
    GlossaryTerm(term="PEX", means="permanent exclusion", also=("pexed", "kicked out")),
    GlossaryTerm(term="EHCP", means="education, health and care (EHC) plan", also=("ehc plan",)),
    GlossaryTerm(term="FTE", means="suspension (fixed-term exclusion)", also=("fixed term",), case_sensitive=True),
    GlossaryTerm(term="s19", means="section 19"),
    GlossaryTerm(term="naughty step", means="behaviour unit"),
)

ADVICE_LINE = HelpContact(
    id="advice-line",
    name="School Exclusion Advice Line",
    what="Free legal advice on education.",
    phone="01632 960000",
    topics=("exclusion",),
    audience=("parent", "adviser"),
)
SENDIASS = HelpContact(
    id="sendiass",
    name="SENDIASS",
    what="Free advice for families of children with special needs.",
    phone_unverified="01632 960001",
    topics=("send", "exclusion"),
)
SAMARITANS = HelpContact(
    id="samaritans", name="Samaritans", what="Someone to talk to, day and night.", phone="116 123", topics=("crisis",)
)

URGENT = TriageRule(
    id="self-harm",
    status=Status.URGENT,
    what="Somebody may be hurting themselves",
    patterns=(r"\bkill (?:him|her|my)self\b",),
    not_when=(r"\bin the story\b",),
    facts=("send-139",),
    help=("samaritans", "sendiass"),
)
OUT_OF_SCOPE = TriageRule(
    id="scotland",
    status=Status.OUT_OF_SCOPE,
    what="Another nation's law",
    patterns=(r"\bscotland\b", r"\bkill myself laughing\b"),
    help=("advice-line",),
    reason="The law here is the law of England.",
)
PANEL_ORDERS = Misconception(
    id="panel-orders-reinstatement",
    wrong="The review panel can order the school to take the pupil back.",
    cues=("can the review panel order the school to take him back",),
    corrects=("exc-113",),
)

EXAMPLES = (
    a_passage(
        "exc-001",
        "Only the headteacher can suspend a pupil or exclude a pupil permanently.",
        force=Force.MAY,
        questions=("who can suspend my child from school", "can a teacher suspend a pupil"),
    ),
    a_passage(
        "exc-030",
        "The headteacher must tell the parents without delay why the pupil was suspended and for how long.",
        questions=("does the school have to tell me why my son was suspended",),
        leads_to=(Link(fact="exc-031", kind="route"),),
    ),
    a_passage(
        "exc-031",
        "Parents may ask the governing board to think again about the suspension; it must look at what they write.",
        force=Force.MAY,
        duty_on="governing board",
        questions=("how do I complain to the governors about a suspension",),
    ),
    a_passage(
        "exc-080",
        "The governing board must meet within 15 school days when a pupil is permanently excluded.",
        duty_on="governing board",
        questions=("when must the governors meet after a permanent exclusion",),
    ),
    a_passage(
        "exc-113",
        "A review panel cannot order the school to take a pupil back; it can tell the governing board to decide again.",
        force=Force.INFO,
        duty_on=None,
        questions=("what can the independent review panel do",),
    ),
    a_passage(
        "ap-016",
        "The council must arrange suitable full-time education from the sixth school day of a permanent exclusion.",
        duty_on="local authority",
        applies_to=("la",),
        questions=("who gives my daughter education after she was permanently excluded",),
    ),
    a_passage(
        "send-139",
        "When a child is in danger now, anyone can ring 999.",
        topic="help-and-contacts",
        force=Force.INFO,
        duty_on=None,
    ),
)
