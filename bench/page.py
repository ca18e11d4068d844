"""What the labeling page weighs and how soon it can be worked on: `bench page`.

Headless Chromium opens a page of texts and a page of images with boxes for the first time, as a
slow phone does: bandwidth, round trips and CPU throttled through the DevTools protocol. Bytes are
those on the wire, headers and compression included, of everything that the page asks for; the
pictures of the tasks are counted apart. A page is ready once its first task has been painted.
Then axe-core looks at every page of the product.
"""

import asyncio
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import CommandError
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench import handout
from demo import requester
from demo.wire import Client
from launcher import folders
from payments import money
from people import tokens
from people.models import User

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
AXE = folders.ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 375, "height": 740}
TASKS = 40
NEXT_TASKS = 10  # answered one after the other
SLOW_CPU = 4  # times
SETTLE_MS = 1500  # after the page is ready; what it asks for then still counts
WAIT_MS = 60_000
PASSWORD = "bench-page-only"
BOXES = (
    '<View><Image name="picture" value="$image"/><RectangleLabels name="things" toName="picture">'
    '<Label value="Digit"/><Label value="Blot"/></RectangleLabels></View>'
)
PAGES = (
    *("/", "/join/", "/sign-in/", "/projects/{text}/", "/projects/{text}/work/"),
    *("/projects/{image}/work/", "/earnings/", "/account/", "/answers/", "/jury/"),
    *("/reputation/", "/skills/", "/review/", "/earnings/payouts/"),
    *("/account/notices/", "/account/notices/choices/"),
)
SIGNED_OUT = {"/", "/join/", "/sign-in/", "/projects/{text}/"}
# Told by the page with a mark; painted behind the next frame.
WATCH = """
    globalThis.benchShown = [];
    new PerformanceObserver((list) => {
        for (const mark of list.getEntriesByName("task-shown")) requestAnimationFrame(
            () => setTimeout(() => benchShown.push(performance.now())));
    }).observe({type: "mark"});
"""
NOTE_KEY = """() => addEventListener(
    "keydown", () => { globalThis.benchSent = performance.now(); }, {capture: true, once: true})"""


@dataclass(frozen=True)
class Line:
    """A connection: what a slow phone has."""

    kbit: int
    latency_ms: int


LINES = {1600: Line(1600, 150), 400: Line(400, 400)}


@dataclass(frozen=True)
class Stage:
    """Where, as whom, and on which projects the pages are opened."""

    url: str
    username: str
    projects: dict[str, int]

    def work(self, name: str) -> str:
        """The address of the labeling page."""
        return f"{self.url}/projects/{self.projects[name]}/work/"


@dataclass
class Load:
    """One opening of a page."""

    ready_s: float = 0.0
    page_bytes: int = 0
    picture_bytes: int = 0
    kinds: dict[str, str] = field(default_factory=dict)


def measure(url: str, *, runs: int) -> dict[str, Any]:
    """Prints the figures for a person, then as the last line one JSON object, and returns it.

    Each connection's page is opened so many times, and the median counts.
    """
    if not Path(CHROMIUM).exists():
        raise CommandError(f"There is no {CHROMIUM}.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop here
    stage = _prepare(url)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            figures = _figures(browser, stage, runs)
        finally:
            browser.close()
    _print(figures)
    print(json.dumps(figures))
    return figures


def _prepare(url: str) -> Stage:
    """Two open projects and somebody to work on them."""
    run = f"bench-{os.getpid()}"
    owner = User.objects.create_user(f"{run}-requester", is_requester=True)
    labeler = User.objects.create_user(f"{run}-labeler", password=PASSWORD)
    client = Client(url, token=tokens.issue(owner, name="bench"))
    return Stage(url, labeler.username, asyncio.run(_open_projects(client)))


async def _open_projects(client: Client) -> dict[str, int]:
    texts = [{"text": handout.TEXT.format(number=number)} for number in range(TASKS)]
    images = [{"image": f"/images/digits/{number}.png"} for number in range(TASKS)]
    made = {}
    for name, config, rows in (("text", handout.CONFIG, texts), ("image", BOXES, images)):
        wanted = requester.Wanted(f"Bench: {name}", "Look closely.", config, handout.PRICE, 1)
        project = await requester.create(client, wanted)
        await requester.load(client, project["id"], rows)
        cost_units = money.parse(project["cost_per_task"]) * TASKS
        await requester.fund(client, project, amount_units=cost_units)
        await requester.open_tasks(client, project["id"])
        made[name] = project["id"]
    client.close()
    return made


def _figures(browser: Browser, stage: Stage, runs: int) -> dict[str, Any]:
    slow = {
        kbit: [_load(browser, stage, "text", line) for _ in range(runs)]
        for kbit, line in LINES.items()
    }
    pictures = _load(browser, stage, "image", LINES[400])
    return {
        "text_kb": round(max(one.page_bytes for one in slow[400]) / 1000, 1),
        "image_kb": round(pictures.page_bytes / 1000, 1),
        "ready_s_1600": round(median(one.ready_s for one in slow[1600]), 2),
        "ready_s_400": round(median(one.ready_s for one in slow[400]), 2),
        "next_ms": _next_ms(browser, stage),
        "axe_violations": _violations(browser, stage),
        "image_ready_s_400": round(pictures.ready_s, 2),
        "pictures_kb": round(pictures.picture_bytes / 1000, 1),
    }


def _signed_in(browser: Browser, stage: Stage, **options: Any) -> BrowserContext:
    """A device on which somebody has signed in, and nothing else."""
    context = browser.new_context(viewport=PHONE, base_url=stage.url, locale="en-US", **options)
    context.set_default_timeout(WAIT_MS)
    answer = context.request.get("/sign-in/")
    token = answer.text().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"username": stage.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    context.request.post("/sign-in/", form=form, headers={"Referer": f"{stage.url}/sign-in/"})
    return context


def _load(browser: Browser, stage: Stage, name: str, line: Line) -> Load:
    """The page, opened for the first time on this line by a slow phone."""
    context = _signed_in(browser, stage)
    page = context.new_page()
    page.add_init_script(WATCH)
    protocol = context.new_cdp_session(page)
    load = _counted(protocol)
    _throttle(protocol, line)
    page.goto(stage.work(name), wait_until="commit")
    page.wait_for_function("() => globalThis.benchShown?.length > 0")
    load.ready_s = page.evaluate("benchShown[0]") / 1000
    page.wait_for_timeout(SETTLE_MS)
    context.close()
    return load


def _throttle(protocol: CDPSession, line: Line) -> None:
    bytes_a_second = line.kbit * 1000 / 8
    protocol.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.latency_ms,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})


