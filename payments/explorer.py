"""Where a person can look at the chain."""

from django.conf import settings


def tx_url(tx_hash: str | None) -> str | None:
    """The address of a chain tx in the network's explorer; None without a hash or an explorer."""
    if not tx_hash or not settings.CHAIN_EXPLORER_TX_URL:
        return None
    return str(settings.CHAIN_EXPLORER_TX_URL).format(hash=tx_hash)


def block_url(block_hash: str | None) -> str | None:
    """The address of a block in the network's explorer; None without one."""
    if not block_hash or not settings.CHAIN_EXPLORER_BLOCK_URL:
        return None
    return str(settings.CHAIN_EXPLORER_BLOCK_URL).format(hash=block_hash)


def address_url(address: str | None) -> str | None:
    """The address of a wallet or contract in the network's explorer; None without one."""
    if not address or not settings.CHAIN_EXPLORER_ADDRESS_URL:
        return None
    return str(settings.CHAIN_EXPLORER_ADDRESS_URL).format(address=address)
