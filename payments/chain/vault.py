"""The vault as we speak to it: calldata in, reports out."""

from collections.abc import Sequence
from typing import Any

from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import BadFunctionCallOutput, ContractLogicError
from web3.types import LogReceipt, TxReceipt

from payments.chain import answers, client, endpoints
from payments.chain.errors import ChainError, NotReported, mapped
from payments.contracts import artefacts

VERSION = 2  # of the contract that we speak to
AMOUNT_BITS = 96
Roots = tuple[bytes, bytes]
BASE_GAS = 320_000  # of which the vault wants 160,000 to be left at the last payee
PAYEE_GAS = 60_000  # a fresh payee costs about 26,000; what is not used is not paid
TX_GAS = 2**24  # the most that Ethereum takes in one tx (EIP-7825)

_codec: Any = Web3().eth.contract(abi=artefacts.load("Vault").abi)


def _at(address: str, *, web3: Web3) -> Any:
    return web3.eth.contract(
        address=Web3.to_checksum_address(address), abi=artefacts.load("Vault").abi
    )


def packed(payee: str, amount_units: int) -> int:
    """Payee and amount in one word: 160 bits and 96."""
    if not 0 < amount_units < 2**AMOUNT_BITS:
        raise ValueError("The amount does not fit into 96 bits.")
    return int(payee, 16) << AMOUNT_BITS | amount_units


def encode_pay(number: int, payees: Sequence[tuple[str, int]], *, roots: Roots) -> bytes:
    """The calldata that pays these payees, in this order, as the batch of this number.

    `roots` are those of what is owed afterwards, and of the labels paid for.
    """
    words = [packed(payee, units) for payee, units in payees]
    return encode("pay", number, words, *roots)


def encode(function: str, *arguments: Any) -> bytes:
    """The calldata that calls this function of the vault."""
    return bytes(HexBytes(_codec.encode_abi(function, args=arguments)))


def pay_gas_limit(payees_count: int, *, most: int = TX_GAS) -> int:
    """Gas that is enough for a batch of fresh payees, or the most that a tx may have."""
    return min(BASE_GAS + PAYEE_GAS * payees_count, TX_GAS, most)


def _arguments(calldata: bytes) -> dict[str, Any]:
    _, arguments = _codec.decode_function_input(HexBytes(calldata))
    return dict(arguments)


def outcome(calldata: bytes, receipt: TxReceipt) -> dict[str, list[int]]:
    """The positions that were paid and those that were skipped, of a batch that was mined.

    Raises NotReported unless the vault itself reports this batch, and as many paid: that nobody
    says "skipped" proves nothing.
    """
    arguments = _arguments(calldata)
    reports = [report(log) for log in receipt["logs"] if log["address"] == receipt["to"]]
    skipped = {int(one["index"]) for name, one in reports if name == "PayeeSkipped"}
    paid = [one for one in range(len(arguments["payments"])) if one not in skipped]
    closing = [
        int(one["paid"])
        for name, one in reports
        if name == "BatchPaid" and one["batch_id"] == str(arguments["batch_id"])
    ]
    if closing != [len(paid)]:
        raise NotReported("The tx was mined, but the vault does not report this batch as its own.")
    return {"paid": paid, "skipped": sorted(skipped)}


MONEY_EVENTS = ("Deposited", "Exited")  # that the book is written by
EVENTS = (*MONEY_EVENTS, "BatchPaid", "PayeeSkipped")


def report(log: LogReceipt) -> tuple[str, dict[str, str]]:
    """The name and the payload of one of the vault's events; "" for any other log.

    Numbers are decimal strings, bytes are 0x and hexadecimal digits. Raises Unreachable when one
    of its events does not hold what it should.
    """
    for name in EVENTS:
        event = getattr(_codec.events, name)()
        if log["topics"] and HexBytes(log["topics"][0]) == HexBytes(event.topic):
            with mapped():
                found = event.process_log(log)["args"]
            return name, {key: _plain(one) for key, one in found.items()}
    return "", {}


