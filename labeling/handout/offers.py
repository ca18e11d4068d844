"""What a person can work on: open projects, what they ask and pay, and how their requester treats
people; and whether work waits for this person.

Looks only at the index of tasks with a free slot, from where the hand-out would look on, so the
cost of a project does not depend on how many tasks it has; nor does the number of statements
depend on how many projects there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from labeling.content import kinds, weights
from labeling.crowd import reputation
from labeling.errors import NotFound
from labeling.handout import eligibility, records
from labeling.handout.records import Record
from labeling.models import Assignment, Membership, Project
from labeling.models.project import ProjectQuerySet
from payments import money
from people import locales
from people.models import User

ELIGIBLE_LIMIT = 1000  # projects whose demands and times are looked at for one answer
CENT_UNITS = money.UNITS_PER_DOLLAR // 100

Visitor = User | AnonymousUser

# As the hand-out searches: lane by lane behind the person's cursor; gold is no work that waits.
FREE = """EXISTS (
    SELECT 1 FROM unnest(labeling_project.lanes) AS lane (number) CROSS JOIN LATERAL (
        SELECT 1 FROM labeling_task AS task
        WHERE task.project_id = labeling_project.id AND task.lane = lane.number
            AND task.is_offered AND task.rank > COALESCE((
                SELECT seat.cursors[lane.number + 1] FROM labeling_membership AS seat
                WHERE seat.project_id = labeling_project.id AND seat.labeler_id = %s), 0)
            AND NOT EXISTS (
                SELECT 1 FROM labeling_assignment AS done
                WHERE done.task_id = task.id AND done.labeler_id = %s
                    AND done.state <> 'EXPIRED' OFFSET 0)
        LIMIT 1
    ) AS waiting
    WHERE lane.number < 10
)"""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One project as a labeler sees it; `price` is a decimal string per accepted answer.

    `asks` are the demands in words, `unmet` those that this visitor does not meet; a stranger is
    not judged. `seconds` is how long a person needs for a task and `hourly` what that makes in an
    hour, None where too little is known; `task_bytes` is what a task weighs, with the files that
    it names. `kinds` are what one does. `quota_left` is None where there is no quota.
    `reputation` is the visitor's in the project's skill, None for a stranger.
    """

    id: int
    title: str
    instructions: str
    config: str
    config_version: int
    kind: str
    skill: str
    skill_title: str
    price: str
    is_paid: bool
    lease_minutes: int
    review: str
    review_hours: int
    requester: str
    record: Record
    seconds: float | None
    hourly: str | None
    task_bytes: int | None
    kinds: list[str]
    languages: list[str]
    asks: list[str]
    unmet: list[str]
    quota: int | None
    quota_left: int | None
    reputation: float | None
    available: bool
    eligible: bool
    state: str

    @property
    def can_start(self) -> bool:
        """True if this visitor would be handed a task now."""
        return self.available and self.eligible

    @property
    def language_names(self) -> list[str]:
        """The languages of which one is needed, by name."""
        return [locales.language(code) for code in self.languages]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody looks for; what is left as it is does not matter to them.

    `available`: work waits for them, or not; `eligible`: they meet what is asked, or not;
    `language`: open to who speaks it; `kind`: one of `kinds`; `least_units`: pay for a task;
    `least_hourly_units` and `longest_seconds`: by measured times, so that what nobody has timed
    yet is left out.
    """

    available: bool | None = None
    eligible: bool | None = None
    language: str = ""
    kind: str = ""
    least_units: int | None = None
    least_hourly_units: int | None = None
    longest_seconds: float | None = None

    @property
    def is_timed(self) -> bool:
        """True if it asks for something that only measured times tell."""
        return self.least_hourly_units is not None or self.longest_seconds is not None


def search(visitor: Visitor, wish: Wish = Wish()) -> ProjectQuerySet:
    """Open projects for `describe`: what this visitor can start now first, then the newest.

    Demands and times are looked at for the first ELIGIBLE_LIMIT that have all else.
    """
    found = _seen_by(visitor, Project.objects.open())
    if wish.available is not None:
        found = found.filter(has_work=wish.available)
    if wish.language:
        found = found.filter(Q(languages=[]) | Q(languages__contains=[wish.language]))
    if wish.kind:
        found = found.filter(controls__overlap=sorted(kinds.CONTROLS[wish.kind]))
    if wish.least_units is not None:
        found = found.filter(price_units__gte=wish.least_units)
    if not visitor.pk and not wish.is_timed:
        return found.order_by("-has_work", "-id")
    asked = list(
        found.order_by("-has_work", "-id").defer("config", "instructions")[:ELIGIBLE_LIMIT]
    )
    if wish.is_timed:
        asked = _in_time(asked, wish)
    unmet = eligibility.unmet_in(asked, visitor)
    met = [pk for pk, reasons in unmet.items() if not reasons]
    if wish.eligible is not None:
        found = found.filter(pk__in=met if wish.eligible else list(unmet.keys() - met))
    elif wish.is_timed:
        found = found.filter(pk__in=list(unmet))
    is_eligible = Case(When(pk__in=met, then=1), default=0)
    return found.order_by(is_eligible.desc(), "-has_work", "-id")


def _in_time(projects: list[Any], wish: Wish) -> list[Any]:
    """Those of which is known that they pay so much an hour and take no longer."""
    paces = records.of_projects(project.pk for project in projects)
    longest = wish.longest_seconds or float("inf")
    least_units = wish.least_hourly_units or 0
    return [
        project
        for project in projects
        if (seconds := paces[project.pk])
        and seconds <= longest
        and project.price_units * 3600 / seconds >= least_units
    ]


def languages() -> list[str]:
    """The languages that open projects ask for, by code."""
    asked = Project.objects.open().exclude(languages=[]).order_by()
    found = asked.annotate(code=Func(F("languages"), function="unnest")).values_list("code")
    return [code for (code,) in found.distinct()]


def get(visitor: Visitor, *, project_id: int) -> Offer:
    """One project's offer; `NotFound` for a draft, whose owner alone knows of it."""
    projects = _seen_by(visitor, Project.objects.filter(pk=project_id))
    found = describe(projects.exclude(state=Project.State.DRAFT), visitor)
    if not found:
        raise NotFound
    return found[0]


