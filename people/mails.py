"""Mail addresses: optional, proved by a code, good for getting back in and for notices.

A code has eight digits. It lives CODE_MINUTES and allows TRIES tries, in the browser that asked.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError
from django.db.models import F
from django.db.models.functions import Lower
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from people import languages, letters, two_step, ways
from people.errors import MailTaken, WrongCode
from people.models import MailCode, User

CODE_MINUTES = 15
TRIES = 5


def ask_proof(user: User, address: str) -> MailCode:
    """A code is on its way to this address; typed in, it makes the address theirs."""
    return _written(MailCode.Purpose.PROVE, user, address)


def ask_reset(address: str) -> MailCode:
    """A code is on its way to the account that has this address; nobody is told whether one has.

    It goes to the address as the account has it, never as it was written here: two spellings can
    be the same to a comparison, and not to a post office.
    """
    owner = _owner(address)
    return _written(MailCode.Purpose.RESET, owner, owner.email if owner else address)


def _owner(address: str) -> User | None:
    """Who proved the address, else who was first to name it."""
    proved = User.objects.with_proved_mail(address).filter(is_active=True).first()
    named = User.objects.annotate(mail=Lower("email")).filter(mail=address.lower(), is_active=True)
    return proved or named.order_by("date_joined", "pk").first()


def _written(purpose: MailCode.Purpose, user: User | None, address: str) -> MailCode:
    number = f"{secrets.randbelow(10**8):08}"
    code = MailCode(
        purpose=purpose,
        user=user,
        address=address,
        tries_left=TRIES,
        expires_at=timezone.now() + timedelta(minutes=CODE_MINUTES),
    )
    code.digest = _digest(code.pk, number)
    with atomic():
        MailCode.objects.filter(expires_at__lt=timezone.now()).delete()
        code.save(force_insert=True)
        if user is not None:
            subject, body = _letter(purpose, user, f"{number[:4]} {number[4:]}")
            letters.write(user, subject=subject, body=body, address=address)
    return code


def _digest(code_id: UUID, number: str) -> str:
    return salted_hmac("people.mails", f"{code_id}:{number}", algorithm="sha256").hexdigest()


def _letter(purpose: MailCode.Purpose, user: User, number: str) -> tuple[str, str]:
    facts = {"name": user.username, "code": number, "minutes": CODE_MINUTES}
    if purpose == MailCode.Purpose.PROVE:
        subject = _("%(code)s is your code for Stipend")
        reason = _("Type it in to prove that this mail address belongs to the account %(name)s.")
    else:
        subject = _("%(code)s lets you choose a new password at Stipend")
        reason = _("Type it in to choose a new password for the account %(name)s.")
    rest = _(
        "It is good for %(minutes)s minutes. If you did not ask for it, you need do nothing: "
        "without it nothing changes. Never tell it to anybody."
    )
    return subject % facts, "\n\n".join([number, reason % facts, rest % facts])


def prove(user: User, code_id: str, number: str) -> User:
    """The address that the code was sent to is this person's; raises WrongCode, MailTaken.

    The one that they had before is told.
    """
    code = _matched(MailCode.Purpose.PROVE, code_id, number)
    if code.user_id != user.pk:
        raise WrongCode
    with atomic():
        _use(code)
        was = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        old = was.email if was.mail_proved_at else ""
        user.email, user.mail_proved_at = was.email, was.mail_proved_at
        _keep(user, code.address)
        if old and old.lower() != code.address.lower():
            sentence = _("The mail address of your Stipend account was changed to %(new)s.")
            two_step.tell(user, sentence % {"new": code.address}, address=old)
    return user


def reset(code_id: str, number: str, password: str) -> User:
    """The person has a new password, and has proved the address; raises WrongCode.

    A password that is too weak raises Django's ValidationError and leaves the code as it is.
    """
    waiting = MailCode.objects.filter(pk=_uuid(code_id)).select_related("user").first()
    validate_password(password, waiting.user if waiting else None)
    code = _matched(MailCode.Purpose.RESET, code_id, number)
    with atomic():
        _use(code)
        user = User.objects.select_for_update(of=("self",)).filter(pk=code.user_id).first()
        if user is None or not user.is_active or user.email.lower() != code.address.lower():
            raise WrongCode
        user.set_password(password)
        user.save(update_fields=["password"])
        _keep(user, code.address)
    return user


def forget(user: User) -> None:
    """The account has no mail address any more, and a proved one is told; raises LastWayIn."""
    ways.check_another(user, without_mail=True)
    with atomic():
        two_step.tell(user, _("This mail address was taken off your Stipend account."))
        user.email, user.mail_proved_at = "", None
        user.save(update_fields=["email", "mail_proved_at"])
        user.mail_codes.all().delete()


def replace(user: User, address: str) -> None:
    """The account has another address, or none, that an admin wrote: unproved, and codes are over.

    The one that was proved before is told. `user` holds the new fields, to be saved by the caller.
    """
    was = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    user.email, user.mail_proved_at = address, None
    with languages.spoken_to(was):
        changed = _("The mail address of your Stipend account was changed to %(new)s.")
        removed = _("This mail address was taken off your Stipend account.")
        two_step.tell(was, changed % {"new": address} if address else removed)
    was.mail_codes.all().delete()


def _keep(user: User, address: str) -> None:
    """The address is proved: since now, or as before if it was; what is new has to age."""
    is_known = user.mail_proved_at is not None and user.email == address
    user.email = address
    user.mail_proved_at = user.mail_proved_at if is_known else timezone.now()
    try:
        with atomic():
            user.save(update_fields=["email", "mail_proved_at"])
    except IntegrityError as error:
        raise MailTaken from error


def _matched(purpose: MailCode.Purpose, code_id: str, number: str) -> MailCode:
    """The code that this number belongs to. Every call costs a try, whatever comes of it."""
    asked = MailCode.objects.filter(pk=_uuid(code_id), purpose=purpose)
    usable = asked.filter(expires_at__gt=timezone.now(), tries_left__gt=0)
    if not usable.update(tries_left=F("tries_left") - 1):
        raise WrongCode
    code = asked.select_related("user").first()
    digits = "".join(one for one in number if one.isdecimal())
    if code is None or not constant_time_compare(code.digest, _digest(code.pk, digits)):
        raise WrongCode
    return code


def _use(code: MailCode) -> None:
    deleted, _rows = MailCode.objects.filter(pk=code.pk).delete()
    if not deleted:
        raise WrongCode


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
