"""A labeler's place in a project's queue."""

from django.conf import settings
from django.db import models

from labeling.models.project import Project


class Membership(models.Model):
    """Where a labeler stands in a project.

    `cursor` is the rank of the task last handed to them: the search for the next one starts
    behind it, so rows they have done are not read again. `swept_at` is when a look at the whole
    queue last found nothing for them.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    cursor = models.BigIntegerField(default=0)
    swept_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "labeler"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"labeler {self.labeler_id} in project {self.project_id}"
