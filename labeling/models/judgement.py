"""What quality control or a reviewer concluded."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from labeling.models.submission import Submission


class Judgement(models.Model):
    """One conclusion on one submission: never changed, a later one is a new row.

    `judge` is empty when quality control, silence or a jury decided; `by` says which. `score` is
    the agreement with the consensus.
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "ACCEPTED"
        REJECTED = "REJECTED"
        FORFEITED = "FORFEITED"

    class By(models.TextChoices):
        QUALITY = "quality"
        SILENCE = "silence"
        REQUESTER = "requester"
        JURY = "jury"
        ADMIN = "admin"

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="judgements", db_index=False
    )
    by = models.CharField(max_length=10, choices=By, default=By.QUALITY)
    verdict = models.CharField(max_length=10, choices=Verdict)
    score = models.FloatField(null=True, blank=True)
    reason = models.TextField(blank=True)
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            BrinIndex(fields=["created_at"], name="judgement_by_time", autosummarize=True),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "verdict"], name="judgement_once_a_verdict"
            ),
            models.CheckConstraint(
                condition=Q(verdict="ACCEPTED") | ~Q(reason=""), name="rejection_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on submission {self.submission_id}"
