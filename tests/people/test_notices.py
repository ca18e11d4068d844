"""Notices by mail."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import transaction
from django.db.transaction import atomic
from django.utils import timezone

from people import letters, notices
from people.models import User

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = {
    "old": "0xold",
    "new": "0xnew",
    "from": datetime(2026, 5, 1, 12, tzinfo=UTC),
    "path": "/confirm/abc/",
}


@pytest.fixture
def ana(settings):
    settings.STIPEND_URL = "https://stipend.example"
    return User.objects.create_user("ana", email="ana@example.org", mail_proved_at=timezone.now())


def test_a_changed_wallet_is_told_with_a_link(ana):
    notices.tell(f"person:{ana.pk}", "wallet_changed", FACTS)
    letters.carry()

    (letter,) = mail.outbox
    assert letter.to == ["ana@example.org"]
    for words in ("1 May 2026", "0xold", "0xnew", "https://stipend.example/confirm/abc/"):
        assert words in letter.body


def test_nothing_is_sent_of_what_did_not_happen(ana):
    with atomic():
        notices.tell(f"person:{ana.pk}", "wallet_changed", FACTS)
        transaction.set_rollback(True)

    assert letters.carry() == 0


@pytest.mark.parametrize("change", [{"mail_proved_at": None}, {"is_active": False}])
def test_who_has_proved_no_address_is_told_nothing(ana, change):
    User.objects.update(**change)

    for holder in (f"person:{ana.pk}", "person:999999", "project:1", "house"):
        notices.tell(holder, "wallet_changed", FACTS)

    assert letters.carry() == 0
