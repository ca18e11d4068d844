"""Where a hash or an address is shown, it leads to the network's explorer."""

import re

import pytest
from django.test import Client

from payments import ledger
from payments.models import (
    Batch,
    ChainEvent,
    ChainTx,
    Entry,
    Exit,
    Network,
    Owed,
    Payout,
    ScannedBlock,
)
from people.models import User
from tests.payments import house

pytestmark = pytest.mark.django_db
EXPLORER = "https://explorer.example"
TX, OLD_TX, BLOCK = "0x" + "a1" * 32, "0x" + "a2" * 32, "0x" + "b1" * 32
ROOT = "0x" + "c1" * 32
VAULT, PAYER, PAYEE = "0x" + "11" * 20, "0x" + "22" * 20, "0x" + "33" * 20
REPORTED = {"sender": PAYEE, "amount": "1", "purse": "ab" * 32}
HASH = re.compile(r"0x[0-9a-f]{40,64}|0x[0-9a-f]{8}…")


@pytest.fixture(autouse=True)
def explorer(settings):
    settings.CHAIN_EXPLORER_TX_URL = EXPLORER + "/tx/{hash}"
    settings.CHAIN_EXPLORER_BLOCK_URL = EXPLORER + "/block/{hash}"
    settings.CHAIN_EXPLORER_ADDRESS_URL = EXPLORER + "/address/{address}"


@pytest.fixture
def rows():
    """One of each that the chain has given a hash, by the admin's name of its kind."""
    network = Network.objects.create(
        chain_id=31337, name="local", vault_address=VAULT, token_address=PAYER, deployed_block=1
    )
    tx = ChainTx.objects.create(
        key="batch:1",
        to=VAULT,
        sender=PAYER,
        calldata=b"",
        raw=b"",
        nonce=1,
        gas_limit=1,
        tx_hash=TX,
        hashes=[OLD_TX, TX],
        block_hash=BLOCK,
        state=ChainTx.State.CONFIRMED,
        error=f"nonce too low for {PAYER}",
    )
    batch = Batch.objects.create(number=1, chain_tx=tx)
    owed = Owed.objects.create(
        batch=batch, balances_root=ROOT, labels_root=ROOT, total_units=0, homeless_units=0
    )
    event = ChainEvent.objects.create(
        name="Deposited",
        block_number=1,
        block_hash=BLOCK,
        tx_hash=TX,
        log_index=0,
        payload=REPORTED,
    )
    block = ScannedBlock.objects.create(number=1, block_hash=BLOCK)
    house.earn("person:1", 50_000)
    payout = house.ask("person:1", 50_000)
    Payout.objects.update(batch=batch, position=0, state="RETURNED", tx_hash=TX, address=PAYEE)
    entry = Entry.objects.first()
    taken = Exit.objects.create(
        entry=entry, purse=payout.purse, amount_units=1, up_to_units=1, address=PAYEE, tx_hash=TX
    )
    found = [network, tx, batch, owed, event, block, payout, taken]
    return {one._meta.model_name: one for one in found}


LINKS = {
    "network": {VAULT, PAYER},
    "chaintx": {TX, OLD_TX, BLOCK, VAULT, PAYER},
    "batch": {TX, PAYEE},
    "owed": {TX},
    "chainevent": {TX, BLOCK, PAYEE},
    "scannedblock": {BLOCK},
    "payout": {TX, PAYEE},
    "exit": {TX, PAYEE},
}


@pytest.mark.broken_book
@pytest.mark.parametrize("kind", LINKS)
def test_every_hash_is_a_link(rows, kind):
    admin = Client()
    admin.force_login(User.objects.create_superuser("root"))

    pages = [
        admin.get(f"/admin/payments/{kind}/{part}").content.decode()
        for part in ("", f"{rows[kind].pk}/change/")
    ]

    linked = set(re.findall(EXPLORER + r"/(?:tx|block|address)/(0x[0-9a-f]+)", pages[1]))
    assert linked == LINKS[kind]
    for page in pages:
        assert EXPLORER in page
        without_links = re.sub(r"<a [^>]*>[^<]*</a>", "", page)
        assert HASH.findall(without_links) == []


@pytest.mark.broken_book
def test_the_key_of_an_entry_leads_to_the_tx_that_it_names():
    purse_id = house.project()
    moves = [(purse_id, "WORLD", -1), (purse_id, "FUNDS", 1)]
    entry_id = ledger.post(f"deposit:{TX}:0", "deposit", moves)
    admin = Client()
    admin.force_login(User.objects.create_superuser("root"))

    for page in ("", f"{entry_id}/change/"):
        text = admin.get(f"/admin/payments/entry/{page}").content.decode()
        assert f'<a href="{EXPLORER}/tx/{TX}" title="deposit:{TX}:0">' in text
