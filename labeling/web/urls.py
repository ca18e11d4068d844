"""Addresses of pages."""

from django.urls import path

from labeling.web import skills, views

urlpatterns = [
    path("", views.offer_list, name="offers"),
    path("projects/<int:project_id>/", views.offer, name="offer"),
    path("projects/<int:project_id>/work/", views.work, name="work"),
    path("skills/", skills.skill_list, name="skills"),
]
