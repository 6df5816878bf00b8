"""Words as Slack shows them: nothing that somebody wrote can call people, become a link or break what stands around it.

Slack reads text in four ways, and each needs another escape: `plain_text` and table cells (shown as they are), mrkdwn
(Slack's own markup), the Markdown of `markdown` blocks and streams, and the `text` of a message. Every escape first
takes out characters that nobody sees and breaks what Slack would find by itself (addresses, @here, emoji codes).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_JOINER = "\u2060"  # no width, no meaning: it keeps Slack from recognising what it stands in
_LEFT, _RIGHT = "‹", "›"
_LONGEST_LINK = 3000  # characters

# Characters that nobody sees: they hide words from an escape, or turn the text after them round.
_UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
                     "\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]")  # fmt: skip
_STRAY_JOINER = re.compile("(?:(?<=[\u0000-\u007f])|^)[\u200c\u200d]+|[\u200c\u200d]+(?=[\u0000-\u007f]|$)")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\u0085\u2028\u2029]")

_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=[^\s:])|(?<=[0-9+.-]):(?=//|[A-Za-z])")
_DOTTED = re.compile(r"(?<=[\w-])\.(?=[^\W\d_]{2})")
_AT = re.compile(r"@(?=\w)")
_EMOJI_CODE = re.compile(r":(?=[\w+'’-]+:)")
_CHANNEL = re.compile(r"(?<!\w)#(?=\w)")

_BRACKETED = re.compile(r"<([^\s<>=\d][^<>]*)>")
_OPENED = re.compile(rf"<(?=[!@#A-Za-z/{_LEFT}])")
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]])")
_MARKDOWN_START = re.compile(r"^(#{1,6}|[-+])(?=\s|$)|^(\d{1,9})([.)])(?=\s|$)")
_RULE_LINE = re.compile(r"^([-=])(?=[-=\s]*$)")
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_QUOTE_START = re.compile(r"^(\s*)(?:&gt;)+")


def tidy(text: str) -> str:
    """`text` without the characters that nobody sees; every end of a line is a line feed."""
    seen = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return _STRAY_JOINER.sub("", seen)


def one_line(text: str) -> str:
    """`text` tidied, in a single line."""
    return " ".join(tidy(text).split())


def plain(text: str) -> str:
    """For `plain_text`, the cells of a table and the text of `rich_text`: shown as it is, with its lines."""
    return _OPENED.sub(_LEFT, _BRACKETED.sub(rf"{_LEFT}\1{_RIGHT}", _inert(tidy(text))))


def mrkdwn(text: str) -> str:
    """For `mrkdwn` objects, in one line. Signs that would format are shown as others that look alike."""
    inert = _inert(one_line(text).translate(_ALIKE))
    escaped = inert.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _QUOTE_START.sub(rf"\1{_RIGHT}", escaped)


def markdown(text: str) -> str:
    """For `markdown` blocks and streams, in one line."""
    inert = _inert(one_line(text)).replace("<", _LEFT).replace(">", _RIGHT).replace("~", "∼").replace("|", "¦")
    escaped = _ENTITY.sub(r"\\&", _MARKDOWN_SPECIAL.sub(r"\\\1", inert))
    start = _MARKDOWN_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", escaped)
    return _RULE_LINE.sub(r"\\\1", start)


def spoken(text: str) -> str:
    """For the `text` of a message, in one line: Slack reads it as mrkdwn, people read it in a notification."""
    return mrkdwn(text)


def _inert(text: str) -> str:
    """`text` with what Slack would recognise by itself broken by a character that nobody sees."""
    broken = _SCHEME.sub(f":{_JOINER}", text)
    broken = _DOTTED.sub(f".{_JOINER}", broken)
    broken = _EMOJI_CODE.sub(f":{_JOINER}", broken)
    broken = _AT.sub(f"@{_JOINER}", broken)
    return _CHANNEL.sub(f"#{_JOINER}", broken)


# Links, and people by their ids: the only live markup, and only of what was checked ----------------------------------

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,20}")


def web_address(url: str | None) -> str | None:
    """The address, fit to stand in any markup, when it is one of the web; else None: nothing else becomes a link."""
    if not url or tidy(url) != url or len(url) > _LONGEST_LINK:
        return None
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        return None
    return quote(url.strip(), safe="%/:=&?~#+!$,;'@.-_") if known else None


def mrkdwn_link(url: str | None, words: str) -> str:
    """`words` as a link where the address is one of the web, else the words alone."""
    address = web_address(url)
    shown = mrkdwn(words)
    return f"<{address.replace('&', '&amp;')}|{shown.replace('|', '¦')}>" if address else shown


def markdown_link(url: str | None, words: str) -> str:
    """The same for `markdown` blocks and streams."""
    address = web_address(url)
    return f"[{markdown(words)}]({address})" if address else markdown(words)


def person(user_id: str | None) -> str | None:
    """A live mention of a user for mrkdwn, by an id of Slack's; None when it is not one."""
    return f"<@{user_id}>" if user_id and _USER_ID.fullmatch(user_id) else None


