"""An Open Referral feed over HTTP, page by page, from servers that fail, repeat themselves or say what is not so.

Every page is kept on disk as it comes: an import that was stopped goes on from there, and the next one asks only for
what has changed (ETag). A feed that gave less than it promised is never taken for the whole of it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assistant.offer import Refusal
from assistant.offer_errors import SourceRefused
from ingest.feed_requests import FeedRequests, NotThere, Patience, check_address
from ingest.feed_store import FeedStore
from ingest.offer_draft import Imported
from ingest.open_referral import Dialect, offers_of

_PER_PAGE = 100
_RESTARTS = 3
_GOES_ON_FOR = timedelta(hours=24)
_FAILING_PAGES = 5
_WRONG_PAGES = 3  # after that many, the numbers on the pages are taken to be wrong, and not the pages
_SHALLOW_WITHOUT = ("service_at_locations", "attributes", "schedules", "regular_schedules", "location")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFeed:
    """What a feed gave. `whole`: all that it says it has. `notes` tell a person what was odd about it."""

    base: str
    store: FeedStore
    services: int
    whole: bool
    notes: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One page: its records and what it says of the feed."""

    records: list[Any]
    claimed: int | None = None
    pages: int | None = None
    number: int | None = None
    size: int | None = None
    first: bool | None = None
    last: bool | None = None
    enveloped: bool = True


@dataclass(slots=True, kw_only=True)
class _Sweep:
    """One way through the pages."""

    number: int
    first: _Page
    page: int = 1
    given: int = 0  # records, repeats among them
    seen: set[str] = field(default_factory=set)
    stopped: str = ""  # why, when it was not at the end


