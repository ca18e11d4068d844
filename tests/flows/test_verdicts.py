"""The other ways to a verdict, over HTTP and exact to the unit: agreement, silence, a consensus
that is sure, gold that is cited, a bundle, a jury that never comes, and the brake."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from labeling.content import commitments
from labeling.models import Case, Standing, Submission
from labeling.review import standings
from tests.flows import street
from tests.flows.street import Person

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"reason": "wrong", "note": "It is good."}


def purse_of(requester: Person, project_id: int) -> tuple[str, str]:
    purse = requester.get(f"/projects/{project_id}/")["purse"]
    return purse["funds"], purse["held"]


def opened(requester: Person, mine: Any, amount: str, *, tasks: int = 1, **wanted: Any) -> int:
    """An open project that pays 0.10 an answer, with so much in its purse before."""
    body = {"title": "Moods", "config": street.CONFIG, "price": "0.10", **wanted}
    gold = body.pop("gold", None)
    rows = body.pop("rows", None) or [{"text": f"text {number}"} for number in range(tasks)]
    project = requester.post("/projects/", body, status=201)
    path = f"/projects/{project['id']}"
    requester.post(f"{path}/tasks/", rows)
    if gold:
        requester.post(f"{path}/gold/", gold, status=201)
    street.deposit(project, amount, mine)
    requester.post(f"{path}/open/", status=200)
    return project["id"]


def say(person: Person, project_id: int, choice: str) -> int:
    """The submission to the next task."""
    held = person.post(f"/projects/{project_id}/next/", status=200)
    path = f"/assignments/{held['id']}/submit/"
    return person.post(path, {"result": street.answer(choice)}, status=201)["submission"]["id"]


def judged_by(requester: Person, project_id: int) -> list[str]:
    text = requester.http.get(f"/projects/{project_id}/export/", params={"as": "jsonl"}).text
    rows = [orjson.loads(line) for line in text.splitlines()]
    return [one["judged_by"] for row in rows for one in row["annotations"]]


def silence() -> None:
    """Three days go by, and nobody says anything."""
    Submission.objects.update(decide_until=timezone.now())
    street.quality_control()


def test_who_agrees_is_paid_at_once_and_silence_pays_the_rest(chain, mine, meet, clean):
    requester, people = meet(is_requester=True), [meet() for _ in range(3)]
    project_id = opened(requester, mine, "0.315", overlap=3)
    for person, choice in zip(people, ["Good", "Good", "Bad"], strict=True):
        say(person, project_id, choice)
    assert purse_of(requester, project_id) == ("0.00", "0.315")

    street.quality_control()

    assert [one.balances()["earned"] for one in people] == ["0.10", "0.10", "0.00"]
    assert purse_of(requester, project_id) == ("0.00", "0.105")
    clean()

    silence()

    assert [one.balances()["earned"] for one in people] == ["0.10"] * 3
    assert purse_of(requester, project_id) == ("0.00", "0.00")
    assert judged_by(requester, project_id) == ["quality", "quality", "silence"]
    clean()


def test_what_a_sure_consensus_does_not_need_comes_back(chain, mine, meet, clean):
    requester, people = meet(is_requester=True), [meet() for _ in range(4)]
    wanted = {"overlap": 2, "overlap_max": 5, "confidence": 0.95}
    project_id = opened(requester, mine, "0.525", **wanted)
    assert purse_of(requester, project_id) == ("0.00", "0.525")

    for person in people[:2]:
        say(person, project_id, "Good")
    street.quality_control()
    assert [one.balances()["earned"] for one in people[:2]] == ["0.00"] * 2  # 16 of 17 sure
    assert purse_of(requester, project_id) == ("0.00", "0.525")
    say(people[2], project_id, "Good")
    street.quality_control()

    assert [one.balances()["earned"] for one in people] == ["0.10"] * 3 + ["0.00"]
    assert purse_of(requester, project_id) == ("0.21", "0.00")
    assert people[3].post(f"/projects/{project_id}/next/", status=204) is None
    (task,) = requester.get(f"/projects/{project_id}/tasks/")["results"]
    assert (task["state"], round(task["confidence"], 4)) == ("JUDGED", 0.9846)
    clean()


def test_gold_that_is_cited_is_proved_to_have_been_known(chain, mine, meet, clean):
    requester, labeler = meet(is_requester=True), meet()
    gold = [
        {"data": {"text": f"gold {number}"}, "expected": street.answer("Good")}
        for number in range(2)
    ]
    # two answers to common tasks, and with half of all to gold two more
    project_id = opened(requester, mine, "0.92", tasks=2, gold_percent=50, gold=gold)
    assert purse_of(requester, project_id) == ("0.50", "0.42")
    (before,) = labeler.get(f"/projects/{project_id}/commitments/")

    common, known = (say(labeler, project_id, "Bad") for _ in range(2))
    street.quality_control()
    assert labeler.balances()["earned"] == "0.10"  # nobody else answers the common one
    assert labeler.ask("GET", f"/submissions/{known}/gold-proof/", status=404)
    why = {"reason": "gold_failed", "note": "It was known to be good."}
    requester.post(f"/submissions/{common}/reject/", why, status=409)
    requester.post(f"/submissions/{known}/reject/", why, status=200)
    assert purse_of(requester, project_id) == ("0.00", "0.815")

    proof = labeler.get(f"/submissions/{known}/gold-proof/")
    assert proof["expected"] == [{"id": "mood", **street.answer("Good")[0]}]
    root = commitments.climb(
        commitments.leaf(proof["entry"].encode()),
        index=proof["index"],
        size=proof["size"],
        path=[bytes.fromhex(side) for side in proof["path"]],
    )
    assert root == bytes.fromhex(before["root"])
    Case.objects.update(appealable_until=timezone.now())
    street.quality_control()

    assert purse_of(requester, project_id) == ("0.605", "0.21")
    assert labeler.balances()["earned"] == "0.10"
    clean()


def seven_rejected(meet: Any, mine: Any) -> tuple[Person, Person, list[Person], int]:
    """Seven answers of one labeler, rejected in one call and appealed; three others know the work.

    Five of the seven are judged for all: five seats of five answers and a known one are secured.
    """
    requester, labeler, jurors = meet(is_requester=True), meet(), [meet() for _ in range(3)]
    project_id = opened(requester, mine, "2.55", tasks=10, review="manual")
    for juror in jurors:
        requester.post(f"/submissions/{say(juror, project_id, 'Good')}/accept/", status=200)
    ids = [say(labeler, project_id, "Bad") for _ in range(7)]
    assert purse_of(requester, project_id) == ("1.50", "0.735")

    path = f"/projects/{project_id}/review/reject/"
    (case,) = requester.post(path, {"ids": ids, **WHY}, status=200)

    assert sorted(case["submissions"]) == sorted(ids)
    assert purse_of(requester, project_id) == ("0.00", "2.235")
    labeler.post(f"/cases/{case['id']}/appeal/", {"note": "All complain."}, status=200)
    return requester, labeler, jurors, project_id


def test_a_bundle_is_judged_by_a_sample_with_a_bound(chain, mine, meet, clean, settings):
    settings.STIPEND_CASE_SAMPLE = 5
    requester, labeler, jurors, project_id = seven_rejected(meet, mine)
    clean()

    for juror in jurors:
        docket = juror.post("/jury/next/", status=200)
        assert (docket["pay"], len(docket["answers"])) == ("0.30", 6)  # one of them is known
        votes = [{"answer": one["answer"], "acceptable": True} for one in docket["answers"]]
        juror.post(f"/jury/{docket['seat']}/vote/", {"votes": votes}, status=200)
    street.quality_control()

    (case,) = requester.get(f"/projects/{project_id}/cases/")["results"]
    assert (case["state"], round(case["bound_low"], 3), case["bound_high"]) == (
        *("OVERTURNED", 0.478, 1.0),
    )
    assert labeler.balances()["earned"] == "0.70"
    assert [one.balances()["earned"] for one in jurors] == ["0.40"] * 3
    assert purse_of(requester, project_id) == ("0.60", "0.00")
    assert judged_by(requester, project_id) == ["requester"] * 3 + ["jury"] * 7
    clean()


def test_when_no_jury_comes_the_labeler_is_paid(chain, mine, meet, clean, settings):
    settings.STIPEND_CASE_SAMPLE = 5
    requester, labeler, jurors, project_id = seven_rejected(meet, mine)
    docket = jurors[0].post("/jury/next/", status=200)
    votes = [{"answer": one["answer"], "acceptable": False} for one in docket["answers"]]
    jurors[0].post(f"/jury/{docket['seat']}/vote/", {"votes": votes}, status=200)
    street.quality_control()
    assert labeler.balances()["earned"] == "0.00"

    Case.objects.update(appealed_at=timezone.now() - timedelta(days=8))
    street.quality_control()

    assert labeler.balances()["earned"] == "0.70"
    assert [one.balances()["earned"] for one in jurors] == ["0.40", "0.10", "0.10"]
    assert purse_of(requester, project_id) == ("1.20", "0.00")
    clean()


def test_who_rejects_too_much_rejects_nothing_until_an_admin_looks(
    chain, mine, meet, clean, settings
):
    settings.STIPEND_BRAKE_REJECTIONS = 2
    requester, labeler = meet(is_requester=True), meet()
    project_id = opened(requester, mine, "3.00", tasks=4, review="manual")
    first, *others = (say(labeler, project_id, "Bad") for _ in range(4))
    path = f"/projects/{project_id}/review/reject/"

    refused = requester.post(path, {"ids": others, **WHY}, status=409)
    assert (refused["code"], refused["data"]["left"]) == ("too_many_rejections", 2)
    assert purse_of(requester, project_id) == ("2.58", "0.42")
    requester.post(path, {"ids": others[:2], **WHY}, status=200)
    frozen = requester.post(f"/submissions/{first}/reject/", WHY, status=409)
    still = requester.post(f"/submissions/{others[2]}/reject/", WHY, status=409)

    assert (frozen["code"], still["code"]) == ("rejections_frozen", "rejections_frozen")
    assert purse_of(requester, project_id) == ("1.83", "1.17")
    requester.post(f"/submissions/{first}/accept/", status=200)
    assert labeler.balances()["earned"] == "0.10"
    standings.thaw(Standing.objects.get(), admin=meet(is_staff=True).user)
    requester.post(f"/submissions/{others[2]}/reject/", WHY, status=200)
    assert purse_of(requester, project_id) == ("1.33", "1.565")
    clean()
