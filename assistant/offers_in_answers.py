"""Local offers in an answer: when a question asks for a place, what fits is added to the cited rules it keeps."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant import compose
from assistant.choose import MOST_STATEMENTS, Picked
from assistant.citations import cite
from assistant.model import Answer, Passage, Question, Role, Statement, Status
from assistant.offer import OfferMatch, OfferSearch
from assistant.offer_checks import OfferRules
from assistant.offer_errors import OffersUnavailable, PlaceError
from assistant.offers import KIND_IN_WORDS
from assistant.ports import OfferIndex
from assistant.shelf import Shelf

IN_ANSWER = 3
WHICH_AREA = (
    "Where do you need a place? Give the first part of a postcode, such as LS8, or the name of a council, and we look "
    "for places near it."
)
NO_LIST = "The list of local places cannot be read just now. Please try again in a few minutes."
NONE_FITS = (
    "We hold no local place that fits. That does not mean that there is none: ask the council for its list, and ask it "
    "to find one."
)
PUBLISHED = (
    "This is what councils and the places themselves publish. We did not check it, and it is not advice. Before you "
    "say yes, ask what they do not publish."
)

_ANSWERED_ALL_THE_SAME = frozenset({Status.ANSWERED, Status.NOT_FOUND, Status.CLARIFY})
_LOOKING = re.compile(
    r"\b(?:what|which|where|any(?:thing|where)?|find|finding|look(?:ing)?|search(?:ing)?|need\w*|want\w*|nearest|closest|"
    r"recommend|suggest|show|list|is there|are there|get (?:him|her|them|my \w+) into)\b[^.?!]{0,90}"
    r"\b(?:alternative provision|ap|provisions?|providers?|tuition|tutors?|places?|spaces?|settings?|prus?|units?|"
    r"centres?|academy|academies|college|farm|somewhere|school for)\b"
    r"|\b(?:somewhere|anywhere|places?|providers?|tuition|tutors?)\s+(?:for|near|within|around|that takes?)\b",
    re.IGNORECASE,
)
_OF_LAW = re.compile(
    r"\b(?:must|law|legal\w*|lawful\w*|rights?|appeal\w*|allowed|obliged|dut(?:y|ies)|have to|has to|can the|"
    r"who pays|how long|deadline|days? (?:of|6|six)|checks?|refuse\w*)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[\[\]*_`<>#|\\]+")

ReadSearch = Callable[[str], OfferSearch]


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersAdded:
    """What the search for a place gave: offers, or a question back, or words that say why there are none."""

    matches: tuple[OfferMatch, ...] = ()
    notice: str | None = None
    question_back: str | None = None


class OfferAdviser:
    """Looks for places when a question asks for one. Safe to share between threads."""

    def __init__(self, index: OfferIndex, *, read: ReadSearch, rules: OfferRules) -> None:
        self._index = index
        self._read = read
        self._rules = rules

    def add_to(self, answer: Answer, *, question: Question, shelf: Shelf) -> Answer:
        """The answer with what was found, when its question asks for a place; else the answer as it is."""
        if answer.status not in _ANSWERED_ALL_THE_SAME:
            return answer
        found = self.look_for(question, wants_provision="wants-provision" in answer.situation.needs)
        if found is None:
            return answer
        return _added(self._with_rules(answer, question, shelf), found)

    def look_for(self, question: Question, *, wants_provision: bool) -> OffersAdded | None:
        """What fits; None when no place is asked for. `wants_provision`: the message is known to ask for one."""
        asked = _asked(question, wants_provision=wants_provision)
        if asked is None:
            return None
        try:
            wanted = self._read(asked)
            if wanted.near is None:
                return OffersAdded(question_back=WHICH_AREA) if wants_provision else None
            results = self._index.search(wanted, today=question.today, limit=IN_ANSWER)
        except PlaceError as error:
            return OffersAdded(notice=str(error), question_back=WHICH_AREA) if wants_provision else None
        except OffersUnavailable:
            return OffersAdded(notice=NO_LIST)
        return OffersAdded(matches=results.matches, notice=PUBLISHED if results.matches else NONE_FITS)

    def _with_rules(self, answer: Answer, question: Question, shelf: Shelf) -> Answer:
        """The answer with the rule on who may refer; the rules on finding a place where nothing else was asked."""
        if answer.status is not Status.ANSWERED or (_only_looks(question.text) and not answer.deadlines):
            known = [shelf.by_id[fact] for fact in self._rules.in_answers if fact in shelf.by_id]
            in_force = [passage for passage in known if passage.in_force_on(answer.as_at)]
            picked = [
                Picked(passage=passage, role=shelf.roles[passage.id] if place else Role.DIRECT)
                for place, passage in enumerate(in_force[:MOST_STATEMENTS])
            ]
            told = compose.Findings(picked=picked, situation=answer.situation, as_at=answer.as_at)
            return compose.answered(question, told, catalogue=shelf.catalogue) if picked else answer
        cited = {citation.passage_id for citation in answer.citations}
        rule = next((shelf.by_id[fact] for fact in self._rules.referral if fact in shelf.by_id), None)
        if rule is None or cited & set(self._rules.referral) or not rule.in_force_on(answer.as_at):
            return answer
        return _with_rule(answer, rule)


def _with_rule(answer: Answer, rule: Passage) -> Answer:
    n = max((citation.n for citation in answer.citations), default=0) + 1
    said = Statement(text=rule.statement, force=rule.force, duty_on=rule.duty_on, citations=(n,), role=Role.ROUTE)
    return replace(
        answer,
        text=f"{answer.text}\n\n{rule.statement} [{n}]",
        statements=(*answer.statements, said),
        citations=(*answer.citations, cite(rule, n)),
    )


def _only_looks(text: str) -> bool:
    """Whether a message does nothing but look for a place: it has no other question, and none about the law."""
    questions = [part for part in re.findall(r"[^.?!]*\?", text) if part.strip(" ?")]
    return not _OF_LAW.search(text) and all(_LOOKING.search(part) for part in questions)


def in_words(matches: Sequence[OfferMatch]) -> str:
    """The offers as a list in Markdown. What providers wrote brings no markup along."""
    return "\n".join(f"- {_line(match)}" for match in matches)


def _asked(question: Question, *, wants_provision: bool) -> str | None:
    """The words that ask for a place: this message, or one before it that this one tells the area of."""
    if _LOOKING.search(question.text):
        return question.text
    before = [turn.content for turn in question.history if turn.role == "user"]
    asked_where = any(turn.role == "assistant" and WHICH_AREA[:30] in turn.content for turn in question.history[-1:])
    if before and (asked_where or wants_provision) and _LOOKING.search(before[-1]):
        return f"{before[-1].rstrip(' .?!')} near {question.text}" if asked_where else before[-1]
    return question.text if wants_provision else None


def _added(answer: Answer, found: OffersAdded) -> Answer:
    text = answer.text
    if found.matches:
        text += f"\n\n**Places that may fit**\n\n{in_words(found.matches)}"
    notices = (*answer.notices, found.notice) if found.notice else answer.notices
    return replace(
        answer,
        text=text,
        offers=found.matches,
        notices=notices,
        question_back=found.question_back or answer.question_back,
    )


def _line(match: OfferMatch) -> str:
    return ". ".join(_parts(match)) + "."


def _parts(match: OfferMatch) -> Iterator[str]:
    offer = match.offer
    what = [KIND_IN_WORDS[offer.kind]] if offer.kind else []
    what += [_plain(offer.place.town)] if offer.place.town else []
    about = f" ({', '.join(what)})" if what else ""
    sample = " SAMPLE DATA, not a real place" if offer.partly_sample else ""
    reasons = f": {_plain('; '.join(match.reasons))}" if match.reasons else ""
    yield f"{_plain(offer.name)}{about}{sample}{reasons}"
    if match.unknowns:
        yield f"Not published: {'; '.join(match.unknowns)}"
    if match.out_of_date:
        yield f"May be out of date: {match.out_of_date.rstrip('.')}"


def _plain(words: str) -> str:
    return " ".join(_MARKUP.sub(" ", words).split())
