"""Addresses of pages."""

from django.urls import path

from labeling.web import (
    cases,
    device,
    jury,
    money,
    practice,
    rejections,
    reputation,
    reviews,
    skills,
    views,
    wallets,
)

urlpatterns = [
    path("", views.offer_list, name="offers"),
    path("projects/<int:project_id>/", views.offer, name="offer"),
    path("projects/<int:project_id>/work/", views.work, name="work"),
    path("projects/<int:project_id>/practice/", practice.practice, name="practice"),
    path("answers/", cases.answer_list, name="answers"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("jury/", jury.jury, name="jury"),
    path("review/", reviews.project_list, name="reviews"),
    path("review/<int:project_id>/", reviews.review, name="review"),
    path("review/<int:project_id>/accept/", reviews.accept_many, name="review-many"),
    path("review/<int:project_id>/rejections/", rejections.rejection_list, name="rejections"),
    path(
        "review/<int:project_id>/rejections/<uuid:case_id>/take-back/",
        rejections.take_back,
        name="rejection-back",
    ),
    path("money/", money.project_list, name="money"),
    path("money/<int:project_id>/", money.of_project, name="project-money"),
    path(
        "money/<int:project_id>/statement.csv", money.statement_file, name="project-statement-file"
    ),
    path("money/<int:project_id>/wallet/sign/", wallets.sign, name="sign-for-project-wallet"),
    path("money/<int:project_id>/wallet/keep/", wallets.take_back, name="keep-project-wallet"),
    path("reputation/", reputation.reputation_page, name="reputation"),
    path("sw.js", device.worker, name="worker"),
    path("manifest.webmanifest", device.manifest, name="manifest"),
    path("offline/", device.offline, name="offline"),
    path("skills/", skills.skill_list, name="skills"),
]
