"""The people and projects that the workshop's tests are about."""

from itertools import count
from typing import Any

from labeling.data import imports
from labeling.handout import assignments
from labeling.models import Project
from labeling.orders import projects
from payments import ledger
from people.models import User

CHOICES = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text" required="true">'
    '<Choice value="Good"/><Choice value="Bad"/></Choices></View>'
)
PRICE_UNITS = 50_000
COST_UNITS = 52_500  # with the fee of 5 %

_numbers = count(1)


def requester() -> User:
    return User.objects.create_user(f"requester-{next(_numbers)}", is_requester=True)


def labeler() -> User:
    return User.objects.create_user(f"labeler-{next(_numbers)}")


def project(owner: User | None = None, **options: Any) -> Project:
    """A draft that pays 0.05 a label."""
    fields = {"title": "Moods", "config": CHOICES, "price_units": PRICE_UNITS, **options}
    return projects.create(owner or requester(), **fields)


def fund(made: Project, *, amount_units: int) -> None:
    """As if a deposit had been confirmed on chain."""
    ledger.deposit(made.purse_id, key=f"deposit:{next(_numbers)}", amount_units=amount_units)


def load(made: Project, *, tasks: int) -> None:
    imports.load(made, rows=[{"text": f"text {number}"} for number in range(tasks)])


def load_one(made: Project) -> None:
    """One more task, funded and open."""
    imports.load(made, rows=[{"text": f"text {next(_numbers)} more"}])
    fund(made, amount_units=made.cost_per_task_units)
    projects.open_tasks(made)


def opened(*, tasks: int = 1, **options: Any) -> Project:
    """An open project, funded to the cent."""
    made = project(**options)
    load(made, tasks=tasks)
    fund(made, amount_units=tasks * made.cost_per_task_units)
    return projects.open_tasks(made).project


def answer(choice: str = "Good") -> list[dict[str, Any]]:
    value = {"choices": [choice]}
    return [{"from_name": "mood", "to_name": "text", "type": "choices", "value": value}]


def take(made: Project, who: User) -> assignments.Lease:
    """A task that there must be."""
    lease = assignments.lease(made.pk, labeler_id=who.pk)
    assert lease is not None
    return lease
