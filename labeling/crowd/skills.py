"""What people are known to be able to do: granted by the owner of a skill, by tests, by gold.

Promises: one grant a person and skill, from 0 to 100. What the owner said by hand stands: neither
a test nor gold changes it, so somebody whose skill the owner took back does not earn it again.
Only projects of the skill's own owner grant it by themselves.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.transaction import atomic
from django.utils import timezone

from labeling.crowd import requirements
from labeling.errors import InvalidValue, MalformedSkill, NotFound, SkillExists, TooManySkills
from labeling.models import Assignment, Grant, Membership, Project, Skill
from people.models import User

Source = Grant.Source


# --- By hand --------------------------------------------------------------------------------


def create(owner: User, *, slug: str, title: str) -> Skill:
    """A skill that nobody has yet. Raises SkillExists, MalformedSkill, TooManySkills."""
    if not requirements.is_skill(slug):
        raise MalformedSkill()
    if owner.skills.count() >= settings.STIPEND_SKILLS:
        raise TooManySkills(limit=settings.STIPEND_SKILLS)
    try:
        with atomic():
            return Skill.objects.create(owner=owner, slug=slug, title=title)
    except IntegrityError as error:
        if "slug" not in str(error):
            raise
        raise SkillExists(slug=slug)


def owned(slug: str, *, owner: User) -> Skill:
    """The requester's own skill; raises NotFound for anybody else's."""
    skill = Skill.objects.filter(slug=slug, owner=owner).first()
    if skill is None:
        raise NotFound("There is no such skill of yours.")
    return skill


def labeler_called(pseudonym: str) -> User:
    """The person of this public name; raises NotFound."""
    person = User.objects.filter(pseudonym=pseudonym).first()
    if person is None:
        raise NotFound("There is nobody of this name.")
    return person


def grant(skill: Skill, *, labeler: User, value: int = requirements.VALUE_LIMIT) -> Grant:
    """The person has the skill at this value, by the owner's word; raises InvalidValue."""
    if not 0 <= value <= requirements.VALUE_LIMIT:
        raise InvalidValue()
    granted, _ = Grant.objects.update_or_create(
        skill=skill,
        labeler=labeler,
        defaults={"value": value, "source": Source.REQUESTER, "revoked_at": None},
    )
    return granted


def revoke(skill: Skill, *, labeler: User) -> None:
    """The person does not have it any more, by the owner's word; revoked before is revoked.

    Admissions that rest on it end within STIPEND_ADMISSION_SECONDS. Raises NotFound when it was
    never granted.
    """
    found = Grant.objects.filter(skill=skill, labeler=labeler)
    if not found.update(
        revoked_at=Coalesce(F("revoked_at"), timezone.now()), source=Source.REQUESTER
    ):
        raise NotFound("This person was never granted the skill.")


def held(skill: Skill) -> QuerySet[Grant]:
    """Who has it, the newest grant first."""
    return skill.grants.filter(revoked_at=None).select_related("labeler")


def of(labeler_id: int) -> QuerySet[Grant]:
    """What somebody has, by name."""
    grants = Grant.objects.filter(labeler=labeler_id, revoked_at=None)
    return grants.select_related("skill").order_by("skill__slug")


def values_of(labeler_id: int) -> dict[str, int]:
    """What somebody has, as a requirement asks for it: the value by the skill's slug."""
    return dict(of(labeler_id).values_list("skill__slug", "value"))


# --- By a test ------------------------------------------------------------------------------


class State(StrEnum):
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One person's test so far: of `length` answers so many were given and scored.

    `gold_count` may be less: a question that turned out doubtful counts for nobody. What they
    reported as broken is given, and not right.
    """

    length: int
    pass_percent: int
    answers_count: int = 0
    gold_count: int = 0
    right_count: int = 0

    @property
    def percent(self) -> int:
        """How many of a hundred answers were right, rounded down."""
        return self.right_count * 100 // self.gold_count if self.gold_count else 0

    @property
    def state(self) -> State:
        """It stands with the last answer: nobody takes more tasks than the project's quota."""
        if self.answers_count < self.length or not self.gold_count:
            return State.RUNNING
        return State.PASSED if self.percent >= self.pass_percent else State.FAILED


def result_of(project: Project, labeler_id: int) -> Result:
    """How the person stands in this test; running, with zeros, before they have begun."""
    seats = project.memberships.filter(labeler=labeler_id)
    found = [result for _, _, result in _results(seats)]
    return found[0] if found else _result(project.quota, project.pass_percent)


def results_of(labeler_id: int) -> dict[int, Result]:
    """How the person stands in every test that they have begun, by the project's id."""
    seats = Membership.objects.filter(labeler=labeler_id, project__kind=Project.Kind.TEST)
    return {project_id: result for project_id, _, result in _results(seats)}


