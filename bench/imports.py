"""How fast a file of tasks comes in, and how much memory that takes: `bench imports`.

One file of each kind is uploaded to a project of its own over HTTP: read, checked, deduplicated and
committed by the web server. The memory is by how much its largest process grew meanwhile: nothing,
where what the files before it left behind was enough.
"""

import asyncio
import csv
import io
import json
import os
from collections.abc import Callable
from time import perf_counter
from typing import Any

import orjson

from bench import cpu, handout
from demo import requester
from demo.wire import Client, checked
from people import tokens
from people.models import User

WARM_TASKS = 1_000
KINDS = {"jsonl": "application/x-ndjson", "json": "application/json", "csv": "text/csv"}


def measure(url: str, *, tasks: int) -> dict[str, Any]:
    """Prints the figures for a person, then as the last line one JSON object, and returns it."""
    owner = User.objects.create_user(f"bench-{os.getpid()}-requester", is_requester=True)
    token = tokens.issue(owner, name="bench")
    figures = {kind: asyncio.run(_measured(url, token, kind, tasks)) for kind in KINDS}
    print(f"{tasks:,} tasks uploaded as a file of each kind to {url}:")
    for kind, one in figures.items():
        rate, grown = f"{one['tasks_per_s']:,.0f}", f"{one['memory_mb']:.0f}"
        print(f"  {kind:<6} {rate:>8} tasks a second; {one['file_mb']} MB, memory grew {grown} MB")
    body = {"tasks": tasks, **figures}
    print(json.dumps(body))
    return body


async def _measured(url: str, token: str, kind: str, tasks: int) -> dict[str, float]:
    client = Client(url, token=token)
    await _upload(client, kind, _file(kind, WARM_TASKS))
    content = _file(kind, tasks)
    before_bytes = cpu.peak_bytes(url, is_new=True)
    seconds = await _upload(client, kind, content)
    grown_bytes = max(0, cpu.peak_bytes(url) - before_bytes)
    client.close()
    return {
        "tasks_per_s": round(tasks / seconds, 1),
        "file_mb": round(len(content) / 1e6, 1),
        "memory_mb": round(grown_bytes / 1e6, 1),
    }


async def _upload(client: Client, kind: str, content: bytes) -> float:
    """Seconds from the first byte to the answer that all of it is kept."""
    wanted = requester.Wanted("Bench: import", "", handout.CONFIG, handout.PRICE, 1)
    project = await requester.create(client, wanted)
    path = f"/api/v1/projects/{project['id']}/tasks/"
    request = client.request("POST", path, content, kind=KINDS[kind])
    started_at = perf_counter()
    checked(f"POST {path}", await client.send(request))
    return perf_counter() - started_at


def _file(kind: str, tasks: int) -> bytes:
    """The same tasks in a file of this kind."""
    write: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
        "jsonl": lambda rows: b"\n".join(map(orjson.dumps, rows)),
        "json": orjson.dumps,
        "csv": _csv,
    }
    return write[kind](list(handout.rows(0, tasks)))


def _csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, fieldnames=list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()
