"""Who may work where, and what people who may not are told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.crowd import skills
from labeling.errors import NotEligible, NotFound
from labeling.handout import assignments, eligibility
from labeling.models import Membership, Reputation
from labeling.orders import projects
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


def person(**fields):
    who = house.labeler()
    for name, value in fields.items():
        setattr(who, name, value)
    who.save()
    return who


def test_a_project_that_asks_for_nothing_is_open_to_everybody():
    assert eligibility.unmet(house.project(), house.labeler()) == []


@pytest.mark.parametrize(
    ("asked", "fields", "sentences"),
    [
        ({"languages": ["fr", "wo"]}, {"languages": ["en", "wo"]}, []),
        (
            {"languages": ["fr", "wo"]},
            {"languages": ["en"]},
            ["This is for people who speak French or Wolof."],
        ),
        (
            {"languages": ["fr"]},
            {},
            ["This is for people who speak French. Say in your account what you speak."],
        ),
        ({"countries_only": ["SN", "ML"]}, {"country": "ML"}, []),
        (
            {"countries_only": ["SN", "ML"]},
            {"country": "FR"},
            ["This is for people in Senegal or Mali."],
        ),
        ({"countries_except": ["SN"]}, {"country": "ML"}, []),
        (
            {"countries_except": ["SN"]},
            {"country": "SN"},
            ["This is not open to people in Senegal."],
        ),
        (
            {"countries_except": ["SN"]},
            {},
            ["This is not open to every country: say in your account where you are."],
        ),
        ({"producers": "people"}, {}, []),
        (
            {"producers": "people"},
            {"is_agent": True},
            ["This is for people, and you are a program."],
        ),
        ({"producers": "agents"}, {"is_agent": True}, []),
        (
            {"producers": "agents"},
            {},
            ["This is for programs: if you are one, say so in your account."],
        ),
        ({"minimum_reputation": 0.8}, {}, []),
        (
            {"minimum_reputation": 0.9},
            {},
            ["You need a reputation of 90 %; yours is 80 %."],
        ),
        (
            {"languages": ["fr", "en", "wo", "ar", "de", "es", "it"], "requirements": "french"},
            {"languages": ["pl"]},
            [
                "This is for people who speak French, English, Wolof, Arabic, German or 2 others.",
                "You need french.",
            ],
        ),
    ],
)
def test_people_are_told_what_keeps_them_out(asked, fields, sentences):
    school.skill(slug="french")
    made, who = house.project(**asked), person(**fields)

    assert eligibility.unmet(made, who) == sentences


def test_requirements_are_met_by_what_is_granted_and_not_taken_back():
    french, spammer, who = school.skill(slug="french"), school.skill(), house.labeler()
    made = house.project(requirements=f"french >= 80 and not {spammer.slug}")

    skills.grant(french, labeler=who, value=79)
    skills.grant(spammer, labeler=who)
    both = eligibility.unmet(made, who)
    skills.grant(french, labeler=who, value=80)
    skills.revoke(spammer, labeler=who)

    assert both == [
        "You need french of at least 80; yours is 79.",
        f"This is for people who have no {spammer.slug}.",
    ]
    assert eligibility.unmet(made, who) == []


def test_reputation_is_that_of_the_projects_skill():
    french, who = school.skill(), house.labeler()
    now = timezone.now()
    Reputation.objects.create(labeler=who, skill=None, right=95, wrong=0, changed_at=now)
    Reputation.objects.create(labeler=who, skill=french, right=4, wrong=1, changed_at=now)
    overall = house.project(minimum_reputation=0.95)
    in_french = house.project(french.owner, skill=french, minimum_reputation=0.95)

    assert eligibility.unmet(overall, who) == []
    assert eligibility.unmet(in_french, who) == ["You need a reputation of 95 %; yours is 80 %."]


def test_nobody_works_for_themselves_nor_where_they_are_barred():
    made, who = house.project(), house.labeler()
    Membership.objects.create(project=made, labeler=who, barred_at=timezone.now())

    assert eligibility.unmet(made, made.owner) == ["This is your own project."]
    assert eligibility.unmet(made, who) == [
        "Too many of your answers to tasks with a known answer were wrong here."
    ]


def test_who_may_work_is_admitted_for_ten_minutes_under_these_rules():
    made, who = house.project(languages=["fr"]), person(languages=["fr"])
    before = timezone.now()

    eligibility.admit(made.pk, labeler_id=who.pk)

    seat = Membership.objects.get()
    assert (seat.project, seat.labeler, seat.cursors) == (made, who, [0] * 10)
    assert seat.admitted_version == made.admission_version
    ten_minutes = timedelta(seconds=600)
    assert before + ten_minutes <= seat.admitted_until <= timezone.now() + ten_minutes


def test_admission_keeps_the_place_in_the_queue():
    made, who = house.project(), house.labeler()
    Membership.objects.create(project=made, labeler=who, leases_count=7, cursors=[5] * 10)

    eligibility.admit(made.pk, labeler_id=who.pk)

    seat = Membership.objects.get()
    assert (seat.leases_count, seat.cursors, seat.gold_in) == (7, [5] * 10, 1)
    assert seat.admitted_until is not None


def test_who_may_not_work_is_told_why_and_not_admitted():
    school.skill(slug="french")
    made, who = house.project(producers="agents", requirements="french"), house.labeler()

    with pytest.raises(NotEligible) as refused:
        eligibility.admit(made.pk, labeler_id=who.pk)

    assert refused.value.data == {
        "reasons": [
            "This is for programs: if you are one, say so in your account.",
            "You need french.",
        ]
    }
    assert Membership.objects.count() == 0


def test_what_is_not_there_admits_nobody():
    with pytest.raises(NotFound):
        eligibility.admit(0, labeler_id=house.labeler().pk)
    with pytest.raises(NotFound):
        eligibility.admit(house.project().pk, labeler_id=0)


def test_it_takes_two_reads_and_one_write():
    french, who = school.skill(), house.labeler()
    skills.grant(french, labeler=who)
    made = house.project(french.owner, skill=french, requirements=french.slug)

    with CaptureQueriesContext(connection) as done:
        eligibility.admit(made.pk, labeler_id=who.pk)

    kinds = [query["sql"].split()[0] for query in done]
    assert [kind for kind in kinds if kind in ("SELECT", "INSERT")] == [
        "SELECT",
        "SELECT",
        "INSERT",
    ]


def test_the_hand_out_asks_once_and_again_when_the_rules_change():
    french, who = school.skill(slug="french"), house.labeler()
    made = house.opened(tasks=3, requirements="french")
    with pytest.raises(NotEligible):
        assignments.lease(made.pk, labeler_id=who.pk)
    skills.grant(french, labeler=who, value=50)

    first = house.take(made, who)
    skills.revoke(french, labeler=who)
    assignments.give_back(first.id, labeler_id=who.pk)
    still = house.take(made, who)
    assignments.give_back(still.id, labeler_id=who.pk)
    projects.change(made, requirements="french >= 60")

    with pytest.raises(NotEligible) as refused:
        assignments.lease(made.pk, labeler_id=who.pk)
    assert refused.value.data == {"reasons": ["You need french of at least 60."]}


def test_an_admission_ends_with_its_time():
    french, who = school.skill(slug="french"), house.labeler()
    made = house.opened(tasks=1, requirements="french")
    skills.grant(french, labeler=who)
    eligibility.admit(made.pk, labeler_id=who.pk)
    skills.revoke(french, labeler=who)
    Membership.objects.update(admitted_until=timezone.now() - timedelta(minutes=1))

    with pytest.raises(NotEligible):
        assignments.lease(made.pk, labeler_id=who.pk)


def test_who_is_admitted_anew_is_so_under_the_rules_of_then():
    made, who = house.opened(tasks=1, languages=["fr"]), person(languages=["fr"])
    long_ago = timezone.now() - timedelta(hours=1)
    Membership.objects.create(
        project=made, labeler=who, admitted_until=long_ago, admitted_version=0
    )

    house.take(made, who)

    seat = Membership.objects.get()
    assert seat.admitted_version == made.admission_version
    assert seat.admitted_until > long_ago + timedelta(hours=1)


def test_who_is_barred_elsewhere_may_work_here():
    made, who = house.project(), house.labeler()
    Membership.objects.create(project=house.project(), labeler=who, barred_at=timezone.now())

    assert eligibility.unmet(made, who) == []
