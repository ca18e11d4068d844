"""The vault comes to a chain once, and the book stays with its chain."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from payments.chain import client, deploy, signer, vault
from payments.models import Network

pytestmark = pytest.mark.django_db


def test_the_vault_is_deployed_once(chain):
    network, head = Network.objects.get(), client.head()

    call_command("deploy_vault", verbosity=0)

    assert Network.objects.get() == network
    assert client.head() == head
    assert (network.chain_id, network.name) == (31337, "local")
    assert client.code(network.vault_address)
    assert client.code(network.token_address)
    assert network.deployed_block < head
    assert vault.payer() == signer.dev_account(signer.PAYER_INDEX).address


def test_another_chain_is_refused(chain):
    Network.objects.update(chain_id=5)

    with pytest.raises(CommandError, match="on chain 5, the node on 31337"):
        call_command("deploy_vault", verbosity=0)


def test_a_chain_that_was_replaced_is_refused(chain):
    address = Network.objects.get().vault_address
    chain.call("anvil_setCode", address, "0x")

    with pytest.raises(CommandError, match="it is not the chain that this database belongs to"):
        call_command("deploy_vault", verbosity=0)


def test_a_chain_that_is_not_local_gets_no_vault_of_the_well_known_key(monkeypatch):
    monkeypatch.setattr(client, "chain_id", lambda: 11155111)

    with pytest.raises(CommandError, match="11155111 is not the local one"):
        call_command("deploy_vault", verbosity=0)

    assert not Network.objects.exists()


def test_a_node_that_is_away_is_one_sentence(settings):
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match=r"^The node cannot be reached\.$"):
        call_command("deploy_vault", verbosity=0)

    with pytest.raises(Exception, match="cannot be reached"):
        deploy.ensure()
