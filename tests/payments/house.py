"""Money that the bank's tests start from."""

from itertools import count
from uuid import UUID

from payments import escrow, ledger, payouts, purses
from payments.chain.wallet import Wallet
from payments.models import Account, Payout

DOLLAR = 1_000_000
WALLET = 10  # the first labeler's well-known account

_numbers = count(1)


def project(*, funds_units: int = 0) -> UUID:
    """A purse of a project, with this much in FUNDS as if it had been deposited."""
    purse_id = escrow.open_purse(f"project:{next(_numbers)}")
    if funds_units:
        ledger.deposit(purse_id, key=f"deposit:{purse_id}", amount_units=funds_units)
    return purse_id


def deposited(chain_units: int) -> UUID:
    """A purse of a project with a real deposit on chain, not read by anybody yet."""
    purse_id = project()
    pay_in(purse_id, chain_units)
    return purse_id


def pay_in(purse_id: UUID, chain_units: int) -> None:
    """A real deposit on chain for this purse, not read by anybody yet."""
    wallet = Wallet(2)
    wallet.mint(chain_units)
    wallet.deposit(purses.onchain(purse_id), chain_units)


def earn(payee: str, amount_units: int, *, purse_id: UUID | None = None, name: str = "") -> str:
    """The key of a release of this amount to the payee, out of a purse with enough in it.

    Where there is other work, too, a `name` keeps their keys apart.
    """
    purse_id = purse_id or project(funds_units=amount_units)
    number = name or next(_numbers)
    escrow.hold(purse_id, key=f"hold:{number}", amount_units=amount_units)
    key = f"release:{number}"
    escrow.release(
        purse_id,
        key=key,
        payee=payee,
        amount_units=amount_units,
        fee_units=0,
        cause=f"job {number}",
    )
    return key


def balance(holder: str, kind: str) -> int:
    """Units in one account of a holder."""
    found = Account.objects.filter(purse__holder=holder, kind=kind)
    return found.values_list("balance_units", flat=True).first() or 0


def ask(holder: str, amount_units: int, *, wallet: int = WALLET, key: str = "") -> Payout:
    """A payout to one of the well-known wallets."""
    address = Wallet(wallet).address
    return payouts.request(holder, amount_units=amount_units, address=address, key=key)
