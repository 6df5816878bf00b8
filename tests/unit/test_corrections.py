"""What a reader puts right about the child wins over what the message says."""

from datetime import date

import pytest

from assistant.errors import UnknownCondition
from assistant.model import Corrections, Situation
from assistant.situation import corrected, read_situation

MESSAGE = "He has an EHC plan and was suspended from an academy."


def read(*, also: frozenset[str] = frozenset(), without: frozenset[str] = frozenset()) -> Situation:
    situation = read_situation(MESSAGE, history=(), today=date(2026, 11, 21))
    return corrected(situation, Corrections(also=also, without=without))


def test_message_that_was_read_rightly_stays_as_it_was_read() -> None:
    assert read() == read_situation(MESSAGE, history=(), today=date(2026, 11, 21))


def test_parent_takes_away_what_was_read_wrongly() -> None:
    situation = read(without=frozenset({"ehc-plan", "suspended"}))

    assert not situation.needs & {"ehc-plan"}
    assert not situation.stages
    assert "ehc-plan" in situation.ruled_out


def test_kind_of_school_that_is_told_stands_in_for_the_one_that_was_read() -> None:
    assert read(also=frozenset({"maintained"})).settings == {"maintained"}


def test_parent_adds_what_the_message_did_not_say() -> None:
    situation = read(also=frozenset({"in-care", "no-school"}))

    assert {"in-care", "ehc-plan"} <= situation.needs
    assert {"no-school", "suspended"} <= situation.stages


def test_need_that_was_denied_in_the_message_can_be_put_back() -> None:
    situation = corrected(Situation(ruled_out=frozenset({"ehc-plan"})), Corrections(also=frozenset({"ehc-plan"})))

    assert situation.needs == {"ehc-plan"}
    assert not situation.ruled_out
    assert situation.ours


def test_word_that_is_none_of_ours_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownCondition, match=r"“moon” is not a setting, stage or need known here.*academy"):
        read(also=frozenset({"moon"}))
