"""A labeler says that a task cannot be done."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from labeling.models.assignment import Assignment
from labeling.models.task import Task


class Report(models.Model):
    """Enough of them pause the task; to report costs nothing, but for a question of a test."""

    class Reason(models.TextChoices):
        BROKEN = "broken", _("It does not load or cannot be answered.")
        UNCLEAR = "unclear", _("The instructions do not fit it.")
        OFFENSIVE = "offensive", _("Nobody should have to look at it.")

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="report")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reports")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.reason} task {self.task_id}"