def _results(seats: QuerySet[Membership]) -> Iterable[tuple[int, int, Result]]:
    """Project, labeler and result; scored answers are found by the tasks of the test, which are
    few, and not by the answers of the person."""
    scored = _counted(submission__score__isnull=False)
    broken = _counted(state=Assignment.State.RETURNED)
    rows = seats.annotate(broken=broken).values_list(
        *("project_id", "labeler_id", "project__quota", "project__pass_percent"),
        *(scored + F("broken"), F("gold_count") + F("broken"), "gold_right_count"),
    )
    for project_id, labeler_id, *numbers in rows:
        yield project_id, labeler_id, _result(*numbers)


def _counted(**wanted: Any) -> Coalesce:
    """How many such assignments the person of a seat has in its test."""
    found = Assignment.objects.filter(
        task__project=OuterRef("project"), labeler=OuterRef("labeler"), **wanted
    )
    counted = found.order_by().values("labeler").annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), Value(0))


def _result(
    quota: int | None,
    pass_percent: int,
    answers_count: int = 0,
    gold_count: int = 0,
    right_count: int = 0,
) -> Result:
    return Result(
        length=quota or 0,
        pass_percent=pass_percent,
        answers_count=answers_count,
        gold_count=gold_count,
        right_count=right_count,
    )


# --- By answers to gold ---------------------------------------------------------------------


@atomic(savepoint=False)
def settle(project: Project, labeler_ids: Collection[int]) -> None:
    """What these people's answers to gold say about the project's skill is granted or taken back.

    A passed test grants it at the percent of right answers. Elsewhere enough right answers to gold
    grant it, and too few take back what gold had granted. Twice is once; the grants stay locked
    to the end of the transaction.
    """
    skill = project.skill
    if skill is None or skill.owner_id != project.owner_id or not labeler_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [skill.pk, list(labeler_ids)])
    if project.kind == Project.Kind.TEST:
        _write(skill, _passed(project, labeler_ids), Source.TEST)
        return
    percent_of = _percent_on_gold(skill, labeler_ids)
    able = {one: percent for one, percent in percent_of.items() if percent >= project.pass_percent}
    _take_back(skill, percent_of.keys() - able.keys())
    _write(skill, able, Source.GOLD)


def _passed(project: Project, labeler_ids: Collection[int]) -> dict[int, int]:
    seats = project.memberships.filter(labeler_id__in=labeler_ids)
    results = {labeler_id: result for _, labeler_id, result in _results(seats)}
    return {one: found.percent for one, found in results.items() if found.state == State.PASSED}


def _percent_on_gold(skill: Skill, labeler_ids: Collection[int]) -> dict[int, int]:
    """How often people were right on gold, of a hundred, in all projects that grant the skill."""
    seats = Membership.objects.filter(
        labeler_id__in=labeler_ids,
        project__skill=skill,
        project__owner=skill.owner_id,
        project__kind=Project.Kind.LABELING,
    )
    counted = seats.order_by().values_list("labeler_id")
    rows = counted.annotate(all=Sum("gold_count"), right=Sum("gold_right_count"))
    enough = settings.STIPEND_SKILL_GOLD
    return {one: right * 100 // count for one, count, right in rows if count >= enough}


# What the owner said stands; a test says more than gold, its best result counts. Two at once that
# insert wait for each other in the order of the labelers, and in that order LOCK takes the rest.
WRITE = """
    INSERT INTO labeling_grant AS before (skill_id, labeler_id, value, source, granted_at)
    SELECT %(skill)s, labeler_id, value, %(source)s, now()
    FROM unnest(%(labelers)s::bigint[], %(values)s::smallint[]) AS able (labeler_id, value)
    ORDER BY labeler_id
    {conflict}
"""
CONFLICT = """
    ON CONFLICT (skill_id, labeler_id) DO UPDATE
    SET value = CASE WHEN before.revoked_at IS NULL
            AND before.source = 'test' AND excluded.source = 'test'
        THEN GREATEST(before.value, excluded.value) ELSE excluded.value END,
        source = excluded.source,
        granted_at = CASE WHEN before.revoked_at IS NULL AND before.source = excluded.source
            THEN before.granted_at ELSE excluded.granted_at END,
        revoked_at = NULL
    WHERE before.source = 'gold' OR before.source = 'test' AND excluded.source = 'test'
"""
LOCK = """
    SELECT id FROM labeling_grant WHERE skill_id = %s AND labeler_id = ANY(%s)
    ORDER BY labeler_id FOR NO KEY UPDATE
"""


def _write(skill: Skill, value_of: dict[int, int], source: str) -> None:
    if not value_of:
        return
    values: dict[str, Any] = {
        "skill": skill.pk,
        "source": source,
        "labelers": list(value_of),
        "values": list(value_of.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(conflict=CONFLICT), values)


def _take_back(skill: Skill, labeler_ids: Collection[int]) -> None:
    found = Grant.objects.filter(skill=skill, labeler__in=labeler_ids, source=Source.GOLD)
    found.filter(revoked_at=None).update(revoked_at=timezone.now())
