"""Addresses of pages."""

from django.urls import path

from payments.web import views

urlpatterns = [path("earnings/", views.earnings, name="earnings")]
