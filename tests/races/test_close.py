"""A lease that ends while its project is being closed. The twin does not wait for the project."""

from threading import Event

import pytest

from labeling.handout import assignments, slots
from labeling.models import Task
from labeling.orders import projects
from payments import escrow
from tests.labeling import house
from tests.races import money, work

pytestmark = pytest.mark.django_db(transaction=True)


def end_while_closing(monkeypatch):
    """The task after a lease was given back between the close's look at it and its commit."""
    made, who = house.opened(tasks=1), house.labeler()
    lease = house.take(made, who)
    looked, refund = Event(), projects._refund

    def late_refund(project):
        if not looked.is_set():
            looked.set()
            work.until_waiting(1)
        refund(project)

    def give_back():
        looked.wait(money.JOIN_SECONDS)
        assignments.give_back(lease.id, labeler_id=who.pk)

    monkeypatch.setattr(projects, "_refund", late_refund)
    ends = money.at_once(lambda: projects.close(made), give_back)
    assert not any(isinstance(end, Exception) for end in ends), ends
    return made, Task.objects.get()


def test_the_slot_of_a_closing_project_is_gone_and_refunded(monkeypatch):
    made, task = end_while_closing(monkeypatch)

    assert (task.state, task.free_count, task.live_count) == ("CLOSED", 0, 0)
    assert escrow.balances(made.purse_id)["HELD"] == 0


@pytest.mark.broken_book
def test_without_the_lock_a_closed_project_keeps_an_open_task(monkeypatch):
    monkeypatch.setattr(slots, "LOCK_PROJECT", "")

    made, task = end_while_closing(monkeypatch)

    assert (task.state, task.free_count) == ("OPEN", 1)
    assert escrow.balances(made.purse_id)["HELD"] == house.COST_UNITS
