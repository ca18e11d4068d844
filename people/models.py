"""Who takes part. One person can be labeler, requester and admin at once."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import translation
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


class User(AbstractUser):
    """A person or a program that signs in. `is_staff` makes an admin.

    `country` (ISO 3166-1 alpha-2) and `languages` (ISO 639-1) are what they say of themselves.
    `language` is the one that pages and mails speak to them, empty until they choose.
    """

    is_labeler = models.BooleanField("labels", default=True)
    is_requester = models.BooleanField("asks for labels", default=False)
    is_agent = models.BooleanField("is a program", default=False)
    country = models.CharField(max_length=2, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    language = models.CharField(max_length=8, blank=True, default=language_of_page)
    pseudonym = models.CharField(max_length=20, unique=True, default=new_pseudonym, editable=False)

    objects = People()


class ApiToken(AbstractAuthToken):
    """A program's key to a person's account: kept as a digest, named so that it can be revoked."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["-created", "digest"]

    def __str__(self) -> str:
        return self.name
