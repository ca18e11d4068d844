"""The second step of signing in."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest


class SecondStep(AuthenticateStage):
    """Asked of whoever turned it on, unless they came with a passkey."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return bool(self.login.user.two_step) and super()._should_handle(request)
