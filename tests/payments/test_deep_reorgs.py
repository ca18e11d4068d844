"""The chain takes back more blocks than it ever should: what is in the book is there once."""

from itertools import count

import pytest
import rlp
from eth_utils import keccak, to_checksum_address

from payments import corrections, deposits, escrow, jobs, pauses, permits, purses, solvency
from payments.chain import client, vault
from payments.chain.wallet import Wallet
from payments.contracts import artefacts
from payments.errors import NothingMoves
from payments.models import Account, ChainEvent, Network, Payout, ScannedBlock
from people.models import User
from tests.payments import house
from tests.payments.chain.test_endpoints import roads
from tests.payments.test_exits import proof
from tests.payments.test_solvency import TWO, earned, exit_with, payday

__all__ = ["earned", "payday", "proof", "roads"]
pytestmark = pytest.mark.django_db
DEPTH = 2
NOBODY = "0x" + "0" * 63 + "7"
_amounts = count(1)


@pytest.fixture
def admins():
    return [User.objects.create_user(f"admin-{n}", is_staff=True) for n in range(2)]


@pytest.fixture
def take_back(chain):
    """The block of an event, deep enough, becomes one with these txs: others, then its own."""

    def reorg(event, *others, is_mined_again=True):
        event.refresh_from_db()
        raw = chain.call("eth_getRawTransactionByHash", event.tx_hash)
        txs = [*others, raw] if is_mined_again else others
        depth = client.head() - event.block_number + 1
        assert depth > DEPTH
        chain.call("anvil_reorg", depth, [[one, 0] for one in txs])
        chain.mine(1)  # nobody takes a shorter chain for another one
        for _ in range(2):
            jobs.scan_deposits()

    return reorg


def token_call(function, *arguments):
    token = client.web3().eth.contract(abi=artefacts.load("TestToken").abi)
    return bytes.fromhex(token.encode_abi(function, args=arguments)[2:])


def mint():
    """A tx of somebody else's that leaves a log: those behind it have other places in the block."""
    wallet, token = Wallet(4).address, Network.objects.get().token_address
    data = "0x" + token_call("mint", wallet, next(_amounts)).hex()
    return {"from": wallet, "to": token, "data": data}


def settled(chain, name="Deposited"):
    """The events of this name, all of them deep enough by now, and in the book."""
    chain.mine(DEPTH)
    jobs.scan_deposits()
    found = ChainEvent.objects.filter(name=name).order_by("log_index")
    assert all(one.settled_at for one in found)
    return list(found)


def funds(purse_id):
    return escrow.balances(purse_id).get("FUNDS", 0)


def reported_units():
    return solvency.reported_units(ScannedBlock.objects.latest("number").number)


def test_a_deposit_that_is_mined_again_behind_another_tx_is_money_once(chain, take_back):
    purse_id = house.deposited(700)
    (before,) = settled(chain)

    take_back(before, mint())

    (moved,) = ChainEvent.objects.filter(name="Deposited")
    assert moved.log_index > before.log_index
    assert (moved.pk, moved.settled_at, moved.lost_at) == (before.pk, before.settled_at, None)
    assert funds(purse_id) == vault.token_balance() == reported_units() == 700
    assert [one.state for one in deposits.looked_at([moved])] == ["CREDITED"]
    report = jobs.prove()
    assert (report.problems, report.figures["unknown_deposits"]) == ([], 0)


def test_payouts_wait_until_a_person_has_looked(chain, take_back):
    house.deposited(700)
    (before,) = settled(chain)

    take_back(before, mint())

    assert "took back 1 events" in Network.objects.get().paused_for
    pauses.resume()
    jobs.scan_deposits()
    assert not pauses.is_paused()


@pytest.mark.broken_book
def test_a_deposit_in_the_place_of_one_that_was_taken_back_is_money(chain, roads, take_back):
    """What several endpoints tell of its block is held against what is told, not what was lost."""
    other, purse_id = Wallet(6), house.project()
    other.mint(900)
    approve, deposit = permits.calls(purse_id, 900)
    chain.send(approve, sender=6)
    house.pay_in(purse_id, 700)
    (lost,) = settled(chain)
    fields = {"from": other.address, "to": deposit["to"], "data": deposit["data"]}
    take_back(lost, {**fields, "gas": hex(200_000)}, is_mined_again=False)
    chain.mine(DEPTH)
    jobs.scan_deposits()

    assert ChainEvent.objects.told().get().block_number == lost.block_number
    assert funds(purse_id) == 1_600


def test_a_reorg_of_what_is_no_money_yet_pauses_nothing(chain, mine):
    house.deposited(700)
    jobs.scan_deposits()

    chain.call("anvil_reorg", 1, [])
    mine()
    jobs.scan_deposits()

    assert not pauses.is_paused()


def contract_of(calls):
    """The code that makes each of these calls while a contract is made of it."""
    head, at = b"", 44 * len(calls) + 1
    for to, data in calls:
        length = len(data).to_bytes(2, "big")
        head += b"\x61" + length + b"\x61" + at.to_bytes(2, "big") + b"\x60\0\x39"  # into memory
        head += b"\x60\0\x60\0\x61" + length + b"\x60\0\x60\0\x73" + bytes.fromhex(to[2:])
        head += b"\x5a\xf1\x50"  # called with all gas
        at += len(data)
    return head + b"\0" + b"".join(data for _, data in calls)


