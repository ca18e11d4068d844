"""Images and recordings, and what became of those elsewhere."""

from django.contrib import admin

from labeling.models import Elsewhere, Medium
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Medium)
class MediumAdmin(ReadOnlyAdmin):
    list_display = ["title", "name", "size_bytes", "project", "created_at", "removed_at"]
    list_select_related = ["project"]
    search_fields = ["name", "title", "=project__id"]


@admin.register(Elsewhere)
class ElsewhereAdmin(ReadOnlyAdmin):
    list_display = ["address", "state", "problem", "tries_count", "project", "asked_at"]
    list_filter = ["state", "problem"]
    list_select_related = ["project"]
    search_fields = ["address", "=project__id"]
    exclude = ["address_hash"]
