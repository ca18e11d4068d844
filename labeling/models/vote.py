"""What a juror says about one answer."""

from django.db import models

from labeling.models.case import Seat
from labeling.models.precedent import Precedent
from labeling.models.submission import Submission


class Vote(models.Model):
    """Acceptable or not; `is_gold` marks an answer whose verdict was known before.

    `was_acceptable` is what was known of that one when it was drawn, and `precedent` what an admin
    said of it: that measures the juror, whatever the project asks for later.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="votes")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    is_gold = models.BooleanField(default=False)
    precedent = models.ForeignKey(
        Precedent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    was_acceptable = models.BooleanField(null=True)
    is_acceptable = models.BooleanField(null=True)

    class Meta:
        ordering = ["seat", "position"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "submission"], name="voted_once_a_submission"),
        ]

    def __str__(self) -> str:
        return f"vote of seat {self.seat_id} on submission {self.submission_id}"
