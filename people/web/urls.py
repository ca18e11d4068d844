"""Addresses of the account's pages."""

from django.urls import path

from people.web import languages, views

urlpatterns = [
    path("language/", languages.choose_language, name="choose-language"),
    path("words/<slug:language>.<slug:version>.js", languages.words, name="words"),
    path("join/", views.JoinView.as_view(), name="join"),
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/profile/", views.profile, name="profile"),
    path("account/password/", views.PasswordView.as_view(), name="password"),
    path("account/tokens/", views.issue_token, name="issue-token"),
    path("account/tokens/<slug:token_key>/revoke/", views.revoke_token, name="revoke-token"),
]
