"""The names by which Slack tells us what somebody pressed, chose or filled in, and what their values carry.

A value carries the id of a job or of a handover, never words that somebody wrote.
"""

import re
from dataclasses import dataclass

from assistant.model import Audience

# Buttons of an answer; the value is the job's id ---------------------------------------------------------------------

FEEDBACK = "ap_feedback"  # its value: see `feedback_value`
ASK_AS = "ap_ask_as"  # a family: see `ask_as`
ASK_AS_ANY = re.compile(r"ap_ask_as_(parent|school|adviser)")
AS_AT = "ap_as_at"
SHARE = "ap_share"
HUMAN = "ap_human"
CALENDAR_FILE = "ap_calendar_file"
CHOICE = "ap_choice"  # a family: see `choice`
CHOICE_ANY = re.compile(r"ap_choice_([a-z-]+)")

# Buttons of a handover; the value is the handover's id ---------------------------------------------------------------

HUMAN_CLAIM = "ap_human_claim"
HUMAN_DONE = "ap_human_done"

# App Home ------------------------------------------------------------------------------------------------------------

HOME_SAVE = "ap_home_save"
HOME_ASK_AGAIN = "ap_home_ask_again"  # its value: the id of the job of that question
DELETE_MY_DATA = "ap_delete_my_data"

# Views: their callback ids, and the blocks and elements that hold what was filled in ---------------------------------

VIEW_FEEDBACK = "ap_view_feedback"
VIEW_AS_AT = "ap_view_as_at"
VIEW_CHANNEL_SETTINGS = "ap_view_channel_settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Where a view's state holds one answer: `state["values"][block][element]`."""

    block: str
    element: str


FIELD_FEEDBACK_REASON = Field(block="ap_b_reason", element="ap_reason")
FIELD_FEEDBACK_WORDS = Field(block="ap_b_words", element="ap_words")
FIELD_AS_AT = Field(block="ap_b_as_at", element="ap_as_at_day")
FIELD_CHANNEL_AUDIENCE = Field(block="ap_b_channel_audience", element="ap_channel_audience")
FIELD_CHANNEL_PUBLIC = Field(block="ap_b_channel_public", element="ap_channel_public")
FIELD_CHANNEL_GROUPS = Field(block="ap_b_channel_groups", element="ap_channel_groups")
FIELD_CHANNEL_ADVICE = Field(block="ap_b_channel_advice", element="ap_channel_advice")
FIELD_HOME_AUDIENCE = Field(block="ap_b_home_audience", element="ap_home_audience")
FIELD_HOME_COUNCIL = Field(block="ap_b_home_council", element="ap_home_council")
FIELD_HOME_SCHOOL = Field(block="ap_b_home_school", element="ap_home_school")
FIELD_HOME_CHILDREN = Field(block="ap_b_home_children", element="ap_home_children")

NOT_SET = "as-usual"
"""The value of the option "as usual" in a menu: nothing was chosen."""


def ask_as(audience: Audience) -> str:
    """The id of the button that asks again for this reader: ids must differ within a row of buttons."""
    return f"{ASK_AS}_{audience.value}"


def audience_asked(action_id: str) -> Audience | None:
    """The reader that a button of `ask_as` stands for; None for any other id."""
    found = ASK_AS_ANY.fullmatch(action_id)
    return Audience(found.group(1)) if found else None


def choice(key: str) -> str:
    """The id of the button of one ready reply to a question back."""
    return f"{CHOICE}_{key}"


def choice_made(action_id: str) -> str | None:
    """The key of the ready reply that a button of `choice` stands for; None for any other id."""
    found = CHOICE_ANY.fullmatch(action_id)
    return found.group(1) if found else None


def feedback_value(job_id: str, *, helpful: bool) -> str:
    """What the two feedback buttons carry, which share one id."""
    return f"{'yes' if helpful else 'no'}:{job_id}"


def read_feedback(value: str) -> tuple[bool, str] | None:
    """Whether it helped, and the job's id; None when the value is not one of `feedback_value`."""
    word, colon, job_id = value.partition(":")
    return (word == "yes", job_id) if colon and job_id and word in {"yes", "no"} else None
