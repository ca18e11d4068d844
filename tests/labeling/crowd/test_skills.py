"""Skills: who grants them, what a test says, and what gold says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.crowd import skills
from labeling.crowd.skills import State
from labeling.errors import (
    InvalidValue,
    MalformedSkill,
    NotFound,
    QuotaReached,
    SkillExists,
    TooManySkills,
)
from labeling.handout import assignments, submissions
from labeling.judging import quality
from labeling.models import Grant, Membership, Skill
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


def grants_of(who):
    return list(Grant.objects.filter(labeler=who).values_list("value", "source", "revoked_at"))


def seat(made, who, *, gold, right):
    """As if so many answers to gold had been scored."""
    Membership.objects.update_or_create(
        project=made, labeler=who, defaults={"gold_count": gold, "gold_right_count": right}
    )


# --- By hand --------------------------------------------------------------------------------


def test_a_skill_has_one_owner():
    owner = house.requester()

    made = skills.create(owner, slug="french", title="French")

    assert (made.slug, made.title, made.owner) == ("french", "French", owner)
    assert skills.owned("french", owner=owner) == made
    with pytest.raises(SkillExists) as refused:
        skills.create(house.requester(), slug="french", title="Mine")
    assert refused.value.data == {"slug": "french"}
    assert Skill.objects.get().owner == owner
    with pytest.raises(NotFound):
        skills.owned("french", owner=house.requester())


@pytest.mark.parametrize("slug", ["", "French", "a b", "a_b", "é", "and", "80", "-a", "a" * 61])
def test_a_name_that_no_requirement_can_speak_of_is_refused(slug):
    with pytest.raises(MalformedSkill):
        skills.create(house.requester(), slug=slug, title="?")

    assert Skill.objects.count() == 0


def test_nobody_takes_all_the_names(settings):
    settings.STIPEND_SKILLS = 1
    owner = house.requester()
    school.skill(owner)

    with pytest.raises(TooManySkills):
        school.skill(owner)

    assert Skill.objects.count() == 1


def test_the_owner_grants_changes_and_takes_back():
    french, who = school.skill(slug="french"), house.labeler()
    school.skill(slug="medical")

    skills.grant(french, labeler=who, value=60)
    skills.grant(french, labeler=skills.labeler_called(who.pseudonym))
    before = (skills.values_of(who.pk), list(skills.held(french)))
    skills.revoke(french, labeler=who)

    assert before == ({"french": 100}, [Grant.objects.get()])
    assert (skills.values_of(who.pk), list(skills.held(french))) == ({}, [])
    taken_back_at = Grant.objects.get().revoked_at
    skills.revoke(french, labeler=who)
    assert Grant.objects.get().revoked_at == taken_back_at


@pytest.mark.parametrize("value", [-1, 101])
def test_a_value_is_a_percentage(value):
    french, who = school.skill(), house.labeler()

    with pytest.raises(InvalidValue):
        skills.grant(french, labeler=who, value=value)

    assert grants_of(who) == []


def test_what_was_never_granted_cannot_be_taken_back():
    with pytest.raises(NotFound):
        skills.revoke(school.skill(), labeler=house.labeler())
    with pytest.raises(NotFound):
        skills.labeler_called("L-0000000000")


# --- By a test ------------------------------------------------------------------------------


def test_who_passes_is_granted_the_skill():
    french, who = school.skill(slug="french"), house.labeler()
    made = school.exam(french, length=5)
    unbegun = skills.result_of(made, who.pk)

    school.sit(made, who, right=4)
    halfway = skills.result_of(made, who.pk)
    nothing_yet = skills.values_of(who.pk)
    school.sit(made, who, right=0, wrong=1)

    assert unbegun == skills.Result(length=5, pass_percent=80)
    assert (halfway.state, halfway.answers_count, halfway.right_count) == (State.RUNNING, 4, 4)
    assert nothing_yet == {}
    result = skills.result_of(made, who.pk)
    assert (result.state, result.percent, result.right_count) == (State.PASSED, 80, 4)
    assert grants_of(who) == [(80, "test", None)]
    assert skills.results_of(who.pk) == {made.pk: result}


def test_who_fails_is_not_and_cannot_take_it_again():
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=4, tasks=8)

    school.sit(made, who, right=3, wrong=1)

    assert skills.result_of(made, who.pk).state == State.FAILED
    assert grants_of(who) == []
    with pytest.raises(QuotaReached):
        assignments.lease(made.pk, labeler_id=who.pk)


def test_a_free_test_pays_nothing():
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=2, price_units=0)

    school.sit(made, who, right=2)

    assert grants_of(who) == [(100, "test", None)]


def test_an_answer_that_is_not_scored_yet_leaves_the_test_running():
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=1)
    lease = house.take(made, who)

    submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    waiting = skills.result_of(made, who.pk)
    quality.judge()

    assert (waiting.state, waiting.answers_count) == (State.RUNNING, 0)
    assert skills.result_of(made, who.pk).state == State.PASSED


def test_a_doubtful_question_counts_for_nobody():
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=5)
    school.sit(made, who, right=3, wrong=2)
    failed = skills.result_of(made, who.pk).state

    seat(made, who, gold=3, right=3)
    skills.settle(made, {who.pk})

    assert failed == State.FAILED
    assert skills.result_of(made, who.pk).state == State.PASSED
    assert grants_of(who) == [(100, "test", None)]


def test_a_test_is_settled_as_often_as_one_likes():
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=2)
    school.sit(made, who, right=2)
    before = Grant.objects.values().get()

    skills.settle(made, {who.pk})
    skills.settle(made, set())

    assert Grant.objects.values().get() == before


def test_the_better_of_two_tests_counts():
    french, who = school.skill(), house.labeler()
    easy, hard = school.exam(french, length=2), school.exam(french, length=5)
    school.sit(easy, who, right=2)

    school.sit(hard, who, right=4, wrong=1)

    assert grants_of(who) == [(100, "test", None)]


@pytest.mark.parametrize("is_revoked", [True, False])
def test_what_the_owner_said_stands(is_revoked):
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=2)
    skills.grant(french, labeler=who, value=30)
    if is_revoked:
        skills.revoke(french, labeler=who)
    before = grants_of(who)

    school.sit(made, who, right=2)

    assert grants_of(who) == before


def test_a_passed_test_that_the_owner_took_back_is_not_granted_again():
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=2)
    school.sit(made, who, right=2)
    skills.revoke(french, labeler=who)

    skills.settle(made, {who.pk})

    assert skills.values_of(who.pk) == {}


def test_nobody_grants_a_skill_of_others_by_a_test_of_their_own():
    french, who = school.skill(), house.labeler()
    made = school.exam(french, length=1)
    made.owner = house.requester()
    made.save()

    school.sit(made, who, right=1)

    assert grants_of(who) == []


# --- By gold --------------------------------------------------------------------------------


def test_enough_right_answers_to_gold_grant_a_skill_and_too_few_take_it_back():
    french, who = school.skill(), house.labeler()
    made = house.project(french.owner, skill=french)

    steps = []
    for gold, right in [(9, 9), (10, 8), (11, 8), (15, 12), (16, 13)]:
        seat(made, who, gold=gold, right=right)
        skills.settle(made, {who.pk})
        steps.append(skills.values_of(who.pk).get(french.slug))

    assert steps == [None, 80, None, 80, 81]
    assert Grant.objects.get().source == "gold"


def test_gold_of_all_projects_with_the_skill_is_counted_together():
    french, who = school.skill(), house.labeler()
    first, second = (house.project(french.owner, skill=french) for _ in range(2))
    foreign = house.project(skill=french)
    seat(first, who, gold=6, right=6)
    seat(second, who, gold=4, right=2)
    seat(foreign, who, gold=50, right=0)

    skills.settle(second, {who.pk})

    assert grants_of(who) == [(80, "gold", None)]


def test_gold_neither_lowers_nor_takes_back_what_a_test_or_the_owner_granted():
    french, tested, named = school.skill(), house.labeler(), house.labeler()
    school.sit(school.exam(french, length=1), tested, right=1)
    skills.grant(french, labeler=named, value=50)
    made = house.project(french.owner, skill=french)
    for who in (tested, named):
        seat(made, who, gold=10, right=0)

    skills.settle(made, {tested.pk, named.pk})

    assert grants_of(tested) == [(100, "test", None)]
    assert grants_of(named) == [(50, "requester", None)]


def test_settling_many_takes_as_many_statements_as_settling_one():
    french = school.skill()
    made = house.project(french.owner, skill=french)
    people = [house.labeler() for _ in range(6)]
    for number, who in enumerate(people):
        seat(made, who, gold=10, right=10 if number % 2 else 0)

    counts = []
    for some in (people[:2], people):
        with CaptureQueriesContext(
            connection,
        ) as done:
            skills.settle(made, {who.pk for who in some})
        counts.append(len(done))

    assert counts[0] == counts[1] == 4
    assert [len(grants_of(who)) for who in people] == [0, 1, 0, 1, 0, 1]


def test_a_project_without_a_skill_settles_nothing():
    who = house.labeler()
    made = house.project()
    seat(made, who, gold=20, right=20)

    skills.settle(made, {who.pk})

    assert grants_of(who) == []
