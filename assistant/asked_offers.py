"""What a sentence asks of local offers: “somewhere for my anxious Year 9 near LS8, full time, registered”.

What is read becomes an exact filter and is told back to the person; the words that are left rank what is found.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any

from assistant.offer import Attendance, OfferKind, OfferSearch, Spot
from assistant.offer_errors import UnknownPlace
from assistant.offer_facts import basis_of
from assistant.offer_needs import Needs
from assistant.offer_phrases import ALSO_WORDS, AT_HOME, KINDS, NO_PLACE, REFERRERS, SMALL_WORDS
from assistant.ports import PostcodeBook
from assistant.school_ages import SchoolAges

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen".split()
_A_NUMBER = rf"(?P<number>1[0-9]|[1-9]|{'|'.join(_NUMBERS)})"
_YEAR = re.compile(rf"\b(?:year(?:\s+group)?|yr|y)\s?{_A_NUMBER}\b(?!\s*(?:ago|old|later))", re.IGNORECASE)
_KEY_STAGE = re.compile(r"\b(?:key\s+stage|ks)\s?(?P<number>[1-5])\b", re.IGNORECASE)
_AGE = re.compile(
    r"\b(?:age[ds]?\s+(?P<after>1[0-9]|[4-9])\b|(?P<before>1[0-9]|[4-9])\s*-?\s*(?:years?[\s-]*olds?|yrs?[\s-]*old|yo|y/o)\b)",
    re.IGNORECASE,
)
_ATTENDANCE = re.compile(r"\b(?P<which>full|part)[\s-]?time\b", re.IGNORECASE)
_UNREGISTERED = re.compile(r"\b(?:unregistered|not\s+registered|non[\s-]registered)\b", re.IGNORECASE)
# Being registered with Ofsted is another thing: its words are left to rank what is found.
_REGISTERED = re.compile(
    r"\b(?<!\bOfsted[\s-])(?:DfE[\s-])?registered\b(?!\s+(?:with|by)\s+Ofsted)"
    r"(?:\s+with\s+(?:the\s+)?(?:DfE|Department\b[\w\s]*?Education))?",
    re.IGNORECASE,
)
_MILES = re.compile(
    r"\b(?:within|less than|under|up to|no more than|max(?:imum)?)\s+(?:a\s+)?(?P<miles>[0-9]{1,3}(?:\.[0-9])?|"
    rf"{'|'.join(_NUMBERS)}|mile)\s*-?\s*(?:miles?\b)?(?:\s+(?:of|from|away\s+from))?",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"(?:\b(?:under|below|less than|up to|at most|no more than|max(?:imum)?(?: of)?|for)\s+)?"
    r"£\s?(?P<pounds>[0-9][0-9,]*(?:\.[0-9]{1,2})?)"
    r"(?:\s*(?:an?|per|each|/)\s*(?P<basis>hour|hr|session|half[ -]day|half[ -]?term|day|week|term|year|place))?"
    r"(?:\s+(?:or less|max(?:imum)?|at most))?",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:(?:open|runs?|available)\s+(?:on\s+)?(?P<one>mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?P<each>mon|tues|wednes|thurs|fri|satur|sun)days)\b",
    re.IGNORECASE,
)
_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_POSTCODE = r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?(?:\s*[0-9][A-Za-z]{2})?"
_AT_POSTCODE = re.compile(
    rf"(?:\b(?P<how>near(?:est)?(?:\s+to)?|close(?:st)?\s+to|around|in|from|of|at|by)\s+)?\b(?P<postcode>{_POSTCODE})\b"
)
_NEAR = re.compile(
    r"\b(?P<how>near(?:est)?(?:\s+to)?|close(?:st)?\s+to|not\s+far\s+from|around|of|in|serving|serves|across)\s+"
    r"(?P<where>(?:the\s+)?[A-Za-z][\w.’'&-]*(?:[\s,]+[A-Za-z][\w.’'&-]*){0,4})",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Sentence:
    """A sentence from which what was read is taken away."""

    left: str

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.search(self.left)
        if found:
            self.cut(found.start(), found.end())
        return found

    def take_all(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first of them; the others are taken away with it."""
        first = self.take(pattern)
        while first and self.take(pattern):
            pass
        return first

    def cut(self, start: int, end: int) -> None:
        self.left = f"{self.left[:start]} ; {self.left[end:]}"

    def words(self) -> str:
        """The words that are left and say something."""
        words = re.findall(r"[\w’'-]+", self.left)
        return " ".join(word for word in words if re.sub(r"[’']", "", word.casefold()) not in SMALL_WORDS)


def offer_search_in(sentence: str, *, postcodes: PostcodeBook, needs: Needs, ages: SchoolAges) -> OfferSearch:
    """The search that `sentence` asks for. Raises `UnknownPlace` and `NotInEngland` for a place that it names."""
    left = _Sentence(" ".join(sentence.split()))
    said: dict[str, Any] = {}
    said.update(_read_price(left))
    said.update(_read_distance(left))
    said.update(_read_child(left, ages))
    said.update(_read_setting(left))
    said["near"] = _read_place(left, postcodes)
    said["needs"] = _read_needs(left, needs)
    return OfferSearch(**said, text=left.words())


