"""Payouts, the word of two admins on large ones, their batches, and what is owed after each."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from payments import limits, money
from payments.admin import doors
from payments.admin.links import address_link, root, said, short_address_link, tx_link
from payments.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from payments.models import Approval, Batch, Exit, Owed, Payout


class PayoutInline(ReadOnlyInline):
    model = Payout
    fields = ["position", "purse", "to", "amount_units", "state", "reason"]
    readonly_fields = ["to"]

    @admin.display(description=_("to"))
    def to(self, payout: Payout) -> str:
        return short_address_link(payout.address)


class ApprovalInline(ReadOnlyInline):
    model = Approval
    fields = ["admin", "at"]
    readonly_fields = ["at"]


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ["requested_at", "purse", "amount", "stands", "short", "transfer", "why"]
    list_filter = ["state", ("approved_at", admin.EmptyFieldListFilter), "needs_approval"]
    list_select_related = ["purse"]
    search_fields = ["id", "address", "tx_hash", "purse__holder", "=owner"]
    date_hierarchy = "requested_at"
    exclude = ["address", "tx_hash", "reason"]
    readonly_fields = ["owner", "why", "to", "transfer"]
    inlines = [ApprovalInline]
    actions = ["approve_chosen"]
    actions_detail = ["approve"]

    @admin.display(description=_("amount"), ordering="amount_units")
    def amount(self, payout: Payout) -> str:
        return money.format(payout.amount_units)

    @admin.display(description=_("state"), ordering="state")
    def stands(self, payout: Payout) -> Any:
        return _("waits for two admins") if payout.waits_for_admins else payout.get_state_display()

    @admin.display(description=_("to"))
    def to(self, payout: Payout) -> str:
        return address_link(payout.address)

    @admin.display(description=_("to"))
    def short(self, payout: Payout) -> str:
        return short_address_link(payout.address)

    @admin.display(description=_("transfer"))
    def transfer(self, payout: Payout) -> str:
        return tx_link(payout.tx_hash)

    @admin.display(description=_("reason"))
    def why(self, payout: Payout) -> str:
        return said(payout.reason)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_payout")

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        waiting = Payout.objects.filter(needs_approval=True, approved_at=None)
        return self.has_operate_permission(request) and doors.is_among(waiting, object_id)

    @admin.action(description=_("Approve: let it leave"), permissions=["operate"])
    def approve_chosen(self, request: HttpRequest, chosen: QuerySet[Payout]) -> None:
        for payout in chosen.filter(needs_approval=True, approved_at=None):
            self._approve(request, payout)

    @action(
        description=_("Approve"),
        permissions=["approve"],
        variant=ActionVariant.PRIMARY,
        dialog=doors.question(
            _("Approve this payout"), _("It leaves when two admins have approved it.")
        ),
    )
    def approve(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        self._approve(request, Payout.objects.get(pk=object_id))
        return doors.back(request, "admin:payments_payout_changelist")

    def _approve(self, request: HttpRequest, payout: Payout) -> None:
        done = _("Approved. It leaves when two admins have approved it.")
        if doors.call(request, lambda: limits.approve(payout.pk, admin=request.user), done=done):
            self.log_change(request, payout, "approved")


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = ["payout", "admin", "at"]
    list_select_related = ["payout", "admin"]
    search_fields = ["payout__id", "admin__username"]


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["number", "payees", "total", "stands", "transfer", "created_at", "settled_at"]
    list_select_related = ["chain_tx"]
    list_filter = ["chain_tx__state", ("settled_at", admin.EmptyFieldListFilter)]
    search_fields = ["id", "=number", "chain_tx__tx_hash"]
    readonly_fields = ["transfer"]
    inlines = [PayoutInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        """With how many it pays, and what: counted on the page's rows alone."""
        mine = Payout.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
        return (
            super()
            .get_queryset(request)
            .annotate(
                payees_count=Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0),
                units=Coalesce(Subquery(mine.annotate(n=Sum("amount_units")).values("n")), 0),
            )
        )

    @admin.display(description=_("payees"))
    def payees(self, batch: Any) -> int:
        return int(batch.payees_count)

    @admin.display(description=_("amount"))
    def total(self, batch: Any) -> str:
        return money.format(batch.units)

    @admin.display(description=_("state"), ordering="chain_tx__state")
    def stands(self, batch: Batch) -> str:
        return str(batch.chain_tx.get_state_display())

    @admin.display(description=_("transfer"))
    def transfer(self, batch: Batch) -> str:
        return tx_link(batch.chain_tx.tx_hash)


@admin.register(Owed)
class OwedAdmin(ReadOnlyAdmin):
    """The roots and sums; the leaves are too many for a page."""

    list_display = ["batch", "transfer", "total", "homeless", "of_balances", "of_labels"]
    list_select_related = ["batch__chain_tx"]
    exclude = ["balances", "labels", "balances_root", "labels_root"]
    readonly_fields = ["of_balances", "of_labels", "transfer"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Owed]:
        return super().get_queryset(request).defer("balances", "labels")

    @admin.display(description=_("transfer"))
    def transfer(self, owed: Owed) -> str:
        return tx_link(owed.batch.chain_tx.tx_hash)

    @admin.display(description=_("root of balances"))
    def of_balances(self, owed: Owed) -> str:
        return root(owed.balances_root, owed.batch.chain_tx.tx_hash)

    @admin.display(description=_("root of labels"))
    def of_labels(self, owed: Owed) -> str:
        return root(owed.labels_root, owed.batch.chain_tx.tx_hash)

    @admin.display(ordering="total_units")
    def total(self, owed: Owed) -> str:
        return money.format(owed.total_units)

    @admin.display(description="of people without a wallet", ordering="homeless_units")
    def homeless(self, owed: Owed) -> str:
        return money.format(owed.homeless_units)


@admin.register(Exit)
class ExitAdmin(ReadOnlyAdmin):
    """Earnings that were taken out of the vault with a proof."""

    list_display = ["entry_id", "purse", "amount", "to", "transfer"]
    list_select_related = ["purse"]
    search_fields = ["address", "tx_hash", "purse__holder"]
    fields = ["purse", "amount_units", "up_to_units", "to", "transfer"]
    readonly_fields = ["to", "transfer"]

    @admin.display(description=_("amount"), ordering="amount_units")
    def amount(self, taken: Exit) -> str:
        return money.format(taken.amount_units)

    @admin.display(description=_("to"))
    def to(self, taken: Exit) -> str:
        return address_link(taken.address)

    @admin.display(description=_("transfer"))
    def transfer(self, taken: Exit) -> str:
        return tx_link(taken.tx_hash)
