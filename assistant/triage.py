"""What must not go to the search at all: a child at risk now, another nation's law, a question that is not ours.

The rules are data (`corpus/triage.yaml`); this only applies them, in that order.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.model import Status, TriageRule


@dataclass(frozen=True, slots=True)
class _Ready:
    rule: TriageRule
    patterns: tuple[re.Pattern[str], ...]
    not_when: tuple[re.Pattern[str], ...]

    def holds(self, text: str) -> bool:
        return any(p.search(text) for p in self.patterns) and not any(p.search(text) for p in self.not_when)


class Triage:
    """The rules, compiled once. Urgent rules are tried before all others, whatever their order in the file."""

    def __init__(self, rules: Iterable[TriageRule]) -> None:
        ready = [
            _Ready(rule, tuple(map(re.compile, rule.patterns)), tuple(map(re.compile, rule.not_when))) for rule in rules
        ]
        self._rules = sorted(ready, key=lambda each: each.rule.status is not Status.URGENT)

    def decide(self, text: str) -> TriageRule | None:
        """The first rule that holds for a cleaned message, or None: the message goes on to the search."""
        lowered = text.lower()
        return next((each.rule for each in self._rules if each.holds(lowered)), None)
