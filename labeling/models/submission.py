"""The answer given under an assignment."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.assignment import Assignment
from labeling.models.project import Project
from labeling.models.task import Task


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Submissions by what stands on them."""

    def undecided(self) -> "SubmissionQuerySet":
        """Those without a verdict."""
        return self.filter(state=Submission.State.SUBMITTED)

    def accepted(self) -> "SubmissionQuerySet":
        """Those that are paid."""
        return self.filter(state=Submission.State.ACCEPTED)


class Submission(models.Model):
    """An answer; the database refuses to change it (`submission_answer_never_changes`).

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | handed in | SUBMITTED | `submissions.submit` |
    | SUBMITTED, REJECTED | accepted and paid | ACCEPTED | `acceptance.apply` |
    | SUBMITTED | rejected with a reason | REJECTED | `acceptance.apply` |
    """

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED"
        ACCEPTED = "ACCEPTED"
        REJECTED = "REJECTED"

    assignment = models.OneToOneField(
        Assignment, on_delete=models.PROTECT, related_name="submission"
    )
    project = models.ForeignKey(
        Project,
        on_delete=models.DO_NOTHING,
        related_name="submissions",
        db_constraint=False,
        db_index=False,
    )
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="submissions")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="submissions",
        db_index=False,
    )
    result = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.SUBMITTED)
    score = models.FloatField(null=True, blank=True)
    submitted_at = models.DateTimeField()

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "id"], name="submission_of_project"),
            models.Index(fields=["labeler", "id"], name="submission_of_labeler"),
            models.Index(
                fields=["submitted_at"], condition=Q(state="SUBMITTED"), name="submission_undecided"
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.pk} of task {self.task_id}"

    @property
    def release_key(self) -> str:
        """The key of the money entry that pays for this answer."""
        return f"release:{self.pk}"
