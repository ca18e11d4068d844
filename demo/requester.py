"""The requester's program: a project from its creation to its data set, by API and vault."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson

from demo.wire import Client, checked
from payments import money
from payments.chain.wallet import Wallet

WALLET_INDEX = 2  # of the well-known development mnemonic: the demo requester's own
POLL_SECONDS = 0.25
DEPOSIT_SECONDS = 120.0
JUDGE_SECONDS = 300.0


@dataclass(frozen=True)
class Wanted:
    """A project to be made. `price` is a decimal string."""

    title: str
    instructions: str
    config: str
    price: str
    overlap: int
    review: str = "auto"  # who labels is paid at once, whatever the others say


async def until(
    look: Callable[[], Awaitable[Any]], *, seconds: float, what: str, every: float = POLL_SECONDS
) -> Any:
    """The first answer of `look` that is true; raises RuntimeError saying what did not happen."""
    deadline = monotonic() + seconds
    while not (found := await look()):
        if monotonic() > deadline:
            raise RuntimeError(f"{what} did not happen within {seconds:.0f} seconds.")
        await asyncio.sleep(every)
    return found


async def create(client: Client, wanted: Wanted) -> dict[str, Any]:
    """The project as the product tells it."""
    return await client.post("/api/v1/projects/", wanted.__dict__)


async def get(client: Client, project_id: int) -> dict[str, Any]:
    """The project as it is now."""
    return await client.get(f"/api/v1/projects/{project_id}/")


async def load(client: Client, project_id: int, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What the load of these rows, sent as JSON lines, brought."""
    lines = b"\n".join(orjson.dumps(row) for row in rows)
    path = f"/api/v1/projects/{project_id}/tasks/"
    request = client.request("POST", path, lines, kind="application/x-ndjson")
    return checked(f"POST {path}", await client.send(request)).json()


async def fund(client: Client, project: dict[str, Any], *, amount_units: int) -> str:
    """The hash of a deposit on chain that the product has confirmed and booked meanwhile."""
    wallet = Wallet(WALLET_INDEX)
    before_units = money.parse(project["purse"]["funds"])
    tx_hash = await asyncio.to_thread(_deposit, wallet, project["deposit"]["purse"], amount_units)

    async def booked() -> bool:
        now = await get(client, project["id"])
        return money.parse(now["purse"]["funds"]) >= before_units + amount_units

    await until(booked, seconds=DEPOSIT_SECONDS, what="The confirmation of the deposit")
    return tx_hash


def _deposit(wallet: Wallet, purse: str, amount_units: int) -> str:
    wallet.mint(amount_units)
    return wallet.deposit(purse, amount_units)


async def open_tasks(client: Client, project_id: int) -> dict[str, Any]:
    """What opening did: every loaded task is funded and offered."""
    return await client.post(f"/api/v1/projects/{project_id}/open/")


async def accepted(
    client: Client, project_id: int, *, wanted: int, reach: Callable[[int], None]
) -> None:
    """Quality control has accepted `wanted` labels."""

    async def judged() -> bool:
        counts = (await get(client, project_id))["counts"]
        reach(counts["accepted"])
        return counts["accepted"] >= wanted

    await until(judged, seconds=JUDGE_SECONDS, what=f"The acceptance of {wanted:,} labels")


async def export(client: Client, project_id: int) -> list[dict[str, Any]]:
    """The data set, a row a task, as its JSON lines say."""
    path = f"/api/v1/projects/{project_id}/export/?as=jsonl"
    answer = checked(f"GET {path}", await client.send(client.request("GET", path)))
    return [orjson.loads(line) for line in answer.body.splitlines()]
