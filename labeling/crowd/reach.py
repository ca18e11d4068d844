"""Whether anybody can meet what a project asks for: ever, and as things stand.

A requirement that nobody meets keeps everybody out without a word to the requester. So one that
names no skill, or contradicts itself, is refused; of one that nobody meets yet, they are told.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from labeling.crowd import requirements
from labeling.crowd.requirements import (
    COMPARISONS,
    VALUE_LIMIT,
    Expression,
    Holds,
    Not,
    Requirement,
)
from labeling.errors import ImpossibleRequirement, UnknownSkill
from labeling.models import Project, Skill
from labeling.models.task import GOLD_LANE

STEPS_LIMIT = 2_000  # tried before a requirement counts as possible
GRANTS_LIMIT = 20_000  # of the skills asked for, looked at to find somebody


def check(requirement: Requirement) -> None:
    """Nothing if somebody could meet it; raises UnknownSkill, ImpossibleRequirement."""
    wanted = requirement.skills
    known = set(Skill.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    if unknown := sorted(wanted - known):
        raise UnknownSkill(skill=unknown[0], skills=unknown)
    if requirement.expression is not None and not _is_possible(requirement.expression):
        raise ImpossibleRequirement()


# --- Ever -------------------------------------------------------------------------------------

Guess = Mapping[str, int | None]  # the values of skills, None for one that they lack


def _is_possible(expression: Expression) -> bool:
    """False if no values meet it; True also when that is not found out in STEPS_LIMIT steps."""
    around: dict[str, set[int]] = {}
    for held in requirements.held_in(expression):
        near = (held.number - 1, held.number, held.number + 1)
        around.setdefault(held.skill, {0}).update(near if held.comparison else ())
    choices: list[tuple[str, list[int | None]]] = [
        (skill, [None, *sorted(numbers & set(range(VALUE_LIMIT + 1)))])
        for skill, numbers in around.items()
    ]
    waiting: list[dict[str, int | None]] = [{}]
    for _step in range(STEPS_LIMIT):
        if not waiting:
            return False
        guess = waiting.pop()
        verdict = _verdict(expression, guess)
        if verdict:
            return True
        if verdict is None:
            skill, values = choices[len(guess)]
            waiting += [{**guess, skill: value} for value in values]
    return True


def _verdict(expression: Expression, guess: Guess) -> bool | None:
    """Whether it is met, None while that hangs on skills that nothing is guessed about."""
    if isinstance(expression, Holds):
        if expression.skill not in guess:
            return None
        value = guess[expression.skill]
        if value is None or not expression.comparison:
            return value is not None
        return COMPARISONS[expression.comparison](value, expression.number)
    if isinstance(expression, Not):
        verdict = _verdict(expression.part, guess)
        return None if verdict is None else not verdict
    deciding = isinstance(expression, requirements.Any)  # what one part decides for all
    verdicts = [_verdict(part, guess) for part in expression.parts]
    if deciding in verdicts:
        return deciding
    return None if None in verdicts else not deciding


# --- As things stand --------------------------------------------------------------------------

HELD = """
    SELECT DISTINCT jsonb_object_agg(slug, value)::text FROM (
        SELECT has.labeler_id, skill.slug, has.value
        FROM labeling_skill AS skill JOIN labeling_grant AS has ON has.skill_id = skill.id
        WHERE skill.slug = ANY(%s) AND has.revoked_at IS NULL LIMIT %s
    ) AS granted GROUP BY labeler_id
"""
COUNT = """
    SELECT count(*) FROM (
        SELECT 1 FROM labeling_skill AS skill JOIN labeling_grant AS has ON has.skill_id = skill.id
        WHERE skill.slug = ANY(%s) AND has.revoked_at IS NULL LIMIT %s
    ) AS granted
"""


def warnings(projects: Sequence[Project]) -> dict[int, list[str]]:
    """What their requesters should hear, by project: that nobody meets what is asked for, and
    which skills cannot be earned. Nothing is said where too many have some of them to be sure."""
    asked = {
        one.pk: wanted
        for one in projects
        if one.state != Project.State.CLOSED
        and not (wanted := requirements.parse(one.requirements)).met_by({})
    }
    slugs = sorted(set().union(*(wanted.skills for wanted in asked.values())))
    found: dict[int, list[str]] = {one.pk: [] for one in projects}
    if not slugs:
        return found
    people = _held(slugs)
    if people is None:
        return found
    unmet = {pk: wanted for pk, wanted in asked.items() if not any(map(wanted.met_by, people))}
    out_of_reach = _out_of_reach(slugs, people) if unmet else set()
    for pk, wanted in unmet.items():
        found[pk] = [_("Nobody meets the requirements yet."), *_lacking(wanted, out_of_reach)]
    return found


def _lacking(wanted: Requirement, out_of_reach: set[str]) -> list[str]:
    sentence = _("Nobody has %(skill)s, and no open test and no open project with gold grants it.")
    return [sentence % {"skill": slug} for slug in sorted(wanted.skills & out_of_reach)]


def _held(slugs: list[str]) -> list[dict[str, int]] | None:
    """What there are of people with some of these skills, None when they are too many."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [slugs, GRANTS_LIMIT])
        if cursor.fetchone()[0] >= GRANTS_LIMIT:
            return None
        cursor.execute(HELD, [slugs, GRANTS_LIMIT])
        return [json.loads(values) for (values,) in cursor.fetchall()]


def _out_of_reach(slugs: list[str], people: Iterable[Mapping[str, int]]) -> set[str]:
    """Skills that nobody has and that nothing open grants by itself."""
    granting = Project.objects.open().filter(skill__slug__in=slugs).order_by()
    grants = Q(kind=Project.Kind.TEST) | Q(lanes__contains=[GOLD_LANE])
    earned = granting.filter(grants).values_list("skill__slug", flat=True).distinct()
    return set(slugs).difference(earned, *people)
