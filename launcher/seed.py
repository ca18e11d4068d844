"""The demo that a first start brings: accounts to play with, and a funded project with work.

Promises: run twice it does nothing twice; passwords that a person has changed stay; only on the
local chain, whose money is worth nothing.
"""

import json
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from demo import digits
from labeling.data import imports
from labeling.models import Project
from labeling.orders import projects
from launcher import folders
from payments import escrow, money
from people import tokens
from people.models import User

PASSWORD = "stipend-demo"  # of requester and labelers; the admin's is random
TASKS, OVERLAP, PRICE = 300, 1, "0.05"  # no answer waits for that of another labeler
TITLE = "Which digit is this?"
SETTLED_SECONDS = 60
POLL_SECONDS = 0.3


@dataclass(frozen=True)
class Part:
    """Somebody in the demo."""

    username: str
    role: str
    is_requester: bool = False
    is_admin: bool = False


CAST = [
    Part("admin", "admin", is_requester=True, is_admin=True),
    Part("requester", "requester", is_requester=True),
    Part("ana", "labeler"),
    Part("ben", "labeler"),
    Part("chi", "labeler"),
]


def accounts(home: Path) -> list[dict[str, str]]:
    """The demo's people; `accounts.json` keeps their passwords and tokens for its owner alone."""
    file = home / "accounts.json"
    kept = {row["username"]: row for row in folders.read_json(file) or []}
    for part in CAST:
        if part.username not in kept or not User.objects.filter(username=part.username).exists():
            kept[part.username] = _account(part)
    rows = [kept[part.username] for part in CAST]
    folders.write(file, json.dumps(rows, indent=1))
    return rows


def _account(part: Part) -> dict[str, str]:
    """A new account, or an old one whose record is lost: it keeps its password."""
    password = secrets.token_urlsafe(9) if part.is_admin else PASSWORD
    user, is_new = User.objects.get_or_create(
        username=part.username,
        defaults={
            "is_requester": part.is_requester,
            "is_staff": part.is_admin,
            "is_superuser": part.is_admin,
        },
    )
    if is_new:
        user.set_password(password)
        user.save(update_fields=["password"])
    return {
        "username": part.username,
        "role": part.role,
        "password": password if is_new else "(as it was)",
        "token": tokens.issue(user, name="demo"),
    }


def is_done() -> bool:
    """True once the demo project has been opened."""
    return Project.objects.filter(title=TITLE).exclude(state=Project.State.DRAFT).exists()


def project() -> Project:
    """The demo project, funded on chain and open; goes on where an earlier run was cut off."""
    owner = User.objects.get(username="requester")
    made = Project.objects.filter(owner=owner, title=TITLE).first() or projects.create(
        owner,
        title=TITLE,
        instructions=digits.INSTRUCTIONS,
        config=digits.CONFIG,
        price_units=money.parse(PRICE),
        overlap=OVERLAP,
        review=Project.Review.AUTO,
        signals=[],  # who tries it is paid at once, however fast they click
    )
    if made.state != Project.State.DRAFT:
        return made
    imports.load(made, rows=[{"image": f"/images/digits/{one}.png"} for one in range(TASKS)])
    needed_units = TASKS * made.cost_per_task_units
    missing_units = needed_units - _funds_units(made)
    if missing_units > 0:
        call_command("deposit", str(made.purse_id), money.format(missing_units), verbosity=0)
    _await_funds(made, needed_units=needed_units)
    return projects.open_tasks(made).project


def _funds_units(made: Project) -> int:
    return escrow.balances(made.purse_id).get("FUNDS", 0)


def _await_funds(made: Project, *, needed_units: int) -> None:
    """Returns when the worker has booked the deposit; raises TimeoutError."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while _funds_units(made) < needed_units:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The deposit was not booked in {SETTLED_SECONDS} s.")
        time.sleep(POLL_SECONDS)
