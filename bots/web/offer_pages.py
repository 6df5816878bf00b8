"""/offers: places near a family, one of them, and up to four side by side. Plain forms and links; no script is needed.

The form sends everything in the address, so that a link, the back button and a reload work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from assistant.offer import Attendance, OfferKind, Referrer
from assistant.offer_desk import MOST_COMPARED, FoundOffers, OfferDesk
from assistant.offer_errors import OfferError
from assistant.offers import ATTENDANCE_IN_WORDS, DAYS_IN_WORDS, KIND_IN_WORDS
from bots.offer_words import WHO, rows_of
from bots.web.errors import Problem, explain
from bots.web.offer_forms import MILES, MOST_SHOWN, SHOWN, Filled, OfferQuery, read_query
from bots.web.offer_map import draw
from bots.web.offer_view import cards_of, checks_view, claimed, compared, differences_of, same_again, sources_of
from bots.web.pages import Pages

_CHOICES: Mapping[str, Any] = {
    "miles": MILES,
    "ages": range(4, 20),
    "times": {Attendance.FULL_TIME: "Full time", Attendance.PART_TIME: "Part time"},
    "who": {each: WHO[each] for each in Referrer},
    "kinds": {kind: KIND_IN_WORDS[kind] for kind in OfferKind},
    "days": {name.lower(): name for name in DAYS_IN_WORDS[:5]},
    "attendance": ATTENDANCE_IN_WORDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The form as it came, with what was found or what is wrong with it."""

    filled: Filled
    query: OfferQuery = field(default_factory=OfferQuery)
    found: FoundOffers | None = None
    problem: Problem | None = None


def offer_pages(*, desk: OfferDesk, today: Callable[[], date], pages: Pages) -> APIRouter:
    """`/offers`, `/offers/compare` and `/offers/{id}`."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/offers", methods=["GET", "HEAD"])
    def offers(request: Request) -> HTMLResponse:
        asked = _asked(request, desk, today=today())
        problem = asked.problem
        context = {"needs": desk.needs(), "choices": _CHOICES, "filled": asked.filled, "problem": problem}
        return pages.render(
            request,
            "offers.html",
            {**context, **_listed(asked)},
            status=problem.status if problem else 200,
            problem=problem,
        )

    @router.api_route("/offers/compare", methods=["GET", "HEAD"])
    def compare(request: Request) -> HTMLResponse:
        chosen = list(dict.fromkeys(request.query_params.getlist("id")))
        shown = desk.show(chosen[:MOST_COMPARED], today=today())
        context = {
            "matches": shown.matches,
            "lines": compared([match.offer for match in shown.matches]) if shown.matches else (),
            "left_out": max(0, len(chosen) - MOST_COMPARED),
            "gone": shown.gone,
            "sample": any(match.offer.partly_sample for match in shown.matches),
            "checks": checks_view(shown.checks),
        }
        return pages.render(request, "offers_compare.html", context)

    @router.api_route("/offers/{offer_id}", methods=["GET", "HEAD"])
    def offer(request: Request, offer_id: str) -> HTMLResponse:
        shown = desk.show([offer_id], today=today())
        match = shown.matches[0]
        context = {
            "match": match,
            "offer": match.offer,
            "rows": rows_of(match.offer),
            "claimed": claimed(match.offer),
            "sources": sources_of(match.offer),
            "differences": differences_of(match.offer),
            "sample": match.offer.partly_sample,
            "checks": checks_view(shown.checks),
        }
        return pages.render(request, "offer.html", context)

    return router


def _asked(request: Request, desk: OfferDesk, *, today: date) -> _Asked:
    given = request.query_params
    filled = Filled(given)
    if not filled.asked:
        return _Asked(filled=filled)
    try:
        query = read_query(given)
        found = desk.search(query.as_search(desk), today=today, limit=query.limit)
    except (ValidationError, OfferError) as error:
        problem = explain(error)
        if not problem.fields:
            raise
        return _Asked(filled=Filled(given, problem=problem), problem=problem)
    return _Asked(filled=filled, query=query, found=found)


def _listed(asked: _Asked) -> Mapping[str, Any]:
    """What the templates are told of the list: nothing where nothing was asked."""
    if asked.found is None:
        return {"found": None}
    results = asked.found.results
    cards = cards_of(results.matches)
    more = min(asked.query.limit + SHOWN, MOST_SHOWN)
    there_is_more = results.total > len(cards) and asked.query.limit < MOST_SHOWN
    return {
        "found": results,
        "cards": cards,
        "map": draw(results.matches, near=results.search.near),
        "sample": any(card.offer.partly_sample for card in cards),
        "more": same_again(asked.filled.carried(), limit=more) if there_is_more else None,
        "checks": checks_view(asked.found.checks),
    }
