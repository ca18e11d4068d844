"""A requester looks at answers: accepts them, or rejects them with a reason."""

from labeling import acceptance
from labeling.errors import NotFound
from labeling.models import Submission
from people.models import User


def accept(submission_id: int, *, reviewer: User) -> Submission:
    """The requester's submission, accepted and paid; raises NotFound."""
    return acceptance.accept(_of_own_project(submission_id, reviewer=reviewer), judge=reviewer)


def reject(submission_id: int, *, reviewer: User, reason: str) -> Submission:
    """The requester's submission, rejected with a reason, its money locked.

    Raises NotFound, ReasonMissing, AlreadyJudged.
    """
    submission_id = _of_own_project(submission_id, reviewer=reviewer)
    return acceptance.reject(submission_id, reason=reason, judge=reviewer)


def _of_own_project(submission_id: int, *, reviewer: User) -> int:
    if not Submission.objects.filter(pk=submission_id, project__owner=reviewer).exists():
        raise NotFound("There is no such submission in a project of yours.")
    return submission_id
