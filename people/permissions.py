"""Roles at the door of the API. One person may have several."""

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView


class IsLabeler(IsAuthenticated):
    """Signed in, and allowed to take work."""

    message = _("This needs the labeler role.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.is_labeler


class IsRequester(IsAuthenticated):
    """Signed in, and allowed to put up work."""

    message = _("This needs the requester role.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.is_requester
