"""What a requester may set, and when the settings make sense together."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from labeling.crowd import reach, requirements
from labeling.errors import InvalidSettings
from labeling.models import Project
from labeling.models.rules import OVERLAP_LIMIT, TEST_OVERLAP_LIMIT
from people import codes, profiles

# From where on answers carry a signal; none: as the deployment says.
SIGNAL_LIMITS = [
    *("too_fast_seconds", "too_fast_characters", "constant_answers", "copied_characters"),
]
# What may change while people work; the offer's price, form and overlap never do.
QUALITY = [
    *("review", "review_hours", "accept_score", "gold_percent", "gold_floor_percent"),
    *("confidence", "pass_percent", "aggregation", "signals", *SIGNAL_LIMITS),
]
ADMISSION = [
    *("requirements", "languages", "countries_only", "countries_except", "minimum_reputation"),
    *("producers", "quota"),
]
CHANGEABLE = frozenset(["title", "lease_minutes", *QUALITY, *ADMISSION])
FIXED = ["overlap", "overlap_max", "kind", "price_units"]


def change(project: Project, wanted: Mapping[str, Any]) -> None:
    """The project carries these settings, unsaved; other admissions hold no longer.

    Raises InvalidSettings, and what `check` raises.
    """
    refused = sorted(wanted.keys() - CHANGEABLE)
    if refused:
        raise InvalidSettings("%(name)s cannot be changed.", name=refused[0], names=refused)
    for name, value in wanted.items():
        setattr(project, name, value)
    check(project)
    if wanted.keys() & set(ADMISSION):
        project.admission_version += 1


def check(project: Project) -> None:
    """Nothing if the settings make sense; what follows from them is set.

    Raises InvalidSettings, MalformedRequirement, UnknownSkill, ImpossibleRequirement,
    UnknownLanguage, UnknownCountry.
    """
    reach.check(requirements.parse(project.requirements))
    _spell(project)
    is_test = project.kind == Project.Kind.TEST
    if is_test and (project.skill_id is None or not project.quota):
        raise InvalidSettings("A test needs a skill to grant and a quota: its length.")
    _check_numbers(project)
    if both := set(project.countries_only) & set(project.countries_except):
        raise InvalidSettings("%(code)s is both asked for and left out.", code=min(both))
    try:
        project.clean_fields(exclude=_others())
        project.validate_constraints()
    except ValidationError as error:
        raise InvalidSettings("; ".join(error.messages), names=sorted(error.message_dict))
    project.is_restricted = bool(
        project.requirements.strip()
        or project.languages
        or project.countries_only
        or project.countries_except
        or project.minimum_reputation is not None
        or project.producers != Project.Producers.ANYONE
    )


def overlap_limit(kind: str) -> int:
    """How many people are asked the same at most, in a project of this kind."""
    return TEST_OVERLAP_LIMIT if kind == Project.Kind.TEST else OVERLAP_LIMIT


def _check_numbers(project: Project) -> None:
    """What the database would refuse, too, but by the name of a constraint."""
    if project.overlap_max > (limit := overlap_limit(project.kind)):
        raise InvalidSettings("An overlap is at most %(limit)s.", limit=limit)
    if project.confidence is None and project.overlap_max != project.overlap:
        raise InvalidSettings("Without a confidence the overlap is fixed: leave overlap_max out.")
    if project.overlap_max < project.overlap:
        raise InvalidSettings("overlap_max is at least the overlap.")
    for name in ("confidence", "minimum_reputation"):
        value = getattr(project, name)
        if value is not None and not 0 < value < 1:
            raise InvalidSettings("%(name)s is more than 0 and less than 1.", name=name)


def _spell(project: Project) -> None:
    """Codes as people's own are written: one that nobody can have would keep everybody out."""
    project.signals = list(dict.fromkeys(project.signals))
    project.languages = profiles.language_codes(project.languages, limit=len(codes.LANGUAGES))
    for name in ("countries_only", "countries_except"):
        known = map(profiles.country_code, getattr(project, name))
        setattr(project, name, list(dict.fromkeys(known)))


def _others() -> set[str]:
    """Fields that no requester sets."""
    return {field.name for field in Project._meta.fields} - CHANGEABLE - set(FIXED)
