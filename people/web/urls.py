"""Addresses of the account's pages."""

from django.urls import path

from people.web import confirm, entrance, languages, notices, security, views, wallets

urlpatterns = [
    path("language/", languages.choose_language, name="choose-language"),
    path("words/<slug:language>.<slug:version>.js", languages.words, name="words"),
    path("join/", entrance.JoinView.as_view(), name="join"),
    path("join/passkey/", entrance.join_passkey, name="join-passkey"),
    path("sign-in/", entrance.SignInView.as_view(), name="account_login"),  # as allauth calls it
    path("sign-in/", entrance.SignInView.as_view(), name="sign-in"),
    path("sign-in/passkey/", entrance.sign_in_by_passkey, name="sign-in-by-passkey"),
    path("sign-in/passkey/options/", entrance.passkey_options, name="passkey-options"),
    path("sign-in/wallet/", entrance.sign_in_by_wallet, name="sign-in-by-wallet"),
    path("sign-in/wallet/message/", wallets.sign_in_message, name="sign-in-message"),
    path("sign-in/second-step/", entrance.SecondStepView.as_view(), name="mfa_authenticate"),
    path("sign-in/forgotten/", entrance.forgotten, name="forgotten"),
    path("sign-in/new-password/", entrance.reset_password, name="reset-password"),
    path("sign-out/", entrance.SignOutView.as_view(), name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/profile/", views.profile, name="profile"),
    path("account/tokens/", views.issue_token, name="issue-token"),
    path("account/tokens/<slug:token_key>/revoke/", views.revoke_token, name="revoke-token"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/confirm/options/", confirm.confirm_options, name="confirm-options"),
    path("account/password/", security.password, name="password"),
    path("account/mail/", security.mail, name="mail"),
    path("account/mail/code/", security.prove_mail, name="prove-mail"),
    path("account/mail/forget/", security.forget_mail, name="forget-mail"),
    path("account/sign-in/", security.second_steps, name="second-steps"),
    path("account/sign-in/app/", security.set_up_app, name="set-up-app"),
    path("account/sign-in/on/", security.turn_on, name="turn-on-second-step"),
    path("account/sign-in/off/", security.turn_off, name="turn-off-second-step"),
    path("account/sign-in/codes/", security.new_codes, name="new-emergency-codes"),
    path("account/passkeys/options/", security.new_passkey_options, name="new-passkey-options"),
    path("account/passkeys/", security.add_passkey, name="add-passkey"),
    path("account/passkeys/<int:passkey_id>/", security.rename_passkey, name="rename-passkey"),
    path(
        "account/passkeys/<int:passkey_id>/remove/", security.remove_passkey, name="remove-passkey"
    ),
    path("account/sessions/", security.list_sessions, name="sessions"),
    path("account/sessions/others/", security.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<int:session_id>/end/", security.end_session, name="end-session"),
    path("account/notices/", notices.notice_list, name="notices"),
    path("account/notices/read/", notices.read_notices, name="read-notices"),
    path("account/notices/choices/", notices.notice_choices, name="notice-choices"),
    path("account/notices/<int:notice_id>/", notices.open_notice, name="open-notice"),
    path("account/notices/<int:notice_id>/read/", notices.read_notice, name="read-notice"),
    path("notices/off/<str:token>/", notices.mute_mails, name="mute-mails"),
    path("wallet/", wallets.overview, name="wallets"),
    path("wallet/connect/", wallets.connect, name="connect-wallet"),
    path("wallet/new/", wallets.make, name="new-wallet"),
    path("wallet/message/", wallets.proof_message, name="wallet-message"),
    path("wallet/prove/", wallets.prove, name="prove-wallet"),
    path("wallet/<str:address>/forget/", wallets.forget, name="forget-wallet"),
]
