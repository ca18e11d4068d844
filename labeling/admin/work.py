"""Tasks and who holds them."""

from django.contrib import admin

from labeling.admin.readonly import ReadOnlyAdmin
from labeling.models import Assignment, Task


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = [
        *("id", "project", "state", "overlap", "free_count", "live_count", "done_count"),
        *("agreement", "judged_at"),
    ]
    list_filter = ["state"]
    list_select_related = ["project"]
    search_fields = ["=id", "=project__id"]
    exclude = ["content_hash"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["id", "task", "project", "labeler", "state", "leased_at", "leased_until"]
    list_filter = ["state"]
    list_select_related = ["task", "project", "labeler"]
    search_fields = ["=id", "=task__id", "labeler__username", "labeler__pseudonym"]
