"""What the workshop remembers."""

from labeling.models.assignment import Assignment
from labeling.models.judgement import Judgement
from labeling.models.load import Load
from labeling.models.membership import Membership
from labeling.models.project import Project
from labeling.models.submission import Submission
from labeling.models.task import Task

__all__ = ["Assignment", "Judgement", "Load", "Membership", "Project", "Submission", "Task"]
