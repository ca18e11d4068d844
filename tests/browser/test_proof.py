"""The labeler's own browser checks that a known answer was fixed before the work began."""

import re

import pytest
from playwright.sync_api import Page, expect

from labeling.api.gold import CommitmentSerializer, ProofSerializer
from labeling.content import commitments, gold
from labeling.data import gold_loads
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Submission, Task
from labeling.orders import projects
from labeling.review import cases
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


def look(page: Page, one: Submission, *, first: str = "") -> None:
    page.goto(f"/sign-in/?next={first or f'/cases/{one.case_id}/'}")
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


def forged(one: Submission) -> tuple[dict, list[dict]]:
    """A proof that the known answer was another one, under a root that was made to fit it."""
    gold_of = Task.objects.filter(load=one.task.load)
    entries = {task.pk: gold.entry(task).decode() for task in gold_of}
    entries[one.task_id] = entries[one.task_id].replace("Good", "Evil")
    leaves = sorted(commitments.leaf(entry.encode()) for entry in entries.values())
    index = leaves.index(commitments.leaf(entries[one.task_id].encode()))
    root = commitments.root(leaves).hex()
    path = [side.hex() for side in commitments.path(leaves, index)]
    told = {"entry": entries[one.task_id], "index": index, "path": path, "root": root}
    proof = {**ProofSerializer(gold.proof_of(one)).data, **told}
    (published,) = CommitmentSerializer(gold.committed(one.project_id), many=True).data
    return proof, [{**published, "root": root}]


@pytest.mark.parametrize(
    ("has_worked_here", "said"),
    [(False, "The known answer was mood: Evil."), (True, "The proof does not hold")],
)
def test_a_root_that_was_changed_since_the_work_began_is_noticed(
    page: Page, rejected: Submission, has_worked_here: bool, said: str
):
    proof, published = forged(rejected)
    page.route("**/gold-proof/", lambda route: route.fulfill(json=proof))
    page.route("**/commitments/", lambda route: route.fulfill(json=published))
    if has_worked_here:
        look(page, rejected, first=f"/projects/{rejected.project_id}/work/")
        expect(page.locator("#task")).to_contain_text(re.compile("text|gold"))
        page.goto(f"/cases/{rejected.case_id}/")
    else:
        look(page, rejected)

    expect(page.locator(".proof")).to_contain_text(said)


def test_the_proof_of_another_task_is_no_proof(page: Page, rejected: Submission):
    proof = dict(ProofSerializer(gold.proof_of(rejected)).data)
    proof["data"] = proof["data"].replace("gold", "gilt")
    page.route("**/gold-proof/", lambda route: route.fulfill(json=proof))

    look(page, rejected)

    expect(page.locator(".proof")).to_contain_text("The proof does not hold")
