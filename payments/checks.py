"""System checks: settings under which money could not move refuse to start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

VAULT_PAYEES = 500  # as many as the vault takes in one batch


def check_settings(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """An Error for each setting that the vault or the book would choke on."""
    found: list[CheckMessage] = []
    if not 1 <= settings.STIPEND_BATCH_PAYEES <= VAULT_PAYEES:
        found.append(
            Error(
                f"STIPEND_BATCH_PAYEES is {settings.STIPEND_BATCH_PAYEES}.",
                hint=f"The vault pays 1 to {VAULT_PAYEES} payees in one batch.",
                id="payments.E001",
            )
        )
    if settings.CHAIN_CONFIRMATIONS < 1:
        found.append(
            Error(
                f"CHAIN_CONFIRMATIONS is {settings.CHAIN_CONFIRMATIONS}.",
                hint="A block without another one on top may vanish: 1 is the least.",
                id="payments.E002",
            )
        )
    if settings.CHAIN_EXPLORER_TX_URL and "{hash}" not in settings.CHAIN_EXPLORER_TX_URL:
        found.append(
            Error(
                "CHAIN_EXPLORER_TX_URL does not say where the hash goes.",
                hint="Write {hash} where the tx hash belongs, such as https://…/tx/{hash}.",
                id="payments.E003",
            )
        )
    return found
