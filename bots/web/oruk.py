"""/oruk: our offers as an Open Referral UK 3.0 feed, so that others can use them. Open to every page and program."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from assistant.offer import Offer
from assistant.offer_desk import OfferDesk
from assistant.offer_terms import OfferVocabulary, said_in_terms
from bots.web.offer_forms import Day
from bots.web.oruk_shape import (
    DAY_CODES,
    as_listed,
    as_service,
    last_modified,
    offer_id_of,
    service_id,
    taxonomies,
    taxonomy_id,
    taxonomy_terms,
    term_id,
)
from bots.web.schemas import ErrorResponse, Words

_PER_PAGE, _MOST_PER_PAGE = 50, 100
_READ_AT_ONCE = 500
_OPEN = {
    # The profile asks for this: any page of any site may read the feed.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, no-cache",
}
_DAYS: Mapping[str, int] = {
    **{code: place for place, code in enumerate(DAY_CODES)},
    **{name: place for place, name in enumerate(Day.__args__)},  # type: ignore[attr-defined]  # the words of the Literal
}


def _day_number(said: object) -> object:
    if isinstance(said, str):
        return _DAYS.get(said.strip().upper(), _DAYS.get(said.strip().lower(), said))
    return said


class FeedQuery(BaseModel):
    """The filters of the profile. An offer that does not publish what is filtered by is left out, but for ages."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    page: int = Field(default=1, ge=1, le=1_000_000)
    per_page: int = Field(default=_PER_PAGE, ge=1, le=_MOST_PER_PAGE)
    search: Words | None = Field(default=None, max_length=200, description="Words that the service must have, all.")
    minimum_age: float | None = Field(default=None, ge=0, le=150, description="Takes people of this age or older.")
    maximum_age: float | None = Field(default=None, ge=0, le=150, description="Takes people of this age or younger.")
    day: Annotated[Literal[0, 1, 2, 3, 4, 5, 6] | None, BeforeValidator(_day_number)] = Field(
        default=None, description="MO to SU, or the name of the day."
    )
    start_time: str | None = Field(default=None, description="We hold no times of day: this leaves nothing out.")
    end_time: str | None = Field(default=None, description="We hold no times of day: this leaves nothing out.")
    taxonomy_id: Words | None = Field(default=None, max_length=80)
    taxonomy_term_id: Words | None = Field(default=None, max_length=80)
    modified_after: datetime | None = None
    full: bool = Field(default=False, description="Each service with all that belongs to it.")
    minimal: bool = Field(default=False, description="Only ids, and when each was changed.")

    @property
    def filters(self) -> bool:
        """Whether anything is left out."""
        named = (self.search, self.minimum_age, self.maximum_age, self.day, self.taxonomy_id, self.taxonomy_term_id)
        return any(each is not None for each in (*named, self.modified_after))

    def fits(self, offer: Offer, *, vocabulary: OfferVocabulary) -> bool:
        """Whether the offer is one of those asked for."""
        return (
            self._fits_words(offer)
            and (self.minimum_age is None or offer.age_to is None or offer.age_to >= self.minimum_age)
            and (self.maximum_age is None or offer.age_from is None or offer.age_from <= self.maximum_age)
            and (self.day is None or self.day in offer.days)
            and (self.taxonomy_id is None or self.taxonomy_id == taxonomy_id(vocabulary))
            and (self.taxonomy_term_id is None or self._has_term(offer, vocabulary))
            and (self.modified_after is None or last_modified(offer) >= _in_utc(self.modified_after))
        )

    def _fits_words(self, offer: Offer) -> bool:
        if self.search is None:
            return True
        said = " ".join((offer.name, offer.provider, offer.text, offer.need_words or "", *offer.needs)).casefold()
        return all(word in said for word in self.search.casefold().split())

    def _has_term(self, offer: Offer, vocabulary: OfferVocabulary) -> bool:
        return any(term_id(s.code) == self.taxonomy_term_id for s in said_in_terms(offer, vocabulary=vocabulary))


def oruk_routes(*, desk: OfferDesk, vocabulary: OfferVocabulary) -> APIRouter:
    """`/oruk`, `/oruk/services` and what they name."""
    router = APIRouter(tags=["Open Referral UK feed"])
    _add_services(router, desk, vocabulary)
    _add_taxonomies(router, vocabulary)
    return router


