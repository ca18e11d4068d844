"""Answers, and what was concluded about them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from labeling.errors import LabelingError
from labeling.models import Judgement, Precedent, Submission
from labeling.review import precedents
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["id", "task", "project", "labeler", "state", "score", "submitted_at"]
    list_filter = ["state"]
    list_select_related = ["task", "project", "labeler"]
    search_fields = ["=id", "=task__id", "=project__id", "labeler__username", "labeler__pseudonym"]
    actions = ["make_acceptable", "make_unacceptable", "make_unknown"]

    @admin.action(description="Known to juries: clearly acceptable", permissions=["operate"])
    def make_acceptable(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        self._each(request, chosen, partial(precedents.put, is_acceptable=True, admin=request.user))

    @admin.action(description="Known to juries: clearly not acceptable", permissions=["operate"])
    def make_unacceptable(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        put = partial(precedents.put, is_acceptable=False, admin=request.user)
        self._each(request, chosen, put)

    @admin.action(description="Known to juries no longer", permissions=["operate"])
    def make_unknown(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        self._each(request, chosen, precedents.end)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_case")

    def _each(
        self, request: HttpRequest, chosen: QuerySet[Submission], verb: Callable[[int], Any]
    ) -> None:
        for one in chosen:
            try:
                verb(one.pk)
                messages.success(request, f"Answer {one.pk}: done.")
            except LabelingError as error:
                messages.error(request, f"Answer {one.pk}: {error}")


@admin.register(Precedent)
class PrecedentAdmin(ReadOnlyAdmin):
    """What juries are measured by where nothing else is known; set among the submissions."""

    list_display = ["submission", "is_acceptable", "set_by", "set_at", "ended_at"]
    list_filter = ["is_acceptable", ("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["submission", "set_by"]
    search_fields = ["=submission__id", "=submission__project__id"]


@admin.register(Judgement)
class JudgementAdmin(ReadOnlyAdmin):
    list_display = ["id", "submission", "verdict", "score", "judge", "reason", "created_at"]
    list_filter = ["verdict"]
    list_select_related = ["submission", "judge"]
    search_fields = ["=submission__id", "judge__username"]
