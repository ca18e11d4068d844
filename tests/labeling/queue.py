"""Answers that wait for a review, for the workshop's tests."""

from labeling.handout import submissions
from labeling.judging import quality, signals
from labeling.models import Project, Signal, Submission
from people.models import User
from tests.labeling import house

JURIES_UNITS = 10_000_000


def answered(*choices: str, tasks: int = 1, **options) -> tuple[Project, list[User]]:
    """A project with manual review and its labelers, one for each choice on every task, judged.

    FUNDS has the pay of the juries that rejections may need.
    """
    wanted = {"review": Project.Review.MANUAL, "gold_percent": 0, **options}
    made = house.opened(tasks=tasks, overlap=len(choices), **wanted)
    house.fund(made, amount_units=JURIES_UNITS)
    people = [give(made, choice, times=tasks) for choice in choices]
    quality.judge()
    return made, people


def give(made: Project, choice: str, *, times: int = 1) -> User:
    """Somebody new who gave this answer to so many tasks."""
    who = house.labeler()
    for _ in range(times):
        lease = house.take(made, who)
        submissions.submit(lease.id, labeler_id=who.pk, result=house.answer(choice))
    return who


def signal(submission: Submission) -> None:
    """As if it had looked odd when it was judged."""
    Signal.objects.create(submission=submission, kind=Signal.Kind.CONSTANT, detail="Odd.")
    Submission.objects.filter(pk=submission.pk).update(is_signalled=True)
    assert signals.of([submission.pk]) == {submission.pk}


def states(made: Project) -> list[str]:
    """What stands on each answer, the oldest first."""
    return list(made.submissions.order_by("id").values_list("state", flat=True))
