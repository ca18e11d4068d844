"""A requester reviews answers: by button, by key, many at once; on a phone and on a desk."""

from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from labeling.models import Project, Task
from tests.labeling import queue
from tests.labeling.queue import answered, states

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
PASSWORD = "quiet-river-42"
pytestmark = pytest.mark.broken_book  # its money was never on the chain


@pytest.fixture
def made(transactional_db, chain) -> Project:
    """A project of six tasks with two answers each, the first of which looks odd."""
    cache.clear()
    project, _ = answered("Good", "Bad", tasks=6, title="Moods of the day")
    project.owner.set_password(PASSWORD)
    project.owner.save()
    queue.signal(project.submissions.earliest("id"))
    return project


def open_review(page: Page, made: Project) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Name").fill(made.owner.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.get_by_role("navigation").get_by_role("link", name="Review").click()
    page.get_by_role("link", name="Moods of the day").click()
    expect(page.get_by_text("The same answer again and again.")).to_be_visible()


def press(page: Page, key: str) -> None:
    """The key, once the page listens to keys."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def test_answers_are_judged_by_button_and_by_key(page: Page, made: Project):
    open_review(page, made)
    first = page.locator("#accept-form [name=submission]").input_value()

    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text(f"Answer {first} is accepted.")).to_be_visible()
    press(page, "a")
    expect(page.locator("h1 + small")).to_contain_text("10 waiting")

    # r opens the reasons; letters typed there press nothing
    press(page, "r")
    panel = page.locator("#reject")
    expect(panel.get_by_label("Reason")).to_be_focused()
    panel.get_by_label("Reason").select_option("wrong")
    panel.get_by_label("What exactly is wrong?").fill("a sad day, as far as I see")
    page.get_by_role("button", name="Reject this answer").click()
    expect(page.get_by_text("is rejected.")).to_be_visible()

    press(page, "f")
    page.locator("#fix").get_by_label("Bad").check()
    page.get_by_role("button", name="Save the right answer").click()
    expect(page.get_by_text("has its right answer.")).to_be_visible()

    skipped = page.locator("#accept-form [name=submission]").input_value()
    press(page, "s")
    expect(page.locator("#accept-form [name=submission]")).not_to_have_value(skipped)
    assert sorted(states(made)) == [*["ACCEPTED"] * 3, "REJECTED", *["SUBMITTED"] * 8]
    assert Task.objects.filter(consensus_by="reviewer").count() == 1


def test_many_are_accepted_after_a_look_at_their_number(page: Page, made: Project):
    open_review(page, made)

    page.get_by_text("Accept many at once").click()
    page.get_by_label("everything that is undecided").check()
    page.get_by_role("button", name="Count them first").click()
    expect(page.locator("#count")).to_have_text("12")
    page.get_by_role("button", name="Accept 12 answers").click()

    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    assert states(made) == ["ACCEPTED"] * 12


def test_every_page_fits_and_is_pictured(page: Page, made: Project):
    FOLDER.mkdir(exist_ok=True)
    open_review(page, made)
    paths = {
        "review-list": "/review/",
        "review": f"/review/{made.pk}/",
        "review-many": f"/review/{made.pk}/accept/?which=all",
        "review-many-unclear": f"/review/{made.pk}/accept/?which=score",
        "review-end": f"/review/{made.pk}/?after=9_999999",
    }

    for width, height in {320: 640, 375: 740, 1280: 800}.items():
        page.set_viewport_size({"width": width, "height": height})
        for name, path in paths.items():
            page.goto(path)
            page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        page.goto(paths["review"])
        page.locator("#reject summary").click()
        page.locator("#fix summary").click()
        page.locator("#fix").get_by_label("is rejected").check()
        page.screenshot(path=FOLDER / f"review-open-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
