"""Two payouts in one batch: one arrives, the wallet that the token refuses blocks nobody."""

import pytest
from eth_utils import keccak

from payments.chain import vault
from payments.models import Network
from tests.flows import street

pytestmark = pytest.mark.django_db(transaction=True)

FULL = 2**256 - 1
BALANCES_SLOT = 1  # of the test token: its balances by address


def fill(chain, address: str) -> None:
    """The wallet holds so much of the token that one unit more overflows: it cannot be paid."""
    token = Network.objects.get().token_address
    key = BALANCES_SLOT.to_bytes(32, "big") + bytes.fromhex(address[2:]).rjust(32, b"\0")
    chain.call("anvil_setStorageAt", token, "0x" + keccak(key).hex(), f"0x{FULL:064x}")
    assert vault.balance_of(address) == FULL


@pytest.fixture
def earners(chain, mine, meet):
    """A requester's project has paid 0.30 to each of two people."""
    requester = meet(is_requester=True)
    people = [meet() for _ in range(2)]
    wanted = {"title": "Moods", "config": street.CONFIG, "price": "0.30", "overlap": 2}
    wanted["review"] = "auto"
    project = requester.post("/projects/", wanted)
    requester.post(f"/projects/{project['id']}/tasks/", [{"text": "one"}])
    street.deposit(project, "0.63", mine)
    requester.post(f"/projects/{project['id']}/open/")
    for person in people:
        person.label(project["id"], {"one": "Good"})
    street.quality_control()
    return people


def test_refused_wallet_is_skipped_and_its_money_comes_back(chain, mine, earners, clean):
    good, bad = earners
    fill(chain, bad.address)
    vault_before = vault.token_balance()

    asked = [street.pay_out(good, "0.25"), street.pay_out(bad, "0.30")]
    first, second = (
        street.settle(one, payout, mine) for one, payout in zip(earners, asked, strict=True)
    )

    assert (first["state"], second["state"]) == ("PAID", "RETURNED")
    assert first["tx_hash"].startswith("0x")
    assert second["tx_hash"] is None
    assert second["reason"] == "The token refused this wallet."
    assert good.balances() == {"earned": "0.05", "leaving": "0.00", "paid": "0.25"}
    assert bad.balances() == {"earned": "0.30", "leaving": "0.00", "paid": "0.00"}
    assert good.tokens_units() == 250_000
    assert vault_before - vault.token_balance() == 250_000
    clean()

    again = street.pay_out(bad, "0.30", address=good.address)
    assert street.settle(bad, again, mine)["state"] == "PAID"
    assert bad.balances() == {"earned": "0.00", "leaving": "0.00", "paid": "0.30"}
    assert good.tokens_units() == 550_000
    clean()


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"amount": "0.31"}, 409, "insufficient_funds"),
        ({"amount": "0.009999"}, 400, "below_minimum"),
        ({"amount": "-1"}, 400, "invalid_amount"),
        ({"amount": "0.0100001"}, 400, "invalid_amount"),
        ({"amount": "0.10", "address": "0x1234"}, 400, "malformed_address"),
        (
            {"amount": "0.10", "address": "0x90F79bf6EB2c4f870365E785982E1f101E93b907"},
            *(400, "malformed_address"),
        ),
    ],
)
def test_refused_request_moves_nothing(earners, clean, wanted, status, code):
    person = earners[0]

    refused = person.post("/payouts/", {"address": person.address, **wanted}, status=status)

    assert refused["code"] == code
    assert person.balances() == {"earned": "0.30", "leaving": "0.00", "paid": "0.00"}
    assert person.get("/payouts/")["results"] == []
    clean()


def test_statement_names_the_work_and_the_transfer(mine, earners, clean):
    person = earners[0]
    paid = street.settle(person, street.pay_out(person, "0.30"), mine)

    lines = person.get("/statement/")["results"]

    said = {(line["kind"], line["amount"], line["tx_hash"]) for line in lines}
    assert ("release", "0.30", paid["tx_hash"]) in said
    assert ("payout", "-0.30", paid["tx_hash"]) in said
    assert any("Moods" in line["cause"] for line in lines)
    clean()
