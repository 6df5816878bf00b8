"""What can go wrong with local offers. See `assistant.errors` for the tree these belong to.

OfferError
├── PlaceError            we cannot look near what was named
│   ├── UnknownPlace      a postcode, council or town that cannot be placed
│   └── NotInEngland      a postcode of Wales, Scotland, Northern Ireland or the islands
├── UnknownNeed           a need that offers are not searched by
├── OffersUnavailable     the store of offers cannot be read or written
├── OfferGone             no offer has this id (any more)
└── SourceRefused         a feed or file of offers that cannot be read at all
"""

from collections.abc import Sequence

from assistant.errors import NavigatorError


class OfferError(NavigatorError):
    code = "offers"


class PlaceError(OfferError):
    code = "place"


class UnknownPlace(PlaceError):
    code = "unknown_place"

    def __init__(self, said: str, *, hint: str = "Give a postcode, such as LS8 4AB, or the name of a council.") -> None:
        super().__init__(f"We do not know where “{said}” is. {hint}")


class NotInEngland(PlaceError):
    code = "not_in_england"

    def __init__(self, said: str, *, nation: str) -> None:
        super().__init__(
            f"“{said}” is in {nation}. We know the law and the offers of England only. "
            f"Ask your council, or an advice line for {nation}."
        )


class UnknownNeed(OfferError):
    code = "unknown_need"

    def __init__(self, said: str, *, known: Sequence[str]) -> None:
        super().__init__(f"“{said[:40]}” is no need that we know. Known are: {', '.join(known)}.")


class OffersUnavailable(OfferError):
    code = "offers_unavailable"

    def __init__(self, where: str, *, why: str) -> None:
        super().__init__(
            f"The local offers at {where} cannot be used ({why}). "
            "Nothing of a source is lost: import it again with: apnav offers import"
        )


class OfferGone(OfferError):
    code = "offer_gone"

    def __init__(self, offer_id: str) -> None:
        super().__init__(
            f"There is no local offer “{offer_id}” (any more). It may have been withdrawn by its source: search again."
        )


class SourceRefused(OfferError):
    code = "source_refused"

    def __init__(self, where: str, *, why: str) -> None:
        super().__init__(f"{where} cannot be read as local offers: {why}. The offers you had are still there.")
