"""A rejection's three ways, over HTTP: nobody appeals, the labeler is right, the requester is."""

from typing import Any

import pytest
from django.utils import timezone

from labeling.models import Case
from tests.flows import street
from tests.flows.street import Person

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"reason": "wrong", "note": "It is good."}
JURORS = 3
# A juror gets half of 0.10 an answer; five seats of an answer and a known one are secured: 0.50.


def purse_of(requester: Person, project_id: int) -> tuple[str, str]:
    purse = requester.get(f"/projects/{project_id}/")["purse"]
    return purse["funds"], purse["held"]


def one_answer(person: Person, project_id: int, choice: str) -> int:
    """The submission to the next task."""
    held = person.post(f"/projects/{project_id}/next/", status=200)
    path = f"/assignments/{held['id']}/submit/"
    return person.post(path, {"result": street.answer(choice)}, status=201)["submission"]["id"]


def rejected(meet: Any, mine: Any) -> tuple[Person, Person, list[Person], int, dict[str, Any]]:
    """Four answers to four tasks; the last is rejected, the others make jurors."""
    requester = meet(is_requester=True)
    jurors, labeler = [meet() for _ in range(JURORS)], meet()
    wanted = {"title": "Moods", "config": street.CONFIG, "price": "0.10", "review": "manual"}
    project = requester.post("/projects/", wanted)
    project_id = project["id"]
    texts = ["one", "two", "three", "four"]
    requester.post(f"/projects/{project_id}/tasks/", [{"text": text} for text in texts])
    street.deposit(project, "1.00", mine)
    requester.post(f"/projects/{project_id}/open/")
    for juror in jurors:
        requester.post(f"/submissions/{one_answer(juror, project_id, 'Good')}/accept/")
    contested = one_answer(labeler, project_id, "Bad")
    assert purse_of(requester, project_id) == ("0.58", "0.105")

    requester.post(f"/submissions/{contested}/reject/", WHY, status=200)

    assert purse_of(requester, project_id) == ("0.08", "0.605")
    case = labeler.get("/answers/?state=REJECTED")["results"][0]["case"]
    assert (case["reason"], case["note"], case["stake_to_appeal"]) == (
        "wrong",
        "It is good.",
        "0.00",
    )
    return requester, labeler, jurors, project_id, case


def judged(jurors: list[Person], *, acceptable: bool) -> None:
    """Every juror sees the case without names beside a known one, and says so."""
    for juror in jurors:
        docket = juror.post("/jury/next/", status=200)
        assert docket["pay"] == "0.10"
        results = {one["data"]["text"]: one["result"] for one in docket["answers"]}
        assert results.pop("four") == street.answer("Bad")
        assert list(results.values()) == [street.answer("Good")]
        assert not docket.keys() & {"labeler", "requester", "judge"}
        votes = [
            {
                "answer": one["answer"],
                "acceptable": acceptable or one["data"] != {"text": "four"},
            }
            for one in docket["answers"]
        ]
        juror.post(f"/jury/{docket['seat']}/vote/", {"votes": votes}, status=200)
        assert juror.balances()["earned"] == "0.10"
    street.quality_control()


def test_without_an_appeal_the_money_goes_back(chain, mine, meet, clean):
    requester, labeler, _, project_id, case = rejected(meet, mine)
    street.quality_control()
    assert purse_of(requester, project_id) == ("0.08", "0.605")

    Case.objects.update(appealable_until=timezone.now())  # three days later
    street.quality_control()

    assert purse_of(requester, project_id) == ("0.685", "0.00")
    late = labeler.post(f"/cases/{case['id']}/appeal/", {"note": "But."}, status=409)
    assert late["code"] == "case_decided"
    assert labeler.balances()["earned"] == "0.00"
    events = labeler.get("/reputation/")
    assert "rejected" in str(events)
    clean()


def test_a_jury_for_the_labeler_is_paid_by_the_requester(chain, mine, meet, clean):
    requester, labeler, jurors, project_id, case = rejected(meet, mine)
    empty = labeler.post(f"/cases/{case['id']}/appeal/", {"note": " "}, status=400)
    assert empty["code"] == "note_missing"

    labeler.post(f"/cases/{case['id']}/appeal/", {"note": "It complains."}, status=200)
    requester.post("/jury/next/", status=204)
    labeler.post("/jury/next/", status=204)
    judged(jurors, acceptable=True)

    assert labeler.balances()["earned"] == "0.10"
    assert [one.balances()["earned"] for one in jurors] == ["0.20"] * JURORS
    assert purse_of(requester, project_id) == ("0.28", "0.00")  # 0.58 less 0.30 for the jury
    assert labeler.get(f"/cases/{case['id']}/")["state"] == "OVERTURNED"
    clean()


def test_a_jury_for_the_requester_is_paid_by_the_stake_first(chain, mine, meet, clean):
    requester, labeler, jurors, project_id, case = rejected(meet, mine)
    requester.post(f"/projects/{project_id}/tasks/", [{"text": "five"}])
    street.deposit(requester.get(f"/projects/{project_id}/"), "0.10", mine)
    requester.post(f"/projects/{project_id}/open/")
    requester.post(f"/submissions/{one_answer(labeler, project_id, 'Good')}/accept/")
    assert purse_of(requester, project_id) == ("0.075", "0.605")

    appealed = labeler.post(f"/cases/{case['id']}/appeal/", {"note": "It complains."}, status=200)
    assert (appealed["stake"], labeler.balances()["earned"]) == ("0.10", "0.00")
    judged(jurors, acceptable=False)

    assert labeler.balances()["earned"] == "0.00"
    assert [one.balances()["earned"] for one in jurors] == ["0.20"] * JURORS
    # back are the reward 0.105 and 0.50 less the 0.20 that the stake did not cover
    assert purse_of(requester, project_id) == ("0.48", "0.00")
    assert labeler.get(f"/cases/{case['id']}/")["state"] == "UPHELD"
    clean()

    for _ in range(2):  # thought over, the losing side is another: reward and stake come back
        requester.post(f"/cases/{case['id']}/overturn/", status=200)
    assert labeler.balances()["earned"] == "0.20"
    assert purse_of(requester, project_id) == ("0.275", "0.00")
    clean()


def test_a_requester_who_thinks_again_pays_after_all(chain, mine, meet, clean):
    requester, labeler, _, project_id, case = rejected(meet, mine)
    Case.objects.update(appealable_until=timezone.now())
    street.quality_control()
    stranger = meet(is_requester=True)
    stranger.post(f"/cases/{case['id']}/overturn/", status=404)

    for _ in range(2):
        requester.post(f"/cases/{case['id']}/overturn/", status=200)

    assert labeler.balances()["earned"] == "0.10"
    assert purse_of(requester, project_id) == ("0.58", "0.00")
    clean()
