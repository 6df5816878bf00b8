"""A council's feed over HTTP: from a server that fails, lies, loops or is slow, an import ends with the right set."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.offer_errors import SourceRefused
from tests.offer_imports import MemoryShelf, page_of, read, service, sorted_out, take

TWENTY_FIVE = [service(number) for number in range(1, 26)]
ALL = sorted(f"Setting {number}" for number in range(1, 26))


@dataclass
class Reply:
    """What a server answers. `after`: seconds before each of its pieces; `cut`: bytes after which it hangs up."""

    said: Any = None
    status: int = 200
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0
    cut: int | None = None


@dataclass
class Asked:
    path: str
    page: int
    time: int  # how often this page was asked for, from 1
    headers: dict[str, str]


def _give(to: BaseHTTPRequestHandler, reply: Reply) -> None:
    body = reply.raw if reply.raw is not None else json.dumps(reply.said).encode()
    to.send_response(reply.status)
    for name, value in reply.headers.items():
        to.send_header(name, value)
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    size = 50 if reply.after else len(body) or 1
    for place in range(0, len(body[: reply.cut]), size):
        time.sleep(reply.after)
        to.wfile.write(body[: reply.cut][place : place + size])
    if reply.cut is not None:
        to.connection.close()


@contextmanager
def serving(answer: Callable[[Asked], Reply]) -> Iterator[tuple[str, list[Asked]]]:
    """A feed at an address of this machine, and everything it was asked."""
    asked: list[Asked] = []
    times: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            times[self.path] += 1
            at = urlsplit(self.path)
            page = int(parse_qs(at.query).get("page", ["1"])[0])
            asked.append(Asked(at.path, page, times[self.path], dict(self.headers)))
            with suppress(OSError):  # the reader may have no more patience
                _give(self, answer(asked[-1]))

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # connections are cut on purpose
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def of_pages(asked: Asked) -> Reply:
    return Reply(page_of(TWENTY_FIVE, number=asked.page))


def test_officer_imports_every_page_of_a_feed_from_its_address(tmp_path: Path) -> None:
    shelf = MemoryShelf()
    with serving(of_pages) as (url, asked):
        report = take(f"{url}/services", tmp_path, shelf, source="leeds")
    assert shelf.names("leeds") == ALL
    assert (report.taken, report.whole, len(asked)) == (25, True, 3)


def test_officer_may_give_the_address_that_only_tells_the_version(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/services":
            return of_pages(asked)
        return Reply({"version": "HSDS-UK-3.0", "profile": "p", "openapi_url": "u"})

    shelf = MemoryShelf()
    with serving(answer) as (url, _):
        take(url, tmp_path, shelf, source="leeds")
    assert shelf.names("leeds") == ALL
    page = next(iter(shelf.kept["leeds"].values())).provenances[0].url
    assert page is not None
    assert page.startswith(f"{url}/services/0")


FAULTS: dict[str, Callable[[Asked], Reply]] = {
    "status 500": lambda _: Reply(status=500, raw=b"oops"),
    "too many requests": lambda _: Reply(status=429, raw=b"{}", headers={"Retry-After": "0"}),
    "a connection that is cut": lambda asked: Reply(page_of(TWENTY_FIVE, number=asked.page), cut=40),
    "JSON that stops": lambda asked: Reply(raw=json.dumps(page_of(TWENTY_FIVE, number=asked.page)).encode()[:-30]),
    "a web page with status 200": lambda _: Reply(raw=b"<!doctype html><title>Sorry</title><p>Down for work"),
    "another page than asked": lambda asked: Reply(page_of(TWENTY_FIVE, number=max(1, asked.page - 1))),
    "bytes that drip": lambda asked: Reply(page_of(TWENTY_FIVE, number=asked.page), after=0.1),
    "no answer": lambda asked: Reply(page_of(TWENTY_FIVE, number=asked.page), after=0.6),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_that_fails_once_is_asked_for_again_and_nothing_is_lost(fault: str, tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        return FAULTS[fault](asked) if asked.page == 2 and asked.time == 1 else of_pages(asked)

    shelf = MemoryShelf()
    with serving(answer) as (url, asked):
        report = take(f"{url}/services", tmp_path, shelf, source="leeds")
    assert shelf.names("leeds") == ALL
    assert report.whole
    assert len(asked) == 4


def test_a_server_with_every_fault_at_once_ends_with_exactly_the_right_set(tmp_path: Path) -> None:
    faults = [FAULTS[name] for name in FAULTS if name != "no answer"]

    def answer(asked: Asked) -> Reply:
        if asked.time <= 3:
            return faults[(asked.page * 3 + asked.time) % len(faults)](asked)
        return of_pages(asked)

    shelf = MemoryShelf()
    with serving(answer) as (url, _):
        report = take(f"{url}/services", tmp_path, shelf, source="leeds")
    assert shelf.names("leeds") == ALL
    assert (report.refused, report.fields_refused) == (0, 0)


def test_an_import_that_broke_off_goes_on_where_it_was(tmp_path: Path) -> None:
    down = True

    def answer(asked: Asked) -> Reply:
        return Reply(status=503, raw=b"") if asked.page == 3 and down else of_pages(asked)

    shelf = MemoryShelf()
    with serving(answer) as (url, asked):
        with pytest.raises(SourceRefused, match="status 503"):
            take(f"{url}/services", tmp_path, shelf, source="leeds")
        assert shelf.kept == {}
        down = False
        before = len(asked)
        take(f"{url}/services", tmp_path, shelf, source="leeds")
    assert [one.page for one in asked[before:]] == [3]
    assert shelf.names("leeds") == ALL


def test_the_next_import_asks_only_for_what_has_changed(tmp_path: Path) -> None:
    changed = {"name": "Setting 25"}

    def answer(asked: Asked) -> Reply:
        said = page_of([*TWENTY_FIVE[:-1], {**TWENTY_FIVE[-1], **changed}], number=asked.page)
        etag = f'"{asked.page}-{changed["name"] if asked.page == 3 else ""}"'
        if asked.headers.get("If-None-Match") == etag:
            return Reply(status=304, raw=b"", headers={"ETag": etag})
        return Reply(said, headers={"ETag": etag})

    shelf = MemoryShelf()
    with serving(answer) as (url, asked):
        take(f"{url}/services", tmp_path, shelf, source="leeds")
        changed["name"] = "Setting 25, moved"
        take(f"{url}/services", tmp_path, shelf, source="leeds")
    assert "Setting 25, moved" in shelf.names("leeds")
    assert len(shelf.names("leeds")) == 25
    assert [one.headers.get("If-None-Match") for one in asked[3:]] == ['"1-"', '"2-"', '"3-Setting 25"']


def test_a_feed_that_repeats_its_last_page_for_ever_ends_and_says_so(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        number = min(asked.page, 3)
        return Reply(page_of(TWENTY_FIVE, number=number, last_page=False, total_pages=999, total_items=9_990))

    with serving(answer) as (url, asked):
        found = read(f"{url}/services", tmp_path)
        offers, _, _ = sorted_out(found.entries)
    assert len(offers) == 25
    assert not found.whole
    assert any("repeat" in note for note in found.notes)
    assert any("says it has 9,990 services and gave 25" in note for note in found.notes)
    assert len(asked) < 40


def test_a_feed_that_gave_less_than_it_promised_takes_nothing_away(tmp_path: Path) -> None:
    shelf = MemoryShelf()
    with serving(of_pages) as (url, _):
        take(f"{url}/services", tmp_path / "a", shelf, source="leeds")
    with serving(lambda asked: Reply(page_of(TWENTY_FIVE[:10], total_items=25, number=asked.page))) as (url, _):
        report = take(f"{url}/services", tmp_path / "b", shelf, source="leeds")
    assert shelf.names("leeds") == ALL
    assert not report.whole


def test_a_feed_that_says_it_ends_too_early_is_read_to_its_end(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(page_of(TWENTY_FIVE, number=asked.page, last_page=True))

    with serving(answer) as (url, _):
        offers, _, _ = sorted_out(read(f"{url}/services", tmp_path).entries)
    assert len(offers) == 25


def test_a_feed_that_changes_the_size_of_its_pages_is_read_again(tmp_path: Path) -> None:
    times = Counter[int]()

    def answer(asked: Asked) -> Reply:
        times[asked.page] += 1
        size = 10 if asked.page == 1 and times[1] == 1 else 4
        return Reply(page_of(TWENTY_FIVE, number=asked.page, size=size))

    with serving(answer) as (url, _):
        found = read(f"{url}/services", tmp_path)
        offers, _, _ = sorted_out(found.entries)
    assert sorted(offer.name for offer in offers) == ALL
    assert found.whole


def test_a_service_that_moved_between_pages_meanwhile_is_not_missed(tmp_path: Path) -> None:
    asked_for = Counter[int]()

    def answer(asked: Asked) -> Reply:
        asked_for[asked.page] += 1
        moved = [*TWENTY_FIVE[10:12], *TWENTY_FIVE[:10], *TWENTY_FIVE[12:]]  # two went to the front after page 1
        services = TWENTY_FIVE if asked.page == 1 and asked_for[1] == 1 else moved
        return Reply(page_of(services, number=asked.page))

    with serving(answer) as (url, _):
        found = read(f"{url}/services", tmp_path)
        offers, refusals, _ = sorted_out(found.entries)
    assert sorted(offer.name for offer in offers) == ALL
    assert refusals == []


def test_two_services_with_one_id_are_told(tmp_path: Path) -> None:
    twice = [*TWENTY_FIVE[:3], {**TWENTY_FIVE[0], "name": "Another one"}]
    with serving(lambda asked: Reply(page_of(twice, number=asked.page))) as (url, _):
        found = read(f"{url}/services", tmp_path)
        offers, refusals, _ = sorted_out(found.entries)
    assert sorted(offer.name for offer in offers) == ["Another one", "Setting 2", "Setting 3"]
    assert found.whole
    assert [(refusal.field, "same id" in refusal.why) for refusal in refusals] == [("id", True)]


def test_a_list_that_only_names_services_is_filled_from_their_own_pages(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/services":
            bare = [{key: each[key] for key in ("id", "name", "status")} for each in TWENTY_FIVE[:4]]
            return Reply(page_of(bare, number=asked.page))
        number = int(asked.path.rpartition("-")[2])
        return Reply(status=404, raw=b"{}") if number == 3 else Reply(TWENTY_FIVE[number - 1])

    with serving(answer) as (url, _):
        offers, refusals, _ = sorted_out(read(f"{url}/services", tmp_path).entries)
    assert [(offer.name, offer.age_to) for offer in offers] == [
        ("Setting 1", 16),
        ("Setting 2", 16),
        ("Setting 3", None),
        ("Setting 4", 16),
    ]
    assert [refusal.field for refusal in refusals] == ["details"]


def test_an_older_feed_that_counts_its_pages_from_nought_is_read_whole(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        query_page = asked.page + 1
        said = page_of(TWENTY_FIVE, number=query_page)
        renamed = {
            "totalElements": 25,
            "totalPages": said["total_pages"],
            "number": asked.page,
            "size": 10,
            "first": asked.page == 0,
            "last": said["last_page"],
            "content": said["contents"],
        }
        return Reply(renamed)

    with serving(answer) as (url, _):
        offers, _, _ = sorted_out(read(f"{url}/services", tmp_path).entries)
    assert sorted(offer.name for offer in offers) == ALL


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=401, raw=b""), "key or a password"),
        (Reply(status=404, raw=b""), "nothing at this address"),
        (Reply(raw=b"<html><body>Please enable cookies"), "Please enable cookies.*--as page"),
        (Reply(raw=b'{"contents": [{"id"'), "stops in the middle"),
        (Reply({"hello": 1}), "no list of services"),
    ],
)
def test_officer_reads_why_an_address_cannot_be_imported(reply: Reply, why: str, tmp_path: Path) -> None:
    with serving(lambda _: reply) as (url, _), pytest.raises(SourceRefused, match=why):
        read(f"{url}/services", tmp_path)


def test_half_characters_and_endless_ids_are_taken_as_far_as_they_can_be(tmp_path: Path) -> None:
    odd = [service(1, id="\ud800", name="Half \udc00 name"), service(2, id="x" * 5_000, description="<p>\ud800</p>")]
    with serving(lambda asked: Reply(page_of(odd, number=asked.page))) as (url, _):
        offers, _, _ = sorted_out(read(f"{url}/services", tmp_path).entries)
    assert [offer.name for offer in offers] == ["Half name", "Setting 2"]
    assert all(len(offer.provenances[0].record) <= 200 for offer in offers)
    assert repr(offers).isascii()


@pytest.mark.parametrize("address", ["http://[", "http://", "https://a b/"])
def test_what_is_no_address_is_said_plainly(address: str, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused):
        read(address, tmp_path)


def test_nobody_listening_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="the connection failed"):
        read("http://127.0.0.1:9/services", tmp_path)
