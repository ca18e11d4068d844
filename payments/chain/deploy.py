"""The vault comes to a chain: once, and never to another one behind the book's back."""

from dataclasses import dataclass

from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3.utils.address import get_create_address

from payments import money
from payments.chain import client, signer, vault, wallet
from payments.chain.errors import NoKey, NoVault
from payments.contracts import artefacts
from payments.models import Network

OWNER_INDEX = 0
EXIT_DELAY_SECONDS = 30 * 86_400
DAILY_CAP_UNITS = 1_000_000 * 10**money.DECIMALS  # a million dollars a day


@dataclass(frozen=True)
class Terms:
    """How a vault comes to a chain: who will own it, who pays from it, what it holds.

    Without a token a test token comes with it; without a payer the key of this process pays.
    """

    owner: LocalAccount
    name: str
    payer_address: str = ""
    token_address: str = ""
    daily_cap_units: int = DAILY_CAP_UNITS
    exit_delay_seconds: int = EXIT_DELAY_SECONDS


def ensure(terms: Terms | None = None) -> Network:
    """The network with its vault, deployed now if there is none; on the local chain by itself.

    Raises WrongChain if the node is on another chain than before, NoVault if the stored vault has
    no code there (the chain was replaced under the book) or the token does not suit the book, and
    NoKey on any other chain without terms.
    """
    if Network.objects.exists():
        return _checked(client.network())
    chain_id = client.chain_id()
    if terms is None and chain_id != signer.LOCAL_CHAIN:
        raise NoKey(
            f"Chain {chain_id} is not the local one: run `manage.py deploy_vault` with "
            "--owner-keystore."
        )
    local = Terms(owner=signer.dev_account(OWNER_INDEX), name="local")
    return _deploy(chain_id, terms or local)


def _checked(network: Network) -> Network:
    if not client.code(network.vault_address):
        raise NoVault(
            f"The chain has no vault at {network.vault_address}: it is not the chain that "
            "this database belongs to."
        )
    if vault.version(network.vault_address) != vault.VERSION:
        raise NoVault(
            f"The vault at {network.vault_address} is not of version {vault.VERSION}: it was "
            "deployed by an older release. Start with a fresh STIPEND_HOME."
        )
    return network


def _deploy(chain_id: int, terms: Terms) -> Network:
    block_number = client.head()
    payer_address = terms.payer_address or str(signer.payer(chain_id).address)
    if terms.token_address:
        _suits(terms.token_address)
    token_address = terms.token_address or _create(terms.owner, "TestToken", [])
    limits = [terms.daily_cap_units, terms.exit_delay_seconds]
    arguments = [token_address, payer_address, *limits]
    network, _ = Network.objects.get_or_create(
        pk=1,
        defaults={
            "chain_id": chain_id,
            "name": terms.name,
            "token_address": token_address,
            "vault_address": _create(terms.owner, "Vault", arguments),
            "deployed_block": block_number,
        },
    )
    return network


def _suits(token_address: str) -> None:
    """The book counts in units of as many decimals as the token has, or not at all."""
    if not client.code(token_address):
        raise NoVault(f"There is no token at {token_address}.")
    decimals = vault.decimals(token_address)
    if decimals != money.DECIMALS:
        raise NoVault(f"The token has {decimals} decimals, and the book {money.DECIMALS}.")


def _create(owner: LocalAccount, name: str, arguments: list[object]) -> str:
    artefact, web3 = artefacts.load(name), client.web3()
    contract = web3.eth.contract(abi=artefact.abi, bytecode=HexBytes(artefact.bytecode))
    tx, tx_hash = wallet.sent(contract.constructor(*arguments), owner, web3=web3)
    wallet.mined(tx_hash, web3=web3)
    # Where it is follows from who made it, and when: no node is believed about that.
    address = str(get_create_address(owner.address, tx["nonce"]))
    if not client.code(address):
        raise NoVault(f"The {name} was mined, and there is no code at {address}.")
    return address
