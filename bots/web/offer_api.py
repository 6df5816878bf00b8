"""The JSON API of local offers: a search, one offer, and the needs that can be searched by."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic_core import to_json

from assistant.offer_desk import OfferDesk
from bots.rendering import as_plain
from bots.web.api import TOO_OFTEN
from bots.web.offer_forms import OfferQuery
from bots.web.offer_schemas import NeedsResponse, OfferResponse, OffersResponse
from bots.web.schemas import ErrorResponse

_UNAVAILABLE = "The offers or the corpus cannot be read just now; try again after the seconds in Retry-After."


def _may_fail(why: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ErrorResponse, "description": words} for status, words in why.items()}


def offer_api_routes(*, desk: OfferDesk, today: Callable[[], date]) -> APIRouter:
    """`/api/offers`, `/api/offers/{id}` and `/api/needs`."""
    router = APIRouter(tags=["local offers"])

    @router.get(
        "/api/offers",
        summary="Search local offers of alternative provision",
        response_model=None,
        responses={
            200: {"model": OffersResponse, "description": "The best offers, with why each was found."},
            **_may_fail({422: "A field cannot be read, or is no place in England.", 429: TOO_OFTEN, 503: _UNAVAILABLE}),
        },
    )
    def offers(query: Annotated[OfferQuery, Query()]) -> Response:
        """Every field but `q` is exact. What an offer does not publish is in `unknowns`; it never counts as "no"."""
        found = desk.search(query.as_search(desk), today=today(), limit=query.limit)
        results = found.results
        said = {"total": results.total, "read_as": results.read_as, "matches": results.matches, "checks": found.checks}
        return _json({name: as_plain(value) for name, value in said.items()})

    @router.get(
        "/api/offers/{offer_id}",
        summary="Look one offer up",
        response_model=None,
        responses={
            200: {"model": OfferResponse, "description": "The offer with all its sources."},
            **_may_fail({404: "There is no offer with this id (any more).", 503: _UNAVAILABLE}),
        },
    )
    def offer(offer_id: str) -> Response:
        """What each source says of it is merged, the best first; where they differ stands in `disagreements`."""
        shown = desk.show([offer_id], today=today())
        (match,) = shown.matches
        said = {"offer": match.offer, "out_of_date": match.out_of_date, "checks": shown.checks}
        return _json({name: as_plain(value) for name, value in said.items()})

    @router.get(
        "/api/needs",
        summary="Every need that offers can be searched by",
        response_model=None,
        responses={200: {"model": NeedsResponse, "description": "The needs; a part also answers for its whole."}},
    )
    def needs() -> Response:
        """Their ids go into the `need` of a search."""
        return _json({"needs": [{"id": need.id, "name": need.name, "part_of": need.part_of} for need in desk.needs()]})

    return router


def _json(said: Any) -> Response:
    return Response(to_json(said), media_type="application/json")
