"""Finds schools that are named: "Oakwood Academy", "st johns academy", "attends St Mary's"."""

import re
from collections.abc import Iterator

from assistant.adapters.masking_words import PLACES, Lexicon

Span = tuple[int, int]

_KIND = (
    r"C\s?of\s?E|CofE|CE|RC|VA|VC|\(VA\)|\(VC\)|\(Aided\)|Catholic|Church\sof\sEngland|Roman\sCatholic|Methodist|Islamic"
    r"|Jewish|Muslim|Community|Special|Boys['’]?|Girls['’]?|Primary|Junior|Infants?['’]?|Juniors|Nursery|First|Middle|High"
    r"|Secondary|Grammar|Comprehensive|Upper|Lower|Preparatory|Prep|Sixth\sForm|Technology|Free|AP|Independent|Foundation"
    r"|Voluntary\sAided|Studio|Sports|Science|Arts|and|&"
)
_END = r"School|Academy|College|Primary|Infants|Juniors|Nursery|High|Grammar|PRU|Pupil\sReferral\sUnit|UTC|Prep"
_WORD = r"(?:St\.|[A-Z][\w'’-]*\.?|of|the|and|&)"
_NAMED = re.compile(
    rf"(?P<name>(?<![\w'’])(?:St\.?|[A-Z][\w'’-]*)(?:\s{_WORD}){{0,5}}?(?<!\sof)(?<!\sand))(?P<kind>(?:\s(?:{_KIND}))*)\s(?P<end>{_END})\b"
    r"(?!\s(?:of|Standards|Admissions?|Discipline|Places?|Act|Attendance|Teachers['’]?|Governance))"
)
_LOWER_KIND = (
    r"c\s?of\s?e|cofe|ce|rc|catholic|community|special|boys'?|girls'?|primary|junior|infants?|nursery|first|middle|high"
    r"|secondary|grammar|comprehensive|upper|lower|sixth\sform|technology|free"
)
_LOWER_END = r"school|academy|college|primary|infants|juniors|nursery|high|pru"
_LOWER_NAMED = re.compile(
    rf"\b(?:(?P<cue>at|attends?|attended|to|from|joined|called)\s+)?(?P<the>the\s+)?(?P<name>(?:st\.?\s+)?[a-z][a-z'’-]+"
    rf"(?:\s+[a-z][a-z'’-]+)??)(?P<kind>(?:\s+(?:{_LOWER_KIND}))*)\s+(?P<end>{_LOWER_END})\b"
)
_SAINT = re.compile(r"\bSt\.?\s[A-Z][\w-]+(?:['’]s)?(?:\s(?:and|&)\sSt\.?\s[A-Z][\w-]+(?:['’]s)?)?")
_SAINT_IS_PLACE = re.compile(r"St\.?\s(?:Helens|Albans|Ives|Austell|Neots|Pancras|Georges?\sDay)\b")
_NOT_A_SCHOOL = re.compile(r"\s(?:Hospital|Church|Road|Street|Lane|Avenue|Infirmary)\b")
_ATTENDS = re.compile(
    r"\b(?:attends|attended|attending|goes\sto|went\sto|pupil\sat|student\sat|on\sroll\sat|enrolled\sat|teacher\sat"
    r"|SEN[CD]C?o\sat|SENCO\sat|head\sof|excluded\sfrom|suspended\sfrom|expelled\sfrom|sent\shome\sfrom)\s"
    r"((?:The\s)?[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+){0,3})"
)

