"""Takes a child's details out of a message before it is kept: the port `Masker`, by patterns and kept lists.

Nothing here touches the network. The lists are read at the first message, and never change after that.
"""

import re
from collections.abc import Iterator

from assistant.adapters.masking_names import names
from assistant.adapters.masking_numbers import identifiers
from assistant.adapters.masking_schools import schools
from assistant.adapters.masking_words import lexicon

Found = tuple[int, int, str]

# Law, courts, councils and reports: no name is looked for inside.
_KEPT = re.compile(
    r"""\[[\w\s-]{3,30}\]                                                          # our own tokens, and [2014]
    | \bR\.?\s?\([^)\n]{1,90}\)\s+v\.?\s+[^,.;?\n]{3,80}?(?=\s\[|\s\(|\s(?:what|did|does|is|was|were|applies|say|said|held|and)\b|[,.;?\n]|$)
    | \b[A-Z][\w.&'’]{0,20}(?:\s[A-Z][\w.&'’]*){0,4}\s+v\.?\s+(?:The\s)?[A-Z][\w'’]*(?:\s(?:of|and|the|[A-Z][\w'’]*)){0,8}
    | \b(?:[A-Z][\w'’]*,?\s(?:(?:and|of|the|for|to|in|&)\s|\([^)\n]{2,60}\)\s){0,3}){1,8}(?:Acts?|Regulations|Code|Order|Rules|Convention)\b(?:\s(?:19|20)\d\d)?
    | \b(?:London\sBorough|Royal\sBorough|City|County|Borough|Metropolitan\sBorough)\sof\s[A-Z][\w]*(?:\s(?:and|upon|[A-Z]\w*)){0,4}
    | \b(?:[A-Z][\w'’]*\s(?:and\s|upon\s|of\s|the\s)?){1,4}(?:(?:City|County|Borough|District|Metropolitan)\s){0,2}(?:Council|LA|SENDIASS|IASS|Safeguarding\sPartnership)\b
    | \b(?:[A-Z][\w'’]*\s){1,4}(?:Review|Inquiry|Report|Tribunal|Legal\sCentre|Society|Guidance|Panel|Competence|Law)\b
    | \b(?:Timpson|Gillick|Fraser|Baker|Lamb|Warnock|Laming|Munro)\s(?:[Rr]eview|[Cc]ompeten\w+|[Gg]uidelines|[Cc]lause|[Rr]eport|[Ii]nquiry)
    | \bWinchmore\sSchool\b | \bex\sparte\s\w+ | \bSupporting\sChildren\sOut\sof\sSchool\b
    | \bSI\s\d{4}/\d+ | \bDFE-\d+-\d+ | \[\d{4}\]\s[A-Z]+[\w\s()]*?\d+ | \b(?:UKUT|EWHC|EWCA|UKSC|UKHL)\b[\w\s()]*?\d+(?:\s\(\w+\))?
    """,  # noqa: E501 - one pattern a line is easier to check against the law reports
    re.VERBOSE,
)


class PatternMasker:
    """Masks by patterns and lists of names. It has no state of its own: safe to use from many threads."""

    def mask(self, text: str) -> str:
        """`text` with plain tokens ([name], [school], [phone]...) for what identifies people; masking again is idle."""
        while (masked := _once(text)) != text:
            text = masked
        return text


def _once(text: str) -> str:
    lower = "".join(small if len(small := character.lower()) == 1 else character for character in text)
    taken: list[tuple[int, int]] = [match.span() for match in _KEPT.finditer(text)]
    chosen: list[Found] = []
    for start, end, token in _found(_calm(text, lower), lower):
        if start < end and all(end <= first or start >= last for first, last in taken):
            taken.append((start, end))
            chosen.append((start, end, token))
    for start, end, token in sorted(chosen, reverse=True):
        text = text[:start] + token + text[end:]
    return text


def _calm(text: str, lower: str) -> str:
    """The text in small letters when all of it was shouted, so that capitals mean something again."""
    letters = [character for character in text if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return lower if len(letters) > 20 and capitals > 0.7 * len(letters) else text


def _found(text: str, lower: str) -> Iterator[Found]:
    yield from identifiers(text)
    words = lexicon()
    yield from ((start, end, "[school]") for start, end in schools(text, lower=lower, words=words))
    yield from ((start, end, "[name]") for start, end in names(text, lower=lower, words=words))
