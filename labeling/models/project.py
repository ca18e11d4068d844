"""A requester's labeling project."""

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from labeling.models.rules import OVERLAP_LIMIT, Admission, Quality, Turns, within
from labeling.models.skill import Skill

INSTRUCTIONS_CHARACTERS = 20_000
LEASE_MINUTES_LIMIT = 24 * 60


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects by who may do what with them."""

    def owned_by(self, user: models.Model) -> "ProjectQuerySet":
        """Those this person asked for."""
        return self.filter(owner=user)

    def open(self) -> "ProjectQuerySet":
        """Those that hand out work."""
        return self.filter(state=Project.State.OPEN)

    def locked(self) -> "ProjectQuerySet":
        """The same, locked. NO KEY: leases refer to the row and must not wait for it."""
        return self.select_for_update(no_key=True, of=("self",))

    def free(self) -> "ProjectQuerySet":
        """Those that nobody else has locked, locked. For jobs, which come again: while data is
        loaded a project is locked for long, and others wait for what the job does."""
        return self.select_for_update(no_key=True, of=("self",), skip_locked=True)


class Project(Quality, Admission, Turns):
    """What is asked, of how many people, for how much.

    | from | arrow | to | verb |
    |---|---|---|---|
    | DRAFT, PAUSED, OPEN | work is funded and offered | OPEN | `projects.open_tasks` |
    | OPEN | nothing more is handed out for now | PAUSED | `projects.pause` |
    | DRAFT, OPEN, PAUSED | the money not needed goes back | CLOSED | `projects.close` |

    `config`, `price_units`, `fee_units` and the overlap never change after creation; a later
    version of `config` would raise `config_version`, the key of the parsed form's cache.

    `controls` are the tags of `config` that ask something, by name.

    `lanes` are those that its tasks were opened in, the highest first. Reputation earned here is
    kept under `skill`. A TEST asks tasks whose answers are known, each person as many as its
    `quota` and each task `overlap` people; who gets `pass_percent` right is granted the skill.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT"
        OPEN = "OPEN"
        PAUSED = "PAUSED"
        CLOSED = "CLOSED"

    class Kind(models.TextChoices):
        LABELING = "labeling"
        TEST = "test"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="projects"
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LABELING)
    skill = models.ForeignKey(
        Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    pass_percent = models.PositiveSmallIntegerField(default=80, validators=[MaxValueValidator(100)])
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    config = models.TextField()
    config_version = models.PositiveIntegerField(default=1, editable=False)
    controls = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    price_units = models.BigIntegerField()
    fee_units = models.BigIntegerField()
    lease_minutes = models.PositiveSmallIntegerField(
        default=15, validators=within(1, LEASE_MINUTES_LIMIT)
    )
    lanes = ArrayField(models.SmallIntegerField(), default=list, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    purse_id = models.UUIDField(null=True, unique=True, editable=False)
    key = models.CharField(max_length=100, null=True, editable=False)
    fingerprint = models.BinaryField(max_length=32, null=True, editable=False)
    refunds_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="OPEN"), name="project_open"),
        ]
        constraints = [
            *Quality.Meta.constraints,
            *Admission.Meta.constraints,
            models.UniqueConstraint(fields=["owner", "key"], name="project_asked_for_once"),
            models.CheckConstraint(
                condition=Q(price_units__gt=0) | Q(kind="test", price_units=0), name="project_pays"
            ),
            models.CheckConstraint(
                condition=Q(kind="labeling") | Q(skill__isnull=False, quota__isnull=False),
                name="project_test_grants_a_skill",
            ),
            models.CheckConstraint(
                condition=Q(kind="test") | Q(overlap_max__lte=OVERLAP_LIMIT),
                name="project_overlap_suits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(fee_units__gte=0) & Q(fee_units__lte=F("price_units")),
                name="project_fee_never_above_price",
            ),
            models.CheckConstraint(
                condition=Q(lease_minutes__gte=1) & Q(lease_minutes__lte=LEASE_MINUTES_LIMIT),
                name="project_lease_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.pk})"

    @property
    def purse(self) -> UUID:
        """The id of its purse; `projects.create` returns none without one."""
        if self.purse_id is None:
            raise ValueError("This project was never given a purse.")
        return self.purse_id

    @property
    def is_work(self) -> bool:
        """False for a test."""
        return self.kind != self.Kind.TEST

    @property
    def gold_floor(self) -> int:
        """Of a hundred answers to gold so many are right, or their labeler is barred; nobody is
        from a test."""
        return self.gold_floor_percent if self.is_work else 0

    @property
    def cost_per_label_units(self) -> int:
        """The price and the fee of one accepted answer."""
        return self.price_units + self.fee_units

    @property
    def cost_per_task_units(self) -> int:
        """What is held for one task: every answer it may come to need, with its fee."""
        return self.cost_per_label_units * self.overlap_max
