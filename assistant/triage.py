"""What must not go to the search at all: a child at risk now, another nation's law, a question that is not ours.

The rules are data (`corpus/triage.yaml`); this only applies them. Patterns catch plain wording before anything else
is done; `second_look` catches wording nobody listed, from what the index learned of `corpus/triage_examples.yaml`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from assistant.model import Status, TriageRule
from assistant.ports import PatternScanner, Suspicion

# Probabilities above which the second look speaks; figures in README.md, "Decisions".
URGENT_FROM = 0.45
OUT_OF_SCOPE_FROM = 0.65


class EveryPattern:
    """The scanner that rules nothing out: right, and slower than `assistant.adapters.patterns.PatternSet`."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._count = len(patterns)

    def candidates(self, text: str) -> Collection[int]:  # noqa: ARG002 - every pattern may match any text
        return range(self._count)


class Triage:
    """The rules, ready to use. Urgent ones are tried before all others, whatever their order in the file."""

    def __init__(
        self, rules: Iterable[TriageRule], *, scanner: Callable[[Sequence[str]], PatternScanner] = EveryPattern
    ) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.status is not Status.URGENT)
        self._by_id: Mapping[str, TriageRule] = {rule.id: rule for rule in self._rules}
        self._owners = [(rule, pattern) for rule in self._rules for pattern in rule.patterns]
        self._scanner = scanner([pattern for _, pattern in self._owners])

    def decide(self, text: str) -> TriageRule | None:
        """The first rule whose patterns hold for a cleaned message, or None: the message goes on to the search."""
        lowered = text.lower()
        for position in sorted(self._scanner.candidates(lowered)):
            rule, pattern = self._owners[position]
            if _compiled(pattern).search(lowered) and not _is_vetoed(rule, lowered):
                return rule
        return None

    def second_look(self, suspicion: Suspicion, text: str) -> TriageRule | None:
        """The rule that the learned check is sure enough of, or None. Nobody is sent away where the words that veto
        the rule stand in the message; danger has no veto here."""
        if suspicion.urgent >= URGENT_FROM:
            return self._by_id.get(suspicion.urgent_rule)
        rule = self._by_id.get(suspicion.out_of_scope_rule) if suspicion.out_of_scope >= OUT_OF_SCOPE_FROM else None
        return None if rule is None or _is_vetoed(rule, text.lower()) else rule


def _is_vetoed(rule: TriageRule, lowered: str) -> bool:
    return any(_compiled(pattern).search(lowered) for pattern in rule.not_when)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
