"""A real Chromium on a live server with the real services; each test has a device of its own."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connections
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.browser.wires import Wire

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 375, "height": 740}
WAIT_MS = 10_000


@pytest.fixture(scope="module", autouse=True)  # before any database: all of a file's tests alike
def chromium() -> Iterator[BrowserType]:
    """Playwright for a file of tests. It keeps an event loop in this thread, beside which the ORM
    has sessions of its own; the ORM calls of a test are plain ones."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield playwright.chromium
        connections.close_all()


@pytest.fixture(scope="module")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """One browser for a file of tests: each of them has a device of its own in it."""
    browser = chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def equipment() -> dict[str, Any]:
    """What the browser's device can do besides; a test may say more."""
    return {}


@pytest.fixture
def context(
    request: pytest.FixtureRequest, live_server, equipment: dict[str, Any]
) -> Iterator[BrowserContext]:
    """A device on which nobody was before, with one page open."""
    options = {"viewport": PHONE, "base_url": live_server.url, "locale": "en-US", **equipment}
    if request.node.get_closest_marker("installed"):
        context = _installed(request, options)
    else:
        context = request.getfixturevalue("browser").new_context(**options)
        context.new_page()
    context.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    yield context
    context.close()


def _installed(request: pytest.FixtureRequest, options: dict[str, Any]) -> BrowserContext:
    """A browser with a profile of its own on the disk, which others than these cannot be."""
    folder = request.getfixturevalue("tmp_path") / "profile"
    return request.getfixturevalue("chromium").launch_persistent_context(
        str(folder), executable_path=CHROMIUM, args=ARGUMENTS, **options
    )


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of 375 px on which any script error or blocked resource fails the test."""
    page, complaints = context.pages[0], []

    def note(message: ConsoleMessage) -> None:
        # refusals, and connections that a test cuts
        expected = ("status of 4", "net::ERR_FAILED", "net::ERR_INTERNET_DISCONNECTED")
        if message.type == "error" and not any(words in message.text for words in expected):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def wire(live_server) -> Iterator[Wire]:
    with Wire(live_server.url) as wire:
        yield wire


@pytest.fixture
def offline(context: BrowserContext, wire: Wire) -> Callable[[bool], None]:
    """Takes the connection away, or gives it back; the browser knows of it."""

    def offline(is_offline: bool) -> None:
        wire.cut() if is_offline else wire.mend()
        context.set_offline(is_offline)

    return offline


@pytest.fixture
def mine() -> Callable[[int], None]:
    """Adds empty blocks to the chain."""

    def mine(blocks: int = 1) -> None:
        call = {"jsonrpc": "2.0", "id": 1, "method": "anvil_mine", "params": [hex(blocks)]}
        request = urllib.request.Request(
            configured.CHAIN_RPC_URL,
            data=json.dumps(call).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert "error" not in json.load(answer)

    return mine
