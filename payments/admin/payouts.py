"""Payouts and their batches."""

from django.contrib import admin

from payments import money
from payments.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from payments.models import Batch, Payout


class PayoutInline(ReadOnlyInline):
    model = Payout
    fields = ["position", "purse", "address", "amount_units", "state", "reason"]


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ["requested_at", "purse", "amount", "state", "address", "ended_at"]
    list_filter = ["state"]
    list_select_related = ["purse"]
    search_fields = ["id", "address", "tx_hash", "purse__holder"]
    date_hierarchy = "requested_at"

    @admin.display(ordering="amount_units")
    def amount(self, payout: Payout) -> str:
        return money.format(payout.amount_units)


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["id", "chain_tx", "created_at", "settled_at"]
    list_select_related = ["chain_tx"]
    search_fields = ["id", "chain_tx__tx_hash"]
    inlines = [PayoutInline]
