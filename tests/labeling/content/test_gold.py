"""Gold: loaded, committed, proved, doubted, retired."""

import json
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from rest_framework.test import APIClient

from labeling.content import commitments, gold
from labeling.crowd import reputation, skills
from labeling.data import gold_loads
from labeling.errors import (
    AnswerOutsideChoices,
    GoldKnown,
    InvalidSettings,
    MalformedFile,
    NotRejectable,
    ProjectClosed,
)
from labeling.handout import reports, submissions
from labeling.judging import quality
from labeling.models import (
    Case,
    Load,
    Membership,
    MissedGold,
    ReputationEvent,
    Skill,
    Submission,
    Task,
)
from labeling.orders import overviews, projects
from labeling.review import cases
from tests.labeling import house, school

pytestmark = pytest.mark.django_db


def rows(count: int, choice: str = "Good"):
    return [
        {"data": {"text": f"gold {number}"}, "expected": house.answer(choice)}
        for number in range(count)
    ]


def opened(*, tasks: int, gold_tasks: int, **options):
    made = house.project(**{"gold_percent": 50, **options})
    house.load(made, tasks=tasks)
    gold_loads.load(made, rows=rows(gold_tasks))
    house.fund(made, amount_units=overviews.of([made])[made.pk].opening_units)
    return projects.open_tasks(made).project


def work(made, who, *, count: int, answer_gold: str = "Good"):
    for _ in range(count):
        lease = house.take(made, who)
        is_gold = Task.objects.get(pk=lease.task_id).expected is not None
        choice = answer_gold if is_gold else "Good"
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_gold_is_loaded_with_an_answer_and_a_salt_of_its_own():
    made = house.project()

    gold_loads.load(made, rows=rows(2))

    first, second = Task.objects.order_by("id")
    assert (first.lane, first.expected[0]["value"]) == (10, {"choices": ["Good"]})
    assert len(first.salt) == 16
    assert first.salt != second.salt
    assert Load.objects.get().is_gold


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"data": {"text": "one"}}, MalformedFile),
        ({"data": {"text": "one"}, "expected": house.answer("Ugly")}, AnswerOutsideChoices),
        ({"data": [], "expected": house.answer()}, MalformedFile),
    ],
)
def test_gold_that_makes_no_sense_is_refused_as_a_whole(row, error):
    made = house.project()

    with pytest.raises(error) as refused:
        gold_loads.load(made, rows=[*rows(1), row])

    assert refused.value.data["row"] == 2
    assert Task.objects.count() == Load.objects.count() == 0


def test_common_work_never_becomes_gold():
    made = house.project()
    house.load(made, tasks=2)
    known = [{"data": {"text": f"text {number}"}, "expected": house.answer()} for number in (0, 1)]

    with pytest.raises(GoldKnown) as refused:
        gold_loads.load(made, rows=[*rows(1), *known])

    assert refused.value.data == {"rows": [2, 3]}
    assert list(Task.objects.values_list("expected", flat=True)) == [None, None]


def test_gold_has_one_answer():
    made, (row,) = house.project(), rows(1)

    with pytest.raises(GoldKnown) as refused:
        gold_loads.load(made, rows=[row, {**row, "expected": house.answer("Bad")}])
    twice = gold_loads.load(made, rows=[row, row])

    assert refused.value.data == {"rows": [1, 2]}
    assert twice.load.added_count == 1


def test_opening_commits_and_every_answer_can_be_proved():
    made = opened(tasks=3, gold_tasks=3)
    who = house.labeler()
    work(made, who, count=2)
    answered = Submission.objects.get(is_gold=True)

    (published,) = client_of(who).get(f"/api/v1/projects/{made.pk}/commitments/").json()
    proof = gold.proof_of(answered)

    assert (published["root"], published["size"]) == (proof["root"], 3)
    assert sha256(proof["data"].encode()).hexdigest() == json.loads(proof["entry"])["data_hash"]
    assert json.loads(proof["data"]) == answered.task.data
    climbed = commitments.climb(
        commitments.leaf(proof["entry"].encode()),
        index=proof["index"],
        size=proof["size"],
        path=[bytes.fromhex(side) for side in proof["path"]],
    )
    assert climbed == bytes.fromhex(published["root"])


