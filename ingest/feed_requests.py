"""Requests to somebody's feed: each tried again with growing pauses, within limits of time and size."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from assistant.offer_errors import SourceRefused
from ingest.feed_store import FeedStore

_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 530}
_NOT_THERE = {404, 410}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to bear with a server: tries of one page, seconds for one read and one page, bytes and pages at most."""

    tries: int = 6
    read_seconds: float = 30
    page_seconds: float = 120
    most_bytes: int = 64 << 20
    longest_pause: float = 60
    first_pause: float = 1
    pages: int = 20_000


class NotThere(Exception):
    """The server says that there is nothing at the address."""


class _Again(Exception):
    """This try failed and another may not. `pause` is what the server asked for, in seconds."""

    def __init__(self, why: str, *, pause: float | None = None) -> None:
        super().__init__(why)
        self.pause = pause


Sound = Callable[[Any], str | None]
"""What is wrong with what came, or None."""


class FeedRequests:
    """Gets JSON, by way of what is kept of the feed."""

    def __init__(self, store: FeedStore, patience: Patience) -> None:
        self.patience = patience
        self._store = store
        timeout = httpx.Timeout(patience.read_seconds, pool=patience.page_seconds)
        headers = {"User-Agent": "ap-navigator", "Accept": "application/json"}
        self._client = httpx.Client(timeout=timeout, headers=headers, follow_redirects=True, max_redirects=5)

    def __enter__(self) -> "FeedRequests":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, url: str, *, params: Mapping[str, str], sound: Sound) -> Any:
        """What is at the address. Raises `NotThere`, and `SourceRefused` when it cannot be had after every try."""
        address = _address(url, params)
        kept = self._store.page_of_this_run(address)
        if kept is not None:
            said = json.loads(kept)
            if sound(said) is None:
                return said
        retrying = Retrying(
            stop=stop_after_attempt(self.patience.tries),
            wait=lambda state: pause_after(state, self.patience),
            retry=retry_if_exception_type(_Again),
            sleep=sleep,
            reraise=True,
        )
        try:
            return retrying(self._try, address, sound)
        except _Again as error:
            raise SourceRefused(
                address, why=f"{error}, {self.patience.tries} times. What came before is kept"
            ) from error

    def forget_page(self, url: str, params: Mapping[str, str]) -> None:
        self._store.forget_page(_address(url, params))

    def forget_pages(self) -> None:
        self._store.forget_run()

    def _try(self, address: str, sound: Sound) -> Any:
        known = self._store.known_page(address)
        headers: dict[str, str] = {}
        if known is not None:
            headers |= {"If-None-Match": known[0]} if known[0] else {}
            headers |= {"If-Modified-Since": known[1]} if known[1] and not known[0] else {}
        try:
            status, came, body = self._fetch(address, headers)
        except httpx.TimeoutException as error:
            raise _Again("the server did not answer in time") from error
        except (httpx.TransportError, httpx.StreamError) as error:
            raise _Again(f"the connection failed ({type(error).__name__})") from error
        except httpx.HTTPError as error:
            raise SourceRefused(address, why=f"it cannot be fetched ({error})") from error
        if status == 304 and known is not None:
            body, came = known[2], httpx.Headers({"etag": known[0] or "", "last-modified": known[1] or ""})
        else:
            _check_status(status, came, address)
        said = _read(body)
        if wrong := sound(said):
            self._store.forget_page(address)
            raise _Again(wrong)
        self._store.keep_page(address, body, etag=came.get("etag") or None, modified=came.get("last-modified") or None)
        return said

    def _fetch(self, address: str, headers: Mapping[str, str]) -> tuple[int, httpx.Headers, bytes]:
        """A server may send one byte now and then for ever: the whole page has a limit of time as well."""
        until = monotonic() + self.patience.page_seconds
        body = bytearray()
        with self._client.stream("GET", address, headers=dict(headers)) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > self.patience.most_bytes:
                    raise SourceRefused(address, why=f"one page has more than {self.patience.most_bytes >> 20} MB")
                if monotonic() > until:
                    raise _Again(f"the page was not there after {self.patience.page_seconds:g} seconds")
            return response.status_code, response.headers, bytes(body)


def check_address(url: str) -> None:
    """Raises `SourceRefused` for what is no address of the web."""
    try:
        urlsplit(url)
        address = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceRefused(url[:200], why=f"it is no web address ({error})") from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise SourceRefused(url[:200], why="only http and https addresses can be fetched")


def download(url: str, *, to: Path, patience: Patience | None = None, most_bytes: int = 1 << 30) -> Path:
    """A file from the web, kept in the folder `to` under its own name. Raises `SourceRefused`."""
    check_address(url)
    patience = patience or Patience()
    to.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]", "_", urlsplit(url).path.rpartition("/")[2]) or "page.html"
    retrying = Retrying(
        stop=stop_after_attempt(patience.tries),
        wait=lambda state: pause_after(state, patience),
        retry=retry_if_exception_type((_Again, httpx.TransportError, httpx.StreamError)),
        sleep=sleep,
        reraise=True,
    )
    try:
        return retrying(_download, url, to / name, patience, most_bytes)
    except (_Again, NotThere, httpx.HTTPError, httpx.StreamError) as error:
        raise SourceRefused(url, why=f"it cannot be fetched ({error})") from error


def _download(url: str, file: Path, patience: Patience, most_bytes: int) -> Path:
    half = file.with_name(f"{file.name}.part")
    headers = {"User-Agent": "ap-navigator"}
    with (
        httpx.Client(timeout=patience.read_seconds, headers=headers, follow_redirects=True, max_redirects=5) as client,
        client.stream("GET", url) as response,
        half.open("wb") as kept,
    ):
        _check_status(response.status_code, response.headers, url)
        until = monotonic() + patience.page_seconds * 10
        for piece in response.iter_bytes():
            kept.write(piece)
            if kept.tell() > most_bytes:
                raise SourceRefused(url, why=f"it has more than {most_bytes >> 20} MB")
            if monotonic() > until:
                raise _Again("the file was not there in time")
    return half.replace(file)


def pause_after(state: RetryCallState, patience: Patience) -> float:
    """Seconds until the next try: what the server asked for, or growing ones."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.pause if isinstance(error, _Again) else None
    if asked is not None:
        return min(asked, patience.longest_pause)
    growing = wait_exponential_jitter(
        multiplier=patience.first_pause, max=patience.longest_pause, jitter=patience.first_pause
    )
    return growing(state)


def _address(url: str, params: Mapping[str, str]) -> str:
    return str(httpx.URL(url).copy_merge_params(dict(params))) if params else url


def _check_status(status: int, headers: httpx.Headers, address: str) -> None:
    if status in _NOT_THERE:
        raise NotThere(f"status {status}")
    if status in _TRY_AGAIN or status == 304:
        asked = headers.get("retry-after", "")
        raise _Again(f"the server failed (status {status})", pause=float(asked) if asked.isdigit() else None)
    if status >= 300:
        why = "it wants a key or a password" if status in {401, 403} else "it refused"
        raise SourceRefused(address, why=f"{why} (status {status})")


def _read(body: bytes) -> Any:
    if body.lstrip()[:1] == b"<":
        words = re.sub(r"<[^>]*>|\s+", " ", body[:2_000].decode("utf-8", "replace"))
        said = " ".join(words.split())[:60]
        raise _Again(f"it gave a web page instead of data (“{said}”; a directory page is imported with: --as page)")
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _Again("what it gave stops in the middle or is no JSON") from error
