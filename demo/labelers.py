"""Simulated labelers: each errs at a known rate, and always in the same way on the same image."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from demo import digits
from demo.wire import Client, Refused

ERROR_RATES = (0.01, 0.03, 0.05, 0.08, 0.12, 0.20)
IDLE_SECONDS = 0.5  # before a look for work that others had in hand


@dataclass(eq=False)
class Labeler:
    """A person of the play. `address` is their own wallet's."""

    username: str
    pseudonym: str
    error_rate: float
    address: str
    client: Client
    labels_count: int = 0

    def sees(self, image: str, truth: Mapping[str, int]) -> int:
        """The digit they take it for."""
        chance = random.Random(f"{self.username} {image}")
        right = truth[image]
        if chance.random() >= self.error_rate:
            return right
        return chance.choice([digit for digit in range(10) if digit != right])


def error_rate(position: int) -> float:
    """The rate of the labeler at this position: careful and careless ones take turns."""
    return ERROR_RATES[position % len(ERROR_RATES)]


async def work(
    labeler: Labeler, project_id: int, *, truth: Mapping[str, int], tick: Callable[[], None]
) -> None:
    """Answers until there is nothing left for this labeler in the project; raises Refused."""
    held = await _next(labeler.client, project_id)
    while held is not None:
        answer = {"result": digits.result(labeler.sees(held["data"]["image"], truth))}
        path = f"/api/v1/assignments/{held['id']}/submit/?next=1"
        held = (await labeler.client.post(path, answer))["next"]
        labeler.labels_count += 1
        tick()


async def _next(client: Client, project_id: int) -> Any:
    try:
        return await client.post(f"/api/v1/projects/{project_id}/next/")
    except Refused as refused:
        if refused.code == "project_not_open":
            return None
        raise


async def work_together(
    labelers: list[Labeler],
    project_id: int,
    *,
    truth: Mapping[str, int],
    wanted: int,
    tick: Callable[[], None],
) -> None:
    """All `wanted` labels are given, by everybody at once.

    Raises Refused, and RuntimeError when labels are missing though nobody finds work any more.
    """
    start_count = sum(labeler.labels_count for labeler in labelers)
    for _ in range(10):
        shifts = [work(one, project_id, truth=truth, tick=tick) for one in labelers]
        await asyncio.gather(*shifts)
        given_count = sum(labeler.labels_count for labeler in labelers) - start_count
        if given_count >= wanted:
            return
        await asyncio.sleep(IDLE_SECONDS)
    raise RuntimeError(f"Only {given_count} of {wanted} labels were given, and no work is left.")
