"""The small pieces that blocks are made of: texts, buttons, menus. Everything put in is escaped here."""

from collections.abc import Mapping, Sequence
from typing import Any

from bots.slack.showing import limits
from bots.slack.showing.limits import Block
from bots.slack.showing.markup import one_line, plain, shortened

Element = dict[str, Any]


def plain_text(text: str, *, most: int = limits.TEXT_OBJECT) -> Element:
    return {"type": "plain_text", "text": shortened(plain(text), most), "emoji": False}


def marked_up(text: str) -> Element:
    """A `mrkdwn` object; `text` must be escaped already. Slack looks for no addresses or names in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def markdown_block(text: str) -> Block:
    """`text` must be escaped already."""
    return {"type": "markdown", "text": text}


def section(text: Element, **more: Any) -> Block:
    return {"type": "section", "text": text, **more}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(one_line(text), most=limits.HEADER_TEXT)}


def context(*texts: Element) -> Block:
    return {"type": "context", "elements": list(texts)}


def row(elements: Sequence[Element]) -> Block:
    """Buttons and menus side by side."""
    return {"type": "actions", "elements": list(elements)}


def quoted(text: str, *, most: int = limits.TEXT_OBJECT) -> Block:
    """What somebody wrote, set apart and shown as it is."""
    words: Element = {"type": "text", "text": shortened(plain(text).strip(), most) or "–"}
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [words]}]}


def button(
    text: str, action_id: str, value: str, *, label: str | None = None, confirm: Element | None = None, style: str = ""
) -> Element:
    """A button; `label` is what screen readers say instead of its text, `style` is "primary" or "danger"."""
    made: Element = {
        "type": "button",
        "text": plain_text(text, most=limits.BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    if label:
        made["accessibility_label"] = shortened(label, limits.BUTTON_TEXT)
    return made | ({"confirm": confirm} if confirm else {}) | ({"style": style} if style else {})


def confirmation(title: str, text: str, *, yes: str, no: str, danger: bool = False) -> Element:
    made: Element = {
        "title": plain_text(title, most=limits.CONFIRM_TITLE),
        "text": plain_text(text, most=limits.CONFIRM_TEXT),
        "confirm": plain_text(yes, most=limits.CONFIRM_BUTTON),
        "deny": plain_text(no, most=limits.CONFIRM_BUTTON),
    }
    return made | ({"style": "danger"} if danger else {})


def option(value: str, text: str) -> Element:
    return {"text": plain_text(one_line(text), most=limits.OPTION_TEXT), "value": value}


def options(named: Mapping[str, str]) -> list[Element]:
    """Value and words of each, at most as many as a menu holds."""
    return [option(value, text) for value, text in list(named.items())[: limits.OPTIONS]]


def menu(action_id: str, named: Mapping[str, str], *, chosen: str | None = None) -> Element:
    """A menu to choose one from."""
    made: Element = {"type": "static_select", "action_id": action_id, "options": options(named)}
    return made | ({"initial_option": option(chosen, named[chosen])} if chosen in named and chosen else {})


def ticks(action_id: str, named: Mapping[str, str], *, chosen: Sequence[str] = ()) -> Element:
    """Boxes to tick, at most ten."""
    shown = dict(list(named.items())[: limits.CHECKBOXES])
    ticked = [option(value, shown[value]) for value in shown if value in chosen]
    made: Element = {"type": "checkboxes", "action_id": action_id, "options": options(shown)}
    return made | ({"initial_options": ticked} if ticked else {})


def field(block_id: str, label: str, element: Element, *, hint: str | None = None, optional: bool = True) -> Block:
    """A block to fill in."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, most=limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    return made | ({"hint": plain_text(hint, most=limits.INPUT_LABEL)} if hint else {})
