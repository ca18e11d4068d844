"""The watcher: every event once, and none of a fork."""

import logging

import pytest
from django.utils import timezone

from payments import pauses
from payments.chain import client, watcher
from payments.chain.errors import Refused, TooLarge, TooSlow, Unreachable
from payments.chain.wallet import Wallet
from payments.models import ChainEvent, Network, ScannedBlock
from tests.payments.chain.conftest import PURSE
from tests.races import money

pytestmark = pytest.mark.django_db


def deposit(units):
    requester = Wallet(2)
    requester.mint(units)
    return requester.deposit(PURSE, units)


def amounts():
    found = ChainEvent.objects.filter(name="Deposited").order_by("block_number", "log_index")
    return [int(one.payload["amount"]) for one in found]


def test_a_deposit_is_read_once(chain):
    tx_hash = deposit(700)

    assert [watcher.scan(), watcher.scan()] == [1, 0]

    event = ChainEvent.objects.get()
    assert (event.name, event.tx_hash) == ("Deposited", tx_hash)
    assert event.payload == {"purse": PURSE, "sender": Wallet(2).address, "amount": "700"}
    assert event.block_hash == client.block_hash(event.block_number)
    assert ScannedBlock.objects.latest("number").number == client.head()


def test_events_are_confirmed_at_their_depth(chain, mine):
    deposit(700)
    counts = []
    for blocks in (0, 1, 1):
        mine(blocks) if blocks else None
        watcher.scan()
        counts.append(ChainEvent.objects.confirmed(2).count())

    assert counts == [0, 0, 1]


def test_other_contracts_and_other_events_are_not_read(chain):
    token = Network.objects.get().token_address
    Wallet(3).mint(5)
    Wallet(3)._call("TestToken", token, "approve", Wallet(4).address, 5)
    Wallet(0)._call("Vault", Network.objects.get().vault_address, "set_daily_cap", 5)

    assert watcher.scan() == 0
    assert not ChainEvent.objects.exists()


@pytest.mark.parametrize(
    "error",
    [
        Refused("query returned more than 10000 results"),
        TooLarge("The node's answer is too long."),
        TooSlow("The node answered with HTTP status 504."),
    ],
)
def test_far_blocks_are_read_in_pieces_that_the_node_likes(
    chain, mine, monkeypatch, settings, error
):
    settings.CHAIN_SCAN_BLOCKS = 50
    monkeypatch.setattr(watcher, "NEAR_BLOCKS", 4)
    for units in (1, 2, 3):
        deposit(units)
        mine(20)
    asked, logs = [], client.logs

    def picky(address, *, from_block, to_block):
        asked.append(to_block - from_block + 1)
        if asked[-1] > 7:
            raise error
        return logs(address, from_block=from_block, to_block=to_block)

    monkeypatch.setattr(client, "logs", picky)
    assert watcher.scan() == 3

    assert asked[:4] == [50, 25, 12, 6]
    assert max(asked[3:]) == 6
    assert amounts() == [1, 2, 3]


def test_no_far_block_is_left_out(chain, mine, monkeypatch, settings):
    """A deposit takes three blocks: pieces of one, two and four begin with one of them."""
    monkeypatch.setattr(watcher, "NEAR_BLOCKS", 3)
    for units in range(1, 6):
        deposit(units)
    mine(4)

    for size in (1, 2, 4):
        ChainEvent.objects.all().delete()
        ScannedBlock.objects.all().delete()
        settings.CHAIN_SCAN_BLOCKS = size
        assert watcher.scan() == 5
        assert amounts() == [1, 2, 3, 4, 5]


def test_blocks_that_are_not_deep_enough_are_near(chain, mine, monkeypatch, settings):
    settings.CHAIN_CONFIRMATIONS = 80
    mine(100)
    asked = []

    def none(address, *, from_block, to_block):
        asked.append(to_block)
        return []

    monkeypatch.setattr(client, "logs", none)
    watcher.scan()

    assert max(asked) == client.head() - 81


def test_far_blocks_that_change_while_they_are_read_are_read_again(chain, mine, monkeypatch):
    deposit(700)
    deposited_at, block = client.head(), client.block
    monkeypatch.setattr(watcher, "NEAR_BLOCKS", 5)
    mine(5)

    def changed(number):
        found = block(number)
        return {**found, "hash": b"\1" * 32} if number == deposited_at else found

    with monkeypatch.context() as other:
        other.setattr(client, "block", changed)
        with pytest.raises(Unreachable):
            watcher.scan()
    assert not ScannedBlock.objects.exists()

    assert watcher.scan() == 1
    assert amounts() == [700]


def test_a_node_that_never_agrees_is_an_error(chain, mine, monkeypatch):
    mine(70)

    def never(*arguments, **options):
        raise Refused("no")

    monkeypatch.setattr(client, "logs", never)
    with pytest.raises(Refused):
        watcher.scan()


