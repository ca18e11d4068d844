"""Leases as a state machine: whatever people do in whatever order, model and database agree.

The model is a plain dictionary of tasks; the database's clock stands still in a test, so a lease
runs out by being moved into the past.
"""

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import hypothesis
import pytest
from django import conf
from django.db import connection, transaction
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from labeling.data import imports
from labeling.errors import LeaseExpired
from labeling.handout import assignments, reports, slots, submissions
from labeling.models import Assignment, Task
from labeling.orders import projects
from tests.labeling import house

OVERLAP, PEOPLE, REPORTS = 2, 4, 2
SOON = timedelta(minutes=1)
people = st.integers(0, PEOPLE - 1)


@dataclass
class Slots:
    """A task of the model: who holds it, who has answered it, who handed it back, and how many of
    these because it is broken: enough of them pause it, and its free slots are spare. Dropped, it
    keeps but the slots that are held, and those that came back (`late`) until it is over."""

    priority: int
    live: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    returned: set[int] = field(default_factory=set)
    reports: int = 0
    is_dropped: bool = False
    late: int = 0

    @property
    def is_paused(self) -> bool:
        return self.reports >= REPORTS

    @property
    def state(self) -> str:
        if self.is_dropped and not self.live:
            return "ANSWERED" if self.done else "CLOSED"
        if self.is_paused:
            return "PAUSED"
        return "ANSWERED" if len(self.done) == OVERLAP else "OPEN"

    def comes_back(self, who: int) -> None:
        self.live.remove(who)
        self.late = self.late + 1 if self.is_dropped and self.live else 0

    @property
    def open(self) -> int:
        return OVERLAP - len(self.live) - len(self.done)

    @property
    def free(self) -> int:
        return 0 if self.is_paused else self.open

    @property
    def spare(self) -> int:
        if self.is_dropped:
            return self.late
        return self.open if self.is_paused else 0

    def suits(self, who: int) -> bool:
        return self.free > 0 and who not in self.live | self.done | self.returned


