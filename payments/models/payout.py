"""Withdrawals: each a payout, those that share a chain tx a batch."""

import uuid

from django.db import models
from django.db.models import Q

from payments.models.book import Account, Purse
from payments.models.chain import ChainTx


class Batch(models.Model):
    """Payouts that share one chain tx. The vault takes its id once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain_tx = models.OneToOneField(ChainTx, on_delete=models.PROTECT, related_name="batch")
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name_plural = "batches"
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(settled_at=None), name="batch_not_settled"
            )
        ]

    def __str__(self) -> str:
        return f"batch {self.id}"


class Payout(models.Model):
    """One withdrawal to a wallet: of earnings, or of a project's funds that nobody needs.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | asked for | REQUESTED | `payouts.request` |
    | REQUESTED | put into a chain tx | BATCHED | `payouts.batch` |
    | BATCHED | transferred, deep enough | PAID | `payouts.settle` |
    | BATCHED | skipped by the vault, or can never be mined | RETURNED | `payouts.settle` |
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED"
        BATCHED = "BATCHED"
        PAID = "PAID"
        RETURNED = "RETURNED"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    purse = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="payouts")
    source = models.CharField(
        max_length=8,
        choices=[(kind.value, kind.label) for kind in (Account.Kind.EARNED, Account.Kind.FUNDS)],
        default=Account.Kind.EARNED,
    )
    amount_units = models.BigIntegerField()
    address = models.CharField(max_length=42)
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="payouts"
    )
    position = models.PositiveIntegerField(null=True, blank=True)
    tx_hash = models.CharField(max_length=66, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "id"]
        indexes = [
            models.Index(
                fields=["requested_at"], condition=Q(state="REQUESTED"), name="payout_due"
            ),
            models.Index(fields=["purse", "requested_at"], name="payout_of_purse"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="payout_of_something"),
            models.UniqueConstraint(fields=["batch", "position"], name="one_payee_a_position"),
            models.CheckConstraint(
                condition=Q(state="REQUESTED", batch=None)
                | Q(state__in=["BATCHED", "PAID", "RETURNED"], batch__isnull=False),
                name="payout_in_a_batch_once_it_leaves",
            ),
        ]

    def __str__(self) -> str:
        return f"payout {self.id}"
