"""Peers have the skill that the project names; where too few of them come, others may judge."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.crowd import skills
from labeling.models import Case, Grant
from labeling.review import juries
from people.models import User
from tests.labeling import house, queue, school
from tests.labeling.review.test_cases import contested as without_skill
from tests.labeling.review.test_juries import contested

pytestmark = pytest.mark.django_db


def before_peers(*granted: User):
    """A case of a project with a skill, which these have had since before; its other answers were
    accepted from people without it."""
    made, people = queue.answered("Good", "Good", skill=school.skill())
    for one in granted:
        school.passed(made.skill, one)
    case = contested(made)
    made.submissions.filter(labeler__in=people).update(state="ACCEPTED")
    return made, people, case


def without_skill_named():
    """The same of a project that names none."""
    made, people = queue.answered("Good", "Good")
    case = contested(made)
    made.submissions.filter(labeler__in=people).update(state="ACCEPTED")
    return made, people, case


def half_of_the_time_is_over(case: Case, settings) -> None:
    half = timedelta(hours=settings.STIPEND_JURY_HOURS / 2, seconds=1)
    Case.objects.filter(pk=case.pk).update(appealed_at=timezone.now() - half)


@pytest.mark.broken_book  # nobody was paid for what is marked as accepted
def test_an_accepted_answer_is_no_skill_until_half_of_the_time_is_over(settings):
    _, (worker, other), case = before_peers()
    assert juries.take(worker.pk) is None

    half_of_the_time_is_over(case, settings)

    assert juries.take(worker.pk).case == case
    assert juries.take(house.labeler().pk) is None
    assert juries.take(other.pk).case == case


@pytest.mark.broken_book
def test_who_has_the_skill_judges_from_the_first_hour(settings):
    able, former = house.labeler(), house.labeler()
    made, _, case = before_peers(able, former)
    skills.revoke(made.skill, labeler=former)

    assert juries.take(able.pk).case == case
    assert juries.take(former.pk) is None
    half_of_the_time_is_over(case, settings)
    assert juries.take(former.pk) is None  # nor did they ever work there


@pytest.mark.broken_book
def test_the_owners_word_makes_a_peer_of_who_has_worked_there():
    made, (worker, _), case = before_peers()
    friend = house.labeler()
    for one in (worker, friend):
        skills.grant(made.skill, labeler=one)
    Grant.objects.update(granted_at=case.created_at - timedelta(days=1))

    assert juries.take(friend.pk) is None
    assert juries.take(worker.pk).case == case


@pytest.mark.broken_book
@pytest.mark.parametrize("has_skill", [False, True])
def test_nobody_picks_their_jury_by_accepting_after_the_rejection(settings, has_skill):
    made, (worker, _), case = before_peers() if has_skill else without_skill_named()
    if has_skill:
        skills.grant(made.skill, labeler=worker)
        Grant.objects.update(granted_at=case.created_at - timedelta(days=1))
    Case.objects.update(created_at=case.created_at - timedelta(hours=1))  # what they did is younger

    assert juries.take(worker.pk) is None
    half_of_the_time_is_over(case, settings)
    assert juries.take(worker.pk).case == case


@pytest.mark.broken_book
@pytest.mark.parametrize("source", Grant.Source.values)
def test_nobody_picks_their_jury_by_a_grant_after_the_rejection(settings, source):
    made, _, case = before_peers()
    picked = house.labeler()
    skills.grant(made.skill, labeler=picked)
    Grant.objects.filter(labeler=picked).update(source=source)

    assert juries.take(picked.pk) is None
    half_of_the_time_is_over(case, settings)
    assert juries.take(picked.pk).case == case


def test_where_no_skill_is_named_accepted_work_is_enough():
    _, _, case, (peer,) = without_skill(jurors=1)

    assert juries.take(peer.pk).case == case
