"""A worker is killed while it records what is owed, and while it books what was taken out.

Before and after each commit and each call; then the same jobs run again. The root on chain is that
of the book, recorded once, and what left the vault by a proof has left the book once.
"""

import pytest
from django.conf import settings

from launcher import chain as anvil
from payments import jobs, solvency, wallets
from payments.chain import vault
from payments.models import Batch, Entry, Network
from tests.faults import accidents
from tests.faults.conftest import PERSON
from tests.payments import house
from tests.payments.test_solvency import EXIT_DELAY, exit_with

OWED = 30_000

BLOCK = ["eth_getBlockByNumber", "eth_getLogs", "commit"]
BLOCKS = 4  # of the silence, of the exit, and two on top

# What each step does, in this order. Batches of nobody are sent as all are: see sudden death.
WAY = {
    "record": [
        *["eth_chainId", "eth_chainId", "eth_call", "eth_chainId"],
        *["eth_chainId", "eth_call", "eth_chainId", "commit"],
    ],
    "book the exit": [
        *["eth_chainId", "eth_blockNumber", "write", "eth_getBlockByNumber"],
        *BLOCK * BLOCKS,
        *["write", "write", "commit", "write"],
    ],
}
JOBS = {"record": "record_owed", "book the exit": "scan_deposits"}
# The blocks are all alike: the first and the last stand for the others.
ALIKE = {("book the exit", number) for number in range(8, 3 * BLOCKS + 2)}
CASES = [
    pytest.param(step, number, point, when, id=f"{when} {point}, point {number} of {step}")
    for step, points in WAY.items()
    for number, point in enumerate(points, start=1)
    if (step, number) not in ALIKE
    for when in (accidents.BEFORE, accidents.AFTER)
]


class Farewell:
    """Somebody has earned and never asks; the house records it, falls silent, and they leave."""

    def __init__(self, payday):
        self.payday = payday
        house.earn(PERSON, OWED, purse_id=payday.purse_id)
        wallets.name(PERSON, payday.address)

    def steps(self):
        return {
            "record": jobs.record_owed,
            "send": jobs.pump_payouts,
            "end": jobs.pump_payouts,
            "book the exit": jobs.scan_deposits,
        }

    def before(self, step):
        """What the world does meanwhile."""
        if step == "end":
            self.payday.mine(2)
        if step == "book the exit":
            jobs.scan_deposits()
            (proof,) = solvency.proofs(PERSON)
            anvil.call(settings.CHAIN_RPC_URL, "evm_increaseTime", EXIT_DELAY + 1)
            self.payday.mine()
            assert exit_with(proof)
            self.payday.mine(2)


@pytest.fixture
def payday(shared, transactional_db):
    """Of its own for each case: who takes money out dismisses the payer for good."""
    shared.close()
    return shared.open().start()


@pytest.mark.parametrize(("step", "number", "point", "when"), CASES)
def test_killed(payday, graveyard, step, number, point, when):
    journey = Farewell(payday)

    for name, do in journey.steps().items():
        journey.before(name)
        if name == step:
            assert graveyard.die_at(number, when, job=JOBS[step], verb=do) == point
        do()
    payday.run()

    assert Batch.objects.count() == 1
    assert Entry.objects.filter(kind="exit").count() == 1
    assert house.balance(PERSON, "EARNED") == 0
    assert house.balance(PERSON, "WORLD") == OWED
    assert payday.received_units(payday.address) == OWED
    address = Network.objects.get().vault_address
    assert vault.balances_root(address) == solvency.latest().balances_root
    report = jobs.prove()
    assert report.ok, report.problems


@pytest.mark.parametrize("step", WAY)
def test_every_point_of_the_way_is_in_the_table(payday, step):
    journey = Farewell(payday)

    for name, do in journey.steps().items():
        journey.before(name)
        if name == step:
            assert accidents.named(do) == WAY[step]
            break
        do()
