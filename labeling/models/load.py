"""One import of data into a project."""

import uuid

from django.db import models
from django.db.models import Q

from labeling.models.project import Project


class Load(models.Model):
    """The tasks that came in together and are funded together.

    LOADED → OPENED by `projects.open_tasks`, which holds the full cost once, under
    `hold:<load>`; LOADED → DROPPED when the project closes first, and by
    `loads.drop`, which leaves none of its tasks. `task_bytes` is what one task's
    data weighs in the mean.
    """

    class State(models.TextChoices):
        LOADED = "LOADED"
        OPENED = "OPENED"
        DROPPED = "DROPPED"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="loads")
    state = models.CharField(max_length=10, choices=State, default=State.LOADED)
    added_count = models.PositiveIntegerField(default=0)
    duplicates_count = models.PositiveIntegerField(default=0)
    task_bytes = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=0)
    is_gold = models.BooleanField(default=False)
    gold_root = models.BinaryField(max_length=32, null=True, editable=False)
    held_units = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPENED") | Q(held_units=0), name="load_holds_only_when_opened"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.added_count} tasks of {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def hold_key(self) -> str:
        """The key of the money entry that funds these tasks."""
        return f"hold:{self.pk}"

    @property
    def gold_hold_key(self) -> str:
        """The key of the entry that funds the answers to gold asked with these tasks and with those
        opened at once."""
        return f"hold:gold:{self.pk}"
