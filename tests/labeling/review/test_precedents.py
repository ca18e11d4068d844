"""The known case of a jury where the project itself has none: an admin's word, or like projects."""

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client

from labeling.api import jury as jury_api
from labeling.errors import AlreadyJudged, KnownAnswer, NotFound
from labeling.media import addresses
from labeling.models import (
    Elsewhere,
    Medium,
    Precedent,
    Project,
    ReputationEvent,
    Submission,
    Task,
)
from labeling.review import cases, juries, precedents
from people.models import User
from tests.labeling import house, queue
from tests.labeling.review.test_juries import before_a_jury, known, say

pytestmark = pytest.mark.django_db

SURE = ("Good", "Good", "Good", "Good", "Bad")
PICTURES = house.CHOICES.replace("<Text", "<Image")


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


def test_what_is_taken_back_is_drawn_no_more_however_else_it_is_known(admin):
    made, people, case, (juror, other) = before_a_jury(*SURE, jurors=2)
    bad = made.submissions.get(labeler=people[-1])
    assert known(juror) == [bad]
    juries.rise(juror.pk)

    precedents.put(bad.pk, is_acceptable=False, admin=admin)
    precedents.end(bad.pk)

    assert known(other) == []
    assert precedents.lacking() == [case]


def test_who_votes_after_it_was_taken_back_learns_nothing_by_it(admin):
    made, people, case, (juror,) = before_a_jury(*SURE)
    bad = made.submissions.get(labeler=people[-1])
    precedents.put(bad.pk, is_acceptable=False, admin=admin)
    assert known(juror) == [bad]
    precedents.end(bad.pk)

    say(juror, known_is_acceptable=True)

    assert juries.is_counted(case.seats.get())
    assert not ReputationEvent.objects.filter(labeler=juror).exists()


def test_what_is_said_later_measures_nobody_who_was_shown_it_before(admin):
    made, _, case, (juror, other) = before_a_jury("Good", jurors=2)
    one = single(made)
    precedents.put(one.pk, is_acceptable=True, admin=admin)
    for who, said in ((juror, True), (other, False)):
        say(who, known_is_acceptable=said)
    seats = case.seats.order_by("id")
    assert [juries.is_counted(seat) for seat in seats] == [True, False]

    precedents.put(one.pk, is_acceptable=False, admin=admin)

    assert [juries.is_counted(seat) for seat in seats] == [True, True]  # it was taken back


def test_what_was_known_otherwise_when_it_was_drawn_measures_by_that(admin):
    made, people, case, (juror,) = before_a_jury(*SURE)
    bad = made.submissions.get(labeler=people[-1])
    say(juror, known_is_acceptable=False)

    precedents.put(bad.pk, is_acceptable=True, admin=admin)
    assert juries.is_counted(case.seats.get())
    precedents.end(bad.pk)
    assert juries.is_counted(case.seats.get())


@pytest.mark.broken_book  # nobody funded the gold
def test_gold_was_known_before_and_is_none(admin):
    made, _, _, _ = before_a_jury("Good")
    one = single(made)
    Submission.objects.filter(pk=one.pk).update(is_gold=True, score=0)

    with pytest.raises(KnownAnswer):
        precedents.put(one.pk, is_acceptable=True, admin=admin)

    assert not Precedent.objects.exists()


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


def place(made: Project, address: str) -> None:
    """All its tasks show what is at this address, from now on."""
    Task.objects.filter(project=made).update(data={"text": address})
    Project.objects.filter(pk=made.pk).update(
        config=PICTURES, config_version=made.config_version + 1
    )


def fetched(made: Project, address: str, name: str) -> str:
    """As if labelers had looked at what is there: where the file is."""
    medium = Medium.objects.create(project=made, name=name, size_bytes=1)
    asked = Client().get(addresses.elsewhere(made.pk, address))
    assert asked.status_code == 202
    Elsewhere.objects.filter(project=made).update(state=Elsewhere.State.STORED, medium=medium)
    return addresses.of_file(name)


def seen(juror: User) -> dict[bool, str]:
    """The addresses that a program of the juror is sent and their page shows, by `is_gold`."""
    client, docket = Client(), juries.take(juror.pk)
    client.force_login(juror)
    sent = {one["answer"]: one["data"]["text"] for one in jury_api.shown(docket)["answers"]}
    page = client.get("/jury/").content.decode()
    assert all(f'src="{address}"' in page for address in sent.values())
    return {vote.is_gold: sent[vote.position] for vote in docket.answers}


@pytest.mark.parametrize("is_fetched", [True, False])
def test_a_picture_of_a_like_project_is_had_from_there_and_looks_like_the_others(is_fetched):
    made, _, _, (juror,) = before_a_jury("Good")
    elsewhere, _ = queue.answered(*SURE, skill=made.skill)
    Project.objects.filter(pk=elsewhere.pk).update(owner=made.owner)
    here, there = "https://here.example/a.png", "https://there.example/b.png"
    place(made, here)
    place(elsewhere, there)
    expected = {
        False: addresses.elsewhere(made.pk, here),
        True: addresses.elsewhere(elsewhere.pk, there),
    }
    if is_fetched:
        expected = {
            False: fetched(made, here, "a" * 64 + ".png"),
            True: fetched(elsewhere, there, "b" * 64 + ".png"),
        }

    assert seen(juror) == expected


def test_looking_for_cases_without_a_known_answer_is_cheap(django_assert_max_num_queries):
    made, _, case, _ = before_a_jury("Good")
    for _ in range(precedents.SIBLINGS_LOOKED_AT):
        house.project(made.owner, skill=made.skill)
    Project.objects.filter(owner=made.owner).update(instructions=made.instructions)

    with django_assert_max_num_queries(3 + 1 + precedents.SIBLINGS_LOOKED_AT):
        assert precedents.lacking() == [case]
    with django_assert_max_num_queries(2):
        assert precedents.lacking() == [case]


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
