"""The review by API: shapes that other programs rely on."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from labeling.crowd import reputation
from labeling.models import Case, Task
from tests.labeling import house, queue
from tests.labeling.queue import answered, states

pytestmark = pytest.mark.django_db
WHY = {"reason": "wrong", "note": "It is about the weather."}


@pytest.fixture(autouse=True)
def _nobody_looks_at_anything():
    cache.clear()


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def at(made, path=""):
    return f"/api/v1/projects/{made.pk}/{path}"


def test_the_queue_says_what_a_reviewer_needs():
    made, (who, _, _) = answered("Good", "Bad", "Bad")
    one = made.submissions.get(labeler=who)
    queue.signal(one)

    found = signed_in(made.owner).get(at(made, "review/")).json()

    assert found["next"] is None
    assert [row["score"] for row in found["results"]] == [0, 1, 1]
    first = found["results"][0]
    times = {key: first[key] for key in ("leased_at", "submitted_at", "decide_until")}
    assert first == {
        "id": one.pk,
        "assignment": one.assignment_id,
        "task": one.task_id,
        "completed_by": who.pseudonym,
        "result": house.answer(),
        "state": "SUBMITTED",
        "score": 0,
        "is_gold": False,
        "signals": [
            {"kind": "constant", "words": "The same answer again and again.", "detail": "Odd."}
        ],
        "case": None,
        "data": {"text": "text 0"},
        "consensus": [{"id": "mood", **house.answer("Bad")[0]}],
        "consensus_by": "one_coin",
        "confidence": pytest.approx(first["confidence"]),
        "expected": None,
        "reputation": pytest.approx(reputation.score(who.pk)),
        **times,
    }
    listed = signed_in(made.owner).get(at(made, "submissions/")).json()["results"]
    assert listed[-1] == {key: first[key] for key in listed[-1]}


def test_pages_follow_each_other():
    made, _ = answered("Good", tasks=3)
    client, seen, after = signed_in(made.owner), [], ""

    for _ in range(2):
        page = client.get(at(made, "review/"), {"limit": 2, "after": after}).json()
        seen += [row["id"] for row in page["results"]]
        after = page["next"]

    assert seen == [one.pk for one in made.submissions.order_by("id")]
    assert after is None
    for bad in ({"limit": 0}, {"limit": 201}, {"limit": "x"}):
        refused = client.get(at(made, "review/"), bad)
        assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")
    refused = client.get(at(made, "review/"), {"after": "x"})
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed_cursor")


def test_next_gives_each_reviewer_an_answer_of_their_own():
    made, _ = answered("Good", tasks=2)
    owner, reviewer = signed_in(made.owner), house.labeler()
    asked = owner.post(at(made, "reviewers/"), {"username": reviewer.username})
    assert asked.status_code == 201

    first = owner.post(at(made, "review/next/")).json()
    second = signed_in(reviewer).post(at(made, "review/next/")).json()
    skipped = signed_in(reviewer).post(at(made, f"review/next/?after={second['after']}"))

    assert first["submission"]["id"] != second["submission"]["id"]
    assert set(first) == {"submission", "others", "reputation", "after"}
    assert first["others"] == []
    assert skipped.status_code == 204


def test_a_rejection_names_the_reasons_there_are():
    made, _ = answered("Good")
    client, path = signed_in(made.owner), f"/api/v1/submissions/{made.submissions.get().pk}/"

    for sent, code in [
        ({}, "reason_missing"),
        ({"reason": "  ", "note": "Why?"}, "reason_missing"),
        ({"reason": "It is wrong."}, "unknown_reason"),
        ({"reason": "wrong"}, "note_missing"),
    ]:
        refused = client.post(f"{path}reject/", sent)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
        if "reason" in code:
            assert refused.json()["data"]["reasons"] == dict(Case.Reason.choices)
    assert states(made) == ["SUBMITTED"]

    rejected = client.post(f"{path}reject/", WHY).json()
    assert (rejected["state"], rejected["case"]) == ("REJECTED", str(Case.objects.get().pk))


def test_a_task_is_put_right():
    made, _ = answered("Good", "Good")
    first, second = made.submissions.order_by("id")
    client = signed_in(made.owner)
    right = {"result": house.answer("Bad")}

    bad = client.post(f"/api/v1/submissions/{first.pk}/fix/", {"result": house.answer("Ugly")})
    none = client.post(f"/api/v1/submissions/{first.pk}/fix/", {})
    accepted = client.post(f"/api/v1/submissions/{first.pk}/fix/", right)
    rejected = client.post(
        f"/api/v1/submissions/{second.pk}/fix/", {**right, "accept": False, **WHY}
    )

    assert (bad.status_code, bad.json()["code"]) == (400, "answer_outside_choices")
    assert (none.status_code, none.json()["code"]) == (400, "validation_failed")
    assert (accepted.json()["state"], accepted.json()["score"]) == ("ACCEPTED", 0)
    assert rejected.json()["state"] == "REJECTED"
    assert Task.objects.get().consensus_by == "reviewer"


def test_many_are_accepted_and_rejected_at_once():
    made, _ = answered("Good", tasks=6)
    client = signed_in(made.owner)
    first, second, third, odd, *_ = made.submissions.order_by("id")
    queue.signal(odd)

    answers = [
        client.post(at(made, "review/accept/"), {"ids": [first.pk, 10**18]}),
        client.post(at(made, "review/reject/"), {"ids": [second.pk, third.pk], **WHY}),
        client.post(at(made, "review/accept/"), {"minimum_score": 0.8}),
        client.post(at(made, "review/accept/"), {"all": True}),
    ]

    assert [answer.status_code for answer in answers] == [200] * 4
    unknown = {"id": 10**18, "why": "not_found"}
    assert [answers[index].json() for index in (0, 2, 3)] == [
        {"accepted": count, "is_more": False, "left_out": left}
        for count, left in ((1, [unknown]), (2, []), (1, []))
    ]
    (case,) = answers[1].json()
    assert (case["reason"], sorted(case["submissions"])) == ("wrong", [second.pk, third.pk])
    assert states(made) == ["ACCEPTED", "REJECTED", "REJECTED", *["ACCEPTED"] * 3]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"all": False},
        {"all": True, "minimum_score": 0.5},
        {"ids": [1], "all": True},
        {"ids": ["x"]},
        {"ids": [0]},
        {"ids": [10**19]},
        {"ids": [1] * 1001},
        {"minimum_score": 2},
    ],
)
def test_a_bulk_that_is_not_clear_moves_nothing(sent):
    made, _ = answered("Good")

    refused = signed_in(made.owner).post(at(made, "review/accept/"), sent)

    assert (refused.status_code, refused.json()["code"]) == (400, "validation_failed")
    assert states(made) == ["SUBMITTED"]


def test_reviewers_come_and_go_by_the_owners_word():
    made, reviewer, stranger = house.project(), house.labeler(), house.requester()
    client, path = signed_in(made.owner), at(made, "reviewers/")

    for _ in range(2):
        added = client.post(path, {"username": reviewer.username})
        assert (added.status_code, added.json()["pseudonym"]) == (201, reviewer.pseudonym)
    assert [one["username"] for one in client.get(path).json()] == [reviewer.username]
    for someone, status in [(stranger, 404), (reviewer, 403)]:
        refused = signed_in(someone).post(path, {"username": stranger.username})
        assert refused.status_code == status
        assert signed_in(someone).get(path).status_code == status
    for name, status, code in [
        ("nobody", 404, "not_found"),
        (made.owner.username, 403, "own_project"),
        ("", 400, "validation_failed"),
    ]:
        refused = client.post(path, {"username": name})
        assert (refused.status_code, refused.json()["code"]) == (status, code)

    assert client.delete(path, {"username": reviewer.username}).status_code == 204
    assert client.delete(f"{path}?username={reviewer.username}").status_code == 404
    assert client.get(path).json() == []


def test_a_reviewer_judges_and_sees_no_money():
    made, _ = answered("Good", tasks=3)
    who = house.labeler()
    signed_in(made.owner).post(at(made, "reviewers/"), {"username": who.username})
    reviewer = signed_in(who)
    first, second, _ = made.submissions.order_by("id")

    done = [
        reviewer.get(at(made, "review/")),
        reviewer.get(at(made, "submissions/")),
        reviewer.post(f"/api/v1/submissions/{first.pk}/accept/"),
        reviewer.post(f"/api/v1/submissions/{second.pk}/reject/", WHY),
        reviewer.post(at(made, "review/accept/"), {"all": True}),
    ]
    refused = [
        reviewer.get(at(made, path)) for path in ("", "export/", "withdrawals/", "reviewers/")
    ]

    assert [answer.status_code for answer in done] == [200] * 5
    assert [answer.status_code for answer in refused] == [403] * 4
    assert states(made) == ["ACCEPTED", "REJECTED", "ACCEPTED"]


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (house.requester, 404, "not_found"),
        (house.labeler, 403, "permission_denied"),
    ],
)
def test_strangers_see_and_judge_nothing(who, status, code):
    made, _ = answered("Good")
    pk, client = made.submissions.get().pk, signed_in(who())

    answers = [
        client.get(at(made, "review/")),
        client.get(at(made, "submissions/")),
        client.post(at(made, "review/next/")),
        client.post(at(made, "review/accept/"), {"all": True}),
        client.post(at(made, "review/reject/"), {"ids": [pk], **WHY}),
        client.post(f"/api/v1/submissions/{pk}/accept/"),
        client.post(f"/api/v1/submissions/{pk}/reject/", WHY),
        client.post(f"/api/v1/submissions/{pk}/fix/", {"result": house.answer()}),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(status, code)] * 8
    assert states(made) == ["SUBMITTED"]


def test_nobody_judges_their_own_answer():
    made, (who,) = answered("Good")
    signed_in(made.owner).post(at(made, "reviewers/"), {"username": who.username})

    own = signed_in(who).post(f"/api/v1/submissions/{made.submissions.get().pk}/accept/")

    assert (own.status_code, own.json()["code"]) == (403, "own_answer")
    assert signed_in(who).get(at(made, "review/")).json()["results"] == []
    assert states(made) == ["SUBMITTED"]
