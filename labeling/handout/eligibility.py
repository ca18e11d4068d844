"""Who may work in a project: decided once a project and person, never for a task.

The answer is kept in the Membership for STIPEND_ADMISSION_SECONDS, and the hand-out reads it
there; when the requester changes what is asked for, everybody is asked anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.crowd import reputation, requirements
from labeling.errors import Barred, NotEligible, NotFound
from labeling.models import Grant, Membership, Project
from people import locales
from people.models import User

SHORT_LIST = 5  # languages or countries named in one sentence
ASKED_OF_PRODUCERS = {
    Project.Producers.PEOPLE: gettext_lazy("You are a person, not a program."),
    Project.Producers.AGENTS: gettext_lazy("You are a program."),
}


def unmet(project: Project, user: User) -> list[str]:
    """What keeps this person out, a sentence each; empty when they may work."""
    person = _people_for(project).filter(pk=user.pk).first()
    return [] if person is None else list(_reasons(project, _facts(person)))


def unmet_in(
    projects: Sequence[Project],
    visitor: User | AnonymousUser,
    *,
    scores: Mapping[int | None, float] | None = None,
) -> dict[int, list[str]]:
    """The same by project for many, in three reads; a stranger is not judged.

    `scores` are the visitor's reputations by skill, for who has read them already.
    """
    person = _people().filter(pk=visitor.pk).first() if visitor.pk and projects else None
    if person is None:
        return {project.pk: [] for project in projects}
    seats = Membership.objects.filter(labeler=person, project__in=projects)
    barred_in = set(seats.filter(barred_at__isnull=False).values_list("project_id", flat=True))
    if scores is None and any(one.minimum_reputation is not None for one in projects):
        scores = reputation.scores_in_skills(person.pk)
    known = scores or {}
    person.is_barred = False
    facts = replace(
        _facts(person), score_in=lambda skill_id: known.get(skill_id, reputation.mean(0, 0))
    )
    return {
        project.pk: list(_reasons(project, replace(facts, is_barred=project.pk in barred_in)))
        for project in projects
    }


def admit(project_id: int, *, labeler_id: int) -> None:
    """The membership says until when this person may work. Raises NotFound, NotEligible."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        raise NotFound("There is no such project.")
    person = _people_for(project).filter(pk=labeler_id).first()
    if person is None:
        raise NotFound("There is no such person.")
    reasons = list(_reasons(project, _facts(person)))
    if reasons:
        raise NotEligible(reasons=reasons)
    seat = Membership(
        project=project,
        labeler=person,
        admitted_until=timezone.now() + timedelta(seconds=settings.STIPEND_ADMISSION_SECONDS),
        admitted_version=project.admission_version,
    )
    Membership.objects.bulk_create(
        [seat],
        update_conflicts=True,
        unique_fields=["project", "labeler"],
        update_fields=["admitted_until", "admitted_version"],
    )


# --- What is known of somebody --------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """`values` are those of their skills, `score_in` their reputation by the skill's id."""

    id: int
    country: str
    languages: Sequence[str]
    is_agent: bool
    is_barred: bool
    values: Mapping[str, int]
    score_in: Callable[[int | None], float]


def _people() -> QuerySet[User]:
    """People with what they can do."""
    grants = Grant.objects.filter(labeler=OuterRef("pk"), revoked_at=None).order_by()
    return User.objects.annotate(
        granted=ArraySubquery(
            grants.values(one=JSONObject(slug=F("skill__slug"), value=F("value")))
        )
    )


def _people_for(project: Project) -> QuerySet[User]:
    """People with what this project may ask about, in one read."""
    seats = Membership.objects.filter(project=project.pk, labeler=OuterRef("pk"))
    return _people().annotate(is_barred=Exists(seats.filter(barred_at__isnull=False)))


