"""Addresses of wallets: shape and checksum, and which are no payee."""

import re

from eth_utils import is_checksum_address, to_checksum_address

from payments.errors import MalformedAddress
from payments.models import Network

SHAPE = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
ZERO = "0x" + "0" * 40


def parse(text: object) -> str:
    """The address with its checksum (EIP-55); raises MalformedAddress.

    Mixed case has to carry the right checksum. Neither the zero address nor a contract of ours
    can be paid.
    """
    if not isinstance(text, str) or not SHAPE.fullmatch(text):
        raise MalformedAddress("An address is 0x and 40 hexadecimal digits.")
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(text):
        raise MalformedAddress("The checksum of this address is wrong: a digit was mistyped.")
    if int(text, 16) == 0:
        raise MalformedAddress("The zero address belongs to nobody.")
    address = str(to_checksum_address(text))
    network = Network.objects.first()
    if network and address in (network.vault_address, network.token_address):
        raise MalformedAddress("This is a contract of ours, not a wallet.")
    return address
