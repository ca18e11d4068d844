"""Passkeys (WebAuthn): sign in with a finger, a face or the phone's code, and no password.

Who joins with a passkey has no row yet when the device makes it: the id that the passkey will name
is taken from the sequence first, and waits in the session.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.transaction import atomic
from django.http import HttpRequest
from django.utils.translation import gettext as _

from people import two_step, ways
from people.errors import PasskeyRefused
from people.models import User

RESERVED = "people.passkeys.reserved"  # in the session
NAME_CHARACTERS = 60
PASSKEYS_LIMIT = 20  # per person


def begin_joining(request: HttpRequest, *, username: str) -> dict[str, Any]:
    """What the browser needs to make the passkey of somebody who is about to join."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('people_user', 'id'))")
        (reserved,) = cursor.fetchone()
    request.session[RESERVED] = reserved
    return auth.begin_registration(User(pk=reserved, username=username), True)


def join(request: HttpRequest, user: User, credential: Any) -> User:
    """The new person, saved with their passkey; raises PasskeyRefused."""
    reserved = request.session.pop(RESERVED, None)
    if reserved is None:
        raise PasskeyRefused
    _registered(credential)
    user.pk = reserved
    user.set_unusable_password()
    with atomic():
        user.save(force_insert=True)
        auth.WebAuthn.add(user, _("Passkey"), credential)
    return user


def begin(user: User) -> dict[str, Any]:
    """What the browser needs to make another passkey of this person."""
    return auth.begin_registration(user, True)


def add(user: User, credential: Any, *, name: str) -> Authenticator:
    """The passkey is one of theirs; raises PasskeyRefused."""
    if len(two_step.passkeys(user)) >= PASSKEYS_LIMIT:
        raise PasskeyRefused("This account has as many passkeys as it may have.")
    _registered(credential)
    with atomic():
        made = auth.WebAuthn.add(user, (name.strip() or _("Passkey"))[:NAME_CHARACTERS], credential)
        two_step.tell(user, _("A passkey was added to your account."))
    return made.instance


def _registered(credential: Any) -> None:
    """Returns if the browser made it now, for this site, and saw who the person is."""
    try:
        auth.parse_registration_response(credential)
        made = auth.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused from error
    if not made.is_user_verified():
        raise PasskeyRefused("Your device did not ask who you are. Set a screen lock first.")


def begin_sign_in(user: User | None = None) -> dict[str, Any]:
    """What the browser needs to use a passkey: anybody's of this site, or one of this person."""
    return auth.begin_authentication(user)


def used(credential: Any, *, user: User | None = None) -> Authenticator:
    """The passkey that the browser has used now, and whose it is; raises PasskeyRefused."""
    try:
        auth.parse_authentication_response(credential)
        holder = user or auth.extract_user_from_response(credential)
        found = auth.complete_authentication(holder, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused from error
    found.user = holder
    return found


def rename(user: User, passkey_id: int, name: str) -> None:
    """The passkey has this name."""
    for found in Authenticator.objects.filter(
        user=user, pk=passkey_id, type=Authenticator.Type.WEBAUTHN
    ):
        found.data["name"] = name.strip()[:NAME_CHARACTERS] or _("Passkey")
        found.save(update_fields=["data"])


def remove(user: User, passkey_id: int) -> None:
    """The passkey opens nothing any more; raises LastWayIn."""
    with atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        found = Authenticator.objects.filter(
            user=user, pk=passkey_id, type=Authenticator.Type.WEBAUTHN
        )
        if not found.exists():
            return
        ways.check_another(user, without_passkey=passkey_id)
        found.delete()
        if user.two_step and not two_step.has_app(user) and not two_step.passkeys(user):
            two_step.turn_off(user)
        two_step.tell(user, _("A passkey was removed from your account."))
