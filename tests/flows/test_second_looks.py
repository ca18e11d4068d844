"""Judgements that are looked at twice, and work that is judged before it is offered, over HTTP and
exact to the unit: a jury of five, a rejection taken back in time, a fix, a paid entry test, answers
that look odd."""

from typing import Any

import pytest

from tests.flows import street
from tests.flows.street import Person
from tests.flows.test_verdicts import WHY, judged_by, opened, purse_of, say, silence

pytestmark = pytest.mark.django_db(transaction=True)


def contested(requester: Person, labeler: Person, project_id: int) -> str:
    """The case of one more answer, which is rejected and appealed."""
    answer = say(labeler, project_id, "Bad")
    requester.post(f"/submissions/{answer}/reject/", WHY, status=200)
    case = labeler.get("/answers/?state=REJECTED")["results"][0]["case"]
    labeler.post(f"/cases/{case['id']}/appeal/", {"note": "It complains."}, status=200)
    return case["id"]


def vote(juror: Person, *, acceptable: bool) -> None:
    """What is called good is acceptable: the known case. Of the contested one opinions differ."""
    docket = juror.post("/jury/next/", status=200)
    votes = [
        {
            "answer": one["answer"],
            "acceptable": acceptable or one["result"] == street.answer("Good"),
        }
        for one in docket["answers"]
    ]
    assert len(votes) == 2
    juror.post(f"/jury/{docket['seat']}/vote/", {"votes": votes}, status=200)


def test_a_split_jury_is_five_and_three_of_them_decide(chain, mine, meet, clean):
    requester, labeler, jurors = meet(is_requester=True), meet(), [meet() for _ in range(5)]
    project_id = opened(requester, mine, "1.13", tasks=6, review="manual")
    for juror in jurors:
        requester.post(f"/submissions/{say(juror, project_id, 'Good')}/accept/", status=200)
    case_id = contested(requester, labeler, project_id)
    assert purse_of(requester, project_id) == ("0.00", "0.605")

    for juror, acceptable in zip(jurors, [True, False, True], strict=False):
        vote(juror, acceptable=acceptable)
    street.quality_control()
    assert labeler.get(f"/cases/{case_id}/")["state"] == "APPEALED"
    assert purse_of(requester, project_id) == ("0.00", "0.605")
    for juror in jurors[3:]:
        vote(juror, acceptable=False)
    street.quality_control()

    assert labeler.get(f"/cases/{case_id}/")["state"] == "UPHELD"
    assert labeler.balances()["earned"] == "0.00"
    # with nothing earned there was no stake, so the requester pays the five for two answers each
    assert [one.balances()["earned"] for one in jurors] == ["0.20"] * 5
    assert purse_of(requester, project_id) == ("0.105", "0.00")
    clean()


@pytest.mark.parametrize("verb", ["overturn", "accept"])
def test_a_rejection_is_taken_back_before_it_is_final(chain, mine, meet, clean, verb):
    requester, labeler = meet(is_requester=True), meet()
    project_id = opened(requester, mine, "0.605", review="manual")
    answer = say(labeler, project_id, "Bad")
    requester.post(f"/submissions/{answer}/reject/", WHY, status=200)
    case = labeler.get("/answers/?state=REJECTED")["results"][0]["case"]
    assert purse_of(requester, project_id) == ("0.00", "0.605")

    path = {
        "overturn": f"/cases/{case['id']}/overturn/",
        "accept": f"/submissions/{answer}/accept/",
    }
    for _ in range(2):
        requester.post(path[verb], status=200)
    street.quality_control()

    assert labeler.balances()["earned"] == "0.10"
    assert purse_of(requester, project_id) == ("0.50", "0.00")
    assert labeler.get(f"/cases/{case['id']}/")["state"] == "OVERTURNED"
    events = labeler.get("/reputation/")["events"]
    assert [(one["kind"], one["right"], one["wrong"]) for one in events] == [("accepted", 0.5, 0)]
    clean()


