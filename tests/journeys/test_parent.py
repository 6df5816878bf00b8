"""A parent asks what they really ask, on the command line and through the API."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.journeys.programs import Apnav, Site

PROPOSAL = "proposal"


def cited(answer: Mapping[str, Any]) -> list[str]:
    """The ids of the passages an answer cites, in its order."""
    return [citation["passage_id"] for citation in answer["citations"]]


def lead(answer: Mapping[str, Any]) -> Sequence[str]:
    """The passages of the statement that is read first."""
    passages = {citation["n"]: citation["passage_id"] for citation in answer["citations"]}
    return [passages[n] for n in answer["statements"][0]["citations"]]


def not_yet_law(answer: Mapping[str, Any]) -> set[str]:
    """The passages of an answer that came into force after the day it answers on."""
    return {c["passage_id"] for c in answer["citations"] if c["in_force_from"] and c["in_force_from"] > answer["as_at"]}


def shown_as_change(answer: Mapping[str, Any]) -> set[str]:
    """The passages of an answer that only say what the law was before or became since."""
    numbers = {n for s in answer["statements"] if s["role"] == "change" for n in s["citations"]}
    return {citation["passage_id"] for citation in answer["citations"] if citation["n"] in numbers}


# What happened today ------------------------------------------------------------------------------------------------


def test_parent_of_a_child_suspended_for_the_first_time_learns_what_must_happen_and_what_they_can_do(
    apnav: Apnav,
) -> None:
    answer = apnav.answer("My son has been suspended for the first time, for two days. What happens now?")

    assert answer["status"] == "answered"
    facts = set(cited(answer))
    assert facts & {"exc-053", "exc-054"}, "the school writes down why and for how long"
    assert facts & {"exc-054", "exc-077"}, "the parent may write to the governors"
    assert facts & {"exc-057", "exc-062"}, "the parent keeps the child out of public places"
    assert "exc-068" in facts, "the school sets work"
    assert answer["help"]


def test_parent_of_a_child_permanently_excluded_yesterday_learns_the_time_limits_and_who_teaches_the_child(
    site: Site,
) -> None:
    answer = site.answer("My daughter was permanently excluded yesterday. What happens next and what should I do?")

    assert answer["status"] == "answered"
    facts = set(cited(answer))
    assert "exc-080" in facts, "the governors meet within 15 school days"
    assert facts & {"exc-071", "ap-016"}, "the council provides education from the sixth day"
    assert facts & {"exc-054", "exc-100", "exc-112"}, "what the parent can do about it"
    assert answer["help"]


def test_parent_told_to_collect_a_child_to_cool_off_reads_first_that_it_is_unlawful(apnav: Apnav) -> None:
    outcome = apnav.ask("School rang and told me to pick him up to cool off, no letter. Is that allowed?")

    assert outcome.status == 0
    first, _, rest = outcome.said.partition("\n")
    assert first.removeprefix("- ").startswith('Sending a pupil home to "cool off"')
    assert "is unlawful" in first
    assert "[1]" in first
    assert "\nSources\n[1] " in rest
    assert "More: apnav show exc-035" in rest
    assert "Law as at " in rest.rstrip().splitlines()[-1]


def test_parent_can_look_up_the_passage_that_an_answer_names(apnav: Apnav, site: Site) -> None:
    answer = site.answer("School rang and told me to pick him up to cool off, no letter. Is that allowed?")
    citation = answer["citations"][0]

    shown = apnav.run("show", citation["passage_id"], "--json")

    assert shown.status == 0, shown.complained
    assert citation["quote"] in shown.answer["statement"]


# Not ours, or not safe ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("My son says he wants to kill himself since he was excluded.", id="wants-to-die"),
        pytest.param(
            "She was suspended and now her dad hits her every night, I am scared for her tonight.", id="hit-at-home"
        ),
    ],
)
def test_parent_of_a_child_at_risk_gets_the_emergency_contacts_before_anything_else(site: Site, message: str) -> None:
    answer = site.answer(message)

    assert answer["status"] == "urgent"
    assert answer["help"][0]["phone"] == "999"
    lines = [line for line in answer["text"].splitlines() if line]
    assert lines[0] == "**Get help now**"
    assert "**999**" in lines[1]
    assert answer["text"].index("999") < min(answer["text"].index(s["text"]) for s in answer["statements"])


def test_parent_of_a_child_at_risk_sees_the_contacts_first_on_the_terminal(apnav: Apnav) -> None:
    outcome = apnav.ask("My son says he wants to kill himself since he was excluded.")

    assert outcome.status == 0
    assert "999" in "".join(outcome.said.split("\n\n")[:2])


def test_parent_in_cardiff_is_told_that_this_is_the_law_of_england_only(site: Site) -> None:
    answer = site.answer("We live in Cardiff and my son has been excluded, what are his rights?")

    assert answer["status"] == "out_of_scope"
    assert answer["text"].startswith("This service covers England only.")
    assert "SNAP Cymru" in {contact["name"] for contact in answer["help"]}
    assert "exc-080" not in cited(answer)


def test_parent_who_asks_about_a_leaking_tap_is_told_that_it_is_not_our_subject(apnav: Apnav) -> None:
    answer = apnav.answer("how do I fix a leaking tap")

    assert answer["status"] == "out_of_scope"
    assert answer["statements"] == []


def test_parent_who_asks_what_we_do_not_hold_is_told_that_nothing_was_found(apnav: Apnav) -> None:
    answer = apnav.answer("does the school library open on saturdays")

    assert answer["status"] == "not_found"
    assert answer["statements"] == answer["citations"] == []
    assert "I could not find an answer" in answer["text"]
    assert answer["near_misses"]
    assert answer["help"]


# Wrong premises and follow-ups --------------------------------------------------------------------------------------


def test_parent_who_believes_the_panel_can_order_the_school_is_put_right_first(apnav: Apnav) -> None:
    answer = apnav.answer("the panel can order the school to take him back, right?")

    assert answer["status"] == "answered"
    assert answer["statements"][0]["role"] == "correction"
    assert lead(answer) == ["exc-113"]
    assert "no power to order" in answer["text"].split("\n\n")[1]


def test_a_follow_up_about_an_academy_keeps_the_subject_and_changes_the_kind_of_school(site: Site) -> None:
    asked = "Can a maintained school direct my son off site to improve his behaviour?"
    first = site.answer(asked)
    history = [{"role": "user", "content": asked}, {"role": "assistant", "content": first["text"]}]

    followed = site.answer("what about an academy?", history=history)

    assert first["situation"]["settings"] == ["maintained"]
    assert followed["situation"]["settings"] == ["academy"]
    assert followed["status"] == "answered"
    assert set(cited(followed)) & {"ap-031", "exc-147"}
    assert "ap-031b" in cited(followed)


def test_a_follow_up_without_its_conversation_is_not_guessed_at(site: Site) -> None:
    alone = site.answer("what about an academy?")
    followed = site.answer(
        "what about an academy?",
        history=[{"role": "user", "content": "Can a maintained school direct my son off site for his behaviour?"}],
    )

    assert cited(alone) != cited(followed)


# Dates --------------------------------------------------------------------------------------------------------------

WITHOUT_A_DATE = "The governors upheld the permanent exclusion. What is the last day to ask for a review panel?"
GIVEN_IN_OCTOBER = "The governors' decision letter was handed to me on 1 October 2026."


def test_parent_in_a_chat_is_asked_for_the_one_date_needed_replies_and_learns_the_last_day(apnav: Apnav) -> None:
    chat = apnav.run("chat", stdin=f"{WITHOUT_A_DATE}\n1 December 2026, handed to me\n/quit\n")

    assert chat.status == 0, chat.complained
    first, dated = chat.said.split("Law as at ")[:2]
    assert "within 15 school days after the day they are given written notice" in first
    assert "On what day were you given the governors' decision letter" in first
    assert "How the dates are counted" not in first
    assert "Wednesday 6 January 2027" in dated.split("\n\n")[1]
    assert "15 school days from Wednesday 2 December 2026 to Wednesday 6 January 2027" in dated
    assert "SI 2012/1033" in dated


def test_parent_in_a_chat_who_says_the_letter_was_posted_gets_the_later_day(apnav: Apnav) -> None:
    chat = apnav.run("chat", stdin=f"{WITHOUT_A_DATE}\nit was posted first class on 1 December 2026\n")

    assert chat.status == 0, chat.complained
    assert (
        "Posted first class on Tuesday 1 December 2026, so it counts as given on Thursday 3 December 2026" in chat.said
    )
    assert "Friday 8 January 2027" in chat.said


def test_parent_whose_school_has_other_holidays_is_counted_on_its_calendar(apnav: Apnav) -> None:
    asked = f"{GIVEN_IN_OCTOBER} What was the last day to ask for a review panel?"

    usual = apnav.answer(asked)["deadlines"][0]
    other = apnav.answer(asked, "--calendar", "two-week-october-2026-27")["deadlines"][0]

    assert (usual["rule"], usual["date"], other["date"]) == ("irp-apply", "2026-10-22", "2026-11-05")
    assert usual["calendar"] != other["calendar"]
    assert "10 October to 25 October" in other["working"]


def test_parent_who_names_a_calendar_that_is_not_there_is_told_which_are(apnav: Apnav) -> None:
    refused = apnav.ask(f"{GIVEN_IN_OCTOBER} {WITHOUT_A_DATE}", "--calendar", "mars")

    assert (refused.status, refused.said) == (2, "")
    assert "no calendar “mars”" in refused.complained
    assert "typical-2026-27" in refused.complained


def test_parent_whose_calendar_ends_too_soon_is_told_what_is_needed_and_given_no_date(apnav: Apnav) -> None:
    answer = apnav.answer(
        "The governors' letter was handed to me on 18 October 2027. Last day to ask for a review panel?"
    )

    assert answer["status"] == "answered"
    assert answer["deadlines"] == []
    assert lead(answer) == ["exc-100"]
    assert any("this count needs the term dates around" in notice for notice in answer["notices"])


# The law of the day -------------------------------------------------------------------------------------------------

OFF_SITE = "Can an academy direct my son off site to improve his behaviour?"
POWER_OF_2026 = {"ap-031", "exc-147"}


@pytest.fixture(scope="module")
def in_november_2025(apnav: Apnav) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = apnav.answer(OFF_SITE, "--as-at", "2025-11-01")
    return answer


def test_parent_asking_as_at_november_2025_is_answered_on_the_law_before_the_change(
    in_november_2025: Mapping[str, Any],
) -> None:
    answer = in_november_2025

    assert answer["as_at"] == "2025-11-01"
    assert "hist-001" in set(cited(answer)) - shown_as_change(answer)
    assert not_yet_law(answer) <= shown_as_change(answer)
    assert "ap-031b" not in cited(answer)


def test_parent_asking_as_at_november_2025_is_told_that_the_law_has_changed_since(
    in_november_2025: Mapping[str, Any],
) -> None:
    answer = in_november_2025

    assert POWER_OF_2026 & shown_as_change(answer)
    assert any("Changed on 26 July 2026" in notice and "since" in notice for notice in answer["notices"])


def test_parent_asking_as_at_november_2026_is_answered_on_the_new_power_and_told_when_it_began(apnav: Apnav) -> None:
    answer = apnav.answer(OFF_SITE, "--as-at", "2026-11-01")

    current = set(cited(answer)) - shown_as_change(answer)
    assert POWER_OF_2026 & current
    assert "ap-031b" in current
    assert "hist-001" not in current
    assert any("26 July 2026" in notice for notice in answer["notices"])


def test_the_law_changes_from_one_day_to_the_next(site: Site) -> None:
    before, after = (site.answer(OFF_SITE, as_at=day) for day in ("2026-07-25", "2026-07-26"))

    assert "hist-001" in set(cited(before)) - shown_as_change(before)
    assert not POWER_OF_2026 & (set(cited(before)) - shown_as_change(before))
    assert POWER_OF_2026 & (set(cited(after)) - shown_as_change(after))


def test_parent_whose_son_was_excluded_in_may_2025_is_answered_on_the_law_of_may_2025(site: Site) -> None:
    answer = site.answer("My son was excluded permanently in May 2025. When did the governors have to meet?")

    assert answer["as_at"] == "2025-05-15"
    assert "This answers on the law as it stood on 15 May 2025." in answer["notices"]
    assert "exc-080" in cited(answer)
    assert not_yet_law(answer) <= shown_as_change(answer)


def test_parent_whose_academy_moved_him_in_may_2025_learns_the_law_then_and_what_it_is_since(site: Site) -> None:
    answer = site.answer("My son was excluded in May 2025. Could the academy send him off site for his behaviour?")

    assert answer["as_at"] == "2025-05-15"
    assert "hist-001" in set(cited(answer)) - shown_as_change(answer)
    assert not_yet_law(answer) <= shown_as_change(answer)
    assert any("26 July 2026" in notice for notice in answer["notices"])


# Proposals ----------------------------------------------------------------------------------------------------------


def test_parent_who_asks_what_may_change_sees_proposals_marked_as_no_law(site: Site) -> None:
    answer = site.answer("What does the white paper propose for suspensions?", as_at="2026-11-21")

    proposals = [citation["n"] for citation in answer["citations"] if citation["tier"] == PROPOSAL]
    assert proposals
    for n in proposals:
        assert f"[{n}] is a proposal, not law." in answer["notices"]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Can a suspended pupil be made to work in a room at school all day?", id="internal"),
        pytest.param("Can the tribunal name a school in my son's EHC plan?", id="tribunal"),
        pytest.param("My son was suspended for five days. Who can I complain to?", id="suspended"),
    ],
)
def test_parent_who_does_not_ask_about_reform_is_shown_no_proposal(site: Site, question: str) -> None:
    answer = site.answer(question, as_at="2026-11-21")

    assert answer["status"] == "answered"
    assert PROPOSAL not in {citation["tier"] for citation in answer["citations"]}
