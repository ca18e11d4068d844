"""The book: purses, their accounts, and the entries that moved money between them.

Only `payments.ledger` writes entries, lines and balances. Triggers refuse an entry that does not
sum to zero and any change to what is written (migrations 0002 and 0003).
"""

import uuid

from django.db import models
from django.db.models import Q


class Purse(models.Model):
    """What a person or a project owns here. `holder` is a name such as `person:12`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.holder


class Account(models.Model):
    """One compartment of a purse.

    `came_units` are all that releases and bonuses ever brought into EARNED, whatever left since.
    """

    class Kind(models.TextChoices):
        FUNDS = "FUNDS", "deposited, not promised yet"
        HELD = "HELD", "promised to open work"
        EARNED = "EARNED", "to be taken out at any time"
        LEAVING = "LEAVING", "on its way to the chain"
        FEES = "FEES", "earned by the house"
        WORLD = "WORLD", "the other side of the door"

    purse = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=8, choices=Kind)
    balance_units = models.BigIntegerField(default=0)
    came_units = models.BigIntegerField(db_default=0, editable=False)

    class Meta:
        ordering = ["purse", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["purse", "kind"], name="one_account_of_a_kind"),
            models.CheckConstraint(
                condition=Q(balance_units__gte=0) | Q(kind="WORLD"), name="account_never_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.purse_id}"


class Entry(models.Model):
    """One balanced movement. The key says what it is for; it happens once."""

    class Kind(models.TextChoices):
        DEPOSIT = "deposit"
        HOLD = "hold"
        RELEASE = "release"
        REFUND = "refund"
        PAYOUT = "payout"
        SETTLE = "settle"
        RETURN = "return"
        EXIT = "exit"
        BONUS = "bonus"
        SWEEP = "sweep"
        CORRECTION = "correction"

    key = models.CharField(max_length=200, unique=True)
    fingerprint = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=10, choices=Kind)
    cause = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Line(models.Model):
    """One account's share of an entry.

    Of a release or a bonus in EARNED, `up_to_units` is the account's `came_units` with this line:
    its last dollar's place among all that were ever earned.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    amount_units = models.BigIntegerField()
    up_to_units = models.BigIntegerField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "id"], name="line_of_account"),
            models.Index(
                fields=["account", "up_to_units"],
                condition=Q(up_to_units__isnull=False),
                name="line_by_dollar",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_units=0), name="line_moves_something")
        ]

    def __str__(self) -> str:
        return f"{self.amount_units} to account {self.account_id}"
