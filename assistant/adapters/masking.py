"""Takes a child's details out of a message before it is kept: the port `Masker`, by patterns and kept lists.

Nothing here touches the network. The lists are read at the first message, and never change after that.
"""

from collections.abc import Iterator

from assistant.adapters.masking_law import law
from assistant.adapters.masking_names import names
from assistant.adapters.masking_numbers import identifiers
from assistant.adapters.masking_schools import schools
from assistant.adapters.masking_words import lexicon

Found = tuple[int, int, str]


class PatternMasker:
    """Masks by patterns and lists of names. It has no state of its own: safe to use from many threads."""

    def mask(self, text: str) -> str:
        """`text` with plain tokens ([name], [school], [phone]...) for what identifies people; masking again is idle."""
        while (masked := _once(text)) != text:
            text = masked
        return text


def _once(text: str) -> str:
    lower = "".join(small if len(small := character.lower()) == 1 else character for character in text)
    kept = list(law(text, lexicon()))
    chosen: list[Found] = []
    for start, found_end, token in _found(_calm(text, lower), lower):
        end = _clear_of(kept, text, (start, found_end), token)
        if start < end and all(end <= first or start >= last for first, last, _ in chosen):
            chosen.append((start, end, token))
    for start, end, token in sorted(chosen, reverse=True):
        text = text[:start] + token + text[end:]
    return text


def _clear_of(kept: list[tuple[int, int]], text: str, found: tuple[int, int], token: str) -> int:
    """Where what is found must end to leave alone what is kept; its start when nothing of it is left."""
    start, end = found
    for first, last in kept:
        if end <= first or start >= last or first >= last:
            continue
        if start >= first or token not in {"[name]", "[school]"}:
            return start
        end = start + len(text[start:first].rstrip())  # "Kai Annual" of "Kai Annual Review"
        if text[start:end].lower() == "the":  # of "the Winchmore School"
            return start
    return end


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
