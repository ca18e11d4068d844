"""What looks odd about an answer."""

from django.db import models

from labeling.models.rules import SignalKind
from labeling.models.submission import Submission


class Signal(models.Model):
    """Asks for a look; never a verdict."""

    Kind = SignalKind

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=10, choices=Kind)
    detail = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "kind"], name="signal_once_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on submission {self.submission_id}"
