"""A real Chromium with a fresh profile for each test, on a live server with the real services."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connections
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect, sync_playwright

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


@pytest.fixture(autouse=True)
def _blocking_orm_beside_playwright(monkeypatch):
    """Playwright keeps an event loop in this thread; the ORM calls of a test are plain ones."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def equipment() -> dict[str, Any]:
    """What the browser's device can do besides; a test may say more."""
    return {}


@pytest.fixture
def context(tmp_path: Path, live_server, equipment: dict[str, Any]) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport=PHONE,
            **{"base_url": live_server.url, "locale": "en-US", **equipment},
        )
        context.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        yield context
        context.close()
        connections.close_all()  # beside Playwright's loop the ORM has sessions of its own


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