def the_moment() -> datetime:
    """The database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


class Leases(RuleBasedStateMachine):
    """Each run is one database transaction, rolled back at its end."""

    @initialize()
    def open_house(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.project = house.project(overlap=OVERLAP)
        self.lease = timedelta(minutes=self.project.lease_minutes)
        self.people = [house.labeler() for _ in range(PEOPLE)]
        self.held: dict[int, tuple[int, int]] = {}  # lease: person and task
        self.over: dict[int, tuple[int, int]] = {}  # as above, of leases whose time ran out
        self.tasks: dict[int, Slots] = {}
        self.rows = 0
        self.load(count=3, priority=0)

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(count=st.integers(1, 3), priority=st.sampled_from([0, 0, 5]))
    def load(self, count, priority):
        rows = [{"text": f"text {self.rows + number}"} for number in range(count)]
        self.rows += count
        imports.load(self.project, rows=rows, priority=priority)
        house.fund(self.project, amount_units=count * self.project.cost_per_task_units)
        projects.open_tasks(self.project)
        for task in self.project.tasks.exclude(pk__in=self.tasks).order_by("id"):
            self.tasks[task.pk] = Slots(priority)

    @rule(who=people, count=st.integers(1, 4))
    def take(self, who, count):
        mine = {lease for lease, (holder, _) in self.held.items() if holder == who}
        suitable = [key for key, task in self.tasks.items() if task.suits(who)]

        leases = assignments.leases(self.project.pk, labeler_id=self.people[who].pk, count=count)

        fresh = [lease for lease in leases if lease.id not in mine]
        assert {lease.id for lease in leases} >= mine or len(leases) == count
        assert len(fresh) == max(min(count - len(mine), len(suitable)), 0)
        assert {lease.task_id for lease in fresh} <= set(suitable)
        self._highest_first(suitable, [lease.task_id for lease in fresh])
        for lease in fresh:
            self.tasks[lease.task_id].live.add(who)
            self.held[lease.id] = (who, lease.task_id)
            self.over.pop(lease.id, None)  # the same lease once more

    def _highest_first(self, suitable, taken):
        left = set(suitable) - set(taken)
        if taken and left:
            lowest = min(self.tasks[key].priority for key in taken)
            assert lowest >= max(self.tasks[key].priority for key in left)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def answer(self, data):
        lease, who, task = self._some_lease(data)

        submissions.submit(lease, labeler_id=self.people[who].pk, result=house.answer())

        self.tasks[task].live.remove(who)
        self.tasks[task].done.add(who)
        self.tasks[task].late *= bool(self.tasks[task].live)
        del self.held[lease]

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def hand_back(self, data):
        lease, who, task = self._some_lease(data)

        assignments.give_back(lease, labeler_id=self.people[who].pk)

        self.tasks[task].comes_back(who)
        self.tasks[task].returned.add(who)
        del self.held[lease]

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def report(self, data):
        lease, who, task = self._some_lease(data)

        reports.report(lease, labeler_id=self.people[who].pk, reason="broken")

        self.tasks[task].comes_back(who)
        self.tasks[task].returned.add(who)
        self.tasks[task].reports += 1
        del self.held[lease]

    def _paused(self) -> list[int]:
        return sorted(
            key for key, task in self.tasks.items() if task.is_paused and not task.is_dropped
        )

    @precondition(lambda self: self._paused())
    @rule(data=st.data())
    def resume(self, data):
        chosen = data.draw(st.sampled_from(self._paused()))

        reports.resume(self.project, task_id=chosen)

        self.tasks[chosen].reports = 0

    @precondition(lambda self: self._paused())
    @rule(data=st.data())
    def drop(self, data):
        chosen = data.draw(st.sampled_from(self._paused()))

        reports.drop(self.project, task_id=chosen)

        self.tasks[chosen].is_dropped = True

    @precondition(lambda self: self.held)
    @rule(data=st.data(), minutes=st.integers(0, 100))
    def work_on(self, data, minutes):
        """A lease that began so long ago and is about to run out is held on, as far as it may."""
        lease, who, _ = self._some_lease(data)
        now = the_moment()
        one = Assignment.objects.get(pk=lease)
        one.leased_at, one.leased_until = now - timedelta(minutes=minutes), now + SOON
        one.save()

        until = assignments.extend(lease, labeler_id=self.people[who].pk)

        longest = one.leased_at + self.lease * conf.settings.STIPEND_LEASES
        assert until == max(one.leased_until, min(now + self.lease, longest))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def run_out(self, data):
        lease, who, task = self._some_lease(data)
        one = Assignment.objects.get(pk=lease)
        one.leased_until = one.leased_at - timedelta(minutes=1)
        one.save()

        assert slots.expire() == 1

        self.tasks[task].comes_back(who)
        self.over[lease] = self.held.pop(lease)

    @precondition(lambda self: self.over)
    @rule(data=st.data())
    def answer_late(self, data):
        lease = data.draw(st.sampled_from(sorted(self.over)))
        who, key = self.over[lease]
        task = self.tasks[key]
        is_free = task.suits(who)

        with nullcontext() if is_free else pytest.raises(LeaseExpired):
            submissions.submit(lease, labeler_id=self.people[who].pk, result=house.answer())

        if is_free:
            task.done.add(who)
            del self.over[lease]

    def _some_lease(self, data):
        lease = data.draw(st.sampled_from(sorted(self.held)))
        return (lease, *self.held[lease])

    @invariant()
    def the_database_agrees(self):
        reports.end_dropped()
        for task in Task.objects.filter(project=self.project):
            model = self.tasks[task.pk]
            assert (task.free_count, task.live_count, task.done_count) == (
                model.free,
                len(model.live),
                len(model.done),
            )
            assert (task.state, task.spare_count) == (model.state, model.spare)

    @invariant()
    def the_money_agrees(self):
        assert projects.prove_holds() == []


@pytest.mark.django_db
def test_leases_follow_the_model(settings):
    settings.STIPEND_TASK_REPORTS = REPORTS
    run_state_machine_as_test(
        Leases,
        settings=hypothesis.settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
