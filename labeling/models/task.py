"""A unit of labeling work."""

from django.db import models
from django.db.models import F, Q

from labeling.models.load import Load
from labeling.models.project import Project

PRIORITIES = 10
GOLD_LANE = PRIORITIES


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
    | LOADED | taken back before it was funded | (gone) | `loads.drop` |
    | ANSWERED | consensus written | JUDGED | `quality.judge` |
    | ANSWERED | not sure enough: one more answer is asked for | OPEN | `quality.judge` |
    | OPEN | reported broken, or doubtful gold | PAUSED | `reports.report`, `gold.doubt` |
    | ANSWERED, JUDGED | gold that more work needs again | OPEN | `projects.open_tasks` |
    | ANSWERED, JUDGED | doubtful gold, or not wanted any more | PAUSED | `gold.doubt`, `.retire` |
    | PAUSED | the requester has looked at it | OPEN | `reports.resume` |
    | PAUSED | not wanted any more, and nobody holds it | ANSWERED, CLOSED | `reports.drop` |
    | PAUSED | closed while held, answered, or neither | OPEN, ANSWERED, CLOSED | `projects.close` |

    Each of the `overlap` slots is free, live (leased), done (answered), or spare: paid for and
    not offered, at first (adaptive overlap) or not any more.

    `lane` is the priority, 9 before 0; GOLD_LANE is that of tasks with a known answer
    (`expected`), mixed in among the others. `rank` is the place in the lane: drawn from the id
    sequence when the task opens and again whenever a slot comes back, so that whatever a labeler
    has not seen yet lies behind their cursor. A gold task's rank rises with each use instead, and
    that of a test's question stays.
    `is_offered` is what the hand-out's index asks for: it changes with the last slot only, so
    that taking another slot touches no index (a heap-only update).
    """

    class State(models.TextChoices):
        LOADED = "LOADED"
        OPEN = "OPEN"
        ANSWERED = "ANSWERED"
        JUDGED = "JUDGED"
        PAUSED = "PAUSED"
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
    is_offered = models.GeneratedField(
        expression=Q(free_count__gt=0), output_field=models.BooleanField(), db_persist=True
    )
    live_count = models.SmallIntegerField(default=0)
    done_count = models.SmallIntegerField(default=0)
    spare_count = models.SmallIntegerField(db_default=0)
    lane = models.SmallIntegerField(db_default=0)
    rank = models.BigIntegerField(null=True, editable=False)
    expected = models.JSONField(null=True, blank=True)
    salt = models.BinaryField(max_length=16, null=True, editable=False)
    reports_count = models.SmallIntegerField(db_default=0)
    paused_for = models.CharField(max_length=200, blank=True, db_default="")
    consensus = models.JSONField(null=True, blank=True)
    consensus_by = models.CharField(max_length=20, blank=True, db_default="")
    confidence = models.FloatField(null=True, blank=True)
    agreement = models.FloatField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["project", "id"], name="task_of_project"),
            models.Index(
                fields=["project", "lane", "rank"],
                condition=Q(is_offered=True),
                name="task_with_free_slot",
            ),
            models.Index(
                fields=["project", "id"], condition=Q(state="ANSWERED"), name="task_to_judge"
            ),
            models.Index(
                fields=["project"],
                condition=Q(state="JUDGED", spare_count__gt=0),
                name="task_with_money_to_spare",
            ),
            models.Index(fields=["project"], condition=Q(state="PAUSED"), name="task_paused"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "content_hash"], name="task_content_once_a_project"
            ),
            models.CheckConstraint(
                condition=Q(free_count__gte=0)
                & Q(live_count__gte=0)
                & Q(done_count__gte=0)
                & Q(spare_count__gte=0),
                name="task_slots_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    overlap__gte=F("free_count")
                    + F("live_count")
                    + F("done_count")
                    + F("spare_count")
                ),
                name="task_slots_never_above_overlap",
            ),
            models.CheckConstraint(
                condition=Q(lane__gte=0, lane__lt=GOLD_LANE)
                | Q(lane=GOLD_LANE, expected__isnull=False),
                name="task_lane_is_a_priority_or_gold",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"
