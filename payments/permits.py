"""Deposits ready to be signed: a wallet's two calls, or a permit (EIP-2612) and one call.

Nothing here asks a node: how many permits an address has used is told by whoever signs.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from eth_abi import encode
from eth_account import Account as Key
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from payments import purses
from payments.errors import NoPermits, NotSigned, NoVaultYet
from payments.models import Network

Call = dict[str, str]  # to whom, and the bytes: what `eth_sendTransaction` takes

DOMAIN = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]
PERMIT = [
    {"name": "owner", "type": "address"},
    {"name": "spender", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "nonce", "type": "uint256"},
    {"name": "deadline", "type": "uint256"},
]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Who lets the vault take how much, until when (seconds since 1970)."""

    owner: str
    units: int
    nonce: int
    deadline: int


def network() -> Network:
    """The chain of this deployment; raises NoVaultYet."""
    found = Network.objects.first()
    if found is None:
        raise NoVaultYet()
    return found


def calls(purse_id: UUID, units: int) -> list[Call]:
    """What a wallet calls, one after the other: approve, then deposit. Raises NoVaultYet."""
    there, name = network(), bytes.fromhex(purses.onchain(purse_id)[2:])
    approve = _data("approve(address,uint256)", there.vault_address, units)
    deposit = _data("deposit(bytes32,uint256)", name, units)
    return [
        {"to": there.token_address, "data": approve},
        {"to": there.vault_address, "data": deposit},
    ]


def typed_data(there: Network, terms: Terms) -> dict[str, Any]:
    """What a wallet signs instead (`eth_signTypedData_v4`); raises NoPermits."""
    if not settings.CHAIN_TOKEN_NAME:
        raise NoPermits()
    return {
        "types": {"EIP712Domain": DOMAIN, "Permit": PERMIT},
        "primaryType": "Permit",
        "domain": {
            "name": settings.CHAIN_TOKEN_NAME,
            "version": settings.CHAIN_TOKEN_VERSION,
            "chainId": there.chain_id,
            "verifyingContract": there.token_address,
        },
        "message": {
            "owner": terms.owner,
            "spender": there.vault_address,
            "value": terms.units,
            "nonce": terms.nonce,
            "deadline": terms.deadline,
        },
    }


def signed_call(purse_id: UUID, terms: Terms, *, signature: str) -> Call:
    """The one call, with the permit in it: its owner sends it. Raises NotSigned, NoVaultYet."""
    there = network()
    _check(typed_data(there, terms), signature, owner=terms.owner)
    raw = bytes.fromhex(signature.removeprefix("0x"))
    v, r, s = raw[64] if raw[64] >= 27 else raw[64] + 27, raw[:32], raw[32:64]
    function = "deposit_with_permit(bytes32,uint256,uint256,uint8,bytes32,bytes32)"
    name = bytes.fromhex(purses.onchain(purse_id)[2:])
    data = _data(function, name, terms.units, terms.deadline, v, r, s)
    return {"to": there.vault_address, "data": data}


def _check(message: dict[str, Any], signature: str, *, owner: str) -> None:
    try:
        signer = Key.recover_message(encode_typed_data(full_message=message), signature=signature)
    except Exception as error:  # the library has no one type for what is no signature
        raise NotSigned("This is no signature.") from error
    if signer != owner:
        raise NotSigned(
            "This was signed by %(signer)s, or it is not what was asked for.", signer=signer
        )


def nonces_call(there: Network, owner: str) -> Call:
    """What asks the token how many permits this address has used (`eth_call`)."""
    return {"to": there.token_address, "data": _data("nonces(address)", owner)}


def domain_separator(there: Network) -> bytes:
    """The hash that the token must say its permits are signed for; raises NoPermits."""
    nobody = Terms(owner="0x" + "0" * 40, units=0, nonce=0, deadline=0)
    return bytes(encode_typed_data(full_message=typed_data(there, nobody)).header)


def _data(function: str, *arguments: Any) -> str:
    kinds = function[function.index("(") + 1 : -1].split(",")
    return "0x" + (keccak(text=function)[:4] + encode(kinds, arguments)).hex()
