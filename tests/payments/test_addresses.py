"""Which texts are wallets."""

import pytest

from payments import addresses
from payments.errors import MalformedAddress
from payments.models import Network

pytestmark = pytest.mark.django_db
GOOD = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
VAULT = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"


@pytest.mark.parametrize("text", [GOOD, GOOD.lower(), "0x" + GOOD[2:].upper()])
def test_an_address_gets_its_checksum(text):
    assert addresses.parse(text) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        *("", "0x", GOOD[2:], GOOD[:-1], GOOD + "0", GOOD.replace("F7", "f7"), f" {GOOD}"),
        *("0x" + "0" * 40, "0x" + "g" * 40, "vitalik.eth", None, 5),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(MalformedAddress) as refused:
        addresses.parse(text)

    assert refused.value.code == "malformed_address"


def test_a_contract_of_ours_is_no_wallet():
    Network.objects.create(
        chain_id=31337, name="local", token_address=GOOD, vault_address=VAULT, deployed_block=1
    )

    for text in (GOOD, VAULT, VAULT.lower()):
        with pytest.raises(MalformedAddress):
            addresses.parse(text)
