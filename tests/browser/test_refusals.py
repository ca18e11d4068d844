"""Answers that the server does not take: each is told of until somebody has read it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from labeling.data import imports
from labeling.handout import assignments
from labeling.models import Assignment, Project, Submission
from labeling.orders import projects
from people.models import User
from tests.browser.people import signed_in
from tests.browser.wires import Wire
from tests.labeling import house

FEW_BYTES, MANY_BYTES = 10, 100_000  # of an answer
WRITING = (
    '<View><Text name="text" value="$text"/>'
    '<TextArea name="said" toName="text" required="true"/></View>'
)
POLL_MS, POLLS = 50, 200


@pytest.fixture
def equipment(wire: Wire) -> dict[str, Any]:
    return {"base_url": wire.url}


def begin(page: Page, made: Project, *, at: str) -> None:
    signed_in(page, User.objects.create_user("amina"), at=at)
    page.goto(f"/projects/{made.pk}/work/")
    expect(page.get_by_text("text 0")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")


def answer(page: Page, choice: str) -> None:
    page.get_by_role("radio", name=choice).check()
    page.get_by_role("button", name="Submit").click()


def two_wait(page: Page) -> None:
    """Without a connection, two of the five tasks are answered."""
    answer(page, "Good")
    expect(page.get_by_text("text 1")).to_be_visible()
    answer(page, "Bad")
    expect(page.get_by_text("2 answers wait on this device")).to_be_visible()
    expect(page.get_by_text("text 2")).to_be_visible()


def until_given(page: Page, count: int) -> None:
    for _ in range(POLLS):
        if Submission.objects.count() >= count:
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"{Submission.objects.count()} answers arrived")


def test_each_is_told_of_also_after_a_reload_and_can_be_put_right(
    transactional_db, page: Page, wire: Wire, offline: Callable[[bool], None], settings
):
    begin(page, house.opened(tasks=3), at=wire.url)
    told, again = page.get_by_text("An answer was not taken"), "Look at it again"
    offline(True)
    two_wait(page)
    settings.STIPEND_ANSWER_BYTES = FEW_BYTES
    offline(False)
    expect(told).to_be_visible()

    # neither going on nor a reload takes it away
    page.get_by_role("radio", name="Good").check()
    expect(told).to_be_visible()
    page.reload()
    expect(page.get_by_text("text 2")).to_be_visible()
    expect(told).to_be_visible()

    # one after the other they are shown again, as they were
    settings.STIPEND_ANSWER_BYTES = MANY_BYTES
    page.get_by_role("button", name=again).click()
    expect(page.get_by_text("text 0")).to_be_visible()
    expect(page.get_by_role("radio", name="Good")).to_be_checked()
    page.reload()
    expect(page.get_by_text("text 0")).to_be_visible()
    expect(page.get_by_role("radio", name="Good")).to_be_checked()
    page.get_by_role("button", name="Submit").click()
    until_given(page, 2)  # the other one was taken when it was sent anew
    expect(told).to_be_hidden()
    given = {one.task.data["text"]: one.result for one in Submission.objects.all()}
    chosen = {text: result[0]["value"]["choices"] for text, result in given.items()}
    assert chosen == {"text 0": ["Good"], "text 1": ["Bad"]}


def test_the_next_is_told_of_when_the_one_before_was_read(
    transactional_db, page: Page, wire: Wire, offline: Callable[[bool], None]
):
    made = house.opened(tasks=3)
    begin(page, made, at=wire.url)
    offline(True)
    two_wait(page)
    Assignment.objects.update(leased_until=timezone.now())
    others = assignments.leases(made.pk, labeler_id=house.labeler().pk, count=3)
    assert len(others) == 3
    offline(False)
    told, read = page.locator("#problem"), page.get_by_role("button", name="All right")
    expect(told).to_contain_text("given to others")

    read.click()
    expect(read).to_be_visible()
    page.reload()
    expect(read).to_be_visible()
    read.click()

    expect(told).to_be_hidden()
    page.reload()
    expect(page.get_by_text("text 2")).to_be_visible()
    expect(told).to_be_hidden()


def test_one_of_another_project_is_looked_at_again_on_its_own_page(
    transactional_db, page: Page, wire: Wire, offline: Callable[[bool], None], settings
):
    made = house.project(config=WRITING, title="Into French")
    imports.load(made, rows=[{"text": "text 0"}])
    house.fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)
    begin(page, made, at=wire.url)
    offline(True)
    page.get_by_label("said").fill("bonjour")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("1 answer waits on this device")).to_be_visible()
    settings.STIPEND_ANSWER_BYTES = FEW_BYTES
    other = house.opened(tasks=1)
    page.goto("about:blank")
    offline(False)
    page.goto(f"/projects/{other.pk}/work/")

    page.get_by_role("button", name="Look at it again").click()

    page.wait_for_url(f"**/projects/{made.pk}/work/")
    expect(page.get_by_label("said")).to_have_value("bonjour")
