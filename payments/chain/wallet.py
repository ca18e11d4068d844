"""Wallets that we have the key of: they mint, deposit, and call a contract as any wallet does."""

from typing import Any

from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes
from web3 import Web3

from payments.chain import client, signer, vault
from payments.chain.errors import Refused, WrongChain, mapped
from payments.contracts import artefacts

WAIT_SECONDS = 180
POLL_SECONDS = 0.1


class Wallet:
    """The local chain's well-known account of this number. Each verb waits until it is mined."""

    def __init__(self, index: int) -> None:
        self.account: LocalAccount = signer.dev_account(index)
        self.address = str(self.account.address)

    def mint(self, units: int) -> str:
        """The hash of the tx that made these test dollars."""
        return self._call("TestToken", client.network().token_address, "mint", self.address, units)

    def deposit(self, purse: str, units: int) -> str:
        """The hash of the tx that put these units into a purse, named as it is on chain."""
        network = client.network()
        self._call("TestToken", network.token_address, "approve", network.vault_address, units)
        name = HexBytes(purse).rjust(32, b"\0")
        return self._call("Vault", network.vault_address, "deposit", name, units)

    def tell_vault(self, function: str, *arguments: Any) -> str:
        """The hash of the tx that called this function of the vault. Raises ChainError."""
        return self._call("Vault", client.network().vault_address, function, *arguments)

    @staticmethod
    def token_balance(address: str) -> int:
        """Units of the token at any address."""
        return vault.balance_of(address)

    def _call(self, contract: str, address: str, function: str, *arguments: Any) -> str:
        self._check(client.network().chain_id)
        with mapped():
            target = client.web3().eth.contract(
                address=Web3.to_checksum_address(address), abi=artefacts.load(contract).abi
            )
            call = getattr(target.functions, function)(*arguments)
        return called(call, self.account, web3=client.web3())

    def _check(self, chain_id: int) -> None:
        if chain_id != signer.LOCAL_CHAIN:
            raise WrongChain("The well-known wallets are for the local chain alone.")


class OwnWallet(Wallet):
    """The wallet of a key that somebody brought, on whatever network."""

    def __init__(self, account: LocalAccount) -> None:
        self.account = account
        self.address = str(account.address)

    def _check(self, chain_id: int) -> None:
        pass


def called(call: Any, account: LocalAccount, *, web3: Web3) -> str:
    """The hash of this call, signed by the account and mined; raises Refused if it reverts."""
    _, tx_hash = sent(call, account, web3=web3)
    return mined(tx_hash, web3=web3)


def sent(call: Any, account: LocalAccount, *, web3: Web3) -> tuple[dict[str, Any], bytes]:
    """The tx of this call, or of a contract's making, and its hash: signed by the account, sent.

    It offers no more for gas than a payout would, whatever the node asks for.
    """
    with mapped():
        nonce = web3.eth.get_transaction_count(account.address, "pending")
        origin = {"from": account.address, "nonce": nonce, "chainId": web3.eth.chain_id}
        tx = call.build_transaction({**origin, **client.fees(web3)})
        signed = account.sign_transaction(tx)
        return tx, web3.eth.send_raw_transaction(signed.raw_transaction)


def mined(tx_hash: bytes, *, web3: Web3) -> str:
    """The hash of this tx, once it is mined; raises Refused if it reverted."""
    with mapped():
        receipt = web3.eth.wait_for_transaction_receipt(
            HexBytes(tx_hash), timeout=WAIT_SECONDS, poll_latency=POLL_SECONDS
        )
    if receipt["status"] != 1:
        raise Refused("The tx was mined and reverted.")
    return HexBytes(tx_hash).to_0x_hex()
