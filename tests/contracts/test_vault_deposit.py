"""Deposits: what arrived is credited to the purse that was named, and nothing else is."""

import pytest

from tests.contracts import ground as g
from tests.contracts.conftest import HELD

PURSE = b"\x07" * 32


def test_a_deposit_names_its_purse(ground, token, vault):
    ground.send(token.functions.mint(ground.requester, 700), ground.owner)
    ground.send(token.functions.approve(vault.address, 700), ground.requester)

    receipt = ground.send(vault.functions.deposit(PURSE, 600), ground.requester)

    (event,) = vault.events.Deposited().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"] == {"purse": PURSE, "sender": ground.requester, "amount": 600}
    assert token.functions.balanceOf(vault.address).call() == HELD + 600
    assert token.functions.balanceOf(ground.requester).call() == 100


def test_without_approval_nothing_moves(ground, token, vault):
    ground.send(token.functions.mint(ground.requester, 700), ground.owner)

    ground.refuse(vault.functions.deposit(PURSE, 600), ground.requester)

    assert token.functions.balanceOf(ground.requester).call() == 700


def test_a_deposit_of_nothing_is_refused(ground, vault):
    reason = ground.refuse(vault.functions.deposit(PURSE, 0), ground.requester)

    assert reason == "vault: nothing arrived"


@pytest.mark.parametrize(
    ("mood", "credited"),
    [(g.HONEST, 500), (g.SILENT, 500), (g.KEEPS_A_TENTH, 450), (g.FLOODS, 500)],
)
def test_what_counts_is_what_arrived(ground, moody, moody_vault, mood, credited):
    ground.send(moody.functions.mint(ground.requester, 500), ground.owner)
    ground.send(moody.functions.set_mood(ground.requester, mood), ground.owner)

    receipt = ground.send(moody_vault.functions.deposit(PURSE, 500), ground.requester)

    (event,) = moody_vault.events.Deposited().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"]["amount"] == credited
    assert moody.functions.balanceOf(moody_vault.address).call() == HELD + credited


@pytest.mark.parametrize("mood", [g.SAYS_NO, g.REVERTS, g.LIES, g.BURNS_GAS, g.SAYS_TWO])
def test_what_did_not_arrive_is_not_credited(ground, moody, moody_vault, mood):
    ground.send(moody.functions.mint(ground.requester, 500), ground.owner)
    ground.send(moody.functions.set_mood(ground.requester, mood), ground.owner)

    ground.refuse(moody_vault.functions.deposit(PURSE, 500), ground.requester)

    assert moody.functions.balanceOf(ground.requester).call() == 500


NO_PERMIT = (2**256 - 1, 27, b"\0" * 32, b"\0" * 32)


@pytest.mark.parametrize("is_outer_with_permit", [False, True])
@pytest.mark.parametrize("is_inner_with_permit", [False, True])
def test_a_deposit_inside_a_deposit_is_refused(
    ground, moody, moody_vault, is_outer_with_permit, is_inner_with_permit
):
    """Else the inner one would be credited twice: in its own right, and as the outer's rise."""

    def call(units, is_with_permit):
        if is_with_permit:
            return moody_vault.functions.deposit_with_permit(PURSE, units, *NO_PERMIT)
        return moody_vault.functions.deposit(PURSE, units)

    inner = call(100, is_inner_with_permit)._encode_transaction_data()
    ground.send(moody.functions.mint(moody.address, 100), ground.owner)
    ground.send(moody.functions.mint(ground.requester, 500), ground.owner)
    ground.send(moody.functions.set_call(moody_vault.address, inner), ground.owner)
    ground.send(moody.functions.set_mood(ground.requester, g.CALLS_BACK), ground.owner)

    ground.refuse(call(500, is_outer_with_permit), ground.requester)

    assert moody.functions.balanceOf(moody_vault.address).call() == HELD


def test_the_vault_takes_no_other_coin(ground, vault):
    web3 = ground.web3
    tx = web3.eth.send_transaction(
        {"from": ground.owner, "to": vault.address, "value": 1, "gas": 100_000}
    )

    assert web3.eth.wait_for_transaction_receipt(tx, poll_latency=0.01)["status"] == 0
    assert web3.eth.get_balance(vault.address) == 0


def test_a_vault_needs_a_token(ground):
    with pytest.raises(Exception, match="vault: no token"):
        ground.deploy("Vault", ground.stranger, ground.payer, 1, 1)


def test_a_vault_needs_a_payer(ground, token):
    with pytest.raises(Exception, match="vault: no payer"):
        ground.deploy("Vault", token.address, g.NOBODY, 1, 1)
