"""Two read the chain at once: what nobody has vouched for is no money. The twin has no guard."""

from contextlib import contextmanager

import pytest

from payments import escrow, exits, jobs, solvency
from payments.chain import watcher
from tests.payments import house
from tests.payments.chain.test_endpoints import broken, changes, forged, roads
from tests.races import money

__all__ = ["roads"]
pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def for_everybody(lock):
    yield True


def forge_while_it_is_settled(monkeypatch, mine, roads):
    """The units booked of a forged deposit that is read when the endpoints have agreed already."""
    settle, found = exits.settle, []

    def late(**options):
        found.append(house.deposited(1_000))
        roads[0].rule, roads[1].rule = changes("eth_getLogs", forged), broken
        mine(3)
        (end,) = money.at_once(watcher.scan)
        assert not isinstance(end, Exception), end
        return settle(**options)

    with monkeypatch.context() as racing:
        racing.setattr(exits, "settle", late)
        jobs.scan_deposits()
    return escrow.balances(*found).get("FUNDS", 0)


@pytest.fixture
def credulous(settings):
    """One endpoint is believed alone while the other is silent."""
    settings.CHAIN_VOICES = 1


def test_what_is_read_after_the_endpoints_agreed_waits_for_the_next_time(
    monkeypatch, mine, roads, credulous
):
    watcher.scan()

    assert forge_while_it_is_settled(monkeypatch, mine, roads) == 0


@pytest.mark.broken_book
def test_without_the_lock_a_forged_deposit_is_money(monkeypatch, mine, roads, credulous):
    watcher.scan()
    monkeypatch.setattr(jobs, "alone", for_everybody)

    assert forge_while_it_is_settled(monkeypatch, mine, roads) == 1_000_000


def test_what_is_read_meanwhile_is_not_counted_up_to_an_older_block(monkeypatch, chain, mine):
    house.deposited(1_000)
    watcher.scan()
    house.deposited(500)
    counted = solvency.reported_units

    def late(*arguments):
        money.at_once(watcher.scan)
        return counted(*arguments)

    monkeypatch.setattr(solvency, "reported_units", late)
    first, second = solvency.vault(), solvency.vault()

    assert first.block_number < second.block_number
    assert (first.reported_units, second.reported_units) == (1_000, 1_500)
