"""`/ap offers ...`: places that fit, as an answer like any other, so that it is kept, brought and shared as one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from assistant.errors import QuestionTooLong
from assistant.model import Answer, Audience, Citation, Role, Statement, Status
from assistant.offer import OfferResults, OfferSearch
from assistant.offer_checks import Checklist
from assistant.offer_desk import FoundOffers, OfferDesk
from assistant.offers_in_answers import PUBLISHED
from assistant.service import MAX_QUESTION
from bots.slack.door import Door
from bots.slack.keeping.inbox import Job, JobKind
from bots.slack.showing import messages
from bots.slack.showing.answer_lines import markers
from bots.slack.showing.offer_lines import MOST_SHOWN, OFFER_SEARCH

_ASKED = re.compile(r"/ap\s+offers\b[\s:,]*(?P<words>.*)", re.IGNORECASE | re.DOTALL)
_MASKED = re.compile(r"\[[a-z][a-z ]*\]")  # what stands where a name or the end of a postcode was taken out
_MOST_CHECKS = 8
_MOST_QUESTIONS = 4


class NoOffers(Exception):
    """There is no list of local offers to search here."""


def offers_asked_in(job: Job) -> str | None:
    """What is looked for, where a list of offers is asked for; None where a question is asked."""
    found = None if job.kind is JobKind.SHORTCUT else _ASKED.fullmatch(job.text.strip())
    return found["words"].strip() if found else None


def find_offers(door: Door, words: str, *, audience: Audience) -> Answer:
    """The offers that fit and what goes with them; whom to call comes first where a child is in danger.

    Raises `PlaceError`, `OffersUnavailable`, `IndexUnavailable`, `QuestionTooLong` and `NoOffers`.
    """
    today = door.today()
    urgent = door.assistant.urgent(words, today=today, audience=audience)
    if urgent is not None:
        return urgent
    found = _searched(door.offers, words, today=today)
    return _as_answer(found, audience=audience, today=today)


def _searched(desk: OfferDesk | None, words: str, *, today: date) -> FoundOffers:
    if len(words) > MAX_QUESTION:
        raise QuestionTooLong(len(words), limit=MAX_QUESTION)
    if desk is None:
        raise NoOffers
    wanted = OfferSearch(text=" ".join(_MASKED.sub(" ", words).split()))
    found = desk.search(wanted, today=today, limit=MOST_SHOWN)
    if not found.results.total and not desk.page(number=1, size=1)[1]:
        raise NoOffers
    return found


def _as_answer(found: FoundOffers, *, audience: Audience, today: date) -> Answer:
    results, checks = found.results, _shortened(found.checks, with_checks=bool(found.results.matches))
    left = sum(len(group.statements) for group in found.checks.groups) - _count(checks, Role.DUTY)
    return Answer(
        status=Status.ANSWERED if results.matches else Status.NOT_FOUND,
        as_at=today,
        audience=audience,
        text=_opening(results),
        statements=checks.statements,
        citations=checks.citations,
        offers=results.matches,
        next_steps=checks.questions if results.matches else messages.WITHOUT_OFFERS,
        notices=tuple(_notices(results, left=left)),
        writer=OFFER_SEARCH,
    )


def _opening(results: OfferResults) -> str:
    read_as = f"Searched for: {'; '.join(results.read_as) or messages.ANY_OFFER}."
    if not results.matches:
        return f"{read_as} {messages.NO_OFFER_FITS}"
    total, shown = results.total, len(results.matches)
    fit = f"{total} {'place fits' if total == 1 else 'places fit'}"
    return f"{read_as} {fit}{'.' if shown == total else f'; the best {shown} are shown. {messages.NARROW_OFFERS}'}"


def _notices(results: OfferResults, *, left: int) -> Iterator[str]:
    if not results.matches:
        return
    yield PUBLISHED
    if results.search.near is None:
        yield messages.OFFERS_WITHOUT_PLACE
    if left > 0:
        yield messages.MORE_CHECKS.format(left=left)


# What goes with the list: the beginning of each group of checks, so that it can be read in Slack --------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checks:
    statements: tuple[Statement, ...]
    questions: tuple[str, ...]
    citations: tuple[Citation, ...]


def _shortened(checks: Checklist, *, with_checks: bool) -> _Checks:
    """Who may refer; the first checks of each group in turn; some questions. Its sources are numbered anew."""
    picked = _first_of_each([group.statements for group in checks.groups], most=_MOST_CHECKS) if with_checks else ()
    asked = checks.questions[:_MOST_QUESTIONS] if with_checks else ()
    said = [
        *(replace(each, role=Role.ROUTE) for each in checks.referral),
        *(replace(each, role=Role.DUTY) for each in picked),
    ]
    used = dict.fromkeys([n for each in said for n in each.citations] + [n for each in asked for n in each.citations])
    numbers = {old: new for new, old in enumerate(used, start=1)}

    def renumbered(citations: Sequence[int]) -> tuple[int, ...]:
        return tuple(numbers[n] for n in citations)

    by_number = {each.n: each for each in checks.citations}
    return _Checks(
        statements=tuple(replace(each, citations=renumbered(each.citations)) for each in said),
        questions=tuple(f"{each.ask} {markers(renumbered(each.citations))}" for each in asked),
        citations=tuple(replace(by_number[old], n=new) for old, new in numbers.items()),
    )


def _first_of_each(groups: Sequence[Sequence[Statement]], *, most: int) -> tuple[Statement, ...]:
    """At most so many, from every group before a second from any, in the order of the groups."""
    in_turn = [each for once in zip_longest(*groups) for each in once if each is not None]
    kept = {id(each) for each in in_turn[:most]}
    return tuple(each for group in groups for each in group if id(each) in kept)


def _count(checks: _Checks, role: Role) -> int:
    return sum(each.role is role for each in checks.statements)
