"""A council that expects many people at once lets several processes answer."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.programs import Apnav, Site

FIELDS = ("form_token", "conversation_id")
QUESTION = "When must the governors meet after a permanent exclusion?"


@pytest.fixture(scope="module")
def site(apnav: Apnav) -> Iterator[Site]:
    with apnav.serving("--workers", "2") as site:
        yield site


def workers() -> list[int]:
    """The processes that the server, a child of this process, started to answer."""
    return [
        int(worker)
        for child in children_of(os.getpid())
        if "serve" in command_of(child)
        for worker in children_of(child)
        if "resource_tracker" not in command_of(worker)
    ]


def children_of(pid: int) -> list[int]:
    return [int(n) for task in Path(f"/proc/{pid}/task").iterdir() for n in (task / "children").read_text().split()]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def ask_afresh(site: Site) -> int:
    """Ask over a new connection, so that any of the workers may take it."""
    return httpx.post(f"{site.address}/api/ask", json={"question": QUESTION}, timeout=60).status_code


def test_what_one_worker_kept_and_signed_every_other_can_delete(site: Site) -> None:
    for _ in range(4):
        page = httpx.post(site.address, data={"question": QUESTION}, timeout=60).text
        token, conversation = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in FIELDS)
        assert token is not None, "the page holds no token"
        assert conversation is not None, "the page names no conversation"

        deleted = httpx.post(
            f"{site.address}/conversations/delete",
            data={"form_token": token[1], "conversation_id": conversation[1]},
            timeout=60,
        )

        assert deleted.status_code == 200
        assert "deleted" in deleted.text


def test_when_one_worker_dies_people_are_answered_and_another_takes_its_place(site: Site) -> None:
    first = workers()
    assert len(first) == 2

    os.kill(first[0], signal.SIGKILL)

    deadline = time.monotonic() + 60
    while len(set(workers()) - {first[0]}) < 2:
        assert time.monotonic() < deadline, "no worker took its place"
        time.sleep(0.2)
    assert [ask_afresh(site) for _ in range(6)] == [200] * 6


def test_nobody_starts_with_a_number_of_workers_that_makes_no_sense(apnav: Apnav) -> None:
    refused = apnav.run("serve", "--workers", "0")

    assert refused.status == 2
    assert "--workers" in refused.complained
    assert "greater than or equal to 1" in refused.complained
