"""Corrections: what a person moves in the book by hand takes two admins and a reason.

A deposit that is in no purse goes back the same way: one admin proposes it, another one agrees, and
with that it is in the book and leaves for the wallet it came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.transaction import atomic
from django.utils import timezone

from payments import deposits, ledger, limits, payouts, purses
from payments.errors import NotFound, NothingMoves, SecondAdminNeeded
from payments.models import Account, ChainEvent, Correction, Entry

State = Correction.State
Kind = Account.Kind
# What is on its way is moved by its payouts alone.
BOOK_UNITS = 2**63 - 1
IN_THE_BOOK = "The chain took back a deposit of this tx that the book has heard of: correct that."
KINDS = [Kind.FUNDS, Kind.HELD, Kind.EARNED, Kind.FEES, Kind.WORLD]


@dataclass(frozen=True, kw_only=True)
class Move:
    """From one account to another, and why."""

    source: Account
    target: Account
    amount_units: int
    reason: str


def propose(move: Move, *, admin: AbstractBaseUser) -> Correction:
    """The correction waits for another admin; nothing has moved.

    Raises NothingMoves, and SecondAdminNeeded for an admin whose purse it fills, or
    whose project's.
    """
    ends = [(one.purse_id, one.kind) for one in (move.source, move.target)]
    if move.amount_units <= 0 or ends[0] == ends[1]:
        raise NothingMoves()
    if not {move.source.kind, move.target.kind} <= set(KINDS):
        raise NothingMoves("What is on its way to the chain is moved by its payout alone.")
    _check_not_theirs(move.target.purse_id, admin)
    return Correction.objects.create(
        source_id=move.source.purse_id,
        source_kind=move.source.kind,
        target_id=move.target.purse_id,
        target_kind=move.target.kind,
        amount_units=move.amount_units,
        reason=move.reason,
        proposed_by_id=admin.pk,
    )


def _check_not_theirs(purse_id: UUID, admin: AbstractBaseUser) -> None:
    if purses.owner(purse_id) == f"person:{admin.pk}":
        raise SecondAdminNeeded("Others than the one who is paid have to agree.")


@atomic
def propose_refund(event_id: int, *, reason: str, admin: AbstractBaseUser) -> Correction:
    """A deposit that is in no purse waits for another admin to send it back; asked twice is once.

    Raises NotFound, and NothingMoves for more than the book can hold, or what it may hold already.
    """
    event = ChainEvent.objects.select_for_update().filter(pk=event_id).first()
    if event is None or not deposits.strays().filter(pk=event_id).exists():
        raise NotFound("There is no such deposit, or it is in the book.")
    units = int(event.payload["amount"])
    if units > BOOK_UNITS:
        raise NothingMoves("This is more than the book can hold.")
    if deposits.was_told_otherwise(event):
        raise NothingMoves(IN_THE_BOOK)
    waiting = event.corrections.exclude(state=State.DECLINED).first()
    if waiting is not None:
        return waiting
    purse_id = purses.open(purses.STRAYS)
    return Correction.objects.create(
        source_id=purse_id,
        source_kind=Kind.WORLD,
        target_id=purse_id,
        target_kind=Kind.FUNDS,
        amount_units=units,
        reason=reason,
        deposit=event,
        proposed_by_id=admin.pk,
    )


@atomic
def approve(correction_id: int, *, admin: AbstractBaseUser) -> Correction:
    """POSTED: the money has moved; a stray deposit is on its way back.

    Raises SecondAdminNeeded, InsufficientFunds, NotFound, BlockedWallet, MalformedAddress, and
    NothingMoves for a deposit that the chain has taken back.
    """
    found = _proposed(correction_id)
    if found.state != State.PROPOSED:
        return found
    if found.proposed_by_id == admin.pk:
        raise SecondAdminNeeded("Another admin than the one who proposed it has to agree.")
    _check_not_theirs(found.target_id, admin)
    if found.deposit and deposits.was_told_otherwise(found.deposit):
        raise NothingMoves(IN_THE_BOOK)
    units = found.amount_units
    moves = [
        (found.source_id, found.source_kind, -units),
        (found.target_id, found.target_kind, units),
    ]
    key = deposits.key_of(found.deposit) if found.deposit else f"correction:{found.pk}"
    ledger.post(key, Entry.Kind.CORRECTION, moves, cause=found.reason)
    if found.deposit:
        _send_back(found, found.deposit, admins=[found.proposed_by, admin])
    return _decided(found, State.POSTED, admin)


def _send_back(found: Correction, event: ChainEvent, *, admins: Sequence[AbstractBaseUser]) -> None:
    """The deposit leaves for its sender, and the two who agreed have approved of that, too."""
    payout = payouts.send(
        purses.STRAYS,
        amount_units=found.amount_units,
        address=event.payload["sender"],
        key=deposits.key_of(event),
    )
    for admin in admins:
        limits.approve(payout.pk, admin=admin)


@atomic
def decline(correction_id: int, *, admin: AbstractBaseUser) -> Correction:
    """DECLINED, unless it was decided before. Raises NotFound."""
    found = _proposed(correction_id)
    return found if found.state != State.PROPOSED else _decided(found, State.DECLINED, admin)


def _proposed(correction_id: int) -> Correction:
    found = Correction.objects.select_for_update(of=("self",)).filter(pk=correction_id).first()
    if found is None:
        raise NotFound("There is no such correction.")
    return found


def _decided(found: Correction, state: str, admin: AbstractBaseUser) -> Correction:
    found.state, found.decided_by_id, found.decided_at = state, admin.pk, timezone.now()
    found.save(update_fields=["state", "decided_by", "decided_at"])
    return found
