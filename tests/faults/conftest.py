"""What the accidents happen to: a funded project, somebody who has earned, and their wallet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from payments import jobs, purses
from payments.chain import vault
from payments.chain.wallet import Wallet
from payments.models import Batch, ChainTx, Payout
from tests.faults.yard import Yard
from tests.payments import house

PERSON = "person:1"
WALLET = 10  # of the first person; those of the others follow
PEOPLE = 3
ROUNDS_LIMIT = 12


@dataclass
class Payday:
    """Payouts of three people in turn, each followed until it has arrived."""

    purse_id: UUID
    mine: Callable[..., None]

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.wallets = [Wallet(WALLET + one).address for one in range(PEOPLE)]
        self.address = self.wallets[0]

    def ask(self, units: int = 20_000) -> Payout:
        """A payout of money that was earned just now."""
        number = next(self.numbers)
        who = (number - 1) % PEOPLE
        person = f"person:{who + 1}"
        house.earn(person, units, purse_id=self.purse_id)
        return house.ask(person, units, wallet=WALLET + who, key=str(number))

    def run(self, rounds: int = 3) -> None:
        """The jobs as the beat would start them, while blocks come."""
        for _ in range(rounds):
            self.jobs_alone()
            self.mine()

    def jobs_alone(self) -> None:
        """The jobs once, and no block."""
        jobs.scan_deposits()
        jobs.pump_payouts()

    def repair(self, payout: Payout) -> None:
        """Nothing but the jobs, run again until the payout has ended."""
        for _ in range(ROUNDS_LIMIT):
            self.run(rounds=1)
            payout.refresh_from_db()
            if payout.state in {Payout.State.PAID, Payout.State.RETURNED}:
                return
        raise AssertionError(f"The payout is still {payout.state}: {ChainTx.objects.first()!r}")

    def ask_again(self, payout: Payout) -> Payout:
        """A payout of what came back."""
        wallet = WALLET + self.wallets.index(payout.address)
        holder, units = payout.purse.holder, payout.amount_units
        return house.ask(holder, units, wallet=wallet, key=str(next(self.numbers)))

    def assert_paid_once(self, payouts: list[Payout], returned: Sequence[Payout] = ()) -> None:
        """These payouts are all there ever were, and each arrived exactly once."""
        states = dict(Payout.objects.values_list("pk", "state"))
        assert {states.pop(one.pk) for one in returned} <= {Payout.State.RETURNED}
        assert states == {one.pk: Payout.State.PAID for one in payouts}
        for wallet in self.wallets:
            to_them = sum(one.amount_units for one in payouts if one.address == wallet)
            assert self.received_units(wallet) == to_them
        paid_units = sum(one.amount_units for one in payouts)
        assert vault.token_balance() == self.vault_units - paid_units
        assert Batch.objects.count() == ChainTx.objects.count()
        report = jobs.prove()
        assert report.ok, report.problems

    def received_units(self, wallet: str) -> int:
        """What has come to a wallet since the start."""
        return Wallet.token_balance(wallet) - self.before_units[wallet]

    def start(self) -> "Payday":
        """From here on everything is counted."""
        self.before_units = {one: Wallet.token_balance(one) for one in self.wallets}
        self.vault_units = vault.token_balance()
        return self


@pytest.fixture
def payday(transactional_db: None, chain: object, mine: Callable[..., None]) -> Payday:
    """A project with 10.00 from the chain, and nobody paid yet."""
    purse_id = house.deposited(10_000_000)
    mine(settings.CHAIN_CONFIRMATIONS)
    jobs.scan_deposits()
    return Payday(purse_id=purse_id, mine=mine).start()


@pytest.fixture
def deposit(payday: Payday) -> Callable[[int], None]:
    """Puts units into the project's purse on chain; nobody has read it."""
    wallet = Wallet(2)

    def put(units: int) -> None:
        wallet.mint(units)
        wallet.deposit(purses.onchain(payday.purse_id), units)
        payday.vault_units += units

    return put


@pytest.fixture
def yard(tmp_path: Path, payday: Payday) -> Iterator[Yard]:
    made = Yard(tmp_path, payday)
    yield made
    for worker in made.workers:
        if worker.poll() is None:
            made.kill(worker)
    made.stop_redis()
