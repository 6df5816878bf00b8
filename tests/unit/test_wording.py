"""How messages are cleaned, spelled out and recognised as English."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.model import GlossaryTerm
from assistant.wording import Glossary, clean, content_stems, has_words, looks_english, sentences, vocabulary_of
from tests.fakes import TERMS, a_catalogue, a_guide, a_passage

GLOSSARY = Glossary(TERMS)

# A vocabulary of a few hundred everyday words, as the corpus has.
VOCABULARY = vocabulary_of(
    a_catalogue(
        a_passage(
            statement="My son was suspended from school for five days and nobody told me why or set any work.",
            questions=("hes sent home again, can the headteacher do that every day this week to my daughter",),
            keywords=("governors meeting", "permanent exclusion", "letter"),
        ),
        guides=(a_guide("first", "exc-001", matches=("he has been excluded since september",)),),
        glossary=TERMS,
    )
)


class TestCleaning:
    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            pytest.param("He’s “fine” – she said", 'He\'s "fine" - she said', id="curly quotes and dashes"),
            pytest.param("  my   son\twas  sent home ", "my son was sent home", id="runs of spaces"),
            pytest.param("one\r\n\r\n\ntwo", "one\ntwo", id="line breaks are kept, empty lines are not"),
            pytest.param("sus\u00adpended", "suspended", id="a soft hyphen pasted from a letter"),
            pytest.param("\ufeffexcluded\u200b today", "excluded today", id="invisible characters from a web page"),
            pytest.param("five\u00a0\u2003days", "five days", id="unusual spaces"),
            pytest.param("school\x00rang\x07me", "school rang me", id="control characters part words"),
            pytest.param("no\u2028school", "no\nschool", id="a line separator is a line break"),
            pytest.param("\ud800 help", "help", id="half of a broken emoji"),
        ],
    )
    def test_a_message_is_read_as_it_looked_on_the_screen(self, typed: str, read: str) -> None:
        assert clean(typed) == read

    @given(st.text())
    def test_cleaning_twice_changes_nothing_more(self, text: str) -> None:
        assert clean(clean(text)) == clean(text)

    @given(st.text(st.characters(codec="ascii")))
    def test_no_letter_or_digit_is_lost_in_cleaning(self, text: str) -> None:
        assert [c for c in clean(text) if c.isalnum()] == [c for c in text if c.isalnum()]

    @given(st.text())
    def test_a_cleaned_message_holds_no_control_characters_and_no_double_spaces(self, text: str) -> None:
        cleaned = clean(text)
        assert all(c == "\n" or c.isprintable() for c in cleaned if not c.isspace())
        assert "  " not in cleaned
        assert "\n\n" not in cleaned

    @pytest.mark.parametrize(
        ("text", "said_something"),
        [("", False), ("😡😡😡", False), ("?!", False), ("112", False), ("ok", True), ("été", True), ("我", True)],
    )
    def test_only_letters_count_as_saying_something(self, text: str, said_something: bool) -> None:
        assert has_words(text) is said_something


class TestGlossary:
    def test_the_search_by_meaning_reads_words_instead_of_acronyms(self) -> None:
        assert GLOSSARY.spell_out("PEX with an EHCP") == "permanent exclusion with an education, health and care plan"

    def test_the_search_by_words_reads_acronyms_and_their_words_side_by_side(self) -> None:
        assert GLOSSARY.explain("a PEX letter") == "a PEX (permanent exclusion) letter"

    def test_the_reader_of_the_situation_gets_each_meaning_once_at_the_end(self) -> None:
        assert GLOSSARY.expand("pexed, PEX and s19") == "pexed, PEX and s19 (permanent exclusion; section 19)"

    def test_words_families_use_are_read_as_the_sectors_words(self) -> None:
        assert GLOSSARY.expand("he was kicked out") == "he was kicked out (permanent exclusion)"
        assert GLOSSARY.expand("the naughty step") == "the naughty step (behaviour unit)"

    def test_only_acronyms_are_rewritten_for_the_search(self) -> None:
        assert GLOSSARY.spell_out("on the naughty step, kicked out") == "on the naughty step, kicked out"

    def test_a_meaning_already_written_is_not_added_again(self) -> None:
        assert GLOSSARY.expand("a PEX is a Permanent Exclusion") == "a PEX is a Permanent Exclusion"

    @pytest.mark.parametrize(
        ("text", "expanded"),
        [
            pytest.param("his FTE", "his FTE (suspension (fixed-term exclusion))", id="as written"),
            pytest.param("0.5 fte teacher", "0.5 fte teacher", id="small letters mean something else"),
            pytest.param("a Fixed Term", "a Fixed Term (suspension (fixed-term exclusion))", id="its other form"),
        ],
    )
    def test_a_case_sensitive_term_counts_only_as_it_is_written(self, text: str, expanded: str) -> None:
        assert GLOSSARY.expand(text) == expanded

    def test_a_case_sensitive_acronym_in_small_letters_is_left_alone_in_the_search(self) -> None:
        assert GLOSSARY.spell_out("0.5 fte and an FTE") == "0.5 fte and an suspension"

    @pytest.mark.parametrize("text", ["PEXING", "apex", "s191", "£s19", "EHCPs"])
    def test_an_acronym_inside_another_word_is_not_one(self, text: str) -> None:
        assert GLOSSARY.spell_out(text) == text
        assert GLOSSARY.expand(text) == text

    def test_longer_terms_win_over_shorter_ones_inside_them(self) -> None:
        glossary = Glossary(
            (GlossaryTerm(term="AP", means="alternative provision"), GlossaryTerm(term="AP academy", means="AP school"))
        )
        assert glossary.expand("an ap academy") == "an ap academy (AP school)"

    @given(st.text())
    def test_a_glossary_without_terms_changes_nothing(self, text: str) -> None:
        empty = Glossary(())
        assert empty.expand(text) == empty.spell_out(text) == empty.explain(text) == text

    @given(st.text())
    def test_any_message_keeps_its_own_words_in_front(self, text: str) -> None:
        assert GLOSSARY.expand(text).startswith(text)


class TestEnglish:
    @pytest.mark.parametrize(
        "message",
        [
            "my son was suspended and nobody told me why",
            "hes been sent hme from scool agan",
            "school sent my daughter home",
            "PEX?",
            "pls help me",
            "excluded on 3/11/2026, is it legal? 😡😡😡",
            "AYUDA",
        ],
    )
    def test_nobody_who_writes_english_however_badly_is_turned_away(self, message: str) -> None:
        assert looks_english(message, VOCABULARY)

    @pytest.mark.parametrize(
        "message",
        [
            pytest.param("Mój syn został zawieszony w prawach ucznia", id="Polish"),
            pytest.param("Mi hijo fue expulsado ayer del colegio", id="Spanish"),
            pytest.param("तेरा बेटा स्कूल से निकाल दिया गया", id="Hindi"),
            pytest.param("我的儿子被学校停课了", id="Chinese, without spaces"),
            pytest.param("ابني مفصول من المدرسة", id="Arabic"),
            pytest.param("Fiul meu a fost exmatriculat din școală", id="Romanian"),
        ],
    )
    def test_another_language_is_recognised(self, message: str) -> None:
        assert not looks_english(message, VOCABULARY)

    @given(st.text(), st.frozensets(st.text(max_size=8)))
    @example("", frozenset())
    @example("İ ß \ud800 \x00", frozenset())
    def test_any_text_at_all_gets_a_yes_or_no(self, text: str, vocabulary: frozenset[str]) -> None:
        assert looks_english(text, vocabulary) in (True, False)

    @given(st.lists(st.sampled_from(sorted(w for w in VOCABULARY if w.isascii())), min_size=1))
    def test_words_of_the_vocabulary_are_always_english(self, words: list[str]) -> None:
        assert looks_english(" ".join(words), VOCABULARY)

    @given(st.text(st.characters(codec="ascii"), max_size=3))
    def test_a_message_too_short_to_judge_is_given_the_benefit_of_the_doubt(self, text: str) -> None:
        assert looks_english(text, frozenset())

    def test_the_vocabulary_holds_what_readers_type_as_well_as_what_the_corpus_says(self) -> None:
        assert {"suspended", "daughter", "governors", "september", "pexed", "behaviour", "the"} <= VOCABULARY


class TestWordsThatCarryMeaning:
    def test_forms_of_a_word_are_compared_as_one(self) -> None:
        assert content_stems("the suspensions") == content_stems("a suspension")
        assert content_stems("excluding") == content_stems("excluded")

    def test_how_something_is_asked_is_not_what_it_is_about(self) -> None:
        assert content_stems("What can I do about this?") == frozenset()

    def test_numbers_and_sums_of_money_carry_meaning(self) -> None:
        assert {"15", "£500"} <= content_stems("15 days and £500")

    @given(st.text())
    def test_no_text_breaks_the_comparison_of_words(self, text: str) -> None:
        assert content_stems(text) == content_stems(text.lower())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("He was sent home. Is that legal?", ["He was sent home.", "Is that legal?"]),
        ("one\ntwo", ["one", "two"]),
        ("It costs 1.5 hours a day", ["It costs 1.5 hours a day"]),
        ("", []),
    ],
    ids=["full stop", "line end", "decimal point", "nothing"],
)
def test_a_message_is_cut_where_its_sentences_end(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts
