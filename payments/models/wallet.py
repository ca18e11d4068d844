"""Where a purse is paid out to, and where nobody is."""

from django.db import models
from django.db.models import Q

from payments.models.book import Purse


class WalletQuerySet(models.QuerySet["Wallet"]):
    """Wallets by whether they count."""

    def named(self) -> "WalletQuerySet":
        """The one in use and the one to come, if there is one."""
        return self.filter(ended_at=None)


class Wallet(models.Model):
    """The address that a purse is paid out to. The first counts at once; another one later.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | named as the first | in use | `wallets.name` |
    | (none) | named instead of another | waiting until `usable_from` | `wallets.name` |
    | waiting | time has come | in use | |
    | waiting | signed by the old one, or by mail | in use | `wallets.confirm_…` |
    | in use, waiting | another took its place, or it was taken back | ended | `wallets.name` |
    """

    purse = models.ForeignKey(Purse, on_delete=models.PROTECT, related_name="wallets")
    address = models.CharField(max_length=42)
    named_at = models.DateTimeField()
    usable_from = models.DateTimeField()
    confirmed_by = models.CharField(max_length=9, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WalletQuerySet.as_manager()

    class Meta:
        ordering = ["-named_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["purse", "address"], condition=Q(ended_at=None), name="wallet_named_once"
            )
        ]

    def __str__(self) -> str:
        return f"wallet {self.pk}"


class BlockedAddress(models.Model):
    """An address that must not be paid, such as one under sanctions."""

    address = models.CharField(max_length=42, primary_key=True)
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["address"]
        verbose_name_plural = "blocked addresses"

    def __str__(self) -> str:
        return f"blocked by {self.source}"
