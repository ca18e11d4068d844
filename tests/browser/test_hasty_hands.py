"""Taps that come faster than a busy page's timers, and slow ones: the words meant are marked."""

import json

from playwright.sync_api import Page, expect

from tests.browser.test_controls import CONFIGS, begin, open_project

# A finger is lifted from the text's word, and a label chosen before any timer has run.
HASTY = """() => {
    const root = document.querySelector(".object-text");
    const at = root.textContent.indexOf("Ada");
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    range.setStart(walker.nextNode(), at);
    range.setEnd(walker.currentNode, at + 3);
    const box = range.getBoundingClientRect();
    const [clientX, clientY] = [box.left + box.width / 2, box.top + box.height / 2];
    const about = { clientX, clientY, pointerType: "touch", bubbles: true };
    root.dispatchEvent(new PointerEvent("pointerup", about));
    const labels = [...document.querySelectorAll("fieldset.control button")];
    labels.find((one) => one.textContent.includes("Place")).click();
}"""
# Words stay selected for long; the tap on the label ends the selection before it arrives.
SLOW = """async () => {
    const root = document.querySelector(".object-text");
    const at = root.textContent.indexOf("Ada");
    const changed = () => new Promise((done) =>
        document.addEventListener("selectionchange", () => setTimeout(done), { once: true }));
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let told = changed();
    const text = walker.nextNode();
    getSelection().setBaseAndExtent(text, at, text, at + 3);
    await told;
    const now = performance.now.bind(performance);
    performance.now = () => now() + 60000;
    const labels = [...document.querySelectorAll("fieldset.control button")];
    const label = labels.find((one) => one.textContent.includes("Place"));
    label.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    told = changed();
    getSelection().removeAllRanges();
    await told;
    label.click();
}"""


def open_text(page: Page, *, at: str) -> None:
    folder = CONFIGS / "text-spans"
    open_project(
        (folder / "config.xml").read_text(), json.loads((folder / "data.json").read_text())
    )
    begin(page, at=at)
    expect(page.locator("#task .view").first).to_be_visible()


def test_a_tapped_word_gets_the_label_that_was_active_then(
    transactional_db, page: Page, live_server
):
    open_text(page, at=live_server.url)
    page.get_by_role("button", name="Person", exact=True).click()

    page.evaluate(HASTY)

    expect(page.locator("button.region")).to_have_count(1)
    expect(page.locator("button.region")).to_contain_text("Person “Ada”")


def test_words_selected_for_long_are_still_marked(transactional_db, page: Page, live_server):
    open_text(page, at=live_server.url)

    page.evaluate(SLOW)

    expect(page.locator("button.region")).to_have_count(1)
    expect(page.locator("button.region")).to_contain_text("Place “Ada”")
