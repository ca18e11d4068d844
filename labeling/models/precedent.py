"""An answer that an admin has looked at, so that juries can be measured by it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.submission import Submission


class Precedent(models.Model):
    """Its verdict is known: acceptable or not. It says nothing about the money of the answer.

    Never changed; ended, it is shown to no more jurors, and measures none. Gold has none: its
    answer was bound before.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="precedents")
    is_acceptable = models.BooleanField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=Q(ended_at=None), name="precedent_one_an_answer"
            ),
        ]

    def __str__(self) -> str:
        said = "acceptable" if self.is_acceptable else "not acceptable"
        return f"answer {self.submission_id} is {said}"
