"""What a person sees of a message, and whether Slack would take it: by our limits, the SDK's and the test server's."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View

from bots.slack.showing.limits import Message, faults, view_faults
from tests.slackish.limits import faults_of, too_long

_LINK = re.compile(r"<(https?://[^<>|]+)\|([^<>]*)>")
_MARKDOWN_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\((https?://[^()\s]+)\)")


def is_sound(message: Message) -> bool:
    """Whether all three take the message; the SDK's models take each block whole, with nothing unknown."""
    assert faults(message) == []
    assert faults_of(message.blocks) == []
    assert not too_long(message.blocks)
    assert as_the_sdk_takes_it(message.blocks) == message.blocks
    return True


def is_sound_view(view: Mapping[str, Any]) -> bool:
    """The same of a view."""
    assert view_faults(view) == []
    assert faults_of(view["blocks"], surface=view["type"]) == []
    assert View(**view).to_dict() == view
    return True


def as_the_sdk_takes_it(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The blocks after a journey through the SDK's models, which raise on what is wrong and drop what is unknown."""
    return [block.to_dict() for block in SdkBlock.parse_all([dict(block) for block in blocks])]


def words(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Everything that is written in the blocks, a line for each text, without the characters nobody sees."""
    return "\n".join(text for block in blocks for text in _texts(block)).replace("\u2060", "")


def links(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The addresses that can be pressed."""
    found: list[str] = []
    for piece in _objects(list(blocks)):
        if piece.get("type") == "mrkdwn":
            found += [unescape(address) for address, _ in _LINK.findall(piece["text"])]
        if piece.get("type") == "markdown":
            found += [address for _, address in _MARKDOWN_LINK.findall(piece["text"])]
        if piece.get("type") == "link" or piece.get("url"):
            found.append(piece["url"])
    return found


def calls(shown_blocks: Sequence[Any]) -> list[str]:
    """What Slack would take for more than words: mentions, addresses, emoji, in any kind of text."""
    live = re.compile(r"<[!@#][^<>]*>|(?<![\w/])@\w|https?://(?!www\.legislation)|:fire:")
    found: list[str] = []
    for block in shown_blocks:
        text = json.dumps(block, ensure_ascii=False)
        assert '"verbatim": true' in text or '"mrkdwn"' not in text or set(block) == {"type", "text"}
        found += live.findall(text)
        elements = [block, *block.get("elements", []), *block.get("child_blocks", [])]
        assert not {"user", "channel", "usergroup", "broadcast", "emoji", "link"} & {e.get("type") for e in elements}
    return found


def buttons(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The buttons by their action ids."""
    return {piece["action_id"]: piece for piece in _objects(list(blocks)) if piece.get("type") == "button"}


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    for piece in _objects(block):
        text = piece.get("text")
        if not isinstance(text, str):
            continue
        match piece.get("type"):
            case "mrkdwn":
                yield unescape(_LINK.sub(r"\2", text))
            case "markdown":
                yield re.sub(r"\\(.)", r"\1", _MARKDOWN_LINK.sub(r"\1", text))
            case _:
                yield text


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
