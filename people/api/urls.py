"""Addresses under /api/v1/."""

from django.urls import path

from people.api import schema
from people.api.leaving import DataView, DepartureView, LeftView
from people.api.notices import ChoicesView, NoticesView, ReadView
from people.api.people import MeView, TokensView

__all__ = ["schema", "urlpatterns"]

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("notices/", NoticesView.as_view(), name="api-notices"),
    path("notices/read/", ReadView.as_view()),
    path("notices/preferences/", ChoicesView.as_view()),
    path("me/data/", DataView.as_view(), name="api-own-data"),
    path("me/departure/", DepartureView.as_view(), name="api-departure"),
    path("left/", LeftView.as_view(), name="api-left"),
    path("tokens/", TokensView.as_view(), name="tokens"),
]
