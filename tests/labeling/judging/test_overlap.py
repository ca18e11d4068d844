"""Adaptive overlap: asked until sure, and not more; the money not needed goes back."""

import pytest
from django.utils import timezone

from labeling.errors import InvalidSettings
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Membership, Task
from labeling.orders import projects
from payments import escrow
from tests.labeling import house

pytestmark = pytest.mark.django_db


def say(made, *choices):
    """Each choice by a newcomer, judged as it comes."""
    for choice in choices:
        who = house.labeler()
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
        quality.judge()


def adaptive(**options):
    return house.opened(tasks=1, overlap=2, overlap_max=5, confidence=0.95, **options)


def test_opening_holds_the_most_that_may_be_needed():
    made = adaptive()

    assert escrow.balances(made.purse_id)["HELD"] == 5 * house.COST_UNITS
    task = Task.objects.get()
    assert (task.free_count, task.spare_count) == (2, 3)


def test_two_who_agree_are_not_sure_enough_and_three_are():
    made = adaptive()

    say(made, "Good", "Good")
    task = Task.objects.get()
    assert task.confidence == pytest.approx(16 / 17)  # 0.8² against 0.2²
    assert (task.state, task.free_count, task.spare_count) == ("OPEN", 1, 2)
    assert task.consensus[0]["value"] == {"choices": ["Good"]}

    say(made, "Good")
    task.refresh_from_db()
    assert (task.state, task.confidence) == ("JUDGED", pytest.approx(64 / 65))
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (2 * house.COST_UNITS, 0)


def test_a_task_that_asks_again_waits_for_those_who_had_passed_it_by():
    made = house.opened(tasks=2, overlap=2, overlap_max=3, confidence=0.95)
    people = [house.labeler() for _ in range(3)]
    held = [house.take(made, who) for who in people]  # two the first task, one the second
    assert held[0].task_id == held[1].task_id != held[2].task_id
    for who, lease, choice in zip(people, held, ["Good", "Bad", "Good"], strict=True):
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    Membership.objects.update(swept_at=timezone.now())  # nobody looks at the whole queue

    assert quality.judge() == 1

    assert house.take(made, people[2]).task_id == held[0].task_id


def test_the_most_ends_the_asking():
    made = adaptive()

    say(made, "Good", "Bad", "Good", "Bad", "Good")

    task = Task.objects.get()
    assert (task.state, task.done_count, task.spare_count) == ("JUDGED", 5, 0)
    assert task.confidence == pytest.approx(0.8)
    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (0, 2 * house.COST_UNITS)  # two disagree


def test_answers_of_those_known_to_be_right_need_fewer():
    made = adaptive()
    people = [house.labeler() for _ in range(2)]
    Membership.objects.bulk_create(
        Membership(project=made, labeler=who, right=40, wrong=0) for who in people
    )

    for who in people:
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    quality.judge()

    task = Task.objects.get()
    assert (task.state, task.done_count) == ("JUDGED", 2)
    assert task.confidence > 0.99


def test_estimates_learn_from_agreement():
    made = house.opened(tasks=1, overlap=3)

    say(made, "Good", "Bad", "Good")

    seats = list(Membership.objects.order_by("id").values_list("right", "wrong"))
    assert [right > wrong for right, wrong in seats] == [True, False, True]
    assert all(right + wrong == pytest.approx(0.5) for right, wrong in seats)


def test_closing_gives_back_what_is_not_asked_for_any_more():
    made = adaptive()
    say(made, "Good", "Good")

    projects.close(made)
    quality.judge()

    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (3 * house.COST_UNITS, 0)
    assert Task.objects.get().state == "JUDGED"


@pytest.mark.parametrize(
    "settings",
    [
        {"overlap": 2, "overlap_max": 5},
        {"overlap": 3, "overlap_max": 2, "confidence": 0.9},
        {"confidence": 1.0},
        {"review_hours": 169},
        {"gold_percent": 51},
        {"countries_only": ["KE"], "countries_except": ["KE"]},
        {"kind": "test"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings):
    with pytest.raises(InvalidSettings):
        house.project(**settings)