def test_a_fix_is_the_consensus_and_its_answer_is_paid(chain, mine, meet, clean):
    requester, people = meet(is_requester=True), [meet() for _ in range(3)]
    project_id = opened(requester, mine, "0.315", overlap=3)
    answers = [
        say(person, project_id, choice)
        for person, choice in zip(people, ["Good", "Good", "Bad"], strict=True)
    ]
    street.quality_control()
    assert [one.balances()["earned"] for one in people] == ["0.10", "0.10", "0.00"]

    right = {"result": street.answer("Bad")}
    requester.post(f"/submissions/{answers[2]}/fix/", right, status=200)

    assert [one.balances()["earned"] for one in people] == ["0.10"] * 3
    assert purse_of(requester, project_id) == ("0.00", "0.00")
    (task,) = requester.get(f"/projects/{project_id}/tasks/")["results"]
    assert (task["consensus"][0]["value"], task["confidence"]) == ({"choices": ["Bad"]}, 1.0)
    assert judged_by(requester, project_id) == ["quality", "quality", "requester"]
    clean()


def test_what_looks_odd_is_looked_at_and_rejected_by_nobody(chain, mine, meet, clean, settings):
    settings.STIPEND_SIGNALS = ["too_fast", "constant", "copied"]
    requester, people = meet(is_requester=True), [meet() for _ in range(3)]
    rows = [{"text": "long " * 1_000}, {"text": "short"}]  # 100 s to read
    project_id = opened(requester, mine, "0.63", rows=rows, overlap=3)
    for person in people:
        for _ in rows:
            say(person, project_id, "Good")
    odd_path = f"/projects/{project_id}/review/"

    street.quality_control()

    odd = requester.get(odd_path)["results"]
    assert {one["data"]["text"][:4] for one in odd} >= {"long"}
    assert all(one["state"] == "SUBMITTED" and one["score"] == 1 for one in odd)
    first, *others = [one for one in odd if one["data"]["text"] == rows[0]["text"]]
    assert len(others) == 2
    assert [signal["kind"] for signal in first["signals"]] == ["too_fast"]
    assert first["signals"][0]["words"] == "Answered faster than the content can be read."

    requester.post(f"/submissions/{first['id']}/accept/", status=200)
    silence()

    assert requester.get(odd_path)["results"] == []
    assert [one.balances()["earned"] for one in people] == ["0.20"] * 3
    assert purse_of(requester, project_id) == ("0.00", "0.00")
    clean()


def test_without_signals_nobody_waits_for_a_look(chain, mine, meet, clean, settings):
    settings.STIPEND_SIGNALS = ["too_fast", "constant", "copied"]
    requester, person = meet(is_requester=True), meet()
    rows = [{"text": "long " * 1_000}]
    project_id = opened(requester, mine, "0.105", rows=rows, signals=["copied"])
    say(person, project_id, "Good")

    street.quality_control()

    assert person.balances()["earned"] == "0.10"
    clean()


def test_a_paid_entry_test_opens_the_work_that_asks_for_it(chain, mine, meet, clean):
    requester, able, unable = meet(is_requester=True), meet(), meet()
    requester.post("/skills/", {"slug": "moods", "title": "Moods"}, status=201)
    gold = [
        {"data": {"text": f"known {number}"}, "expected": street.answer("Good")}
        for number in range(2)
    ]
    exam = {"kind": "test", "skill": "moods", "quota": 2, "overlap": 2, "price": "0.02"}
    exam_id = open_exam(requester, mine, gold, exam)
    work_id = opened(requester, mine, "0.105", requirements="moods >= 80")
    refused = able.post(f"/projects/{work_id}/next/", status=403)
    assert refused["code"] == "not_eligible"

    for person, choice in ((able, "Good"), (unable, "Bad")):
        for _ in range(2):
            say(person, exam_id, choice)
    street.quality_control()

    assert [one.balances()["earned"] for one in (able, unable)] == ["0.04", "0.04"]
    assert purse_of(requester, exam_id) == ("0.00", "0.00")
    assert unable.post(f"/projects/{work_id}/next/", status=403)["code"] == "not_eligible"
    say(able, work_id, "Good")
    street.quality_control()
    assert able.balances()["earned"] == "0.14"
    clean()


def open_exam(requester: Person, mine: Any, gold: Any, wanted: dict[str, Any]) -> int:
    """An open test whose four answers, 0.021 each, are paid for."""
    body = {"title": "Moods, a test", "config": street.CONFIG, **wanted}
    project = requester.post("/projects/", body, status=201)
    requester.post(f"/projects/{project['id']}/gold/", gold, status=201)
    street.deposit(project, "0.084", mine)
    requester.post(f"/projects/{project['id']}/open/", status=200)
    return project["id"]
