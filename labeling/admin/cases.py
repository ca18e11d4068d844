"""Rejections, those who decide about them, and the brake on requesters."""

from functools import partial

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from labeling.admin import doors
from labeling.models import Case, Judgement, Seat, Standing, Vote
from labeling.review import cases, standings
from payments.admin.readonly import ReadOnlyAdmin, decimals


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = [
        *("id", "project", "labeler", "reason", "state", decimals("secured_units")),
        *(decimals("stake_units"), "created_at", "appealable_until"),
    ]
    list_filter = ["state", "reason"]
    list_select_related = ["project", "labeler"]
    search_fields = ["=id", "project__title", "labeler__username", "labeler__pseudonym"]
    actions = ["overturn"]

    @admin.action(description="Overturn: accept and pay", permissions=["operate"])
    def overturn(self, request: HttpRequest, chosen: QuerySet[Case]) -> HttpResponse | None:
        about = "Their answers are accepted and paid; what was final is held anew out of the funds."
        page = doors.asked(self, request, chosen, title="Overturn these rejections", about=about)
        if page is None:
            verb = partial(cases.overturn, judge=request.user, by=Judgement.By.ADMIN)
            doors.each(self, request, chosen, lambda case: verb(case.pk), done="is overturned.")
        return page

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_case")


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    list_display = ["id", "case", "juror", "state", decimals("paid_units"), "voted_at"]
    list_filter = ["state"]
    list_select_related = ["case", "juror"]
    search_fields = ["=case__id", "juror__username", "juror__pseudonym"]


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    list_display = ["seat", "submission", "is_gold", "is_acceptable"]
    list_select_related = ["seat", "submission"]
    search_fields = ["=seat__case__id", "=submission__id"]


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    list_display = ["requester", "frozen_at", "why", "thawed_at", "thawed_by"]
    list_filter = [("frozen_at", admin.EmptyFieldListFilter)]
    list_select_related = ["requester", "thawed_by"]
    search_fields = ["requester__username"]
    actions = ["thaw"]

    @admin.action(description="Thaw: let them reject again", permissions=["operate"])
    def thaw(self, request: HttpRequest, chosen: QuerySet[Standing]) -> None:
        for standing in chosen:
            standings.thaw(standing, admin=request.user)
            messages.success(request, f"{standing.requester} may reject again.")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_standing")
