"""Citations say exactly where words come from, and nothing stands that says more than what it cites."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.citations import UNCHECKED, cite, reference, says_no_more, supported
from assistant.model import Citation, Force, Passage, Statement
from assistant.sources import Authority, Tier, Verification
from tests.fakes import EXAMPLES, TODAY, a_passage, a_source

GUIDANCE = a_source("exclusion-guidance-2026", tier=Tier.STATUTORY_GUIDANCE, edition="July 2026")
DUTY = "The headteacher must tell the parents without delay why the pupil was suspended and for how long."
POWER = "A governing board may meet parents before it decides, and may ask for more papers."
BAN = "The school must not send a pupil home for disrupting lessons."
LIMIT = "The governing board must meet within 15 school days of the notice."
QUOTES = (DUTY, POWER, BAN, LIMIT)


def a_statement(text: str, *citations: int) -> Statement:
    return Statement(text=text, force=Force.MUST, duty_on="headteacher", citations=citations)


def stands(text: str, *, on: str) -> bool:
    """Whether a statement with this text is kept when it cites a passage that says `on`."""
    passage = a_passage("exc-001", on)
    return bool(supported([a_statement(text, 1)], [cite(passage, 1)], {"exc-001": passage}))


class TestCiting:
    def test_a_citation_carries_the_exact_words_and_everything_needed_to_find_them(self) -> None:
        passage = a_passage("exc-030", DUTY, in_force_to=date(2030, 1, 1))
        assert cite(passage, 3) == Citation(
            n=3,
            passage_id="exc-030",
            title="Education act 2002",
            provision="s.51A(1)",
            edition=None,
            tier=Tier.ACT,
            url="https://example.org/education-act-2002",
            quote=DUTY,
            in_force_from=date(2012, 9, 1),
            in_force_to=date(2030, 1, 1),
            checked_on=TODAY,
            verified=Verification.PRIMARY,
        )

    def test_a_paragraph_of_the_current_edition_names_that_edition(self) -> None:
        assert cite(a_passage(authority=(Authority(source=GUIDANCE, provision="para 12"),)), 1).edition == "July 2026"

    def test_a_paragraph_read_in_an_older_edition_is_never_shown_as_the_current_ones(self) -> None:
        read_earlier = Authority(source=GUIDANCE, provision="para 12", read_in="August 2024")
        citation = cite(a_passage(authority=(read_earlier,)), 1)
        assert citation.edition == "August 2024"
        assert "July 2026" not in repr(citation)

    def test_the_other_places_of_a_passage_keep_the_edition_their_number_was_read_in(self) -> None:
        act = Authority(source=a_source(), provision="s.51A")
        guidance = Authority(source=GUIDANCE, provision="para 12", read_in="August 2024")
        citation = cite(a_passage(authority=(guidance, act)), 1)
        assert citation.tier is Tier.ACT
        assert citation.also == ("Exclusion guidance 2026, para 12 (numbered as in the August 2024)",)

    @given(st.permutations([a_source(tier.value, tier=tier) for tier in Tier]))
    def test_the_strongest_authority_speaks_first_whatever_the_order_in_the_corpus(self, sources: list) -> None:
        passage = a_passage(authority=tuple(Authority(source=source) for source in sources))
        assert cite(passage, 1).tier is Tier.ACT

    def test_a_link_to_the_very_section_is_preferred_to_the_documents_own(self) -> None:
        section = Authority(source=a_source(), url="https://example.org/section/51A")
        assert cite(a_passage(authority=(section,)), 1).url == "https://example.org/section/51A"

    def test_a_fact_known_only_from_memory_says_that_it_is_unchecked(self) -> None:
        assert cite(a_passage(verified=Verification.MEMORY), 1).note == UNCHECKED
        caveated = a_passage(verified=Verification.MEMORY, caveat="Only in maintained schools.")
        assert cite(caveated, 1).note == f"Only in maintained schools. {UNCHECKED}"

    @pytest.mark.parametrize("verified", [Verification.PRIMARY, Verification.SECONDARY])
    def test_a_checked_fact_carries_no_warning(self, verified: Verification) -> None:
        assert cite(a_passage(verified=verified), 1).note is None

    @pytest.mark.parametrize(
        ("provision", "edition", "line"),
        [
            (None, None, "Exclusion guidance"),
            (None, "August 2024", "Exclusion guidance"),
            ("para 12", None, "Exclusion guidance, para 12"),
            ("para 12", "August 2024", "Exclusion guidance, para 12 (numbered as in the August 2024)"),
        ],
    )
    def test_a_place_is_one_line_with_an_edition_only_beside_a_number(
        self, provision: str | None, edition: str | None, line: str
    ) -> None:
        assert reference("Exclusion guidance", provision, edition) == line


class TestWhatStands:
    @given(st.text(min_size=1))
    def test_a_verbatim_quote_always_stands(self, words: str) -> None:
        assert stands(words, on=words)

    @pytest.mark.parametrize("passage", EXAMPLES, ids=lambda passage: passage.id)
    def test_every_passage_of_a_catalogue_may_be_quoted(self, passage: Passage) -> None:
        assert stands(passage.statement, on=passage.statement)

    @pytest.mark.parametrize(
        ("text", "quote"),
        [
            ("The headteacher must tell the parents without delay why the pupil was suspended.", DUTY),
            ("The board may ask for more papers before it decides.", POWER),
            ("The school must not send a pupil home for disrupting a lesson.", BAN),
            ("The governing board must meet within fifteen school days.", LIMIT),
        ],
    )
    def test_a_shorter_wording_of_the_same_duty_stands(self, text: str, quote: str) -> None:
        assert stands(text, on=quote)

    def test_a_statement_may_draw_on_two_passages_at_once(self) -> None:
        duty, limit = a_passage("exc-001", DUTY), a_passage("exc-002", LIMIT)
        both = (
            "The headteacher must tell the parents without delay; the governing board must meet within 15 school days."
        )
        known = {"exc-001": duty, "exc-002": limit}
        assert supported([a_statement(both, 1, 2)], [cite(duty, 1), cite(limit, 2)], known)
        assert not supported([a_statement(both, 1)], [cite(duty, 1), cite(limit, 2)], known)


class TestWhatIsRefused:
    @given(st.sampled_from(QUOTES))
    def test_a_statement_without_a_citation_is_refused(self, quote: str) -> None:
        passage = a_passage("exc-001", quote)
        assert supported([a_statement(quote)], [cite(passage, 1)], {"exc-001": passage}) == ()

    @given(st.sampled_from(QUOTES), st.integers().filter(lambda n: n != 1), st.booleans())
    def test_a_statement_that_cites_a_number_nobody_gave_is_refused(self, quote: str, n: int, also_right: bool) -> None:
        passage = a_passage("exc-001", quote)
        numbers = (1, n) if also_right else (n,)
        assert supported([a_statement(quote, *numbers)], [cite(passage, 1)], {"exc-001": passage}) == ()

    @given(
        st.sampled_from(QUOTES),
        st.integers(min_value=0, max_value=10**9),
        st.sampled_from(["{}", "£{}", "{:,}", "{}.5"]),
    )
    def test_a_number_that_the_quote_does_not_have_is_refused(self, quote: str, number: int, form: str) -> None:
        written = form.format(number)
        assume(written != "15")
        assert not stands(f"{quote.rstrip('.')} within {written} days.", on=quote)

    @pytest.mark.parametrize("written", ["five", "sixteen", "thirty", "fifth", "ten", "one hundred", "Twenty"])
    def test_a_number_in_words_that_the_quote_does_not_have_is_refused(self, written: str) -> None:
        assert not stands(LIMIT.replace("15", written), on=LIMIT)

    @pytest.mark.parametrize(
        ("text", "quote"),
        [
            pytest.param(POWER.replace("may", "must"), POWER, id="may made must"),
            pytest.param(POWER.replace("may", "should"), POWER, id="may made should"),
            pytest.param(POWER.replace("may meet", "has to meet"), POWER, id="may made has to"),
            pytest.param(DUTY.replace("must", "should"), DUTY, id="must made should"),
            pytest.param(DUTY.replace("must", "may"), DUTY, id="must made may"),
            pytest.param(DUTY.replace("must", "can"), DUTY, id="must made can"),
            pytest.param(
                "From 1 May 2026 the board may meet the parents.",
                "From 1 May 2026 the board must meet the parents.",
                id="must made may beside the month of May",
            ),
        ],
    )
    def test_a_duty_made_stronger_or_weaker_is_refused(self, text: str, quote: str) -> None:
        assert not stands(text, on=quote)

    @pytest.mark.parametrize(
        ("text", "quote"),
        [
            pytest.param(BAN.replace("must not", "must"), BAN, id="not left out"),
            pytest.param(LIMIT.replace("must", "must not"), LIMIT, id="not put in"),
            pytest.param(LIMIT.replace("must meet", "mustn’t meet"), LIMIT, id="not put in, run together"),
            pytest.param(
                "The head must tell the parents and must exclude the pupil.",
                "The head must not exclude the pupil and must tell the parents.",
                id="not left out of a duty",
            ),
            pytest.param(
                "The head must exclude the pupil and must not tell the parents.",
                "The head must not exclude the pupil and must tell the parents.",
                id="not moved to another duty",
            ),
            pytest.param(
                "The head must not tell the parents without delay why the pupil was suspended and for how long.",
                DUTY,
                id="not put in where another negation stands",
            ),
        ],
    )
    def test_a_turned_negation_is_refused(self, text: str, quote: str) -> None:
        assert not stands(text, on=quote)

    @given(st.sampled_from([LIMIT, POWER]), st.data())
    def test_a_not_put_anywhere_into_a_quote_that_denies_nothing_is_refused(
        self, quote: str, data: st.DataObject
    ) -> None:
        words = quote.split()
        at = data.draw(st.integers(min_value=0, max_value=len(words)))
        assert not stands(" ".join([*words[:at], "not", *words[at:]]), on=quote)

    @given(st.sampled_from(QUOTES), st.sampled_from(QUOTES))
    def test_words_of_one_passage_never_stand_on_another(self, text: str, quote: str) -> None:
        assume(text != quote)
        assert not stands(text, on=quote)

    @given(st.text())
    def test_text_that_drifts_away_from_the_quote_is_refused(self, text: str) -> None:
        assume(not set(re.findall(r"[a-z]+", text.lower())) & set(re.findall(r"[a-z]+", DUTY.lower())))
        assert not stands(text, on=DUTY)

    def test_a_quote_that_the_passage_does_not_hold_carries_nothing(self) -> None:
        passage = a_passage("exc-001", DUTY)
        altered = replace(cite(passage, 1), quote=DUTY.replace("parents", "governors"))
        assert supported([a_statement(altered.quote, 1)], [altered], {"exc-001": passage}) == ()

    def test_a_citation_of_a_passage_that_was_not_retrieved_carries_nothing(self) -> None:
        passage = a_passage("exc-001", DUTY)
        assert supported([a_statement(DUTY, 1)], [cite(passage, 1)], {}) == ()

    def test_one_unsupported_statement_does_not_take_the_sound_ones_with_it(self) -> None:
        passage = a_passage("exc-001", DUTY)
        sound = a_statement(DUTY, 1)
        invented = a_statement("The headteacher must apologise in public.", 1)
        assert supported([invented, sound, a_statement(DUTY)], [cite(passage, 1)], {"exc-001": passage}) == (sound,)

    @given(st.text(), st.lists(st.text()))
    def test_no_text_breaks_the_checker(self, text: str, quotes: list[str]) -> None:
        assert says_no_more(text, quotes) in (True, False)
