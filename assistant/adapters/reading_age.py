"""How old a reader has to be to follow a text, by the Flesch-Kincaid grade of textstat."""

import re
from functools import lru_cache

from textstat.textstat import textstatistics

_SCHOOL_STARTS = 5  # years of age: a grade counts the school years behind a reader
_NOT_READ_ALOUD = re.compile(r"\[\d{1,3}\]|https?://\S+")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+\.)\s+")
_ENDED = (".", "!", "?")


class FleschKincaid:
    """The `ReadingAge` of English text. Its dictionary comes with a package; nothing is downloaded."""

    def of(self, text: str) -> float | None:
        """Years of age, to one decimal place; None for a text without words."""
        prose = as_prose(text)
        if not any(character.isalpha() for character in prose):
            return None
        grade = float(_statistics().flesch_kincaid_grade(prose))
        return round(max(0.0, grade) + _SCHOOL_STARTS, 1)

    def warm(self) -> None:
        """Load the dictionary, which the first text would wait two seconds for."""
        self.of("The school must tell you why.")


def as_prose(text: str) -> str:
    """`text` without source numbers and addresses; each line without a full stop counts as a sentence of its own."""
    lines = (" ".join(_NOT_READ_ALOUD.sub(" ", _BULLET.sub("", line)).split()) for line in text.splitlines())
    return "\n".join(line if line.endswith(_ENDED) else f"{line.rstrip(',;:')}." for line in lines if line)


@lru_cache(maxsize=1)
def _statistics() -> textstatistics:
    return textstatistics()
