"""/sources: every document that the passages rest on. /sources/{id}: one of them with its editions and passages."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.errors import UnknownSource
from assistant.model import Catalogue, Passage
from assistant.service import Assistant
from assistant.sources import Authority, Source, Tier
from bots.rendering import TIER_IN_WORDS
from bots.web.pages import Pages

_LONGEST = 200  # characters of a filter
_REFUSED = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A document of the list, and how many passages rest on it."""

    source: Source
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """A passage of a document, with the place in that document."""

    passage: Passage
    authority: Authority


def source_pages(*, assistant: Assistant, today: Callable[[], date], pages: Pages) -> APIRouter:
    """The pages of the catalogue."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/sources", methods=["GET", "HEAD"])
    def sources(request: Request) -> HTMLResponse:
        words = request.query_params.get("words", "").strip()[:_LONGEST]
        kind = request.query_params.get("kind", "").strip()[:_LONGEST]
        mistake = None if not kind or kind in set(Tier) else "Choose a kind of document from the list."
        catalogue = assistant.catalogue()
        tier = Tier(kind) if kind and not mistake else None
        context = {
            "words": words,
            "kind": kind,
            "mistake": mistake,
            "tiers": [(each.value, TIER_IN_WORDS[each]) for each in Tier],
            "total": len(catalogue.sources),
            "rows": list(matching(catalogue, words=words, tier=tier)),
            "today": today(),
        }
        return pages.render(request, "sources.html", context, status=_REFUSED if mistake else 200)

    @router.api_route("/sources/{source_id}", methods=["GET", "HEAD"])
    def source(request: Request, source_id: str) -> HTMLResponse:
        catalogue = assistant.catalogue()
        found = next((each for each in catalogue.sources if each.id == source_id), None)
        if found is None:
            raise UnknownSource(source_id)
        by_id = {each.id: each for each in catalogue.sources}
        context = {
            "source": found,
            "newer": by_id.get(found.superseded_by or ""),
            "editions": editions(catalogue, found),
            "rows": list(passages_of(catalogue, found)),
            "today": today(),
        }
        return pages.render(request, "source.html", context)

    return router


def matching(catalogue: Catalogue, *, words: str = "", tier: Tier | None = None) -> Iterator[SourceRow]:
    """The documents of `tier` whose title, edition or publisher hold every one of `words`, in the catalogue's order."""
    counted = Counter(name for passage in catalogue.passages for name in {a.source.id for a in passage.authority})
    wanted = words.casefold().split()
    for source in catalogue.sources:
        said = f"{source.title} {source.short_title} {source.edition or ''} {source.publisher}".casefold()
        if (tier is None or source.tier is tier) and all(word in said for word in wanted):
            yield SourceRow(source=source, passages=counted[source.id])


def editions(catalogue: Catalogue, source: Source) -> Sequence[Source]:
    """Every edition of the same work, newest first; of a work with one edition, that one."""
    same = [each for each in catalogue.sources if source.work and each.work == source.work] or [source]
    return sorted(same, key=lambda each: (each.in_force_from or date.min, each.id), reverse=True)


def passages_of(catalogue: Catalogue, source: Source) -> Iterator[PassageRow]:
    """Each passage that rests on the document, once, with the first place it names there."""
    for passage in catalogue.passages:
        authority = next((each for each in passage.authority if each.source.id == source.id), None)
        if authority is not None:
            yield PassageRow(passage=passage, authority=authority)
