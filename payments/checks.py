"""System checks: settings under which money could not move refuse to start."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from payments import networks

VAULT_PAYEES = 500  # as many as the vault takes in one batch
DAY_SECONDS = 86_400
LOOPBACK = {"127.0.0.1", "localhost", "::1", "chain"}  # the last one is the container of the chain


def check_settings(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """An Error for each setting that the vault or the book would choke on, a Warning for what
    is not wise where money is worth something."""
    return [*_vault(), *_chain(), *_explorer(), *_limits(), *_public()]


def _vault() -> Iterator[CheckMessage]:
    if not 1 <= settings.STIPEND_BATCH_PAYEES <= VAULT_PAYEES:
        yield Error(
            f"STIPEND_BATCH_PAYEES is {settings.STIPEND_BATCH_PAYEES}.",
            hint=f"The vault pays 1 to {VAULT_PAYEES} payees in one batch.",
            id="payments.E001",
        )


def _chain() -> Iterator[CheckMessage]:
    if settings.CHAIN_CONFIRMATIONS < 1:
        yield Error(
            f"CHAIN_CONFIRMATIONS is {settings.CHAIN_CONFIRMATIONS}.",
            hint="A block without another one on top may vanish: 1 is the least.",
            id="payments.E002",
        )
    rules = (networks.DEPTH, networks.FINALIZED)
    if settings.CHAIN_FINALITY not in rules:
        yield Error(
            f"CHAIN_FINALITY is {settings.CHAIN_FINALITY!r}.",
            hint=f"It is one of {', '.join(rules)}.",
            id="payments.E004",
        )
    endpoints = [url.strip() for url in settings.CHAIN_RPC_URL.split(",")]
    if not all(urlsplit(url).scheme in ("http", "https") for url in endpoints):
        yield Error(
            "CHAIN_RPC_URL names an endpoint that is no http or https address.",
            hint="Write one address, or several with commas between them.",
            id="payments.E005",
        )
    if not 0 <= settings.CHAIN_VOICES <= len(set(endpoints)):
        yield Error(
            f"CHAIN_VOICES is {settings.CHAIN_VOICES}, of {len(set(endpoints))} endpoint(s).",
            hint="0 is more than half of them; more than there are can never answer.",
            id="payments.E011",
        )
    if len(set(endpoints)) < len(endpoints):
        yield Warning(
            "CHAIN_RPC_URL names an endpoint twice.",
            hint="Only different endpoints can find out that one of them lies.",
            id="payments.W001",
        )


def _explorer() -> Iterator[CheckMessage]:
    for name, place, number in (
        ("CHAIN_EXPLORER_TX_URL", "{hash}", "E003"),
        ("CHAIN_EXPLORER_BLOCK_URL", "{hash}", "E010"),
        ("CHAIN_EXPLORER_ADDRESS_URL", "{address}", "E006"),
    ):
        url = getattr(settings, name)
        if url and place not in url:
            yield Error(
                f"{name} does not say where the {place[1:-1]} goes.",
                hint=f"Write {place} where it belongs, such as https://…/{place}.",
                id=f"payments.{number}",
            )


def _limits() -> Iterator[CheckMessage]:
    if settings.STIPEND_PAYOUT_MINIMUM_UNITS > settings.STIPEND_PAYOUT_DAY_UNITS:
        yield Error(
            "STIPEND_PAYOUT_MINIMUM_UNITS is above STIPEND_PAYOUT_DAY_UNITS.",
            hint="Nobody could take out anything.",
            id="payments.E007",
        )
    if settings.STIPEND_ROOT_SECONDS < 0:
        yield Error(
            f"STIPEND_ROOT_SECONDS is {settings.STIPEND_ROOT_SECONDS}.",
            hint="0 has every change of what is owed put on chain.",
            id="payments.E012",
        )
    if settings.STIPEND_WALLET_HOLD_SECONDS < 0:
        yield Error(
            f"STIPEND_WALLET_HOLD_SECONDS is {settings.STIPEND_WALLET_HOLD_SECONDS}.",
            hint="0 lets a new wallet count at once.",
            id="payments.E008",
        )
    if not 0 <= settings.STIPEND_FEE_BASIS_POINTS <= 10_000:
        yield Error(
            f"STIPEND_FEE_BASIS_POINTS is {settings.STIPEND_FEE_BASIS_POINTS}.",
            hint="From 0 to 10,000, which is the price once more.",
            id="payments.E009",
        )


def _public() -> Iterator[CheckMessage]:
    """What is fine on the local chain, and not wise on any other."""
    if settings.NETWORK.is_local:
        return
    endpoints = [urlsplit(url.strip()) for url in settings.CHAIN_RPC_URL.split(",")]
    if any(one.scheme == "http" and one.hostname not in LOOPBACK for one in endpoints):
        yield Warning(
            "CHAIN_RPC_URL names an endpoint of another machine without TLS.",
            hint="Whoever sits in between tells you what the chain says. Use https.",
            id="payments.W002",
        )
    if len({one.hostname for one in endpoints}) < 2:
        yield Warning(
            "CHAIN_RPC_URL names one endpoint.",
            hint="Name two more of others: they say when the first lies, and one may be away.",
            id="payments.W003",
        )
    if settings.STIPEND_WALLET_HOLD_SECONDS < DAY_SECONDS:
        yield Warning(
            "A changed wallet counts after less than a day.",
            hint="Its owner needs time to read the notice: STIPEND_WALLET_HOLD_SECONDS.",
            id="payments.W004",
        )
