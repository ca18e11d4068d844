"""A proof of a balance, checked by its owner: against the chain alone, without our database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hexbytes import HexBytes
from web3 import Web3
from web3.logs import DISCARD

from payments import money, trees
from payments.chain.errors import ChainError, mapped
from payments.chain.wire import Wire
from payments.contracts import artefacts

FORMAT = "stipend-balance-1"
TIMEOUT_SECONDS = 15
FIELDS: Mapping[str, type] = {
    "chain_id": int,
    "vault": str,
    "token": str,
    "balances_root": str,
    "account": str,
    "units": int,
    "proof": list,
}


class NoProof(Exception):
    """What was given is no proof of a balance."""


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    subject: str
    is_good: bool
    text: str


def balance(given: Any, *, urls: list[str]) -> list[Finding]:
    """All that was checked of one proof. Raises NoProof, ChainError."""
    proof = _read(given)
    vault = AskedVault(urls, proof["vault"], proof["token"])
    climbed = "0x" + _climbed(proof).hex()
    found = [
        Finding("proof", climbed == proof["balances_root"], f"climbs to {climbed}"),
        _chain(vault, proof),
    ]
    if not found[-1].is_good:
        return found
    return [*found, _token(vault, proof), _root(vault, proof), *_exit(vault, proof)]


def _read(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise NoProof(f"This is no proof of a balance: its format is not {FORMAT}.")
    for name, kind in FIELDS.items():
        if not isinstance(given.get(name), kind):
            raise NoProof(f"The proof is not whole: {name} is missing or of another kind.")
    try:
        _climbed(given)
        Web3.to_checksum_address(given["account"])
    except (ValueError, TypeError, OverflowError) as error:
        raise NoProof(f"The proof is not whole: {error}.") from error
    return given


def _climbed(proof: dict[str, Any]) -> bytes:
    """The root that the leaf and its siblings lead to: no network is needed for that."""
    leaf = trees.leaf(bytes.fromhex(proof["account"].removeprefix("0x")), proof["units"])
    return trees.climbed(leaf, [bytes.fromhex(one.removeprefix("0x")) for one in proof["proof"]])


class AskedVault:
    """The vault as anybody can ask it."""

    def __init__(self, urls: list[str], vault: str, token: str) -> None:
        self.web3 = Web3(Wire(urls, timeout_seconds=TIMEOUT_SECONDS))
        self.vault = self._contract(vault, "Vault")
        self.token = self._contract(token, "TestToken")

    def _contract(self, address: str, name: str) -> Any:
        try:
            checked = Web3.to_checksum_address(address)
        except ValueError as error:
            raise NoProof(f"{address[:60]} is no address.") from error
        return self.web3.eth.contract(address=checked, abi=artefacts.load(name).abi)

    def chain_id(self) -> int:
        with mapped():
            return int(self.web3.eth.chain_id)

    def now(self) -> int:
        """The newest block's time, which is the one that the vault goes by."""
        with mapped():
            return int(self.web3.eth.get_block("latest")["timestamp"])

    def ask(self, function: str, *arguments: Any) -> Any:
        with mapped():
            return getattr(self.vault.functions, function)(*arguments).call()

    def labels_roots(self, tx_hash: str) -> set[str]:
        """The roots of labels that the vault reported in this tx, which went well."""
        with mapped():
            receipt = self.web3.eth.get_transaction_receipt(HexBytes(tx_hash))
            event = self.vault.events.BatchPaid()
            told = event.process_receipt(receipt, errors=DISCARD) if receipt["status"] else ()
            ours = [one for one in told if one["address"] == self.vault.address]
            return {"0x" + bytes(one["args"]["labels_root"]).hex() for one in ours}

    def exited(self, tx_hash: str, account: str) -> int:
        """The units that the vault paid this account by exits in this tx, which went well."""
        who = Web3.to_checksum_address(account)
        with mapped():
            receipt = self.web3.eth.get_transaction_receipt(HexBytes(tx_hash))
            event = self.vault.events.Exited()
            told = event.process_receipt(receipt, errors=DISCARD) if receipt["status"] else ()
            ours = [one["args"] for one in told if one["address"] == self.vault.address]
            return sum(int(one["amount"]) for one in ours if one["account"] == who)

    def holding(self) -> int:
        with mapped():
            return int(self.token.functions.balanceOf(self.vault.address).call())


def _chain(vault: AskedVault, proof: dict[str, Any]) -> Finding:
    actual = vault.chain_id()
    text = f"the endpoint is on {actual}, the proof is for {proof['chain_id']}"
    return Finding("chain", actual == proof["chain_id"], text)


def _token(vault: AskedVault, proof: dict[str, Any]) -> Finding:
    """The vault holds that token, and enough of it for this balance."""
    try:
        token, units = str(vault.ask("token")), vault.holding()
    except ChainError as error:
        return Finding("vault", False, f"does not answer as one: {error}"[:200])
    is_same = token.lower() == proof["token"].lower()
    text = f"{vault.vault.address} holds {money.format(units)} of {token}"
    return Finding("vault", is_same and units >= proof["units"], text)


def _root(vault: AskedVault, proof: dict[str, Any]) -> Finding:
    try:
        root = "0x" + bytes(vault.ask("balances_root")).hex()
    except ChainError as error:
        return Finding("root", False, str(error)[:200])
    if root == proof["balances_root"]:
        return Finding("root", True, f"on chain, {root}")
    return Finding("root", False, f"on chain is {root}: a newer batch was paid, fetch a new proof")


def _exit(vault: AskedVault, proof: dict[str, Any]) -> list[Finding]:
    root, account = HexBytes(proof["balances_root"]), Web3.to_checksum_address(proof["account"])
    try:
        has_left = bool(vault.ask("has_left", root, account))
        opens = int(vault.ask("last_paid_at")) + int(vault.ask("exit_delay"))
        when = datetime.fromtimestamp(opens, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ChainError, OverflowError, ValueError, OSError) as error:  # a time that is none
        return [Finding("exit", False, str(error)[:200])]
    amount = f"{money.format(proof['units'])} to {account}"
    left = "was taken out before" if has_left else "was not taken out yet"
    is_open = vault.now() > opens
    said = f"open since {when}" if is_open else f"opens {when}, if no batch is paid until then"
    return [Finding("balance", not has_left, f"{amount}, {left}"), Finding("exit", True, said)]
