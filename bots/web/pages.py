"""Turning templates into pages: every value is escaped, and none of them can bring script or markup along."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.citations import reference
from assistant.explained import MEANS_IN_WORDS
from assistant.model import Audience, Force
from assistant.sources import Authority, Tier
from assistant.time_rules import DateMeans
from assistant.working import in_words
from bots.offer_words import NOT_PUBLISHED
from bots.rendering import TIER_IN_WORDS, VERIFIED_IN_WORDS, day_in_words, in_force_in_words
from bots.web.errors import Problem

FOLDER = Path(__file__).parent

_READERS: Mapping[Audience, str] = {
    Audience.PARENT: "a parent or carer",
    Audience.SCHOOL: "someone who works in a school",
    Audience.ADVISER: "an adviser",
}
_OFFICIAL = {Tier.ACT, Tier.REGULATIONS, Tier.CASE_LAW, Tier.STATUTORY_GUIDANCE, Tier.STATISTICS, Tier.PROPOSAL}


class Pages:
    """The templates, opened once. `render` may be called from several threads at a time.

    Each page has `form_token`, a new one each time, for the hidden field of that name in its forms. With `has_offers`
    pages lead to the local offers.
    """

    def __init__(self, *, form_token: Callable[[], str] = str, has_offers: bool = False) -> None:
        self._form_token = form_token
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            finalize=without_turns,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            day=day_in_words,
            weekday=in_words,
            means=lambda meaning: MEANS_IN_WORDS[DateMeans(meaning)],
            web_address=web_address,
            host=lambda url: urlsplit(url).hostname or url,
            dialled=dialled,
            sentence=lambda words: words[:1].upper() + words[1:],
            force=lambda force: "" if force is Force.INFO else force.value.capitalize(),
            bound=who_is_bound,
            tier=TIER_IN_WORDS.__getitem__,
            read=lambda tier: "Read the official text" if tier in _OFFICIAL else "Read the source",
            verified=VERIFIED_IN_WORDS.__getitem__,
            iso_day=is_iso_day,
        )
        self._templates.globals.update(
            place=place_in_words,
            in_force=in_force_in_words,
            readers=_READERS,
            not_published=NOT_PUBLISHED,
            has_offers=has_offers,
        )

    def render(
        self,
        request: Request,
        template: str,
        context: Mapping[str, Any],
        *,
        status: int = 200,
        problem: Problem | None = None,
    ) -> HTMLResponse:
        """The page; with a `problem`, its headers go with it."""
        root = request.scope.get("root_path", "").rstrip("/")
        html = self._templates.get_template(template).render(
            {"root": root, "form_token": self._form_token(), **context}
        )
        return HTMLResponse(html, status_code=status, headers=dict(problem.headers) if problem else None)

    def parts(self, request: Request, template: str) -> Any:
        """The macros of a template, to make pieces of a page with; what they give is escaped already."""
        root = request.scope.get("root_path", "").rstrip("/")
        return self._templates.get_template(template).make_module({"root": root, "form_token": self._form_token()})

    def problem(self, request: Request, problem: Problem) -> HTMLResponse:
        """A page that says what went wrong, where there is no form to show it on."""
        return self.render(request, "problem.html", {"problem": problem}, status=problem.status, problem=problem)


# Characters that change the direction of the text after them: with these, a passage could show a number backwards.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def without_turns(value: Any) -> Any:
    """`value` without the characters that turn text round, when it is text; Arabic and Hebrew need none of them."""
    return value.translate(_TURNS) if isinstance(value, str) and not value.isascii() else value


def web_address(url: str | None) -> str | None:
    """The address when it is one of the web, else None: nothing else becomes a link."""
    return url if url and urlsplit(url).scheme in {"http", "https"} else None


def is_iso_day(text: str) -> bool:
    """Whether a date field of a browser can show it; what it cannot show would be lost to the reader."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def place_in_words(authority: Authority) -> str:
    """Title and provision, without the link."""
    return reference(authority.source.title, authority.provision, authority.read_in)


def dialled(phone: str) -> str | None:
    """The number as a telephone dials it; None for words, and for five-digit numbers, which only take text messages."""
    digits = re.sub(r"[^0-9+]", "", phone)
    return None if re.search(r"[A-Za-z]", phone) or len(digits) in {0, 5} else digits


def who_is_bound(force: Force, duty_on: str | None) -> str | None:
    """Who owes the duty, or whom a power or a plain fact concerns, as a short line."""
    if not duty_on or duty_on == "none":
        return None
    return f"Duty on: {duty_on}" if force in {Force.MUST, Force.SHOULD} else f"About: {duty_on}"
