"""Slack's published limits of Block Kit, written down here for a second time so that the app's own table is checked.

From docs.slack.dev/reference/block-kit and the SDK's models, November 2026. What Slack only says in issue threads is
marked so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.slackish.parts import (
    ACCESSORIES,
    IN_ACTIONS,
    INPUTS,
    TABLE_TEXT,
    Faults,
    check_count,
    check_element,
    check_image,
    check_length,
    check_one_of,
    check_text,
)

Block = Mapping[str, Any]

BLOCKS = {"message": 50, "modal": 100, "home": 100}
MESSAGE_TEXT = 12_000  # of all blocks together; slackapi/bolt-js#2509 and #2867
MESSAGE_STRINGS = 13_200  # of all strings in them, also what they are made of; the same threads
_INSIDE_CONTAINER = {"divider", "image", "section", "actions", "video", "header", "context", "table"}
_ONLY_IN_MESSAGES = {"markdown", "table", "context_actions", "container", "card", "carousel", "plan", "task_card"}
_KEYS: Mapping[str, tuple[set[str], set[str]]] = {  # type: needed, allowed besides
    "section": (set(), {"text", "fields", "accessory", "expand"}),
    "divider": (set(), set()),
    "header": ({"text"}, {"level"}),
    "context": ({"elements"}, set()),
    "actions": ({"elements"}, set()),
    "context_actions": ({"elements"}, set()),
    "markdown": ({"text"}, set()),
    "image": ({"alt_text"}, {"image_url", "slack_file", "title"}),
    "input": ({"label", "element"}, {"dispatch_action", "hint", "optional"}),
    "table": ({"rows"}, {"column_settings"}),
    "rich_text": ({"elements"}, set()),
    "alert": ({"text"}, {"level"}),
    "card": (set(), {"hero_image", "icon", "title", "subtitle", "body", "actions"}),
    "carousel": ({"elements"}, set()),
    "container": (
        {"child_blocks"},
        {
            "title",
            "rich_text_title",
            "subtitle",
            "width",
            "icon",
            "is_collapsible",
            "default_collapsed",
            "has_header_divider",
        },
    ),
    "task_card": ({"task_id", "title", "status"}, {"details", "output", "sources"}),
    "plan": ({"title"}, {"tasks"}),
}


def faults_of(blocks: Any, *, surface: str = "message") -> list[str]:
    """What Slack would object to in `blocks` on a "message", a "modal" or a "home" tab."""
    if not isinstance(blocks, Sequence) or isinstance(blocks, str):
        return ["blocks is not a list"]
    faults = list(check_count(len(blocks), BLOCKS[surface], "blocks"))
    for number, block in enumerate(blocks):
        faults += [f"{fault} [/blocks/{number}]" for fault in _faults_of_one(block, surface)]
    if not faults:
        faults += _repeated(blocks)
    if surface == "message":
        faults += _tables(blocks)
    return faults


def too_long(blocks: Sequence[Block]) -> bool:
    """Whether the blocks of one message are together more than Slack takes."""
    text = sum(len(said) for said in texts_of(blocks))
    return text > MESSAGE_TEXT or sum(map(len, _strings(blocks))) > MESSAGE_STRINGS


def texts_of(found: Any) -> Iterator[str]:
    """Every text in a block (or a list of them) that a person can read, in order."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            if key in {"text", "alt_text"} and isinstance(value, str):
                yield value
            elif key not in {"confirm", "block_id", "action_id", "value", "url"}:
                yield from texts_of(value)
    elif isinstance(found, Sequence) and not isinstance(found, str):
        for each in found:
            yield from texts_of(each)