def _read_price(left: _Sentence) -> dict[str, Any]:
    found = left.take(_PRICE)
    if not found:
        return {}
    return {"price_to": Decimal(found["pounds"].replace(",", "")), "price_basis": basis_of(found["basis"])}


def _read_distance(left: _Sentence) -> dict[str, Any]:
    found = _MILES.search(left.left)
    if not found or "mile" not in found[0].casefold():
        return {}
    left.left = f"{left.left[: found.start()]} near {left.left[found.end() :]}"
    return {"within_miles": 1.0 if found["miles"].casefold() == "mile" else float(_number(found["miles"]))}


def _read_child(left: _Sentence, ages: SchoolAges) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if year := left.take_all(_YEAR):
        said["year_group"] = int(_number(year["number"]))
        said["age"] = float(ages.at_start_of(said["year_group"]))
    if age := left.take_all(_AGE):
        said = {"age": float(age["after"] or age["before"])}
    if stage := left.take_all(_KEY_STAGE):
        said["key_stage"] = int(stage["number"])
    return said


def _read_setting(left: _Sentence) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if hours := left.take(_ATTENDANCE):
        said["attendance"] = Attendance(f"{hours['which'].lower()}_time")
    kinds = [kind for kind, pattern in KINDS if left.take(pattern)]
    if left.take(_UNREGISTERED):
        kinds.append(OfferKind.UNREGISTERED)
    elif left.take(_REGISTERED):
        said["registered"] = True
    days = set(_days(left))
    return {**said, "kinds": tuple(kinds), "days": tuple(sorted(days)), **_read_referrer(left)}


def _days(left: _Sentence) -> Iterator[int]:
    while found := left.take(_DAY):
        yield _DAYS.index((found["one"] or found["each"]).casefold())


def _read_referrer(left: _Sentence) -> dict[str, Any]:
    for referrer, pattern in REFERRERS:
        if left.take(pattern):
            return {"referrer": referrer}
    return {}


def _read_place(left: _Sentence, postcodes: PostcodeBook) -> Spot | None:
    at = _AT_POSTCODE.search(left.left)
    if at:
        try:
            spot = postcodes.find(at["postcode"])
        except UnknownPlace:
            if at["how"] or " " in at["postcode"].strip():
                raise  # otherwise it may be anything: “the M62”
        else:
            left.cut(at.start(), at.end())
            return spot
    found = _NEAR.search(left.left)
    while found:
        named = found["where"].split()
        council, size = _named(named, postcodes.find)
        if council is not None:
            taken = list(re.finditer(r"\S+", found["where"]))[size - 1].end()
            left.cut(found.start(), found.start("where") + taken)
            return council
        _refuse_town(named, how=found["how"].casefold(), find=postcodes.find)
        found = _NEAR.search(left.left, found.start("where"))
    return None


def _named(words: list[str], find: Callable[[str], Spot]) -> tuple[Spot | None, int]:
    """The council that the first words name, and how many words these are."""
    for size in range(len(words), 0, -1):
        name = " ".join(words[:size]).strip(" ,.")
        if name in ALSO_WORDS or name.casefold() in NO_PLACE or name.casefold() in SMALL_WORDS:
            continue
        try:
            return find(name), size
        except UnknownPlace:
            continue
    return None, 0


def _refuse_town(words: list[str], *, how: str, find: Callable[[str], Spot]) -> None:
    """A place was named, and it is none that we can find: ask, and do not search everywhere instead."""
    first = words[0].strip(" ,.")
    near = how.startswith(("near", "close", "not"))
    if near and first.casefold() in AT_HOME:
        raise UnknownPlace(f"{how} {first}", hint="Give a postcode, such as LS8, or the name of a council.")
    small = first.casefold() in SMALL_WORDS | NO_PLACE
    named = [word.strip(" ,.") for word in takewhile(lambda word: word[0].isupper() and not word.isupper(), words)]
    if not small and (near or (named and how in {"in", "around", "of"})):
        find(" ".join(named) or first)  # it knows what to say of the place


def _read_needs(left: _Sentence, needs: Needs) -> tuple[str, ...]:
    """One need of each family: several words for how a child feels must not each be a filter of its own."""
    families: dict[str, str] = {}
    for need in needs.read(left.left):
        if needs.by_id[need].asked:
            families.setdefault(needs.by_id[need].part_of or need, need)
    for word in needs.words_in(left.left):
        left.left = left.left.replace(word, " ; ")
    return tuple(families.values())


def _number(word: str) -> float:
    return float(_NUMBERS.index(word.casefold()) + 1) if word.casefold() in _NUMBERS else float(word)
