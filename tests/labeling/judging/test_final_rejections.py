"""What was finally rejected says nothing of its task; its place is taken while money is held."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.data import exports
from labeling.handout import submissions
from labeling.judging import audits, quality
from labeling.models import Audit, Case, Project, ReputationEvent, Submission, Task
from labeling.review import cases, reviews
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


def said_of(made: Project) -> tuple[str | None, str, float | None]:
    """The label of its only task as exported, what made it, and how sure it is."""
    (row,) = exports.rows(made)
    label = row["consensus"] and row["consensus"][0]["value"]["choices"][0]
    return label, row["consensus_by"], row["confidence"]


def test_a_label_that_its_only_answer_made_ends_with_it_and_comes_back_with_it():
    made = opened(overlap=1)
    bad = say(made, "Bad")
    quality.judge()
    assert audits.audit_some() == 1
    before = said_of(made)
    assert before == ("Bad", "one_coin", pytest.approx(0.8))

    reject(made, bad)
    Audit.objects.update(made_at=timezone.now() - timedelta(hours=1))
    assert audits.audit_some() == 1

    assert said_of(made) == (None, "", None)
    cases.overturn(Case.objects.get().pk, judge=made.owner)
    audits.of_project(made)
    assert said_of(made) == before
    assert Task.objects.get().state == "JUDGED"


def test_a_label_is_what_those_say_who_were_not_rejected_and_their_scores_say_so():
    made = opened(overlap=3)
    house.fund(made, amount_units=JURY_UNITS)
    bad, good, worse = (say(made, choice) for choice in ("Bad", "Good", "Bad"))
    quality.judge()
    assert said_of(made)[0] == "Bad"
    for one in (bad, worse):
        reject(made, one)

    for _ in range(2):
        audits.of_project(made)

    assert said_of(made)[:2] == ("Good", "one_coin")
    assert dict(made.submissions.values_list("id", "score")) == {bad: 0, good: 1, worse: 0}
    assert ReputationEvent.objects.filter(kind__in=["agreed", "disagreed"]).count() == 3


def test_what_a_reviewer_said_outlives_the_answers():
    made = opened(overlap=1)
    bad = say(made, "Bad")
    quality.judge()
    decision = reviews.Decision(is_accepted=False, reason="wrong", note="No.")
    reviews.fix(bad, reviewer=made.owner, result=house.answer("Good"), decision=decision)
    Case.objects.update(appealable_until=timezone.now())
    assert cases.lapse() == 1

    audits.of_project(made)

    assert said_of(made) == ("Good", "reviewer", 1.0)


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
