"""Withdrawals: each a payout, those that share a chain tx a batch."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payments.models.book import Account, Entry, Purse
from payments.models.chain import ChainTx


class Batch(models.Model):
    """Payouts that share one chain tx. The vault knows it by its `number`, and takes that once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(unique=True, editable=False)
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
        return f"batch {self.number}"


class Owed(models.Model):
    """What everybody is owed once a batch is paid, and for which accepted work it pays.

    `balances` are pairs of a wallet and units, the leaves of `balances_root`; `labels` pairs of a
    release's key and units, those of `labels_root`. Both are null once newer batches have made
    them old. `homeless_units` is owed to people who have named no wallet yet: it is in no leaf.
    """

    batch = models.OneToOneField(
        Batch, primary_key=True, on_delete=models.PROTECT, related_name="owed"
    )
    balances_root = models.CharField(max_length=66)
    labels_root = models.CharField(max_length=66)
    total_units = models.BigIntegerField()
    homeless_units = models.BigIntegerField()
    balances = models.JSONField(null=True)
    labels = models.JSONField(null=True)

    class Meta:
        ordering = ["-batch__number"]
        verbose_name = "balances owed"
        verbose_name_plural = "balances owed"

    def __str__(self) -> str:
        return f"owed after batch {self.batch.number}"


class Payout(models.Model):
    """One withdrawal to a wallet: of earnings, or of a project's funds that nobody needs.

    `owner` is whose it is in the end, such as `person:12`: of a project's funds not the purse's
    holder. A large one waits REQUESTED until two admins have approved it, of whom none is its
    owner: a trigger of PostgreSQL lets it into no batch before. Of earnings that were PAID,
    `up_to_units` is all that was ever paid of this purse's, with this payout. Its holder has been
    told how it ended at `told_at`.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | asked for | REQUESTED | `payouts.request` |
    | REQUESTED | put into a chain tx | BATCHED | `payouts.batch` |
    | BATCHED | transferred, deep enough | PAID | `payouts.settle` |
    | BATCHED | skipped by the vault, or can never be mined | RETURNED | `payouts.settle` |
    | REQUESTED | taken out with a proof, or its wallet was blocked | RETURNED | `recalls.recall` |
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED"
        BATCHED = "BATCHED"
        PAID = "PAID"
        RETURNED = "RETURNED"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    purse = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="payouts")
    owner = models.CharField(max_length=80, editable=False)
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
    needs_approval = models.BooleanField(db_default=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    tx_hash = models.CharField(max_length=66, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    up_to_units = models.BigIntegerField(null=True, editable=False)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "id"]
        indexes = [
            models.Index(
                fields=["ended_at"],
                condition=Q(told_at=None, state__in=["PAID", "RETURNED"]),
                name="payout_to_tell",
            ),
            models.Index(
                fields=["requested_at"], condition=Q(state="REQUESTED"), name="payout_due"
            ),
            models.Index(fields=["purse", "requested_at"], name="payout_of_purse"),
            models.Index(fields=["owner", "requested_at"], name="payout_of_owner"),
            models.Index(
                fields=["purse", "up_to_units"],
                condition=Q(up_to_units__isnull=False),
                name="payout_by_dollar",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="payout_of_something"),
            models.CheckConstraint(condition=~Q(owner=""), name="payout_of_somebody"),
            models.UniqueConstraint(fields=["batch", "position"], name="one_payee_a_position"),
            models.CheckConstraint(
                condition=Q(state__in=["REQUESTED", "RETURNED"], batch=None)
                | Q(state__in=["BATCHED", "PAID", "RETURNED"], batch__isnull=False),
                name="payout_in_a_batch_once_it_leaves",
            ),
        ]

    def __str__(self) -> str:
        return f"payout {self.id}"

    @property
    def waits_for_admins(self) -> bool:
        """True until two admins have let a large one go."""
        is_waiting = self.state == self.State.REQUESTED and self.approved_at is None
        return is_waiting and self.needs_approval


class Approval(models.Model):
    """An admin has looked at a large payout and agrees."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="approvals")
    admin = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["payout", "admin"], name="an_admin_approves_once")
        ]

    def __str__(self) -> str:
        return f"{self.admin} approves {self.payout_id}"


class Exit(models.Model):
    """Earnings that somebody took out of the vault with a proof, and the entry that says so.

    `up_to_units` is all that has left this purse's earnings for good, with this: a span of dollars,
    as a payout has one.
    """

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, related_name="exit"
    )
    purse = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="exits")
    amount_units = models.BigIntegerField()
    up_to_units = models.BigIntegerField()
    address = models.CharField(max_length=42)
    tx_hash = models.CharField(max_length=66)

    class Meta:
        ordering = ["entry"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="exit_of_something"),
            models.UniqueConstraint(fields=["purse", "up_to_units"], name="exit_has_its_place"),
        ]

    def __str__(self) -> str:
        return f"exit {self.entry_id}"
