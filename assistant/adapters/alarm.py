"""The learned second check of triage: two linear readings of a message, trained when the index is built.

One reads the message's vector (what it means), the other the pieces of its words (what it says: "burner phone", "marry
him", however it is spelled); the verdict is their mean. Trained on `corpus/triage_examples.yaml` (and on the corpus's
own questions, which must all go on to the search), they catch a child at risk in words that no pattern lists. Using
them costs a fraction of a millisecond.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.adapters.embeddings import Vector
from assistant.ports import Suspicion

URGENT, OUT_OF_SCOPE, OURS = "urgent", "out_of_scope", "ours"
KINDS = (URGENT, OUT_OF_SCOPE, OURS)
# Inverse regularisation, and how many messages must have a piece: the values with the fewest false alarms at equal
# recall, five-fold. Many settings near them do as well.
_STRENGTH_OF_MEANING = 3.0
_STRENGTH_OF_PIECES = 10.0
_SEEN_IN = 3  # messages
_PIECES = range(2, 6)  # characters
_DIGITS = 5  # of a weight that is kept: more change no verdict

Scores = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A message to learn from, and its vector."""

    text: str
    vector: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A row of weights and a bias per kind."""

    weights: tuple[tuple[float, ...], ...] = ()
    biases: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What training leaves: how to read vectors and pieces of words, how rare each piece is (in the order of the
    weights), and the direction of each rule's examples."""

    meaning: Reading = Reading()
    wording: Reading = Reading()
    rarity: Mapping[str, float]
    rules: Mapping[str, Mapping[str, tuple[float, ...]]]


NOTHING_LEARNED = Learned(rarity={}, rules={})


class Alarm:
    """Reads a message and says how suspicious it is. With nothing learned, nothing is."""

    def __init__(self, learned: Learned) -> None:
        self._meaning = _Linear(learned.meaning)
        self._wording = _Linear(learned.wording)
        self._place = {piece: place for place, piece in enumerate(learned.rarity)}
        self._rarity = np.asarray(list(learned.rarity.values()), dtype=np.float32)
        self._rules = {
            kind: (tuple(rules), np.asarray(list(rules.values()), dtype=np.float32))
            for kind, rules in learned.rules.items()
            if rules
        }

    def suspicion(self, text: str, vector: Vector) -> Suspicion:
        """The probabilities for one message with its vector, shape (dimensions,), and the rule each kind would be."""
        if not self._meaning.trained:
            return Suspicion()
        places, worth = self._pieces(text)
        likely = (self._meaning.chances(vector) + self._wording.chances(worth, places)) / 2
        chance = dict(zip(KINDS, likely.tolist(), strict=True))
        return Suspicion(
            urgent=chance[URGENT],
            urgent_rule=self._nearest(URGENT, vector),
            out_of_scope=chance[OUT_OF_SCOPE],
            out_of_scope_rule=self._nearest(OUT_OF_SCOPE, vector),
        )

    def _pieces(self, text: str) -> tuple[Sequence[int], Scores]:
        """The known pieces of a text, and what each is worth in it: as `TfidfVectorizer` weighed them in training."""
        seen = Counter(self._place[piece] for piece in pieces_of(text) if piece in self._place)
        places = list(seen)
        worth = (1 + np.log(np.asarray(list(seen.values()), dtype=np.float32))) * self._rarity[places]
        return places, worth / (np.linalg.norm(worth) or 1.0)

    def _nearest(self, kind: str, vector: Vector) -> str:
        if kind not in self._rules:
            return ""
        names, means = self._rules[kind]
        return names[int(np.argmax(means @ vector))]


class _Linear:
    """A reading as arrays."""

    def __init__(self, reading: Reading) -> None:
        self._weights = np.asarray(reading.weights, dtype=np.float32)
        self._biases = np.asarray(reading.biases, dtype=np.float32)
        self.trained = bool(self._biases.size)

    def chances(self, values: Scores, places: Sequence[int] | None = None) -> Scores:
        """The probability of each of `KINDS`; `places` are those of the values where the rest are nought."""
        weights = self._weights if places is None else self._weights[:, places]
        scores = weights @ values + self._biases
        odds = np.exp(scores - scores.max())
        return np.asarray(odds / odds.sum(), dtype=np.float32)


def pieces_of(text: str) -> Iterator[str]:
    """Every run of two to five characters within a word, the space before and after it included."""
    for word in text.lower().split():
        spaced = f" {word} "
        for length in _PIECES:
            for start in range(len(spaced) - length + 1):
                yield spaced[start : start + length]


def learn(examples: Mapping[str, Mapping[str, Sequence[Example]]]) -> Learned:
    """Train on examples by kind and rule. With a kind missing there is nothing to tell apart, so nothing is learned."""
    each = [
        (KINDS.index(kind), example) for kind, rules in examples.items() for said in rules.values() for example in said
    ]
    kinds = [kind for kind, _ in each]
    if set(kinds) != set(range(len(KINDS))):
        return NOTHING_LEARNED
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - only while an index is built

    counting = TfidfVectorizer(analyzer=pieces_of, sublinear_tf=True, min_df=min(_SEEN_IN, len(each)))
    counted = counting.fit_transform([example.text for _, example in each])
    rarity = dict(zip(counting.get_feature_names_out(), _short(counting.idf_), strict=True))
    vectors = np.asarray([example.vector for _, example in each])
    return Learned(
        meaning=_fitted(vectors, kinds, strength=_STRENGTH_OF_MEANING),
        wording=_fitted(counted, kinds, strength=_STRENGTH_OF_PIECES),
        rarity=rarity,
        rules={
            kind: {rule: _direction([example.vector for example in said]) for rule, said in examples[kind].items()}
            for kind in (URGENT, OUT_OF_SCOPE)
        },
    )


def _fitted(rows: Any, kinds: Sequence[int], *, strength: float) -> Reading:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only while an index is built

    model = LogisticRegression(C=strength, max_iter=3000, class_weight="balanced")
    model.fit(rows, np.asarray(kinds))
    return Reading(weights=tuple(_short(row) for row in model.coef_), biases=_short(model.intercept_))


def _direction(vectors: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Of their mean; its length would favour rules whose examples are all alike."""
    mean = np.mean(vectors, axis=0)
    return _short(mean / (np.linalg.norm(mean) or 1.0))


def _short(numbers: Any) -> tuple[float, ...]:
    return tuple(np.round(numbers, _DIGITS).tolist())
