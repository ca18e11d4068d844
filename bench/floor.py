"""The limit that the hand-out approaches: the statements of one label straight in PostgreSQL.

pgbench sends what the web server sends for an answer that takes the next task: the answer, and with
it whether its sender's token still opens; the next task. Each is its own transaction and planned
once a connection, as there.
"""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection

from labeling.handout import statements, submissions
from people.models import ApiToken, User

THREADS = 2
TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
LEASE_VALUES = {"project": ":project::bigint", "labeler": ":labeler::bigint"}
WRITE_VALUES = {
    "assignment": ":held::bigint",
    "labeler": ":labeler::bigint",
    "project": ":project::bigint",
    "task": ":lease_task_id::bigint",
    "version": ":lease_config_version::int",
}

SCRIPT = """
\\set labeler :first_labeler + :client_id
\\if :held = 0
{lease} \\gset lease_
\\set held :lease_id
\\endif
{write};
{lease} \\gset lease_
\\set held :lease_id
"""


class NoFloor(Exception):
    """pgbench did not say how fast it was."""


@dataclass(frozen=True)
class Work:
    """An open project and how much of it is done at most."""

    project_id: int
    slots: int
    labelers: int
    seconds: float

    @property
    def slots_scarce(self) -> int:
        """So few free slots are shared out evenly, and some may have to wait."""
        return self.labelers * (settings.STIPEND_SCARCE_TASKS + 1)


def measure(pgbench: Path, work: Work, *, result: list[dict[str, Any]]) -> float:
    """Labels a second by pgbench with as many sessions as labelers; raises NoFloor."""
    run = f"floor-{work.project_id}"
    first = _people(run, work.labelers)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "label.sql"
        script.write_text(_script(run, result))
        flags = [
            *("--no-vacuum", "--protocol=prepared", f"--file={script}"),
            *(f"--client={work.labelers}", f"--jobs={THREADS}"),
            *(f"--define=project={work.project_id}", f"--define=first_labeler={first}"),
            *("--define=held=0", _length(work)),
        ]
        done = subprocess.run(
            [str(pgbench), *flags, _address()], capture_output=True, text=True, check=False
        )
    found = TPS.search(done.stdout)
    if done.returncode or not found:
        raise NoFloor(f"pgbench: {done.stderr.strip()[-500:]}")
    return float(found[1])


def _length(work: Work) -> str:
    """As long as asked, or until tasks become scarce and are rationed, whatever is sooner."""
    rounds = (work.slots - work.slots_scarce) // work.labelers - 1
    if rounds < 1:
        raise NoFloor(f"A floor needs more than {work.slots_scarce + work.labelers:,} slots.")
    if rounds < work.seconds * 100:
        return f"--transactions={rounds}"
    return f"--time={max(round(work.seconds), 1)}"


def _people(run: str, count: int) -> int:
    """The first id of so many labelers with ids in a row, each with a token of known digest."""
    made = User.objects.bulk_create(
        User(username=f"{run}-labeler-{number}", is_agent=True) for number in range(count)
    )
    ids = [one.pk for one in made]
    if ids != list(range(ids[0], ids[0] + count)):
        raise NoFloor("The database was busy with other people.")
    ApiToken.objects.bulk_create(
        ApiToken(digest=f"{run}/{number}", token_key=run, user=one, name="bench")
        for number, one in enumerate(made)
    )
    return ids[0]


def _script(run: str, result: list[dict[str, Any]]) -> str:
    """The statements with pgbench's variables in the places of the values."""
    answer = "'" + json.dumps(result).replace("'", "''") + "'"
    token = f"'{run}/' || :client_id::int"
    return SCRIPT.format(
        write=(submissions.WRITE % {**WRITE_VALUES, "token": token, "result": answer}).strip(),
        lease=(statements.LEASE_FIRST % LEASE_VALUES).strip(),
    )


def _address() -> str:
    """The same database that Django uses."""
    found = connection.get_connection_params()
    names = {"dbname": "dbname", "user": "user", "password": "password"}
    parts = {key: found[name] for key, name in names.items() if found.get(name)}
    parts |= {"host": settings.DATABASES["default"]["HOST"] or "127.0.0.1"}
    parts |= {"port": settings.DATABASES["default"]["PORT"] or "5432"}
    return " ".join(f"{key}='{value}'" for key, value in parts.items())
