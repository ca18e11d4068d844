"""Addresses of pages."""

from django.urls import path

from payments.web import metrics, payout_rows, receipts, solvency, views, wallets

urlpatterns = [
    path("earnings/", views.earnings, name="earnings"),
    path("earnings/payouts/", payout_rows.payout_list, name="payouts"),
    path("earnings/payouts/<uuid:payout_id>/", receipts.receipt, name="receipt"),
    path("metrics", metrics.metrics, name="metrics"),
    path("vault/", solvency.page, name="vault"),
    path("earnings/proof.json", solvency.proof_file, name="proof-file"),
    path("earnings/statement.csv", views.statement_file, name="statement-file"),
    path("earnings/wallet/", wallets.wallet, name="wallet"),
    path("earnings/wallet/sign/", wallets.sign, name="sign-for-wallet"),
    path("earnings/wallet/keep/", wallets.take_back, name="keep-wallet"),
    path("earnings/wallet/confirm/<str:token>/", wallets.confirm, name="confirm-wallet"),
]
