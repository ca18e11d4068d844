"""`network check`: a line for each thing that must be true, and what it says when one is not."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import JSONField, Value
from eth_utils import keccak

from payments import jobs, networks
from payments.chain import checkup, client, facts, signer, vault
from payments.models import ChainEvent, Network
from tests.payments import house
from tests.payments.chain.test_endpoints import changes, roads

__all__ = ["roads"]
pytestmark = pytest.mark.django_db
SUBJECTS = [
    *(
        "endpoint 1",
        "chain id",
        "same story",
        "voices",
        "clock",
        "payer key",
        "token",
        "permits",
        "vault",
    ),
    *("vault code", "role of the payer", "role of the owner", "exit delay", "vault balance"),
    *("daily cap", "gas money"),
]


def look() -> dict[str, checkup.Finding]:
    return {one.subject: one for one in checkup.findings()}


def bad() -> dict[str, str]:
    return {subject: one.text for subject, one in look().items() if not one.is_good}


def test_a_network_that_is_as_it_must_be(chain):
    said = StringIO()

    call_command("network", "check", stdout=said)

    lines = said.getvalue().splitlines()
    assert [line[:4] for line in lines] == ["ok  "] * len(SUBJECTS)
    assert [line[5:23].strip() for line in lines] == SUBJECTS
    network = Network.objects.get()
    text = said.getvalue()
    assert f"{network.token_address}, 6 decimals" in text
    assert f"{network.vault_address}, version 2" in text
    assert "signed for Test Dollar version 1" in text
    assert "1,000,000.00" not in text
    assert "1000000.00 a day, 0.00 paid today" in text
    assert "30 days of silence" in text
    assert "batches of" in text


def test_what_is_looked_at_is_told_with_its_page_in_the_explorer(chain, settings):
    settings.CHAIN_EXPLORER_ADDRESS_URL = "https://explorer.example/address/{address}"
    said = StringIO()

    call_command("network", "check", stdout=said)

    network, lines = Network.objects.get(), said.getvalue().splitlines()
    for address in (network.vault_address, network.token_address):
        (at,) = (place for place, line in enumerate(lines) if f"    {address}," in line)
        assert lines[at + 1].strip() == f"https://explorer.example/address/{address}"


def test_one_bad_finding_is_exit_code_1(chain, settings):
    settings.CHAIN_TOKEN_NAME = "Other Dollar"

    with pytest.raises(CommandError, match=f"^1 of {len(SUBJECTS)} are not as they must be"):
        call_command("network", "check", stdout=StringIO())


def test_before_there_is_a_vault(settings):
    assert bad() == {"vault": "none yet: run `manage.py deploy_vault`"}


def test_an_endpoint_that_is_away_is_told_without_its_address(chain, settings):
    url = settings.CHAIN_RPC_URL
    settings.CHAIN_RPC_URL = f"{url}, http://127.0.0.1:9/secret-key, {url}/"

    assert bad() == {"endpoint 2": "The node cannot be reached."}


def test_of_two_endpoints_one_that_is_away_keeps_everything_waiting(chain, settings):
    settings.CHAIN_RPC_URL = f"{settings.CHAIN_RPC_URL}, http://127.0.0.1:9/secret-key"

    found = bad()

    assert {"endpoint 2", "same story", "vault code", "vault balance", "daily cap"} <= set(found)
    assert set(found.values()) == {"The node cannot be reached."}


def test_all_endpoints_away(chain, settings):
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"

    found = bad()

    assert set(found) == {*SUBJECTS} - {"same story", "voices"}  # nobody contradicts
    assert set(found.values()) == {"The node cannot be reached."}


def test_another_chain_than_the_networks(chain, settings):
    settings.NETWORK = networks.named("sepolia")

    assert bad()["chain id"] == "31337; Ethereum Sepolia is 11155111"


def test_another_chain_than_the_books(chain):
    Network.objects.update(chain_id=5)

    assert bad()["chain id"] == "31337, and the book was kept on 5"


def test_endpoints_that_tell_different_stories(chain, settings, monkeypatch):
    stories = iter([(31337, "0xaa"), (31337, "0xbb")])
    monkeypatch.setattr(client, "_story", lambda url, number: next(stories))
    settings.CHAIN_RPC_URL = f"{settings.CHAIN_RPC_URL},{settings.CHAIN_RPC_URL}/"

    assert "disagree" in bad()["same story"]


def test_one_of_several_that_is_believed_alone(roads, settings):
    assert look()["voices"].text == "2 of 2 endpoint(s) must answer before money moves"
    assert bad() == {}

    settings.CHAIN_VOICES = 1

    assert bad() == {
        "voices": "1 of 2 endpoint(s) must answer before money moves: each is believed alone while "
        "the others are silent (CHAIN_VOICES)"
    }


def lies_about(signature, word):
    """A rule: this function of a contract is answered so, all else well."""
    selector = "0x" + keccak(text=signature)[:4].hex()

    def rule(call, forward):
        found = forward()
        asked = call["params"][0] if call["method"] == "eth_call" else {}
        if (asked.get("data") or asked.get("input", "")).startswith(selector):
            found["result"] = f"0x{word:064x}"
        return found

    return rule


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize(
    ("subject", "rule"),
    [
        ("token", lies_about("decimals()", 18)),
        ("permits", lies_about("DOMAIN_SEPARATOR()", 7)),
        ("vault", lies_about("version()", 3)),
        ("vault code", changes("eth_getCode", lambda code: code[:-2] + "ff")),
        ("role of the owner", lies_about("owner()", 7)),
        ("exit delay", lies_about("exit_delay()", 7)),
    ],
)
def test_what_one_endpoint_tells_otherwise_is_no_fact(roads, subject, rule, position):
    roads[position].rule = rule

    found = bad()

    assert "The endpoints disagree about " in found[subject]
    assert set(found) <= {subject, "token"}  # whose code is code, too


def test_a_node_that_stands_still(chain, monkeypatch):
    monkeypatch.setattr(signer, "LOCAL_CHAIN", 5)
    chain.call("evm_increaseTime", 3600)
    chain.mine()

    found = bad()

    assert "s old" in found["clock"]
    assert "PAYER_KEYSTORE names no key" in found["payer key"]
    assert "PAYER_KEYSTORE names no key" in found["role of the payer"]


def test_a_key_that_does_not_pay(chain, monkeypatch):
    monkeypatch.setattr(signer, "PAYER_INDEX", 7)

    assert bad() == {"role of the payer": f"the vault is paid by {signer.dev_account(1).address}"}


def test_an_owner_who_pays(chain, monkeypatch):
    payer = vault.payer()
    monkeypatch.setattr(facts, "owner", lambda address: payer)

    assert bad() == {"role of the owner": f"{payer}, and that is the payer"}


def test_a_token_that_is_not_there(chain):
    Network.objects.update(token_address="0x" + "7" * 40)

    found = bad()

    assert found["token"] == "no code at 0x" + "7" * 40
    assert found["permits"] == "the token takes none: set CHAIN_TOKEN_NAME to nothing"
    assert "vault balance" in found


def test_a_token_the_book_cannot_count_in(chain, monkeypatch):
    monkeypatch.setattr(vault, "decimals", lambda address: 18)

    assert bad()["token"].endswith(", 18 decimals")


def test_a_token_that_takes_no_permits_and_nobody_says_it_does(chain, settings):
    settings.CHAIN_TOKEN_NAME = ""

    assert look()["permits"].text == "not offered: CHAIN_TOKEN_NAME is empty"
    assert bad() == {}


def test_something_else_in_the_vaults_place(chain):
    Network.objects.update(vault_address=Network.objects.get().token_address)

    found = bad()

    assert ", version " in found["vault"]
    assert found["vault code"] == "not that of Vault.vy, compiled by vyper 0.4.3"
    assert {"role of the payer", "role of the owner", "exit delay", "daily cap"} <= set(found)


def test_a_vault_whose_code_is_another_one(chain):
    """It calls itself the vault, and one byte of it is not ours."""
    address = Network.objects.get().vault_address
    code = bytearray.fromhex(chain.call("eth_getCode", address, "latest")[2:])
    code[-65] ^= 1  # in front of the immutables
    chain.call("anvil_setCode", address, "0x" + code.hex())

    assert bad()["vault code"] == "not that of Vault.vy, compiled by vyper 0.4.3"
    assert "vault" not in bad()


def test_a_vault_that_holds_less_than_it_reported(chain, mine):
    house.deposited(500_000)
    mine(2)
    jobs.scan_deposits()
    assert look()["vault balance"].text == "0.50 in the vault, 0.50 by its reports"

    ChainEvent.objects.update(payload=Value({"amount": "500001"}, JSONField()))

    assert bad() == {"vault balance": "0.50 in the vault, 0.500001 by its reports"}


def test_a_vault_that_pays_nothing(chain, monkeypatch):
    monkeypatch.setattr(vault, "daily_cap", lambda: 0)

    assert bad() == {"daily cap": "0.00 a day, 0.00 paid today"}


def test_too_little_for_gas(chain):
    chain.call("anvil_setBalance", vault.payer(), hex(10**13))

    assert bad() == {"gas money": look()["gas money"].text}
    assert look()["gas money"].text.startswith("0.000010 ETH, enough for ")
