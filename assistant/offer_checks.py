"""What to check before a place is used, who may refer, and what a parent may ask: facts of the corpus, each cited.

Which facts belong to which kind of provision is data (corpus/offers/checks.yaml). Nothing here says what the law is.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.citations import cite, supported
from assistant.model import Catalogue, Citation, Passage, Statement
from assistant.offer import Offer

UNKNOWN_KIND = "unknown"
"""In `CheckGroup.kinds`: offers whose kind is not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckGroup:
    """Checks of one sort, and for which kinds of provision they are made (`OfferKind` values; empty: every kind)."""

    heading: str
    facts: tuple[str, ...]
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentQuestion:
    """A question that a parent may ask, and the facts that make it a good one."""

    ask: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRules:
    """All of checks.yaml. `referral` are the facts on who may ask for a place, `in_answers` those that answer a
    question which only looks for one; of both the first comes first."""

    referral: tuple[str, ...]
    in_answers: tuple[str, ...]
    groups: tuple[CheckGroup, ...]
    questions: tuple[ParentQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedGroup:
    """Checks of one sort, as statements with the numbers of their citations."""

    heading: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedQuestion:
    """A question that a parent may ask, with the numbers of the citations it comes from."""

    ask: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What goes with offers, on the law of `as_at`: each statement quotes a passage, numbered in `citations`."""

    as_at: date
    referral: tuple[Statement, ...]
    groups: tuple[CheckedGroup, ...]
    questions: tuple[CitedQuestion, ...]
    citations: tuple[Citation, ...]


def checklist(offers: Collection[Offer], *, rules: OfferRules, catalogue: Catalogue, as_at: date) -> Checklist:
    """What goes with these offers: the checks for any of their kinds. Without offers, the checks for every kind.

    A fact that is not in force on `as_at`, or that this build of the corpus lacks, is left out.
    """
    passages = {each.id: each for each in catalogue.passages if each.in_force_on(as_at)}
    kinds = {each.kind.value if each.kind else UNKNOWN_KIND for each in offers}
    groups = [each for each in rules.groups if not (kinds and each.kinds) or kinds & each.kinds]
    asked = [*rules.referral, *(fact for group in groups for fact in group.facts)]
    asked += [fact for question in rules.questions for fact in question.facts]
    numbers = {fact: n for n, fact in enumerate((f for f in dict.fromkeys(asked) if f in passages), start=1)}
    citations = tuple(cite(passages[fact], n) for fact, n in numbers.items())
    told = _Told(numbers=numbers, passages=passages, citations=citations)
    return Checklist(
        as_at=as_at,
        referral=told.statements(rules.referral),
        groups=tuple(
            CheckedGroup(heading=group.heading, statements=said)
            for group in groups
            if (said := told.statements(group.facts))
        ),
        questions=tuple(told.questions(rules.questions)),
        citations=citations,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    numbers: Mapping[str, int]
    passages: Mapping[str, Passage]
    citations: Sequence[Citation]

    def statements(self, facts: Sequence[str]) -> tuple[Statement, ...]:
        drafted = [
            Statement(
                text=self.passages[fact].statement,
                force=self.passages[fact].force,
                duty_on=self.passages[fact].duty_on,
                citations=(self.numbers[fact],),
            )
            for fact in facts
            if fact in self.numbers
        ]
        return supported(drafted, self.citations, self.passages)

    def questions(self, questions: Sequence[ParentQuestion]) -> Iterator[CitedQuestion]:
        for question in questions:
            numbers = tuple(self.numbers[fact] for fact in question.facts if fact in self.numbers)
            if numbers:
                yield CitedQuestion(ask=question.ask, citations=numbers)
