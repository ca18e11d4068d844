"""Gold among other tasks: how much of it, for whom, scored how, and what follows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.content import gold
from labeling.data import imports
from labeling.errors import Barred
from labeling.handout import assignments, slots, statements, submissions
from labeling.judging import quality
from labeling.models import Assignment, Load, Membership, Project, Submission, Task
from labeling.models.task import GOLD_LANE
from labeling.orders import openings, overviews, projects
from payments import escrow
from tests.labeling import house

pytestmark = pytest.mark.django_db


def load_gold(made, *, tasks: int) -> None:
    """Tasks whose known answer is Good, as `gold.load` leaves them."""
    rows = [{"text": f"gold {number}"} for number in range(tasks)]
    loaded = imports.load(made, rows=rows).load
    Task.objects.filter(load=loaded).update(lane=GOLD_LANE, expected=house.answer(), salt=b"s" * 16)
    Load.objects.filter(pk=loaded.pk).update(is_gold=True)


def opened(*, tasks: int, known: int, **options):
    """An open project with gold in it, funded to the cent."""
    made = house.project(**options)
    house.load(made, tasks=tasks)
    load_gold(made, tasks=known)
    house.fund(made, amount_units=overviews.of([made])[made.pk].opening_units)
    return projects.open_tasks(made).project


def work(made, who, *, count: int, choice: str = "Good") -> list[str]:
    """The texts of the tasks that this person answers."""
    seen = []
    for _ in range(count):
        lease = house.take(made, who)
        seen.append(assignments.data_of(lease)["text"])
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    return seen


def test_opening_holds_what_the_gold_will_cost():
    made = opened(tasks=90, known=2, gold_percent=10)  # nine others to one: ten answers to gold

    slots = list(Task.objects.filter(lane=GOLD_LANE).values_list("free_count", "overlap"))
    assert slots == [(5, 5), (5, 5)]
    assert escrow.balances(made.purse_id)["HELD"] == 100 * house.COST_UNITS
    assert escrow.balances(made.purse_id)["FUNDS"] == 0
    assert made.lanes == [10, 0]


def test_gold_comes_in_the_share_that_was_asked_for():
    made = opened(tasks=60, known=30, gold_percent=25)
    who = house.labeler()

    seen = work(made, who, count=72)

    count = sum(text.startswith("gold") for text in seen)
    assert 12 <= count <= 26  # 18 in the mean, at distances of one to five
    assert not seen[0].startswith("gold")


@pytest.mark.parametrize(("percent", "at_once"), [(50, 10), (20, 10), (20, 4), (10, 7), (5, 10)])
def test_gold_has_its_share_of_what_is_taken_together(percent, at_once):
    made = opened(tasks=500, known=250, gold_percent=percent)
    who = house.labeler()

    taken: list[int] = []
    while len(taken) < 400:
        for lease in assignments.leases(made.pk, labeler_id=who.pk, count=at_once):
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
            taken.append(lease.task_id)

    count = Task.objects.filter(pk__in=taken, lane=GOLD_LANE).count()
    wanted = len(taken) * percent / 100
    deviation = (wanted / 3) ** 0.5 * (1 - percent / 50)  # the distances are drawn, 2 at least
    assert abs(count - wanted) <= 4 + 4.5 * deviation


def test_gold_that_runs_short_is_late_and_not_for_ever():
    made = opened(tasks=60, known=60, gold_percent=50)
    who = house.labeler()
    house.take(made, who)
    Membership.objects.update(gold_in=statements.GOLD_DEBT)
    assert len(assignments.leases(made.pk, labeler_id=who.pk, count=10)) == 10

    assert Membership.objects.get().gold_in >= statements.GOLD_DEBT
    assert Task.objects.filter(lane=GOLD_LANE, live_count=1).count() == 9


@pytest.mark.parametrize("at_once", [1, 3])
def test_who_has_had_all_gold_is_not_looked_at_for_more_with_every_task(at_once):
    made, who = opened(tasks=20, known=1, gold_percent=20), house.labeler()
    Membership.objects.create(project=made, labeler=who, gold_in=0)
    held = assignments.leases(made.pk, labeler_id=who.pk, count=1)
    assert "gold" in assignments.data_of(held[0])["text"]
    submissions.submit(held[0].id, labeler_id=who.pk, result=house.answer())
    Membership.objects.update(gold_in=0)

    assert len(assignments.leases(made.pk, labeler_id=who.pk, count=at_once)) == at_once

    assert Membership.objects.get().gold_in == 5  # of five tasks one is gold


@pytest.mark.parametrize("percent", [50, 0])  # also where the requester asks for no more of it
def test_a_late_answer_to_gold_is_taken_like_any_other(percent):
    made, who = opened(tasks=4, known=2, gold_percent=50), house.labeler()
    held = assignments.leases(made.pk, labeler_id=who.pk, count=4)
    known = [one for one in held if "gold" in assignments.data_of(one)["text"]]
    Assignment.objects.update(leased_until=timezone.now() - timedelta(hours=1))
    slots.expire()
    Membership.objects.update(gold_in=50)  # none is due
    Project.objects.update(gold_percent=percent)

    for lease in known:
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())

    assert known
    assert Submission.objects.filter(is_gold=True).count() == len(known)


def test_the_least_used_gold_comes_first():
    made = opened(tasks=40, known=4, gold_percent=50)
    for _ in range(4):
        work(made, house.labeler(), count=4)  # every second one is gold

    uses = Task.objects.filter(lane=GOLD_LANE).values_list("done_count", flat=True)
    assert sorted(uses) == [2, 2, 2, 2]


def test_nobody_sees_the_same_gold_twice_and_gold_alone_is_no_work():
    made = opened(tasks=3, known=2, gold_percent=50)
    who = house.labeler()

    seen = work(made, who, count=5)

    assert len(set(seen)) == 5
    assert assignments.lease(made.pk, labeler_id=who.pk) is None


def test_gold_is_scored_alone_and_paid_when_right():
    made = opened(tasks=3, known=1, gold_percent=50, overlap=2)
    who = house.labeler()
    work(made, who, count=2)

    quality.judge()

    one = Submission.objects.get(is_gold=True)
    assert (one.state, one.score) == ("ACCEPTED", 1.0)
    seat = Membership.objects.get()
    assert (seat.gold_count, seat.gold_right_count, seat.right, seat.wrong) == (1, 1, 1.0, 0.0)


def test_missed_gold_waits_and_is_never_rejected_by_itself():
    made = opened(tasks=3, known=1, gold_percent=50, overlap=2)
    who = house.labeler()
    work(made, who, count=2, choice="Bad")

    quality.judge()

    one = Submission.objects.get(is_gold=True)
    assert (one.state, one.score) == ("SUBMITTED", 0.0)
    assert Membership.objects.get().gold_right_count == 0


def test_who_misses_too_much_gold_gets_no_more_of_this_project(settings):
    settings.STIPEND_GOLD_FIRST = 2
    made = opened(tasks=9, known=3, gold_percent=50)
    who = house.labeler()
    work(made, who, count=4, choice="Bad")

    quality.judge()

    assert Membership.objects.get().barred_at is not None
    with pytest.raises(Barred):
        assignments.lease(made.pk, labeler_id=who.pk)


def test_the_consensus_on_gold_is_the_known_answer():
    made = opened(tasks=1, known=1, gold_percent=50)
    who = house.labeler()
    work(made, who, count=2, choice="Bad")

    quality.judge()

    task = Task.objects.get(lane=GOLD_LANE)
    assert (task.state, task.consensus_by, task.confidence) == ("JUDGED", "gold", 1.0)
    assert task.consensus == house.answer()


def more(made, *, tasks: int):
    """So many more tasks in the open project, funded to the cent."""
    imports.load(made, rows=[{"text": f"more {number}"} for number in range(tasks)])
    house.fund(made, amount_units=overviews.of([made])[made.pk].opening_units)
    return projects.open_tasks(made)


def test_gold_that_is_used_up_is_asked_again_among_more_work():
    made = opened(tasks=2, known=1, gold_percent=50)
    for _ in range(2):
        work(made, house.labeler(), count=2)
    quality.judge()
    assert Task.objects.get(lane=GOLD_LANE).state == "JUDGED"

    opening = more(made, tasks=2)

    task = Task.objects.get(lane=GOLD_LANE)
    assert (task.state, task.free_count, task.done_count, task.overlap) == ("OPEN", 2, 2, 4)
    assert opening.held_units == 4 * house.COST_UNITS
    assert projects.prove_holds() == []
    assert work(made, house.labeler(), count=2)[1] == "gold 0"


def test_gold_that_was_asked_very_often_is_worn_out():
    made = opened(tasks=2, known=2, gold_percent=50)
    worn = Task.objects.filter(lane=GOLD_LANE).order_by("id")[0]
    Task.objects.filter(pk=worn.pk).update(overlap=32_000)  # as after many loads

    more(made, tasks=20)

    overlaps = dict(Task.objects.filter(lane=GOLD_LANE).values_list("pk", "overlap"))
    assert overlaps.pop(worn.pk) == 32_000
    assert list(overlaps.values()) == [1 + 20]
    assert projects.prove_holds() == []


def test_what_is_taken_out_while_work_opens_is_not_paid_for(monkeypatch):
    made = opened(tasks=2, known=2, gold_percent=50)
    counted = openings.cost

    def and_taken_out(project, loads):
        cost = counted(project, loads)
        gold.retire(project, task_id=Task.objects.filter(lane=GOLD_LANE)[0].pk)
        return cost

    monkeypatch.setattr(openings, "cost", and_taken_out)

    opening = more(made, tasks=2)

    assert opening.held_units == 3 * house.COST_UNITS
    assert projects.prove_holds() == []


def test_closing_gives_back_what_gold_was_not_asked_for():
    made = opened(tasks=9, known=1, gold_percent=10)

    projects.close(made)

    balances = escrow.balances(made.purse_id)
    assert (balances["FUNDS"], balances["HELD"]) == (10 * house.COST_UNITS, 0)
