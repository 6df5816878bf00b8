"""A browser window as a test holds it: what it asked for, what went wrong in it, and whether axe finds a barrier."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, expect

AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PATIENCE = 15_000  # milliseconds before what should be on the page counts as missing

_REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of (413|422|429)\b")
_NOSCRIPT = re.compile(r"</?noscript>")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who looks at the page, and with what."""

    name: str
    width: int
    height: int
    javascript: bool = True
    dark: bool = False
    calm: bool = False  # asks for less movement
    axe: bool = True

    def context(self, browser: Browser, address: str) -> BrowserContext:
        context = browser.new_context(
            base_url=address,
            viewport={"width": self.width, "height": self.height},
            device_scale_factor=1,
            java_script_enabled=self.javascript,
            color_scheme="dark" if self.dark else "light",
            reduced_motion="reduce" if self.calm else "no-preference",
            locale="en-GB",
            timezone_id="Europe/London",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        return context


PHONE = Reader(name="phone", width=320, height=640)
PLAIN_PHONE = Reader(name="phone-no-javascript", width=320, height=640, javascript=False)
DESKTOP = Reader(name="desktop", width=1280, height=900)
# Its markup is that of the plain phone and its layout that of the desktop: axe has looked at both.
PLAIN_DESKTOP = Reader(name="desktop-no-javascript", width=1280, height=900, javascript=False, axe=False)
DARK_PHONE = Reader(name="phone-dark", width=320, height=640, dark=True)
EVERYONE = (PHONE, PLAIN_PHONE, DESKTOP, PLAIN_DESKTOP)


@dataclass(kw_only=True)
class Window:
    """One page in a browser of its own, and all that happened in it since it was opened."""

    page: Page
    reader: Reader
    address: str
    lens: Callable[[], Page]
    requests: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        context = self.page.context
        context.on("request", self._asked)
        context.on("console", self._heard)
        context.on("weberror", lambda broken: self.errors.append(str(broken.error)))

    def _asked(self, request: Request) -> None:
        self.requests.append(request)

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused form is answered with a 4xx page, and the browser counts every 4xx as an error of its own.
        if message.type == "error" and not _REFUSAL.match(message.text):
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def open(self, path: str = "/") -> Page:
        self.page.goto(path)
        return self.page

    def ask(self, question: str, **also: str) -> Page:
        """Opens the first page, asks, and waits for the whole answer. `also` are other fields, by their labels."""
        self.open("/")
        for label, value in also.items():
            self.page.get_by_label(label).fill(value)
        self.page.get_by_label("Your question").fill(question)
        self.page.get_by_role("button", name="Get an answer").click()
        return self.wait_for_answer()

    def wait_for_answer(self) -> Page:
        """Until the answer is on the page to its last line."""
        expect(self.page.locator("#answer")).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        return self.page

    # What must hold of every page ------------------------------------------------------------------------------------

    def no_foreign_requests(self) -> None:
        """Nothing was asked of any other place than the server that gave the page."""
        home = urlsplit(self.address).netloc
        foreign = [r.url for r in self.requests if urlsplit(r.url).netloc != home and not r.url.startswith("blob:")]
        assert not foreign, f"asked of other places: {foreign}"

    def no_console_errors(self) -> None:
        assert not self.errors, f"the browser complained: {self.errors}"

    def no_sideways_scrolling(self) -> None:
        """The page is no wider than its window, and no words in it are cut off."""
        self.page.wait_for_load_state("load")  # its words can be there before its styles are
        wide, window = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, f"{self.page.url}: {wide} px wide in a window of {window}: {self._too_wide()}"
        assert not self._cut_off(), f"{self.page.url}: words are cut off: {self._cut_off()}"

    def _too_wide(self) -> Sequence[str]:
        return self.page.evaluate(
            """() => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
        )

    def _cut_off(self) -> Sequence[str]:
        return self.page.evaluate(
            """() => [...document.querySelectorAll('body *')]
            .filter(e => !e.closest('.hidden') && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1
              && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX))
            .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
        )

    def check_axe(self) -> None:
        """axe finds no barrier at the levels A and AA of WCAG 2.2 in what is on the page now."""
        if not self.reader.axe:
            return
        self.page.wait_for_load_state("load")  # a heading can be there before the styles are
        # From the top: axe counts what has scrolled half under the bar that stays as too small to press.
        self.page.evaluate("scrollTo(0, 0)")
        found = _axe(self.page) if self.reader.javascript else self._axe_through_lens()
        assert not found, f"{self.page.url} ({self.reader.name}): " + json.dumps(found, indent=1)

    def _axe_through_lens(self) -> Sequence[Any]:
        """axe cannot run where scripts are off, so the same markup is shown in a window where axe alone may run."""
        markup = _NOSCRIPT.sub("", self.page.content())
        lens = self.lens()

        def show(route: Route) -> None:
            if route.request.is_navigation_request():
                route.fulfill(body=markup, content_type="text/html; charset=utf-8")
            elif route.request.resource_type == "script":
                route.fulfill(body="", content_type="text/javascript")
            else:
                route.continue_()

        lens.context.route("**/*", show)
        lens.goto(self.page.url.partition("#")[0])  # from the top, as above
        found = _axe(lens)
        lens.context.close()
        return found

    def weight(self) -> int:
        """Bytes of all that was sent over the wire since the window was opened, bodies as they were encoded."""
        sizes = [r.sizes() for r in self.requests if r.response() is not None]
        return sum(s["responseBodySize"] + s["responseHeadersSize"] for s in sizes)


def _axe(page: Page) -> Sequence[Any]:
    page.evaluate(AXE_SCRIPT)
    run = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
    violations = page.evaluate(run, list(AXE_TAGS))["violations"]
    return [
        {
            "rule": v["id"],
            "says": v["help"],
            "at": [n["html"][:200] for n in v["nodes"][:4]],
            "why": [n.get("failureSummary", "") for n in v["nodes"][:2]],
        }
        for v in violations
    ]
