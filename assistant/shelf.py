"""What is worked out once per build of the index, so that no question pays for it."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from assistant.model import Catalogue, Force, Guide, Passage, Role
from assistant.sources import Tier, Verification
from assistant.wording import Glossary, vocabulary_of

_SCHOOLS = frozenset({"maintained", "academy", "pru", "ap-academy", "independent", "unregistered", "fe", "sixth-form"})
_OUR_NATIONS = frozenset({"england", "england-and-wales", "uk"})
_HELP_TOPICS = frozenset({"help-and-contacts", "advice-contacts"})

_SUSPENSION = re.compile(r"\bsuspen", re.IGNORECASE)
_PERMANENT = re.compile(r"\bpermanent", re.IGNORECASE)
_TIME = re.compile(r"\bwithin \w+|\bdays?\b|\bweeks?\b|\bmonths?\b|\bdeadline|\btime limit", re.IGNORECASE)
_ROUTE = re.compile(
    r"\bcomplain|\bappeal|\bclaim|\bombudsman|\btribunal|\bjudicial review|\breview panel"
    r"|\bapply\b|\bask (?:for|in writing)",
    re.IGNORECASE,
)
_ONLY_FOR: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ehc-plan", re.compile(r"EHC\) plan|EHC plan|Section [FI]\b")),
    ("in-care", re.compile(r"looked-after|foster|care order|virtual school", re.IGNORECASE)),
    ("social-worker", re.compile(r"social worker")),
    ("exam", re.compile(r"public exam|National Curriculum test|GCSE")),
    ("police", re.compile(r"police|court case")),
    ("young-person-18", re.compile(r"young person|aged 18")),
    ("home-education", re.compile(r"home educat")),
    ("race", re.compile(r"\brace\b")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a passage's own words and register say about whom it is for.

    `schools` is empty when the passage is not about particular kinds of school; `needs` names the circumstances it
    speaks of (an EHC plan, care, an exam); `measure` is "suspended", "permanently-excluded" or None for both.
    """

    schools: frozenset[str]
    needs: frozenset[str]
    measure: str | None
    readers: frozenset[str]
    duty_on: str
    from_memory: bool
    figures: bool
    proposal: bool
    ours: bool


class Shelf:
    """The catalogue of one build, with everything derived from it that questions need."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.by_id: Mapping[str, Passage] = {passage.id: passage for passage in catalogue.passages}
        self.traits: Mapping[str, Traits] = {passage.id: traits_of(passage) for passage in catalogue.passages}
        self.roles: Mapping[str, Role] = roles_of(catalogue)
        self.guide_ids: tuple[str, ...] = tuple(guide.id for guide in catalogue.guides)
        self._measures = {guide.id: self._measure_shares(guide) for guide in catalogue.guides}
        self.guides_with: Mapping[str, frozenset[str]] = _guides_with(catalogue)
        self.instead: Mapping[str, frozenset[str]] = _instead(catalogue)
        self.replaced: tuple[Passage, ...] = tuple(p for p in catalogue.passages if p.replaced_by and p.in_force_to)
        self.glossary = Glossary(catalogue.glossary)
        self.earliest_law = catalogue.earliest_law()

    def share_of_other_measure(self, guide_id: str, stages: frozenset[str]) -> float:
        """How much of a guide (0 to 1) speaks only of suspension where the message is of permanent exclusion, or the
        other way round; 0 when the message is of both or neither."""
        if len(stages) != 1:
            return 0.0
        return sum(share for measure, share in self._measures[guide_id].items() if measure not in stages)

    def _measure_shares(self, guide: Guide) -> Mapping[str, float]:
        measures = Counter(self.traits[step.fact].measure for step in guide.steps if step.fact in self.traits)
        return {measure: count / len(guide.steps) for measure, count in measures.items() if measure}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return vocabulary_of(self.catalogue)


def traits_of(passage: Passage) -> Traits:
    """Read a passage's traits from its statement and register."""
    settings = frozenset(passage.applies_to)
    of_suspension = bool(_SUSPENSION.search(passage.statement))
    of_permanent = bool(_PERMANENT.search(passage.statement))
    measure = None
    if of_suspension != of_permanent:
        measure = "suspended" if of_suspension else "permanently-excluded"
    return Traits(
        schools=frozenset() if "la" in settings else settings & _SCHOOLS,
        needs=frozenset(need for need, words in _ONLY_FOR if words.search(passage.statement)),
        measure=measure,
        readers=frozenset(passage.audience),
        duty_on=(passage.duty_on or "").lower(),
        from_memory=passage.verified is Verification.MEMORY,
        figures=all(a.source.tier is Tier.STATISTICS for a in passage.authority),
        proposal=passage.is_proposal,
        ours=any(a.source.nation in _OUR_NATIONS for a in passage.authority),
    )


def _guides_with(catalogue: Catalogue) -> Mapping[str, frozenset[str]]:
    """The guides in which each fact is a step."""
    guides: dict[str, set[str]] = defaultdict(set)
    for guide in catalogue.guides:
        for step in guide.steps:
            guides[step.fact].add(guide.id)
    return {fact: frozenset(names) for fact, names in guides.items()}


def _instead(catalogue: Catalogue) -> Mapping[str, frozenset[str]]:
    """For each fact that replaced another or was replaced: those that say what the law was before it, or became."""
    others: dict[str, set[str]] = defaultdict(set)
    for passage in catalogue.passages:
        for later in passage.replaced_by:
            others[passage.id].add(later)
            others[later].add(passage.id)
    return {fact: frozenset(names) for fact, names in others.items()}


def roles_of(catalogue: Catalogue) -> Mapping[str, Role]:
    """What each passage usually does in an answer: as other facts link to it, else by its own force and words."""
    linked: dict[str, Counter[str]] = defaultdict(Counter)
    for passage in catalogue.passages:
        for link in passage.leads_to:
            linked[link.fact][link.kind] += 1
    return {passage.id: _usual_role(passage, linked[passage.id]) for passage in catalogue.passages}


def _usual_role(passage: Passage, linked: Counter[str]) -> Role:
    if passage.topic in _HELP_TOPICS:
        return Role.HELP
    kind = linked.most_common(1)[0][0] if linked else ""
    if kind == "route" or (passage.force in {Force.MAY, Force.INFO} and _ROUTE.search(passage.statement)):
        return Role.ROUTE
    if kind == "time_limit" and _TIME.search(passage.statement):
        return Role.TIME_LIMIT
    return Role.DUTY if passage.force in {Force.MUST, Force.SHOULD} else Role.DIRECT
