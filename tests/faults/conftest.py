"""What the accidents happen to: a funded project, people who have earned, and their wallets.

The cases of a module happen one after the other to one house, as they would to a real one: each
counts from what was there before it. Only after a case that failed the next one begins anew.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Max, QuerySet

from labeling.models import Project
from payments import escrow, jobs, permits
from payments.chain import vault
from payments.chain.wallet import Wallet
from payments.models import Batch, ChainTx, Payout
from tests import emptied
from tests.conftest import Chain
from tests.faults.yard import Yard
from tests.labeling import house as workshop
from tests.payments import house

PERSON = "person:1"
WALLET = 10  # of the first person; those of the others follow
PEOPLE = 3
ROUNDS_LIMIT = 12
DEPOSITOR = 2
PRICE_UNITS = 30_000  # of a label in the project
RICH_UNITS, FUNDS_UNITS = 10**12, 10**9
MEANWHILE_UNITS = 7_000  # deposited while a payout is on its way, and a unit more each time


@dataclass
class Payday:
    """Payouts of three people in turn, each followed until it has arrived.

    With each of them a deposit is on its way, too. What must be in the vault and in the project's
    FUNDS when all is over is counted beside the product.
    """

    project: Project
    chain: Chain
    earlier: set[UUID] = field(default_factory=set)
    last_number: int = 0
    is_over: bool = True

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.wallets = [Wallet(WALLET + one).address for one in range(PEOPLE)]
        self.address = self.wallets[0]
        self.purse_id = self.project.purse
        self.mine = self.chain.mine
        self.vault_units = self.funds_units = 0

    def deposit(self, units: int) -> str:
        """The hash of the tx that put units into the project's purse; nobody has read it."""
        self.expect(units)
        _, call = permits.calls(self.purse_id, units)
        return self.chain.send(call, sender=DEPOSITOR)

    def expect(self, units: int) -> None:
        """So much more, or less, in the vault and in FUNDS when all is over."""
        self.vault_units += units
        self.expect_funds(units)

    def expect_funds(self, units: int) -> None:
        """The same in FUNDS alone: what is earned stays in the vault till it is paid."""
        self.funds_units += units

    def ask(self, units: int = 20_000) -> Payout:
        """A payout of money that was earned just now; and somebody has put money in, unread."""
        number = next(self.numbers)
        who = (number - 1) % PEOPLE
        person = f"person:{who + 1}"
        self.deposit(MEANWHILE_UNITS + number)
        house.earn(person, units, purse_id=self.purse_id, name=f"payday {number}")
        self.expect_funds(-units)
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
            if self.has_ended(payout):
                return
        raise AssertionError(f"The payout is still {payout.state}: {ChainTx.objects.first()!r}")

    def has_ended(self, payout: Payout) -> bool:
        """True once it has arrived, or is back."""
        payout.refresh_from_db()
        return payout.state in {Payout.State.PAID, Payout.State.RETURNED}

    def ask_again(self, payout: Payout) -> Payout:
        """A payout of what came back."""
        wallet = WALLET + self.wallets.index(payout.address)
        holder, units = payout.purse.holder, payout.amount_units
        return house.ask(holder, units, wallet=wallet, key=str(next(self.numbers)))

    def txs(self) -> QuerySet[ChainTx]:
        """The chain txs since the start."""
        return ChainTx.objects.filter(batch__number__gt=self.last_number)

    def assert_paid_once(self, payouts: list[Payout], returned: Sequence[Payout] = ()) -> None:
        """These payouts are all there were since the start, and each arrived exactly once; and so
        did what was put in meanwhile."""
        states = dict(Payout.objects.exclude(pk__in=self.earlier).values_list("pk", "state"))
        assert {states.pop(one.pk) for one in returned} <= {Payout.State.RETURNED}
        assert states == {one.pk: Payout.State.PAID for one in payouts}
        for wallet in self.wallets:
            to_them = sum(one.amount_units for one in payouts if one.address == wallet)
            assert self.received_units(wallet) == to_them
        paid_units = sum(one.amount_units for one in payouts)
        assert vault.token_balance() == self.vault_units - paid_units
        assert Batch.objects.count() == ChainTx.objects.count()
        self.mine(settings.CHAIN_CONFIRMATIONS)
        jobs.scan_deposits()
        assert self.funds_now_units() == self.funds_units
        self.prove()

    def prove(self) -> None:
        """The book is clean, and with that the case is over."""
        report = jobs.prove()
        assert report.ok, report.problems
        self.is_over = True

    def received_units(self, wallet: str) -> int:
        """What has come to a wallet since the start."""
        return Wallet.token_balance(wallet) - self.before_units[wallet]

    def funds_now_units(self) -> int:
        """What the book says is in the project's FUNDS."""
        return escrow.balances(self.purse_id).get("FUNDS", 0)

    def start(self) -> "Payday":
        """From here on everything is counted; what was mined before is settled, and deep."""
        self.mine(settings.CHAIN_CONFIRMATIONS)
        jobs.scan_deposits()
        self.earlier, self.is_over = set(Payout.objects.values_list("pk", flat=True)), False
        self.last_number = Batch.objects.aggregate(last=Max("number"))["last"] or 0
        self.before_units = {one: Wallet.token_balance(one) for one in self.wallets}
        self.vault_units, self.funds_units = vault.token_balance(), self.funds_now_units()
        return self


