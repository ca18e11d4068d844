"""Two judgements that grant one skill at once. The twin inserts without looking."""

import pytest
from django.db import IntegrityError, OperationalError

from labeling.crowd import skills
from labeling.models import Grant
from tests.labeling import house, school
from tests.races import money, work

pytestmark = pytest.mark.django_db(transaction=True)
GRANTS = "LOCK TABLE labeling_grant IN SHARE MODE"


def settle_two_tests(before=lambda: None):
    """The ends of two settlements, neither of which saw the grant of the other."""
    french, who = school.skill(), house.labeler()
    tests = [school.exam(french, length=2) for _ in range(2)]
    for made in tests:
        school.sit(made, who, right=2)
    Grant.objects.all().delete()
    before()
    ends = work.behind(GRANTS, *(lambda made=made: skills.settle(made, {who.pk}) for made in tests))
    return who, ends


def test_two_tests_settled_at_once_make_one_grant():
    who, ends = settle_two_tests()

    assert ends == [None, None]
    assert list(Grant.objects.values_list("labeler", "value", "source")) == [(who.pk, 100, "test")]


def test_without_the_look_postgresql_alone_refuses(monkeypatch):
    who, ends = settle_two_tests(before=lambda: monkeypatch.setattr(skills, "CONFLICT", ""))

    (refused,) = [end for end in ends if isinstance(end, IntegrityError)]
    assert "skill_granted_once" in str(refused)
    assert Grant.objects.get().labeler == who


def settle_crosswise(monkeypatch):
    """The ends of two settlements, each of which takes back what the other grants.

    They meet, if they can, when the one has taken back and before the other grants.
    """
    french = school.skill()
    first, second = (house.labeler() for _ in range(2))
    for who in (first, second):
        Grant.objects.create(skill=french, labeler=who, source=Grant.Source.GOLD)
    made = house.project(french.owner, skill=french)
    percents = iter([{first.pk: 0, second.pk: 90}, {first.pk: 90, second.pk: 0}])
    monkeypatch.setattr(skills, "_percent_on_gold", lambda *_: next(percents))
    money.meet_before(monkeypatch, skills, "_write")

    def settle():
        skills.settle(made, {first.pk, second.pk})

    return money.at_once(settle, settle)


def test_settlements_of_the_same_people_wait_for_each_other(monkeypatch):
    assert settle_crosswise(monkeypatch) == [None, None]

    assert list(Grant.objects.filter(revoked_at=None).values_list("value", flat=True)) == [90]


def test_without_the_lock_they_deadlock(monkeypatch):
    monkeypatch.setattr(skills, "LOCK", "SELECT %s, %s::bigint[]")

    ends = settle_crosswise(monkeypatch)

    (refused,) = [end for end in ends if end is not None]
    assert isinstance(refused, OperationalError)
    assert "deadlock" in str(refused)
