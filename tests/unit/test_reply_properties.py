"""What holds of every draft, however its answer reads and wherever an adviser changes it."""

import re
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.model import Answer, Force, Role, Statement
from assistant.reply import Draft, Kind, Piece
from assistant.reply_check import FindingKind, check_reply
from tests.replies import a_citation, a_draft, an_answer

HOLDERS = ("The governing board", "The headteacher", "The council", "A parent", "The academy trust", "The panel")
FORCES = ("must", "should", "may", "must not", "should not", "may not")
DOINGS = ("write to the family", "meet", "keep a record of it", "ask for a review", "set work", "publish the policy")
WHENS = ("within {n} school days", "by {n} May 2026", "in {n} cases of {m}", "under reg {n}(1)", "for {n} weeks")
FORCE = re.compile(r"\b(must|should|may|not)\b")


@st.composite
def sentences(draw: st.DrawFn) -> str:
    when = draw(st.sampled_from(WHENS)).format(n=draw(st.integers(1, 9999)), m=draw(st.integers(1, 99)))
    return " ".join(draw(st.sampled_from(words)) for words in (HOLDERS, FORCES, DOINGS)) + f" {when}."


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    texts = draw(st.lists(st.lists(sentences(), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6))
    roles = st.sampled_from(Role)
    statements = tuple(
        Statement(text=text, force=Force.MUST, duty_on=None, citations=(n,), role=draw(roles))
        for n, text in enumerate(texts, start=1)
    )
    citations = tuple(a_citation(n, text) for n, text in enumerate(texts, start=1))
    return an_answer(statements=statements, citations=citations)


DRAFTS = answers().map(a_draft)


def cited(draft: Draft) -> list[Piece]:
    return [piece for piece in draft.pieces if piece.kind is Kind.CITED]


def rewritten(draft: Draft, piece: Piece, new: str) -> str:
    """The text with one sentence changed; not if another sentence of the draft says just that."""
    assume(all(other.written != new for other in cited(draft)))
    return draft.text.replace(piece.written, new, 1)


@given(DRAFTS)
def test_an_unedited_draft_has_nothing_to_mend(draft: Draft) -> None:
    assert check_reply(draft.text, draft) == ()


@given(DRAFTS, st.data())
def test_changing_any_digit_of_a_cited_sentence_is_always_noticed(draft: Draft, data: st.DataObject) -> None:
    piece = data.draw(st.sampled_from(cited(draft)))
    places = [at for at, character in enumerate(piece.written) if character.isdigit()]
    at = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != piece.written[at]]))
    new = piece.written[:at] + digit + piece.written[at + 1 :]

    assert check_reply(rewritten(draft, piece, new), draft)


@given(DRAFTS, st.data())
def test_changing_any_must_should_may_or_not_is_always_noticed(draft: Draft, data: st.DataObject) -> None:
    piece = data.draw(st.sampled_from([piece for piece in cited(draft) if FORCE.search(piece.text)]))
    found = data.draw(st.sampled_from(list(FORCE.finditer(piece.written))))
    other = data.draw(st.sampled_from([word for word in ("must", "should", "may", "not", "") if word != found.group()]))
    new = " ".join(f"{piece.written[: found.start()]}{other}{piece.written[found.end() :]}".split())

    assert check_reply(rewritten(draft, piece, new), draft)


@given(DRAFTS, st.data())
def test_taking_any_sentences_out_is_never_marked(draft: Draft, data: st.DataObject) -> None:
    bodies = [piece for piece in draft.pieces if piece.kind in {Kind.CITED, Kind.OURS, Kind.HEADING, Kind.CONTACT}]
    text = draft.text
    for piece in data.draw(st.lists(st.sampled_from(bodies), unique=True)):
        text = text.replace(piece.written, "", 1)

    assert check_reply(text, draft) == ()


@given(DRAFTS, st.randoms())
def test_putting_lines_in_another_order_is_never_marked(draft: Draft, random: Random) -> None:
    lines = [line for line in draft.text.split("\n") if not line.startswith("[")]
    random.shuffle(lines)
    sources = [line for line in draft.text.split("\n") if re.match(r"\[\d", line)]

    assert check_reply("\n".join([*lines, *sources]), draft) == ()


@given(DRAFTS, st.data())
def test_taking_a_source_number_out_is_always_noticed(draft: Draft, data: st.DataObject) -> None:
    piece = data.draw(st.sampled_from(cited(draft)))

    found = check_reply(draft.text.replace(piece.written, piece.text, 1), draft)

    assert {finding.kind for finding in found} == {FindingKind.LOST_SOURCE}


@given(DRAFTS, st.text(max_size=300))
@pytest.mark.filterwarnings("error")
def test_whatever_is_typed_every_finding_points_at_its_sentence(draft: Draft, typed: str) -> None:
    text = f"{typed}\n{draft.text}".replace("\r\n", "\n").replace("\r", "\n")

    for finding in check_reply(text, draft):
        assert text[finding.start : finding.end] == finding.sentence
        assert finding.what
        assert finding.do
