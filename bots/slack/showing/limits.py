"""Slack's limits as published on docs.slack.dev (read on 22 November 2026), and messages that keep to them.

All are counts of characters or of things. Two are stricter than published: what a message may weigh in all, which is
not published and was seen to fail from about 13,200 characters, and its `text`, which Slack asks to keep under 4,000.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
MESSAGE_WEIGHT = 12_000
MESSAGE_TEXT = 3_000
SECTION_TEXT = 3_000
TEXT_OBJECT = 3_000
MARKDOWN_TEXT = 12_000  # all markdown blocks of a message together
HEADER_TEXT = 150
CONTAINER_TITLE = 150
CONTAINER_CHILDREN = 10
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
CONTEXT_ACTIONS_ELEMENTS = 5
TABLES_IN_MESSAGE = 1
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_TEXT = 10_000  # all cells of a message together
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
ACTION_ID = 255
BLOCK_ID = 255
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTIONS = 100
CHECKBOXES = 10
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
VIEW_TITLE = 24
VIEW_BUTTON = 24
PRIVATE_METADATA = 3_000
INPUT_LABEL = 2_000
SUGGESTED_PROMPTS = 4
SESSION_TITLE = 200

_OVERHEAD = 100  # what a block costs beyond its own words; a bare divider was seen to cost about 125 in all

IN_MESSAGES = frozenset(
    {"actions", "container", "context", "context_actions", "divider", "header", "image", "input", "markdown",
     "rich_text", "section", "table"}
)  # fmt: skip
IN_VIEWS = frozenset({"actions", "context", "divider", "header", "image", "input", "rich_text", "section"})
IN_CONTAINERS = frozenset(
    {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to post: `text` for notifications and screen readers, `blocks` for everybody else."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Blocks that belong together, a heading with what it heads, and the same in plain words."""

    blocks: tuple[Block, ...]
    spoken: str = ""


def weight(blocks: Iterable[Block]) -> int:
    """What these blocks count towards `MESSAGE_WEIGHT`."""
    return sum(
        len(json.dumps(block, ensure_ascii=False)) + _OVERHEAD * (1 + len(block.get("child_blocks", ())))
        for block in blocks
    )


def split(parts: Sequence[Part], *, used: int = 0) -> list[tuple[Part, ...]]:
    """The parts in as few messages as keep to the limits, in their order; a part is torn only when it alone is over.

    `used` is what the first message weighs already: what was streamed into it. The first may be empty for that reason.
    """
    messages: list[list[Part]] = [[]]
    spent = used
    for part in _small_enough(parts):
        together = [block for each in (*messages[-1], part) for block in each.blocks]
        heavier = spent + weight(part.blocks)
        if (messages[-1] or used) and not (heavier <= MESSAGE_WEIGHT and _fit(together)):
            messages.append([])
            heavier = weight(part.blocks)
            used = 0
        messages[-1].append(part)
        spent = heavier
    return [tuple(each) for each in messages]


