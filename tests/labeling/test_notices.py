"""Who is told what of their work, and of a project's money."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling import notices
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Case, Project, Untold
from labeling.review import appeals, cases, reviews, verdicts
from people import notices as told
from people.models import Notice
from tests.labeling import house
from tests.labeling.review.test_cases import answered, juror, reject, say

pytestmark = pytest.mark.django_db


def of(who, kind: str) -> list[dict]:
    found = Notice.objects.filter(user=who, kind=kind).order_by("pk")
    return list(found.values_list("facts", flat=True))


def accept_all(made: Project) -> None:
    chosen = reviews.Chosen()
    reviews.accept_all(made, reviewer=made.owner, chosen=chosen)


def test_the_owner_is_told_of_a_project_and_a_person_of_themselves(monkeypatch):
    heard = []

    def tell(holder, kind, facts, *, key, private):
        heard.append((holder, facts.get("path"), key, private))

    monkeypatch.setattr(told, "tell", tell)
    made = house.opened()

    for holder in (f"project:{made.pk}", "person:7", "house", "project:999999"):
        notices.tell(holder, "paid", {"path": "/p/"}, key="payout:1")

    assert heard == [
        (f"person:{made.owner_id}", f"/money/{made.pk}/", "payout:1", None),
        ("person:7", "/p/", "payout:1", None),
        ("house", "/p/", "payout:1", None),
        ("project:999999", "/p/", "payout:1", None),  # to nobody, as the house
    ]


def test_whose_mail_a_projects_notices_go_to():
    made = house.opened()
    assert notices.mail_since(f"project:{made.pk}") is None
    made.owner.email, made.owner.mail_proved_at = "o@example.org", timezone.now()
    made.owner.save()

    for holder in (f"project:{made.pk}", f"person:{made.owner_id}"):
        assert notices.mail_since(holder) == made.owner.mail_proved_at
    for holder in ("project:999999", "house", "house:strays"):
        assert notices.mail_since(holder) is None


# --- Accepted work ----------------------------------------------------------------------------


def test_what_is_accepted_on_a_day_is_one_notice_a_project():
    made, who = answered(tasks=3)
    accept_all(made)
    notices.tell_accepted()
    more = house.take(house.opened(title="Cats"), who)
    submissions.submit(more.id, labeler_id=who.pk, result=house.answer())
    quality.judge()
    house.load_one(made)
    last = house.take(made, who)
    done = submissions.submit(last.id, labeler_id=who.pk, result=house.answer())
    reviews.accept(done.id, reviewer=made.owner)

    notices.tell_accepted()

    today = f"{timezone.now():%Y-%m-%d}"
    moods, cats = of(who, "accepted")
    assert moods == {
        "project": "Moods",
        "day": today,
        "count": 4,
        "amount": "0.20",
        "path": "/answers/?state=accepted",
    }
    assert (cats["project"], cats["count"], cats["amount"]) == ("Cats", 1, "0.05")
    assert Untold.objects.count() == 0


def test_a_job_that_runs_again_counts_nothing_twice():
    made, who = answered(tasks=2)
    accept_all(made)

    counts = [notices.tell_accepted() for _ in range(3)]

    assert counts == [1, 0, 0]
    assert [facts["count"] for facts in of(who, "accepted")] == [2]


def test_days_are_told_apart():
    made, who = answered(tasks=2)
    accept_all(made)
    Untold.objects.update(accepted_at=timezone.now() - timedelta(days=1))
    notices.tell_accepted()
    house.load_one(made)
    last = house.take(made, who)
    done = submissions.submit(last.id, labeler_id=who.pk, result=house.answer())
    reviews.accept(done.id, reviewer=made.owner)
    notices.tell_accepted()

    assert [facts["count"] for facts in of(who, "accepted")] == [2, 1]


def test_two_people_are_told_of_their_own():
    made = house.opened(tasks=1, overlap=2, review=Project.Review.MANUAL)
    people = [house.labeler(), house.labeler()]
    for who in people:
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    accept_all(made)

    notices.tell_accepted()

    assert [[facts["count"] for facts in of(who, "accepted")] for who in people] == [[1], [1]]


def test_a_notice_that_fails_holds_up_no_pay(monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("no notices today")

    monkeypatch.setattr(told, "grow", broken)
    made, who = answered(tasks=2)

    accept_all(made)
    with pytest.raises(RuntimeError):
        notices.tell_accepted()

    assert made.submissions.accepted().count() == 2
    monkeypatch.undo()
    assert notices.tell_accepted() == 1
    assert [facts["count"] for facts in of(who, "accepted")] == [2]


# --- Rejections -------------------------------------------------------------------------------


def test_a_rejection_is_told_with_its_reason_its_deadline_and_the_way_to_appeal():
    made, who = answered(tasks=2, funds=10**7)

    case = reject(made)

    (facts,) = of(who, "rejected")
    assert facts == {
        "project": "Moods",
        "count": 2,
        "reason": "The answer is wrong.",
        "note": "It is good.",
        "until": case.appealable_until.isoformat(),
        "path": f"/cases/{case.pk}/",
    }


def test_no_rejection_stands_without_its_notice(monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("no notices today")

    made, _ = answered(funds=10**7)
    monkeypatch.setattr(told, "tell", broken)

    with pytest.raises(RuntimeError):
        reject(made)

    assert made.submissions.get().state == "SUBMITTED"
    assert Case.objects.count() == 0


def test_an_appeal_that_was_decided_is_told_once():
    made, who = answered(funds=10**7)
    case = reject(made)
    appeals.appeal(case.pk, labeler_id=who.pk, note="Look again.")
    jurors = [juror(made) for _ in range(3)]
    for one in jurors:
        say(one, acceptable=True)
    verdicts.decide()

    counts = [notices.tell_decided() for _ in range(3)]

    assert counts == [1, 0, 0]
    (facts,) = of(who, "appeal_decided")
    assert facts == {
        "project": "Moods",
        "outcome": "OVERTURNED",
        "amount": "0.05",
        "path": f"/cases/{case.pk}/",
    }
    notices.tell_accepted()
    assert of(who, "accepted") == []


def test_who_was_found_wrong_and_then_right_after_all_is_told_twice():
    made, who = answered(funds=10**7)
    case = reject(made)
    appeals.appeal(case.pk, labeler_id=who.pk, note="Look again.")
    for one in [juror(made) for _ in range(3)]:
        say(one, acceptable=False)
    verdicts.decide()
    notices.tell_decided()
    cases.overturn(case.pk, judge=made.owner)
    notices.tell_decided()

    assert [facts["outcome"] for facts in of(who, "appeal_decided")] == ["UPHELD", "OVERTURNED"]


def test_what_nobody_contested_is_no_news():
    made, who = answered(funds=10**7)
    case = reject(made)
    Case.objects.filter(pk=case.pk).update(appealable_until=timezone.now())
    cases.lapse()

    assert notices.tell_decided() == 0
    assert of(who, "appeal_decided") == []


def test_a_verdict_stands_whatever_becomes_of_its_notice(monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("no notices today")

    made, _ = answered(funds=10**7)
    case = reject(made)
    monkeypatch.setattr(told, "tell", broken)
    cases.overturn(case.pk, judge=made.owner)

    assert notices.tell_decided() == 0
    assert made.submissions.get().state == "ACCEPTED"
    monkeypatch.undo()
    assert notices.tell_decided() == 1


def test_answers_to_an_unpaid_test_are_told_by_its_result_alone():
    made, _ = answered(tasks=1)
    made.price_units = 0

    notices.note_accepted(made, list(made.submissions.all()))

    assert Untold.objects.count() == 0
