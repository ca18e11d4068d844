"""The ways a person can sign in: a password, a passkey, a wallet, a code by mail."""

from allauth.mfa.models import Authenticator

from people.errors import LastWayIn
from people.models import User


def check_another(
    user: User, *, without_passkey: int = 0, without_wallet: str = "", without_mail: bool = False
) -> None:
    """Returns if the person can still get in without this one; raises LastWayIn."""
    passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    if not (
        user.has_usable_password()
        or (user.mail_proved_at and not without_mail)
        or passkeys.exclude(pk=without_passkey).exists()
        or user.wallets.exclude(address=without_wallet).exists()
    ):
        raise LastWayIn
