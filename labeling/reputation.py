"""What is known of how well people work."""

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.models import Reputation

PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0  # what a newcomer is credited with


@dataclass(frozen=True, kw_only=True)
class Event:
    """Why a reputation moves."""

    labeler_id: int
    skill_id: int | None
    kind: str
    right: float = 0
    wrong: float = 0
    submission_id: int | None = None


def record(events: Sequence[Event]) -> None:
    """The events are written and the reputations moved."""


def score(labeler_id: int, *, skill_id: int | None = None) -> float:
    """How likely the next answer is right: the posterior mean."""
    known = Reputation.objects.filter(labeler=labeler_id, skill=skill_id)
    right, wrong = known.values_list("right", "wrong").first() or (0.0, 0.0)
    return (right + PRIOR_RIGHT) / (right + wrong + PRIOR_RIGHT + PRIOR_WRONG)
