"""Payouts against what admins and the day's cap say meanwhile. The twins have no guards."""

from functools import partial

import pytest

from payments import addresses, jobs, pauses, payouts
from payments.chain import batching, client, sender
from payments.chain.wallet import Wallet
from payments.errors import BlockedWallet
from payments.models import Batch, ChainTx, Network, Payout
from tests.payments import house
from tests.payments.chain.conftest import nobody
from tests.payments.test_batches import set_daily_cap
from tests.races import money

pytestmark = pytest.mark.django_db(transaction=True)
ONE, TWO = "person:1", "person:2"


def meanwhile(monkeypatch, room, name, verb, *, after=False):
    """Somebody else does this, once, right before or after a function of a room is called."""
    original, done = getattr(room, name), []

    def late(*arguments, **options):
        if after:
            result = original(*arguments, **options)
        if not done:
            done.append(True)
            (end,) = money.at_once(verb)
            assert not isinstance(end, Exception), end
        return result if after else original(*arguments, **options)

    monkeypatch.setattr(room, name, late)


def queue(batch, payees, roots):
    return ChainTx.objects.create(key=f"batch:{batch.pk}", to="", calldata=b"", gas_limit=1)


# --- The block list -------------------------------------------------------------------------


def ask_while_it_is_blocked(monkeypatch):
    """A payout whose wallet is put on the block list when it has been looked at already."""
    house.earn(ONE, 100_000)
    block = partial(addresses.load_blocked, [Wallet(5).address], source="list")
    meanwhile(monkeypatch, payouts, "_request", block)
    payout = house.ask(ONE, 100_000, wallet=5)
    made = payouts.batch(queue=queue)
    payout.refresh_from_db()
    return payout, made


def test_who_is_blocked_while_they_ask_is_not_paid(monkeypatch):
    payout, made = ask_while_it_is_blocked(monkeypatch)

    assert made is None
    assert (payout.state, payout.reason) == ("RETURNED", BlockedWallet.message)
    assert house.balance(ONE, "EARNED") == 100_000


def test_without_another_look_they_would_be(monkeypatch):
    monkeypatch.setattr(addresses, "recall_blocked", lambda: 0)

    payout, made = ask_while_it_is_blocked(monkeypatch)

    assert (payout.state, payout.batch) == ("BATCHED", made)


# --- The day's cap --------------------------------------------------------------------------


@pytest.fixture
def capped(chain, mine, settings):
    """Two have asked for 0.30 each; there is room for one of them, today and in a batch."""
    settings.STIPEND_BATCH_PAYEES = 1
    purse_id = house.deposited(1_000_000)
    mine(3)
    jobs.scan_deposits()
    for person, wallet in ((ONE, 5), (TWO, 6)):
        house.earn(person, 300_000, purse_id=purse_id)
        house.ask(person, 300_000, wallet=wallet)
    set_daily_cap(500_000)


def states_after_two_have_batched(monkeypatch, mine):
    """One looks at the room, the other one fills it, and the first goes on."""
    meanwhile(monkeypatch, batching, "room", jobs._batch_all, after=True)
    for _ in range(4):
        jobs.pump_payouts()
        mine(2)
    return sorted(Payout.objects.values_list("state", flat=True))


def test_what_another_process_has_batched_is_no_room(monkeypatch, capped, mine):
    assert states_after_two_have_batched(monkeypatch, mine) == ["PAID", "REQUESTED"]


def test_without_counting_it_the_vault_refuses_a_batch(monkeypatch, capped, mine):
    monkeypatch.setattr(payouts, "_left", lambda room: room)

    assert states_after_two_have_batched(monkeypatch, mine) == ["PAID", "RETURNED"]


# --- The pause ------------------------------------------------------------------------------

pause = partial(pauses.pause, reason="A key may be lost.")


def test_nothing_is_batched_once_it_is_paused(monkeypatch, capped):
    meanwhile(monkeypatch, batching, "room", pause, after=True)

    jobs.pump_payouts()

    assert not Batch.objects.exists()


def test_nothing_is_signed_once_it_is_paused(monkeypatch, queued):
    tx = queued((nobody(1), 500))
    meanwhile(monkeypatch, client, "fees", pause)

    sender.advance()

    tx.refresh_from_db()
    assert (tx.state, tx.hashes) == ("READY", [])


def sent_in_spite_of_a_pause(monkeypatch, queued):
    """How many chain txs a node gets when it is paused before the first."""
    for number in range(3):
        queued((nobody(number), 500))
    sent, send = [], client.send
    monkeypatch.setattr(client, "send", lambda raw: sent.append(raw) or send(raw))
    meanwhile(monkeypatch, sender, "_send_all", pause)
    sender.advance()
    return len(sent)


def test_nothing_is_sent_once_it_is_paused(monkeypatch, queued):
    assert sent_in_spite_of_a_pause(monkeypatch, queued) == 0
    assert not ChainTx.objects.exclude(state="SIGNED").exists()


def test_without_another_look_all_are(monkeypatch, queued):
    monkeypatch.setattr(pauses, "is_paused", lambda: False)

    assert sent_in_spite_of_a_pause(monkeypatch, queued) == 3


def test_what_the_chain_forgot_is_not_sent_again_while_it_is_paused(monkeypatch, queued, chain):
    tx = queued((nobody(1), 500))
    sender.advance()
    chain.call("anvil_reorg", 1, [])
    pause()
    sent = []
    monkeypatch.setattr(client, "send", sent.append)

    sender.advance()

    assert sent == []
    tx.refresh_from_db()
    assert tx.state == "SENT"
    assert Network.objects.get().paused_for
