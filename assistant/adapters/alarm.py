"""The learned second check of triage: a linear reading of a message's vector, trained when the index is built.

Trained on `corpus/triage_examples.yaml` (and on the corpus's own questions, which must all go on to the search), it
catches a child at risk in words that no pattern lists. Using it costs one small matrix product.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.adapters.embeddings import Vector
from assistant.ports import Suspicion

URGENT, OUT_OF_SCOPE, OURS = "urgent", "out_of_scope", "ours"
KINDS = (URGENT, OUT_OF_SCOPE, OURS)
_STRENGTH = 1.0  # inverse regularisation: the value with the fewest false alarms at equal recall, five-fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What training leaves: a row of weights and a bias per kind, and the mean vector of each rule's examples."""

    weights: tuple[tuple[float, ...], ...] = ()
    biases: tuple[float, ...] = ()
    rules: Mapping[str, Mapping[str, tuple[float, ...]]]


class Alarm:
    """Reads a vector and says how suspicious it is. With nothing learned, nothing is."""

    def __init__(self, learned: Learned) -> None:
        self._weights = np.asarray(learned.weights, dtype=np.float32)
        self._biases = np.asarray(learned.biases, dtype=np.float32)
        self._rules = {
            kind: (tuple(rules), np.asarray(list(rules.values()), dtype=np.float32))
            for kind, rules in learned.rules.items()
            if rules
        }

    def suspicion(self, vector: Vector) -> Suspicion:
        """The probabilities for one message, shape (dimensions,), and the rule each kind would be."""
        if not self._weights.size:
            return Suspicion()
        scores = self._weights @ vector + self._biases
        odds = np.exp(scores - scores.max())
        chance = dict(zip(KINDS, (odds / odds.sum()).tolist(), strict=True))
        return Suspicion(
            urgent=chance[URGENT],
            urgent_rule=self._nearest(URGENT, vector),
            out_of_scope=chance[OUT_OF_SCOPE],
            out_of_scope_rule=self._nearest(OUT_OF_SCOPE, vector),
        )

    def _nearest(self, kind: str, vector: Vector) -> str:
        if kind not in self._rules:
            return ""
        names, means = self._rules[kind]
        return names[int(np.argmax(means @ vector))]


def learn(examples: Mapping[str, Mapping[str, Sequence[Sequence[float]]]]) -> Learned:
    """Train on vectors by kind and rule. With a kind missing there is nothing to tell apart, so nothing is learned."""
    rows = [
        (KINDS.index(kind), vector)
        for kind, rules in examples.items()
        for vectors in rules.values()
        for vector in vectors
    ]
    if {kind for kind, _ in rows} != set(range(len(KINDS))):
        return Learned(rules={})
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only while an index is built

    model = LogisticRegression(C=_STRENGTH, max_iter=3000, class_weight="balanced")
    model.fit(np.asarray([vector for _, vector in rows]), np.asarray([kind for kind, _ in rows]))
    means = {
        kind: {rule: tuple(np.mean(np.asarray(vectors), axis=0).tolist()) for rule, vectors in examples[kind].items()}
        for kind in (URGENT, OUT_OF_SCOPE)
    }
    return Learned(
        weights=tuple(tuple(row) for row in model.coef_.tolist()), biases=tuple(model.intercept_.tolist()), rules=means
    )