def test_what_was_committed_cannot_be_changed():
    opened(tasks=1, gold_tasks=1)

    for change in (
        lambda: Load.objects.filter(is_gold=True).update(gold_root=b"x" * 32),
        lambda: Task.objects.filter(lane=10).update(expected=house.answer("Bad")),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_only_a_rejection_that_cites_gold_shows_it():
    made = opened(tasks=2, gold_tasks=1)
    who = house.labeler()
    work(made, who, count=2, answer_gold="Bad")
    one = Submission.objects.get(is_gold=True)
    address = f"/api/v1/submissions/{one.pk}/gold-proof/"

    assert client_of(who).get(address).status_code == 404
    assert client_of(house.requester()).get(address).status_code == 404
    assert client_of(made.owner).get(address).status_code == 200
    case = Case.objects.create(
        project=made,
        labeler=who,
        reason="gold_failed",
        note="See.",
        appealable_until=one.submitted_at,
    )
    Submission.objects.filter(pk=one.pk).update(case=case)

    assert client_of(who).get(address).json()["expected"][0]["value"] == {"choices": ["Good"]}


def test_a_labeler_cannot_tell_gold_from_other_tasks():
    made = opened(tasks=2, gold_tasks=1)
    client = client_of(house.labeler())

    first = client.post(f"/api/v1/projects/{made.pk}/next/").json()
    answered = client.post(
        f"/api/v1/assignments/{first['id']}/submit/?next=1", {"result": house.answer()}
    ).json()
    second = answered["next"]
    again = client.post(f"/api/v1/assignments/{second['id']}/submit/", {"result": house.answer()})

    assert second["data"] == {"text": "gold 0"}
    assert first.keys() == second.keys()
    assert again.json()["submission"].keys() == answered["submission"].keys()


def test_gold_that_good_labelers_keep_missing_is_taken_out_and_its_marks_undone():
    made = opened(tasks=60, gold_tasks=6)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()
    people = [house.labeler() for _ in range(4)]
    for who in people:
        for _ in range(12):
            lease = house.take(made, who)
            choice = "Bad" if lease.task_id == doubtful.pk else "Good"
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()

    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.free_count) == ("PAUSED", 0)
    assert doubtful.paused_for == "4 of 4 good labelers missed it."
    assert set(Membership.objects.values_list("gold_count", "gold_right_count")) == {(5, 5)}
    assert ReputationEvent.objects.filter(kind="gold_withdrawn").count() == 4
    others = Task.objects.filter(lane=10).exclude(pk=doubtful.pk)
    assert not others.filter(state="PAUSED").exists()


def missed(made, doubtful, *, people: int = 4, count: int = 12) -> list:
    """Good labelers who have missed this gold and no other."""
    found = [house.labeler() for _ in range(people)]
    for who in found:
        for _ in range(count):
            lease = house.take(made, who)
            choice = "Bad" if lease.task_id == doubtful.pk else "Good"
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    quality.judge()
    doubtful.refresh_from_db()
    return found


def test_gold_is_doubted_also_when_its_last_slot_is_used():
    made = opened(tasks=60, gold_tasks=6)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()
    Task.objects.filter(pk=doubtful.pk).update(free_count=4, spare_count=F("free_count") - 4)

    missed(made, doubtful)

    assert (doubtful.state, doubtful.paused_for) == ("PAUSED", "4 of 4 good labelers missed it.")
    assert ReputationEvent.objects.filter(kind="gold_withdrawn").count() == 4


def test_gold_is_doubted_also_when_who_scored_it_dies_before(monkeypatch):
    made = opened(tasks=60, gold_tasks=6, overlap=4)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()
    monkeypatch.setattr(gold, "doubt", lambda project_id: 0)
    missed(made, doubtful)
    assert doubtful.state == "OPEN"
    monkeypatch.undo()

    quality.judge()

    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.paused_for) == ("PAUSED", "4 of 4 good labelers missed it.")
    assert not MissedGold.objects.exists()


