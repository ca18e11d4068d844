"""A purse that real deposits on the dev chain have filled, so that the book still reconciles."""

from collections.abc import Callable
from time import perf_counter, sleep
from uuid import UUID

from payments import escrow, purses
from payments.chain.wallet import Wallet

FUNDER = 2  # of the dev chain's wallets
DEPOSIT_SECONDS = 60
POLL_SECONDS = 0.05


def filled(holder: str, *, units: int) -> UUID:
    """The holder's purse, with at least so many units in FUNDS; raises TimeoutError."""
    purse_id = escrow.open_purse(holder)
    wallet = Wallet(FUNDER)
    wallet.mint(units)
    wallet.deposit(purses.onchain(purse_id), units)
    until(lambda: escrow.balances(purse_id).get("FUNDS", 0) >= units, seconds=DEPOSIT_SECONDS)
    return purse_id


def until(is_so: Callable[[], bool], *, seconds: float) -> None:
    """Returns once it is so; raises TimeoutError."""
    deadline = perf_counter() + seconds
    while not is_so():
        if perf_counter() > deadline:
            raise TimeoutError(f"It was not done within {seconds} s.")
        sleep(POLL_SECONDS)
