"""What is moved in the book by hand: one admin proposes it, another one agrees."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from payments import corrections, money
from payments.admin import doors
from payments.admin.correction_form import CorrectionForm
from payments.admin.links import said
from payments.admin.readonly import ReadOnlyAdmin
from payments.models import Correction

LIST = "admin:payments_correction_changelist"


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = [
        *("id", "state", "amount", "source", "source_kind", "target", "target_kind", "why"),
        *("proposed_by", "decided_by"),
    ]
    list_filter = ["state"]
    exclude = ["reason"]
    readonly_fields = ["why"]
    list_select_related = ["source", "target", "proposed_by", "decided_by"]
    search_fields = ["=id", "reason", "source__holder", "target__holder"]
    actions = ["approve_chosen", "decline_chosen"]
    actions_list = ["propose"]
    actions_detail = ["approve", "decline"]

    @admin.display(description=_("amount"), ordering="amount_units")
    def amount(self, correction: Correction) -> str:
        return money.format(correction.amount_units)

    @admin.display(description=_("reason"))
    def why(self, correction: Correction) -> str:
        return said(correction.reason)

    def has_operate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.add_correction")

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        open_ones = Correction.objects.filter(state=Correction.State.PROPOSED)
        return self.has_operate_permission(request) and doors.is_among(open_ones, object_id)

    @action(
        description=_("Propose a correction"),
        permissions=["operate"],
        variant=ActionVariant.PRIMARY,
        icon="balance",
    )
    def propose(self, request: HttpRequest) -> HttpResponse:
        form = CorrectionForm(request.POST or None)
        if form.is_valid() and self._propose(request, form):
            return redirect(LIST)
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "opts": self.model._meta,
            "title": _("Propose a correction"),
            "about": _("Nothing moves before another admin has agreed."),
        }
        return render(request, "payments/admin/form.html", context)

    def _propose(self, request: HttpRequest, form: CorrectionForm) -> bool:
        def verb() -> None:
            made = corrections.propose(form.move(), admin=request.user)
            self.log_addition(request, made, "proposed")

        return doors.call(request, verb, done=_("Proposed. Another admin has to agree."))

    @admin.action(description=_("Agree: post it"), permissions=["operate"])
    def approve_chosen(self, request: HttpRequest, chosen: QuerySet[Correction]) -> None:
        for correction in chosen:
            self._decide(request, correction.pk, corrections.approve, _("Posted."))

    @admin.action(description=_("Decline"), permissions=["operate"])
    def decline_chosen(self, request: HttpRequest, chosen: QuerySet[Correction]) -> None:
        for correction in chosen:
            self._decide(request, correction.pk, corrections.decline, _("Declined."))

    @action(
        description=_("Agree"),
        permissions=["decide"],
        variant=ActionVariant.PRIMARY,
        dialog=doors.question(_("Agree"), _("The money moves at once, and for good.")),
    )
    def approve(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        self._decide(request, int(object_id), corrections.approve, _("Posted."))
        return doors.back(request, LIST)

    @action(
        description=_("Decline"),
        permissions=["decide"],
        variant=ActionVariant.DANGER,
        dialog=doors.question(_("Decline"), _("Nothing moves.")),
    )
    def decline(self, request: HttpRequest, form: Any, object_id: Any) -> HttpResponse:
        self._decide(request, int(object_id), corrections.decline, _("Declined."))
        return doors.back(request, LIST)

    def _decide(self, request: HttpRequest, pk: int, verb: Any, done: Any) -> None:
        if doors.call(request, lambda: verb(pk, admin=request.user), done=done):
            self.log_change(request, Correction.objects.get(pk=pk), str(done))
