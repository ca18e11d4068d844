"""Closed-loop labelers: each asks again as soon as it is answered, on a connection of its own.

Nothing here may be the bottleneck: requests are bytes made in advance, answers are searched
for the two numbers that matter, and one process runs all labelers on uvloop.
"""

import asyncio
import re
import resource
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import orjson
import uvloop

from demo.wire import Answer, Client, MalformedHttp

SEPARATE_EVERY = 8  # submits of a labeler, of which one asks for the next task by itself
ERRORS_LIMIT = 20  # in a row, then a labeler gives up
LEASED = re.compile(rb'"next":\{"id":(\d+)|^\{"id":(\d+)')


@dataclass
class Tally:
    """What the labelers saw. Times are in seconds, moments on the clock of perf_counter."""

    next_seconds: list[float] = field(default_factory=list)
    submit_seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    started_at: float = 0.0
    ended_at: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def labels_count(self) -> int:
        """Answers that the product took."""
        return len(self.submit_seconds)

    @property
    def seconds(self) -> float:
        """From the first question to the last label."""
        return max(self.ended_at - self.started_at, 1e-6)


def run(clients: list[Client], *, project_id: int, result: Any, seconds: float) -> Tally:
    """The tally of so many labelers who label for so long, or until nothing is left."""
    body = orjson.dumps({"result": result})
    tally = Tally()

    async def everybody() -> None:
        await asyncio.gather(*(_warm(one) for one in clients))
        tally.started_at, cpu_before = perf_counter(), _cpu_seconds()
        deadline = tally.started_at + seconds
        await asyncio.gather(
            *(_Loop(one, tally, project_id, body).run(deadline) for one in clients)
        )
        tally.cpu_seconds = _cpu_seconds() - cpu_before
        tally.ended_at = tally.ended_at or perf_counter()

    uvloop.run(everybody())
    return tally


async def _warm(client: Client) -> None:
    """The connection is open, and so are the server's own before the clock starts."""
    try:
        await client.send(client.request("GET", "/healthz"))
    except (OSError, TimeoutError, MalformedHttp):
        return  # the loop will meet the same error, and count it


class _Loop:
    """One labeler."""

    def __init__(self, client: Client, tally: Tally, project_id: int, body: bytes) -> None:
        self.client, self.tally, self.body = client, tally, body
        self.next_request = client.request("POST", f"/api/v1/projects/{project_id}/next/")
        self.held: int | None = None
        self.submits_count = 0
        self.errors_in_a_row = 0

    async def run(self, deadline: float) -> None:
        """Labels until the deadline, until nothing is left, or until all goes wrong."""
        is_work_left = True
        while is_work_left and self.errors_in_a_row < ERRORS_LIMIT and perf_counter() < deadline:
            try:
                is_work_left = await (self._next() if self.held is None else self._submit())
            except (OSError, TimeoutError, MalformedHttp) as error:
                self._fault(type(error).__name__)
        self.client.close()

    async def _next(self) -> bool:
        started_at = perf_counter()
        answer = await self.client.send(self.next_request)
        if answer.status not in {200, 204}:
            self._fault(said(answer))
            return True
        self.tally.next_seconds.append(perf_counter() - started_at)
        self.held = leased(answer.body)
        return self.held is not None

    async def _submit(self) -> bool:
        """With the next task in the same answer, but now and then without."""
        self.submits_count += 1
        is_alone = self.submits_count % SEPARATE_EVERY == 0
        query = "" if is_alone else "?next=1"
        request = self.client.request(
            "POST", f"/api/v1/assignments/{self.held}/submit/{query}", self.body
        )
        started_at = perf_counter()
        answer = await self.client.send(request)
        ended_at = perf_counter()
        if answer.status != 201:
            self._fault(said(answer))
            self.held = None
            return True
        self.tally.submit_seconds.append(ended_at - started_at)
        self.tally.ended_at = ended_at
        self.errors_in_a_row = 0
        self.held = None if is_alone else leased(answer.body)
        return is_alone or self.held is not None

    def _fault(self, what: str) -> None:
        self.tally.errors[what] += 1
        self.errors_in_a_row += 1


def leased(body: bytes) -> int | None:
    """The id of the assignment in an answer, or None."""
    found = LEASED.search(body)
    return int(found[1] or found[2]) if found else None


def said(answer: Answer) -> str:
    """An error's status and code in a word."""
    try:
        return f"{answer.status} {answer.json()['code']}"
    except (ValueError, TypeError, KeyError):
        return str(answer.status)


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, by nearest rank; zeros of nothing."""
    ordered = sorted(seconds)
    if not ordered:
        return {"p50": 0.0, "p95": 0.0, "p99": 0.0}
    ranks = {f"p{share}": -(-share * len(ordered) // 100) - 1 for share in (50, 95, 99)}
    return {name: round(ordered[rank] * 1000, 2) for name, rank in ranks.items()}


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
