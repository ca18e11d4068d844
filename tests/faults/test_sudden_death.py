"""A worker is killed before and after each commit and each call, on the whole way of the money.

deposit → hold → release → payout → batch → sign → broadcast → mine → confirm → settle. Afterwards
nothing is repaired by hand: the same verbs and the same jobs run again, and everybody is paid once.
Jobs die in a process of a real worker, and what pages ask for in one like theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest

from payments import escrow, jobs, payouts
from payments.models import Payout
from tests.faults import accidents
from tests.faults.conftest import PERSON
from tests.payments import house

DEPOSIT, EARNED, FEE = 50_000, 30_000, 300
numbers = count(1)
BLOCK = ["eth_getBlockByNumber", "eth_getLogs", "commit"]
BLOCKS = 5  # three txs of the depositor, two on top

# What each step does, in this order: the label of the point, and the commit or the call there.
WAY = {
    "read the deposit": [
        *[("scan", "eth_chainId"), ("scan", "eth_blockNumber"), ("scan", "write")],
        ("scan", "eth_getBlockByNumber"),
        *[("deposit", point) for point in BLOCK * BLOCKS],
        ("scan", "write"),
        *[("deposit", "write"), ("deposit", "commit")],
    ],
    "hold": [("hold", "write")],
    "release": [("release", "write")],
    "ask": [("payout", "commit"), ("payout", "commit")],
    "send": [
        *[("batch", "eth_chainId"), ("batch", "eth_getBlockByNumber")],
        *[("batch", "eth_chainId"), ("batch", "eth_call"), ("batch", "eth_chainId")] * 2,
        *[("batch", "commit"), ("batch", "commit")],
        *[("sign", "eth_chainId")] * 2,
        *[("sign", "eth_call"), ("sign", "eth_chainId"), ("sign", "eth_blockNumber")],
        *[("sign", "eth_chainId"), ("sign", "eth_call"), ("sign", "eth_chainId")],
        ("sign", "eth_getTransactionCount"),
        *[("sign", "eth_getBlockByNumber"), ("sign", "eth_maxPriorityFeePerGas")],
        ("sign", "commit"),
        *[("broadcast", "eth_sendRawTransaction"), ("broadcast", "write")],
        *[("mine", "eth_blockNumber"), ("mine", "eth_getTransactionReceipt")],
    ],
    "end": [
        *[("confirm", "eth_chainId"), ("confirm", "eth_blockNumber")],
        *[("confirm", "eth_getTransactionReceipt"), ("confirm", "eth_getBlockByNumber")],
        *[("confirm", "write"), ("settle", "commit")],
    ],
}
JOBS = {"read the deposit": "scan_deposits", "send": "pump_payouts", "end": "pump_payouts"}
# The blocks of a deposit are all alike: the first and the last stand for the others.
ALIKE = {("read the deposit", number) for number in range(8, 3 * BLOCKS + 2)}
CASES = [
    pytest.param(step, number, point, when, id=f"{label}: {when} {point}, point {number} of {step}")
    for step, points in WAY.items()
    for number, (label, point) in enumerate(points, start=1)
    if (step, number) not in ALIKE
    for when in (accidents.BEFORE, accidents.AFTER)
]


@dataclass
class Journey:
    """A dollar's way through the house; every verb may be told again."""

    payday: "object"
    deposit: Callable[[int], None]

    def __post_init__(self) -> None:
        self.name = f"journey:{next(numbers)}"

    def steps(self) -> dict[str, Callable[[], object]]:
        purse_id = self.payday.purse_id
        return {
            "read the deposit": jobs.scan_deposits,
            "hold": lambda: escrow.hold(
                purse_id, key=f"hold:{self.name}", amount_units=EARNED + FEE
            ),
            "release": lambda: escrow.release(
                purse_id,
                key=f"release:{self.name}",
                payee=PERSON,
                amount_units=EARNED,
                fee_units=FEE,
                cause="work",
            ),
            "ask": lambda: payouts.request(
                PERSON,
                amount_units=EARNED,
                address=self.payday.address,
                key=self.name,
            ),
            "send": jobs.pump_payouts,
            "end": jobs.pump_payouts,
        }

    def before(self, step: str) -> None:
        """What the world does meanwhile."""
        if step == "read the deposit":
            self.deposit(DEPOSIT)
            self.payday.mine(2)
        if step == "end":
            self.payday.mine(2)


@pytest.mark.parametrize(("step", "number", "point", "when"), CASES)
def test_killed(payday, deposit, graveyard, step, number, point, when):
    journey = Journey(payday, deposit)
    before = {"FEES": 0, **escrow.balances(payday.purse_id)}
    arrived_units = house.balance(PERSON, "WORLD")

    for name, do in journey.steps().items():
        journey.before(name)
        if name == step:
            assert graveyard.die_at(number, when, job=JOBS.get(step), verb=do) == point
        do()
    payout = Payout.objects.get(key=f"{PERSON}:{journey.name}")
    payday.repair(payout)

    payday.assert_paid_once([payout])
    assert payout.amount_units == EARNED
    balances = escrow.balances(payday.purse_id)
    assert balances["FUNDS"] == before["FUNDS"] + DEPOSIT - EARNED - FEE
    assert (balances["HELD"], balances["FEES"]) == (0, before["FEES"] + FEE)
    assert house.balance(PERSON, "WORLD") == arrived_units + EARNED


@pytest.mark.parametrize("step", WAY)
def test_every_point_of_the_way_is_in_the_table(payday, deposit, step):
    journey = Journey(payday, deposit)

    for name, do in journey.steps().items():
        journey.before(name)
        if name == step:
            assert accidents.named(do) == [point for _, point in WAY[step]]
        do()
    payday.repair(Payout.objects.get(key=f"{PERSON}:{journey.name}"))
    payday.prove()
