"""The answer given under an assignment."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from labeling.models.assignment import Assignment
from labeling.models.case import Case
from labeling.models.project import Project
from labeling.models.task import Task

HELD_STATES = ("SUBMITTED", "REJECTED", "APPEALED")  # their money is still locked

# The lower, the more an answer needs a look: signals first, then missed gold, then low scores.
# Numbers are part of the text: as parameters they would not be those of the index.
NEED = (
    F("score")
    - models.Func(
        F("is_signalled"),
        template="CASE WHEN %(expressions)s THEN 4 ELSE 0 END",
        output_field=models.FloatField(),
    )
    - models.Func(
        F("is_gold"),
        F("score"),
        template="CASE WHEN %(expressions)s < 1 THEN 2 ELSE 0 END",
        arg_joiner=" AND ",
        output_field=models.FloatField(),
    )
)
# So is this: a plan made once for all values knows no state that comes as a parameter.
WAITING = RawSQL(
    "labeling_submission.state = 'SUBMITTED' AND labeling_submission.score IS NOT NULL",
    [],
    output_field=models.BooleanField(),
)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Submissions by what stands on them."""

    def undecided(self) -> "SubmissionQuerySet":
        """Those without a verdict."""
        return self.filter(state=Submission.State.SUBMITTED)

    def standing(self) -> "SubmissionQuerySet":
        """Those that are not finally rejected: what makes labels."""
        return self.exclude(state=Submission.State.FORFEITED)

    def to_review(self) -> "SubmissionQuerySet":
        """Those that quality control has scored and nobody has decided about, neediest first."""
        return self.filter(WAITING).order_by(NEED, "id")

    def accepted(self) -> "SubmissionQuerySet":
        """Those that are paid."""
        return self.filter(state=Submission.State.ACCEPTED)


class Submission(models.Model):
    """An answer; the database refuses to change it (`submission_answer_never_changes`).

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | handed in | SUBMITTED | `submissions.submit` |
    | SUBMITTED | accepted and paid | ACCEPTED | `acceptance.accept` |
    | SUBMITTED | rejected with a reason, its money locked | REJECTED | `cases.open_cases` |
    | REJECTED | the labeler appeals | APPEALED | `appeals.appeal` |
    | REJECTED | nobody appeals in time | FORFEITED | `cases.lapse` |
    | APPEALED | the jury finds the rejection right | FORFEITED | `verdicts.decide` |
    | REJECTED, APPEALED | overturned: accepted and paid | ACCEPTED | `acceptance.accept` |
    | FORFEITED | overturned within 30 days, funded anew | ACCEPTED | `cases.overturn` |

    Undecided at `decide_until`, it is accepted. `is_gold`: the task's answer was known, so it is
    judged by itself.
    """

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED"
        ACCEPTED = "ACCEPTED"
        REJECTED = "REJECTED"
        APPEALED = "APPEALED"
        FORFEITED = "FORFEITED"

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
    is_gold = models.BooleanField(db_default=False)
    is_signalled = models.BooleanField(db_default=False)
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )
    submitted_at = models.DateTimeField()
    decide_until = models.DateTimeField(db_default=Now())

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "id"], name="submission_of_project"),
            models.Index(fields=["labeler", "id"], name="submission_of_labeler"),
            models.Index(
                fields=["decide_until"], condition=Q(state="SUBMITTED"), name="submission_undecided"
            ),
            models.Index(
                fields=["project", "id"],
                condition=Q(is_gold=True, score__isnull=True),
                name="submission_to_gold_check",
            ),
            models.Index(
                fields=["project", "id"], condition=Q(is_gold=True), name="submission_to_gold"
            ),
            models.Index(
                F("project"),
                NEED,
                F("id"),
                condition=Q(state="SUBMITTED", score__isnull=False),
                name="submission_to_review",
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.pk} of task {self.task_id}"

    @property
    def release_key(self) -> str:
        """The key of the money entry that pays for this answer."""
        return f"release:{self.pk}"
