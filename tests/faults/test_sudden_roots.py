"""A worker is killed while it records what is owed, and while it books what was taken out.

Before and after each commit and each call; then the same jobs run again. The root on chain is that
of the book, recorded once, and what left the vault by a proof has left the book once. What was
asked for meanwhile comes back, once: by the one who left, what nobody has signed, and what nobody
has mined.
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from payments import jobs, payouts, solvency, wallets
from payments.chain import signer, vault
from payments.models import ChainTx, Entry, Network, Payout
from tests.faults import accidents
from tests.faults.conftest import PERSON, WALLET
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
# What the last step changes, and tries to; what it reads is read in sudden death, too.
GIVE_UP = [("eth_sendRawTransaction", 1), ("write", 1), ("commit", 1), ("commit", 2)]
JOBS = {
    "record": jobs.record_owed,
    "send": jobs.pump_payouts,
    "end": jobs.pump_payouts,
    "book the exit": jobs.scan_deposits,
    "give up": jobs.pump_payouts,
}
# The blocks are all alike: the first and the last stand for the others.
ALIKE = {("book the exit", number) for number in range(8, 3 * BLOCKS + 2)}
POINTS = [
    *[
        (step, number, point, "", f"{point}, point {number} of {step}")
        for step, points in WAY.items()
        for number, point in enumerate(points, start=1)
        if (step, number) not in ALIKE
    ],
    *[("give up", nth, point, point, f"{point} {nth} of give up") for point, nth in GIVE_UP],
]
CASES = [
    pytest.param(step, number, point, only, when, id=f"{when} {name}")
    for step, number, point, only, name in POINTS
    for when in (accidents.BEFORE, accidents.AFTER)
]
WEALTH_WEI = 10**22


class Farewell:
    """Somebody has earned and never asks; the house records it, falls silent, and they leave.

    Three payouts end with that: their own that is in no batch, one in a batch that is not signed,
    and one in a batch that is signed and never mined.
    """

    def __init__(self, payday):
        self.payday = payday
        self.payer = signer.dev_account(signer.PAYER_INDEX).address
        payday.chain.call("anvil_setBalance", self.payer, hex(WEALTH_WEI))
        house.earn(PERSON, OWED, purse_id=payday.purse_id)
        wallets.name(PERSON, payday.address)

    def before(self, step):
        """What the world does meanwhile."""
        if step == "end":
            self.payday.mine(2)
        if step == "book the exit":
            jobs.scan_deposits()
            (proof,) = solvency.proofs(PERSON)
            self.ask_meanwhile()
            self.payday.chain.call("evm_increaseTime", EXIT_DELAY + 1)
            self.payday.mine()
            assert exit_with(proof)
            self.payday.mine(2)
        if step == "give up":
            long_ago = timezone.now() - timedelta(hours=1)
            signed = ChainTx.objects.filter(state=ChainTx.State.SIGNED)
            assert signed.update(signed_at=long_ago) == 1

    def ask_meanwhile(self):
        """The payer has nothing for gas: what it signs is not mined."""
        self.payday.chain.call("anvil_setBalance", self.payer, "0x0")
        for number, work in ((2, jobs.pump_payouts), (3, self.batch), (1, None)):
            person = f"person:{number}"
            if number > 1:
                house.earn(person, OWED, purse_id=self.payday.purse_id)
            house.ask(person, OWED, wallet=WALLET + number - 1)
            if work:
                work()

    @staticmethod
    def batch():
        """In a batch, and the worker that would sign it is not there."""
        assert payouts.batch(queue=jobs.queue_batch)


@pytest.fixture
def payday(shared, transactional_db):
    """Of its own for each case: who takes money out dismisses the payer for good."""
    shared.close()
    return shared.open().start()


@pytest.mark.parametrize(("step", "number", "point", "only", "when"), CASES)
def test_killed(payday, graveyard, step, number, point, only, when):
    journey = Farewell(payday)

    for name, job in JOBS.items():
        journey.before(name)
        if name == step:
            assert graveyard.die_at(number, when, doing=job.name, only=only) == point
        job()
    payday.run()

    kinds = list(Entry.objects.filter(kind__in=["exit", "return", "settle"]).values_list("kind"))
    assert Counter(kinds) == {("exit",): 1, ("return",): 3}
    assert Counter(Payout.objects.values_list("state")) == {(Payout.State.RETURNED,): 3}
    owed = [house.balance(f"person:{number}", "EARNED") for number in (1, 2, 3)]
    assert (owed, house.balance(PERSON, "WORLD")) == ([0, OWED, OWED], OWED)
    assert [payday.received_units(one) for one in payday.wallets] == [OWED, 0, 0]
    first, *others = ChainTx.objects.order_by("batch__number").values_list("state", flat=True)
    assert (first, others) == ("CONFIRMED", ["FAILED", "FAILED"])
    address = Network.objects.get().vault_address
    assert vault.balances_root(address) == solvency.latest().balances_root
    payday.prove()


def test_every_point_of_the_way_is_in_the_table(payday):
    journey, found = Farewell(payday), {}

    for name, job in JOBS.items():
        journey.before(name)
        found[name] = accidents.named(job)

    assert {name: found[name] for name in WAY} == WAY
