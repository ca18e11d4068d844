"""A task with its right answer, to learn by."""

from django.db import models

from labeling.models.project import Project

WHY_CHARACTERS = 1000


class Example(models.Model):
    """What a labeler can practise on: nothing is paid for it, counted or kept.

    A shown one stands on the project's page with its answer; of the others the answer is told
    after a try. `content_hash` is that of a task with this data: gold that is still asked is no
    example, and an example never becomes gold.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="examples")
    position = models.PositiveSmallIntegerField()
    data = models.JSONField()
    content_hash = models.BinaryField(max_length=32, editable=False)
    result = models.JSONField()
    why = models.CharField(max_length=WHY_CHARACTERS, blank=True)
    is_shown = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "content_hash"], name="example_once_a_project"
            ),
        ]

    def __str__(self) -> str:
        return f"example {self.position + 1} of project {self.project_id}"
