"""How allauth works here: our words, our doors, our secrets kept sealed.

allauth does the ceremonies (login in steps, codes of apps, passkeys, sessions). What is said to
people is said in our pages and letters, so its own messages and mails are silent.
"""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from people.models import User

NOWHERE = "0.0.0.0"


class AccountAdapter(DefaultAccountAdapter):
    """Signing in, in steps."""

    def get_login_stages(self) -> list[str]:
        return ["people.stages.SecondStep"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Our own doors ask for it (`people.web.doors.freshly`)."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The person's address; behind a proxy that says too little, the proxy's."""
        try:
            return str(super().get_client_ip(request))
        except (PermissionDenied, ImproperlyConfigured):
            return str(request.META.get("REMOTE_ADDR") or NOWHERE)

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Only what one of our pages says."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Our rooms write their own letters."""

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("This account is closed."))
        return redirect("sign-in")


class TwoStepAdapter(DefaultMFAAdapter):
    """Codes of apps, passkeys, and codes for emergencies."""

    def encrypt(self, text: str) -> str:
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _safe().decrypt(encrypted_text.encode()).decode()

    def _get_user_identifier(self, user: User) -> str:
        return str(user.username)

    def _get_site_name(self) -> str:
        return "Stipend"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return _("Passkey")


def _safe() -> MultiFernet:
    """Seals with the secret key of now, opens what an older one has sealed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"people.two-step:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in digests])
