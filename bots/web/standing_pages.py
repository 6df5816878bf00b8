"""The pages that say what this service is, what it keeps, how it was tested and how often it is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.accuracy import Accuracy
from bots.web.pages import Pages

_PAGES = ("about", "privacy", "accessibility", "accuracy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the standing pages say that depends on who runs the service. `accuracy` None: nothing was published."""

    operator: str | None = None
    operator_contact: str | None = None
    keep_hours: int = 24
    share_hours: int = 168
    accuracy: Accuracy | None = None

    @property
    def contact_link(self) -> str | None:
        """The address of the contact when it is one of the web or of a mailbox."""
        contact = self.operator_contact or ""
        if urlsplit(contact).scheme in {"http", "https"}:
            return contact
        is_mailbox = contact.count("@") == 1 and not any(sign.isspace() or sign in "<>,?&:" for sign in contact)
        return f"mailto:{contact}" if is_mailbox else None


def standing_pages(*, standing: Standing, keeps: bool, pages: Pages) -> APIRouter:
    """`/about`, `/privacy`, `/accessibility` and `/accuracy`. `keeps`: whether conversations are kept at all."""
    router = APIRouter(include_in_schema=False)
    for name in _PAGES:
        _add(router, name, {"standing": standing, "keeps": keeps}, pages)
    return router


def _add(router: APIRouter, name: str, context: Mapping[str, Any], pages: Pages) -> None:
    @router.api_route(f"/{name}", methods=["GET", "HEAD"], name=name)
    def page(request: Request) -> HTMLResponse:
        return pages.render(request, f"{name}.html", context)