def deposit_twice(chain, purse_id, units):
    """One tx with two deposits: as from a wallet that is a contract."""
    network, sender = Network.objects.get(), Wallet(5).address
    parts = [bytes.fromhex(sender[2:]), client.nonce(sender) + 1]  # the mint comes first
    made = "0x" + keccak(rlp.encode(parts))[-20:].hex()
    mint_data = "0x" + token_call("mint", to_checksum_address(made), 2 * units).hex()
    chain.call(
        "eth_sendTransaction", {"from": sender, "to": network.token_address, "data": mint_data}
    )
    deposit = vault.encode("deposit", bytes.fromhex(purses.onchain(purse_id)[2:]), units)
    code = contract_of(
        [
            (network.token_address, token_call("approve", network.vault_address, 2 * units)),
            (network.vault_address, deposit),
            (network.vault_address, deposit),
        ]
    )
    chain.call(
        "eth_sendTransaction", {"from": sender, "data": "0x" + code.hex(), "gas": hex(10**6)}
    )


def test_two_deposits_of_one_tx_are_two_wherever_they_lie(chain, take_back):
    purse_id = house.project()
    deposit_twice(chain, purse_id, 700)
    before = settled(chain)
    assert (len(before), len({one.tx_hash for one in before}), funds(purse_id)) == (2, 1, 1_400)

    for others in ([mint()], [mint(), mint()], []):
        take_back(before[0], *others)

    after = ChainEvent.objects.filter(name="Deposited").order_by("log_index")
    assert [one.pk for one in after] == [one.pk for one in before]
    assert funds(purse_id) == vault.token_balance() == reported_units() == 1_400


@pytest.mark.broken_book
def test_a_deposit_that_never_comes_again_is_told_until_two_admins_took_it_out(
    chain, take_back, admins
):
    purse_id = house.deposited(70_000)
    (lost,) = settled(chain)
    take_back(lost, is_mined_again=False)
    stray = Wallet(3)
    stray.mint(90_000)
    stray.deposit(NOBODY, 90_000)  # what is somebody else's does not hide it
    chain.mine(DEPTH)
    jobs.scan_deposits()

    said = f"A deposit of 0.07 is in the book, and the chain has taken it back: {lost.tx_hash}."
    assert jobs.prove().problems == [said]
    assert (funds(purse_id), reported_units()) == (70_000, 90_000)
    assert [one.state for one in escrow.deposits(purse_id)] == ["TAKEN_BACK"]

    move = corrections.Move(
        source=Account.objects.get(purse=purse_id, kind="FUNDS"),
        target=Account.objects.get(purse=purse_id, kind="WORLD"),
        amount_units=70_000,
        reason="The chain took it back.",
    )
    corrections.approve(corrections.propose(move, admin=admins[0]).pk, admin=admins[1])
    assert jobs.prove().problems == []


@pytest.mark.broken_book
def test_a_tx_that_is_told_otherwise_is_for_a_person_to_look_at(chain, take_back, admins):
    """Which of both is money nobody knows: no second deposit, and no refund either."""
    purse_id = house.deposited(700)
    (before,) = settled(chain)
    ChainEvent.objects.update(payload={**before.payload, "sender": NOBODY})

    take_back(before, mint())

    assert funds(purse_id) == 700
    assert deposits.unknown() == (1, 700)
    with pytest.raises(NothingMoves, match="took back a deposit of this tx"):
        corrections.propose_refund(deposits.strays().get().pk, reason="No.", admin=admins[0])
    assert "the chain has taken it back" in jobs.prove().problems[0]


def test_what_went_back_to_its_sender_goes_back_once(chain, take_back, admins):
    wallet = Wallet(2)
    wallet.mint(900)
    wallet.deposit(NOBODY, 900)
    (stray,) = settled(chain)
    made = corrections.propose_refund(stray.pk, reason="A mistake.", admin=admins[0])

    take_back(stray, mint())

    assert deposits.unknown() == (1, 900)
    assert corrections.propose_refund(stray.pk, reason="Again.", admin=admins[0]) == made
    corrections.approve(made.pk, admin=admins[1])
    take_back(stray, mint(), mint())
    assert deposits.unknown() == (0, 0)
    assert Payout.objects.get().amount_units == 900


@pytest.mark.broken_book
def test_what_the_chain_has_taken_back_is_not_sent_back(chain, take_back, admins):
    wallet = Wallet(2)
    wallet.mint(900)
    wallet.deposit(NOBODY, 900)
    (stray,) = settled(chain)
    made = corrections.propose_refund(stray.pk, reason="A mistake.", admin=admins[0])

    take_back(stray, is_mined_again=False)

    assert deposits.unknown() == (0, 0)
    with pytest.raises(NothingMoves, match="took back a deposit"):
        corrections.approve(made.pk, admin=admins[1])
    assert not Payout.objects.exists()


def test_an_exit_that_is_mined_again_is_taken_out_of_the_book_once(proof, earned, chain, take_back):
    house.earn(TWO, 300_000, purse_id=earned)
    assert exit_with(proof)
    (before,) = settled(chain, "Exited")
    assert house.balance(TWO, "EARNED") == 300_000

    take_back(before, mint())

    (moved,) = ChainEvent.objects.filter(name="Exited")
    assert moved.log_index > before.log_index
    assert house.balance(TWO, "EARNED") == 300_000
    assert jobs.prove().ok
