"""A second step after the password: a code of an app, a passkey, or a code for emergencies.

It is on for who turned it on (`User.two_step`), with an app's code or with a passkey they have.
Ten codes for emergencies come with it, are shown once, and each opens once.
"""

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from people import letters
from people.errors import SecondStepNeeded, SecondStepOff, WrongCode
from people.models import User

Kind = Authenticator.Type


def has_app(user: User) -> bool:
    """True if codes of an app are one of this person's second steps."""
    return Authenticator.objects.filter(user=user, type=Kind.TOTP).exists()


def passkeys(user: User) -> list[Authenticator]:
    """The person's passkeys, oldest first."""
    return list(Authenticator.objects.filter(user=user, type=Kind.WEBAUTHN).order_by("created_at"))


def codes_left(user: User) -> int:
    """How many codes for emergencies have not been used."""
    kept = Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).first()
    return len(kept.wrap().get_unused_codes()) if kept else 0


def turn_on(user: User, *, secret: str = "") -> list[str]:
    """Codes for emergencies, to be shown now; from now on the password alone opens nothing.

    `secret` is what an app has been given, and has shown to know; without it the person must have
    a passkey, or SecondStepNeeded is raised.
    """
    with atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if secret and not has_app(user):
            TOTP.activate(user, secret)
        if not has_app(user) and not passkeys(user):
            raise SecondStepNeeded("Set up an app or a passkey first.")
        locked.two_step = user.two_step = True
        locked.save(update_fields=["two_step"])
        tell(user, _("Signing in to your account needs a second step from now on."))
        return new_codes(user)


def turn_off(user: User) -> None:
    """The password alone signs in again; passkeys stay as a way to sign in."""
    with atomic():
        Authenticator.objects.filter(user=user).exclude(type=Kind.WEBAUTHN).delete()
        user.two_step = False
        user.save(update_fields=["two_step"])
        tell(user, _("Signing in to your account needs no second step any more."))


def new_codes(user: User) -> list[str]:
    """Ten new codes for emergencies; the old ones open nothing any more."""
    with atomic():
        Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).delete()
        return list(RecoveryCodes.activate(user).get_unused_codes())


def check(user: User, code: str) -> None:
    """Returns if the person asks for no second step, or if this is one of their codes.

    Raises SecondStepNeeded without a code, WrongCode with a wrong one or after too many.
    """
    if not user.two_step:
        return
    if not code:
        raise SecondStepNeeded
    if not AuthenticateForm(user=user, data={"code": code}).is_valid():
        raise WrongCode


def check_on(user: User) -> None:
    """Returns if signing in to this account takes two steps, or need not; raises SecondStepOff.

    Sessions of such an account have shown both. STIPEND_REQUESTER_TWO_FACTOR=0 lifts it.
    """
    if settings.STIPEND_REQUESTER_TWO_FACTOR and not user.two_step:
        raise SecondStepOff


def tell(user: User, sentence: str, *, address: str = "") -> None:
    """A letter says that something about signing in has changed; to another address if named."""
    rest = _(
        "If this was not you, sign in at once, change your password, and end all other sessions "
        "on your account's page."
    )
    body = f"{sentence}\n\n{rest}"
    letters.write(user, subject=_("Your Stipend account"), body=body, address=address)
