"""A labeler's place in a project's queue."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from labeling.models.project import Project
from labeling.models.task import PRIORITIES


def no_cursors() -> list[int]:
    """A newcomer's: before the first task of every priority."""
    return [0] * PRIORITIES


class Membership(models.Model):
    """Where a labeler stands in a project.

    `cursors` has for each priority the rank of the task last handed to them: the search for the
    next one starts behind it, so rows they have done are not read again. `swept_at` is when a
    look at the whole queue last found nothing for them, `swept_to` how far in each priority one
    has read that is not at its end yet. After `gold_in` more tasks comes gold;
    below zero it is late.

    `leases_count` are the leases they took and did not hand back. `admitted_until` and
    `admitted_version` say until when, and under which rules, they were found eligible;
    `barred_at` that they miss too much gold here. `right` and `wrong` are the weights of the
    running estimate of how often they are right.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    cursors = ArrayField(models.BigIntegerField(), default=no_cursors)
    swept_to = ArrayField(models.BigIntegerField(), null=True, blank=True)
    swept_at = models.DateTimeField(null=True, blank=True)
    gold_in = models.SmallIntegerField(db_default=1)
    leases_count = models.PositiveIntegerField(db_default=0)
    ration_round = models.BigIntegerField(db_default=0)
    ration_count = models.PositiveIntegerField(db_default=0)
    admitted_until = models.DateTimeField(null=True, blank=True)
    admitted_version = models.PositiveIntegerField(db_default=0)
    barred_at = models.DateTimeField(null=True, blank=True)
    gold_right_count = models.PositiveIntegerField(db_default=0)
    gold_count = models.PositiveIntegerField(db_default=0)
    right = models.FloatField(db_default=0)
    wrong = models.FloatField(db_default=0)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "labeler"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"labeler {self.labeler_id} in project {self.project_id}"
