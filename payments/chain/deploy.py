"""The vault comes to a chain: once, and never to another one behind the book's back."""

from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3 import Web3

from payments.chain import client, signer, wallet
from payments.chain.errors import NoKey, NoVault, mapped
from payments.contracts import artefacts
from payments.models import Network

OWNER_INDEX = 0
DAILY_CAP_UNITS = 1_000_000 * 10**6  # a million dollars a day on the local chain


def ensure() -> Network:
    """The network with its vault, deployed now on a fresh local chain.

    Raises WrongChain if the node is on another chain than before, NoVault if the stored vault has
    no code there: the chain was replaced under the book.
    """
    if Network.objects.exists():
        network = client.network()
        if not client.code(network.vault_address):
            raise NoVault(
                f"The chain has no vault at {network.vault_address}: it is not the chain that "
                "this database belongs to."
            )
        return network
    chain_id = client.chain_id()
    if chain_id != signer.LOCAL_CHAIN:
        raise NoKey(f"Chain {chain_id} is not the local one: deploy the vault with its own key.")
    return _deploy(chain_id)


def _deploy(chain_id: int) -> Network:
    owner = signer.dev_account(OWNER_INDEX)
    block_number = client.head()
    token_address = _create(owner, "TestToken", [])
    payer_address = signer.payer(chain_id).address
    vault_address = _create(owner, "Vault", [token_address, payer_address, DAILY_CAP_UNITS])
    network, _ = Network.objects.get_or_create(
        pk=1,
        defaults={
            "chain_id": chain_id,
            "name": "local",
            "token_address": token_address,
            "vault_address": vault_address,
            "deployed_block": block_number,
        },
    )
    return network


def _create(owner: LocalAccount, name: str, arguments: list[object]) -> str:
    artefact = artefacts.load(name)
    with mapped():
        web3 = client.web3()
        contract = web3.eth.contract(abi=artefact.abi, bytecode=HexBytes(artefact.bytecode))
        tx = contract.constructor(*arguments).build_transaction(
            {
                "from": owner.address,
                "nonce": web3.eth.get_transaction_count(owner.address, "pending"),
                "chainId": web3.eth.chain_id,
            }
        )
        signed = owner.sign_transaction(tx)
        tx_hash = web3.eth.send_raw_transaction(signed.raw_transaction)
        wallet.mined(tx_hash)
        receipt = web3.eth.get_transaction_receipt(tx_hash)
    return str(Web3.to_checksum_address(receipt["contractAddress"] or ""))
