"""What people are to be told of their accepted work."""

from django.conf import settings
from django.db import models

from labeling.models.project import Project


class Untold(models.Model):
    """So many answers of a person were accepted at once, and they have not been told.

    Written with the verdict, gone with the notice that counts it (`notices.tell_accepted`).
    """

    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    count = models.PositiveIntegerField()
    accepted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "untold"

    def __str__(self) -> str:
        return f"{self.count} accepted of {self.labeler_id} in project {self.project_id}"
