"""Two batches about the same people in opposite order, met at the one in the middle.

The twin takes the rows in the order given.
"""

import pytest
from django.db import OperationalError

from labeling.crowd import reputation
from labeling.crowd.reputation import Event
from labeling.models import Reputation, ReputationEvent
from tests.labeling import answers_given, house
from tests.races import work

pytestmark = pytest.mark.django_db(transaction=True)
AGREED = ReputationEvent.Kind.AGREED


def record_crosswise():
    """The people, and the ends of two batches that both waited for the second of them."""
    people = [house.labeler().pk for _ in range(3)]
    reputation.record([Event(labeler_id=who, skill_id=None, kind=AGREED) for who in people])
    middle = Reputation.objects.get(labeler=people[1]).pk
    batches = [
        [Event(labeler_id=who, skill_id=None, kind=AGREED, right=1) for who in order]
        for order in (people, people[::-1])
    ]
    gate = f"SELECT 1 FROM labeling_reputation WHERE id = {middle} FOR UPDATE"
    return people, work.behind(gate, *(lambda b=batch: reputation.record(b) for batch in batches))


def test_batches_in_opposite_order_wait_for_each_other_and_nothing_is_lost():
    people, ends = record_crosswise()

    assert ends == [None, None]
    rows = Reputation.objects.values_list("labeler", "right", "wrong", "events_count")
    assert sorted(rows) == [(who, pytest.approx(1 * 0.99 + 1), 0, 3) for who in sorted(people)]
    assert ReputationEvent.objects.count() == 9


def test_without_the_order_they_deadlock(monkeypatch):
    as_given = "ORDER BY array_position(%(labelers)s::bigint[], labeler_id)"
    monkeypatch.setattr(reputation, "IN_ORDER", as_given)

    _, ends = record_crosswise()

    (refused,) = [end for end in ends if end is not None]
    assert isinstance(refused, OperationalError)
    assert "deadlock" in str(refused)


def test_the_same_batch_twice_at_once_counts_once():
    made, who = house.project(), house.labeler()
    given = answers_given.answers(made, who, count=20)
    batch = [
        Event(labeler_id=who.pk, skill_id=None, kind=AGREED, right=1, submission_id=one.pk)
        for one in given
    ]
    gate = "LOCK TABLE labeling_reputationevent IN SHARE MODE"

    ends = work.behind(
        gate, lambda: reputation.record(batch), lambda: reputation.record(batch[::-1])
    )

    assert ends == [None, None]
    assert ReputationEvent.objects.count() == 20
    assert Reputation.objects.values_list("right", "events_count").get() == (20, 20)


def test_newcomers_of_two_batches_at_once_lose_nothing():
    people = [house.labeler().pk for _ in range(5)]
    batch = [Event(labeler_id=who, skill_id=None, kind=AGREED, right=1) for who in people]
    gate = "LOCK TABLE labeling_reputation IN SHARE MODE"

    ends = work.behind(
        gate, lambda: reputation.record(batch), lambda: reputation.record(batch[::-1])
    )

    assert ends == [None, None]
    rows = Reputation.objects.values_list("labeler", "right", "events_count")
    assert sorted(rows) == [(who, pytest.approx(1.99), 2) for who in people]
