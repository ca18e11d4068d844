"""What is known of how well people work, and of how fairly requesters judge."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from labeling.models.skill import Skill
from labeling.models.submission import Submission


class Reputation(models.Model):
    """A posterior for one labeler and skill (none: all their work): weights of right and wrong."""

    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reputations"
    )
    skill = models.ForeignKey(Skill, null=True, on_delete=models.PROTECT, related_name="+")
    right = models.FloatField(default=0)
    wrong = models.FloatField(default=0)
    events_count = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["labeler", "skill"], name="reputation_once_a_skill", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"reputation of labeler {self.labeler_id}"


class ReputationEvent(models.Model):
    """Why a reputation moved. Never changed; what proves wrong is balanced by another event.

    What happens in a test `is_overall` not: it counts for the skill that the test grants.
    """

    class Kind(models.TextChoices):
        GOLD_RIGHT = "gold_right", _("A known answer was met.")
        GOLD_WRONG = "gold_wrong", _("A known answer was missed.")
        GOLD_WITHDRAWN = (
            "gold_withdrawn",
            _("A known answer turned out doubtful; its mark is undone."),
        )
        AGREED = "agreed", _("The answer agreed with the others.")
        DISAGREED = "disagreed", _("The answer did not agree with the others.")
        ACCEPTED = "accepted", _("The requester accepted the answer.")
        REJECTED = "rejected", _("A rejection became final.")
        OVERTURNED = "overturned", _("A rejection was overturned.")

    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reputation_events"
    )
    skill = models.ForeignKey(Skill, null=True, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    right = models.FloatField(default=0)
    wrong = models.FloatField(default=0)
    is_overall = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["labeler", "-id"], name="event_of_labeler")]
        constraints = [
            models.UniqueConstraint(fields=["submission", "kind"], name="event_once_a_submission"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of labeler {self.labeler_id}"


class Standing(models.Model):
    """A requester's brake: while `frozen_at` is set they reject nothing."""

    requester = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standing"
    )
    frozen_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True)
    thawed_at = models.DateTimeField(null=True, blank=True)
    thawed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"standing of requester {self.requester_id}"
