"""Who reviews what, and what looked odd."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from labeling.models import Reviewer, Signal
from labeling.review import reviewers
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Reviewer)
class ReviewerAdmin(ReadOnlyAdmin):
    list_display = ["project", "user", "added_at"]
    list_select_related = ["project", "user"]
    search_fields = ["project__title", "user__username", "user__pseudonym"]
    actions = ["remove"]

    @admin.action(description="Remove: what they judged stands", permissions=["operate"])
    def remove(self, request: HttpRequest, chosen: QuerySet[Reviewer]) -> None:
        for one in chosen.select_related("project", "user"):
            reviewers.remove(one.project, username=one.user.username)
            messages.success(request, f"{one.user} does not review {one.project} any more.")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("labeling.change_reviewer")


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
