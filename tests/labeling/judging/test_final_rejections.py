"""What was finally rejected says nothing of its task; its place is taken while money is held."""

import pytest
from django.utils import timezone

from labeling.data import exports
from labeling.handout import submissions
from labeling.judging import audits, quality
from labeling.models import Case, Project, ReputationEvent, Submission, Task
from labeling.review import cases
from payments import escrow
from tests.labeling import house

pytestmark = pytest.mark.django_db
JURY_UNITS = 1_000_000


def opened(**options) -> Project:
    made = house.opened(tasks=1, review=Project.Review.MANUAL, **options)
    house.fund(made, amount_units=JURY_UNITS)
    return made


def say(made: Project, choice: str) -> int:
    """A newcomer's answer."""
    who = house.labeler()
    lease = house.take(made, who)
    return submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice)).id


def reject(made: Project, submission_id: int) -> None:
    """For good: nobody appeals."""
    cases.open_cases(made, [submission_id], reason="wrong", note="No.", judge=made.owner)
    Case.objects.update(appealable_until=timezone.now())
    assert cases.lapse() == 1
    assert Submission.objects.get(pk=submission_id).state == "FORFEITED"


def test_what_was_finally_rejected_has_no_vote():
    made = opened(overlap=3)
    reject(made, say(made, "Bad"))

    for choice in (
        "Bad",
        "Good",
    ):
        say(made, choice)
    quality.judge()

    task = Task.objects.get()
    assert task.consensus[0]["value"] == {"choices": ["Good"]}  # one against one: the first listed
    assert (task.state, task.confidence, task.agreement) == ("JUDGED", pytest.approx(0.5), 0)
    assert list(Submission.objects.order_by("id").values_list("score", flat=True)) == [None, 0, 1]
    assert ReputationEvent.objects.filter(kind="rejected").count() == 1
    assert ReputationEvent.objects.count() == 3


def test_a_task_without_another_answer_has_no_consensus():
    made = opened(overlap=1)
    reject(made, say(made, "Bad"))

    quality.judge()

    task = Task.objects.get()
    assert (task.state, task.consensus, task.confidence) == ("JUDGED", None, None)
    audits.of_project(made)
    (row,) = exports.rows(made)
    assert (row["consensus"], row["consensus_by"]) == (None, "")
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (JURY_UNITS + house.COST_UNITS, 0)


def test_while_money_is_held_for_more_another_takes_its_place():
    made = opened(overlap=1, overlap_max=2, confidence=0.5)
    reject(made, say(made, "Bad"))

    quality.judge()

    task = Task.objects.get()
    assert (task.state, task.free_count, task.spare_count) == ("OPEN", 1, 0)
    assert escrow.balances(made.purse_id)["HELD"] == house.COST_UNITS
    say(made, "Good")
    quality.judge()
    task.refresh_from_db()
    assert (task.state, task.confidence) == ("JUDGED", pytest.approx(0.8))
    assert task.consensus[0]["value"] == {"choices": ["Good"]}
