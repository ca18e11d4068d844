"""Money for a purse that nobody has: reported, and sent back by two admins."""

import pytest

from payments import addresses, corrections, deposits, jobs
from payments.chain import signer
from payments.chain.wallet import Wallet
from payments.errors import BlockedWallet, NotFound, NothingMoves, SecondAdminNeeded
from payments.models import ChainEvent, Correction, Payout, Reconciliation
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
NOBODY = "0x" + "0" * 63 + "7"


@pytest.fixture
def admins():
    return [User.objects.create_user(f"admin-{n}", is_staff=True) for n in range(2)]


@pytest.fixture
def stray(chain, mine):
    """0.90 for nobody, deep enough, and 0.40 for somebody."""
    house.deposited(400_000)
    wallet = Wallet(2)
    wallet.mint(900_000)
    wallet.deposit(NOBODY, 900_000)
    mine(2)
    jobs.scan_deposits()
    return deposits.strays().get()


def propose(event, admins):
    return corrections.propose_refund(event.pk, reason="A typing mistake.", admin=admins[0])


def test_it_goes_back_to_its_sender_and_the_vault_holds_what_the_book_says(stray, admins, mine):
    sender = signer.dev_account(2).address
    made = propose(stray, admins)
    assert propose(stray, admins) == made
    with pytest.raises(SecondAdminNeeded):
        corrections.approve(made.pk, admin=admins[0])
    assert deposits.unknown() == (1, 900_000)
    before = Wallet.token_balance(sender)

    corrections.approve(made.pk, admin=admins[1])

    assert deposits.unknown() == (0, 0)
    report = jobs.prove()
    assert (report.problems, report.figures["surplus"]) == ([], "0.00")
    for _ in range(4):
        jobs.pump_payouts()
        mine(2)
    assert Payout.objects.get().state == "PAID"
    assert Wallet.token_balance(sender) == before + 900_000
    report = jobs.prove()
    assert (report.problems, report.figures["in_vault"]) == ([], "0.40")
    with pytest.raises(NotFound):
        propose(stray, admins)


def test_a_declined_one_can_be_proposed_again(stray, admins):
    first = propose(stray, admins)
    corrections.decline(first.pk, admin=admins[1])

    second = propose(stray, admins)

    assert second != first
    assert Correction.objects.filter(state="PROPOSED").get() == second


def test_only_what_is_in_no_purse_goes_back(stray, admins):
    booked = ChainEvent.objects.filter(name="Deposited").exclude(pk=stray.pk).get()

    for event_id in (booked.pk, 0):
        with pytest.raises(NotFound):
            corrections.propose_refund(event_id, reason="No.", admin=admins[0])

    assert not Correction.objects.exists()


def test_a_blocked_sender_gets_nothing_and_nothing_moves(stray, admins):
    made = propose(stray, admins)
    addresses.load_blocked([signer.dev_account(2).address], source="a list")

    with pytest.raises(BlockedWallet):
        corrections.approve(made.pk, admin=admins[1])

    made.refresh_from_db()
    assert made.state == "PROPOSED"
    assert deposits.unknown() == (1, 900_000)
    assert not Payout.objects.exists()


def test_more_than_the_book_can_hold_stays_where_it_is(stray, admins):
    ChainEvent.objects.filter(pk=stray.pk).update(payload={**stray.payload, "amount": str(2**64)})

    with pytest.raises(NothingMoves):
        propose(stray, admins)


def test_a_refund_that_the_token_refuses_stays_with_the_house(stray, admins):
    made = propose(stray, admins)
    corrections.approve(made.pk, admin=admins[1])

    addresses.load_blocked([signer.dev_account(2).address], source="a list")

    assert Payout.objects.get().state == "RETURNED"
    assert house.balance("house:strays", "FUNDS") == 900_000


def test_reconcile_keeps_the_figure(stray):
    jobs.reconcile()

    assert Reconciliation.objects.get().figures["unknown_deposits_sum"] == "0.90"
