"""The labeler's own browser checks that a known answer was fixed before the work began."""

import pytest
from playwright.sync_api import Page, expect

from labeling import cases, gold, gold_loads, projects, quality, submissions
from labeling.api.gold import ProofSerializer
from labeling.models import Submission, Task
from people.models import User
from tests.labeling import house

PASSWORD = "quiet-river-42"


@pytest.fixture
def rejected(transactional_db) -> Submission:
    """An answer that missed gold, rejected for it; its labeler is amina."""
    made = house.project(gold_percent=50)
    house.load(made, tasks=3)
    rows = [{"data": {"text": f"gold {number}"}, "expected": house.answer()} for number in range(3)]
    gold_loads.load(made, rows=rows)
    house.fund(made, amount_units=10_000_000)
    projects.open_tasks(made)
    who = User.objects.create_user("amina", password=PASSWORD)
    for _ in range(2):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer("Bad"))
    quality.judge()
    one = Submission.objects.get(is_gold=True)
    cases.open_cases(made, [one.pk], reason="gold_failed", note="See.", judge=made.owner)
    one.refresh_from_db()
    return one


def look(page: Page, one: Submission) -> None:
    page.goto(f"/sign-in/?next=/cases/{one.case_id}/")
    page.get_by_label("Name").fill("amina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_a_proof_that_holds_is_said_to_hold(page: Page, rejected: Submission):
    look(page, rejected)

    expect(page.locator(".proof")).to_contain_text("The known answer was mood: Good.")
    expect(page.locator(".proof")).to_contain_text("this page has checked it")


def test_a_proof_that_was_changed_does_not_hold(page: Page, rejected: Submission):
    proof = dict(ProofSerializer(gold.proof_of(rejected)).data)
    proof["path"] = ["00" * 32, *proof["path"][1:]]
    page.route("**/gold-proof/", lambda route: route.fulfill(json=proof))

    look(page, rejected)

    expect(page.locator(".proof")).to_contain_text("The proof does not hold")
    assert Task.objects.filter(lane=10).count() == 3
