"""The key that pays: from a keystore file, or the local chain's own."""

import json

import pytest
from eth_account import Account

from payments.chain import signer
from payments.chain.errors import NoKey

KEY = "0x" + "11" * 32
SEPOLIA = 11155111


@pytest.fixture
def keystore(tmp_path, settings):
    path = tmp_path / "payer.json"
    path.write_text(json.dumps(Account.encrypt(KEY, "open", kdf="pbkdf2", iterations=2)))
    settings.PAYER_KEYSTORE, settings.PAYER_KEYSTORE_PASSWORD = str(path), "open"
    return path


@pytest.mark.parametrize("chain_id", [SEPOLIA, signer.LOCAL_CHAIN])
def test_the_keystore_is_opened_with_its_password(keystore, chain_id):
    assert signer.payer(chain_id).address == Account.from_key(KEY).address


def test_a_wrong_password_says_nothing_about_the_key(keystore, settings):
    settings.PAYER_KEYSTORE_PASSWORD = "closed"

    with pytest.raises(NoKey) as caught:
        signer.payer(SEPOLIA)

    assert str(caught.value) == "The keystore file cannot be opened: ValueError."


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 3}'])
def test_a_file_that_is_no_keystore(keystore, text):
    keystore.write_text(text)

    with pytest.raises(NoKey):
        signer.payer(SEPOLIA)


def test_the_well_known_key_is_for_the_local_chain_alone():
    assert signer.payer(31337).address == "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    with pytest.raises(NoKey):
        signer.payer(SEPOLIA)
