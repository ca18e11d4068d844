"""The window: all that the workshop can ask of the bank.

Promises: each verb happens once for its key, with the caller's database transaction or not at
all; money is held before work is offered, and what was released stays released.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from payments import anchors, explorer, ledger, payouts, purses, spreadsheets, statements, wallets
from payments import deposits as arrivals
from payments.deposits import Deposit
from payments.ledger import Posting
from payments.models import Account, Entry, Network, Payout
from payments.pages import Rows
from payments.statements import Row
from payments.wallets import Standing

Kind = Account.Kind
CAUSE_CHARACTERS = ledger.CAUSE_CHARACTERS


def open_purse(holder: str) -> UUID:
    """The id of the holder's purse, such as `project:7`; the same one every time."""
    return purses.open(holder)


def balances(purse_id: UUID) -> dict[str, int]:
    """Units by kind of account: FUNDS, HELD, FEES and so on; a kind never used is left out."""
    return ledger.balances(purse_id)


def balances_of(purse_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """The same of many purses, in one statement."""
    return ledger.balances_of(purse_ids)


def deposit_instructions(purse_id: UUID) -> dict[str, Any]:
    """What to call on chain to put money into this purse; addresses are None before there is a
    vault."""
    return deposit_instructions_of([purse_id])[purse_id]


def deposit_instructions_of(purse_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The same for many purses, in one statement."""
    network = Network.objects.first()
    vault_address, token_address = (
        (network.vault_address, network.token_address) if network else (None, None)
    )
    vault = {
        "vault": vault_address,
        "vault_url": explorer.address_url(vault_address),
        "token": token_address,
        "token_url": explorer.address_url(token_address),
        "chain_id": network.chain_id if network else None,
    }
    return {one: {**vault, "purse": purses.onchain(one)} for one in purse_ids}


def deposits(purse_id: UUID) -> Sequence[Deposit]:
    """What arrived on chain for this purse, newest first, and how far each is."""
    return Rows(arrivals.of_purse(purse_id), arrivals.looked_at)


def hold(purse_id: UUID, *, key: str, amount_units: int, cause: str = "") -> None:
    """The amount is promised: FUNDS → HELD. Raises InsufficientFunds, KeyReused."""
    moves = _moves(purse_id, Kind.FUNDS, Kind.HELD, amount_units)
    ledger.post(key, Entry.Kind.HOLD, moves, cause=cause)


def refund(purse_id: UUID, *, key: str, amount_units: int, cause: str = "") -> None:
    """The amount is free again: HELD → FUNDS. Raises InsufficientFunds, KeyReused."""
    moves = _moves(purse_id, Kind.HELD, Kind.FUNDS, amount_units)
    ledger.post(key, Entry.Kind.REFUND, moves, cause=cause)


def stake(holder: str, *, key: str, amount_units: int, cause: str = "") -> None:
    """The holder promises some of what they earned: EARNED → HELD in their own purse.

    Raises InsufficientFunds, KeyReused.
    """
    moves = _moves(holder, Kind.EARNED, Kind.HELD, amount_units)
    ledger.post(key, Entry.Kind.HOLD, moves, cause=cause)


def unstake(holder: str, *, key: str, amount_units: int, cause: str = "") -> None:
    """What the holder promised is theirs again: HELD → EARNED. Raises as `stake`."""
    moves = _moves(holder, Kind.HELD, Kind.EARNED, amount_units)
    ledger.post(key, Entry.Kind.REFUND, moves, cause=cause)


def _moves(purse: UUID | str, source: str, target: str, amount_units: int) -> list[ledger.Move]:
    if amount_units <= 0:
        raise ValueError(f"An amount is above zero, not {amount_units}.")
    return [(purse, source, -amount_units), (purse, target, amount_units)]


def bonus(purse_id: UUID, *, key: str, payee: str, amount_units: int, cause: str) -> str:
    """The payee has earned this much more: FUNDS → EARNED. Answers the cause that stands in the
    book, of now or of before. Raises InsufficientFunds, KeyReused."""
    if amount_units <= 0:
        raise ValueError(f"An amount is above zero, not {amount_units}.")
    moves: list[ledger.Move] = [
        (purse_id, Kind.FUNDS, -amount_units),
        (payee, Kind.EARNED, amount_units),
    ]
    entry_id = ledger.post(key, Entry.Kind.BONUS, moves, cause=cause)
    return Entry.objects.values_list("cause", flat=True).get(pk=entry_id)


def lock(purse_id: UUID, *, holders: Iterable[str]) -> None:
    """All that verbs between this purse and these holders can move is locked, in one order.

    To be called before several verbs in one transaction: two that lock bit by bit may deadlock.
    """
    own = [(purse_id, kind) for kind in (Kind.FUNDS, Kind.HELD, Kind.FEES)]
    people = purses.open_all(holders).values()
    theirs = [(one, kind) for one in people for kind in (Kind.EARNED, Kind.HELD)]
    ledger.lock([*own, *theirs])


@dataclass(frozen=True, kw_only=True)
class Release:
    """What one accepted piece of work moves; `payee` is a holder, `cause` a text for people."""

    key: str
    payee: str
    amount_units: int
    fee_units: int
    cause: str


def release(
    purse_id: UUID, *, key: str, payee: str, amount_units: int, fee_units: int, cause: str
) -> None:
    """The payee has earned the amount: HELD → EARNED, and the fee: HELD → FEES of this purse.

    Raises InsufficientFunds, KeyReused.
    """
    one = Release(key=key, payee=payee, amount_units=amount_units, fee_units=fee_units, cause=cause)
    release_all(purse_id, [one])


def release_all(purse_id: UUID, releases: Sequence[Release]) -> None:
    """Many releases from one purse in one statement: all or none. Raises as `release`."""
    ledger.post_all([_posting(purse_id, one) for one in releases])


def _posting(purse_id: UUID, one: Release) -> Posting:
    if one.amount_units <= 0 or one.fee_units < 0:
        raise ValueError(f"{one.key} releases {one.amount_units} with a fee of {one.fee_units}.")
    moves: list[ledger.Move] = [
        (purse_id, Kind.HELD, -one.amount_units - one.fee_units),
        (one.payee, Kind.EARNED, one.amount_units),
        (purse_id, Kind.FEES, one.fee_units),
    ]
    return Posting(key=one.key, kind=Entry.Kind.RELEASE, moves=moves, cause=one.cause)


def released(keys: Sequence[str]) -> set[str]:
    """Those of these keys under which something was released."""
    found = Entry.objects.filter(key__in=keys, kind=Entry.Kind.RELEASE)
    return set(found.values_list("key", flat=True))


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """What left a purse for a wallet; what is not known yet is None."""

    id: UUID
    amount_units: int
    address: str
    state: str  # as of a payout
    reason: str
    tx_hash: str | None
    explorer_url: str | None
    address_url: str | None
    requested_at: datetime
    ended_at: datetime | None


def withdraw(
    purse_id: UUID, *, owner: str, key: str, amount_units: int, address: object
) -> Withdrawal:
    """The requester's money leaves for a wallet: FUNDS → LEAVING, then a payout as any other.

    `owner` is the requester as a holder, `person:12`: all their purses share the day's limits.
    Raises as `payouts.request`.
    """
    payout = payouts.request(
        purses.holder(purse_id),
        amount_units=amount_units,
        address=address,
        key=key,
        source=Kind.FUNDS,
        owner=owner,
    )
    return _withdrawal(payout)


def withdrawals(purse_id: UUID, *, until_id: UUID | None = None) -> Sequence[Withdrawal]:
    """What left this purse for wallets, newest first; nothing younger than `until_id`."""
    found = payouts.of_holder(purses.holder(purse_id), until_id=until_id)
    return Rows(found, lambda some: [_withdrawal(payout) for payout in some])


def _withdrawal(payout: Payout) -> Withdrawal:
    return Withdrawal(
        id=payout.pk,
        amount_units=payout.amount_units,
        address=payout.address,
        state=payout.state,
        reason=payout.reason,
        tx_hash=payout.tx_hash or None,
        explorer_url=explorer.tx_url(payout.tx_hash),
        address_url=explorer.address_url(payout.address),
        requested_at=payout.requested_at,
        ended_at=payout.ended_at,
    )


def wallet(purse_id: UUID) -> Standing:
    """Where withdrawals from this purse go, and the wallet that is to come."""
    return wallets.standing(purses.holder(purse_id))


def confirm_wallet(purse_id: UUID, *, signature: str) -> None:
    """The wallet to come counts, because the one in use signed for it; raises NotConfirmed."""
    wallets.confirm_by_signature(purses.holder(purse_id), signature)


def keep_wallet(purse_id: UUID) -> None:
    """The wallet in use stays: whatever was to come is taken back."""
    wallets.take_back(purses.holder(purse_id))


def payments_of(keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each release key that was posted: its `entry`, `tx_hash` and `explorer_url`, or None.

    The hash is that of the transfer that paid it: earnings leave in the order they came.
    """
    return statements.payments_of(keys)


def anchors_of(keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """For each batch on chain that paid some of these releases, proofs that it did."""
    return anchors.of(keys)


def wallets_of(holders: Collection[str]) -> dict[str, set[str]]:
    """By holder the wallets that its money went to, and the one it would go to: as it chose."""
    return _by_holder(holders, wallets.reached(holders))


def paid_wallets_of(holders: Collection[str]) -> dict[str, set[str]]:
    """By holder the wallets that its money has arrived in."""
    return _by_holder(holders, wallets.paid(holders))


def paying_wallets_of(holders: Collection[str]) -> dict[str, set[str]]:
    """By holder the wallets that its money came from, whoever sent it."""
    holder_of = {purse_id: holder for holder, purse_id in purses.find_all(holders).items()}
    senders = arrivals.senders(holder_of)
    return _by_holder(holders, ((holder_of[purse_id], address) for purse_id, address in senders))


def _by_holder(holders: Collection[str], pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {holder: set() for holder in holders}
    for holder, address in pairs:
        found[holder].add(address)
    return found


# --- Statements -----------------------------------------------------------------------------

OF_PROJECT = (Kind.FUNDS, Kind.HELD)


def statement(
    purse_id: UUID, *, account: str = Kind.FUNDS, until_id: int | None = None
) -> Sequence[Row]:
    """What changed FUNDS, or HELD, of this purse, newest first: lines with cause and chain tx.

    None younger than `until_id`: a reader's later pages follow their first one.
    """
    return statements.of_purse(purse_id, (account,), until_id=until_id)


def statement_file(purse_id: UUID) -> Iterator[str]:
    """The lines of a CSV file of all that changed FUNDS and HELD, oldest first."""
    return spreadsheets.written(statements.whole(purse_id, OF_PROJECT))


@dataclass(frozen=True, kw_only=True)
class ProjectMonth:
    """Units that a month brought and took, each above zero unless it went the other way."""

    first: date
    deposited_units: int
    spent_units: int  # on accepted work and on juries, without the fee
    fees_units: int
    bonuses_units: int
    withdrawn_units: int


def months(purse_id: UUID) -> list[ProjectMonth]:
    """The purse's months (UTC) in which something changed, newest first."""
    found = statements.months(purse_id, (*OF_PROJECT, Kind.FEES))
    return [_month(one) for one in found]


def _month(one: statements.Month) -> ProjectMonth:
    kinds, fees_units = Entry.Kind, one.units(Kind.FEES, Entry.Kind.RELEASE)
    return ProjectMonth(
        first=one.first,
        deposited_units=one.units(Kind.FUNDS, kinds.DEPOSIT),
        spent_units=-one.units(Kind.HELD, kinds.RELEASE) - fees_units,
        fees_units=fees_units,
        bonuses_units=-one.units(Kind.FUNDS, kinds.BONUS),
        withdrawn_units=-one.units(Kind.FUNDS, kinds.PAYOUT, kinds.RETURN, kinds.EXIT),
    )


def explorer_url(tx_hash: str | None) -> str | None:
    """Where a person can look at a chain tx; None without one, or without an explorer."""
    return explorer.tx_url(tx_hash)


def address_url(address: str | None) -> str | None:
    """Where a person can look at a wallet or a contract; None as above."""
    return explorer.address_url(address)
