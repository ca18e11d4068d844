"""Calldata in, reports out."""

import pytest
from hexbytes import HexBytes

from payments.chain import vault
from payments.chain.errors import NotReported
from payments.contracts import artefacts
from tests.payments.chain.conftest import nobody

BATCH = 0x0123_4567
ROOTS = (b"\x0b" * 32, b"\x0c" * 32)
VAULT, OTHER = nobody(100), nobody(101)
EVENTS = {one["name"]: one for one in artefacts.load("Vault").abi if one["type"] == "event"}


def log(name, *, address=VAULT, batch_id=None, words):
    topic = getattr(vault._codec.events, name)().topic
    return {
        "address": address,
        "topics": [HexBytes(topic), HexBytes(batch_id or BATCH.to_bytes(32, "big"))],
        "data": HexBytes(b"".join(word.to_bytes(32, "big") for word in words)),
        "logIndex": 0,
        "transactionIndex": 0,
        "transactionHash": HexBytes(b"\1" * 32),
        "blockHash": HexBytes(b"\2" * 32),
        "blockNumber": 1,
    }


def skipped(index, **options):
    return log("PayeeSkipped", words=[index, 1, 5], **options)


def closing(paid, **options):
    return log("BatchPaid", words=[5 * paid, paid, 0, 0], **options)


CALLDATA = vault.encode_pay(BATCH, [(nobody(number), 5) for number in range(3)], roots=ROOTS)


def outcome(*logs):
    return vault.outcome(CALLDATA, {"to": VAULT, "logs": list(logs)})


def test_a_batch_is_spelled_as_the_vault_reads_it():
    payee = "0x" + "ab" * 20

    calldata = vault.encode_pay(BATCH, [(payee, 10_000)], roots=ROOTS)

    word = bytes.fromhex("ab" * 20) + (10_000).to_bytes(12, "big")
    assert calldata[4:36] == BATCH.to_bytes(32, "big")
    assert word in calldata
    assert len(calldata) == 4 + 32 * 6


@pytest.mark.parametrize("units", [0, -1, 2**96])
def test_an_amount_that_does_not_fit_is_no_calldata(units):
    with pytest.raises(ValueError):
        vault.encode_pay(BATCH, [(nobody(1), units)], roots=ROOTS)


def test_gas_is_enough_for_each_and_never_more_than_a_tx_may_have():
    assert vault.pay_gas_limit(1) > 160_000 + 130_000
    assert vault.pay_gas_limit(200) < vault.TX_GAS
    assert vault.pay_gas_limit(500) == vault.TX_GAS


def test_the_outcome_is_what_the_vault_reports():
    assert outcome(closing(3)) == {"paid": [0, 1, 2], "skipped": []}
    assert outcome(skipped(1), closing(2)) == {"paid": [0, 2], "skipped": [1]}


def test_what_others_report_is_not_heard():
    logs = [skipped(0, address=OTHER), closing(2, address=OTHER)]

    assert outcome(*logs, closing(3)) == {"paid": [0, 1, 2], "skipped": []}


@pytest.mark.parametrize(
    "logs",
    [
        [],
        [closing(3, address=OTHER)],
        [closing(2)],
        [skipped(1), closing(3)],
        [closing(3), closing(3)],
        [closing(3, batch_id=b"\7" * 32)],
    ],
)
def test_silence_is_no_payment(logs):
    with pytest.raises(NotReported):
        outcome(*logs)


def test_every_report_we_listen_to_is_one_of_the_vaults():
    assert set(vault.EVENTS) <= set(EVENTS)
