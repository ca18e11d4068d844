"""What this process handed out lately: hints that spare an answer the look at what it is to.

A hint is believed for nothing: the statement that writes the answer holds it against the rows, and
where it is wrong or missing the rows are read first.
"""

from collections import OrderedDict
from dataclasses import dataclass

KEPT_QUESTIONS = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """What an assignment asks of its labeler, under one version of the project's form."""

    labeler_id: int
    project_id: int
    task_id: int
    config_version: int


_questions: OrderedDict[int, Question] = OrderedDict()


def remember(assignment_id: int, question: Question) -> None:
    """Kept until it is recalled, or until so many more are handed out."""
    _questions[assignment_id] = question
    while len(_questions) > KEPT_QUESTIONS:
        _questions.popitem(last=False)


def recall(assignment_id: int, *, labeler_id: int) -> Question | None:
    """The question that this process asked this labeler, once."""
    question = _questions.pop(assignment_id, None)
    return question if question is not None and question.labeler_id == labeler_id else None
