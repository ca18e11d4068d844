"""Addresses under /api/v1/."""

from django.urls import path

from people.api.people import MeView, TokensView

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("tokens/", TokensView.as_view(), name="tokens"),
]
