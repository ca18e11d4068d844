"""A rejection that can be appealed, and those who decide about it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from labeling.models.project import Project


class Case(models.Model):
    """Identical rejections of one labeler in one call, contested and decided together.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | rejected, the jury's pay secured | STANDING | `cases.open` |
    | STANDING | the labeler appeals in time | APPEALED | `appeals.appeal` |
    | STANDING | nobody appeals | LAPSED | `cases.lapse` |
    | STANDING, LAPSED, UPHELD | thought over by who judged | OVERTURNED | `cases.overturn` |
    | APPEALED | the jury: the work is acceptable | OVERTURNED | `verdicts.decide` |
    | APPEALED | the jury: the rejection is right | UPHELD | `verdicts.decide` |

    `secured_units` is what of the project's HELD waits to pay a jury, `stake_units` what of the
    labeler's own purse does, `lost_units` what of it a jury was paid. `bound_low` and `bound_high`
    bound the share of acceptable answers with 95 % confidence when a sample was judged for all.
    `told_state` is the decision that the labeler has been told of, `jury_state` what a jury found,
    whatever became of it later; empty without one. `is_weighed` is true once the labels of its
    tasks are by the decision.
    """

    class State(models.TextChoices):
        STANDING = "STANDING"
        APPEALED = "APPEALED"
        OVERTURNED = "OVERTURNED"
        UPHELD = "UPHELD"
        LAPSED = "LAPSED"

    class Reason(models.TextChoices):
        WRONG = "wrong", _("The answer is wrong.")
        INCOMPLETE = "incomplete", _("Something is missing in the answer.")
        OFF_INSTRUCTIONS = "off_instructions", _("The answer does not follow the instructions.")
        GOLD_FAILED = "gold_failed", _("The answer to a task with a known answer is wrong.")
        CARELESS = "careless", _("The answer was given without looking.")
        COPIED = "copied", _("The text is copied.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="cases")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases"
    )
    judge = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.STANDING)
    secured_units = models.BigIntegerField(default=0)
    stake_units = models.BigIntegerField(default=0)
    lost_units = models.BigIntegerField(default=0)
    seats_count = models.PositiveSmallIntegerField(default=0)
    appeal_note = models.TextField(blank=True)
    bound_low = models.FloatField(null=True, blank=True)
    bound_high = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    appealable_until = models.DateTimeField()
    appealed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    told_state = models.CharField(max_length=10, blank=True, db_default="")
    jury_state = models.CharField(max_length=10, blank=True, db_default="")
    is_weighed = models.BooleanField(db_default=False)

    TOLD = (State.OVERTURNED, State.UPHELD)  # decisions that are news to the labeler

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["decided_at"],
                condition=Q(state__in=["OVERTURNED", "UPHELD"]) & ~Q(told_state=F("state")),
                name="case_to_tell",
            ),
            models.Index(
                fields=["project", "decided_at"],
                condition=Q(decided_at__isnull=False, is_weighed=False),
                name="case_to_weigh",
            ),
            models.Index(
                fields=["appealable_until"], condition=Q(state="STANDING"), name="case_standing"
            ),
            models.Index(
                fields=["appealed_at"], condition=Q(state="APPEALED"), name="case_appealed"
            ),
            models.Index(fields=["project", "created_at"], name="case_of_project"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(secured_units__gte=0, stake_units__gte=0, lost_units__gte=0),
                name="case_secures_no_debt",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="case_has_a_note"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Seat(models.Model):
    """One juror's place on a case: LIVE until a time, then VOTED or EXPIRED."""

    class State(models.TextChoices):
        LIVE = "LIVE"
        VOTED = "VOTED"
        EXPIRED = "EXPIRED"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="seats")
    juror = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats"
    )
    state = models.CharField(max_length=10, choices=State, default=State.LIVE)
    leased_until = models.DateTimeField()
    voted_at = models.DateTimeField(null=True, blank=True)
    paid_units = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "juror"], name="juror_once_a_case"),
            models.UniqueConstraint(
                fields=["juror"], condition=Q(state="LIVE"), name="one_live_seat_a_juror"
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk} of case {self.case_id}"
