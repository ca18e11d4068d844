"""The requester decides by hand: pays, rejects with a reason, closes, and thinks again."""

import pytest

from tests.flows import street
from tests.flows.street import Person

pytestmark = pytest.mark.django_db(transaction=True)


def purse_of(requester: Person, project_id: int) -> tuple[str, str, str]:
    purse = requester.get(f"/projects/{project_id}/")["purse"]
    return purse["funds"], purse["held"], purse["fees"]


def test_rejection_keeps_money_locked_and_closing_refunds_the_rest(chain, mine, meet, clean):
    requester = meet(is_requester=True)
    labeler = meet()
    project = requester.post(
        "/projects/",
        {"title": "Moods", "config": street.CONFIG, "price": "0.10", "review": "manual"},
    )
    project_id = project["id"]
    rows = [{"text": text} for text in ("one", "two")]
    requester.post(f"/projects/{project_id}/tasks/", rows)
    street.deposit(project, "1.00", mine)
    requester.post(f"/projects/{project_id}/open/")
    assert purse_of(requester, project_id) == ("0.79", "0.21", "0.00")

    given = labeler.label(project_id, {"one": "Good", "two": "Bad"})
    good, bad = given["one"], given["two"]
    requester.post(f"/projects/{project_id}/tasks/", [*rows, {"text": "three"}])
    requester.post(f"/projects/{project_id}/open/")
    assert purse_of(requester, project_id) == ("0.685", "0.315", "0.00")
    held = labeler.post(f"/projects/{project_id}/next/", status=200)
    labeler.post(f"/assignments/{held['id']}/return/", status=204)
    street.quality_control()
    waiting = requester.get(f"/projects/{project_id}/submissions/?state=SUBMITTED")
    assert {one["id"] for one in waiting["results"]} == {bad, good}
    assert labeler.balances()["earned"] == "0.00"

    requester.post(f"/submissions/{good}/accept/", status=200)
    requester.post(f"/submissions/{good}/accept/", status=200)
    assert labeler.balances()["earned"] == "0.10"
    assert purse_of(requester, project_id) == ("0.685", "0.21", "0.005")
    refused = requester.post(f"/submissions/{bad}/reject/", {"reason": " "}, status=400)
    assert refused["code"] == "reason_missing"
    why = {"reason": "wrong", "note": "It is good."}
    requester.post(f"/submissions/{bad}/reject/", why, status=200)
    refused = requester.post(f"/submissions/{good}/reject/", why, status=409)
    assert refused["code"] == "already_judged"
    # five jurors, each for the answer and a known one, at half the price
    assert purse_of(requester, project_id) == ("0.185", "0.71", "0.005")
    clean()

    for _ in range(2):
        closed = requester.post(f"/projects/{project_id}/close/", status=200)
        assert closed["state"] == "CLOSED"
        assert purse_of(requester, project_id) == ("0.29", "0.605", "0.005")
    assert labeler.post(f"/projects/{project_id}/next/", status=409)["code"] == "project_not_open"
    clean()

    requester.post(f"/submissions/{bad}/accept/", status=200)
    assert labeler.balances() == {"earned": "0.20", "leaving": "0.00", "paid": "0.00"}
    assert purse_of(requester, project_id) == ("0.29", "0.50", "0.01")
    street.quality_control()
    assert purse_of(requester, project_id) == ("0.79", "0.00", "0.01")
    clean()


def test_stranger_may_not_decide(chain, mine, meet, clean):
    requester, stranger = (meet(is_requester=True) for _ in range(2))
    labeler = meet()
    project = requester.post(
        "/projects/",
        {"title": "Moods", "config": street.CONFIG, "price": "0.10", "review": "manual"},
    )
    requester.post(f"/projects/{project['id']}/tasks/", [{"text": "one"}])
    street.deposit(project, "0.105", mine)
    requester.post(f"/projects/{project['id']}/open/")
    given = labeler.label(project["id"], {"one": "Good"})["one"]

    for path in ("accept", "reject"):
        refused = stranger.post(f"/submissions/{given}/{path}/", {"reason": "Mine."}, status=404)
        assert refused["code"] == "not_found"
    stranger.ask("GET", f"/projects/{project['id']}/export/", status=404)
    labeler.post(f"/submissions/{given}/accept/", status=403)

    assert labeler.balances()["earned"] == "0.00"
    assert purse_of(requester, project["id"]) == ("0.00", "0.105", "0.00")
    clean()