def test_events_of_a_fork_are_forgotten_and_the_new_ones_read(chain, mine):
    mine(3)
    deposit(700)
    watcher.scan()
    before = ScannedBlock.objects.latest("number")

    chain.call("anvil_reorg", 4, [])
    deposit(900)
    watcher.scan()

    assert amounts() == [900]
    changed = ScannedBlock.objects.get(number=before.number)
    assert changed.block_hash == client.block_hash(before.number) != before.block_hash


def test_the_first_block_of_a_fork_is_forgotten_too(chain, mine):
    mine(3)
    deposit(700)
    watcher.scan()

    chain.call("anvil_reorg", 1, [])
    mine()
    watcher.scan()

    assert amounts() == []


def test_where_nothing_is_known_any_more_all_is_read_again(chain, mine):
    deposit(700)
    watcher.scan()
    ScannedBlock.objects.update(block_hash="0xother")
    ChainEvent.objects.update(payload={"amount": "999"})

    assert watcher.scan() == 1

    assert amounts() == [700]
    assert not ScannedBlock.objects.filter(block_hash="0xother").exists()


def test_what_is_money_already_is_read_again_without_a_second_row(chain):
    deposit(700)
    watcher.scan()
    settled_at = timezone.now()
    ChainEvent.objects.update(settled_at=settled_at)
    ScannedBlock.objects.all().delete()

    watcher.scan()

    assert ChainEvent.objects.get().settled_at == settled_at
    assert amounts() == [700]


def test_blocks_of_long_ago_are_not_remembered(chain, mine, monkeypatch):
    monkeypatch.setattr(watcher, "KEPT_BLOCKS", 5)
    mine(10)

    watcher.scan()

    head = client.head()
    numbers = ScannedBlock.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(head - 5, head + 1))


def test_what_is_money_already_is_kept_and_shouted_about(chain, mine, caplog):
    mine(3)
    deposit(700)
    watcher.scan()
    ChainEvent.objects.update(settled_at=timezone.now())

    chain.call("anvil_reorg", 4, [])
    mine()
    with caplog.at_level(logging.ERROR):
        watcher.scan()

    assert amounts() == [700]
    assert "1 settled events lie above block" in caplog.text


def test_a_node_that_lags_behind_makes_nothing_forgotten(chain, mine, monkeypatch):
    mine(10)
    deposit(700)
    watcher.scan()
    newest = ScannedBlock.objects.latest("number").number
    ScannedBlock.objects.filter(number__lt=newest - 3).delete()
    known = list(ScannedBlock.objects.values_list())

    for head in (newest - 2, newest - 10):
        monkeypatch.setattr(client, "head", lambda head=head: head)
        assert watcher.scan() == 0

    assert amounts() == [700]
    assert list(ScannedBlock.objects.values_list()) == known


def test_a_node_that_lags_behind_the_head_that_others_told_takes_nothing_back(
    chain, mine, monkeypatch
):
    """It is asked when the first one fails: what is in the book was lost, and payouts paused."""
    deposit(700)
    mine(5)
    watcher.scan()
    ChainEvent.objects.update(settled_at=timezone.now())
    known, block, behind = ScannedBlock.objects.count(), client.block, client.head() - 6

    with monkeypatch.context() as other:
        other.setattr(client, "block", lambda number: block(number) if number < behind else None)
        with pytest.raises(Unreachable):
            watcher.scan()

    assert (ChainEvent.objects.lost().count(), ScannedBlock.objects.count()) == (0, known)
    assert not pauses.is_paused()


def test_a_node_without_a_block_that_another_announced_is_asked_again(chain, monkeypatch):
    """Asked by number it would say that nothing happened there, and the deposit would be lost."""
    deposit(700)
    logs = client.logs_of_block

    def lagging(address, block_hash):
        if block_hash == client.block_hash(client.head()):
            raise Refused("unknown block")
        return logs(address, block_hash)

    with monkeypatch.context() as other:
        other.setattr(client, "logs_of_block", lagging)
        with pytest.raises(Refused):
            watcher.scan()
    assert amounts() == []

    watcher.scan()
    assert amounts() == [700]


def test_a_chain_that_changes_while_it_is_read_is_read_again(chain, mine, monkeypatch):
    mine(4)
    deposit(700)
    block, changed_at = client.block, client.head() - 1

    def changed(number):
        found = block(number)
        return {**found, "parentHash": b"\1" * 32} if number == changed_at else found

    with monkeypatch.context() as other:
        other.setattr(client, "block", changed)
        with pytest.raises(Unreachable):
            watcher.scan()
    assert ScannedBlock.objects.latest("number").number == changed_at - 1

    watcher.scan()
    assert amounts() == [700]


@pytest.mark.django_db(transaction=True)
def test_one_of_two_watchers_reads_and_the_other_leaves(chain, monkeypatch):
    deposit(700)
    money.meet_before(monkeypatch, client, "head")

    ends = money.at_once(watcher.scan, watcher.scan)

    assert sorted(ends) == [0, 1]
    assert amounts() == [700]
