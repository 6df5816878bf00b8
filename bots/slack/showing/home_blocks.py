"""App Home: what the app is for, a person's own choices and questions, and what is kept of them."""

from collections.abc import Sequence
from typing import Any

from assistant.model import Audience
from bots.slack.keeping.people import (
    CHILDREN,
    LONGEST_COUNCIL,
    MOST_RECENT,
    SCHOOLS,
    Defaults,
    Preferences,
    RecentQuestion,
)
from bots.slack.showing import actions, messages
from bots.slack.showing.elements import (
    button,
    confirmation,
    context,
    field,
    header,
    marked_up,
    menu,
    plain_text,
    row,
    section,
    ticks,
)
from bots.slack.showing.limits import Block
from bots.slack.showing.markup import mrkdwn, one_line, shortened

_QUESTION = 300  # characters of a question that are shown


def home_view(
    preferences: Preferences, recents: Sequence[RecentQuestion], *, defaults: Defaults, kept_hours: int
) -> dict[str, Any]:
    """The Home tab of one person; `recents` are their own, newest first, `kept_hours` how long questions are kept."""
    return {
        "type": "home",
        "blocks": [
            header(messages.APP),
            section(marked_up(mrkdwn(messages.HOME_INTRO))),
            section(marked_up(mrkdwn(messages.HOME_HOW))),
            {"type": "divider"},
            *_choices(preferences, defaults),
            {"type": "divider"},
            *_recent(recents),
            {"type": "divider"},
            *_privacy(kept_hours),
        ],
    }


def _choices(preferences: Preferences, defaults: Defaults) -> list[Block]:
    usual = messages.AS_USUAL.format(usual=messages.READERS[defaults.audience])
    readers = {actions.NOT_SET: usual} | {each.value: messages.READERS[each] for each in Audience}
    schools = {actions.NOT_SET: messages.HOME_NO_SCHOOL} | dict(SCHOOLS)
    school = next((word for word in SCHOOLS if word in preferences.setting), actions.NOT_SET)
    chosen = preferences.audience.value if preferences.audience else actions.NOT_SET
    audience, council = actions.FIELD_HOME_AUDIENCE, actions.FIELD_HOME_COUNCIL
    kind, children = actions.FIELD_HOME_SCHOOL, actions.FIELD_HOME_CHILDREN
    typed: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": council.element,
        "max_length": LONGEST_COUNCIL,
        "placeholder": plain_text(messages.HOME_COUNCIL_EXAMPLE),
    }
    if preferences.council:
        typed["initial_value"] = one_line(preferences.council)[:LONGEST_COUNCIL]
    return [
        header(messages.HOME_CHOICES),
        context(marked_up(mrkdwn(messages.HOME_CHOICES_HINT))),
        field(audience.block, messages.HOME_ROLE, menu(audience.element, readers, chosen=chosen)),
        field(council.block, messages.HOME_COUNCIL, typed, hint=messages.HOME_COUNCIL_HINT),
        field(kind.block, messages.HOME_SCHOOL, menu(kind.element, schools, chosen=school)),
        field(
            children.block,
            messages.HOME_CHILDREN,
            ticks(children.element, CHILDREN, chosen=sorted(preferences.setting)),
        ),
        row([button(messages.HOME_SAVE, actions.HOME_SAVE, "save", style="primary")]),
    ]


def _recent(recents: Sequence[RecentQuestion]) -> list[Block]:
    shown = [
        section(
            plain_text(shortened(one_line(each.text), _QUESTION) or "–"),
            accessory=button(messages.HOME_ASK_AGAIN, actions.HOME_ASK_AGAIN, each.id),
        )
        for each in list(recents)[:MOST_RECENT]
    ]
    hint = messages.HOME_RECENT_HINT if shown else messages.HOME_NO_RECENT
    return [header(messages.HOME_RECENT), context(marked_up(mrkdwn(hint))), *shown]


def _privacy(kept_hours: int) -> list[Block]:
    sure = confirmation(
        messages.HOME_DELETE_TITLE,
        messages.HOME_DELETE_WARNING,
        yes=messages.HOME_DELETE_YES,
        no=messages.HOME_DELETE_NO,
        danger=True,
    )
    return [
        header(messages.HOME_PRIVACY),
        section(marked_up(mrkdwn(messages.HOME_PRIVACY_KEPT.format(hours=kept_hours)))),
        section(marked_up(mrkdwn(messages.HOME_PRIVACY_OTHERS))),
        row([button(messages.HOME_DELETE, actions.DELETE_MY_DATA, "delete", confirm=sure, style="danger")]),
        context(marked_up(mrkdwn(messages.DISCLAIMER))),
    ]