def _counted(protocol: CDPSession) -> Load:
    """The load that grows with everything that comes over the wire."""
    load = Load()

    def asked(event: dict[str, Any]) -> None:
        path = urlsplit(event["request"]["url"]).path
        is_picture = event.get("type") in {"Image", "Fetch"} and path.startswith("/images/")
        load.kinds[event["requestId"]] = "picture" if is_picture else "page"

    def ended(event: dict[str, Any]) -> None:
        if load.kinds.get(event["requestId"]) == "picture":
            load.picture_bytes += event["encodedDataLength"]
        else:
            load.page_bytes += event["encodedDataLength"]

    protocol.on("Network.requestWillBeSent", asked)
    protocol.on("Network.loadingFinished", ended)
    protocol.send("Network.enable")
    return load


def _next_ms(browser: Browser, stage: Stage) -> float:
    """From the key that sends an answer to the next task's paint, on a slow phone."""
    context = _signed_in(browser, stage)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(stage.work("text"))
    page.wait_for_function("() => globalThis.benchShown?.length > 0")
    _throttle(context.new_cdp_session(page), LINES[1600])
    times = []
    for number in range(1, NEXT_TASKS + 1):
        page.wait_for_timeout(SETTLE_MS)  # the one after the next is there
        page.keyboard.press("1")
        page.evaluate(NOTE_KEY)
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => benchShown.length > {number}")
        times.append(page.evaluate(f"benchShown[{number}] - benchSent"))
    context.close()
    return round(median(times), 1)


def _violations(browser: Browser, stage: Stage) -> int:
    """What axe-core finds wrong on all pages, light and dark, left to right and right to left."""
    count = 0
    for scheme, language in (("light", "en"), ("dark", "ar")):
        signed_in = _signed_in(browser, stage, color_scheme=scheme)
        stranger = browser.new_context(viewport=PHONE, base_url=stage.url, color_scheme=scheme)
        for context in (signed_in, stranger):
            context.set_extra_http_headers({"Accept-Language": language})
            page = context.new_page()
            for path in PAGES:
                if context is signed_in or path in SIGNED_OUT:
                    page.goto(path.format(**stage.projects))
                    count += _violations_on(page)
            context.close()
    return count


def _violations_on(page: Page) -> int:
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    for one in found:
        where = "; ".join(node["html"][:120] for node in one["nodes"][:3])
        print(f"axe, {urlsplit(page.url).path}: {one['id']} ({one['impact']}): {where}")
    return len(found)


def _print(figures: dict[str, Any]) -> None:
    print(
        f"A page of texts:  {figures['text_kb']:>6} kB; a page of boxes: {figures['image_kb']} kB"
    )
    for kbit in LINES:
        print(f"Ready at {kbit:>4} kbit/s: {figures[f'ready_s_{kbit}']:>5} s")
    print(f"The next task:    {figures['next_ms']:>6} ms after the answer was sent")
    print(f"axe-core:         {figures['axe_violations']:>6} violations")
