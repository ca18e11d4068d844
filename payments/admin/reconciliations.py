"""What proving the book found, and a button that proves it now."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from payments import money, nudges
from payments.admin import doors
from payments.admin.links import said
from payments.admin.readonly import ReadOnlyAdmin
from payments.models import Reconciliation

JOB = "payments.jobs.reconcile"


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    list_display = ["at", "is_clean", "in_vault", "in_book", "unknown", "found"]
    list_filter = ["is_clean"]
    exclude = ["problems", "figures", "vault_units"]
    readonly_fields = ["in_vault", "all_figures", "all_problems"]
    actions_list = ["prove_now"]

    @admin.display(description=_("in the vault"), ordering="vault_units")
    def in_vault(self, one: Reconciliation) -> str:
        return "" if one.vault_units is None else money.format(one.vault_units)

    @admin.display(description=_("by the book"))
    def in_book(self, one: Reconciliation) -> str:
        return str(one.figures.get("in_house", ""))

    @admin.display(description=_("unknown deposits"))
    def unknown(self, one: Reconciliation) -> str:
        return str(one.figures.get("unknown_deposits_sum", ""))

    @admin.display(description=_("first problem"))
    def found(self, one: Reconciliation) -> str:
        return said(one.problems[0]) if one.problems else ""

    @admin.display(description=_("figures"))
    def all_figures(self, one: Reconciliation) -> str:
        rows = ((name.replace("_", " "), figure) for name, figure in one.figures.items())
        return format_html_join("", "<p>{}: <strong>{}</strong></p>", rows)

    @admin.display(description=_("problems"))
    def all_problems(self, one: Reconciliation) -> str:
        return format_html_join("", "<p>{}</p>", ((said(text),) for text in one.problems)) or _(
            "none"
        )

    def has_prove_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.add_reconciliation")

    @action(
        description=_("Reconcile now"),
        url_path="prove-now",
        permissions=["prove"],
        variant=ActionVariant.PRIMARY,
        dialog=doors.question(_("Reconcile now"), _("The worker proves the book and the vault.")),
    )
    def prove_now(self, request: HttpRequest, form: Any) -> HttpResponse:
        nudges.nudge_after_commit(JOB)
        messages.success(request, _("The worker was asked; reload this page in a few seconds."))
        return doors.back(request, "admin:payments_reconciliation_changelist")
