"""A reviewer puts answers of every kind right, in the form that the labeling page has."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.content import configs
from labeling.models import Project, Task
from tests.browser.people import signed_in
from tests.browser.test_controls import unlike
from tests.labeling.web.test_reviews import NAMES, PLAIN, waiting

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
pytestmark = pytest.mark.broken_book  # its money was never on the chain


def opened(page: Page, name: str, *, at: str) -> tuple[Project, list[dict[str, Any]]]:
    """The form to put the one answer right is open; what the answer is."""
    made, wanted = waiting(name)
    signed_in(page, made.owner, at=at)
    page.goto(f"/review/{made.pk}/")
    expect(page.locator("#drawn .view").first).to_be_visible()
    page.locator("#open-fix").click()
    expect(page.locator("#fix-task .view").first).to_be_visible()
    return made, wanted


def saved(page: Page) -> list[dict[str, Any]]:
    page.get_by_role("button", name="Save the right answer").click()
    expect(page.get_by_text("has its right answer.")).to_be_visible()
    return Task.objects.get(consensus_by="reviewer").consensus


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PLAIN])
def test_the_answer_stands_in_the_form_and_is_saved_as_it_stands(
    transactional_db, page: Page, live_server, name: str
):
    made, wanted = opened(page, name, at=live_server.url)
    page.screenshot(path=FOLDER / f"fix-{name}.png", full_page=True)

    right = saved(page)

    config = configs.form_of(made.pk, version=made.config_version).config
    assert not (wrong := unlike(right, config.result(config.validate(wanted)))), wrong
    assert made.submissions.get().score == 1


def test_the_picture_keeps_the_width_of_its_half(transactional_db, page: Page, live_server):
    page.set_viewport_size({"width": 1280, "height": 800})
    opened(page, "boxes", at=live_server.url)

    for part in ("#drawn", "#fix-task"):
        picture, whole = page.locator(f"{part} .object-image"), page.locator(f"{part} .view")
        widths = [one.first.evaluate("(one) => one.clientWidth") for one in (picture, whole)]
        assert widths[0] == pytest.approx(widths[1], abs=4)


def test_a_box_is_taken_away_and_the_keys_that_decide_do_not_reach_into_the_form(
    transactional_db, page: Page, live_server
):
    made, _ = opened(page, "boxes", at=live_server.url)
    drops = page.locator("#fix-task .regions .drop")
    before = drops.count()

    drops.first.press("a")  # would accept
    expect(page.locator("#fix-task .regions .drop")).to_have_count(before)
    drops.first.click()
    right = saved(page)

    kept = {one["id"] for one in right}
    assert 0 < len(kept) == before - 1
    assert made.submissions.get().state == "ACCEPTED"


def test_marking_nothing_is_meant_the_second_time(transactional_db, page: Page, live_server):
    opened(page, "text-spans", at=live_server.url)
    drops = page.locator("#fix-task .regions .drop")
    while drops.count():
        drops.first.click()

    page.get_by_role("button", name="Save the right answer").click()
    expect(page.locator("#fix-problem")).to_contain_text("Nothing is marked")

    assert [one for one in saved(page) if one["type"] == "labels"] == []


def test_what_the_server_refuses_stands_in_the_form_again(
    transactional_db, page: Page, live_server
):
    made, _ = opened(page, "boxes", at=live_server.url)
    drops = page.locator("#fix-task .regions .drop")
    drops.first.click()
    left = drops.count()

    page.locator("#fix").get_by_label("is rejected").check()
    page.get_by_role("button", name="Save the right answer").click()

    expect(page.locator("#fix [role=alert]").first).to_be_visible()
    expect(drops).to_have_count(left)
    assert made.submissions.get().state == "SUBMITTED"
