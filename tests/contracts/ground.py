"""The ground that contracts are tried on: deploying, calling and being refused."""

from functools import cache
from pathlib import Path
from typing import Any

from hexbytes import HexBytes
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import ContractLogicError
from web3.logs import DISCARD as DISCARD

from bench import gas
from payments.contracts import build

FOLDER = Path(__file__).resolve().parent
GAS = 2**24
POLL_SECONDS = 0.005
DAY = 86_400

HONEST, SILENT, SAYS_NO, REVERTS, BURNS_GAS = range(5)
KEEPS_A_TENTH, LIES, CALLS_BACK, SAYS_TWO, FLOODS = range(5, 10)


@cache
def compiled(name: str) -> dict[str, Any]:
    """A contract of the product, of the bench or of the tests, compiled now."""
    if name == gas.BARE.stem:
        return build.compiled(gas.BARE)
    folder = build.FOLDER if name in build.NAMES else FOLDER
    return build.compiled(folder / f"{name}.vy")


class Ground:
    """A chain whose well-known accounts sign by themselves."""

    def __init__(self, web3: Web3) -> None:
        self.web3 = web3
        self.owner, self.payer, self.stranger, self.requester, *self.payees = web3.eth.accounts

    def deploy(self, name: str, *arguments: Any) -> Contract:
        """A contract of this name, owned by the first account."""
        found = compiled(name)
        made = self.web3.eth.contract(abi=found["abi"], bytecode=HexBytes(found["bytecode"]))
        receipt = self._mined(made.constructor(*arguments).transact({"from": self.owner}))
        return self.web3.eth.contract(address=receipt["contractAddress"], abi=found["abi"])

    def send(self, call: Any, sender: str, *, gas: int = GAS) -> Any:
        """The receipt of a call that went well."""
        receipt = self._mined(call.transact({"from": sender, "gas": gas}))
        assert receipt["status"] == 1
        return receipt

    def refuse(self, call: Any, sender: str, *, gas: int = GAS) -> str:
        """The reason why a call does not go well."""
        receipt = self._mined(call.transact({"from": sender, "gas": gas}))
        assert receipt["status"] == 0
        try:
            call.call({"from": sender, "gas": gas})
        except ContractLogicError as error:
            return str(error.message).removeprefix("execution reverted: ")
        raise AssertionError("It would have gone well.")

    def try_to_send(self, call: Any, sender: str, *, gas: int = GAS) -> Any:
        """The receipt of a call, whether it went well or not."""
        return self._mined(call.transact({"from": sender, "gas": gas}))

    def _mined(self, tx_hash: bytes) -> Any:
        return self.web3.eth.wait_for_transaction_receipt(
            HexBytes(tx_hash), timeout=10, poll_latency=POLL_SECONDS
        )

    def pass_time(self, seconds: int) -> None:
        """The next block comes so much later."""
        self._ask("evm_increaseTime", seconds)
        self._ask("evm_mine")

    def at(self, moment: int) -> None:
        """The next block is of this second."""
        self._ask("evm_setNextBlockTimestamp", moment)

    def next_midnight(self) -> int:
        """When the next day (UTC) begins."""
        return (self.web3.eth.get_block("latest")["timestamp"] // DAY + 1) * DAY

    def wait_for_noon(self) -> None:
        """Tomorrow at noon (UTC): no test that counts by day meets a midnight."""
        self.at(self.next_midnight() + DAY // 2)
        self._ask("evm_mine")

    def _ask(self, method: Any, *params: Any) -> Any:
        return self.web3.manager.request_blocking(method, list(params))

    def fresh_addresses(self, count: int, *, first: int) -> list[str]:
        """Addresses that nobody has used."""
        return [
            Web3.to_checksum_address(Web3.keccak(text=f"nobody {number}")[-20:])
            for number in range(first, first + count)
        ]


def packed(payees: list[tuple[str, int]]) -> list[int]:
    """Payee and amount in a word each, written down a second time, from the ADR."""
    return [int(payee, 16) * 2**96 + units for payee, units in payees]


def purse(number: int) -> bytes:
    """A purse's name."""
    return number.to_bytes(32, "big")


NOBODY = "0x" + "0" * 40
ROOTS = (b"\x0b" * 32, b"\x0c" * 32)