def _add_services(router: APIRouter, desk: OfferDesk, vocabulary: OfferVocabulary) -> None:
    @router.get("/oruk", summary="What this feed is", response_model=None, responses=_described("About the feed."))
    def about(request: Request) -> Response:
        """Version, profile, and where this description is."""
        return _open(
            request,
            {
                "version": "HSDS-UK-3.0",
                "profile": "https://docs.openreferraluk.org/en/latest/",
                "openapi_url": str(request.url_for("openapi")),
            },
        )

    @router.get(
        "/oruk/services",
        summary="Our offers as services of Open Referral UK 3.0, page by page",
        response_model=None,
        responses=_described("One page of services.", 422, 429, 503),
    )
    def services(request: Request, query: Annotated[FeedQuery, Query()]) -> Response:
        """In a lasting order. What the standard has no field for stands in `attributes`, in terms of our taxonomy."""
        offers, total = _page_of(desk, query, vocabulary)
        contents: list[Mapping[str, Any]]
        if query.minimal:
            contents = [{"id": service_id(o.id), "last_modified": as_listed(o)["last_modified"]} for o in offers]
        else:
            contents = [as_service(o, vocabulary=vocabulary) if query.full else as_listed(o) for o in offers]
        return _open(request, _paged(contents, total=total, number=query.page, size=query.per_page))

    @router.get(
        "/oruk/services/{service}",
        summary="One service with all that belongs to it",
        response_model=None,
        responses=_described("The service.", 404, 503),
    )
    def one(request: Request, service: str) -> Response:
        """The id is that of the list."""
        return _open(request, as_service(desk.read(offer_id_of(service)), vocabulary=vocabulary))


def _add_taxonomies(router: APIRouter, vocabulary: OfferVocabulary) -> None:
    for name, made in (("taxonomies", taxonomies), ("taxonomy_terms", taxonomy_terms)):
        _add_list(router, name, made(vocabulary))


def _add_list(router: APIRouter, name: str, entries: Sequence[Mapping[str, Any]]) -> None:
    said = name.replace("_", " ")

    @router.get(
        f"/oruk/{name}",
        name=f"list_{name}",
        summary=f"The {said} that services are described with",
        response_model=None,
        responses=_described("One page.", 422),
    )
    def listed(
        request: Request,
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
        per_page: Annotated[int, Query(ge=1, le=_MOST_PER_PAGE)] = _PER_PAGE,
    ) -> Response:
        """Paged as the services are."""
        shown = entries[(page - 1) * per_page : page * per_page]
        return _open(request, _paged(shown, total=len(entries), number=page, size=per_page))

    @router.get(
        f"/oruk/{name}/{{wanted}}",
        name=f"one_of_{name}",
        summary=f"One of the {said}",
        response_model=None,
        responses=_described("It.", 404),
    )
    def one(request: Request, wanted: str) -> Response:
        """By its id."""
        found = next((entry for entry in entries if entry["id"] == wanted), None)
        if found is None:
            raise HTTPException(404)
        return _open(request, found)


_WHY = {
    404: "There is nothing with this id (any more).",
    422: "A filter cannot be read; `fields` says which.",
    429: "Too many filtered requests from one client; try again after the seconds in Retry-After.",
    503: "The offers cannot be read just now; try again after the seconds in Retry-After.",
}


def _described(words: str, *failing: int) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"description": words},
        **{status: {"model": ErrorResponse, "description": _WHY[status]} for status in failing},
    }


def _page_of(desk: OfferDesk, query: FeedQuery, vocabulary: OfferVocabulary) -> tuple[Sequence[Offer], int]:
    if not query.filters:
        return desk.page(number=query.page, size=query.per_page)
    first = (query.page - 1) * query.per_page
    shown: list[Offer] = []
    total = 0
    for offer in _every(desk):
        if query.fits(offer, vocabulary=vocabulary):
            if first <= total < first + query.per_page:
                shown.append(offer)
            total += 1
    return shown, total


def _every(desk: OfferDesk) -> Iterator[Offer]:
    number = 1
    while True:
        offers, _ = desk.page(number=number, size=_READ_AT_ONCE)
        yield from offers
        if len(offers) < _READ_AT_ONCE:
            return
        number += 1


def _paged(contents: Sequence[Any], *, total: int, number: int, size: int) -> Mapping[str, Any]:
    pages = -(-total // size)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


def _open(request: Request, said: Mapping[str, Any]) -> Response:
    """The body with its tag; a reader that has it already is told so."""
    body = to_json(said)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_OPEN, "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
