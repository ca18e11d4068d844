"""Addresses under /api/v1/."""

from django.urls import path

from people.api import schema
from people.api.people import MeView, TokensView

__all__ = ["schema", "urlpatterns"]

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("tokens/", TokensView.as_view(), name="tokens"),
]
