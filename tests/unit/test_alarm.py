"""The learned second check: what it learns from, what it says, and that one odd text cannot upset it."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from assistant.adapters.alarm import (
    KINDS,
    NOTHING_LEARNED,
    OURS,
    OUT_OF_SCOPE,
    URGENT,
    Alarm,
    Example,
    learn,
    pieces_of,
)
from assistant.ports import Suspicion

SAID = {
    URGENT: {
        "gangs": ["they gave him a burner phone", "a burner phone and a debt", "he owes a debt to the gang"],
        "home": ["his dad beats him at home", "beaten at home again", "she is beaten by her dad"],
    },
    OUT_OF_SCOPE: {"other": ["fix my boiler", "the boiler is broken", "who mends a boiler"]},
    OURS: {OURS: ["suspended for a week", "a letter about the suspension", "the governors meet about his suspension"]},
}
WORDS = sorted({word for rules in SAID.values() for said in rules.values() for text in said for word in text.split()})


def vector_of(text: str) -> list[float]:
    """Which of the words there are: a meaning that knows no spelling mistakes."""
    return [float(word in text.split()) for word in WORDS]


@cache
def a_trained_alarm() -> Alarm:
    return Alarm(
        learn(
            {
                kind: {
                    rule: [Example(text=text, vector=vector_of(text)) for text in said] for rule, said in rules.items()
                }
                for kind, rules in SAID.items()
            }
        )
    )


def suspicion(text: str) -> Suspicion:
    return a_trained_alarm().suspicion(text, np.asarray(vector_of(text), dtype=np.float32))


@pytest.mark.parametrize(
    ("text", "rule"), [("he has a burner phone and a debt", "gangs"), ("her dad beats her at home", "home")]
)
def test_a_child_at_risk_is_told_by_what_was_said_before(text: str, rule: str) -> None:
    said = suspicion(text)
    assert said.urgent > max(said.out_of_scope, 1 - said.urgent - said.out_of_scope)
    assert said.urgent_rule == rule


def test_a_word_spelled_in_another_way_still_counts() -> None:
    misspelt = "burnerphone, debtt"
    assert not any(vector_of(misspelt))
    assert suspicion(misspelt).urgent > suspicion("xyzzy").urgent


def test_an_ordinary_question_is_ours() -> None:
    said = suspicion("a letter about his suspension for a week")
    assert max(said.urgent, said.out_of_scope) < 0.5


def test_without_examples_of_each_kind_nothing_is_suspicious() -> None:
    only_urgent = {URGENT: {"gangs": [Example(text="a burner phone", vector=[1.0])]}}
    assert learn(only_urgent) == NOTHING_LEARNED
    assert Alarm(NOTHING_LEARNED).suspicion("a burner phone", np.ones(1, dtype=np.float32)) == Suspicion()


@given(st.text(max_size=200))
def test_whatever_is_said_the_verdict_is_a_probability(text: str) -> None:
    said = suspicion(text)
    assert 0 <= said.urgent <= 1
    assert 0 <= said.out_of_scope <= 1
    assert said.urgent + said.out_of_scope <= 1.001


@cache
def as_scikit_learn_reads() -> Callable[[str], Sequence[float]]:
    """The same two models, read by the library that trained them."""
    each = [(kind, text) for kind, rules in SAID.items() for said in rules.values() for text in said]
    kinds = [KINDS.index(kind) for kind, _ in each]
    counting = TfidfVectorizer(analyzer=pieces_of, sublinear_tf=True, min_df=3)
    wording = LogisticRegression(C=10, max_iter=3000, class_weight="balanced")
    wording.fit(counting.fit_transform([text for _, text in each]), kinds)
    meaning = LogisticRegression(C=3, max_iter=3000, class_weight="balanced")
    meaning.fit([vector_of(text) for _, text in each], kinds)

    def chances(text: str) -> Sequence[float]:
        both = meaning.predict_proba([vector_of(text)]) + wording.predict_proba(counting.transform([text]))
        return [float(each) / 2 for each in both[0]]

    return chances


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_messages_are_read_as_they_were_in_training(text: str) -> None:
    urgent, out_of_scope, _ = as_scikit_learn_reads()(text)
    found = suspicion(text)
    assert (found.urgent, found.out_of_scope) == pytest.approx((urgent, out_of_scope), abs=1e-3)
