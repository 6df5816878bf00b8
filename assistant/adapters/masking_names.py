"""Finds people who are named, by kept lists of names and by the words around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.adapters.masking_words import PLACES, SECTOR, SHY, TITLES, Lexicon

Span = tuple[int, int]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_RELATION = frozenset(
    """son sons son's daughter daughters daughter's child childs child's boy girl lad lass kid baby grandson
    granddaughter grandchild stepson stepdaughter stepchild nephew niece brother sister twin twins cousin husband wife
    partner ex mum mom dad mother father nan gran grandma grandad auntie aunt uncle friend pupil student learner client
    caller callers one parent carer guardian teacher head headteacher senco worker youngest eldest oldest""".split()
)
_PARENTS = frozenset("mum mom mam dad mother father parent carer nan gran grandma grandad auntie aunt uncle".split())
_CALLED = frozenset("called named name's".split())
_PERSON_VERBS = frozenset(
    """was is has had got gets hit isn't wasn't hasn't hadn't can't cant couldn't doesn't doesnt didn't didnt won't wont
    attends attended went goes refused refuses refusing said says told needs wants wanted lives loves hates started
    punched kicked bit swore struggles struggled suffers turned ran came became does did will would cannot should and
    who's whos who thinks feels felt keeps kept lost broke threw""".split()
)
_SHY_VERBS = frozenset(
    "has hasn't had hadn't got refused refuses was wasn't hit went goes attends struggles said says".split()
)
_SIGN_OFF = re.compile(
    r"\b(?:thanks|thank\syou|thankyou|thx|regards|wishes|sincerely|faithfully|cheers|love|yours|ta)\b[^.\n?]{0,40}?"
    r"[,.!\n-]\s*((?:[^\W\d_][\w'’.-]*[ ]?){1,3})[\s.!x]*$",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(?:my\sname(?:\sis|'s|s)|name\sis|name:|names:|i\sam|i'm|i’m|im|this\sis|it's|(?<!\bbe\s)called|named|calls\shim|calls\sher"
    r"|goes\sby|known\sas|(?:pupil|student|child|father|mother|mum|dad|parent|carer|callers?|client|learner|name|names"
    r"|re|logged\sby|about|for|by|with):?)\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
_SURE_INTRODUCED = re.compile(r"(?:name|called|named)", re.IGNORECASE)
_INITIALS = re.compile(r"(?<![\w.])(?:[A-HJ-Z](?:\.\s?|\s)){1,2}(?=[A-Z][a-z])")
_AFTER_PLACE_WORD = frozenset("in at to near around of from".split())
# What is done to people: "won't let Zofia back", "they told Zofia to go".
_BEFORE_PEOPLE = frozenset(
    """let lets tell told tells ask asked asks put took taken take give gave given send sent sends suspend suspended
    exclude excluded expel expelled off-roll move moved moving keep keeps kept help helps helped support supports hit
    blame blamed restrain restrained isolate isolated bring brought collect collected want wants allow allowed if that
    because when while says said say does did has can could should why will would make made makes stop force
    forced teach taught see saw met call called where has""".split()
)
_PARTICLES = frozenset("ap de da van von der al el bin bint ul ur ibn la le mac mc st o".split())


@dataclass(slots=True)
class _Sentence:
    """The words of a text, and which of them are found to be names."""

    text: str
    lower: str
    words: Lexicon
    tokens: list[tuple[int, int, str, str]] = field(default_factory=list)  # start, end, as written, in small letters
    named: set[int] = field(default_factory=set)

    def capital(self, i: int) -> bool:
        return self.tokens[i][2][0].isupper()

    def low(self, i: int) -> str:
        return self.tokens[i][3] if 0 <= i < len(self.tokens) else ""

    def gap(self, i: int) -> str:
        """What stands between word i and the next."""
        return self.text[self.tokens[i][1] : self.tokens[i + 1][0]] if i + 1 < len(self.tokens) else ""

    def opens(self, i: int) -> bool:
        """Whether word i starts a sentence or a line."""
        before = self.text[: self.tokens[i][0]].rstrip(" \t\"'“‘(")
        return not before or before[-1] in ".!?\n:;•-"


def names(text: str, *, lower: str, words: Lexicon) -> Iterator[Span]:
    """The spans of `text` that name a person; `lower` is the text in small letters, of the same length."""
    sentence = _read(text, lower, words)
    for i in range(len(sentence.tokens)):
        if _stands_alone(sentence, i):
            sentence.named.add(i)
    _after_relations(sentence)
    _after_titles(sentence)
    _introduced(sentence)
    _signed(sentence)
    _initials(sentence)
    _surnames_and_partners(sentence)
    _said_again(sentence)
    yield from _spans(sentence)


def _read(text: str, lower: str, words: Lexicon) -> _Sentence:
    sentence = _Sentence(text=text, lower=lower, words=words)
    for match in _WORD.finditer(text):
        start, end = match.span()
        low = lower[start:end].replace("’", "'")
        for tail in ("'s", "s'"):
            if low.endswith(tail) and low != tail and low not in _RELATION:
                end -= 2 if tail == "'s" else 1
                low = lower[start:end].replace("’", "'")
                break
        sentence.tokens.append((start, end, text[start:end], low))
    return sentence


def _stands_alone(sentence: _Sentence, i: int) -> bool:
    """Whether word i is a name by itself, or by the word that follows."""
    words, low = sentence.words, sentence.low(i)
    if _is_initials(sentence.tokens[i][2]) or low in PLACES:
        return False
    if words.is_clear_first(low) or (low[-1] == "s" and words.is_strange(low) and words.is_clear_first(low[:-1])):
        return True  # also "jaydens mum"
    if not sentence.capital(i) or low in SECTOR:
        return False
    return _stands_with_others(sentence, i)


def _stands_with_others(sentence: _Sentence, i: int) -> bool:
    """Whether the capitalised word i is a name by where it stands and what follows."""
    words, low = sentence.words, sentence.low(i)
    if low in SHY:
        return words.is_first(low) and _is_shy_name(sentence, i)
    before = sentence.low(i - 1) if i else ""
    owns = sentence.text[sentence.tokens[i][1] :][:2] in {"'s", "’s"}
    if words.is_first(low):
        if not words.is_known(low) or not sentence.opens(i):
            return not (words.is_known(low) and (before in _AFTER_PLACE_WORD or _in_a_title(sentence, i)))
        return owns or (_spoken(sentence, i) and sentence.low(i + 1) in _PERSON_VERBS)
    if before in _AFTER_PLACE_WORD:
        return False
    if words.is_clear_last(low) and not sentence.opens(i):
        return True
    return words.is_strange(low) and len(low) > 2 and (owns or _is_person_spoken_of(sentence, i))


def _spoken(sentence: _Sentence, i: int) -> bool:
    """Whether the sentence goes on after word i in small letters."""
    return sentence.gap(i).strip() == "" and not (i + 1 < len(sentence.tokens) and sentence.capital(i + 1))


def _is_shy_name(sentence: _Sentence, i: int) -> bool:
    follower = sentence.low(i + 1)
    if sentence.gap(i) == " " and sentence.capital(i + 1) and not sentence.opens(i):
        return _is_capital_first(sentence, i + 1) or sentence.words.is_clear_last(follower)  # "Summer Rose Patel"
    return _spoken(sentence, i) and follower in _SHY_VERBS and sentence.low(i - 1) not in _AFTER_PLACE_WORD


def _is_person_spoken_of(sentence: _Sentence, i: int) -> bool:
    """Whether what stands around a word that no list has speaks of a person."""
    if not _spoken(sentence, i):
        return False
    told = sentence.tokens[i][2][1:].islower() and not sentence.opens(i) and sentence.low(i - 1) in _BEFORE_PEOPLE
    return told or sentence.low(i + 1) in _PERSON_VERBS - {"and"}


def _in_a_title(sentence: _Sentence, i: int) -> bool:
    """Whether word i stands beside a capitalised word that is no name: "General Data", "County Hall"."""
    for j, gap in ((i - 1, i - 1), (i + 1, i)):
        if not 0 <= j < len(sentence.tokens) or sentence.gap(gap) != " " or not sentence.capital(j):
            continue
        low = sentence.low(j)
        opener = j < i and (sentence.opens(j) or low in TITLES | _RELATION)
        if not opener and not (sentence.words.is_first(low) or low in sentence.words.last):
            return not sentence.words.is_strange(low)
    return False


def _is_initials(form: str) -> bool:
    """Whether a word is written as initials are: "PEX", "EHCNAs"."""
    return len(form) > 1 and form[0].isupper() and form[1].isupper()


def _may_be_name(sentence: _Sentence, i: int, *, sure: bool) -> bool:
    """Whether word i, where a name is expected, is one; `sure` is for places where hardly anything else stands."""
    if i >= len(sentence.tokens):
        return False
    low = sentence.low(i)
    if low in SECTOR or (_is_initials(sentence.tokens[i][2]) and not (sure and len(low) == 2)):
        return False
    if sentence.capital(i):
        return sure or sentence.words.is_first(low) or sentence.words.is_strange(low) or low in sentence.words.last
    if sure:
        return sentence.words.is_first(low) or (sentence.words.is_strange(low) and len(low) > 1)
    strange = len(low) > 2 and low not in SHY and (sentence.words.is_strange(low) or sentence.words.is_first(low))
    return strange and sentence.low(i + 1) in _PERSON_VERBS - {"and"}


def _after_relations(sentence: _Sentence) -> None:
    for i in range(len(sentence.tokens) - 1):
        if sentence.low(i) not in _RELATION or sentence.gap(i).strip() not in {"", ",", "(", ":", "-", "–"}:
            continue
        following = sentence.low(i + 1)
        shy = following in SHY and sentence.gap(i).strip() == ""
        if sentence.capital(i + 1) and (shy or not sentence.words.is_known(following)):
            if (
                following not in SECTOR
                and not _is_initials(sentence.tokens[i + 1][2])
                and sentence.words.is_first(following) | sentence.words.is_strange(following)
            ):
                sentence.named.add(i + 1)
        elif (
            following in {"to", "of"} and sentence.low(i) in _PARENTS and sentence.gap(i) == sentence.gap(i + 1) == " "
        ):
            if sentence.words.is_first(sentence.low(i + 2)) and sentence.low(i + 2) not in SHY | SECTOR | PLACES:
                sentence.named.add(i + 2)  # "mum to bobby"
        elif _may_be_name(sentence, i + 1, sure=False) and sentence.gap(i).strip() in {"", ","}:
            sentence.named.add(i + 1)


def _after_titles(sentence: _Sentence) -> None:
    for i in range(len(sentence.tokens) - 1):
        if sentence.low(i) not in TITLES or sentence.gap(i).strip() not in {"", "."}:
            continue
        j = i + 1
        if sentence.low(j) in {"and", "&"} and sentence.low(j + 1) in TITLES:
            continue
        low = sentence.low(j)
        if sentence.low(i) == "miss" and not sentence.capital(j) and sentence.words.is_ordinary(low):
            continue  # "they miss school"
        if low in SECTOR and not (sentence.capital(j) and sentence.capital(i)):
            continue
        if len(low) == 1 and sentence.capital(j):
            sentence.named.add(j)
            j += 1
        if j < len(sentence.tokens):
            sentence.named.add(j)


def _introduced(sentence: _Sentence) -> None:
    starts = {token[0]: i for i, token in enumerate(sentence.tokens)}
    for match in _INTRODUCED.finditer(sentence.text):
        i = starts.get(match.end())
        if i is None:
            continue
        low, capital = sentence.low(i), sentence.capital(i)
        if _SURE_INTRODUCED.search(match[0]) is not None:
            named = _may_be_name(sentence, i, sure=True) and (capital or low not in SHY)
        else:
            strange = sentence.words.is_strange(low) and len(low) > 2 and not _is_initials(sentence.tokens[i][2])
            named = _is_capital_first(sentence, i) or (capital and strange)
        if named:
            sentence.named.add(i)


def _signed(sentence: _Sentence) -> None:
    match = _SIGN_OFF.search(sentence.text)
    if match is None:
        return
    inside = [i for i, token in enumerate(sentence.tokens) if token[0] >= match.start(1)]
    if inside and len(inside) <= 3 and _may_be_name(sentence, inside[0], sure=True):
        sentence.named.update(i for i in inside if sentence.low(i) not in SECTOR)


def _initials(sentence: _Sentence) -> None:
    starts = {token[0]: i for i, token in enumerate(sentence.tokens)}
    for match in _INITIALS.finditer(sentence.text):
        i = starts.get(match.end())
        if i is not None and "." in match[0] and sentence.low(i) not in SECTOR | PLACES:
            sentence.named.add(i)


def _surnames_and_partners(sentence: _Sentence) -> None:
    """A word that follows a name is its surname; a name joined by "and" is a name too."""
    for i in range(len(sentence.tokens) - 1):
        if i not in sentence.named:
            continue
        low, gap = sentence.low(i + 1), sentence.gap(i)
        if gap and gap.strip() == "" and "\n" not in gap:
            if _is_surname(sentence, i + 1):
                sentence.named.add(i + 1)
            elif low in _PARTICLES and i + 2 < len(sentence.tokens) and sentence.capital(i + 2):
                sentence.named.update({i + 1, i + 2})
        joined = low == "and" or gap.strip() in {"&", ",", "/"}
        partner = i + 2 if low == "and" else i + 1
        if joined and partner < len(sentence.tokens) and _is_capital_first(sentence, partner):
            sentence.named.add(partner)


def _is_surname(sentence: _Sentence, i: int) -> bool:
    """Whether word i, straight after a name, is a surname."""
    low = sentence.low(i)
    if sentence.capital(i):
        return sentence.capital(i - 1) and low not in SECTOR and not _is_initials(sentence.tokens[i][2])
    return low in sentence.words.last and not sentence.words.is_known(low)


def _is_capital_first(sentence: _Sentence, i: int) -> bool:
    low = sentence.low(i)
    return sentence.capital(i) and low not in SHY and low not in SECTOR and sentence.words.is_first(low)


def _said_again(sentence: _Sentence) -> None:
    """A name found once is one wherever it stands; a word of English only when written the same way."""
    found = {sentence.low(i) for i in sentence.named}
    written = {sentence.tokens[i][2] for i in sentence.named if sentence.capital(i)}
    for i, (_, _, form, low) in enumerate(sentence.tokens):
        if low in found and len(low) > 1 and low not in SECTOR:
            plain = not sentence.words.is_known(low) and not sentence.words.is_ordinary(low)
            if plain or (form in written and low not in SHY):
                sentence.named.add(i)


def _spans(sentence: _Sentence) -> Iterator[Span]:
    """Names that follow each other are one: "Kai Brown" and "J. Farrow" become a single token."""
    current: Span | None = None
    for i in sorted(sentence.named):
        start, end = sentence.tokens[i][:2]
        if (
            current
            and re.fullmatch(r"\s?\.?[ ]", sentence.text[current[1] : start] or "x")
            and "\n" not in sentence.text[current[1] : start]
        ):
            current = (current[0], end)
        else:
            if current:
                yield current
            current = (start, end)
    if current:
        yield current
