"""What is wrong with what a page shows now: for eyes, for fingers, on a narrow screen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TARGET_PX = 44
# What is touched; a link in a text reaches above and below its line, and is as long as its words.
SMALL_TARGETS = """(least) => [...document.querySelectorAll(
    "button, [role=button], summary, select, nav a, main a:not(.title), footer a, " +
    "label.choice, label.check, " +
    "input:not([type=hidden], [type=checkbox], [type=radio], [type=range])")]
    .filter((one) => one.checkVisibility() && !one.closest("[inert]"))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, { width, height }]) => height < least - 0.5
        || (width < least - 0.5 && one.matches("button, [role=button], input, select")))
    .map(([one, { width, height }]) =>
        `${one.tagName} ${one.className} "${one.textContent.trim().slice(0, 30)}" ` +
        `is ${Math.round(width)} × ${Math.round(height)} px`)"""
# What is cut off at the right or left, unless it is in something that scrolls by itself.
STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (one) => one && one !== document.body
        && (["auto", "scroll", "hidden"].includes(getComputedStyle(one).overflowX)
            || scrolls(one.parentElement));
    const out = [...document.querySelectorAll("body *")]
        .filter((one) => one.checkVisibility() && !one.matches(".skip-link"))
        .filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width && (box.right > width + 1 || box.left < -1);
        })
        .filter((one) => !scrolls(one.parentElement))
        .map((one) => `${one.tagName} ${one.className} sticks out at ${width} px`);
    const whole = document.documentElement.scrollWidth;
    return whole > width ? [`${whole} px wide at ${width} px`, ...out] : out;
}"""
AXE_RUN = """async (only) => (await axe.run(document, {resultTypes: ["violations"],
    ...(only ? {runOnly: {type: "rule", values: only}} : {})})).violations
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target).join("; ")}`)"""


def wrong(page: Page) -> list[str]:
    """All of it, in the light and in the dark."""
    found = stick_out(page) + small_targets(page) + axe(page)
    with dark(page):
        return found + [f"dark {one}" for one in axe(page, only=["color-contrast"])]


def stick_out(page: Page) -> list[str]:
    """What is cut off at a side."""
    return page.evaluate(STICKS_OUT)


def small_targets(page: Page) -> list[str]:
    """What a finger misses."""
    return page.evaluate(SMALL_TARGETS, TARGET_PX)


def axe(page: Page, *, only: Sequence[str] | None = None) -> list[str]:
    """What axe finds, by all of its rules or by these."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    return page.evaluate(AXE_RUN, only)


@contextmanager
def dark(page: Page) -> Iterator[None]:
    """The page as people see it who like it dark."""
    page.emulate_media(color_scheme="dark")
    yield
    page.emulate_media(color_scheme="light")
