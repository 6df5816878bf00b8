"""What people sent, as Slack hands it over, in the plain words that can be masked and asked."""

import html
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from assistant.ports import Masker
from assistant.service import MAX_QUESTION
from assistant.situation import read_situation
from bots.slack.keeping.people import SCHOOLS

_PERSON = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^[A-Z0-9]+(?:\|[^>]*)?>")
_DAY = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_CALL = re.compile(r"<![a-z]+(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+(?:\|([^>]*))?>")
_LINK = re.compile(r"<(?:https?|mailto|tel):[^|>]*\|([^>]*)>")
_BARE_LINK = re.compile(r"<((?:https?|mailto|tel):[^>]*)>")

_KINDS = {**SCHOOLS, "fe": "Further education college"}  # in words that are understood when they are read again


def plain_words(text: str, *, me: str | None = None) -> str:
    """`text` without Slack's markup; other people become a plain token and `me`, the app, goes."""
    if me:
        text = re.sub(rf"<@{re.escape(me)}(?:\|[^>]*)?>", " ", text)
    for pattern, words in ((_PERSON, "[name]"), (_GROUP, ""), (_DAY, r"\1"), (_CALL, ""), (_CHANNEL, r"\1")):
        text = pattern.sub(words, text)
    text = _BARE_LINK.sub(r"\1", _LINK.sub(r"\1", text))
    return html.unescape(text).strip()


def masked(text: str, *, masker: Masker, today: date) -> str:
    """`text` as it may be kept. The kind of school that a masked name told is said in its place."""
    kept = masker.mask(text)
    if kept == text or len(text) > MAX_QUESTION:  # nobody is going to answer that one
        return kept
    told, left = (read_situation(each, history=(), today=today).settings for each in (text, kept))
    lost = [name for word, name in _KINDS.items() if word in told - left]
    return f"{kept} (Kind of school: {', '.join(lost)})" if lost else kept


def is_from_a_person(event: Mapping[str, Any]) -> bool:
    """Whether somebody wrote this message just now: not a program, and no change, deletion or news of a channel."""
    written = event.get("subtype") in {None, "file_share", "thread_broadcast"}
    return written and bool(event.get("user")) and not event.get("bot_id") and not event.get("hidden")


def has_files(message: Mapping[str, Any]) -> bool:
    return bool(message.get("files"))
