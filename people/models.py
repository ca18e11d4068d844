"""Who takes part. One person can be labeler, requester and admin at once."""

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


def new_pseudonym() -> str:
    """A random public name that says nothing about the person, such as `L-3f9a27c4d1`."""
    return f"L-{secrets.token_hex(5)}"


def language_of_page() -> str:
    """The language that is spoken now, empty for English: nobody chose that yet."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else language


class People(UserManager["User"]):
    """Accounts by role."""

    def create_superuser(  # type: ignore[override]
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra: Any,
    ) -> "User":
        """An admin, who may also ask for work and do it."""
        return super().create_superuser(
            username, email, password, **{"is_requester": True, **extra}
        )

    def with_proved_mail(self, address: str) -> "models.QuerySet[User]":
        """Who has proved that this mail address is theirs: one person at most."""
        return self.annotate(mail=Lower("email")).filter(
            mail=address.lower(), mail_proved_at__isnull=False
        )


class User(AbstractUser):
    """A person or a program that signs in. `is_staff` makes an admin.

    `country` (ISO 3166-1 alpha-2) and `languages` (ISO 639-1) are what they say of themselves.
    `language` is the one that pages and mails speak to them, empty until they choose.
    `two_step` asks for a second step after the password. `muted` are the notices that they do not
    want, each as `mail:accepted` (`people.choices`). Who has left keeps a row without a name,
    because answers and money hang on it.
    """

    is_labeler = models.BooleanField("labels", default=True)
    is_requester = models.BooleanField("asks for labels", default=False)
    is_agent = models.BooleanField("is a program", default=False)
    country = models.CharField(max_length=2, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    language = models.CharField(max_length=8, blank=True, default=language_of_page)
    pseudonym = models.CharField(max_length=20, unique=True, default=new_pseudonym, editable=False)
    mail_proved_at = models.DateTimeField(null=True, blank=True)
    two_step = models.BooleanField("asks for a second step", default=False)
    muted = ArrayField(models.CharField(max_length=40), default=list, blank=True, editable=False)

    objects = People()

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(mail_proved_at__isnull=False),
                name="a_proved_mail_address_is_one_persons",
            )
        ]
        indexes = [models.Index(Lower("email"), name="person_by_mail")]


class ApiToken(AbstractAuthToken):
    """A program's key to a person's account: kept as a digest, named so that it can be revoked."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["-created", "digest"]

    def __str__(self) -> str:
        return self.name


class ProvedWalletQuerySet(models.QuerySet["ProvedWallet"]):
    """Wallets by what they are good for."""

    def by_use(self) -> "ProvedWalletQuerySet":
        """The one that signed somebody in last first; those that never did, the newest first."""
        return self.order_by(models.F("used_at").desc(nulls_last=True), "-proved_at")


class ProvedWallet(models.Model):
    """A wallet that this person has shown to hold the key of: it signs them in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="wallets")
    address = models.CharField(max_length=42, unique=True)
    proved_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = ProvedWalletQuerySet.as_manager()

    class Meta:
        ordering = ["proved_at"]

    def __str__(self) -> str:
        return f"wallet {self.pk}"


class WalletMessage(models.Model):
    """A message that a wallet was asked to sign (EIP-4361), for one purpose and one browser.

    The row goes with the first proof that names its nonce: a signature opens something once.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "SIGN_IN"
        PROVE = "PROVE"

    nonce = models.CharField(max_length=32, primary_key=True)
    address = models.CharField(max_length=42)
    purpose = models.CharField(max_length=7, choices=Purpose)
    browser = models.CharField(max_length=64)
    text = models.TextField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.nonce}"


class MailCode(models.Model):
    """A code sent to a mail address: whoever types it in reads the mail there.

    Kept as a digest, good for a few minutes and tries. Without a user nothing was sent: nobody has
    that address, and nobody is told so.
    """

    class Purpose(models.TextChoices):
        PROVE = "PROVE"
        RESET = "RESET"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="mail_codes")
    address = models.EmailField()
    purpose = models.CharField(max_length=5, choices=Purpose)
    digest = models.CharField(max_length=64)
    tries_left = models.SmallIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.address}"


class Letter(models.Model):
    """A mail that is to go out; the row is the request. What it said goes once it is sent.

    One that `goes_once` is over as soon as somebody carries it: nobody sends it again whose process
    died on the way.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters")
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    goes_once = models.BooleanField(db_default=False)
    written_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-written_at"]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="letter_due")]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class Notice(models.Model):
    """What a person should hear of, once: the database refuses a second row of the same `key`.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | something happened | unread | `notices.tell`, `notices.grow` |
    | unread | seen | read | `notices.read`, `notices.read_all` |
    | read | more of the same happened | unread | `notices.grow` |

    `facts` are for programs: what is said of them is worded when somebody reads it, in their
    language (`people.wordings`). `private` is for the mail alone, and goes with it. A mail is due
    at `mail_due_at`; `letter` is the one that was written. Without `on_page` the person wants no
    such notice on their page.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("Work accepted")
        REJECTED = "rejected", _("Work rejected")
        APPEAL_DECIDED = "appeal_decided", _("A rejection decided")
        PAID = "paid", _("Money arrived")
        RETURNED = "returned", _("A payout came back")
        WALLET_CHANGED = "wallet_changed", _("Another wallet")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=120)
    facts = models.JSONField()
    private = models.JSONField(default=dict, blank=True)
    on_page = models.BooleanField(default=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey(
        Letter, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices"
    )

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="a_person_is_told_once")
        ]
        indexes = [
            models.Index(
                fields=["user"], condition=Q(read_at=None, on_page=True), name="notice_unread"
            ),
            models.Index(fields=["user", "-at"], name="notice_of_person"),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="notice_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Departure(models.Model):
    """A person who leaves: asked for, thought over, carried out. The row stays for good.

    | from | arrow | to | verb |
    |---|---|---|---|
    | (none) | asked for, by them or by an admin for them | ASKED | `departures.ask` |
    | ASKED | thought better of | (none) | `departures.take_back` |
    | ASKED | the time is over: nobody signs in any more | BEGUN | `departures.carry_out` |
    | BEGUN | every room let go, nothing says who it was | ENDED | `departures.carry_out` |

    `wallets` they had proved, and a code of which only the digest is kept, are how they come to
    money of theirs afterwards.
    """

    class State(models.TextChoices):
        ASKED = "ASKED"
        BEGUN = "BEGUN"
        ENDED = "ENDED"

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="departure")
    state = models.CharField(max_length=5, choices=State, default=State.ASKED)
    claim_digest = models.CharField(max_length=64, unique=True)
    wallets = ArrayField(models.CharField(max_length=42), default=list)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=~Q(state="ENDED"), name="departure_under_way"
            ),
            GinIndex(fields=["wallets"], name="departure_by_wallet"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ENDED", ended_at__isnull=False)
                | ~Q(state="ENDED") & Q(ended_at=None),
                name="departure_ends_once",
            )
        ]

    def __str__(self) -> str:
        return f"departure of {self.user_id}"
