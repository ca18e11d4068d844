"""One deposit, settled by two at once, or settled and forgotten. The twins have no guards."""

from functools import partial
from threading import Event

import pytest
from django.db import IntegrityError
from django.db.models.deletion import Collector

from payments import deposits, escrow, purses
from payments.chain import watcher
from payments.models import ChainEvent, Entry
from tests.payments import house
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
UNITS = 700_000


def settle_twice(monkeypatch):
    """The ends of two settlings of one deposit, which meet before its money moves; its purse."""
    purse_id = house.project(funds_units=1)  # all accounts are there
    event = ChainEvent.objects.create(
        name=deposits.DEPOSITED,
        block_number=1,
        block_hash="0xb1",
        tx_hash="0x71",
        log_index=0,
        payload={"purse": purses.onchain(purse_id), "amount": str(UNITS)},
    )
    money.meet_before(monkeypatch, deposits, "_booked")
    settle = partial(deposits._settle, event.pk)
    return money.at_once(settle, settle), purse_id


def blind(monkeypatch):
    queryset = type(ChainEvent.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **options: self)


def test_a_deposit_is_settled_by_one(monkeypatch):
    ends, purse_id = settle_twice(monkeypatch)

    assert sorted(ends) == [False, True]
    assert escrow.balances(purse_id)["FUNDS"] == UNITS + 1


def test_without_the_lock_both_settle_it_and_the_key_alone_keeps_it_one(monkeypatch):
    blind(monkeypatch)

    ends, purse_id = settle_twice(monkeypatch)

    assert ends == [True, True]
    assert escrow.balances(purse_id)["FUNDS"] == UNITS + 1
    assert Entry.objects.filter(key="deposit:0x71:0").count() == 1


def test_without_lock_and_key_it_is_money_twice(monkeypatch):
    blind(monkeypatch)
    bold = money.rewritten("payments_post", ("ON CONFLICT (key) DO NOTHING", ""))

    with money.without("payments_entry", "key"), bold:
        ends, purse_id = settle_twice(monkeypatch)

        assert ends == [True, True]
        assert escrow.balances(purse_id)["FUNDS"] == 2 * UNITS + 1


def test_an_event_read_twice_is_refused_by_postgresql():
    seen = {"name": "Deposited", "block_number": 1, "tx_hash": "0x71", "payload": {}}
    ChainEvent.objects.create(block_hash="0xb1", log_index=0, **seen)

    with pytest.raises(IntegrityError, match="event_seen_once"):
        ChainEvent.objects.create(block_hash="0xb1", log_index=0, **seen)


def forget_while_it_is_settled(monkeypatch):
    """True if the event is there when a fork is forgotten and its deposit settled at once."""
    purse_id = house.project(funds_units=1)
    event = ChainEvent.objects.create(
        name=deposits.DEPOSITED,
        block_number=7,
        block_hash="0xb1",
        tx_hash="0x71",
        log_index=0,
        payload={"purse": purses.onchain(purse_id), "amount": str(UNITS)},
    )
    chosen, settled, delete = Event(), Event(), Collector.delete

    def late(collector):
        chosen.set()
        settled.wait(money.PATIENCE_SECONDS)
        return delete(collector)

    def settle():
        chosen.wait(money.JOIN_SECONDS)
        done = deposits._settle(event.pk)
        settled.set()
        return done

    monkeypatch.setattr(Collector, "delete", late)
    _, is_booked = money.at_once(partial(watcher._forget_above, 6), settle)
    assert escrow.balances(purse_id)["FUNDS"] == 1 + (UNITS if is_booked else 0)
    return is_booked, ChainEvent.objects.filter(pk=event.pk).exists()


def test_what_a_fork_takes_back_is_settled_or_forgotten(monkeypatch):
    assert forget_while_it_is_settled(monkeypatch) == (False, False)


def test_without_the_lock_it_is_settled_and_forgotten(monkeypatch):
    blind(monkeypatch)

    assert forget_while_it_is_settled(monkeypatch) == (True, False)