def test_who_missed_all_other_gold_too_stays_barred_when_one_is_doubted():
    made = opened(tasks=80, gold_tasks=7, overlap=5)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()
    careless = house.labeler()
    work(made, careless, count=14, answer_gold="Bad")
    seat = Membership.objects.get(labeler=careless)
    assert (seat.gold_count, seat.gold_right_count, seat.barred_at is None) == (7, 0, False)

    missed(made, doubtful, count=14)

    assert doubtful.state == "PAUSED"
    seat.refresh_from_db()
    assert (seat.gold_count, seat.gold_right_count, seat.barred_at is None) == (6, 0, False)


def test_a_mark_is_undone_as_it_was_made_whatever_is_asked_for_by_now():
    made = opened(tasks=75, gold_tasks=6, accept_score=0)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()
    (first,) = missed(made, doubtful, people=1)  # who meets it, as long as anything will do
    projects.change(made, accept_score=0.5)

    missed(made, doubtful)

    assert doubtful.paused_for == "4 of 5 good labelers missed it."
    assert set(Membership.objects.values_list("gold_count", "gold_right_count")) == {(5, 5)}
    undone = ReputationEvent.objects.get(labeler=first, kind="gold_withdrawn")
    assert (undone.right, undone.wrong) == (-1, 0)
    listed = client_of(made.owner).get(f"/api/v1/projects/{made.pk}/gold/").json()["results"]
    assert {one["answers_count"] - one["met_count"] for one in listed} == {0, 4}


def test_what_met_gold_is_not_rejected_for_missing_it_under_a_later_bar():
    made = opened(tasks=2, gold_tasks=1, accept_score=0, review="manual")
    work(made, house.labeler(), count=2, answer_gold="Bad")
    one = Submission.objects.get(is_gold=True)
    projects.change(made, accept_score=1)

    with pytest.raises(NotRejectable):
        cases.open_cases(made, [one.pk], reason="gold_failed", note="No.", judge=made.owner)

    one.refresh_from_db()
    assert (one.state, Case.objects.count()) == ("SUBMITTED", 0)


def test_a_test_with_a_doubtful_question_is_passed_without_it():
    skill = school.skill()
    made = school.exam(skill, length=6, pass_percent=90)

    people = missed(made, Task.objects.order_by("id").last(), count=6)

    assert {skills.result_of(made, who.pk).state for who in people} == {skills.State.PASSED}
    assert [skills.values_of(who.pk) for who in people] == [{skill.slug: 100}] * 4


def test_doubtful_gold_counts_for_nobody_who_answers_it_later():
    made = opened(tasks=60, gold_tasks=6)
    late = house.labeler()
    work(made, late, count=1)
    lease = house.take(made, late)
    doubtful = Task.objects.get(pk=lease.task_id, lane=10)
    missed(made, doubtful)
    assert doubtful.state == "PAUSED"

    submissions.submit(lease.id, labeler_id=late.pk, result=house.answer("Bad"))
    quality.judge()
    quality.judge()

    seat = Membership.objects.get(labeler=late)
    assert (seat.gold_count, seat.gold_right_count, seat.wrong) == (0, 0, 0)
    assert reputation.score(late.pk) == pytest.approx(0.8)


@pytest.mark.parametrize("choice", ["Good", "Bad"])
def test_doubtful_gold_counts_for_nobody_who_held_it(choice):
    made = opened(tasks=60, gold_tasks=6, overlap=4)
    late, lease = house.labeler(), None
    while lease is None or Task.objects.get(pk=lease.task_id).lane != 10:
        lease = house.take(made, late)
        if Task.objects.get(pk=lease.task_id).lane != 10:
            submissions.submit(lease.id, labeler_id=late.pk, result=house.answer())
    doubtful = Task.objects.get(pk=lease.task_id)
    missed(made, doubtful)
    assert doubtful.state == "PAUSED"

    submissions.submit(lease.id, labeler_id=late.pk, result=house.answer(choice))
    quality.judge()

    seat = Membership.objects.get(labeler=late)
    assert (seat.gold_count, seat.gold_right_count) == (0, 0)
    assert not MissedGold.objects.exists()


