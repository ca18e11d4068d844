"""The lease on the page: longer while somebody works, given back with a report."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from labeling.handout import slots
from labeling.models import Assignment, Report, Task
from people.models import User
from tests.browser.people import signed_in
from tests.labeling import house


@pytest.fixture
def working(transactional_db, page: Page, live_server) -> Page:
    """The labeling page of a project with two tasks, held for ten minutes each."""
    made = house.opened(tasks=2, lease_minutes=10)
    signed_in(page, User.objects.create_user("amina"), at=live_server.url)
    page.goto(f"/projects/{made.pk}/work/")
    expect(page.get_by_text("text 0")).to_be_visible()
    return page


def test_the_lease_grows_while_somebody_works(working: Page):
    soon = timezone.now() + timedelta(minutes=3)
    Assignment.objects.update(leased_until=soon)  # as if seven minutes had gone by
    held = Assignment.objects.earliest("id")
    working.clock.install()
    working.reload()
    expect(working.get_by_text("text 0")).to_be_visible()

    working.clock.fast_forward(100 * 1000)
    with working.expect_response(lambda answer: answer.url.endswith("/extend/")) as answered:
        working.get_by_role("radio", name="Good").check()
        working.clock.run_for(2000)

    assert answered.value.status == 200
    held.refresh_from_db()
    assert held.leased_until > soon


def test_the_end_is_announced_and_can_be_put_off(working: Page):
    soon = timezone.now() + timedelta(minutes=3)
    Assignment.objects.update(leased_until=soon)
    working.clock.install()
    working.reload()
    expect(working.get_by_text("text 0")).to_be_visible()

    working.clock.fast_forward(150 * 1000)
    working.clock.run_for(2000)
    expect(working.get_by_text("The time for this task is nearly over.")).to_be_visible()
    working.get_by_role("button", name="I need longer").click()

    expect(working.get_by_text("The time for this task is nearly over.")).to_be_hidden()
    assert Assignment.objects.earliest("id").leased_until > soon


def test_a_broken_task_is_reported_and_the_next_one_comes(working: Page):
    working.get_by_text("Something is wrong with this task").click()
    working.get_by_label("What is wrong, if you like").fill("There is no picture.")
    working.get_by_role("button", name="It does not load or cannot be answered.").click()

    expect(working.get_by_text("text 1")).to_be_visible()
    report = Report.objects.get()
    assert (report.reason, report.note) == ("broken", "There is no picture.")
    assert Task.objects.get(pk=report.task_id).free_count == 1


def test_a_task_is_given_back_on_leaving(working: Page):
    working.get_by_text("Something is wrong with this task").click()
    working.get_by_role("button", name="I would rather give it back and leave").click()

    working.wait_for_url(re.compile(r"/projects/\d+/$"))
    assert Assignment.objects.earliest("id").state == "RETURNED"


def test_a_task_whose_time_is_over_can_be_left_as_well(working: Page):
    working.get_by_role("radio", name="Good").check()
    Assignment.objects.update(leased_until=timezone.now())
    slots.expire()
    working.get_by_text("Something is wrong with this task").click()
    working.get_by_role("button", name="I would rather give it back and leave").click()

    working.wait_for_url(re.compile(r"/projects/\d+/$"))
