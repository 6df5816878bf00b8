"""What people type in Slack reaches the assistant as the words they typed, and nobody but people is heard."""

import re
from typing import Any

import pytest

from assistant.situation import read_situation
from bots.slack.listening.reading import is_from_a_person, masked, plain_words
from tests.fakes import TODAY


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@U0APNAV> Can they do that?", "Can they do that?"),
        ("Can they do that, <@U0APNAV|apnav>?", "Can they do that,  ?"),
        ("<@U1BEN> was told by <@W2CLEO|cleo>", "[name] was told by [name]"),
        ("<!channel> and <!here|here> and <!subteam^S1|@sencos> hear this", "and  and  hear this"),
        ("see <#C1|exclusions> or <#C2>", "see exclusions or"),
        ("read <https://gov.uk/x|the guidance> and <https://gov.uk>", "read the guidance and https://gov.uk"),
        ("mail <mailto:a@b.uk|a@b.uk>, ring <tel:116123|116 123>", "mail a@b.uk, ring 116 123"),
        ("on <!date^1700000000^{date}|14 November 2023>", "on 14 November 2023"),
        ("5 &lt; 15 &amp;&amp; &lt;!channel&gt;", "5 < 15 && <!channel>"),
        ("  a <b c  ", "a <b c"),
        ("", ""),
    ],
)
def test_markup_of_slack_becomes_plain_words(sent: str, read: str) -> None:
    assert plain_words(sent, me="U0APNAV") == read


class SchoolMasker:
    """Takes out what stands between the signs, as a name of a school."""

    def mask(self, text: str) -> str:
        return re.sub(r"‹.*?›", "[school]", text)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Oakfield Academy", "academy"),
        ("the Hope PRU", "pru"),
        ("Greenwood Pupil Referral Unit", "pru"),
        ("an independent school called Elm", "independent"),
        ("Riverside AP Academy", "ap-academy"),
        ("Weston further education college", "fe"),
        ("the maintained school Ash", "maintained"),
    ],
)
def test_kind_of_school_outlives_the_masking_of_its_name(name: str, kind: str) -> None:
    said = f"My son goes to ‹{name}› and was suspended."
    told = read_situation(said, history=(), today=TODAY).settings

    kept = masked(said, masker=SchoolMasker(), today=TODAY)

    assert name not in kept
    assert kind in told
    assert read_situation(kept, history=(), today=TODAY).settings == told


def test_nothing_is_added_to_a_question_that_lost_nothing() -> None:
    assert masked("It is an academy.", masker=SchoolMasker(), today=TODAY) == "It is an academy."
    assert masked("‹Elm› is an academy.", masker=SchoolMasker(), today=TODAY) == "[school] is an academy."


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        ({"user": "U1"}, True),
        ({"user": "U1", "subtype": "file_share"}, True),
        ({"user": "U1", "subtype": "thread_broadcast"}, True),
        ({"user": "U1", "bot_id": "B1"}, False),
        ({"subtype": "bot_message", "bot_id": "B1"}, False),
        ({"user": "U1", "subtype": "message_changed", "hidden": True}, False),
        ({"subtype": "message_deleted", "hidden": True}, False),
        ({"user": "U1", "subtype": "channel_join"}, False),
        ({}, False),
    ],
)
def test_only_what_a_person_wrote_just_now_is_heard(event: dict[str, Any], *, heard: bool) -> None:
    assert is_from_a_person(event) is heard
