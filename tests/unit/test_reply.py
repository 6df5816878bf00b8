"""An adviser drafts a reply from an answer, edits it, and learns what no longer stands on its source."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.adapters.reading_age import FleschKincaid, as_prose
from assistant.errors import CorpusError
from assistant.model import Status
from assistant.reply import Kind
from assistant.reply_check import FindingKind, body_of, check_reply, sources_used
from assistant.reply_document import Part, as_document
from corpus.reply import read_reply_wording
from tests.replies import ADVICE, LETTER, MEETING, ROUTE, a_draft, an_answer

DRAFT = a_draft()
SHIPPED = Path(__file__).parents[2] / "corpus" / "reply.yaml"


def edited(old: str, new: str) -> str:
    assert DRAFT.text.count(old) >= 1, old
    return DRAFT.text.replace(old, new, 1)


def kinds(text: str) -> set[FindingKind]:
    return {finding.kind for finding in check_reply(text, DRAFT)}


# The draft ----------------------------------------------------------------------------------------------------------


def test_adviser_gets_a_letter_in_the_order_a_family_reads_it() -> None:
    headings = [piece.text for piece in DRAFT.pieces if piece.kind is Kind.HEADING]

    assert headings == [
        "The answer",
        "Who has to do what",
        "Dates",
        "What you can do next",
        "Who else can help",
        "Sources",
    ]
    assert DRAFT.text.startswith("Sunday 22 November 2026\n\nDear parent or carer,\n\n")
    assert "as at 22 November 2026" in DRAFT.text


def test_every_sentence_of_the_law_is_the_answers_own_and_carries_its_source() -> None:
    cited = [piece for piece in DRAFT.pieces if piece.kind is Kind.CITED]
    words = " ".join((MEETING, LETTER, ROUTE, ADVICE))

    assert all(piece.citations for piece in cited)
    assert [piece.text for piece in cited if piece.text in words] == [
        MEETING,
        "The headteacher must tell the parents why.",
        "The letter should be plain.",
        "It may not be late.",
        ADVICE,
        ROUTE,
    ]
    assert "The letter should be plain. [2] It may not be late. [2]" in DRAFT.text


def test_the_date_says_what_it_is_who_must_act_and_on_which_calendar_it_was_counted() -> None:
    assert (
        "- Governors meet: Wednesday 2 December 2026, the last day. [1] Who must act: governing board. [1]"
        in DRAFT.text
    )
    assert "School days are counted on this calendar: Usual term dates 2026-27." in DRAFT.text


def test_a_date_without_a_source_stays_out_of_the_letter_and_the_adviser_is_told() -> None:
    bare = replace(an_answer().deadlines[0], citations=())

    draft = a_draft(an_answer(deadlines=(bare,)))

    assert "2 December" not in draft.text
    assert any("left out of the reply" in line for line in draft.before_sending)


def test_sources_stand_at_the_end_with_their_links_and_say_when_they_are_unchecked() -> None:
    last = DRAFT.text.split("\n")[-4:]

    assert last[0] == (
        "[1] The Exclusion Regulations 2012, reg 21: https://www.legislation.gov.uk/uksi/2012/1033/regulation/21"
    )
    assert last[3] == "[4] The Exclusion Regulations 2012, reg 24, not yet checked against its source."


def test_adviser_is_told_what_to_look_at_before_sending() -> None:
    told = "\n".join(DRAFT.before_sending)

    assert "Changed on 26 July 2026" in told
    assert "Day one is the school day after" in told
    assert "[4] has not been checked" in told
    assert "we have not checked the number 01632 960000" in told


def test_when_somebody_is_in_danger_the_contacts_come_before_anything_else() -> None:
    draft = a_draft(an_answer(status=Status.URGENT))

    assert draft.text.index("IPSEA") < draft.text.index(MEETING)


@pytest.mark.parametrize("status", list(Status))
def test_whatever_the_answer_the_draft_is_a_letter_without_findings(status: Status) -> None:
    draft = a_draft(an_answer(status=status, question_back="When was it?"))

    assert check_reply(draft.text, draft) == ()
    assert "not legal advice" in draft.text


# Editing ------------------------------------------------------------------------------------------------------------


def test_adviser_may_put_in_names_and_sign_the_letter() -> None:
    text = edited("Dear parent or carer,", "Dear Ms Khan,").replace(
        "[Your name and organisation]", "Sam Jones\nAdvice worker, Example Advice\n01632 960123"
    )

    assert check_reply(text, DRAFT) == ()


def test_adviser_may_put_paragraphs_in_another_order_and_use_windows_line_ends() -> None:
    body, sources = DRAFT.text.split("\nSources\n")
    text = "\r\n".join([*reversed(body.split("\n")), "Sources", *sources.split("\n")])

    assert check_reply(text, DRAFT) == ()


def test_adviser_may_say_it_more_simply_in_words_the_source_has() -> None:
    simpler = "The governing board must consider reinstatement within 15 school days."

    assert check_reply(edited(MEETING, simpler), DRAFT) == ()


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("within 15 school days", "within 16 school days", FindingKind.NUMBER),
        ("2 December 2026", "3 December 2026", FindingKind.NUMBER),
        ("2 December 2026", "2 January 2026", FindingKind.DATE),
        ("must consider", "should consider", FindingKind.FORCE),
        ("must consider", "will consider", FindingKind.FORCE),
        ("should not send", "should send", FindingKind.DENIAL),
        ("must tell", "must not tell", FindingKind.DENIAL),
        ("within 15", "after 15", FindingKind.LIMIT),
        ("The governing board must consider", "The council must consider", FindingKind.HOLDER),
        (f"{MEETING} [1]", MEETING, FindingKind.LOST_SOURCE),
        (f"{MEETING} [1]", f"{MEETING} [2]", FindingKind.OTHER_SOURCE),
        (f"{MEETING} [1]", f"{MEETING} [9]", FindingKind.UNKNOWN_SOURCE),
        ("01632 960000", "01632 960001", FindingKind.NUMBER),
        ("[2] The Exclusion Regulations 2012, reg 22", "[2] The Exclusion Act 2012, reg 22", FindingKind.SOURCE_LINE),
        ("This is information, not legal advice.", "This is legal advice.", FindingKind.DENIAL),
    ],
)
def test_adviser_is_told_when_a_sentence_no_longer_says_what_its_source_says(
    old: str, new: str, kind: FindingKind
) -> None:
    assert kind in kinds(edited(old, new))


def test_adviser_sees_what_was_changed_and_what_the_draft_said() -> None:
    text = edited("within 15 school days", "within 16 school days")

    (finding,) = check_reply(text, DRAFT)

    assert finding.what == "A number was changed: it was “15” and is now “16”."
    assert finding.was == f"{MEETING} [1]"
    assert text[finding.start : finding.end] == finding.sentence
    assert "16 school days" in finding.sentence
    assert finding.do


@pytest.mark.parametrize(
    "typed",
    [
        "The school broke the law.",
        "You have 20 days to complain.",
        "The council must find a place by Monday",
        "We are sure you will win",
    ],
)
def test_a_sentence_typed_without_a_source_is_marked(typed: str) -> None:
    (finding,) = check_reply(edited("Yours sincerely,", f"{typed}\n\nYours sincerely,"), DRAFT)

    assert finding.kind is FindingKind.NO_SOURCE
    assert finding.sentence == typed
    assert "take it out" in finding.do


def test_a_typed_sentence_that_its_source_does_not_carry_is_marked() -> None:
    typed = "- Every pupil gets free lunches and a taxi. [1]\n\nYours sincerely,"

    assert kinds(edited("Yours sincerely,", typed)) == {FindingKind.SAYS_MORE}


def test_adviser_is_told_when_a_used_source_is_gone_from_the_list() -> None:
    text = "\n".join(line for line in DRAFT.text.split("\n") if not line.startswith("[2] "))

    (finding,) = check_reply(text, DRAFT)

    assert finding.kind is FindingKind.SOURCE_LINE
    assert finding.was is not None
    assert finding.was.startswith("[2] The Exclusion Regulations")


def test_adviser_sees_which_sources_nobody_is_led_to_any_more() -> None:
    text = edited(f"- {ROUTE} [3]\n", "")

    assert sources_used(text, DRAFT).dropped == (3,)
    assert sources_used(text, DRAFT).kept == (1, 2, 4)
    assert check_reply(text, DRAFT) == ()


@pytest.mark.parametrize("text", ["", "\n\n", "- ", "[1]", "[", "- [1] [2]", "\x00", "…" * 500, "[9999] a"])
def test_whatever_stands_in_the_box_is_checked_without_trouble(text: str) -> None:
    for finding in check_reply(text, DRAFT):
        assert text[finding.start : finding.end] == finding.sentence


# The document and the reading age -----------------------------------------------------------------------------------


def test_the_document_keeps_headings_lists_and_the_draft_s_own_links() -> None:
    text = edited("regulation/21", "regulation/99")

    letter = as_document(text, DRAFT)

    assert next(p.text for p in letter.paragraphs if p.part is Part.HEADING) == "The answer"
    assert f"{MEETING} [1]" in [p.text for p in letter.paragraphs if p.part is Part.ITEM]
    assert letter.sources[0].url == ("https://www.legislation.gov.uk/uksi/2012/1033/regulation/21")
    assert (letter.language, letter.foot) == ("en-GB", "Information, not legal advice.")


def test_the_reading_age_is_of_the_letter_and_not_of_its_sources() -> None:
    body = body_of(DRAFT.text, DRAFT)

    assert MEETING in body
    assert "legislation.gov.uk" not in body


def test_adviser_sees_that_short_plain_sentences_are_easier() -> None:
    age = FleschKincaid()
    plain, hard = (
        age.of("You can ask us. We will help you."),
        age.of("Representations concerning reinstatement necessitate comprehensive consideration by authorities."),
    )

    assert plain is not None
    assert hard is not None
    assert plain < 9
    assert hard > 16
    assert age.of("[1] https://example.org") is None
    assert age.of("") is None


def test_list_items_count_as_sentences_and_source_numbers_are_not_read() -> None:
    assert as_prose("Heading\n- one thing [1]\n- see https://example.org now") == "Heading.\none thing.\nsee now."


# The wording --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Yours sincerely,\n", "The school must reply,\n", "says “must”"),
        ("greeting: Dear parent or carer,", "greeting: Dear parent of 2,", "says “2”"),
        ('date: "{today}"', 'date: "{tomorrow}"', "nothing fills"),
        ("  urgent: ", "  urgnt: ", "is missing"),
        ("sources_heading: Sources\n", "", "is missing"),
    ],
)
def test_whoever_edits_the_wording_is_told_the_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "reply.yaml").write_text(shipped.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CorpusError, match=told) as refused:
        read_reply_wording(tmp_path)

    assert "reply.yaml:" in str(refused.value)


def test_whoever_loses_the_wording_is_told_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"reply\.yaml:1: file: is missing"):
        read_reply_wording(tmp_path)
