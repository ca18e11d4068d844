"""Mail to people: written as rows, carried by a job, tried again while the post office is closed.

A letter may arrive twice if a process dies between sending and noting it; it is never lost before
TRIES_LIMIT. One that `goes_once` is rather lost than sent twice: while it is carried it counts as
sent. What a letter said is forgotten as soon as it is.
"""

import logging
import smtplib
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.transaction import atomic
from django.utils import timezone

from people.models import Letter, User

TRIES_LIMIT = 8
FIRST_WAIT_SECONDS = 30  # doubled with every try that fails
LETTERS_A_RUN = 100
UNKNOWN = "Whether it arrived is not known: who carried it did not come back."

logger = logging.getLogger(__name__)


def write(
    user: User,
    *,
    subject: str,
    body: str,
    address: str = "",
    headers: dict[str, str] | None = None,
    goes_once: bool = False,
) -> Letter | None:
    """A letter to this address, or to the one that the person has proved; None if there is none.

    It goes out when the transaction that it is written in has committed.
    """
    to = address or (user.email if user.mail_proved_at else "")
    if not to:
        return None
    return Letter.objects.create(
        user=user,
        address=to,
        subject=subject,
        body=body,
        headers=headers or {},
        goes_once=goes_once,
        due_at=timezone.now(),
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
    """The next letter, due again later should this try come to nothing; with all that it says.

    One that goes once is over in the database from here on.
    """
    due = Letter.objects.filter(ended_at=None, due_at__lte=timezone.now()).order_by("due_at")
    with atomic():
        letter = due.select_for_update(skip_locked=True).first()
        if letter is not None:
            wait_seconds = FIRST_WAIT_SECONDS * 2**letter.tries
            letter.tries += 1
            letter.due_at = timezone.now() + timedelta(seconds=wait_seconds)
            taken = Letter.objects.filter(pk=letter.pk)
            taken.update(tries=letter.tries, due_at=letter.due_at)
            if letter.goes_once:
                taken.update(
                    ended_at=timezone.now(), subject="", body="", headers={}, problem=UNKNOWN
                )
    return letter


def _sent(letter: Letter) -> bool:
    try:
        _mail(letter).send()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("Letter %s did not go out: %s", letter.pk, error)
        letter.problem = str(error)[:300]
        if letter.tries >= TRIES_LIMIT:
            _end(letter)
        letter.save(update_fields=["problem", "subject", "body", "headers", "ended_at"])
        return False
    letter.problem = ""
    _end(letter)
    letter.save(update_fields=["problem", "subject", "body", "headers", "ended_at"])
    return True


def _mail(letter: Letter) -> EmailMessage:
    """Under one Message-ID however often it is tried: mail programs show such a mail once."""
    host = urlsplit(settings.STIPEND_URL).hostname or "localhost"
    headers = {"Message-ID": f"<letter-{letter.pk}@{host}>", **letter.headers}
    return EmailMessage(letter.subject, letter.body, to=[letter.address], headers=headers)


def _end(letter: Letter) -> None:
    letter.ended_at = timezone.now()
    letter.subject, letter.body, letter.headers = "", "", {}
