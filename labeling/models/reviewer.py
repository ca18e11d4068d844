"""Who else may judge a project's answers."""

from django.conf import settings
from django.db import models

from labeling.models.project import Project


class Reviewer(models.Model):
    """A person whom the requester lets review; never their own answers."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="reviewer_once_a_project"),
        ]

    def __str__(self) -> str:
        return f"reviewer {self.user_id} of project {self.project_id}"
