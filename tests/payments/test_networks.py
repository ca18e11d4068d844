"""The presets: whole, and each its own."""

from urllib.parse import urlsplit

import pytest
from eth_utils import is_checksum_address

from payments import networks
from payments.chain import endpoints

PRESETS = list(networks.PRESETS.values())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_whole(preset):
    assert networks.named(preset.name) is preset
    assert preset.finality in (networks.DEPTH, networks.FINALIZED)
    assert preset.confirmations >= 1
    assert not preset.token_address or is_checksum_address(preset.token_address)
    assert preset.token_name
    assert all(url.startswith("https://") for url in preset.endpoints)
    if not preset.is_local:
        assert len(preset.endpoints) >= 2
        assert preset.tx_url == f"{preset.explorer}/tx/{{hash}}"
        assert preset.address_url.format(address="0x1") == f"{preset.explorer}/address/0x1"
        assert preset.wallet_hold_seconds == 48 * 3600


@pytest.mark.parametrize("name", ["sepolia", "base-sepolia"])
def test_with_a_presets_endpoints_one_may_be_away(name):
    found = networks.named(name).endpoints

    assert len({urlsplit(one).hostname for one in found}) == len(found)
    assert endpoints.voices(len(found)) < len(found)


def test_no_two_are_the_same_chain():
    assert len({preset.chain_id for preset in PRESETS}) == len(PRESETS) == 4


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(ValueError, match="one of local, sepolia, base-sepolia, aurora-testnet"):
        networks.named("mainnet")
