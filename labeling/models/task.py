"""A unit of labeling work."""

from django.db import models
from django.db.models import F, Q

from labeling.models.load import Load
from labeling.models.project import Project


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks by what is due."""

    def answered(self) -> "TaskQuerySet":
        """Those with all their answers in, waiting for quality control."""
        return self.filter(state=Task.State.ANSWERED)


class Task(models.Model):
    """Data to look at, and its slots.

    | from | arrow | to | verb |
    |---|---|---|---|
    | LOADED | funded | OPEN | `projects.open_tasks` |
    | OPEN | the last answer is in | ANSWERED | `submissions.submit` |
    | OPEN | closed with some answers in, or none | ANSWERED, CLOSED | `projects.close` |
    | LOADED | closed before it was funded | CLOSED | `projects.close` |
    | ANSWERED | consensus written | JUDGED | `quality.judge` |

    Each of the `overlap` slots is free, live (leased), or done (answered). `rank` is the place
    in the queue: drawn from the id sequence when the task opens and again whenever a slot comes
    back, so that whatever a labeler has not seen yet lies behind their cursor.
    """

    class State(models.TextChoices):
        LOADED = "LOADED"
        OPEN = "OPEN"
        ANSWERED = "ANSWERED"
        JUDGED = "JUDGED"
        CLOSED = "CLOSED"

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    data = models.JSONField()
    content_hash = models.BinaryField(max_length=32, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.LOADED)
    overlap = models.PositiveSmallIntegerField()
    free_count = models.SmallIntegerField(default=0)
    live_count = models.SmallIntegerField(default=0)
    done_count = models.SmallIntegerField(default=0)
    rank = models.BigIntegerField(null=True, editable=False)
    consensus = models.JSONField(null=True, blank=True)
    agreement = models.FloatField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["project", "id"], name="task_of_project"),
            models.Index(
                fields=["project", "rank"],
                condition=Q(free_count__gt=0),
                name="task_with_free_slot",
            ),
            models.Index(fields=["id"], condition=Q(state="ANSWERED"), name="task_to_judge"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "content_hash"], name="task_content_once_a_project"
            ),
            models.CheckConstraint(
                condition=Q(free_count__gte=0) & Q(live_count__gte=0) & Q(done_count__gte=0),
                name="task_slots_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(overlap__gte=F("free_count") + F("live_count") + F("done_count")),
                name="task_slots_never_above_overlap",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"
