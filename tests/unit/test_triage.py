"""Triage: a child at risk comes first, a story that only sounds like it goes on, and the quick way decides the same."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.adapters.patterns import PatternSet, without_look_arounds
from assistant.model import Catalogue, Status, TriageRule
from assistant.ports import PatternScanner, Suspicion
from assistant.triage import OUT_OF_SCOPE_FROM, URGENT_FROM, EveryPattern, Triage
from assistant.wording import clean
from corpus.catalogue import read_catalogue
from tests.fakes import OUT_OF_SCOPE, URGENT

ScannerMaker = Callable[[Sequence[str]], PatternScanner]
SCANNERS: tuple[ScannerMaker, ...] = (EveryPattern, PatternSet)
RULES = (OUT_OF_SCOPE, URGENT)


def a_rule(rule_id: str, *patterns: str, **changes: object) -> TriageRule:
    return replace(OUT_OF_SCOPE, id=rule_id, patterns=patterns, not_when=(), **changes)


def decided(text: str, *rules: TriageRule, scanner: ScannerMaker = EveryPattern) -> str | None:
    """The id of the rule that stops a message, if one does."""
    rule = Triage(rules or RULES, scanner=scanner).decide(text)
    return rule.id if rule else None


@pytest.mark.parametrize("scanner", SCANNERS)
class TestTheRules:
    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("he says he will kill himself", "self-harm"),
            ("HE SAYS HE WILL KILL HIMSELF", "self-harm"),
            ("we live in Scotland", "scotland"),
            ("we live in Scotland and she wants to kill herself", "self-harm"),
            ("in the story Ophelia wants to kill herself", None),
            ("we live in Scotland, and in the story she wants to kill herself", "scotland"),
            ("she was suspended for two days", None),
            ("overkill himself", None),
        ],
        ids=["urgent", "shouted", "elsewhere", "both", "vetoed", "vetoed, elsewhere", "ours", "inside a word"],
    )
    def test_a_message_is_stopped_by_the_rule_it_is_meant_for(
        self, text: str, rule: str | None, scanner: ScannerMaker
    ) -> None:
        assert decided(text, scanner=scanner) == rule

    @pytest.mark.parametrize("rules", [RULES, RULES[::-1]], ids=["urgent last", "urgent first"])
    def test_danger_comes_before_everything_else_wherever_it_stands_in_the_file(
        self, rules: Sequence[TriageRule], scanner: ScannerMaker
    ) -> None:
        assert decided("in scotland, i could kill myself laughing", *rules, scanner=scanner) == "self-harm"

    def test_rules_of_equal_weight_are_tried_in_the_order_of_the_file(self, scanner: ScannerMaker) -> None:
        rules = (a_rule("wales", "wales"), a_rule("university", "university"))
        assert decided("a university in wales", *rules, scanner=scanner) == "wales"
        assert decided("a university in wales", *rules[::-1], scanner=scanner) == "university"

    def test_a_veto_stops_only_its_own_rule(self, scanner: ScannerMaker) -> None:
        vetoed = replace(a_rule("wales", "wales"), not_when=("prince of wales",))
        rules = (vetoed, a_rule("titles", "prince"))
        assert decided("the prince of wales", *rules, scanner=scanner) == "titles"

    def test_without_rules_every_message_goes_on(self, scanner: ScannerMaker) -> None:
        assert Triage((), scanner=scanner).decide("he says he will kill himself") is None

    def test_a_message_that_is_not_plain_ascii_is_still_seen(self, scanner: ScannerMaker) -> None:
        assert decided("she’s not ok – says she’ll kill herself 💔", scanner=scanner) == "self-harm"


class TestTheSecondLook:
    @pytest.mark.parametrize(
        ("urgent", "out_of_scope", "rule"),
        [
            (URGENT_FROM, 0.0, "self-harm"),
            (URGENT_FROM - 0.01, 0.0, None),
            (0.0, OUT_OF_SCOPE_FROM, "scotland"),
            (0.0, OUT_OF_SCOPE_FROM - 0.01, None),
            (URGENT_FROM, 1.0, "self-harm"),
            (0.0, 0.0, None),
        ],
        ids=["urgent", "not sure", "elsewhere", "not sure of that", "both", "neither"],
    )
    def test_it_speaks_only_when_it_is_sure_and_of_danger_first(
        self, urgent: float, out_of_scope: float, rule: str | None
    ) -> None:
        suspicion = Suspicion(
            urgent=urgent, urgent_rule="self-harm", out_of_scope=out_of_scope, out_of_scope_rule="scotland"
        )
        found = Triage(RULES).second_look(suspicion, "a message")
        assert (found.id if found else None) == rule

    def test_nobody_is_sent_away_where_the_rule_is_vetoed_but_danger_is_never_vetoed(self) -> None:
        medical = replace(OUT_OF_SCOPE, id="medical", not_when=(r"exclu\w*",))
        triage = Triage([URGENT, medical])
        asked = "he has ADHD and was Excluded in the story"
        assert triage.second_look(Suspicion(out_of_scope=1.0, out_of_scope_rule="medical"), asked) is None
        assert triage.second_look(Suspicion(out_of_scope=1.0, out_of_scope_rule="medical"), "has he ADHD") == medical
        assert triage.second_look(Suspicion(urgent=1.0, urgent_rule="self-harm"), asked) == URGENT

    def test_a_rule_that_the_corpus_no_longer_has_stops_nothing(self) -> None:
        assert Triage(RULES).second_look(Suspicion(urgent=1.0, urgent_rule="forgotten"), "a message") is None

    def test_danger_needs_less_certainty_than_sending_somebody_away(self) -> None:
        assert URGENT_FROM < OUT_OF_SCOPE_FROM


# The shipped rules --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue()


@pytest.fixture(scope="module")
def patterns(catalogue: Catalogue) -> Sequence[str]:
    return [pattern for rule in catalogue.triage for pattern in rule.patterns]


@pytest.fixture(scope="module")
def pattern_set(patterns: Sequence[str]) -> PatternSet:
    return PatternSet(patterns)


MESSAGES = (
    "my son was suspended this morning and nobody will tell me why",
    "he says he wants to die and i don't know what to do",
    "she has taken a load of tablets",
    "She's cut her arms again, the school nurse rang",
    "he hasn't come home, it's 11pm",
    "dad hits her with a belt. due back there tonight",
    "older lads have him carrying drugs to the coast",
    "we are in Cardiff and he was excluded",
    "our school is in Glasgow",
    "what can the Education Authority in Belfast do",
    "what is the best recipe for scones?",
    "I was suspended from work",
    "this is killing us, when do the governors meet",
    "PEX Tues, goodbye note found, GDC date?",
    "kill\x0bmyself",
    "kill\nmyself",
    "KILL   MYSELF",
    "999",
    "",
    "  \n ",
    "he’s gone missing – phone off",
    "caf\u00e9 \u2026 \U0001f62d",
    "a" * 4000,
)


def may_match(scanner: PatternScanner, text: str) -> Collection[int]:
    return set(scanner.candidates(text))


def do_match(patterns: Sequence[str], text: str) -> Collection[int]:
    return {position for position, pattern in enumerate(patterns) if compiled(pattern).search(text)}


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)  # there are more of them than Python's own cache keeps


class TestTheQuickWay:
    """RE2's pattern set must never rule out what the pattern itself matches: a child's safety hangs on it."""

    def test_it_really_rules_most_patterns_out(self, pattern_set: PatternSet, patterns: Sequence[str]) -> None:
        assert len(may_match(pattern_set, "he was suspended for two days")) < len(patterns) / 10

    @pytest.mark.parametrize("text", MESSAGES, ids=lambda text: ascii(text)[:40])
    def test_no_pattern_that_matches_a_message_is_ruled_out(
        self, text: str, pattern_set: PatternSet, patterns: Sequence[str]
    ) -> None:
        lowered = clean(text).lower()
        assert do_match(patterns, lowered) <= may_match(pattern_set, lowered)

    def test_every_shipped_example_is_decided_the_same_both_ways(self, catalogue: Catalogue) -> None:
        one_by_one = Triage(catalogue.triage)
        at_once = Triage(catalogue.triage, scanner=PatternSet)
        texts = [clean(example.text) for example in catalogue.triage_examples]
        assert len(texts) > 400
        assert [t for t in texts if one_by_one.decide(t) is not at_once.decide(t)] == []

    @settings(max_examples=20)
    @given(text=st.text(alphabet=[chr(code) for code in range(128)], max_size=80))
    @example(text="he wants to\x1fkill himself\x00")
    def test_no_pattern_that_matches_random_text_is_ruled_out(
        self, text: str, pattern_set: PatternSet, patterns: Sequence[str]
    ) -> None:
        lowered = clean(text).lower()
        assert do_match(patterns, lowered) <= may_match(pattern_set, lowered)

    @settings(max_examples=20)
    @given(data=st.data())
    def test_no_pattern_that_matches_shuffled_messages_is_ruled_out(
        self, data: st.DataObject, catalogue: Catalogue, pattern_set: PatternSet, patterns: Sequence[str]
    ) -> None:
        message = st.sampled_from([example.text for example in catalogue.triage_examples if example.text.isascii()])
        halves = [data.draw(message), data.draw(message)]
        joint = data.draw(st.sampled_from([" ", ", ", "\n", "-", "/", "'", "..."]))
        cut = data.draw(st.integers(min_value=0, max_value=len(halves[0])))
        lowered = clean(halves[0][:cut] + joint + halves[1]).lower()
        assert do_match(patterns, lowered) <= may_match(pattern_set, lowered)


# Patterns without their look-arounds --------------------------------------------------------------------------------

ATOMS = st.sampled_from(["a", "b", r"\(", r"\)", "[ab]", "[()]", "[^a)]", "(?:a|b)", "(b)", r"\b", ".", "a?", r"[\]a]"])
INNER = st.lists(ATOMS, min_size=1, max_size=3).map("".join)
LOOKING = st.builds(
    "({}{})".format, st.sampled_from(["?=", "?!"]), INNER | st.builds("({}|(?:{}))".format, INNER, INNER)
) | st.sampled_from(["(?<=a)", "(?<!b)", r"(?<=\()", "(?<![)a])", "(?!(?=a)b)"])
PATTERNS = st.lists(ATOMS | LOOKING, min_size=1, max_size=6).map("".join)


class TestWidening:
    @pytest.mark.parametrize(
        ("pattern", "wide"),
        [
            (r"\bkill (?:him|her)self\b", r"\bkill (?:him|her)self\b"),
            (r"(?<!over)kill(?!ed| time)", "kill"),
            (r"a(?=[)(]\))b", "ab"),
            (r"a\(?=b", r"a\(?=b"),
            (r"(a(?!b(c(d)))e)", "(ae)"),
            (r"[(?=]a", "[(?=]a"),
            (r"[a(?=)]b", "[a(?=)]b"),
            (r"[]a(?!)]b", "[]a(?!)]b"),
            (r"[^]a(?!)]b", "[^]a(?!)]b"),
        ],
        ids=[
            "nothing to leave out", "behind and ahead", "brackets in a class", "an escaped bracket", "nested",
            "a class, not a look-ahead", "a class with brackets", "a class that begins with its end", "its opposite",
        ],
    )  # fmt: skip
    def test_only_the_look_arounds_are_left_out(self, pattern: str, wide: str) -> None:
        assert without_look_arounds(pattern) == wide

    @settings(max_examples=30)
    @given(pattern=PATTERNS, text=st.text(alphabet="ab() \n", max_size=12))
    def test_what_a_pattern_matches_its_wide_form_matches_too(self, pattern: str, text: str) -> None:
        if re.search(pattern, text):
            assert re.search(without_look_arounds(pattern), text)

    @settings(max_examples=30)
    @given(patterns=st.lists(PATTERNS, min_size=1, max_size=4), text=st.text(alphabet="ab() \n", max_size=12))
    def test_a_set_of_such_patterns_rules_out_none_that_matches(self, patterns: list[str], text: str) -> None:
        assert do_match(patterns, text) <= may_match(PatternSet(patterns), text)

    def test_every_shipped_pattern_has_a_wide_form_that_matches_at_least_as_much(
        self, catalogue: Catalogue, patterns: Sequence[str]
    ) -> None:
        wide = [without_look_arounds(pattern) for pattern in patterns]
        texts = [clean(each.text).lower() for each in catalogue.triage_examples[::10]]
        assert any(do_match(patterns, text) for text in texts)
        assert [text for text in texts if not do_match(patterns, text) <= do_match(wide, text)] == []

    def test_a_pattern_that_re2_cannot_read_is_always_tried(self) -> None:
        assert may_match(PatternSet([r"(a)\1", "b"]), "zzz") == {0}

    def test_a_message_that_matches_nothing_at_all_goes_on(self) -> None:
        assert may_match(PatternSet(["a", "b"]), "zzz") == set()
        assert may_match(PatternSet([]), "zzz") == set()


class TestTheShippedExamples:
    """The patterns agree with the examples that people who know the field wrote beside them."""

    def test_no_message_that_must_go_on_is_stopped(self, catalogue: Catalogue) -> None:
        triage = Triage(catalogue.triage)
        ours = [clean(example.text) for example in catalogue.triage_examples if example.rule is None]
        assert len(ours) > 150
        assert {text: rule.id for text in ours if (rule := triage.decide(text))} == {}

    def test_nobody_in_danger_is_sent_away(self, catalogue: Catalogue) -> None:
        triage = Triage(catalogue.triage)
        urgent = {rule.id for rule in catalogue.triage if rule.status is Status.URGENT}
        decided = [triage.decide(clean(each.text)) for each in catalogue.triage_examples if each.rule in urgent]
        assert len(decided) > 150
        assert [rule.id for rule in decided if rule and rule.status is not Status.URGENT] == []
