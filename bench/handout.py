"""How fast tasks are handed out and answers taken: `bench handout`.

A project of `tasks` texts is loaded and funded through the vault, then closed-loop labelers,
each with a token of their own, label it over HTTP. Afterwards the database is asked for
duplicates (one person twice on a task) and oversold tasks (more answers than slots). With a floor
the same statements are sent straight to PostgreSQL for another project of the same size.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from bench import cpu, floor, loadgen
from bench.loadgen import Tally
from demo import requester
from demo.wire import Client
from payments import money
from people import tokens
from people.models import User

CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="mood" toName="text" required="true">'
    '<Choice value="Good"/><Choice value="Bad"/></Choices></View>'
)
VALUE = {"choices": ["Good"]}
RESULT = [{"from_name": "mood", "to_name": "text", "type": "choices", "value": VALUE}]
PRICE = "0.01"
LOAD_ROWS = 200_000  # a request
# About as long as a sentence that somebody would label.
TEXT = "Sentence {number}: the delivery came two days late, but the people were friendly about it."

DUPLICATES = """
    SELECT count(*) FROM (
        SELECT 1 FROM labeling_submission WHERE project_id = %s
        GROUP BY task_id, labeler_id HAVING count(*) > 1) AS twice
"""
OVERSOLD = """
    SELECT count(*) FROM (
        SELECT task.id FROM labeling_task AS task
        JOIN labeling_assignment AS lease
            ON lease.task_id = task.id AND lease.state IN ('LIVE', 'SUBMITTED')
        WHERE task.project_id = %s
        GROUP BY task.id, task.overlap HAVING count(*) > task.overlap) AS crowded
"""


@dataclass(frozen=True)
class Options:
    """What is measured."""

    tasks: int
    overlap: int
    labelers: int
    seconds: float
    pgbench: Path | None = None  # the floor is measured, too


def measure(url: str, options: Options) -> dict[str, Any]:
    """Prints the figures for a person, then as the last line one JSON object, and returns it."""
    run = f"bench-{os.getpid()}"
    owner = User.objects.create_user(f"{run}-requester", is_requester=True)
    client = Client(url, token=tokens.issue(owner, name="bench"))
    project = asyncio.run(_prepare(client, options))
    print(
        f"Project {project['id']} at {url}: {options.tasks:,} tasks with overlap "
        f"{options.overlap}, funded through the vault."
    )
    labelers = [Client(url, token=token) for token in _tokens(run, options.labelers)]
    before = cpu.usage(url)
    tally = loadgen.run(labelers, project_id=project["id"], result=RESULT, seconds=options.seconds)
    after = cpu.usage(url)
    figures = _figures(options, tally, project_id=project["id"], before=before, after=after)
    if options.pgbench is not None:
        project = asyncio.run(_prepare(client, options))
        figures |= _floor(options.pgbench, options, figures, project_id=project["id"])
    _print(figures, tally)
    print(json.dumps(figures))
    return figures


async def _prepare(client: Client, options: Options) -> dict[str, Any]:
    """An open project."""
    wanted = requester.Wanted("Bench: hand-out", "", CONFIG, PRICE, options.overlap)
    project = await requester.create(client, wanted)
    for start in range(0, options.tasks, LOAD_ROWS):
        batch = rows(start, min(start + LOAD_ROWS, options.tasks))
        await requester.load(client, project["id"], batch)
    cost_units = money.parse(project["cost_per_task"]) * options.tasks
    await requester.fund(client, project, amount_units=cost_units)
    opening = await requester.open_tasks(client, project["id"])
    client.close()
    return opening["project"]


def rows(start: int, end: int) -> Iterator[dict[str, str]]:
    """Tasks of about the size of a sentence, no two alike."""
    for number in range(start, end):
        yield {"text": TEXT.format(number=number)}


def _tokens(run: str, count: int) -> list[str]:
    people = [
        User.objects.create_user(f"{run}-labeler-{number}", is_agent=True)
        for number in range(count)
    ]
    return [tokens.issue(person, name="bench") for person in people]


def _figures(
    options: Options, tally: Tally, *, project_id: int, before: cpu.Usage, after: cpu.Usage
) -> dict[str, Any]:
    labels_count = max(tally.labels_count, 1)
    server_ms = (after.server_seconds - before.server_seconds) * 1000
    database_ms = (after.database_seconds - before.database_seconds) * 1000
    return {
        "tasks": options.tasks,
        "overlap": options.overlap,
        "labelers": options.labelers,
        "seconds": round(tally.seconds, 2),
        "labels_per_s": round(tally.labels_count / tally.seconds, 1),
        "next_ms": loadgen.percentiles(tally.next_seconds),
        "submit_ms": loadgen.percentiles(tally.submit_seconds),
        "errors": tally.errors.total(),
        "duplicates": _count(DUPLICATES, project_id),
        "oversold": _count(OVERSOLD, project_id),
        "server_cpu_ms_per_label": round(server_ms / labels_count, 3),
        "database_cpu_ms_per_label": round(database_ms / labels_count, 3),
    }


def _floor(
    pgbench: Path, options: Options, figures: dict[str, Any], *, project_id: int
) -> dict[str, float]:
    slots = options.tasks * options.overlap
    work = floor.Work(project_id, slots, options.labelers, options.seconds)
    labels_per_s = floor.measure(pgbench, work, result=RESULT)
    return {
        "floor_labels_per_s": round(labels_per_s, 1),
        "share_of_floor": round(figures["labels_per_s"] / labels_per_s, 3),
    }


def _count(statement: str, project_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [project_id])
        return cursor.fetchone()[0]


def _print(figures: dict[str, Any], tally: Tally) -> None:
    """The figures for a person."""
    row = "  {:<22} {:>8,.1f}   {}".format
    times = {name: figures[f"{name}_ms"] for name in ("next", "submit")}
    print(row("labels a second", figures["labels_per_s"], f"{tally.labels_count:,} labels"))
    for name, ms in times.items():
        print(row(f"{name}, p50 in ms", ms["p50"], f"p95 {ms['p95']:,.1f}, p99 {ms['p99']:,.1f}"))
    print(row("server, CPU ms a label", figures["server_cpu_ms_per_label"], ""))
    print(row("database, the same", figures["database_cpu_ms_per_label"], ""))
    share = tally.cpu_seconds / tally.seconds
    print(row("load generator, CPU %", share * 100, "of one core"))
    print(row("errors", figures["errors"], _named(tally)))
    if "floor_labels_per_s" in figures:
        share = f"of which we reach {figures['share_of_floor']:.0%}"
        print(row("floor, labels a second", figures["floor_labels_per_s"], share))
    print(row("duplicates", figures["duplicates"], f"oversold {figures['oversold']}"))


def _named(tally: Tally) -> str:
    return ", ".join(f"{what}: {count}" for what, count in tally.errors.most_common(5))
