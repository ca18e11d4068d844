"""One endpoint alone takes nothing back: neither by other blocks, nor by having none yet."""

import pytest

from payments import escrow, jobs, pauses
from payments.chain import watcher
from payments.chain.errors import Behind, Disagreement
from payments.models import ChainEvent, ScannedBlock
from tests.faults import gateway
from tests.payments import house
from tests.payments.chain.test_endpoints import changes, roads
from tests.payments.chain.test_lies import FAKE, answers

__all__ = ["roads"]
pytestmark = pytest.mark.django_db


def money(chain, mine, units=1_000):
    """A deposit that is in the book, deep, and the blocks before it are not remembered."""
    purse_id = house.deposited(units)
    mine(5)
    assert jobs.scan_deposits() == 1
    deposited_at = ChainEvent.objects.get().block_number
    ScannedBlock.objects.filter(number__lt=deposited_at).delete()
    return purse_id


def assert_nothing_was_taken_back(purse_id):
    assert not ChainEvent.objects.lost().exists()
    assert not pauses.is_paused()
    assert escrow.balances(purse_id)["FUNDS"] == 1_000


def test_blocks_that_one_alone_tells_otherwise_take_nothing_back(chain, mine, roads):
    """Payouts would be paused by whoever is asked first, and all that is in the book be lost."""
    purse_id = money(chain, mine)
    roads[0].rule = changes("eth_getBlockByNumber", lambda block: {**block, "hash": FAKE})

    with pytest.raises(Disagreement):
        watcher.scan()

    assert_nothing_was_taken_back(purse_id)
    roads[0].rule = gateway.honest
    mine()
    assert watcher.scan() == 0


@pytest.mark.parametrize("position", [0, 1])
def test_an_endpoint_that_begins_anew_takes_nothing_back(chain, mine, roads, monkeypatch, position):
    """It reads the chain from its beginning, and tells of its own end: block 0 at first."""
    purse_id = money(chain, mine)
    monkeypatch.setattr(watcher, "KEPT_BLOCKS", 2)
    roads[position].rule = answers(eth_blockNumber="0x0")

    with pytest.raises(Behind, match="ends at block 0"):
        watcher.scan()

    roads[position].rule = gateway.honest
    assert_nothing_was_taken_back(purse_id)


@pytest.mark.broken_book
def test_blocks_that_all_end_before_are_unread(chain, mine, roads, monkeypatch):
    money(chain, mine)
    monkeypatch.setattr(watcher, "KEPT_BLOCKS", 2)
    for road in roads:
        road.rule = answers(eth_blockNumber="0x0")

    watcher.scan()

    assert ChainEvent.objects.lost().exists()
    assert pauses.is_paused()
