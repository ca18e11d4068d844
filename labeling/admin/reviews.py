"""Who reviews what, and what looked odd."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from labeling.admin import doors
from labeling.admin.order_forms import Called
from labeling.models import Project, Reviewer, Signal
from labeling.review import reviewers
from payments.admin.readonly import ReadOnlyAdmin


class ReviewerForm(forms.Form):
    """Who, and what."""

    project = Called(Project.objects.all(), help_text="Its number.")
    username = forms.CharField(
        max_length=150,
        widget=UnfoldAdminTextInputWidget,
        help_text="The name they sign in with. They see and judge answers, never their own.",
    )


@admin.register(Reviewer)
class ReviewerAdmin(ReadOnlyAdmin):
    list_display = ["project", "user", "added_at"]
    list_select_related = ["project", "user"]
    search_fields = ["project__title", "user__username", "user__pseudonym"]
    actions = ["remove"]
    actions_list = ["name_one"]

    @action(
        description="Add a reviewer",
        permissions=["add_one"],
        variant=ActionVariant.PRIMARY,
        url_path="name",
        icon="person_add",
    )
    def name_one(self, request: HttpRequest) -> HttpResponse:
        return doors.asking(
            *(self, request, ReviewerForm(request.POST or None)),
            lambda given: reviewers.add(given["project"], username=given["username"]),
            title="Add a reviewer",
            done="{username} reviews {project}.",
        )

    @admin.action(description="Remove: what they judged stands", permissions=["operate"])
    def remove(self, request: HttpRequest, chosen: QuerySet[Reviewer]) -> None:
        rows = chosen.select_related("project", "user")
        doors.each(self, request, rows, _remove, done="reviews no more.")

    def has_add_one_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("labeling.add_reviewer")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_reviewer")


def _remove(one: Reviewer) -> None:
    reviewers.remove(one.project, username=one.user.username)


@admin.register(Signal)
class SignalAdmin(ReadOnlyAdmin):
    list_display = ["submission", "kind", "detail", "labeler", "verdict", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["submission__labeler"]
    search_fields = [
        *("=submission__id", "=submission__project__id"),
        *("submission__labeler__username", "submission__labeler__pseudonym"),
    ]

    @admin.display(description="labeler")
    def labeler(self, signal: Signal) -> str:
        return signal.submission.labeler.pseudonym

    @admin.display(description="state of the answer")
    def verdict(self, signal: Signal) -> str:
        return signal.submission.state
