"""Two jobs at once tell each thing once. The twins tell it without the lock."""

import pytest
from django.core import mail
from django.utils import timezone

from labeling import notices
from labeling.handout import submissions
from labeling.models import Project, Untold
from labeling.review import reviews
from payments import notices as bank
from people import letters, notice_mails
from people import notices as people
from people.models import Letter, Notice, User
from tests.labeling import house
from tests.payments import house as purses
from tests.payments.test_statements import end
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)


def accepted(*, count: int = 3) -> User:
    """A labeler with so many answers accepted and not told of."""
    made, who = house.opened(tasks=count, review=Project.Review.MANUAL), house.labeler()
    for _ in range(count):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
    for one in made.submissions.all():
        reviews.accept(one.pk, reviewer=made.owner)
    return who


def counted() -> int:
    return Notice.objects.get(kind="accepted").facts["count"]


def test_two_jobs_count_accepted_work_once(monkeypatch):
    accepted()
    money.meet_after(monkeypatch, notices, "_taken")

    money.at_once(notices.tell_accepted, notices.tell_accepted)

    assert (counted(), Untold.objects.count()) == (3, 0)


def test_without_the_lock_both_count_it(monkeypatch):
    accepted()
    rows = Untold.objects.select_related("project").order_by("pk")
    monkeypatch.setattr(notices, "_taken", lambda: list(rows.all()))
    money.meet_after(monkeypatch, notices, "_taken")

    money.at_once(notices.tell_accepted, notices.tell_accepted)

    assert counted() == 6


def grow_twice(monkeypatch) -> int:
    """The count that two calls come to which meet between the look and the write."""
    who = f"person:{house.labeler().pk}"
    people.tell(who, "accepted", {}, key="accepted:1")
    money.meet_after(monkeypatch, people, "_locked")

    def grow() -> None:
        def grown(facts):
            return {"count": facts.get("count", 0) + 1}

        people.grow(who, "accepted", key="accepted:1", grown=grown)

    assert money.at_once(grow, grow) == [None, None]
    return counted()


def test_what_grows_twice_at_once_has_grown_twice(monkeypatch):
    assert grow_twice(monkeypatch) == 2


def test_without_the_lock_one_of_them_is_lost(monkeypatch):
    monkeypatch.setattr(people, "_locked", lambda user, key: Notice.objects.get(user=user, key=key))

    assert grow_twice(monkeypatch) == 1


def to_be_mailed() -> None:
    fields = {"email": "ana@example.org", "mail_proved_at": timezone.now()}
    ana = User.objects.create_user("ana", **fields)
    facts = {"amount": "1.50", "address": "0xa", "path": "/earnings/"}
    people.tell(f"person:{ana.pk}", "paid", facts, key="paid:1")


def test_two_jobs_write_one_letter_and_send_it_once(monkeypatch):
    to_be_mailed()
    money.meet_after(monkeypatch, notice_mails, "_free")
    money.at_once(notice_mails.write_due, notice_mails.write_due)
    money.meet_before(monkeypatch, letters, "_sent")

    money.at_once(letters.carry, letters.carry)

    assert Letter.objects.count() == len(mail.outbox) == 1


def test_without_the_locks_there_are_two(monkeypatch):
    to_be_mailed()
    monkeypatch.setattr(notice_mails, "_free", lambda user_id: User.objects.get(pk=user_id))
    due = Notice.objects.filter(mail_due_at__isnull=False)
    monkeypatch.setattr(notice_mails, "_due", lambda user: list(due.filter(user=user)))
    money.meet_after(monkeypatch, notice_mails, "_due")

    money.at_once(notice_mails.write_due, notice_mails.write_due)

    assert Letter.objects.count() == 2


def test_two_jobs_tell_of_a_payout_once():
    ana = User.objects.create_user("ana")
    purses.earn(f"person:{ana.pk}", 500_000)
    end(purses.ask(f"person:{ana.pk}", 500_000), tx_hash="0xa")

    ends = money.at_once(bank.tell_ended, bank.tell_ended)

    assert sorted(ends) == [0, 1]
    assert Notice.objects.filter(user=ana, kind="paid").count() == 1
