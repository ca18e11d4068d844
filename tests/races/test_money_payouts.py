"""Two payouts at once, and two jobs at once. Each race has a twin in which the guard is off."""

from functools import partial

import pytest
from django.db import IntegrityError

from payments import jobs, limits, payouts, roots, solvency, turns, wallets
from payments.chain.wallet import Wallet
from payments.errors import InsufficientFunds
from payments.models import ChainTx, Owed, Payout
from tests.payments import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = "person:1"


def ask_for_all_twice():
    """The ends of two payouts of everything, asked for on two devices."""
    house.earn(PERSON, 1_020_000)
    house.ask(PERSON, 20_000)
    with money.meeting_in("payments_post", "IF short IS NOT NULL"):
        return money.at_once(
            partial(house.ask, PERSON, 1_000_000, key="phone"),
            partial(house.ask, PERSON, 1_000_000, key="desk"),
        )


def test_nobody_takes_out_more_than_they_earned():
    ends = ask_for_all_twice()

    assert {type(end) for end in ends} == {Payout, InsufficientFunds}
    assert house.balance(PERSON, "EARNED") == 0
    assert house.balance(PERSON, "LEAVING") == 1_020_000
    assert Payout.objects.count() == 2


def test_the_lock_on_the_account_alone_keeps_it_so(monkeypatch):
    monkeypatch.setattr(limits, "_lock", lambda owner: None)

    assert {type(end) for end in ask_for_all_twice()} == {Payout, InsufficientFunds}


def test_without_the_locks_both_pass_the_check_and_postgresql_alone_refuses(monkeypatch):
    monkeypatch.setattr(limits, "_lock", lambda owner: None)
    with money.rewritten("payments_lock", ("FOR NO KEY UPDATE OF account", "")):
        ends = ask_for_all_twice()

    assert {type(end) for end in ends} == {Payout, IntegrityError}
    assert house.balance(PERSON, "LEAVING") == 1_020_000


def ask_twice_with_one_key(monkeypatch):
    """The ends of one request that was sent twice; both meet with their row written."""
    house.earn(PERSON, 1_000_000)
    money.meet_before(monkeypatch, payouts, "_posting")
    ask = partial(house.ask, PERSON, 300_000, key="k")
    return money.at_once(ask, ask)


def test_one_request_sent_twice_is_one_payout(monkeypatch):
    first, second = ask_twice_with_one_key(monkeypatch)

    assert first == second
    assert house.balance(PERSON, "EARNED") == 700_000


def test_without_the_unique_key_it_is_two(monkeypatch):
    with money.without("payments_payout", "key"):
        first, second = ask_twice_with_one_key(monkeypatch)

        assert first != second
        assert house.balance(PERSON, "EARNED") == 400_000


def batch_twice():
    """How often each payout stands in a chain tx, when two processes batch at once."""
    house.earn(PERSON, 1_000_000)
    asked = [house.ask(PERSON, 100_000) for _ in range(3)]
    wait, paid = money.meeting(), []

    def queue(batch, payees, roots):
        paid.extend(units for _, units in payees)
        wait()
        return ChainTx.objects.create(key=f"batch:{batch.pk}", to="", calldata=b"", gas_limit=1)

    batch = partial(payouts.batch, queue=queue)
    ends = money.at_once(batch, batch)
    assert not any(isinstance(end, Exception) for end in ends), ends
    return len(paid) / len(asked)


def test_a_payout_is_in_one_batch():
    assert batch_twice() == 1
    assert ChainTx.objects.count() == 1


def test_without_the_lock_it_would_be_paid_by_two(monkeypatch):
    queryset = type(Payout.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **options: self)
    monkeypatch.setattr(turns, "take", lambda: True)

    assert batch_twice() == 2
    assert ChainTx.objects.count() == 2


@pytest.fixture
def earned(chain, mine):
    """A person with a wallet has earned what lies in the vault."""
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    house.earn(PERSON, 1_000_000, purse_id=purse_id)
    wallets.name(PERSON, Wallet(house.WALLET).address)


def record_twice(monkeypatch):
    """How many batches of nobody two processes make at once, to record what is owed."""
    money.meet_before(monkeypatch, solvency, "owed")

    def queue(batch, payees, roots):
        return ChainTx.objects.create(key=f"batch:{batch.pk}", to="", calldata=b"", gas_limit=1)

    empty = "0x" + "00" * 32
    record = partial(roots.record, queue=queue, silence_seconds=86_400, recorded_root=empty)
    ends = money.at_once(record, record)
    assert not any(isinstance(end, Exception) for end in ends), ends
    return ChainTx.objects.count()


def test_what_is_owed_is_recorded_once(monkeypatch, earned):
    assert record_twice(monkeypatch) == 1


def test_without_turns_it_is_recorded_twice(monkeypatch, earned):
    monkeypatch.setattr(turns, "take", lambda: True)

    assert record_twice(monkeypatch) == 2


def owed_after_all_is_paid(monkeypatch, settings):
    """The units under the last batch's root, when two processes have paid everybody all."""
    settings.STIPEND_BATCH_PAYEES = 1
    for person, wallet in ((PERSON, 5), ("person:2", 6)):
        house.earn(person, 100_000)
        house.ask(person, 100_000, wallet=wallet)
    money.meet_before(monkeypatch, solvency, "owed")

    def queue(batch, payees, roots):
        return ChainTx.objects.create(key=f"batch:{batch.pk}", to="", calldata=b"", gas_limit=1)

    batch = partial(payouts.batch, queue=queue)
    ends = money.at_once(batch, batch)
    assert not any(isinstance(end, Exception) for end in ends), ends
    while payouts.batch(queue=queue):
        pass
    assert not Payout.objects.filter(state=Payout.State.REQUESTED).exists()
    return Owed.objects.order_by("batch__number").last().total_units


def test_what_is_paid_is_under_no_later_root(monkeypatch, settings):
    assert owed_after_all_is_paid(monkeypatch, settings) == 0


def test_without_turns_a_root_owes_what_the_other_batch_pays(monkeypatch, settings):
    monkeypatch.setattr(turns, "take", lambda: True)

    assert owed_after_all_is_paid(monkeypatch, settings) == 100_000
