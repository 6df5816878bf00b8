"""What the shipped corpus says about time: each date worked by hand comes out, and each rule can be asked for."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.deadlines import Calculator, Happened
from assistant.errors import RuleNotInForce
from assistant.school_days import SchoolCalendar, Term
from assistant.time_rules import CountedDays, TimeLimits, TimeRule, Unit
from corpus.catalogue import read_catalogue
from corpus.time_limits import read_time_limits, with_labels
from tests.fakes import BANK_HOLIDAYS

GOLDEN = Path(__file__).parents[1] / "golden" / "worked_examples.yaml"
RESEARCH = Path(__file__).parents[3] / "shared" / "facts" / "deadlines.yaml"  # where the researchers' file may stand


@pytest.fixture(scope="module")
def limits() -> TimeLimits:
    return read_time_limits()


@pytest.fixture(scope="module")
def rules(limits: TimeLimits) -> Mapping[str, TimeRule]:
    return {rule.id: rule for rule in limits.rules}


@pytest.fixture(scope="module")
def calculator(limits: TimeLimits) -> Calculator:
    calendar = SchoolCalendar(
        id="worked-examples",
        name="Term dates of the worked examples",
        terms=tuple(Term(first=first, last=last) for first, last in _golden()["terms"]),
        bank_holidays=BANK_HOLIDAYS,
    )
    return Calculator(limits, calendar=calendar, bank_holidays=BANK_HOLIDAYS)


def _golden() -> Any:
    return yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))


def _research() -> Any:
    if not RESEARCH.exists():
        pytest.skip("the researchers' file is not beside the project")
    return yaml.safe_load(RESEARCH.read_text(encoding="utf-8"))


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


class TestWorkedExamples:
    @pytest.mark.parametrize("example", [pytest.param(each, id=each["rule"]) for each in _golden()["examples"]])
    def test_a_case_worked_by_hand_gives_its_date(self, example: Mapping[str, Any], calculator: Calculator) -> None:
        happened = {event: Happened(day=day) for event, day in example["starts"].items()}
        found = calculator.date_for(example["rule"], happened)
        assert found.day == example["result"]
        assert found.plain == example.get("plain", example["result"])

    def test_the_examples_are_those_of_the_researchers(self) -> None:
        ours = {each["rule"]: each for each in _golden()["examples"]}
        theirs = _research()
        assert sorted(ours) == sorted(rule["id"] for rule in theirs)
        for rule in theirs:
            worked, example = rule["worked_example"], ours[rule["id"]]
            assert example["result"] == _day(worked["result"])
            assert str(example.get("plain")) == str(worked.get("plain_date_before_roll"))
            told = re.findall(r"\d{4}-\d\d-\d\d", str(worked["start"]))
            assert not told or [_day(each) for each in told] == list(example["starts"].values())


class TestRules:
    def test_each_rule_says_what_the_researchers_wrote(self, rules: Mapping[str, TimeRule]) -> None:
        labels = {rule.id: rule.label for rule in rules.values()}
        for theirs in _research():
            ours = rules[theirs["id"]]
            for name in ("label", "applies_when", "who_must", "what"):
                assert getattr(ours, name) == with_labels(theirs[name], labels), (ours.id, name)
            assert ours.caveat.startswith(with_labels(theirs["caveat"], labels)), ours.id  # more may be said after it
            same = {
                "count_from": ours.count_from,
                "length": ours.length,
                "unit": "date_rule" if ours.unit is Unit.FIXED else ours.unit,
                "direction": ours.direction,
                "roll": ours.roll,
                "calendar": ours.days,
                "result_means": ours.means,
                "verified": ours.verified,
            }
            assert same == {name: theirs[name] for name in same}, ours.id
            assert len(ours.authority) == len(theirs["authority"]), ours.id
            # They have one event for the posting of two different letters.
            asked = theirs["clock_start"].replace("date_of_posting", "review_application_posted")
            assert ours.event == asked.split(";")[0].replace("_", "-")

    def test_the_first_fact_of_a_rule_states_its_number(self, limits: TimeLimits) -> None:
        by_id = {passage.id: passage for passage in read_catalogue().passages}
        unstated = {
            rule.id for rule in limits.rules if rule.facts and not _states(by_id[rule.facts[0]].statement, rule)
        }
        assert unstated == set()

    def test_only_one_rule_has_no_fact_to_cite(self, limits: TimeLimits) -> None:
        assert [rule.id for rule in limits.rules if not rule.facts] == ["ar-meeting-notice"]

    def test_limits_of_the_tribunal_and_no_others_have_its_break(self, limits: TimeLimits) -> None:
        with_break = {rule.id for rule in limits.rules if rule.breaks}
        assert with_break == {"sen-appeal-2m", "sen-appeal-1m", "sen-appeal", "tribunal-la-response", "tribunal-bundle"}
        assert {(each.first, each.last) for rule in limits.rules for each in rule.breaks} == {
            ((8, 1), (8, 31)),
            ((12, 25), (12, 31)),
            ((1, 1), (1, 1)),
        }

    def test_a_family_s_disability_claim_is_not_lengthened_by_the_tribunal_s_august(
        self, calculator: Calculator
    ) -> None:
        happened = {"date-of-conduct-or-end-of-continuing-conduct": Happened(day=date(2027, 2, 16))}
        assert calculator.date_for("disability-claim", happened).day == date(2027, 8, 15)

    @pytest.mark.parametrize("rule_id", ["gdc-15", "gdc-50", "irp-apply", "irp-hold", "gdc-reconsider"])
    def test_no_date_is_given_under_coronavirus_rules_that_are_not_held(
        self, rule_id: str, rules: Mapping[str, TimeRule], calculator: Calculator
    ) -> None:
        for day in (date(2020, 6, 1), date(2022, 3, 24)):
            with pytest.raises(RuleNotInForce):
                calculator.date_for(rule_id, {rules[rule_id].event: Happened(day=day)})

    def test_suspensions_are_joined_only_since_the_law_joined_them(self, rules: Mapping[str, TimeRule]) -> None:
        assert rules["susp-day-six"].in_force_from == date(2015, 1, 5)

    def test_a_child_excluded_in_the_afternoon_is_kept_in_from_the_next_school_day(
        self, calculator: Calculator
    ) -> None:
        happened = {"first-day-of-exclusion": Happened(day=date(2026, 11, 26), afternoon=True)}
        assert calculator.date_for("excl-public-place", happened).day == date(2026, 12, 3)

    def test_governors_are_told_to_meet_before_an_exam_that_comes_first(self, calculator: Calculator) -> None:
        happened = {
            "governing-board-notified": Happened(day=date(2027, 5, 4)),
            "public-exam": Happened(day=date(2027, 5, 12)),
        }
        found = calculator.date_for("gdc-15", happened)
        assert found.aim_for == date(2027, 5, 11)
        assert "exam" in str(found.aim_because)

    def test_totals_that_change_what_must_happen_are_5_15_and_45(self, limits: TimeLimits) -> None:
        totals = [(each.over, each.per, each.limit) for each in limits.thresholds]
        assert totals == [(5, "term", False), (15, "term", False), (45, "year", True)]


_NUMBERS = {
    1: "one|1 month|first day|a month|afternoon session on the first", 2: "two|second|2", 3: "three|3", 5: "five|5",
    6: "six|sixth|6", 8: "8", 10: "10", 12: "12|once every 12 months", 14: "14", 15: "15", 16: "16", 20: "20",
    21: "21", 24: "two years", 28: "28", 30: "30", 50: "50", 4: "four", 11: "11",
}  # fmt: skip


def _states(statement: str, rule: TimeRule) -> bool:
    """Whether the number of the rule is in the statement, in figures or in words."""
    if rule.before_day is not None:
        month, day = rule.before_day
        return f"before {day} {date(2027, month, day):%B}" in statement
    if rule.later_of:
        return "whichever is later" in statement
    if rule.id == "sar-extended":  # one month and two more
        return "extendable by two months" in statement
    return re.search(rf"\b({_NUMBERS[rule.length or 0]})\b", statement) is not None


# Which rule a message asks for ---------------------------------------------------------------------------------------

ASKED = """
excl-public-place | Suspended from Thursday, until which day do I have to keep her out of public places?
excl-public-place | when can my son go out to the shops again, he was expelled on monday
excl-s104-notice | by when must the head give us the section 104 notice?
susp-day-six | suspended for 9 days from 14 december, when must full-time education start?
susp-day-six | d6 provision date for 10 day fte from 3/11?
pex-day-six | pexed on 26 nov, what date does day 6 fall?
pex-day-six | by what date must the council put him in a pru or arrange tuition after permanent exclusion
gdc-15 | by when must the governors meet about the permanent exclusion, board told 2 dec
gdc-15 | gdc deadline for pex notified 2/12
gdc-15 | last date for governing board to consider reinstatement
gdc-50 | 8 days of suspension this term, i wrote to the governors, when must they meet by?
irp-apply | governors upheld on 3 december. last day to ask for independent review panel?
irp-apply | irp application deadline, gdc letter 3/12
irp-apply | how long do i have to appeal the expulsion after the governors said no
irp-apply-after-claim | tribunal disability claim decided 8 feb. can i still ask for a review panel and by when
irp-application-posted | i posted my review panel application first class on 4 january, what date does it count
irp-hold | irp applied 6 jan, when must the panel meet
irp-hold | by what date does the independent review have to be held
gdc-reconsider | panel quashed decision on 10 feb, when must governors reconsider
excl-pn-21 | penalty notice because my excluded son was in town, when can i still pay £60
excl-pn-28 | last day to pay the £120 fine for being out in public while excluded
offsite-notice | off site direction starts 14 jan, by when must the school give us notice
offsite-review-request | last off-site review was 24 november, when can i ask for another review?
twice-excluded-end | permanently excluded twice, second on 24 november 2026, when does the two years end?
admission-appeal-min | school place refused letter 24 november, earliest deadline for appeal
fap-20 | fair access protocol accepted 11 jan, when must he have a place
ehc-decide-assess | asked for an ehc needs assessment on 24 november, when must the council decide
ehc-decide-assess | ehcna request received 24/11 - LA decision due?
ehc-advice | when is the ep advice for the assessment due
ehc-refuse-plan | by what date must the council tell us it will not issue a plan
ehc-draft-comments | draft plan arrived 17 dec how many days to comment, what is the last day
ehc-final-plan | when must the final ehcp be issued, request made 24 november
ehc-final-plan | 20 weeks from 24 november is what date
ehc-annual-review | plan made 24 november 2026 when is next annual review due
ar-meeting-notice | annual review meeting on 21 january, by when must the school send invitations
ar-report | when is the report after the annual review meeting due
ar-decision | annual review was on 15 dec. by when must council tell us its decision
ar-comments | proposed amendments came 12 jan, last day to comment
ar-final-8 | amendment notice sent 12 january, when is the final plan due
ar-final-12 | annual review meeting 15 dec. latest date for final amended plan?
phase-15-feb | child in year 6 with ehcp moving to secondary sept 2027 deadline for naming school
phase-31-mar | y11 going to college with an ehcp, deadline to amend plan
phase-5-months | moving college in september with an ehc plan, when must it be amended by, five months?
move-old-la | we moved, old council found out 14 december, when must it transfer the plan to the new council
move-new-la | plan transferred 6 jan, by when must the new council tell us if it will reassess
mediation-contact | last day to contact the mediation adviser, letter 24 november
mediation-cert-decline | i told the adviser no mediation on 22 december, when is the certificate due
mediation-held | told council 24 nov we want mediation, when must the mediation meeting take place
mediation-deemed-cert | council can't arrange mediation in 30 days, when must the certificate be issued
sen-appeal-2m | two months from decision letter 24 june, what is the tribunal deadline in august
sen-appeal-1m | mediation certificate issued 29 november, one month to appeal, last day?
sen-appeal | decision letter refusing to assess sent 1 october, cert 29 nov, what's the deadline to appeal to sendist
tribunal-la-response | appeal sent to council 24 nov when must the la respond to the tribunal appeal
tribunal-ut-permission | deadline for permission to appeal to the upper tribunal
tribunal-order-assess-confirm | tribunal ordered the council to assess on 24 nov. when must they confirm they will start
tribunal-order-assess-final | tribunal ordered assessment 24 nov, when is the final plan due
tribunal-order-plan-draft | tribunal ordered them to issue a plan, when is the draft due
tribunal-order-plan-final | tribunal ordered them to issue a plan, when is the final due
tribunal-order-amend | tribunal ordered changes to section f, when must the amended plan be issued
tribunal-order-placement | ftt ordered la to name our school in section i on 24/11, due date?
unopposed-assess-confirm | council conceded our refusal to assess appeal when must it confirm it will assess
unopposed-assess-final | council won't oppose our appeal, when is the final plan due
unopposed-amend | la conceded the contents appeal, when is the amended plan due
disability-claim | deadline for disability discrimination claim about exclusion on 10 sept
ombudsman | last day to go to the ombudsman, found out 16 march
jr-longstop | what is the last day for judicial review of decision on 9 october
jr-preaction | pre-action letter sent 24 nov when must they reply
educational-record | asked for his school records in writing on 1 december. when must the school give them
sar | sar sent 17 december due when
sar-extended | school says sar is complex and needs more time, what is the new deadline
absence-pn-21 | fined for absence, last day to pay £80
absence-pn-28 | attendance penalty notice dated 1 december what is the last day to pay £160
gdc-papers | governors meet on 6 january, by when should we get the papers
notice-posted | governors letter posted first class on 3 december when does it count as received
roll-after-exclusion | when can the school take her off roll after the permanent exclusion
work-set | until which day must the school set and mark work
offsite-review-invite | when should we be invited to the review of the off-site placement on 20 jan
in-year-result | made an in-year application on 11 jan when must we hear
county-court-claim | race discrimination claim about exclusion on 10 sept, what's the deadline
tribunal-bundle | hearing 20 march, when must the bundle reach us for the tribunal
attendance-notice-reply | notice before a school attendance order served 1 december, how long
travel-appeal | last day to appeal refusal of school transport
data-complaint-reply | complained to the school about a data breach on 1 dec when must they acknowledge
tribunal-order-assess-refuse | tribunal ordered an assessment, when must the council say if it will not issue a plan
unopposed-assess-refuse | council conceded our refusal to assess appeal, when must it decide on no plan
"""


def _asked() -> list[tuple[str, str]]:
    return [(rule, message) for rule, _, message in (line.partition(" | ") for line in ASKED.split("\n") if line)]


def _asks_for(rule: TimeRule, message: str) -> bool:
    return any(all(re.search(pattern, message.lower()) for pattern in group) for group in rule.asked)


class TestAsked:
    @pytest.mark.parametrize(("rule_id", "message"), _asked())
    def test_a_date_is_asked_for_in_a_person_s_own_words(
        self, rule_id: str, message: str, rules: Mapping[str, TimeRule]
    ) -> None:
        assert _asks_for(rules[rule_id], message)

    @pytest.mark.parametrize(
        ("message", "others"),
        [
            ("governors upheld it on 3 December, last day to ask for a review panel?", ["irp-hold"]),
            ("applied on 6 January, when must the panel meet", ["gdc-15"]),
            ("asked for an EHC needs assessment, when must the council decide", ["ehc-final-plan", "ar-decision"]),
            ("EHCNA request 24 Nov, when is the final EHCP due", ["ehc-decide-assess", "ar-final-12"]),
            ("annual review was 15 Dec, when must the LA tell us its decision", ["ar-final-12", "ehc-final-plan"]),
            ("it was fine until he was excluded, when must governors meet", ["excl-pn-21", "excl-pn-28"]),
            ("can you work out when the governors must meet", ["work-set"]),
        ],
    )
    def test_a_question_about_one_date_is_not_taken_for_another(
        self, message: str, others: list[str], rules: Mapping[str, TimeRule]
    ) -> None:
        mistaken = [each for each in others if _asks_for(rules[each], message)]
        assert mistaken == []

    def test_every_rule_can_be_asked_for(self, limits: TimeLimits) -> None:
        assert {rule.id for rule in limits.rules} - {rule_id for rule_id, _ in _asked()} == set()


class TestWords:
    def test_school_days_rules_say_that_the_school_s_own_days_count(self, limits: TimeLimits) -> None:
        in_school_days = [rule for rule in limits.rules if rule.days is CountedDays.SCHOOL_DAYS]
        assert [rule.id for rule in in_school_days if "School days are days" not in (rule.caveat or "")] == []

    def test_nothing_said_about_time_has_a_dash_between_clauses_or_markup(self, limits: TimeLimits) -> None:
        said = [text for rule in limits.rules for text in (rule.label, rule.what, rule.caveat or "")]
        said += [text for event in limits.events for text in (event.label, event.ask)]
        assert [text for text in said if re.search(r"[—*<>]", text)] == []
