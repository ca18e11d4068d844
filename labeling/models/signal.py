"""What looks odd about an answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from labeling.models.submission import Submission


class Signal(models.Model):
    """Asks for a look; never a verdict."""

    class Kind(models.TextChoices):
        TOO_FAST = "too_fast", _("Answered faster than the content can be read.")
        CONSTANT = "constant", _("The same answer again and again.")
        COPIED = "copied", _("The text is the same as somebody else's, or as the task's.")

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
