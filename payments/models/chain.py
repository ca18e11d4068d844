"""Facts of the chain: which one it is, what we sent, what happened, how far we have read."""

import uuid

from django.db import models
from django.db.models import Max, Q
from django.db.models.fields.json import KT


class Network(models.Model):
    """The one chain of this deployment, its token and its vault; stored at first start.

    While it is paused no batch is made, signed or sent; what was sent is watched. `gas_wei` is what
    the payer had for gas when it was last looked at; `gas_low_at` since when that is too little.
    `depth_blocks` is how deep a deposit had to lie when the chain was last read. It was read to its
    end at `read_at`; `head_block` is the newest block that the node told of.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    chain_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    token_address = models.CharField(max_length=42)
    vault_address = models.CharField(max_length=42)
    deployed_block = models.BigIntegerField()
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_for = models.CharField(max_length=200, blank=True)
    depth_blocks = models.BigIntegerField(null=True, blank=True)
    head_block = models.BigIntegerField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    gas_wei = models.DecimalField(max_digits=40, decimal_places=0, null=True, blank=True)
    gas_low_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_network")]

    def __str__(self) -> str:
        return f"{self.name} ({self.chain_id})"


class ChainTx(models.Model):
    """One transaction on chain of ours.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | asked for | READY | `sender.queue` |
    | READY | nonce taken, bytes and hash stored | SIGNED | `sender.advance` |
    | READY | somebody's exit came first | FAILED | `sender.give_up` |
    | SIGNED | given to a node | SENT | `sender.advance` |
    | SIGNED, SENT | not mined for long: same nonce, higher fee | SIGNED | `sender.advance` |
    | SENT | mined, deep enough | CONFIRMED | `sender.advance` |
    | SENT | mined and reverted, deep enough, or its nonce is gone | FAILED | `sender.advance` |
    | SIGNED, SENT | its key was dismissed, and nobody mines it | FAILED | `sender.advance` |

    A tx that a reorganisation throws out stays SENT, and the same bytes are sent again. `hashes`
    are those of all bytes ever signed for it, `tx_hash` the last one's, or the one that was mined.
    """

    class State(models.TextChoices):
        READY = "READY"
        SIGNED = "SIGNED"
        SENT = "SENT"
        CONFIRMED = "CONFIRMED"
        FAILED = "FAILED"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=42)
    calldata = models.BinaryField()
    gas_limit = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.READY)
    sender = models.CharField(max_length=42, blank=True)
    nonce = models.BigIntegerField(null=True, blank=True)
    raw = models.BinaryField(null=True, blank=True)
    tx_hash = models.CharField(max_length=66, blank=True)
    hashes = models.JSONField(default=list)
    block_number = models.BigIntegerField(null=True, blank=True)
    block_hash = models.CharField(max_length=66, blank=True)
    gas_used = models.BigIntegerField(null=True, blank=True)
    gas_price_wei = models.BigIntegerField(null=True, blank=True)
    outcome = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = "chain tx"
        verbose_name_plural = "chain txs"
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["READY", "SIGNED", "SENT"]),
                name="chain_tx_under_way",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["sender", "nonce"], name="nonce_taken_once"),
            models.CheckConstraint(
                condition=Q(state__in=["READY", "FAILED"])
                | Q(nonce__isnull=False, raw__isnull=False),
                name="signed_bytes_are_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ChainEventQuerySet(models.QuerySet["ChainEvent"]):
    """Events by how sure they are."""

    def confirmed(self, depth_blocks: int) -> "ChainEventQuerySet":
        """Those that have `depth_blocks` scanned blocks on top."""
        head = ScannedBlock.objects.aggregate(head=Max("number"))["head"] or 0
        return self.filter(block_number__lte=head - depth_blocks)

    def unsettled(self) -> "ChainEventQuerySet":
        """Those that the book has not heard of."""
        return self.filter(settled_at=None)

    def exits(self) -> "ChainEventQuerySet":
        """Those that took money out of the vault with a proof."""
        return self.filter(name="Exited")

    def told(self) -> "ChainEventQuerySet":
        """Those that the chain still tells."""
        return self.filter(lost_at=None)

    def lost(self) -> "ChainEventQuerySet":
        """Those that the book has heard of, and the chain has taken back."""
        return self.exclude(lost_at=None)


class ChainEvent(models.Model):
    """Something the vault reported. `payload` holds numbers as strings.

    `position` tells it from the others of its name in its tx, from 0 on; it stays when the tx moves
    to another block, where `log_index` changes. At `lost_at` the chain took back what was settled.
    """

    name = models.CharField(max_length=40)
    block_number = models.BigIntegerField()
    block_hash = models.CharField(max_length=66)
    tx_hash = models.CharField(max_length=66)
    log_index = models.IntegerField()
    position = models.IntegerField(default=0)
    payload = models.JSONField()
    settled_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)

    objects = ChainEventQuerySet.as_manager()

    class Meta:
        ordering = ["-block_number", "-log_index"]
        indexes = [
            models.Index(fields=["name", "block_number"], name="event_by_name"),
            models.Index(
                KT("payload__purse"), condition=Q(name="Deposited"), name="deposit_by_purse"
            ),
            models.Index(
                fields=["tx_hash"], condition=Q(lost_at__isnull=False), name="lost_event_by_tx"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["block_hash", "log_index"], name="event_seen_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} in block {self.block_number}"


class ScannedBlock(models.Model):
    """How far the vault's events have been read, and of which chain."""

    number = models.BigIntegerField(primary_key=True)
    block_hash = models.CharField(max_length=66)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"block {self.number}"
