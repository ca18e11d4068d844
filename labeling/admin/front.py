"""What of the work needs an admin now, and how it stands, for the admin's front page."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.models import Case, Project, Standing
from labeling.review import precedents
from people.models import User

Alarm = dict[str, str]


def alarms(admin: User) -> list[Alarm] | None:
    """A sentence and the page to go to, each; None for who may not look at it."""
    if not admin.has_perm("labeling.view_standing"):
        return None
    return [*_frozen(), *_unheard(), *_unmeasured()]


def figures(admin: User) -> list[dict[str, str]] | None:
    """A name, a text and the page behind it, each; None for who may not look at it."""
    if not admin.has_perm("labeling.view_standing"):
        return None
    open_count = Project.objects.filter(state=Project.State.OPEN).count()
    appealed_count = Case.objects.filter(state=Case.State.APPEALED).count()
    found = [
        (_("Projects open"), open_count, "project", Project.State.OPEN),
        (_("Appeals before a jury"), appealed_count, "case", Case.State.APPEALED),
    ]
    return [
        {
            "name": name,
            "text": str(count),
            "url": f"{reverse(f'admin:labeling_{page}_changelist')}?state__exact={state}",
        }
        for name, count, page, state in found
    ]


def _frozen() -> list[Alarm]:
    """Requesters who reject nothing until somebody has looked."""
    count = Standing.objects.filter(frozen_at__isnull=False).count()
    said = ngettext(
        "%d requester rejected so much that rejections wait until you have looked.",
        "%d requesters rejected so much that rejections wait until you have looked.",
        count,
    )
    return _found(count, said, "standing", "?frozen_at__isempty=0")


def _unheard() -> list[Alarm]:
    """Appeals whose time for a jury is half over: there are too few peers."""
    half = timedelta(hours=settings.STIPEND_JURY_HOURS) / 2
    waiting = Case.objects.filter(
        state=Case.State.APPEALED, appealed_at__lt=timezone.now() - half
    ).count()
    said = ngettext("%d appeal waits long for a jury.", "%d appeals wait long for a jury.", waiting)
    return _found(waiting, said, "case", f"?state__exact={Case.State.APPEALED}")


def _unmeasured() -> list[Alarm]:
    """Appeals whose jurors are measured by nothing: there is no gold, and nothing was decided."""
    ids = [str(case.pk) for case in precedents.lacking()]
    said = ngettext(
        "%d appeal has no known answer among its jury's: look at some of its project.",
        "%d appeals have no known answer among their juries': look at some of their projects.",
        len(ids),
    )
    return _found(len(ids), said, "case", f"?id__in={','.join(ids)}")


def _found(count: int, said: str, page: str, query: str) -> list[Alarm]:
    if not count:
        return []
    return [{"text": said % count, "url": reverse(f"admin:labeling_{page}_changelist") + query}]
