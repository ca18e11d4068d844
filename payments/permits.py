"""Permits (EIP-2612): the signed approval with which one call puts money into a purse.

Nothing here asks a node: how many permits an address has used is told by whoever signs.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from payments.models import Network

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


def are_taken() -> bool:
    """True if the token is known to take permits."""
    return bool(settings.CHAIN_TOKEN_NAME)


def typed_data(network: Network, terms: Terms) -> dict[str, Any]:
    """What a wallet signs (`eth_signTypedData_v4`)."""
    return {
        "types": {"EIP712Domain": DOMAIN, "Permit": PERMIT},
        "primaryType": "Permit",
        "domain": {
            "name": settings.CHAIN_TOKEN_NAME,
            "version": settings.CHAIN_TOKEN_VERSION,
            "chainId": network.chain_id,
            "verifyingContract": network.token_address,
        },
        "message": {
            "owner": terms.owner,
            "spender": network.vault_address,
            "value": terms.units,
            "nonce": terms.nonce,
            "deadline": terms.deadline,
        },
    }


def domain_separator(network: Network) -> bytes:
    """The hash that the token must say its permits are signed for."""
    nobody = Terms(owner="0x" + "0" * 40, units=0, nonce=0, deadline=0)
    return bytes(encode_typed_data(full_message=typed_data(network, nobody)).header)


def nonces_call(owner: str) -> str:
    """The calldata that asks the token how many permits this address has used."""
    return "0x" + keccak(text="nonces(address)")[:4].hex() + owner[2:].lower().rjust(64, "0")
