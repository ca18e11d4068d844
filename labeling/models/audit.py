"""What a look at all answers of a project found."""

from django.db import models

from labeling.models.project import Project


class Audit(models.Model):
    """The newest measures of a project's answers; `findings` as `audits.of_project` writes them."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="audit")
    answers_count = models.PositiveIntegerField()
    findings = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"audit of project {self.project_id}"
