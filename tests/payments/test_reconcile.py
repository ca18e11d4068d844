"""Reconcile finds what is off. Each test breaks the book the way a bug or a thief would."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from payments import corrections, escrow, jobs, wallets
from payments.chain import client, vault, watcher
from payments.chain.errors import Unreachable
from payments.chain.wallet import Wallet
from payments.models import Account, Batch, ChainEvent, ChainTx, Network, Owed, Payout
from people.models import User
from tests.payments import house

pytestmark = [pytest.mark.django_db, pytest.mark.broken_book]
GUARDED = ["payments_entry", "payments_line"]


def unguarded(*statements):
    """These statements, run by somebody who owns the tables and switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def problems(**options):
    return jobs.prove(**options).problems


def test_a_sound_book_has_no_problem(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    house.earn("person:1", 600_000, purse_id=purse_id)

    report = jobs.prove()

    assert report.ok
    assert report.figures["in_house"] == report.figures["in_vault"] == "1.00"
    assert report.figures["surplus"] == "0.00"


def test_a_balance_that_is_not_its_lines():
    house.project(funds_units=100)
    account = Account.objects.get(kind="FUNDS")

    unguarded("UPDATE payments_account SET balance_units = 101 WHERE kind = 'FUNDS'")

    assert problems(with_chain=False) == [f"Account {account.pk} says 101, its lines 100."]


def test_an_entry_that_lost_a_line():
    house.project(funds_units=100)

    unguarded("DELETE FROM payments_line WHERE amount_units > 0")

    assert any("has 1 lines that sum to -100" in one for one in problems(with_chain=False))


def test_a_payout_marked_paid_by_hand():
    house.earn("person:1", 500_000)
    payout = house.ask("person:1", 100_000)

    unguarded("ALTER TABLE payments_payout DROP CONSTRAINT payout_in_a_batch_once_it_leaves")
    Payout.objects.update(state="PAID")

    assert f"Payout {payout.pk} is PAID, its entries say otherwise." in problems(with_chain=False)


def test_money_that_left_the_vault_behind_the_book(chain, mine):
    house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    network = Network.objects.get()
    token, vault, thief = network.token_address, network.vault_address, Wallet(15).address
    chain.call("anvil_impersonateAccount", vault)
    chain.call("anvil_setBalance", vault, hex(10**18))
    data = "0xa9059cbb" + thief[2:].rjust(64, "0") + hex(250_000)[2:].rjust(64, "0")
    chain.call("eth_sendTransaction", {"from": vault, "to": token, "data": data})
    mine()  # the chain answers before it has mined

    assert problems() == ["The vault holds 0.25 less than the book says is there."]


def reorganised(chain, monkeypatch, *, times):
    """The newest block is replaced by an empty one, so often, after it was read and before the
    vault is asked what it holds there."""
    asked, left = vault.token_balance, [None] * times

    def changed(*, block_number):
        if left:
            left.pop()
            chain.call("anvil_reorg", 1, [])
        return asked(block_number=block_number)

    monkeypatch.setattr(vault, "token_balance", changed)


def test_a_reorganisation_in_the_middle_of_a_proof_is_no_alarm(chain, mine, monkeypatch):
    mine(3)
    house.deposited(500_000)
    reorganised(chain, monkeypatch, times=1)

    report = jobs.prove()

    assert report.problems == []
    assert report.figures["in_vault"] == report.figures["surplus"] == "0.00"


def test_a_chain_that_changes_all_the_time_proves_nothing(chain, mine, monkeypatch):
    mine(jobs.PROOF_TRIES + 3)
    reorganised(chain, monkeypatch, times=jobs.PROOF_TRIES)

    with pytest.raises(Unreachable, match="changed while it was read"):
        jobs.prove()


def test_what_is_read_anew_while_the_vault_is_asked_is_proved_anew(chain, mine, monkeypatch):
    """Another process reads the chain after its reorganisation, and the node of this one does not
    know of that yet."""
    mine(3)
    house.deposited(500_000)
    asked, others = client.block_hash, [None]

    def read_anew(number):
        found = asked(number)
        if others and ChainEvent.objects.exists():
            others.pop()
            chain.call("anvil_reorg", 1, [])
            watcher.scan()
        return found

    monkeypatch.setattr(client, "block_hash", read_anew)

    assert jobs.prove().problems == []


def test_before_anything_was_read_the_vault_is_not_proved(chain, monkeypatch):
    monkeypatch.setattr(watcher, "scan", lambda: 0)  # another process has begun

    with pytest.raises(CommandError, match="No block was read yet"):
        call_command("reconcile")


def test_a_gift_is_no_problem(chain, mine):
    house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    network = Network.objects.get()
    giver = Wallet(3)
    giver.mint(7)
    giver._call("TestToken", network.token_address, "transfer", network.vault_address, 7)

    report = jobs.prove()

    assert report.ok
    assert report.figures["surplus"] == "0.000007"


def test_what_was_sent_to_the_vault_itself_is_put_into_its_purse_by_two_admins(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    network, requester = Network.objects.get(), Wallet(3)
    requester.mint(70_000)
    requester._call("TestToken", network.token_address, "transfer", network.vault_address, 70_000)
    assert jobs.prove().figures["surplus"] == "0.07"

    ends = [Account(purse_id=purse_id, kind=kind) for kind in ("WORLD", "FUNDS")]
    move = corrections.Move(
        source=ends[0], target=ends[1], amount_units=70_000, reason="sent without a purse"
    )
    made = corrections.propose(move, admin=User.objects.create_user("one"))
    corrections.approve(made.pk, admin=User.objects.create_user("two"))

    report = jobs.prove()
    assert (report.problems, report.figures["surplus"]) == ([], "0.00")
    assert escrow.balances(purse_id)["FUNDS"] == 1_070_000


def test_a_batch_paid_on_chain_and_not_in_the_book(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    house.earn("person:1", 500_000, purse_id=purse_id)
    house.ask("person:1", 500_000)
    for _ in range(3):
        jobs.pump_payouts()
        mine(2)

    unguarded("UPDATE payments_payout SET amount_units = 400000")

    assert any("paid 0.50 on chain, 0.40 by the book" in one for one in problems())


def test_somebody_else_was_skipped_than_the_book_says(chain, mine):
    purse_id = house.deposited(1_000_000)
    mine(2)
    jobs.scan_deposits()
    house.earn("person:1", 500_000, purse_id=purse_id)
    house.ask("person:1", 250_000)
    house.ask("person:1", 250_000)
    for _ in range(3):
        jobs.pump_payouts()
        mine(2)
    assert problems() == []

    unguarded("UPDATE payments_payout SET state = 'RETURNED' WHERE position = 0")

    assert any("skipped others on chain" in one for one in problems())


@pytest.fixture
def owed(chain, mine):
    """Two people are owed 0.30 and 0.20 by the vault's root; nobody else has anything there."""
    purse_id = house.deposited(500_000)
    mine(3)
    jobs.scan_deposits()
    for person, units, wallet in (("person:1", 300_000, 5), ("person:2", 200_000, 6)):
        house.earn(person, units, purse_id=purse_id)
        wallets.name(person, Wallet(wallet).address)
    jobs.record_owed()
    for _ in range(3):
        jobs.pump_payouts()
        mine(2)
    assert problems() == []


def test_a_root_that_owes_more_than_the_vault_holds(owed):
    Owed.objects.update(total_units=500_001)

    number = Batch.objects.get().number
    assert problems() == [
        f"By the root of batch {number} 0.500001 may be taken out, and the vault holds 0.50."
    ]


def test_a_root_that_is_not_the_vaults(owed):
    number = Batch.objects.get().number

    Owed.objects.update(balances_root="0x" + "0" * 64)

    assert problems() == [f"Batch {number} has another root on chain than in the book."]


def test_a_payout_that_its_batch_left_behind():
    house.earn("person:1", 500_000)
    payout = house.ask("person:1", 100_000)
    tx = ChainTx.objects.create(
        key="k", to="", calldata=b"", gas_limit=1, nonce=0, raw=b"", state="FAILED"
    )
    made = Batch.objects.create(number=7, chain_tx=tx, settled_at=timezone.now())
    Payout.objects.update(state="BATCHED", batch=made, position=0)

    assert problems(with_chain=False) == [f"Payout {payout.pk} is BATCHED, and batch 7 has ended."]


def test_the_command_says_what_is_off_and_fails(capsys):
    house.project(funds_units=100)
    call_command("reconcile", offline=True)
    assert "reconcile: clean" in capsys.readouterr().out

    unguarded("UPDATE payments_account SET balance_units = 101 WHERE kind = 'FUNDS'")

    with pytest.raises(CommandError, match=r"1 problems\."):
        call_command("reconcile", offline=True)
    assert "says 101, its lines 100" in capsys.readouterr().err