def _small_enough(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        if weight(part.blocks) <= MESSAGE_WEIGHT and _fit(part.blocks):
            yield part
        else:
            yield from (Part(blocks=(block,), spoken="" if n else part.spoken) for n, block in enumerate(part.blocks))


def _fit(blocks: Sequence[Block]) -> bool:
    return (
        len(blocks) <= BLOCKS_IN_MESSAGE
        and sum(len(block["text"]) for block in blocks if block["type"] == "markdown") <= MARKDOWN_TEXT
        and len(_tables(blocks)) <= TABLES_IN_MESSAGE
    )


# Checking -----------------------------------------------------------------------------------------------------------


def faults(message: Message) -> list[str]:
    """What Slack would refuse of this message, in words; nothing when it is sound."""
    blocks = message.blocks
    found = [*_too_long(message.text, 4_000, "text"), *([] if message.text.strip() else ["text is empty"])]
    if not 0 < len(blocks) <= BLOCKS_IN_MESSAGE:
        found.append(f"{len(blocks)} blocks")
    if weight(blocks) > MESSAGE_WEIGHT:
        found.append(f"weighs {weight(blocks)}")
    found += _too_long("".join(b["text"] for b in blocks if b["type"] == "markdown"), MARKDOWN_TEXT, "markdown")
    if len(_tables(blocks)) > TABLES_IN_MESSAGE:
        found.append("more than one table")
    return found + [fault for block in blocks for fault in _block_faults(block, IN_MESSAGES)]


def view_faults(view: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse of this view, in words; nothing when it is sound."""
    blocks = view["blocks"]
    found = [] if 0 < len(blocks) <= BLOCKS_IN_VIEW else [f"{len(blocks)} blocks"]
    for name, most in (("title", VIEW_TITLE), ("submit", VIEW_BUTTON), ("close", VIEW_BUTTON)):
        found += _too_long(view.get(name, {}).get("text", ""), most, name)
    found += _too_long(view.get("private_metadata", ""), PRIVATE_METADATA, "private_metadata")
    named = [block["block_id"] for block in blocks if "block_id" in block]
    if len(named) != len(set(named)):
        found.append("block ids repeat")
    return found + [fault for block in blocks for fault in _block_faults(block, IN_VIEWS)]


def _block_faults(block: Block, allowed: frozenset[str]) -> Iterator[str]:
    kind = block["type"]
    if kind not in allowed:
        yield f"{kind} cannot stand here"
    yield from _too_long(block.get("block_id", ""), BLOCK_ID, "block_id")
    if kind == "container":
        yield from _too_long(block["title"]["text"], CONTAINER_TITLE, "container title")
        if not 0 < len(block["child_blocks"]) <= CONTAINER_CHILDREN:
            yield f"{len(block['child_blocks'])} blocks in a container"
        for child in block["child_blocks"]:
            yield from _block_faults(child, IN_CONTAINERS)
        return
    if kind == "table":
        yield from _table_faults(block)
    if kind == "header":
        yield from _too_long(block["text"]["text"], HEADER_TEXT, "header")
    elements = block.get("elements", []) if kind != "rich_text" else []
    most = {"context": CONTEXT_ELEMENTS, "context_actions": CONTEXT_ACTIONS_ELEMENTS}.get(kind, ACTIONS_ELEMENTS)
    if kind in {"actions", "context", "context_actions"} and not 0 < len(elements) <= most:
        yield f"{len(elements)} elements in {kind}"
    names = [element["action_id"] for element in elements if "action_id" in element]
    if len(names) != len(set(names)):
        yield f"action ids repeat in {kind}"
    for inner in _objects(block):
        yield from _object_faults(inner)


def _table_faults(table: Block) -> Iterator[str]:
    rows = table["rows"]
    if not 0 < len(rows) <= TABLE_ROWS or any(not 0 < len(row) <= TABLE_COLUMNS for row in rows):
        yield "table too large"
    if any(not cell["text"] for row in rows for cell in row):
        yield "empty cell"
    yield from _too_long("".join(cell["text"] for row in rows for cell in row), TABLE_TEXT, "table")


def _object_faults(inner: Mapping[str, Any]) -> Iterator[str]:
    kind = inner.get("type")
    if kind in {"plain_text", "mrkdwn"} and not 0 < len(inner["text"]) <= TEXT_OBJECT:
        yield f"{kind} of {len(inner['text'])}"
    if kind == "button":
        yield from _too_long(inner["text"]["text"], BUTTON_TEXT, "button")
    yield from _too_long(inner.get("action_id", ""), ACTION_ID, "action_id")
    if isinstance(inner.get("value"), str):
        yield from _too_long(inner["value"], OPTION_VALUE if kind is None else BUTTON_VALUE, "value")


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _objects(inner)


def _tables(blocks: Iterable[Block]) -> list[Block]:
    return [b for block in blocks for b in (block, *block.get("child_blocks", ())) if b["type"] == "table"]


def _too_long(text: str, most: int, what: str) -> list[str]:
    return [f"{what} of {len(text)} characters, at most {most}"] if len(text) > most else []
