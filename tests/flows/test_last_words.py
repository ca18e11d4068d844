"""The last words on work, over HTTP and exact to the unit: a bundle whose unseen rest is lost with
its sample, an admin who sees it otherwise within thirty days, many accepted at once, and a broken
task that is dropped."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from labeling.models import Case
from tests.flows import street
from tests.flows.street import Person
from tests.flows.test_verdicts import WHY, judged_by, opened, purse_of, say

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = 8  # answers of one labeler; six of them are looked at
CASES = "/admin/labeling/case/"


def eight_rejected(meet: Any, mine: Any) -> tuple[Person, Person, list[Person], int, str]:
    """Eight answers, rejected in one call and appealed with a stake: the pay of five jurors.

    A juror gets 0.05 for each of six and a known one: 0.35 a seat.
    """
    requester, labeler, jurors = meet(is_requester=True), meet(), [meet() for _ in range(3)]
    project_id = opened(requester, mine, "4.91", tasks=12, review="manual")
    for person in (*jurors, labeler):
        requester.post(f"/submissions/{say(person, project_id, 'Good')}/accept/", status=200)
    last = labeler.get("/answers/")["results"][0]["id"]
    requester.post(f"/submissions/{last}/bonus/", {"amount": "1.90"}, status=201)
    ids = [say(labeler, project_id, "Bad") for _ in range(EIGHT)]
    assert purse_of(requester, project_id) == ("1.75", "0.84")
    assert labeler.balances()["earned"] == "2.00"

    path = f"/projects/{project_id}/review/reject/"
    (case,) = requester.post(path, {"ids": ids, **WHY}, status=200)
    assert purse_of(requester, project_id) == ("0.00", "2.59")
    path = f"/cases/{case['id']}/appeal/"
    appealed = [labeler.post(path, {"note": "All complain."}, status=200) for _ in range(2)]
    assert {one["stake"] for one in appealed} == {"1.75"}
    assert labeler.balances()["earned"] == "0.25"
    return requester, labeler, jurors, project_id, case["id"]


def overturned_by(admin: Client, case_id: str) -> str:
    """What the admin's page says."""
    chosen = {"action": "overturn", "_selected_action": case_id, "confirmed": "1"}
    return admin.post(CASES, chosen, follow=True).content.decode()


def test_the_unseen_rest_is_lost_with_its_sample_and_an_admin_pays_it_within_thirty_days(
    chain, mine, meet, clean, settings
):
    settings.STIPEND_CASE_SAMPLE = 6
    requester, labeler, jurors, project_id, case_id = eight_rejected(meet, mine)
    clean()
    for juror in jurors:
        docket = juror.post("/jury/next/", status=200)
        assert (docket["pay"], len(docket["answers"])) == ("0.35", 7)
        votes = [
            {"answer": one["answer"], "acceptable": one["result"] == street.answer("Good")}
            for one in docket["answers"]
        ]
        juror.post(f"/jury/{docket['seat']}/vote/", {"votes": votes}, status=200)
    for _ in range(2):
        street.quality_control()

    case = labeler.get(f"/cases/{case_id}/")
    assert (case["state"], case["stake_lost"]) == ("UPHELD", "1.05")
    assert (case["bound_low"], round(case["bound_high"], 3)) == (0.0, 0.459)
    assert len(labeler.get("/answers/?state=FORFEITED")["results"]) == EIGHT
    assert labeler.balances()["earned"] == "0.95"  # two seats were not needed
    assert [one.balances()["earned"] for one in jurors] == ["0.45"] * 3
    assert purse_of(requester, project_id) == ("2.59", "0.00")  # the requester pays nobody
    clean()

    admin = Client()
    admin.force_login(meet(is_staff=True, is_superuser=True).user)
    Case.objects.update(decided_at=timezone.now() - timedelta(days=31))
    assert "decided too long ago" in overturned_by(admin, case_id)
    assert purse_of(requester, project_id) == ("2.59", "0.00")
    Case.objects.update(decided_at=timezone.now() - timedelta(days=29))
    for _ in range(2):
        assert "is overturned" in overturned_by(admin, case_id)

    assert labeler.balances()["earned"] == "2.80"  # eight answers and the stake
    assert [one.balances()["earned"] for one in jurors] == ["0.45"] * 3
    assert purse_of(requester, project_id) == ("0.70", "0.00")
    assert judged_by(requester, project_id) == ["requester"] * 4 + ["admin"] * EIGHT
    clean()


def test_many_are_accepted_at_once_and_each_is_paid_once(chain, mine, meet, clean):
    requester, people, stranger = meet(is_requester=True), [meet() for _ in range(2)], meet()
    project_id = opened(requester, mine, "0.92", tasks=4, review="manual")
    first, *others = [say(person, project_id, "Good") for person in people for _ in range(2)]
    path = f"/projects/{project_id}/review/accept/"
    stranger.post(path, {"all": True}, status=403)
    requester.post(f"/submissions/{first}/reject/", WHY, status=200)
    assert purse_of(requester, project_id) == ("0.00", "0.92")

    ids = [first, *others]
    once, again = (requester.post(path, {"ids": ids}, status=200) for _ in range(2))

    assert (once["accepted"], again["accepted"]) == (3, 0)
    assert [one["id"] for one in once["left_out"]] == [first]
    assert [one.balances()["earned"] for one in people] == ["0.10", "0.20"]
    assert purse_of(requester, project_id) == ("0.00", "0.605")
    clean()
    requester.post(f"/submissions/{first}/accept/", status=200)
    street.quality_control()

    assert [one.balances()["earned"] for one in people] == ["0.20"] * 2
    assert purse_of(requester, project_id) == ("0.50", "0.00")
    clean()


def test_a_task_that_three_report_is_paused_and_dropped_with_its_refund(chain, mine, meet, clean):
    requester, people = meet(is_requester=True), [meet() for _ in range(5)]
    project_id = opened(requester, mine, "0.525", overlap=5)
    say(people[0], project_id, "Good")
    drop = f"/projects/{project_id}/tasks/{{}}/drop/"
    for number, person in enumerate(people[1:4], start=1):
        (task,) = requester.get(f"/projects/{project_id}/tasks/")["results"]
        assert (task["state"], task["reports_count"]) == ("OPEN", number - 1)
        requester.post(drop.format(task["id"]), status=409)
        held = person.post(f"/projects/{project_id}/next/", status=200)
        person.post(f"/assignments/{held['id']}/report/", {"reason": "broken"}, status=204)

    (task,) = requester.get(f"/projects/{project_id}/tasks/")["results"]
    assert (task["state"], task["paused_for"]) == ("PAUSED", "Reported by 3 people.")
    assert requester.get(f"/projects/{project_id}/reports/")["count"] == 3
    assert people[4].post(f"/projects/{project_id}/next/", status=204) is None
    assert purse_of(requester, project_id) == ("0.00", "0.525")
    clean()

    assert requester.post(drop.format(task["id"]), status=200)["state"] == "ANSWERED"
    requester.post(drop.format(task["id"]), status=409)
    assert purse_of(requester, project_id) == ("0.42", "0.105")
    street.quality_control()

    assert people[0].balances()["earned"] == "0.10"
    assert [one.balances()["earned"] for one in people[1:]] == ["0.00"] * 4
    assert purse_of(requester, project_id) == ("0.42", "0.00")
    clean()
