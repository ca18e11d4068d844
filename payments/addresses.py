"""Addresses of wallets: shape and checksum, and which are no payee."""

import re
from collections.abc import Iterable

from django.db.transaction import atomic
from eth_utils import is_checksum_address, to_checksum_address

from payments.errors import BlockedWallet, MalformedAddress
from payments.models import BlockedAddress, Network, Payout
from payments.recalls import recall

SHAPE = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
BYTE_ORDER_MARK = "\ufeff"  # how Windows begins a file
ZERO = "0x" + "0" * 40


def parse(text: object) -> str:
    """The address with its checksum (EIP-55); raises MalformedAddress, BlockedWallet.

    Mixed case has to carry the right checksum. Neither the zero address nor a contract of ours
    can be paid.
    """
    if not isinstance(text, str) or not SHAPE.fullmatch(text):
        raise MalformedAddress(
            "An address starts with 0x and has 40 digits after it, from 0 to 9 and a to f."
        )
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(text):
        raise MalformedAddress("A digit of this wallet address was mistyped.")
    if int(text, 16) == 0:
        raise MalformedAddress("The zero address belongs to nobody.")
    address = str(to_checksum_address(text))
    network = Network.objects.first()
    if network and address in (network.vault_address, network.token_address):
        raise MalformedAddress("This is a contract of ours, not a wallet.")
    if BlockedAddress.objects.filter(pk=address).exists():
        raise BlockedWallet(address=address)
    return address


def load_blocked(lines: Iterable[str], *, source: str) -> int:
    """How many addresses of a list (one a line, `#` begins a comment) are blocked that were not.

    Payouts to them that no batch has taken up come back. Raises MalformedAddress.
    """
    words = (line.split("#")[0].removeprefix(BYTE_ORDER_MARK).strip() for line in lines)
    found = {str(to_checksum_address(_shaped(word))) for word in words if word}
    known = set(BlockedAddress.objects.filter(pk__in=found).values_list("pk", flat=True))
    fresh = sorted(found - known)
    with atomic():
        rows = [BlockedAddress(address=one, source=source[:200]) for one in fresh]
        BlockedAddress.objects.bulk_create(rows, ignore_conflicts=True)
        recall(Payout.objects.filter(address__in=found), reason=BlockedWallet.message)
    return len(fresh)


def recall_blocked() -> int:
    """How many payouts came back that were asked for while their wallet was being blocked.

    In a transaction.
    """
    blocked = BlockedAddress.objects.values("pk")
    return recall(Payout.objects.filter(address__in=blocked), reason=BlockedWallet.message)


def _shaped(text: str) -> str:
    if not SHAPE.fullmatch(text):
        raise MalformedAddress("This is no address: %(text)s", text=text[:60])
    return text
