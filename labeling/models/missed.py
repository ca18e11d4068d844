"""Gold that somebody missed, until it is looked at."""

from django.db import models

from labeling.models.submission import Submission
from labeling.models.task import Task


class MissedGold(models.Model):
    """An answer that missed gold, written with its score, gone when `gold.doubt` has looked at it.

    A row an answer, so that nobody waits for anybody: two of one task would.
    """

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["submission"]
        verbose_name_plural = "missed gold"

    def __str__(self) -> str:
        return f"answer {self.submission_id} missed task {self.task_id}"
