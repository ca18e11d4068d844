"""Letters go out, are tried again, and forget what they said."""

import smtplib

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from people import letters
from people.models import Letter
from tests.people import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return house.joined(email="ana@example.org", mail_proved_at=timezone.now())


def test_a_letter_goes_out_once_and_forgets_what_it_said(ana):
    letters.write(ana, subject="Hello", body="A secret.")

    counts = [letters.carry(), letters.carry()]

    letter = Letter.objects.get()
    assert counts == [1, 0]
    assert [one.body for one in mail.outbox] == ["A secret."]
    assert (letter.subject, letter.body, letter.tries) == ("", "", 1)
    assert letter.ended_at is not None


def test_who_has_proved_no_address_gets_none(ana):
    ana.mail_proved_at = None

    assert letters.write(ana, subject="Hello", body="Hello.") is None
    assert letters.carry() == 0


def test_while_the_post_office_is_closed_it_is_tried_again_later(ana, monkeypatch):
    def closed(self, *args):
        raise smtplib.SMTPServerDisconnected("closed")

    letters.write(ana, subject="Hello", body="Hello.")
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", closed)
        first, second = letters.carry(), letters.carry()
    waiting = Letter.objects.get()
    Letter.objects.update(due_at=timezone.now())

    assert (first, second, waiting.tries, waiting.problem) == (0, 0, 1, "closed")
    assert waiting.due_at > timezone.now()
    assert letters.carry() == 1
    assert Letter.objects.get().problem == ""


def test_after_many_tries_it_is_given_up(ana, monkeypatch):
    def closed(self, *args):
        raise OSError("closed")

    monkeypatch.setattr(EmailMessage, "send", closed)
    letters.write(ana, subject="Hello", body="A secret.")
    for _ in range(letters.TRIES_LIMIT + 1):
        Letter.objects.update(due_at=timezone.now())
        letters.carry()

    letter = Letter.objects.get()
    assert (letter.tries, letter.body, letter.problem) == (letters.TRIES_LIMIT, "", "closed")
    assert letter.ended_at is not None
