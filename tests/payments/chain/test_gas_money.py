"""The payer's gas money, and the alarm before it ends."""

import pytest

from payments import jobs
from payments.chain import batching, client, vault
from payments.models import Network

pytestmark = pytest.mark.django_db


@pytest.fixture
def has(chain):
    """The payer has so much for gas; afterwards what it had."""
    payer = vault.payer()
    before = client.gas_money(payer)
    yield lambda wei: chain.call("anvil_setBalance", payer, hex(wei))
    chain.call("anvil_setBalance", payer, hex(before))


def needed(batches):
    payees = batching.max_payees(client.gas_limit())
    gas = vault.BASE_GAS + payees * batching.payee_gas()
    return batches * gas * client.fees()["maxFeePerGas"]


def test_enough_is_no_alarm(has, caplog):
    has(10**18)

    assert jobs.watch_gas() is True

    network = Network.objects.get()
    assert (network.gas_wei, network.gas_low_at) == (10**18, None)
    assert caplog.text == ""


@pytest.mark.parametrize(("missing_wei", "is_enough"), [(0, True), (1, False)])
def test_enough_is_so_many_full_batches_at_todays_price(has, settings, missing_wei, is_enough):
    settings.CHAIN_GAS_BATCHES = 3
    has(needed(3) - missing_wei)

    assert jobs.watch_gas() is is_enough


def test_too_little_is_an_alarm_since_the_first_time_until_there_is_more(has, caplog):
    has(5)
    assert jobs.watch_gas() is False
    since = Network.objects.get().gas_low_at
    assert since is not None
    assert "not enough for many batches" in caplog.text

    has(6)
    assert jobs.watch_gas() is False
    network = Network.objects.get()
    assert (network.gas_wei, network.gas_low_at) == (6, since)

    has(10**18)
    assert jobs.watch_gas() is True
    assert Network.objects.get().gas_low_at is None


def test_without_a_node_nothing_is_said_of_it(chain, settings, caplog):
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"

    assert jobs.watch_gas() is False

    network = Network.objects.get()
    assert (network.gas_wei, network.gas_low_at) == (None, None)
    assert "was not looked at" in caplog.text
