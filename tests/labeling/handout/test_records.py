"""A requester's true record, and how long a project's tasks take."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import timezone

from labeling.handout import records
from labeling.handout.records import Record
from labeling.models import Case, Project, Submission
from labeling.review import cases, verdicts
from tests.labeling import answers_given, house, school
from tests.labeling.answers_given import answers, contested
from tests.labeling.review import test_cases

pytestmark = pytest.mark.django_db
NO_REDIS = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
}
State = answers_given.State


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def test_of_a_newcomer_nothing_is_known():
    assert records.of_requester(house.requester().pk) == Record()


def test_a_record_is_counted_from_what_was_decided():
    made, who = house.project(), house.labeler()
    answers(made, who, count=6, state=State.ACCEPTED, seconds=30, accept_seconds=7200)
    answers(made, who, count=2, state=State.ACCEPTED, seconds=30, accept_seconds=60)
    for state in (State.REJECTED, State.APPEALED, State.FORFEITED, State.SUBMITTED):
        answers(made, who, count=1, state=state)

    found = records.of_requester(made.owner_id)

    assert (found.decided_count, found.accepted_count) == (11, 8)
    assert (found.standing_count, found.final_count) == (2, 1)
    assert found.approval_share == 8 / 11
    assert found.median_accept_seconds == pytest.approx(7200)
    assert found.median_hourly_units == pytest.approx(6_000_000)  # 0.05 every 30 s


def test_appeals_lost_are_those_that_labelers_won():
    made, who = house.project(), house.labeler()
    for state, appealed in [
        ("OVERTURNED", True),
        ("OVERTURNED", False),
        ("UPHELD", True),
        ("UPHELD", True),
        ("UPHELD", True),
        ("UPHELD", True),
        ("APPEALED", True),
        ("LAPSED", False),
    ]:
        contested(made, who, state=state, appealed=appealed)

    found = records.of_requester(made.owner_id)

    assert (found.appeals_count, found.appeals_lost_count) == (5, 1)
    assert found.appeals_lost_share == 1 / 5


def test_what_a_jury_found_is_no_appeal_lost_when_the_requester_pays_after_all():
    made, _, case, people = test_cases.contested()
    for one in people:
        test_cases.say(one, acceptable=False)
    verdicts.decide()
    house.fund(made, amount_units=test_cases.COST)

    cases.overturn(case.pk, judge=made.owner)

    found = records.of_requester(made.owner_id)
    assert (found.accepted_count, found.appeals_count, found.appeals_lost_count) == (4, 1, 0)


def test_an_appeal_that_no_jury_looked_at_is_not_lost():
    made, _, case, _ = test_cases.contested(jurors=0)
    Case.objects.update(appealed_at=timezone.now() - timedelta(days=8))
    verdicts.decide()

    found = records.of_requester(made.owner_id)

    assert test_cases.state_of(case) == "OVERTURNED"
    assert (found.accepted_count, found.appeals_count, found.appeals_lost_count) == (1, 0, 0)


def test_on_few_facts_nothing_is_told():
    made, who = house.project(), house.labeler()
    answers(made, who, count=4, state=State.ACCEPTED)
    contested(made, who, state=Case.State.OVERTURNED)

    found = records.of_requester(made.owner_id)

    assert (found.decided_count, found.appeals_lost_count) == (4, 1)
    assert found.approval_share is None
    assert found.appeals_lost_share is None
    assert found.median_accept_seconds is None
    assert found.median_hourly_units is None


def test_who_answers_most_does_not_speak_for_everybody():
    made = house.project()
    answers(made, house.labeler(), count=20, state=State.ACCEPTED, seconds=5)
    for seconds in (60, 90):
        answers(made, house.labeler(), count=2, state=State.ACCEPTED, seconds=seconds)

    assert records.of_requester(made.owner_id).median_hourly_units == 3_000_000  # 0.05 every 60 s
    assert records.of_project(made.pk) == pytest.approx(60)


def test_programs_tell_people_nothing_about_time():
    made, program = house.project(), house.labeler()
    program.is_agent = True
    program.save()
    answers(made, program, count=9, state=State.ACCEPTED, seconds=1)

    found = records.of_requester(made.owner_id)

    assert (found.accepted_count, found.median_hourly_units) == (9, None)
    assert records.of_project(made.pk) is None


def test_answers_faster_than_a_person_tell_nothing_about_time():
    made, who = house.project(), house.labeler()
    answers(made, who, count=5, state=State.ACCEPTED, seconds=30)
    fast, quick = house.project(made.owner), {"count": 8, "state": State.ACCEPTED, "seconds": 0.9}
    answers(made, who, **quick, ago=timedelta(hours=6))
    answers(fast, who, **quick, ago=timedelta(hours=3))

    assert records.of_project(made.pk) == pytest.approx(30)
    assert records.of_project(fast.pk) is None
    assert records.of_requester(made.owner_id).median_hourly_units == pytest.approx(6_000_000)


def test_tasks_taken_together_are_not_worked_on_all_at_once():
    made, who = house.project(), house.labeler()
    given = answers(made, who, count=10, state=State.ACCEPTED, seconds=20)
    for one in given:
        one.assignment.leased_at = given[0].assignment.leased_at
        one.assignment.save()

    assert records.of_project(made.pk) == pytest.approx(20)
    assert records.of_requester(made.owner_id).median_hourly_units == 9_000_000


@pytest.mark.parametrize("between", [State.SUBMITTED, State.REJECTED, State.FORFEITED])
def test_what_is_not_accepted_took_its_time_too(between):
    made, who = house.project(), house.labeler()
    given = answers(made, who, count=11, state=State.ACCEPTED, seconds=20)
    for one in given:
        one.assignment.leased_at = given[0].assignment.leased_at
        one.assignment.save()
    Submission.objects.filter(pk__in=[one.pk for one in given[1::2]]).update(state=between)

    assert records.of_project(made.pk) == pytest.approx(20)
    assert records.of_requester(made.owner_id).median_hourly_units == 9_000_000


def test_work_that_is_rejected_for_good_was_done_for_nothing():
    made = house.project()
    for _ in range(2):
        answers(made, house.labeler(), count=3, state=State.FORFEITED, seconds=30)
    answers(made, house.labeler(), count=3, state=State.ACCEPTED, seconds=30)
    answers(made, house.labeler(), count=3, state=State.REJECTED, seconds=30)  # may be paid yet

    found = records.of_requester(made.owner_id)

    assert (found.accepted_count, found.final_count, found.standing_count) == (3, 6, 3)
    assert found.median_hourly_units == 0  # of two people in three


def test_work_for_others_meanwhile_is_no_work_for_this_one():
    made, other = house.project(), house.project()
    for _ in range(5):  # take a task here and one there, answer that after 60 s and this after 90
        who = house.labeler()
        answers(other, who, count=1, state=State.ACCEPTED, seconds=60)
        answers(made, who, count=1, state=State.ACCEPTED, seconds=90)

    assert records.of_project(made.pk) == pytest.approx(30, rel=0.1)
    hourly_units = records.of_requester(made.owner_id).median_hourly_units
    assert hourly_units == pytest.approx(6_000_000, rel=0.1)


def test_a_record_looks_back_ninety_days_and_at_ones_own_projects():
    made, who = house.project(), house.labeler()
    old = timedelta(days=91)
    answers(made, who, count=7, state=State.ACCEPTED, ago=old)
    contested(made, who, state=Case.State.OVERTURNED, at=timezone.now() - old)
    answers(house.project(), who, count=7, state=State.ACCEPTED)

    assert records.of_requester(made.owner_id) == Record()


def test_tests_are_no_record():
    skill, who = school.skill(), house.labeler()
    made = house.project(skill.owner, kind="test", skill=skill, quota=9, overlap=20)
    answers(made, who, count=7, state=State.ACCEPTED)

    assert records.of_requester(skill.owner_id) == Record()
    assert records.of_project(made.pk) == pytest.approx(30)


def test_the_newest_answers_count(settings):
    settings.STIPEND_RECORD_ANSWERS = 6
    owner, who = house.requester(), house.labeler()
    first, second = house.project(owner), house.project(owner)
    answers(first, who, count=9, state=State.ACCEPTED)
    answers(second, who, count=5, state=State.FORFEITED)

    found = records.of_requester(owner.pk)

    assert (found.decided_count, found.accepted_count, found.final_count) == (6, 1, 5)


def test_projects_closed_long_ago_are_not_looked_at():
    made, who = house.project(), house.labeler()
    answers(made, who, count=7, state=State.ACCEPTED)
    long_ago = timezone.now() - timedelta(days=91)
    Project.objects.update(state=Project.State.CLOSED, closed_at=long_ago)

    assert records.of_requester(made.owner_id) == Record()


def test_rejected_answers_tell_nothing_about_time():
    made, who = house.project(), house.labeler()
    answers(made, who, count=9, state=State.FORFEITED, seconds=1)
    answers(made, who, count=5, seconds=40)

    assert records.of_project(made.pk) == pytest.approx(40)


def test_many_are_one_statement_and_then_none(django_assert_num_queries):
    owners = [house.project().owner_id for _ in range(5)]
    newcomer = house.requester().pk

    with django_assert_num_queries(1):
        first = records.of_requesters(owners)
    with django_assert_num_queries(0):
        assert records.of_requesters(owners) == first
        assert records.of_requesters([]) == {}
    with django_assert_num_queries(1):
        records.of_requesters([*owners, newcomer])


def test_what_is_kept_is_counted_anew_in_time(settings):
    made, who = house.project(), house.labeler()
    assert records.of_requester(made.owner_id).decided_count == 0
    answers(made, who, count=1, state=State.ACCEPTED)

    kept = records.of_requester(made.owner_id).decided_count
    settings.STIPEND_RECORD_SECONDS = -1
    first = records.of_requester(made.owner_id).decided_count
    settings.STIPEND_RECORD_SECONDS = 600

    assert (kept, first, records.of_requester(made.owner_id).decided_count) == (0, 1, 1)


def test_what_is_too_old_is_counted_by_one_alone(settings, django_assert_num_queries):
    owner = house.requester()
    before = records.of_requester(owner.pk)
    settings.STIPEND_RECORD_SECONDS = 0

    with django_assert_num_queries(0):
        cache.add(f"record:{owner.pk}:counting", True)
        assert records.of_requester(owner.pk) == before


def test_without_redis_it_is_counted_each_time():
    made, who = house.project(), house.labeler()
    with override_settings(CACHES=NO_REDIS):
        before = records.of_requester(made.owner_id).decided_count
        answers(made, who, count=5, state=State.ACCEPTED)
        after = records.of_requester(made.owner_id).decided_count
        pace = records.of_project(made.pk)

    assert (before, after) == (0, 5)
    assert pace == pytest.approx(30)
