"""Answers, and what was concluded about them."""

from django.contrib import admin

from labeling.models import Judgement, Submission
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["id", "task", "project", "labeler", "state", "score", "submitted_at"]
    list_filter = ["state"]
    list_select_related = ["task", "project", "labeler"]
    search_fields = ["=id", "=task__id", "labeler__username", "labeler__pseudonym"]


@admin.register(Judgement)
class JudgementAdmin(ReadOnlyAdmin):
    list_display = ["id", "submission", "verdict", "score", "judge", "reason", "created_at"]
    list_filter = ["verdict"]
    list_select_related = ["submission", "judge"]
    search_fields = ["=submission__id", "judge__username"]
