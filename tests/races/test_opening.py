"""A load opens while one more answer is asked for: who gives it finds the load, or not (twin)."""

import pytest
from django.db.transaction import atomic

from labeling.data import imports
from labeling.handout import assignments, submissions
from labeling.judging import quality
from labeling.models import Task
from labeling.orders import projects
from tests.labeling import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
NEW = 3


def judged_while_more_is_opened():
    """The project, a labeler and the ends: of a look at a task of which one answer is not enough,
    and of the labeler's hand-out and answer, all before what is opened can be seen."""
    made = house.opened(tasks=1, overlap=1, overlap_max=5, confidence=0.9999)
    answer(made, house.labeler())
    imports.load(made, rows=[{"text": f"new {number}"} for number in range(NEW)])
    house.fund(made, amount_units=NEW * made.cost_per_task_units)
    who = house.labeler()
    with atomic():
        projects.open_tasks(made)
        ends = money.at_once(quality.judge) + money.at_once(lambda: answer(made, who))
    return made, who, ends


def answer(made, who):
    """The data of the task that they answered, if there was one."""
    lease = assignments.lease(made.pk, labeler_id=who.pk)
    if lease is None:
        return None
    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    return assignments.data_of(lease)["text"]


def test_while_more_is_opened_no_answer_more_is_asked_for():
    made, who, ends = judged_while_more_is_opened()
    first = made.tasks.order_by("id")[0]

    assert ends == [0, None]
    assert (first.state, first.consensus) == (Task.State.ANSWERED, None)

    assert quality.judge() == 1
    found = [answer(made, who) for _ in range(NEW + 2)]
    assert found == [*(f"new {number}" for number in range(NEW)), "text 0", None]


def test_if_it_were_who_gives_it_would_not_find_what_is_opened(monkeypatch):
    monkeypatch.setattr(quality, "_in_line", lambda project, tasks: tasks)

    made, who, ends = judged_while_more_is_opened()

    assert ends == [1, "text 0"]
    assert made.tasks.filter(is_offered=True).count() == NEW
    statement = assignments.statements.LEASE_FIRST
    asked = {"project": made.pk, "labeler": who.pk, "count": 1}
    assert assignments._take(statement, asked).leases == []
