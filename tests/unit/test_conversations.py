"""What may be kept of a conversation: the question masked, and nothing of what was taken out left in the answer."""

import json
from datetime import UTC, date, datetime

import pytest

from assistant.conversations import (
    ConversationError,
    ConversationGone,
    KeptTurn,
    SharedAnswerExpired,
    SharedAnswerUnknown,
    StoreUnavailable,
    masked,
)
from assistant.errors import NavigatorError
from assistant.model import Audience
from tests.fakes import FakeMasker

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def a_turn(asked: str, **answer: object) -> KeptTurn:
    return KeptTurn(asked=asked, audience=Audience.PARENT, as_at=date(2026, 11, 21), answer=json.dumps(answer), at=NOW)


def kept(asked: str, **answer: object) -> tuple[str, dict[str, object]]:
    turn = masked(a_turn(asked, **answer), mask=FakeMasker().mask)
    return turn.asked, json.loads(turn.answer)


def test_childs_name_is_not_kept_with_the_question() -> None:
    asked, _ = kept("Secretson was sent home on 3 November 2026.")

    assert asked == "[name] was sent home on 3 November 2026."


def test_name_that_the_answer_repeats_is_taken_out_of_it_too() -> None:
    _, answer = kept(
        "Secretson was sent home.",
        notices=["We read “Secretson” as the pupil."],
        deadlines=[{"working": "Counted from the day Secretson was told.", "label": "Ask for a review"}],
    )

    assert answer["notices"] == ["We read “[removed]” as the pupil."]
    assert answer["deadlines"] == [{"working": "Counted from the day [removed] was told.", "label": "Ask for a review"}]


def test_words_of_the_law_and_help_line_numbers_stay_readable() -> None:
    said = {
        "text": "The headteacher must tell you. [1]",
        "help": [{"name": "Secretariat of advice", "phone": "01632 960000"}],
        "citations": [{"quote": "Secret ballots are not needed."}],
    }
    _, answer = kept("Secret ballots?", **said)

    assert answer == said


def test_part_of_a_word_is_not_mistaken_for_a_name() -> None:
    _, answer = kept("Secretso rang.", notices=["Secretson is another, Secretso is not."])

    assert answer["notices"] == ["Secretson is another, [removed] is not."]


def test_full_postcode_of_the_family_is_masked_in_what_was_understood() -> None:
    turn = a_turn("We live at SW1A 2AA.", situation={"postcode": "SW1A 2AA"})

    said = json.loads(masked(turn, mask=lambda text: text.replace("2AA", "[postcode]")).answer)

    assert said["situation"]["postcode"] == "SW1A [postcode]"


def test_question_with_nothing_to_hide_is_kept_word_for_word() -> None:
    turn = a_turn("Can the school do that?", notices=["Changed on 26 July 2026."])

    assert masked(turn, mask=FakeMasker().mask) == turn


@pytest.mark.parametrize(
    "error", [ConversationGone(), SharedAnswerUnknown(), SharedAnswerExpired(), StoreUnavailable("here", why="full")]
)
def test_each_error_says_what_to_do_next(error: ConversationError) -> None:
    assert isinstance(error, NavigatorError)
    assert error.code != NavigatorError.code
    assert any(
        word in str(error) for word in ("ask your question again", "Ask the person who sent it", "Free some space")
    )


@pytest.mark.parametrize(
    "asked",
    [
        "Secretson was sent home by Secretly",
        "sent home today: Secretson",
        "Secretson",
        "he was sent home and Secretson was sent home and sent home " * 30,
    ],
)
def test_name_is_taken_out_of_the_answer_wherever_the_question_has_it(asked: str) -> None:
    _, answer = kept(asked, notices=["We read “Secretson” as the pupil."])

    assert answer["notices"] == ["We read “[removed]” as the pupil."]
