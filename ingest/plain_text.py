"""The plain words of a text that others wrote: no markup, no invisible characters, no more than is of use."""

import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

LONGEST = 20_000
LONGEST_FIELD = 1_000
_BLOCKS = re.compile(
    r"</?(?:p|div|br|li|ul|ol|tr|h[1-6]|table|section|article|dd|dt|dl|blockquote)\b[^>]*>", re.IGNORECASE
)
_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_UNSEEN = ("script", "style", "template", "noscript", "iframe", "svg", "head")
_HIDDEN = (
    "[hidden], [aria-hidden=true], [style*='display:none'], [style*='display: none'], [style*='visibility:hidden']"
)


def plain(text: str) -> str:
    """What a person would see of it, with its paragraphs as lines. Comments, scripts and what is hidden are no part."""
    if text.isprintable() and "<" not in text and "&" not in text and len(text) <= LONGEST:
        return " ".join(text.split())  # most fields of most entries
    if _MARKUP.search(text):
        text = _without_markup(text.encode(errors="ignore").decode())  # half characters cannot be kept
    lines = (" ".join(_visible(line).split()) for line in text.splitlines())
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"


def plain_line(text: str) -> str:
    """The same in one line of a field. Raises `ValueError` when it is too long to be the value of one."""
    words = " ".join(plain(text).split())
    if len(words) > LONGEST_FIELD:
        raise ValueError(f"it has {len(words):,} characters, and {LONGEST_FIELD:,} is the limit")
    return words


def _visible(text: str) -> str:
    """Control, private and text-direction characters can hide words or turn them round."""
    if text.isprintable():
        return text
    return "".join(" " if mark.isspace() else mark for mark in text if mark.isspace() or _shows(mark))


def _shows(mark: str) -> bool:
    return unicodedata.category(mark) not in {"Cc", "Cf", "Co", "Cs", "Cn"}


def _without_markup(text: str) -> str:
    tree = LexborHTMLParser(_BLOCKS.sub(lambda tag: f"\n{tag.group()}", text))
    tree.strip_tags(list(_UNSEEN))
    for node in tree.css(_HIDDEN):
        node.decompose()
    return tree.body.text(deep=True, separator="") if tree.body is not None else ""