def test_gold_that_is_asked_again_and_doubted_again_is_undone_once():
    made = opened(tasks=90, gold_tasks=6)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()
    people = missed(made, doubtful)
    reports.resume(made, task_id=doubtful.pk)

    people += missed(made, doubtful)

    assert doubtful.paused_for == "8 of 8 good labelers missed it."
    seats = Membership.objects.filter(labeler__in=people)
    assert set(seats.values_list("gold_count", "gold_right_count")) == {(5, 5)}
    assert ReputationEvent.objects.filter(kind="gold_withdrawn").count() == 8


def test_where_there_is_little_gold_the_others_make_a_labeler_known():
    made = opened(tasks=40, gold_tasks=4)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()

    missed(made, doubtful, count=8)

    assert (doubtful.state, doubtful.paused_for) == ("PAUSED", "4 of 4 good labelers missed it.")
    assert set(Membership.objects.values_list("gold_count", "gold_right_count")) == {(3, 3)}


def test_two_others_make_nobody_known():
    made = opened(tasks=40, gold_tasks=3)
    doubtful = Task.objects.filter(lane=10).order_by("id").last()

    missed(made, doubtful, count=6)

    assert (doubtful.state, doubtful.paused_for) == ("OPEN", "")


def test_dropped_gold_is_not_asked_again():
    made = opened(tasks=2, gold_tasks=1)
    for _ in range(2):
        work(made, house.labeler(), count=2)
    task = Task.objects.get(lane=10)
    assert task.state == "JUDGED"

    gold.retire(made, task_id=task.pk)
    reports.drop(made, task_id=task.pk)
    house.load_one(made)

    task.refresh_from_db()
    assert (task.state, task.free_count) == ("CLOSED", 0)


def test_gold_that_beginners_miss_stays():
    made = opened(tasks=20, gold_tasks=1)
    for _ in range(5):
        work(made, house.labeler(), count=2, answer_gold="Bad")

    assert Task.objects.get(lane=10).state == "OPEN"


def test_gold_of_a_closed_project_is_asked_no_more_anyway():
    made = opened(tasks=2, gold_tasks=2)
    projects.close(made)
    task = Task.objects.filter(lane=10).first()

    with pytest.raises(ProjectClosed):
        gold.retire(made, task_id=task.pk)


def test_the_requester_watches_gold_and_takes_it_out():
    made = opened(tasks=4, gold_tasks=2)
    work(made, house.labeler(), count=2)
    client = client_of(made.owner)

    listed = client.get(f"/api/v1/projects/{made.pk}/gold/").json()["results"]
    first = listed[0]
    retired = client.post(f"/api/v1/projects/{made.pk}/gold/{first['id']}/retire/")
    again = client.post(f"/api/v1/projects/{made.pk}/gold/{first['id']}/retire/")

    assert [(one["answers_count"], one["met_count"]) for one in listed] == [(1, 1), (0, 0)]
    assert retired.json()["state"] == "PAUSED"
    assert (again.status_code, again.json()["code"]) == (409, "task_not_paused")


def test_gold_is_loaded_through_the_api_by_the_owner_alone():
    made = house.project()
    address = f"/api/v1/projects/{made.pk}/gold/"

    loaded = client_of(made.owner).post(address, rows(2))
    refused = client_of(made.owner).post(address, {"data": {}})
    foreign = client_of(house.requester()).post(address, rows(1))

    assert (loaded.status_code, loaded.json()["added"]) == (201, 2)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_file")
    assert foreign.status_code == 404


def test_a_test_of_unknown_answers_or_too_few_does_not_open():
    owner = house.requester()
    skill = Skill.objects.create(slug="moods", title="Moods", owner=owner)
    made = house.project(owner, kind="test", skill=skill, quota=2, price_units=0)
    gold_loads.load(made, rows=rows(1))
    with pytest.raises(InvalidSettings):
        projects.open_tasks(made)
    with pytest.raises(InvalidSettings):
        house.load(made, tasks=1)

    assert list(Task.objects.values_list("state", flat=True)) == ["LOADED"]