def fetch_feed(
    url: str,
    *,
    folder: Path,
    now: datetime,
    patience: Patience | None = None,
    progress: Progress = lambda *_: None,
) -> FetchedFeed:
    """Everything the feed at `url` gives, kept in `folder`. Raises `SourceRefused` when it cannot be had.

    What was fetched until then is kept, and the next call within a day goes on from there.
    """
    check_address(url)
    store = FeedStore(folder / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.sqlite3")
    with store.open(now=now, goes_on_for=_GOES_ON_FOR), FeedRequests(store, patience or Patience()) as requests:
        fetched = _Fetching(url, requests, store, progress).fetch()
        store.finish()
    return fetched


def offers_in_feed(fetched: FetchedFeed, *, dialect: Dialect) -> Iterator[Imported]:
    """What each service of a fetched feed offers."""
    dialect = replace(dialect, base=fetched.base)
    yield from fetched.refusals
    with fetched.store.reading() as records:
        for where, record in records:
            yield from offers_of(record, where=where, dialect=dialect)


class _Fetching:
    """One run over a feed."""

    def __init__(self, url: str, requests: FeedRequests, store: FeedStore, progress: Progress) -> None:
        self._url = url
        self._requests = requests
        self._store = store
        self._progress = progress
        self._notes: list[str] = []
        self._refusals: list[Refusal] = []
        self._counted_from = 1

    def fetch(self) -> FetchedFeed:
        list_url, first = self._first_page()
        if first.first is False:  # its first page has the number nought
            self._counted_from = 0
            first = self._page_or_refuse(list_url)
        sweep = self._sweeps(list_url, first)
        services = self._store.count()
        claimed = sweep.first.claimed
        self._tell_differences(services, claimed, sweep)
        base = list_url.split("?")[0].rstrip("/").removesuffix("/services")
        if list_url.split("?")[0].rstrip("/").endswith("/services"):
            self._fetch_details(base, services)
        return FetchedFeed(
            base=base,
            store=self._store,
            services=services,
            whole=not sweep.stopped and (claimed is None or services >= claimed or self._repeats(sweep)),
            notes=tuple(self._notes),
            refusals=tuple(self._refusals),
        )

    def _first_page(self) -> tuple[str, _Page]:
        """The address of the list of services, which may be under the one that was given, and its first page."""
        under = _joined(self._url, "services")
        try:
            first = self._page(self._url, 1)
        except NotThere:
            return under, self._page_or_refuse(under)
        if first is not None:
            return self._url, first
        return under, self._page_or_refuse(under)

    def _page_or_refuse(self, url: str) -> _Page:
        try:
            page = self._page(url, 1)
        except NotThere as error:
            raise SourceRefused(self._url, why=f"there is nothing at this address ({error})") from error
        if page is None:
            raise SourceRefused(self._url, why="what is at this address is no list of services")
        return page

    def _sweeps(self, url: str, first: _Page) -> _Sweep:
        """Go through the pages; again when their size changes on the way, or once when services are missing."""
        restarts = 0
        number = 1
        again_for_missing = True
        while True:
            sweep = self._sweep(url, first, number)
            resized = sweep.stopped == "resized"
            missing = first.claimed is not None and self._store.count() < first.claimed
            if resized and restarts < _RESTARTS:
                restarts += 1
            elif missing and again_for_missing and not sweep.stopped:
                again_for_missing = False
            else:
                if resized:
                    self._notes.append("The feed kept changing the size of its pages, so something may be missing.")
                return sweep
            number += 1
            self._requests.forget_pages()
            first = self._page_or_refuse(url)

    def _sweep(self, url: str, first: _Page, number: int) -> _Sweep:
        sweep = _Sweep(number=number, first=first)
        self._refusals.clear()  # each sweep meets the same faults of the feed
        page: _Page | None = first
        while page is not None:
            new = self._take(page, sweep)
            total = first.claimed or len(sweep.seen)
            self._progress("Fetching services", min(len(sweep.seen), total), total)
            if page.records and not new and not self._changes(url, sweep):
                sweep.stopped = "" if _says_the_end(page, sweep) else "loop"
                break
            if not page.records or _says_the_end(page, sweep) or not page.enveloped:
                break
            if sweep.page >= self._requests.patience.pages:
                sweep.stopped = "endless"
                break
            sweep.page += 1
            page = self._next(url, sweep)
            if page is not None and _resized(first, page):
                sweep.stopped = "resized"
                break
        return sweep

    def _repeats(self, sweep: _Sweep) -> bool:
        """Whether they are fewer than promised only because the feed lists some twice: two sweeps found the same."""
        return sweep.number > 1 and sweep.given == sweep.first.claimed and len(sweep.seen) == self._store.count()

    def _next(self, url: str, sweep: _Sweep) -> _Page | None:
        try:
            return self._page(url, sweep.page)
        except NotThere:
            return None  # many servers say so after the last page

    def _changes(self, url: str, sweep: _Sweep) -> bool:
        """Whether a page that only repeats what came before gives something new when it is asked for again."""
        for _ in range(2):
            self._requests.forget_page(url, self._params(sweep.page))
            page = self._next(url, sweep)
            if page is None or self._take(page, sweep):
                return True
        return False

    def _take(self, page: _Page, sweep: _Sweep) -> int:
        """Keep the records of a page; how many of them were new in this sweep."""
        new = 0
        for record in page.records:
            identity = record.get("id") if isinstance(record, Mapping) else None
            name = str(identity).encode(errors="ignore").decode() if identity else ""
            name = name or hashlib.sha256(json.dumps(record).encode()).hexdigest()[:24]
            new += name not in sweep.seen
            sweep.given += 1
            sweep.seen.add(name)
            where = f"page {sweep.page}"
            if not self._store.keep(name, record, where=where, sweep=sweep.number):
                why = "another record has the same id and says something else. The later one was taken."
                self._refusals.append(Refusal(where=f"{where}, service {name[:60]}", field="id", why=why))
        return new

    def _page(self, url: str, number: int) -> _Page | None:
        """One page, or None for what is JSON but no list. A page with another number than asked is asked for again."""

        tries = 0

        def sound(said: Any) -> str | None:
            nonlocal tries
            page = _as_page(said)
            tries += 1
            if page is not None and page.number not in {None, number} and page.records and tries < _WRONG_PAGES:
                return f"it gave page {page.number} when page {number} was asked for"
            return None

        said = self._requests.get(url, params=self._params(number), sound=sound)
        return _as_page(said)

    def _params(self, page: int) -> dict[str, str]:
        return {"page": str(page - 1 + self._counted_from), "per_page": str(_PER_PAGE)}

    def _tell_differences(self, services: int, claimed: int | None, sweep: _Sweep) -> None:
        if sweep.stopped == "loop":
            self._notes.append(f"Page {sweep.page} and those after it repeat earlier ones, so fetching stopped there.")
        if sweep.stopped == "endless":
            self._notes.append(f"The feed went on for more than {sweep.page:,} pages, so fetching stopped there.")
        if claimed is not None and services < claimed and self._repeats(sweep):
            self._notes.append(f"The feed lists {claimed - services:,} of its services twice.")
        elif claimed is not None and services < claimed:
            self._notes.append(
                f"The feed says it has {claimed:,} services and gave {services:,}. Nothing you had was removed."
            )
        if claimed is not None and services > claimed:
            self._notes.append(f"The feed says it has {claimed:,} services and gave {services:,}.")

    def _fetch_details(self, base: str, services: int) -> None:
        """Lists often name services only, and each has a page with the rest."""
        failing = 0
        for done, (name, where, record) in enumerate(self._store.shallow(_SHALLOW_WITHOUT), start=1):
            self._progress("Fetching each service", done, services)
            try:
                said = self._requests.get(f"{base}/services/{quote(name, safe='')}", params={}, sound=_is_service)
                self._store.deepen(name, {**record, **said})
                failing = 0
            except (NotThere, SourceRefused) as error:
                failing += not isinstance(error, NotThere)
                if failing >= _FAILING_PAGES:
                    raise
                why = f"its own page could not be read ({error}), so only what the list says was taken."
                self._refusals.append(Refusal(where=f"{where}, service {name}", field="details", why=why))


def _joined(url: str, name: str) -> str:
    address, question, query = url.partition("?")
    return f"{address.rstrip('/')}/{name}{question}{query}"


def _as_page(said: Any) -> _Page | None:
    if isinstance(said, list):
        return _Page(records=said, enveloped=False)
    if not isinstance(said, Mapping):
        return None
    records = next((said[key] for key in ("contents", "content") if isinstance(said.get(key), list)), None)
    if records is None:
        return None
    number = _whole(said, "page_number", "number")
    first, last = (
        next((said[key] for key in keys if isinstance(said.get(key), bool)), None)
        for keys in (("first_page", "first"), ("last_page", "last"))
    )
    older = "totalElements" in said or "content" in said
    return _Page(
        records=records,
        claimed=_whole(said, "total_items", "totalElements"),
        pages=_whole(said, "total_pages", "totalPages"),
        number=None if older else number,  # ORUK 1.0 counts from nought or one
        size=_whole(said, "size"),
        first=first if older else None,
        last=last,
    )


def _whole(said: Mapping[str, Any], *keys: str) -> int | None:
    for key in keys:
        value = said.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


def _says_the_end(page: _Page, sweep: _Sweep) -> bool:
    """Whether all that the page says of its end agrees; a feed that contradicts itself is asked for one page more."""
    signs = [
        page.last,
        None if page.pages is None else sweep.page >= page.pages,
        None if page.claimed is None else len(sweep.seen) >= page.claimed,
    ]
    said = [sign for sign in signs if sign is not None]
    return bool(said) and all(said)


def _resized(first: _Page, page: _Page) -> bool:
    """Whether pages have another size now: their numbers then mean other services."""
    if first.size is None or page.size is None or page.last or not page.records:
        return False
    return page.size != first.size and len(page.records) != len(first.records)


def _is_service(said: Any) -> str | None:
    return None if isinstance(said, Mapping) and "name" in said else "it is no service"
