"""Images and recordings: those a project has, and those it names elsewhere."""

from django.db import models
from django.db.models import Q

from labeling.models.project import Project

TITLE_CHARACTERS = 200
ADDRESS_CHARACTERS = 2048


class Medium(models.Model):
    """A file that a project has: `name` is that of the file itself, `title` what it was called.

    The same file in two projects is two rows and one file. A row with `removed_at` has no file: it
    says what the file was, by its SHA-256, until the same is sent again.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="media", db_index=False
    )
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=TITLE_CHARACTERS, blank=True)
    size_bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "media"
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="medium_once_a_project"),
        ]
        indexes = [
            models.Index(fields=["project"], include=["size_bytes"], name="medium_sizes"),
            models.Index(fields=["name"], name="medium_by_name"),
            models.Index(
                fields=["removed_at"], condition=Q(removed_at__isnull=False), name="medium_removed"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.name


class Elsewhere(models.Model):
    """What a task's data names by an address that is not ours.

    | from | arrow | to | verb |
    |---|---|---|---|
    | – | somebody is the first to look | WAITING | `remotes.ask` |
    | WAITING | fetched, and it is an image or a recording | STORED | `errands.run` |
    | WAITING | cannot be had | REFUSED | `errands.run` |
    | REFUSED | somebody looks again, an hour later | WAITING | `remotes.ask` |
    | STORED | the requester takes it away, for good | REFUSED | `removals.remove` |

    While it waits it is due at `due_at`, which lies ahead while somebody fetches it: so a fetch
    that died is done again. Once STORED it stays what it was: everybody is shown the same, or
    nobody.
    `problem` is the code of what went wrong last, `facts` what its sentence names.
    """

    class State(models.TextChoices):
        WAITING = "WAITING"
        STORED = "STORED"
        REFUSED = "REFUSED"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    address_hash = models.BinaryField(max_length=32, editable=False)
    address = models.TextField(max_length=ADDRESS_CHARACTERS)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    medium = models.ForeignKey(Medium, null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    tries_count = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "elsewhere"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "address_hash"], name="elsewhere_once_a_project"
            ),
            models.CheckConstraint(
                condition=Q(state="STORED", medium__isnull=False)
                | (~Q(state="STORED") & Q(medium__isnull=True)),
                name="elsewhere_is_stored_as_a_medium",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="WAITING"), name="elsewhere_to_fetch"
            ),
        ]

    def __str__(self) -> str:
        return self.address[:100]
