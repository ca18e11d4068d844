"""One labeler holds one task until a time."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.project import Project
from labeling.models.task import Task

PLACES = 10  # leases that one labeler holds of a project at once


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments by whether they still hold a slot."""

    def live(self) -> "AssignmentQuerySet":
        """Those that hold a slot, also when their time is over."""
        return self.filter(state=Assignment.State.LIVE)

    def expired(self, now: datetime) -> "AssignmentQuerySet":
        """Those whose time is over and whose slot has not been given back yet."""
        return self.live().filter(leased_until__lte=now)


class Assignment(models.Model):
    """The lease of one slot.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none), EXPIRED | handed out | LIVE | `assignments.lease` |
    | EXPIRED | a late answer finds the slot free | LIVE | `assignments.take_again` |
    | LIVE | answered in time | SUBMITTED | `submissions.submit` |
    | LIVE | handed back by the labeler | RETURNED, EXPIRED in a test | `assignments.give_back` |
    | LIVE | reported as broken | RETURNED | `reports.report` |
    | LIVE | the time is over | EXPIRED | `assignments.expire` |

    A labeler holds at most PLACES leases of a project, each at a `place` of its own. `project`
    repeats the task's project for the indexes; it carries no foreign key, because a key check by
    every lease would contend on the one project row.
    """

    class State(models.TextChoices):
        LIVE = "LIVE"
        SUBMITTED = "SUBMITTED"
        RETURNED = "RETURNED"
        EXPIRED = "EXPIRED"

    project = models.ForeignKey(
        Project,
        on_delete=models.DO_NOTHING,
        related_name="assignments",
        db_constraint=False,
        db_index=False,
    )
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="assignments", db_index=False
    )
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    state = models.CharField(max_length=10, choices=State, default=State.LIVE)
    place = models.SmallIntegerField(db_default=0)
    leased_at = models.DateTimeField()
    leased_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["leased_until"], condition=Q(state="LIVE"), name="lease_running"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["task", "labeler"], name="nobody_twice_on_a_task"),
            models.UniqueConstraint(
                fields=["project", "labeler", "place"],
                condition=Q(state="LIVE"),
                name="one_live_lease_a_place",
            ),
            models.CheckConstraint(
                condition=Q(place__gte=0) & Q(place__lt=PLACES), name="place_within_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk} of task {self.task_id}"
