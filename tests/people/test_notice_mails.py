"""Notices by mail: once each, a day's acceptances together, and a way to have no more of them."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from people import choices, letters, notice_mails, notices
from people.models import Letter, Notice, User
from tests.people import house

pytestmark = pytest.mark.django_db(transaction=True)
PAID = {
    "amount": "1.50",
    "address": "0xa",
    "path": "/earnings/payouts/7/",
    "explorer_url": "https://explorer.example/tx/0xb",
}
CHANGED = {
    "old": "0xold",
    "new": "0xnew",
    "from": datetime(2026, 5, 1, 12, tzinfo=UTC).isoformat(),
    "path": "/earnings/wallet/",
}


@pytest.fixture
def ana(settings):
    settings.STIPEND_URL = "https://stipend.example"
    return house.joined(email="ana@example.org", mail_proved_at=timezone.now())


def tell(user: User, kind: str = "paid", number: int = 1, **more) -> None:
    facts = {"paid": PAID, "wallet_changed": CHANGED}[kind]
    notices.tell(f"person:{user.pk}", kind, facts, key=f"{kind}:{number}", **more)


def accepted(user: User, project: str, count: int) -> None:
    def grown(facts):
        total = facts.get("count", 0) + count
        given = {"project": project, "day": "2026-11-26", "path": "/answers/?state=accepted"}
        return {**given, "count": total, "amount": f"{total}.00"}

    key = f"accepted:{project}:2026-11-26"
    notices.grow(f"person:{user.pk}", "accepted", key=key, grown=grown)


def day_is_over() -> None:
    Notice.objects.filter(mail_due_at__isnull=False).update(mail_due_at=timezone.now())


def carried() -> list[EmailMessage]:
    """All mails so far, after another run of both jobs."""
    notice_mails.write_due()
    letters.carry()
    return mail.outbox


def test_a_payout_is_told_with_its_receipt_and_its_transfer(ana):
    tell(ana)

    (letter,) = carried()

    assert letter.to == ["ana@example.org"]
    assert letter.subject == "1.50\u00a0tUSD arrived in your wallet"
    assert "Receipt: https://stipend.example/earnings/payouts/7/" in letter.body
    assert "Transfer: https://explorer.example/tx/0xb" in letter.body


def test_it_speaks_the_readers_language(ana):
    User.objects.update(language="fr")
    tell(ana)

    (letter,) = carried()

    assert "1,50\u00a0tUSD" in letter.subject


def test_a_changed_wallet_is_told_with_a_link_that_the_page_does_not_have(ana):
    tell(ana, "wallet_changed", private={"path": "/confirm/abc/"})
    before = Notice.objects.get()
    (letter,) = carried()

    for words in ("1 May 2026", "0xold", "0xnew", "https://stipend.example/confirm/abc/"):
        assert words in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers
    assert "always told" in letter.body
    assert (before.private, Notice.objects.get().private) == ({"path": "/confirm/abc/"}, {})
    assert "/confirm/abc/" not in str(before.facts)


def test_every_other_mail_can_be_turned_off_by_one_click(ana):
    tell(ana)

    (letter,) = carried()

    link = f"https://stipend.example/notices/off/{choices.token(ana, 'paid')[:8]}"
    headers = letter.extra_headers
    assert headers["List-Unsubscribe"].startswith(f"<{link}")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].strip("<>") in letter.body


def test_what_was_accepted_on_a_day_is_one_mail_when_it_is_over(ana):
    for project, count in (("Moods", 2), ("Cats", 30), ("Moods", 5)):
        accepted(ana, project, count)

    assert carried() == []
    day_is_over()
    (letter,) = carried()

    assert letter.subject == "37 answers accepted"
    assert "7 answers accepted: You earned 7.00\u00a0tUSD in “Moods” on 26 Nov 2026." in letter.body
    assert "30 answers accepted: You earned 30.00\u00a0tUSD in “Cats”" in letter.body


def test_a_day_is_over_an_hour_after_midnight(ana, settings, monkeypatch):
    settings.STIPEND_DIGEST_MINUTES = 60
    evening = datetime(2026, 11, 26, 23, 59, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: evening)

    accepted(ana, "Moods", 1)

    assert Notice.objects.get().mail_due_at == datetime(2026, 11, 27, 1, tzinfo=UTC)


def test_more_of_the_same_is_not_mailed_again(ana):
    accepted(ana, "Moods", 2)
    day_is_over()
    carried()

    accepted(ana, "Moods", 2)

    assert Notice.objects.get().facts["count"] == 4
    assert len(carried()) == 1


def test_a_notice_is_one_mail_however_often_the_jobs_run(ana):
    tell(ana)
    tell(ana)

    for _ in range(3):
        carried()

    assert len(mail.outbox) == Letter.objects.count() == 1
    assert Notice.objects.get().letter == Letter.objects.get()


def test_who_has_proved_no_address_is_told_on_the_page_alone(ana):
    User.objects.update(mail_proved_at=None)
    tell(ana)

    assert carried() == []
    assert notices.unread_count(ana) == 1


def test_what_is_muted_before_the_mail_is_written_is_not_mailed(ana):
    tell(ana)
    choices.change(ana, "paid", mail=False)

    assert carried() == []
    assert Notice.objects.get().mail_due_at is None


def test_a_closed_post_office_is_tried_again_under_the_same_message_id(ana, monkeypatch):
    ids = []

    def closed(self, *args):
        ids.append(self.extra_headers["Message-ID"])
        raise smtplib.SMTPConnectError(421, "closed")

    tell(ana)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", closed)
        carried()
    waiting = Letter.objects.get()
    Letter.objects.update(due_at=timezone.now())
    (letter,) = carried()

    assert (waiting.tries, waiting.ended_at, "0xa" in waiting.body) == (1, None, True)
    assert letter.extra_headers["Message-ID"] == ids[0]
    assert letter.extra_headers["List-Unsubscribe-Post"]
    ended = Letter.objects.get()
    assert (ended.problem, ended.body, ended.headers) == ("", "", {})


class Died(BaseException):
    """The process is gone."""


def test_who_dies_on_the_way_has_it_sent_by_nobody_else(ana, monkeypatch):
    def died(self, *args):
        raise Died

    tell(ana)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", died)
        with pytest.raises(Died):
            carried()
    Letter.objects.update(due_at=timezone.now() - timedelta(days=1))

    assert carried() == []
    lost = Letter.objects.get()
    assert (lost.problem, lost.body) == (letters.UNKNOWN, "")


def test_facts_that_cannot_be_said_hold_up_nobody_elses_mail(ana):
    notices.tell(f"person:{ana.pk}", "paid", {"amount": "much"}, key="paid:0")
    tell(ana)

    assert len(carried()) == 1
    assert Notice.objects.filter(mail_due_at__isnull=False).count() == 0


def test_two_people_get_a_mail_each(ana):
    bob = house.joined("bob", email="bob@example.org", mail_proved_at=timezone.now())
    for user in (ana, bob):
        accepted(user, "Moods", 1)
    day_is_over()

    assert sorted(letter.to[0] for letter in carried()) == ["ana@example.org", "bob@example.org"]
