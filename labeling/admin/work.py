"""Who holds tasks, and what was reported of them."""

from django.contrib import admin

from labeling.models import Assignment, Attempt, Audit, MissedGold, Report, Untold
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["id", "task", "project", "labeler", "state", "leased_at", "leased_until"]
    list_filter = ["state"]
    list_select_related = ["task", "project", "labeler"]
    search_fields = ["=id", "=task__id", "labeler__username", "labeler__pseudonym"]


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ["id", "task", "reason", "note", "labeler", "created_at"]
    list_filter = ["reason"]
    list_select_related = ["task", "labeler"]
    search_fields = ["=task__id", "labeler__username", "labeler__pseudonym"]


@admin.register(Audit)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ["project", "answers_count", "made_at"]
    list_select_related = ["project"]
    search_fields = ["project__title", "=project__id"]


@admin.register(Untold)
class UntoldAdmin(ReadOnlyAdmin):
    """Accepted work that its labeler has not been told of: seconds old, or the job does not run."""

    list_display = ["id", "project", "labeler", "count", "accepted_at"]
    list_select_related = ["project", "labeler"]


@admin.register(MissedGold)
class MissedGoldAdmin(ReadOnlyAdmin):
    """Missed gold that nobody has looked at yet: seconds old, or the job does not run."""

    list_display = ["submission", "task"]
    list_select_related = ["submission", "task"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """When each job began with each project last."""

    list_display = ["id", "project", "job", "tried_at"]
    list_filter = ["job"]
    list_select_related = ["project"]
