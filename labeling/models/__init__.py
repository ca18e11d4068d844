"""What the workshop remembers."""

from labeling.models.assignment import Assignment
from labeling.models.attempt import Attempt
from labeling.models.audit import Audit
from labeling.models.case import Case, Seat
from labeling.models.example import Example
from labeling.models.judgement import Judgement
from labeling.models.load import Load
from labeling.models.media import Elsewhere, Medium
from labeling.models.membership import Membership
from labeling.models.missed import MissedGold
from labeling.models.precedent import Precedent
from labeling.models.project import Project
from labeling.models.report import Report
from labeling.models.reputation import Reputation, ReputationEvent, Standing
from labeling.models.reviewer import Reviewer
from labeling.models.signal import Signal
from labeling.models.skill import Grant, Skill
from labeling.models.submission import Submission
from labeling.models.task import Task
from labeling.models.untold import Untold
from labeling.models.vote import Vote

__all__ = [
    "Assignment",
    "Attempt",
    "Audit",
    "Case",
    "Elsewhere",
    "Example",
    "Grant",
    "Judgement",
    "Load",
    "Medium",
    "Membership",
    "MissedGold",
    "Precedent",
    "Project",
    "Report",
    "Reputation",
    "ReputationEvent",
    "Reviewer",
    "Seat",
    "Signal",
    "Skill",
    "Standing",
    "Submission",
    "Task",
    "Untold",
    "Vote",
]