_GENERIC = frozenset(
    """a an the this that these those my his her our your their its any some another every each no one two both same
    new old other different local nearest nearby maintained mainstream special secondary primary junior infant infants
    nursery high upper middle first second third sixth form independent private public state free community voluntary
    aided controlled foundation faith religious multi single alternative provision hospital home boarding residential
    named current previous next last good better whole all most many english welsh scottish british key stage year full
    time part off on at in from to for of and or by with within into if is was be as not than does did do has have had
    can could will would may must should education educating head teacher school schools academy academies college
    local authority council lea la sen send semh pru ap ehcp ehc act what which who how when where why whose are am
    after before during since until under over about because out back left dual registered day placed place receiving
    excluding sending suspended excluded permanently mum dad parent child son daughter boy girl he she they we you it i
    attends goes going went want wants start starts started starting move moved moving go get got getting keep between
    so but please dear hi hello thanks yes non state-funded state catholic boys girls mixed outside inside
    medical further higher summer winter pre after-school post art music language drama normal regular proper actual
    big small nice lovely posh rough failing outstanding former future chosen suitable unsuitable catchment choice
    specialist comprehensive grammar only whose says said told contact phoned rang email emailed lower tell told
    joined called just still even leave leaving leaves finish finished finishing miss missed missing skip skipped hate
    hates refuse refuses refusing attending attend attended avoid start return returned returning returns royal national
    that's whats let hes shes theyre daughter's son's child's childs sons daughters pupil's pupils record
    all-time""".split()
)
_PLACE_NAME = re.compile(
    r"\w+(?:wood|field|fields|dale|brook|hill|mead|mere|gate|side|park|ford|ton|ham|bury|ley|leigh|bridge|worth|view|way"
    r"|land|lands|wick|stone|croft|moor|well|hurst|grove|down|downs|mount|thorpe|by|cliffe?|shaw|more|combe|mouth)$"
)
_SURE_END = {"academy", "primary", "infants", "juniors", "high"}


def schools(text: str, *, lower: str, words: Lexicon) -> Iterator[Span]:
    """The spans of `text` that name a school; `lower` is the text in small letters, of the same length."""
    yield from _in_capitals(text)
    for match in _SAINT.finditer(text):
        if not (_SAINT_IS_PLACE.match(match[0]) or _NOT_A_SCHOOL.match(text, match.end())):
            yield match.span()
    for match in _ATTENDS.finditer(text):
        name = match[1].split()
        known = {word.lower().removesuffix("'s") for word in name}
        if not known <= (PLACES | _GENERIC) and not words.is_known(name[0].lower()):
            yield match.span(1)
    if text == lower or any(end in lower for end in ("academy", "school", "primary", "infants", "college", "high")):
        yield from _in_small_letters(lower, words)


def _in_capitals(text: str) -> Iterator[Span]:
    for match in _NAMED.finditer(text):
        start = match.start()
        name = match["name"].split()
        while name and name[0].lower().strip("'’.") in _GENERIC - {"the"}:
            start += len(name[0]) + 1
            name = name[1:]
        said = [word.lower().strip("'’.") for word in name]
        if any(word not in _GENERIC for word in said):
            yield start, match.end()


def _in_small_letters(lower: str, words: Lexicon) -> Iterator[Span]:
    position = 0
    while match := _LOWER_NAMED.search(lower, position):
        position = match.start() + 1
        name = match["name"].split()
        start = match.start("name")
        while name and name[0] in _GENERIC:
            start += len(name[0]) + 1
            name = name[1:]
        if name and _names_a_school(name, match, words):
            yield lower.index(name[0], match.start("name")), match.end()
            position = match.end()
        else:
            position = max(position, lower.find(" ", match.start()) + 1)


def _names_a_school(name: list[str], match: re.Match[str], words: Lexicon) -> bool:
    if name[0].rstrip(".") == "st" and len(name) > 1:
        return True
    if any(word in PLACES or word in _GENERIC for word in name):
        return False
    looks = any(_PLACE_NAME.match(word) and not words.is_ordinary(word) for word in name)
    kinds = (match["kind"] or "").split()
    sure = match["end"] in _SURE_END or bool({"primary", "high", "infant", "junior"} & set(kinds))
    if sure:
        strange = any(not words.is_ordinary(word) for word in name)
        return looks or strange or bool(match["cue"] in {"at", "attends", "from", "to"} and match["the"])
    return looks
