"""Addresses under /api/v1/."""

from django.urls import path

from payments.api.deposits import DepositCallsView, PermitView
from payments.api.payouts import PayoutsView, PayoutView, ReceiptView
from payments.api.solvency import BatchesView, BatchView, LeavesView, ProofsView, SolvencyView
from payments.api.statements import MonthsView, StatementFileView, StatementView
from payments.api.wallets import ComingView, ConfirmView, WalletView

urlpatterns = [
    path("statement/", StatementView.as_view(), name="api-statement"),
    path("statement/months/", MonthsView.as_view()),
    path("statement/csv/", StatementFileView.as_view()),
    path("payouts/", PayoutsView.as_view(), name="api-payouts"),
    path("payouts/<uuid:payout_id>/", PayoutView.as_view(), name="api-payout"),
    path("payouts/<uuid:payout_id>/receipt/", ReceiptView.as_view()),
    path("deposits/calls/", DepositCallsView.as_view()),
    path("deposits/permit/", PermitView.as_view()),
    path("solvency/", SolvencyView.as_view()),
    path("solvency/leaves/", LeavesView.as_view()),
    path("solvency/proofs/", ProofsView.as_view()),
    path("solvency/batches/", BatchesView.as_view()),
    path("solvency/batches/<int:number>/", BatchView.as_view()),
    path("wallet/", WalletView.as_view()),
    path("wallet/coming/", ComingView.as_view()),
    path("wallet/confirm/", ConfirmView.as_view()),
]
