"""A deposit in one step, with a signed approval (EIP-2612)."""

import pytest
from eth_account.messages import encode_typed_data

from payments.chain import signer
from tests.contracts import ground as g
from tests.contracts.conftest import HELD

REQUESTER = 3  # the local chain's account of this number is the requester
PURSE = b"\x07" * 32
FOREVER = 2**256 - 1


def permit(ground, token, vault, *, units, deadline=FOREVER, nonce=0):
    """The signature of the requester's approval: v, r, s. From the EIP, not from the contract."""
    names = ["name", "version", "chainId", "verifyingContract"]
    kinds = ["string", "string", "uint256", "address"]
    signed = signer.dev_account(REQUESTER).sign_message(
        encode_typed_data(
            full_message={
                "types": {
                    "EIP712Domain": [
                        {"name": name, "type": kind}
                        for name, kind in zip(names, kinds, strict=True)
                    ],
                    "Permit": [
                        {"name": "owner", "type": "address"},
                        {"name": "spender", "type": "address"},
                        {"name": "value", "type": "uint256"},
                        {"name": "nonce", "type": "uint256"},
                        {"name": "deadline", "type": "uint256"},
                    ],
                },
                "primaryType": "Permit",
                "domain": {
                    "name": "Test Dollar",
                    "version": "1",
                    "chainId": ground.web3.eth.chain_id,
                    "verifyingContract": token.address,
                },
                "message": {
                    "owner": ground.requester,
                    "spender": vault.address,
                    "value": units,
                    "nonce": nonce,
                    "deadline": deadline,
                },
            }
        )
    )
    return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")


@pytest.fixture
def rich(ground, token):
    ground.send(token.functions.mint(ground.requester, 700), ground.owner)
    return ground.requester


def test_a_deposit_in_one_step(ground, token, vault, rich):
    signature = permit(ground, token, vault, units=600)

    call = vault.functions.deposit_with_permit(PURSE, 600, FOREVER, *signature)
    receipt = ground.send(call, rich)

    (event,) = vault.events.Deposited().process_receipt(receipt, errors=g.DISCARD)
    assert event["args"] == {"purse": PURSE, "sender": rich, "amount": 600}
    assert token.functions.balanceOf(vault.address).call() == HELD + 600
    assert token.functions.allowance(rich, vault.address).call() == 0
    assert token.functions.nonces(rich).call() == 1


def test_who_uses_the_permit_first_stops_nothing(ground, token, vault, rich):
    signature = permit(ground, token, vault, units=600)
    early = token.functions.permit(rich, vault.address, 600, FOREVER, *signature)
    ground.send(early, ground.stranger)

    call = vault.functions.deposit_with_permit(PURSE, 600, FOREVER, *signature)
    ground.send(call, rich)

    assert token.functions.balanceOf(vault.address).call() == HELD + 600


def test_nobody_deposits_with_the_permit_of_another(ground, token, vault, rich):
    signature = permit(ground, token, vault, units=600)

    call = vault.functions.deposit_with_permit(PURSE, 600, FOREVER, *signature)
    ground.refuse(call, ground.stranger)

    assert token.functions.balanceOf(vault.address).call() == HELD
    assert token.functions.balanceOf(rich).call() == 700


def test_a_permit_that_is_too_old_wrong_or_used_approves_nothing(ground, token, vault, rich):
    old = permit(ground, token, vault, units=600, deadline=1)
    other = permit(ground, token, vault, units=500)
    used = permit(ground, token, vault, units=600, nonce=7)

    for units, deadline, signature in ((600, 1, old), (600, FOREVER, other), (600, FOREVER, used)):
        direct = token.functions.permit(rich, vault.address, units, deadline, *signature)
        assert ground.refuse(direct, rich) in ("token: permit too old", "token: not signed")
        call = vault.functions.deposit_with_permit(PURSE, units, deadline, *signature)
        ground.refuse(call, rich)

    assert token.functions.balanceOf(rich).call() == 700


def test_without_a_permit_an_approval_serves(ground, moody, moody_vault):
    """A token that knows no permits at all: the call to it fails, the transfer goes well."""
    ground.send(moody.functions.mint(ground.requester, 50), ground.owner)

    call = moody_vault.functions.deposit_with_permit(PURSE, 50, FOREVER, 27, b"\0" * 32, b"\0" * 32)
    ground.send(call, ground.requester)

    assert moody.functions.balanceOf(moody_vault.address).call() == HELD + 50
