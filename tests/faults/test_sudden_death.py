"""A process is killed before and after each commit and each call, on the whole way of the money.

deposit → hold → release → payout → batch → sign → broadcast → mine → confirm → settle. Each step
is asked for at the product's own door, and dies in a process of a real worker or a real web server.
Afterwards nothing is repaired by hand: the same is asked for again and the same jobs run again, the
verdict and the money agree, and everybody is paid once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count

import httpx
import pytest
from django.utils import timezone

from config import wsgi
from labeling import jobs as workshop_jobs
from labeling.data import imports
from labeling.handout import submissions
from labeling.models import Judgement, Load, Project, Submission
from payments import escrow, jobs, money
from payments.models import ChainTx, Entry, Payout
from people import tokens
from tests.faults import accidents
from tests.faults.conftest import PRICE_UNITS
from tests.faults.yard import Wish
from tests.labeling import house as workshop
from tests.payments import house

DEPOSIT, EARNED = 50_000, PRICE_UNITS
numbers = count(1)
BLOCK = ["eth_getBlockByNumber", "eth_getLogs", "commit"]
BLOCKS = 3  # of the deposit, and two on top

# What each step does, in this order: the label of the point, and the commit or the call there.
WAY = {
    "read the deposit": [
        *[("scan", "eth_chainId"), ("scan", "eth_blockNumber"), ("scan", "write")],
        ("scan", "eth_getBlockByNumber"),
        *[("deposit", point) for point in BLOCK * BLOCKS],
        ("scan", "write"),
        *[("deposit", "write"), ("deposit", "commit")],
    ],
    "hold": [("hold", "commit")],
    "release": [*[("judge", "commit")] * 3, ("release", "commit"), ("judge", "commit")],
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
JOBS = {
    "read the deposit": jobs.scan_deposits,
    "release": workshop_jobs.judge,
    "send": jobs.pump_payouts,
    "end": jobs.pump_payouts,
}
CASES = [
    pytest.param(step, number, point, when, id=f"{label}: {when} {point}, point {number} of {step}")
    for step, points in WAY.items()
    for number, (label, point) in enumerate(points, start=1)
    for when in (accidents.BEFORE, accidents.AFTER)
]


@pytest.fixture(scope="module")
def street(graveyard):
    """A worker and a web server, whose processes die where they are told."""
    graveyard.serve_until_told()
    return graveyard


@dataclass
class Journey:
    """A dollar's way through the house; every wish may be sent again, and every job given."""

    payday: "object"
    post: Callable[[Wish], object]

    def __post_init__(self) -> None:
        self.number, self.project = next(numbers), self.payday.project
        self.labeler = workshop.labeler()
        self.holder = f"person:{self.labeler.pk}"
        self.wishes = {
            "hold": Wish(
                f"/api/v1/projects/{self.project.pk}/open/", self.token(self.project.owner)
            ),
            "ask": Wish(
                "/api/v1/payouts/",
                self.token(self.labeler),
                {"amount": money.format(EARNED), "address": self.payday.address},
                key=f"journey {self.number}",
            ),
        }

    @staticmethod
    def token(user) -> str:
        user.api_tokens.all().delete()
        return tokens.issue(user)

    def before(self, step: str) -> None:
        """What the world does meanwhile."""
        if step == "read the deposit":
            self.payday.deposit(DEPOSIT)
            self.payday.mine(2)
        if step == "hold":
            loaded = imports.load(self.project, rows=[{"text": f"text {self.number}"}])
            self.load = loaded.load
        if step == "release":
            lease = workshop.take(self.project, self.labeler)
            receipt = submissions.submit(
                lease.id, labeler_id=self.labeler.pk, result=workshop.answer()
            )
            self.submission_id = receipt.id
        if step == "end":
            self.payday.mine(2)

    def do(self, step: str) -> None:
        if step in JOBS:
            JOBS[step]()
        else:
            self.post(self.wishes[step])

    def doing(self, step: str) -> str | Wish:
        """The job, or the wish, that a process of its own works at."""
        return JOBS[step].name if step in JOBS else self.wishes[step]

    def end(self) -> None:
        """The payout has arrived, and the verdict and the money agree, each of them there once."""
        payout = Payout.objects.get(purse__holder=self.holder)
        self.payday.repair(payout)
        self.payday.expect_funds(-EARNED - self.project.fee_units)
        self.payday.assert_paid_once([payout])  # which proves releases and holds, too
        assert payout.amount_units == house.balance(self.holder, "WORLD") == EARNED
        self.load.refresh_from_db()
        answer = Submission.objects.get(pk=self.submission_id)
        assert (self.load.state, answer.state) == (Load.State.OPENED, Submission.State.ACCEPTED)
        assert Judgement.objects.filter(submission=answer).count() == 1
        for key in (self.load.hold_key, answer.release_key):
            assert Entry.objects.filter(key=key).count() == 1