def describe(projects: ProjectQuerySet | Sequence[Any], visitor: Visitor) -> list[Offer]:
    """The offers of these projects, which `search` has found, in their order."""
    rows = list(projects)
    scores = reputation.scores_in_skills(visitor.pk) if visitor.pk else {}
    known = _Known(
        visitor=visitor,
        scores=scores,
        unmet=eligibility.unmet_in(rows, visitor, scores=scores),
        records=records.of_requesters({row.owner_id for row in rows}),
        seconds=records.of_projects(row.pk for row in rows),
        task_bytes=weights.of_projects(rows),
    )
    return [_offer(row, known) for row in rows]


def _seen_by(visitor: Visitor, projects: ProjectQuerySet) -> ProjectQuerySet:
    held = Assignment.objects.live().filter(project=OuterRef("pk"), labeler=visitor.pk)
    seat = Membership.objects.filter(project=OuterRef("pk"), labeler=visitor.pk)
    leases = Subquery(seat.values("leases_count"), output_field=IntegerField())
    not_theirs = ~Q(owner=visitor.pk) if visitor.pk else Q(pk__isnull=False)
    may_take = Q(quota=None) | Q(quota__gt=F("leases_count"))
    free = RawSQL(FREE, [visitor.pk, visitor.pk], output_field=BooleanField())
    counted = projects.annotate(leases_count=Coalesce(leases, Value(0)), has_free=free)
    return counted.annotate(
        has_work=((Q(has_free=True) & may_take) | Exists(held)) & not_theirs
    ).select_related("owner", "skill")


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What was read for all the projects of a page at once, by project or requester."""

    visitor: Visitor
    scores: dict[int | None, float]
    unmet: dict[int, list[str]]
    records: dict[int, Record]
    seconds: dict[int, float | None]
    task_bytes: dict[int, int | None]


def _offer(project: Any, known: _Known) -> Offer:
    unmet, seconds = known.unmet[project.pk], known.seconds[project.pk]
    available = project.state == Project.State.OPEN and project.has_work
    quota_left = project.quota and max(project.quota - project.leases_count, 0)
    return Offer(
        id=project.pk,
        title=project.title,
        instructions=project.instructions,
        config=project.config,
        config_version=project.config_version,
        kind=project.kind,
        skill=project.skill.slug if project.skill else "",
        skill_title=project.skill.title if project.skill else "",
        price=money.format(project.price_units),
        is_paid=project.price_units > 0,
        lease_minutes=project.lease_minutes,
        review=project.review,
        review_hours=project.review_hours,
        requester=project.owner.pseudonym,
        record=known.records[project.owner_id],
        seconds=seconds,
        hourly=_hourly(project, seconds),
        task_bytes=known.task_bytes[project.pk],
        kinds=kinds.of(project.controls),
        languages=project.languages,
        asks=eligibility.asked(project),
        unmet=unmet,
        quota=project.quota,
        quota_left=quota_left,
        reputation=_reputation(project, known),
        available=available,
        eligible=not unmet,
        state=_state(project, known, available=available, quota_left=quota_left),
    )


def _reputation(project: Project, known: _Known) -> float | None:
    if not known.visitor.pk:
        return None
    return known.scores.get(project.skill_id, reputation.mean(0, 0))


def _hourly(project: Project, seconds: float | None) -> str | None:
    if not seconds or not project.price_units:
        return None
    units = project.price_units * 3600 / seconds
    return money.format(round(units / CENT_UNITS) * CENT_UNITS)


def _state(project: Project, known: _Known, *, available: bool, quota_left: int | None) -> str:
    if project.state == Project.State.CLOSED:
        return _("Closed")
    if project.state == Project.State.PAUSED:
        return _("Paused")
    if project.owner_id == known.visitor.pk:
        return _("Your own project")
    if known.unmet[project.pk]:
        return _("Not for you yet")
    if available:
        return _("Work waiting")
    return _("You have done your share") if quota_left == 0 else _("Nothing left for now")
