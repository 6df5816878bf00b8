"""Slack's published limits of what blocks are made of: text objects, buttons, menus. See limits.py."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Faults = Iterator[str]

TABLE_TEXT = 10_000  # characters, of all cells of a message

_ACTIONS = set(
    "button checkboxes datepicker datetimepicker timepicker overflow radio_buttons static_select users_select "
    "conversations_select channels_select external_select multi_static_select multi_users_select "
    "multi_conversations_select multi_channels_select multi_external_select workflow_button".split()
)
INPUTS = (_ACTIONS - {"button", "overflow", "workflow_button"}) | set(
    "plain_text_input email_text_input url_text_input number_input rich_text_input file_input".split()
)
IN_ACTIONS = _ACTIONS - {name for name in _ACTIONS if name.startswith("multi_")}
ACCESSORIES = _ACTIONS | {"image"}
_OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5, "static_select": 100, "multi_static_select": 100}


def check_image(image: Mapping[str, Any]) -> Faults:
    """The address of a picture and the words for whoever cannot see it."""
    yield from check_length(image.get("image_url"), 3000, "image_url")
    yield from check_length(image.get("alt_text"), 2000, "alt_text", least=1, given=True)


def check_element(element: Any, allowed: set[str]) -> Faults:
    kind = element.get("type") if isinstance(element, Mapping) else None
    if kind not in allowed:
        yield f"unsupported element: {kind}"
        return
    if kind == "image":
        yield from check_image(element)
        return
    yield from check_length(element.get("action_id"), 255, "action_id", least=1)
    yield from check_length(element.get("value") if kind in {"button", "icon_button"} else None, 2000, "value")
    yield from check_length(element.get("url"), 3000, "url")
    yield from check_length(element.get("accessibility_label"), 75, "accessibility_label")
    if kind in {"button", "icon_button"}:
        yield from check_text(element.get("text"), 75, plain=True)
        yield from check_one_of(element.get("style", "primary"), {"primary", "danger"}, "style")
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            yield from _feedback_button(element.get(name))
    if "placeholder" in element:
        yield from check_text(element["placeholder"], 150, plain=True)
    yield from _choices(element, kind)
    if "confirm" in element:
        yield from _confirm(element["confirm"])


def _feedback_button(button: Any) -> Faults:
    if not isinstance(button, Mapping) or not {"text", "value"} <= set(button):
        yield "a feedback button needs text and value"
        return
    yield from check_text(button["text"], 75, plain=True)
    yield from check_length(button["value"], 2000, "value", least=1)
    yield from check_length(button.get("accessibility_label"), 75, "accessibility_label")


def _choices(element: Mapping[str, Any], kind: str) -> Faults:
    if kind not in _OPTIONS:
        return
    groups = element.get("option_groups") or [element]
    options = [option for group in groups for option in group.get("options") or ()]
    yield from check_count(len(options), _OPTIONS[kind], "options", least=1)
    for option in options:
        yield from check_text(option.get("text"), 75)
        yield from check_length(option.get("value"), 150, "option value", least=1, given=True)
        if "description" in option:
            yield from check_text(option["description"], 75)
    chosen = element.get("initial_option"), *(element.get("initial_options") or ())
    known = [json.dumps(option, sort_keys=True) for option in options]
    if any(each is not None and json.dumps(each, sort_keys=True) not in known for each in chosen):
        yield "an initial option is not among the options"


def _confirm(confirm: Any) -> Faults:
    for key, longest in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        if key in confirm or key in {"title", "text"}:
            yield from check_text(confirm.get(key), longest, plain=key != "text")


def check_text(text: Any, longest: int, *, plain: bool = False) -> Faults:
    kinds = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if not isinstance(text, Mapping) or text.get("type") not in kinds:
        yield f"not a text object of type {' or '.join(sorted(kinds))}: {text!r:.60}"
        return
    allowed = {"type", "text", "emoji"} if text["type"] == "plain_text" else {"type", "text", "verbatim"}
    yield from (f"additional property: {key}" for key in sorted(set(text) - allowed))
    yield from check_length(text.get("text"), longest, "text", least=1, given=True)


def check_length(text: Any, longest: int, name: str, *, least: int = 0, given: bool = False) -> Faults:
    if text is None and not given:
        return
    if not isinstance(text, str):
        yield f"{name} is not a text"
    elif len(text) > longest:
        yield f"{name} must be less than {longest + 1} characters"
    elif len(text) < least:
        yield f"{name} must be more than {least - 1} characters"


def check_count(number: int, most: int, name: str, *, least: int = 0) -> Faults:
    if number > most:
        yield f"no more than {most} items allowed: {name}"
    elif number < least:
        yield f"no fewer than {least} items allowed: {name}"


def check_one_of(value: Any, allowed: set[str], name: str) -> Faults:
    if value not in allowed:
        yield f"{name} is {value!r}, not one of {', '.join(sorted(allowed))}"
