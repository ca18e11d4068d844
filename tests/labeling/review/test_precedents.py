"""The known case of a jury where the project itself has none: an admin's word, or like projects."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client

from labeling.errors import AlreadyJudged, NotFound
from labeling.models import Precedent, ReputationEvent, Submission
from labeling.review import cases, juries, precedents
from people.models import User
from tests.labeling import house, queue
from tests.labeling.review.test_juries import before_a_jury, known, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return User.objects.create_superuser("root")


def single(made) -> Submission:
    """The answer to the project's first task, the only one to it."""
    return made.submissions.earliest("id")


@pytest.mark.parametrize("is_acceptable", [True, False])
def test_what_an_admin_says_measures_a_jury_and_costs_no_reputation(admin, is_acceptable):
    made, _, case, jurors = before_a_jury("Good", jurors=4)
    one = single(made)
    assert (precedents.lacking(), known(jurors[0])) == ([case], [])
    juries.rise(jurors[0].pk)
    careless, *careful = jurors[1:]

    precedents.put(one.pk, is_acceptable=is_acceptable, admin=admin)

    assert precedents.lacking() == []
    assert known(careless) == [one]
    say(careless, known_is_acceptable=not is_acceptable)
    for juror in careful:
        say(juror, known_is_acceptable=is_acceptable)
    counted = {
        seat.juror_id for seat in case.seats.filter(state="VOTED") if juries.is_counted(seat)
    }
    assert counted == {juror.pk for juror in careful}
    assert not ReputationEvent.objects.filter(labeler=careless).exists()
    one.refresh_from_db()
    assert one.state == "SUBMITTED"


def test_said_twice_is_said_once_and_said_otherwise_is_another(admin):
    made, _ = queue.answered("Good")
    pk = single(made).pk

    first = precedents.put(pk, is_acceptable=True, admin=admin)

    assert precedents.put(pk, is_acceptable=True, admin=admin) == first
    second = precedents.put(pk, is_acceptable=False, admin=admin)
    first.refresh_from_db()
    assert (first.ended_at is None, second.ended_at, Precedent.objects.count()) == (False, None, 2)
    with pytest.raises(IntegrityError), atomic():
        Precedent.objects.create(submission_id=pk, is_acceptable=True, set_by=admin)


def test_what_is_taken_back_measures_nobody(admin):
    made, _, case, (juror, other) = before_a_jury("Good", jurors=2)
    one = single(made)
    precedents.put(one.pk, is_acceptable=True, admin=admin)
    say(juror, known_is_acceptable=False)
    (seat,) = case.seats.filter(juror=juror)
    assert not juries.is_counted(seat)

    precedents.end(one.pk)

    assert juries.is_counted(seat)
    assert known(other) == []
    precedents.end(one.pk)
    assert juries.is_counted(seat)


def test_what_is_or_may_be_contested_is_none(admin):
    made, _, case, (juror,) = before_a_jury("Good")
    one = single(made)
    with pytest.raises(AlreadyJudged):
        precedents.put(case.submissions.get().pk, is_acceptable=True, admin=admin)
    with pytest.raises(NotFound):
        precedents.put(2**60, is_acceptable=True, admin=admin)

    precedents.put(one.pk, is_acceptable=True, admin=admin)
    cases.open_cases(made, [one.pk], reason="wrong", note="No.", judge=made.owner)

    assert known(juror) == []


SURE = ("Good", "Good", "Good", "Good", "Bad")


@pytest.mark.parametrize(
    ("options", "is_like"),
    [
        ({}, True),
        ({"instructions": "Look twice."}, False),
        ({"languages": ["fr"]}, False),
        ({"config": house.CHOICES.replace("$text", "$words")}, False),
    ],
)
def test_what_is_sure_in_a_like_project_of_the_requester_is_known(options, is_like):
    made, _, _, (juror,) = before_a_jury("Good")
    elsewhere, people = queue.answered(*SURE, skill=made.skill)
    type(elsewhere).objects.filter(pk=elsewhere.pk).update(
        owner=made.owner, is_restricted="languages" in options, **options
    )

    found = known(juror)

    assert [one.project for one in found] == ([elsewhere] if is_like else [])
    assert (precedents.lacking() == []) == is_like
    if is_like:
        assert (found[0].labeler, found[0].score) == (people[-1], 0)


def test_anothers_project_and_opinions_of_ones_own_say_nothing():
    made, _, _, (juror,) = before_a_jury("Good")
    queue.answered(*SURE, skill=made.skill)
    own, _ = queue.answered("Good", "Good", "Bad", skill=made.skill)
    type(own).objects.filter(pk=own.pk).update(owner=made.owner)

    assert known(juror) == []


def test_the_admin_is_told_and_says_so_in_the_admin(admin):
    cache.clear()
    made, _, case, (juror,) = before_a_jury("Good")
    one, client = single(made), Client()
    client.force_login(admin)
    front = client.get("/admin/").content.decode()
    assert "1 appeal has no known answer among its jury" in front
    assert f"/admin/labeling/case/?id__in={case.pk}" in front
    assert str(case.pk) in client.get(f"/admin/labeling/case/?id__in={case.pk}").content.decode()

    def act(name: str, pk: int) -> str:
        posted = {"action": name, "_selected_action": [pk]}
        answer = client.post("/admin/labeling/submission/", posted, follow=True)
        return answer.content.decode()

    assert "has its verdict already" in act("make_acceptable", case.submissions.get().pk)
    assert f"Answer {one.pk}: done." in act("make_unacceptable", one.pk)
    assert known(juror) == [one]
    assert "has no known answer" not in client.get("/admin/").content.decode()
    assert f"Answer {one.pk}: done." in act("make_unknown", one.pk)
    assert str(one.pk) in client.get("/admin/labeling/precedent/").content.decode()
    looker = User.objects.create_user("looker", is_staff=True)
    client.force_login(looker)
    assert (
        client.post("/admin/labeling/submission/", {"action": "make_acceptable"}).status_code == 403
    )
