"""The lease on the page: longer while somebody works, given back with a report."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from labeling.models import Assignment, Report, Task
from people.models import User
from tests.labeling import house

PASSWORD = "quiet-river-42"


@pytest.fixture
def working(transactional_db, page: Page) -> Page:
    """The labeling page of a project with two tasks, held for ten minutes each."""
    made = house.opened(tasks=2, lease_minutes=10)
    User.objects.create_user("amina", password=PASSWORD)
    page.goto(f"/sign-in/?next=/projects/{made.pk}/work/")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("text 0")).to_be_visible()
    return page


def test_the_lease_grows_while_somebody_works(working: Page):
    soon = timezone.now() + timedelta(minutes=3)
    Assignment.objects.update(leased_until=soon)  # as if seven minutes had gone by
    held = Assignment.objects.get()
    working.clock.install()
    working.reload()
    expect(working.get_by_text("text 0")).to_be_visible()

    working.clock.fast_forward(8 * 60 * 1000)
    with working.expect_response(lambda answer: answer.url.endswith("/extend/")) as answered:
        working.get_by_role("radio", name="Good").check()
        working.clock.run_for(2000)

    assert answered.value.status == 200
    held.refresh_from_db()
    assert held.leased_until > soon


def test_a_broken_task_is_reported_and_the_next_one_comes(working: Page):
    working.get_by_text("Something is wrong with this task").click()
    working.get_by_label("What is it?").select_option("broken")
    working.get_by_label("More, if you like").fill("There is no picture.")
    working.get_by_role("button", name="Report it and go on").click()

    expect(working.get_by_text("text 1")).to_be_visible()
    report = Report.objects.get()
    assert (report.reason, report.note) == ("broken", "There is no picture.")
    assert Task.objects.get(pk=report.task_id).free_count == 1
