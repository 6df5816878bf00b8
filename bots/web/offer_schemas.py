"""What the API answers about local offers: lists, one of them, and what goes with them."""

from datetime import date

from bots.web.offer_shapes import MatchShape, OfferShape, Strict
from bots.web.schemas import CitationShape, StatementShape


class CheckGroupShape(Strict):
    """Checks of one sort."""

    heading: str
    statements: list[StatementShape]


class ParentQuestionShape(Strict):
    """A question that a parent may ask."""

    ask: str
    citations: list[int]


class ChecklistShape(Strict):
    """What goes with offers: who may refer, the checks a commissioner makes, and what a parent may ask."""

    as_at: date
    referral: list[StatementShape]
    groups: list[CheckGroupShape]
    questions: list[ParentQuestionShape]
    citations: list[CitationShape]


class OffersResponse(Strict):
    """The best offers of `total` that fit; `read_as` tells the search back in plain words."""

    total: int
    read_as: list[str]
    matches: list[MatchShape]
    checks: ChecklistShape


class OfferResponse(Strict):
    """One offer, why it may be out of date, and what goes with it."""

    offer: OfferShape
    out_of_date: str | None
    checks: ChecklistShape


class NeedShape(Strict):
    """A need that offers can be searched by."""

    id: str
    name: str
    part_of: str | None


class NeedsResponse(Strict):
    """Every need that offers can be searched by."""

    needs: list[NeedShape]
