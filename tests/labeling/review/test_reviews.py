"""The review: what comes first, who gets it, and what becomes of it."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from labeling.errors import (
    AlreadyJudged,
    KnownAnswer,
    MalformedAnswer,
    MalformedCursor,
    NoteMissing,
    NotFound,
    OwnAnswer,
    ReasonMissing,
    RejectionsFrozen,
    TaskNotJudged,
    UnknownReason,
)
from labeling.judging import quality
from labeling.models import Case, Judgement, Signal, Standing, Submission, Task
from labeling.review import cases, claims, reviewers, reviews
from payments import escrow, wallets
from payments.chain.wallet import Wallet
from people.models import ProvedWallet
from tests.labeling import house, queue
from tests.labeling.queue import answered, states

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_looks_at_anything():
    cache.clear()


def earned(who):
    return escrow.balances(escrow.open_purse(f"person:{who.pk}")).get("EARNED", 0)


def share_a_mail(sayer, prover):
    """One says that the address is theirs, the other has shown it."""
    for person, proved_at in ((sayer, None), (prover, timezone.now())):
        person.email, person.mail_proved_at = "amina@example.org", proved_at
        person.save()


def ids(page):
    return [one.pk for one in page.rows]


# --- What to look at ------------------------------------------------------------------------


def test_what_needs_a_look_most_comes_first():
    made, _ = answered("Good", tasks=6)
    old, low, odd, missed, met, lower = made.submissions.order_by("id")
    for one, score in [(old, 1), (low, 0.5), (odd, 1), (missed, 0), (met, 1), (lower, 0)]:
        Submission.objects.filter(pk=one.pk).update(score=score)
    Submission.objects.filter(pk__in=[missed.pk, met.pk]).update(is_gold=True)
    queue.signal(odd)
    answered("Good")  # another project's

    found = reviews.queue(made)

    assert ids(found) == [odd.pk, missed.pk, lower.pk, low.pk, old.pk, met.pk]
    assert found.next == ""


def test_the_queue_comes_in_pages_that_miss_and_repeat_nothing():
    made, _ = answered("Good", tasks=7)
    queue.signal(made.submissions.order_by("id")[5])

    found, after = [], ""
    while page := reviews.queue(made, after=after, limit=2):
        found += ids(page)
        if not (after := page.next):
            break

    everything = list(made.submissions.order_by("id").values_list("pk", flat=True))
    assert found == [everything[5], *everything[:5], everything[6]]
    assert len(page.rows) == 1


@pytest.mark.parametrize("after", ["x", "1.0", "_", "1.0_x", "nan_1", "1_2_3", "1_2\n"])
def test_a_place_that_is_none_is_refused(after):
    with pytest.raises(MalformedCursor):
        reviews.queue(house.project(), after=after)


def test_nobody_is_shown_their_own_answer_nor_one_that_is_decided_or_not_scored():
    made, (mine, other, _) = answered("Good", "Bad", "Good")
    accepted = made.submissions.get(labeler=other)
    reviews.accept(accepted.pk, reviewer=made.owner)
    unscored = house.opened(tasks=1, overlap=2)
    queue.give(unscored, "Good")

    assert len(reviews.queue(made).rows) == 2
    assert mine.pk not in {one.labeler_id for one in reviews.queue(made, reviewer=mine).rows}
    assert reviews.waiting(made, reviewer=mine, limit=10) == 1
    assert reviews.queue(unscored).rows == []


def test_what_waits_is_counted_up_to_a_limit_in_many_projects_at_once(django_assert_num_queries):
    (few, _), (many, (who,)), none = answered("Good"), answered("Good", tasks=5), house.project()
    reviewer = few.owner

    with django_assert_num_queries(1):
        reviews.waiting_in([few, none], reviewer=reviewer, limit=3)
    with django_assert_num_queries(7):  # and whether any of the labelers is the reviewer
        counts = reviews.waiting_in([few, many, none], reviewer=reviewer, limit=3)

    assert counts == {few.pk: 1, many.pk: 3, none.pk: 0}
    assert reviews.waiting_in([few, many], reviewer=who, limit=3) == {few.pk: 1, many.pk: 0}


def test_a_page_costs_the_same_whatever_its_length(django_assert_num_queries):
    made, _ = answered("Good", tasks=5)

    for limit in (1, 5):
        with django_assert_num_queries(4):
            for one in reviews.queue(made, limit=limit).rows:
                assert one.task.data, one.labeler.pseudonym
                assert list(one.signals.all()) == []


def test_the_queue_walks_along_its_index():
    made, _ = answered("Good", tasks=3)
    (first,) = reviews.queue(made, limit=1).rows

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        marks = reviews._waiting(made, made.owner).annotate(need=reviews.NEED)
        behind = marks.filter(reviews._behind(reviews._cursor((1.0, first.pk))))
        plan = behind.values_list("need", "id")[:50].explain()

    assert "Index Scan using submission_to_review" in plan
    assert "Sort" not in plan
    assert "> ROW(" in plan.split("Filter:")[0]


# --- Who looks at what ----------------------------------------------------------------------


def test_two_reviewers_look_at_different_answers_and_each_again_at_theirs():
    made, _ = answered("Good", tasks=3)
    one, other, third, fourth = made.owner, *(house.labeler() for _ in range(3))

    first, second, last = (reviews.next(made, reviewer=who) for who in (one, other, third))

    assert [first.pk, second.pk, last.pk] == ids(reviews.queue(made))
    assert reviews.next(made, reviewer=one) == first
    assert reviews.next(made, reviewer=fourth) is None


def test_skipping_leaves_an_answer_to_come_back_to():
    made, _ = answered("Good", tasks=2)
    first, second = reviews.queue(made).rows
    place = reviews.look(reviews.next(made, reviewer=made.owner).pk, reviewer=made.owner).cursor

    assert reviews.next(made, reviewer=made.owner, after=place) == second
    assert reviews.next(made, reviewer=made.owner) == first


def test_losing_the_claims_is_harmless(settings):
    made, _ = answered("Good", tasks=2)
    first = reviews.next(made, reviewer=made.owner)

    cache.clear()
    assert reviews.next(made, reviewer=house.labeler()) == first
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert claims.take([5, 6], reviewer_id=1) == 5

    assert reviews.next(made, reviewer=made.owner) == first


def test_a_look_shows_who_gave_it_and_what_others_say():
    made, (who, *_) = answered("Good", "Bad", "Good")
    one = made.submissions.get(labeler=who)

    look = reviews.look(one.pk, reviewer=made.owner)

    assert look.submission == one
    assert [other.result for other in look.others] == [house.answer("Bad"), house.answer("Good")]
    assert 0 < look.reputation < 1


# --- One answer -----------------------------------------------------------------------------


def test_a_reviewer_accepts_and_the_labeler_is_paid_once():
    made, (who,) = answered("Good")
    one, reviewer = made.submissions.get(), house.labeler()
    reviewers.add(made, username=reviewer.username)

    for _ in range(2):
        assert reviews.accept(one.pk, reviewer=reviewer).state == "ACCEPTED"

    assert earned(who) == 50_000
    verdict = Judgement.objects.get()
    assert (verdict.judge, verdict.by, verdict.verdict) == (reviewer, "requester", "ACCEPTED")


def test_a_rejection_has_a_reason_and_a_note_and_keeps_the_money_locked():
    made, (who,) = answered("Good")
    one = made.submissions.get()

    rejected = reviews.reject(
        one.pk, reviewer=made.owner, reason="wrong", note=" It is about the weather. "
    )

    assert (rejected.state, earned(who)) == ("REJECTED", 0)
    case = Case.objects.get()
    assert (case.reason, case.note, case.labeler) == ("wrong", "It is about the weather.", who)
    assert rejected.case == case
    held_units = escrow.balances(made.purse_id)["HELD"]
    assert held_units == house.COST_UNITS + case.secured_units


@pytest.mark.parametrize(
    ("reason", "note", "error"),
    [
        ("", "Why?", ReasonMissing),
        (" ", "Why?", ReasonMissing),
        ("I do not like it.", "Why?", UnknownReason),
        ("wrong", "", NoteMissing),
        ("wrong", " \n", NoteMissing),
    ],
)
def test_a_rejection_without_a_reason_moves_nothing(reason, note, error):
    made, _ = answered("Good")
    one = made.submissions.get()

    with pytest.raises(error) as refused:
        reviews.reject(one.pk, reviewer=made.owner, reason=reason, note=note)

    assert states(made) == ["SUBMITTED"]
    assert not Case.objects.exists()
    if isinstance(refused.value, ReasonMissing):
        assert refused.value.data["reasons"] == dict(Case.Reason.choices)


def test_what_is_accepted_is_rejected_no_more():
    made, (who,) = answered("Good")
    one = made.submissions.get()
    reviews.accept(one.pk, reviewer=made.owner)

    with pytest.raises(AlreadyJudged):
        reviews.reject(one.pk, reviewer=made.owner, reason="wrong", note="After all.")

    assert (states(made), earned(who)) == (["ACCEPTED"], 50_000)
    assert not Case.objects.exists()


def test_a_rejection_is_taken_back_and_its_case_ends_with_the_last():
    made, (who,) = answered("Good", tasks=2)
    ids = list(made.submissions.order_by("id").values_list("pk", flat=True))
    before = escrow.balances(made.purse_id)
    (case,) = reviews.reject_all(made, ids, reviewer=made.owner, reason="wrong", note="No.")

    reviews.accept(ids[0], reviewer=made.owner)
    case.refresh_from_db()
    assert (case.state, states(made)) == ("STANDING", ["ACCEPTED", "REJECTED"])
    reviews.accept(ids[1], reviewer=made.owner)
    cases.lapse()

    case.refresh_from_db()
    assert (case.state, case.secured_units) == ("OVERTURNED", 0)
    assert (states(made), earned(who)) == (["ACCEPTED"] * 2, 100_000)
    assert escrow.balances(made.purse_id)["FUNDS"] == before["FUNDS"]


def test_what_is_final_is_not_taken_back_here():
    made, _ = answered("Good")
    one = made.submissions.get()
    reviews.reject(one.pk, reviewer=made.owner, reason="wrong", note="No.")
    Case.objects.update(appealable_until=timezone.now())
    cases.lapse()

    with pytest.raises(AlreadyJudged):
        reviews.accept(one.pk, reviewer=made.owner)

    assert states(made) == ["FORFEITED"]


def verbs(one, who):
    """Every way to judge this answer."""
    why = {"reason": "wrong", "note": "No."}
    project = one.project
    return [
        lambda: reviews.accept(one.pk, reviewer=who),
        lambda: reviews.reject(one.pk, reviewer=who, **why),
        lambda: reviews.fix(one.pk, reviewer=who, result=house.answer()),
        lambda: reviews.look(one.pk, reviewer=who),
        lambda: reviews.reject_all(project, [one.pk], reviewer=who, **why),
    ]


def test_strangers_do_not_review():
    made, _ = answered("Good")
    one, stranger = made.submissions.get(), house.requester()

    for verb in [
        *verbs(one, stranger),
        lambda: reviews.accept_all(made, reviewer=stranger, chosen=reviews.Chosen()),
    ]:
        with pytest.raises(NotFound):
            verb()

    assert (states(made), Judgement.objects.count()) == (["SUBMITTED"], 0)


def test_nobody_judges_their_own_answer():
    made, (who, other) = answered("Good", "Bad")
    reviewers.add(made, username=who.username)
    own = made.submissions.get(labeler=who)

    for verb in verbs(own, who):
        with pytest.raises(OwnAnswer):
            verb()
    assert states(made) == ["SUBMITTED", "SUBMITTED"]

    accepted = reviews.accept_all(made, reviewer=who, chosen=reviews.Chosen())
    assert accepted == reviews.Accepted(1, is_more=False)
    assert states(made) == ["SUBMITTED", "ACCEPTED"]
    assert (earned(who), earned(other)) == (0, 50_000)


def test_nobody_judges_their_own_answer_under_a_second_name():
    made, (second, other) = answered("Good", "Bad", tasks=2)
    who = house.labeler()
    reviewers.add(made, username=who.username)
    share_a_mail(who, second)
    own = list(made.submissions.filter(labeler=second).order_by("id"))

    for verb in verbs(own[0], who):
        with pytest.raises(OwnAnswer):
            verb()
    assert states(made) == ["SUBMITTED"] * 4
    assert {one.labeler_id for one in reviews.queue(made, reviewer=who).rows} == {other.pk}
    assert reviews.next(made, reviewer=who).labeler_id == other.pk
    assert reviews.count(made, reviewer=who, chosen=reviews.Chosen()) == 2

    named = reviews.Chosen(ids=[one.pk for one in own])
    left_out = [
        (one.id, str(one.why))
        for one in reviews.accept_all(made, reviewer=who, chosen=named).left_out
    ]
    assert left_out == [(one.pk, "own_answer") for one in own]
    accepted = reviews.accept_all(made, reviewer=who, chosen=reviews.Chosen())
    assert accepted == reviews.Accepted(2, is_more=False)
    assert (earned(second), earned(other)) == (0, 100_000)
    assert reviews.next(made, reviewer=who) is None


def test_many_answers_of_a_second_name_hide_no_others(settings, monkeypatch):
    settings.STIPEND_JUDGE_TASKS = 1
    monkeypatch.setattr(reviews, "QUEUE_ROWS", 1)
    made, (second, other) = answered("Good", "Good", tasks=3)
    who = house.labeler()
    reviewers.add(made, username=who.username)
    share_a_mail(who, second)
    first = reviews.queue(made, reviewer=who, limit=1)

    assert reviews.next(made, reviewer=who).labeler_id == other.pk
    assert (first.rows, bool(first.next)) == ([], True)
    assert reviews.accept_all(made, reviewer=who, chosen=reviews.Chosen()).count == 3
    assert (earned(second), earned(other)) == (0, 150_000)


def test_no_name_of_a_labelers_keeps_a_requester_from_judging_what_they_pay_for():
    made, (second, other, third) = answered("Bad", "Good", "Bad")
    share_a_mail(made.owner, second)
    for holder in (f"project:{made.pk}", f"person:{made.owner_id}", f"person:{third.pk}"):
        wallets.name(holder, Wallet(5).address)
    ProvedWallet.objects.create(user=third, address=Wallet(5).address)
    one, kept, last = made.submissions.order_by("id")
    why = {"reason": "wrong", "note": "No."}

    assert reviews.waiting(made, reviewer=made.owner, limit=9) == 3
    assert ids(reviews.queue(made, reviewer=made.owner)) == [kept.pk, one.pk, last.pk]
    assert reviews.next(made, reviewer=made.owner) == kept
    assert reviews.count(made, reviewer=made.owner, chosen=reviews.Chosen()) == 3
    assert reviews.look(one.pk, reviewer=made.owner).submission == one
    reviews.reject_all(made, [one.pk, last.pk], reviewer=made.owner, **why)
    reviews.accept_all(made, reviewer=made.owner, chosen=reviews.Chosen())

    assert states(made) == ["REJECTED", "ACCEPTED", "REJECTED"]
    assert [earned(person) for person in (second, other, third)] == [0, 50_000, 0]


def test_who_claims_a_reviewers_mail_or_wallet_is_judged_by_them():
    made, (mailed, paid) = answered("Bad", "Bad")
    who = house.labeler()
    reviewers.add(made, username=who.username)
    share_a_mail(mailed, who)
    for person in (who, paid):
        wallets.name(f"person:{person.pk}", Wallet(5).address)
    ProvedWallet.objects.create(user=who, address=Wallet(5).address)
    chosen = [one.pk for one in made.submissions.all()]

    reviews.reject_all(made, chosen, reviewer=who, reason="wrong", note="No.")

    assert states(made) == ["REJECTED", "REJECTED"]


# --- Put right ------------------------------------------------------------------------------


def test_a_fix_is_the_consensus_for_sure():
    made, people = answered("Good", "Bad", "Good")
    one = made.submissions.get(labeler=people[0])

    fixed = reviews.fix(one.pk, reviewer=made.owner, result=house.answer("Bad"))

    task = Task.objects.get()
    assert task.consensus[0]["value"] == {"choices": ["Bad"]}
    assert (task.consensus_by, task.confidence, task.state) == ("reviewer", 1, "JUDGED")
    assert (fixed.state, fixed.score) == ("ACCEPTED", 0)
    assert list(made.submissions.order_by("id").values_list("score", flat=True)) == [0, 1, 0]
    assert [earned(who) for who in people] == [50_000, 0, 0]


def test_a_fix_can_reject():
    made, people = answered("Good", "Bad", "Bad")
    one = made.submissions.get(labeler=people[0])
    no = reviews.Decision(is_accepted=False, reason="wrong", note="It is a bad day.")

    fixed = reviews.fix(one.pk, reviewer=made.owner, result=house.answer("Bad"), decision=no)

    assert (fixed.state, fixed.case.note) == ("REJECTED", "It is a bad day.")
    assert [earned(who) for who in people] == [0, 0, 0]
    assert Task.objects.get().consensus_by == "reviewer"


def test_a_fix_does_not_go_around_the_brake(settings):
    settings.STIPEND_BRAKE_REJECTIONS = 0
    made, _ = answered("Good", "Bad", "Good")
    one, before = made.submissions.earliest("id"), Task.objects.values().get()
    no = reviews.Decision(is_accepted=False, reason="wrong", note="No.")

    with pytest.raises(RejectionsFrozen):
        reviews.fix(one.pk, reviewer=made.owner, result=house.answer("Bad"), decision=no)

    assert Task.objects.values().get() == before
    assert states(made) == ["SUBMITTED"] * 3
    standing = Standing.objects.get(requester=made.owner)
    assert standing.frozen_at is not None
    assert standing.why == "1 of 1 answers rejected within a day."


def test_a_fix_that_is_none_changes_nothing():
    made, _ = answered("Good", "Bad", "Good")
    one, before = made.submissions.first(), Task.objects.values().get()
    no = reviews.Decision(is_accepted=False, reason="wrong")

    with pytest.raises(MalformedAnswer):
        reviews.fix(one.pk, reviewer=made.owner, result=[])
    with pytest.raises(NoteMissing):
        reviews.fix(one.pk, reviewer=made.owner, result=house.answer("Bad"), decision=no)

    assert Task.objects.values().get() == before
    assert states(made) == ["SUBMITTED"] * 3


def test_what_is_not_judged_yet_or_known_before_is_not_put_right():
    made = house.opened(tasks=1, overlap=2)
    queue.give(made, "Good")
    gold, _ = answered("Good")
    Task.objects.filter(project=gold).update(expected=house.answer("Bad"))

    with pytest.raises(TaskNotJudged):
        reviews.fix(made.submissions.get().pk, reviewer=made.owner, result=house.answer())
    with pytest.raises(KnownAnswer):
        reviews.fix(gold.submissions.get().pk, reviewer=gold.owner, result=house.answer())

    assert states(made) == states(gold) == ["SUBMITTED"]


def test_signals_do_not_reject():
    made, _ = answered("Good")
    queue.signal(made.submissions.get())

    quality.judge()

    assert states(made) == ["SUBMITTED"]
    assert Signal.objects.count() == 1