def _facts(person: Any) -> _Facts:
    return _Facts(
        id=person.pk,
        country=person.country,
        languages=person.languages,
        is_agent=person.is_agent,
        is_barred=person.is_barred,
        values={grant["slug"]: grant["value"] for grant in person.granted},
        score_in=lambda skill_id: reputation.score(person.pk, skill_id=skill_id),
    )


# --- What the project asks for --------------------------------------------------------------


def asked(project: Project) -> list[str]:
    """What the project asks of people, a sentence each; `skill` is read if there is a minimum."""
    return [str(sentence) for sentence in _asked(project)]


def _asked(project: Project) -> Iterator[str]:
    if project.producers in ASKED_OF_PRODUCERS:
        yield ASKED_OF_PRODUCERS[project.producers]
    if project.languages:
        yield _("You speak %(languages)s.") % {"languages": _languages(project.languages)}
    if project.countries_only:
        yield _("You are in %(countries)s.") % {"countries": _countries(project.countries_only)}
    if project.countries_except:
        countries = _countries(project.countries_except)
        yield _("You are not in %(countries)s.") % {"countries": countries}
    if project.minimum_reputation is not None:
        least = {"least": locales.percent(project.minimum_reputation), "skill": project.skill}
        if project.skill_id:
            yield _("Your reputation in %(skill)s is %(least)s or more.") % least
        else:
            yield _("Your reputation is %(least)s or more.") % least
    if skills := requirements.parse(project.requirements).in_words:
        yield _("You have %(skills)s.") % {"skills": skills}


def _reasons(project: Project, person: _Facts) -> Iterator[str]:
    if project.owner_id == person.id:
        yield _("This is your own project.")
    if person.is_barred:
        yield str(Barred())
    if project.producers == Project.Producers.PEOPLE and person.is_agent:
        yield _("This is for people, and you are a program.")
    if project.producers == Project.Producers.AGENTS and not person.is_agent:
        yield _("This is for programs: if you are one, say so in your account.")
    yield from _of_languages(project, person)
    yield from _of_countries(project, person)
    yield from _of_reputation(project, person)
    yield from requirements.parse(project.requirements).missing(person.values)


def _of_languages(project: Project, person: _Facts) -> Iterator[str]:
    if project.languages and not set(project.languages) & set(person.languages):
        wanted = {"languages": _languages(project.languages)}
        sentence = _("This is for people who speak %(languages)s.") % wanted
        hint = _("Say in your account what you speak.")
        yield sentence if person.languages else f"{sentence} {hint}"


def _of_countries(project: Project, person: _Facts) -> Iterator[str]:
    if not project.countries_only and not project.countries_except:
        return
    if not person.country:
        yield _("This is not open to every country: say in your account where you are.")
    elif project.countries_only and person.country not in project.countries_only:
        countries = _countries(project.countries_only)
        yield _("This is for people in %(countries)s.") % {"countries": countries}
    elif person.country in project.countries_except:
        countries = _countries([person.country])
        yield _("This is not open to people in %(countries)s.") % {"countries": countries}


def _of_reputation(project: Project, person: _Facts) -> Iterator[str]:
    """Asks only when there is a minimum: in the project's skill, or else overall."""
    least = project.minimum_reputation
    if least is None:
        return
    known = person.score_in(project.skill_id)
    if known < least:
        shares = {"least": locales.percent(least), "known": locales.percent(known)}
        yield _("You need a reputation of %(least)s; yours is %(known)s.") % shares


def _languages(wanted: Sequence[str]) -> str:
    return _listed([locales.language(code) for code in wanted])


def _countries(wanted: Sequence[str]) -> str:
    return _listed([locales.country(code) for code in wanted])


def _listed(names: list[str]) -> str:
    """Such as "French, Arabic or Wolof"."""
    if more := len(names) - SHORT_LIST if len(names) > SHORT_LIST else 0:
        others = ngettext("%(count)s other", "%(count)s others", more) % {"count": more}
        names = [*names[:SHORT_LIST], others]
    return locales.either(names)
