"""Settings under which money could not move refuse to start."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from payments import checks
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
    ],
)
def test_what_the_vault_would_choke_on_is_an_error(settings, name, value, expected):
    setattr(settings, name, value)

    assert ids() == expected


def test_every_command_asks(settings):
    settings.STIPEND_BATCH_PAYEES = 501

    with pytest.raises(SystemCheckError, match=r"payments\.E001"):
        call_command("check")


def test_the_limit_is_the_vaults():
    source = (artefacts.FOLDER / "Vault.vy").read_text()

    assert f"MAX_PAYEES: constant(uint256) = {checks.VAULT_PAYEES}\n" in source
