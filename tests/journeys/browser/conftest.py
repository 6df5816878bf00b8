"""Debian's Chromium, driven by Playwright, in front of the one server of all journeys.

Where no Chromium is installed these tests are skipped and say so; in CI that is a failure.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.browser.window import DARK_PHONE, DESKTOP, EVERYONE, PHONE, PLAIN_PHONE, Reader, Window
from tests.journeys.programs import Site

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these the browser looks up hosts of its maker at every start.
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Opener = Callable[[Reader], Window]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium is installed, so no page was looked at: apt-get install chromium (or: make programs)"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One running browser for a file of tests: while it runs, no other test of this process may use asyncio."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*_QUIET, *as_root])
        yield running
        running.close()


@pytest.fixture
def open_window(browser: Browser, site: Site) -> Iterator[Opener]:
    """Opens windows for readers; when the test ends, none of them may have asked elsewhere or met an error."""
    windows: list[Window] = []

    def opened(reader: Reader) -> Window:
        def lens() -> Page:
            see_all = Reader(name="lens", width=reader.width, height=reader.height, dark=reader.dark)
            return see_all.context(browser, site.address).new_page()

        page = reader.context(browser, site.address).new_page()
        windows.append(Window(page=page, reader=reader, address=site.address, lens=lens))
        return windows[-1]

    yield opened
    try:
        for window in windows:
            window.no_foreign_requests()
            window.no_console_errors()
    finally:
        for window in windows:
            window.page.context.close()


@pytest.fixture(params=EVERYONE, ids=lambda reader: reader.name)
def window(request: pytest.FixtureRequest, open_window: Opener) -> Window:
    """A phone of 320 px and a desktop, each with and without JavaScript, in turn."""
    return open_window(request.param)


@pytest.fixture(params=(PLAIN_PHONE, DESKTOP), ids=lambda reader: reader.name)
def either_end(request: pytest.FixtureRequest, open_window: Opener) -> Window:
    """The two windows that have least in common, for what is only a step of a journey that all four walk."""
    return open_window(request.param)


@pytest.fixture
def phone(open_window: Opener) -> Window:
    return open_window(PHONE)


@pytest.fixture
def plain_phone(open_window: Opener) -> Window:
    return open_window(PLAIN_PHONE)


@pytest.fixture
def desktop(open_window: Opener) -> Window:
    return open_window(DESKTOP)


@pytest.fixture
def dark_phone(open_window: Opener) -> Window:
    return open_window(DARK_PHONE)