def is_channel(channel_id: str | None) -> bool:
    """Whether this is the id of a channel, as a menu of channels can show it."""
    return bool(channel_id and _CHANNEL_ID.fullmatch(channel_id))


# How a line is set in each of them ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One way of writing: how words are escaped, and its marks for strong words and the items of a list."""

    words: Callable[[str], str]
    link: Callable[[str | None, str], str]
    strong_mark: str
    bullet: str

    def strong(self, text: str) -> str:
        written = self.words(text)
        return f"{self.strong_mark}{written}{self.strong_mark}" if written else ""


MARKDOWN = Hand(words=markdown, link=markdown_link, strong_mark="**", bullet="- ")
MRKDWN = Hand(words=mrkdwn, link=mrkdwn_link, strong_mark="*", bullet="• ")
SPOKEN = Hand(words=spoken, link=lambda _, words: spoken(words), strong_mark="", bullet="")


# Cutting ------------------------------------------------------------------------------------------------------------

# What may never be cut: a run of citations with the word before it, a link, an escaped sign, an entity, strong words.
_WHOLE = re.compile(
    r"\S{0,60}(?:\s?\[\d{1,3}\])+\S{0,20}|\[(?:\\.|[^\]\\])*\]\([^)\s]*\)|<[^<>\s][^<>]*>|\\.|&[a-z]+;|\*\*[^*]{1,200}\*\*"
)
_SENTENCE_END = re.compile(r"[.!?:;][)\]”’\"']*\s")


def cut(text: str, most: int) -> list[str]:
    """`text` in pieces of at most `most` characters: at ends of lines, sentences or words, never inside a citation.

    Joined by a space or a line end, the pieces give the text again. A single unbroken word is cut only when it alone
    is longer than `most`.
    """
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > most:
        at = _place_to_cut(rest, most)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*pieces, rest] if rest else pieces


def shortened(text: str, most: int) -> str:
    """The beginning of `text`, at most `most` characters, with an ellipsis where something was left out."""
    return text if len(text) <= most else f"{cut(text, most - 2)[0]} …"


def _place_to_cut(text: str, most: int) -> int:
    window = text[: most + 1]
    whole = [m.span() for m in _WHOLE.finditer(text, 0, min(len(text), most + 400)) if m.end() - m.start() <= most]
    for pattern, least in ((re.compile(r"\n"), most // 3), (_SENTENCE_END, most // 3), (re.compile(r"\s"), 1)):
        places = [m.end() for m in pattern.finditer(window) if least <= m.end() <= most + 1]
        sound = [at for at in places if not any(start < at < end for start, end in whole)]
        if sound:
            return min(sound[-1], most + 1)
    inside = [start for start, end in whole if start < most < end and start > 0]
    return inside[0] if inside else most