@pytest.mark.parametrize(("step", "number", "point", "when"), CASES)
def test_killed(payday, street, step, number, point, when):
    journey = Journey(payday, street.post)
    before = {"FEES": 0, **escrow.balances(payday.purse_id)}

    for name in WAY:
        journey.before(name)
        if name == step:
            assert street.die_at(number, when, doing=journey.doing(step)) == point
        journey.do(name)

    journey.end()
    balances = escrow.balances(payday.purse_id)
    assert (balances["HELD"], balances["FEES"]) == (0, before["FEES"] + payday.project.fee_units)


def test_every_point_of_the_way_is_in_the_table(payday):
    with httpx.Client(
        transport=httpx.WSGITransport(wsgi.application), base_url="http://127.0.0.1"
    ) as client:
        journey, found = Journey(payday, partial(granted, client)), {}
        for step in WAY:
            journey.before(step)
            found[step] = accidents.named(lambda step=step: journey.do(step))

    assert found == {step: [point for _, point in points] for step, points in WAY.items()}
    journey.end()


def test_every_point_of_a_requesters_word_is_in_its_table(payday, looked_at):
    with httpx.Client(
        transport=httpx.WSGITransport(wsgi.application), base_url="http://127.0.0.1"
    ) as client:
        journey = Journey(payday, partial(granted, client))
        wish = waiting(journey)

        assert accidents.named(lambda: journey.post(wish)) == ACCEPT

        for step in ("ask", "send", "end"):
            journey.before(step)
            journey.do(step)
    journey.end()


def granted(client: httpx.Client, wish: Wish) -> None:
    """By the web server's own application, in this process."""
    answer = client.post(wish.path, json=wish.body, headers=wish.headers)
    assert answer.is_success, answer.text


@pytest.fixture
def looked_at(payday):
    """The requester decides about every answer."""
    projects = Project.objects.filter(pk=payday.project.pk)
    before = payday.project.review
    projects.update(review=Project.Review.MANUAL)
    yield
    projects.update(review=before)


def waiting(journey: Journey) -> Wish:
    """The way up to an answer that waits, and the wish that accepts it."""
    for step in ("read the deposit", "hold", "release"):
        journey.before(step)
        journey.do(step)
    owner = journey.token(journey.project.owner)
    return Wish(f"/api/v1/submissions/{journey.submission_id}/accept/", owner)


ACCEPT = ["commit"]


@pytest.mark.parametrize("when", [accidents.BEFORE, accidents.AFTER])
@pytest.mark.parametrize(("number", "point"), enumerate(ACCEPT, start=1))
def test_killed_while_a_requester_accepts(payday, street, looked_at, number, point, when):
    journey = Journey(payday, street.post)
    wish = waiting(journey)
    assert Submission.objects.get(pk=journey.submission_id).state == Submission.State.SUBMITTED

    assert street.die_at(number, when, doing=wish) == point
    street.post(wish)

    for step in ("ask", "send", "end"):
        journey.before(step)
        journey.do(step)
    journey.end()


# Of a tx that nobody mines; where nothing is changed the process dies on the way above.
DEARER = ("commit", "eth_sendRawTransaction", "write")


@pytest.fixture
def stuck(payday, chain):
    """A payout whose tx has lain with the node for long, and blocks cost more by now."""
    payout = payday.ask()
    fee_wei = int(chain.call("eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
    chain.call("evm_setAutomine", False)
    jobs.pump_payouts()
    sent = chain.call("eth_getTransactionByHash", payday.txs().get().tx_hash)
    chain.call("anvil_setNextBlockBaseFeePerGas", hex(2 * int(sent["maxFeePerGas"], 16)))
    payday.mine()
    chain.call("evm_setAutomine", True)
    long_ago = timezone.now() - timedelta(hours=1)
    assert payday.txs().filter(state=ChainTx.State.SENT).update(signed_at=long_ago) == 1
    yield payout
    chain.call("anvil_setNextBlockBaseFeePerGas", hex(fee_wei))
    payday.mine()


@pytest.mark.parametrize("when", [accidents.BEFORE, accidents.AFTER])
@pytest.mark.parametrize("point", DEARER)
def test_killed_while_it_offers_more(payday, stuck, graveyard, point, when):
    before, job = payday.txs().get(), jobs.pump_payouts

    assert graveyard.die_at(1, when, doing=job.name, only=point) == point
    payday.repair(stuck)

    tx = payday.txs().get()
    assert (tx.nonce, tx.hashes) == (before.nonce, [before.tx_hash, tx.tx_hash])
    payday.assert_paid_once([stuck])
