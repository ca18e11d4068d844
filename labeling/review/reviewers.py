"""Who may judge the answers of a project: its owner, and those whom the owner asked to.

A reviewer sees and judges answers, never their own, and has nothing to do with the money. They
need not be a requester, and may be a labeler of the same project.
"""

from django.conf import settings
from django.db.models import QuerySet
from django.db.transaction import atomic

from labeling.errors import NotFound, OwnProject, TooManyReviewers
from labeling.models import Project, Reviewer
from people.models import User


def may_review(project: Project, user: User) -> bool:
    """True for the project's owner and its reviewers."""
    if project.owner_id == user.pk:
        return True
    return Reviewer.objects.filter(project=project, user=user.pk).exists()


def reviewed_by(user: User) -> QuerySet[Project]:
    """The projects whose answers this person may judge, newest first."""
    asked = Reviewer.objects.filter(user=user.pk).values("project")
    return Project.objects.owned_by(user) | Project.objects.filter(pk__in=asked)


def is_reviewer(user: User) -> bool:
    """True if anybody asked this person to review."""
    return Reviewer.objects.filter(user=user.pk).exists()


def project_of(project_id: int, *, reviewer: User) -> Project:
    """A project that this person may review; raises NotFound."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None or not may_review(project, reviewer):
        raise NotFound("There is no such project for you to review.")
    return project


@atomic
def add(project: Project, *, username: str) -> Reviewer:
    """The person of this name may review the project; added before is added.

    Raises NotFound, OwnProject for the owner, who may anyway, TooManyReviewers. Only the owner
    adds: the caller has seen to that (`projects.owned`).
    """
    project = Project.objects.locked().get(pk=project.pk)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound("There is nobody of this name.")
    if user.pk == project.owner_id:
        raise OwnProject("You review your own project anyway.")
    added, is_new = Reviewer.objects.get_or_create(project=project, user=user)
    if is_new and project.reviewers.count() > settings.STIPEND_REVIEWERS:
        raise TooManyReviewers(limit=settings.STIPEND_REVIEWERS)
    return added


def remove(project: Project, *, username: str) -> None:
    """The person of this name reviews the project no longer; what they judged stands.

    Raises NotFound when they did not review it.
    """
    if not project.reviewers.filter(user__username=username).delete()[0]:
        raise NotFound("Nobody of this name reviews this project.")


def of_project(project: Project) -> QuerySet[Reviewer]:
    """Who reviews it besides its owner, in the order of asking."""
    return project.reviewers.select_related("user")