class House:
    """A database and a chain with a vault, for all cases of a module."""

    def __init__(self) -> None:
        self.chain = Chain()
        self.payday: Payday | None = None

    def open(self) -> Payday:
        """A project with 1,000.00 from the chain, and nobody paid yet."""
        self.chain.begin()
        call_command("deploy_vault", verbosity=0)
        project = workshop.project(price_units=PRICE_UNITS)
        self.payday = Payday(project=project, chain=self.chain)
        Wallet(DEPOSITOR).mint(RICH_UNITS)
        approve, _ = permits.calls(project.purse, RICH_UNITS)
        self.chain.send(approve, sender=DEPOSITOR)
        self.payday.deposit(FUNDS_UNITS)
        return self.payday

    def ready(self) -> Payday:
        """The same one as before, unless the last case failed."""
        if self.payday and self.payday.is_over:
            return self.payday.start()
        self.close()
        return self.open().start()

    def close(self) -> None:
        """Nothing is left, of no table and of no block."""
        if self.payday:
            emptied.empty()
            self.chain.begin()
        self.payday = None


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock():
        made = House()
        yield made
        made.close()


@pytest.fixture
def transactional_db(shared: House) -> None:
    """That of the module: it is not emptied between the cases."""


@pytest.fixture
def payday(shared: House, transactional_db: None) -> Payday:
    """A project with money from the chain, and everything counted from here on."""
    return shared.ready()


@pytest.fixture
def chain(payday: Payday, shared: House) -> Chain:
    """That of the module."""
    return shared.chain


@pytest.fixture
def mine(chain: Chain) -> Callable[..., None]:
    """Adds empty blocks to the chain."""
    return chain.mine


@pytest.fixture
def deposit(payday: Payday) -> Callable[[int], str]:
    """Puts units into the project's purse on chain; nobody has read it."""
    return payday.deposit


@pytest.fixture
def yard(tmp_path: Path, payday: Payday) -> Iterator[Yard]:
    made = Yard(tmp_path, payday)
    yield made
    made.close()


@pytest.fixture(scope="module")
def graveyard(tmp_path_factory: pytest.TempPathFactory, shared: House) -> Iterator[Yard]:
    """With a real worker, whose processes die where they are told."""
    made = Yard(tmp_path_factory.mktemp("yard"))
    try:
        made.work_until_told()
        yield made
    finally:
        made.close()
