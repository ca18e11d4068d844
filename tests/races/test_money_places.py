"""Two batches that pay the same person: each pays for the work that its root on chain names."""

import pytest

from payments import anchors, payouts, statements
from payments.models import ChainTx, Network, Payout
from tests.payments import house

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "person:1"


@pytest.fixture
def network():
    return Network.objects.create(
        chain_id=31337, name="n", token_address="", vault_address="", deployed_block=0
    )


def queue(batch, payees, roots):
    number = ChainTx.objects.count()
    return ChainTx.objects.create(
        key=f"batch:{batch.pk}",
        to="",
        calldata=b"",
        gas_limit=1,
        nonce=number,
        raw=b"",
        tx_hash=f"0x{number}",
        state="SENT",
    )


def end(batch, state):
    outcome = {"paid": list(range(batch.payouts.count())), "skipped": []}
    ChainTx.objects.filter(batch=batch).update(state=state, outcome=outcome)


def earned_and_asked():
    """The key of a release of 0.10 that is being taken out."""
    key = house.earn(ONE, 100_000)
    house.ask(ONE, 100_000)
    return key


def unproved(keys):
    """Those of these that were paid by a batch whose root does not name them."""
    paid = {key: one["tx_hash"] for key, one in statements.payments_of(keys).items()}
    named = {
        (label["key"], anchor["tx_hash"])
        for anchor in anchors.of(keys)
        for label in anchor["labels"]
    }
    return {key for key, tx_hash in paid.items() if tx_hash and (key, tx_hash) not in named}


def pay_all():
    while made := payouts.batch(queue=queue):
        end(made, "CONFIRMED")
        payouts.settle_ended()


def after_one_came_back():
    """The releases that no root names, when the first of two batches has failed."""
    keys = [earned_and_asked()]
    first = payouts.batch(queue=queue)
    keys.append(earned_and_asked())
    second = payouts.batch(queue=queue)
    end(first, "FAILED")
    if second:
        end(second, "CONFIRMED")
    payouts.settle_ended()
    house.ask(ONE, 100_000)
    pay_all()
    return unproved(keys)


def after_the_second_ended_first():
    """The same when two batches are settled in the order in which their work was not done."""
    keys = [earned_and_asked()]
    first = payouts.batch(queue=queue)
    keys.append(earned_and_asked())
    second = payouts.batch(queue=queue)
    for made in filter(None, (second, first)):
        end(made, "CONFIRMED")
        payouts.settle(made.pk)
    pay_all()
    return unproved(keys)


STORIES = [after_one_came_back, after_the_second_ended_first]


@pytest.mark.parametrize("story", STORIES)
def test_every_release_is_named_by_the_root_of_the_batch_that_paid_it(network, story):
    assert story() == set()
    assert house.balance(ONE, "WORLD") == 200_000


@pytest.mark.parametrize("story", STORIES)
def test_with_two_batches_of_one_person_at_once_some_are_not(network, monkeypatch, story):
    monkeypatch.setattr(payouts, "_being_paid", lambda: Payout.objects.none().values("purse"))

    assert len(story()) >= 1
