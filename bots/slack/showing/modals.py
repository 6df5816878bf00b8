"""The forms that open over Slack: why an answer did not help, another day's law, the settings of a channel."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from assistant.model import Audience
from bots.slack.keeping.people import MOST_GROUPS, ChannelSettings, Defaults
from bots.slack.showing import actions, limits, messages
from bots.slack.showing.elements import Element, context, field, marked_up, menu, option, options, plain_text, section
from bots.slack.showing.limits import Block
from bots.slack.showing.markup import is_channel, mrkdwn

_WORDS = 1_000  # characters that may be written about an answer

IN_PUBLIC = "public"
TO_ASKER = "private"


def feedback_modal(job_id: str) -> dict[str, Any]:
    """Why the answer to a job did not help."""
    reason, words = actions.FIELD_FEEDBACK_REASON, actions.FIELD_FEEDBACK_WORDS
    reasons = {each.value: text for each, text in messages.FEEDBACK_REASONS.items()}
    written: Element = {
        "type": "plain_text_input",
        "action_id": words.element,
        "multiline": True,
        "max_length": _WORDS,
    }
    picked: Element = {"type": "radio_buttons", "action_id": reason.element, "options": options(reasons)}
    return _modal(
        actions.VIEW_FEEDBACK,
        messages.FEEDBACK_TITLE,
        [
            field(reason.block, messages.FEEDBACK_REASON, picked, optional=False),
            field(words.block, messages.FEEDBACK_WORDS, written),
        ],
        submit=messages.SEND,
        metadata=job_id,
    )


def as_at_modal(job_id: str, *, today: date) -> dict[str, Any]:
    """Which day's law the question of a job is to be answered on."""
    day = actions.FIELD_AS_AT
    picker: Element = {"type": "datepicker", "action_id": day.element, "initial_date": today.isoformat()}
    blocks = [field(day.block, messages.AS_AT_DAY, picker, hint=messages.AS_AT_HINT, optional=False)]
    return _modal(actions.VIEW_AS_AT, messages.AS_AT_TITLE, blocks, submit=messages.ASK, metadata=job_id)


def channel_settings_modal(
    settings: ChannelSettings, *, channel: str, defaults: Defaults, groups: Mapping[str, str]
) -> dict[str, Any]:
    """What holds for a channel, by its id. `groups` are the user groups to choose from: id to name."""
    intro = f"{mrkdwn(messages.CHANNEL_INTRO)} {f'<#{channel}>' if is_channel(channel) else messages.CHANNEL_THIS}."
    blocks = [
        section(marked_up(intro)),
        _audience(settings, defaults),
        _public(settings, defaults),
        _groups(settings.allowed_user_groups, groups),
        _advice(settings),
    ]
    title = messages.CHANNEL_TITLE
    return _modal(actions.VIEW_CHANNEL_SETTINGS, title, blocks, submit=messages.SAVE, metadata=channel)


def _audience(settings: ChannelSettings, defaults: Defaults) -> Block:
    at = actions.FIELD_CHANNEL_AUDIENCE
    usual = messages.AS_USUAL.format(usual=messages.READERS[defaults.audience])
    named = {actions.NOT_SET: usual} | {each.value: messages.READERS[each] for each in Audience}
    chosen = settings.audience.value if settings.audience else actions.NOT_SET
    return field(at.block, messages.CHANNEL_AUDIENCE, menu(at.element, named, chosen=chosen), optional=False)


def _public(settings: ChannelSettings, defaults: Defaults) -> Block:
    at = actions.FIELD_CHANNEL_PUBLIC
    said = {IN_PUBLIC: messages.CHANNEL_PUBLIC_YES, TO_ASKER: messages.CHANNEL_PUBLIC_NO}
    usual = messages.CHANNEL_PUBLIC_USUAL[defaults.answer_in_public]
    named = {actions.NOT_SET: messages.AS_USUAL.format(usual=usual)} | said
    chosen = {None: actions.NOT_SET, True: IN_PUBLIC, False: TO_ASKER}[settings.answer_in_public]
    return field(at.block, messages.CHANNEL_PUBLIC, menu(at.element, named, chosen=chosen), optional=False)


def _groups(allowed: Sequence[str], groups: Mapping[str, str]) -> Block:
    """A menu of the groups; one that was chosen before stays in it, even where it is not among those known now."""
    named = {each: groups.get(each, each) for each in (*allowed, *groups)}
    if not named:
        return context(marked_up(mrkdwn(messages.CHANNEL_NO_GROUPS)))
    at = actions.FIELD_CHANNEL_GROUPS
    picked: Element = {"type": "multi_static_select", "action_id": at.element, "options": options(named)}
    picked["max_selected_items"] = MOST_GROUPS
    if allowed:
        picked["initial_options"] = [option(each, named[each]) for each in dict.fromkeys(allowed)][:MOST_GROUPS]
    return field(at.block, messages.CHANNEL_GROUPS, picked, hint=messages.CHANNEL_GROUPS_HINT)


def _advice(settings: ChannelSettings) -> Block:
    at = actions.FIELD_CHANNEL_ADVICE
    picked: Element = {
        "type": "conversations_select",
        "action_id": at.element,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if is_channel(settings.advice_channel):
        picked["initial_conversation"] = settings.advice_channel
    return field(at.block, messages.CHANNEL_ADVICE, picked, hint=messages.CHANNEL_ADVICE_HINT)


def _modal(callback: str, title: str, blocks: Sequence[Block], *, submit: str, metadata: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain_text(title, most=limits.VIEW_TITLE),
        "submit": plain_text(submit, most=limits.VIEW_BUTTON),
        "close": plain_text(messages.CANCEL, most=limits.VIEW_BUTTON),
        "private_metadata": metadata,
        "blocks": list(blocks),
    }
