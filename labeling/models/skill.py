"""What people are known to be able to do."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Skill(models.Model):
    """A name that requirements can speak of. Its owner grants it by hand; tests grant it too."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skills"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class Grant(models.Model):
    """One labeler has one skill, from 0 to 100; taken back it keeps its row."""

    class Source(models.TextChoices):
        TEST = "test"
        GOLD = "gold"
        REQUESTER = "requester"

    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="grants")
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants"
    )
    value = models.PositiveSmallIntegerField(default=100)
    source = models.CharField(max_length=10, choices=Source)
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["skill", "labeler"], name="skill_granted_once"),
            models.CheckConstraint(condition=Q(value__lte=100), name="grant_at_most_100"),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} of labeler {self.labeler_id}"
