"""What a vault and its token say of themselves, for whoever looks before money is sent.

It is what all endpoints say that answer. Where they differ that is a Disagreement, and no fact.
"""

from typing import Any

from eth_utils import keccak
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import ContractLogicError

from payments.chain import answers, client, endpoints
from payments.chain.errors import Refused
from payments.contracts import artefacts

IMMUTABLES_BYTES = 64  # of the vault, behind its code: token and exit delay
WORD_BYTES = 32
SECONDS_MOST = 2**32
OWNER, EXIT_DELAY, DOMAIN = "owner()", "exit_delay()", "DOMAIN_SEPARATOR()"


def owner(vault_address: str) -> str:
    """Who may change the payer and the cap. Raises ChainError."""
    return str(Web3.to_checksum_address(_word(vault_address, OWNER)[-20:]))


def exit_delay_seconds(vault_address: str) -> int:
    """Of silence, after which everybody may take out what they are owed. Raises ChainError."""
    found = int.from_bytes(_word(vault_address, EXIT_DELAY), "big")
    return answers.number(found, most=SECONDS_MOST)


def is_our_vault(vault_address: str) -> bool:
    """True if the code there is the committed contract's, byte for byte. Raises ChainError."""
    ours, theirs = HexBytes(artefacts.load("Vault").runtime), client.agreed_code(vault_address)
    return len(theirs) == len(ours) + IMMUTABLES_BYTES and theirs.startswith(ours)


def permit_domain(token_address: str) -> bytes | None:
    """What permits of this token are signed for (EIP-712); None of a token that takes none.

    Raises ChainError when too few can be asked.
    """
    client.head()
    try:
        return _word(token_address, DOMAIN)
    except Refused:  # nodes that answer, and a token that does not know the question
        return None


def _word(address: str, function: str) -> bytes:
    """Raises Refused if all who answer say that there is none."""
    call: Any = {
        "to": Web3.to_checksum_address(address),
        "data": HexBytes(keccak(text=function)[:4]),
    }

    def asked(one: Web3) -> bytes:
        try:
            found = bytes(one.eth.call(call))
        except ContractLogicError:
            return b""
        return found if len(found) == WORD_BYTES else b""

    found = endpoints.alike(endpoints.told(asked), f"what {address} answers {function}")
    if not found:
        raise Refused(f"{address} does not answer {function}.")
    return found
