"""Everything that Slack shows, as Block Kit: the one place from which listeners and workers take it.

All of these are pure. Text of passages, questions and names is escaped by them: hand it in as it is. A `Message` has
`text` (for notifications and screen readers) and `blocks`; post it with `unfurl_links=False, unfurl_media=False`.

A stream begins with `direct_answer`, goes on with each piece of `statement_markdown` and ends with the blocks of the
first of `closing_messages`; any others of those are posted after it. Without a stream, `answer_messages` is all of it.
"""

from bots.slack.keeping.kept_answer import answer_of
from bots.slack.showing.answer_blocks import (
    answer_messages,
    closing_messages,
    direct_answer,
    notice,
    share_messages,
    statement_markdown,
)
from bots.slack.showing.choices import choice_of, suggested_prompts
from bots.slack.showing.handover_blocks import handover_message, handover_rest
from bots.slack.showing.home_blocks import home_view
from bots.slack.showing.limits import Block, Message
from bots.slack.showing.modals import as_at_modal, channel_settings_modal, feedback_modal

__all__ = [
    "Block",
    "Message",
    "answer_messages",
    "answer_of",
    "as_at_modal",
    "channel_settings_modal",
    "choice_of",
    "closing_messages",
    "direct_answer",
    "feedback_modal",
    "handover_message",
    "handover_rest",
    "home_view",
    "notice",
    "share_messages",
    "statement_markdown",
    "suggested_prompts",
]