def elements_of(found: Any, *, block_id: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything that can be pressed or filled in, and the id of the block it is in."""
    if isinstance(found, Mapping):
        block_id = found.get("block_id", block_id)
        if "action_id" in found:
            yield block_id, found
        for value in found.values():
            yield from elements_of(value, block_id=block_id)
    elif isinstance(found, Sequence) and not isinstance(found, str):
        for each in found:
            yield from elements_of(each, block_id=block_id)


def _strings(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for value in found.values():
            yield from _strings(value)
    elif isinstance(found, Sequence):
        for each in found:
            yield from _strings(each)


# One block ----------------------------------------------------------------------------------------------------------


def _faults_of_one(block: Any, surface: str) -> Faults:
    kind = str(block.get("type")) if isinstance(block, Mapping) else ""
    if kind not in _KEYS:
        yield f"unsupported type: {kind}"
        return
    if surface != "message" and kind in _ONLY_IN_MESSAGES:
        yield f"{kind} is not allowed in a {surface}"
    needed, allowed = _KEYS[kind]
    yield from (f"missing required field: {key}" for key in sorted(needed - set(block)))
    unknown = set(block) - needed - allowed - {"type", "block_id"}
    yield from (f"additional property: {key}" for key in sorted(unknown))
    if needed <= set(block):
        yield from check_length(block.get("block_id"), 255, "block_id")
        yield from _CHECKS.get(kind, _nothing)(block)


def _nothing(_: Block) -> Faults:
    return iter(())


def _section(block: Block) -> Faults:
    if not ({"text", "fields"} & set(block)):
        yield "a section needs text or fields"
    if "text" in block:
        yield from check_text(block["text"], 3000)
    if "fields" in block:
        yield from check_count(len(block["fields"]), 10, "fields", least=1)
        for each in block["fields"]:
            yield from check_text(each, 2000)
    if "accessory" in block:
        yield from check_element(block["accessory"], ACCESSORIES)


def _header(block: Block) -> Faults:
    yield from check_text(block["text"], 150, plain=True)


def _context(block: Block) -> Faults:
    yield from check_count(len(block["elements"]), 10, "context elements", least=1)
    for each in block["elements"]:
        yield from check_element(each, {"image"}) if each.get("type") == "image" else check_text(each, 3000)


def _actions(block: Block) -> Faults:
    yield from check_count(len(block["elements"]), 25, "actions elements", least=1)
    for each in block["elements"]:
        yield from check_element(each, IN_ACTIONS)


def _context_actions(block: Block) -> Faults:
    yield from check_count(len(block["elements"]), 5, "context_actions elements", least=1)
    for each in block["elements"]:
        yield from check_element(each, {"feedback_buttons", "icon_button"})


def _markdown(block: Block) -> Faults:
    yield from check_length(block["text"], 12_000, "markdown text", least=1)


def _input(block: Block) -> Faults:
    yield from check_text(block["label"], 2000, plain=True)
    yield from check_element(block["element"], INPUTS)
    if "hint" in block:
        yield from check_text(block["hint"], 2000, plain=True)


def _table(block: Block) -> Faults:
    rows = block["rows"]
    yield from check_count(len(rows), 100, "rows", least=1)
    yield from check_count(len(block.get("column_settings") or ()), 20, "column_settings")
    for row in rows:
        yield from check_count(len(row), 20, "cells", least=1)
        for cell in row:
            if cell.get("type") not in {"raw_text", "raw_number", "rich_text"}:
                yield f"a cell of type {cell.get('type')}"
            if cell.get("type") == "raw_text":
                yield from check_length(cell.get("text"), TABLE_TEXT, "cell", least=1, given=True)
    if len({len(row) for row in rows}) > 1:
        yield "rows of a table differ in length"


def _rich_text(block: Block) -> Faults:
    known = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    yield from (f"unsupported type: {e.get('type')}" for e in block["elements"] if e.get("type") not in known)


def _alert(block: Block) -> Faults:
    yield from check_text(block["text"], 200)
    yield from check_one_of(block.get("level", "default"), {"default", "info", "warning", "error", "success"}, "level")


def _card(block: Block) -> Faults:
    if not ({"hero_image", "title", "actions", "body"} & set(block)):
        yield "a card needs a hero_image, title, actions or body"
    for key, longest in (("title", 150), ("subtitle", 150), ("body", 200)):
        if key in block:
            yield from check_text(block[key], longest)
    yield from check_count(len(block.get("actions") or ()), 3, "card actions")
    for each in block.get("actions") or ():
        yield from check_element(each, {"button"})


def _carousel(block: Block) -> Faults:
    yield from check_count(len(block["elements"]), 10, "cards", least=1)
    for each in block["elements"]:
        yield from _faults_of_one(each, "message")


def _container(block: Block) -> Faults:
    if not ({"title", "rich_text_title"} & set(block)):
        yield "a container needs a title"
    if "title" in block:
        yield from check_text(block["title"], 150, plain=True)
    if "subtitle" in block:
        yield from check_text(block["subtitle"], 150)
    yield from check_one_of(block.get("width", "standard"), {"narrow", "standard", "wide", "full"}, "width")
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        yield "default_collapsed needs is_collapsible"
    if block.get("is_collapsible") and block.get("has_header_divider"):
        yield "has_header_divider cannot be set when is_collapsible is true"
    yield from check_count(len(block["child_blocks"]), 10, "child_blocks", least=1)
    for child in block["child_blocks"]:
        yield from check_one_of(child.get("type"), _INSIDE_CONTAINER, "type of a block in a container")
        yield from _faults_of_one(child, "message")


def _task_card(block: Block) -> Faults:
    yield from check_one_of(block["status"], {"pending", "in_progress", "complete", "error"}, "status")


_CHECKS: Mapping[str, Callable[[Block], Faults]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "markdown": _markdown,
    "image": check_image,
    "input": _input,
    "table": _table,
    "rich_text": _rich_text,
    "alert": _alert,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "task_card": _task_card,
}


# All blocks together ------------------------------------------------------------------------------------------------


def _repeated(blocks: Sequence[Block]) -> Faults:
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    yield from (f"block_id {each} is not unique" for each in sorted({i for i in ids if ids.count(i) > 1}))
    for block in blocks:
        for inside in (block, *(block.get("child_blocks") or ())):
            elements = [*(inside.get("elements") or ()), inside.get("accessory"), inside.get("element")]
            names = [e["action_id"] for e in elements if isinstance(e, Mapping) and e.get("action_id")]
            yield from (f"action_id {each} is not unique" for each in sorted({n for n in names if names.count(n) > 1}))


def _tables(blocks: Sequence[Block]) -> Faults:
    inside = [child for block in blocks if isinstance(block, Mapping) for child in block.get("child_blocks") or ()]
    tables = [block for block in [*blocks, *inside] if isinstance(block, Mapping) and block.get("type") == "table"]
    if len(tables) > 1:
        yield "only_one_table_allowed"
    if sum(len(text) for table in tables for text in texts_of(table.get("rows"))) > TABLE_TEXT:
        yield f"the cells of all tables hold more than {TABLE_TEXT} characters"
