"""When a job began with a project last, however that ended."""

from django.db import models

from labeling.models.project import Project


class Attempt(models.Model):
    """`tried_at` is written and committed before the job begins (`attempts.each`): a project that
    kills the process is the last one the next time."""

    project = models.ForeignKey(
        Project,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    job = models.CharField(max_length=20)
    tried_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "job"], name="attempt_once_a_project_and_job"
            )
        ]

    def __str__(self) -> str:
        return f"{self.job} of project {self.project_id}"
