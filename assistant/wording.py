"""Small questions about words: what an acronym stands for, what is a sentence, which words carry meaning."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from assistant.model import Catalogue, GlossaryTerm

_CURLY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_INVISIBLE = {"Cc", "Cs", "Co", "Cn"}

# Words that say how something is asked, not what about.
_PLAIN_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being but by can could did do
    does doing done down for from get go going got had has have he her here him his how i if in into is it
    its just know let like may me might more most must my need no not now of off on one only or other our out
    over please said say she should so some than that the their them then there these they thing this those
    to told too up us was we well were what when where which while who whom whose why will with would yes you
    your
    """.split()
)


def clean(text: str) -> str:
    """The message as read: straight quotes, no control or invisible characters, single spaces, line breaks kept."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())  # what nearly everybody types
    shown = (c for c in text.translate(_CURLY) if unicodedata.category(c) != "Cf")  # a soft hyphen is inside a word
    kept = "".join(c if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE else " " for c in shown)
    lines = (" ".join(line.split()) for line in kept.splitlines())
    return "\n".join(line for line in lines if line)


def has_words(text: str) -> bool:
    """Whether there is anything but digits, punctuation and pictures."""
    return any(character.isalpha() for character in text)


def stem(word: str) -> str:
    """A rough stem, for comparing words of the same text; the search has a proper one of its own."""
    for ending in (
        "ations",
        "ation",
        "ements",
        "ement",
        "ings",
        "ing",
        "ions",
        "ion",
        "ies",
        "ed",
        "es",
        "ly",
        "s",
        "e",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4096)
def content_stems(text: str) -> frozenset[str]:
    """The stems of the words of `text` that carry meaning, numbers included."""
    words = re.findall(r"[a-z0-9£']+", text.lower().translate(_CURLY))
    return frozenset(stem(word.strip("'")) for word in words if word not in _PLAIN_WORDS and len(word) > 1)


def sentences(text: str) -> Sequence[str]:
    """`text` in sentences, by full stops, question marks and line ends that start a new sentence."""
    parts = re.split(r"(?<=[.!?])\s+(?=[A-Z0-9\"'])|\n+", text.strip())
    return [part.strip() for part in parts if part.strip()]


class Glossary:
    """Acronyms and family words, matched as whole words, and what the sector calls them."""

    def __init__(self, terms: Iterable[GlossaryTerm]) -> None:
        every = [(form, term) for term in terms for form in (term.term, *term.also)]
        self._all = _Lookup(every)
        self._acronyms = _Lookup((form, term) for form, term in every if _is_acronym(form, term))

    def expand(self, text: str) -> str:
        """`text` with what its acronyms and family words mean added at the end: for reading the situation."""
        meanings = dict.fromkeys(meaning for _, meaning in self._all.found(text))
        added = [meaning for meaning in meanings if meaning.lower() not in text.lower()]
        return f"{text} ({'; '.join(added)})" if added else text

    def spell_out(self, text: str) -> str:
        """`text` with its acronyms replaced by their words: for the vectors, whose model knows no acronyms."""
        return self._acronyms.replace(text, lambda _, meaning: meaning)

    def explain(self, text: str) -> str:
        """`text` with the words of its acronyms beside them: for the search by words, which may know either."""
        return self._acronyms.replace(text, lambda written, meaning: f"{written} ({meaning})")


_ACRONYM_LENGTH = 8
_WORD = re.compile(r"\w+")


def _is_acronym(form: str, term: GlossaryTerm) -> bool:
    named_so = term.term.isupper() or any(character.isdigit() for character in term.term)
    return named_so and " " not in form and 2 <= len(form) <= _ACRONYM_LENGTH


class _Lookup:
    """Whole-word forms and their meanings; a case-sensitive term counts only as it is written."""

    def __init__(self, forms: Iterable[tuple[str, GlossaryTerm]]) -> None:
        self._any_case: dict[str, str] = {}
        self._as_written: dict[str, str] = {}
        for form, term in forms:
            if term.case_sensitive and form == term.term:
                self._as_written[form] = term.means
            else:
                self._any_case[form.lower()] = term.means
        self._starting_with: dict[str, list[str]] = {}
        for form in {*self._any_case, *(form.lower() for form in self._as_written)}:
            self._starting_with.setdefault(_first_word(form), []).append(form)

    def found(self, text: str) -> Iterable[tuple[str, str]]:
        """Each form as written in `text`, with its meaning."""
        pattern = self._pattern_for(text)
        for match in pattern.finditer(text) if pattern else ():
            meaning = self._meaning(match.group(0))
            if meaning is not None:
                yield match.group(0), meaning

    def replace(self, text: str, write: Callable[[str, str], str]) -> str:
        def rewritten(match: re.Match[str]) -> str:
            meaning = self._meaning(match.group(0))
            return match.group(0) if meaning is None else write(match.group(0), _BRACKETED.sub("", meaning))

        pattern = self._pattern_for(text)
        return pattern.sub(rewritten, text) if pattern else text

    def _pattern_for(self, text: str) -> re.Pattern[str] | None:
        """A pattern of just the forms that stand in `text`: trying all thousand would cost more than the search."""
        lowered = text.lower()
        starts = {"", *_WORD.findall(lowered)}
        present = (form for start in starts for form in self._starting_with.get(start, ()) if form in lowered)
        return _whole_words(tuple(sorted(present, key=lambda form: (-len(form), form))))

    def _meaning(self, written: str) -> str | None:
        return self._as_written.get(written) or self._any_case.get(written.lower())


def _first_word(form: str) -> str:
    """The word a form starts with; empty when it starts with something else, such as a pound sign."""
    match = _WORD.match(form)
    return match.group(0) if match else ""


@lru_cache(maxsize=2048)
def _whole_words(forms: tuple[str, ...]) -> re.Pattern[str] | None:
    if not forms:
        return None
    return re.compile(r"(?<![\w£])(?:" + "|".join(map(re.escape, forms)) + r")(?!\w)", re.IGNORECASE)


_BRACKETED = re.compile(r"\s*\([^)]*\)")


def vocabulary_of(catalogue: Catalogue) -> frozenset[str]:
    """Every word the corpus uses or expects from its readers, lower case."""
    texts: list[str] = []
    for passage in catalogue.passages:
        texts += [passage.statement, *passage.questions, *passage.also_asked, *passage.keywords]
    for guide in catalogue.guides:
        texts += guide.matches
    for term in catalogue.glossary:
        texts += [term.term, term.means, *term.also]
    return frozenset(word for text in texts for word in _words(text)) | _PLAIN_WORDS


def looks_english(text: str, vocabulary: frozenset[str]) -> bool:
    """Whether `text` may be English: short messages always may, longer ones must use words English readers use.

    A share of known words, not a language detector: it must never turn away a parent who types badly.
    """
    letters = [c for c in text if c.isalpha()]
    if letters and sum(c.isascii() for c in letters) / len(letters) < _MOSTLY_LATIN:
        return False
    words = _words(text)
    if len(words) < _FEW_WORDS:
        return True
    return sum(word in vocabulary for word in words) / len(words) >= _KNOWN_SHARE


def known_share(text: str, vocabulary: frozenset[str]) -> float:
    """The share of the words of `text` that carry meaning which the corpus uses too (0 to 1; 0 when there are none)."""
    words = [word for word in _words(text) if word not in _PLAIN_WORDS]
    return sum(word in vocabulary for word in words) / len(words) if words else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower().translate(_CURLY).replace("'", ""))


_MOSTLY_LATIN = 0.5
_FEW_WORDS = 4
_KNOWN_SHARE = 0.45
