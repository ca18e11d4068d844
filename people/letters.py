"""Mail to people: written as rows, carried by a job, tried again while the post office is closed.

A letter may arrive twice if a process dies between sending and noting it; it is never lost before
TRIES_LIMIT. What it said is forgotten as soon as it is sent.
"""

import logging
import smtplib
from datetime import timedelta

from django.core.mail import EmailMessage
from django.db.transaction import atomic
from django.utils import timezone

from people.models import Letter, User

TRIES_LIMIT = 8
FIRST_WAIT_SECONDS = 30  # doubled with every try that fails
LETTERS_A_RUN = 100

logger = logging.getLogger(__name__)


def write(user: User, *, subject: str, body: str, address: str = "") -> Letter | None:
    """A letter to this address, or to the one that the person has proved; None if there is none.

    It goes out when the transaction that it is written in has committed.
    """
    to = address or (user.email if user.mail_proved_at else "")
    if not to:
        return None
    return Letter.objects.create(
        user=user, address=to, subject=subject, body=body, due_at=timezone.now()
    )


def carry() -> int:
    """How many of the letters that are due were sent now."""
    sent_count = 0
    for _ in range(LETTERS_A_RUN):
        letter = _taken()
        if letter is None:
            break
        sent_count += _sent(letter)
    return sent_count


def _taken() -> Letter | None:
    """The next letter, due again later should this try come to nothing."""
    due = Letter.objects.filter(ended_at=None, due_at__lte=timezone.now()).order_by("due_at")
    with atomic():
        letter = due.select_for_update(skip_locked=True).first()
        if letter is not None:
            wait_seconds = FIRST_WAIT_SECONDS * 2**letter.tries
            letter.tries += 1
            letter.due_at = timezone.now() + timedelta(seconds=wait_seconds)
            letter.save(update_fields=["tries", "due_at"])
    return letter


def _sent(letter: Letter) -> bool:
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.address]).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("Letter %s did not go out: %s", letter.pk, error)
        letter.problem = str(error)[:300]
        if letter.tries >= TRIES_LIMIT:
            _end(letter)
        letter.save(update_fields=["problem", "body", "ended_at"])
        return False
    letter.problem = ""
    _end(letter)
    letter.save(update_fields=["problem", "body", "ended_at"])
    return True


def _end(letter: Letter) -> None:
    letter.ended_at, letter.body = timezone.now(), ""
