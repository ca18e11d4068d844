"""What is known of people's work, and why."""

from django.contrib import admin

from labeling.crowd import reputation
from labeling.models import Reputation, ReputationEvent
from payments.admin.readonly import ReadOnlyAdmin


@admin.register(Reputation)
class ReputationAdmin(ReadOnlyAdmin):
    list_display = ["labeler", "skill", "score", "seen", "events_count", "changed_at"]
    list_select_related = ["labeler", "skill"]
    search_fields = ["labeler__username", "labeler__pseudonym", "skill__slug"]

    @admin.display(description="score")
    def score(self, known: Reputation) -> str:
        return f"{reputation.mean(known.right, known.wrong):.2f}"

    @admin.display(description="right : wrong")
    def seen(self, known: Reputation) -> str:
        """How much of either still counts: it fades."""
        return f"{known.right:.2f} : {known.wrong:.2f}"


@admin.register(ReputationEvent)
class ReputationEventAdmin(ReadOnlyAdmin):
    list_display = ["id", "labeler", "skill", "kind", "right", "wrong", "submission", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["labeler", "skill", "submission"]
    search_fields = ["labeler__username", "labeler__pseudonym", "=submission__id"]
