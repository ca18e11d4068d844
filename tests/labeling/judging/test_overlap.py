"""Adaptive overlap: asked until sure, and not more; the money not needed goes back."""

import pytest
from django.utils import timezone

from labeling.content import configs
from labeling.data import gold_loads
from labeling.errors import InvalidSettings
from labeling.handout import submissions
from labeling.judging import overlaps, quality
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


def work(made, *people):
    """Each person's answers by a word of letters, G for Good and B for Bad, judged together."""
    for word in people:
        who = house.labeler()
        for letter in word:
            lease = house.take(made, who)
            choice = {"G": "Good", "B": "Bad"}[letter]
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()


def test_all_answers_together_tell_who_can_be_relied_on_before_any_task_is_judged():
    made = house.opened(tasks=12, overlap=2, overlap_max=4, confidence=0.96)
    word = "GGBBGBGBGGBB"  # two newcomers who agree on one task make it 16 to 1: not enough

    work(made, word, word[:11] + "G")

    *sure, contested = Task.objects.order_by("id")
    assert {(task.state, task.consensus_by) for task in sure} == {("JUDGED", "dawid_skene")}
    assert min(task.confidence for task in sure) > 0.96
    assert (contested.state, contested.free_count, contested.spare_count) == ("OPEN", 1, 1)
    balances = escrow.balances(made.purse_id)
    held = 2 * house.COST_UNITS + 2 * house.COST_UNITS  # two undecided, and two that may be asked
    assert (balances["FUNDS"], balances["HELD"]) == (22 * house.COST_UNITS, held)


@pytest.mark.parametrize("options", [{"aggregation": "one_coin"}, {"aggregation": "majority"}])
def test_another_model_that_was_chosen_is_not_overruled(options):
    made = house.opened(tasks=12, overlap=2, overlap_max=4, confidence=0.9, **options)

    work(made, "GGBBGBGBGGBB", "GGBBGBGBGGBB")

    found = Task.objects.order_by().values_list("consensus_by", "confidence").distinct()
    assert list(found) == [(options["aggregation"], pytest.approx(16 / 17))]


def test_only_the_newest_answers_are_looked_at_and_all_to_the_tasks_at_hand(settings):
    settings.STIPEND_OVERLAP_ANSWERS = 4
    made = house.opened(tasks=12, overlap=2, overlap_max=4, confidence=0.9)
    word = "GGBBGBGBGGBB"
    work(made, word, word)
    config = configs.form_of(made.pk, version=1).config
    first, *_, last = Task.objects.order_by("id").values_list("id", flat=True)

    assert overlaps.chances(made, config, [first, last]) == {}

    settings.STIPEND_OVERLAP_ANSWERS = 24
    assert overlaps.chances(made, config, [first, last]).keys() == {first, last}


def test_gold_tells_who_is_right_where_most_are_wrong_unless_it_was_taken_out():
    made = house.project(overlap=3, overlap_max=5, confidence=0.9, gold_percent=50)
    house.load(made, tasks=12)
    rows = [{"data": {"text": f"gold {n}"}, "expected": house.answer("Good")} for n in range(12)]
    gold_loads.load(made, rows=rows)
    house.fund(made, amount_units=100 * made.cost_per_task_units)
    projects.open_tasks(made)
    for is_right in (True, False, False):
        who = house.labeler()
        for _ in range(20):
            lease = house.take(made, who)
            is_good = Task.objects.get(pk=lease.task_id).expected or lease.task_id % 2
            choice = "Good" if bool(is_good) == is_right else "Bad"
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    config = configs.form_of(made.pk, version=1).config
    common = Task.objects.filter(expected__isnull=True, done_count=3).values_list("id", flat=True)
    good = next(pk for pk in common if pk % 2)

    assert overlaps.chances(made, config, [good])[good]["Good",] > 0.9

    Task.objects.filter(expected__isnull=False).update(state="PAUSED")
    assert overlaps.chances(made, config, [good])[good]["Good",] < 0.1


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
