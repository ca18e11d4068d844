"""What a payee costs in gas: `bench gas`.

A fresh payee has never held the token, a returning one has. Each is paid by the vault in a batch of
N, by a bare loop of transfers over two lists (bench/contracts/BareLoop.vy), and by a transfer of
its own; all on one chain in one run, with the vault as it is on an ordinary day: the day has begun,
and so has the word of batch ids.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hexbytes import HexBytes
from web3 import HTTPProvider, Web3

from launcher import chain, folders, processes
from payments.contracts import artefacts, build

COUNTS = (1, 10, 100, 200)
UNITS = 1_000_000
BLOCK_GAS = 2**24  # the most that Ethereum takes in one tx (EIP-7825)
READY_SECONDS = 30
STOP_SECONDS = 5
BARE = Path(__file__).resolve().parent / "contracts" / "BareLoop.vy"


def measure() -> list[dict[str, Any]]:
    """Prints the figures for a person, then as the last line one JSON list, and returns it."""
    with TemporaryDirectory(prefix="stipend-gas-") as home:
        folders.part(Path(home), "logs")
        child, url = chain.launch_instant(Path(home), env=os.environ)
        try:
            processes.wait_until(lambda: chain.answers(url), child=child, seconds=READY_SECONDS)
            ground = _Ground(Web3(HTTPProvider(url)))
            rows = [ground.row(count, kind) for count in COUNTS for kind in ("fresh", "returning")]
        finally:
            processes.stop([child], seconds=STOP_SECONDS)
    _print(rows, ground.calldata_bytes())
    print(json.dumps(rows))
    return rows


def _print(rows: Sequence[dict[str, Any]], bytes_each: dict[str, float]) -> None:
    print("Gas a payee, all measured on one chain in one run:")
    print("  payees  kind        single     bare     ours   ours/bare  ours/single")
    for row in rows:
        shares = (row["ours"] / row["bare"], row["ours"] / row["single"])
        print(
            f"  {row['payees']:>6}  {row['kind']:<9} {row['single']:>8,.0f} {row['bare']:>8,.0f} "
            f"{row['ours']:>8,.0f}   {shares[0]:>9.4f}  {shares[1]:>10.1%}"
        )
    print(
        "Calldata a payee at 200, in bytes: " + ", ".join(f"{k} {v}" for k, v in bytes_each.items())
    )


@dataclass
class _Ground:
    """A chain with the token, a full vault and a full bare loop, both used once before."""

    web3: Web3
    next_batch: int = 1
    next_payee: int = 0

    def __post_init__(self) -> None:
        self.owner, self.payer = self.web3.eth.accounts[:2]
        self.token = self._deploy(_artefact("TestToken"))
        terms = [self.token.address, self.payer, 10**15, 86_400]
        self.vault = self._deploy(_artefact("Vault"), *terms)
        self.bare = self._deploy(build.compiled(BARE), self.token.address)
        for holder in (self.vault.address, self.bare.address, self.owner):
            self._gas(self.token.functions.mint(holder, 10**12), self.owner)
        self._by_vault(self._payees(1))
        self._by_loop(self._payees(1))

    def row(self, count: int, kind: str) -> dict[str, Any]:
        """Gas a payee of this kind: alone, by the bare loop, and by the vault, in so many."""
        batches = [self._payees(count), self._payees(count), self._payees(1)]
        ways = [self._by_vault, self._by_loop, self._alone]
        if kind == "returning":
            for way, payees in zip(ways, batches, strict=True):
                way(payees)
        ours, bare, single = (
            way(payees) / len(payees) for way, payees in zip(ways, batches, strict=True)
        )
        figures = {"single": round(single, 1), "bare": round(bare, 1), "ours": round(ours, 1)}
        return {"payees": count, "kind": kind, **figures}

    def calldata_bytes(self) -> dict[str, float]:
        """Bytes of calldata a payee, in a batch of 200."""
        payees = self._payees(200)
        calls = {"ours": self._pay(payees), "bare": self._loop(payees)}
        sizes = {name: round(_size(call) / 200, 1) for name, call in calls.items()}
        return sizes | {"single": _size(self.token.functions.transfer(payees[0], UNITS))}

    def _by_vault(self, payees: list[str]) -> int:
        return self._gas(self._pay(payees), self.payer)

    def _pay(self, payees: list[str]) -> Any:
        words = [int(payee, 16) << 96 | UNITS + n for n, payee in enumerate(payees)]
        self.next_batch += 1
        roots = [Web3.keccak(text=f"{name} {self.next_batch}") for name in ("balances", "labels")]
        return self.vault.functions.pay(self.next_batch, words, *roots)

    def _by_loop(self, payees: list[str]) -> int:
        return self._gas(self._loop(payees), self.payer)

    def _loop(self, payees: list[str]) -> Any:
        return self.bare.functions.pay(payees, [UNITS + n for n in range(len(payees))])

    def _alone(self, payees: list[str]) -> int:
        return self._gas(self.token.functions.transfer(payees[0], UNITS), self.owner)

    def _payees(self, count: int) -> list[str]:
        """Addresses that nobody has used."""
        self.next_payee += count
        numbers = range(self.next_payee - count, self.next_payee)
        digests = (Web3.keccak(text=f"payee {number}") for number in numbers)
        return [Web3.to_checksum_address(digest[-20:]) for digest in digests]

    def _deploy(self, artefact: dict[str, Any], *arguments: Any) -> Any:
        code = HexBytes(artefact["bytecode"])
        made = self.web3.eth.contract(abi=artefact["abi"], bytecode=code)
        receipt = self._mined(made.constructor(*arguments), self.owner)
        return self.web3.eth.contract(address=receipt["contractAddress"], abi=artefact["abi"])

    def _gas(self, call: Any, sender: str) -> int:
        return int(self._mined(call, sender)["gasUsed"])

    def _mined(self, call: Any, sender: str) -> Any:
        tx_hash = call.transact({"from": sender, "gas": BLOCK_GAS})
        receipt = self.web3.eth.wait_for_transaction_receipt(tx_hash, poll_latency=0.01)
        if receipt["status"] != 1:
            raise RuntimeError("A measured tx reverted.")
        return receipt


def _artefact(name: str) -> dict[str, Any]:
    found = artefacts.load(name)
    return {"abi": found.abi, "bytecode": found.bytecode}


def _size(call: Any) -> int:
    return len(HexBytes(call._encode_transaction_data()))
