"""Finds the law, courts, councils and reports that are named: no person's name is looked for inside."""

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.adapters.masking_words import SECTOR, TITLES, Lexicon

Span = tuple[int, int]

# Our own tokens, word for word: people write names in square brackets too.
_OUR_OWN = (
    r"\[(?:name|school|phone|e-mail|UPN|NHS\snumber|National\sInsurance\snumber|date\sof\sbirth|case\snumber"
    r"|postcode)\]"
)
_WHOLE = re.compile(
    rf"""{_OUR_OWN} | \[(?:19|20)\d\d\]
    | \bR\.?\s?\([^)\n]{{1,90}}\)\s+v\.?\s+[^,.;?\n]{{3,80}}?(?=\s\[|\s\(|\s(?:what|did|does|is|was|were|applies|say|said|held|and)\b|[,.;?\n]|$)
    | \b[A-Z][\w.&'’]{{0,20}}(?:\s[A-Z][\w.&'’]*){{0,4}}\s+v\.?\s+(?:The\s)?[A-Z][\w'’]*(?:\s(?:of|and|the|[A-Z][\w'’]*)){{0,8}}
    | (?<!\bMr\s)(?<!\bMrs\s)(?<!\bMs\s)(?<!\bMiss\s)(?<!\bDr\s)\b(?:Timpson|Gillick|Fraser|Baker|Lamb|Warnock|Laming|Munro|Cass|Elton)\s(?:[Rr]eview|[Cc]ompeten\w+|[Gg]uidelines|[Cc]lause|[Rr]eport|[Ii]nquiry)
    | \b(?:Benedict|Clare|Natasha|Sarah)['’]s\sLaw\b
    | \bWinchmore\sSchool\b | \bex\sparte\s\w+ | \bSupporting\sChildren\sOut\sof\sSchool\b
    | \bSI\s\d{{4}}/\d+ | \bDFE-\d+-\d+
    | (?:\[\d{{4}}\]\s(?:\d+\s)?[A-Z]{{2,6}}|\b(?:UKUT|EWHC|EWCA|UKSC|UKHL))(?:\s(?:Civ|Crim|Admin|Fam|\(\w+\)))?\s\d+(?:\s\(\w+\))?
    """,  # noqa: E501 - one pattern a line is easier to check against the law reports
    re.VERBOSE,
)
_BOROUGH = re.compile(
    r"\b(?:London\sBorough|Royal\sBorough|City|County|Borough|Metropolitan\sBorough)\sof\s"
    r"[A-Z][\w]*(?:\s(?:and|upon|[A-Z][\w'’]*)){0,4}"
)
_COUNCIL = re.compile(
    r"\b(?:[A-Z][\w'’]*\s(?:and\s|upon\s|of\s|the\s)?){1,4}(?:(?:City|County|Borough|District|Metropolitan)\s){0,2}"
    r"(?:Council|LA|SENDIASS|IASS|Safeguarding\sPartnership)\b"
)
_ACT = re.compile(
    r"\b(?:[A-Z][\w'’]*,?\s(?:(?:and|of|the|for|to|in|&)\s|\([^)\n]{2,60}\)\s){0,3}){1,8}"
    r"(?:Acts?|Regulations|Code|Order|Rules|Convention)\b(?:\s(?:19|20)\d\d)?"
)
_REPORT = re.compile(
    r"\b(?:[A-Z][\w'’]*\s){1,4}"
    r"(?:Review|Inquiry|Report|Tribunal|Legal\sCentre|Society|Guidance|Panel|Competence|Law)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?")
_SCHOOL = frozenset("school academy college primary infants juniors nursery grammar pru utc prep".split())
# Names that law, reports and councils bear: "the Geneva Convention", "King's Lynn".
_BORNE = frozenset(
    "timpson gillick warnock laming munro lenehan carlile geneva vienna king lynn furness melton boston".split()
)


def law(text: str, words: Lexicon) -> Iterator[Span]:
    """The spans of `text` that name law and those who make or judge by it, without the people named beside them."""
    yield from (match.span() for match in _WHOLE.finditer(text))
    for match in _BOROUGH.finditer(text):
        people = _people(match, words, strange=False)
        yield match.start(), people[0][0] if people else match.end()
    for pattern in (_COUNCIL, _ACT, _REPORT):
        for match in pattern.finditer(text):
            people = _people(match, words, strange=pattern is not _COUNCIL)
            yield people[-1][1] if people else match.start(), match.end()


def _people(match: re.Match[str], words: Lexicon, *, strange: bool) -> list[Span]:
    """The words of a title, its last left out, that name a person or school, or that may do so when `strange`."""
    found: list[Span] = []
    before = ""
    for word, following in pairwise(_WORD.finditer(match.string, *match.span())):
        form = word[0].lower().replace("’", "'")
        low = form.removesuffix("'").removesuffix("'s")
        surname = found and found[-1][1] + 1 == word.start() and low in words.last and low not in SECTOR
        if (
            before in TITLES
            or form in TITLES | _SCHOOL
            or (surname and "'" not in before)
            or (word[0][0].isupper() and _names_someone(low, words, owned=low != form, strange=strange))
        ):
            found.append((word.start(), min(word.end(), following.start())))
        before = form
    return found


def _names_someone(low: str, words: Lexicon, *, owned: bool, strange: bool) -> bool:
    if low in _BORNE:
        return False
    if words.is_clear_first(low) or words.is_clear_last(low):
        return True
    return (owned and words.is_first(low)) or ((owned or strange) and len(low) > 2 and words.is_strange(low))
