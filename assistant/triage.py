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
URGENT_FROM = 0.60
OUT_OF_SCOPE_FROM = 0.80


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
            if _compiled(pattern).search(lowered) and not any(_compiled(p).search(lowered) for p in rule.not_when):
                return rule
        return None

    def second_look(self, suspicion: Suspicion) -> TriageRule | None:
        """The rule that the learned check is sure enough of, or None."""
        if suspicion.urgent >= URGENT_FROM:
            return self._by_id.get(suspicion.urgent_rule)
        if suspicion.out_of_scope >= OUT_OF_SCOPE_FROM:
            return self._by_id.get(suspicion.out_of_scope_rule)
        return None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
