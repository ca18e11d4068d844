"""Settings under which money could not move refuse to start."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from payments import checks, networks
from payments.contracts import artefacts


def ids():
    return [one.id for one in checks.check_settings(None)]


def test_the_settings_as_they_come_are_fine():
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("STIPEND_BATCH_PAYEES", 500, []),
        ("STIPEND_BATCH_PAYEES", 501, ["payments.E001"]),
        ("STIPEND_BATCH_PAYEES", 0, ["payments.E001"]),
        ("CHAIN_CONFIRMATIONS", 1, []),
        ("CHAIN_CONFIRMATIONS", 0, ["payments.E002"]),
        ("CHAIN_EXPLORER_TX_URL", "https://example.org/tx/", ["payments.E003"]),
        ("CHAIN_EXPLORER_TX_URL", "https://example.org/tx/{hash}", []),
        ("CHAIN_EXPLORER_BLOCK_URL", "https://example.org/block/", ["payments.E010"]),
        ("CHAIN_EXPLORER_ADDRESS_URL", "https://example.org/tx/{hash}", ["payments.E006"]),
        ("CHAIN_EXPLORER_ADDRESS_URL", "https://example.org/a/{address}", []),
        ("CHAIN_FINALITY", "finalized", []),
        ("CHAIN_FINALITY", "soon", ["payments.E004"]),
        ("CHAIN_RPC_URL", "ws://127.0.0.1:8545", ["payments.E005"]),
        ("CHAIN_RPC_URL", "", ["payments.E005"]),
        ("CHAIN_RPC_URL", "http://a, http://b", []),
        ("CHAIN_RPC_URL", "http://a, http://a", ["payments.W001"]),
        ("CHAIN_VOICES", 1, []),
        ("CHAIN_VOICES", 2, ["payments.E011"]),  # of one endpoint
        ("CHAIN_VOICES", -1, ["payments.E011"]),
        ("STIPEND_ROOT_SECONDS", -1, ["payments.E012"]),
        ("STIPEND_PAYOUT_DAY_UNITS", 9_999, ["payments.E007"]),
        ("STIPEND_WALLET_HOLD_SECONDS", -1, ["payments.E008"]),
        ("STIPEND_FEE_BASIS_POINTS", 10_001, ["payments.E009"]),
    ],
)
def test_what_the_vault_would_choke_on_is_an_error(settings, name, value, expected):
    setattr(settings, name, value)

    assert ids() == expected


HTTPS = "https://one.example, https://two.example"
TWO_DAYS = 48 * 3600


@pytest.mark.parametrize(
    ("urls", "hold_seconds", "expected"),
    [
        (HTTPS, TWO_DAYS, []),
        ("http://127.0.0.1:8545, https://one.example", TWO_DAYS, []),
        ("http://one.example, https://two.example", TWO_DAYS, ["payments.W002"]),
        ("https://one.example", TWO_DAYS, ["payments.W003"]),
        (HTTPS, 60, ["payments.W004"]),
    ],
)
def test_what_is_not_wise_on_a_public_network_is_a_warning(settings, urls, hold_seconds, expected):
    settings.CHAIN_RPC_URL, settings.STIPEND_WALLET_HOLD_SECONDS = urls, hold_seconds
    assert ids() == []

    settings.NETWORK = networks.named("sepolia")

    assert ids() == expected


def test_every_command_asks(settings):
    settings.STIPEND_BATCH_PAYEES = 501

    with pytest.raises(SystemCheckError, match=r"payments\.E001"):
        call_command("check")


def test_the_limit_is_the_vaults():
    source = (artefacts.FOLDER / "Vault.vy").read_text()

    assert f"MAX_PAYEES: constant(uint256) = {checks.VAULT_PAYEES}\n" in source
