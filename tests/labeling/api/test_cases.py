"""Rejections by the API: who reads them, what an appeal would put at stake, what is refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.handout import submissions
from labeling.models import Case
from labeling.review import cases, reviewers, reviews
from people.models import User
from tests.labeling import house
from tests.labeling.review.test_cases import SEAT, answered, reject

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_a_labeler_reads_their_answers_and_what_stands_on_them():
    made, who = answered(tasks=2, funds=5 * SEAT)
    first = made.submissions.order_by("id").first()
    (case,) = cases.open_cases(made, [first.pk], reason="wrong", note="No.", judge=made.owner)

    listed = signed_in(who).get("/api/v1/answers/").json()

    assert [one["state"] for one in listed["results"]] == ["SUBMITTED", "REJECTED"]
    waiting, rejected = listed["results"]
    assert waiting["case"] is None
    assert rejected["case"] == signed_in(who).get(f"/api/v1/cases/{case.pk}/").json()
    assert (rejected["case"]["reason_text"], rejected["case"]["submissions"]) == (
        "The answer is wrong.",
        [first.pk],
    )
    assert rejected["case"]["stake_to_appeal"] == "0.00"


def test_the_list_is_a_fixed_number_of_statements_however_many_cases():
    who = house.labeler()
    client = signed_in(who)

    def rejected() -> None:
        made = house.opened(review="manual")
        house.fund(made, amount_units=5 * SEAT)
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
        reject(made)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/answers/").status_code == 200
        return len(captured)

    rejected()
    statements()  # the first look opens the labeler's purse
    few = statements()
    for _ in range(6):
        rejected()

    assert (few, statements()) == (5, 5)


def test_a_case_is_its_labelers_its_requesters_and_the_admins_alone():
    made, who = answered(funds=5 * SEAT)
    path = f"/api/v1/cases/{reject(made).pk}/"
    admin = User.objects.create_superuser("admin")

    assert [signed_in(one).get(path).status_code for one in (who, made.owner, admin)] == [200] * 3
    assert "stake_to_appeal" not in signed_in(made.owner).get(path).json()
    strange = signed_in(house.requester()).get(path)
    assert (strange.status_code, strange.json()["code"]) == (404, "not_found")
    assert APIClient().get(path).status_code == 401


def test_a_reviewer_reads_the_cases_of_the_project_while_they_review_it():
    made, _ = answered(funds=5 * SEAT)
    peer = house.labeler()
    reviewers.add(made, username=peer.username)
    one = made.submissions.get()
    reviews.reject(one.pk, reviewer=peer, reason="wrong", note="It is good.")
    path, cases_path = (
        f"/api/v1/cases/{Case.objects.get().pk}/",
        f"/api/v1/projects/{made.pk}/cases/",
    )

    told = signed_in(peer).get(path).json()
    (listed,) = signed_in(peer).get(cases_path).json()["results"]

    assert told == listed
    assert (told["note"], told["submissions"]) == ("It is good.", [one.pk])
    assert "stake_to_appeal" not in told
    assert signed_in(peer).post(f"{path}overturn/").status_code == 403
    reviewers.remove(made, username=peer.username)
    assert signed_in(peer).get(path).status_code == 404
    assert signed_in(peer).get(cases_path).status_code == 403


def test_an_appeal_that_cannot_be_is_named_and_changes_nothing():
    made, who = answered(funds=5 * SEAT)
    path = f"/api/v1/cases/{reject(made).pk}/appeal/"

    empty = signed_in(who).post(path, {"note": " "})
    strange = signed_in(house.labeler()).post(path, {"note": "Let me."})
    Case.objects.update(appealable_until=timezone.now())
    late = signed_in(who).post(path, {"note": "It is right."})

    assert [(one.status_code, one.json()["code"]) for one in (empty, strange, late)] == [
        (400, "note_missing"),
        (404, "not_found"),
        (409, "appeal_over"),
    ]
    assert Case.objects.get().state == "STANDING"


def test_only_who_asked_for_the_work_thinks_again():
    made, who = answered(funds=5 * SEAT)
    path = f"/api/v1/cases/{reject(made).pk}/overturn/"

    strange = signed_in(house.requester()).post(path)
    labeler = signed_in(who).post(path)
    done = signed_in(made.owner).post(path)

    assert (strange.status_code, labeler.status_code) == (404, 403)
    assert (done.status_code, done.json()["state"]) == (200, "OVERTURNED")
    assert made.submissions.get().state == "ACCEPTED"