def _plain(value: Any) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def is_paid(calldata: bytes, *, block_number: int | None = None) -> bool:
    """True if any endpoint says that the batch of this calldata has been paid, as of a block.

    Raises ChainError unless every endpoint says something.
    """
    name, address = _arguments(calldata)["batch_id"], client.stored().vault_address
    at: Any = "latest" if block_number is None else block_number

    def asked(one: Web3) -> bool:
        call = _at(address, web3=one).functions.is_paid(name)
        return bool(call.call(block_identifier=at))

    return any(endpoints.told(asked, by_all=True))


def version(address: str) -> int:
    """Of the contract at an address, as the first says who answers; 0 if it says none."""
    try:
        with mapped():
            return int(_at(address, web3=client.web3()).functions.version().call())
    except ChainError:
        return 0


def agreed_version(address: str) -> int:
    """The same, as all who answer say it. Raises ChainError."""

    def asked(one: Web3) -> int:
        try:
            return answers.number(_at(address, web3=one).functions.version().call())
        except (ContractLogicError, BadFunctionCallOutput):  # it does not know the question
            return 0

    return endpoints.alike(endpoints.told(asked), f"the version of the vault at {address}")


def payer(*, block_number: int | None = None) -> str:
    """The address that the vault lets pay, as of a block. Raises Disagreement."""
    at: Any = "latest" if block_number is None else block_number
    address = client.stored().vault_address

    def asked(one: Web3) -> str:
        return str(_at(address, web3=one).functions.payer().call(block_identifier=at))

    return endpoints.alike(endpoints.told(asked), "who pays from the vault")


def has_dismissed(address: str, *, block_number: int) -> bool:
    """True if every endpoint says that this key has paid and never pays again, as of a block."""
    key, vault_address = Web3.to_checksum_address(address), client.stored().vault_address

    def asked(one: Web3) -> bool:
        functions = _at(vault_address, web3=one).functions
        was_payer = functions.was_payer(key).call(block_identifier=block_number)
        return bool(was_payer) and key != functions.payer().call(block_identifier=block_number)

    return all(endpoints.told(asked, by_all=True))


def token_balance(*, block_number: int | None = None) -> int:
    """Units of the token that the vault holds, as of a block. Raises as `balance_of`."""
    network = client.stored()
    return balance_of(network.vault_address, block_number=block_number)


def balance_of(address: str, *, block_number: int | None = None) -> int:
    """Units of the token that an address holds, as of a block.

    Of several endpoints the least counts: one alone makes no vault full. Raises ChainError.
    """
    token_address, owner = client.stored().token_address, Web3.to_checksum_address(address)
    at: Any = "latest" if block_number is None else block_number

    def asked(one: Web3) -> int:
        call = _token_at(token_address, web3=one).functions.balanceOf(owner)
        return answers.number(call.call(block_identifier=at), most=answers.WORD_MOST)

    return min(endpoints.told(asked))


def decimals(token_address: str) -> int:
    """How many decimals a token has. Raises Disagreement, ChainError."""

    def asked(one: Web3) -> int:
        return answers.number(_token_at(token_address, web3=one).functions.decimals().call())

    return endpoints.alike(endpoints.told(asked), f"the decimals of the token at {token_address}")


def _token_at(address: str, *, web3: Web3) -> Any:
    return web3.eth.contract(
        address=Web3.to_checksum_address(address), abi=artefacts.load("TestToken").abi
    )


def paid_today() -> int:
    """Units that the vault has paid on this day (UTC); of several endpoints the most counts."""
    return max(_told("paid_today"))


def daily_cap() -> int:
    """Units that the vault pays on one day, at most; of several endpoints the least counts."""
    return min(_told("daily_cap"))


def _told(function: str) -> list[int]:
    address = client.stored().vault_address

    def asked(one: Web3) -> int:
        return int(getattr(_at(address, web3=one).functions, function)().call())

    return endpoints.told(asked)


def balances_root(address: str) -> str:
    """The root that the vault at this address pays exits by. Raises Disagreement, ChainError."""

    def asked(one: Web3) -> str:
        return "0x" + bytes(_at(address, web3=one).functions.balances_root().call()).hex()

    return endpoints.alike(endpoints.told(asked), "the root that the vault keeps")
