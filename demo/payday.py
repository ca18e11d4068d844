"""Payday: everybody asks for all they have earned, and waits for it to arrive in their wallet."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.labelers import Labeler
from demo.requester import until
from payments import money
from payments.chain.wallet import Wallet

PAID_SECONDS = 180.0


@dataclass(frozen=True)
class Balance:
    """What one person has, according to the statement and to the chain."""

    earned_units: int
    leaving_units: int
    paid_units: int
    chain_units: int

    @property
    def lifetime_units(self) -> int:
        """All they ever earned."""
        return self.earned_units + self.leaving_units + self.paid_units


async def balance(labeler: Labeler) -> Balance:
    """The labeler's balances now."""
    said = (await labeler.client.get("/api/v1/statement/"))["balances"]
    chain_units = await asyncio.to_thread(Wallet.token_balance, labeler.address)
    return Balance(
        earned_units=money.parse(said["earned"]),
        leaving_units=money.parse(said["leaving"]),
        paid_units=money.parse(said["paid"]),
        chain_units=chain_units,
    )


async def balances(labelers: list[Labeler]) -> dict[str, Balance]:
    """Everybody's balances, by username."""
    found = await asyncio.gather(*(balance(labeler) for labeler in labelers))
    return {labeler.username: one for labeler, one in zip(labelers, found, strict=True)}


async def pay_out(
    labelers: list[Labeler], before: dict[str, Balance], *, tick: Callable[[], None]
) -> list[dict[str, Any]]:
    """Everybody's payout of all they have, arrived on chain: as the product tells them."""
    asked = [one for one in labelers if before[one.username].earned_units]
    return await asyncio.gather(
        *(_one(labeler, before[labeler.username].earned_units, tick) for labeler in asked)
    )


async def _one(labeler: Labeler, units: int, tick: Callable[[], None]) -> dict[str, Any]:
    wanted = {"amount": money.format(units), "address": labeler.address}
    payout = await labeler.client.post("/api/v1/payouts/", wanted)

    async def arrived() -> Any:
        now = await labeler.client.get(f"/api/v1/payouts/{payout['id']}/")
        return now if now["state"] in {"PAID", "RETURNED"} else None

    payout = await until(arrived, seconds=PAID_SECONDS, what=f"The payout to {labeler.username}")
    tick()
    return payout
