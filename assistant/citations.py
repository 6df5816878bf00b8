"""Citations: making them from passages, and checking that a statement says no more than what it cites."""

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.model import Citation, Passage, Statement
from assistant.sources import Tier, Verification
from assistant.wording import content_stems

UNCHECKED = "This has not been checked against its source yet."

_NUMBERS = re.compile(r"£?\d[\d,]*(?:\.\d+)?")
_COUNTED = (
    ("one", "first"), ("two", "second"), ("three", "third"), ("four", "fourth"), ("five", "fifth"), ("six", "sixth"),
    ("seven", "seventh"), ("eight", "eighth"), ("nine", "ninth"), ("ten", "tenth"), ("eleven",), ("twelve",),
    ("thirteen",), ("fourteen",), ("fifteen", "fifteenth"), ("sixteen",), ("seventeen",), ("eighteen",), ("nineteen",),
    ("twenty", "twentieth"),
)  # fmt: skip
_NUMBER_WORDS = {word: str(number) for number, words in enumerate(_COUNTED, start=1) for word in words} | {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90", "hundred": "100", "half": "1/2",
}  # fmt: skip
_MODALS = {
    "must": re.compile(r"\bmust\b|\bhas to\b|\bhave to\b|\brequired to\b", re.IGNORECASE),
    "should": re.compile(r"\bshould\b|\bought to\b", re.IGNORECASE),
    "may": re.compile(r"(?<!\d )\bmay\b(?! \d)|\bcan\b|\bcould\b", re.IGNORECASE),  # not the month
}
_NEGATION = re.compile(r"\b(?:no|not|never|cannot|nor|neither|without)\b|n['’]t\b", re.IGNORECASE)
_ENOUGH_SHARED = 0.6
_MONTHS = "january february march april june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_TELLING = {
    "number": re.compile(rf"£?\d+(?:[.,]\d+)*[a-z]{{0,2}}\b|\d+|\b(?:{'|'.join(_NUMBER_WORDS)})\b"),
    "date": re.compile(rf"\b(?:{'|'.join((*_MONTHS, *_WEEKDAYS))})\b|(?<=\d )may\b|\bmay(?= \d)"),
    "force": re.compile(
        r"\b(?:must|should|shall|could|can|has to|have to|had to|required to|ought to)\b|\bcan(?=not\b)"
        r"|(?<!\d )\bmay\b(?! \d)"
    ),
    "denial": _NEGATION,
    "limit": re.compile(r"\b(?:before|after|unless|until|only|except|within|least|most)\b"),
}
_STRENGTH = {tier: place for place, tier in enumerate(Tier)}  # strongest first


def cite(passage: Passage, n: int) -> Citation:
    """Citation number `n` for a passage: its exact words, and the strongest place they come from.

    A provision read in an older edition carries that edition, so that its number is never taken for the current one's.
    """
    authority = min(passage.authority, key=lambda a: _STRENGTH[a.source.tier])
    source = authority.source
    notes = [note for note in (passage.caveat, UNCHECKED if passage.verified is Verification.MEMORY else None) if note]
    others = [a for a in passage.authority if a is not authority]
    return Citation(
        n=n,
        passage_id=passage.id,
        title=source.title,
        provision=authority.provision,
        edition=authority.read_in or source.edition,
        tier=source.tier,
        url=authority.url or source.url,
        quote=passage.statement,
        in_force_from=passage.in_force_from,
        in_force_to=passage.in_force_to,
        checked_on=passage.checked_on,
        verified=passage.verified,
        note=" ".join(notes) or None,
        also=tuple(reference(a.source.short_title, a.provision, a.read_in) for a in others),
    )


def reference(title: str, provision: str | None, edition: str | None) -> str:
    """A place in a document as one line, with the edition its number was read in."""
    place = f"{title}, {provision}" if provision else title
    return f"{place} (numbered as in the {edition})" if provision and edition else place


def supported(
    statements: Iterable[Statement], citations: Sequence[Citation], passages: Mapping[str, Passage]
) -> tuple[Statement, ...]:
    """The statements that stand: each cites at least one passage, quoted exactly, and says nothing beyond the quotes.

    Every writer's text passes here, the extractive one's too. What does not stand is dropped, never repaired.
    """
    sound = {
        citation.n: citation.quote
        for citation in citations
        if citation.passage_id in passages and citation.quote in passages[citation.passage_id].statement
    }
    return tuple(
        statement
        for statement in statements
        if statement.citations
        and all(n in sound for n in statement.citations)
        and says_no_more(statement.text, [sound[n] for n in statement.citations])
    )


def says_no_more(text: str, quotes: Sequence[str]) -> bool:
    """Whether `text` adds nothing to `quotes`: no new number, no stronger or weaker duty, no turned negation.

    A conservative test by words, not a proof of meaning: paraphrase that drifts far is refused as well.
    """
    if text in quotes:
        return True
    whole = " ".join(quotes)
    if not _numbers(text) <= _numbers(whole):
        return False
    if any(modal.search(text) and not modal.search(whole) for modal in _MODALS.values()):
        return False
    if bool(_NEGATION.search(text)) != bool(_NEGATION.search(whole)) or _turns_a_negation(text, whole):
        return False
    stems = content_stems(text)
    return bool(stems) and len(stems & content_stems(whole)) / len(stems) >= _ENOUGH_SHARED


def telling_words(text: str) -> Mapping[str, tuple[str, ...]]:
    """The words that change most what a sentence says, in their order, by kind.

    The kinds are "number", "date" (months and weekdays), "force" (must, should, may and their kin), "denial" (not,
    never, without and their kin) and "limit" (before, unless, only and their kin). Numbers are in figures.
    """
    lowered = text.lower().replace("’", "'")
    found = {kind: tuple(pattern.findall(lowered)) for kind, pattern in _TELLING.items()}
    found["number"] = tuple(_NUMBER_WORDS.get(word, word.replace(",", "")) for word in found["number"])
    return found


def _numbers(text: str) -> frozenset[str]:
    """The numbers of `text`, whether in figures or words."""
    figures = {written.replace(",", "") for written in _NUMBERS.findall(text)}
    return frozenset(figures | {_NUMBER_WORDS[w] for w in re.findall(r"[a-z]+", text.lower()) if w in _NUMBER_WORDS})


def _turns_a_negation(text: str, whole: str) -> bool:
    """Whether `text` denies what `whole` says of a word, or says what `whole` only denies of it."""
    denied, said = _polarity(text)
    truly_denied, truly_said = _polarity(whole)
    return bool(denied - truly_denied or said & (truly_denied - truly_said))


def _polarity(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems that follow a negation directly, and those that do not."""
    denied: set[str] = set()
    said: set[str] = set()
    negated = False
    for word in re.findall(r"[\w£'’]+|[.;:!?]", text):
        if _NEGATION.search(word):
            negated = True
            continue
        stems = content_stems(word)
        (denied if negated else said).update(stems)
        negated = negated and not stems and word not in ".;:!?"
    return frozenset(denied), frozenset(said)
