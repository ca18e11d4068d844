"""What a person changes in the book by hand, and what proving it found."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payments.models.book import Account, Purse
from payments.models.chain import ChainEvent


class Correction(models.Model):
    """An entry that an admin proposes and another one posts.

    With a `deposit`, one that is in no purse, it brings that into the book and sends it back to
    where it came from.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | an admin proposes it | PROPOSED | `corrections.propose` |
    | PROPOSED | another admin agrees | POSTED | `corrections.approve` |
    | PROPOSED | any admin does not | DECLINED | `corrections.decline` |
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED"
        POSTED = "POSTED"
        DECLINED = "DECLINED"

    source = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="+")
    source_kind = models.CharField(max_length=8, choices=Account.Kind)
    target = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="+")
    target_kind = models.CharField(max_length=8, choices=Account.Kind)
    amount_units = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    deposit = models.ForeignKey(
        ChainEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_units__gt=0), name="correction_of_something"),
            models.CheckConstraint(
                condition=~Q(state="POSTED")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="correction_takes_two_admins",
            ),
            models.UniqueConstraint(
                fields=["deposit"],
                condition=~Q(state="DECLINED"),
                name="a_deposit_is_sent_back_once",
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class Reconciliation(models.Model):
    """The book was proved: what was found, and what the vault held as of which block.

    `figures` are texts for people, `facts` numbers for monitors.
    """

    at = models.DateTimeField(auto_now_add=True)
    is_clean = models.BooleanField()
    problems = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    facts = models.JSONField(default=dict, editable=False)
    block_number = models.BigIntegerField(null=True, blank=True)
    vault_units = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"reconciled {self.at:%Y-%m-%d %H:%M}"
